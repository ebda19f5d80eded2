//! The lease on a grant's token: who renews it, and for how long they may.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use entity::connection;
use entity::refresh_attempt::{self, RefreshOutcome, Trigger};
use entity::{InWorkspace, RefreshAttemptId};
use jobs::lease::{keep, trusted};
use sea_orm::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ConnectionTrait, IntoActiveModel as _};

use crate::Connections;

/// The claim on a grant's token, and the record of the attempt made under it.
pub(super) struct Lease {
    pub(super) grant: connection::Model,
    pub(super) term: i64,
    pub(super) attempt: refresh_attempt::Model,
    /// When it was taken, on this process's own timer.
    taken: Duration,
}

/// How taking the claim ended.
pub(super) enum Taken {
    Ours(Box<Lease>),
    /// Somebody else has it.
    Theirs,
    /// Somebody else had it and has ended an attempt since we asked.
    Ended(refresh_attempt::Model),
    Gone,
}

impl Connections {
    /// Claims the token of `seen` and puts the attempt on record, in one transaction. If that cannot be
    /// written, Meta is not called.
    pub(super) async fn take_lease(
        &self,
        seen: &connection::Model,
        trigger: Trigger,
        asked_at: DateTime<Utc>,
    ) -> Result<Taken, DbErr> {
        let (workspace, id) = (seen.workspace_id, seen.id);
        let (now, taken) = (self.world.now(), self.world.elapsed());
        let transaction = self.database.begin().await?;
        let leased = connection::Entity::update_in_workspace(workspace)
            .col_expr(connection::Column::LeaseOwner, Expr::value(self.owner.clone()))
            .col_expr(
                connection::Column::LeaseUntil,
                Expr::value(now + TimeDelta::seconds(self.tuning.lease_seconds.into())),
            )
            .col_expr(connection::Column::LeaseTerm, Expr::col(connection::Column::LeaseTerm).add(1))
            .filter(connection::Column::Id.eq(id))
            .filter(connection::Column::LeaseUntil.is_null())
            .exec_with_returning(&*transaction)
            .await?;
        let Some(grant) = leased.into_iter().next() else {
            let exists = self.connection_row(&*transaction, workspace, id).await?.is_some();
            return Ok(if exists { Taken::Theirs } else { Taken::Gone });
        };
        // Somebody else may have had it and let go between our last look and now.
        let nobody_since = seen.lease_until.is_none() && grant.lease_term == seen.lease_term + 1;
        if !nobody_since && let Some(ended) = self.ended_since(&*transaction, &grant, asked_at).await? {
            return Ok(Taken::Ended(ended));
        }
        // Whoever had it before and did not end its attempt has died or lost its lease.
        refresh_attempt::Entity::update_in_workspace(workspace)
            .col_expr(refresh_attempt::Column::Outcome, Expr::value(RefreshOutcome::Interrupted))
            .col_expr(refresh_attempt::Column::FinishedAt, Expr::value(now))
            .filter(refresh_attempt::Column::ConnectionId.eq(id))
            .filter(refresh_attempt::Column::Outcome.eq(RefreshOutcome::Started))
            .exec(&*transaction)
            .await?;
        let attempt = refresh_attempt::Model {
            id: RefreshAttemptId(self.world.new_id()),
            workspace_id: workspace,
            connection_id: id,
            trigger,
            outcome: RefreshOutcome::Started,
            error_class: None,
            code: None,
            subcode: None,
            old_expires_at: grant.token_expires_at,
            new_expires_at: None,
            started_at: now,
            finished_at: None,
        };
        let row = attempt.clone().into_active_model().reset_all();
        refresh_attempt::Entity::insert(row).exec_without_returning(&*transaction).await?;
        transaction.commit().await?;
        Ok(Taken::Ours(Box::new(Lease { term: grant.lease_term, grant, attempt, taken })))
    }

    /// Renews a lease for as long as that can be done; returns when it is lost.
    pub(super) async fn hold(&self, lease: &Lease) {
        keep(self.lease(), lease.grant.id.0, || self.renew_lease(lease)).await;
    }

    async fn renew_lease(&self, lease: &Lease) -> Result<bool, DbErr> {
        let until = self.world.now() + TimeDelta::seconds(self.tuning.lease_seconds.into());
        let _turn = self.database.turn().await;
        let renewed = connection::Entity::update_in_workspace(lease.grant.workspace_id)
            .col_expr(connection::Column::LeaseUntil, Expr::value(until))
            .filter(connection::Column::Id.eq(lease.grant.id))
            .filter(connection::Column::LeaseOwner.eq(&self.owner))
            .filter(connection::Column::LeaseTerm.eq(lease.term))
            .exec(&*self.database)
            .await?;
        Ok(renewed.rows_affected == 1)
    }

    /// Lets go of a lease, unless somebody else has it by now.
    pub(super) async fn let_go(&self, db: &impl ConnectionTrait, lease: &Lease) -> Result<(), DbErr> {
        connection::Entity::update_in_workspace(lease.grant.workspace_id)
            .col_expr(connection::Column::LeaseOwner, Expr::value(Option::<String>::None))
            .col_expr(connection::Column::LeaseUntil, Expr::value(Option::<DateTime<Utc>>::None))
            .filter(connection::Column::Id.eq(lease.grant.id))
            .filter(connection::Column::LeaseOwner.eq(&self.owner))
            .filter(connection::Column::LeaseTerm.eq(lease.term))
            .exec(db)
            .await?;
        Ok(())
    }

    /// Whether so much time has passed since a lease was taken, as when a process is stopped, that
    /// somebody else may have it by now.
    pub(super) fn is_over(&self, lease: &Lease) -> bool {
        self.world.elapsed().saturating_sub(lease.taken) >= trusted(self.lease())
    }
}
