//! The few settings of the tests themselves.
#![expect(clippy::disallowed_methods, reason = "settings of the tests, not of the product")]

use std::path::PathBuf;

/// A PostgreSQL server and a role on it that may create databases.
pub(crate) fn postgres_server() -> Option<String> {
    std::env::var("TEST_POSTGRES_URL").ok().filter(|url| !url.is_empty())
}

/// Whether doing without PostgreSQL is a failure.
pub(crate) fn postgres_is_required() -> bool {
    std::env::var("REQUIRE_POSTGRES").is_ok_and(|value| value == "1")
}

/// Whether data and logs of failed behaviours are to be left where they are.
pub(crate) fn keep_data() -> bool {
    std::env::var("KEEP_DATA").is_ok_and(|value| value == "1")
}

/// Of the points at which a program can be killed, every how manyth is tried; all of them with
/// `KILL_AT_EVERY=1`.
pub(crate) fn step_between_kills() -> usize {
    std::env::var("KILL_AT_EVERY").ok().and_then(|value| value.parse().ok()).unwrap_or(5)
}

/// What every program needs from its surroundings.
pub(crate) fn search_path() -> String {
    std::env::var("PATH").unwrap_or_default()
}

/// The folder of the built programs. Test programs are in `deps` below it.
pub(crate) fn programs() -> PathBuf {
    let test = std::env::current_exe().expect("the path of this test");
    let folder = test.parent().and_then(|deps| deps.parent()).expect("a folder above deps");
    let missing: Vec<_> = ["mooring-api", "mooring-sandbox", "mooring-worker"]
        .into_iter()
        .filter(|name| !folder.join(name).exists())
        .collect();
    assert!(missing.is_empty(), "{missing:?} not found in {}: run `make programs` first", folder.display());
    folder.to_owned()
}
