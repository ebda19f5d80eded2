//! What a value was before Meta changed it.

use sea_orm::entity::prelude::*;

use crate::insight::ValueState;
use crate::{AccountId, InWorkspace, WorkspaceId};

/// A row of the table `insight_revision`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "insight_revision")]
pub struct Model {
    /// The account.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: AccountId,
    /// The metric, by its name in the catalogue.
    #[sea_orm(primary_key, auto_increment = false)]
    pub metric: String,
    /// `dimension=value`, or empty for the whole.
    #[sea_orm(primary_key, auto_increment = false)]
    pub breakdown: String,
    /// The period, in Meta's word.
    #[sea_orm(primary_key, auto_increment = false)]
    pub period: String,
    /// The day in Meta's Pacific calendar.
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: Date,
    /// When Meta gave the new value.
    #[sea_orm(primary_key, auto_increment = false)]
    pub revised_at: DateTimeUtc,
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// What it was.
    pub old_value: i64,
    /// Whether that could still change.
    pub old_state: ValueState,
    /// When Meta gave that.
    pub old_collected_at: DateTimeUtc,
    /// What it became.
    pub new_value: i64,
}

/// No relations are declared: every look-up is written out with its workspace.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InWorkspace for Entity {
    const WORKSPACE: Column = Column::WorkspaceId;
}
