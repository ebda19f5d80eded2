//! `refresh-tokens` and `check-tokens`: the work on logins, once.

use std::process::ExitCode;

use connections::check::Checked;
use connections::refresh::Refreshed;
use entity::connection;
use entity::refresh_attempt::{RefreshOutcome, Trigger};
use executor::Services;
use futures::StreamExt as _;
use sea_orm::DbErr;

use super::PARALLEL;
use super::answer::{Line, answer, failed};
use super::progress::Progress;
use super::which::{Only, grants};

/// How `refresh-tokens` goes about it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Renews what is due.
    Due,
    /// Only says what is.
    DryRun,
    /// Renews everything, due or not, at the sandbox.
    Test,
}

/// Renews what is due, only says what is, or tries renewing out. Renewals keep the pace of all workers: a
/// timer that starts this after an absence finds everything overdue at once.
pub(super) async fn refresh(services: &Services, only: &Only, mode: Mode) -> anyhow::Result<ExitCode> {
    if mode == Mode::Test {
        require_sandbox(services)?;
    }
    for_each_login(services, only, async |grant| {
        let due = services.connections.refresh_due(grant, services.world.now());
        let outcome = match due {
            _ if mode == Mode::Test => refresh_one(services, grant, Trigger::Test).await,
            Some(skip) => Ok(("skipped", Some(skip.name().to_owned()))),
            None if mode == Mode::DryRun => {
                Ok(("due", grant.token_expires_at.map(|at| format!("expires {}", at.format("%F %R UTC")))))
            }
            None => refresh_one(services, grant, Trigger::Manual).await,
        };
        outcome.unwrap_or_else(|error| failed(&error))
    })
    .await
}

/// A test renews real rows with whatever answers: that must be nobody but the sandbox.
fn require_sandbox(services: &Services) -> anyhow::Result<()> {
    let config = &services.config;
    anyhow::ensure!(
        config.development.enabled && config.meta.is_on_this_machine(),
        "--test needs MOORING_DEVELOPMENT=true and a sandbox on this machine in place of all hosts of Meta"
    );
    Ok(())
}

async fn refresh_one(
    services: &Services,
    grant: &connection::Model,
    trigger: Trigger,
) -> Result<(&'static str, Option<String>), DbErr> {
    let force = trigger == Trigger::Test;
    let refreshed = services.executor.renew_in_turn(grant.workspace_id, grant.id, trigger, force).await?;
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

/// Asks Meta about every login.
pub(super) async fn check(services: &Services, only: &Only) -> anyhow::Result<ExitCode> {
    for_each_login(services, only, async |grant| {
        match services.connections.check(grant.workspace_id, grant.id, true).await {
            Ok(checked) if checked.is_valid() || checked == Checked::Cached => {
                ("succeeded", Some(checked.name().to_owned()))
            }
            Ok(checked) => ("failed", Some(checked.name().to_owned())),
            Err(error) => failed(&error),
        }
    })
    .await
}

/// Does something about every login that is meant, a few at a time, and answers in their order.
async fn for_each_login(
    services: &Services,
    only: &Only,
    work: impl AsyncFn(&connection::Model) -> (&'static str, Option<String>),
) -> anyhow::Result<ExitCode> {
    let grants = grants(services, only).await?;
    let mut progress = Progress::of(grants.len(), "logins");
    let mut ended = futures::stream::iter(grants)
        .map(|grant| async {
            let outcome = work(&grant).await;
            line(grant, outcome)
        })
        .buffered(PARALLEL);
    let mut lines = Vec::new();
    while let Some(line) = ended.next().await {
        lines.push(line);
        progress.step();
    }
    drop(progress);
    Ok(answer(&lines, only.json))
}

fn line(grant: connection::Model, (result, reason): (&'static str, Option<String>)) -> Line {
    Line { workspace: grant.workspace_id, subject: grant.id.0, name: grant.meta_user_name, result, reason }
}
