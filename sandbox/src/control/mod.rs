//! The control API under `/_sandbox/`: JSON in, JSON out, nonsense refused with 400 and a reason.

mod actions;
mod callbacks;
mod issue;
mod mails;
mod page;
mod people;
mod traffic;

use std::sync::Arc;

use axum::{
    Json, Router,
    body::Bytes,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{delete, get, post},
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::state::Sandbox;

pub(crate) use callbacks::ask_for_challenge;

pub(crate) fn routes() -> Router<Arc<Sandbox>> {
    Router::new()
        .route("/", get(page::show))
        .route("/traffic", get(page::traffic))
        .route("/_sandbox/ui/{action}", post(page::act))
        .route("/_sandbox/health", get(async || Json(json!({"ok": true}))))
        .route("/_sandbox/clock", get(actions::clock).post(actions::set_clock))
        .route(
            "/_sandbox/settings",
            get(actions::settings).post(actions::set_settings).delete(actions::reset_settings),
        )
        .route("/_sandbox/reset", post(actions::reset))
        .route("/_sandbox/people", get(people::people))
        .route("/_sandbox/tokens", get(people::tokens))
        .route("/_sandbox/token", post(issue::token))
        .route("/_sandbox/revoke", post(actions::revoke))
        .route("/_sandbox/restore", post(actions::restore))
        .route("/_sandbox/expire", post(actions::expire))
        .route("/_sandbox/permission", post(actions::permission))
        .route("/_sandbox/unlink-page", post(actions::unlink_page))
        .route("/_sandbox/link-page", post(actions::link_page))
        .route("/_sandbox/role", post(actions::role))
        .route("/_sandbox/message", post(actions::message))
        .route("/_sandbox/throttle", post(actions::throttle).delete(actions::unthrottle))
        .route(
            "/_sandbox/faults",
            get(traffic::faults).post(traffic::add_fault).delete(traffic::clear_faults),
        )
        .route("/_sandbox/faults/{id}", delete(traffic::remove_fault))
        .route("/_sandbox/ledger", get(traffic::ledger).delete(traffic::clear_ledger))
        .route("/_sandbox/ledger/counts", get(traffic::counts))
        .route("/_sandbox/truth", get(traffic::truth))
        .route("/_sandbox/send/deauthorize", post(callbacks::deauthorize))
        .route("/_sandbox/send/data-deletion", post(callbacks::data_deletion))
        .route("/_sandbox/send/webhook", post(callbacks::webhook))
        .route("/_sandbox/send/webhook-verification", post(callbacks::verification))
        .route("/_sandbox/mails", get(mails::list).delete(mails::clear))
        .route("/_sandbox/mails/{id}", get(mails::one))
        .route("/_sandbox/mails/{id}/raw", get(mails::raw))
        .route("/_sandbox/smtp", get(mails::smtp).post(mails::set_smtp))
        .route(
            "/_sandbox/{*rest}",
            axum::routing::any(async || {
                Refusal::missing("there is no such call; sandbox/README.md lists them")
            }),
        )
}

/// A refusal in words.
#[derive(Debug)]
pub(crate) struct Refusal(StatusCode, String);

impl Refusal {
    pub(crate) fn bad(text: impl Into<String>) -> Self {
        Self(StatusCode::BAD_REQUEST, text.into())
    }

    pub(crate) fn missing(text: impl Into<String>) -> Self {
        Self(StatusCode::NOT_FOUND, text.into())
    }

    pub(crate) fn text(&self) -> &str {
        &self.1
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, Json(json!({"error": self.1}))).into_response()
    }
}

/// A number in a path.
pub(crate) fn number(text: &str) -> Result<u64, Refusal> {
    text.parse().map_err(|_| Refusal::bad(format!("{text} is not a number")))
}

/// What handlers of this API give back.
pub(crate) type Reply = Result<Json<Value>, Refusal>;

/// Reads a JSON body; its absence is an empty object.
pub(crate) fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Refusal> {
    let text: &[u8] = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(text)
        .map_err(|error| Refusal::bad(format!("the body is not what this call takes: {error}")))
}
