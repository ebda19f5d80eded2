//! The brake: when many accounts are refused at once, it is Meta or we that are at fault, and nobody is
//! declared broken or written to.
//!
//! It holds while, in the last [`WINDOW`], at least [`MANY_ACCOUNTS`] accounts of more than one login
//! were refused and these are a fifth of all that Meta answered about. The logins of one person can
//! well break together, by a new password; those of several rarely do. What is held is asked about
//! again every few minutes: it gets well, or it is declared broken when the brake lets go, when an
//! operator releases it, or when it has been held for [`LONGEST`].

use chrono::{DateTime, TimeDelta, Utc};
use entity::account::{self, HealthReason};
use entity::{InWorkspace, UserId, WorkspaceId, connection};
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
        let since = now - WINDOW;
        let lately = || account::Entity::across_workspaces().filter(account::Column::RefusedAt.gt(since));
        let refused = lately().count(db).await?;
        if refused < MANY_ACCOUNTS {
            return Ok(false);
        }
        let logins: Vec<Option<Uuid>> = lately()
            .select_only()
            .column(account::Column::ConnectionId)
            .distinct()
            .limit(2)
            .into_tuple()
            .all(db)
            .await?;
        if logins.len() < 2 {
            return Ok(false);
        }
        let answered = answered_since(db, since).await?;
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
        Condition::any().add(account::Column::RefusedAt.is_null()).add(account::Column::RefusedAt.lte(since));
    account::Entity::across_workspaces().filter(answered).filter(not_refused).count(db).await
}
