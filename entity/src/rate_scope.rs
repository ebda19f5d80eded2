//! What is left of a rate limit of Meta's, shared by all processes.

use sea_orm::entity::prelude::*;

use crate::Global;

/// A row of the table `rate_scope`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "rate_scope")]
pub struct Model {
    /// What the limit is for, such as `account:17841…` or `app:facebook`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub scope: String,
    /// The hour the calls are counted in.
    pub window_start: DateTimeUtc,
    /// Calls made in that hour.
    pub calls: i32,
    /// The highest usage that Meta last reported.
    pub usage_percent: i32,
    /// When it did.
    pub usage_at: Option<DateTimeUtc>,
    /// How often Meta has refused such calls since they were last accepted.
    pub refusals: i32,
    /// How often they have rested for it.
    pub rests: i32,
    /// No call before this moment.
    pub paused_until: Option<DateTimeUtc>,
    /// When anything in the row last changed.
    pub updated_at: DateTimeUtc,
}

/// No relations are declared: every look-up is written out with its workspace.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Global for Entity {}
