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
mod m20261130_000040_media;

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
            Box::new(m20261130_000040_media::Migration),
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
}
