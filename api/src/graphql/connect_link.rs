//! Connect links, as the team sees them.

use std::collections::HashMap;

use async_graphql::{Context, Enum, ID, Object};
use chrono::{DateTime, Utc};
use entity::connect_link::{self, ConnectLinkState as Stored};
use entity::membership::Role;
use entity::{AccountId, ConnectLinkId, Global as _, InWorkspace as _, UserId, account, user};
use identity::Member;
use sea_orm::QueryOrder as _;
use sea_orm::prelude::*;

use super::account::Account;
use super::caller::Ask as _;
use super::enums::Provider;
use super::fault::Fault;
use super::ids::global;
use super::page::{Page, connection};

/// How many accounts of a link are shown with it.
const SHOWN: usize = 5;

/// How far a connect link is.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConnectLinkState {
    /// Made, to be copied by the team.
    Created,
    /// Mailed.
    Sent,
    /// Its page was opened.
    Opened,
    /// The dialog was cancelled at Meta.
    Denied,
    /// Accounts were connected with it; it can be used for more.
    Connected,
    /// Its time is over.
    Expired,
    /// Withdrawn.
    Revoked,
}

/// A link with which a client who has no login connects accounts.
#[derive(Clone)]
pub(crate) struct ConnectLink {
    pub(crate) row: connect_link::Model,
    pub(crate) member: Member,
    made_by: Option<String>,
    account_count: usize,
    accounts: Vec<Account>,
}

connection!(ConnectLinkConnection, ConnectLinkEdge, ConnectLink, "connect links");

impl ConnectLink {
    /// Links with who made them and what they brought, read together.
    pub(crate) async fn with_accounts(
        ctx: &Context<'_>,
        member: &Member,
        rows: Vec<connect_link::Model>,
    ) -> Result<Vec<Self>, Fault> {
        let services = ctx.services()?;
        let database = &services.database;
        let workspace = member.workspace_id();
        let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
        let mut brought: HashMap<ConnectLinkId, Vec<AccountId>> = HashMap::new();
        for (link, account) in services.connections.accounts_of_connect_links(workspace, &ids).await? {
            brought.entry(link).or_default().push(account);
        }
        let shown = brought.values().flat_map(|accounts| accounts.iter().take(SHOWN).copied());
        let accounts = account::Entity::in_workspace(workspace)
            .filter(account::Column::Id.is_in(shown))
            .order_by_asc(account::Column::Username)
            .all(&**database)
            .await?;
        let accounts = Account::with_grants(database, member, accounts).await?;
        let people: HashMap<UserId, String> = user::Entity::rows()
            .filter(user::Column::Id.is_in(rows.iter().map(|row| row.created_by)))
            .all(&**database)
            .await?
            .into_iter()
            .map(|person| (person.id, person.name))
            .collect();
        let of = |row: &connect_link::Model| brought.get(&row.id).map_or(&[] as &[_], Vec::as_slice);
        Ok(rows
            .into_iter()
            .map(|row| Self {
                made_by: people.get(&row.created_by).cloned(),
                account_count: of(&row).len(),
                accounts: accounts
                    .iter()
                    .filter(|account| of(&row).contains(&account.row().id))
                    .cloned()
                    .collect(),
                member: member.clone(),
                row,
            })
            .collect())
    }

    /// A page of the links of the member's workspace, the newest first.
    pub(crate) async fn page(
        ctx: &Context<'_>,
        member: &Member,
        page: Page,
    ) -> Result<ConnectLinkConnection, Fault> {
        use sea_orm::QuerySelect as _;
        let database = &*ctx.services()?.database;
        let query = connect_link::Entity::in_workspace(member.workspace_id());
        let total = query.clone().count(database).await?;
        let mut query = query.order_by_desc(connect_link::Column::Id);
        if let Some(after) = page.after_id()? {
            query = query.filter(connect_link::Column::Id.lt(after));
        }
        let rows = query.limit(page.rows()).all(database).await?;
        let (rows, more) = page.cut(rows);
        let links = Self::with_accounts(ctx, member, rows).await?;
        let items = links.into_iter().map(|link| (link.row.id.to_string(), link)).collect();
        Ok(ConnectLinkConnection::new(&page, items, more, total))
    }

    fn state_at(&self, now: DateTime<Utc>) -> ConnectLinkState {
        match self.row.state {
            Stored::Revoked => ConnectLinkState::Revoked,
            // What it brought says more than that its time is over.
            Stored::Connected => ConnectLinkState::Connected,
            _ if self.row.expires_at <= now => ConnectLinkState::Expired,
            Stored::Created => ConnectLinkState::Created,
            Stored::Sent => ConnectLinkState::Sent,
            Stored::Opened => ConnectLinkState::Opened,
            Stored::Denied => ConnectLinkState::Denied,
        }
    }
}

#[Object]
impl ConnectLink {
    /// The global id.
    async fn id(&self) -> ID {
        global(self.row.id)
    }

    /// For whom it is, as the team calls them.
    async fn client_name(&self) -> &str {
        &self.row.client_name
    }

    /// The only login it offers; null when the client decides.
    async fn provider(&self) -> Option<Provider> {
        self.row.provider.map(Into::into)
    }

    /// How far it is.
    async fn state(&self, ctx: &Context<'_>) -> Result<ConnectLinkState, Fault> {
        Ok(self.state_at(ctx.services()?.world.now()))
    }

    /// Whether a client can still come with it.
    async fn usable(&self, ctx: &Context<'_>) -> Result<bool, Fault> {
        Ok(ctx.services()?.connections.connect_link_usable(&self.row).is_ok())
    }

    /// The address to copy; null for viewers and when it no longer works.
    async fn url(&self, ctx: &Context<'_>) -> Result<Option<String>, Fault> {
        if !self.member.is_at_least(Role::Member) || !self.usable(ctx).await? {
            return Ok(None);
        }
        Ok(Some(ctx.services()?.connections.connect_link_url(self.row.id).expose().to_owned()))
    }

    /// The address it was mailed to; null when it was made for copying.
    async fn sent_to(&self) -> Option<&str> {
        self.row.sent_to.as_deref()
    }

    /// Where reconnect mails of the accounts go; null when that is where it was mailed to, or what the
    /// client enters.
    async fn contact_email(&self) -> Option<&str> {
        self.row.contact_email.as_deref()
    }

    /// Who made it; null when the person is gone.
    async fn created_by(&self) -> Option<&str> {
        self.made_by.as_deref()
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }

    /// When it stops working.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.row.expires_at
    }

    /// How often a dialog was started from it; ten times at most.
    async fn starts(&self) -> i32 {
        self.row.starts
    }

    /// When anything happened with it.
    async fn last_event_at(&self) -> Option<DateTime<Utc>> {
        self.row.last_event_at
    }

    /// How many accounts of the workspace were connected with it.
    async fn account_count(&self) -> i32 {
        i32::try_from(self.account_count).unwrap_or(i32::MAX)
    }

    /// The first five of them, by handle.
    async fn accounts(&self) -> &[Account] {
        &self.accounts
    }
}
