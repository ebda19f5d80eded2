//! What operators change while everything runs; it survives a restart and holds for all processes.

use chrono::{DateTime, Utc};
use entity::{Global, setting};
use sea_orm::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ConnectionTrait};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Until when the brake is released: an RFC 3339 time.
pub const BRAKE_RELEASED_UNTIL: &str = "brake.released_until";
/// When somebody last judged whether the brake is to hold: an RFC 3339 time. Its row is locked meanwhile, so
/// that those who judge at the same moment see each other.
pub const BRAKE_JUDGED_AT: &str = "brake.judged_at";
/// How tokens are checked: [`crate::Monitor`].
pub const MONITOR: &str = "monitor";
/// When the checks of a round last began and ended: [`crate::monitor::Sweep`].
pub const MONITOR_SWEEP: &str = "monitor.sweep";
/// When a worker last looked for work: an RFC 3339 time.
pub const WORKER_SEEN_AT: &str = "worker.seen_at";
/// When an api last saw that the database can be written: an RFC 3339 time.
pub const API_SEEN_AT: &str = "api.seen_at";
/// By how many seconds the clock of the worker that said so last is ahead of Meta's: a whole number.
pub const CLOCK_AHEAD_SECONDS: &str = "clock.ahead_seconds";

/// What `key` is set to. What no longer makes sense counts as not set.
///
/// # Errors
/// When the database fails.
pub async fn get<T: DeserializeOwned>(db: &impl ConnectionTrait, key: &str) -> Result<Option<T>, DbErr> {
    let row = setting::Entity::rows().filter(setting::Column::Key.eq(key)).one(db).await?;
    Ok(row.and_then(|row| serde_json::from_value(row.value).ok()))
}

/// Sets `key` to `value`.
///
/// # Errors
/// When the database fails.
pub async fn set<T: Serialize + Sync>(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    key: &str,
    value: &T,
) -> Result<(), DbErr> {
    let value = serde_json::to_value(value).map_err(|error| DbErr::Json(error.to_string()))?;
    let row = setting::ActiveModel { key: Set(key.to_owned()), value: Set(value), updated_at: Set(now) };
    let replace = OnConflict::column(setting::Column::Key)
        .update_columns([setting::Column::Value, setting::Column::UpdatedAt])
        .to_owned();
    setting::Entity::insert(row).on_conflict(replace).exec_without_returning(db).await?;
    Ok(())
}
