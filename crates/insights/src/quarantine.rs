//! What Meta refused for an account, and until when it is not asked for again: so that one metric that an
//! account does not have costs neither the others nor a call every hour.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use entity::account;
use entity::insight::ValueState;
use entity::refused_metric::{self, ActiveModel, Column, Entity};
use entity::{AccountId, InWorkspace};
use sea_orm::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ConnectionTrait, QuerySelect as _};

use crate::plan::Question;

/// What stands in place of a metric when Meta refuses questions that go along with the profile.
pub(crate) const TOGETHER: &str = "(field expansion)";
/// For how long what Meta does not have for an account is not asked for.
pub(crate) const REFUSED_FOR: TimeDelta = TimeDelta::days(7);
/// For how long what may only have failed for a while is not asked for.
pub(crate) const DOUBTED_FOR: TimeDelta = TimeDelta::days(1);
/// So many accounts that lose the same metric within a day are a matter of the metric, not of theirs.
pub const MANY_ACCOUNTS: u64 = 10;

/// One refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The metric, with ` by ` and the dimensions where only that was refused.
    pub what: String,
    /// Why there is no value.
    pub reason: ValueState,
    /// Until when it is not asked for.
    pub until: DateTime<Utc>,
}

/// What is not asked of an account now.
#[derive(Clone, Debug, Default)]
pub(crate) struct Quarantine {
    known: HashMap<String, ValueState>,
    /// Whether some of it has ended, so that it can be forgotten.
    pub(crate) some_ended: bool,
}

impl Quarantine {
    /// Why the metric `name` is not asked by the dimensions of `question`, if it is not.
    pub(crate) fn reason(&self, name: &str, question: &Question) -> Option<ValueState> {
        let alone = self.known.get(name).copied();
        alone.or_else(|| self.known.get(&subject(name, question)).copied())
    }

    /// Whether `what` is not asked.
    pub(crate) fn holds(&self, what: &str) -> bool {
        self.known.contains_key(what)
    }

    pub(crate) fn add(&mut self, refusal: &Refusal) {
        self.known.insert(refusal.what.clone(), refusal.reason);
    }
}

/// What a refusal of the metric `name` is about, where it was asked by the dimensions of `question`.
pub(crate) fn subject(name: &str, question: &Question) -> String {
    if question.by.is_empty() { name.to_owned() } else { format!("{name} by {}", question.dimensions()) }
}

/// What is not asked of each of `accounts` at `now`, where there is anything.
pub(crate) async fn of(
    db: &impl ConnectionTrait,
    accounts: &[&account::Model],
    now: DateTime<Utc>,
) -> Result<HashMap<AccountId, Quarantine>, DbErr> {
    let rows = Entity::across_workspaces()
        .filter(Column::AccountId.is_in(accounts.iter().map(|account| account.id)))
        .all(db)
        .await?;
    let mut quarantines: HashMap<_, Quarantine> = HashMap::new();
    for row in rows {
        let quarantine = quarantines.entry(row.account_id).or_default();
        if row.until > now {
            quarantine.known.insert(row.what, row.reason);
        } else {
            quarantine.some_ended = true;
        }
    }
    Ok(quarantines)
}

/// Writes down `refusals` of `account`, and forgets those that ended when `some_ended`.
pub(crate) async fn store(
    db: &impl ConnectionTrait,
    account: &account::Model,
    refusals: &[Refusal],
    some_ended: bool,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    if some_ended {
        Entity::delete_in_workspace(account.workspace_id)
            .filter(Column::AccountId.eq(account.id))
            .filter(Column::Until.lte(now))
            .exec(db)
            .await?;
    }
    // The same key twice in one statement is an error on PostgreSQL; the later one counts.
    let unique: HashMap<_, _> = refusals.iter().map(|refusal| (&refusal.what, refusal)).collect();
    if unique.is_empty() {
        return Ok(());
    }
    let rows = unique.into_values().map(|refusal| ActiveModel {
        account_id: Set(account.id),
        what: Set(refusal.what.clone()),
        workspace_id: Set(account.workspace_id),
        reason: Set(refusal.reason),
        refused_at: Set(now),
        until: Set(refusal.until),
    });
    let mut conflict = OnConflict::columns([Column::AccountId, Column::What]);
    conflict.update_columns([Column::Reason, Column::RefusedAt, Column::Until]);
    Entity::insert_many(rows).on_conflict(conflict).exec_without_returning(db).await?;
    Ok(())
}

/// Which of `refusals` began within a day for so many accounts that it is a matter for operators.
///
/// # Errors
/// When the database fails.
pub async fn widespread(
    db: &impl ConnectionTrait,
    refusals: &[Refusal],
    now: DateTime<Utc>,
) -> Result<Vec<String>, DbErr> {
    let mut widespread = Vec::new();
    for refusal in refusals.iter().filter(|refusal| refusal.what != TOGETHER) {
        let accounts: Vec<refused_metric::Model> = Entity::across_workspaces()
            .filter(Column::What.eq(&refusal.what))
            .filter(Column::RefusedAt.gt(now - TimeDelta::days(1)))
            .limit(MANY_ACCOUNTS)
            .all(db)
            .await?;
        if accounts.len() as u64 >= MANY_ACCOUNTS {
            widespread.push(refusal.what.clone());
        }
    }
    Ok(widespread)
}
