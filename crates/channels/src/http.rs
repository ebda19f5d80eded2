//! The HTTP client for addresses that people enter.

use std::sync::Arc;
use std::time::Duration;

use platform::Secret;
use reqwest::header::{CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use url::Url;

use crate::guard::{CheckedLookup, Lookup, NotPublic};

/// How much of an answer is read.
const MOST_BYTES: usize = 64 * 1024;
/// How much of it is kept.
const MOST_CHARACTERS: usize = 500;

/// Posts JSON; cheap to clone.
#[derive(Clone)]
pub(crate) struct Http {
    client: reqwest::Client,
}

/// What a receiver answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The beginning of the body.
    pub(crate) text: String,
    /// The header `Retry-After`.
    pub(crate) retry_after: Option<String>,
}

/// Why there is no answer. Nothing of the address is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoAnswer {
    #[error("the name leads to an address that is not public")]
    NotPublic,
    #[error("no answer in time")]
    Timeout,
    #[error("no connection")]
    NoConnection,
    #[error("the connection broke")]
    Broken,
}

impl Http {
    /// A client that finds addresses through `lookup` and takes at most `time_limit` for each request,
    /// from the look-up of the name to the end of the answer.
    pub(crate) fn new(
        allow_private: bool,
        lookup: Arc<dyn Lookup>,
        time_limit: Duration,
    ) -> Result<Self, reqwest::Error> {
        // Another room may have chosen already; both choose the same.
        let _already_installed = rustls::crypto::ring::default_provider().install_default();
        #[expect(clippy::disallowed_methods, reason = "addresses that people enter, each of them checked")]
        let client = reqwest::Client::builder()
            .user_agent(concat!("mooring/", env!("CARGO_PKG_VERSION")))
            .timeout(time_limit)
            .dns_resolver(Arc::new(CheckedLookup { lookup, allow_private }))
            .tls_version_min(reqwest::tls::Version::TLS_1_2)
            // A redirect and a proxy lead to addresses that nobody checked.
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            // Each request looks the name up and checks it anew.
            .pool_max_idle_per_host(0)
            .no_gzip()
            .referer(false)
            .retry(reqwest::retry::never())
            .build()
            .map_err(reqwest::Error::without_url)?;
        Ok(Self { client })
    }

    /// Posts `body` to `url`. Whatever the status is, it is an answer.
    pub(crate) async fn post(
        &self,
        url: Url,
        headers: &[(&'static str, String)],
        body: String,
    ) -> Result<Answer, NoAnswer> {
        let secrets = secret_parts(&url);
        let mut request = self.client.post(url).header(CONTENT_TYPE, "application/json").body(body);
        for (name, value) in headers {
            let value = HeaderValue::from_str(value).map_err(|_| NoAnswer::Broken)?;
            request = request.header(HeaderName::from_static(name), value);
        }
        let mut response = request.send().await.map_err(|error| why(&error))?;
        let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let retry_after = retry_after.map(str::to_owned);
        // The status has decided; a body that never ends or breaks off changes nothing.
        let mut bytes = Vec::new();
        while bytes.len() < MOST_BYTES
            && let Ok(Some(chunk)) = response.chunk().await
        {
            bytes.extend_from_slice(&chunk);
        }
        bytes.truncate(MOST_BYTES);
        Ok(Answer { status: response.status().as_u16(), text: beginning(&bytes, &secrets), retry_after })
    }
}

/// `reqwest::Error` prints the address, so nothing of it is kept.
fn why(error: &reqwest::Error) -> NoAnswer {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(found) = cause {
        if found.is::<NotPublic>() {
            return NoAnswer::NotPublic;
        }
        cause = found.source();
    }
    if error.is_timeout() {
        NoAnswer::Timeout
    } else if error.is_connect() {
        NoAnswer::NoConnection
    } else {
        NoAnswer::Broken
    }
}

/// The parts of an address that may be secrets: a receiver may repeat the address in its answer.
fn secret_parts(url: &Url) -> Vec<Secret> {
    let path = url.path().split('/');
    let query = url.query().into_iter().flat_map(|query| query.split(['&', '=']));
    path.chain(query).filter(|part| part.len() >= 8).map(Secret::new).collect()
}

/// The beginning of an answer as one line of visible characters.
fn beginning(bytes: &[u8], secrets: &[Secret]) -> String {
    let mut text = String::from_utf8_lossy(bytes).into_owned();
    for secret in secrets {
        text = text.replace(secret.expose(), "•••");
    }
    let visible = text.chars().map(|character| if character.is_control() { ' ' } else { character });
    visible.take(MOST_CHARACTERS).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_cut_and_show_no_control_characters_and_no_address() {
        let url =
            "https://hooks.example.com/services/B0123456/secret-part?key=another-secret".parse().unwrap();
        let secrets = secret_parts(&url);
        let text =
            beginning(b"<b>no\x00\x1b[31m</b> /services/B0123456/secret-part another-secret\n", &secrets);
        assert_eq!(text, "<b>no  [31m</b> /•••/•••/••• •••");
        assert_eq!(beginning(&[0xff; 2_000], &[]).chars().count(), 500);
    }
}
