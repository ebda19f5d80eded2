//! People and their sessions.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    integer, text, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
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
                    .table("user")
                    .col(uuid("id"))
                    .col(text("email"))
                    .col(text("name"))
                    .col(text("password_hash"))
                    .col(timestamp_with_time_zone_null("confirmed_at"))
                    .col(integer("failed_sign_ins"))
                    .col(timestamp_with_time_zone_null("sign_in_after"))
                    .col(timestamp_with_time_zone("created_at"))
                    .primary_key(Index::create().col("id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("uq_user_email").table("user").col("email").unique().to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("session")
                    .col(uuid("id"))
                    .col(uuid("user_id"))
                    .col(text("refresh_hash"))
                    .col(text_null("previous_hash"))
                    .col(timestamp_with_time_zone("rotated_at"))
                    .col(timestamp_with_time_zone("idle_until"))
                    .col(timestamp_with_time_zone("expires_at"))
                    .col(timestamp_with_time_zone_null("ended_at"))
                    .col(timestamp_with_time_zone("created_at"))
                    .primary_key(Index::create().col("id"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("session", "user_id")
                            .to("user", "id")
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("uq_session_refresh_hash")
                    .table("session")
                    .col("refresh_hash")
                    .unique()
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("ix_session_previous_hash")
                    .table("session")
                    .col("previous_hash")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("ix_session_user_id").table("session").col("user_id").to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("email_link")
                    .col(uuid("id"))
                    .col(uuid("user_id"))
                    .col(text("purpose"))
                    .col(text("token_hash"))
                    .col(timestamp_with_time_zone("expires_at"))
                    .col(timestamp_with_time_zone_null("used_at"))
                    .col(timestamp_with_time_zone("created_at"))
                    .primary_key(Index::create().col("id"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("email_link", "user_id")
                            .to("user", "id")
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("uq_email_link_token_hash")
                    .table("email_link")
                    .col("token_hash")
                    .unique()
                    .to_owned(),
            )
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("email_link").to_owned()).await?;
        manager.drop_table(Table::drop().table("session").to_owned()).await?;
        manager.drop_table(Table::drop().table("user").to_owned()).await?;
        Ok(())
    }
}
