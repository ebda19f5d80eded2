//! `/?ids=A,B&fields=…`: several objects at once, or with `/media?ids=A,B` one edge of each. Each id
//! counts as a call, one bad id fails all.

use serde_json::{Map, Value};

use super::{Outcome, node};
use crate::{error::GraphError, visit::Visit};

pub(super) fn ids(visit: &mut Visit<'_>, edge: &[&str]) -> Outcome {
    let ids: Vec<String> =
        visit.call.params.list("ids").unwrap_or_default().into_iter().filter(|id| !id.is_empty()).collect();
    if ids.len() > 50 {
        return Err(GraphError::parameter("Too many IDs. Maximum: 50"));
    }
    let caller = visit.caller()?;
    let mut object = Map::new();
    for id in ids {
        let value: Value = node(visit, &caller, &id, edge)?;
        object.insert(id, value);
    }
    Ok(Value::Object(object))
}
