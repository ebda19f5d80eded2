//! Meta's and the mail server's side of things, through the sandbox's control API.

use reqwest::Method;
use serde_json::{Value, json};

use super::until;

/// The sandbox of one installation.
#[derive(Clone, Debug)]
pub(crate) struct Sandbox {
    http: reqwest::Client,
    base: String,
}

/// A mail that was caught.
#[derive(Clone, Debug)]
pub(crate) struct Mail(pub(crate) Value);

impl Mail {
    pub(crate) fn subject(&self) -> &str {
        self.0["subject"].as_str().unwrap_or_default()
    }

    /// The plain-text part.
    pub(crate) fn plain(&self) -> &str {
        self.0["text"].as_str().unwrap_or_default()
    }

    /// The first link whose path begins so.
    pub(crate) fn link(&self, path: &str) -> Option<String> {
        let links = self.0["links"].as_array()?;
        links
            .iter()
            .filter_map(Value::as_str)
            .find(|link| url::Url::parse(link).is_ok_and(|url| url.path().starts_with(path)))
            .map(str::to_owned)
    }
}

impl Sandbox {
    pub(crate) fn new(http: reqwest::Client, base: String) -> Self {
        Self { http, base }
    }

    async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Value {
        let mut request = self.http.request(method, format!("{}/_sandbox/{path}", self.base));
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.unwrap_or_else(|error| panic!("the sandbox: {path}: {error:?}"));
        let status = response.status();
        let answer: Value = response.json().await.unwrap_or_default();
        assert!(status.is_success(), "the sandbox: {path} {body:?}: {status} {answer}");
        answer
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        self.call(Method::GET, path, None).await
    }

    pub(crate) async fn order(&self, path: &str, body: Value) -> Value {
        self.call(Method::POST, path, Some(&body)).await
    }

    pub(crate) async fn clear(&self, path: &str) {
        self.call(Method::DELETE, path, None).await;
    }

    /// The number of the newest request to Meta.
    pub(crate) async fn last_call(&self) -> u64 {
        self.get("ledger/counts").await["last_id"].as_u64().expect("a number")
    }

    /// Requests to Meta after the one with number `after` whose path contains `path`.
    pub(crate) async fn calls(&self, path: &str, after: u64) -> Vec<Value> {
        let answer = self.get(&format!("ledger?path_contains={path}&after={after}&limit=10000")).await;
        answer["entries"].as_array().expect("entries").clone()
    }

    /// Requests that renew a token.
    pub(crate) async fn refresh_calls(&self, after: u64) -> Vec<Value> {
        let mut calls = self.calls("refresh_access_token", after).await;
        let exchanges = self.calls("/oauth/access_token", after).await;
        calls.extend(
            exchanges.into_iter().filter(|call| {
                call["query"].as_str().is_some_and(|query| query.contains("fb_exchange_token"))
            }),
        );
        calls
    }

    /// The final value of a metric on a day.
    pub(crate) async fn truth(&self, account: &str, metric: &str, day: &str) -> Value {
        self.get(&format!("truth?account={account}&metric={metric}&day={day}")).await
    }

    /// Mails to an address, the newest last.
    pub(crate) async fn mails(&self, to: &str) -> Vec<Mail> {
        let answer = self.get(&format!("mails?to={to}")).await;
        answer["mails"].as_array().expect("mails").iter().cloned().map(Mail).collect()
    }

    /// The newest link to an address whose path begins with `path`, once there is one.
    pub(crate) async fn mailed_link(&self, to: &str, path: &str) -> String {
        until(&format!("a mail to {to} with a link to {path}"), async || {
            self.mails(to).await.iter().rev().find_map(|mail| mail.link(path))
        })
        .await
    }

    /// What a person does on Meta's own site: removing our app, changing the password and so on.
    pub(crate) async fn revoke(&self, person: &str, subcode: u32) {
        self.order("revoke", json!({ "person": person, "subcode": subcode })).await;
    }

    /// Something that goes wrong from now on.
    pub(crate) async fn fault(&self, fault: Value) {
        self.order("faults", fault).await;
    }

    /// Nothing goes wrong any more.
    pub(crate) async fn no_faults(&self) {
        self.clear("faults").await;
    }
}
