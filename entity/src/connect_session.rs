//! A return from Meta whose accounts are still to be chosen.

use sea_orm::entity::prelude::*;

use crate::{ConnectLinkId, ConnectSessionId, ConnectionId, InWorkspace, UserId, WorkspaceId};

/// A row of the table `connect_session`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "connect_session")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ConnectSessionId,
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// The member who connects; absent when it is a client.
    pub user_id: Option<UserId>,
    /// The link that the client came with.
    pub connect_link_id: Option<ConnectLinkId>,
    /// SHA-256 of the cookie of the client's browser.
    pub browser_hash: Option<String>,
    /// The grant that came back.
    pub connection_id: ConnectionId,
    /// What was found, without any token.
    pub candidates: Json,
    /// Needed scopes that were not granted, an array of text.
    pub missing_scopes: Json,
    /// Meta's ids of the accounts that were chosen, an array of text; absent before the choice.
    pub chosen: Option<Json>,
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
