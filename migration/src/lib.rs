//! How the database came to look as it does: one change per file, oldest first.
//!
//! The same changes run on SQLite and PostgreSQL. A change that old code could not live with is cut
//! into several: add, write both, move over, remove (expand and contract), because during a
//! deployment the old api and worker still run against the new schema.

mod m20261120_000001_people;
mod m20261120_000002_workspaces;
mod m20261120_000003_connections;
mod m20261120_000004_work;
mod m20261120_000005_incidents;
mod m20261120_000006_insights;
mod m20261120_000007_deletion_requests;
mod m20261121_000008_incident_mails;
mod m20261121_000009_sign_up_links;
mod m20261121_000010_gone_accounts;
mod m20261121_000011_brake;
mod m20261121_000012_ends_of_incidents;
mod m20261121_000013_held_reasons;
mod m20261121_000014_free_work;
mod m20261121_000015_team_alerts;
mod m20261121_000020_channels;
mod m20261121_000021_connect_links;
mod m20261121_000022_monitor;
mod m20261130_000023_fuses;
mod m20261130_000030_refused_metrics;
mod m20261130_000031_revisions;
mod m20261130_000032_people_of_audiences;
mod m20261130_000040_media;
mod m20261201_000033_narrow_indexes;
mod m20261201_000034_late_renewals;
mod m20261201_000035_held;
mod m20261201_000036_usage;
mod m20261201_000037_retention;
mod m20261201_000041_posts_listed;

use sea_orm_migration::prelude::*;

/// All changes.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261120_000001_people::Migration),
            Box::new(m20261120_000002_workspaces::Migration),
            Box::new(m20261120_000003_connections::Migration),
            Box::new(m20261120_000004_work::Migration),
            Box::new(m20261120_000005_incidents::Migration),
            Box::new(m20261120_000006_insights::Migration),
            Box::new(m20261120_000007_deletion_requests::Migration),
            Box::new(m20261121_000008_incident_mails::Migration),
            Box::new(m20261121_000009_sign_up_links::Migration),
            Box::new(m20261121_000010_gone_accounts::Migration),
            Box::new(m20261121_000011_brake::Migration),
            Box::new(m20261121_000012_ends_of_incidents::Migration),
            Box::new(m20261121_000013_held_reasons::Migration),
            Box::new(m20261121_000014_free_work::Migration),
            Box::new(m20261121_000015_team_alerts::Migration),
            Box::new(m20261121_000021_connect_links::Migration),
            Box::new(m20261121_000022_monitor::Migration),
            Box::new(m20261121_000020_channels::Migration),
            Box::new(m20261130_000023_fuses::Migration),
            Box::new(m20261130_000030_refused_metrics::Migration),
            Box::new(m20261130_000031_revisions::Migration),
            Box::new(m20261130_000032_people_of_audiences::Migration),
            Box::new(m20261201_000033_narrow_indexes::Migration),
            Box::new(m20261201_000034_late_renewals::Migration),
            Box::new(m20261201_000035_held::Migration),
            Box::new(m20261201_000036_usage::Migration),
            Box::new(m20261201_000037_retention::Migration),
            Box::new(m20261130_000040_media::Migration),
            Box::new(m20261201_000041_posts_listed::Migration),
        ]
    }
}

/// Brings the database to the newest schema. Two processes that start at once do it one after the
/// other: PostgreSQL by an advisory lock, SQLite by its write lock.
///
/// # Errors
/// When a change fails, or when the database was written by a newer version than this one.
pub async fn run(database: &platform::Database) -> Result<(), DbErr> {
    /// Any fixed number; it only has to be ours.
    const LOCK: i64 = 0x006d_6f6f_7269_6e67;
    let transaction = database.begin().await?;
    if database.is_postgres() {
        transaction.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({LOCK})")).await?;
    }
    Migrator::up(&*transaction, None).await?;
    transaction.commit().await
}

/// The names of all changes, oldest first, as the database keeps them.
#[must_use]
pub fn names() -> Vec<String> {
    Migrator::migrations().iter().map(|change| change.name().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use sea_orm_migration::sea_orm::{DatabaseBackend, Statement};

    use super::*;

    #[tokio::test]
    async fn runs_twice_and_back_on_sqlite() {
        let folder = std::env::temp_dir().join(format!("mooring-migration-{}", std::process::id()));
        let url = format!("sqlite://{}/test.db", folder.display());
        let database = platform::Database::open(&url, 4).await.unwrap();
        let (first, second) = tokio::join!(run(&database), run(&database));
        first.and(second).unwrap();
        Migrator::down(&*database, None).await.unwrap();
        run(&database).await.unwrap();
        std::fs::remove_dir_all(folder).unwrap();
    }

    /// Without statistics SQLite takes the index on the workspace as readily as any other, and reads a whole
    /// workspace for one account. There is no workspace that is too large for that to be noticed.
    #[tokio::test]
    async fn questions_about_one_thing_do_not_read_the_whole_workspace() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("plans.db").display());
        let database = platform::Database::open(&url, 1).await.unwrap();
        run(&database).await.unwrap();
        // Columns that an index can be entered by, alone or after the workspace.
        let columns = "SELECT DISTINCT m.name AS of_table, x.name AS of_column \
             FROM sqlite_master m, pragma_index_list(m.name) i, pragma_index_info(i.name) x \
             WHERE m.type = 'table' AND i.partial = 0 AND x.name LIKE '%_id' AND x.name <> 'workspace_id' \
             AND EXISTS (SELECT 1 FROM pragma_table_info(m.name) w WHERE w.name = 'workspace_id') \
             AND (x.seqno = 0 OR (x.seqno = 1 AND EXISTS (SELECT 1 FROM pragma_index_info(i.name) f \
                 WHERE f.seqno = 0 AND f.name = 'workspace_id')))";
        let columns = database.query_all_raw(statement(columns)).await.unwrap();
        for row in &columns {
            let [table, column]: [String; 2] =
                ["of_table", "of_column"].map(|name| row.try_get("", name).unwrap());
            let question =
                format!("EXPLAIN QUERY PLAN SELECT * FROM {table} WHERE workspace_id = 1 AND {column} = 1");
            let plan = database.query_one_raw(statement(&question)).await.unwrap().unwrap();
            let plan: String = plan.try_get("", "detail").unwrap();
            assert!(plan.contains(&format!("{column}=?")), "{table}.{column}: {plan}");
        }
        assert!(columns.len() > 10, "{columns:?}");
    }

    fn statement(sql: &str) -> Statement {
        Statement::from_string(DatabaseBackend::Sqlite, sql)
    }
}
