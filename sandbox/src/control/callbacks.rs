//! What Meta sends to an app: signed deauthorize and data-deletion requests, and webhooks.

use std::{sync::Arc, time::Duration};

use axum::{Json, body::Bytes, extract::State as Shared};
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Refusal, Reply, actions::Target, read, read_about};
use crate::{
    config::is_loopback,
    proof,
    seed::{mix, tag},
    state::Sandbox,
};

type SharedSandbox = Shared<Arc<Sandbox>>;

/// How long an app may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Callback {
    url: String,
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
    let (target, order) = read_about::<Callback>(&body)?;
    if order.signature == Signature::Good {
        let key = target.key(&sandbox)?;
        let subcode = key.starts_with("person:").then_some(458);
        sandbox.inner().state.revoke(&key, subcode);
        sandbox.touch();
    }
    send_signed(&sandbox, &target, &order).await
}

/// Only tells; a deletion request may come without a deauthorization.
pub(super) async fn data_deletion(Shared(sandbox): SharedSandbox, body: Bytes) -> Reply {
    let (target, order) = read_about(&body)?;
    send_signed(&sandbox, &target, &order).await
}

async fn send_signed(sandbox: &Sandbox, target: &Target, order: &Callback) -> Reply {
    let key = target.key(sandbox)?;
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
    #[serde(default)]
    payload: Option<Value>,
    /// Several deliveries in place of one.
    #[serde(default)]
    payloads: Vec<Value>,
    #[serde(default)]
    order: Order,
    #[serde(default)]
    signature: Signature,
    #[serde(default)]
    secret: Option<Secret>,
    /// How often the same body is sent.
    #[serde(default = "once")]
    times: u32,
    /// How often a delivery that was not answered with 2xx is sent again, after all others.
    #[serde(default)]
    retries: u32,
}

/// In which order several deliveries leave; Meta promises none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Order {
    #[default]
    AsGiven,
    Reversed,
    Shuffled,
}

impl Order {
    /// The indices of `count` deliveries in the order of sending; the same for the same seed.
    fn of(self, count: usize, seed: u64) -> Vec<usize> {
        let mut indices: Vec<usize> = (0..count).collect();
        match self {
            Self::AsGiven => {}
            Self::Reversed => indices.reverse(),
            Self::Shuffled => {
                indices.sort_by_key(|index| mix(&[seed, tag("webhook"), *index as u64]));
                // A shuffle that changes nothing would test nothing.
                if indices.is_sorted() {
                    indices.reverse();
                }
            }
        }
        indices
    }
}

fn once() -> u32 {
    1
}

pub(super) async fn webhook(Shared(sandbox): SharedSandbox, body: Bytes) -> Reply {
    let order: Webhook = read(&body)?;
    let payloads = match (order.payload, order.payloads) {
        (Some(payload), several) if several.is_empty() => vec![payload],
        (None, several) if !several.is_empty() => several,
        _ => return Err(Refusal::bad("send either payload or payloads")),
    };
    if !(1..=20).contains(&order.times) || order.retries > 10 || payloads.len() > 1_000 {
        return Err(Refusal::bad(
            "times must be between 1 and 20, retries at most 10, payloads at most 1000",
        ));
    }
    let secret = secret(&sandbox, order.secret.unwrap_or(Secret::Facebook), order.signature);
    let mut waiting: Vec<usize> = order
        .order
        .of(payloads.len(), sandbox.world.seed)
        .into_iter()
        .flat_map(|index| std::iter::repeat_n(index, order.times as usize))
        .collect();
    let mut answers = Vec::new();
    for _ in 0..=order.retries {
        let mut refused = Vec::new();
        for index in waiting {
            let body = escaped(&payloads[index].to_string()).into_bytes();
            let signature = proof::hub_signature(&secret, &body);
            let mut answer = post(&order.url, "application/json", Some(&signature), body).await?.0;
            if !answer["status"].as_u64().is_some_and(|status| (200..300).contains(&status)) {
                refused.push(index);
            }
            answer["payload"] = index.into();
            answers.push(answer);
        }
        waiting = refused;
    }
    Ok(Json(json!({ "answers": answers })))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Verification {
    url: String,
    verify_token: String,
    /// What has to come back; without it, some number.
    #[serde(default)]
    challenge: Option<String>,
}

/// What an app answered to the question whether a webhook address is its own.
pub(crate) struct Asked {
    pub(crate) status: u16,
    body: String,
    challenge: String,
}

impl Asked {
    pub(crate) fn verified(&self) -> bool {
        self.status == 200 && self.body == self.challenge
    }
}

/// Asks an app whether a webhook address is its own (page "Webhooks: getting started").
pub(crate) async fn ask_for_challenge(
    sandbox: &Sandbox,
    url: &str,
    verify_token: &str,
    challenge: Option<String>,
) -> Result<Asked, Refusal> {
    let challenge = challenge.unwrap_or_else(|| {
        (mix(&[sandbox.now().timestamp_millis().unsigned_abs()]) % 1_000_000_000).to_string()
    });
    let mut url = url::Url::parse(url).map_err(|_| Refusal::bad("url is not a URL"))?;
    url.query_pairs_mut()
        .append_pair("hub.mode", "subscribe")
        .append_pair("hub.challenge", &challenge)
        .append_pair("hub.verify_token", verify_token);
    let (status, body) = deliver("GET", url.as_str(), &[], Vec::new()).await?;
    Ok(Asked { status, body, challenge })
}

pub(super) async fn verification(Shared(sandbox): SharedSandbox, body: Bytes) -> Reply {
    let order: Verification = read(&body)?;
    let asked = ask_for_challenge(&sandbox, &order.url, &order.verify_token, order.challenge).await?;
    let verified = asked.verified();
    Ok(Json(json!({
        "status": asked.status,
        "body": asked.body,
        "challenge": asked.challenge,
        "verified": verified,
    })))
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

/// Posts to this machine only, and gives back what was answered.
async fn post(url: &str, kind: &str, signature: Option<&str>, body: Vec<u8>) -> Reply {
    let mut headers = vec![("content-type", kind)];
    headers.extend(signature.map(|signature| ("x-hub-signature-256", signature)));
    let (status, body) = deliver("POST", url, &headers, body).await?;
    let parsed: Option<Value> = serde_json::from_str(&body).ok();
    Ok(Json(json!({"status": status, "body": parsed.unwrap_or(Value::String(body))})))
}

/// Sends to this machine only; status and body of the answer.
async fn deliver(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: Vec<u8>,
) -> Result<(u16, String), Refusal> {
    if !is_loopback(url) {
        return Err(Refusal::bad("url must be plain http to this machine"));
    }
    tokio::time::timeout(PATIENCE, exchange(method, url, headers, body))
        .await
        .map_err(|_| Refusal::bad("no answer within ten seconds"))?
        .map_err(|error| Refusal::bad(format!("not delivered: {error}")))
}

async fn exchange(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
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
    let mut request = Request::builder()
        .method(method)
        .uri(target)
        .header("host", format!("{host}:{port}"))
        .header("user-agent", "facebookexternalua");
    for (name, value) in headers {
        request = request.header(*name, *value);
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

    #[test]
    fn every_delivery_leaves_once_and_a_shuffle_changes_the_order() {
        assert_eq!(Order::AsGiven.of(3, 7), [0, 1, 2]);
        assert_eq!(Order::Reversed.of(3, 7), [2, 1, 0]);
        for count in 2..20 {
            let mut shuffled = Order::Shuffled.of(count, 7);
            assert_eq!(shuffled, Order::Shuffled.of(count, 7));
            assert!(!shuffled.is_sorted(), "{count}");
            shuffled.sort_unstable();
            assert!(shuffled.into_iter().eq(0..count));
        }
    }
}
