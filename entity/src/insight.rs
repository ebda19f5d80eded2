//! One value of one metric of one account for one day.

use sea_orm::entity::prelude::*;

use crate::{AccountId, InWorkspace, WorkspaceId};

/// Whether a value may still change, or why it is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum ValueState {
    /// It will not be read again.
    #[sea_orm(string_value = "final")]
    Final,
    /// Meta may still correct it.
    #[sea_orm(string_value = "provisional")]
    Provisional,
    /// Meta has no value yet.
    #[sea_orm(string_value = "not_ready")]
    NotReady,
    /// Meta does not give this metric for this account.
    #[sea_orm(string_value = "not_supported")]
    NotSupported,
    /// The account is too small for this metric.
    #[sea_orm(string_value = "below_threshold")]
    BelowThreshold,
    /// A permission is missing.
    #[sea_orm(string_value = "no_permission")]
    NoPermission,
}

/// A row of the table `insight`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "insight")]
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
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// The value; absent when the state says why.
    pub value: Option<i64>,
    /// Whether it may still change, or why it is missing.
    pub state: ValueState,
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
