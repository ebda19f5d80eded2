//! `access_token`: a short-lived Instagram token becomes a long-lived one.

use serde_json::{Value, json};

use crate::{
    error::GraphError,
    tokens::{Bearer, Token},
    visit::Visit,
};

/// The token of a token call: known, of this family, alive.
pub(super) fn living(visit: &Visit<'_>) -> Result<Token, GraphError> {
    let text = visit.call.token().ok_or_else(GraphError::no_token)?;
    let token = visit.inner.state.tokens.get(text).cloned().ok_or_else(GraphError::unparsable_token)?;
    if !matches!(token.bearer, Bearer::Account(_)) {
        return Err(GraphError::unparsable_token());
    }
    visit.instagram_alive(&token)?;
    Ok(token)
}

pub(super) fn long_lived(visit: &mut Visit<'_>) -> Result<Value, GraphError> {
    if visit.call.params.get("grant_type") != Some("ig_exchange_token") {
        return Err(GraphError::new(400, 100, "(#100) grant_type must be ig_exchange_token"));
    }
    if visit.call.params.get("client_secret") != Some(&visit.sandbox.config.instagram_app_secret) {
        return Err(GraphError::new(400, 1, "Error validating client secret."));
    }
    let token = living(visit)?;
    if token.long_lived {
        return Err(GraphError::new(
            400,
            452,
            "Session key invalid. This could be because the session key has an incorrect format, or because the user has revoked this session",
        ));
    }
    let now = visit.now;
    let state = visit.state();
    let lifetime = state.settings.ig_long_token_seconds;
    let issued = state.issue(token.bearer, now, Some(lifetime), true);
    Ok(json!({"access_token": issued.text, "token_type": "bearer", "expires_in": lifetime}))
}
