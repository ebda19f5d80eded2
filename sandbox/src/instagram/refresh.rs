//! `refresh_access_token` (reference page "Refresh access token"): sixty further days for a
//! long-lived token that is at least a day old and not expired.

use serde_json::{Value, json};

use super::{exchange::living, unsupported};
use crate::{
    error::GraphError,
    settings::{CannedAnswer, InstagramRefresh},
    visit::Visit,
};

/// Why a refresh was refused.
pub(super) enum Refused {
    Error(GraphError),
    Canned(CannedAnswer),
}

impl From<GraphError> for Refused {
    fn from(error: GraphError) -> Self {
        Self::Error(error)
    }
}

pub(super) fn refresh(visit: &mut Visit<'_>) -> Result<Value, Refused> {
    if visit.call.params.get("grant_type") != Some("ig_refresh_token") {
        return Err(GraphError::new(400, 100, "(#100) grant_type must be ig_refresh_token").into());
    }
    let token = living(visit)?;
    let grant = visit.inner.state.grant(token.bearer.subject());
    if !grant.has("instagram_business_basic") {
        return Err(GraphError::permission("instagram_business_basic").into());
    }
    if !token.long_lived {
        return Err(unsupported("get").into());
    }
    let now = visit.now;
    let state = visit.state();
    if now.timestamp() - token.issued_at < state.settings.ig_refresh_min_age_seconds {
        return Err(match state.settings.ig_refresh_too_young_body.clone() {
            Some(canned) => Refused::Canned(canned),
            None => unsupported("get").into(),
        });
    }
    let lifetime = state.settings.ig_long_token_seconds;
    let text = if state.settings.ig_refresh_mode == InstagramRefresh::SameString {
        if let Some(kept) = state.tokens.get_mut(&token.text) {
            kept.expires_at = Some(now.timestamp() + lifetime);
            kept.issued_at = now.timestamp();
        }
        token.text
    } else {
        let issued = state.issue(token.bearer, now, Some(lifetime), true);
        if state.settings.ig_refresh_mode == InstagramRefresh::OldTokenDies
            && let Some(old) = state.tokens.get_mut(&token.text)
        {
            old.replaced = true;
        }
        issued.text
    };
    let permissions: Vec<&str> = grant.granted().collect();
    Ok(json!({
        "access_token": text,
        "token_type": "bearer",
        "expires_in": lifetime,
        "permissions": permissions.join(","),
    }))
}
