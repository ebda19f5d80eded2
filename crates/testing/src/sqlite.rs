//! A SQLite file in a folder of its own.

use platform::Database;
use tempfile::TempDir;

use crate::{Home, TestDatabase};

/// Enough for a test that works from several tasks at once.
const CONNECTIONS: u32 = 8;

pub(crate) async fn fresh() -> TestDatabase {
    let folder = tempfile::Builder::new().prefix("mooring-").tempdir().expect("a temporary folder");
    let database = Database::open(&url(&folder), CONNECTIONS).await.expect("a SQLite database");
    migration::run(&database).await.expect("a migrated SQLite database");
    TestDatabase { database, home: Home::Sqlite(folder) }
}

pub(crate) fn url(folder: &TempDir) -> String {
    format!("sqlite://{}", folder.path().join("test.db").display())
}
