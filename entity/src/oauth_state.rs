//! The state parameter of one authorisation, by its hash.

use sea_orm::entity::prelude::*;

pub use crate::connection::Provider;

use crate::{AccountId, ConnectLinkId, InWorkspace, LinkId, SessionId, WorkspaceId};

/// What an authorisation is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum OauthPurpose {
    /// Connecting new accounts, by a member.
    #[sea_orm(string_value = "connect")]
    Connect,
    /// Connecting new accounts, by a client from a connect link.
    #[sea_orm(string_value = "client_connect")]
    ClientConnect,
    /// Repairing one account.
    #[sea_orm(string_value = "reconnect")]
    Reconnect,
}

/// A row of the table `oauth_state`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "oauth_state")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The workspace it is for.
    pub workspace_id: WorkspaceId,
    /// SHA-256 of the state; unique.
    pub state_hash: String,
    /// SHA-256 of the cookie of the browser that began.
    pub browser_hash: String,
    /// What it is for.
    pub purpose: OauthPurpose,
    /// At which login.
    pub provider: Provider,
    /// The session that began it.
    pub session_id: Option<SessionId>,
    /// The reconnect link that began it.
    pub link_id: Option<LinkId>,
    /// The connect link that began it.
    pub connect_link_id: Option<ConnectLinkId>,
    /// The account that must come back.
    pub account_id: Option<AccountId>,
    /// When it stops working.
    pub expires_at: DateTimeUtc,
    /// When it was used.
    pub used_at: Option<DateTimeUtc>,
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
