//! What was done, as people see it.

use chrono::{DateTime, Utc};
use entity::run::{self, JobKind, RunStatus, Trigger};
use entity::{AccountId, RunId, WorkspaceId};
use platform::World;
use sea_orm::prelude::*;
use sea_orm::{ActiveValue::Set, ConnectionTrait};

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
    run::ActiveModel {
        id: Set(RunId(world.new_id())),
        workspace_id: Set(ended.workspace_id),
        account_id: Set(ended.account_id),
        job: Set(ended.job),
        trigger: Set(ended.trigger),
        status: Set(ended.status),
        reason: Set(ended.reason.map(str::to_owned)),
        calls: Set(i32::try_from(ended.calls).unwrap_or(i32::MAX)),
        stored: Set(i32::try_from(ended.stored).unwrap_or(i32::MAX)),
        started_at: Set(ended.started_at),
        finished_at: Set(world.now()),
    }
    .insert(db)
    .await
}
