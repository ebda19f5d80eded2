//! Somebody who receives what channels send: answers as told and remembers what arrived.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::Value;

use super::until;

/// One request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Arrived {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Arrived {
    pub(crate) fn header(&self, name: &str) -> String {
        let value = self.headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_else(|| panic!("no header {name}")).to_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }

    /// The type of the event.
    pub(crate) fn event(&self) -> String {
        self.json()["type"].as_str().expect("a type").to_owned()
    }
}

/// Listens on this machine until the test ends.
#[derive(Clone)]
pub(crate) struct Receiver {
    base: String,
    /// The status it answers with; none while it says nothing.
    status: Arc<Mutex<Option<u16>>>,
    arrived: Arc<Mutex<Vec<Arrived>>>,
}

impl Receiver {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let receiver = Self { base, status: Arc::new(Mutex::new(Some(200))), arrived: Arc::default() };
        let router = Router::new().fallback(take).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        receiver
    }

    /// An address of it.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.base)
    }

    /// Answers with this status from now on.
    pub(crate) fn answers(&self, status: u16) {
        *self.status.lock().expect("a status") = Some(status);
    }

    /// Takes requests and says nothing from now on.
    pub(crate) fn hangs(&self) {
        *self.status.lock().expect("a status") = None;
    }

    /// What arrived at a path, in order.
    pub(crate) fn arrived(&self, path: &str) -> Vec<Arrived> {
        let all = self.arrived.lock().expect("requests");
        all.iter().filter(|arrived| arrived.path.trim_start_matches('/') == path).cloned().collect()
    }

    /// Waits until so much has arrived at a path.
    pub(crate) async fn until(&self, path: &str, count: usize) -> Vec<Arrived> {
        until(&format!("{count} requests at /{path}"), async || {
            let arrived = self.arrived(path);
            (arrived.len() >= count).then_some(arrived)
        })
        .await
    }
}

async fn take(State(receiver): State<Receiver>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.expect("a whole request");
    receiver.arrived.lock().expect("requests").push(Arrived {
        path: parts.uri.to_string(),
        headers: parts.headers,
        body: String::from_utf8(body.to_vec()).expect("text"),
    });
    let status = *receiver.status.lock().expect("a status");
    match status {
        Some(status) => Response::builder().status(status).body(Body::from("noted")).expect("an answer"),
        None => std::future::pending().await,
    }
}
