//! What Meta refused for an account, and until when it is not asked for again.

use sea_orm::entity::prelude::*;

use crate::insight::ValueState;
use crate::{AccountId, InWorkspace, WorkspaceId};

/// A row of the table `refused_metric`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "refused_metric")]
pub struct Model {
    /// The account.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: AccountId,
    /// The metric by Meta's name, with ` by ` and the dimensions where only that was refused.
    #[sea_orm(primary_key, auto_increment = false)]
    pub what: String,
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// Why there are no values.
    pub reason: ValueState,
    /// When Meta said so.
    pub refused_at: DateTimeUtc,
    /// Until when it is not asked for.
    pub until: DateTimeUtc,
}

/// No relations are declared: every look-up is written out with its workspace.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InWorkspace for Entity {
    const WORKSPACE: Column = Column::WorkspaceId;
}
