//! api.instagram.com: exchanges the code of the consent window. Its errors are flat.

use serde_json::{Value, json};

use crate::{
    call::Answer,
    grants::CodeSubject,
    settings::{ExchangeShape, IdType, PermissionsShape},
    tokens::{Bearer, Subject},
    visit::Visit,
};

/// Answers a call to api.instagram.com.
pub(crate) fn answer(visit: &mut Visit<'_>) -> Answer {
    match (visit.call.method.as_str(), visit.call.segments().as_slice()) {
        ("POST", ["oauth", "access_token"]) => {}
        // Some clients open the consent window on this host.
        (_, ["oauth", "authorize"]) => return crate::dialog::instagram::answer(visit),
        _ => return refused("Unsupported request"),
    }
    match exchange(visit) {
        Ok(body) => Answer::json(200, body),
        Err(message) => refused(message),
    }
}

fn refused(message: &str) -> Answer {
    Answer::json(400, json!({"error_type": "OAuthException", "code": 400, "error_message": message}))
}

fn exchange(visit: &mut Visit<'_>) -> Result<Value, &'static str> {
    let params = &visit.call.params;
    let config = &visit.sandbox.config;
    if params.get("client_id") != Some(&config.instagram_app_id) {
        return Err("Invalid platform app");
    }
    if params.get("client_secret") != Some(&config.instagram_app_secret) {
        return Err("Error validating client secret.");
    }
    if params.get("grant_type") != Some("authorization_code") {
        return Err("Invalid grant_type: must be authorization_code");
    }
    // What Instagram appends to the address, `#_`, is no part of the code; clients take it off.
    let code = params.filled("code").ok_or("You must provide a code")?.to_owned();
    let redirect = params.get("redirect_uri").unwrap_or_default().to_owned();
    let now = visit.now;
    let state = visit.state();
    let (lifetime, short) = (state.settings.ig_code_lifetime_seconds, state.settings.ig_short_token_seconds);
    let found =
        state.codes.get_mut(&code).filter(|code| !code.used && now.timestamp() < code.issued_at + lifetime);
    let Some((found, account)) = found.and_then(|code| match code.subject {
        CodeSubject::Account(account) => Some((code, account)),
        CodeSubject::Person(_) => None,
    }) else {
        return Err("Matching code was not found or was already used");
    };
    if found.redirect_uri != redirect {
        return Err(
            "Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request",
        );
    }
    found.used = true;
    let token = state.issue(Bearer::Account(account), now, Some(short), false);
    let grant = state.grant(Subject::Account(account));
    let permissions: Vec<&str> = grant.granted().collect();
    let mut body = json!({"access_token": token.text});
    // In the documented envelope everything is text.
    let documented = state.settings.ig_exchange_shape == ExchangeShape::Data;
    body["user_id"] = match state.settings.ig_user_id_type {
        IdType::Integer if !documented => account.into(),
        _ => account.to_string().into(),
    };
    match state.settings.ig_permissions_shape {
        PermissionsShape::Absent => {}
        PermissionsShape::Array if !documented => body["permissions"] = json!(permissions),
        _ => body["permissions"] = permissions.join(",").into(),
    }
    Ok(if documented { json!({"data": [body]}) } else { body })
}
