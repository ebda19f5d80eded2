//! `collect-insights`, `collect-audience` and `collect-media`: collecting, once.

use std::process::ExitCode;

use entity::job::JobKind;
use entity::run::RunStatus;
use executor::{Ran, Services};

use super::answer::{Line, answer, failed};
use super::progress::Progress;
use super::which::{Only, accounts};

/// Does the work of `kind` for every account that is meant.
pub(super) async fn collect(services: &Services, only: &Only, kind: JobKind) -> anyhow::Result<ExitCode> {
    let mut lines = Vec::new();
    let accounts = accounts(services, only).await?;
    let mut progress = Progress::of(accounts.len(), "accounts");
    for account in accounts {
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
        progress.step();
    }
    drop(progress);
    Ok(answer(&lines, only.json))
}
