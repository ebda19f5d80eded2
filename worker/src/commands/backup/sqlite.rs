//! Copies of SQLite, made while everything runs.

use std::path::Path;

use anyhow::Context as _;
use platform::Database;
use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseBackend, DatabaseConnection, DbErr, Statement, TryGetable,
};

use super::report::{Contents, TABLES};

/// Writes a copy into an empty file, in the state of one moment. Writers go on meanwhile.
pub(super) async fn copy(database: &Database, path: &Path) -> anyhow::Result<()> {
    let path = path.to_str().context("the path is not text")?;
    let vacuum =
        Statement::from_sql_and_values(DatabaseBackend::Sqlite, "VACUUM INTO $1", [path.to_owned().into()]);
    database.execute_raw(vacuum).await.context("the copy could not be written")?;
    Ok(())
}

/// Reads a copy, without changing it or anything beside it.
pub(super) async fn read(path: &Path) -> anyhow::Result<Contents> {
    let not_whole = |fault: String| {
        tracing::warn!(fault, "the copy is not whole");
        Ok(Contents { kind: "sqlite", ..Contents::default() })
    };
    let copy = match open(path).await {
        Ok(copy) => copy,
        Err(error) => return not_whole(error.to_string()),
    };
    if let Some(fault) = check(&copy).await {
        return not_whole(fault);
    }
    let mut contents = Contents { kind: "sqlite", is_whole: true, ..Contents::default() };
    // A file of something else has none of these.
    let Ok(schema) = column(&copy, "SELECT version FROM seaql_migrations ORDER BY version").await else {
        return Ok(contents);
    };
    contents.schema = schema;
    for table in TABLES {
        let counted = column::<i64>(&copy, &format!("SELECT count(*) FROM \"{table}\"")).await;
        if let Ok([count]) = counted.as_deref() {
            contents.rows.insert(table.to_owned(), count.unsigned_abs());
        }
    }
    for key in column::<String>(&copy, "SELECT key_id FROM sealed_token").await.unwrap_or_default() {
        *contents.keys.entry(key).or_default() += 1;
    }
    copy.close().await.ok();
    Ok(contents)
}

async fn open(path: &Path) -> Result<DatabaseConnection, DbErr> {
    let path = path.to_owned();
    let mut options = ConnectOptions::new("sqlite::memory:");
    options.max_connections(1).sqlx_logging(false).map_sqlx_sqlite_opts(move |sqlite| {
        sqlite.filename(&path).in_memory(false).shared_cache(false).read_only(true).immutable(true)
    });
    sea_orm::Database::connect(options).await
}

/// What SQLite finds wrong with the copy, if anything.
async fn check(copy: &DatabaseConnection) -> Option<String> {
    match column::<String>(copy, "PRAGMA integrity_check").await {
        Ok(answers) if answers == ["ok"] => {}
        Ok(answers) => return Some(answers.join("; ")),
        Err(error) => return Some(error.to_string()),
    }
    match column::<String>(copy, "PRAGMA foreign_key_check").await {
        Ok(answers) if answers.is_empty() => None,
        Ok(answers) => Some(format!("rows without what they belong to, in {}", answers.join(", "))),
        Err(error) => Some(error.to_string()),
    }
}

/// The first column of an answer.
async fn column<T: TryGetable>(copy: &DatabaseConnection, sql: &str) -> Result<Vec<T>, DbErr> {
    let rows = copy.query_all_raw(Statement::from_string(DatabaseBackend::Sqlite, sql)).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}
