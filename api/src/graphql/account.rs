//! Connected accounts.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use entity::{
    AccountId, ConnectionId, InWorkspace as _, IncidentId, account, connection, incident, outbox,
    refresh_attempt, run,
};
use identity::Member;
use sea_orm::prelude::*;
use sea_orm::{QueryOrder as _, QuerySelect as _};

use super::audience::{self as people, AudienceDay, AudienceSnapshot};
use super::caller::Ask as _;
use super::enums::{AudienceKind, InsightDimension, MediaKind, MediaMetric, Metric, Provider};
use super::fault::Fault;
use super::health::TokenHealth;
use super::ids::global;
use super::incident::{Incident, IncidentConnection, mails_about};
use super::insights::{
    self as series, Count, Date, FAMILIES, FamilyCompleteness, HOURS, InsightPart, InsightSeries, KEYS,
    MAX_DAYS, OnlineFollowers, different,
};
use super::limits::distinct;
use super::link::ReconnectLink;
use super::media::{self as medias, MediaConnection, StoryGap};
use super::next_attempts::NextAttempts;
use super::page::{Page, QUERY, connection, weight};
use super::refresh_attempt::{RefreshAttempt, RefreshAttemptConnection};
use super::run::{Run, RunConnection};
use super::workspace::Workspace;

/// A connected Instagram professional account.
#[derive(Clone)]
pub(crate) struct Account {
    row: Arc<account::Model>,
    grant: Option<Arc<connection::Model>>,
    next_attempt_at: Option<DateTime<Utc>>,
    member: Member,
}

connection!(AccountConnection, AccountEdge, Account, "accounts");

/// The Facebook Page that an account is linked to.
#[derive(SimpleObject)]
#[graphql(name = "Page")]
struct LinkedPage {
    /// Meta's id.
    id: ID,
    /// Its name.
    name: String,
}

impl Account {
    /// Accounts with their grants and their work, which are read in one query each for all of them.
    pub(crate) async fn with_grants(
        db: &platform::Database,
        member: &Member,
        rows: Vec<account::Model>,
    ) -> Result<Vec<Self>, DbErr> {
        let ids: Vec<_> = rows.iter().filter_map(|row| row.connection_id).collect();
        let grants = if ids.is_empty() {
            Vec::new()
        } else {
            connection::Entity::in_workspace(member.workspace_id())
                .filter(connection::Column::Id.is_in(ids))
                .all(&**db)
                .await?
        };
        let grants: HashMap<_, _> = grants.into_iter().map(|grant| (grant.id, Arc::new(grant))).collect();
        let next = NextAttempts::read(db, member, &rows).await?;
        Ok(rows
            .into_iter()
            .map(|row| Self {
                grant: row.connection_id.and_then(|id| grants.get(&id).cloned()),
                next_attempt_at: next.of(&row),
                row: Arc::new(row),
                member: member.clone(),
            })
            .collect())
    }

    pub(crate) fn row(&self) -> &account::Model {
        &self.row
    }

    pub(crate) fn grant(&self) -> Option<&connection::Model> {
        self.grant.as_deref()
    }
}

/// What the nodes of a page look up by `K`, read at once for all of them. Absent when nobody asks
/// for it, and for a node that is on no page.
pub(crate) type ReadAhead<K, V> = Option<Arc<HashMap<K, V>>>;

/// A range of days, if it is one.
fn range(Date(from): Date, Date(to): Date) -> Result<(NaiveDate, NaiveDate), Fault> {
    if to < from {
        return Err(Fault::BadInput("`to` must not be before `from`."));
    }
    if (to - from).num_days() >= MAX_DAYS {
        return Err(Fault::BadInput("A range has at most 400 days."));
    }
    Ok((from, to))
}

/// One account of the member's workspace.
pub(crate) async fn load(
    ctx: &Context<'_>,
    member: &Member,
    id: AccountId,
) -> Result<Option<Account>, Fault> {
    let row = account::Entity::in_workspace(member.workspace_id()).filter(account::Column::Id.eq(id));
    first(ctx, member, row).await
}

/// The first account that is read through a grant.
pub(crate) async fn of_grant(
    ctx: &Context<'_>,
    member: &Member,
    id: ConnectionId,
) -> Result<Option<Account>, Fault> {
    let row = account::Entity::in_workspace(member.workspace_id())
        .filter(account::Column::ConnectionId.eq(id))
        .order_by_asc(account::Column::Username);
    first(ctx, member, row).await
}

async fn first(
    ctx: &Context<'_>,
    member: &Member,
    query: Select<account::Entity>,
) -> Result<Option<Account>, Fault> {
    Ok(all(ctx, member, query.limit(1)).await?.pop())
}

async fn all(
    ctx: &Context<'_>,
    member: &Member,
    query: Select<account::Entity>,
) -> Result<Vec<Account>, Fault> {
    let database = &ctx.services()?.database;
    let rows = query.all(&**database).await?;
    Ok(Account::with_grants(database, member, rows).await?)
}

#[Object]
impl Account {
    /// The global id.
    pub(crate) async fn id(&self) -> ID {
        global(self.row.id)
    }

    /// Meta's id of the Instagram professional account.
    async fn instagram_id(&self) -> &str {
        &self.row.instagram_id
    }

    /// The handle, without @.
    async fn username(&self) -> &str {
        &self.row.username
    }

    /// The display name.
    async fn name(&self) -> Option<&str> {
        self.row.name.as_deref()
    }

    /// Followers at the last look.
    async fn followers_count(&self) -> Option<Count> {
        self.row.followers_count.map(Count)
    }

    /// The login it was connected through.
    async fn provider(&self) -> Provider {
        self.row.provider.into()
    }

    /// The linked Facebook Page; null with Instagram Login.
    async fn page(&self) -> Option<LinkedPage> {
        let id = self.row.page_id.clone()?;
        Some(LinkedPage { name: self.row.page_name.clone().unwrap_or_default(), id: ID(id) })
    }

    /// Where the reconnect mails for this account go; null when they go to the workspace's owners.
    async fn contact_email(&self) -> Option<&str> {
        self.row.contact_email.as_deref()
    }

    /// When it was first connected.
    async fn connected_at(&self) -> DateTime<Utc> {
        self.row.connected_at
    }

    /// When insights were last collected successfully.
    async fn insights_collected_at(&self) -> Option<DateTime<Utc>> {
        self.row.insights_collected_at
    }

    /// The workspace it belongs to.
    #[graphql(complexity = "QUERY + child_complexity")]
    async fn workspace(&self, ctx: &Context<'_>) -> Result<Workspace, Fault> {
        let _turn = ctx.turn().await?;
        let workspace = super::workspace::load(ctx, &self.member).await?;
        workspace.ok_or_else(|| Fault::Internal("an account without its workspace".to_owned()))
    }

    /// The health of its token.
    async fn token_health(&self, ctx: &Context<'_>) -> Result<TokenHealth, Fault> {
        let services = ctx.services()?;
        let window = TimeDelta::days(services.config.tuning.refresh_window_days.into());
        Ok(TokenHealth::new(
            &self.row,
            self.grant.as_deref(),
            services.world.now(),
            window,
            self.next_attempt_at,
        ))
    }

    /// Daily values from `from` to `to`, both included; at most 400 days.
    #[graphql(complexity = "series::weight(different(&metrics), from, to, child_complexity)")]
    async fn insights(
        &self,
        ctx: &Context<'_>,
        metrics: Vec<Metric>,
        from: Date,
        to: Date,
    ) -> Result<Vec<InsightSeries>, Fault> {
        let (from, to) = range(from, to)?;
        let metrics: Vec<insights::Metric> = distinct(metrics)?.into_iter().map(Into::into).collect();
        let _turn = ctx.turn().await?;
        let insights = &ctx.services()?.insights;
        let series = if ctx.look_ahead().field("points").field("revisions").exists() {
            insights.series_with_revisions(&self.row, &metrics, from, to).await?
        } else {
            insights.series(&self.row, &metrics, from, to).await?
        };
        Ok(series.into_iter().map(InsightSeries).collect())
    }

    /// Daily values of metrics by one dimension, from `from` to `to`, both included; at most 400 days.
    #[graphql(complexity = "series::weight(different(&metrics) * KEYS, from, to, child_complexity)")]
    async fn insights_by(
        &self,
        ctx: &Context<'_>,
        metrics: Vec<Metric>,
        dimension: InsightDimension,
        from: Date,
        to: Date,
    ) -> Result<Vec<InsightPart>, Fault> {
        let (from, to) = range(from, to)?;
        let metrics: Vec<insights::Metric> = distinct(metrics)?.into_iter().map(Into::into).collect();
        let _turn = ctx.turn().await?;
        let parts = ctx.services()?.insights.parts(&self.row, &metrics, dimension.into(), from, to).await?;
        Ok(parts.into_iter().map(InsightPart::from).collect())
    }

    /// When its followers were online, from `from` to `to`, both included; at most 400 days. Days of
    /// which nothing is known are left out.
    #[graphql(complexity = "series::weight(HOURS, from, to, child_complexity)")]
    async fn online_followers(
        &self,
        ctx: &Context<'_>,
        from: Date,
        to: Date,
    ) -> Result<Vec<OnlineFollowers>, Fault> {
        let (from, to) = range(from, to)?;
        let _turn = ctx.turn().await?;
        let online = ctx.services()?.insights.online_followers(&self.row, from, to).await?;
        Ok(online.into_iter().map(OnlineFollowers::from).collect())
    }

    /// The newest audience on or before `day`, or the newest of all; null before the first snapshot.
    #[graphql(complexity = "QUERY + child_complexity")]
    async fn audience(
        &self,
        ctx: &Context<'_>,
        kind: AudienceKind,
        day: Option<Date>,
    ) -> Result<Option<AudienceSnapshot>, Fault> {
        let _turn = ctx.turn().await?;
        let audience =
            ctx.services()?.insights.audience(&self.row, kind.into(), day.map(|day| day.0)).await?;
        Ok(audience.map(AudienceSnapshot::from))
    }

    /// The audiences of each day from `from` to `to` of which a snapshot was taken, both included, the oldest
    /// first; at most 400 days.
    #[graphql(complexity = "series::weight(people::SEGMENTS, from, to, child_complexity)")]
    async fn audience_history(
        &self,
        ctx: &Context<'_>,
        from: Date,
        to: Date,
    ) -> Result<Vec<AudienceDay>, Fault> {
        let (from, to) = range(from, to)?;
        let _turn = ctx.turn().await?;
        let days = ctx.services()?.insights.audience_history(&self.row, from, to).await?;
        Ok(days.into_iter().map(AudienceDay::from).collect())
    }

    /// How complete its numbers are from `from` to `to`, both included; at most 400 days. It begins with the
    /// first day that is fetched when an account is connected.
    #[graphql(complexity = "series::weight(FAMILIES, from, to, child_complexity)")]
    async fn completeness(
        &self,
        ctx: &Context<'_>,
        from: Date,
        to: Date,
    ) -> Result<Vec<FamilyCompleteness>, Fault> {
        let (from, to) = range(from, to)?;
        let _turn = ctx.turn().await?;
        let ledger = ctx.services()?.insights.ledger(&self.row, from, to).await?;
        Ok(ledger.into_iter().map(FamilyCompleteness::from).collect())
    }

    /// Its posts, reels and stories, the newest first; with `sort` those with the largest value of that
    /// metric first, and those without a value at the end.
    #[graphql(complexity = "weight(first, child_complexity)")]
    async fn media(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        kind: Option<MediaKind>,
        sort: Option<MediaMetric>,
    ) -> Result<MediaConnection, Fault> {
        medias::page(ctx, &self.member, &self.row, Page::new(first, after)?, kind, sort).await
    }

    /// The last 20 spans in which nobody looked for longer than a story is up, the newest first: stories
    /// that were published in them are lost.
    #[graphql(complexity = "QUERY + child_complexity")]
    async fn story_gaps(&self, ctx: &Context<'_>) -> Result<Vec<StoryGap>, Fault> {
        medias::story_gaps(ctx, &self.row).await
    }

    /// When its media and stories were last listed.
    async fn media_collected_at(&self) -> Option<DateTime<Utc>> {
        self.row.media_collected_at
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
        let query = incident::Entity::in_workspace(self.row.workspace_id)
            .filter(incident::Column::AccountId.eq(self.row.id));
        incidents(ctx, &self.member, query, Page::new(first, after)?, open).await
    }

    /// What was done for it, the newest first.
    #[graphql(complexity = "weight(first, child_complexity)")]
    async fn runs(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<RunConnection, Fault> {
        let query =
            run::Entity::in_workspace(self.row.workspace_id).filter(run::Column::AccountId.eq(self.row.id));
        runs(ctx, &self.member, query, Page::new(first, after)?).await
    }

    /// Attempts to renew the token of its login, the newest first.
    #[graphql(complexity = "weight(first, child_complexity)")]
    async fn refresh_log(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<RefreshAttemptConnection, Fault> {
        let grant = self.row.connection_id.unwrap_or(ConnectionId(Uuid::nil()));
        let query = refresh_attempt::Entity::in_workspace(self.row.workspace_id)
            .filter(refresh_attempt::Column::ConnectionId.eq(grant));
        refresh_log(ctx, &self.member, query, Page::new(first, after)?).await
    }

    /// The reconnect links that repair it, the newest first: its own, and those of accounts under the
    /// same login that were mailed together with it.
    #[graphql(complexity = "QUERY + child_complexity")]
    async fn reconnect_links(&self, ctx: &Context<'_>) -> Result<Vec<ReconnectLink>, Fault> {
        let services = ctx.services()?;
        let _turn = ctx.turn().await?;
        let links =
            ::incidents::link::about_account(&*services.database, self.row.workspace_id, self.row.id).await?;
        Ok(links.into_iter().map(|row| ReconnectLink { row, member: self.member.clone() }).collect())
    }
}

/// A page of incidents.
pub(crate) async fn incidents(
    ctx: &Context<'_>,
    member: &Member,
    mut query: Select<incident::Entity>,
    page: Page,
    open: Option<bool>,
) -> Result<IncidentConnection, Fault> {
    let database = &*ctx.services()?.database;
    let _turn = ctx.turn().await?;
    query = match open {
        Some(true) => query.filter(incident::Column::ClosedAt.is_null()),
        Some(false) => query.filter(incident::Column::ClosedAt.is_not_null()),
        None => query,
    };
    let total = query.clone().count(database).await?;
    if let Some(after) = page.after_id()? {
        query = query.filter(incident::Column::Id.lt(after));
    }
    let rows = query.order_by_desc(incident::Column::Id).limit(page.rows()).all(database).await?;
    let (rows, more) = page.cut(rows);
    let accounts = read_accounts(ctx, member, rows.iter().map(|row| row.account_id)).await?;
    let mails = read_mails(ctx, member, rows.iter().map(|row| row.id)).await?;
    let node =
        |row| Incident { row, member: member.clone(), accounts: accounts.clone(), mails: mails.clone() };
    let items = rows.into_iter().map(|row| (row.id.to_string(), node(row))).collect();
    Ok(IncidentConnection::new(&page, items, more, total))
}

/// A page of runs.
pub(crate) async fn runs(
    ctx: &Context<'_>,
    member: &Member,
    mut query: Select<run::Entity>,
    page: Page,
) -> Result<RunConnection, Fault> {
    let database = &*ctx.services()?.database;
    let _turn = ctx.turn().await?;
    let total = query.clone().count(database).await?;
    if let Some(after) = page.after_id()? {
        query = query.filter(run::Column::Id.lt(after));
    }
    let rows = query.order_by_desc(run::Column::Id).limit(page.rows()).all(database).await?;
    let (rows, more) = page.cut(rows);
    let accounts = read_accounts(ctx, member, rows.iter().filter_map(|row| row.account_id)).await?;
    let node = |row| Run { row, member: member.clone(), accounts: accounts.clone() };
    let items = rows.into_iter().map(|row| (row.id.to_string(), node(row))).collect();
    Ok(RunConnection::new(&page, items, more, total))
}

/// A page of attempts to renew tokens.
pub(crate) async fn refresh_log(
    ctx: &Context<'_>,
    member: &Member,
    mut query: Select<refresh_attempt::Entity>,
    page: Page,
) -> Result<RefreshAttemptConnection, Fault> {
    let database = &*ctx.services()?.database;
    let _turn = ctx.turn().await?;
    let total = query.clone().count(database).await?;
    if let Some(after) = page.after_id()? {
        query = query.filter(refresh_attempt::Column::Id.lt(after));
    }
    let rows = query.order_by_desc(refresh_attempt::Column::Id).limit(page.rows()).all(database).await?;
    let (rows, more) = page.cut(rows);
    let accounts = read_accounts_of_grants(ctx, member, rows.iter().map(|row| row.connection_id)).await?;
    let node = |row| RefreshAttempt { row, member: member.clone(), accounts: accounts.clone() };
    let items = rows.into_iter().map(|row| (row.id.to_string(), node(row))).collect();
    Ok(RefreshAttemptConnection::new(&page, items, more, total))
}

/// Whether the items of the connection that is being answered are asked for `field`.
pub(crate) fn asked(ctx: &Context<'_>, field: &str) -> bool {
    let ahead = ctx.look_ahead();
    ahead.field("nodes").field(field).exists() || ahead.field("edges").field("node").field(field).exists()
}

/// The accounts that the items of a page name.
pub(crate) async fn read_accounts(
    ctx: &Context<'_>,
    member: &Member,
    ids: impl Iterator<Item = AccountId>,
) -> Result<ReadAhead<AccountId, Account>, Fault> {
    if !asked(ctx, "account") {
        return Ok(None);
    }
    let ids: HashSet<_> = ids.collect();
    let query = account::Entity::in_workspace(member.workspace_id()).filter(account::Column::Id.is_in(ids));
    let accounts = all(ctx, member, query).await?;
    Ok(Some(Arc::new(accounts.into_iter().map(|account| (account.row.id, account)).collect())))
}

/// The first account of each grant that the items of a page name; see [`of_grant`].
async fn read_accounts_of_grants(
    ctx: &Context<'_>,
    member: &Member,
    ids: impl Iterator<Item = ConnectionId>,
) -> Result<ReadAhead<ConnectionId, Account>, Fault> {
    if !asked(ctx, "account") {
        return Ok(None);
    }
    let ids: HashSet<_> = ids.collect();
    let query = account::Entity::in_workspace(member.workspace_id())
        .filter(account::Column::ConnectionId.is_in(ids))
        .order_by_asc(account::Column::Username);
    let mut first = HashMap::new();
    for account in all(ctx, member, query).await? {
        if let Some(grant) = account.row.connection_id {
            first.entry(grant).or_insert(account);
        }
    }
    Ok(Some(Arc::new(first)))
}

/// The mails about the incidents of a page.
async fn read_mails(
    ctx: &Context<'_>,
    member: &Member,
    ids: impl Iterator<Item = IncidentId>,
) -> Result<ReadAhead<IncidentId, Vec<outbox::Model>>, Fault> {
    if !asked(ctx, "mails") {
        return Ok(None);
    }
    let mut mails = HashMap::<_, Vec<_>>::new();
    for (incident, mail) in mails_about(ctx, member, ids.collect()).await? {
        mails.entry(incident).or_default().push(mail);
    }
    Ok(Some(Arc::new(mails)))
}
