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
    extract::Request,
    http::{Method, StatusCode},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{delete, get, post},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::state::Sandbox;

pub(crate) use callbacks::ask_for_challenge;

pub(crate) fn routes() -> Router<Arc<Sandbox>> {
    Router::new()
        .route("/", get(page::show))
        .route("/traffic", get(page::traffic))
        // Browsers ask for one; there is none.
        .route("/favicon.ico", get(async || StatusCode::NO_CONTENT))
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
        .method_not_allowed_fallback(async |method: Method| {
            Refusal(StatusCode::METHOD_NOT_ALLOWED, format!("this call does not take {method}"))
        })
        .layer(middleware::from_fn(known_parameters))
}

/// The query parameters that a call of the control API takes.
fn parameters(method: &Method, call: &str) -> &'static [&'static str] {
    match (method, call) {
        (&Method::GET, "people") => &["offset", "limit"],
        (&Method::GET, "tokens") => &["fingerprint"],
        (&Method::GET, "ledger") => &["host", "path_contains", "after", "limit"],
        (&Method::GET, "ledger/counts") => &["after"],
        (&Method::GET, "truth") => &["account", "metric", "day", "breakdown"],
        (&Method::GET, "mails") => &["to", "subject_contains", "after"],
        _ => &[],
    }
}

/// Refuses parameters that would be ignored: they are mistakes.
async fn known_parameters(request: Request, next: Next) -> Response {
    if let Some(call) = request.uri().path().strip_prefix("/_sandbox/") {
        let known = parameters(request.method(), call);
        let query = request.uri().query().unwrap_or_default();
        let unknown = url::form_urlencoded::parse(query.as_bytes())
            .map(|(name, _)| name)
            .find(|name| !known.contains(&name.as_ref()));
        if let Some(name) = unknown {
            let known = if known.is_empty() { "none".into() } else { known.join(", ") };
            return Refusal::bad(format!("there is no parameter {name}; this call takes {known}"))
                .into_response();
        }
    }
    next.run(request).await
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

/// An order that consists of nothing but its target.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

/// Reads an order about a person, an account or a Page: the target, and what else the order says.
pub(crate) fn read_about<T: DeserializeOwned>(body: &Bytes) -> Result<(actions::Target, T), Refusal> {
    let whole: Value = read(body)?;
    about(whole)
}

/// The same from JSON that has been read already. The two are taken apart because serde does not
/// refuse unknown fields of a structure that is flattened into another.
pub(crate) fn about<T: DeserializeOwned>(whole: Value) -> Result<(actions::Target, T), Refusal> {
    let wrong = |error| Refusal::bad(format!("the body is not what this call takes: {error}"));
    let Value::Object(mut rest) = whole else { return Err(Refusal::bad("send a JSON object")) };
    let mut target = serde_json::Map::new();
    for name in ["person", "account", "page"] {
        if let Some(value) = rest.remove(name) {
            target.insert(name.to_owned(), value);
        }
    }
    let target = serde_json::from_value(Value::Object(target)).map_err(wrong)?;
    Ok((target, serde_json::from_value(Value::Object(rest)).map_err(wrong)?))
}
