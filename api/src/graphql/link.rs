//! Reconnect links, as the team and as the owner of an account see them.

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use connections::links::Preview;
use entity::membership::Role;
use entity::reconnect_link::{self, LinkState};

use super::caller::Ask as _;
use super::enums::Provider;
use super::fault::Fault;
use super::ids::global;

/// How far a reconnect link is.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReconnectLinkState {
    /// Made, to be copied by the team.
    Created,
    /// Mailed.
    Sent,
    /// Its page was opened.
    Opened,
    /// The dialog was cancelled at Meta.
    Denied,
    /// Another account was chosen at Meta.
    WrongAccount,
    /// The account was repaired.
    Done,
    /// Its time is over.
    Expired,
    /// Withdrawn, or replaced by a newer one.
    Revoked,
}

fn state(link: &reconnect_link::Model, now: DateTime<Utc>) -> ReconnectLinkState {
    match link.state {
        LinkState::Done => ReconnectLinkState::Done,
        LinkState::Revoked => ReconnectLinkState::Revoked,
        _ if link.expires_at <= now => ReconnectLinkState::Expired,
        LinkState::Created => ReconnectLinkState::Created,
        LinkState::Sent => ReconnectLinkState::Sent,
        LinkState::Opened => ReconnectLinkState::Opened,
        LinkState::Denied => ReconnectLinkState::Denied,
        LinkState::WrongAccount => ReconnectLinkState::WrongAccount,
    }
}

/// A link with which the owner of an account repairs it without a login.
#[derive(Clone)]
pub(crate) struct ReconnectLink {
    pub(crate) row: reconnect_link::Model,
    pub(crate) member: identity::Member,
}

#[Object]
impl ReconnectLink {
    /// The global id.
    async fn id(&self) -> ID {
        global(self.row.id)
    }

    /// How far it is.
    async fn state(&self, ctx: &Context<'_>) -> Result<ReconnectLinkState, Fault> {
        Ok(state(&self.row, ctx.services()?.world.now()))
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }

    /// When it stops working.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.row.expires_at
    }

    /// The address it was mailed to; null when it was made for copying.
    async fn sent_to(&self) -> Option<&str> {
        self.row.sent_to.as_deref()
    }

    /// The address to copy; null for viewers.
    async fn url(&self, ctx: &Context<'_>) -> Result<Option<String>, Fault> {
        if !self.member.is_at_least(Role::Member) {
            return Ok(None);
        }
        Ok(Some(ctx.services()?.connections.link_url(self.row.id).expose().to_owned()))
    }

    /// When anything happened with it.
    async fn last_event_at(&self) -> Option<DateTime<Utc>> {
        self.row.last_event_at
    }
}

/// What the owner of an account sees of a link: what it is about, and no numbers.
#[derive(SimpleObject)]
pub(crate) struct ReconnectLinkPreview {
    /// How far it is.
    state: ReconnectLinkState,
    /// Who asks.
    workspace_name: String,
    /// The handles of the accounts whose connection it renews, at least one.
    usernames: Vec<String>,
    /// The login that it leads to.
    provider: Provider,
    /// Whether the dialog can be started.
    usable: bool,
    /// When it stops working.
    expires_at: DateTime<Utc>,
}

impl ReconnectLinkPreview {
    pub(crate) fn new(preview: Preview, now: DateTime<Utc>) -> Self {
        Self {
            state: state(&preview.link, now),
            workspace_name: preview.workspace_name,
            usernames: preview.accounts.into_iter().map(|account| account.username).collect(),
            provider: preview.provider.into(),
            usable: preview.usable.is_ok(),
            expires_at: preview.link.expires_at,
        }
    }
}
