//! When Meta reported a share of a limit: an old report says nothing. What is slowed down or paused is
//! found however many limits are known.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::timestamp_with_time_zone_null;

/// The change itself, named after its file.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const COLUMN: &str = "usage_at";
/// Both databases understand them.
const INDEXES: [(&str, &str); 2] =
    [("ix_rate_scope_usage_at", COLUMN), ("ix_rate_scope_paused", "paused_until")];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = timestamp_with_time_zone_null(COLUMN);
        manager.alter_table(Table::alter().table("rate_scope").add_column(column).to_owned()).await?;
        for (name, column) in INDEXES {
            let index = format!("CREATE INDEX {name} ON rate_scope ({column}) WHERE {column} IS NOT NULL");
            manager.get_connection().execute_unprepared(&index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, _) in INDEXES {
            manager.get_connection().execute_unprepared(&format!("DROP INDEX {name}")).await?;
        }
        manager.alter_table(Table::alter().table("rate_scope").drop_column(COLUMN).to_owned()).await
    }
}
