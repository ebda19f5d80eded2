//! Media and stories with their numbers, and the work of collecting them for accounts that are connected
//! already.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, boolean, date, text, text_null, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid,
};
use sea_orm_migration::sea_orm::DbBackend;

/// The change itself, named after its file.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The new tables, each after those that it refers to.
const TABLES: [&str; 5] = ["media", "media_insight", "media_insight_day", "media_refusal", "story_gap"];

/// Both databases understand these words.
const INDICES: [&str; 4] = [
    "CREATE UNIQUE INDEX uq_media_account_id_meta_id ON media (account_id, meta_id)",
    "CREATE INDEX ix_media_account_id_posted_at ON media (account_id, posted_at)",
    "CREATE INDEX ix_media_account_id_read_due_at ON media (account_id, read_due_at) WHERE read_due_at IS NOT NULL",
    "CREATE INDEX ix_media_workspace_id_stories ON media (workspace_id, posted_at) WHERE kind = 'story'",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = timestamp_with_time_zone_null("media_collected_at");
        manager.alter_table(Table::alter().table("account").add_column(column).to_owned()).await?;
        for table in [media(), media_insight(), media_insight_day(), media_refusal(), story_gap()] {
            manager.create_table(table).await?;
        }
        for index in INDICES {
            manager.get_connection().execute_unprepared(index).await?;
        }
        manager.get_connection().execute_unprepared(&work(manager.get_database_backend())).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        connection.execute_unprepared("DELETE FROM job WHERE kind = 'collect_media'").await?;
        connection.execute_unprepared("DELETE FROM run WHERE job = 'collect_media'").await?;
        for table in TABLES.into_iter().rev() {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        manager
            .alter_table(Table::alter().table("account").drop_column("media_collected_at").to_owned())
            .await
    }
}

/// Every account whose audience is collected has its media collected, too, from the same time on.
fn work(backend: DbBackend) -> String {
    let new_id = if backend == DbBackend::Postgres { "gen_random_uuid()" } else { "randomblob(16)" };
    format!(
        "INSERT INTO job (id, workspace_id, kind, subject_id, due_at, trigger, lease_term, attempt, failures, \
         created_at, updated_at) SELECT {new_id}, workspace_id, 'collect_media', subject_id, due_at, 'scheduled', \
         0, 0, 0, created_at, updated_at FROM job WHERE kind = 'collect_audience'"
    )
}

/// A reference that goes with the row it refers to.
fn belongs(table: &'static str, column: &'static str, to: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().from(table, column).to(to, "id").on_delete(ForeignKeyAction::Cascade).to_owned()
}

fn media() -> TableCreateStatement {
    Table::create()
        .table("media")
        .col(uuid("id"))
        .col(uuid("workspace_id"))
        .col(uuid("account_id"))
        .col(text("meta_id"))
        .col(text("kind"))
        .col(text_null("format"))
        .col(text_null("caption"))
        .col(text_null("permalink"))
        .col(boolean("likes_hidden"))
        .col(timestamp_with_time_zone("posted_at"))
        .col(timestamp_with_time_zone("seen_at"))
        .col(timestamp_with_time_zone_null("read_at"))
        .col(timestamp_with_time_zone_null("read_due_at"))
        .col(timestamp_with_time_zone_null("captured_at"))
        .col(timestamp_with_time_zone_null("gone_at"))
        .primary_key(Index::create().col("id"))
        .foreign_key(&mut belongs("media", "account_id", "account"))
        .to_owned()
}

fn media_insight() -> TableCreateStatement {
    Table::create()
        .table("media_insight")
        .col(uuid("media_id"))
        .col(text("metric"))
        .col(uuid("workspace_id"))
        .col(big_integer_null("value"))
        .col(text("state"))
        .col(timestamp_with_time_zone("collected_at"))
        .primary_key(Index::create().col("media_id").col("metric"))
        .foreign_key(&mut belongs("media_insight", "media_id", "media"))
        .to_owned()
}

fn media_insight_day() -> TableCreateStatement {
    Table::create()
        .table("media_insight_day")
        .col(uuid("media_id"))
        .col(text("metric"))
        .col(date("day"))
        .col(uuid("workspace_id"))
        .col(big_integer("value"))
        .primary_key(Index::create().col("media_id").col("metric").col("day"))
        .foreign_key(&mut belongs("media_insight_day", "media_id", "media"))
        .to_owned()
}

fn media_refusal() -> TableCreateStatement {
    Table::create()
        .table("media_refusal")
        .col(uuid("account_id"))
        .col(text("kind"))
        .col(text("metric"))
        .col(uuid("workspace_id"))
        .col(timestamp_with_time_zone("refused_at"))
        .primary_key(Index::create().col("account_id").col("kind").col("metric"))
        .foreign_key(&mut belongs("media_refusal", "account_id", "account"))
        .to_owned()
}

fn story_gap() -> TableCreateStatement {
    Table::create()
        .table("story_gap")
        .col(uuid("account_id"))
        .col(timestamp_with_time_zone("from_at"))
        .col(timestamp_with_time_zone("to_at"))
        .col(uuid("workspace_id"))
        .primary_key(Index::create().col("account_id").col("from_at"))
        .foreign_key(&mut belongs("story_gap", "account_id", "account"))
        .to_owned()
}
