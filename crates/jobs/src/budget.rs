//! How many calls to Meta are left, counted in the database and so shared by all processes.

use std::collections::HashMap;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use entity::{Global, rate_scope};
use sea_orm::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait, FromQueryResult, Value};

use crate::sql;

/// The clocks of machines that work together differ by less.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::seconds(10);

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

impl Row {
    fn permit(&self, now: DateTime<Utc>, window: DateTime<Utc>, per_hour: u32) -> Permit {
        match self.paused_until {
            Some(until) if until > now => Permit::WaitUntil(until),
            _ if self.calls > i32::try_from(per_hour).unwrap_or(i32::MAX) => {
                Permit::WaitUntil(window + TimeDelta::hours(1))
            }
            _ => Permit::Granted,
        }
    }
}

#[derive(FromQueryResult)]
struct Refusals {
    refusals: i32,
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
    let sql = format!(
        "INSERT INTO rate_scope (scope, window_start, calls, usage_percent, updated_at) VALUES ($1, $2, 1, 0, $3) \
         ON CONFLICT (scope) DO UPDATE SET {COUNT_CALL} RETURNING calls, paused_until"
    );
    let values: Vec<Value> = vec![scope.into(), window.into(), now.into()];
    let row = Row::find_by_statement(sql::statement(db, &sql, values)).one(db).await?;
    Ok(row.map_or(Permit::Granted, |row| row.permit(now, window, per_hour)))
}

/// One call more in this hour, or the first one of it.
const COUNT_CALL: &str = "calls = CASE WHEN rate_scope.window_start = excluded.window_start THEN rate_scope.calls + 1 ELSE 1 END, \
     window_start = excluded.window_start, updated_at = excluded.updated_at";

/// As [`take`], of many scopes at once: one call of each. Each scope may stand in `scopes` once.
///
/// # Errors
/// When the database fails.
pub async fn take_each(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    scopes: &[String],
    per_hour: u32,
) -> Result<HashMap<String, Permit>, DbErr> {
    if scopes.is_empty() {
        return Ok(HashMap::new());
    }
    let window = now.duration_trunc(TimeDelta::hours(1)).unwrap_or(now);
    // In one order, so that two processes do not wait for each other.
    let mut scopes: Vec<_> = scopes.iter().map(String::as_str).collect();
    scopes.sort_unstable();
    let rows: Vec<_> = (3..scopes.len() + 3).map(|place| format!("(${place}, $1, 1, 0, $2)")).collect();
    let sql = format!(
        "INSERT INTO rate_scope (scope, window_start, calls, usage_percent, updated_at) VALUES {} \
         ON CONFLICT (scope) DO UPDATE SET {COUNT_CALL} RETURNING scope, calls, paused_until",
        rows.join(", ")
    );
    let values = [window.into(), now.into()].into_iter().chain(scopes.into_iter().map(Value::from)).collect();
    let rows = ScopeRow::find_by_statement(sql::statement(db, &sql, values)).all(db).await?;
    let permits = rows.into_iter().map(|ScopeRow { scope, calls, paused_until }| {
        (scope, Row { calls, paused_until }.permit(now, window, per_hour))
    });
    Ok(permits.collect())
}

#[derive(FromQueryResult)]
struct ScopeRow {
    scope: String,
    calls: i32,
    paused_until: Option<DateTime<Utc>>,
}

#[derive(FromQueryResult)]
struct Counted {
    calls: i32,
}

/// Of `wanted` pieces of work of `scope` that all processes together may begin `per_second` of: how many
/// may begin now. They are counted.
///
/// # Errors
/// When the database fails.
pub async fn share(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    scope: &str,
    wanted: u32,
    per_second: u32,
) -> Result<u32, DbErr> {
    let second = now.duration_trunc(TimeDelta::seconds(1)).unwrap_or(now);
    // The second of a process whose clock is a little ahead counts for those behind it; one that lies far
    // ahead was written by a clock that has been set back since.
    let sql = "INSERT INTO rate_scope (scope, window_start, calls, usage_percent, updated_at) VALUES ($1, $2, $3, 0, $4) \
               ON CONFLICT (scope) DO UPDATE SET \
               calls = CASE WHEN rate_scope.window_start BETWEEN excluded.window_start AND $5 \
                 THEN rate_scope.calls + excluded.calls ELSE excluded.calls END, \
               window_start = CASE WHEN rate_scope.window_start BETWEEN excluded.window_start AND $5 \
                 THEN rate_scope.window_start ELSE excluded.window_start END, \
               updated_at = excluded.updated_at RETURNING calls";
    let counted = i32::try_from(wanted).unwrap_or(i32::MAX);
    let values: Vec<Value> =
        vec![scope.into(), second.into(), counted.into(), now.into(), (second + CLOCKS_DIFFER).into()];
    let row = Counted::find_by_statement(sql::statement(db, sql, values)).one(db).await?;
    let before = row.map_or(0, |row| u32::try_from(row.calls).unwrap_or(u32::MAX)).saturating_sub(wanted);
    Ok(wanted.min(per_second.saturating_sub(before)))
}

/// Until when the longest paused of `scopes` is, if any is at `now`.
#[cfg(test)]
pub(crate) async fn paused_until(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    scopes: &[String],
) -> Result<Option<DateTime<Utc>>, DbErr> {
    Ok(known(db, now, scopes.iter().cloned()).await?.values().filter_map(|scope| scope.paused_until).max())
}

/// What is known of a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Until when it is paused, if it is.
    pub paused_until: Option<DateTime<Utc>>,
    /// The share of its limit that was used when the last pause began, or that was reported since; in
    /// percent.
    pub usage_percent: u32,
    /// When it was last reported.
    pub usage_at: Option<DateTime<Utc>>,
}

/// Those of `scopes` of which anything is known at `now`.
///
/// # Errors
/// When the database fails.
pub async fn known(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    scopes: impl IntoIterator<Item = String>,
) -> Result<HashMap<String, Known>, DbErr> {
    let rows = rate_scope::Entity::rows().filter(rate_scope::Column::Scope.is_in(scopes)).all(db).await?;
    let known = rows.into_iter().map(|row| {
        let known = Known {
            paused_until: row.paused_until.filter(|until| *until > now),
            usage_percent: u32::try_from(row.usage_percent).unwrap_or_default(),
            usage_at: row.usage_at,
        };
        (row.scope, known)
    });
    Ok(known.collect())
}

/// How much of their limits the scopes of one kind have used.
#[derive(Debug, FromQueryResult)]
pub struct Usage {
    /// Which kind: the part of the scope before its first colon.
    pub kind: String,
    /// The highest share that was reported lately, in percent.
    pub highest_percent: i64,
    /// How many of them have used at least so much of theirs as was asked about.
    pub high: i64,
    /// How many are paused.
    pub paused: i64,
}

/// How much the scopes of each of `kinds` have used of their limits, of which at least `high_percent` is
/// much, by what was reported after `since`.
///
/// # Errors
/// When the database fails.
pub async fn usage(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    since: DateTime<Utc>,
    kinds: &[&str],
    high_percent: u32,
) -> Result<Vec<Usage>, DbErr> {
    let mut usage = Vec::new();
    for kind in kinds {
        let sql = "SELECT $1 AS kind, \
                   CAST(COALESCE(MAX(CASE WHEN usage_at > $2 THEN usage_percent ELSE 0 END), 0) AS BIGINT) AS highest_percent, \
                   CAST(COALESCE(SUM(CASE WHEN usage_at > $2 AND usage_percent >= $3 THEN 1 ELSE 0 END), 0) AS BIGINT) AS high, \
                   CAST(COALESCE(SUM(CASE WHEN paused_until > $4 THEN 1 ELSE 0 END), 0) AS BIGINT) AS paused \
                   FROM rate_scope WHERE scope LIKE $5 AND (usage_at > $2 OR paused_until > $4)";
        let high_percent = i32::try_from(high_percent).unwrap_or(i32::MAX);
        let values: Vec<Value> =
            vec![(*kind).into(), since.into(), high_percent.into(), now.into(), format!("{kind}:%").into()];
        usage.extend(Usage::find_by_statement(sql::statement(db, sql, values)).one(db).await?);
    }
    Ok(usage)
}

/// Notes that a call of `scope` was refused. Gives how many were since the scope was last forgotten.
///
/// # Errors
/// When the database fails.
pub async fn refuse(db: &impl ConnectionTrait, now: DateTime<Utc>, scope: &str) -> Result<i32, DbErr> {
    let window = now.duration_trunc(TimeDelta::hours(1)).unwrap_or(now);
    let sql = "INSERT INTO rate_scope (scope, window_start, calls, usage_percent, refusals, updated_at) \
               VALUES ($1, $2, 0, 0, 1, $3) ON CONFLICT (scope) DO UPDATE SET \
               refusals = rate_scope.refusals + 1, updated_at = excluded.updated_at RETURNING refusals";
    let values: Vec<Value> = vec![scope.into(), window.into(), now.into()];
    let row = Refusals::find_by_statement(sql::statement(db, sql, values)).one(db).await?;
    Ok(row.map_or(1, |row| row.refusals))
}

/// Lets `scope` rest until then; a rest that begins while another lasts is the same one.
///
/// # Errors
/// When the database fails.
pub async fn rest(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    scope: &str,
    until: DateTime<Utc>,
) -> Result<(), DbErr> {
    let window = now.duration_trunc(TimeDelta::hours(1)).unwrap_or(now);
    let sql = "INSERT INTO rate_scope (scope, window_start, calls, usage_percent, rests, paused_until, updated_at) \
               VALUES ($1, $2, 0, 0, 1, $3, $4) ON CONFLICT (scope) DO UPDATE SET \
               rests = rate_scope.rests + CASE WHEN rate_scope.paused_until > excluded.updated_at THEN 0 ELSE 1 END, \
               paused_until = excluded.paused_until, updated_at = excluded.updated_at";
    let values: Vec<Value> = vec![scope.into(), window.into(), until.into(), now.into()];
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
        .filter(rate_scope::Column::Rests.lte(1))
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
/// may be made. A pause is never shortened, and stays one of the share that it began with.
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
    let sql = "INSERT INTO rate_scope (scope, window_start, calls, usage_percent, usage_at, paused_until, updated_at) \
               VALUES ($1, $2, 0, $3, $5, $4, $5) ON CONFLICT (scope) DO UPDATE SET \
               usage_percent = CASE WHEN rate_scope.paused_until > $5 AND rate_scope.usage_percent > excluded.usage_percent \
                 THEN rate_scope.usage_percent ELSE excluded.usage_percent END, \
               usage_at = excluded.usage_at, updated_at = excluded.updated_at, \
               paused_until = CASE WHEN rate_scope.paused_until IS NULL OR excluded.paused_until > rate_scope.paused_until \
                 THEN excluded.paused_until ELSE rate_scope.paused_until END";
    let usage = i32::try_from(usage_percent).unwrap_or(i32::MAX);
    let values: Vec<Value> = vec![scope.into(), window.into(), usage.into(), paused_until.into(), now.into()];
    db.execute_raw(sql::statement(db, sql, values)).await?;
    Ok(())
}

#[cfg(test)]
mod tests;
