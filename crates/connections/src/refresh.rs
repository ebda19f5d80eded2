//! Renewing the token of a grant, one attempt at a time across processes.
//!
//! The order of writes is what makes it survive anything: the attempt is on record before Meta is
//! called; the new token is committed on its own before Page tokens are asked for; and both writes
//! name the lease term, so that a process that was paused for longer than its lease changes nothing.
//! What Meta has given is not let go of: whoever asked may go away, and the database may be out of
//! order for a while.

pub(crate) mod attempt;
mod lease;
mod window;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use entity::connection;
use entity::refresh_attempt::{self, RefreshOutcome, Trigger};
use entity::{ConnectionId, InWorkspace, WorkspaceId};
use sea_orm::prelude::*;
use sea_orm::{ConnectionTrait, QueryOrder as _};
use tracing::Instrument as _;

use crate::Connections;
use lease::{Lease, Taken};
pub use window::{INSTAGRAM_MINIMUM_AGE, JUST_EXPIRED};

/// The clocks of two machines differ by less.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(10);
/// Those who ask within it of one another ask at the same time.
const A_MOMENT: TimeDelta = TimeDelta::seconds(10);
/// How often somebody who waits for another's refresh looks whether it is done.
const WAIT_STEP: Duration = Duration::from_millis(100);

/// How a request to renew a token ended.
#[derive(Clone, Debug)]
pub enum Refreshed {
    /// There was an attempt, by us or by somebody we waited for.
    Attempted(refresh_attempt::Model),
    /// Nothing was tried.
    Skipped(Skip),
}

/// Why nothing was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skip {
    /// Enough time remains.
    NotDue,
    /// The token is younger than Meta allows.
    TooYoung,
    /// The token never expires.
    NeverExpires,
    /// No token is stored, or the grant is gone.
    NoToken,
    /// The token expired too long ago; only the owner can help.
    ExpiredLongAgo,
    /// Somebody else is renewing it and did not finish in time.
    Busy,
    /// Meta wants no calls until then.
    Paused(DateTime<Utc>),
}

impl Skip {
    /// A stable word for logs and answers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NotDue => "not_due",
            Self::TooYoung => "too_young",
            Self::NeverExpires => "never_expires",
            Self::NoToken => "no_token",
            Self::ExpiredLongAgo => "expired_long_ago",
            Self::Busy => "busy",
            Self::Paused(_) => "paused",
        }
    }
}

impl Connections {
    /// Renews the token of a grant, unless it is not due and `force` is not set. Of any number of
    /// callers at once one calls Meta; the others wait for it and get its result. The schedule does not
    /// wait: it comes again.
    ///
    /// # Errors
    /// When the database fails. Meta's refusal is an attempt that failed, not an error.
    pub async fn refresh(
        &self,
        workspace: WorkspaceId,
        id: ConnectionId,
        trigger: Trigger,
        force: bool,
    ) -> Result<Refreshed, DbErr> {
        match self.connection_row(&*self.database, workspace, id).await? {
            Some(grant) => self.refresh_grant(grant, trigger, force).await,
            None => Ok(Refreshed::Skipped(Skip::NoToken)),
        }
    }

    /// Whether the token of a grant is due to be renewed, as it is stored now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_due(&self, workspace: WorkspaceId, id: ConnectionId) -> Result<bool, DbErr> {
        let grant = self.connection_row(&*self.database, workspace, id).await?;
        Ok(grant.is_some_and(|grant| self.refresh_due(&grant, self.world.now()).is_none()))
    }

    /// As [`Connections::refresh`], for whoever has just read the row.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn refresh_grant(
        &self,
        mut grant: connection::Model,
        trigger: Trigger,
        force: bool,
    ) -> Result<Refreshed, DbErr> {
        let asked_at = self.world.now();
        for _ in 0..self.wait_steps() {
            self.leases.free_abandoned(&self.database, &self.world).await?;
            match self.refresh_due(&grant, asked_at) {
                Some(Skip::NotDue) if force => {}
                // Whoever asked a moment too late gets what the others got.
                Some(Skip::TooYoung) => {
                    let ended = self.ended_since(&*self.database, &grant, asked_at - A_MOMENT).await?;
                    return Ok(ended.map_or(Refreshed::Skipped(Skip::TooYoung), Refreshed::Attempted));
                }
                Some(skip) => return Ok(Refreshed::Skipped(skip)),
                None => {}
            }
            if grant.lease_until.is_none() {
                if let Some(until) = self.paused(&grant).await? {
                    return Ok(Refreshed::Skipped(Skip::Paused(until)));
                }
                match self.take_lease(&grant, trigger, asked_at).await? {
                    Taken::Ours(lease) => return Ok(Refreshed::Attempted(self.attempt_apart(*lease).await?)),
                    Taken::Ended(ended) => return Ok(Refreshed::Attempted(ended)),
                    Taken::Gone => return Ok(Refreshed::Skipped(Skip::NoToken)),
                    Taken::Theirs => {}
                }
            }
            if trigger == Trigger::Scheduled {
                break;
            }
            tokio::time::sleep(WAIT_STEP).await;
            let row = self.connection_row(&*self.database, grant.workspace_id, grant.id).await?;
            let Some(row) = row else { return Ok(Refreshed::Skipped(Skip::NoToken)) };
            // While the same lease stands nothing has ended.
            let still = row.lease_until.is_some() && row.lease_term == grant.lease_term;
            grant = row;
            if !still && let Some(ended) = self.ended_since(&*self.database, &grant, asked_at).await? {
                return Ok(Refreshed::Attempted(ended));
            }
        }
        Ok(Refreshed::Skipped(Skip::Busy))
    }

    /// Waits for somebody who is renewing the token of a grant, for about as long as they may take, and
    /// says whether a renewal has ended since `began`, when it was as in `before`.
    pub(crate) async fn outwaited_renewal(
        &self,
        before: &connection::Model,
        began: DateTime<Utc>,
    ) -> Result<bool, DbErr> {
        let mut waited = false;
        for _ in 0..self.wait_steps() {
            let row = self.connection_row(&*self.database, before.workspace_id, before.id).await?;
            match row {
                Some(row) if row.token_version != before.token_version => return Ok(true),
                Some(row) if row.lease_until.is_some() => waited = true,
                _ => return Ok(waited || self.ended_since(&*self.database, before, began).await?.is_some()),
            }
            tokio::time::sleep(WAIT_STEP).await;
        }
        Ok(false)
    }

    /// How often somebody who waits looks: until the lease of somebody who died has been noticed.
    fn wait_steps(&self) -> u128 {
        2 * self.lease().as_millis() / WAIT_STEP.as_millis()
    }

    /// An attempt in a task of its own: a caller who goes away must not take a token along that Meta
    /// has just given.
    async fn attempt_apart(&self, lease: Lease) -> Result<refresh_attempt::Model, DbErr> {
        let connections = self.clone();
        let attempt = async move { connections.attempt(lease).await };
        let ended = self.attempts.spawn(attempt.instrument(tracing::Span::current())).await;
        ended.unwrap_or_else(|error| Err(DbErr::Custom(format!("an attempt to renew ended early: {error}"))))
    }

    fn lease(&self) -> Duration {
        Duration::from_secs(self.tuning.lease_seconds.into())
    }

    /// The newest attempt that renewed the token of a grant.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_renewal(
        &self,
        workspace: WorkspaceId,
        id: ConnectionId,
    ) -> Result<Option<refresh_attempt::Model>, DbErr> {
        refresh_attempt::Entity::in_workspace(workspace)
            .filter(refresh_attempt::Column::ConnectionId.eq(id))
            .filter(refresh_attempt::Column::Outcome.eq(RefreshOutcome::Succeeded))
            .order_by_desc(refresh_attempt::Column::FinishedAt)
            .one(&*self.database)
            .await
    }

    /// The attempt of somebody else that ended in an orderly way while we waited for it.
    async fn ended_since(
        &self,
        db: &impl ConnectionTrait,
        grant: &connection::Model,
        asked_at: DateTime<Utc>,
    ) -> Result<Option<refresh_attempt::Model>, DbErr> {
        refresh_attempt::Entity::in_workspace(grant.workspace_id)
            .filter(refresh_attempt::Column::ConnectionId.eq(grant.id))
            .filter(refresh_attempt::Column::FinishedAt.gt(asked_at))
            // One that a clock which ran ahead has dated is none that we waited for.
            .filter(refresh_attempt::Column::FinishedAt.lte(self.world.now() + CLOCKS_DIFFER))
            .filter(
                refresh_attempt::Column::Outcome
                    .is_not_in([RefreshOutcome::Started, RefreshOutcome::Interrupted]),
            )
            .order_by_desc(refresh_attempt::Column::FinishedAt)
            .one(db)
            .await
    }
}
