//! The page behind a reconnect link, for the owner of an account. A first look is noted for the team and
//! changes nothing else; the button starts Meta's dialog.

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use connections::authorise::{Outcome, StartError};
use connections::links::{LinkAccount, Preview};
use entity::LinkId;
use incidents::link::Unusable;
use maud::{Markup, html};
use platform::Secret;

use super::link::{After, host, is_looked_at, listing, not_configured, unknown};
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
    let Some(preview) = state.services.connections.preview_link(&Secret::new(token.clone())).await? else {
        return Ok(unknown());
    };
    if let Err(reason) = preview.usable {
        return Ok(unusable(reason, Some((&preview, &token))));
    }
    if let Some(notice) = notice(&after, &preview) {
        let title =
            if after.outcome.as_deref() == Some("done") { "Almost there" } else { "Not connected yet" };
        let content = html! { (notice) (button(&preview, &token)) };
        return Ok(page(StatusCode::OK, title, &content));
    }
    if is_looked_at(&method, &headers) {
        state.services.connections.link_opened(&preview.link).await?;
    }
    let title = if preview.accounts.len() == 1 {
        "Reconnect your Instagram account"
    } else {
        "Reconnect your Instagram accounts"
    };
    Ok(page(StatusCode::OK, title, &invitation(&preview, &token)))
}

/// Starts Meta's dialog.
pub(crate) async fn start(
    State(state): State<AppState>,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    let secret = Secret::new(token.clone());
    let started = match state.services.connections.start_from_link(&secret).await {
        Ok(started) => started,
        Err(StartError::Link(reason)) => {
            let preview = state.services.connections.preview_link(&secret).await?;
            return Ok(unusable(reason, preview.as_ref().map(|preview| (preview, token.as_str()))));
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

/// Mails a new link in place of one that has ended. The answer is the same whether it did: it tells
/// nobody how often somebody else has asked.
pub(crate) async fn renew(
    State(state): State<AppState>,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    let connections = &state.services.connections;
    let secret = Secret::new(token.clone());
    let Some(preview) = connections.preview_link(&secret).await? else { return Ok(unknown()) };
    let address = match (&preview.renewable, preview.usable) {
        (Some(address), _) => address,
        (None, Err(reason)) => return Ok(unusable(reason, Some((&preview, &token)))),
        (None, Ok(())) => return Ok(Redirect::to(&format!("/reconnect/{token}")).into_response()),
    };
    connections.renew_link(&secret).await?;
    let text = html! {
        p { "A new link is on its way to " strong { (address) } ", if it was not sent there already today. "
            "It can take a few minutes; look among the unwanted mails, too." }
    };
    Ok(page(StatusCode::OK, "Look into your mail", &text))
}

/// Leads from Meta back to the link's own page, which says how it ended.
pub(crate) fn after_dialog(state: &AppState, link: LinkId, outcome: &Outcome) -> Response {
    let (word, what): (_, &[String]) = match outcome {
        Outcome::Reconnected => ("done", &[]),
        Outcome::Denied => ("denied", &[]),
        Outcome::WrongAccount { found, .. } => ("wrong_account", found),
        Outcome::AnotherPerson => ("another_person", &[]),
        Outcome::MissingScopes(missing) => ("permission", missing),
        Outcome::Refused => ("refused", &[]),
        Outcome::Failed | Outcome::Choose(_) => ("failed", &[]),
    };
    let address = state.services.connections.link_url(link);
    Redirect::to(&After::address(address.expose(), word, what)).into_response()
}

/// What to say to somebody who comes back from the dialog without success.
fn notice(after: &After, preview: &Preview) -> Option<Markup> {
    let broken = handles(preview, |account| account.is_broken);
    let expected = broken.first().or(preview.accounts.first().map(|account| &account.username))?;
    Some(match after.outcome.as_deref()? {
        "done" if !broken.is_empty() => html! {
            p { "Thank you, " (listing(&handles(preview, |account| !account.is_broken))) " works again." }
            p { "What you chose at Meta left out " (listing(&broken))
                ". Please continue once more and choose the Pages of all these accounts." }
        },
        "wrong_account" => html! {
            p { "This link is for " strong class="handle" { "@" (expected) } ". What you chose at Meta was "
                @for (position, handle) in after.listed().enumerate() {
                    @if position > 0 { ", " } strong class="handle" { "@" (handle) }
                }
                @if after.listed().next().is_none() { "no Instagram account" } "." }
            p { "Nothing was changed. Please choose the right account." }
        },
        "another_person" => html! {
            p { "Somebody else gave the permission for this account last time. "
                "Please log in to Meta as that person, or ask the agency to reconnect it." }
        },
        _ => return after.notice(),
    })
}

fn invitation(preview: &Preview, token: &str) -> Markup {
    let broken = handles(preview, |account| account.is_broken);
    let about = if broken.is_empty() { handles(preview, |_| true) } else { broken.clone() };
    let one = about.len() == 1;
    html! {
        p { strong { (preview.workspace_name) } " looks after the numbers of " (listing(&about)) "." }
        p {
            @if broken.is_empty() {
                "The connection works at the moment; when you renew it, it lasts longer. "
            } @else {
                "The connection has ended and only you can renew it. "
            }
            "You will be led to " (host(preview.provider)) ", where you confirm it. You need no account with us." }
        (button(preview, token))
        p class="muted" {
            @if one { "This link renews the connection of this one account and does nothing else. " }
            @else { "This link renews the connection of these accounts and does nothing else. " }
            "It works until " (preview.link.expires_at.format("%-d %B %Y, %H:%M")) " UTC." }
    }
}

fn handles(preview: &Preview, which: impl Fn(&LinkAccount) -> bool) -> Vec<String> {
    preview.accounts.iter().filter(|account| which(account)).map(|account| account.username.clone()).collect()
}

fn button(preview: &Preview, token: &str) -> Markup {
    html! {
        form method="post" action={ "/reconnect/" (token) } {
            button class="button" type="submit" { "Continue to " (host(preview.provider)) }
        }
    }
}

fn unusable(reason: Unusable, shown: Option<(&Preview, &str)>) -> Response {
    let about = shown.map(|(preview, _)| handles(preview, |_| true)).unwrap_or_default();
    let renewable = shown.and_then(|(preview, token)| Some((preview.renewable.as_ref()?, token)));
    let (title, text) = match reason {
        Unusable::Done => (
            "Thank you, it works again",
            html! { (listing(&about)) " " (if about.len() == 1 { "is" } else { "are" })
            " connected. There is nothing left to do; you can close this page." },
        ),
        Unusable::Expired if renewable.is_some() => {
            ("This link has expired", html! { "You can have a new one." })
        }
        Unusable::StartedTooOften if renewable.is_some() => {
            ("This link was tried too often", html! { "You can have a new one." })
        }
        Unusable::Expired => ("This link has expired", html! { "Please ask for a new one:" }),
        Unusable::Revoked => (
            "This link has been replaced",
            html! { "There may be a newer mail. If not, ask for a new link:" },
        ),
        Unusable::StartedTooOften => ("This link was tried too often", html! { "Please ask for a new one:" }),
    };
    let text = html! {
        p { (text) }
        @if let Some((address, token)) = renewable {
            form method="post" action={ "/reconnect/" (token) "/renew" } {
                button class="button" type="submit" { "Mail a new link to " (address) }
            }
        } @else if let Some((preview, _)) = shown.filter(|_| reason != Unusable::Done) {
            p { strong { (preview.workspace_name) } }
        }
    };
    let status = if reason == Unusable::Done { StatusCode::OK } else { StatusCode::GONE };
    page(status, title, &text)
}
