//! What Meta sends to an app: signed deauthorize and data-deletion requests, and webhooks.

use std::{sync::Arc, time::Duration};

use axum::{Json, body::Bytes, extract::State as Shared};
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Refusal, Reply, actions::Target, read};
use crate::{config::is_loopback, proof, state::Sandbox};

type SharedSandbox = Shared<Arc<Sandbox>>;

/// How long an app may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Debug, Deserialize)]
struct Callback {
    url: String,
    #[serde(flatten)]
    target: Target,
    #[serde(default)]
    signature: Signature,
    /// Which secret signs; by default the one of the login that the target uses.
    #[serde(default)]
    secret: Option<Secret>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Signature {
    #[default]
    Good,
    Wrong,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Secret {
    Facebook,
    Instagram,
}

fn secret(sandbox: &Sandbox, which: Secret, signature: Signature) -> String {
    let secret = match which {
        Secret::Facebook => &sandbox.config.facebook_app_secret,
        Secret::Instagram => &sandbox.config.instagram_app_secret,
    };
    if signature == Signature::Wrong { format!("not-{secret}") } else { secret.clone() }
}

/// Removes the app for this person and tells the app, as Facebook does.
pub(super) async fn deauthorize(Shared(sandbox): SharedSandbox, body: Bytes) -> Reply {
    let order: Callback = read(&body)?;
    if order.signature == Signature::Good {
        let key = order.target.key(&sandbox)?;
        let subcode = key.starts_with("person:").then_some(458);
        sandbox.inner().state.revoke(&key, subcode);
        sandbox.touch();
    }
    send_signed(&sandbox, &order).await
}

/// Only tells; a deletion request may come without a deauthorization.
pub(super) async fn data_deletion(Shared(sandbox): SharedSandbox, body: Bytes) -> Reply {
    send_signed(&sandbox, &read(&body)?).await
}

async fn send_signed(sandbox: &Sandbox, order: &Callback) -> Reply {
    let key = order.target.key(sandbox)?;
    let (user_id, which) = match key.split_once(':') {
        Some(("person", id)) => (id.to_owned(), Secret::Facebook),
        Some(("account", id)) => {
            let account = id.parse().ok().and_then(|id| sandbox.world.account(id));
            // With Instagram Login the app knows the app-scoped id.
            (
                account.map_or_else(|| id.to_owned(), |account| account.app_scoped().to_string()),
                Secret::Instagram,
            )
        }
        _ => return Err(Refusal::bad("name a person or an account")),
    };
    let secret = secret(sandbox, order.secret.unwrap_or(which), order.signature);
    let payload = format!(
        r#"{{"user_id":"{user_id}","algorithm":"HMAC-SHA256","issued_at":{}}}"#,
        sandbox.now().timestamp()
    );
    let signed = proof::signed_request(&secret, &payload);
    let form =
        url::form_urlencoded::Serializer::new(String::new()).append_pair("signed_request", &signed).finish();
    post(&order.url, "application/x-www-form-urlencoded", None, form.into_bytes()).await
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Webhook {
    url: String,
    /// What is sent, as it is.
    payload: Value,
    #[serde(default)]
    signature: Signature,
    #[serde(default)]
    secret: Option<Secret>,
    /// How often the same body is sent.
    #[serde(default = "once")]
    times: u32,
}

fn once() -> u32 {
    1
}

pub(super) async fn webhook(Shared(sandbox): SharedSandbox, body: Bytes) -> Reply {
    let order: Webhook = read(&body)?;
    if !(1..=20).contains(&order.times) {
        return Err(Refusal::bad("times must be between 1 and 20"));
    }
    let body = escaped(&order.payload.to_string()).into_bytes();
    let secret = secret(&sandbox, order.secret.unwrap_or(Secret::Facebook), order.signature);
    let signature = proof::hub_signature(&secret, &body);
    let mut answers = Vec::new();
    for _ in 0..order.times {
        answers.push(post(&order.url, "application/json", Some(&signature), body.clone()).await?.0);
    }
    Ok(Json(json!({ "answers": answers })))
}

/// Meta writes everything beyond ASCII as `\uXXXX` and slashes as `\/`.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars() {
        match character {
            '/' => out.push_str("\\/"),
            character if character.is_ascii() => out.push(character),
            character => {
                let mut units = [0_u16; 2];
                for unit in character.encode_utf16(&mut units) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    out
}

/// Sends to this machine only, and gives back what was answered.
async fn post(url: &str, kind: &str, signature: Option<&str>, body: Vec<u8>) -> Reply {
    if !is_loopback(url) {
        return Err(Refusal::bad("url must be plain http to this machine"));
    }
    let answer = tokio::time::timeout(PATIENCE, exchange(url, kind, signature, body))
        .await
        .map_err(|_| Refusal::bad("no answer within ten seconds"))?;
    let (status, body) = answer.map_err(|error| Refusal::bad(format!("not delivered: {error}")))?;
    let parsed: Option<Value> = serde_json::from_str(&body).ok();
    Ok(Json(json!({"status": status, "body": parsed.unwrap_or(Value::String(body))})))
}

async fn exchange(
    url: &str,
    kind: &str,
    signature: Option<&str>,
    body: Vec<u8>,
) -> anyhow::Result<(u16, String)> {
    let url = url::Url::parse(url)?;
    let host = url.host_str().unwrap_or("127.0.0.1");
    let port = url.port_or_known_default().unwrap_or(80);
    let stream = tokio::net::TcpStream::connect((host.trim_matches(['[', ']']), port)).await?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let driver = tokio::spawn(connection);
    let target = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    let mut request = Request::post(target)
        .header("host", format!("{host}:{port}"))
        .header("user-agent", "facebookexternalua")
        .header("content-type", kind);
    if let Some(signature) = signature {
        request = request.header("x-hub-signature-256", signature);
    }
    let response = sender.send_request(request.body(Full::new(axum::body::Bytes::from(body)))?).await?;
    let status = response.status().as_u16();
    let body = response.into_body().collect().await?.to_bytes();
    driver.abort();
    Ok((status, String::from_utf8_lossy(&body).into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn webhook_bodies_are_escaped_as_meta_does() {
        assert_eq!(escaped("{\"a\":\"é/😀\"}"), "{\"a\":\"\\u00e9\\/\\ud83d\\ude00\"}");
    }
}
