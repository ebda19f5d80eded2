//! A token of Meta's, sealed.

use sea_orm::entity::prelude::*;

use crate::{ConnectionId, InWorkspace, WorkspaceId};

/// The kinds of token that are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum TokenKind {
    /// Facebook user token; renewable.
    #[sea_orm(string_value = "user")]
    User,
    /// Page token; has no expiry of its own.
    #[sea_orm(string_value = "page")]
    Page,
    /// Instagram user token; renewable.
    #[sea_orm(string_value = "instagram")]
    Instagram,
}

/// A row of the table `sealed_token`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sealed_token")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// The grant it belongs to.
    pub connection_id: ConnectionId,
    /// What it opens: the grant for a user token, the account for a Page token; (subject, kind) is unique.
    pub subject_id: Uuid,
    /// What Meta calls it.
    pub kind: TokenKind,
    /// `v1.<key id>.<nonce>.<ciphertext and tag>`.
    pub ciphertext: String,
    /// The key it was sealed with.
    pub key_id: String,
    /// Rises with every new token in this row.
    pub version: i64,
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
