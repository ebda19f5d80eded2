//! What the people who run this installation see: the whole of it, and nobody's data.

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, TimeDelta, Utc};
use entity::{JobId, job};
use jobs::figures;
use jobs::settings;

use super::caller::Ask as _;
use super::enums::{JobKind, TokenHealthState};
use super::fault::Fault;
use super::ids::global;
use super::monitor::{CheckCounts, Monitor, RefreshRate, number};
use super::page::{Page, QUERY, connection, weight};
use super::workspace_health::{RATE_DAYS, StateCount};

/// The installation as its operators see it.
pub(crate) struct Operator;

#[Object]
impl Operator {
    /// How tokens are checked.
    #[graphql(complexity = "QUERY + child_complexity")]
    async fn monitor(&self, ctx: &Context<'_>) -> Result<Monitor, Fault> {
        Ok(Monitor(ctx.services()?.connections.monitor().await?))
    }

    /// The work of every kind.
    #[graphql(complexity = "QUERY + child_complexity")]
    async fn queue(&self, ctx: &Context<'_>) -> Result<Vec<QueueFigures>, Fault> {
        let services = ctx.services()?;
        let all = figures::all(&*services.database, services.world.now()).await?;
        Ok(all.into_iter().map(Into::into).collect())
    }

    /// Work that kept dying and was set aside, in the order in which it was first asked for.
    #[graphql(complexity = "weight(first, child_complexity)")]
    async fn quarantined_jobs(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<JobConnection, Fault> {
        let page = Page::new(first, after)?;
        let after = page.after_id()?.map(JobId);
        let services = ctx.services()?;
        let (rows, total) =
            figures::set_aside(&*services.database, services.world.now(), after, page.rows()).await?;
        let (rows, more) = page.cut(rows);
        let items = rows.into_iter().map(|row| (row.id.to_string(), Job(row))).collect();
        Ok(JobConnection::new(&page, items, more, total))
    }

    /// The brake that keeps very many accounts from being declared broken at once.
    #[graphql(complexity = "QUERY + child_complexity")]
    async fn brake(&self, ctx: &Context<'_>) -> Result<Brake, Fault> {
        Ok(ctx.services()?.connections.brake().await?.into())
    }

    /// All accounts by state, as it is stored; states of no account are left out.
    #[graphql(complexity = "QUERY + child_complexity")]
    async fn accounts_by_state(&self, ctx: &Context<'_>) -> Result<Vec<StateCount>, Fault> {
        let counts = ctx.services()?.connections.accounts_by_health().await?;
        let state = |health| TokenHealthState::from(connections::health::State::Stored(health));
        Ok(counts
            .into_iter()
            .map(|(health, count)| StateCount { state: state(health), count: number(count) })
            .collect())
    }

    /// How checks of the last 24 hours ended.
    #[graphql(complexity = "QUERY + child_complexity")]
    async fn checks(&self, ctx: &Context<'_>) -> Result<CheckCounts, Fault> {
        let services = ctx.services()?;
        let since = services.world.now() - TimeDelta::days(1);
        Ok(services.connections.checks_since(None, since).await?.into())
    }

    /// How renewals of the last 30 days went, by what asked for them.
    #[graphql(complexity = "QUERY + child_complexity")]
    async fn refresh_rates(&self, ctx: &Context<'_>) -> Result<Vec<RefreshRate>, Fault> {
        let services = ctx.services()?;
        let since = services.world.now() - TimeDelta::days(RATE_DAYS);
        let rates = services.connections.refresh_rates(None, since).await?;
        Ok(rates.into_iter().map(Into::into).collect())
    }

    /// Since when the renewal that is overdue longest should have happened; null when none is overdue.
    #[graphql(complexity = "QUERY")]
    async fn oldest_overdue_refresh_at(&self, ctx: &Context<'_>) -> Result<Option<DateTime<Utc>>, Fault> {
        Ok(ctx.services()?.connections.oldest_overdue_refresh(None).await?)
    }

    /// The mails that should have been sent.
    #[graphql(complexity = "QUERY + child_complexity")]
    async fn outbox(&self, ctx: &Context<'_>) -> Result<Outbox, Fault> {
        let services = ctx.services()?;
        let waiting = mail::outbox::waiting(&*services.database, services.world.now()).await?;
        Ok(Outbox { waiting: number(waiting.count), oldest_at: waiting.oldest_at })
    }

    /// When a worker last looked for work; null before the first time.
    #[graphql(complexity = "QUERY")]
    async fn worker_seen_at(&self, ctx: &Context<'_>) -> Result<Option<DateTime<Utc>>, Fault> {
        Ok(settings::get(&*ctx.services()?.database, settings::WORKER_SEEN_AT).await?)
    }
}

/// The work of one kind.
#[derive(SimpleObject)]
pub(crate) struct QueueFigures {
    /// The kind.
    kind: JobKind,
    /// Pieces whose time has come, the overdue ones included.
    due: i32,
    /// Pieces whose time came more than fifteen minutes ago.
    overdue: i32,
    /// Pieces that are being done.
    running: i32,
    /// Pieces whose time has not come.
    waiting: i32,
    /// Pieces that were set aside.
    quarantined: i32,
    /// Since when the oldest of the due pieces is.
    oldest_due_at: Option<DateTime<Utc>>,
}

impl From<figures::Figures> for QueueFigures {
    fn from(figures: figures::Figures) -> Self {
        Self {
            kind: figures.kind.into(),
            due: number(figures.due),
            overdue: number(figures.overdue),
            running: number(figures.running),
            waiting: number(figures.waiting),
            quarantined: number(figures.quarantined),
            oldest_due_at: figures.oldest_due_at,
        }
    }
}

/// A piece of work.
#[derive(Clone)]
pub(crate) struct Job(job::Model);

connection!(JobConnection, JobEdge, Job, "pieces of work");

#[Object]
impl Job {
    /// The global id.
    async fn id(&self) -> ID {
        global(self.0.id)
    }

    /// What is to be done.
    async fn kind(&self) -> JobKind {
        self.0.kind.into()
    }

    /// The workspace it is done for; null for what belongs to none.
    async fn workspace_id(&self) -> Option<ID> {
        (!self.0.workspace_id.0.is_nil()).then(|| global(self.0.workspace_id))
    }

    /// When it was set aside; null when it was not.
    async fn quarantined_at(&self) -> Option<DateTime<Utc>> {
        self.0.quarantined_at
    }

    /// When it is tried again; null when something has to happen first.
    async fn due_at(&self) -> Option<DateTime<Utc>> {
        self.0.due_at
    }

    /// Executions that were begun since the last one that ended in an orderly way.
    async fn attempts(&self) -> i32 {
        self.0.attempt
    }
}

/// The brake that keeps very many accounts from being declared broken at once.
#[derive(SimpleObject)]
pub(crate) struct Brake {
    /// Whether it holds an account now.
    is_holding: bool,
    /// How many accounts it holds.
    held: i32,
    /// Since when the first of them.
    since: Option<DateTime<Utc>>,
    /// Until when an operator has released it.
    released_until: Option<DateTime<Utc>>,
}

impl From<connections::brake::Brake> for Brake {
    fn from(brake: connections::brake::Brake) -> Self {
        Self {
            is_holding: brake.held > 0,
            held: number(brake.held),
            since: brake.since,
            released_until: brake.released_until,
        }
    }
}

/// The mails that should have been sent.
#[derive(SimpleObject)]
pub(crate) struct Outbox {
    /// How many.
    waiting: i32,
    /// Since when the oldest of them.
    oldest_at: Option<DateTime<Utc>>,
}
