//! Statements that SeaORM's builder cannot say. Both databases understand them as they are, with
//! `$n` placeholders; where one needs other words, the text is put together here.

use sea_orm::{ConnectionTrait, DatabaseBackend, Statement, Value};

/// A statement for the database behind `db`.
pub(crate) fn statement(db: &impl ConnectionTrait, sql: &str, values: Vec<Value>) -> Statement {
    Statement::from_sql_and_values(db.get_database_backend(), sql, values)
}

/// How a claiming query leaves rows alone that another process is claiming at this moment. SQLite
/// needs no words for it: its claims run one after the other under the write lock.
pub(crate) fn skip_locked(db: &impl ConnectionTrait) -> &'static str {
    match db.get_database_backend() {
        DatabaseBackend::Postgres => "FOR UPDATE OF job SKIP LOCKED",
        _ => "",
    }
}
