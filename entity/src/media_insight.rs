//! The newest value of one metric of one media.

use sea_orm::entity::prelude::*;

use crate::{InWorkspace, MediaId, WorkspaceId};

/// Whether there is a value, or why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum FigureState {
    /// There is one.
    #[sea_orm(string_value = "known")]
    Known,
    /// Meta has none yet.
    #[sea_orm(string_value = "not_ready")]
    NotReady,
    /// Meta does not give this metric for this media.
    #[sea_orm(string_value = "not_supported")]
    NotSupported,
    /// Too few people have seen it.
    #[sea_orm(string_value = "below_threshold")]
    BelowThreshold,
    /// Its owner hides it.
    #[sea_orm(string_value = "hidden")]
    Hidden,
}

/// A row of the table `media_insight`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "media_insight")]
pub struct Model {
    /// The media.
    #[sea_orm(primary_key, auto_increment = false)]
    pub media_id: MediaId,
    /// The metric, by its key in the catalogue of media.
    #[sea_orm(primary_key, auto_increment = false)]
    pub metric: String,
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// The value over the whole life of the media, in the unit of the metric; absent when the state says
    /// why.
    pub value: Option<i64>,
    /// Whether there is a value, or why not.
    pub state: FigureState,
    /// When Meta gave it.
    pub collected_at: DateTimeUtc,
}

/// No relations are declared: every look-up is written out with its workspace.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InWorkspace for Entity {
    const WORKSPACE: Column = Column::WorkspaceId;
}
