//! A person who can sign in.

use sea_orm::entity::prelude::*;

use crate::{Global, UserId};

/// A row of the table `user`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "user")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: UserId,
    /// The address in lower case; unique.
    pub email: String,
    /// What the person is called, at most 100 characters.
    pub name: String,
    /// Argon2id in PHC form.
    pub password_hash: String,
    /// When the address was confirmed; nobody signs in before.
    pub confirmed_at: Option<DateTimeUtc>,
    /// Wrong passwords in a row.
    pub failed_sign_ins: i32,
    /// No attempt is looked at before this moment.
    pub sign_in_after: Option<DateTimeUtc>,
    /// When the person signed up.
    pub created_at: DateTimeUtc,
}

/// No relations are declared: every look-up is written out with its workspace.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Global for Entity {}
