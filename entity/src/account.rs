//! A connected Instagram professional account in one workspace.

use sea_orm::entity::prelude::*;

pub use crate::connection::Provider;

use crate::{AccountId, ConnectionId, InWorkspace, WorkspaceId};

/// The stored part of token health; `due` and `refreshing` follow from the grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Health {
    /// Meta proved that it can be read.
    #[sea_orm(string_value = "healthy")]
    Healthy,
    /// The user token is new, the Page token is not yet.
    #[sea_orm(string_value = "pages_stale")]
    PagesStale,
    /// Meta asked to wait.
    #[sea_orm(string_value = "throttled")]
    Throttled,
    /// The owner has something to settle with Meta; the grant may heal by itself.
    #[sea_orm(string_value = "action_needed")]
    ActionNeeded,
    /// A scope or a Page task is missing.
    #[sea_orm(string_value = "permission_missing")]
    PermissionMissing,
    /// Only a new authorisation helps.
    #[sea_orm(string_value = "needs_reconnect")]
    NeedsReconnect,
    /// The stored token does not open; an operator's matter.
    #[sea_orm(string_value = "token_unreadable")]
    TokenUnreadable,
    /// Work on it kept crashing.
    #[sea_orm(string_value = "quarantined")]
    Quarantined,
    /// Somebody disconnected it.
    #[sea_orm(string_value = "disconnected")]
    Disconnected,
}

/// Why an account is not healthy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum HealthReason {
    /// The token expired.
    #[sea_orm(string_value = "expired")]
    Expired,
    /// The owner removed the app.
    #[sea_orm(string_value = "app_removed")]
    AppRemoved,
    /// The owner changed the password.
    #[sea_orm(string_value = "password_changed")]
    PasswordChanged,
    /// Meta wants the owner to confirm something.
    #[sea_orm(string_value = "checkpoint")]
    Checkpoint,
    /// The owner's Facebook account is not confirmed.
    #[sea_orm(string_value = "unconfirmed")]
    Unconfirmed,
    /// Meta ended the session without saying why.
    #[sea_orm(string_value = "session_invalid")]
    SessionInvalid,
    /// The person lost the role on the Page.
    #[sea_orm(string_value = "page_role_lost")]
    PageRoleLost,
    /// A needed permission was not granted or was withdrawn.
    #[sea_orm(string_value = "permission_missing")]
    PermissionMissing,
    /// The account is gone or no longer professional.
    #[sea_orm(string_value = "account_gone")]
    AccountGone,
    /// The stored token does not open.
    #[sea_orm(string_value = "token_unreadable")]
    TokenUnreadable,
    /// A member disconnected it.
    #[sea_orm(string_value = "disconnected")]
    Disconnected,
}

/// A row of the table `account`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AccountId,
    /// The workspace; (workspace, instagram_id) is unique.
    pub workspace_id: WorkspaceId,
    /// The grant it is read through; absent after a disconnect.
    pub connection_id: Option<ConnectionId>,
    /// Which login it was connected through.
    pub provider: Provider,
    /// Meta's id of the professional account.
    pub instagram_id: String,
    /// The handle, without @.
    pub username: String,
    /// The display name.
    pub name: Option<String>,
    /// Followers at the last look.
    pub followers_count: Option<i64>,
    /// The linked Page (Facebook Login).
    pub page_id: Option<String>,
    /// Its name.
    pub page_name: Option<String>,
    /// Where reconnect mails go.
    pub contact_email: Option<String>,
    /// Its state; changed in one function only.
    pub health: Health,
    /// Why it is not healthy.
    pub health_reason: Option<HealthReason>,
    /// Since when it has this state.
    pub health_since: DateTimeUtc,
    /// The last proof from Meta that the account can be read.
    pub verified_at: Option<DateTimeUtc>,
    /// When Meta first refused this account's own token without a confirmation so far.
    pub suspected_at: Option<DateTimeUtc>,
    /// Since when Meta answers questions about it as if it did not exist.
    pub gone_since: Option<DateTimeUtc>,
    /// When it was last found out for certain that it is refused.
    pub refused_at: Option<DateTimeUtc>,
    /// Since when the brake keeps it from being declared broken.
    pub held_since: Option<DateTimeUtc>,
    /// What it would be declared broken for.
    pub held_reason: Option<HealthReason>,
    /// When insights were last collected successfully.
    pub insights_collected_at: Option<DateTimeUtc>,
    /// When an audience snapshot was last taken.
    pub audience_collected_at: Option<DateTimeUtc>,
    /// When its media and stories were last listed.
    pub media_collected_at: Option<DateTimeUtc>,
    /// When its posts and reels were last listed: near a limit of Meta's only stories are.
    pub posts_listed_at: Option<DateTimeUtc>,
    /// When it was first connected.
    pub connected_at: DateTimeUtc,
    /// When it was disconnected.
    pub disconnected_at: Option<DateTimeUtc>,
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
