//! Whether the brake holds is found out for every mail, however many accounts there are.

use sea_orm_migration::prelude::*;

/// The change itself, named after its file.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Both databases understand it.
const INDEX: &str = "CREATE INDEX ix_account_held ON account (held_since) WHERE held_since IS NOT NULL";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(INDEX).await.map(drop)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP INDEX ix_account_held").await.map(drop)
    }
}
