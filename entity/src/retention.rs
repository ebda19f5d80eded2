//! How long a workspace has things kept, where it has decided so itself.

use sea_orm::entity::prelude::*;

use crate::{InWorkspace, WorkspaceId};

/// For how many days it is kept what a provisional number was before it changed, where the workspace has not
/// decided.
pub const USUAL_PROVISIONAL_DAYS: i32 = 30;

/// A row of the table `retention`. A workspace without one keeps things as long as is usual.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "retention")]
pub struct Model {
    /// The workspace.
    #[sea_orm(primary_key, auto_increment = false)]
    pub workspace_id: WorkspaceId,
    /// For how many days numbers are kept; for ever if absent.
    pub numbers_days: Option<i32>,
    /// For how many days it is kept what a provisional number was before it changed.
    pub provisional_days: i32,
    /// For how many days runs and attempts to renew tokens are kept.
    pub logs_days: i32,
    /// When it was decided.
    pub updated_at: DateTimeUtc,
}

/// No relations are declared: every look-up is written out with its workspace.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InWorkspace for Entity {
    const WORKSPACE: Column = Column::WorkspaceId;
}
