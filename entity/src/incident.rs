//! One continuous period in which an account needs a person.

use sea_orm::entity::prelude::*;

pub use crate::account::HealthReason;

use crate::{AccountId, InWorkspace, IncidentId, WorkspaceId};

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
}

/// No relations are declared: every look-up is written out with its workspace.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InWorkspace for Entity {
    const WORKSPACE: Column = Column::WorkspaceId;
}
