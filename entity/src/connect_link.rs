//! A link with which a client connects accounts without a login.

use sea_orm::entity::prelude::*;

pub use crate::connection::Provider;

use crate::{ConnectLinkId, InWorkspace, UserId, WorkspaceId};

/// How far a connect link is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum ConnectLinkState {
    /// Made, to be copied by the team.
    #[sea_orm(string_value = "created")]
    Created,
    /// Mailed.
    #[sea_orm(string_value = "sent")]
    Sent,
    /// Its page was opened.
    #[sea_orm(string_value = "opened")]
    Opened,
    /// The dialog was cancelled at Meta.
    #[sea_orm(string_value = "denied")]
    Denied,
    /// Accounts were connected with it; it may be used for more.
    #[sea_orm(string_value = "connected")]
    Connected,
    /// Withdrawn.
    #[sea_orm(string_value = "revoked")]
    Revoked,
}

/// A row of the table `connect_link`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "connect_link")]
pub struct Model {
    /// Its id; the token is made from it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ConnectLinkId,
    /// The workspace that gets the accounts.
    pub workspace_id: WorkspaceId,
    /// For whom it is, as the team calls them.
    pub client_name: String,
    /// The only login it offers; absent when the client decides.
    pub provider: Option<Provider>,
    /// SHA-256 of the token; unique.
    pub token_hash: String,
    /// The member who made it.
    pub created_by: UserId,
    /// How far it is.
    pub state: ConnectLinkState,
    /// The address it was mailed to.
    pub sent_to: Option<String>,
    /// Where reconnect mails of accounts connected with it go; absent when that is `sent_to` or what
    /// the client enters.
    pub contact_email: Option<String>,
    /// How often a dialog was started from it.
    pub starts: i32,
    /// When it stops working.
    pub expires_at: DateTimeUtc,
    /// When anything happened with it.
    pub last_event_at: Option<DateTimeUtc>,
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
