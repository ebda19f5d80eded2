//! Workspaces, and the lists in them.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, TimeDelta, Utc};
use connections::health::{self, RED, WARNING_DAYS};
use entity::account::{self, Health};
use entity::{InWorkspace as _, connection, incident, refresh_attempt, run, workspace};
use identity::Member;
use sea_orm::prelude::*;
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait as _, SimpleExpr};
use sea_orm::{Condition, QueryOrder as _, QuerySelect as _, QueryTrait as _};

use super::account::{self as accounts, Account, AccountConnection};
use super::caller::Ask as _;
use super::channel::{self, Channel};
use super::connect_link::{ConnectLink, ConnectLinkConnection};
use super::enums::{Role, TokenHealthState, Urgency};
use super::fault::Fault;
use super::ids::global;
use super::incident::IncidentConnection;
use super::limits::distinct;
use super::media::StoryCapture;
use super::page::{NO_CURSOR, Page, QUERY, weight};
use super::refresh_attempt::RefreshAttemptConnection;
use super::run::RunConnection;
use super::workspace_health::{self, WorkspaceTokenHealth};

/// The most channels of a workspace.
const MOST_CHANNELS: i32 = channels::team::MOST_CHANNELS as i32;

/// A tenant: an agency or one of its teams.
#[derive(Clone)]
pub(crate) struct Workspace {
    pub(crate) row: workspace::Model,
    pub(crate) member: Member,
}

/// How long a workspace has things kept.
#[derive(SimpleObject)]
pub(crate) struct Retention {
    /// For how many days numbers and audiences are kept; null is for ever.
    numbers_days: Option<i32>,
    /// For how many days it is kept what a provisional number was before it changed.
    provisional_days: i32,
    /// For how many days runs and attempts to renew tokens are kept.
    logs_days: i32,
}

impl From<identity::Retention> for Retention {
    fn from(kept: identity::Retention) -> Self {
        let identity::Retention { numbers_days, provisional_days, logs_days } = kept;
        Self { numbers_days, provisional_days, logs_days }
    }
}

/// The member's workspace.
pub(crate) async fn load(ctx: &Context<'_>, member: &Member) -> Result<Option<Workspace>, Fault> {
    let row = workspace::Entity::in_workspace(member.workspace_id()).one(&*ctx.services()?.database).await?;
    Ok(row.map(|row| Workspace { row, member: member.clone() }))
}

/// Which accounts to list; all conditions have to be met.
#[derive(InputObject, Default)]
pub(crate) struct AccountFilter {
    /// Part of the handle, the name or the Page's name, in any case.
    search: Option<String>,
    /// Only accounts that press so much.
    urgency: Option<Urgency>,
    /// Only accounts in one of these states.
    states: Option<Vec<TokenHealthState>>,
}

/// How accounts are ordered.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AccountOrder {
    /// By handle.
    Username,
    /// Those that need somebody first, then by handle.
    Urgency,
}

#[Object]
impl Workspace {
    /// The global id.
    pub(crate) async fn id(&self) -> ID {
        global(self.row.workspace_id)
    }

    /// What people call it.
    async fn name(&self) -> &str {
        &self.row.name
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }

    /// How long its numbers and logs are kept.
    #[graphql(complexity = "QUERY + child_complexity")]
    async fn retention(&self, ctx: &Context<'_>) -> Result<Retention, Fault> {
        let services = ctx.services()?;
        let usual_logs_days = i32::try_from(services.config.tuning.log_retention_days).unwrap_or(i32::MAX);
        Ok(services.identity.retention(self.row.workspace_id, usual_logs_days).await?.into())
    }

    /// What the signed-in person may do in it.
    async fn viewer_role(&self) -> Role {
        self.member.role().into()
    }

    /// Its accounts, by handle unless ordered otherwise.
    #[graphql(complexity = "weight(first, child_complexity)")]
    async fn accounts(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        filter: Option<AccountFilter>,
        order_by: Option<AccountOrder>,
    ) -> Result<AccountConnection, Fault> {
        let services = ctx.services()?;
        let page = Page::new(first, after)?;
        let now = services.world.now();
        let window = TimeDelta::days(services.config.tuning.refresh_window_days.into());
        let query = account::Entity::in_workspace(self.row.workspace_id).filter(self.condition(
            filter.unwrap_or_default(),
            now,
            window,
        )?);
        let total = query.clone().count(&*services.database).await?;
        let rank = match order_by.unwrap_or(AccountOrder::Username) {
            AccountOrder::Username => Expr::value(0),
            AccountOrder::Urgency => self.rank(now),
        };
        let rows = query
            .filter(behind(&page, &rank)?)
            .expr_as(rank.clone(), "urgency_rank")
            .order_by_asc(rank)
            .order_by_asc(account::Column::Username)
            .order_by_asc(account::Column::Id)
            .limit(page.rows())
            .into_model::<Ranked>()
            .all(&*services.database)
            .await?;
        let (rows, more) = page.cut(rows);
        let keys: Vec<_> = rows.iter().map(Ranked::key).collect();
        let rows = rows.into_iter().map(|ranked| ranked.account).collect();
        let nodes = Account::with_grants(&services.database, &self.member, rows).await?;
        Ok(AccountConnection::new(&page, keys.into_iter().zip(nodes).collect(), more, total))
    }

    /// Its incidents, the newest first; with `open` only open or only closed ones.
    #[graphql(complexity = "weight(first, child_complexity)")]
    async fn incidents(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        open: Option<bool>,
    ) -> Result<IncidentConnection, Fault> {
        let query = incident::Entity::in_workspace(self.row.workspace_id);
        accounts::incidents(ctx, &self.member, query, Page::new(first, after)?, open).await
    }

    /// Its links with which clients connect accounts, the newest first.
    #[graphql(complexity = "weight(first, child_complexity)")]
    async fn connect_links(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<ConnectLinkConnection, Fault> {
        ConnectLink::page(ctx, &self.member, Page::new(first, after)?).await
    }

    /// What was done in it, the newest first.
    #[graphql(complexity = "weight(first, child_complexity)")]
    async fn runs(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<RunConnection, Fault> {
        let query = run::Entity::in_workspace(self.row.workspace_id);
        accounts::runs(ctx, &self.member, query, Page::new(first, after)?).await
    }

    /// Attempts to renew tokens, the newest first.
    #[graphql(complexity = "weight(first, child_complexity)")]
    async fn refresh_log(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<RefreshAttemptConnection, Fault> {
        let query = refresh_attempt::Entity::in_workspace(self.row.workspace_id);
        accounts::refresh_log(ctx, &self.member, query, Page::new(first, after)?).await
    }

    /// Where it is told what happens, besides mail; null for those who may not see it.
    #[graphql(complexity = "weight(Some(MOST_CHANNELS), child_complexity)")]
    async fn channels(&self, ctx: &Context<'_>) -> Result<Option<Vec<Channel>>, Fault> {
        channel::all(ctx, &self.member).await
    }

    /// How many stories of its accounts had their last figures read.
    #[graphql(complexity = "QUERY + child_complexity")]
    async fn story_capture(&self, ctx: &Context<'_>) -> Result<StoryCapture, Fault> {
        let _turn = ctx.turn().await?;
        Ok(ctx.services()?.insights.capture_rate(Some(self.row.workspace_id)).await?.into())
    }

    /// Figures about the health of all its accounts.
    async fn token_health(&self, ctx: &Context<'_>) -> Result<WorkspaceTokenHealth, Fault> {
        workspace_health::load(ctx, self.row.workspace_id).await
    }
}

impl Workspace {
    fn condition(
        &self,
        filter: AccountFilter,
        now: DateTime<Utc>,
        window: TimeDelta,
    ) -> Result<Condition, Fault> {
        let mut condition = Condition::all();
        if let Some(search) = filter.search.filter(|search| !search.trim().is_empty()) {
            if search.chars().count() > 100 {
                return Err(Fault::BadInput("`search` has at most 100 characters."));
            }
            let wanted = format!("%{}%", escape_like(&search.trim().trim_start_matches('@').to_lowercase()));
            let contains = |column: account::Column| {
                Expr::expr(sea_orm::sea_query::Func::lower(Expr::col(column)))
                    .like(sea_orm::sea_query::LikeExpr::new(wanted.clone()).escape('\\'))
            };
            condition = condition.add(
                Condition::any()
                    .add(contains(account::Column::Username))
                    .add(contains(account::Column::Name))
                    .add(contains(account::Column::PageName)),
            );
        }
        if let Some(urgency) = filter.urgency {
            condition = condition.add(self.presses(urgency.into(), now));
        }
        if let Some(states) = filter.states {
            let mut any = Condition::any();
            // Conditions stand within each other, and are as deep as they are many.
            for state in distinct(states)? {
                any = any.add(self.is_in(state, now, window));
            }
            condition = condition.add(any);
        }
        Ok(condition)
    }

    /// The same rules as [`health::view`], for the database.
    fn presses(&self, urgency: health::Urgency, now: DateTime<Utc>) -> Condition {
        let red = account::Column::Health.is_in(RED);
        let gone = account::Column::Health.eq(Health::Disconnected);
        let amber = Condition::any()
            .add(account::Column::Health.eq(Health::PagesStale))
            .add(is_silent(now))
            .add(self.grant_ends_before(now + TimeDelta::days(WARNING_DAYS + 1)));
        let amber = Condition::all().add(red.clone().not()).add(gone.not()).add(amber);
        match urgency {
            health::Urgency::Red => Condition::all().add(red),
            health::Urgency::Amber => amber,
            health::Urgency::Ok => Condition::all().add(red.not()).add(amber.not()),
        }
    }

    /// Whole days are counted, so that an end within the eighth day still has seven left; data
    /// access is compared to the moment.
    fn grant_ends_before(&self, token_end: DateTime<Utc>) -> SimpleExpr {
        let data_access_end = token_end - TimeDelta::days(1);
        let ending = connection::Entity::in_workspace(self.row.workspace_id)
            .select_only()
            .column(connection::Column::Id)
            .filter(
                Condition::any()
                    .add(connection::Column::TokenExpiresAt.lt(token_end))
                    .add(connection::Column::DataAccessExpiresAt.lte(data_access_end)),
            )
            .into_query();
        account::Column::ConnectionId.in_subquery(ending)
    }

    fn is_in(&self, state: TokenHealthState, now: DateTime<Utc>, window: TimeDelta) -> Condition {
        let stored = |health: Health| Condition::all().add(account::Column::Health.eq(health));
        let through = |grants: Condition| {
            let ids = connection::Entity::in_workspace(self.row.workspace_id)
                .select_only()
                .column(connection::Column::Id)
                .filter(grants)
                .into_query();
            account::Column::ConnectionId.in_subquery(ids)
        };
        let refreshing = || through(Condition::all().add(connection::Column::LeaseUntil.gt(now)));
        let due = || through(Condition::all().add(connection::Column::TokenExpiresAt.lte(now + window)));
        match state {
            TokenHealthState::Healthy => stored(Health::Healthy).add(refreshing().not()).add(due().not()),
            TokenHealthState::Due => stored(Health::Healthy).add(refreshing().not()).add(due()),
            TokenHealthState::Refreshing => stored(Health::Healthy).add(refreshing()),
            TokenHealthState::PagesStale => stored(Health::PagesStale),
            TokenHealthState::Throttled => stored(Health::Throttled),
            TokenHealthState::ActionNeeded => stored(Health::ActionNeeded),
            TokenHealthState::PermissionMissing => stored(Health::PermissionMissing),
            TokenHealthState::NeedsReconnect => stored(Health::NeedsReconnect),
            TokenHealthState::TokenUnreadable => stored(Health::TokenUnreadable),
            TokenHealthState::Quarantined => stored(Health::Quarantined),
            TokenHealthState::Disconnected => stored(Health::Disconnected),
        }
    }

    /// Where an account stands in the order of urgency.
    fn rank(&self, now: DateTime<Utc>) -> SimpleExpr {
        CaseStatement::new()
            .case(self.presses(health::Urgency::Red, now), Expr::value(0))
            .case(self.presses(health::Urgency::Amber, now), Expr::value(1))
            .finally(Expr::value(2))
            .into()
    }
}

/// The same rule as [`health::is_silent`], for the database, of accounts that need nobody.
fn is_silent(now: DateTime<Utc>) -> Condition {
    let long_ago = now - health::SILENT_AFTER;
    let never = account::Column::InsightsCollectedAt.is_null();
    let last = Condition::any()
        .add(account::Column::InsightsCollectedAt.lte(long_ago))
        .add(Condition::all().add(never).add(account::Column::ConnectedAt.lte(long_ago)));
    Condition::all().add(account::Column::HealthSince.lte(long_ago)).add(last)
}

/// An account and where it stands in the order.
#[derive(sea_orm::FromQueryResult)]
struct Ranked {
    #[sea_orm(nested)]
    account: account::Model,
    urgency_rank: i32,
}

impl Ranked {
    /// Rank, handle and id; a handle has no line breaks.
    fn key(&self) -> String {
        format!("{}\n{}\n{}", self.urgency_rank, self.account.username, self.account.id)
    }
}

/// Rows behind the cursor of a page.
fn behind(page: &Page, rank: &SimpleExpr) -> Result<Condition, Fault> {
    let Some(after) = &page.after else { return Ok(Condition::all()) };
    let mut parts = after.splitn(3, '\n');
    let (Some(at), Some(username), Some(id)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(NO_CURSOR);
    };
    let at: i32 = at.parse().map_err(|_| NO_CURSOR)?;
    let id = Uuid::parse_str(id).map_err(|_| NO_CURSOR)?;
    let same_rank = || rank.clone().eq(at);
    Ok(Condition::any()
        .add(rank.clone().gt(at))
        .add(Condition::all().add(same_rank()).add(account::Column::Username.gt(username)))
        .add(
            Condition::all()
                .add(same_rank())
                .add(account::Column::Username.eq(username))
                .add(account::Column::Id.gt(id)),
        ))
}

fn escape_like(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}
