//! One continuous period in which an account needs a person.

use sea_orm::entity::prelude::*;

pub use crate::account::HealthReason;

use crate::{AccountId, InWorkspace, IncidentId, WorkspaceId};

/// How an incident ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum End {
    /// Somebody agreed at Meta once more.
    #[sea_orm(string_value = "repaired")]
    Repaired,
    /// Meta answers again, and nobody knows for how long.
    #[sea_orm(string_value = "by_itself")]
    ByItself,
    /// The account was disconnected, which is no recovery.
    #[sea_orm(string_value = "disconnected")]
    Disconnected,
}

/// A row of the table `incident`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "incident")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: IncidentId,
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// The account; only one incident of it can be open.
    pub account_id: AccountId,
    /// Why a person is needed.
    pub cause: HealthReason,
    /// When it began.
    pub opened_at: DateTimeUtc,
    /// When it ended.
    pub closed_at: Option<DateTimeUtc>,
    /// How it ended.
    pub ended: Option<End>,
}

/// No relations are declared: every look-up is written out with its workspace.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InWorkspace for Entity {
    const WORKSPACE: Column = Column::WorkspaceId;
}
