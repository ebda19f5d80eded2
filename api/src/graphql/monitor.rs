//! How tokens are checked, and how checks and renewals went.

use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, Utc};

use super::caller::Ask as _;
use super::enums::RefreshTrigger;
use super::fault::Fault;

/// How tokens are checked. Operators change it while everything runs.
pub(crate) struct Monitor(pub(crate) jobs::Monitor);

#[Object]
impl Monitor {
    /// Minutes between two checks of a login; null while the configuration's cron line holds.
    async fn interval_minutes(&self) -> Option<u32> {
        self.0.interval_minutes
    }

    /// Checks that one worker runs at once.
    async fn batch_size(&self) -> u32 {
        self.0.batch_size
    }

    /// Whether a check on schedule also repairs what it can, or only asks and writes down.
    async fn auto_heal(&self) -> bool {
        self.0.auto_heal
    }

    /// The last round of checks; null before the first.
    async fn last_sweep(&self, ctx: &Context<'_>) -> Result<Option<Sweep>, Fault> {
        let sweep = ctx.services()?.connections.last_sweep().await?;
        Ok(sweep.map(|sweep| Sweep { begun_at: sweep.begun_at, ended_at: sweep.ended_at }))
    }
}

/// One round of checks.
#[derive(SimpleObject)]
pub(crate) struct Sweep {
    /// When its first check was begun.
    begun_at: DateTime<Utc>,
    /// When none of it was left; null while it goes on.
    ended_at: Option<DateTime<Utc>>,
}

/// How checks ended.
#[derive(SimpleObject)]
pub(crate) struct CheckCounts {
    /// Meta proved that the login works.
    succeeded: i32,
    /// Meta refused it, or could not be asked.
    failed: i32,
    /// Meta had been asked a moment ago, or wanted no calls.
    skipped: i32,
    /// Of those that succeeded: something was broken and has been repaired.
    healed: i32,
}

impl From<connections::statistics::Checks> for CheckCounts {
    fn from(checks: connections::statistics::Checks) -> Self {
        Self {
            succeeded: number(checks.succeeded),
            failed: number(checks.failed),
            skipped: number(checks.skipped),
            healed: number(checks.healed),
        }
    }
}

/// How renewals went that the same thing asked for.
#[derive(SimpleObject)]
pub(crate) struct RefreshRate {
    /// What asked for them.
    trigger: RefreshTrigger,
    /// Those that moved the expiry.
    succeeded: i32,
    /// Those that did not.
    failed: i32,
    /// The share that did, from 0 to 1.
    rate: f64,
}

impl From<connections::statistics::RefreshRate> for RefreshRate {
    fn from(rate: connections::statistics::RefreshRate) -> Self {
        let (succeeded, failed) = (number(rate.succeeded), number(rate.failed));
        let share = f64::from(succeeded) / (f64::from(succeeded) + f64::from(failed)).max(1.0);
        Self { trigger: rate.trigger.into(), succeeded, failed, rate: share }
    }
}

/// A count as GraphQL knows numbers.
pub(crate) fn number(count: u64) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
