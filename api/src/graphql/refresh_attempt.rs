//! Attempts to renew tokens.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use entity::{ConnectionId, refresh_attempt};

use super::account::{Account, ReadAhead, of_grant};
use super::enums::{RefreshOutcome, RefreshTrigger};
use super::fault::Fault;
use super::ids::global;
use super::page::connection;

/// One attempt to renew the token of a login.
#[derive(Clone)]
pub(crate) struct RefreshAttempt {
    pub(crate) row: refresh_attempt::Model,
    pub(crate) member: identity::Member,
    pub(crate) accounts: ReadAhead<ConnectionId, Account>,
}

impl RefreshAttempt {
    /// One that is on no page.
    pub(crate) fn alone(row: refresh_attempt::Model, member: identity::Member) -> Self {
        Self { row, member, accounts: None }
    }
}

connection!(RefreshAttemptConnection, RefreshAttemptEdge, RefreshAttempt, "attempts to renew tokens");

#[Object]
impl RefreshAttempt {
    /// The global id.
    pub(crate) async fn id(&self) -> ID {
        global(self.row.id)
    }

    /// An account that is read through the login; there may be more.
    async fn account(&self, ctx: &Context<'_>) -> Result<Option<Account>, Fault> {
        match &self.accounts {
            Some(accounts) => Ok(accounts.get(&self.row.connection_id).cloned()),
            None => of_grant(ctx, &self.member, self.row.connection_id).await,
        }
    }

    /// What asked for it.
    async fn trigger(&self) -> RefreshTrigger {
        self.row.trigger.into()
    }

    /// How it ended.
    async fn outcome(&self) -> RefreshOutcome {
        self.row.outcome.into()
    }

    /// The class of Meta's refusal, as a stable word.
    async fn error_class(&self) -> Option<&str> {
        self.row.error_class.as_deref()
    }

    /// Meta's error code.
    async fn code(&self) -> Option<i32> {
        self.row.code.and_then(|code| i32::try_from(code).ok())
    }

    /// Meta's error subcode.
    async fn subcode(&self) -> Option<i32> {
        self.row.subcode.and_then(|subcode| i32::try_from(subcode).ok())
    }

    /// When it began.
    async fn started_at(&self) -> DateTime<Utc> {
        self.row.started_at
    }

    /// When it ended.
    async fn finished_at(&self) -> Option<DateTime<Utc>> {
        self.row.finished_at
    }

    /// When the token expired before it.
    async fn old_expires_at(&self) -> Option<DateTime<Utc>> {
        self.row.old_expires_at
    }

    /// When the token expires after it.
    async fn new_expires_at(&self) -> Option<DateTime<Utc>> {
        self.row.new_expires_at
    }
}
