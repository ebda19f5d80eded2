//! A link with which an account owner repairs one account without a login.

use sea_orm::entity::prelude::*;

use crate::{AccountId, InWorkspace, IncidentId, LinkId, UserId, WorkspaceId};

/// How far a reconnect link is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum LinkState {
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
    /// Another account was chosen at Meta.
    #[sea_orm(string_value = "wrong_account")]
    WrongAccount,
    /// The account was repaired.
    #[sea_orm(string_value = "done")]
    Done,
    /// Withdrawn, or replaced by a newer one.
    #[sea_orm(string_value = "revoked")]
    Revoked,
}

/// A row of the table `reconnect_link`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reconnect_link")]
pub struct Model {
    /// Its id; the token is made from it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: LinkId,
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// The only account it can repair.
    pub account_id: AccountId,
    /// The incident it was made for.
    pub incident_id: Option<IncidentId>,
    /// SHA-256 of the token; unique.
    pub token_hash: String,
    /// The member who made it; absent when the worker did.
    pub created_by: Option<UserId>,
    /// How far it is.
    pub state: LinkState,
    /// The address it was mailed to.
    pub sent_to: Option<String>,
    /// How often the dialog was started from it.
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
