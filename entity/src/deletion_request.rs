//! A request to delete a person's data that came through Meta.

use sea_orm::entity::prelude::*;

use crate::Global;

/// A row of the table `deletion_request`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "deletion_request")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// SHA-256 of the confirmation code; unique.
    pub code_hash: String,
    /// A keyed hash of the person's id at Meta, so that a restored backup can have it applied again.
    pub person_hash: String,
    /// When it came.
    pub requested_at: DateTimeUtc,
    /// When everything was deleted.
    pub completed_at: Option<DateTimeUtc>,
}

/// No relations are declared: every look-up is written out.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Global for Entity {}
