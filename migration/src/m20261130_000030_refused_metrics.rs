//! What Meta refuses for an account is kept by itself, not read out of the values that are missing; and
//! what operators are told of it.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{text, timestamp_with_time_zone, uuid};

/// The change itself, named after its file.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("refused_metric")
                    .col(uuid("account_id"))
                    .col(text("what"))
                    .col(uuid("workspace_id"))
                    .col(text("reason"))
                    .col(timestamp_with_time_zone("refused_at"))
                    .col(timestamp_with_time_zone("until"))
                    .primary_key(Index::create().col("account_id").col("what"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("refused_metric", "account_id")
                            .to("account", "id")
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .to_owned(),
            )
            .await?;
        let by_metric = Index::create()
            .name("ix_refused_metric_what_refused_at")
            .table("refused_metric")
            .col("what")
            .col("refused_at")
            .to_owned();
        manager.create_index(by_metric).await?;
        let by_workspace = Index::create()
            .name("ix_refused_metric_workspace_id")
            .table("refused_metric")
            .col("workspace_id")
            .to_owned();
        manager.create_index(by_workspace).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("refused_metric").to_owned()).await
    }
}
