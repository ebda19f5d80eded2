//! Questions about one account or one grant read its rows only.
//!
//! They name the workspace as well. Without statistics SQLite takes any index that begins with a column
//! it is given, and so read all rows of the workspace; an index that holds both columns leaves it no
//! choice. Nobody asks for the numbers of a whole workspace, so that their index only cost space.

use sea_orm_migration::prelude::*;

/// The change itself, named after its file.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Both databases understand these words.
const UP: [&str; 13] = [
    "CREATE INDEX ix_account_connection_id_workspace_id ON account (connection_id, workspace_id, id)",
    "DROP INDEX ix_account_connection_id",
    "CREATE INDEX ix_refresh_attempt_connection_id_workspace_id ON refresh_attempt (connection_id, workspace_id, started_at)",
    "DROP INDEX ix_refresh_attempt_connection_id_started_at",
    "CREATE INDEX ix_run_account_id_workspace_id ON run (account_id, workspace_id, started_at)",
    "DROP INDEX ix_run_account_id_started_at",
    "CREATE INDEX ix_incident_account_id_workspace_id ON incident (account_id, workspace_id, opened_at)",
    "CREATE INDEX ix_job_workspace_id_subject_id ON job (workspace_id, subject_id)",
    "DROP INDEX ix_job_workspace_id",
    "DROP INDEX ix_insight_workspace_id",
    "DROP INDEX ix_insight_revision_workspace_id",
    "DROP INDEX ix_audience_snapshot_workspace_id",
    "DROP INDEX ix_refused_metric_workspace_id",
];

const DOWN: [&str; 13] = [
    "CREATE INDEX ix_refused_metric_workspace_id ON refused_metric (workspace_id)",
    "CREATE INDEX ix_audience_snapshot_workspace_id ON audience_snapshot (workspace_id)",
    "CREATE INDEX ix_insight_revision_workspace_id ON insight_revision (workspace_id)",
    "CREATE INDEX ix_insight_workspace_id ON insight (workspace_id)",
    "CREATE INDEX ix_job_workspace_id ON job (workspace_id)",
    "DROP INDEX ix_job_workspace_id_subject_id",
    "DROP INDEX ix_incident_account_id_workspace_id",
    "CREATE INDEX ix_run_account_id_started_at ON run (account_id, started_at)",
    "DROP INDEX ix_run_account_id_workspace_id",
    "CREATE INDEX ix_refresh_attempt_connection_id_started_at ON refresh_attempt (connection_id, started_at)",
    "DROP INDEX ix_refresh_attempt_connection_id_workspace_id",
    "CREATE INDEX ix_account_connection_id ON account (connection_id)",
    "DROP INDEX ix_account_connection_id_workspace_id",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for change in UP {
            manager.get_connection().execute_unprepared(change).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for change in DOWN {
            manager.get_connection().execute_unprepared(change).await?;
        }
        Ok(())
    }
}
