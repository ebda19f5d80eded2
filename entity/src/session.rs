//! A signed-in browser or program, and its rotating refresh token.

use sea_orm::entity::prelude::*;

use crate::{Global, SessionId, UserId};

/// A row of the table `session`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    /// Its id; the access token names it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SessionId,
    /// Whose it is.
    pub user_id: UserId,
    /// SHA-256 of the refresh token that is valid now; unique.
    pub refresh_hash: String,
    /// SHA-256 of the one before, accepted for a few seconds after a rotation.
    pub previous_hash: Option<String>,
    /// When the refresh token last changed.
    pub rotated_at: DateTimeUtc,
    /// It ends here unless it is used before.
    pub idle_until: DateTimeUtc,
    /// It ends here in any case.
    pub expires_at: DateTimeUtc,
    /// When it was ended by the person or by a security rule.
    pub ended_at: Option<DateTimeUtc>,
    /// When the person signed in.
    pub created_at: DateTimeUtc,
}

/// No relations are declared: every look-up is written out with its workspace.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Global for Entity {}
