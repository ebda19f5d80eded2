//! Clients without a login connect accounts with a link, and choose them in the browser they came with.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    integer, json, json_null, text, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
    uuid_null,
};

/// The change itself, named after its file.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// What both shapes of `connect_session` have.
const SESSION: &str = "id, workspace_id, user_id, connection_id, candidates, missing_scopes, expires_at, finished_at, created_at";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("connect_link")
                    .col(uuid("id"))
                    .col(uuid("workspace_id"))
                    .col(text("client_name"))
                    .col(text_null("provider"))
                    .col(text("token_hash"))
                    .col(uuid("created_by"))
                    .col(text("state"))
                    .col(text_null("sent_to"))
                    .col(text_null("contact_email"))
                    .col(integer("starts"))
                    .col(timestamp_with_time_zone("expires_at"))
                    .col(timestamp_with_time_zone_null("last_event_at"))
                    .col(timestamp_with_time_zone("created_at"))
                    .primary_key(Index::create().col("id"))
                    .foreign_key(&mut cascade("connect_link", "workspace_id", "workspace", "workspace_id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                index("uq_connect_link_token_hash", "connect_link", "token_hash").unique().to_owned(),
            )
            .await?;
        manager.create_index(index("ix_connect_link_workspace_id", "connect_link", "workspace_id")).await?;
        manager.create_index(index("ix_connect_link_expires_at", "connect_link", "expires_at")).await?;
        manager
            .create_table(
                Table::create()
                    .table("connect_link_account")
                    .col(uuid("link_id"))
                    .col(uuid("account_id"))
                    .col(uuid("workspace_id"))
                    .primary_key(Index::create().col("link_id").col("account_id"))
                    .foreign_key(&mut cascade("connect_link_account", "link_id", "connect_link", "id"))
                    .foreign_key(&mut cascade("connect_link_account", "account_id", "account", "id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(index("ix_connect_link_account_account_id", "connect_link_account", "account_id"))
            .await?;
        manager
            .alter_table(
                Table::alter().table("oauth_state").add_column(uuid_null("connect_link_id")).to_owned(),
            )
            .await?;
        let session = sessions(uuid_null("user_id"))
            .col(uuid_null("connect_link_id"))
            .col(text_null("browser_hash"))
            .col(json_null("chosen"))
            .foreign_key(&mut cascade("connect_session", "connect_link_id", "connect_link", "id"))
            .to_owned();
        replace_sessions(manager, session, "").await?;
        manager
            .create_index(index("ix_connect_session_browser_hash", "connect_session", "browser_hash"))
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_index(
                Index::drop().name("ix_connect_session_browser_hash").table("connect_session").to_owned(),
            )
            .await?;
        // The older schema has no place for choices of clients.
        replace_sessions(manager, sessions(uuid("user_id")), "WHERE user_id IS NOT NULL").await?;
        manager
            .get_connection()
            .execute_unprepared("DELETE FROM oauth_state WHERE connect_link_id IS NOT NULL")
            .await?;
        manager
            .alter_table(Table::alter().table("oauth_state").drop_column("connect_link_id").to_owned())
            .await?;
        manager.drop_table(Table::drop().table("connect_link_account").to_owned()).await?;
        manager.drop_table(Table::drop().table("connect_link").to_owned()).await
    }
}

fn index(name: &'static str, table: &'static str, column: &'static str) -> IndexCreateStatement {
    Index::create().name(name).table(table).col(column).to_owned()
}

fn cascade(
    table: &'static str,
    column: &'static str,
    to: &'static str,
    to_column: &'static str,
) -> ForeignKeyCreateStatement {
    ForeignKey::create().from(table, column).to(to, to_column).on_delete(ForeignKeyAction::Cascade).to_owned()
}

/// What both shapes of the table have; they differ in whether there has to be a member.
fn sessions(user_id: ColumnDef) -> TableCreateStatement {
    Table::create()
        .table("connect_session")
        .col(uuid("id"))
        .col(uuid("workspace_id"))
        .col(user_id)
        .col(uuid("connection_id"))
        .col(json("candidates"))
        .col(json("missing_scopes"))
        .col(timestamp_with_time_zone("expires_at"))
        .col(timestamp_with_time_zone_null("finished_at"))
        .col(timestamp_with_time_zone("created_at"))
        .primary_key(Index::create().col("id"))
        .foreign_key(&mut cascade("connect_session", "connection_id", "connection", "id"))
        .to_owned()
}

/// SQLite cannot make a column optional, so the table is made anew and its rows are moved.
async fn replace_sessions(
    manager: &SchemaManager<'_>,
    table: TableCreateStatement,
    kept: &str,
) -> Result<(), DbErr> {
    manager
        .drop_index(Index::drop().name("ix_connect_session_expires_at").table("connect_session").to_owned())
        .await?;
    manager
        .rename_table(Table::rename().table("connect_session", "connect_session_before").to_owned())
        .await?;
    manager.create_table(table).await?;
    let moved = format!(
        "INSERT INTO connect_session ({SESSION}) SELECT {SESSION} FROM connect_session_before {kept}"
    );
    manager.get_connection().execute_unprepared(&moved).await?;
    manager.drop_table(Table::drop().table("connect_session_before").to_owned()).await?;
    manager.create_index(index("ix_connect_session_expires_at", "connect_session", "expires_at")).await
}
