//! Several calls in one request (`/docs/graph-api/batch-requests`).

use platform::Secret;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use crate::body;
use crate::call::{Call, Field, Host, Purpose};
use crate::client::Client;
use crate::error::{Error, ErrorKind};
use crate::error_body;
use crate::proof::appsecret_proof;
use crate::provider::Provider;

/// The most calls that Meta takes in one request.
pub const MOST_CALLS: usize = 50;

/// One call of a batch. It carries no token of its own, so that a batch never mixes accounts.
pub(crate) struct BatchItem<'a> {
    pub(crate) purpose: Purpose,
    pub(crate) path: Vec<&'a str>,
    pub(crate) query: Vec<Field<'a>>,
}

impl BatchItem<'_> {
    /// Path and query, without a version: that of the request holds for all.
    fn relative_url(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.query);
        format!("{}?{}", self.path.join("/"), query.finish())
    }
}

impl Client {
    /// Sends reads about one account together. The results stand in the order of `items`.
    pub(crate) async fn batch(
        &self,
        token: &Secret,
        instagram_id: &str,
        items: Vec<BatchItem<'_>>,
    ) -> Result<Vec<Result<Value, Error>>, Error> {
        let host = Host::FacebookGraph;
        if items.len() > MOST_CALLS {
            return Err(Error::new(ErrorKind::BadRequest, "too many calls for one batch").at(host));
        }
        if items.is_empty() {
            return Ok(Vec::new());
        }
        let app = self.app(Provider::FacebookLogin)?;
        let calls: Vec<_> = items
            .iter()
            .map(|item| json!({ "method": "GET", "relative_url": item.relative_url() }))
            .collect();
        // Documented with the token among the fields of the form, where no access log sees it either.
        let call = Call::post_form(host, Purpose::Batch, &[""])
            .about(instagram_id)
            .form("access_token", token.expose())
            .form("appsecret_proof", appsecret_proof(&app.secret, token))
            // Usage is told per call, in headers of its own.
            .form("include_headers", "true")
            .form("batch", Value::Array(calls).to_string());
        let answer = self.send(call).await?;
        let answers = answer.body.as_array();
        let answers = answers.ok_or_else(|| Error::malformed(host, "the answer is not a batch's"))?;
        let read = |(at, item): (usize, &BatchItem<'_>)| {
            let item_answer = answers.get(at);
            let status = item_answer.and_then(status).unwrap_or_default();
            let report = self.observe(host, Some(instagram_id), status, &headers(item_answer));
            outcome(item.purpose, item_answer).map_err(|error| {
                error.until(|scope| report.regain(scope).or_else(|| answer.report.regain(scope)))
            })
        };
        Ok(items.iter().enumerate().map(read).collect())
    }
}

/// The result of one call: `null` stands for one that was not done in time.
pub(crate) fn outcome(purpose: Purpose, answer: Option<&Value>) -> Result<Value, Error> {
    let host = Host::FacebookGraph;
    let answer = answer.filter(|answer| answer.is_object());
    let answer = answer.ok_or_else(|| Error::malformed(host, "a call of the batch was not answered"))?;
    let status = status(answer).ok_or_else(|| Error::malformed(host, "a call of the batch has no status"))?;
    match answer.get("body") {
        // Documented as text that holds JSON.
        Some(Value::String(body)) => error_body::outcome(host, purpose, status, body.as_bytes()),
        Some(body @ (Value::Object(_) | Value::Array(_))) => {
            error_body::outcome(host, purpose, status, body.to_string().as_bytes())
        }
        _ => error_body::outcome(host, purpose, status, b""),
    }
}

fn status(answer: &Value) -> Option<u16> {
    u16::try_from(body::integer(answer, "code")?).ok()
}

/// The headers of one call: `[{"name":…,"value":…}]`.
fn headers(answer: Option<&Value>) -> HeaderMap {
    let headers = answer.map(|answer| body::elements(answer, "headers")).unwrap_or_default();
    let read = |header: &Value| {
        let name = header.get("name")?.as_str()?.parse::<HeaderName>().ok()?;
        Some((name, header.get("value")?.as_str()?.parse::<HeaderValue>().ok()?))
    };
    headers.iter().filter_map(read).fold(HeaderMap::new(), |mut headers, (name, value)| {
        headers.append(name, value);
        headers
    })
}

#[cfg(test)]
mod tests;
