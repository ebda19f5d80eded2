//! Databases for the tests of every other room; a dev-dependency only.
//!
//! ```no_run
//! # async fn example() {
//! for db in testing::databases().await {
//!     // `db` dereferences to `platform::Database`, migrated and empty.
//!     let _database: platform::Database = db.database();
//! }
//! # }
//! ```
//!
//! Every call gives a fresh SQLite file and, when `TEST_POSTGRES_URL` names a server and a role that
//! may create databases (`postgres://user:password@host/postgres`), a fresh PostgreSQL database as
//! well, so that both run the same tests. Each goes away when its [`TestDatabase`] is dropped; keep
//! that alive for as long as anything uses the database.
#![expect(clippy::expect_used, reason = "a test that cannot get its database has failed")]

mod postgres;
mod sqlite;

use std::fmt;
use std::ops::Deref;

use platform::Database;

/// A migrated, empty database that goes away when this is dropped.
pub struct TestDatabase {
    database: Database,
    home: Home,
}

/// What has to be cleared away afterwards.
enum Home {
    Sqlite(tempfile::TempDir),
    Postgres(postgres::OwnDatabase),
}

impl TestDatabase {
    /// The database, for what wants to own one.
    #[must_use]
    pub fn database(&self) -> Database {
        self.database.clone()
    }

    /// The address under which another process, or another pool, opens the same database.
    #[must_use]
    pub fn url(&self) -> String {
        match &self.home {
            Home::Sqlite(folder) => sqlite::url(folder),
            Home::Postgres(own) => own.url().to_owned(),
        }
    }
}

impl Deref for TestDatabase {
    type Target = Database;

    fn deref(&self) -> &Database {
        &self.database
    }
}

impl fmt::Debug for TestDatabase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.home {
            Home::Sqlite(_) => "SQLite",
            Home::Postgres(_) => "PostgreSQL",
        })
    }
}

/// A fresh SQLite database and, when `TEST_POSTGRES_URL` is set, a fresh PostgreSQL one.
///
/// # Panics
/// When a database cannot be made.
pub async fn databases() -> Vec<TestDatabase> {
    let mut databases = vec![sqlite::fresh().await];
    databases.extend(postgres::fresh().await);
    databases
}

/// A fresh SQLite database, for what does not depend on the database at all.
///
/// # Panics
/// When it cannot be made.
pub async fn sqlite() -> TestDatabase {
    sqlite::fresh().await
}

#[cfg(test)]
mod tests {
    use sea_orm::ConnectionTrait as _;

    #[tokio::test]
    async fn every_database_is_migrated_and_its_own() {
        // The same key twice: the second round would fail in a shared database.
        for _ in 0..2 {
            for db in crate::databases().await {
                db.execute_unprepared(
                    "INSERT INTO cron_slot (line, slot) VALUES ('a', '2026-11-20 10:00:00+00:00')",
                )
                .await
                .unwrap();
            }
        }
    }
}
