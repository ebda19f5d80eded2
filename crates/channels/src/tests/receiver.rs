//! A receiver on this machine that answers as it is told and remembers what it got.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Response};
use futures::StreamExt as _;

/// What it does with a request.
#[derive(Clone, Debug)]
pub(super) enum Does {
    /// Answers with a status, headers and a body.
    Answer(u16, Vec<(&'static str, String)>, String),
    /// Takes the request and says nothing.
    Hang,
    /// Answers with a body that never ends.
    Endless,
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(super) struct Got {
    pub(super) path: String,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

#[derive(Clone)]
pub(super) struct Receiver {
    pub(super) port: u16,
    does: Arc<Mutex<Does>>,
    got: Arc<Mutex<Vec<Got>>>,
}

impl Receiver {
    pub(super) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let receiver = Self { port, does: Arc::new(Mutex::new(answer(200))), got: Arc::default() };
        let router = Router::new().fallback(take).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        receiver
    }

    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hooks/secret-path?key=secret-key", self.port)
    }

    pub(super) fn does(&self, what: Does) {
        *self.does.lock().unwrap() = what;
    }

    pub(super) fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }
}

pub(super) fn answer(status: u16) -> Does {
    Does::Answer(status, Vec::new(), String::new())
}

async fn take(State(receiver): State<Receiver>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1_000_000).await.unwrap();
    receiver.got.lock().unwrap().push(Got {
        path: parts.uri.to_string(),
        headers: parts.headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
    });
    let does = receiver.does.lock().unwrap().clone();
    match does {
        Does::Answer(status, headers, body) => {
            let mut response = Response::builder().status(status);
            for (name, value) in headers {
                response = response.header(name, value);
            }
            response.body(Body::from(body)).unwrap()
        }
        Does::Hang => std::future::pending().await,
        Does::Endless => {
            let block = Bytes::from(vec![b'x'; 16 * 1024]);
            let blocks = futures::stream::repeat(block).map(Ok::<_, std::io::Error>);
            Response::new(Body::from_stream(blocks))
        }
    }
}
