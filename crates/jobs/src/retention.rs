//! How long is kept what was done: runs and attempts to renew tokens. Numbers are kept for ever.

use chrono::{DateTime, Utc};
use entity::{InWorkspace, refresh_attempt, run};
use platform::Database;
use sea_orm::prelude::*;
use sea_orm::{QueryOrder as _, QuerySelect as _, QueryTrait as _};

/// So many rows go at once, so that nobody waits long for their turn to write.
const AT_ONCE: u64 = 2_000;
/// What is left after so many times goes with the next call.
const MOST_TIMES: u32 = 500;

/// Removes runs and attempts that began before `before`. Gives how many rows went.
///
/// # Errors
/// When the database fails.
pub async fn remove_logs(database: &Database, before: DateTime<Utc>) -> Result<u64, DbErr> {
    let runs = remove::<run::Entity>(database, run::Column::Id, run::Column::StartedAt, before).await?;
    let (id, at) = (refresh_attempt::Column::Id, refresh_attempt::Column::StartedAt);
    Ok(runs + remove::<refresh_attempt::Entity>(database, id, at, before).await?)
}

async fn remove<E: InWorkspace>(
    database: &Database,
    id: E::Column,
    began_at: E::Column,
    before: DateTime<Utc>,
) -> Result<u64, DbErr> {
    let mut removed = 0;
    for _ in 0..MOST_TIMES {
        let oldest = E::across_workspaces()
            .select_only()
            .column(id)
            .filter(began_at.lt(before))
            .order_by_asc(began_at)
            .limit(AT_ONCE)
            .into_query();
        let turn = database.turn().await;
        let gone = E::delete_across_workspaces().filter(id.in_subquery(oldest)).exec(&**database).await?;
        drop(turn);
        removed += gone.rows_affected;
        if gone.rows_affected < AT_ONCE {
            break;
        }
    }
    Ok(removed)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use entity::run::{JobKind, RunStatus, Trigger};
    use entity::{WorkspaceId, workspace};
    use platform::World;
    use sea_orm::ActiveValue::Set;

    use super::*;
    use crate::runs::{self, Ended};

    #[tokio::test]
    async fn what_is_older_goes_and_what_is_younger_stays() {
        for database in testing::databases().await {
            let (world, _) = World::for_tests("2026-11-20T10:00:00Z".parse().unwrap());
            let workspace_id = WorkspaceId(Uuid::from_u128(1));
            let workspace = workspace::ActiveModel {
                workspace_id: Set(workspace_id),
                name: Set("Northlight".to_owned()),
                created_at: Set(world.now()),
            };
            workspace.insert(&**database).await.unwrap();
            let before = world.now() - TimeDelta::days(400);
            for age in [0, 399, 401, 900] {
                let ended = Ended {
                    workspace_id,
                    account_id: None,
                    job: JobKind::CollectInsights,
                    trigger: Trigger::Scheduled,
                    status: RunStatus::Succeeded,
                    reason: None,
                    calls: 1,
                    stored: 1,
                    started_at: world.now() - TimeDelta::days(age),
                };
                runs::record(&**database, &world, ended).await.unwrap();
            }
            assert_eq!(remove_logs(&database, before).await.unwrap(), 2, "{database:?}");
            assert_eq!(remove_logs(&database, before).await.unwrap(), 0, "{database:?}");
            let left = run::Entity::across_workspaces().all(&**database).await.unwrap();
            assert_eq!(left.len(), 2, "{database:?}");
            assert!(left.iter().all(|run| run.started_at >= before), "{database:?}: {left:?}");
        }
    }
}
