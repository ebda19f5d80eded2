//! Take due work fairly over workspaces, keep it while it is being done, and finish it.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use entity::job::{self, JobKind};
use entity::{InWorkspace as _, JobId};
use platform::{Database, World};
use sea_orm::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum, ConnectionTrait, FromQueryResult, QuerySelect as _, Value};
use uuid::Uuid;

use crate::lease::Watch;
use crate::{retry, sql};

/// After this many executions that were begun but never ended, work rests for a while, longer each
/// time: it probably kills the process that does it. Renewing, checking and mailing never rest: they
/// are small, and an account must not be lost because its worker was killed at the wrong moments.
pub const MAX_UNFINISHED_ATTEMPTS: i32 = 5;

/// So much of the oldest due work is looked at for fair turns, so that a claim costs the same however
/// much is due.
const HORIZON: u64 = 500;
/// How often all that is due is looked at instead, so that a workspace behind the horizon of a larger
/// one has its turn.
const LOOK_FURTHER_EVERY: Duration = Duration::from_secs(10);

/// Claims work in the name of one process; cheap to clone.
#[derive(Clone, Debug)]
pub struct Claims {
    database: Database,
    world: World,
    owner: String,
    lease: TimeDelta,
    watch: Arc<Watch>,
    looked_further: Arc<Mutex<Option<Duration>>>,
}

/// Work that this process may do until the lease ends.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The row as it was claimed.
    pub job: job::Model,
    owner: String,
}

#[derive(FromQueryResult)]
struct Finished {
    id: JobId,
}

/// How work ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finish {
    /// Done; due again at that time, or not before something makes it due.
    Done(Option<DateTime<Utc>>),
    /// Not possible now through nobody's fault (throttled, not its turn): again at that time, without
    /// counting as a failure.
    Later(DateTime<Utc>),
    /// Failed; again after the retry delay.
    Failed,
    /// Done for ever; the row is removed.
    Remove,
}

impl Claims {
    /// Claims in the name of `owner` (unique per process), each for `lease`.
    #[must_use]
    pub fn new(database: Database, world: World, owner: String, lease: Duration) -> Self {
        let watch = Arc::new(Watch::new("job", lease));
        let lease = TimeDelta::from_std(lease).unwrap_or(TimeDelta::minutes(1));
        Self { database, world, owner, lease, watch, looked_further: Arc::default() }
    }

    /// How long a claim holds without being renewed.
    #[must_use]
    pub fn lease(&self) -> Duration {
        self.lease.to_std().unwrap_or(Duration::from_secs(60))
    }

    /// Takes at most `limit` pieces of due work of `kinds`, in turn from each workspace, oldest
    /// first. Work whose attempts were never ended too often is set aside instead.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take(&self, kinds: &[JobKind], limit: u64) -> Result<Vec<Claim>, DbErr> {
        self.free_abandoned().await?;
        self.claim(&condition(kinds), "", limit).await
    }

    /// As [`Claims::take`], but so that of each workspace at most `each` pieces are done at the same
    /// time: for work that depends on strangers, who may let it hang. Processes that claim in the same
    /// moment do not see each other, and each may take as many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_of_each(&self, kinds: &[JobKind], limit: u64, each: u64) -> Result<Vec<Claim>, DbErr> {
        self.free_abandoned().await?;
        let condition = condition(kinds);
        let busy = condition.replace("job.", "busy.");
        let within = format!(
            "AND waiting.turn + (SELECT count(*) FROM job AS busy WHERE busy.workspace_id = job.workspace_id \
             AND busy.lease_until IS NOT NULL AND {busy}) <= {each}"
        );
        self.claim(&condition, &within, limit).await
    }

    /// Whether any work of `kind` is due that nobody does.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_any_due(&self, kind: JobKind) -> Result<bool, DbErr> {
        let due = job::Entity::across_workspaces()
            .filter(job::Column::Kind.eq(kind))
            .filter(job::Column::DueAt.lte(self.world.now()))
            .filter(job::Column::LeaseUntil.is_null())
            .limit(1)
            .one(&*self.database)
            .await?;
        Ok(due.is_some())
    }

    /// Takes the one piece of work of `kind` on `subject`, due or not. `None` when somebody else is
    /// doing it, or when there is none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_one(&self, kind: JobKind, subject: Uuid) -> Result<Option<Claim>, DbErr> {
        self.free_abandoned().await?;
        let sql = format!(
            "UPDATE job SET {SET_LEASE} WHERE kind = $3 AND subject_id = $4 \
             AND lease_until IS NULL RETURNING *"
        );
        let mut values = self.lease_values();
        values.extend([kind.to_value().into(), subject.into()]);
        let row = job::Model::find_by_statement(sql::statement(&*self.database, &sql, values));
        let _turn = self.database.turn().await;
        Ok(row.one(&*self.database).await?.map(|job| Claim { job, owner: self.owner.clone() }))
    }

    async fn claim(&self, condition: &str, within: &str, limit: u64) -> Result<Vec<Claim>, DbErr> {
        let free = format!("job.due_at <= $3 AND job.lease_until IS NULL AND {condition}");
        let horizon =
            if self.looks_further() { i64::MAX } else { i64::try_from(HORIZON).unwrap_or(i64::MAX) };
        // The turn of a row is its place among the due work of its workspace; taking all first turns
        // before any second one keeps a large workspace from standing in front of the others.
        let transaction = self.database.begin().await?;
        let sql = format!(
            // Materialised, because a plan that looks the list up again for every row would lock more
            // rows than the limit. A cross join, because SQLite keeps to its order. More are chosen than
            // are taken, because another process may be taking the same at this moment.
            "WITH picked AS MATERIALIZED ( \
               SELECT job.id FROM ( \
                 SELECT id, row_number() OVER (PARTITION BY workspace_id ORDER BY due_at, id) AS turn, due_at \
                 FROM (SELECT id, workspace_id, due_at FROM job WHERE {free} ORDER BY due_at LIMIT {horizon}) AS due \
                 ORDER BY turn, due_at LIMIT {} \
               ) AS waiting CROSS JOIN job \
               WHERE waiting.id = job.id AND {free} {within} ORDER BY waiting.turn, waiting.due_at LIMIT {limit} {} \
             ) UPDATE job SET {SET_LEASE} WHERE id IN (SELECT id FROM picked) RETURNING *",
            limit.saturating_mul(8),
            sql::skip_locked(&*transaction)
        );
        let mut values = self.lease_values();
        values.push(self.world.now().into());
        let rows = job::Model::find_by_statement(sql::statement(&*transaction, &sql, values))
            .all(&*transaction)
            .await?;
        let (rows, crashing): (Vec<_>, Vec<_>) =
            rows.into_iter().partition(|job| job.attempt <= MAX_UNFINISHED_ATTEMPTS || never_rests(job.kind));
        for job in crashing {
            tracing::error!(job = %job.id, kind = ?job.kind, subject = %job.subject_id, "work never ends; it rests");
            self.quarantine(&*transaction, &job).await?;
        }
        transaction.commit().await?;
        let mut claims: Vec<_> =
            rows.into_iter().map(|job| Claim { job, owner: self.owner.clone() }).collect();
        claims.sort_by_key(|claim| claim.job.due_at);
        Ok(claims)
    }

    /// Frees the claims of dead processes; [`Claims::take`] does so, too. What they were doing is due at
    /// once, whatever was to follow it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn free_abandoned(&self) -> Result<(), DbErr> {
        let now = self.world.now();
        for id in self.watch.free_abandoned(&self.database, &self.world).await? {
            let _turn = self.database.turn().await;
            job::Entity::update_across_workspaces()
                .col_expr(job::Column::DueAt, Expr::value(now))
                .filter(job::Column::Id.eq(id))
                .filter(job::Column::DueAt.gt(now))
                .exec(&*self.database)
                .await?;
        }
        Ok(())
    }

    /// Whether it is time to look at all that is due.
    fn looks_further(&self) -> bool {
        let now = self.world.elapsed();
        // A panic elsewhere cannot leave a plain time half-written.
        let mut last = self.looked_further.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let due = last.is_none_or(|last| now.saturating_sub(last) >= LOOK_FURTHER_EVERY);
        if due {
            *last = Some(now);
        }
        due
    }

    fn lease_values(&self) -> Vec<Value> {
        vec![self.owner.clone().into(), (self.world.now() + self.lease).into()]
    }

    async fn quarantine(&self, db: &impl ConnectionTrait, job: &job::Model) -> Result<(), DbErr> {
        let sql = "UPDATE job SET quarantined_at = $1, updated_at = $1, due_at = $2, lease_owner = NULL, lease_until = NULL WHERE id = $3";
        let now = self.world.now();
        let rest = retry::delay(&self.world, job.attempt - MAX_UNFINISHED_ATTEMPTS);
        db.execute_raw(sql::statement(db, sql, vec![now.into(), (now + rest).into(), job.id.0.into()]))
            .await?;
        Ok(())
    }

    /// Keeps `claim` for another lease. `false` when it was lost: then nothing may be written.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn renew(&self, claim: &Claim) -> Result<bool, DbErr> {
        let sql = "UPDATE job SET lease_until = $1 WHERE id = $2 AND lease_owner = $3 AND lease_term = $4";
        let values = vec![
            (self.world.now() + self.lease).into(),
            claim.job.id.0.into(),
            claim.owner.clone().into(),
            claim.job.lease_term.into(),
        ];
        let _turn = self.database.turn().await;
        Ok(self.database.execute_raw(sql::statement(&*self.database, sql, values)).await?.rows_affected()
            == 1)
    }

    /// Ends `claim`, in the transaction `db` of its results. `false` when the claim was lost: the
    /// transaction must then be rolled back. Work that was made due while it was being done stays
    /// due at the earlier of the two times.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn finish(
        &self,
        db: &impl ConnectionTrait,
        claim: &Claim,
        finish: Finish,
    ) -> Result<bool, DbErr> {
        let now = self.world.now();
        let (next, failures) = match finish {
            Finish::Done(next) => (next, 0),
            Finish::Later(next) => (Some(next), claim.job.failures),
            Finish::Failed => {
                let failures = claim.job.failures.saturating_add(1);
                (Some(now + retry::delay(&self.world, failures)), failures)
            }
            Finish::Remove => return self.remove(db, claim).await,
        };
        let sql = "UPDATE job SET lease_owner = NULL, lease_until = NULL, attempt = 0, quarantined_at = NULL, \
                   failures = $1, updated_at = $2, \
                   trigger = CASE WHEN due_at = $3 THEN 'scheduled' ELSE trigger END, \
                   due_at = CASE WHEN due_at = $3 OR due_at IS NULL THEN $4 ELSE due_at END \
                   WHERE id = $5 AND lease_owner = $6 AND lease_term = $7";
        let values = vec![
            failures.into(),
            now.into(),
            claim.job.due_at.into(),
            next.into(),
            claim.job.id.0.into(),
            claim.owner.clone().into(),
            claim.job.lease_term.into(),
        ];
        Ok(db.execute_raw(sql::statement(db, sql, values)).await?.rows_affected() == 1)
    }

    /// As [`Claims::finish`], for work that was all done, each with when it is due again: which of it was
    /// ended. The claims of the rest were lost, and nothing of it may be written.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn finish_each(
        &self,
        db: &impl ConnectionTrait,
        done: &[(&Claim, Option<DateTime<Utc>>)],
    ) -> Result<HashSet<JobId>, DbErr> {
        if done.is_empty() {
            return Ok(HashSet::new());
        }
        let rows: Vec<_> = (0..done.len())
            .map(|row| {
                let [id, owner, term, was_due, next] = [2, 3, 4, 5, 6].map(|place| place + 5 * row);
                format!("(${id}, ${owner}, ${term}, ${was_due}, ${next})")
            })
            .collect();
        // Both databases call the columns of plain values so.
        let sql = format!(
            "UPDATE job SET lease_owner = NULL, lease_until = NULL, attempt = 0, quarantined_at = NULL, \
             failures = 0, updated_at = $1, \
             trigger = CASE WHEN job.due_at = done.column4 THEN 'scheduled' ELSE job.trigger END, \
             due_at = CASE WHEN job.due_at = done.column4 OR job.due_at IS NULL THEN done.column5 ELSE job.due_at END \
             FROM (VALUES {}) AS done \
             WHERE job.id = done.column1 AND job.lease_owner = done.column2 AND job.lease_term = done.column3 \
             RETURNING job.id",
            rows.join(", ")
        );
        let mut values: Vec<Value> = vec![self.world.now().into()];
        for (claim, next) in done {
            values.extend([
                Value::from(claim.job.id.0),
                claim.owner.clone().into(),
                claim.job.lease_term.into(),
                claim.job.due_at.into(),
                (*next).into(),
            ]);
        }
        let ended = Finished::find_by_statement(sql::statement(db, &sql, values)).all(db).await?;
        Ok(ended.into_iter().map(|row| row.id).collect())
    }

    async fn remove(&self, db: &impl ConnectionTrait, claim: &Claim) -> Result<bool, DbErr> {
        let sql = "DELETE FROM job WHERE id = $1 AND lease_owner = $2 AND lease_term = $3";
        let values = vec![claim.job.id.0.into(), claim.owner.clone().into(), claim.job.lease_term.into()];
        Ok(db.execute_raw(sql::statement(db, sql, values)).await?.rows_affected() == 1)
    }
}

fn condition(kinds: &[JobKind]) -> String {
    let kinds: Vec<String> = kinds.iter().map(|kind| format!("'{}'", kind.to_value())).collect();
    format!("job.kind IN ({})", kinds.join(", "))
}

fn never_rests(kind: JobKind) -> bool {
    matches!(kind, JobKind::RefreshToken | JobKind::CheckToken | JobKind::SendMail | JobKind::FollowUp)
}

/// `$1` owner, `$2` end of the lease. The attempt is counted before the work starts, so that work which
/// kills its process is noticed.
const SET_LEASE: &str =
    "lease_owner = $1, lease_until = $2, lease_term = lease_term + 1, attempt = attempt + 1";

#[cfg(test)]
mod tests;
