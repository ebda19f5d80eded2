//! A span whose stories are lost: those published in it came and went while nobody looked.

use sea_orm::entity::prelude::*;

use crate::{AccountId, InWorkspace, WorkspaceId};

/// A row of the table `story_gap`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "story_gap")]
pub struct Model {
    /// The account.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: AccountId,
    /// When stories had last been listed.
    #[sea_orm(primary_key, auto_increment = false)]
    pub from_at: DateTimeUtc,
    /// From when on stories were still up when they were listed again.
    pub to_at: DateTimeUtc,
    /// The workspace.
    pub workspace_id: WorkspaceId,
}

/// No relations are declared: every look-up is written out with its workspace.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InWorkspace for Entity {
    const WORKSPACE: Column = Column::WorkspaceId;
}
