//! How an incident ended decides whether what follows is a new one, and how much a recipient has had in
//! a day whether the next mail waits.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::text_null;

/// The change itself, named after its file.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const NAME: &str = "ix_outbox_recipient_sent_at";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let index = Index::create().name(NAME).table("outbox").col("recipient").col("sent_at").to_owned();
        manager.create_index(index).await?;
        manager.alter_table(Table::alter().table("incident").add_column(text_null("ended")).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("incident").drop_column("ended").to_owned()).await?;
        manager.drop_index(Index::drop().name(NAME).table("outbox").to_owned()).await
    }
}
