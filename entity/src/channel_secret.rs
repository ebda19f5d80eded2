//! What is secret about a channel, sealed.

use sea_orm::entity::prelude::*;

use crate::{ChannelId, InWorkspace, WorkspaceId};

/// The secrets that a channel has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum SecretKind {
    /// Where it is: whoever knows a Slack address can write there.
    #[sea_orm(string_value = "address")]
    Address,
    /// What its events are signed with.
    #[sea_orm(string_value = "signing")]
    Signing,
    /// What they were signed with before, and still are for a day.
    #[sea_orm(string_value = "previous_signing")]
    PreviousSigning,
}

/// A row of the table `channel_secret`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "channel_secret")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// The channel; (channel, kind) is unique.
    pub channel_id: ChannelId,
    /// What it is.
    pub kind: SecretKind,
    /// `v1.<key id>.<nonce>.<ciphertext and tag>`.
    pub ciphertext: String,
    /// The key it was sealed with.
    pub key_id: String,
    /// When it stops being used; absent while it is the current one.
    pub valid_until: Option<DateTimeUtc>,
    /// When it was last written.
    pub updated_at: DateTimeUtc,
}

/// No relations are declared: every look-up is written out with its workspace.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InWorkspace for Entity {
    const WORKSPACE: Column = Column::WorkspaceId;
}
