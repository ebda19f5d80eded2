//! Due work, its executions, and the shared rate budgets.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, integer, text, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
    uuid_null,
};

/// The change itself, named after its file.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("job")
                    .col(uuid("id"))
                    .col(uuid("workspace_id"))
                    .col(text("kind"))
                    .col(uuid("subject_id"))
                    .col(timestamp_with_time_zone_null("due_at"))
                    .col(text("trigger"))
                    .col(text_null("lease_owner"))
                    .col(timestamp_with_time_zone_null("lease_until"))
                    .col(big_integer("lease_term"))
                    .col(integer("attempt"))
                    .col(integer("failures"))
                    .col(timestamp_with_time_zone_null("quarantined_at"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(timestamp_with_time_zone("updated_at"))
                    .primary_key(Index::create().col("id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("uq_job_kind_subject_id")
                    .table("job")
                    .col("kind")
                    .col("subject_id")
                    .unique()
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(Index::create().name("ix_job_due_at").table("job").col("due_at").to_owned())
            .await?;
        manager
            .create_index(
                Index::create().name("ix_job_workspace_id").table("job").col("workspace_id").to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("run")
                    .col(uuid("id"))
                    .col(uuid("workspace_id"))
                    .col(uuid_null("account_id"))
                    .col(text("job"))
                    .col(text("trigger"))
                    .col(text("status"))
                    .col(text_null("reason"))
                    .col(integer("calls"))
                    .col(integer("stored"))
                    .col(timestamp_with_time_zone("started_at"))
                    .col(timestamp_with_time_zone("finished_at"))
                    .primary_key(Index::create().col("id"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("run", "workspace_id")
                            .to("workspace", "workspace_id")
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("ix_run_workspace_id_started_at")
                    .table("run")
                    .col("workspace_id")
                    .col("started_at")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("ix_run_account_id_started_at")
                    .table("run")
                    .col("account_id")
                    .col("started_at")
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("cron_slot")
                    .col(text("line"))
                    .col(timestamp_with_time_zone("slot"))
                    .primary_key(Index::create().col("line").col("slot"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("rate_scope")
                    .col(text("scope"))
                    .col(timestamp_with_time_zone("window_start"))
                    .col(integer("calls"))
                    .col(integer("usage_percent"))
                    .col(timestamp_with_time_zone_null("paused_until"))
                    .col(timestamp_with_time_zone("updated_at"))
                    .primary_key(Index::create().col("scope"))
                    .to_owned(),
            )
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("rate_scope").to_owned()).await?;
        manager.drop_table(Table::drop().table("cron_slot").to_owned()).await?;
        manager.drop_table(Table::drop().table("run").to_owned()).await?;
        manager.drop_table(Table::drop().table("job").to_owned()).await?;
        Ok(())
    }
}
