//! One attempt to renew a token; committed before Meta is called.

use sea_orm::entity::prelude::*;

use crate::{ConnectionId, InWorkspace, RefreshAttemptId, WorkspaceId};

/// What asked for work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Trigger {
    /// Its time had come.
    #[sea_orm(string_value = "scheduled")]
    Scheduled,
    /// A person or a command.
    #[sea_orm(string_value = "manual")]
    Manual,
    /// A call that Meta answered with error 190.
    #[sea_orm(string_value = "on_demand")]
    OnDemand,
    /// A simulation.
    #[sea_orm(string_value = "test")]
    Test,
}

/// How an attempt to renew a token ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum RefreshOutcome {
    /// It is running, or its process died.
    #[sea_orm(string_value = "started")]
    Started,
    /// The expiry moved.
    #[sea_orm(string_value = "succeeded")]
    Succeeded,
    /// Meta answered, but the expiry did not move.
    #[sea_orm(string_value = "not_extended")]
    NotExtended,
    /// Meta refused or could not be reached.
    #[sea_orm(string_value = "failed")]
    Failed,
    /// The process that made it died; what Meta did is unknown.
    #[sea_orm(string_value = "interrupted")]
    Interrupted,
}

/// A row of the table `refresh_attempt`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "refresh_attempt")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RefreshAttemptId,
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// The grant.
    pub connection_id: ConnectionId,
    /// What asked for it.
    pub trigger: Trigger,
    /// How it ended.
    pub outcome: RefreshOutcome,
    /// The class of Meta's refusal.
    pub error_class: Option<String>,
    /// Meta's error code.
    pub code: Option<i64>,
    /// Meta's error subcode.
    pub subcode: Option<i64>,
    /// Expiry before.
    pub old_expires_at: Option<DateTimeUtc>,
    /// Expiry after.
    pub new_expires_at: Option<DateTimeUtc>,
    /// When it began.
    pub started_at: DateTimeUtc,
    /// When it ended.
    pub finished_at: Option<DateTimeUtc>,
}

/// No relations are declared: every look-up is written out with its workspace.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InWorkspace for Entity {
    const WORKSPACE: Column = Column::WorkspaceId;
}
