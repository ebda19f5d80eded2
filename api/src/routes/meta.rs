//! What Meta tells us on its own: that a person removed our app, that a person wants their data
//! deleted, and what webhooks are subscribed to.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode};
use entity::connection::Provider;
use meta::{SignedRequest, webhook};
use platform::Secret;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::problem::Problem;
use crate::state::AppState;

const BAD_REQUEST: Problem = Problem::new(
    StatusCode::BAD_REQUEST,
    "bad_signed_request",
    "The signed request is missing or not valid.",
);

const BAD_SIGNATURE: Problem = Problem::new(
    StatusCode::BAD_REQUEST,
    "bad_signature",
    "The signature of the delivery is missing or not valid.",
);

const NOT_VERIFIED: Problem =
    Problem::new(StatusCode::FORBIDDEN, "not_verified", "The verify token is missing or not valid.");

/// The form that Meta posts.
#[derive(Deserialize)]
pub(crate) struct SignedForm {
    #[serde(default)]
    signed_request: String,
}

/// A person removed our app (`/docs/facebook-login/guides/advanced/deauthorize-callback`).
pub(crate) async fn deauthorise(
    State(state): State<AppState>,
    Form(form): Form<SignedForm>,
) -> Result<StatusCode, Problem> {
    let (provider, request) = verified(&state, &form)?;
    let services = &state.services;
    // Without a time of its own the event is about what there is now.
    let issued_at = request.issued_at.unwrap_or_else(|| services.world.now());
    let grants = services.connections.deauthorised(provider, &request.user_id, issued_at).await?;
    tracing::info!(?provider, grants, "a person removed our app at Meta");
    Ok(StatusCode::OK)
}

/// A person wants their data deleted (`/docs/development/create-an-app/app-dashboard/data-deletion-callback`).
/// The answer names a page that shows how far it is, also when we know nothing of that person.
pub(crate) async fn delete_data(
    State(state): State<AppState>,
    Form(form): Form<SignedForm>,
) -> Result<Json<Value>, Problem> {
    let (provider, request) = verified(&state, &form)?;
    let services = &state.services;
    let issued_at = request.issued_at.unwrap_or_else(|| services.world.now());
    let code = services.connections.delete_person(provider, &request.user_id, issued_at).await?;
    tracing::info!(?provider, "a person's data was deleted on their request at Meta");
    let url = services.config.http.link(&format!("deletion?code={}", code.expose()));
    Ok(Json(json!({ "url": url, "confirmation_code": code.expose() })))
}

/// Meta's question whether this is our webhook.
#[derive(Deserialize)]
pub(crate) struct Verification {
    #[serde(default, rename = "hub.mode")]
    mode: String,
    #[serde(default, rename = "hub.verify_token")]
    verify_token: String,
    #[serde(default, rename = "hub.challenge")]
    challenge: String,
}

/// Answers the question with its challenge, to whoever knows the verify token
/// (`/docs/graph-api/webhooks/getting-started`).
pub(crate) async fn verify_webhook(
    State(state): State<AppState>,
    Query(verification): Query<Verification>,
) -> Result<String, Problem> {
    let expected = state.services.config.meta.webhook_verify_token.as_ref();
    let known = expected.is_some_and(|token| webhook::is_verify_token(token, &verification.verify_token));
    if known && verification.mode == "subscribe" { Ok(verification.challenge) } else { Err(NOT_VERIFIED) }
}

/// Takes a delivery: what it tells of stories is stored before it is acknowledged. What is signed is
/// acknowledged even when it cannot be read: Meta would only repeat it, and take the webhook away after
/// too many refusals.
pub(crate) async fn receive_webhook(
    State(state): State<AppState>,
    headers: HeaderMap,
    delivery: Bytes,
) -> Result<StatusCode, Problem> {
    let signature = headers.get(webhook::SIGNATURE_HEADER).ok_or(BAD_SIGNATURE)?;
    let signed = apps(&state).any(|(_, secret)| webhook::is_signed(secret, signature.as_bytes(), &delivery));
    if !signed {
        return Err(BAD_SIGNATURE);
    }
    match webhook::updates(&delivery) {
        Some(updates) => {
            state.services.insights.take_story_updates(&updates).await?;
            metrics::counter!("meta_webhook_updates_total").increment(updates.len() as u64);
            for update in updates {
                tracing::debug!(instagram_id = update.instagram_id, field = update.field, "a webhook update");
            }
        }
        None => tracing::warn!(bytes = delivery.len(), "a signed webhook delivery could not be read"),
    }
    Ok(StatusCode::OK)
}

/// The request, if one of our apps signed it; which one tells which login it is about.
fn verified(state: &AppState, form: &SignedForm) -> Result<(Provider, SignedRequest), Problem> {
    apps(state)
        .find_map(|(provider, secret)| {
            let request = meta::signed_request::verify(secret, &form.signed_request).ok()?;
            Some((provider, request))
        })
        .ok_or(BAD_REQUEST)
}

/// The secrets of our apps; which of them signs what is not documented for Instagram Login.
fn apps(state: &AppState) -> impl Iterator<Item = (Provider, &Secret)> {
    let meta = &state.services.config.meta;
    [(Provider::FacebookLogin, &meta.facebook_app), (Provider::InstagramLogin, &meta.instagram_app)]
        .into_iter()
        .filter_map(|(provider, app)| Some((provider, &app.as_ref()?.secret)))
}
