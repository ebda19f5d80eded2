//! `/me/permissions`: reading what was granted, withdrawing it (reference page "User Permissions").

use serde_json::{Value, json};

use super::Outcome;
use crate::{error::GraphError, grants::Standing, people::Person, tokens::Subject, visit::Visit};

pub(super) fn edge(visit: &Visit<'_>, person: &Person) -> Value {
    let grant = visit.grant(person);
    let mut data: Vec<Value> = grant
        .permissions
        .iter()
        .map(|(name, standing)| {
            let status = match standing {
                Standing::Granted => "granted",
                Standing::Declined => "declined",
                Standing::Expired => "expired",
            };
            json!({"permission": name, "status": status})
        })
        .collect();
    data.push(json!({"permission": "public_profile", "status": "granted"}));
    json!({ "data": data })
}

/// All permissions, or those that the parameters `permission` and `status` leave.
pub(super) fn list(visit: &Visit<'_>, person: &Person) -> Outcome {
    let mut body = edge(visit, person);
    if let Some(data) = body["data"].as_array_mut() {
        for name in ["permission", "status"] {
            if let Some(wanted) = visit.call.params.filled(name) {
                data.retain(|row| row[name] == wanted);
            }
        }
    }
    Ok(body)
}

/// Withdraws one permission, named by the path or by the parameter `permission`; with no name it
/// removes the app for this person altogether.
pub(super) fn withdraw(visit: &mut Visit<'_>, person: &Person, name: Option<&str>) -> Outcome {
    let key = Subject::Person(person.id).key();
    match name.or_else(|| visit.call.params.filled("permission")) {
        None => visit.state().revoke(&key, Some(458)),
        Some(name) => {
            let grant = visit.state().grants.entry(key).or_default();
            match grant.permissions.get_mut(name) {
                Some(standing) => *standing = Standing::Declined,
                None => return Err(GraphError::parameter(format!("Permission {name} is not granted"))),
            }
        }
    }
    Ok(json!({"success": true}))
}
