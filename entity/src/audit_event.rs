//! Who did what; never changed and never deleted by the api.

use sea_orm::entity::prelude::*;

use crate::{InWorkspace, UserId, WorkspaceId};

/// A row of the table `audit_event`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_event")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The workspace; the nil id for what concerns a person only.
    pub workspace_id: WorkspaceId,
    /// Who did it; absent for the worker and for links.
    pub user_id: Option<UserId>,
    /// What was done, such as `account.connected`.
    pub action: String,
    /// To what.
    pub subject_id: Option<Uuid>,
    /// More about it; no secret.
    pub detail: Json,
    /// When.
    pub at: DateTimeUtc,
}

/// No relations are declared: every look-up is written out with its workspace.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InWorkspace for Entity {
    const WORKSPACE: Column = Column::WorkspaceId;
}
