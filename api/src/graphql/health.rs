//! The health of an account's token, as people see it.

use async_graphql::SimpleObject;
use chrono::{DateTime, TimeDelta, Utc};
use connections::authorise::{granted_scopes, missing_scopes};
use connections::health::view;
use connections::login;
use entity::{account, connection};

use super::enums::{HealthReason, NextStep, TokenHealthState, Urgency};

/// The health of an account's token: its state, why, and the one thing that helps.
#[derive(SimpleObject, Clone)]
pub(crate) struct TokenHealth {
    /// The state.
    state: TokenHealthState,
    /// How much it presses.
    urgency: Urgency,
    /// Why it needs somebody; null when it does not.
    reason: Option<HealthReason>,
    /// One sentence in plain words.
    explanation: String,
    /// The one thing that helps.
    next_step: NextStep,
    /// Since when it has this state.
    since: DateTime<Utc>,
    /// Whether Meta accepts the login's token. Null where nobody can know: it does not open, or there is
    /// none.
    token_valid: Option<bool>,
    /// Last proof from Meta that the login's token is valid.
    token_verified_at: Option<DateTime<Utc>>,
    /// Whether the numbers can be read, which needs more than a valid token. Null before the first time.
    insights_readable: Option<bool>,
    /// When numbers were last read.
    insights_read_at: Option<DateTime<Utc>>,
    /// When Mooring tries by itself next; null when it does not.
    next_attempt_at: Option<DateTime<Utc>>,
    /// Last proof from Meta that the account can be read.
    verified_at: Option<DateTime<Utc>>,
    /// When the token that is renewed expires; null when it never does or is not known.
    expires_at: Option<DateTime<Utc>>,
    /// Whole days until then.
    days_left: Option<i32>,
    /// When Meta wants the owner's consent again, whatever the token's own expiry.
    data_access_expires_at: Option<DateTime<Utc>>,
    /// When the token was last renewed.
    last_refreshed_at: Option<DateTime<Utc>>,
    /// When it will be renewed.
    next_refresh_at: Option<DateTime<Utc>>,
    /// The permissions that were granted.
    scopes: Vec<String>,
    /// Permissions that are needed and were not granted.
    missing_scopes: Vec<String>,
}

impl TokenHealth {
    pub(crate) fn new(
        account: &account::Model,
        grant: Option<&connection::Model>,
        now: DateTime<Utc>,
        refresh_window: TimeDelta,
        next_attempt_at: Option<DateTime<Utc>>,
    ) -> Self {
        let view = view(account, grant, now, refresh_window);
        let scopes = grant.map(|grant| granted_scopes(&grant.scopes)).unwrap_or_default();
        let missing = grant.map(|grant| missing_scopes(login(grant.provider), &scopes)).unwrap_or_default();
        let verified =
            [account.verified_at, grant.and_then(|grant| grant.verified_at)].into_iter().flatten().max();
        Self {
            state: view.state.into(),
            urgency: view.urgency.into(),
            reason: account.health_reason.map(Into::into),
            explanation: view.explanation,
            next_step: view.next_step.into(),
            since: account.health_since,
            token_valid: view.token_valid,
            token_verified_at: grant.and_then(|grant| grant.verified_at),
            insights_readable: view.insights_readable,
            insights_read_at: account.insights_collected_at,
            next_attempt_at,
            verified_at: verified,
            expires_at: grant.and_then(|grant| grant.token_expires_at),
            days_left: view.days_left.and_then(|days| i32::try_from(days).ok()),
            data_access_expires_at: grant.and_then(|grant| grant.data_access_expires_at),
            last_refreshed_at: grant.and_then(|grant| grant.refreshed_at),
            next_refresh_at: view.next_refresh_at,
            scopes,
            missing_scopes: missing,
        }
    }
}
