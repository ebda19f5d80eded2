//! Insights and audience snapshots.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer_null, date, json, text, timestamp_with_time_zone, uuid};

/// The change itself, named after its file.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("insight")
                    .col(uuid("account_id"))
                    .col(text("metric"))
                    .col(text("breakdown"))
                    .col(text("period"))
                    .col(date("day"))
                    .col(uuid("workspace_id"))
                    .col(big_integer_null("value"))
                    .col(text("state"))
                    .col(timestamp_with_time_zone("collected_at"))
                    .primary_key(
                        Index::create()
                            .col("account_id")
                            .col("metric")
                            .col("breakdown")
                            .col("period")
                            .col("day"),
                    )
                    .foreign_key(
                        ForeignKey::create()
                            .from("insight", "account_id")
                            .to("account", "id")
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("ix_insight_workspace_id")
                    .table("insight")
                    .col("workspace_id")
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("audience_snapshot")
                    .col(uuid("account_id"))
                    .col(text("kind"))
                    .col(text("breakdown"))
                    .col(date("day"))
                    .col(uuid("workspace_id"))
                    .col(text("timeframe"))
                    .col(text("state"))
                    .col(json("segments"))
                    .col(timestamp_with_time_zone("collected_at"))
                    .primary_key(Index::create().col("account_id").col("kind").col("breakdown").col("day"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("audience_snapshot", "account_id")
                            .to("account", "id")
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("ix_audience_snapshot_workspace_id")
                    .table("audience_snapshot")
                    .col("workspace_id")
                    .to_owned(),
            )
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("audience_snapshot").to_owned()).await?;
        manager.drop_table(Table::drop().table("insight").to_owned()).await?;
        Ok(())
    }
}
