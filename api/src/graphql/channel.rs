//! Channels besides mail. Only admins see them.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use entity::{ChannelId, channel, delivery};
use identity::Member;

use super::caller::Ask as _;
use super::delivery::{Delivery, DeliveryConnection};
use super::enums::{ChannelDisabledReason, ChannelEvent, ChannelKind, DeliveryState};
use super::fault::Fault;
use super::ids::global;
use super::page::{Page, weight};

/// Where a workspace is told what happens, besides mail.
#[derive(Clone)]
pub(crate) struct Channel {
    pub(crate) row: channel::Model,
    pub(crate) member: Member,
}

#[Object]
impl Channel {
    /// The global id.
    pub(crate) async fn id(&self) -> ID {
        global(self.row.id)
    }

    /// Which kind.
    async fn kind(&self) -> ChannelKind {
        self.row.kind.into()
    }

    /// What people call it.
    async fn name(&self) -> &str {
        &self.row.name
    }

    /// Scheme and host of its address. The rest is a secret and is shown to nobody.
    async fn address(&self) -> &str {
        &self.row.address_shown
    }

    /// What it is told.
    async fn events(&self) -> Vec<ChannelEvent> {
        channels::team::events_of(&self.row).into_iter().filter_map(ChannelEvent::of).collect()
    }

    /// Since when nothing is sent to it; null while it is on.
    async fn disabled_at(&self) -> Option<DateTime<Utc>> {
        self.row.disabled_at
    }

    /// Why nothing is sent to it.
    async fn disabled_reason(&self) -> Option<ChannelDisabledReason> {
        self.row.disabled_reason.map(Into::into)
    }

    /// Since when everything was given up; null while something arrives.
    async fn failing_since(&self) -> Option<DateTime<Utc>> {
        self.row.failing_since
    }

    /// Until when events are signed with the former secret as well.
    async fn former_secret_valid_until(&self, ctx: &Context<'_>) -> Result<Option<DateTime<Utc>>, Fault> {
        Ok(ctx.services()?.channels.former_secret_valid_until(&self.row).await?)
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }

    /// What was sent to it in the last 30 days and what became of it, the newest first.
    #[graphql(complexity = "weight(first, child_complexity)")]
    async fn deliveries(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        state: Option<DeliveryState>,
    ) -> Result<DeliveryConnection, Fault> {
        let page = Page::new(first, after)?;
        let after = page.after_id()?.map(Into::into);
        let state: Option<delivery::DeliveryState> = state.map(Into::into);
        let channels = &ctx.services()?.channels;
        let found = channels.deliveries(&self.member, self.row.id, state, after, page.rows()).await?;
        let (rows, more) = page.cut(found.rows);
        let items = rows
            .into_iter()
            .map(|row| (row.id.to_string(), Delivery { row, member: self.member.clone() }))
            .collect();
        Ok(DeliveryConnection::new(&page, items, more, found.total))
    }
}

/// The channels of a workspace; none for those who may not see them.
pub(crate) async fn all(ctx: &Context<'_>, member: &Member) -> Result<Option<Vec<Channel>>, Fault> {
    let rows = ctx.services()?.channels.list(member).await?;
    Ok(rows.map(|rows| rows.into_iter().map(|row| Channel { row, member: member.clone() }).collect()))
}

/// One channel; none for those who may not see it.
pub(crate) async fn load(
    ctx: &Context<'_>,
    member: &Member,
    id: ChannelId,
) -> Result<Option<Channel>, Fault> {
    let row = ctx.services()?.channels.find(member, id).await?;
    Ok(row.map(|row| Channel { row, member: member.clone() }))
}
