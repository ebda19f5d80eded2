//! Opening SQLite or PostgreSQL, and the one way to begin a write transaction.

use std::borrow::Cow;
use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sea_orm::{
    ConnectOptions, DatabaseBackend, DatabaseConnection, DatabaseTransaction, DbErr, RuntimeErr,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use sqlx::Connection as _;
use tokio::sync::{Mutex, OwnedMutexGuard};

/// How long a statement waits for a busy SQLite file before it fails.
const SQLITE_BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// A process that is stopped in the middle of a transaction holds its locks no longer than this, in
/// milliseconds. Ours wait for nothing but the database while a transaction is open.
const POSTGRES_IDLE_TIMEOUT: &str = "15000";
/// How long a caller waits for a free connection before it gets an error.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// An open database. Reads go straight to it (it dereferences to SeaORM's connection); everything
/// that writes more than one statement goes through [`Database::begin`].
#[derive(Clone, Debug)]
pub struct Database {
    connection: DatabaseConnection,
    /// SQLite has one writer. Queueing for it here, in order, is fairer and quicker than the
    /// polling that SQLite's busy handler does; other processes still meet the busy timeout.
    writer: Option<Arc<Mutex<()>>>,
}

impl Database {
    /// Opens `url` (`sqlite://path` or `postgres://…`) with at most `connections` connections. A
    /// SQLite file and its folder are made when missing.
    ///
    /// # Errors
    /// When the database cannot be reached or opened.
    pub async fn open(url: &str, connections: u32) -> Result<Self, DbErr> {
        make_folder_of(url)?;
        let mut options = ConnectOptions::new(url);
        options
            .max_connections(connections)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .sqlx_logging(false)
            .record_stmt_in_spans(false)
            .map_sqlx_sqlite_opts(|sqlite| {
                sqlite
                    .create_if_missing(true)
                    .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
                    .synchronous(sqlx::sqlite::SqliteSynchronous::Full)
                    .foreign_keys(true)
                    .busy_timeout(SQLITE_BUSY_TIMEOUT)
            })
            .map_sqlx_sqlite_pool_opts(|pool| {
                pool.after_release(|connection, _| Box::pin(has_let_go(connection)))
            })
            .map_sqlx_postgres_opts(|postgres| {
                postgres.options([("idle_in_transaction_session_timeout", POSTGRES_IDLE_TIMEOUT)])
            });
        let connection = sea_orm::Database::connect(options).await?;
        Ok(Self::from(connection))
    }

    /// Begins a transaction that will write. On SQLite it takes the write lock at once: a
    /// transaction that reads first and then upgrades fails immediately under contention, whatever
    /// the busy timeout says.
    ///
    /// # Errors
    /// When no connection is free in time or the database refuses.
    pub async fn begin(&self) -> Result<Transaction, DbErr> {
        let writer = match &self.writer {
            Some(writer) => Some(writer.clone().lock_owned().await),
            None => None,
        };
        let mode = writer.as_ref().map(|_| SqliteTransactionMode::Immediate);
        let options = TransactionOptions { sqlite_transaction_mode: mode, ..Default::default() };
        let inner = self.connection.begin_with_options(options).await?;
        Ok(Transaction { inner, _writer: writer })
    }

    /// Waits for the turn to write a single statement, and keeps it until the result is dropped. On
    /// PostgreSQL there is nothing to wait for. Must not be asked for while a [`Transaction`] of the
    /// same task is open: it would wait for itself.
    pub async fn turn(&self) -> Turn {
        match &self.writer {
            Some(writer) => Turn { _writer: Some(writer.clone().lock_owned().await) },
            None => Turn { _writer: None },
        }
    }

    /// Whether this is PostgreSQL; the one file per room that differs asks here.
    #[must_use]
    pub fn is_postgres(&self) -> bool {
        self.connection.get_database_backend() == DatabaseBackend::Postgres
    }
}

impl From<DatabaseConnection> for Database {
    fn from(connection: DatabaseConnection) -> Self {
        let sqlite = connection.get_database_backend() == DatabaseBackend::Sqlite;
        Self { connection, writer: sqlite.then(Arc::default) }
    }
}

impl Deref for Database {
    type Target = DatabaseConnection;

    fn deref(&self) -> &DatabaseConnection {
        &self.connection
    }
}

/// The turn to write a single statement; see [`Database::turn`].
#[derive(Debug)]
#[must_use = "the turn ends when it is dropped"]
pub struct Turn {
    _writer: Option<OwnedMutexGuard<()>>,
}

/// A write transaction; dropping it without [`Transaction::commit`] rolls it back. No network call
/// may happen while one is open.
#[derive(Debug)]
pub struct Transaction {
    inner: DatabaseTransaction,
    // Dropped after `inner`, so the next writer starts when this one has let go.
    _writer: Option<OwnedMutexGuard<()>>,
}

impl Transaction {
    /// Makes everything done in this transaction durable.
    ///
    /// # Errors
    /// When the commit fails; whether it happened is then settled by reading again.
    pub async fn commit(self) -> Result<(), DbErr> {
        self.inner.commit().await
    }
}

impl Deref for Transaction {
    type Target = DatabaseTransaction;

    fn deref(&self) -> &DatabaseTransaction {
        &self.inner
    }
}

/// Whether a connection that comes back to the pool has ended its transaction. When the disk is full a
/// rollback can fail as well; the connection would keep the write lock of everybody for ever, so that it is
/// closed, which ends the transaction.
async fn has_let_go(connection: &mut sqlx::SqliteConnection) -> Result<bool, sqlx::Error> {
    if !connection.is_in_transaction() {
        return Ok(true);
    }
    // A rollback that has been asked for is done when what was asked for after it is.
    connection.ping().await?;
    let has = !connection.is_in_transaction();
    if !has {
        tracing::error!("a transaction could not be ended; its connection is closed");
    }
    Ok(has)
}

/// Whether the database gave one transaction up in favour of another (PostgreSQL: deadlock, 40P01, or
/// serialisation failure, 40001). It can simply be done again.
#[must_use]
pub fn is_conflict(error: &DbErr) -> bool {
    matches!(code_of(error).as_deref(), Some("40P01" | "40001"))
}

/// Whether nothing is wrong with what was asked, but the database cannot do it at present: it cannot be
/// reached, its disk is full or read-only, or somebody else keeps it locked. It may work in a while.
/// (SQLite's primary result codes, <https://www.sqlite.org/rescode.html>, and PostgreSQL's classes of
/// errors, <https://www.postgresql.org/docs/current/errcodes-appendix.html>.)
#[must_use]
pub fn is_unavailable(error: &DbErr) -> bool {
    /// `BUSY`, `LOCKED`, `READONLY`, `IOERR`, `FULL`, `CANTOPEN`.
    const SQLITE: [u32; 6] = [5, 6, 8, 10, 13, 14];
    /// Connection lost, no space or memory or connections, shut down, the disk itself.
    const POSTGRES: [&str; 4] = ["08", "53", "57P", "58"];
    /// A transaction may only read.
    const READ_ONLY: &str = "25006";
    let Some(sqlx) = sqlx_error(error) else {
        return matches!(error, DbErr::Conn(_) | DbErr::ConnectionAcquire(_));
    };
    let Some(code) = sqlx.as_database_error().and_then(|error| error.code()) else {
        return !matches!(sqlx, sqlx::Error::RowNotFound | sqlx::Error::Decode(_) | sqlx::Error::Encode(_));
    };
    // SQLSTATEs have five characters, SQLite's numbers at most four.
    match code.parse::<u32>() {
        Ok(number) if code.len() < 5 => SQLITE.contains(&(number & 0xff)),
        _ => code == READ_ONLY || POSTGRES.iter().any(|class| code.starts_with(class)),
    }
}

fn code_of(error: &DbErr) -> Option<Cow<'_, str>> {
    sqlx_error(error)?.as_database_error()?.code()
}

fn sqlx_error(error: &DbErr) -> Option<&sqlx::Error> {
    let (DbErr::Conn(RuntimeErr::SqlxError(error))
    | DbErr::Exec(RuntimeErr::SqlxError(error))
    | DbErr::Query(RuntimeErr::SqlxError(error))) = error
    else {
        return None;
    };
    Some(error)
}

fn make_folder_of(url: &str) -> Result<(), DbErr> {
    let Some(path) = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:")) else {
        return Ok(());
    };
    let path = path.split('?').next().unwrap_or_default();
    match Path::new(path).parent() {
        Some(folder) if !folder.as_os_str().is_empty() => std::fs::create_dir_all(folder)
            .map_err(|e| DbErr::Custom(format!("cannot make the folder {}: {e}", folder.display()))),
        _ => Ok(()),
    }
}
