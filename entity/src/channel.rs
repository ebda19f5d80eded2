//! A channel besides mail: a Slack webhook, or a webhook of the team's own.

use sea_orm::entity::prelude::*;

use crate::{ChannelId, InWorkspace, WorkspaceId};

/// The kinds of channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum ChannelKind {
    /// An incoming webhook of Slack: gets short texts.
    #[sea_orm(string_value = "slack")]
    Slack,
    /// A webhook of the team's own: gets signed JSON.
    #[sea_orm(string_value = "webhook")]
    Webhook,
}

/// Why nothing is sent to a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum DisabledReason {
    /// A member disabled it.
    #[sea_orm(string_value = "by_member")]
    ByMember,
    /// The receiver answered that it is gone for good.
    #[sea_orm(string_value = "gone")]
    Gone,
    /// For days nothing reached the receiver.
    #[sea_orm(string_value = "failing")]
    Failing,
}

/// A row of the table `channel`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "channel")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ChannelId,
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// Which kind.
    pub kind: ChannelKind,
    /// What people call it, at most 100 characters.
    pub name: String,
    /// Scheme and host of its address and a masked rest; the address itself is sealed.
    pub address_shown: String,
    /// The types of events it gets, as a list of their names.
    pub events: Json,
    /// Since when nothing is sent to it.
    pub disabled_at: Option<DateTimeUtc>,
    /// Why.
    pub disabled_reason: Option<DisabledReason>,
    /// Since when everything that was tried long enough was given up.
    pub failing_since: Option<DateTimeUtc>,
    /// Until when the receiver asked to wait.
    pub paused_until: Option<DateTimeUtc>,
    /// When it was made.
    pub created_at: DateTimeUtc,
    /// When somebody last changed it.
    pub updated_at: DateTimeUtc,
}

/// No relations are declared: every look-up is written out with its workspace.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InWorkspace for Entity {
    const WORKSPACE: Column = Column::WorkspaceId;
}
