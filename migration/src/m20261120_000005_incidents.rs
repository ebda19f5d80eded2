//! Incidents, mails that are to be sent, and reconnect links.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    integer, json, text, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null,
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
                    .table("incident")
                    .col(uuid("id"))
                    .col(uuid("workspace_id"))
                    .col(uuid("account_id"))
                    .col(text("cause"))
                    .col(timestamp_with_time_zone("opened_at"))
                    .col(timestamp_with_time_zone_null("closed_at"))
                    .primary_key(Index::create().col("id"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("incident", "account_id")
                            .to("account", "id")
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("uq_incident_account_id")
                    .table("incident")
                    .col("account_id")
                    .unique()
                    .and_where(Expr::col("closed_at").is_null())
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("ix_incident_workspace_id_opened_at")
                    .table("incident")
                    .col("workspace_id")
                    .col("opened_at")
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("outbox")
                    .col(uuid("id"))
                    .col(uuid("workspace_id"))
                    .col(text("dedupe_key"))
                    .col(text("kind"))
                    .col(text("recipient"))
                    .col(text("subject"))
                    .col(uuid_null("incident_id"))
                    .col(uuid_null("link_id"))
                    .col(json("content"))
                    .col(text("state"))
                    .col(text_null("problem"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(timestamp_with_time_zone_null("sent_at"))
                    .primary_key(Index::create().col("id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("uq_outbox_dedupe_key")
                    .table("outbox")
                    .col("dedupe_key")
                    .unique()
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("ix_outbox_incident_id").table("outbox").col("incident_id").to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("ix_outbox_workspace_id_created_at")
                    .table("outbox")
                    .col("workspace_id")
                    .col("created_at")
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("reconnect_link")
                    .col(uuid("id"))
                    .col(uuid("workspace_id"))
                    .col(uuid("account_id"))
                    .col(uuid_null("incident_id"))
                    .col(text("token_hash"))
                    .col(uuid_null("created_by"))
                    .col(text("state"))
                    .col(text_null("sent_to"))
                    .col(integer("starts"))
                    .col(timestamp_with_time_zone("expires_at"))
                    .col(timestamp_with_time_zone_null("last_event_at"))
                    .col(timestamp_with_time_zone("created_at"))
                    .primary_key(Index::create().col("id"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("reconnect_link", "account_id")
                            .to("account", "id")
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("uq_reconnect_link_token_hash")
                    .table("reconnect_link")
                    .col("token_hash")
                    .unique()
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("ix_reconnect_link_account_id_created_at")
                    .table("reconnect_link")
                    .col("account_id")
                    .col("created_at")
                    .to_owned(),
            )
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("reconnect_link").to_owned()).await?;
        manager.drop_table(Table::drop().table("outbox").to_owned()).await?;
        manager.drop_table(Table::drop().table("incident").to_owned()).await?;
        Ok(())
    }
}
