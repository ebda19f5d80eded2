//! A tenant: an agency or one of its teams.

use sea_orm::entity::prelude::*;

use crate::{InWorkspace, WorkspaceId};

/// A row of the table `workspace`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "workspace")]
pub struct Model {
    /// Its id; named like the column of every other table, so that scoping is the same everywhere.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: WorkspaceId,
    /// What people call it, at most 100 characters.
    pub name: String,
    /// When it was made.
    pub created_at: DateTimeUtc,
}

/// No relations are declared: every look-up is written out with its workspace.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InWorkspace for Entity {
    const WORKSPACE: Column = Column::WorkspaceId;
}
