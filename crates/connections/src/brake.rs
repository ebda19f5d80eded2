//! The brake: when many accounts are refused at once, it is Meta or we that are at fault, and nobody is
//! declared broken or written to.
//!
//! It holds while, in the last [`WINDOW`], at least [`MANY_ACCOUNTS`] accounts of more than one login
//! were refused, if only once so far, and these are a fifth of all that Meta answered about since the
//! first of them was: what it answered before says nothing about a fault that began later. The logins of
//! one person can well break together, by a new password; those of several rarely do. What is held is
//! asked about again every few minutes, and so is what was declared broken in the same window, before
//! there were enough: it gets well, or it is declared broken when the brake lets go, when an operator
//! releases it, or when it has been held for [`LONGEST`]. Until then a mail about it that has not left is
//! kept back.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use entity::account::{self, HealthReason};
use entity::{ConnectionId, InWorkspace, OutboxId, UserId, WorkspaceId, connection};
use identity::audit;
use jobs::settings;
use mail::operator::Matter;
use sea_orm::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{Condition, ConnectionTrait, QueryOrder as _, QuerySelect as _};

use serde_json::json;

use crate::Connections;
use crate::health::{Event, RED};

/// What was refused or answered longer ago says nothing about now.
pub const WINDOW: TimeDelta = TimeDelta::minutes(15);
/// Fewer accounts in the window are taken for a coincidence.
pub const MANY_ACCOUNTS: u64 = 10;
/// One in so many of those that Meta answered about.
const SHARE: u64 = 5;
/// How soon what is held is asked about again.
const AGAIN: TimeDelta = TimeDelta::minutes(5);
/// What Meta still refuses after this long is no passing fault.
pub const LONGEST: TimeDelta = TimeDelta::hours(24);

/// What the brake does now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Brake {
    /// How many accounts it keeps from being declared broken.
    pub held: u64,
    /// Since when the first of them.
    pub since: Option<DateTime<Utc>>,
    /// Until when an operator has released it.
    pub released_until: Option<DateTime<Utc>>,
}

impl Connections {
    /// What the brake does now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn brake(&self) -> Result<Brake, DbErr> {
        let (held, since): (i64, Option<DateTime<Utc>>) = account::Entity::across_workspaces()
            .select_only()
            .column_as(account::Column::Id.count(), "held")
            .column_as(account::Column::HeldSince.min(), "since")
            .filter(account::Column::HeldSince.is_not_null())
            .into_tuple()
            .one(&*self.database)
            .await?
            .unwrap_or_default();
        let until: Option<DateTime<Utc>> =
            settings::get(&*self.database, settings::BRAKE_RELEASED_UNTIL).await?;
        let released_until = until.filter(|until| *until > self.world.now());
        Ok(Brake { held: held.unsigned_abs(), since, released_until })
    }

    /// Declares `accounts` broken, all of them read through `grant`, unless the brake holds: then they
    /// are asked about again soon. Says whether it was done.
    pub(crate) async fn break_accounts(
        &self,
        db: &impl ConnectionTrait,
        grant: &connection::Model,
        accounts: &[account::Model],
        reason: HealthReason,
    ) -> Result<bool, DbErr> {
        if self.brake_holds(db, accounts, reason).await? {
            self.check_at(db, grant, self.world.now() + AGAIN).await?;
            self.doubt_those_before(db).await?;
            self.tell_operators(db, Matter::BrakeHolds, None).await?;
            return Ok(false);
        }
        self.apply(db, grant.workspace_id, accounts, Event::Broken(reason)).await?;
        Ok(true)
    }

    /// Notes that `accounts` are refused, and says whether that has to be doubted.
    async fn brake_holds(
        &self,
        db: &impl ConnectionTrait,
        accounts: &[account::Model],
        reason: HealthReason,
    ) -> Result<bool, DbErr> {
        let now = self.world.now();
        let ids: Vec<_> = accounts
            .iter()
            .filter(|account| !RED.contains(&account.health))
            .map(|account| account.id)
            .collect();
        if ids.is_empty() {
            return Ok(false);
        }
        // In one order, as everybody locks them.
        account::Entity::across_workspaces()
            .filter(account::Column::Id.is_in(ids.iter().copied()))
            .order_by_asc(account::Column::Id)
            .lock_exclusive()
            .all(db)
            .await?;
        let update = || {
            account::Entity::update_across_workspaces().filter(account::Column::Id.is_in(ids.iter().copied()))
        };
        update().col_expr(account::Column::RefusedAt, Expr::value(now)).exec(db).await?;
        let held_long_enough =
            accounts.iter().filter_map(|account| account.held_since).any(|since| now - since >= LONGEST);
        if held_long_enough || self.brake_is_released(db, now).await? {
            return Ok(false);
        }
        // Who judges at the same moment waits here, and then sees what was noted.
        settings::set(db, now, settings::BRAKE_JUDGED_AT, &now).await?;
        let refused = refused_since(db, now - WINDOW).await?;
        let logins: HashSet<_> = refused.iter().map(|one| one.login).collect();
        if (refused.len() as u64) < MANY_ACCOUNTS || logins.len() < 2 {
            return Ok(false);
        }
        let first = refused.iter().map(|one| one.since).min().unwrap_or(now);
        let answered = answered_since(db, first).await?;
        let refused = refused.len() as u64;
        if refused * SHARE < refused + answered {
            return Ok(false);
        }
        update()
            .col_expr(account::Column::HeldSince, Expr::value(now))
            .col_expr(account::Column::HeldReason, Expr::value(reason))
            .filter(account::Column::HeldSince.is_null())
            .exec(db)
            .await?;
        tracing::error!(
            refused,
            answered,
            held = ids.len(),
            "the brake holds: so many accounts are refused at once that none is declared broken; look at \
             the app at Meta, or release the brake"
        );
        Ok(true)
    }

    /// What was declared broken in the window before the brake took hold, when there was not enough to
    /// doubt it, is asked about again as soon as what is held.
    async fn doubt_those_before(&self, db: &impl ConnectionTrait) -> Result<(), DbErr> {
        let now = self.world.now();
        let Some(from) = self.doubted_from(db).await? else { return Ok(()) };
        let broken = account::Entity::across_workspaces()
            .filter(account::Column::Health.is_in(RED))
            .filter(account::Column::HealthSince.gt(from))
            .filter(account::Column::RefusedAt.gt(from))
            .all(db)
            .await?;
        let logins: BTreeSet<_> = broken
            .iter()
            .filter_map(|account| Some((account.connection_id?, account.workspace_id)))
            .collect();
        for (login, workspace) in logins {
            if let Some(grant) = self.connection_row(db, workspace, login).await? {
                self.check_at(db, &grant, now + AGAIN).await?;
            }
        }
        Ok(())
    }

    /// When a login has to be asked about again because the brake holds any of `accounts`, which are read
    /// through it, or because it doubts that they are broken.
    pub(crate) async fn doubts(&self, accounts: &[account::Model]) -> Result<Option<DateTime<Utc>>, DbErr> {
        let held = accounts.iter().any(|account| account.held_since.is_some());
        let broken = accounts.iter().filter(|account| RED.contains(&account.health));
        let doubted = match broken.map(|account| account.health_since).max() {
            _ if held => true,
            None => false,
            Some(since) => self.doubted_from(&*self.database).await?.is_some_and(|from| since > from),
        };
        Ok(doubted.then(|| self.world.now() + AGAIN))
    }

    /// From when on what was declared broken is doubted, if the brake holds.
    async fn doubted_from(&self, db: &impl ConnectionTrait) -> Result<Option<DateTime<Utc>>, DbErr> {
        let held_since: Option<Option<DateTime<Utc>>> = account::Entity::across_workspaces()
            .select_only()
            .column_as(account::Column::HeldSince.min(), "since")
            .filter(account::Column::HeldSince.is_not_null())
            .into_tuple()
            .one(db)
            .await?;
        Ok(held_since.flatten().map(|since| since - WINDOW))
    }

    /// Which of `mails` are kept back as long as the brake holds, and until when at least: those that say
    /// of accounts that they are broken which were declared so in the window before it took hold.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn doubted_mails(
        &self,
        workspace: WorkspaceId,
        mails: &[OutboxId],
    ) -> Result<(Vec<OutboxId>, DateTime<Utc>), DbErr> {
        let now = self.world.now();
        let until = now + AGAIN;
        let Some(from) = self.doubted_from(&*self.database).await? else { return Ok((Vec::new(), until)) };
        if self.brake_is_released(&*self.database, now).await? {
            return Ok((Vec::new(), until));
        }
        let window = from..=from + WINDOW;
        Ok((self.incidents.mails_of_refusals(&*self.database, workspace, mails, window).await?, until))
    }

    async fn brake_is_released(&self, db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<bool, DbErr> {
        let until: Option<DateTime<Utc>> = settings::get(db, settings::BRAKE_RELEASED_UNTIL).await?;
        Ok(until.is_some_and(|until| until > now))
    }

    /// Lets the brake go for `how_long`, in the name of `by`, or of nobody for a command: what is refused
    /// is declared broken, however much it is. Gives how many accounts it held.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn release_brake(&self, how_long: TimeDelta, by: Option<UserId>) -> Result<u64, DbErr> {
        let now = self.world.now();
        let transaction = self.database.begin().await?;
        settings::set(&*transaction, now, settings::BRAKE_RELEASED_UNTIL, &(now + how_long)).await?;
        let held = account::Entity::across_workspaces()
            .filter(account::Column::HeldSince.is_not_null())
            .count(&*transaction)
            .await?;
        let event = audit::Event {
            workspace_id: WorkspaceId(Uuid::nil()),
            user_id: by,
            action: "operator.brake_released",
            subject_id: None,
            detail: json!({ "until": now + how_long, "held": held }),
        };
        audit::record(&*transaction, &self.world, event).await?;
        transaction.commit().await?;
        tracing::warn!(held, until = %(now + how_long), "the brake was released");
        Ok(held)
    }
}

/// An account that Meta refused, once or for sure.
struct Refused {
    login: Option<ConnectionId>,
    since: DateTime<Utc>,
}

/// Accounts that Meta has refused since then, by themselves or through their login, and has not answered
/// about since.
async fn refused_since(db: &impl ConnectionTrait, since: DateTime<Utc>) -> Result<Vec<Refused>, DbErr> {
    let suspected: HashMap<_, _> = connection::Entity::across_workspaces()
        .filter(connection::Column::SuspectedAt.gt(since))
        .all(db)
        .await?
        .into_iter()
        .filter_map(|grant| Some((grant.id, grant.suspected_at?)))
        .collect();
    let refused = Condition::any()
        .add(account::Column::RefusedAt.gt(since))
        .add(account::Column::SuspectedAt.gt(since))
        .add(account::Column::ConnectionId.is_in(suspected.keys().copied()));
    let accounts = account::Entity::across_workspaces().filter(refused).all(db).await?;
    let refused = accounts.into_iter().filter_map(|account| {
        let login = account.connection_id;
        let of_login = login.and_then(|login| suspected.get(&login).copied());
        let times = [account.refused_at, account.suspected_at, of_login];
        Some(Refused { login, since: times.into_iter().flatten().filter(|at| *at > since).min()? })
    });
    Ok(refused.collect())
}

/// Accounts that Meta answered about and did not refuse: by themselves or through their login.
async fn answered_since(db: &impl ConnectionTrait, since: DateTime<Utc>) -> Result<u64, DbErr> {
    let logins = Query::select()
        .column(connection::Column::Id)
        .from(connection::Entity)
        .and_where(Expr::col(connection::Column::VerifiedAt).gt(since))
        .to_owned();
    let answered = Condition::any()
        .add(account::Column::VerifiedAt.gt(since))
        .add(account::Column::ConnectionId.in_subquery(logins));
    let not_refused =
        Condition::any().add(account::Column::RefusedAt.is_null()).add(account::Column::RefusedAt.lt(since));
    account::Entity::across_workspaces().filter(answered).filter(not_refused).count(db).await
}
