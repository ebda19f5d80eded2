//! Shows a person how far the deletion of their data is. It says the state and nothing else.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use platform::Secret;
use serde::Deserialize;

use super::page;
use crate::problem::Problem;
use crate::state::AppState;

#[derive(Deserialize)]
pub(crate) struct Parameters {
    #[serde(default)]
    code: String,
}

pub(crate) async fn show(
    State(state): State<AppState>,
    Query(parameters): Query<Parameters>,
) -> Result<Response, Problem> {
    if parameters.code.trim().is_empty() {
        return Ok(page(StatusCode::OK, "Deletion of your data", &how()));
    }
    let request = state.services.connections.deletion_request(&Secret::new(parameters.code.trim())).await?;
    let Some(request) = request else {
        let text = html! { p { "Perhaps a part of the address got lost. Please copy it whole." } };
        return Ok(page(StatusCode::NOT_FOUND, "There is no such request", &text));
    };
    let asked = request.requested_at.format("%-d %B %Y, %H:%M");
    let text = html! {
        p { "You asked for it on " (asked) " UTC." }
        @match request.completed_at {
            Some(at) => p { "Everything was deleted on " (at.format("%-d %B %Y, %H:%M")) " UTC." }
            None => p { "It is being done and takes a day at most." }
        }
    };
    Ok(page(StatusCode::OK, "Deletion of your data", &text))
}

/// How a deletion begins, and a place for the code that Meta gives for it.
fn how() -> Markup {
    html! {
        p { "You have your data deleted where you gave the permission: at Facebook under Settings, Business "
            "integrations, at Instagram under Settings, Apps and websites. Remove Mooring there and ask for "
            "the deletion. Meta then gives you a code." }
        form class="form" method="get" action="/deletion" {
            div class="field" {
                label for="code" { "Code of the deletion" }
                input class="input" id="code" name="code" required autocomplete="off";
            }
            button class="button" type="submit" { "See how far it is" }
        }
    }
}
