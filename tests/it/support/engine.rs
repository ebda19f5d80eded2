//! Every behaviour is the same on both databases.

use super::environment;

/// Where an installation stores its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

/// Runs a behaviour, unless there is no server for it and nobody asked for one.
pub(crate) fn run<F: Future<Output = ()>>(engine: Engine, behaviour: impl FnOnce(Engine) -> F) {
    if engine == Engine::Postgres && environment::postgres_server().is_none() {
        assert!(!environment::postgres_is_required(), "REQUIRE_POSTGRES=1, but TEST_POSTGRES_URL is not set");
        println!("not run: TEST_POSTGRES_URL is not set");
        return;
    }
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(behaviour(engine));
}

/// Makes two tests of each behaviour `async fn name(engine: Engine)`.
macro_rules! on_each_database {
    ($($behaviour:ident),* $(,)?) => {$(
        mod $behaviour {
            use $crate::support::engine::{Engine, run};

            #[test]
            fn on_sqlite() {
                run(Engine::Sqlite, super::$behaviour);
            }

            #[test]
            fn on_postgres() {
                run(Engine::Postgres, super::$behaviour);
            }
        }
    )*};
}
pub(crate) use on_each_database;
