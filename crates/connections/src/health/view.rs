//! What people see of the health of an account: the state, why, how much it presses, and the next step.

use chrono::{DateTime, TimeDelta, Utc};
use entity::account::{self, Health, HealthReason};
use entity::connection;

use super::RED;

/// Days before an expiry from which on people are warned.
pub const WARNING_DAYS: i64 = 7;

/// Without a new number for so long, something is wrong.
pub const SILENT_AFTER: TimeDelta = TimeDelta::hours(48);

/// What people see of an account's health.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// The state.
    pub state: State,
    /// How much it presses.
    pub urgency: Urgency,
    /// Why, in one sentence.
    pub explanation: String,
    /// The one next step.
    pub next_step: NextStep,
    /// Whole days until the renewable token expires.
    pub days_left: Option<i64>,
    /// When the token will be renewed.
    pub next_refresh_at: Option<DateTime<Utc>>,
    /// Whether Meta accepts the login's token; nothing where nobody can know.
    pub token_valid: Option<bool>,
    /// Whether numbers can be read, which needs more than a valid token; nothing before the first time.
    pub insights_readable: Option<bool>,
}

/// The stored states, and the two that follow from the grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// A stored state.
    Stored(Health),
    /// The token will be renewed at the next occasion.
    Due,
    /// The token is being renewed.
    Refreshing,
}

/// How much a state presses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Urgency {
    /// Nothing to do.
    Ok,
    /// Something ends soon.
    Amber,
    /// Somebody has to act.
    Red,
}

/// What helps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NextStep {
    /// Nothing.
    None,
    /// Waiting.
    Wait,
    /// The owner goes through Meta's dialog again.
    Reconnect,
    /// The owner grants what is missing.
    GrantPermission,
    /// The owner settles something on Meta's site.
    SolveCheckpoint,
    /// Whoever runs this installation has to look.
    ContactOperator,
}

/// What people see of the health of `account`, read through `grant`, at `now`.
#[must_use]
pub fn view(
    account: &account::Model,
    grant: Option<&connection::Model>,
    now: DateTime<Utc>,
    refresh_window: TimeDelta,
) -> View {
    let expires_at = grant.and_then(|grant| grant.token_expires_at);
    let days_left = expires_at.map(|at| (at - now).num_days().max(0));
    let data_access_ends = grant
        .and_then(|grant| grant.data_access_expires_at)
        .is_some_and(|at| at - now <= TimeDelta::days(WARNING_DAYS));
    let refreshing = grant.and_then(|grant| grant.lease_until).is_some_and(|until| until > now);
    // A renewal that was late makes the next one come sooner.
    let sooner = grant.map_or(0, |grant| grant.renew_sooner_seconds);
    let refresh_window = refresh_window + TimeDelta::seconds(sooner);
    let due = expires_at.is_some_and(|at| at - now <= refresh_window);
    let state = match account.health {
        Health::Healthy if refreshing => State::Refreshing,
        Health::Healthy if due => State::Due,
        stored => State::Stored(stored),
    };
    let ends_soon = days_left.is_some_and(|days| days <= WARNING_DAYS);
    let silent = is_silent(account, now);
    let urgency = match account.health {
        health if RED.contains(&health) => Urgency::Red,
        Health::Disconnected => Urgency::Ok,
        Health::PagesStale => Urgency::Amber,
        _ if silent => Urgency::Amber,
        _ if ends_soon || data_access_ends => Urgency::Amber,
        _ => Urgency::Ok,
    };
    let explanation = match (account.health, days_left) {
        (Health::Healthy, _) if silent => {
            "The connection works, but no new numbers have arrived for two days.".to_owned()
        }
        (Health::Healthy, Some(days)) if ends_soon => format!(
            "The connection works. Its token ends in {days} {} and is being renewed.",
            if days == 1 { "day" } else { "days" }
        ),
        (Health::Healthy, _) if data_access_ends => {
            "The connection works, but Meta soon asks the owner to confirm it again.".to_owned()
        }
        (health, _) => explain(health, account.health_reason).to_owned(),
    };
    View {
        state,
        urgency,
        explanation,
        next_step: next_step(account.health, account.health_reason, data_access_ends),
        days_left,
        next_refresh_at: expires_at
            .filter(|_| account.health != Health::NeedsReconnect)
            .map(|at| at - refresh_window),
        token_valid: token_valid(account),
        insights_readable: match account.health {
            health if RED.contains(&health) || health == Health::Disconnected => Some(false),
            _ => account.insights_collected_at.map(|_| !silent),
        },
    }
}

/// Whether no new numbers have arrived for so long that it is no delay of Meta's. While an account was
/// broken it could have none.
#[must_use]
pub fn is_silent(account: &account::Model, now: DateTime<Utc>) -> bool {
    let last = account.insights_collected_at.unwrap_or(account.connected_at);
    let needs_nobody = !RED.contains(&account.health) && account.health != Health::Disconnected;
    needs_nobody && now - Ord::max(last, account.health_since) >= SILENT_AFTER
}

fn token_valid(account: &account::Model) -> Option<bool> {
    match (account.health, account.health_reason) {
        (Health::Disconnected | Health::TokenUnreadable, _) => None,
        (Health::NeedsReconnect, _) => Some(false),
        (Health::ActionNeeded, reason) => Some(reason == Some(HealthReason::AccountGone)),
        _ => Some(true),
    }
}

fn next_step(health: Health, reason: Option<HealthReason>, data_access_ends: bool) -> NextStep {
    match (health, reason) {
        (Health::NeedsReconnect | Health::Disconnected, _) => NextStep::Reconnect,
        (Health::PermissionMissing, _) => NextStep::GrantPermission,
        (Health::ActionNeeded, Some(HealthReason::AccountGone)) => NextStep::Reconnect,
        (Health::ActionNeeded, _) => NextStep::SolveCheckpoint,
        (Health::TokenUnreadable | Health::Quarantined, _) => NextStep::ContactOperator,
        (Health::Throttled | Health::PagesStale, _) => NextStep::Wait,
        (Health::Healthy, _) if data_access_ends => NextStep::Reconnect,
        (Health::Healthy, _) => NextStep::None,
    }
}

/// A state in one sentence of plain words.
#[must_use]
pub fn explain(health: Health, reason: Option<HealthReason>) -> &'static str {
    match (health, reason) {
        (Health::Healthy, _) => "The connection works.",
        (Health::PagesStale, _) => "The login was renewed; the Page will follow shortly.",
        (Health::Throttled, _) => "Meta asked us to slow down. Collecting goes on by itself.",
        (Health::Quarantined, _) => "Work on this account kept failing and was set aside.",
        (_, Some(reason)) => explain_reason(reason),
        (_, None) => "The connection does not work.",
    }
}

/// A reason in one sentence of plain words.
#[must_use]
pub fn explain_reason(reason: HealthReason) -> &'static str {
    match reason {
        HealthReason::Expired => "The permission to read this account has expired.",
        HealthReason::AppRemoved => "The owner removed our app from their account at Meta.",
        HealthReason::PasswordChanged => {
            "The owner's password at Meta was changed, which ended the permission."
        }
        HealthReason::Checkpoint => "Meta wants the owner to confirm something on its own site first.",
        HealthReason::Unconfirmed => "The owner's account at Meta is not confirmed.",
        HealthReason::SessionInvalid => "Meta ended the permission without saying why.",
        HealthReason::PageRoleLost => {
            "The login no longer reaches the Facebook Page: the role was lost, or the Page was left out."
        }
        HealthReason::PermissionMissing => "A permission that is needed to read the numbers is missing.",
        HealthReason::AccountGone => "The Instagram account is gone or is no longer a professional account.",
        HealthReason::TokenUnreadable => "The stored token cannot be opened on this installation.",
        HealthReason::Disconnected => "A member of the team disconnected it.",
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::Iterable as _;

    use super::*;

    #[test]
    fn every_reason_has_its_own_sentence_and_a_next_step() {
        let mut sentences = std::collections::HashSet::new();
        for reason in HealthReason::iter() {
            assert!(sentences.insert(explain_reason(reason)), "{reason:?}");
            assert_ne!(
                next_step(super::super::broken(reason), Some(reason), false),
                NextStep::None,
                "{reason:?}"
            );
        }
    }
}
