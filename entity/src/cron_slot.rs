//! A slot of a cron line that one process has taken.

use sea_orm::entity::prelude::*;

use crate::Global;

/// A row of the table `cron_slot`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "cron_slot")]
pub struct Model {
    /// The name of the line.
    #[sea_orm(primary_key, auto_increment = false)]
    pub line: String,
    /// The moment it fired for.
    #[sea_orm(primary_key, auto_increment = false)]
    pub slot: DateTimeUtc,
}

/// No relations are declared: every look-up is written out with its workspace.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Global for Entity {}
