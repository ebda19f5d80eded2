//! How long a workspace has its numbers and logs kept, where it has decided so itself.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{integer, integer_null, timestamp_with_time_zone, uuid};

/// The change itself, named after its file.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("retention")
                    .col(uuid("workspace_id").primary_key())
                    .col(integer_null("numbers_days"))
                    .col(integer("provisional_days"))
                    .col(integer("logs_days"))
                    .col(timestamp_with_time_zone("updated_at"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("retention", "workspace_id")
                            .to("workspace", "workspace_id")
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("retention").to_owned()).await
    }
}
