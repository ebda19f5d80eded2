//! Which mails an incident caused. A mail can be about several that began together.

use sea_orm::entity::prelude::*;

use crate::{InWorkspace, IncidentId, OutboxId, WorkspaceId};

/// A row of the table `incident_mail`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "incident_mail")]
pub struct Model {
    /// The incident.
    #[sea_orm(primary_key, auto_increment = false)]
    pub incident_id: IncidentId,
    /// The mail.
    #[sea_orm(primary_key, auto_increment = false)]
    pub mail_id: OutboxId,
    /// The workspace of both.
    pub workspace_id: WorkspaceId,
}

/// No relations are declared: every look-up is written out with its workspace.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InWorkspace for Entity {
    const WORKSPACE: Column = Column::WorkspaceId;
}
