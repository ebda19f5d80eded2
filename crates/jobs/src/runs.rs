//! What was done, as people see it.

use chrono::{DateTime, Utc};
use entity::run::{self, JobKind, RunStatus, Trigger};
use entity::{AccountId, InWorkspace as _, RunId, WorkspaceId};
use platform::World;
use sea_orm::prelude::*;
use sea_orm::{ConnectionTrait, IntoActiveModel as _, QueryOrder as _, QuerySelect as _};

/// One execution that ended.
#[derive(Clone, Debug)]
pub struct Ended {
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// The account it was about, if it was about one.
    pub account_id: Option<AccountId>,
    /// What was done.
    pub job: JobKind,
    /// What asked for it.
    pub trigger: Trigger,
    /// How it ended.
    pub status: RunStatus,
    /// Why it failed or was skipped, as a stable word.
    pub reason: Option<&'static str>,
    /// Calls made to Meta.
    pub calls: u32,
    /// Values stored.
    pub stored: u32,
    /// When it began.
    pub started_at: DateTime<Utc>,
}

/// Writes down an execution, in the transaction of its results.
///
/// # Errors
/// When the database fails.
pub async fn record(db: &impl ConnectionTrait, world: &World, ended: Ended) -> Result<run::Model, DbErr> {
    ended.row(world).into_active_model().reset_all().insert(db).await
}

/// As [`record`], of several.
///
/// # Errors
/// When the database fails.
pub async fn record_each(
    db: &impl ConnectionTrait,
    world: &World,
    ended: Vec<Ended>,
) -> Result<Vec<run::Model>, DbErr> {
    let rows: Vec<_> = ended.into_iter().map(|ended| ended.row(world)).collect();
    if !rows.is_empty() {
        let all = rows.iter().map(|row| row.clone().into_active_model().reset_all());
        run::Entity::insert_many(all).exec_without_returning(db).await?;
    }
    Ok(rows)
}

/// When the work that people asked for on `account` began which began after `since` and asked Meta anything,
/// the oldest first.
///
/// # Errors
/// When the database fails.
pub async fn by_hand(
    db: &impl ConnectionTrait,
    workspace: WorkspaceId,
    account: AccountId,
    job: JobKind,
    since: DateTime<Utc>,
) -> Result<Vec<DateTime<Utc>>, DbErr> {
    run::Entity::in_workspace(workspace)
        .select_only()
        .column(run::Column::StartedAt)
        .filter(run::Column::AccountId.eq(account))
        .filter(run::Column::StartedAt.gt(since))
        .filter(run::Column::Job.eq(job))
        .filter(run::Column::Calls.gt(0))
        .filter(run::Column::Trigger.eq(Trigger::Manual))
        .order_by_asc(run::Column::StartedAt)
        .into_tuple()
        .all(db)
        .await
}

impl Ended {
    fn row(self, world: &World) -> run::Model {
        run::Model {
            id: RunId(world.new_id()),
            workspace_id: self.workspace_id,
            account_id: self.account_id,
            job: self.job,
            trigger: self.trigger,
            status: self.status,
            reason: self.reason.map(str::to_owned),
            calls: i32::try_from(self.calls).unwrap_or(i32::MAX),
            stored: i32::try_from(self.stored).unwrap_or(i32::MAX),
            started_at: self.started_at,
            finished_at: world.now(),
        }
    }
}
