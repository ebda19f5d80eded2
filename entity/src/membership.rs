//! A person in a workspace, with a role.

use sea_orm::entity::prelude::*;

use crate::{InWorkspace, UserId, WorkspaceId};

/// What a member may do; each role includes those below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Role {
    /// Also deletes, exports and transfers the workspace.
    #[sea_orm(string_value = "owner")]
    Owner,
    /// Also manages members, settings and alerts, and disconnects accounts.
    #[sea_orm(string_value = "admin")]
    Admin,
    /// Also connects, reconnects, refreshes and collects.
    #[sea_orm(string_value = "member")]
    Member,
    /// Reads.
    #[sea_orm(string_value = "viewer")]
    Viewer,
}

/// A row of the table `membership`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "membership")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: WorkspaceId,
    /// The person.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: UserId,
    /// What the person may do there.
    pub role: Role,
    /// Whether mails about incidents in the workspace go to the person as well.
    pub wants_alerts: bool,
    /// When the person joined.
    pub created_at: DateTimeUtc,
}

/// No relations are declared: every look-up is written out with its workspace.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InWorkspace for Entity {
    const WORKSPACE: Column = Column::WorkspaceId;
}
