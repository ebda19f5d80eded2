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
/// Steps of one walk; ends a walk whose cursors go in circles.
pub(crate) const MAX_STEPS: usize = 200;

impl Client {
    /// The entries of a list, step by step, until it ends or `most` are there. `call` is what the
    /// list is read with. The address of the next step is built here: the one that Meta offers
    /// carries the token, and could lead anywhere.
    pub(crate) async fn walk<'a>(
        &self,
        token: &'a Secret,
        most: usize,
        call: impl Fn() -> Call<'a>,
    ) -> Result<Vec<Value>, Error> {
        let mut entries = Vec::new();
        let mut after: Option<String> = None;
        for _ in 0..MAX_STEPS {
            let mut step = call().query("limit", PAGE_SIZE);
            if let Some(after) = &after {
                step = step.query("after", after.clone());
            }
            let (host, path) = (step.host, step.path_for_logs());
            let mut answer = self.send(self.sign(step, token)?).await?;
            let next = next_cursor(&answer.body);
            let Some(Value::Array(data)) = answer.body.get_mut("data").map(Value::take) else {
                return Err(Error::malformed(host, "the answer has no list"));
            };
            // A step may be short or empty in the middle of a list; the end is where `next` is missing.
            entries.extend(data);
            if entries.len() >= most {
                tracing::debug!(path, most, "a list at Meta is longer than was asked for");
                entries.truncate(most);
                return Ok(entries);
            }
            if next.is_none() || next == after {
                return Ok(entries);
            }
            after = next;
        }
        tracing::warn!("a list at Meta is longer than we read");
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
