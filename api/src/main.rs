//! `mooring-api`: turns requests into calls of the rooms below, and their results into answers.
//!
//! - `server`: listening, time limits, stopping in order.
//! - `router`: every route on one screen.
//! - `headers`, `cookies`, `problem`: what all answers have in common.
//! - `readiness`: whether the process can do its work.
//! - `graphql`: the schema and its endpoint.
//! - `routes`: what is not GraphQL.
//! - `pages`: pages for people without a login, rendered here.
//! - `assets`: the dashboard, built into this binary.

mod assets;
mod cookies;
mod graphql;
mod headers;
mod pages;
mod problem;
mod readiness;
mod router;
mod routes;
mod server;
mod state;

use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use executor::Services;
use platform::config::Config;

use crate::state::AppState;

#[derive(Parser)]
#[command(name = "mooring-api", version, about = "Serves Mooring's GraphQL API and dashboard")]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Clone, Copy, Subcommand)]
enum Command {
    /// Serves requests until it is asked to stop (the default)
    Serve,
    /// Checks the configuration and the database, and ends
    Check,
    /// Brings the database to the newest schema, and ends
    Migrate,
    /// Prints the GraphQL schema, and ends
    Schema,
}

#[tokio::main]
async fn main() -> ExitCode {
    let command = Arguments::parse().command.unwrap_or(Command::Serve);
    if matches!(command, Command::Schema) {
        return say(graphql::sdl().trim_end());
    }
    let config = match Config::from_env() {
        Ok(config) => config,
        Err(faults) => return refuse(&faults),
    };
    platform::telemetry::start(&config.logs.filter, config.logs.format);
    config.announce();
    let services = match Services::start(config).await {
        Ok(services) => services,
        Err(error) => return refuse(&error),
    };
    match command {
        Command::Check => say("The configuration is usable, and so is the database."),
        Command::Migrate => say("The database has the newest schema."),
        Command::Serve | Command::Schema => {
            let connections = services.connections.clone();
            let patience = Duration::from_secs(services.config.tuning.shutdown_seconds.into());
            let executor = services.executor.clone();
            let watch = tokio::spawn(async move { executor.watch_leases().await });
            let state = AppState::new(services);
            let ready = state.clone();
            let readiness = tokio::spawn(async move { ready.readiness.watch(&ready.services).await });
            let served = server::serve(state).await;
            watch.abort();
            readiness.abort();
            // Somebody may have asked for a renewal and gone away.
            if tokio::time::timeout(patience, connections.finish_attempts()).await.is_err() {
                tracing::warn!("a renewal that did not end is given up");
            }
            match served {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => refuse(&*error),
            }
        }
    }
}

#[expect(clippy::print_stdout, reason = "the answer of a command")]
fn say(text: &str) -> ExitCode {
    println!("{text}");
    ExitCode::SUCCESS
}

/// Says why the process does not start. Logs may not be on yet, and a person is probably looking.
#[expect(clippy::print_stderr, reason = "a message for the person who starts the process")]
fn refuse(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("mooring-api does not start: {error}");
    ExitCode::from(2)
}
