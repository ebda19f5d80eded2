//! A mailed link that proves an address.

use sea_orm::entity::prelude::*;

use crate::{Global, UserId};

/// What a mailed link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum EmailLinkPurpose {
    /// Confirms the address given at sign-up.
    #[sea_orm(string_value = "confirm_address")]
    ConfirmAddress,
}

/// A row of the table `email_link`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "email_link")]
pub struct Model {
    /// Its id; the token is made from it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose address it proves.
    pub user_id: UserId,
    /// What it is for.
    pub purpose: EmailLinkPurpose,
    /// SHA-256 of the token; unique.
    pub token_hash: String,
    /// The name given at the sign-up that it confirms.
    pub name: Option<String>,
    /// The password given there, hashed with Argon2id.
    pub password_hash: Option<String>,
    /// When it stops working.
    pub expires_at: DateTimeUtc,
    /// When it was used.
    pub used_at: Option<DateTimeUtc>,
    /// When it was made.
    pub created_at: DateTimeUtc,
}

/// No relations are declared: every look-up is written out with its workspace.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Global for Entity {}
