//! A renewal that came late makes the next one come as much sooner.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::big_integer;

/// The change itself, named after its file.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const COLUMN: &str = "renew_sooner_seconds";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = big_integer(COLUMN).default(0).to_owned();
        manager.alter_table(Table::alter().table("connection").add_column(column).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("connection").drop_column(COLUMN).to_owned()).await
    }
}
