//! When posts were listed is kept apart from when stories were: near a limit of Meta's only stories are.
//! And what was provisional before it changed is found when its time is over.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::timestamp_with_time_zone_null;

/// The change itself, named after its file.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const COLUMN: &str = "posts_listed_at";
/// Both databases understand these words.
const UP: [&str; 2] = [
    "UPDATE account SET posts_listed_at = media_collected_at",
    "CREATE INDEX ix_insight_revision_unsettled ON insight_revision (revised_at) WHERE old_state <> 'final'",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = timestamp_with_time_zone_null(COLUMN);
        manager.alter_table(Table::alter().table("account").add_column(column).to_owned()).await?;
        for change in UP {
            manager.get_connection().execute_unprepared(change).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP INDEX ix_insight_revision_unsettled").await?;
        manager.alter_table(Table::alter().table("account").drop_column(COLUMN).to_owned()).await
    }
}
