//! The monitor: checks every login again and again, as operators have set it, and heals what it can.
//!
//! What is set is read at each look and so holds for all processes at once. With auto-heal off a check
//! on schedule only asks and writes down: it renews nothing, asks for no Page token and lets nothing
//! resume. What people and calls ask for heals all the same: checks of the dashboard and of commands,
//! and a call that Meta answers with an error 190.

use std::collections::BTreeMap;

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use entity::account::{self, Health};
use entity::job::{self, JobKind, Trigger};
use entity::{ConnectionId, InWorkspace, JobId, UserId, WorkspaceId};
use identity::audit;
use jobs::monitor::{Change, Monitor, OutOfBounds, Sweep};
use jobs::settings;
use sea_orm::prelude::*;
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{Condition, ConnectionTrait, QuerySelect as _};
use serde_json::json;

use crate::Connections;
use crate::check::{Checked, Manner};

/// Due times that one statement changes at most.
const AT_ONCE: usize = 500;

/// Why the monitor's settings were not changed.
#[derive(Debug, thiserror::Error)]
pub enum SetMonitorError {
    /// A value is out of bounds.
    #[error(transparent)]
    OutOfBounds(#[from] OutOfBounds),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
}

impl Connections {
    /// How tokens are checked now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn monitor(&self) -> Result<Monitor, DbErr> {
        jobs::monitor::get(&*self.database).await
    }

    /// Changes how tokens are checked, in the name of `by`, or of nobody for a command. Checks that
    /// are due later than the new interval allows are pulled forward.
    ///
    /// # Errors
    /// When a value is out of bounds, or the database fails; then nothing is changed.
    pub async fn set_monitor(&self, change: Change, by: Option<UserId>) -> Result<Monitor, SetMonitorError> {
        let transaction = self.database.begin().await?;
        let before = jobs::monitor::get(&*transaction).await?;
        let monitor = change.applied_to(before)?;
        if monitor == before {
            return Ok(monitor);
        }
        settings::set(&*transaction, self.world.now(), settings::MONITOR, &monitor).await?;
        let event = audit::Event {
            workspace_id: WorkspaceId(Uuid::nil()),
            user_id: by,
            action: "operator.monitor_changed",
            subject_id: None,
            detail: json!({ "from": before, "to": monitor }),
        };
        audit::record(&*transaction, &self.world, event).await?;
        self.pull_checks_forward(&*transaction, monitor).await?;
        transaction.commit().await?;
        tracing::warn!(?before, ?monitor, by = by.map(|by| by.to_string()), "the monitor was changed");
        Ok(monitor)
    }

    /// When the check of a login is due next.
    pub(crate) fn next_slot(&self, monitor: Monitor, id: ConnectionId, now: DateTime<Utc>) -> DateTime<Utc> {
        match monitor.interval() {
            Some(interval) => self.schedule.every(interval, id.0, now),
            None => self.schedule.next(JobKind::CheckToken, id.0, now).unwrap_or_else(|| self.next_probe()),
        }
    }

    /// Checks that are due later than `monitor` has it are made due in time. Logins of which every
    /// account waits for its owner are left alone: they are looked at once a day.
    async fn pull_checks_forward(&self, db: &impl ConnectionTrait, monitor: Monitor) -> Result<(), DbErr> {
        let now = self.world.now();
        let not_waiting = Query::select()
            .column(account::Column::ConnectionId)
            .from(account::Entity)
            .and_where(account::Column::Health.is_not_in([
                Health::NeedsReconnect,
                Health::ActionNeeded,
                Health::Disconnected,
            ]))
            .and_where(account::Column::ConnectionId.is_not_null())
            .to_owned();
        let rows: Vec<(JobId, Uuid, DateTime<Utc>)> = job::Entity::across_workspaces()
            .select_only()
            .column(job::Column::Id)
            .column(job::Column::SubjectId)
            .column(job::Column::DueAt)
            .filter(job::Column::Kind.eq(JobKind::CheckToken))
            .filter(job::Column::DueAt.gt(now))
            // What failed waits longer each time.
            .filter(job::Column::Failures.eq(0))
            .filter(job::Column::SubjectId.in_subquery(not_waiting))
            .into_tuple()
            .all(db)
            .await?;
        // Whole minutes, so that thousands of rows need a few statements.
        let mut by_minute: BTreeMap<DateTime<Utc>, Vec<JobId>> = BTreeMap::new();
        for (id, subject, due_at) in rows {
            let slot = self.next_slot(monitor, ConnectionId(subject), now);
            if slot < due_at {
                let minute = slot.duration_trunc(TimeDelta::minutes(1)).unwrap_or(slot);
                by_minute.entry(minute).or_default().push(id);
            }
        }
        for (minute, ids) in by_minute {
            for ids in ids.chunks(AT_ONCE) {
                job::Entity::update_across_workspaces()
                    .col_expr(job::Column::DueAt, Expr::value(minute))
                    .filter(job::Column::Id.is_in(ids.iter().copied()))
                    .exec(db)
                    .await?;
            }
        }
        Ok(())
    }

    /// Makes sure that no check is due later than the interval has it: one that ended while the
    /// interval was being changed may have gone by the old one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_interval(&self) -> Result<(), DbErr> {
        let transaction = self.database.begin().await?;
        let monitor = jobs::monitor::get(&*transaction).await?;
        if monitor.interval_minutes.is_some() {
            self.pull_checks_forward(&*transaction, monitor).await?;
        }
        transaction.commit().await
    }

    /// Checks a login because its time has come, or because `trigger` says that somebody asks for it:
    /// only what nobody asked for depends on auto-heal.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn check_as(
        &self,
        workspace: WorkspaceId,
        id: ConnectionId,
        trigger: Trigger,
    ) -> Result<Checked, DbErr> {
        let heals = trigger != Trigger::Scheduled || self.monitor().await?.auto_heal;
        self.check_in(workspace, id, Manner { force: false, heals }).await
    }

    /// The last round of checks, if there was one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_sweep(&self) -> Result<Option<Sweep>, DbErr> {
        settings::get(&*self.database, settings::MONITOR_SWEEP).await
    }

    /// Notes that a worker looked for checks, and whether it found any: a round begins with the first
    /// one, and is over when the spread has passed and none is due or being done.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_sweep(&self, found: bool) -> Result<(), DbErr> {
        let now = self.world.now();
        let running = self.last_sweep().await?.filter(|sweep| sweep.ended_at.is_none());
        let sweep = match running {
            None if found => Sweep { begun_at: now, ended_at: None },
            Some(sweep)
                if !found
                    && now - sweep.begun_at >= self.schedule.spread()
                    && !self.checks_are_left(now).await? =>
            {
                Sweep { ended_at: Some(now), ..sweep }
            }
            _ => return Ok(()),
        };
        let _turn = self.database.turn().await;
        settings::set(&*self.database, now, settings::MONITOR_SWEEP, &sweep).await
    }

    async fn checks_are_left(&self, now: DateTime<Utc>) -> Result<bool, DbErr> {
        let left = Condition::any().add(job::Column::DueAt.lte(now)).add(job::Column::LeaseUntil.gt(now));
        let any = job::Entity::across_workspaces()
            .filter(job::Column::Kind.eq(JobKind::CheckToken))
            .filter(left)
            .limit(1)
            .one(&*self.database)
            .await?;
        Ok(any.is_some())
    }
}
