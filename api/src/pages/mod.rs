//! Pages for people without a login, rendered here so that they work without scripts.

pub(crate) mod choose_accounts;
pub(crate) mod connect_accounts;
pub(crate) mod deletion;
mod link;
pub(crate) mod reconnect;

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

/// A page with the look of the dashboard.
fn page(status: StatusCode, title: &str, content: &Markup) -> Response {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                title { (title) " · Mooring" }
                link rel="icon" href="/favicon.svg";
                link rel="stylesheet" href="/public.css";
            }
            body {
                main class="page" { div class="card" { h1 { (title) } (content) } }
            }
        }
    };
    (status, Html(page.into_string())).into_response()
}
