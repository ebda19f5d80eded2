//! A slot of a cron line runs once, however many processes fire it.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{Global, cron_slot};
use sea_orm::ConnectionTrait;
use sea_orm::prelude::*;

use crate::sql;

/// Slots older than this are forgotten; no process fires them any more.
const KEPT: TimeDelta = TimeDelta::days(2);

/// Takes the slot of `line` at `slot`. `false` when another process has it.
///
/// # Errors
/// When the database fails.
pub async fn take(db: &impl ConnectionTrait, line: &str, slot: DateTime<Utc>) -> Result<bool, DbErr> {
    let sql = "INSERT INTO cron_slot (line, slot) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    let taken = db.execute_raw(sql::statement(db, sql, vec![line.into(), slot.into()])).await?;
    Ok(taken.rows_affected() == 1)
}

/// Forgets slots that are long past.
///
/// # Errors
/// When the database fails.
pub async fn forget_old(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<(), DbErr> {
    cron_slot::Entity::delete_rows().filter(cron_slot::Column::Slot.lt(now - KEPT)).exec(db).await?;
    Ok(())
}
