//! The page behind a reconnect link, for the owner of an account. Looking at it changes nothing but
//! the link's state; its button starts Meta's dialog.

use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use connections::authorise::{Outcome, StartError};
use connections::links::{LinkAccount, Preview};
use entity::LinkId;
use entity::connection::Provider;
use entity::reconnect_link::LinkState;
use incidents::link::Unusable;
use maud::{Markup, html};
use platform::Secret;
use serde::Deserialize;

use super::page;
use crate::cookies;
use crate::problem::Problem;
use crate::state::AppState;

/// What the way through Meta's dialog brought, when the page is shown after it.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct After {
    outcome: Option<String>,
    /// Handles that came back, or permissions that are missing, joined by commas.
    #[serde(default)]
    what: String,
}

/// Shows what the link is about. Mail scanners come here too, so that nothing is used up.
pub(crate) async fn show(
    State(state): State<AppState>,
    Path(token): Path<String>,
    Query(after): Query<After>,
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
    let link = &preview.link;
    incidents::link::note(
        &*state.services.database,
        &state.services.world,
        link.workspace_id,
        link.id,
        LinkState::Opened,
    )
    .await?;
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

/// Leads from Meta back to the link's own page, which says how it ended. Showing it under the address
/// that Meta called would keep the code in the browser's history and repeat it on reload.
pub(crate) fn after_dialog(state: &AppState, link: LinkId, outcome: &Outcome) -> Response {
    let (word, what) = match outcome {
        Outcome::Reconnected => ("done", String::new()),
        Outcome::Denied => ("denied", String::new()),
        Outcome::WrongAccount { found, .. } => ("wrong_account", found.join(",")),
        Outcome::AnotherPerson => ("another_person", String::new()),
        Outcome::MissingScopes(missing) => ("permission", missing.join(",")),
        Outcome::Refused => ("refused", String::new()),
        Outcome::Failed | Outcome::Choose(_) => ("failed", String::new()),
    };
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("outcome", word);
    if !what.is_empty() {
        query.append_pair("what", &what);
    }
    let address = state.services.connections.link_url(link);
    Redirect::to(&format!("{}?{}", address.expose(), query.finish())).into_response()
}

/// What to say to somebody who comes back from the dialog without success.
fn notice(after: &After, preview: &Preview) -> Option<Markup> {
    let broken = handles(preview, |account| account.is_broken);
    let expected = broken.first().or(preview.accounts.first().map(|account| &account.username))?;
    // The address can be made up by anybody, so only what looks like a handle or a scope is repeated.
    let is_word = |item: &&str| {
        !item.is_empty()
            && item.len() <= 64
            && item.bytes().all(|b| b.is_ascii_alphanumeric() || b"._".contains(&b))
    };
    let listed = || after.what.split(',').map(str::trim).filter(is_word).take(20);
    Some(match after.outcome.as_deref()? {
        "done" if !broken.is_empty() => html! {
            p { "Thank you, " (listing(&handles(preview, |account| !account.is_broken))) " works again." }
            p { "What you chose at Meta left out " (listing(&broken))
                ". Please continue once more and choose the Pages of all these accounts." }
        },
        "denied" => html! { p { "You cancelled at Meta, so nothing was changed." } },
        "wrong_account" => html! {
            p { "This link is for " strong class="handle" { "@" (expected) } ". What you chose at Meta was "
                @for (position, handle) in listed().enumerate() {
                    @if position > 0 { ", " } strong class="handle" { "@" (handle) }
                }
                @if listed().next().is_none() { "no Instagram account" } "." }
            p { "Nothing was changed. Please choose the right account." }
        },
        "another_person" => html! {
            p { "Somebody else gave the permission for this account last time. "
                "Please log in to Meta as that person, or ask the agency to reconnect it." }
        },
        "permission" => html! {
            p { "These permissions are needed to read the numbers and were not granted:" }
            ul { @for words in listed().filter_map(permission) { li { (words) } } }
            p { "Nothing was changed. Please leave all boxes ticked." }
        },
        "refused" => {
            html! { p { "That took too long, or began in another browser. For your safety nothing was changed." } }
        }
        "failed" => {
            html! { p { "Meta did not complete it, so nothing was changed. Please try again in a few minutes." } }
        }
        _ => return None,
    })
}

/// A permission in the words of Meta's own dialog; nothing for one that we never ask for.
fn permission(scope: &str) -> Option<&'static str> {
    Some(match scope {
        "instagram_basic" | "instagram_business_basic" => {
            "See the profile and the posts of the Instagram account"
        }
        "instagram_manage_insights" | "instagram_business_manage_insights" => {
            "See the insights of the Instagram account"
        }
        "pages_show_list" => "Show the list of the Pages you manage",
        "pages_read_engagement" => "Read what is published on the Page",
        "business_management" => "See the Pages of your business portfolio",
        _ => return None,
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
            "You will be led to " (host(preview)) ", where you confirm it. You need no account with us." }
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

/// Handles in a sentence: `@a`, `@a and @b`, `@a, @b and @c`.
fn listing(handles: &[String]) -> Markup {
    html! {
        @for (position, handle) in handles.iter().enumerate() {
            @if position > 0 { @if position + 1 == handles.len() { " and " } @else { ", " } }
            strong class="handle" { "@" (handle) }
        }
    }
}

fn button(preview: &Preview, token: &str) -> Markup {
    html! {
        form method="post" action={ "/reconnect/" (token) } {
            button class="button" type="submit" { "Continue to " (host(preview)) }
        }
    }
}

fn host(preview: &Preview) -> &'static str {
    match preview.provider {
        Provider::FacebookLogin => "Facebook",
        Provider::InstagramLogin => "Instagram",
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
