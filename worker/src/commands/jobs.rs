//! `jobs`: what work there is, and giving single pieces of it another chance.

use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use entity::JobId;
use entity::WorkspaceId;
use entity::job::{self, JobKind};
use executor::Services;
use jobs::figures::{self, Filter, State};
use sea_orm::Iterable as _;
use sea_orm::prelude::*;
use serde_json::json;

use super::answer::say;
use super::which::id_of;

/// Which work is listed, or what is done with one piece of it.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Jobs {
    #[command(subcommand)]
    order: Option<Order>,
    /// Only work of this kind, such as check-token
    #[arg(long, value_parser = kind)]
    kind: Option<JobKind>,
    /// Only work that stands so
    #[arg(long)]
    state: Option<StateName>,
    /// Only work of this workspace
    #[arg(long, value_parser = id_of("workspace"))]
    workspace: Option<Uuid>,
    /// The most pieces to list
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    limit: u64,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

/// What is done with one piece of work.
#[derive(Subcommand)]
enum Order {
    /// Gives work that was set aside another chance, now
    Release {
        /// Its id
        #[arg(value_parser = id_of("job"))]
        id: Uuid,
    },
    /// Makes work due now; a worker does it
    Run {
        /// Its id
        #[arg(value_parser = id_of("job"))]
        id: Uuid,
    },
}

/// How work stands.
#[derive(Clone, Copy, ValueEnum)]
enum StateName {
    /// Its time has come
    Due,
    /// Somebody does it at this moment
    Running,
    /// Its time has not come
    Waiting,
    /// It kept dying and was set aside
    Quarantined,
}

impl From<StateName> for State {
    fn from(name: StateName) -> Self {
        match name {
            StateName::Due => Self::Due,
            StateName::Running => Self::Running,
            StateName::Waiting => Self::Waiting,
            StateName::Quarantined => Self::Quarantined,
        }
    }
}

/// Lists work, or does with one piece what was asked.
pub(super) async fn jobs(services: &Services, jobs: &Jobs) -> anyhow::Result<ExitCode> {
    let executor = &services.executor;
    match jobs.order {
        None => list(services, jobs).await,
        Some(Order::Release { id }) => {
            let done = executor.release_job(JobId(id), None).await?;
            Ok(told(done, "The work is released and due now.", "No such work was set aside."))
        }
        Some(Order::Run { id }) => {
            let done = executor.make_job_due(JobId(id), None).await?;
            let refusal = "There is no such work, or it was set aside and has to be released.";
            Ok(told(done, "The work is due now; a worker does it.", refusal))
        }
    }
}

fn told(done: bool, yes: &str, no: &str) -> ExitCode {
    say(if done { yes } else { no });
    if done { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

async fn list(services: &Services, jobs: &Jobs) -> anyhow::Result<ExitCode> {
    let now = services.world.now();
    let filter = Filter {
        kind: jobs.kind,
        state: jobs.state.map(State::from),
        workspace: jobs.workspace.map(WorkspaceId),
    };
    let rows = figures::list(&*services.database, now, &filter, jobs.limit).await?;
    for row in &rows {
        let state = figures::state(row, now).name();
        say(&if jobs.json { in_json(row, state) } else { in_words(row, state) });
    }
    if !jobs.json {
        let more = if rows.len() as u64 == jobs.limit { ", perhaps more (--limit)" } else { "" };
        say(&format!("{} pieces of work{more}", rows.len()));
    }
    Ok(ExitCode::SUCCESS)
}

fn in_json(row: &job::Model, state: &str) -> String {
    json!({
        "id": row.id.0, "workspace": row.workspace_id.0, "kind": row.kind.to_value(), "subject": row.subject_id,
        "state": state, "dueAt": row.due_at, "attempt": row.attempt, "failures": row.failures,
        "quarantinedAt": row.quarantined_at, "leaseUntil": row.lease_until,
    })
    .to_string()
}

fn in_words(row: &job::Model, state: &str) -> String {
    let due = row.due_at.map_or_else(|| "-".to_owned(), |at| at.format("%F %T").to_string());
    format!("{} {:<17} {state:<11} due {due:<19} subject {}", row.id, row.kind.to_value(), row.subject_id)
}

fn kind(text: &str) -> Result<JobKind, String> {
    JobKind::try_from_value(&text.replace('-', "_")).map_err(|_| {
        let known: Vec<_> = JobKind::iter().map(|kind| kind.to_value().replace('_', "-")).collect();
        format!("expected one of {}", known.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_named_as_people_and_as_answers_write_them() {
        for known in JobKind::iter() {
            assert_eq!(kind(&known.to_value()), Ok(known));
            assert_eq!(kind(&known.to_value().replace('_', "-")), Ok(known));
        }
        assert!(kind("nothing").unwrap_err().contains("check-token"));
    }
}
