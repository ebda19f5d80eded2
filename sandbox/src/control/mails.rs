//! Mails through the control API.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State as Shared},
    http::header,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{Refusal, Reply, number, read};
use crate::{mail::SmtpMode, state::Sandbox};

type SharedSandbox = Shared<Arc<Sandbox>>;

/// Mails, newest last.
pub(super) async fn list(
    Shared(sandbox): SharedSandbox,
    Query(query): Query<HashMap<String, String>>,
) -> Reply {
    let to = query.get("to").map(|to| to.to_ascii_lowercase());
    let subject = query.get("subject_contains").map(|part| part.to_lowercase());
    let after = query.get("after").map_or(Ok(0), |text| number(text))?;
    let inner = sandbox.inner();
    let mails: Vec<Value> = inner
        .state
        .mails
        .iter()
        .filter(|mail| mail.id > after)
        .filter(|mail| {
            to.as_ref()
                .is_none_or(|to| mail.to.iter().any(|address| address.to_ascii_lowercase().contains(to)))
        })
        .map(crate::mail::Mail::readable)
        .filter(|mail| subject.as_ref().is_none_or(|part| mail.subject.to_lowercase().contains(part)))
        .map(|mail| json!(mail))
        .collect();
    Ok(Json(json!({ "mails": mails })))
}

pub(super) async fn one(Shared(sandbox): SharedSandbox, Path(id): Path<String>) -> Reply {
    let id = number(&id)?;
    let inner = sandbox.inner();
    let mail = inner.state.mails.iter().find(|mail| mail.id == id);
    let mail = mail.ok_or_else(|| Refusal::missing(format!("there is no mail {id}")))?;
    Ok(Json(json!(mail.readable())))
}

pub(super) async fn raw(Shared(sandbox): SharedSandbox, Path(id): Path<String>) -> Result<Response, Refusal> {
    let id = number(&id)?;
    let inner = sandbox.inner();
    let mail = inner.state.mails.iter().find(|mail| mail.id == id);
    let mail = mail.ok_or_else(|| Refusal::missing(format!("there is no mail {id}")))?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], mail.bytes()).into_response())
}

pub(super) async fn clear(Shared(sandbox): SharedSandbox) -> Json<Value> {
    sandbox.inner().state.mails.clear();
    sandbox.touch();
    Json(json!({"mails": []}))
}

pub(super) async fn smtp(Shared(sandbox): SharedSandbox) -> Json<Value> {
    Json(json!(sandbox.inner().state.smtp_mode))
}

pub(super) async fn set_smtp(Shared(sandbox): SharedSandbox, body: Bytes) -> Reply {
    let value: Value = read(&body)?;
    if value.get("mode").is_none() {
        return Err(Refusal::bad("send {\"mode\": \"ok|refuse|reject_4xx|reject_5xx|hang\"}"));
    }
    let mode: SmtpMode = read(&body)?;
    let mut inner = sandbox.inner();
    inner.state.smtp_mode = mode;
    sandbox.touch();
    Ok(Json(json!(inner.state.smtp_mode)))
}
