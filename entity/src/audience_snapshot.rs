//! Who the audience of an account was on one day.

use sea_orm::entity::prelude::*;

pub use crate::insight::ValueState;

use crate::{AccountId, InWorkspace, WorkspaceId};

/// The audiences Meta knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum AudienceKind {
    /// People who follow.
    #[sea_orm(string_value = "followers")]
    Followers,
    /// People who interacted.
    #[sea_orm(string_value = "engaged")]
    Engaged,
}

/// A row of the table `audience_snapshot`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audience_snapshot")]
pub struct Model {
    /// The account.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: AccountId,
    /// Which audience.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: AudienceKind,
    /// The dimensions, joined by a comma.
    #[sea_orm(primary_key, auto_increment = false)]
    pub breakdown: String,
    /// The day it was taken, in Meta's Pacific calendar.
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: Date,
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// The timeframe that was asked for.
    pub timeframe: String,
    /// Whether there are segments, or why not.
    pub state: ValueState,
    /// An array of `{keys: [..], value}`.
    pub segments: Json,
    /// All people of the audience, where Meta says how many there are.
    pub people: Option<i64>,
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
