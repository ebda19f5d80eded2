//! One execution of a job, as people see it.

use sea_orm::entity::prelude::*;

pub use crate::job::JobKind;
pub use crate::refresh_attempt::Trigger;

use crate::{AccountId, InWorkspace, RunId, WorkspaceId};

/// How an execution ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum RunStatus {
    /// It did what it was for.
    #[sea_orm(string_value = "succeeded")]
    Succeeded,
    /// It did not.
    #[sea_orm(string_value = "failed")]
    Failed,
    /// There was nothing to do, or it had to wait.
    #[sea_orm(string_value = "skipped")]
    Skipped,
}

/// A row of the table `run`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "run")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RunId,
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// The account it was about.
    pub account_id: Option<AccountId>,
    /// What was done.
    pub job: JobKind,
    /// What asked for it.
    pub trigger: Trigger,
    /// How it ended.
    pub status: RunStatus,
    /// Why it failed or was skipped, as a stable word.
    pub reason: Option<String>,
    /// Calls made to Meta.
    pub calls: i32,
    /// Values stored.
    pub stored: i32,
    /// When it began.
    pub started_at: DateTimeUtc,
    /// When it ended.
    pub finished_at: DateTimeUtc,
}

/// No relations are declared: every look-up is written out with its workspace.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InWorkspace for Entity {
    const WORKSPACE: Column = Column::WorkspaceId;
}
