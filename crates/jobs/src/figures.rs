//! How much work there is, and how it stands.

use chrono::{DateTime, TimeDelta, Utc};
use entity::job::{self, JobKind};
use entity::{InWorkspace, JobId, WorkspaceId};
use sea_orm::prelude::*;
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait as _, Func, SimpleExpr};
use sea_orm::{
    Condition, ConnectionTrait, FromQueryResult, Iterable as _, QueryOrder as _, QuerySelect as _,
};

/// Work that has been due for longer is overdue: whoever should do it is too slow, or is not there.
pub const OVERDUE: TimeDelta = TimeDelta::minutes(15);

/// How a piece of work stands; each is in one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Somebody does it at this moment.
    Running,
    /// It kept dying and was set aside: it rests, or waits to be released.
    Quarantined,
    /// Its time has come.
    Due,
    /// Its time has not come.
    Waiting,
}

impl State {
    /// The work that stands so at `now`.
    #[must_use]
    pub fn condition(self, now: DateTime<Utc>) -> Condition {
        let nobody =
            || Condition::any().add(job::Column::LeaseUntil.is_null()).add(job::Column::LeaseUntil.lt(now));
        let free = || Condition::all().add(nobody()).add(job::Column::QuarantinedAt.is_null());
        match self {
            Self::Running => Condition::all().add(job::Column::LeaseUntil.gte(now)),
            Self::Quarantined => Condition::all().add(nobody()).add(job::Column::QuarantinedAt.is_not_null()),
            Self::Due => free().add(job::Column::DueAt.lte(now)),
            Self::Waiting => {
                free().add(Condition::any().add(job::Column::DueAt.is_null()).add(job::Column::DueAt.gt(now)))
            }
        }
    }
}

/// The work of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    /// The kind.
    pub kind: JobKind,
    /// Pieces whose time has come, the overdue ones included.
    pub due: u64,
    /// Pieces whose time came more than [`OVERDUE`] ago.
    pub overdue: u64,
    /// Pieces that are being done.
    pub running: u64,
    /// Pieces whose time has not come.
    pub waiting: u64,
    /// Pieces that were set aside.
    pub quarantined: u64,
    /// Since when the oldest of the due pieces is.
    pub oldest_due_at: Option<DateTime<Utc>>,
}

#[derive(FromQueryResult)]
struct Row {
    kind: JobKind,
    due: i64,
    overdue: i64,
    running: i64,
    waiting: i64,
    quarantined: i64,
    oldest_due_at: Option<DateTime<Utc>>,
}

/// The work of every kind, in one query.
///
/// # Errors
/// When the database fails.
pub async fn all(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Vec<Figures>, DbErr> {
    let count = |condition: Condition| -> SimpleExpr {
        let one: SimpleExpr = CaseStatement::new().case(condition, 1).finally(0).into();
        Func::sum(one).cast_as("BIGINT")
    };
    let due = || State::Due.condition(now);
    let due_at: SimpleExpr = CaseStatement::new().case(due(), Expr::col(job::Column::DueAt)).into();
    let rows = job::Entity::across_workspaces()
        .select_only()
        .column(job::Column::Kind)
        .expr_as(count(due()), "due")
        .expr_as(count(due().add(job::Column::DueAt.lt(now - OVERDUE))), "overdue")
        .expr_as(count(State::Running.condition(now)), "running")
        .expr_as(count(State::Waiting.condition(now)), "waiting")
        .expr_as(count(State::Quarantined.condition(now)), "quarantined")
        .expr_as(Func::min(due_at), "oldest_due_at")
        .group_by(job::Column::Kind)
        .into_model::<Row>()
        .all(db)
        .await?;
    // A kind without any work is a figure, too.
    let of = |kind: JobKind| match rows.iter().find(|row| row.kind == kind) {
        Some(row) => Figures {
            kind,
            due: row.due.unsigned_abs(),
            overdue: row.overdue.unsigned_abs(),
            running: row.running.unsigned_abs(),
            waiting: row.waiting.unsigned_abs(),
            quarantined: row.quarantined.unsigned_abs(),
            oldest_due_at: row.oldest_due_at,
        },
        None => {
            Figures { kind, due: 0, overdue: 0, running: 0, waiting: 0, quarantined: 0, oldest_due_at: None }
        }
    };
    Ok(JobKind::iter().map(of).collect())
}

/// Which work is meant; all conditions have to be met.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    /// Only of this kind.
    pub kind: Option<JobKind>,
    /// Only what stands so.
    pub state: Option<State>,
    /// Only of this workspace.
    pub workspace: Option<WorkspaceId>,
}

/// The first `limit` pieces of work that are meant: the longest due first.
///
/// # Errors
/// When the database fails.
pub async fn list(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    filter: &Filter,
    limit: u64,
) -> Result<Vec<job::Model>, DbErr> {
    let mut query = match filter.workspace {
        Some(workspace) => job::Entity::in_workspace(workspace),
        None => job::Entity::across_workspaces(),
    };
    if let Some(kind) = filter.kind {
        query = query.filter(job::Column::Kind.eq(kind));
    }
    if let Some(state) = filter.state {
        query = query.filter(state.condition(now));
    }
    let waits_for_something = Expr::expr(job::Column::DueAt.is_null());
    query
        .order_by_asc(waits_for_something)
        .order_by_asc(job::Column::DueAt)
        .order_by_asc(job::Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// A page of the work that was set aside, in the order in which it was first asked for, and how much there
/// is on all pages.
///
/// # Errors
/// When the database fails.
pub async fn set_aside(
    db: &impl ConnectionTrait,
    now: DateTime<Utc>,
    after: Option<JobId>,
    limit: u64,
) -> Result<(Vec<job::Model>, u64), DbErr> {
    let all = job::Entity::across_workspaces().filter(State::Quarantined.condition(now));
    let total = all.clone().count(db).await?;
    let page = after.map_or_else(|| all.clone(), |after| all.clone().filter(job::Column::Id.gt(after)));
    Ok((page.order_by_asc(job::Column::Id).limit(limit).all(db).await?, total))
}

impl State {
    /// A stable word for answers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Quarantined => "quarantined",
            Self::Due => "due",
            Self::Waiting => "waiting",
        }
    }
}

/// How `work` stands at `now`.
#[must_use]
pub fn state(work: &job::Model, now: DateTime<Utc>) -> State {
    match work {
        _ if work.lease_until.is_some_and(|until| until >= now) => State::Running,
        _ if work.quarantined_at.is_some() => State::Quarantined,
        _ if work.due_at.is_some_and(|at| at <= now) => State::Due,
        _ => State::Waiting,
    }
}

#[cfg(test)]
mod tests;
