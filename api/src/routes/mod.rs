//! What is not GraphQL: returns from Meta, callbacks of Meta, schedulers, exports, health, metrics.

pub(crate) mod callback;
pub(crate) mod cron;
pub(crate) mod export;
pub(crate) mod health;
pub(crate) mod meta;
pub(crate) mod metrics;

use std::any::Any;

use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::problem::Problem;
use crate::state::AppState;

/// Answers a request whose handling panicked. The panic has been logged where it happened.
pub(crate) fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    Problem::INTERNAL.into_response()
}

/// Passes when the request carries `CRON_SECRET` as its bearer token. Without the setting nobody
/// passes.
fn require_cron_secret(state: &AppState, headers: &HeaderMap) -> Result<(), Problem> {
    let sent = bearer(headers).ok_or(Problem::UNAUTHENTICATED)?;
    let expected = state.services.config.http.cron_secret.as_ref().ok_or(Problem::UNAUTHENTICATED)?;
    // Hashing first makes both the same length, so that the comparison tells nothing.
    let same = Sha256::digest(sent.as_bytes()).ct_eq(&Sha256::digest(expected.expose().as_bytes()));
    if same.into() { Ok(()) } else { Err(Problem::UNAUTHENTICATED) }
}

/// The bearer token of a request.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(axum::http::header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
