//! How tokens are checked: what operators change while everything runs. Every process reads it at
//! each look, so that a change holds at once and everywhere, and after a restart.

use std::ops::RangeInclusive;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::ConnectionTrait;
use sea_orm::prelude::*;
use serde::{Deserialize, Serialize};

use crate::settings;

/// Minutes between two checks of a login. Below five, every answer would come out of the cache of five
/// minutes; beyond a day, what Meta asks to be seen once a day would be missed.
pub const INTERVAL_MINUTES: RangeInclusive<u32> = 5..=1_440;
/// Checks that one worker runs at once.
pub const BATCH_SIZE: RangeInclusive<u32> = 1..=100;
/// As long as nobody has said otherwise: half of what a worker does at once by default.
const DEFAULT_BATCH_SIZE: u32 = 8;

/// How tokens are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Monitor {
    /// Minutes between two checks of a login; as `CRON_CHECK_TOKENS` says when absent.
    pub interval_minutes: Option<u32>,
    /// Checks that one worker claims and runs at once.
    pub batch_size: u32,
    /// Whether a check on schedule also repairs what it can, or only asks and writes down.
    pub auto_heal: bool,
}

impl Default for Monitor {
    fn default() -> Self {
        Self { interval_minutes: None, batch_size: DEFAULT_BATCH_SIZE, auto_heal: true }
    }
}

impl Monitor {
    /// The time between two checks, if somebody has set it.
    #[must_use]
    pub fn interval(&self) -> Option<TimeDelta> {
        self.interval_minutes.map(|minutes| TimeDelta::minutes(minutes.into()))
    }
}

/// What is to be changed; what is absent stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Minutes between two checks, or back to `CRON_CHECK_TOKENS`.
    pub interval_minutes: Option<Option<u32>>,
    /// Checks that one worker runs at once.
    pub batch_size: Option<u32>,
    /// Whether a check on schedule also repairs.
    pub auto_heal: Option<bool>,
}

/// A value outside its bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutOfBounds {
    /// The minutes.
    #[error("the interval must be from {} to {} minutes", INTERVAL_MINUTES.start(), INTERVAL_MINUTES.end())]
    Interval,
    /// The checks at once.
    #[error("the batch size must be from {} to {}", BATCH_SIZE.start(), BATCH_SIZE.end())]
    BatchSize,
}

impl Change {
    /// `monitor` with the change.
    ///
    /// # Errors
    /// The first value that is out of bounds.
    pub fn applied_to(self, monitor: Monitor) -> Result<Monitor, OutOfBounds> {
        let changed = Monitor {
            interval_minutes: self.interval_minutes.unwrap_or(monitor.interval_minutes),
            batch_size: self.batch_size.unwrap_or(monitor.batch_size),
            auto_heal: self.auto_heal.unwrap_or(monitor.auto_heal),
        };
        if changed.interval_minutes.is_some_and(|minutes| !INTERVAL_MINUTES.contains(&minutes)) {
            return Err(OutOfBounds::Interval);
        }
        if !BATCH_SIZE.contains(&changed.batch_size) {
            return Err(OutOfBounds::BatchSize);
        }
        Ok(changed)
    }
}

/// The last round of checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sweep {
    /// When its first check was begun.
    pub begun_at: DateTime<Utc>,
    /// When none of it was left; absent while it goes on.
    pub ended_at: Option<DateTime<Utc>>,
}

/// How tokens are checked now.
///
/// # Errors
/// When the database fails.
pub async fn get(db: &impl ConnectionTrait) -> Result<Monitor, DbErr> {
    Ok(settings::get(db, settings::MONITOR).await?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_named_stays_and_bounds_hold() {
        let monitor = Monitor { interval_minutes: Some(10), batch_size: 4, auto_heal: false };
        assert_eq!(Change::default().applied_to(monitor), Ok(monitor));
        let change = Change { interval_minutes: Some(None), auto_heal: Some(true), ..Change::default() };
        let expected = Monitor { interval_minutes: None, batch_size: 4, auto_heal: true };
        assert_eq!(change.applied_to(monitor), Ok(expected));
        for minutes in [0, 4, 1_441, u32::MAX] {
            let change = Change { interval_minutes: Some(Some(minutes)), ..Change::default() };
            assert_eq!(change.applied_to(monitor), Err(OutOfBounds::Interval), "{minutes}");
        }
        for size in [0, 101, u32::MAX] {
            let change = Change { batch_size: Some(size), ..Change::default() };
            assert_eq!(change.applied_to(monitor), Err(OutOfBounds::BatchSize), "{size}");
        }
    }

    #[tokio::test]
    async fn settings_are_kept_and_what_makes_no_sense_counts_as_not_set() {
        for db in testing::databases().await {
            let now = "2026-11-20T10:00:00Z".parse().unwrap();
            assert_eq!(get(&**db).await.unwrap(), Monitor::default());
            let set = Monitor { interval_minutes: Some(60), batch_size: 3, auto_heal: false };
            settings::set(&**db, now, settings::MONITOR, &set).await.unwrap();
            assert_eq!(get(&**db).await.unwrap(), set, "{db:?}");
            settings::set(&**db, now, settings::MONITOR, &"nonsense").await.unwrap();
            assert_eq!(get(&**db).await.unwrap(), Monitor::default(), "{db:?}");
        }
    }
}
