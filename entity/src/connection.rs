//! A grant: one authorisation that a Meta user gave for one workspace.

use sea_orm::entity::prelude::*;

use crate::{ConnectionId, InWorkspace, WorkspaceId};

/// A login that Meta offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Provider {
    /// Facebook Login: accounts are read through a Page.
    #[sea_orm(string_value = "facebook_login")]
    FacebookLogin,
    /// Instagram API with Instagram Login.
    #[sea_orm(string_value = "instagram_login")]
    InstagramLogin,
}

/// A row of the table `connection`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "connection")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ConnectionId,
    /// The workspace; (workspace, provider, Meta user) is unique.
    pub workspace_id: WorkspaceId,
    /// Which login it came through.
    pub provider: Provider,
    /// The app-scoped id of the Meta user; deauthorize callbacks name it.
    pub meta_user_id: String,
    /// What Meta calls that user.
    pub meta_user_name: String,
    /// The granted scopes, an array of text.
    pub scopes: Json,
    /// When the renewable token expires; absent when it never does or is unknown.
    pub token_expires_at: Option<DateTimeUtc>,
    /// Meta said that the token has no expiry.
    pub token_never_expires: bool,
    /// When Meta gave us the renewable token; no other edit changes it.
    pub token_issued_at: DateTimeUtc,
    /// When Meta stops giving this person's data without a new consent.
    pub data_access_expires_at: Option<DateTimeUtc>,
    /// When Meta last proved that the token works.
    pub verified_at: Option<DateTimeUtc>,
    /// When the token was last renewed.
    pub refreshed_at: Option<DateTimeUtc>,
    /// By how much sooner than others the next renewal comes, because the last one was late; in seconds.
    pub renew_sooner_seconds: i64,
    /// What was known of the token before this moment is not to be relied on: the next check asks Meta.
    pub validation_cleared_at: Option<DateTimeUtc>,
    /// When its renewal was last made due at once because somebody looked.
    pub hurried_at: Option<DateTimeUtc>,
    /// The user token is newer than the Page tokens; they are to be asked for again.
    pub pages_stale: bool,
    /// When Meta first refused the token without a confirmation so far.
    pub suspected_at: Option<DateTimeUtc>,
    /// Rises with every new token; a writer that read an older one has lost.
    pub token_version: i64,
    /// Who is renewing the token now.
    pub lease_owner: Option<String>,
    /// When that claim ends by itself.
    pub lease_until: Option<DateTimeUtc>,
    /// Rises with every claim; the fencing number of the refresh.
    pub lease_term: i64,
    /// When it was first given.
    pub created_at: DateTimeUtc,
    /// When anything in the row last changed.
    pub updated_at: DateTimeUtc,
}

/// No relations are declared: every look-up is written out with its workspace.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InWorkspace for Entity {
    const WORKSPACE: Column = Column::WorkspaceId;
}
