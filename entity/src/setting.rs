//! What operators change while everything runs.

use sea_orm::entity::prelude::*;

use crate::Global;

/// A row of the table `setting`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "setting")]
pub struct Model {
    /// Its name, such as `brake.released_until`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// What it is set to.
    pub value: Json,
    /// When it was set.
    pub updated_at: DateTimeUtc,
}

/// No relations are declared: every look-up is written out with its workspace.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Global for Entity {}
