//! The lease on a grant's token: who renews it, and for how long they may.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use entity::connection;
use entity::refresh_attempt::{self, RefreshOutcome, Trigger};
use entity::{ConnectionId, InWorkspace, RefreshAttemptId, WorkspaceId};
use sea_orm::ActiveValue::Set;
use sea_orm::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait as _};

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
    /// Claims the token and puts the attempt on record, in one transaction. If that cannot be
    /// written, Meta is not called.
    pub(super) async fn take_lease(
        &self,
        workspace: WorkspaceId,
        id: ConnectionId,
        trigger: Trigger,
        asked_at: DateTime<Utc>,
    ) -> Result<Taken, DbErr> {
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
            .exec(&*transaction)
            .await?;
        let Some(grant) = self.connection_row(&*transaction, workspace, id).await? else {
            return Ok(Taken::Gone);
        };
        if leased.rows_affected == 0 {
            return Ok(Taken::Theirs);
        }
        // Its holder may have let go between our last look and now.
        if let Some(ended) = self.ended_since(&*transaction, &grant, asked_at).await? {
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
        let attempt = refresh_attempt::ActiveModel {
            id: Set(RefreshAttemptId(self.world.new_id())),
            workspace_id: Set(workspace),
            connection_id: Set(id),
            trigger: Set(trigger),
            outcome: Set(RefreshOutcome::Started),
            error_class: Set(None),
            code: Set(None),
            subcode: Set(None),
            old_expires_at: Set(grant.token_expires_at),
            new_expires_at: Set(None),
            started_at: Set(now),
            finished_at: Set(None),
        }
        .insert(&*transaction)
        .await?;
        transaction.commit().await?;
        Ok(Taken::Ours(Box::new(Lease { term: grant.lease_term, grant, attempt, taken })))
    }

    /// Renews a lease for as long as that can be done; returns when it is lost.
    pub(super) async fn hold(&self, lease: &Lease) {
        let length = self.lease();
        let mut pause = length / 3;
        let mut until = tokio::time::Instant::now() + trusted(length);
        while tokio::time::timeout_at(until, tokio::time::sleep(pause)).await.is_ok() {
            let asked = tokio::time::Instant::now();
            match tokio::time::timeout_at(until, self.renew_lease(lease)).await {
                Ok(Ok(true)) => {
                    until = asked + trusted(length);
                    pause = length / 3;
                }
                Ok(Ok(false)) | Err(_) => return,
                Ok(Err(error)) => {
                    pause = length / 12;
                    tracing::warn!(grant = %lease.grant.id, %error, "a lease could not be renewed; it still holds");
                }
            }
        }
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

    /// Whether so much time has passed since a lease was taken, as when a process is stopped, that
    /// somebody else may have it by now.
    pub(super) fn is_over(&self, lease: &Lease) -> bool {
        self.world.elapsed().saturating_sub(lease.taken) >= trusted(self.lease())
    }
}

/// For how long after a renewal its holder relies on a lease: a little less than the others do.
fn trusted(lease: Duration) -> Duration {
    lease * 11 / 12
}
