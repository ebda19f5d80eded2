//! What keeps being refused is counted apart from what Meta reports of its limits, and mails that wait
//! are found however many were sent.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::integer;

/// The change itself, named after its file.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const COUNTS: [&str; 2] = ["refusals", "rests"];
/// Both databases understand these words.
const UP: [&str; 2] = [
    "UPDATE rate_scope SET rests = usage_percent WHERE scope LIKE 'refused:%'",
    "CREATE INDEX ix_outbox_queued ON outbox (workspace_id) WHERE state = 'queued'",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for count in COUNTS {
            let column = integer(count).default(0).to_owned();
            manager.alter_table(Table::alter().table("rate_scope").add_column(column).to_owned()).await?;
        }
        for change in UP {
            manager.get_connection().execute_unprepared(change).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP INDEX ix_outbox_queued").await?;
        for count in COUNTS {
            manager.alter_table(Table::alter().table("rate_scope").drop_column(count).to_owned()).await?;
        }
        Ok(())
    }
}
