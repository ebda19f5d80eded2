//! Free work is found by when it is due, and leases by being held, however many rows there are.

use sea_orm_migration::prelude::*;

/// The change itself, named after its file.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Both databases understand these words.
const UP: [&str; 5] = [
    "DROP INDEX ix_job_due_at",
    "CREATE INDEX ix_job_free_due_at ON job (due_at) WHERE due_at IS NOT NULL AND lease_until IS NULL",
    "CREATE INDEX ix_job_free_kind_due_at ON job (kind, due_at) WHERE due_at IS NOT NULL AND lease_until IS NULL",
    "CREATE INDEX ix_job_leased ON job (lease_until) WHERE lease_until IS NOT NULL",
    "CREATE INDEX ix_connection_leased ON connection (lease_until) WHERE lease_until IS NOT NULL",
];

const DOWN: [&str; 5] = [
    "DROP INDEX ix_connection_leased",
    "DROP INDEX ix_job_leased",
    "DROP INDEX ix_job_free_kind_due_at",
    "DROP INDEX ix_job_free_due_at",
    "CREATE INDEX ix_job_due_at ON job (due_at)",
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
