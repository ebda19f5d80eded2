//! Workspaces, their members, and the trail of who did what.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{json, text, timestamp_with_time_zone, uuid, uuid_null};

/// The change itself, named after its file.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("workspace")
                    .col(uuid("workspace_id"))
                    .col(text("name"))
                    .col(timestamp_with_time_zone("created_at"))
                    .primary_key(Index::create().col("workspace_id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("membership")
                    .col(uuid("workspace_id"))
                    .col(uuid("user_id"))
                    .col(text("role"))
                    .col(timestamp_with_time_zone("created_at"))
                    .primary_key(Index::create().col("workspace_id").col("user_id"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("membership", "workspace_id")
                            .to("workspace", "workspace_id")
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .foreign_key(
                        ForeignKey::create()
                            .from("membership", "user_id")
                            .to("user", "id")
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("ix_membership_user_id").table("membership").col("user_id").to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("audit_event")
                    .col(uuid("id"))
                    .col(uuid("workspace_id"))
                    .col(uuid_null("user_id"))
                    .col(text("action"))
                    .col(uuid_null("subject_id"))
                    .col(json("detail"))
                    .col(timestamp_with_time_zone("at"))
                    .primary_key(Index::create().col("id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("ix_audit_event_workspace_id_at")
                    .table("audit_event")
                    .col("workspace_id")
                    .col("at")
                    .to_owned(),
            )
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("audit_event").to_owned()).await?;
        manager.drop_table(Table::drop().table("membership").to_owned()).await?;
        manager.drop_table(Table::drop().table("workspace").to_owned()).await?;
        Ok(())
    }
}
