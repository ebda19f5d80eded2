//! What one metric of one media had grown to on one day. A day on which it was read and had not changed
//! has no row of its own: it had the value of the row before.

use sea_orm::entity::prelude::*;

use crate::{InWorkspace, MediaId, WorkspaceId};

/// A row of the table `media_insight_day`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "media_insight_day")]
pub struct Model {
    /// The media.
    #[sea_orm(primary_key, auto_increment = false)]
    pub media_id: MediaId,
    /// The metric, by its key in the catalogue of media.
    #[sea_orm(primary_key, auto_increment = false)]
    pub metric: String,
    /// The day of the reading, in Meta's Pacific calendar.
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: Date,
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// The value at the last reading of that day.
    pub value: i64,
}

/// No relations are declared: every look-up is written out with its workspace.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InWorkspace for Entity {
    const WORKSPACE: Column = Column::WorkspaceId;
}
