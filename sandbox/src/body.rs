//! Bodies of requests, all of which count as parameters on the real hosts.

use crate::call::Params;

/// The parameters in a body: JSON, a multipart form, or a plain one.
pub(crate) fn params(kind: &str, body: &[u8]) -> Params {
    if kind.starts_with("application/json") {
        let Ok(serde_json::Value::Object(object)) = serde_json::from_slice(body) else {
            return Params::default();
        };
        return Params(
            object
                .into_iter()
                .map(|(name, value)| match value {
                    serde_json::Value::String(text) => (name, text),
                    value => (name, value.to_string()),
                })
                .collect(),
        );
    }
    if kind.starts_with("multipart/") {
        return multipart(kind, body);
    }
    Params::parse(body)
}

/// Text fields of a multipart form; official SDKs send their POST parameters so.
fn multipart(kind: &str, body: &[u8]) -> Params {
    let mut params = Params::default();
    let Some(boundary) = kind.split("boundary=").nth(1).map(|text| text.trim_matches('"')) else {
        return params;
    };
    let text = String::from_utf8_lossy(body);
    for part in text.split(&format!("--{boundary}")) {
        let Some((head, value)) = part.split_once("\r\n\r\n") else { continue };
        let Some(name) = head.split(" name=\"").nth(1).and_then(|rest| rest.split('"').next()) else {
            continue;
        };
        params.0.push((name.to_owned(), value.trim_end_matches("\r\n").to_owned()));
    }
    params
}
