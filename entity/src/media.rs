//! A post, a reel or a story of an account.

use sea_orm::entity::prelude::*;

use crate::{AccountId, InWorkspace, MediaId, WorkspaceId};

/// What a media is, by the numbers that Meta has for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum MediaKind {
    /// A picture, a film or an album in the feed.
    #[sea_orm(string_value = "feed")]
    Feed,
    /// A reel.
    #[sea_orm(string_value = "reels")]
    Reels,
    /// A story: it is up for 24 hours.
    #[sea_orm(string_value = "story")]
    Story,
}

/// What a media is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum MediaFormat {
    /// One picture.
    #[sea_orm(string_value = "image")]
    Image,
    /// One film.
    #[sea_orm(string_value = "video")]
    Video,
    /// Several pictures or films.
    #[sea_orm(string_value = "album")]
    Album,
}

/// A row of the table `media`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "media")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MediaId,
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// The account.
    pub account_id: AccountId,
    /// Meta's id; (account, meta_id) is unique.
    pub meta_id: String,
    /// What it is.
    pub kind: MediaKind,
    /// What it is made of, where Meta says so.
    pub format: Option<MediaFormat>,
    /// The text below it.
    pub caption: Option<String>,
    /// Its page on Instagram.
    pub permalink: Option<String>,
    /// Whether its owner hides how many like it, as it was listed last.
    pub likes_hidden: bool,
    /// When it was published, in whole seconds.
    pub posted_at: DateTimeUtc,
    /// When it was first listed.
    pub seen_at: DateTimeUtc,
    /// When its numbers were last read.
    pub read_at: Option<DateTimeUtc>,
    /// From when on they are to be read again; absent when they never are.
    pub read_due_at: Option<DateTimeUtc>,
    /// Of a story: when its numbers were read at the end of its life, which is the last word on it.
    pub captured_at: Option<DateTimeUtc>,
    /// When Meta said that it does not exist any more.
    pub gone_at: Option<DateTimeUtc>,
}

/// No relations are declared: every look-up is written out with its workspace.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InWorkspace for Entity {
    const WORKSPACE: Column = Column::WorkspaceId;
}
