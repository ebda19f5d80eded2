//! When answers about a login were last forgotten, and when its renewal was last hurried; and the
//! indices that figures about all workspaces need.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::timestamp_with_time_zone_null;

const COLUMNS: [&str; 2] = ["validation_cleared_at", "hurried_at"];
const INDICES: [(&str, &str); 2] =
    [("ix_run_started_at", "run"), ("ix_refresh_attempt_started_at", "refresh_attempt")];

/// The change itself, named after its file.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in COLUMNS {
            let column = timestamp_with_time_zone_null(name);
            manager.alter_table(Table::alter().table("connection").add_column(column).to_owned()).await?;
        }
        for (name, table) in INDICES {
            let index = Index::create().name(name).table(table).col("started_at").to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, table) in INDICES {
            manager.drop_index(Index::drop().name(name).table(table).to_owned()).await?;
        }
        for name in COLUMNS {
            manager.alter_table(Table::alter().table("connection").drop_column(name).to_owned()).await?;
        }
        Ok(())
    }
}
