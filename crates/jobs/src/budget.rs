//! How many calls to Meta are left, counted in the database and so shared by all processes.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use entity::{Global, rate_scope};
use sea_orm::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait, FromQueryResult, Value};

use crate::sql;

/// Whether a call may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permit {
    /// It may; it has been counted.
    Granted,
    /// Not before this moment.
    WaitUntil(DateTime<Utc>),
}

#[derive(FromQueryResult)]
struct Row {
    calls: i32,
    paused_until: Option<DateTime<Utc>>,
}

/// Counts one call against `scope`, of which there may be `per_hour` in each full hour.
///
/// # Errors
/// When the database fails.
pub async fn take(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    scope: &str,
    per_hour: u32,
) -> Result<Permit, DbErr> {
    let window = now.duration_trunc(TimeDelta::hours(1)).unwrap_or(now);
    let sql = "INSERT INTO rate_scope (scope, window_start, calls, usage_percent, updated_at) VALUES ($1, $2, 1, 0, $3) \
               ON CONFLICT (scope) DO UPDATE SET \
               calls = CASE WHEN rate_scope.window_start = excluded.window_start THEN rate_scope.calls + 1 ELSE 1 END, \
               window_start = excluded.window_start, updated_at = excluded.updated_at \
               RETURNING calls, paused_until";
    let values: Vec<Value> = vec![scope.into(), window.into(), now.into()];
    let row = Row::find_by_statement(sql::statement(db, sql, values)).one(db).await?;
    Ok(match row {
        Some(Row { paused_until: Some(until), .. }) if until > now => Permit::WaitUntil(until),
        Some(row) if row.calls > i32::try_from(per_hour).unwrap_or(i32::MAX) => {
            Permit::WaitUntil(window + TimeDelta::hours(1))
        }
        _ => Permit::Granted,
    })
}

/// Until when the longest paused of `scopes` is, if any is at `now`.
///
/// # Errors
/// When the database fails.
pub async fn paused_until(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    scopes: &[String],
) -> Result<Option<DateTime<Utc>>, DbErr> {
    Ok(state(db, now, scopes).await?.paused_until)
}

/// What is known of several scopes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// Until when the longest paused of them is, if any is.
    pub paused_until: Option<DateTime<Utc>>,
    /// Those of which anything is known.
    pub known: Vec<String>,
}

/// What is known of `scopes` at `now`.
///
/// # Errors
/// When the database fails.
pub async fn state(db: &impl ConnectionTrait, now: DateTime<Utc>, scopes: &[String]) -> Result<State, DbErr> {
    let rows = rate_scope::Entity::rows().filter(rate_scope::Column::Scope.is_in(scopes)).all(db).await?;
    let paused_until = rows.iter().filter_map(|row| row.paused_until).filter(|until| *until > now).max();
    Ok(State { paused_until, known: rows.into_iter().map(|row| row.scope).collect() })
}

/// Notes that calls of `scope` are refused. With `until` it also rests until then, and that is counted.
///
/// # Errors
/// When the database fails.
pub async fn refuse(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    scope: &str,
    until: Option<DateTime<Utc>>,
) -> Result<(), DbErr> {
    let window = now.duration_trunc(TimeDelta::hours(1)).unwrap_or(now);
    let sql = "INSERT INTO rate_scope (scope, window_start, calls, usage_percent, paused_until, updated_at) \
               VALUES ($1, $2, 0, $3, $4, $5) ON CONFLICT (scope) DO UPDATE SET \
               usage_percent = rate_scope.usage_percent + excluded.usage_percent, \
               paused_until = COALESCE(excluded.paused_until, rate_scope.paused_until), \
               updated_at = excluded.updated_at";
    let rests = i32::from(until.is_some());
    let values: Vec<Value> = vec![scope.into(), window.into(), rests.into(), until.into(), now.into()];
    db.execute_raw(sql::statement(db, sql, values)).await?;
    Ok(())
}

/// Ends the rest of those of `scopes` that have rested no more than once.
///
/// # Errors
/// When the database fails.
pub async fn end_first_rest(db: &impl ConnectionTrait, scopes: &[String]) -> Result<(), DbErr> {
    rate_scope::Entity::update_rows()
        .col_expr(rate_scope::Column::PausedUntil, Expr::value(Option::<DateTime<Utc>>::None))
        .filter(rate_scope::Column::Scope.is_in(scopes))
        .filter(rate_scope::Column::UsagePercent.lte(1))
        .exec(db)
        .await?;
    Ok(())
}

/// Forgets what is known of `scope`.
///
/// # Errors
/// When the database fails.
pub async fn forget(db: &impl ConnectionTrait, scope: &str) -> Result<(), DbErr> {
    rate_scope::Entity::delete_rows().filter(rate_scope::Column::Scope.eq(scope)).exec(db).await?;
    Ok(())
}

/// Notes what Meta reported of `scope`: the share of the limit that is used, and until when no call
/// may be made. A pause is never shortened.
///
/// # Errors
/// When the database fails.
pub async fn note(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    scope: &str,
    usage_percent: u32,
    paused_until: Option<DateTime<Utc>>,
) -> Result<(), DbErr> {
    let window = now.duration_trunc(TimeDelta::hours(1)).unwrap_or(now);
    let sql = "INSERT INTO rate_scope (scope, window_start, calls, usage_percent, paused_until, updated_at) \
               VALUES ($1, $2, 0, $3, $4, $5) ON CONFLICT (scope) DO UPDATE SET \
               usage_percent = excluded.usage_percent, updated_at = excluded.updated_at, \
               paused_until = CASE WHEN rate_scope.paused_until IS NULL OR excluded.paused_until > rate_scope.paused_until \
                 THEN excluded.paused_until ELSE rate_scope.paused_until END";
    let usage = i32::try_from(usage_percent).unwrap_or(i32::MAX);
    let values: Vec<Value> = vec![scope.into(), window.into(), usage.into(), paused_until.into(), now.into()];
    db.execute_raw(sql::statement(db, sql, values)).await?;
    Ok(())
}
