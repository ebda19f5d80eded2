//! How many people an audience is of, so that the share of a segment is one of all of them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::big_integer_null;

/// The change itself, named after its file.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let people = big_integer_null("people");
        manager.alter_table(Table::alter().table("audience_snapshot").add_column(people).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("audience_snapshot").drop_column("people").to_owned()).await
    }
}
