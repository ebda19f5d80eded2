//! Telling owners: again, when they have not settled what was broken, and before anything breaks.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use entity::job::JobKind;
use entity::refresh_attempt::{self, RefreshOutcome};
use entity::{ConnectionId, InWorkspace, IncidentId, WorkspaceId, account, connection, run};
use mail::content::Ends;
use sea_orm::QueryOrder as _;
use sea_orm::prelude::*;

use crate::Connections;
use crate::health::{RED, WARNING_DAYS, is_silent};

/// What has failed for so long is not Meta's passing trouble.
const IN_EARNEST: TimeDelta = TimeDelta::hours(48);

impl Connections {
    /// Reminds the owners of an incident that is still open.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn follow_up(&self, workspace: WorkspaceId, incident: IncidentId) -> Result<(), DbErr> {
        let transaction = self.database.begin().await?;
        let audience = self.identity.audience(&*transaction, workspace).await?;
        self.incidents.follow_up(&*transaction, workspace, incident, &audience).await?;
        transaction.commit().await
    }

    /// Warns the owners of what is read through a grant that one of Meta's two clocks runs out: that of
    /// the token, which renewing should have moved long before, and that of data access, which only
    /// they can move. Accounts that are broken already have a mail of their own.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn warn(&self, workspace: WorkspaceId, id: ConnectionId) -> Result<(), DbErr> {
        let Some(grant) = self.connection_row(&*self.database, workspace, id).await? else { return Ok(()) };
        let horizon = self.world.now() + TimeDelta::days(WARNING_DAYS);
        let is_soon = |at: &DateTime<Utc>| *at <= horizon;
        let token = grant.token_expires_at.filter(|at| !grant.token_never_expires && is_soon(at));
        let data_access = grant.data_access_expires_at.filter(is_soon);
        let mut soon = Vec::from_iter(data_access.map(|at| (Ends::DataAccess, at)));
        if let Some(at) = token
            && self.cannot_renew(&grant).await?
        {
            soon.push((Ends::Token, at));
        }
        if soon.is_empty() {
            return Ok(());
        }
        let transaction = self.database.begin().await?;
        let mut accounts = self.accounts_of(&*transaction, &grant).await?;
        accounts.retain(|account| !RED.contains(&account.health));
        let audience = self.identity.audience(&*transaction, workspace).await?;
        for (ends, at) in soon {
            self.incidents.warn(&*transaction, &grant, &accounts, ends, at, &audience).await?;
        }
        transaction.commit().await
    }

    /// Tells the team when no new numbers have arrived for two days through a grant that works.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn watch_numbers(&self, workspace: WorkspaceId, id: ConnectionId) -> Result<(), DbErr> {
        let Some(grant) = self.connection_row(&*self.database, workspace, id).await? else { return Ok(()) };
        let accounts = self.accounts_of(&*self.database, &grant).await?;
        let now = self.world.now();
        let mut silent = BTreeMap::<DateTime<Utc>, Vec<account::Model>>::new();
        for account in accounts.into_iter().filter(|account| is_silent(account, now)) {
            let since = account.insights_collected_at.unwrap_or(account.connected_at);
            silent.entry(since).or_default().push(account);
        }
        self.retain_tried(workspace, &mut silent).await?;
        if silent.is_empty() {
            return Ok(());
        }
        let transaction = self.database.begin().await?;
        let audience = self.identity.audience(&*transaction, workspace).await?;
        for (since, accounts) in silent {
            self.incidents.tell_no_numbers(&*transaction, workspace, &accounts, since, &audience).await?;
        }
        transaction.commit().await
    }

    /// Leaves out accounts that nobody has tried to collect from lately: after an absence of our own
    /// there is nothing to tell.
    async fn retain_tried(
        &self,
        workspace: WorkspaceId,
        silent: &mut BTreeMap<DateTime<Utc>, Vec<account::Model>>,
    ) -> Result<(), DbErr> {
        let lately = self.world.now() - TimeDelta::days(1);
        for accounts in silent.values_mut() {
            let tried = run::Entity::in_workspace(workspace)
                .filter(run::Column::AccountId.is_in(accounts.iter().map(|account| account.id)))
                .filter(run::Column::Job.eq(JobKind::CollectInsights))
                .filter(run::Column::FinishedAt.gt(lately))
                .all(&*self.database)
                .await?;
            accounts.retain(|account| tried.iter().any(|run| run.account_id == Some(account.id)));
        }
        silent.retain(|_, accounts| !accounts.is_empty());
        Ok(())
    }

    /// Whether renewing the present token of a grant has been tried in earnest: Meta said yes and moved
    /// nothing, or has failed to do it for more than two days, which is longer than an outage.
    async fn cannot_renew(&self, grant: &connection::Model) -> Result<bool, DbErr> {
        let attempts = refresh_attempt::Entity::in_workspace(grant.workspace_id)
            .filter(refresh_attempt::Column::ConnectionId.eq(grant.id))
            // One that moved nothing has brought the present token.
            .filter(refresh_attempt::Column::StartedAt.gte(grant.token_issued_at))
            .filter(
                refresh_attempt::Column::Outcome.is_in([RefreshOutcome::Failed, RefreshOutcome::NotExtended]),
            )
            .order_by_asc(refresh_attempt::Column::StartedAt)
            .all(&*self.database)
            .await?;
        let long_ago = self.world.now() - IN_EARNEST;
        let failed_for_days = attempts.first().is_some_and(|first| first.started_at <= long_ago);
        Ok(failed_for_days || attempts.iter().any(|attempt| attempt.outcome == RefreshOutcome::NotExtended))
    }
}
