//! What Meta tells us on its own: that a person removed our app.

use axum::extract::{Form, State};
use axum::http::StatusCode;
use entity::connection::Provider;
use serde::Deserialize;

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

/// A person removed our app (`/docs/facebook-login/guides/advanced/deauthorize-callback`). Which of
/// our apps signed tells which login it was.
pub(crate) async fn deauthorise(
    State(state): State<AppState>,
    Form(form): Form<SignedForm>,
) -> Result<StatusCode, Problem> {
    let services = &state.services;
    let apps = [
        (Provider::FacebookLogin, &services.config.meta.facebook_app),
        (Provider::InstagramLogin, &services.config.meta.instagram_app),
    ];
    for (provider, app) in apps {
        let Some(app) = app else { continue };
        let Ok(request) = meta::signed_request::verify(&app.secret, &form.signed_request) else { continue };
        // Without a time of its own the event is about what there is now.
        let issued_at = request.issued_at.unwrap_or_else(|| services.world.now());
        let grants = services.connections.deauthorised(provider, &request.user_id, issued_at).await?;
        tracing::info!(?provider, grants, "a person removed our app at Meta");
        return Ok(StatusCode::OK);
    }
    Err(BAD_REQUEST)
}
