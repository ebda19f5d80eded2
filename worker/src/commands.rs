//! What can be asked of the worker on the command line.

use std::process::ExitCode;
use std::sync::Arc;

use chrono::TimeDelta;
use clap::{Args, Subcommand, ValueEnum};
use connections::refresh::Refreshed;
use connections::rotation::Rotation;
use entity::connection::Provider;
use entity::job::JobKind;
use entity::refresh_attempt::{RefreshOutcome, Trigger};
use entity::run::RunStatus;
use entity::{AccountId, InWorkspace, WorkspaceId, account, connection};
use executor::{Ran, Services};
use platform::Secret;
use sea_orm::DbErr;
use sea_orm::prelude::*;
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::report::report;
use crate::{runner, schedule};

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Does due work until it is asked to stop
    Run,
    /// Renews the tokens that are due, once
    RefreshTokens {
        /// Only says what would be renewed and why: calls nobody, changes nothing
        #[arg(long)]
        dry_run: bool,
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

/// Which accounts, and how to answer.
#[derive(Args)]
pub(crate) struct Only {
    /// Only accounts of this workspace
    #[arg(long, value_parser = id_of("workspace"))]
    workspace: Option<Uuid>,
    /// Only this account
    #[arg(long, value_parser = id_of("account"))]
    account: Option<Uuid>,
    /// One JSON object a line
    #[arg(long)]
    pub(crate) json: bool,
}

impl Only {
    /// The workspace that is meant, if one is.
    pub(crate) fn workspace(&self) -> Option<WorkspaceId> {
        self.workspace.map(WorkspaceId)
    }
}

/// Whose tokens come, and where their accounts go.
#[derive(Args)]
pub(crate) struct Import {
    /// The workspace that the accounts are added to
    #[arg(long, value_parser = id_of("workspace"))]
    workspace: Uuid,
    /// The login that the tokens were made with
    #[arg(long)]
    login: LoginName,
    /// Where mails about the accounts go
    #[arg(long)]
    contact: Option<String>,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

/// Which login a token belongs to.
#[derive(Clone, Copy, ValueEnum)]
enum LoginName {
    /// Facebook Login, system users included
    Facebook,
    /// Instagram Login
    Instagram,
}

/// One line of an answer.
struct Line {
    workspace: WorkspaceId,
    subject: Uuid,
    name: String,
    result: &'static str,
    reason: Option<String>,
}

pub(crate) async fn run(command: Command, services: Services) -> ExitCode {
    let lines = match &command {
        Command::Run => return run_until_stopped(services).await,
        Command::Check => {
            say("The configuration is usable, and so is the database.");
            return ExitCode::SUCCESS;
        }
        Command::ReleaseBrake { hours } => return release_brake(&services, *hours).await,
        Command::RotateKeys { dry_run, json } => return rotate_keys(&services, *dry_run, *json).await,
        Command::RefreshTokens { dry_run, only } => refresh_tokens(&services, only, *dry_run).await,
        Command::CheckTokens(only) => check_tokens(&services, only).await,
        Command::ExchangeShortLived(import) => {
            return match take_over(&services, import).await {
                Ok(lines) => answer(&lines, import.json),
                Err(error) => {
                    tracing::error!(%error, "the tokens could not be read");
                    ExitCode::from(2)
                }
            };
        }
        Command::TokenReport(only) => return report(&services, only).await,
        Command::CollectInsights(only) => collect(&services, only, JobKind::CollectInsights).await,
        Command::CollectAudience(only) => collect(&services, only, JobKind::CollectAudience).await,
    };
    let (Command::RefreshTokens { only, .. }
    | Command::CheckTokens(only)
    | Command::CollectInsights(only)
    | Command::CollectAudience(only)) = &command
    else {
        return ExitCode::SUCCESS;
    };
    match lines {
        Ok(lines) => answer(&lines, only.json),
        Err(error) => {
            tracing::error!(%error, "the command could not be carried out");
            ExitCode::from(2)
        }
    }
}

async fn release_brake(services: &Services, hours: i64) -> ExitCode {
    match services.connections.release_brake(TimeDelta::hours(hours)).await {
        Ok(held) => {
            say(&format!("The brake is released for {hours} h; it held {held} accounts."));
            ExitCode::SUCCESS
        }
        Err(error) => {
            tracing::error!(%error, "the brake could not be released");
            ExitCode::from(2)
        }
    }
}

async fn rotate_keys(services: &Services, dry_run: bool, as_json: bool) -> ExitCode {
    let connections = &services.connections;
    let rotated = if dry_run {
        let by_key = connections.tokens_by_key().await;
        by_key.map(|by_key| Rotation { by_key, ..Rotation::default() })
    } else {
        connections.rotate_keys(|moved| tracing::info!(moved, "tokens are being sealed anew")).await
    };
    let rotation = match rotated {
        Ok(rotation) => rotation,
        Err(error) => {
            tracing::error!(%error, "the rotation was interrupted; begin it again");
            return ExitCode::from(2);
        }
    };
    let active = connections.active_key();
    let left = rotation.left(active);
    if as_json {
        let Rotation { moved, unreadable, by_key } = &rotation;
        say(&json!({
            "activeKey": active, "moved": moved, "unreadable": unreadable, "left": left, "tokensByKey": by_key,
        })
        .to_string());
    } else {
        say(&format!("{} tokens sealed anew, {left} left on other keys", rotation.moved));
        for (key, count) in &rotation.by_key {
            let note = if key == active { " (active)" } else { "" };
            say(&format!("{key}{note}: {count}"));
        }
        if left == 0 {
            say("Keys other than the active one are no longer needed and can be taken off TOKEN_KEYS.");
        }
    }
    // A dry run says what there is to do; a real one that left something behind has failed.
    if dry_run || left == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

async fn run_until_stopped(services: Services) -> ExitCode {
    let due = Arc::new(Notify::new());
    let stop = CancellationToken::new();
    let mut scheduler = match schedule::start(&services, due.clone()).await {
        Ok(scheduler) => scheduler,
        Err(error) => {
            tracing::error!(%error, "the cron lines cannot be started");
            return ExitCode::from(2);
        }
    };
    tokio::spawn(stop_on_signal(stop.clone()));
    tracing::info!("the worker is running");
    runner::run(services, due, stop).await;
    if let Err(error) = scheduler.shutdown().await {
        tracing::warn!(%error, "the cron lines did not stop in order");
    }
    tracing::info!("the worker has stopped");
    ExitCode::SUCCESS
}

/// The first signal stops in order, the second at once.
async fn stop_on_signal(stop: CancellationToken) {
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return;
    };
    for _ in 0..2 {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        if stop.is_cancelled() {
            std::process::exit(130);
        }
        stop.cancel();
    }
}

async fn refresh_tokens(services: &Services, only: &Only, dry_run: bool) -> Result<Vec<Line>, DbErr> {
    let mut lines = Vec::new();
    for grant in grants(services, only).await? {
        let due = services.connections.refresh_due(&grant, services.world.now());
        let (result, reason) = match due {
            Some(skip) => ("skipped", Some(skip.name().to_owned())),
            None if dry_run => {
                ("due", grant.token_expires_at.map(|at| format!("expires {}", at.format("%F %R UTC"))))
            }
            None => refresh_one(services, &grant).await.unwrap_or_else(|error| failed(&error)),
        };
        lines.push(Line {
            workspace: grant.workspace_id,
            subject: grant.id.0,
            name: grant.meta_user_name,
            result,
            reason,
        });
    }
    Ok(lines)
}

async fn refresh_one(
    services: &Services,
    grant: &connection::Model,
) -> Result<(&'static str, Option<String>), DbErr> {
    let refreshed =
        services.connections.refresh(grant.workspace_id, grant.id, Trigger::Manual, false).await?;
    Ok(match refreshed {
        Refreshed::Skipped(skip) => ("skipped", Some(skip.name().to_owned())),
        Refreshed::Attempted(attempt) => match attempt.outcome {
            RefreshOutcome::Succeeded => {
                ("succeeded", attempt.new_expires_at.map(|at| format!("expires {}", at.format("%F %R UTC"))))
            }
            RefreshOutcome::NotExtended => ("failed", Some("not_extended".to_owned())),
            _ => ("failed", attempt.error_class),
        },
    })
}

async fn check_tokens(services: &Services, only: &Only) -> Result<Vec<Line>, DbErr> {
    use connections::check::Checked;
    let mut lines = Vec::new();
    for grant in grants(services, only).await? {
        let (result, reason) = match services.connections.check(grant.workspace_id, grant.id, true).await {
            Ok(checked @ (Checked::Valid | Checked::Cached)) => {
                ("succeeded", Some(checked.name().to_owned()))
            }
            Ok(checked) => ("failed", Some(checked.name().to_owned())),
            Err(error) => failed(&error),
        };
        lines.push(Line {
            workspace: grant.workspace_id,
            subject: grant.id.0,
            name: grant.meta_user_name,
            result,
            reason,
        });
    }
    Ok(lines)
}

async fn collect(services: &Services, only: &Only, kind: JobKind) -> Result<Vec<Line>, DbErr> {
    let mut lines = Vec::new();
    for account in accounts(services, only).await? {
        // Each account stands alone: what is wrong with one must not keep the others from being done.
        let (result, reason) = match services.executor.run_now(account.workspace_id, kind, account.id.0).await
        {
            Err(error) => failed(&error),
            Ok(Ran::Busy) => ("skipped", Some("busy".to_owned())),
            Ok(Ran::Done(run)) => match run.status {
                RunStatus::Succeeded => ("succeeded", Some(format!("{} values", run.stored))),
                RunStatus::Failed => ("failed", run.reason),
                RunStatus::Skipped => ("skipped", run.reason),
            },
        };
        lines.push(Line {
            workspace: account.workspace_id,
            subject: account.id.0,
            name: account.username,
            result,
            reason,
        });
    }
    Ok(lines)
}

/// Tokens come from standard input, where neither the list of processes nor the history of a shell
/// shows them.
async fn take_over(services: &Services, import: &Import) -> std::io::Result<Vec<Line>> {
    let provider = match import.login {
        LoginName::Facebook => Provider::FacebookLogin,
        LoginName::Instagram => Provider::InstagramLogin,
    };
    let workspace = WorkspaceId(import.workspace);
    let mut lines = Vec::new();
    for (at, token) in std::io::stdin().lines().enumerate() {
        let token = Secret::new(token?.trim());
        if token.expose().is_empty() {
            continue;
        }
        let imported =
            services.connections.import(workspace, provider, &token, import.contact.as_deref()).await;
        let mut line = Line {
            workspace,
            subject: Uuid::nil(),
            name: format!("line {}", at + 1),
            result: "failed",
            reason: None,
        };
        match imported {
            Ok(imported) => {
                let handles = |accounts: &[account::Model]| {
                    accounts.iter().map(|account| account.username.as_str()).collect::<Vec<_>>().join(" ")
                };
                line.subject = imported.grant.id.0;
                line.name = imported.grant.meta_user_name;
                line.result = if imported.added.is_empty() { "skipped" } else { "succeeded" };
                line.reason = Some(match imported.added.as_slice() {
                    [] => "nothing_new".to_owned(),
                    added => handles(added),
                });
            }
            Err(error) => {
                tracing::warn!(line = at + 1, %error, "a token was not taken over");
                line.reason = Some(error.name().to_owned());
            }
        }
        lines.push(line);
    }
    Ok(lines)
}

/// What a line says when the database failed.
fn failed(error: &DbErr) -> (&'static str, Option<String>) {
    tracing::error!(%error, "one of many could not be done");
    ("failed", Some("internal".to_owned()))
}

async fn accounts(services: &Services, only: &Only) -> Result<Vec<account::Model>, DbErr> {
    let mut query = account::Entity::across_workspaces().filter(account::Column::ConnectionId.is_not_null());
    if let Some(workspace) = only.workspace {
        query = query.filter(account::Column::WorkspaceId.eq(WorkspaceId(workspace)));
    }
    if let Some(id) = only.account {
        query = query.filter(account::Column::Id.eq(AccountId(id)));
    }
    query.all(&*services.database).await
}

pub(crate) async fn grants(services: &Services, only: &Only) -> Result<Vec<connection::Model>, DbErr> {
    let mut query = connection::Entity::across_workspaces();
    if let Some(workspace) = only.workspace {
        query = query.filter(connection::Column::WorkspaceId.eq(WorkspaceId(workspace)));
    }
    if only.account.is_some() {
        let of_account =
            accounts(services, only).await?.into_iter().filter_map(|account| account.connection_id);
        query = query.filter(connection::Column::Id.is_in(of_account));
    }
    query.all(&*services.database).await
}

/// Prints the lines; the exit code is 1 if anything failed.
fn answer(lines: &[Line], as_json: bool) -> ExitCode {
    for line in lines {
        if as_json {
            let object = json!({
                "workspace": line.workspace.0, "subject": line.subject, "name": line.name,
                "result": line.result, "reason": line.reason,
            });
            say(&object.to_string());
        } else {
            say(&format!(
                "{:<10} {:<32} {}",
                line.result,
                line.name,
                line.reason.as_deref().unwrap_or_default()
            ));
        }
    }
    let count = |result| lines.iter().filter(|line| line.result == result).count();
    if !as_json {
        say(&format!(
            "{} succeeded, {} failed, {} skipped, {} due",
            count("succeeded"),
            count("failed"),
            count("skipped"),
            count("due")
        ));
    }
    if count("failed") > 0 { ExitCode::from(1) } else { ExitCode::SUCCESS }
}

#[expect(clippy::print_stdout, reason = "the answer of a command")]
pub(crate) fn say(line: &str) {
    println!("{line}");
}

/// Reads an id as the API writes it, `account:…`, or without the word in front.
fn id_of(kind: &'static str) -> impl Fn(&str) -> Result<Uuid, String> + Clone + Send + Sync + 'static {
    move |text| {
        let bare = text.strip_prefix(kind).and_then(|rest| rest.strip_prefix(':')).unwrap_or(text);
        bare.parse()
            .map_err(|_| format!("expected an id such as {kind}:0199c0de-0000-7000-8000-000000000000"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_as_the_api_writes_them() {
        let id = "0199c0de-0000-7000-8000-000000000000";
        let read = id_of("account");
        assert_eq!(read(id), read(&format!("account:{id}")));
        assert!(read(id).is_ok());
        for text in ["", "account:", &format!("workspace:{id}"), "account:x"] {
            assert!(read(text).unwrap_err().contains("account:"), "{text}");
        }
    }
}
