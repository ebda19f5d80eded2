//! A mail can be about several incidents: about all accounts that broke together.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{uuid, uuid_null};

/// The change itself, named after its file.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("incident_mail")
                    .col(uuid("incident_id"))
                    .col(uuid("mail_id"))
                    .col(uuid("workspace_id"))
                    .primary_key(Index::create().col("incident_id").col("mail_id"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("incident_mail", "mail_id")
                            .to("outbox", "id")
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("ix_incident_mail_mail_id")
                    .table("incident_mail")
                    .col("mail_id")
                    .to_owned(),
            )
            .await?;
        manager
            .get_connection()
            .execute_unprepared(
                "INSERT INTO incident_mail (incident_id, mail_id, workspace_id) \
                 SELECT incident_id, id, workspace_id FROM outbox WHERE incident_id IS NOT NULL",
            )
            .await?;
        // Nothing was released that still reads the column, so it goes at once.
        manager.drop_index(Index::drop().name("ix_outbox_incident_id").table("outbox").to_owned()).await?;
        manager.alter_table(Table::alter().table("outbox").drop_column("incident_id").to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .alter_table(Table::alter().table("outbox").add_column(uuid_null("incident_id")).to_owned())
            .await?;
        // Of the incidents of a mail the older schema can hold one; any will do.
        manager
            .get_connection()
            .execute_unprepared(
                "UPDATE outbox SET incident_id = \
                 (SELECT incident_id FROM incident_mail WHERE mail_id = outbox.id LIMIT 1)",
            )
            .await?;
        manager
            .create_index(
                Index::create().name("ix_outbox_incident_id").table("outbox").col("incident_id").to_owned(),
            )
            .await?;
        manager.drop_table(Table::drop().table("incident_mail").to_owned()).await
    }
}
