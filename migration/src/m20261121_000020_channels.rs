//! Channels besides mail, what is secret about them, and the events on their way to them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    integer, integer_null, json, text, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null,
    uuid, uuid_null,
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
                    .table("channel")
                    .col(uuid("id"))
                    .col(uuid("workspace_id"))
                    .col(text("kind"))
                    .col(text("name"))
                    .col(text("address_shown"))
                    .col(json("events"))
                    .col(timestamp_with_time_zone_null("disabled_at"))
                    .col(text_null("disabled_reason"))
                    .col(timestamp_with_time_zone_null("failing_since"))
                    .col(timestamp_with_time_zone_null("paused_until"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(timestamp_with_time_zone("updated_at"))
                    .primary_key(Index::create().col("id"))
                    .foreign_key(&mut cascade("channel", "workspace_id", "workspace", "workspace_id"))
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("ix_channel_workspace_id", "channel", &["workspace_id"])).await?;
        manager
            .create_table(
                Table::create()
                    .table("channel_secret")
                    .col(uuid("id"))
                    .col(uuid("workspace_id"))
                    .col(uuid("channel_id"))
                    .col(text("kind"))
                    .col(text("ciphertext"))
                    .col(text("key_id"))
                    .col(timestamp_with_time_zone_null("valid_until"))
                    .col(timestamp_with_time_zone("updated_at"))
                    .primary_key(Index::create().col("id"))
                    .foreign_key(&mut cascade("channel_secret", "channel_id", "channel", "id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                index("uq_channel_secret_channel_id_kind", "channel_secret", &["channel_id", "kind"])
                    .unique()
                    .to_owned(),
            )
            .await?;
        manager.create_index(index("ix_channel_secret_key_id", "channel_secret", &["key_id"])).await?;
        manager
            .create_table(
                Table::create()
                    .table("delivery")
                    .col(uuid("id"))
                    .col(uuid("workspace_id"))
                    .col(uuid("channel_id"))
                    .col(uuid_null("account_id"))
                    .col(uuid("event_id"))
                    .col(text("event_type"))
                    .col(text("body"))
                    .col(text("state"))
                    .col(integer("attempts"))
                    .col(integer("failures"))
                    .col(timestamp_with_time_zone("waiting_since"))
                    .col(timestamp_with_time_zone_null("next_attempt_at"))
                    .col(timestamp_with_time_zone_null("last_attempt_at"))
                    .col(integer_null("duration_ms"))
                    .col(integer_null("status_code"))
                    .col(text_null("problem"))
                    .col(text_null("answer"))
                    .col(timestamp_with_time_zone_null("ended_at"))
                    .col(timestamp_with_time_zone("created_at"))
                    .primary_key(Index::create().col("id"))
                    .foreign_key(&mut cascade("delivery", "channel_id", "channel", "id"))
                    .foreign_key(&mut cascade("delivery", "account_id", "account", "id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                index("uq_delivery_channel_id_event_id", "delivery", &["channel_id", "event_id"])
                    .unique()
                    .to_owned(),
            )
            .await?;
        // What is to be sent next, and what the log shows: the newest first.
        for columns in
            [&["channel_id", "state", "next_attempt_at"][..], &["channel_id", "id"], &["account_id"]]
        {
            let name = format!("ix_delivery_{}", columns.join("_"));
            manager.create_index(index(&name, "delivery", columns)).await?;
        }
        // For removing what is old, and for the figures of the last hours.
        manager.create_index(index("ix_delivery_created_at", "delivery", &["created_at"])).await?;
        manager.create_index(index("ix_delivery_ended_at_state", "delivery", &["ended_at", "state"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["delivery", "channel_secret", "channel"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        // Older programs know neither this work nor these mails, and stumble over rows of them.
        let connection = manager.get_connection();
        connection.execute_unprepared("DELETE FROM job WHERE kind = 'deliver'").await?;
        connection.execute_unprepared("DELETE FROM outbox WHERE kind = 'channel_disabled'").await?;
        Ok(())
    }
}

fn cascade(
    from: &'static str,
    column: &'static str,
    to: &'static str,
    to_column: &'static str,
) -> ForeignKeyCreateStatement {
    ForeignKey::create().from(from, column).to(to, to_column).on_delete(ForeignKeyAction::Cascade).to_owned()
}

fn index(name: &str, table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(name).table(table);
    for column in columns {
        index.col(*column);
    }
    index.to_owned()
}
