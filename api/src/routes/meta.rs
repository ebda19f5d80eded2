//! What Meta tells us on its own: that a person removed our app, or wants their data deleted.

use axum::Json;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use entity::connection::Provider;
use meta::SignedRequest;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::problem::Problem;
use crate::state::AppState;

const BAD_REQUEST: Problem = Problem::new(
    StatusCode::BAD_REQUEST,
    "bad_signed_request",
    "The signed request is missing or not valid.",
);

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
    let code = state.services.connections.delete_person(provider, &request.user_id).await?;
    tracing::info!(?provider, "a person's data was deleted on their request at Meta");
    let url = state.services.config.http.link(&format!("deletion?code={}", code.expose()));
    Ok(Json(json!({ "url": url, "confirmation_code": code.expose() })))
}

/// The request, if one of our apps signed it; which one tells which login it is about.
fn verified(state: &AppState, form: &SignedForm) -> Result<(Provider, SignedRequest), Problem> {
    let meta = &state.services.config.meta;
    [(Provider::FacebookLogin, &meta.facebook_app), (Provider::InstagramLogin, &meta.instagram_app)]
        .into_iter()
        .find_map(|(provider, app)| {
            let request = meta::signed_request::verify(&app.as_ref()?.secret, &form.signed_request).ok()?;
            Some((provider, request))
        })
        .ok_or(BAD_REQUEST)
}
