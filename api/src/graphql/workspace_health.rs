//! The health of all accounts of a workspace, in figures.

use async_graphql::{ComplexObject, Context, SimpleObject};
use chrono::{DateTime, TimeDelta, Utc};
use connections::health;
use entity::refresh_attempt::RefreshOutcome;
use entity::{InWorkspace as _, WorkspaceId, account, connection, incident, refresh_attempt};
use sea_orm::prelude::*;

use super::caller::Ask as _;
use super::enums::TokenHealthState;
use super::fault::Fault;
use super::monitor::{CheckCounts, Monitor, RefreshRate, number};
use super::page::QUERY;

/// The days that success rates are about.
pub(crate) const RATE_DAYS: i64 = 30;

/// Figures about the health of all accounts.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(crate) struct WorkspaceTokenHealth {
    #[graphql(skip)]
    workspace: WorkspaceId,
    /// All accounts.
    total: i32,
    /// Accounts with nothing to do.
    ok: i32,
    /// Accounts of which something ends soon.
    amber: i32,
    /// Accounts that need somebody.
    red: i32,
    /// Accounts by state; states of no account are left out.
    by_state: Vec<StateCount>,
    /// Incidents that are open.
    open_incidents: i32,
    /// Attempts of the last 30 days that renewed a token.
    #[graphql(name = "refreshesSucceeded30d")]
    refreshes_succeeded30d: i32,
    /// Attempts of the last 30 days that did not.
    #[graphql(name = "refreshesFailed30d")]
    refreshes_failed30d: i32,
}

#[ComplexObject]
impl WorkspaceTokenHealth {
    /// How renewals of the last 30 days went, by what asked for them.
    #[graphql(complexity = "QUERY + child_complexity")]
    async fn refresh_rates(&self, ctx: &Context<'_>) -> Result<Vec<RefreshRate>, Fault> {
        let services = ctx.services()?;
        let since = services.world.now() - TimeDelta::days(RATE_DAYS);
        let rates = services.connections.refresh_rates(Some(self.workspace), since).await?;
        Ok(rates.into_iter().map(Into::into).collect())
    }

    /// How checks of the last 24 hours ended.
    #[graphql(complexity = "QUERY + child_complexity")]
    async fn checks(&self, ctx: &Context<'_>) -> Result<CheckCounts, Fault> {
        let services = ctx.services()?;
        let since = services.world.now() - TimeDelta::days(1);
        Ok(services.connections.checks_since(Some(self.workspace), since).await?.into())
    }

    /// Since when the renewal that is overdue longest should have happened; null when none is overdue.
    #[graphql(complexity = "QUERY")]
    async fn oldest_overdue_refresh_at(&self, ctx: &Context<'_>) -> Result<Option<DateTime<Utc>>, Fault> {
        Ok(ctx.services()?.connections.oldest_overdue_refresh(Some(self.workspace)).await?)
    }

    /// How tokens are checked.
    #[graphql(complexity = "QUERY + child_complexity")]
    async fn monitor(&self, ctx: &Context<'_>) -> Result<Monitor, Fault> {
        Ok(Monitor(ctx.services()?.connections.monitor().await?))
    }
}

/// How many accounts have a state.
#[derive(SimpleObject)]
pub(crate) struct StateCount {
    /// The state.
    pub(crate) state: TokenHealthState,
    /// How many.
    pub(crate) count: i32,
}

/// The figures of `workspace`.
pub(crate) async fn load(ctx: &Context<'_>, workspace: WorkspaceId) -> Result<WorkspaceTokenHealth, Fault> {
    let services = ctx.services()?;
    let database = &*services.database;
    let now = services.world.now();
    let window = TimeDelta::days(services.config.tuning.refresh_window_days.into());
    let rows = account::Entity::in_workspace(workspace).all(database).await?;
    let grants = connection::Entity::in_workspace(workspace).all(database).await?;
    let grant_of = |row: &account::Model| grants.iter().find(|grant| Some(grant.id) == row.connection_id);
    let views: Vec<_> = rows.iter().map(|row| health::view(row, grant_of(row), now, window)).collect();
    let of = |urgency| number(views.iter().filter(|view| view.urgency == urgency).count() as u64);
    let mut by_state: Vec<StateCount> = Vec::new();
    for view in &views {
        let state = TokenHealthState::from(view.state);
        match by_state.iter_mut().find(|count| count.state == state) {
            Some(count) => count.count += 1,
            None => by_state.push(StateCount { state, count: 1 }),
        }
    }
    let open_incidents = incident::Entity::in_workspace(workspace)
        .filter(incident::Column::ClosedAt.is_null())
        .count(database)
        .await?;
    let attempts = |outcomes: &[RefreshOutcome]| {
        refresh_attempt::Entity::in_workspace(workspace)
            .filter(refresh_attempt::Column::StartedAt.gt(now - TimeDelta::days(RATE_DAYS)))
            .filter(refresh_attempt::Column::Outcome.is_in(outcomes.iter().copied()))
            .count(database)
    };
    let failures = [RefreshOutcome::Failed, RefreshOutcome::NotExtended, RefreshOutcome::Interrupted];
    Ok(WorkspaceTokenHealth {
        workspace,
        total: number(views.len() as u64),
        ok: of(health::Urgency::Ok),
        amber: of(health::Urgency::Amber),
        red: of(health::Urgency::Red),
        by_state,
        open_incidents: number(open_incidents),
        refreshes_succeeded30d: number(attempts(&[RefreshOutcome::Succeeded]).await?),
        refreshes_failed30d: number(attempts(&failures).await?),
    })
}
