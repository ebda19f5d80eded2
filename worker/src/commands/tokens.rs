//! `refresh-tokens` and `check-tokens`: the work on logins, once.

use std::process::ExitCode;

use connections::check::Checked;
use connections::refresh::Refreshed;
use entity::connection;
use entity::refresh_attempt::{RefreshOutcome, Trigger};
use executor::Services;
use sea_orm::DbErr;

use super::answer::{Line, answer, failed};
use super::which::{Only, grants};

/// Renews what is due, or only says what is.
pub(super) async fn refresh(services: &Services, only: &Only, dry_run: bool) -> anyhow::Result<ExitCode> {
    let mut lines = Vec::new();
    for grant in grants(services, only).await? {
        let due = services.connections.refresh_due(&grant, services.world.now());
        let outcome = match due {
            Some(skip) => ("skipped", Some(skip.name().to_owned())),
            None if dry_run => {
                ("due", grant.token_expires_at.map(|at| format!("expires {}", at.format("%F %R UTC"))))
            }
            None => refresh_one(services, &grant).await.unwrap_or_else(|error| failed(&error)),
        };
        lines.push(line(grant, outcome));
    }
    Ok(answer(&lines, only.json))
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

/// Asks Meta about every login.
pub(super) async fn check(services: &Services, only: &Only) -> anyhow::Result<ExitCode> {
    let mut lines = Vec::new();
    for grant in grants(services, only).await? {
        let outcome = match services.connections.check(grant.workspace_id, grant.id, true).await {
            Ok(checked) if checked.is_valid() || checked == Checked::Cached => {
                ("succeeded", Some(checked.name().to_owned()))
            }
            Ok(checked) => ("failed", Some(checked.name().to_owned())),
            Err(error) => failed(&error),
        };
        lines.push(line(grant, outcome));
    }
    Ok(answer(&lines, only.json))
}

fn line(grant: connection::Model, (result, reason): (&'static str, Option<String>)) -> Line {
    Line { workspace: grant.workspace_id, subject: grant.id.0, name: grant.meta_user_name, result, reason }
}
