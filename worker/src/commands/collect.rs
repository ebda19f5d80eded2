//! `collect-insights`, `collect-audience` and `collect-media`: collecting, once.

use std::process::ExitCode;

use entity::account;
use entity::job::JobKind;
use entity::run::RunStatus;
use executor::{Ran, Services};
use futures::StreamExt as _;
use tokio::time::Instant;

use super::PARALLEL;
use super::answer::{Line, answer, failed};
use super::progress::Progress;
use super::which::{Only, accounts};

/// Does the work of `kind` for every account that is meant.
pub(super) async fn collect(services: &Services, only: &Only, kind: JobKind) -> anyhow::Result<ExitCode> {
    let mut lines = Vec::new();
    let mut accounts = accounts(services, only).await?;
    let mut progress = Progress::of(accounts.len(), "accounts");
    let lease = services.executor.lease();
    // Somebody else may be at it; or somebody who died, whose work is free when a lease and a third have
    // passed.
    let deadline = Instant::now() + lease * 3 / 2;
    loop {
        let last = Instant::now() >= deadline;
        let mut ended = futures::stream::iter(accounts)
            .map(|account| async move {
                let line = collect_one(services, &account, kind).await;
                (account, line)
            })
            .buffered(PARALLEL);
        let mut busy = Vec::new();
        while let Some((account, (result, reason))) = ended.next().await {
            if reason.as_deref() == Some(BUSY) && !last {
                busy.push(account);
                continue;
            }
            lines.push(Line {
                workspace: account.workspace_id,
                subject: account.id.0,
                name: account.username,
                result,
                reason,
            });
            progress.step();
        }
        drop(ended);
        if busy.is_empty() {
            break;
        }
        accounts = busy;
        tokio::time::sleep(lease / 6).await;
    }
    drop(progress);
    Ok(answer(&lines, only.json))
}

const BUSY: &str = "busy";

/// Each account stands alone: what is wrong with one must not keep the others from being done.
async fn collect_one(
    services: &Services,
    account: &account::Model,
    kind: JobKind,
) -> (&'static str, Option<String>) {
    match services.executor.run_now(account.workspace_id, kind, account.id.0).await {
        Err(error) => failed(&error),
        Ok(Ran::Busy) => ("skipped", Some(BUSY.to_owned())),
        Ok(Ran::Done(run)) => match run.status {
            RunStatus::Succeeded => ("succeeded", Some(format!("{} values", run.stored))),
            RunStatus::Failed => ("failed", run.reason),
            RunStatus::Skipped => ("skipped", run.reason),
        },
    }
}
