//! A metric that Meta refused for the media of one kind of an account.

use sea_orm::entity::prelude::*;

use crate::media::MediaKind;
use crate::{AccountId, InWorkspace, WorkspaceId};

/// A row of the table `media_refusal`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "media_refusal")]
pub struct Model {
    /// The account.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: AccountId,
    /// The kind of its media.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: MediaKind,
    /// Meta's name of the metric.
    #[sea_orm(primary_key, auto_increment = false)]
    pub metric: String,
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// When it was refused; after a while it is asked for again.
    pub refused_at: DateTimeUtc,
}

/// No relations are declared: every look-up is written out with its workspace.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InWorkspace for Entity {
    const WORKSPACE: Column = Column::WorkspaceId;
}
