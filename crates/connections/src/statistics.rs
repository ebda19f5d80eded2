//! Figures about logins: of one workspace, or of the whole installation. Each is one query.

use chrono::{DateTime, TimeDelta, Utc};
use entity::account::{self, Health};
use entity::connection;
use entity::job::{self, JobKind};
use entity::refresh_attempt::{self, RefreshOutcome, Trigger};
use entity::run::{self, RunStatus};
use entity::{InWorkspace, WorkspaceId};
use sea_orm::prelude::*;
use sea_orm::sea_query::Query;
use sea_orm::{QueryOrder as _, QuerySelect as _, Select};

use crate::Connections;
use crate::check::HEALED;

/// A renewal may come so much later than the opening of its window: a day over which renewals are
/// spread, and six hours for the slot after that.
const SPREAD: TimeDelta = TimeDelta::hours(30);

/// How checks ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checks {
    /// Meta proved that the login works.
    pub succeeded: u64,
    /// Meta refused it, or could not be asked.
    pub failed: u64,
    /// It had been asked a moment ago, or wanted no calls.
    pub skipped: u64,
    /// Of those that succeeded: something was broken and has been repaired.
    pub healed: u64,
}

/// How attempts to renew tokens ended that the same thing asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefreshRate {
    /// What asked for them.
    pub trigger: Trigger,
    /// Those that moved the expiry.
    pub succeeded: u64,
    /// Those that did not.
    pub failed: u64,
}

/// How many attempts ended in one way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutcomeCount {
    /// How.
    pub outcome: RefreshOutcome,
    /// The class of Meta's refusal, if it refused.
    pub class: Option<String>,
    /// How many.
    pub count: u64,
}

impl Connections {
    /// How checks ended that were begun after `since`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn checks_since(
        &self,
        scope: Option<WorkspaceId>,
        since: DateTime<Utc>,
    ) -> Result<Checks, DbErr> {
        let rows: Vec<(RunStatus, Option<String>, i64)> = within::<run::Entity>(scope)
            .select_only()
            .column(run::Column::Status)
            .column(run::Column::Reason)
            .column_as(run::Column::Id.count(), "count")
            .filter(run::Column::Job.eq(JobKind::CheckToken))
            .filter(run::Column::StartedAt.gt(since))
            .group_by(run::Column::Status)
            .group_by(run::Column::Reason)
            .into_tuple()
            .all(&*self.database)
            .await?;
        let mut checks = Checks::default();
        for (status, reason, count) in rows {
            let count = count.unsigned_abs();
            match status {
                RunStatus::Succeeded => checks.succeeded += count,
                RunStatus::Failed => checks.failed += count,
                RunStatus::Skipped => checks.skipped += count,
            }
            if reason.as_deref() == Some(HEALED) {
                checks.healed += count;
            }
        }
        Ok(checks)
    }

    /// How renewing went since `since`, by what asked for it; what nothing asked for is left out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn refresh_rates(
        &self,
        scope: Option<WorkspaceId>,
        since: DateTime<Utc>,
    ) -> Result<Vec<RefreshRate>, DbErr> {
        let rows: Vec<(Trigger, RefreshOutcome, i64)> = within::<refresh_attempt::Entity>(scope)
            .select_only()
            .column(refresh_attempt::Column::Trigger)
            .column(refresh_attempt::Column::Outcome)
            .column_as(refresh_attempt::Column::Id.count(), "count")
            .filter(refresh_attempt::Column::StartedAt.gt(since))
            .filter(refresh_attempt::Column::Outcome.ne(RefreshOutcome::Started))
            .group_by(refresh_attempt::Column::Trigger)
            .group_by(refresh_attempt::Column::Outcome)
            .order_by_asc(refresh_attempt::Column::Trigger)
            .into_tuple()
            .all(&*self.database)
            .await?;
        let mut rates: Vec<RefreshRate> = Vec::new();
        for (trigger, outcome, count) in rows {
            if rates.last().is_none_or(|rate| rate.trigger != trigger) {
                rates.push(RefreshRate { trigger, succeeded: 0, failed: 0 });
            }
            if let Some(rate) = rates.last_mut() {
                let side = match outcome {
                    RefreshOutcome::Succeeded => &mut rate.succeeded,
                    _ => &mut rate.failed,
                };
                *side += count.unsigned_abs();
            }
        }
        Ok(rates)
    }

    /// How attempts to renew ended that were begun after `since`, of the whole installation.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn refresh_outcomes(&self, since: DateTime<Utc>) -> Result<Vec<OutcomeCount>, DbErr> {
        let rows: Vec<(RefreshOutcome, Option<String>, i64)> = refresh_attempt::Entity::across_workspaces()
            .select_only()
            .column(refresh_attempt::Column::Outcome)
            .column(refresh_attempt::Column::ErrorClass)
            .column_as(refresh_attempt::Column::Id.count(), "count")
            .filter(refresh_attempt::Column::StartedAt.gt(since))
            .group_by(refresh_attempt::Column::Outcome)
            .group_by(refresh_attempt::Column::ErrorClass)
            .into_tuple()
            .all(&*self.database)
            .await?;
        let counts = rows.into_iter().map(|(outcome, class, count)| OutcomeCount {
            outcome,
            class,
            count: count.unsigned_abs(),
        });
        Ok(counts.collect())
    }

    /// Since when the renewal that is overdue longest should have happened, if one is overdue. A login
    /// that only its owner can bring back is not waiting for a renewal.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn oldest_overdue_refresh(
        &self,
        scope: Option<WorkspaceId>,
    ) -> Result<Option<DateTime<Utc>>, DbErr> {
        let should_have = self.refresh_window() - SPREAD;
        let waiting = Query::select()
            .column(job::Column::SubjectId)
            .from(job::Entity)
            .and_where(job::Column::Kind.eq(JobKind::RefreshToken))
            .and_where(job::Column::DueAt.is_not_null())
            .to_owned();
        let earliest = within::<connection::Entity>(scope)
            .filter(connection::Column::TokenExpiresAt.lt(self.world.now() + should_have))
            .filter(connection::Column::Id.in_subquery(waiting))
            .order_by_asc(connection::Column::TokenExpiresAt)
            .limit(1)
            .one(&*self.database)
            .await?;
        Ok(earliest.and_then(|grant| grant.token_expires_at).map(|at| at - should_have))
    }

    /// How many accounts have each stored state; states of none are left out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn accounts_by_health(&self) -> Result<Vec<(Health, u64)>, DbErr> {
        let rows: Vec<(Health, i64)> = account::Entity::across_workspaces()
            .select_only()
            .column(account::Column::Health)
            .column_as(account::Column::Id.count(), "count")
            .group_by(account::Column::Health)
            .order_by_asc(account::Column::Health)
            .into_tuple()
            .all(&*self.database)
            .await?;
        Ok(rows.into_iter().map(|(health, count)| (health, count.unsigned_abs())).collect())
    }
}

fn within<E: InWorkspace>(scope: Option<WorkspaceId>) -> Select<E> {
    match scope {
        Some(workspace) => E::in_workspace(workspace),
        None => E::across_workspaces(),
    }
}
