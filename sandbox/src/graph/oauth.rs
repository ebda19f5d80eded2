//! `oauth/access_token` of graph.facebook.com: code exchange, long-lived tokens, app tokens
//! (pages "Manually build a login flow" and "Long-lived access tokens").

use serde_json::{Value, json};

use super::Outcome;
use crate::{
    error::GraphError,
    grants::CodeSubject,
    settings::{ConfigToken, FacebookExchange},
    tokens::{Bearer, Token},
    visit::{Visit, app_token_tail},
};

pub(super) fn access_token(visit: &mut Visit<'_>) -> Outcome {
    let grant_type = visit.call.params.filled("grant_type").unwrap_or("authorization_code").to_owned();
    // HTTP Basic is what a general OAuth 2 client does unless told otherwise.
    let (basic_id, basic_secret) = visit.call.basic.clone().unzip();
    let client = required(visit, "client_id", basic_id)?;
    if client != visit.app_id() {
        return Err(GraphError::new(
            400,
            101,
            "Error validating application. Cannot get application info due to a system error.",
        ));
    }
    let secret = required(visit, "client_secret", basic_secret)?;
    if secret != visit.sandbox.config.facebook_app_secret {
        return Err(GraphError::new(400, 1, "Error validating client secret."));
    }
    match grant_type.as_str() {
        "authorization_code" => code(visit),
        "fb_exchange_token" => exchange(visit),
        "client_credentials" => Ok(json!({
            "access_token": format!("{client}|{}", app_token_tail(&secret)),
            "token_type": "bearer",
        })),
        other => Err(GraphError::new(400, 100, format!("Unsupported grant type: {other}"))),
    }
}

fn required(visit: &Visit<'_>, name: &str, otherwise: Option<String>) -> Result<String, GraphError> {
    visit
        .call
        .params
        .filled(name)
        .map(str::to_owned)
        .or(otherwise)
        .ok_or_else(|| GraphError::new(400, 101, format!("Missing {name} parameter.")))
}

fn code(visit: &mut Visit<'_>) -> Outcome {
    let refused =
        |subcode: i64, message: &str| GraphError::new(400, 100, message).subcode(subcode).with_challenge();
    let text = visit
        .call
        .params
        .filled("code")
        .map(str::to_owned)
        .ok_or_else(|| GraphError::new(400, 100, "Missing authorization code").kind("OAuthException"))?;
    let redirect = visit.call.params.get("redirect_uri").unwrap_or_default().to_owned();
    let verifier = visit.call.params.filled("code_verifier").map(str::to_owned);
    let now = visit.now;
    let state = visit.state();
    let (lifetime, short) = (state.settings.code_lifetime_seconds, state.settings.short_token_seconds);
    let Some(code) = state.codes.get_mut(&text) else {
        return Err(GraphError::new(400, 100, "Invalid verification code format.").with_challenge());
    };
    let CodeSubject::Person(person) = code.subject else {
        return Err(GraphError::new(400, 100, "Invalid verification code format.").with_challenge());
    };
    if code.used {
        return Err(refused(36009, "This authorization code has been used."));
    }
    if now.timestamp() >= code.issued_at + lifetime {
        return Err(refused(36007, "This authorization code has expired."));
    }
    if code.redirect_uri != redirect {
        return Err(refused(
            36008,
            "Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request",
        ));
    }
    if code.challenge.as_ref().is_some_and(|challenge| !challenge.answered_by(verifier.as_deref())) {
        return Err(GraphError::new(400, 100, "Invalid code_verifier parameter.").with_challenge());
    }
    code.used = true;
    let bearer = Bearer::Person(person);
    if bearer.is_system_user() {
        let ends = state.settings.config_token == ConfigToken::SystemUser60Days;
        let lifetime = ends.then_some(state.settings.long_token_seconds);
        let token = state.issue(bearer, now, lifetime, true);
        return Ok(told(&token, lifetime));
    }
    let token = state.issue(bearer, now, Some(short), false);
    Ok(told(&token, Some(short)))
}

/// A token as the exchanges tell it; without end there is no `expires_in`.
fn told(token: &Token, expires_in: Option<i64>) -> Value {
    let mut body = json!({"access_token": token.text, "token_type": "bearer"});
    if let Some(expires_in) = expires_in {
        body["expires_in"] = expires_in.into();
    }
    body
}

fn exchange(visit: &mut Visit<'_>) -> Outcome {
    let text = visit
        .call
        .params
        .filled("fb_exchange_token")
        .map(str::to_owned)
        .ok_or_else(|| GraphError::new(400, 1, "fb_exchange_token parameter not specified"))?;
    let token =
        visit.inner.state.tokens.get(text.as_str()).cloned().ok_or_else(GraphError::unparsable_token)?;
    if matches!(token.bearer, Bearer::Account(_)) {
        return Err(GraphError::unparsable_token());
    }
    if let Some(death) = visit.inner.state.death(visit.world(), &token, visit.now, visit.app_id()) {
        return Err(death.error());
    }
    let asks_for_60_days = visit.call.params.filled("set_token_expires_in_60_days") == Some("true");
    let now = visit.now;
    let state = visit.state();
    let lifetime = state.settings.long_token_seconds;
    let mode = state.settings.fb_exchange_mode;
    let renewed = match token.bearer {
        Bearer::Page { .. } => None,
        // Page "Install apps, generate, refresh, and revoke tokens" of the system users.
        _ if token.bearer.is_system_user() && !asks_for_60_days => {
            token.expires_at.map(|at| at - now.timestamp())
        }
        _ => Some(lifetime),
    };
    // Variants concern repeating the exchange; the first one always makes a long-lived token.
    let (answer, expires_in): (Token, Option<i64>) = match mode {
        FacebookExchange::SameString if token.long_lived => {
            if let Some(kept) = state.tokens.get_mut(text.as_str()) {
                kept.expires_at = kept.expires_at.map(|_| now.timestamp() + lifetime);
            }
            (token.clone(), token.expires_at.map(|_| lifetime))
        }
        FacebookExchange::DoesNotExtend if token.long_lived => {
            let left = token.expires_at.map(|at| at - now.timestamp());
            (state.issue(token.bearer, now, left, true), left)
        }
        _ => {
            let issued = state.issue(token.bearer, now, renewed, true);
            if mode == FacebookExchange::OldTokenDies
                && token.long_lived
                && let Some(old) = state.tokens.get_mut(text.as_str())
            {
                old.replaced = true;
            }
            (issued, renewed)
        }
    };
    Ok(told(&answer, expires_in.filter(|_| mode != FacebookExchange::WithoutExpiresIn)))
}
