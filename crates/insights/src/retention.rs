//! Numbers go when their workspace wants it, and what provisional ones were before they changed goes sooner.
//! Media and their numbers stay as long as their account.

use chrono::{Days, TimeDelta};
use entity::retention::{self, USUAL_PROVISIONAL_DAYS};
use entity::{AccountId, InWorkspace, WorkspaceId, account, audience_snapshot, insight, insight_revision};
use sea_orm::QuerySelect as _;
use sea_orm::prelude::*;
use sea_orm::sea_query::Expr;

use crate::Insights;

impl Insights {
    /// Removes what is older than its workspace wants it kept, or as is usual where it has not decided. Gives
    /// how many rows went.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_old(&self) -> Result<u64, DbErr> {
        let decided = retention::Entity::across_workspaces().all(&*self.database).await?;
        let mut removed = 0;
        for of in &decided {
            removed += self.remove_provisional(Some(of.workspace_id), &[], of.provisional_days).await?;
            if let Some(days) = of.numbers_days {
                removed += self.remove_numbers(of.workspace_id, days).await?;
            }
        }
        let decided: Vec<_> = decided.iter().map(|of| of.workspace_id).collect();
        removed += self.remove_provisional(None, &decided, USUAL_PROVISIONAL_DAYS).await?;
        Ok(removed)
    }

    /// Of one workspace, or of all but those in `decided`.
    async fn remove_provisional(
        &self,
        only: Option<WorkspaceId>,
        decided: &[WorkspaceId],
        days: i32,
    ) -> Result<u64, DbErr> {
        use insight_revision::Column::{RevisedAt, WorkspaceId};
        let delete = match only {
            Some(workspace) => insight_revision::Entity::delete_in_workspace(workspace),
            None => insight_revision::Entity::delete_across_workspaces()
                .filter(WorkspaceId.is_not_in(decided.iter().copied())),
        };
        let _turn = self.database.turn().await;
        let gone = delete
            // As a constant, by which both databases find the index over what has not settled.
            .filter(Expr::cust("old_state <> 'final'"))
            .filter(RevisedAt.lt(self.world.now() - TimeDelta::days(days.into())))
            .exec(&*self.database)
            .await?;
        Ok(gone.rows_affected)
    }

    /// One account after the other, so that nobody waits long for their turn to write.
    async fn remove_numbers(&self, workspace: WorkspaceId, days: i32) -> Result<u64, DbErr> {
        let days = Days::new(days.unsigned_abs().into());
        let Some(first) = self.today().checked_sub_days(days) else { return Ok(0) };
        let accounts: Vec<AccountId> = account::Entity::in_workspace(workspace)
            .select_only()
            .column(account::Column::Id)
            .into_tuple()
            .all(&*self.database)
            .await?;
        let mut removed = 0;
        for account in accounts {
            let _turn = self.database.turn().await;
            let db = &*self.database;
            let gone = [
                insight::Entity::delete_in_workspace(workspace)
                    .filter(insight::Column::AccountId.eq(account))
                    .filter(insight::Column::Day.lt(first))
                    .exec(db)
                    .await?,
                insight_revision::Entity::delete_in_workspace(workspace)
                    .filter(insight_revision::Column::AccountId.eq(account))
                    .filter(insight_revision::Column::Day.lt(first))
                    .exec(db)
                    .await?,
                audience_snapshot::Entity::delete_in_workspace(workspace)
                    .filter(audience_snapshot::Column::AccountId.eq(account))
                    .filter(audience_snapshot::Column::Day.lt(first))
                    .exec(db)
                    .await?,
            ];
            removed += gone.iter().map(|gone| gone.rows_affected).sum::<u64>();
        }
        Ok(removed)
    }
}
