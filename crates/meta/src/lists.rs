//! Lists that come in steps (`/docs/graph-api/results`).

use std::collections::HashSet;
use std::time::{Duration, Instant};

use platform::Secret;
use serde_json::Value;
use url::Url;

use crate::call::{Call, Field, Host};
use crate::client::Client;
use crate::error::{Error, ErrorKind};

/// Entries asked for at a time; the next smaller number when Meta finds an answer too large, or we do.
const STEP_SIZES: [&str; 4] = ["100", "25", "5", "1"];
/// Bytes of one list that are read at most: far beyond what any list of ours can have.
const MAX_BYTES: usize = 32 * 1024 * 1024;
/// How long a whole list may take.
const LONGEST_WALK: Duration = Duration::from_secs(120);
/// Parameters that lead to the next step: by cursor, by time, by number.
const PAGING: [&str; 5] = ["after", "since", "until", "__paging_token", "offset"];
/// The longest value of such a parameter.
const LONGEST_CURSOR: usize = 8 * 1024;

/// How far a list is followed. Where it ends earlier is Meta's word; where it does not, we stop.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit {
    /// Entries that are kept.
    pub(crate) entries: usize,
    /// Calls; ends a walk whose cursors never repeat and never end.
    pub(crate) steps: usize,
}

impl Client {
    /// The entries of a list, step by step, as far as `limit` goes: what `read` makes of each. `call`
    /// is what the list is read with. The address of the next step is built here: the one that Meta
    /// offers carries the token, and could lead anywhere.
    pub(crate) async fn walk<'a, T>(
        &self,
        token: &'a Secret,
        limit: Limit,
        call: impl Fn() -> Call<'a>,
        read: impl Fn(&Value) -> Option<T>,
    ) -> Result<Vec<T>, Error> {
        let began = Instant::now();
        let mut entries = Vec::new();
        let mut bytes = 0;
        let mut sizes = STEP_SIZES.into_iter();
        let mut size = sizes.next().unwrap_or("1");
        let mut next: Vec<Field<'a>> = Vec::new();
        let mut seen = HashSet::new();
        for _ in 0..limit.steps {
            let mut step = call().query("limit", size);
            step.query.retain(|(name, _)| !next.iter().any(|(own, _)| own == name));
            step.query.extend(next.iter().cloned());
            let (host, path) = (step.host, step.path_for_logs());
            if began.elapsed() > LONGEST_WALK {
                return Err(Error::new(ErrorKind::Transient, "the list took too long").at(host));
            }
            let answer = match (self.send(self.sign(step, token)?).await, sizes.as_slice().first()) {
                (Ok(answer), _) => answer,
                (Err(error), Some(smaller)) if error.is_too_much() => {
                    size = smaller;
                    sizes.next();
                    continue;
                }
                (Err(error), _) => return Err(error),
            };
            let Some(data) = answer.body.get("data").and_then(Value::as_array) else {
                return Err(Error::malformed(host, "the answer has no list"));
            };
            // A step may be short or empty in the middle of a list; the end is where `next` is missing.
            let room = limit.entries - entries.len();
            entries.extend(data.iter().filter_map(&read).take(room));
            bytes += answer.bytes;
            next = match next_step(host, &answer.body)? {
                None => return Ok(entries),
                Some(_) if entries.len() == limit.entries => return Ok(entries),
                Some(next) => next,
            };
            if !seen.insert(next.clone()) {
                tracing::warn!(path, "a list at Meta leads back to where it was");
                return Ok(entries);
            }
            if bytes > MAX_BYTES {
                tracing::warn!(path, bytes, "a list at Meta is larger than we read");
                return Ok(entries);
            }
        }
        tracing::warn!(steps = limit.steps, "a list at Meta is longer than we read");
        Ok(entries)
    }
}

/// The parameters of the next step; none at the end.
///
/// # Errors
/// When there is a next step and no way to ask for it: a part of a list must not pass for the whole.
fn next_step<'a>(host: Host, body: &Value) -> Result<Option<Vec<Field<'a>>>, Error> {
    let paging = body.get("paging").unwrap_or(&Value::Null);
    let Some(next) = paging.get("next").and_then(Value::as_str).filter(|next| !next.is_empty()) else {
        return Ok(None);
    };
    let cursor =
        paging.get("cursors").and_then(|cursors| cursors.get("after")).and_then(|after| match after {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        });
    let usable = |value: &str| !value.is_empty() && value.len() <= LONGEST_CURSOR;
    if let Some(cursor) = cursor.filter(|cursor| usable(cursor)) {
        return Ok(Some(vec![("after", cursor.into())]));
    }
    // Nothing is taken from the address but parameters of paging: not its host, not its path.
    let nowhere = Url::parse("https://nowhere.invalid").ok();
    let address = Url::options().base_url(nowhere.as_ref()).parse(next);
    let parameters: Vec<Field<'a>> = address
        .iter()
        .flat_map(|address| address.query_pairs())
        .filter_map(|(name, value)| {
            let known = PAGING.into_iter().find(|known| *known == name)?;
            usable(&value).then(|| (known, value.into_owned().into()))
        })
        .collect();
    if parameters.is_empty() {
        return Err(Error::malformed(host, "the list goes on in a way that we cannot follow"));
    }
    Ok(Some(parameters))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::body;
    use crate::loopback::{ACCOUNT, Loopback, Reply, facebook_token};
    use crate::media::MediaQuery;
    use crate::provider::Provider::FacebookLogin;

    async fn ids(server: &Loopback) -> Result<Vec<String>, Error> {
        let query = MediaQuery { since: None, until: None, most: 1_000 };
        let media = server.client.media(FacebookLogin, &facebook_token(), ACCOUNT, query).await?;
        Ok(media.into_iter().map(|media| media.id).collect())
    }

    /// Two steps, the first of which leads on as `paging` says.
    async fn two_steps(paging: Value) -> (Loopback, Result<Vec<String>, Error>) {
        let server = Loopback::start(move |asked| {
            let is_second = ["after", "offset", "until"].iter().any(|key| asked.query.contains_key(*key));
            if is_second {
                Reply::json(&json!({"data": [{"id": "2"}]}))
            } else {
                Reply::json(&json!({"data": [{"id": "1"}], "paging": paging}))
            }
        })
        .await;
        let ids = ids(&server).await;
        (server, ids)
    }

    #[tokio::test]
    async fn every_way_on_is_followed() {
        for (paging, name, value) in [
            (json!({"cursors": {"after": "c1"}, "next": "https://graph.facebook.com/x"}), "after", "c1"),
            (json!({"cursors": {"after": 7}, "next": "https://graph.facebook.com/x"}), "after", "7"),
            (json!({"next": "/v25.0/x/media?after=c2&access_token=y"}), "after", "c2"),
            (json!({"next": "https://graph.facebook.com/x?offset=25&limit=25"}), "offset", "25"),
            (json!({"next": "https://elsewhere.example/?until=5&__paging_token=t"}), "until", "5"),
        ] {
            let (server, ids) = two_steps(paging.clone()).await;
            assert_eq!(ids.unwrap(), ["1", "2"], "{paging}");
            let asked = &server.asked()[1];
            assert_eq!(asked.query[name], value, "{paging}");
            assert_eq!(asked.path, format!("/graph.facebook.com/v25.0/{ACCOUNT}/media"));
            assert!(!asked.query.contains_key("access_token"));
        }
    }

    #[tokio::test]
    async fn a_part_never_passes_for_the_whole() {
        for paging in [
            json!({"next": "https://graph.facebook.com/x"}),
            json!({"next": "%%%", "cursors": {"after": ["x"]}}),
            json!({"next": "https://graph.facebook.com/x?after="}),
        ] {
            let (_server, ids) = two_steps(paging.clone()).await;
            assert_eq!(ids.unwrap_err().kind(), ErrorKind::Transient, "{paging}");
        }
        for end in [json!({}), json!(null), json!({"next": ""}), json!({"cursors": {"after": "c1"}})] {
            let (_server, ids) = two_steps(end.clone()).await;
            assert_eq!(ids.unwrap(), ["1"], "{end}");
        }
    }

    #[tokio::test]
    async fn a_circle_ends() {
        let server = Loopback::start(|asked| {
            let after = asked.query.get("after").map(String::as_str);
            let next = if after == Some("a") { "b" } else { "a" };
            Reply::json(&json!({"data": [{"id": "1"}], "paging": {"cursors": {"after": next}, "next": "x"}}))
        })
        .await;
        assert_eq!(ids(&server).await.unwrap().len(), 3);
    }

    #[tokio::test]
    async fn what_is_too_much_is_asked_for_in_smaller_steps() {
        let server = Loopback::start(|asked| {
            let limit: usize = asked.query["limit"].parse().unwrap();
            match asked.query.get("after").map(String::as_str) {
                None => Reply::json(
                    &json!({"data": [{"id": "1"}], "paging": {"cursors": {"after": "a"}, "next": "x"}}),
                ),
                Some(_) if limit > 25 => Reply::new(200, "x".repeat(body::MAX_BODY_BYTES + 1)),
                Some(_) if limit > 5 => Reply::new(500, r#"{"error":{"code":1}}"#),
                Some(_) => Reply::json(&json!({"data": [{"id": "2"}]})),
            }
        })
        .await;
        assert_eq!(ids(&server).await.unwrap(), ["1", "2"]);
        let limits: Vec<_> = server.asked().iter().map(|asked| asked.query["limit"].clone()).collect();
        assert_eq!(limits, ["100", "100", "25", "5"]);
        assert!(server.asked()[3].query["after"] == "a");
    }

    #[tokio::test]
    async fn an_outage_is_not_asked_for_ever() {
        let server = Loopback::start(|_| Reply::new(500, r#"{"error":{"code":1}}"#)).await;
        assert_eq!(ids(&server).await.unwrap_err().kind(), ErrorKind::Transient);
        assert_eq!(server.asked().len(), STEP_SIZES.len());
    }
}
