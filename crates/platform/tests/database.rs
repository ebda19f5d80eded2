//! Transactions that do not end as they should: a process that is stopped in the middle of one, as
//! PostgreSQL sees it, and a disk that is full when SQLite wants to write.
#![expect(clippy::unwrap_used, reason = "a test")]

use std::time::Duration;

use platform::Database;
use platform::database::{Transaction, is_unavailable};
use sea_orm::{ConnectionTrait as _, DatabaseBackend, Statement};

/// As many connections as the pool of a test has at most.
const ALL: usize = 5;
/// Far more than it takes, so that a server that ends nobody is a failure.
const PATIENCE: Duration = Duration::from_secs(30);

async fn all_at_once(database: &Database) -> Vec<Transaction> {
    let mut transactions = Vec::new();
    for _ in 0..ALL {
        transactions.push(database.begin().await.unwrap());
    }
    transactions
}

async fn text(transaction: &Transaction, sql: &str) -> String {
    let statement = Statement::from_string(DatabaseBackend::Postgres, sql);
    let row = transaction.query_one_raw(statement).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}

#[tokio::test]
async fn a_session_that_sits_in_a_transaction_is_ended_and_everybody_else_goes_on() {
    let databases = testing::databases().await;
    let Some(database) = databases.iter().find(|database| database.is_postgres()) else {
        println!("not run: TEST_POSTGRES_URL is not set");
        return;
    };
    for transaction in all_at_once(database).await {
        assert_eq!(text(&transaction, "SHOW idle_in_transaction_session_timeout").await, "15s");
    }
    let held = "INSERT INTO setting (key, value, updated_at) VALUES ('held', '1', now())";
    database.execute_unprepared(held).await.unwrap();

    let stopped = database.begin().await.unwrap();
    let session = text(&stopped, "SELECT pg_backend_pid()::text").await;
    // The rest of fifteen seconds.
    stopped.execute_unprepared("SET idle_in_transaction_session_timeout = 100").await.unwrap();
    stopped.execute_unprepared("UPDATE setting SET value = '2' WHERE key = 'held'").await.unwrap();
    // It holds this row, so that whoever wants it waits until the server ends the session.
    let update = database.execute_unprepared("UPDATE setting SET value = '3' WHERE key = 'held'");
    let updated = tokio::time::timeout(PATIENCE, update).await.expect("the lock is let go of");
    assert_eq!(updated.unwrap().rows_affected(), 1);
    assert!(stopped.commit().await.is_err(), "what it did is undone, and it is told so");

    let every = all_at_once(database).await;
    for transaction in &every {
        assert_eq!(text(transaction, "SELECT value::text FROM setting WHERE key = 'held'").await, "3");
        assert_ne!(text(transaction, "SELECT pg_backend_pid()::text").await, session);
    }
}

#[tokio::test]
async fn a_full_disk_takes_the_write_lock_along_with_no_connection() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("full.db").display());
    // One connection, so that the one that failed is the one that is used again.
    let database = Database::open(&url, 1).await.unwrap();
    database.execute_unprepared("CREATE TABLE filler (bytes BLOB)").await.unwrap();
    for _ in 0..3 {
        database.execute_unprepared("PRAGMA max_page_count = 4").await.unwrap();
        let transaction = database.begin().await.unwrap();
        let full = transaction.execute_unprepared("INSERT INTO filler VALUES (randomblob(1000000))").await;
        let full = full.unwrap_err();
        assert!(full.to_string().contains("full") && is_unavailable(&full), "{full}");
        drop(transaction);
        database.execute_unprepared("PRAGMA max_page_count = 1000000").await.unwrap();
        let another = database.begin().await.unwrap();
        another.execute_unprepared("INSERT INTO filler VALUES (randomblob(10))").await.unwrap();
        another.commit().await.unwrap();
    }
    let rows = database
        .query_one_raw(Statement::from_string(DatabaseBackend::Sqlite, "SELECT count(*) FROM filler"));
    assert_eq!(rows.await.unwrap().unwrap().try_get_by_index::<i64>(0).unwrap(), 3);
}
