//! A GraphQL client with cookies.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Answer, Browser};

/// Somebody who uses the public API, signed in or not.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) browser: Browser,
    token: Option<String>,
}

impl Client {
    pub(crate) fn new(browser: Browser) -> Self {
        Self { browser, token: None }
    }

    /// The same session at another process.
    pub(crate) fn at(&self, home: &url::Url) -> Self {
        Self { browser: self.browser.at(home), token: self.token.clone() }
    }

    /// Signs in; answers carry on with that session.
    pub(crate) async fn sign_in(&mut self, email: &str, password: &str) {
        self.token = None;
        let input = json!({ "email": email, "password": password });
        let payload = self.mutate("signIn", input, "session { accessToken }").await;
        self.token = Some(text(&payload, "/session/accessToken"));
    }

    pub(crate) fn access_token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Sends an operation and gives the whole answer.
    pub(crate) async fn send(&self, document: &str, variables: Value) -> Answer {
        let mut request = self
            .browser
            .request(Method::POST, "/graphql")
            .header("accept", "application/graphql-response+json, application/json")
            .header("x-mooring-client", "tests")
            .json(&json!({ "query": document, "variables": variables }));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        self.browser.send(request).await
    }

    /// The data of an operation that succeeds.
    pub(crate) async fn query(&self, document: &str, variables: Value) -> Value {
        let mut answer = self.send(document, variables).await.json();
        assert!(answer.get("errors").is_none(), "{document}: {}", answer["errors"]);
        answer["data"].take()
    }

    /// The payload of a mutation that succeeds.
    pub(crate) async fn mutate(&self, name: &str, input: Value, fields: &str) -> Value {
        let payload = self.attempt(name, input, fields).await;
        assert_eq!(payload["userErrors"], json!([]), "{name}");
        payload
    }

    /// The payload of a mutation, with its errors.
    pub(crate) async fn attempt(&self, name: &str, input: Value, fields: &str) -> Value {
        let answer = self.query(&mutation(name, fields), json!({ "input": input })).await;
        answer[name].clone()
    }

    /// Path and code of the first error of a mutation that is refused.
    pub(crate) async fn refusal(&self, name: &str, input: Value) -> (String, String) {
        let payload = self.attempt(name, input.clone(), "").await;
        let errors = payload["userErrors"].as_array().expect("errors");
        let error = errors.first().unwrap_or_else(|| panic!("{name} {input} was not refused"));
        let path: Vec<_> =
            error["path"].as_array().expect("a path").iter().map(|p| p.as_str().expect("text")).collect();
        assert!(!text(error, "/message").is_empty(), "{name} {input}: an error without a message");
        (path.join("."), text(error, "/code"))
    }
}

/// The document of one mutation with an input.
pub(crate) fn mutation(name: &str, fields: &str) -> String {
    let (first, rest) = name.split_at(1);
    let input = format!("{}{rest}Input", first.to_uppercase());
    format!(
        "mutation ($input: {input}!) {{ {name}(input: $input) {{ {fields} userErrors {{ path code message }} }} }}"
    )
}

/// The text at a JSON pointer.
pub(crate) fn text(value: &Value, pointer: &str) -> String {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found.unwrap_or_else(|| panic!("no text at {pointer} in {value}")).to_owned()
}
