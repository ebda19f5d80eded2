//! The front door of Meta's hosts: reads a request, lets planned faults happen, answers, keeps the ledger.

use std::{sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::Request,
    http::{HeaderValue, StatusCode, header::HeaderName},
    response::Response,
};

use chrono::{DateTime, Utc};
use futures::StreamExt;

use crate::{
    body,
    call::{Answer, Call, Content, Host, Params, basic, bearer},
    dialog,
    faults::{self, Fault, Kind, Owner},
    graph,
    insights::removals,
    instagram,
    ledger::{self, Entry, Mask},
    proof::{etag, fingerprint},
    settings::Settings,
    state::{Inner, Sandbox},
    tokens::Bearer,
    visit::Visit,
};

/// Larger bodies than a full batch never occur.
const BODY_LIMIT: usize = 4 << 20;

/// Scripts of any site may read what the Graph hosts answer.
const ANYBODY: (&str, &str) = ("access-control-allow-origin", "*");

/// Answers one HTTP request to a Meta host.
pub(crate) async fn handle(sandbox: Arc<Sandbox>, host: Host, prefix: &str, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let read = to_bytes(body, BODY_LIMIT).await;
    let too_large = read.is_err();
    let body = read.unwrap_or_default();
    let own_path = parts.uri.path().to_owned();
    let path = match own_path.strip_prefix(prefix) {
        Some("") | None => "/".to_owned(),
        Some(path) => path.to_owned(),
    };
    let mut params = Params::parse(parts.uri.query().unwrap_or_default().as_bytes());
    let kind = parts.headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    params.0.extend(body::params(kind, &body).0);
    // A HEAD is a GET whose body the server keeps to itself.
    let sent = if parts.method == "HEAD" { "GET" } else { parts.method.as_str() };
    let method = params.get("method").map_or_else(|| sent.to_owned(), str::to_uppercase);
    let call = Call {
        host,
        method,
        path,
        own_path,
        params,
        bearer: bearer(&parts.headers),
        basic: basic(&parts.headers),
        if_none_match: parts
            .headers
            .get("if-none-match")
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned),
    };

    if too_large {
        let refused = Answer { status: 413, headers: Vec::new(), body: Content::Empty };
        record(&sandbox, &mut sandbox.inner(), &call, Some(&refused), None, false);
        return build(refused, false, sandbox.now());
    }
    let fault = {
        let mut inner = sandbox.inner();
        let owner = owner(&sandbox, &inner, &call);
        faults::take(&mut inner.state.faults, &call, &owner)
    };
    if let Some(fault) = &fault {
        sandbox.touch();
        if let Some(delay) = fault.delay_ms {
            tokio::time::sleep(Duration::from_millis(delay)).await;
        }
        if let Some(answer) = fault.answer(call.host) {
            let answer = if call.host.is_graph() { answer.with(ANYBODY.0, ANYBODY.1) } else { answer };
            record(&sandbox, &mut sandbox.inner(), &call, Some(&answer), Some(fault), false);
            return respond(&sandbox, answer, fault).await;
        }
        if fault.kind == Kind::Hang {
            record(&sandbox, &mut sandbox.inner(), &call, None, Some(fault), false);
            return std::future::pending().await;
        }
    }
    let (mut answer, unverified, issued) = {
        let mut inner = sandbox.inner();
        let before = inner.state.issued();
        let answer = answer(&sandbox, &mut inner, &call);
        (answer, inner.unverified.take(), inner.state.issued() != before)
    };
    if let Some(unverified) = unverified {
        answer = unverified.settle(&sandbox, answer).await;
    }
    record(&sandbox, &mut sandbox.inner(), &call, Some(&answer), fault.as_ref(), false);
    // Plain reads change nothing, and must not cause the state file to be written.
    if call.method != "GET" || issued || call.path.contains("access_token") {
        sandbox.touch();
    }
    match fault {
        Some(fault) => respond(&sandbox, answer, &fault).await,
        None => build(answer, false, sandbox.now()),
    }
}

/// Answers a call without any HTTP around it.
pub(crate) fn answer(sandbox: &Sandbox, inner: &mut Inner, call: &Call) -> Answer {
    let now = inner.state.clock.now();
    let mut visit = Visit {
        sandbox,
        inner,
        call,
        now,
        version: crate::versions::oldest(now),
        rest: Vec::new(),
        headers: Vec::new(),
    };
    let mut answer = match call.host {
        // A browser asks before it sends a token from another site's script.
        host if host.is_graph() && call.method == "OPTIONS" => Answer::empty()
            .with("access-control-allow-methods", "GET, POST, DELETE")
            .with("access-control-allow-headers", "Authorization, Content-Type"),
        Host::FacebookDialog => dialog::facebook::answer(&mut visit),
        Host::InstagramDialog => dialog::instagram::answer(&mut visit),
        Host::InstagramApi => instagram::code::answer(&mut visit),
        Host::FacebookGraph => graph::answer(&mut visit),
        Host::InstagramGraph => instagram::answer(&mut visit),
    };
    if call.host.is_graph() {
        answer.headers.append(&mut visit.headers);
        answer = answer
            .with(ANYBODY.0, ANYBODY.1)
            .with("facebook-api-version", visit.version.to_string())
            .with("x-fb-trace-id", crate::error::random_text(11))
            .with("x-fb-request-id", crate::error::trace_id())
            .with("x-fb-rev", "1029384756")
            .with("x-fb-debug", crate::error::random_text(44));
        explain(&mut answer, call, visit.version, now, &visit.inner.state.settings);
        answer = tagged(answer, call);
        if call.params.flag("suppress_http_code") == Some(true) {
            answer.status = 200;
        }
    }
    answer
}

/// `debug=all` adds warnings, here about a version that was not the one asked for and about metrics
/// that are going to end.
fn explain(
    answer: &mut Answer,
    call: &Call,
    served: crate::versions::Version,
    now: DateTime<Utc>,
    settings: &Settings,
) {
    let Content::Json(serde_json::Value::Object(body)) = &mut answer.body else { return };
    if call.params.get("debug") != Some("all") || call.method != "GET" {
        return;
    }
    let segments = call.segments();
    let asked = segments.first().copied().unwrap_or_default().to_owned();
    let mut messages = Vec::new();
    if crate::versions::looks_like_version(&asked) && asked != served.to_string() {
        messages
            .push(format!("This call was upgraded from {asked} to {served}, the oldest version available."));
    }
    if segments.last() == Some(&"insights") {
        let metrics = call.params.list("metric").unwrap_or_default();
        messages.extend(removals::announced(&metrics, now, settings));
    }
    let messages: Vec<serde_json::Value> = messages
        .into_iter()
        .map(|message| serde_json::json!({"message": message, "type": "warning"}))
        .collect();
    body.insert("__debug__".into(), serde_json::json!({ "messages": messages }));
}

/// Adds the ETag and answers 304 to a client that has this body already.
fn tagged(answer: Answer, call: &Call) -> Answer {
    let Content::Json(body) = &answer.body else { return answer };
    if call.method != "GET" || answer.status != 200 {
        return answer;
    }
    let tag = etag(body.to_string().as_bytes());
    // Several tags may be offered, and a weak one names the same body.
    let mut offered = call.if_none_match.iter().flat_map(|header| header.split(',')).map(str::trim);
    if offered.any(|offered| offered == "*" || offered.trim_start_matches("W/") == tag) {
        return Answer { status: 304, headers: answer.headers, body: Content::Empty }.with("etag", tag);
    }
    answer.with("etag", tag)
}

/// Whose token a call carries, and which account it is about.
fn owner(sandbox: &Sandbox, inner: &Inner, call: &Call) -> Owner {
    let mut owner = Owner::default();
    let sent = call.params.filled("fb_exchange_token").or_else(|| call.token());
    if let Some(token) = sent.and_then(|text| inner.state.tokens.get(text)) {
        match token.bearer {
            Bearer::Person(person) => owner.person = Some(person),
            Bearer::Page { person, page } => {
                owner.person = Some(person);
                owner.account = sandbox.world.page(page).and_then(|page| inner.state.linked_account(&page));
            }
            Bearer::Account(account) => owner.account = Some(account),
        }
    }
    let named = call.segments().iter().filter_map(|segment| segment.parse::<u64>().ok()).find_map(|id| {
        sandbox
            .world
            .account_by_any_id(id)
            .map(|account| account.id)
            .or_else(|| graph::media::account_of(sandbox, id))
    });
    if let Some(account) = named {
        owner.account = Some(account);
    }
    owner
}

/// Writes a call into the ledger.
pub(crate) fn record(
    sandbox: &Sandbox,
    inner: &mut Inner,
    call: &Call,
    answer: Option<&Answer>,
    fault: Option<&Fault>,
    batched: bool,
) {
    let owner = owner(sandbox, inner, call);
    let (code, subcode) = answer.map_or((None, None), Answer::error_codes);
    let config = &sandbox.config;
    let mask = Mask {
        tokens: &inner.state.tokens,
        secrets: [&config.facebook_app_secret, &config.instagram_app_secret],
    };
    let (method, path, query) = (mask.text(&call.method), mask.path(&call.path), mask.params(call));
    let method = ledger::method(&method);
    inner.ledger.record(Entry {
        id: 0,
        at: inner.state.clock.now(),
        host: call.host.name(),
        method,
        path: path.into(),
        query: query.into(),
        token: call.token().map(|token| fingerprint(token).into()),
        person: owner.person,
        account: owner.account,
        status: answer.map_or(0, |answer| answer.status),
        code,
        subcode,
        fault: fault.map(|fault| fault.id),
        batched,
    });
}

/// Takes the first planned fault for a call inside a batch: `Ok` is its answer, `Err` a missing one.
pub(crate) fn batched_fault(sandbox: &Sandbox, inner: &mut Inner, call: &Call) -> Option<Result<Answer, ()>> {
    let owner = owner(sandbox, inner, call);
    let fault = faults::take(&mut inner.state.faults, call, &owner)?;
    match (fault.answer(call.host), fault.kind) {
        (Some(answer), _) => Some(Ok(answer)),
        (None, Kind::Hang | Kind::CutOff) => Some(Err(())),
        (None, _) => None,
    }
}

async fn respond(sandbox: &Sandbox, answer: Answer, fault: &Fault) -> Response {
    if let Some(delay) = fault.delay_answer_ms {
        tokio::time::sleep(Duration::from_millis(delay)).await;
    }
    build(answer, fault.kind == Kind::CutOff, sandbox.now())
}

fn build(answer: Answer, cut_off: bool, now: DateTime<Utc>) -> Response {
    let (bytes, kind) = match answer.body {
        Content::Json(body) => (body.to_string(), "application/json; charset=UTF-8"),
        Content::Html(body) => (body, "text/html; charset=utf-8"),
        Content::Empty => (String::new(), "text/plain; charset=utf-8"),
    };
    let length = bytes.len();
    let body = if cut_off {
        // Half of what Content-Length promises, then the connection breaks.
        let half = Bytes::copy_from_slice(&bytes.as_bytes()[..length / 2]);
        let broken = futures::stream::once(async {
            // The first half has to leave the buffers before the connection breaks.
            tokio::time::sleep(Duration::from_millis(40)).await;
            Err(std::io::Error::other("cut off on request"))
        });
        Body::from_stream(futures::stream::iter([Ok(half)]).chain(broken))
    } else {
        Body::from(bytes)
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    if answer.status != 304 {
        headers.insert("content-type", HeaderValue::from_static(kind));
        headers.insert("content-length", HeaderValue::from(length));
    }
    if let Ok(date) = HeaderValue::try_from(now.format("%a, %d %b %Y %H:%M:%S GMT").to_string()) {
        headers.insert("date", date);
    }
    headers.insert("cache-control", HeaderValue::from_static("private, no-cache, no-store, must-revalidate"));
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.insert(name, value);
        }
    }
    response
}
