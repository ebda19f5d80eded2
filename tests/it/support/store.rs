//! The database of one installation.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, Statement};
use url::Url;
use uuid::Uuid;

use super::Engine;
use super::environment;

/// A database that goes away when this is dropped.
pub(crate) struct Store {
    url: String,
    home: Home,
}

enum Home {
    /// The file; it is in the folder of the installation.
    Sqlite(PathBuf),
    /// The server, and the name of the database on it.
    Postgres { server: String, name: String },
}

impl Store {
    pub(crate) async fn new(engine: Engine, folder: &Path) -> Self {
        match engine {
            Engine::Sqlite => {
                let file = folder.join("mooring.db");
                Self { url: format!("sqlite://{}", file.display()), home: Home::Sqlite(file) }
            }
            Engine::Postgres => {
                let server = environment::postgres_server().expect("TEST_POSTGRES_URL");
                let name = format!("mooring_it_{}", Uuid::new_v4().simple());
                on_server(&server, &format!("CREATE DATABASE {name} TEMPLATE template0")).await;
                let mut url = Url::parse(&server).expect("an address in TEST_POSTGRES_URL");
                url.set_path(&name);
                Self { url: url.into(), home: Home::Postgres { server, name } }
            }
        }
    }

    /// The address for `DATABASE_URL`.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The whole number that a statement gives.
    pub(crate) async fn number(&self, sql: &str) -> i64 {
        let database = self.open().await;
        let statement = Statement::from_string(database.get_database_backend(), sql);
        let row = database.query_one_raw(statement).await.expect("an answer").expect("a row");
        row.try_get_by_index(0).expect("a whole number")
    }

    /// The times that a statement gives.
    pub(crate) async fn times(&self, sql: &str) -> Vec<DateTime<Utc>> {
        let database = self.open().await;
        let statement = Statement::from_string(database.get_database_backend(), sql);
        let rows = database.query_all_raw(statement).await.expect("rows");
        rows.iter().map(|row| row.try_get_by_index(0).expect("a time")).collect()
    }

    /// Carries out a statement and gives how many rows it changed.
    pub(crate) async fn execute(&self, sql: &str) -> u64 {
        self.open().await.execute_unprepared(sql).await.expect("a statement").rows_affected()
    }

    /// Whether nobody holds a lock that keeps everybody else from writing.
    pub(crate) async fn can_be_written(&self) -> bool {
        self.open().await.execute_unprepared("DELETE FROM setting WHERE key = 'none'").await.is_ok()
    }

    /// Lets nobody write until the result is given to [`Store::let_write`]: SQLite's file is locked, and
    /// PostgreSQL's sessions may only read.
    pub(crate) async fn let_nobody_write(&self) -> DatabaseConnection {
        let database = self.open().await;
        match &self.home {
            Home::Sqlite(_) => drop(database.execute_unprepared("BEGIN IMMEDIATE").await.expect("the lock")),
            Home::Postgres { name, .. } => only_read(&database, name, "on").await,
        }
        database
    }

    /// Ends what [`Store::let_nobody_write`] has begun.
    pub(crate) async fn let_write(&self, held: DatabaseConnection) {
        match &self.home {
            Home::Sqlite(_) => drop(held.execute_unprepared("ROLLBACK").await.expect("the lock")),
            Home::Postgres { name, .. } => only_read(&held, name, "off").await,
        }
    }

    /// Everything that is stored, as bytes in which a secret would be found: the files of SQLite, or
    /// every row of every table of PostgreSQL.
    pub(crate) async fn bytes(&self) -> Vec<u8> {
        match &self.home {
            Home::Sqlite(file) => ["", "-wal", "-shm"]
                .iter()
                .filter_map(|ending| std::fs::read(format!("{}{ending}", file.display())).ok())
                .flatten()
                .collect(),
            Home::Postgres { .. } => self.rows().await.join("\n").into_bytes(),
        }
    }

    async fn rows(&self) -> Vec<String> {
        let database = self.open().await;
        let texts = async |sql: String| -> Vec<String> {
            let statement = Statement::from_string(database.get_database_backend(), sql);
            let rows = database.query_all_raw(statement).await.expect("rows");
            rows.iter().map(|row| row.try_get_by_index(0).expect("a text")).collect()
        };
        let tables = texts(
            "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'".into(),
        );
        let mut rows = Vec::new();
        for table in tables.await {
            rows.extend(texts(format!("SELECT t::text FROM \"{table}\" t")).await);
        }
        rows
    }

    async fn open(&self) -> DatabaseConnection {
        open(&self.url).await
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        let Home::Postgres { server, name } = &self.home else { return };
        let (server, statement) = (server.clone(), format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        // A drop cannot wait inside the runtime of the test, so it takes a thread with its own. The
        // whole server goes away soon, so that a database left behind is no reason to fail.
        let _left_behind = std::thread::spawn(move || {
            if let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() {
                runtime.block_on(on_server(&server, &statement));
            }
        })
        .join();
    }
}

async fn open(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await.expect("the database")
}

/// New sessions may only read, or write as well, and there are no old ones.
async fn only_read(database: &DatabaseConnection, name: &str, what: &str) {
    let others = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                  WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let setting = format!("ALTER DATABASE {name} SET default_transaction_read_only = {what}");
    // The session itself may have begun when nobody might write.
    for statement in ["SET default_transaction_read_only = off", &setting, others] {
        database.execute_unprepared(statement).await.expect("a role that owns the database");
    }
}

async fn on_server(server: &str, statement: &str) {
    open(server).await.execute_unprepared(statement).await.expect("a role that may create databases");
}

/// Whether `bytes` hold `part`.
pub(crate) fn contains(bytes: &[u8], part: &[u8]) -> bool {
    // Comparing the first byte alone first is what makes it fast enough for megabytes.
    part.first().is_some_and(|first| {
        bytes.iter().enumerate().any(|(at, byte)| byte == first && bytes[at..].starts_with(part))
    })
}
