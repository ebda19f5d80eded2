//! Writing what was gathered.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use entity::InWorkspace;
use entity::account;
use entity::insight::{self, ValueState};
use sea_orm::prelude::*;
use sea_orm::sea_query::{
    Alias, CaseStatement, Condition, Expr, ExprTrait as _, Func, OnConflict, Query, SimpleExpr,
};
use sea_orm::{ActiveValue::Set, ConnectionTrait, DatabaseBackend, EntityTrait, Statement};

use crate::catalogue::Spec;
use crate::quarantine::{self, Refusal};
use crate::revisions;

/// Rows in one statement; nine values each stay below SQLite's 32,766.
pub(crate) const CHUNK: usize = 500;
/// Rows in one statement of arrays, whose number is not limited: as many as a few accounts have in months.
const CHUNK_OF_ARRAYS: usize = 5_000;
/// The only period that is stored so far.
pub(crate) const DAY: &str = "day";

/// One value, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// Meta's name of the metric.
    pub metric: &'static str,
    /// `dimension=value`, or empty.
    pub breakdown: String,
    /// The day.
    pub day: NaiveDate,
    /// The value, if there is one.
    pub value: Option<i64>,
    /// Whether it may still change, or why it is missing.
    pub state: ValueState,
}

impl Value {
    /// A value of the metric `spec`.
    #[must_use]
    pub fn new(spec: &Spec, day: NaiveDate, value: Option<i64>, state: ValueState) -> Self {
        Self { metric: spec.name, breakdown: spec.breakdown(), day, value, state }
    }
}

/// What one execution gathered about an account.
#[derive(Clone, Debug, Default)]
pub struct Gathered {
    /// The values.
    pub values: Vec<Value>,
    /// Snapshots of audiences.
    pub snapshots: Vec<entity::audience_snapshot::Model>,
    /// The account's own fields, if they were asked for.
    pub profile: Option<Profile>,
    /// What Meta refused and is not asked for a while.
    pub refusals: Vec<Refusal>,
    /// Whether some of what was refused before may be asked again, and can be forgotten.
    pub some_refusals_ended: bool,
    /// Whether days are missing that only backfill brings.
    pub gaps: bool,
    /// What was found of its media.
    pub media: crate::media::Haul,
    /// Calls made to Meta.
    pub calls: u32,
}

/// Fields of the account itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The handle.
    pub username: Option<String>,
    /// The display name.
    pub name: Option<String>,
    /// All followers.
    pub followers_count: Option<i64>,
}

impl Gathered {
    /// Whether Meta was asked and gave nothing that is to be stored but values and the account's own fields.
    #[must_use]
    pub fn is_nothing_but_values(&self) -> bool {
        self.calls > 0
            && self.snapshots.is_empty()
            && self.refusals.is_empty()
            && !self.some_refusals_ended
            && !self.gaps
            && self.media == crate::media::Haul::default()
    }

    /// How many values, snapshots and figures of media there are.
    #[must_use]
    pub fn stored(&self) -> u32 {
        let all = self.values.len() + self.snapshots.len() + self.media.figures();
        u32::try_from(all).unwrap_or(u32::MAX)
    }
}

/// Writes what was gathered about `account`, in the caller's transaction. A later value replaces an
/// earlier one; the lack of a value never replaces a value.
///
/// # Errors
/// When the database fails.
pub async fn store(
    db: &impl ConnectionTrait,
    account: &account::Model,
    gathered: &Gathered,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    store_values(db, &[(account, gathered)], now).await?;
    quarantine::store(db, account, &gathered.refusals, gathered.some_refusals_ended, now).await?;
    for snapshot in &gathered.snapshots {
        store_snapshot(db, snapshot).await?;
    }
    if let Some(profile) = &gathered.profile {
        store_profile(db, account, profile, now).await?;
    }
    crate::media::store::store(db, account, &gathered.media, now).await
}

/// Writes the values that were gathered about several accounts, and nothing else of what was, in the
/// caller's transaction.
///
/// # Errors
/// When the database fails.
pub async fn store_values(
    db: &impl ConnectionTrait,
    gathered: &[(&account::Model, &Gathered)],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    // The same key twice in one statement is an error on PostgreSQL; the later one counts. In the order of
    // the key, so that the rows of an account lie together and two writers do not wait for each other.
    let mut unique = BTreeMap::new();
    for (account, gathered) in gathered {
        for value in &gathered.values {
            let key = (account.id, value.metric, value.breakdown.as_str(), value.day);
            unique.insert(key, (*account, value));
        }
    }
    revisions::store(db, unique.values().copied(), now).await?;
    let (present, missing): (Vec<_>, Vec<_>) =
        unique.into_values().partition(|(_, value)| value.value.is_some());
    for (values, on_conflict) in [(present, replace_always()), (missing, replace_nothing_with_nothing())] {
        if db.get_database_backend() == DatabaseBackend::Postgres {
            for chunk in values.chunks(CHUNK_OF_ARRAYS) {
                upsert_arrays(db, chunk, now, on_conflict.clone()).await?;
            }
        } else {
            for chunk in values.chunks(CHUNK) {
                upsert(db, chunk, now, on_conflict.clone()).await?;
            }
        }
    }
    Ok(())
}

/// As [`upsert`] with one array for each column, and so with the same few words however many rows there are:
/// PostgreSQL understands and plans them once for each connection. Either all `values` have a number, or none
/// has: arrays cannot lack some.
async fn upsert_arrays(
    db: &impl ConnectionTrait,
    values: &[(&account::Model, &Value)],
    now: DateTime<Utc>,
    on_conflict: OnConflict,
) -> Result<(), DbErr> {
    fn unnest<T: Into<sea_orm::Value>>(column: T) -> SimpleExpr {
        Func::cust("UNNEST").arg(Expr::val(column)).into()
    }
    let of = |text: fn(&Value) -> String| values.iter().map(|(_, value)| text(value)).collect::<Vec<_>>();
    let numbers: Vec<i64> = values.iter().filter_map(|(_, value)| value.value).collect();
    let mut rows = Query::select();
    rows.exprs([
        unnest(values.iter().map(|(account, _)| account.id.0).collect::<Vec<_>>()),
        unnest(of(|value| value.metric.to_owned())),
        unnest(of(|value| value.breakdown.clone())),
        Expr::val(DAY),
        unnest(values.iter().map(|(_, value)| value.day).collect::<Vec<_>>()),
        unnest(values.iter().map(|(account, _)| account.workspace_id.0).collect::<Vec<_>>()),
        if numbers.is_empty() { Expr::val(None::<i64>) } else { unnest(numbers) },
        unnest(of(|value| value.state.to_value())),
        Expr::val(now),
    ]);
    let mut insert = Query::insert();
    insert
        .into_table(insight::Entity)
        .columns(COLUMNS)
        .select_from(rows)
        .map_err(|error| DbErr::Custom(error.to_string()))?
        .on_conflict(on_conflict);
    db.execute(&insert).await?;
    Ok(())
}

async fn upsert(
    db: &impl ConnectionTrait,
    values: &[(&account::Model, &Value)],
    now: DateTime<Utc>,
    on_conflict: OnConflict,
) -> Result<(), DbErr> {
    let rows = values.iter().map(|(account, value)| insight::ActiveModel {
        account_id: Set(account.id),
        metric: Set(value.metric.to_owned()),
        breakdown: Set(value.breakdown.clone()),
        period: Set(DAY.to_owned()),
        day: Set(value.day),
        workspace_id: Set(account.workspace_id),
        value: Set(value.value),
        state: Set(value.state),
        collected_at: Set(now),
    });
    insight::Entity::insert_many(rows).on_conflict(on_conflict).exec_without_returning(db).await?;
    Ok(())
}

fn replace_always() -> OnConflict {
    let mut conflict = OnConflict::columns(KEY);
    conflict.update_columns([insight::Column::Value, insight::Column::State, insight::Column::CollectedAt]);
    conflict
}

/// A value stays when a later answer has none, but it is known to be Meta's last word on that day.
fn replace_nothing_with_nothing() -> OnConflict {
    let stored = |column| Expr::col((insight::Entity, column));
    let new = |column: insight::Column| Expr::col((Alias::new("excluded"), column));
    let mut conflict = OnConflict::columns(KEY);
    // A refusal says nothing about a value that is there, and so does not make it younger.
    let says_nothing = Condition::all()
        .add(stored(insight::Column::Value).is_not_null())
        .add(new(insight::Column::State).ne(ValueState::NotReady));
    conflict.value(
        insight::Column::CollectedAt,
        CaseStatement::new()
            .case(says_nothing, stored(insight::Column::CollectedAt))
            .finally(new(insight::Column::CollectedAt)),
    );
    conflict.value(
        insight::Column::State,
        CaseStatement::new()
            .case(stored(insight::Column::Value).is_null(), new(insight::Column::State))
            .finally(stored(insight::Column::State)),
    );
    conflict
}

const COLUMNS: [insight::Column; 9] = [
    insight::Column::AccountId,
    insight::Column::Metric,
    insight::Column::Breakdown,
    insight::Column::Period,
    insight::Column::Day,
    insight::Column::WorkspaceId,
    insight::Column::Value,
    insight::Column::State,
    insight::Column::CollectedAt,
];

const KEY: [insight::Column; 5] = [
    insight::Column::AccountId,
    insight::Column::Metric,
    insight::Column::Breakdown,
    insight::Column::Period,
    insight::Column::Day,
];

async fn store_snapshot(
    db: &impl ConnectionTrait,
    snapshot: &entity::audience_snapshot::Model,
) -> Result<(), DbErr> {
    use entity::audience_snapshot::{ActiveModel, Column, Entity};
    let mut conflict = OnConflict::columns([Column::AccountId, Column::Kind, Column::Breakdown, Column::Day]);
    conflict.update_columns([
        Column::Timeframe,
        Column::State,
        Column::Segments,
        Column::People,
        Column::CollectedAt,
    ]);
    // The lack of segments never replaces those that are there.
    if snapshot.state != ValueState::Final {
        conflict.action_and_where(Expr::col((Entity, Column::State)).ne(ValueState::Final));
    }
    let row = ActiveModel::from(snapshot.clone()).reset_all();
    Entity::insert(row).on_conflict(conflict).exec_without_returning(db).await?;
    Ok(())
}

/// Writes the fields of several accounts of which all newest numbers were collected at `now`, in the
/// caller's transaction.
///
/// # Errors
/// When the database fails.
pub async fn note_collected(
    db: &impl ConnectionTrait,
    collected: &[(&account::Model, &Gathered)],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let rows: Vec<_> = (0..collected.len())
        .map(|row| {
            let [id, username, name, followers] = [2, 3, 4, 5].map(|place| place + 4 * row);
            format!("(${id}, ${username}, ${name}, ${followers})")
        })
        .collect();
    // Both databases call the columns of plain values so.
    let sql = format!(
        "UPDATE account SET username = coalesce(told.column2, account.username), \
         name = coalesce(told.column3, account.name), \
         followers_count = coalesce(told.column4, account.followers_count), \
         insights_collected_at = $1, gone_since = NULL, updated_at = $1 \
         FROM (VALUES {}) AS told WHERE account.id = told.column1",
        rows.join(", ")
    );
    let mut values: Vec<sea_orm::Value> = vec![now.into()];
    for (account, gathered) in collected {
        let profile = gathered.profile.as_ref();
        values.extend([
            sea_orm::Value::from(account.id.0),
            profile.and_then(|profile| profile.username.clone()).into(),
            profile.and_then(|profile| profile.name.clone()).into(),
            profile.and_then(|profile| profile.followers_count).into(),
        ]);
    }
    db.execute_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, values)).await?;
    Ok(())
}

async fn store_profile(
    db: &impl ConnectionTrait,
    account: &account::Model,
    profile: &Profile,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let mut update = account::Entity::update_in_workspace(account.workspace_id)
        .filter(account::Column::Id.eq(account.id))
        .col_expr(account::Column::UpdatedAt, Expr::value(now));
    if let Some(username) = &profile.username {
        update = update.col_expr(account::Column::Username, Expr::value(username.clone()));
    }
    if let Some(name) = &profile.name {
        update = update.col_expr(account::Column::Name, Expr::value(name.clone()));
    }
    if let Some(followers) = profile.followers_count {
        update = update.col_expr(account::Column::FollowersCount, Expr::value(followers));
    }
    update.exec(db).await?;
    Ok(())
}
