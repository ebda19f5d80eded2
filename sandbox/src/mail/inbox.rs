//! The web inbox.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Path, State as Shared},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use maud::{Markup, html};

use super::message::links_in_text;
use crate::{state::Sandbox, style};

pub(crate) fn routes() -> Router<Arc<Sandbox>> {
    Router::new()
        .route("/inbox", get(list))
        .route("/inbox/{id}", get(one))
        .route("/inbox/{id}/html", get(rendered))
}

async fn list(Shared(sandbox): Shared<Arc<Sandbox>>) -> Html<String> {
    let mails: Vec<_> =
        sandbox.inner().state.mails.iter().rev().take(500).map(super::Mail::readable).collect();
    let body = html! {
        (style::navigation())
        h1 { "Inbox" }
        @if mails.is_empty() {
            div.card { p { "No mail yet. Everything sent to the SMTP address of this sandbox appears here." } }
        } @else {
            div.scroll { table {
                thead { tr { th { "Received" } th { "To" } th { "Subject" } th { "From" } } }
                tbody {
                    @for mail in &mails {
                        tr {
                            td { (mail.received_at.format("%Y-%m-%d %H:%M:%S")) }
                            td { (mail.to.join(", ")) }
                            td { a href={ "/inbox/" (mail.id) } {
                                @if mail.subject.is_empty() { "(no subject)" } @else { (mail.subject) }
                            } }
                            td { (mail.from_header.as_deref().unwrap_or(&mail.from)) }
                        }
                    }
                }
            } }
        }
    };
    Html(style::page("Inbox (sandbox)", "", &body).into_string())
}

async fn one(Shared(sandbox): Shared<Arc<Sandbox>>, Path(id): Path<u64>) -> Response {
    let Some(mail) = sandbox.inner().state.mails.iter().find(|mail| mail.id == id).map(super::Mail::readable)
    else {
        return (StatusCode::NOT_FOUND, "No such mail\n").into_response();
    };
    let body = html! {
        (style::navigation())
        h1 { @if mail.subject.is_empty() { "(no subject)" } @else { (mail.subject) } }
        p.soft {
            "From " (mail.from_header.as_deref().unwrap_or(&mail.from)) ", to " (mail.to.join(", ")) ", "
            (mail.received_at.format("%Y-%m-%d %H:%M:%S UTC")) " · "
            a href={ "/_sandbox/mails/" (mail.id) "/raw" } { "raw" }
        }
        @if !mail.links.is_empty() {
            h2 { "Links" }
            ul { @for link in &mail.links { li { a href=(link) { (link) } } } }
        }
        @if let Some(text) = &mail.text { h2 { "Text" } pre { (linked(text)) } }
        @if mail.html.is_some() {
            h2 { "HTML" }
            iframe title="HTML form of the mail" sandbox="allow-popups allow-top-navigation-by-user-activation"
                src={ "/inbox/" (mail.id) "/html" } {}
        }
    };
    Html(style::page(&mail.subject, "", &body).into_string()).into_response()
}

/// Text with its addresses as links.
fn linked(text: &str) -> Markup {
    let mut parts: Vec<(String, bool)> = Vec::new();
    let mut rest = text;
    for link in links_in_text(text) {
        // Each address is found once; further occurrences stay plain text.
        if let Some((before, after)) = rest.split_once(link.as_str()) {
            parts.push((before.to_owned(), false));
            parts.push((link.clone(), true));
            rest = after;
        }
    }
    parts.push((rest.to_owned(), false));
    html! {
        @for (part, is_link) in &parts {
            @if *is_link { a href=(part) { (part) } } @else { (part) }
        }
    }
}

async fn rendered(Shared(sandbox): Shared<Arc<Sandbox>>, Path(id): Path<u64>) -> Response {
    let found = sandbox.inner().state.mails.iter().find(|mail| mail.id == id).map(super::Mail::readable);
    let Some(body) = found.and_then(|mail| mail.html) else {
        return (StatusCode::NOT_FOUND, "No HTML form\n").into_response();
    };
    // A mail is a stranger's text: no scripts, nothing loaded from elsewhere, no forms.
    let policy = "sandbox allow-popups allow-top-navigation-by-user-activation; default-src 'none'; img-src data:; style-src 'unsafe-inline'";
    ([(header::CONTENT_SECURITY_POLICY, policy)], Html(format!("<base target=\"_top\">{body}")))
        .into_response()
}
