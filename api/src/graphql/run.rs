//! Executions of jobs.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use entity::run;

use super::account::{Account, load};
use super::enums::{JobKind, RunStatus};
use super::fault::Fault;
use super::ids::global;
use super::page::connection;

/// One execution of a job.
#[derive(Clone)]
pub(crate) struct Run {
    pub(crate) row: run::Model,
    pub(crate) member: identity::Member,
}

connection!(RunConnection, RunEdge, Run, "runs");

#[Object]
impl Run {
    /// The global id.
    pub(crate) async fn id(&self) -> ID {
        global(self.row.id)
    }

    /// What was done.
    async fn job(&self) -> JobKind {
        self.row.job.into()
    }

    /// The account it was about; null when it was about a login as a whole.
    async fn account(&self, ctx: &Context<'_>) -> Result<Option<Account>, Fault> {
        match self.row.account_id {
            Some(id) => load(ctx, &self.member, id).await,
            None => Ok(None),
        }
    }

    /// How it ended.
    async fn status(&self) -> RunStatus {
        self.row.status.into()
    }

    /// Why it failed or was skipped, as a stable word.
    async fn reason(&self) -> Option<&str> {
        self.row.reason.as_deref()
    }

    /// When it began.
    async fn started_at(&self) -> DateTime<Utc> {
        self.row.started_at
    }

    /// When it ended.
    async fn finished_at(&self) -> DateTime<Utc> {
        self.row.finished_at
    }

    /// Calls made to Meta.
    async fn calls(&self) -> i32 {
        self.row.calls
    }

    /// Values stored.
    async fn stored(&self) -> i32 {
        self.row.stored
    }
}
