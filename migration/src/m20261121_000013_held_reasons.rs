//! Why the brake holds an account decides what shows that it is well.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::text_null;

/// The change itself, named after its file.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .alter_table(Table::alter().table("account").add_column(text_null("held_reason")).to_owned())
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("account").drop_column("held_reason").to_owned()).await
    }
}
