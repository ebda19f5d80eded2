//! A mail that has left a transaction and is to be sent once.

use sea_orm::entity::prelude::*;

use crate::{InWorkspace, OutboxId, WorkspaceId};

/// The mails there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum MailKind {
    /// Asks to confirm an address.
    #[sea_orm(string_value = "confirm_address")]
    ConfirmAddress,
    /// Tells the owner of an address that somebody tried to sign up with it.
    #[sea_orm(string_value = "address_in_use")]
    AddressInUse,
    /// Tells an owner that an account needs them.
    #[sea_orm(string_value = "needs_reconnect")]
    NeedsReconnect,
    /// Tells the team that accounts broke, or that their numbers stopped.
    #[sea_orm(string_value = "team_alert")]
    TeamAlert,
    /// Tells an owner that a permission is about to end.
    #[sea_orm(string_value = "expires_soon")]
    ExpiresSoon,
    /// A reconnect link that a member sends.
    #[sea_orm(string_value = "reconnect_link")]
    ReconnectLink,
    /// A connect link that a member sends to a client.
    #[sea_orm(string_value = "connect_link")]
    ConnectLink,
    /// Tells that an account works again.
    #[sea_orm(string_value = "recovered")]
    Recovered,
    /// Tells whoever runs the installation that something needs them.
    #[sea_orm(string_value = "operator_notice")]
    OperatorNotice,
    /// Shows that mails arrive.
    #[sea_orm(string_value = "test")]
    Test,
    /// Tells the team that nothing is sent to a channel any more.
    #[sea_orm(string_value = "channel_disabled")]
    ChannelDisabled,
}

/// How far a mail is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum MailState {
    /// To be sent.
    #[sea_orm(string_value = "queued")]
    Queued,
    /// The mail server took it.
    #[sea_orm(string_value = "sent")]
    Sent,
    /// The mail server refused it for good.
    #[sea_orm(string_value = "failed")]
    Failed,
    /// It was overtaken by events.
    #[sea_orm(string_value = "cancelled")]
    Cancelled,
}

/// A row of the table `outbox`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    /// Its id; the Message-ID is made from it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OutboxId,
    /// The workspace; the nil id for mails to people outside any workspace.
    pub workspace_id: WorkspaceId,
    /// What makes it the same mail; unique.
    pub dedupe_key: String,
    /// Which text.
    pub kind: MailKind,
    /// The address.
    pub recipient: String,
    /// The subject line.
    pub subject: String,
    /// The link it carries; the token is made from this id when the mail is sent.
    pub link_id: Option<Uuid>,
    /// What the text needs; no secret.
    pub content: Json,
    /// How far it is.
    pub state: MailState,
    /// What the mail server said last, in a stable word.
    pub problem: Option<String>,
    /// When it was queued.
    pub created_at: DateTimeUtc,
    /// When the mail server took it.
    pub sent_at: Option<DateTimeUtc>,
}

/// No relations are declared: every look-up is written out with its workspace.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InWorkspace for Entity {
    const WORKSPACE: Column = Column::WorkspaceId;
}
