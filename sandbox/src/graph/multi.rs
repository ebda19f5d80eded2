//! `/?ids=A,B&fields=…`: several objects at once; each counts as a call, one bad id fails all.

use serde_json::{Map, Value};

use super::{Outcome, node};
use crate::{error::GraphError, fields, visit::Visit};

pub(super) fn ids(visit: &mut Visit<'_>) -> Outcome {
    let ids: Vec<String> =
        visit.call.params.list("ids").unwrap_or_default().into_iter().filter(|id| !id.is_empty()).collect();
    if ids.len() > 50 {
        return Err(GraphError::parameter("Too many IDs. Maximum: 50"));
    }
    let selection = visit.call.params.filled("fields").map(fields::parse).transpose()?;
    let caller = visit.caller()?;
    let mut object = Map::new();
    for id in ids {
        let value: Value = node(visit, &caller, &id, &[], selection.as_deref())?;
        object.insert(id, value);
    }
    Ok(Value::Object(object))
}
