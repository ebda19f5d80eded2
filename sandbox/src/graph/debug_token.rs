//! `debug_token` (page "Debugging access tokens").

use serde_json::{Value, json};

use super::Outcome;
use crate::{
    error::GraphError,
    grants::Grant,
    tokens::{Bearer, Token},
    visit::{Caller, Visit},
};

pub(super) fn debug_token(visit: &mut Visit<'_>) -> Outcome {
    let caller = visit.caller()?;
    visit.spend_app()?;
    let input = visit
        .call
        .params
        .filled("input_token")
        .map(str::to_owned)
        .ok_or_else(|| GraphError::parameter("The parameter input_token is required"))?;
    let token = visit.inner.state.tokens.get(input.as_str()).cloned();
    // The app itself may ask, and here everybody about tokens of their own.
    let own = match (&caller, &token) {
        (Caller::App, _) => true,
        (Caller::User(asking, _) | Caller::Page(asking, ..), Some(token)) => {
            token.bearer.subject() == asking.bearer.subject()
        }
        // What is no token of anybody gives nothing away.
        (_, None) => !input.contains('|'),
    };
    if !own {
        return Err(GraphError::parameter(
            "You must provide an app access token, or a user access token that is an owner or developer of the app",
        ));
    }
    let name = visit.inner.state.settings.app_name.clone();
    if input.contains('|') && visit.check_app_token(&input).is_ok() {
        return Ok(json!({"data": {
            "app_id": visit.app_id(), "type": "APP", "application": name, "is_valid": true, "scopes": [],
        }}));
    }
    let Some(token) = token.filter(|token| !matches!(token.bearer, Bearer::Account(_))) else {
        return Ok(json!({"data": {
            "error": {"code": 190, "message": "Invalid OAuth access token - Cannot parse access token"},
            "is_valid": false,
            "scopes": [],
        }}));
    };
    Ok(json!({ "data": describe(visit, &token, &name) }))
}

fn describe(visit: &Visit<'_>, token: &Token, application: &str) -> Value {
    let state = &visit.inner.state;
    let subject = token.bearer.subject();
    let (kind, person) = match token.bearer {
        Bearer::Person(person) if token.bearer.is_system_user() => ("SYSTEM_USER", person),
        Bearer::Person(person) => ("USER", person),
        Bearer::Page { person, .. } => ("PAGE", person),
        Bearer::Account(account) => ("USER", account),
    };
    let mut data = json!({
        "app_id": visit.app_id(),
        "type": kind,
        "application": application,
        "expires_at": state.end(token).unwrap_or(0),
        "user_id": person.to_string(),
    });
    if let Some(death) = state.death(visit.world(), token, visit.now, visit.app_id()) {
        data["is_valid"] = false.into();
        data["scopes"] = json!([]);
        data["error"] = json!({"code": 190, "message": death.message});
        if let Some(subcode) = death.subcode {
            data["error"]["subcode"] = subcode.into();
        }
        return data;
    }
    let grant = state.grant(subject);
    data["is_valid"] = true.into();
    data["metadata"] = json!({"sso": "web"});
    data["data_access_expires_at"] = state.data_access_ends(subject).unwrap_or(0).into();
    if token.long_lived {
        data["issued_at"] = token.issued_at.into();
    }
    if let Bearer::Page { page, .. } = token.bearer {
        data["profile_id"] = page.to_string().into();
    }
    let scopes: Vec<&str> = grant.granted().chain(["public_profile"]).collect();
    data["scopes"] = json!(scopes);
    data["granular_scopes"] = granular(visit, &grant);
    data
}

/// Scopes with the assets they hold for; without `target_ids` they hold for all.
fn granular(visit: &Visit<'_>, grant: &Grant) -> Value {
    let world = visit.world();
    let scopes = grant.granted().map(|scope| {
        let Some(pages) = &grant.pages else { return json!({"scope": scope}) };
        let targets: Vec<String> = if scope.starts_with("pages_") {
            pages.iter().map(u64::to_string).collect()
        } else if scope.starts_with("instagram_") {
            pages
                .iter()
                .filter_map(|page| visit.inner.state.linked_account(&world.page(*page)?))
                .map(|account| account.to_string())
                .collect()
        } else {
            return json!({"scope": scope});
        };
        json!({"scope": scope, "target_ids": targets})
    });
    Value::Array(scopes.collect())
}
