//! What values were before Meta changed them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, date, text, timestamp_with_time_zone, uuid};

/// The change itself, named after its file.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("insight_revision")
                    .col(uuid("account_id"))
                    .col(text("metric"))
                    .col(text("breakdown"))
                    .col(text("period"))
                    .col(date("day"))
                    .col(timestamp_with_time_zone("revised_at"))
                    .col(uuid("workspace_id"))
                    .col(big_integer("old_value"))
                    .col(text("old_state"))
                    .col(timestamp_with_time_zone("old_collected_at"))
                    .col(big_integer("new_value"))
                    .primary_key(
                        Index::create()
                            .col("account_id")
                            .col("metric")
                            .col("breakdown")
                            .col("period")
                            .col("day")
                            .col("revised_at"),
                    )
                    .foreign_key(
                        ForeignKey::create()
                            .from("insight_revision", "account_id")
                            .to("account", "id")
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .to_owned(),
            )
            .await?;
        let by_workspace = Index::create()
            .name("ix_insight_revision_workspace_id")
            .table("insight_revision")
            .col("workspace_id")
            .to_owned();
        manager.create_index(by_workspace).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("insight_revision").to_owned()).await
    }
}
