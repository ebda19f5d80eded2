//! How long a workspace has its numbers and logs kept.

use std::ops::RangeInclusive;

use entity::retention::{self, USUAL_PROVISIONAL_DAYS};
use entity::{InWorkspace as _, WorkspaceId};
use sea_orm::Set;
use sea_orm::prelude::*;
use sea_orm::sea_query::OnConflict;
use serde_json::json;

use crate::Identity;
use crate::actor::{Forbidden, Member, Role};
use crate::audit::{self, Event};

/// How long numbers can be kept: Meta gives those of the last 400 days once more, and what is missing of
/// them is fetched, so that no sooner anything would go for good.
pub const NUMBERS_DAYS: RangeInclusive<i32> = 401..=3_660;
/// How long it can be kept what a provisional number was before it changed: until it is final at least.
pub const PROVISIONAL_DAYS: RangeInclusive<i32> = 4..=400;
/// How long logs can be kept: what is told of a month must be there.
pub const LOGS_DAYS: RangeInclusive<i32> = 31..=3_660;

/// How long a workspace has things kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// For how many days numbers and audiences are; for ever if `None`.
    pub numbers_days: Option<i32>,
    /// For how many days it is kept what a provisional number was before it changed.
    pub provisional_days: i32,
    /// For how many days runs and attempts to renew tokens are kept.
    pub logs_days: i32,
}

/// Why it was not set.
#[derive(Debug, thiserror::Error)]
pub enum RetentionError {
    /// Only admins may.
    #[error("only admins decide how long things are kept")]
    Forbidden(#[from] Forbidden),
    /// The days of this field are not within these bounds.
    #[error("{field} must be from {} to {}", .allowed.start(), .allowed.end())]
    OutOfRange {
        /// Which field, as the API calls it.
        field: &'static str,
        /// What it may be.
        allowed: RangeInclusive<i32>,
    },
    /// The database failed.
    #[error("the database failed")]
    Database(#[from] DbErr),
}

impl Identity {
    /// How long `workspace` has things kept; logs as long as `usual_logs_days` where it has not decided.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn retention(&self, workspace: WorkspaceId, usual_logs_days: i32) -> Result<Retention, DbErr> {
        let row = retention::Entity::in_workspace(workspace).one(&*self.db).await?;
        Ok(row.map_or(
            Retention {
                numbers_days: None,
                provisional_days: USUAL_PROVISIONAL_DAYS,
                logs_days: usual_logs_days,
            },
            |row| Retention {
                numbers_days: row.numbers_days,
                provisional_days: row.provisional_days,
                logs_days: row.logs_days,
            },
        ))
    }

    /// Decides how long the workspace of `member` has things kept. What is older goes within the day.
    ///
    /// # Errors
    /// See [`RetentionError`].
    pub async fn set_retention(&self, member: &Member, wanted: Retention) -> Result<(), RetentionError> {
        member.require(Role::Admin)?;
        let days = [
            ("numbersDays", wanted.numbers_days, NUMBERS_DAYS),
            ("provisionalDays", Some(wanted.provisional_days), PROVISIONAL_DAYS),
            ("logsDays", Some(wanted.logs_days), LOGS_DAYS),
        ];
        for (field, days, allowed) in days {
            if days.is_some_and(|days| !allowed.contains(&days)) {
                return Err(RetentionError::OutOfRange { field, allowed });
            }
        }
        let row = retention::ActiveModel {
            workspace_id: Set(member.workspace_id()),
            numbers_days: Set(wanted.numbers_days),
            provisional_days: Set(wanted.provisional_days),
            logs_days: Set(wanted.logs_days),
            updated_at: Set(self.world.now()),
        };
        let newest = OnConflict::column(retention::Column::WorkspaceId)
            .update_columns([
                retention::Column::NumbersDays,
                retention::Column::ProvisionalDays,
                retention::Column::LogsDays,
                retention::Column::UpdatedAt,
            ])
            .to_owned();
        let transaction = self.db.begin().await?;
        retention::Entity::insert(row).on_conflict(newest).exec_without_returning(&*transaction).await?;
        let event = Event {
            workspace_id: member.workspace_id(),
            user_id: Some(member.user_id()),
            action: "retention.changed",
            subject_id: Some(member.workspace_id().0),
            detail: json!({
                "numbersDays": wanted.numbers_days,
                "provisionalDays": wanted.provisional_days,
                "logsDays": wanted.logs_days,
            }),
        };
        audit::record(&*transaction, &self.world, event).await?;
        transaction.commit().await?;
        Ok(())
    }
}
