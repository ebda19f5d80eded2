//! The readers of untrusted bytes, for the fuzz targets in `fuzz`. Each panics when what it read
//! breaks a promise of its reader.

#![expect(clippy::panic, reason = "a panic is how a fuzz target tells of a find")]

use chrono::DateTime;
use platform::Secret;
use reqwest::header::{HeaderMap, HeaderValue};
use serde_json::Value;

use crate::call::{Host, Purpose};
use crate::error::ErrorKind;
use crate::exchange::Lifetime;
use crate::usage::UsageReport;
use crate::{
    Provider, account, batch, body, conversations, debug_token, error_body, exchange, insights, media, pages,
    signed_request, users, webhook,
};

const HOSTS: [Host; 3] = [Host::FacebookGraph, Host::InstagramApi, Host::InstagramGraph];
const PURPOSES: [Purpose; 14] = [
    Purpose::CodeExchange,
    Purpose::SecretExchange,
    Purpose::Refresh,
    Purpose::DebugToken,
    Purpose::TokenState,
    Purpose::User,
    Purpose::Page,
    Purpose::Account,
    Purpose::Insights,
    Purpose::Media,
    Purpose::MediaInsights,
    Purpose::Batch,
    Purpose::Conversation,
    Purpose::Send,
];
const STATUSES: [u16; 8] = [200, 302, 400, 401, 403, 404, 429, 500];

/// An answer of a Graph host: the first byte chooses what it answers, the rest is its body.
pub fn graph_json(data: &[u8]) {
    let Some((choice, bytes)) = data.split_first() else { return };
    let choice = usize::from(*choice);
    let (host, purpose) = (HOSTS[choice % HOSTS.len()], PURPOSES[choice % PURPOSES.len()]);
    for status in STATUSES {
        match error_body::outcome(host, purpose, status, bytes) {
            Ok(body) => {
                assert!((200..300).contains(&status), "an answer with {status} is no success");
                read(host, purpose, &body);
            }
            Err(error) => {
                let dead = matches!(error.kind(), ErrorKind::Reauthorise(_));
                assert!(!(dead && status >= 500), "a server in trouble ended a connection: {error}");
                assert!(error.to_string().len() < 300, "{error}");
                assert!(error.trace_id().is_none_or(|id| id.len() <= 32), "{error}");
            }
        }
    }
}

/// Everything that is made of a successful body.
fn read(host: Host, purpose: Purpose, body: &Value) {
    let object = body::unwrapped(body, "id");
    let node = account::account_node(object, "1".to_owned());
    assert!(node.followers_count.is_none_or(|count| count >= 0));
    assert!(node.username.is_none_or(|name| !name.contains(['\0', '\n', '\u{202E}'])));
    let _read = (
        insights::metric_answers(host, body).is_ok(),
        pages::page(object),
        media::media(object),
        conversations::message(object),
        users::permission(object),
        debug_token::token_debug(body).is_ok(),
        batch::outcome(purpose, Some(object)).is_ok(),
    );
    let asked_at = DateTime::UNIX_EPOCH;
    for lifetime in [Lifetime::Required, Lifetime::Optional, Lifetime::Ignored] {
        if let Ok(issued) = exchange::read_issued(host, body, asked_at, lifetime) {
            assert!(issued.token.expose().bytes().all(|byte| byte.is_ascii_graphic()));
            assert!(issued.expires_at.is_none_or(|at| at > asked_at));
        }
    }
}

/// The usage headers of an answer, one a line.
pub fn usage_headers(data: &[u8]) {
    let names = ["x-app-usage", "x-page-usage", "x-business-use-case-usage", "retry-after"];
    let mut headers = HeaderMap::new();
    for (name, value) in names.into_iter().zip(data.split(|byte| *byte == b'\n')) {
        if let Ok(value) = HeaderValue::from_bytes(value) {
            headers.insert(name, value);
        }
    }
    let at = DateTime::UNIX_EPOCH;
    let report = UsageReport::read(Provider::FacebookLogin, None, at, 200, &headers);
    assert!(report.business.len() <= 64);
    for entry in &report.business {
        assert!(entry.regain_access_in.is_none_or(|pause| pause.num_hours() <= 24), "{entry:?}");
    }
}

/// A `signed_request` that nobody signed.
pub fn signed_request(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(request) = signed_request::verify(&Secret::new("a secret that no input knows"), &text) {
        panic!("a forged request was believed: {request:?}");
    }
}

/// A webhook delivery: the first line is the signature, the rest the body.
pub fn webhook_body(data: &[u8]) {
    let at = data.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let (signature, delivery) = data.split_at(at);
    let secret = Secret::new("a secret that no input knows");
    assert!(!webhook::is_signed(&secret, signature, delivery), "a forged delivery was believed");
    for update in webhook::updates(delivery).unwrap_or_default() {
        assert!(!update.instagram_id.is_empty() && !update.field.is_empty());
    }
}
