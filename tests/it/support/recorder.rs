//! Stands between the product and Meta, passes everything on as it is, and remembers it. The sandbox
//! itself never shows a token; this is how the tests know what must be found nowhere.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use serde_json::Value;

/// Parameters that are secret wherever they stand.
const SECRET_PARAMETERS: [&str; 7] =
    ["access_token", "input_token", "fb_exchange_token", "client_secret", "code", "state", "appsecret_proof"];

/// What was seen so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recorder {
    secrets: Arc<Mutex<Vec<String>>>,
}

#[derive(Clone)]
struct Passing {
    recorder: Recorder,
    http: reqwest::Client,
    target: String,
}

impl Recorder {
    /// Listens on a free port and passes requests on to `target`; gives its own base address.
    pub(crate) async fn listen(&self, http: reqwest::Client, target: String) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let passing = Passing { recorder: self.clone(), http, target };
        let router = Router::new().fallback(pass).with_state(passing);
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://{address}")
    }

    /// Every secret that passed, each once.
    pub(crate) fn secrets(&self) -> Vec<String> {
        let mut secrets = self.secrets.lock().expect("secrets").clone();
        secrets.sort();
        secrets.dedup();
        secrets
    }

    /// Adds something that the tests themselves came to know.
    pub(crate) fn keep(&self, secret: &str) {
        if secret.len() >= 16 {
            self.secrets.lock().expect("secrets").push(secret.to_owned());
        }
    }

    fn keep_parameters(&self, text: &[u8]) {
        for (name, value) in url::form_urlencoded::parse(text) {
            if SECRET_PARAMETERS.contains(&name.as_ref()) {
                self.keep(&value);
            }
        }
    }

    fn keep_tokens(&self, value: &Value) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    match value {
                        Value::String(token) if name == "access_token" => self.keep(token),
                        _ => self.keep_tokens(value),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.keep_tokens(item)),
            _ => {}
        }
    }
}

async fn pass(State(passing): State<Passing>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.expect("a whole request");
    let recorder = &passing.recorder;
    recorder.keep_parameters(parts.uri.query().unwrap_or_default().as_bytes());
    recorder.keep_parameters(&body);
    if let Some(token) = parts.headers.get("authorization").and_then(|value| value.to_str().ok()) {
        recorder.keep(token.trim_start_matches("Bearer ").trim_start_matches("OAuth "));
    }
    let url = format!("{}{}", passing.target, parts.uri);
    let mut onward = passing.http.request(parts.method, url).body(body);
    for (name, value) in &parts.headers {
        if name != "host" && name != "content-length" {
            onward = onward.header(name, value);
        }
    }
    let answer = onward.send().await.expect("an answer of the sandbox");
    let mut response = Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        if name != "content-length" && name != "transfer-encoding" && name != "content-encoding" {
            response = response.header(name, value);
        }
    }
    let location = answer.headers().get("location").and_then(|value| value.to_str().ok());
    if let Some(location) = location.and_then(|location| url::Url::parse(location).ok()) {
        recorder.keep_parameters(location.query().unwrap_or_default().as_bytes());
    }
    // An answer that breaks off in the middle is passed on as one that does.
    let Ok(body) = answer.bytes().await else {
        let broken = futures::stream::once(async { Err::<Bytes, _>(std::io::Error::other("broken off")) });
        return response.body(Body::from_stream(broken)).expect("an answer");
    };
    if let Ok(json) = serde_json::from_slice(&body) {
        recorder.keep_tokens(&json);
    }
    response.body(Body::from(body)).expect("an answer")
}
