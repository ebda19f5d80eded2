//! What a value was before Meta changed it.
//!
//! A day that is over is read again until it has settled, and what was sealed may be told once more with a
//! whole span; each time the number is another, both stay. How the number of a running day grows is no
//! revision. Of what is split by a dimension only the whole is followed.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use entity::account;
use entity::insight::{self, ValueState};
use entity::insight_revision::{self, ActiveModel, Column, Entity};
use entity::{AccountId, InWorkspace};
use meta::pacific_day;
use sea_orm::ActiveValue::Set;
use sea_orm::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ConnectionTrait, QueryOrder as _};

use crate::Insights;
use crate::catalogue::{Form, Metric};
use crate::store::{CHUNK, DAY, Value};

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// What it was.
    pub old_value: i64,
    /// Whether that was sealed.
    pub was_final: bool,
    /// When Meta gave that.
    pub old_collected_at: DateTime<Utc>,
    /// What it became.
    pub new_value: i64,
    /// When Meta gave the new one.
    pub revised_at: DateTime<Utc>,
}

/// Metric, breakdown and day.
type Key = (String, String, NaiveDate);

/// Writes down which of the stored values are about to change into `values`.
pub(crate) async fn store(
    db: &impl ConnectionTrait,
    values: impl Iterator<Item = (&account::Model, &Value)>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let over = |value: &Value| value.value.is_some() && pacific_day::bounds(value.day).1 <= now;
    let mut new: HashMap<AccountId, HashMap<Key, i64>> = HashMap::new();
    for (account, value) in values {
        if let Some(number) = value.value.filter(|_| over(value) && is_whole(value.metric, &value.breakdown))
        {
            let key = (value.metric.to_owned(), value.breakdown.clone(), value.day);
            new.entry(account.id).or_default().insert(key, number);
        }
    }
    let keys = || new.values().flat_map(HashMap::keys);
    let Some((first, last)) = span(keys().map(|(.., day)| *day)) else { return Ok(()) };
    let (metrics, breakdowns): (BTreeSet<_>, BTreeSet<_>) =
        keys().map(|(metric, breakdown, _)| (metric.as_str(), breakdown.as_str())).unzip();
    let stored = insight::Entity::across_workspaces()
        .filter(insight::Column::AccountId.is_in(new.keys().copied()))
        .filter(insight::Column::Metric.is_in(metrics))
        .filter(insight::Column::Breakdown.is_in(breakdowns))
        .filter(insight::Column::Period.eq(DAY))
        .filter(insight::Column::Day.between(first, last))
        .all(db)
        .await?;
    let changed: Vec<_> = stored
        .into_iter()
        .filter_map(|row| new.get(&row.account_id).and_then(|new| revision(row, new, now)))
        .collect();
    if changed.is_empty() {
        return Ok(());
    }
    // Twice within one moment: the first change is the one that was told.
    let conflict = OnConflict::columns([
        Column::AccountId,
        Column::Metric,
        Column::Breakdown,
        Column::Period,
        Column::Day,
        Column::RevisedAt,
    ])
    .do_nothing()
    .to_owned();
    for chunk in changed.chunks(CHUNK) {
        let rows = chunk.iter().cloned();
        Entity::insert_many(rows).on_conflict(conflict.clone()).exec_without_returning(db).await?;
    }
    Ok(())
}

/// The revision that `row` becomes, if it is of a day that was over when it was read, and another number.
fn revision(row: insight::Model, new: &HashMap<Key, i64>, now: DateTime<Utc>) -> Option<ActiveModel> {
    let old_value = row.value?;
    let was_over = row.collected_at >= pacific_day::bounds(row.day).1;
    let key = (row.metric, row.breakdown, row.day);
    let new_value = *new.get(&key)?;
    let (metric, breakdown, day) = key;
    (was_over && new_value != old_value).then_some(ActiveModel {
        account_id: Set(row.account_id),
        metric: Set(metric),
        breakdown: Set(breakdown),
        period: Set(row.period),
        day: Set(day),
        revised_at: Set(now),
        workspace_id: Set(row.workspace_id),
        old_value: Set(old_value),
        old_state: Set(row.state),
        old_collected_at: Set(row.collected_at),
        new_value: Set(new_value),
    })
}

/// Whether it is the whole of a daily number of an account.
fn is_whole(metric: &str, breakdown: &str) -> bool {
    let specs = Metric::ALL.iter().map(|metric| metric.spec()).filter(|spec| spec.form != Form::Field);
    specs.into_iter().any(|spec| spec.name == metric && spec.breakdown() == breakdown)
}

fn span(days: impl Iterator<Item = NaiveDate> + Clone) -> Option<(NaiveDate, NaiveDate)> {
    Some((days.clone().min()?, days.max()?))
}

impl Insights {
    /// What the values of `metrics` were, by metric, breakdown and day, the oldest first.
    pub(crate) async fn revisions(
        &self,
        account: &account::Model,
        metrics: &[Metric],
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<HashMap<Key, Vec<Revision>>, DbErr> {
        let rows = Entity::in_workspace(account.workspace_id)
            .filter(Column::AccountId.eq(account.id))
            .filter(Column::Metric.is_in(metrics.iter().map(|metric| metric.spec().name)))
            .filter(Column::Period.eq(DAY))
            .filter(Column::Day.between(from, to))
            .order_by_asc(Column::RevisedAt)
            .all(&*self.database)
            .await?;
        let mut revisions: HashMap<Key, Vec<Revision>> = HashMap::new();
        for row in rows {
            let insight_revision::Model { metric, breakdown, day, .. } = row;
            revisions.entry((metric, breakdown, day)).or_default().push(Revision {
                old_value: row.old_value,
                was_final: row.old_state == ValueState::Final,
                old_collected_at: row.old_collected_at,
                new_value: row.new_value,
                revised_at: row.revised_at,
            });
        }
        Ok(revisions)
    }
}
