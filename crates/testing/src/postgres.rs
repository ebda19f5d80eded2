//! A PostgreSQL database of one's own on the server that `TEST_POSTGRES_URL` names.

use platform::Database;
use sea_orm::ConnectionTrait as _;
use url::Url;
use uuid::Uuid;

use crate::{Home, TestDatabase};

/// Enough for a test that works from several tasks at once, few enough for many tests at once.
const CONNECTIONS: u32 = 5;

/// Drops its database when it is dropped itself.
pub(crate) struct OwnDatabase {
    server: String,
    name: String,
    url: String,
}

impl OwnDatabase {
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for OwnDatabase {
    fn drop(&mut self) {
        let server = self.server.clone();
        // The pool of the test may still be open.
        let statement = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        // A drop cannot wait inside the runtime of the test, so it takes a thread with its own. A
        // database that stays behind is no reason to fail.
        let _left_behind = std::thread::spawn(move || {
            if let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() {
                runtime.block_on(on_server(&server, &statement)).ok();
            }
        })
        .join();
    }
}

pub(crate) async fn fresh() -> Option<TestDatabase> {
    let server = server_url()?;
    let name = format!("mooring_test_{}", Uuid::new_v4().simple());
    on_server(&server, &format!("CREATE DATABASE {name} TEMPLATE template0"))
        .await
        .expect("a role in TEST_POSTGRES_URL that may create databases");
    let mut url = Url::parse(&server).expect("an address in TEST_POSTGRES_URL");
    url.set_path(&name);
    let own = OwnDatabase { server, name, url: url.into() };
    let database = Database::open(&own.url, CONNECTIONS).await.expect("a PostgreSQL database");
    migration::run(&database).await.expect("a migrated PostgreSQL database");
    Some(TestDatabase { database, home: Home::Postgres(own) })
}

async fn on_server(server: &str, statement: &str) -> Result<(), sea_orm::DbErr> {
    let server = Database::open(server, 1).await?;
    server.execute_unprepared(statement).await?;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a setting of the tests, not of the product")]
fn server_url() -> Option<String> {
    std::env::var("TEST_POSTGRES_URL").ok().filter(|url| !url.is_empty())
}
