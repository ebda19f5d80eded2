//! Cursor paging of edges (Graph API guide "Paginated results").

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::{call::Params, error::GraphError};

/// One page of a list.
#[derive(Debug)]
pub(crate) struct Slice {
    pub(crate) range: std::ops::Range<usize>,
    before: Option<String>,
    after: Option<String>,
    has_next: bool,
    has_previous: bool,
}

/// A cursor is opaque; ours holds the id it points at, so that new items do not shift it.
fn cursor(id: u64) -> String {
    format!("QVFI{}", URL_SAFE_NO_PAD.encode(format!("c{id}")))
}

fn read_cursor(text: &str, ids: &[u64]) -> Result<usize, GraphError> {
    let wrong = || GraphError::parameter("Invalid cursors values");
    let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix("QVFI").ok_or_else(wrong)?).map_err(|_| wrong())?;
    let id: u64 =
        String::from_utf8_lossy(&bytes).strip_prefix('c').and_then(|id| id.parse().ok()).ok_or_else(wrong)?;
    ids.iter().position(|candidate| *candidate == id).ok_or_else(wrong)
}

/// Cuts the page out of a list that `limit`, `after` and `before` ask for.
pub(crate) fn slice(ids: &[u64], params: &Params, default_limit: usize) -> Result<Slice, GraphError> {
    let limit = match params.filled("limit") {
        None => default_limit,
        Some(text) => text
            .parse::<usize>()
            .ok()
            // Nothing but the summary is a fair wish, nothing at all is not.
            .filter(|limit| *limit > 0 || params.filled("summary").is_some())
            .ok_or_else(|| GraphError::parameter("param limit must be a positive integer"))?
            // Meta cuts larger wishes silently.
            .min(100),
    };
    let range = if let Some(after) = params.filled("after") {
        let start = read_cursor(after, ids)? + 1;
        start..(start + limit).min(ids.len())
    } else if let Some(before) = params.filled("before") {
        let end = read_cursor(before, ids)?;
        end.saturating_sub(limit)..end
    } else {
        0..limit.min(ids.len())
    };
    Ok(Slice {
        before: ids.get(range.clone()).and_then(|page| page.first()).map(|id| cursor(*id)),
        after: ids.get(range.clone()).and_then(|page| page.last()).map(|id| cursor(*id)),
        has_next: range.end < ids.len(),
        has_previous: range.start > 0,
        range,
    })
}

impl Slice {
    /// Whether it lies in the middle of the list, where Meta may hand out an empty page: the end is
    /// only a missing `next`.
    pub(crate) fn is_inner(&self) -> bool {
        self.has_previous && self.has_next
    }

    /// The edge with its `paging` part; `link` is the address without cursors.
    pub(crate) fn edge(&self, data: Vec<Value>, link: &str, params: &Params) -> Value {
        let mut edge = json!({ "data": data });
        let (Some(before), Some(after)) = (&self.before, &self.after) else { return edge };
        let to = |name: &str, cursor: &str| {
            let mut params = params.clone();
            params.0.retain(|(key, _)| key != "after" && key != "before");
            params.set(name, cursor);
            format!("{link}?{}", params.encode())
        };
        edge["paging"] = json!({"cursors": {"before": before, "after": after}});
        if self.has_next {
            edge["paging"]["next"] = to("after", after).into();
        }
        if self.has_previous {
            edge["paging"]["previous"] = to("before", before).into();
        }
        edge
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(text: &str) -> Params {
        Params::parse(text.as_bytes())
    }

    #[test]
    fn walks_forward_and_back() {
        let ids: Vec<u64> = (1..=5).collect();
        let first = slice(&ids, &params("limit=2"), 25).unwrap();
        assert_eq!(first.range, 0..2);
        let edge = first.edge(vec![json!(1), json!(2)], "http://x/me", &params("limit=2&access_token=t"));
        let next = url::Url::parse(edge["paging"]["next"].as_str().unwrap()).unwrap();
        let second = slice(&ids, &params(next.query().unwrap()), 25).unwrap();
        assert_eq!(second.range, 2..4);
        assert!(next.query().unwrap().contains("access_token=t"));
        let last = slice(&ids, &params(&format!("limit=2&after={}", cursor(4))), 25).unwrap();
        assert_eq!(last.range, 4..5);
        assert!(last.edge(vec![], "l", &params("")).pointer("/paging/next").is_none());
        let back = slice(&ids, &params(&format!("limit=2&before={}", cursor(3))), 25).unwrap();
        assert_eq!(back.range, 0..2);
    }

    #[test]
    fn an_empty_list_has_no_paging_and_wrong_cursors_are_refused() {
        let empty = slice(&[], &params(""), 25).unwrap();
        assert_eq!(empty.edge(vec![], "l", &params("")), json!({"data": []}));
        assert_eq!(slice(&[1], &params("after=nonsense"), 25).unwrap_err().code, 100);
        assert!(
            slice(&[1], &params("limit=-1"), 25).is_err() && slice(&[1], &params("limit=0"), 25).is_err()
        );
        let counted = slice(&[1], &params("limit=0&summary=true"), 25).unwrap();
        assert_eq!(counted.edge(vec![], "l", &params("")), json!({"data": []}));
    }
}
