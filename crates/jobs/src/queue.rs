//! Make work due, let it wait, remove it. Always in the transaction of the cause.

use chrono::{DateTime, Utc};
use entity::job::{self, JobKind, Trigger};
use entity::{InWorkspace, JobId, WorkspaceId};
use platform::World;
use sea_orm::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum, ConnectionTrait, QuerySelect as _};
use uuid::Uuid;

use crate::sql;

/// A piece of work that is to be done.
#[derive(Clone, Debug)]
pub struct Work {
    /// The workspace it is done for.
    pub workspace_id: WorkspaceId,
    /// What is to be done.
    pub kind: JobKind,
    /// To what: the id of a grant, an account or a mail.
    pub subject_id: Uuid,
    /// When.
    pub due_at: DateTime<Utc>,
    /// What asked for it.
    pub trigger: Trigger,
}

/// Makes `work` due at its time, or leaves it as it is when it is due sooner already. Work that is
/// being done at this moment will be done once more. Work that was set aside gets another chance:
/// something has changed.
///
/// # Errors
/// When the database fails.
pub async fn make_due(db: &impl ConnectionTrait, world: &World, work: Work) -> Result<(), DbErr> {
    let sql = "INSERT INTO job (id, workspace_id, kind, subject_id, due_at, trigger, lease_term, attempt, failures, \
               created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, 0, 0, 0, $7, $7) \
               ON CONFLICT (kind, subject_id) DO UPDATE SET \
               trigger = CASE WHEN job.due_at IS NULL OR job.due_at > excluded.due_at OR job.lease_until IS NOT NULL \
                 THEN excluded.trigger ELSE job.trigger END, \
               due_at = CASE WHEN job.due_at IS NULL OR job.due_at > excluded.due_at OR job.lease_until IS NOT NULL \
                 THEN excluded.due_at ELSE job.due_at END, \
               attempt = CASE WHEN job.quarantined_at IS NULL THEN job.attempt ELSE 0 END, quarantined_at = NULL, \
               updated_at = excluded.updated_at";
    let values = vec![
        JobId(world.new_id()).0.into(),
        work.workspace_id.0.into(),
        work.kind.to_value().into(),
        work.subject_id.into(),
        work.due_at.into(),
        work.trigger.to_value().into(),
        world.now().into(),
    ];
    db.execute_raw(sql::statement(db, sql, values)).await?;
    Ok(())
}

/// Lets the work of these kinds on `subject` wait until it is made due again.
///
/// # Errors
/// When the database fails.
pub async fn let_wait(
    db: &impl ConnectionTrait,
    workspace: WorkspaceId,
    subject: Uuid,
    kinds: &[JobKind],
) -> Result<(), DbErr> {
    job::Entity::update_in_workspace(workspace)
        .col_expr(job::Column::DueAt, Expr::value(Option::<DateTime<Utc>>::None))
        .filter(job::Column::SubjectId.eq(subject))
        .filter(job::Column::Kind.is_in(kinds.iter().copied()))
        .exec(db)
        .await?;
    Ok(())
}

/// Removes all work on `subject`.
///
/// # Errors
/// When the database fails.
pub async fn remove(db: &impl ConnectionTrait, workspace: WorkspaceId, subject: Uuid) -> Result<(), DbErr> {
    job::Entity::delete_in_workspace(workspace).filter(job::Column::SubjectId.eq(subject)).exec(db).await?;
    Ok(())
}

/// Forgets work of `kind` that nobody does and that nothing is to make due again.
///
/// # Errors
/// When the database fails.
pub async fn forget_idle(db: &impl ConnectionTrait, kind: JobKind) -> Result<(), DbErr> {
    job::Entity::delete_across_workspaces()
        .filter(job::Column::Kind.eq(kind))
        .filter(job::Column::DueAt.is_null())
        .filter(job::Column::LeaseUntil.is_null())
        .exec(db)
        .await?;
    Ok(())
}

/// Makes all work of `kind` that is waiting for its time due now: for schedulers that can only call
/// an address or start a command. With `workspace` or `subject` only theirs. Returns how many.
///
/// # Errors
/// When the database fails.
pub async fn make_all_due(
    db: &impl ConnectionTrait,
    world: &World,
    kind: JobKind,
    workspace: Option<WorkspaceId>,
    subject: Option<Uuid>,
    trigger: Trigger,
) -> Result<u64, DbErr> {
    let now = world.now();
    let mut update = job::Entity::update_across_workspaces()
        .col_expr(job::Column::DueAt, Expr::value(now))
        .col_expr(job::Column::Trigger, Expr::value(trigger))
        .filter(job::Column::Kind.eq(kind))
        .filter(job::Column::DueAt.is_not_null())
        .filter(job::Column::QuarantinedAt.is_null())
        .filter(job::Column::LeaseUntil.is_null());
    if let Some(workspace) = workspace {
        update = update.filter(job::Column::WorkspaceId.eq(workspace));
    }
    if let Some(subject) = subject {
        update = update.filter(job::Column::SubjectId.eq(subject));
    }
    Ok(update.exec(db).await?.rows_affected)
}

/// Of the work of `kind` on `subjects`: which are to be done, by subject, and when; no time where
/// somebody is doing it at this moment.
///
/// # Errors
/// When the database fails.
pub async fn busy(
    db: &impl ConnectionTrait,
    kind: JobKind,
    subjects: &[Uuid],
) -> Result<Vec<(Uuid, Option<DateTime<Utc>>)>, DbErr> {
    if subjects.is_empty() {
        return Ok(Vec::new());
    }
    let rows = job::Entity::across_workspaces()
        .filter(job::Column::Kind.eq(kind))
        .filter(job::Column::SubjectId.is_in(subjects.iter().copied()))
        .filter(job::Column::DueAt.is_not_null())
        .all(db)
        .await?;
    let at = |row: &job::Model| row.due_at.filter(|_| row.lease_until.is_none());
    Ok(rows.into_iter().map(|row| (row.subject_id, at(&row))).collect())
}

/// Whether any work was last changed later than `now`.
///
/// # Errors
/// When the database fails.
pub async fn knows_of_future(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<bool, DbErr> {
    let changed = job::Entity::across_workspaces().filter(job::Column::UpdatedAt.gt(now)).limit(1);
    Ok(changed.one(db).await?.is_some())
}

/// Makes due at once what was last changed later than `now`: by a clock that ran ahead, whose next
/// times lie as far ahead. Doing work too soon does no harm. Gives how much it was.
///
/// # Errors
/// When the database fails.
pub async fn pull_forward(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<u64, DbErr> {
    let pulled = job::Entity::update_across_workspaces()
        .col_expr(job::Column::DueAt, Expr::value(now))
        .col_expr(job::Column::UpdatedAt, Expr::value(now))
        .filter(job::Column::UpdatedAt.gt(now))
        .filter(job::Column::DueAt.gt(now))
        .exec(db)
        .await?;
    Ok(pulled.rows_affected)
}

/// Gives work that was set aside another chance, now. `false` when there is no such work that was.
///
/// # Errors
/// When the database fails.
pub async fn release(db: &impl ConnectionTrait, now: DateTime<Utc>, id: JobId) -> Result<bool, DbErr> {
    let released = job::Entity::update_across_workspaces()
        .col_expr(job::Column::QuarantinedAt, Expr::value(Option::<DateTime<Utc>>::None))
        .col_expr(job::Column::Attempt, Expr::value(0))
        .col_expr(job::Column::DueAt, Expr::value(now))
        .col_expr(job::Column::UpdatedAt, Expr::value(now))
        .filter(job::Column::Id.eq(id))
        .filter(job::Column::QuarantinedAt.is_not_null())
        .exec(db)
        .await?;
    Ok(released.rows_affected == 1)
}

/// Makes one piece of work due now, whatever it waits for. `false` when there is no such work, or when it
/// was set aside: then it has to be released first.
///
/// # Errors
/// When the database fails.
pub async fn make_one_due(db: &impl ConnectionTrait, now: DateTime<Utc>, id: JobId) -> Result<bool, DbErr> {
    let made_due = job::Entity::update_across_workspaces()
        .col_expr(job::Column::DueAt, Expr::value(now))
        .col_expr(job::Column::Trigger, Expr::value(Trigger::Manual))
        .col_expr(job::Column::UpdatedAt, Expr::value(now))
        .filter(job::Column::Id.eq(id))
        .filter(job::Column::QuarantinedAt.is_null())
        .exec(db)
        .await?;
    Ok(made_due.rows_affected == 1)
}
