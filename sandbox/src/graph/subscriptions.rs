//! Webhook subscriptions: kept and listed, so that a client's set-up calls succeed and can be checked.

use serde_json::{Value, json};

use super::Outcome;
use crate::{
    error::GraphError,
    visit::{Caller, Visit},
};

/// `subscribed_apps` of a Page or a professional account.
pub(crate) fn subscribed_apps(visit: &mut Visit<'_>, id: u64) -> Outcome {
    match visit.call.method.as_str() {
        "POST" => {
            let fields = visit
                .call
                .params
                .list("subscribed_fields")
                .ok_or_else(|| GraphError::parameter("The parameter subscribed_fields is required"))?;
            visit.state().subscriptions.insert(id, fields);
            Ok(json!({"success": true}))
        }
        "DELETE" => {
            visit.state().subscriptions.remove(&id);
            Ok(json!({"success": true}))
        }
        _ => {
            let data: Vec<Value> = visit
                .inner
                .state
                .subscriptions
                .get(&id)
                .map(|fields| json!({"id": visit.app_id(), "subscribed_fields": fields}))
                .into_iter()
                .collect();
            Ok(json!({ "data": data }))
        }
    }
}

/// `/{app-id}/subscriptions`; only the app itself may.
pub(super) fn app(visit: &mut Visit<'_>, caller: &Caller) -> Outcome {
    if !matches!(caller, Caller::App) {
        return Err(GraphError::new(400, 15, "(#15) This method must be called with an app access_token."));
    }
    let id = visit.app_id().parse().unwrap_or(0);
    match visit.call.method.as_str() {
        "POST" => {
            for name in ["object", "callback_url", "fields", "verify_token"] {
                if visit.call.params.filled(name).is_none() {
                    return Err(GraphError::parameter(format!("The parameter {name} is required")));
                }
            }
            let fields = visit.call.params.list("fields").unwrap_or_default();
            visit.state().subscriptions.insert(id, fields);
            Ok(json!({"success": true}))
        }
        "DELETE" => {
            visit.state().subscriptions.remove(&id);
            Ok(json!({"success": true}))
        }
        _ => {
            let fields = visit.inner.state.subscriptions.get(&id).cloned().unwrap_or_default();
            let fields: Vec<Value> =
                fields.iter().map(|name| json!({"name": name, "version": "v25.0"})).collect();
            Ok(json!({"data": if fields.is_empty() { json!([]) } else {
                json!([{"object": "instagram", "active": true, "fields": fields}])
            }}))
        }
    }
}
