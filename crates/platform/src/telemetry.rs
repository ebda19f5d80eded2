//! Structured logs on standard error.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::LogFormat;

/// Libraries whose own verbose logs can hold request lines, headers, mail text or SQL values. They
/// stay at `info` however verbose the rest is, so that no level of logging shows a secret.
const QUIET: [&str; 12] = [
    "h2",
    "hyper",
    "hyper_util",
    "lettre",
    "reqwest",
    "rustls",
    "sea_orm",
    "sea_orm_migration",
    "sqlx",
    "tower",
    "tower_http",
    "tungstenite",
];

/// Starts logging with the filter `filter` (as in `info` or `connections=debug,info`). Later calls
/// change nothing.
pub fn start(filter: &str, format: LogFormat) {
    let mut filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    for library in QUIET {
        if let Ok(directive) = format!("{library}=info").parse() {
            filter = filter.add_directive(directive);
        }
    }
    let registry = tracing_subscriber::registry().with(filter);
    // The text formatter escapes control characters in values, the JSON one by its nature.
    let _already_started = match format {
        LogFormat::Json => registry
            .with(tracing_subscriber::fmt::layer().json().flatten_event(true).with_writer(std::io::stderr))
            .try_init(),
        LogFormat::Text => {
            registry.with(tracing_subscriber::fmt::layer().with_writer(std::io::stderr)).try_init()
        }
    };
}

/// Installs the TLS provider of the whole process. Later calls change nothing.
pub fn install_tls_provider() {
    let _already_installed = rustls::crypto::ring::default_provider().install_default();
}
