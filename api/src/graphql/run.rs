//! Executions of jobs.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use entity::{AccountId, run};

use super::account::{Account, ReadAhead, load};
use super::enums::{JobKind, RunStatus};
use super::fault::Fault;
use super::ids::global;
use super::page::connection;

/// One execution of a job.
#[derive(Clone)]
pub(crate) struct Run {
    pub(crate) row: run::Model,
    pub(crate) member: identity::Member,
    pub(crate) accounts: ReadAhead<AccountId, Account>,
}

impl Run {
    /// One that is on no page.
    pub(crate) fn alone(row: run::Model, member: identity::Member) -> Self {
        Self { row, member, accounts: None }
    }
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
        let Some(id) = self.row.account_id else { return Ok(None) };
        match &self.accounts {
            Some(accounts) => Ok(accounts.get(&id).cloned()),
            None => load(ctx, &self.member, id).await,
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
