//! The page behind a connect link, for a client who has no login here: who asks, for what and why. A
//! first look is noted for the team and changes nothing else; the buttons start Meta's dialogs.

use axum::extract::{Form, Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use connections::authorise::{Outcome, StartError};
use connections::clients::Invitation;
use entity::ConnectLinkId;
use entity::connection::Provider;
use incidents::link::Unusable;
use maud::{Markup, html};
use platform::Secret;
use serde::Deserialize;

use super::link::{After, host, is_looked_at, not_configured, permission, unknown};
use super::page;
use crate::cookies;
use crate::problem::Problem;
use crate::state::AppState;

/// Shows what the link is about. Mail scanners come here too, so that nothing is used up.
pub(crate) async fn show(
    State(state): State<AppState>,
    Path(token): Path<String>,
    Query(after): Query<After>,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let connections = &state.services.connections;
    let Some(invitation) = connections.invitation(&Secret::new(token.clone())).await? else {
        return Ok(unknown());
    };
    if let Err(reason) = invitation.usable {
        return Ok(unusable(reason, Some(&invitation)));
    }
    if let Some(notice) = after.notice() {
        let content = html! {
            (notice)
            @for login in &invitation.logins { (button(&token, *login)) }
        };
        return Ok(page(StatusCode::OK, "Not connected yet", &content));
    }
    if is_looked_at(&method, &headers) {
        connections.connect_link_opened(&invitation.link).await?;
    }
    Ok(page(StatusCode::OK, "Connect your Instagram accounts", &request(&invitation, &token)))
}

/// Which button was pressed.
#[derive(Deserialize)]
pub(crate) struct Pressed {
    #[serde(default)]
    login: String,
}

/// Starts Meta's dialog.
pub(crate) async fn start(
    State(state): State<AppState>,
    Path(token): Path<String>,
    Form(pressed): Form<Pressed>,
) -> Result<Response, Problem> {
    let connections = &state.services.connections;
    let secret = Secret::new(token);
    let login = match pressed.login.as_str() {
        "facebook" => Provider::FacebookLogin,
        "instagram" => Provider::InstagramLogin,
        _ => return Ok(StatusCode::BAD_REQUEST.into_response()),
    };
    let started = match connections.start_from_connect_link(&secret, login).await {
        Ok(started) => started,
        Err(StartError::Link(reason)) => {
            return Ok(unusable(reason, connections.invitation(&secret).await?.as_ref()));
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

/// Leads from Meta to the choice of accounts, or back to the link's own page, which says how it ended.
/// The choice belongs to the browser that began, which `browser_token` proves.
pub(crate) fn after_dialog(
    state: &AppState,
    link: ConnectLinkId,
    outcome: &Outcome,
    browser_token: Option<&Secret>,
) -> Response {
    let address = state.services.connections.connect_link_url(link);
    let (word, what): (_, &[String]) = match outcome {
        Outcome::Choose(_) => {
            let mut response = Redirect::to(&format!("{}/choose", address.expose())).into_response();
            if let Some(token) = browser_token {
                response.headers_mut().append(header::SET_COOKIE, cookies::set_choice(token));
            }
            return response;
        }
        Outcome::Denied => ("denied", &[]),
        Outcome::MissingScopes(missing) => ("permission", missing),
        Outcome::Refused => ("refused", &[]),
        Outcome::Failed | Outcome::Reconnected | Outcome::WrongAccount { .. } | Outcome::AnotherPerson => {
            ("failed", &[])
        }
    };
    Redirect::to(&After::address(address.expose(), word, what)).into_response()
}

fn request(invitation: &Invitation, token: &str) -> Markup {
    let agency = &invitation.workspace_name;
    let until = invitation.link.expires_at.format("%-d %B %Y, %H:%M");
    html! {
        p { strong { (agency) } " asks for the numbers of the Instagram accounts of "
            strong { (invitation.link.client_name) } ", to look after them with Mooring. "
            "You give the permission at Meta, not here, and choose afterwards which accounts are connected. "
            "You need no account with us, and nobody here sees your password." }
        @for login in &invitation.logins { (way(token, *login)) }
        section {
            h2 { "What " (agency) " will see" }
            ul {
                li { "Name, picture, posts and number of followers of the accounts you choose" }
                li { "Their insights, such as reach, views and interactions, collected every hour" }
                li { "Figures about the audience, such as age, country and city, never single people" }
            }
        }
        section {
            h2 { "What it will not see or do" }
            ul {
                li { "Your password, your messages, and accounts that you do not choose" }
                li { "It posts nothing, answers nobody and changes no setting." }
            }
        }
        (ending(agency))
        p class="muted" {
            "This link connects accounts and does nothing else, also for several logins. It works until "
            (until) " UTC. If you do not know " (agency) ", close this page: nothing happens."
        }
    }
}

/// How what was connected comes to an end.
pub(super) fn ending(agency: &str) -> Markup {
    html! {
        section {
            h2 { "How to end it later" }
            p { "At any time, without asking anybody: at Facebook under Settings, Business integrations, "
                "and at Instagram under Settings, Apps and websites. Or tell " (agency) " to disconnect." }
            p { "When you have your data deleted there, Meta gives you a code. "
                a href="/deletion" { "See here how far a deletion is" } "." }
        }
    }
}

/// One login: what it is for, what Meta will ask and why, and its button.
fn way(token: &str, login: Provider) -> Markup {
    let (title, when) = match login {
        Provider::FacebookLogin => (
            "With Facebook",
            "For accounts that belong to a Facebook Page. One login reaches all the Pages that you manage.",
        ),
        Provider::InstagramLogin => (
            "With Instagram",
            "For one professional account without a Facebook Page. You log in as that account.",
        ),
    };
    html! {
        section class="way" {
            h2 { (title) }
            p { (when) " What " (host(login)) " will ask you to allow:" }
            ul {
                @for (words, why) in ::meta::scopes(connections::login(login)).iter().filter_map(|scope| permission(scope)) {
                    li { (words) ", " span class="muted" { (why) } }
                }
            }
            (button(token, login))
        }
    }
}

/// Starts the dialog of a login.
pub(super) fn button(token: &str, login: Provider) -> Markup {
    let value = match login {
        Provider::FacebookLogin => "facebook",
        Provider::InstagramLogin => "instagram",
    };
    html! {
        form method="post" action={ "/connect-accounts/" (token) } {
            button class="button" type="submit" name="login" value=(value) { "Continue to " (host(login)) }
        }
    }
}

pub(super) fn unusable(reason: Unusable, invitation: Option<&Invitation>) -> Response {
    let (title, text) = match reason {
        Unusable::Expired => ("This link has expired", "Please ask for a new one:"),
        Unusable::Revoked | Unusable::Done => {
            ("This link was withdrawn", "There may be a newer mail. If not, ask for a new link:")
        }
        Unusable::StartedTooOften => ("This link was used too often", "Please ask for a new one:"),
    };
    let text = html! {
        p { (text) }
        @if let Some(invitation) = invitation { p { strong { (invitation.workspace_name) } } }
    };
    page(StatusCode::GONE, title, &text)
}
