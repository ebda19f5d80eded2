//! What can be asked of the worker on the command line: one file per subject.
//!
//! - `which`: the accounts that are meant. `answer`: how commands answer. `progress`: how far they are.
//! - The other files are named after what they do.
//!
//! The exit code is 0 when all went well, 1 when anything failed, and 2 when the command could not run.

mod answer;
mod backup;
mod brake;
mod collect;
mod import;
mod jobs;
mod keys;
mod mail;
mod monitor;
mod plan;
mod progress;
mod report;
mod run;
mod tokens;
mod which;

use std::process::ExitCode;

use clap::Subcommand;
use entity::job::JobKind;
use executor::Services;
use platform::config::Config;

use answer::say;
use backup::Backup;
use import::Import;
use tokens::Mode;
use which::Only;

/// A command over many asks Meta about so many of them at once, as a worker does.
const PARALLEL: usize = 16;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Does due work until it is asked to stop
    Run,
    /// Renews the tokens that are due, once
    RefreshTokens {
        /// Only says what would be renewed and why: calls nobody, changes nothing
        #[arg(long)]
        dry_run: bool,
        /// Renews every token that is old enough, due or not, to try it out: only where a sandbox is in place of Meta
        #[arg(long, conflicts_with = "dry_run")]
        test: bool,
        #[command(flatten)]
        only: Only,
    },
    /// Asks Meta whether tokens still work, once
    CheckTokens(Only),
    /// Takes over tokens that were made elsewhere, one a line from standard input, with all accounts they reach
    ExchangeShortLived(Import),
    /// Says how every login stands: what ends when, and what becomes of it
    TokenReport(Only),
    /// Collects the newest insights, once
    CollectInsights(Only),
    /// Takes audience snapshots, once
    CollectAudience(Only),
    /// Says which calls to Meta collecting makes for each account, and how many: calls nobody
    Plan {
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Lists media and stories and reads the numbers of those whose time has come, once
    CollectMedia(Only),
    /// Shows and changes how tokens are checked, while everything runs
    Monitor(monitor::Wanted),
    /// Lists work; `jobs release ID` gives what was set aside another chance, `jobs run ID` makes it due
    Jobs(jobs::Jobs),
    /// Sends the mails that are due, or a test mail
    SendMail(mail::SendMail),
    /// Makes a copy of the database while everything runs, or tries a copy out
    Backup(backup::Backup),
    /// Lets the brake go that holds while very many accounts are refused at once: they are declared broken
    ReleaseBrake {
        /// For how long
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(i64).range(1..=72))]
        hours: i64,
    },
    /// Seals every stored token with the active key, while everything runs; can be begun again at any time
    RotateKeys {
        /// Only says how many tokens need which key
        #[arg(long)]
        dry_run: bool,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Checks the configuration and the database, and ends
    Check,
}

pub(crate) async fn run(command: Command, services: Services) -> ExitCode {
    exit_code(carry_out(command, services).await)
}

/// Carries out what needs no database of its own; gives the rest back.
pub(crate) async fn run_without_database(command: Command, config: &Config) -> Result<ExitCode, Command> {
    match command {
        Command::Backup(Backup { verify: Some(path), json, .. }) => {
            Ok(exit_code(backup::verify(config, &path, json).await))
        }
        command => Err(command),
    }
}

fn exit_code(done: anyhow::Result<ExitCode>) -> ExitCode {
    done.unwrap_or_else(|error| {
        tracing::error!(error = format!("{error:#}"), "the command could not be carried out");
        ExitCode::from(2)
    })
}

async fn carry_out(command: Command, services: Services) -> anyhow::Result<ExitCode> {
    match command {
        Command::Run => run::until_stopped(services).await,
        Command::Check => {
            say("The configuration is usable, and so is the database.");
            Ok(ExitCode::SUCCESS)
        }
        Command::RefreshTokens { dry_run, test, only } => {
            let mode = match (dry_run, test) {
                (true, _) => Mode::DryRun,
                (false, true) => Mode::Test,
                (false, false) => Mode::Due,
            };
            tokens::refresh(&services, &only, mode).await
        }
        Command::CheckTokens(only) => tokens::check(&services, &only).await,
        Command::ExchangeShortLived(import) => import::take_over(&services, &import).await,
        Command::TokenReport(only) => report::report(&services, &only).await,
        Command::CollectInsights(only) => collect::collect(&services, &only, JobKind::CollectInsights).await,
        Command::CollectAudience(only) => collect::collect(&services, &only, JobKind::CollectAudience).await,
        Command::Plan { json } => Ok(plan::plan(&services, json)),
        Command::CollectMedia(only) => collect::collect(&services, &only, JobKind::CollectMedia).await,
        Command::Monitor(wanted) => monitor::monitor(&services, &wanted).await,
        Command::Jobs(jobs) => jobs::jobs(&services, &jobs).await,
        Command::SendMail(what) => mail::send(&services, what).await,
        Command::Backup(backup) => backup::make(&services, &backup).await,
        Command::ReleaseBrake { hours } => brake::release(&services, hours).await,
        Command::RotateKeys { dry_run, json } => keys::rotate(&services, dry_run, json).await,
    }
}
