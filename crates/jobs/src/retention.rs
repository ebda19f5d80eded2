//! How long is kept what was done: runs and attempts to renew tokens.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{InWorkspace, WorkspaceId, refresh_attempt, retention, run};
use platform::Database;
use sea_orm::prelude::*;
use sea_orm::{QueryOrder as _, QuerySelect as _, QueryTrait as _};

/// So many rows go at once, so that nobody waits long for their turn to write.
const AT_ONCE: u64 = 2_000;
/// What is left after so many times goes with the next call.
const MOST_TIMES: u32 = 500;

/// Whose logs go.
enum Whose<'a> {
    Of(WorkspaceId),
    AllBut(&'a [WorkspaceId]),
}

/// Removes runs and attempts that began longer ago than their workspace wants them kept, which is for
/// `usual` where it has not decided. Gives how many rows went.
///
/// # Errors
/// When the database fails.
pub async fn remove_logs(database: &Database, now: DateTime<Utc>, usual: TimeDelta) -> Result<u64, DbErr> {
    let decided = retention::Entity::across_workspaces().all(&**database).await?;
    let mut removed = 0;
    for of in &decided {
        let before = now - TimeDelta::days(of.logs_days.into());
        removed += remove_before(database, &Whose::Of(of.workspace_id), before).await?;
    }
    let decided: Vec<_> = decided.iter().map(|of| of.workspace_id).collect();
    Ok(removed + remove_before(database, &Whose::AllBut(&decided), now - usual).await?)
}

async fn remove_before(database: &Database, whose: &Whose<'_>, before: DateTime<Utc>) -> Result<u64, DbErr> {
    let (id, at) = (run::Column::Id, run::Column::StartedAt);
    let runs = remove::<run::Entity>(database, whose, id, at, before).await?;
    let (id, at) = (refresh_attempt::Column::Id, refresh_attempt::Column::StartedAt);
    Ok(runs + remove::<refresh_attempt::Entity>(database, whose, id, at, before).await?)
}

async fn remove<E: InWorkspace>(
    database: &Database,
    whose: &Whose<'_>,
    id: E::Column,
    began_at: E::Column,
    before: DateTime<Utc>,
) -> Result<u64, DbErr> {
    let mut removed = 0;
    for _ in 0..MOST_TIMES {
        let logs = match whose {
            Whose::Of(workspace) => E::in_workspace(*workspace),
            Whose::AllBut(decided) => {
                E::across_workspaces().filter(E::WORKSPACE.is_not_in(decided.iter().copied()))
            }
        };
        let oldest = logs
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
    use entity::run::{JobKind, RunStatus, Trigger};
    use entity::workspace;
    use platform::World;
    use sea_orm::ActiveValue::Set;

    use super::*;
    use crate::runs::{self, Ended};

    const USUAL: TimeDelta = TimeDelta::days(400);

    #[tokio::test]
    async fn what_is_older_goes_and_what_is_younger_stays() {
        for database in testing::databases().await {
            let (world, _) = World::for_tests("2026-11-20T10:00:00Z".parse().unwrap());
            let workspaces = [(1, None), (2, Some(40)), (3, Some(900))];
            for (number, logs_days) in workspaces {
                let workspace_id = WorkspaceId(Uuid::from_u128(number));
                let workspace = workspace::ActiveModel {
                    workspace_id: Set(workspace_id),
                    name: Set("Northlight".to_owned()),
                    created_at: Set(world.now()),
                };
                workspace.insert(&**database).await.unwrap();
                if let Some(days) = logs_days {
                    let decided = retention::ActiveModel {
                        workspace_id: Set(workspace_id),
                        numbers_days: Set(None),
                        provisional_days: Set(30),
                        logs_days: Set(days),
                        updated_at: Set(world.now()),
                    };
                    decided.insert(&**database).await.unwrap();
                }
                for age in [0, 39, 41, 399, 401, 899, 901] {
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
            }
            assert_eq!(remove_logs(&database, world.now(), USUAL).await.unwrap(), 3 + 5 + 1, "{database:?}");
            assert_eq!(remove_logs(&database, world.now(), USUAL).await.unwrap(), 0, "{database:?}");
            for (number, days) in [(1, 400), (2, 40), (3, 900)] {
                let left = run::Entity::in_workspace(WorkspaceId(Uuid::from_u128(number)));
                let left = left.all(&**database).await.unwrap();
                let oldest = left.iter().map(|run| run.started_at).min().unwrap();
                assert_eq!(oldest, world.now() - TimeDelta::days(days - 1), "{database:?}: {left:?}");
            }
        }
    }
}
