//! Where Meta sends browsers back to.

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};
use connections::authorise::{Origin, Outcome, Return, Returned};
use entity::connection::Provider;
use platform::Secret;
use serde::Deserialize;

use crate::cookies;
use crate::graphql::GlobalId;
use crate::pages;
use crate::problem::Problem;
use crate::state::AppState;

/// What Meta puts into the address; whatever else is there is ignored.
#[derive(Deserialize)]
pub(crate) struct Parameters {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
}

/// A dialog is started by a member from the dashboard, so this only leads there.
pub(crate) async fn login() -> Redirect {
    Redirect::to("/")
}

/// Completes an authorisation and leads on: members to the dashboard, owners of accounts and clients
/// who came from a link to a page of their own.
pub(crate) async fn callback(
    State(state): State<AppState>,
    Path(provider): Path<String>,
    Query(parameters): Query<Parameters>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let provider = match provider.as_str() {
        "facebook" => Provider::FacebookLogin,
        "instagram" => Provider::InstagramLogin,
        _ => return Err(Problem::NOT_FOUND),
    };
    let back = Return {
        provider,
        state: parameters.state.map(Secret::new),
        code: parameters.code.map(Secret::new),
        denied: parameters.error.is_some(),
        browser_token: cookies::authorisation(&headers),
    };
    let browser_token = back.browser_token.clone();
    let returned = state.services.connections.complete(back).await?;
    let mut response = match returned.origin {
        Origin::ReconnectLink(link) => pages::reconnect::after_dialog(&state, link, &returned.outcome),
        Origin::ConnectLink(link) => {
            let outcome = &returned.outcome;
            pages::connect_accounts::after_dialog(&state, link, outcome, browser_token.as_ref())
        }
        Origin::Dashboard => Redirect::to(&destination(&returned)).into_response(),
    };
    response.headers_mut().append(header::SET_COOKIE, cookies::clear_authorisation());
    Ok(response)
}

/// Where in the dashboard a member goes on.
fn destination(returned: &Returned) -> String {
    let reason = match &returned.outcome {
        Outcome::Choose(session) => return format!("/connect/{}", GlobalId::ConnectSession(*session)),
        Outcome::Reconnected => {
            return match returned.account {
                Some((workspace, account)) => format!(
                    "/w/{}/accounts/{}?reconnected=1",
                    GlobalId::Workspace(workspace),
                    GlobalId::Account(account)
                ),
                None => "/".to_owned(),
            };
        }
        Outcome::Refused => "state".to_owned(),
        Outcome::Denied => "access_denied".to_owned(),
        Outcome::WrongAccount { expected, found } => {
            format!("wrong_account&expected={}&found={}", encoded(expected), encoded(&found.join(",")))
        }
        Outcome::AnotherPerson => "another_person".to_owned(),
        Outcome::MissingScopes(missing) => format!("permission&missing={}", encoded(&missing.join(","))),
        Outcome::Failed => "meta".to_owned(),
    };
    format!("/connect/failed?reason={reason}")
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
