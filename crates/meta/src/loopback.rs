//! A server on this machine that answers in Meta's place and remembers what it was asked.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response};
use chrono::{DateTime, Utc};
use platform::config::{AppCredentials, Meta};
use platform::{ManualClock, Secret, World};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use url::Url;

use crate::client::Client;
use crate::usage::{UsageReport, UsageSink};

pub(crate) const APP_SECRET: &str = "test_app_secret_0001";
pub(crate) const FACEBOOK_TOKEN: &str = "EAATEST0001";
/// The proof of [`FACEBOOK_TOKEN`] with [`APP_SECRET`].
pub(crate) const FACEBOOK_PROOF: &str = "00d4bd060c47edf492b212179fc89bffc525bc40b344616d05af37b49c947774";
pub(crate) const INSTAGRAM_SECRET: &str = "test_instagram_secret_0001";
pub(crate) const INSTAGRAM_TOKEN: &str = "IGAATEST0001";
pub(crate) const ACCOUNT: &str = "17841400000000001";

pub(crate) fn facebook_token() -> Secret {
    Secret::new(FACEBOOK_TOKEN)
}

pub(crate) fn instagram_token() -> Secret {
    Secret::new(INSTAGRAM_TOKEN)
}

pub(crate) fn start() -> DateTime<Utc> {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    /// The query as it was written.
    pub(crate) raw_query: String,
    pub(crate) query: BTreeMap<String, String>,
    pub(crate) form: BTreeMap<String, String>,
    body: Vec<u8>,
    pub(crate) authorization: Option<String>,
}

impl Asked {
    /// The body, when it is JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// What to answer.
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Reply {
    pub(crate) fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into() }
    }

    pub(crate) fn json(body: &Value) -> Self {
        Self::new(200, body.to_string())
    }

    pub(crate) fn error(status: u16, code: i64) -> Self {
        // Meta repeats what it was sent in its texts; errors must not.
        let message = format!("The access token {FACEBOOK_TOKEN} {INSTAGRAM_TOKEN} is refused");
        let error = serde_json::json!({"message": message, "error_user_msg": message, "code": code});
        Self::new(status, serde_json::json!({ "error": error }).to_string())
    }

    pub(crate) fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// Collects usage reports.
#[derive(Default)]
pub(crate) struct Reports(Mutex<Vec<UsageReport>>);

impl UsageSink for Reports {
    fn observe(&self, report: UsageReport) {
        self.0.lock().unwrap().push(report);
    }
}

/// A running server, and a client that knows no other.
pub(crate) struct Loopback {
    pub(crate) client: Client,
    pub(crate) clock: Arc<ManualClock>,
    base: Url,
    asked: Arc<Mutex<Vec<Asked>>>,
    reports: Arc<Reports>,
}

impl Loopback {
    /// Answers every request with what `answer` makes of it.
    pub(crate) async fn start(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::<Mutex<Vec<Asked>>>::default();
        let answer = Arc::new(answer);
        let log = Arc::clone(&asked);
        let router = Router::new().fallback(move |request: Request<Body>| {
            let (answer, log) = (Arc::clone(&answer), Arc::clone(&log));
            async move {
                let request = read(request).await;
                let reply = answer(&request);
                log.lock().unwrap().push(request);
                let mut response = Response::builder().status(reply.status);
                for (name, value) in reply.headers {
                    response = response.header(name, value);
                }
                response.body(Body::from(reply.body)).unwrap()
            }
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self::at(port, asked)
    }

    /// Reads the head of one request and writes `bytes` back as they are.
    pub(crate) async fn start_raw(bytes: Vec<u8>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            read_head(&mut stream).await;
            // The client may hang up before everything is written.
            let _hung_up = stream.write_all(&bytes).await;
            let _hung_up = stream.shutdown().await;
        });
        Self::at(port, Arc::default())
    }

    /// Never answers. Once the request is there the runtime's clock jumps from timer to timer, so
    /// that time limits pass at once.
    pub(crate) async fn start_silent() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            read_head(&mut stream).await;
            tokio::time::pause();
            std::future::pending::<()>().await;
        });
        Self::at(port, Arc::default())
    }

    /// A client for a port at which nobody listens.
    pub(crate) async fn closed() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        Self::at(port, Arc::default())
    }

    fn at(port: u16, asked: Arc<Mutex<Vec<Asked>>>) -> Self {
        let base = Url::parse(&format!("http://127.0.0.1:{port}/")).unwrap();
        let (world, clock) = World::for_tests(start());
        let reports = Arc::<Reports>::default();
        let client = Client::new(config(&base), world, reports.clone()).unwrap();
        Self { client, clock, base, asked, reports }
    }

    /// All requests that came, in order.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// The only request that came.
    pub(crate) fn only(&self) -> Asked {
        let asked = self.asked();
        assert_eq!(asked.len(), 1, "{asked:?}");
        asked[0].clone()
    }

    pub(crate) fn reports(&self) -> Vec<UsageReport> {
        self.reports.0.lock().unwrap().clone()
    }

    /// A second client for the same server with another configuration.
    pub(crate) fn client_with(&self, change: impl FnOnce(&mut Meta)) -> Client {
        let mut config = config(&self.base);
        change(&mut config);
        Client::new(config, World::for_tests(start()).0, self.reports.clone()).unwrap()
    }
}

/// All hosts at one server, told apart by the first part of the path.
pub(crate) fn config(base: &Url) -> Meta {
    let host = |name: &str| base.join(&format!("{name}/")).unwrap();
    let app =
        |id: &str, secret: &str| Some(AppCredentials { id: id.to_owned(), secret: Secret::new(secret) });
    Meta {
        facebook_app: app("1029384756", APP_SECRET),
        facebook_config_id: None,
        instagram_app: app("5647382910", INSTAGRAM_SECRET),
        webhook_verify_token: None,
        facebook_dialog_url: host("www.facebook.com"),
        facebook_graph_url: host("graph.facebook.com"),
        instagram_dialog_url: host("www.instagram.com"),
        instagram_api_url: host("api.instagram.com"),
        instagram_graph_url: host("graph.instagram.com"),
        graph_version: "v25.0".to_owned(),
        instagram_graph_version: "v24.0".to_owned(),
    }
}

pub(crate) fn pairs(text: &str) -> BTreeMap<String, String> {
    url::form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

async fn read(request: Request<Body>) -> Asked {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    let raw_query = parts.uri.query().unwrap_or_default().to_owned();
    Asked {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: pairs(&raw_query),
        raw_query,
        form: pairs(&String::from_utf8_lossy(&body)),
        body: body.to_vec(),
        authorization: parts.headers.get("authorization").map(|value| value.to_str().unwrap().to_owned()),
    }
}

async fn read_head(stream: &mut tokio::net::TcpStream) {
    let mut head = Vec::new();
    while !head.windows(4).any(|window| window == b"\r\n\r\n") {
        if stream.read_buf(&mut head).await.unwrap() == 0 {
            return;
        }
    }
}
