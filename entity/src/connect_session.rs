//! A return from Meta whose accounts are still to be chosen.

use sea_orm::entity::prelude::*;

use crate::{ConnectSessionId, ConnectionId, InWorkspace, UserId, WorkspaceId};

/// A row of the table `connect_session`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "connect_session")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ConnectSessionId,
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// The member who connects.
    pub user_id: UserId,
    /// The grant that came back.
    pub connection_id: ConnectionId,
    /// What was found, without any token.
    pub candidates: Json,
    /// Needed scopes that were not granted, an array of text.
    pub missing_scopes: Json,
    /// When it stops working.
    pub expires_at: DateTimeUtc,
    /// When accounts were chosen.
    pub finished_at: Option<DateTimeUtc>,
    /// When it was made.
    pub created_at: DateTimeUtc,
}

/// No relations are declared: every look-up is written out with its workspace.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InWorkspace for Entity {
    const WORKSPACE: Column = Column::WorkspaceId;
}
