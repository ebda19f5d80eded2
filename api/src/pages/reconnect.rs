//! The page behind a reconnect link, for the owner of an account. Looking at it changes nothing but
//! the link's state; its button starts Meta's dialog.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use connections::authorise::{Outcome, Returned, StartError};
use connections::links::Preview;
use entity::connection::Provider;
use entity::reconnect_link::LinkState;
use incidents::link::Unusable;
use maud::{Markup, html};
use platform::Secret;

use super::page;
use crate::cookies;
use crate::problem::Problem;
use crate::state::AppState;

/// Shows what the link is about. Mail scanners come here too, so that nothing is used up.
pub(crate) async fn show(
    State(state): State<AppState>,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    let Some(preview) = state.services.connections.preview_link(&Secret::new(token.clone())).await? else {
        return Ok(unknown());
    };
    if let Err(reason) = preview.usable {
        return Ok(unusable(reason, &preview.workspace_name));
    }
    let link = &preview.link;
    incidents::link::note(
        &*state.services.database,
        &state.services.world,
        link.workspace_id,
        link.id,
        LinkState::Opened,
    )
    .await?;
    Ok(page(StatusCode::OK, "Reconnect your Instagram account", &invitation(&preview, &token)))
}

/// Starts Meta's dialog.
pub(crate) async fn start(
    State(state): State<AppState>,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    let token = Secret::new(token);
    let started = match state.services.connections.start_from_link(&token).await {
        Ok(started) => started,
        Err(StartError::Link(reason)) => {
            let preview = state.services.connections.preview_link(&token).await?;
            return Ok(unusable(reason, preview.as_ref().map_or("", |preview| &preview.workspace_name)));
        }
        Err(StartError::Database(error)) => return Err(error.into()),
        Err(StartError::NotFound | StartError::Forbidden) => return Ok(unknown()),
        Err(StartError::NotConfigured) => return Ok(not_configured()),
    };
    let mut response = Redirect::to(started.url.as_str()).into_response();
    response.headers_mut().append(header::SET_COOKIE, cookies::set_authorisation(&started.browser_token));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// The end of the way, after Meta's dialog.
pub(crate) fn done(returned: &Returned) -> Response {
    let (status, title, text) = match &returned.outcome {
        Outcome::Reconnected => (
            StatusCode::OK,
            "Thank you, it works again",
            html! { p { "The account is connected again. You can close this page." } },
        ),
        Outcome::Denied => (
            StatusCode::OK,
            "Nothing was changed",
            html! { p { "You cancelled at Meta. If that was not meant, open the link in the mail once more." } },
        ),
        Outcome::WrongAccount { expected, found } => (
            StatusCode::CONFLICT,
            "That was another account",
            html! {
                p { "This link is for " strong class="handle" { "@" (expected) } "." }
                @if !found.is_empty() {
                    p { "At Meta you chose " @for (position, handle) in found.iter().enumerate() {
                        @if position > 0 { ", " } strong class="handle" { "@" (handle) }
                    } "." }
                }
                p { "Nothing was changed. Open the link in the mail once more and choose the right account." }
            },
        ),
        Outcome::AnotherPerson => (
            StatusCode::CONFLICT,
            "Somebody else connected this account before",
            html! { p { "Another person at Meta gave the permission last time. Please ask the agency to reconnect it." } },
        ),
        Outcome::MissingScopes(missing) => (
            StatusCode::CONFLICT,
            "A permission is missing",
            html! {
                p { "These permissions are needed to read the account's numbers and were not granted:" }
                ul { @for scope in missing { li { code { (scope) } } } }
                p { "Nothing was changed. Open the link in the mail once more and leave all boxes ticked." }
            },
        ),
        Outcome::Refused => (
            StatusCode::BAD_REQUEST,
            "This took too long, or started elsewhere",
            html! { p { "For your safety nothing was changed. Open the link in the mail once more." } },
        ),
        Outcome::Failed | Outcome::Choose(_) => (
            StatusCode::BAD_GATEWAY,
            "Meta did not complete it",
            html! { p { "Nothing was changed. Please try the link in the mail once more in a few minutes." } },
        ),
    };
    page(status, title, &text)
}

fn invitation(preview: &Preview, token: &str) -> Markup {
    let host = match preview.account.provider {
        Provider::FacebookLogin => "Facebook",
        Provider::InstagramLogin => "Instagram",
    };
    html! {
        p { strong { (preview.workspace_name) } " looks after the numbers of "
            strong class="handle" { "@" (preview.account.username) } "." }
        p { "The connection has ended and only you can renew it. You will be led to " (host)
            ", where you confirm it. You need no account with us." }
        form method="post" action={ "/reconnect/" (token) } {
            button class="button" type="submit" { "Continue to " (host) }
        }
        p class="muted" { "This link repairs this one account and nothing else. It works until "
            (preview.link.expires_at.format("%-d %B %Y, %H:%M")) " UTC." }
    }
}

fn unknown() -> Response {
    let text =
        html! { p { "Perhaps a part of the address got lost. Please copy the whole link from the mail." } };
    page(StatusCode::NOT_FOUND, "There is no such link", &text)
}

fn not_configured() -> Response {
    let text = html! { p { "This login is not available at the moment. Please tell the agency." } };
    page(StatusCode::SERVICE_UNAVAILABLE, "This cannot be started", &text)
}

fn unusable(reason: Unusable, workspace_name: &str) -> Response {
    let (title, text) = match reason {
        Unusable::Done => {
            ("This account is connected again", "The link has done its work. There is nothing left to do.")
        }
        Unusable::Expired => ("This link has expired", "Please ask for a new one:"),
        Unusable::Revoked => {
            ("This link has been replaced", "There may be a newer mail. If not, ask for a new link:")
        }
        Unusable::StartedTooOften => ("This link was tried too often", "Please ask for a new one:"),
    };
    let text = html! {
        p { (text) }
        @if reason != Unusable::Done && !workspace_name.is_empty() { p { strong { (workspace_name) } } }
    };
    page(StatusCode::GONE, title, &text)
}
