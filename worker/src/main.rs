//! `mooring-worker`: decides when work is done. What the work is, the rooms below know.
//!
//! - `schedule`: the cron lines, all in one file.
//! - `runner`: the loop that claims due work and does it, until it is asked to stop.
//! - `commands`: the same work, once, for people and for schedulers that start programs.

mod commands;
mod runner;
mod schedule;

use std::process::ExitCode;

use clap::Parser;
use executor::Services;
use platform::config::Config;

#[derive(Parser)]
#[command(name = "mooring-worker", version, about = "Keeps accounts connected and collects their numbers")]
struct Arguments {
    #[command(subcommand)]
    command: commands::Command,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let config = match Config::from_env() {
        Ok(config) => config,
        Err(faults) => return refuse(&faults),
    };
    platform::telemetry::start(&config.logs.filter, config.logs.format);
    config.announce();
    let command = match commands::run_without_database(arguments.command, &config).await {
        Ok(exit_code) => return exit_code,
        Err(command) => command,
    };
    match Services::start(config).await {
        Ok(services) => {
            let connections = services.connections.clone();
            let has_patience_of_its_own = matches!(command, commands::Command::Run);
            let exit_code = commands::run(command, services).await;
            if !has_patience_of_its_own {
                connections.finish_attempts().await;
            }
            exit_code
        }
        Err(error) => refuse(&error),
    }
}

/// Says why the process does not start. Logs may not be on yet, and a person is probably looking.
#[expect(clippy::print_stderr, reason = "a message for the person who starts the process")]
fn refuse(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("mooring-worker does not start: {error}");
    ExitCode::from(2)
}
