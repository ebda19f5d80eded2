//! Lists that come in steps (`/docs/graph-api/results`).

use platform::Secret;
use serde_json::Value;
use url::Url;

use crate::body;
use crate::call::Call;
use crate::client::Client;
use crate::error::Error;

/// Entries asked for at a time.
const PAGE_SIZE: &str = "100";
/// Bytes of one list that are read at most: far beyond what any list of ours can have.
const MAX_BYTES: usize = 32 * 1024 * 1024;

/// How far a list is followed. Where it ends earlier is Meta's word; where it does not, we stop.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit {
    /// Entries that are kept.
    pub(crate) entries: usize,
    /// Calls; ends a walk whose cursors go in circles.
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
        let mut entries = Vec::new();
        let mut bytes = 0;
        let mut after: Option<String> = None;
        for _ in 0..limit.steps {
            let mut step = call().query("limit", PAGE_SIZE);
            if let Some(after) = &after {
                step = step.query("after", after.clone());
            }
            let (host, path) = (step.host, step.path_for_logs());
            let answer = self.send(self.sign(step, token)?).await?;
            let Some(data) = answer.body.get("data").and_then(Value::as_array) else {
                return Err(Error::malformed(host, "the answer has no list"));
            };
            // A step may be short or empty in the middle of a list; the end is where `next` is missing.
            let room = limit.entries - entries.len();
            entries.extend(data.iter().filter_map(&read).take(room));
            bytes += answer.bytes;
            let next = next_cursor(&answer.body);
            if next.is_none() || next == after || entries.len() == limit.entries {
                return Ok(entries);
            }
            if bytes > MAX_BYTES {
                tracing::warn!(path, bytes, "a list at Meta is larger than we read");
                return Ok(entries);
            }
            after = next;
        }
        tracing::warn!(steps = limit.steps, "a list at Meta is longer than we read");
        Ok(entries)
    }
}

fn next_cursor(body: &Value) -> Option<String> {
    let paging = body.get("paging")?;
    let next = paging.get("next")?.as_str()?;
    paging
        .get("cursors")
        .and_then(|cursors| body::text(cursors, "after"))
        .or_else(|| {
            let next = Url::parse(next).ok()?;
            next.query_pairs().find(|(name, _)| name == "after").map(|(_, value)| value.into_owned())
        })
        .filter(|after| !after.is_empty() && after.len() <= 1024)
}
