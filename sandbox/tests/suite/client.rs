//! A small client: a running sandbox, plain requests that follow nothing, and the two logins.

use http_body_util::{BodyExt, Full};
use hyper::{Request, body::Bytes, header::HeaderMap};
use hyper_util::rt::TokioIo;
use mooring_sandbox::{Config, Running, start};
use serde_json::Value;
use tokio::net::TcpStream;

pub(crate) const NORA: &str = "10160000000000001";
pub(crate) const NORA_SYSTEM: &str = "122100000000000001";
pub(crate) const TOMAS: &str = "10160000000000002";
pub(crate) const PRIYA: &str = "10160000000000003";
pub(crate) const BAKERY: &str = "17841400000000001";
pub(crate) const BAKERY_PAGE: &str = "104400000000001";
pub(crate) const MERIDIAN: &str = "17841400000000021";
pub(crate) const OPERA: &str = "17841400000000013";
pub(crate) const CALLBACK: &str = "http://127.0.0.1:9/callback";
pub(crate) const SCOPES: &str =
    "instagram_basic,instagram_manage_insights,pages_show_list,pages_read_engagement,business_management";
pub(crate) const INSTAGRAM_SCOPES: &str = "instagram_business_basic,instagram_business_manage_insights";
pub(crate) const APP: &str = "1029384756";
pub(crate) const SECRET: &str = "sandbox-facebook-app-secret";
pub(crate) const INSTAGRAM_APP: &str = "5647382910";
pub(crate) const INSTAGRAM_SECRET: &str = "sandbox-instagram-app-secret";

/// A running sandbox with a client beside it.
pub(crate) struct TestBox {
    pub(crate) running: Running,
    pub(crate) base: String,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// `(HTTP status, code, subcode)` of an error envelope.
    pub(crate) fn error(&self) -> (u16, i64, Option<i64>) {
        let body = self.json();
        let error = &body["error"];
        (self.status, error["code"].as_i64().unwrap_or_default(), error["error_subcode"].as_i64())
    }

    /// A parameter of the address in `Location`.
    pub(crate) fn returned(&self, name: &str) -> Option<String> {
        let url = url::Url::parse(self.header("location")).ok()?;
        url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }
}

impl TestBox {
    pub(crate) async fn start() -> Self {
        Self::with(Config::default()).await
    }

    pub(crate) async fn with(config: Config) -> Self {
        let running = start(config).await.unwrap();
        Self { base: format!("http://{}", running.http), running }
    }

    pub(crate) async fn send(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Result<Answer, hyper::Error> {
        let stream = TcpStream::connect(self.running.http).await.unwrap();
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        let mut request =
            Request::builder().method(method).uri(target.strip_prefix(&self.base).unwrap_or(target));
        if !headers.iter().any(|(name, _)| *name == "host") {
            request = request.header("host", self.running.http.to_string());
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response =
            sender.send_request(request.body(Full::new(Bytes::from(body.to_owned()))).unwrap()).await?;
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await?.to_bytes();
        Ok(Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        })
    }

    pub(crate) async fn get(&self, target: &str) -> Answer {
        self.send("GET", target, &[], "").await.unwrap()
    }

    pub(crate) async fn form(&self, target: &str, pairs: &[(&str, &str)]) -> Answer {
        let kind = [("content-type", "application/x-www-form-urlencoded")];
        self.send("POST", target, &kind, &encode(pairs)).await.unwrap()
    }

    pub(crate) async fn control(&self, path: &str, body: Value) -> Value {
        let answer = self.post_json(path, &body).await;
        assert_eq!(answer.status, 200, "{path} {body}: {}", answer.text);
        answer.json()
    }

    pub(crate) async fn post_json(&self, path: &str, body: &Value) -> Answer {
        let kind = [("content-type", "application/json")];
        self.send("POST", &format!("/_sandbox/{path}"), &kind, &body.to_string()).await.unwrap()
    }

    /// A call to a Graph host with a token in the header.
    pub(crate) async fn graph(&self, host: &str, path: &str, token: &str) -> Answer {
        let header = format!("Bearer {token}");
        self.send("GET", &format!("/{host}{path}"), &[("authorization", &header)], "").await.unwrap()
    }

    pub(crate) async fn facebook(&self, path: &str, token: &str) -> Answer {
        self.graph("graph.facebook.com/v25.0", path, token).await
    }

    pub(crate) async fn instagram(&self, path: &str, token: &str) -> Answer {
        self.graph("graph.instagram.com/v25.0", path, token).await
    }

    pub(crate) fn dialog(&self, scope: &str) -> String {
        let query = encode(&[
            ("client_id", APP),
            ("redirect_uri", CALLBACK),
            ("state", "st-1"),
            ("response_type", "code"),
            ("scope", scope),
        ]);
        format!("/www.facebook.com/v25.0/dialog/oauth?{query}")
    }

    pub(crate) fn consent_window(&self) -> String {
        let query = encode(&[
            ("client_id", INSTAGRAM_APP),
            ("redirect_uri", CALLBACK),
            ("state", "st-2"),
            ("response_type", "code"),
            ("scope", INSTAGRAM_SCOPES),
        ]);
        format!("/www.instagram.com/oauth/authorize?{query}")
    }

    /// Goes through the Facebook dialog and gives the code.
    pub(crate) async fn code(&self, person: &str, choice: &[(&str, &str)]) -> String {
        let mut form = vec![("person", person), ("decision", "continue")];
        form.extend(if choice.is_empty() { &[("all", "1")] } else { choice });
        self.form(&self.dialog(SCOPES), &form).await.returned("code").unwrap()
    }

    pub(crate) async fn exchange_code(&self, code: &str) -> Answer {
        let query = encode(&[
            ("client_id", APP),
            ("client_secret", SECRET),
            ("redirect_uri", CALLBACK),
            ("code", code),
        ]);
        self.get(&format!("/graph.facebook.com/v25.0/oauth/access_token?{query}")).await
    }

    pub(crate) async fn exchange_token(&self, token: &str) -> Answer {
        let query = encode(&[
            ("grant_type", "fb_exchange_token"),
            ("client_id", APP),
            ("client_secret", SECRET),
            ("fb_exchange_token", token),
        ]);
        self.get(&format!("/graph.facebook.com/v25.0/oauth/access_token?{query}")).await
    }

    /// A long-lived user token with everything granted.
    pub(crate) async fn long_lived(&self, person: &str) -> String {
        let code = self.code(person, &[]).await;
        let short = text(&self.exchange_code(&code).await.json(), "/access_token");
        text(&self.exchange_token(&short).await.json(), "/access_token")
    }

    pub(crate) async fn debug(&self, token: &str) -> Value {
        let app = format!("{APP}|{SECRET}");
        let query = encode(&[("input_token", token), ("access_token", &app)]);
        self.get(&format!("/graph.facebook.com/v25.0/debug_token?{query}")).await.json()
    }

    /// The Page token of a Page.
    pub(crate) async fn page_token(&self, user: &str, page: &str) -> String {
        text(&self.facebook(&format!("/{page}?fields=access_token"), user).await.json(), "/access_token")
    }

    pub(crate) async fn instagram_code(&self, account: &str) -> String {
        let form = [("person", account), ("decision", "continue"), ("all", "1")];
        self.form(&self.consent_window(), &form).await.returned("code").unwrap()
    }

    pub(crate) async fn exchange_instagram_code(&self, code: &str) -> Answer {
        let form = [
            ("client_id", INSTAGRAM_APP),
            ("client_secret", INSTAGRAM_SECRET),
            ("grant_type", "authorization_code"),
            ("redirect_uri", CALLBACK),
            ("code", code),
        ];
        self.form("/api.instagram.com/oauth/access_token", &form).await
    }

    pub(crate) async fn instagram_short(&self, account: &str) -> String {
        let code = self.instagram_code(account).await;
        text(&self.exchange_instagram_code(&code).await.json(), "/access_token")
    }

    pub(crate) async fn instagram_exchange(&self, token: &str) -> Answer {
        let query = encode(&[
            ("grant_type", "ig_exchange_token"),
            ("client_secret", INSTAGRAM_SECRET),
            ("access_token", token),
        ]);
        self.get(&format!("/graph.instagram.com/access_token?{query}")).await
    }

    pub(crate) async fn instagram_refresh(&self, token: &str) -> Answer {
        let query = encode(&[("grant_type", "ig_refresh_token"), ("access_token", token)]);
        self.get(&format!("/graph.instagram.com/refresh_access_token?{query}")).await
    }

    pub(crate) async fn instagram_long_lived(&self, account: &str) -> String {
        let short = self.instagram_short(account).await;
        text(&self.instagram_exchange(&short).await.json(), "/access_token")
    }
}

pub(crate) fn encode(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// The text at a JSON pointer.
pub(crate) fn text(value: &Value, pointer: &str) -> String {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_else(|| panic!("no {pointer} in {value}"))
        .to_owned()
}
