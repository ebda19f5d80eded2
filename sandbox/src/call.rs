//! One request to a Meta host, and the answer to it, free of any HTTP library.

use axum::http::HeaderMap;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;

/// The five hosts the sandbox plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Host {
    FacebookDialog,
    FacebookGraph,
    InstagramDialog,
    InstagramApi,
    InstagramGraph,
}

impl Host {
    pub(crate) const ALL: [Self; 5] = [
        Self::FacebookDialog,
        Self::FacebookGraph,
        Self::InstagramDialog,
        Self::InstagramApi,
        Self::InstagramGraph,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::FacebookDialog => "www.facebook.com",
            Self::FacebookGraph => "graph.facebook.com",
            Self::InstagramDialog => "www.instagram.com",
            Self::InstagramApi => "api.instagram.com",
            Self::InstagramGraph => "graph.instagram.com",
        }
    }

    /// Whether it is one of the two that serve data.
    pub(crate) fn is_graph(self) -> bool {
        matches!(self, Self::FacebookGraph | Self::InstagramGraph)
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|host| host.name().eq_ignore_ascii_case(name))
    }
}

/// Query and form parameters in the order sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Params(pub(crate) Vec<(String, String)>);

impl Params {
    pub(crate) fn parse(encoded: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(encoded).into_owned().collect())
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Like [`Self::get`], but an empty value counts as absent.
    pub(crate) fn filled(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// A yes or no, however it is written.
    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        match self.filled(name)?.to_ascii_lowercase().as_str() {
            "1" | "true" => Some(true),
            "0" | "false" => Some(false),
            _ => None,
        }
    }

    /// A list parameter, in either of the forms that Graph reads: commas, or the JSON array that
    /// Meta's own SDKs send.
    pub(crate) fn list(&self, name: &str) -> Option<Vec<String>> {
        let text = self.filled(name)?;
        if let Ok(Value::Array(items)) = serde_json::from_str(text) {
            return Some(
                items
                    .into_iter()
                    .map(|item| match item {
                        Value::String(text) => text,
                        other => other.to_string(),
                    })
                    .collect(),
            );
        }
        Some(text.split(',').map(|part| part.trim().to_owned()).collect())
    }

    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn set(&mut self, name: &str, value: impl Into<String>) {
        self.0.retain(|(key, _)| key != name);
        self.0.push((name.to_owned(), value.into()));
    }

    pub(crate) fn encode(&self) -> String {
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.0).finish()
    }
}

/// A request to a Meta host.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) host: Host,
    pub(crate) method: String,
    /// Path on the host, beginning with a slash.
    pub(crate) path: String,
    /// Path on our listener, for forms that post back to themselves.
    pub(crate) own_path: String,
    pub(crate) params: Params,
    pub(crate) bearer: Option<String>,
    /// Id and secret of a client that authenticates with HTTP Basic.
    pub(crate) basic: Option<(String, String)>,
    pub(crate) if_none_match: Option<String>,
}

impl Call {
    /// The access token, wherever it was put.
    pub(crate) fn token(&self) -> Option<&str> {
        self.params.filled("access_token").or(self.bearer.as_deref())
    }

    pub(crate) fn segments(&self) -> Vec<&str> {
        self.path.split('/').filter(|segment| !segment.is_empty()).collect()
    }
}

/// Reads `Authorization: Bearer …` (and Meta's older word `OAuth`).
pub(crate) fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get("authorization")?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("oauth"))
        .then(|| token.trim().to_owned())
}

/// Reads `Authorization: Basic …`.
pub(crate) fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get("authorization")?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    Some((id.to_owned(), secret.to_owned()))
}

/// What goes back.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Content,
}

/// The body of an answer.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    Json(Value),
    Html(String),
    Empty,
}

impl Answer {
    pub(crate) fn json(status: u16, body: Value) -> Self {
        Self { status, headers: Vec::new(), body: Content::Json(body) }
    }

    pub(crate) fn html(status: u16, body: String) -> Self {
        Self { status, headers: Vec::new(), body: Content::Html(body) }
    }

    pub(crate) fn empty() -> Self {
        Self { status: 200, headers: Vec::new(), body: Content::Empty }
    }

    pub(crate) fn redirect(location: String) -> Self {
        Self { status: 302, headers: vec![("location".into(), location)], body: Content::Empty }
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The error code and subcode in the body, in whichever of Meta's shapes it is.
    pub(crate) fn error_codes(&self) -> (Option<i64>, Option<i64>) {
        let Content::Json(body) = &self.body else { return (None, None) };
        match body.get("error") {
            Some(error) => (
                error.get("code").and_then(Value::as_i64),
                error.get("error_subcode").and_then(Value::as_i64),
            ),
            None if body.get("error_code").is_some() => {
                (body.get("error_code").and_then(Value::as_i64), None)
            }
            None if body.get("error_type").is_some() => (body.get("code").and_then(Value::as_i64), None),
            None => (None, None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_with_commas_and_as_json() {
        let params = Params::parse(br#"a=reach, views&b=["reach","views"]&c=[1,2]&d=&e=[&f=[]"#);
        let list = |name: &str| params.list(name);
        assert_eq!(list("a").unwrap(), ["reach", "views"]);
        assert_eq!(list("b").unwrap(), ["reach", "views"]);
        assert_eq!(list("c").unwrap(), ["1", "2"]);
        assert_eq!(list("e").unwrap(), ["["]);
        assert!(list("f").unwrap().is_empty());
        assert!(list("d").is_none() && list("absent").is_none());
    }

    #[test]
    fn yes_and_no_are_written_in_many_ways() {
        let params = Params::parse(b"a=1&b=True&c=0&d=false&e=perhaps");
        let flags = ["a", "b", "c", "d", "e", "absent"].map(|name| params.flag(name));
        assert_eq!(flags, [Some(true), Some(true), Some(false), Some(false), None, None]);
    }
}
