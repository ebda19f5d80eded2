//! One event on its way to one channel. Only admins see it.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use entity::delivery;
use identity::Member;

use super::caller::Ask as _;
use super::channel::Channel;
use super::enums::{DeliveryEvent, DeliveryProblem, DeliveryState};
use super::fault::Fault;
use super::ids::global;
use super::page::connection;

/// One event on its way to one channel.
#[derive(Clone)]
pub(crate) struct Delivery {
    pub(crate) row: delivery::Model,
    pub(crate) member: Member,
}

connection!(DeliveryConnection, DeliveryEdge, Delivery, "deliveries");

#[Object]
impl Delivery {
    /// The global id.
    pub(crate) async fn id(&self) -> ID {
        global(self.row.id)
    }

    /// The channel it goes to.
    #[graphql(complexity = "super::page::QUERY + child_complexity")]
    async fn channel(&self, ctx: &Context<'_>) -> Result<Channel, Fault> {
        let row = ctx.services()?.channels.find(&self.member, self.row.channel_id).await?;
        let row = row.ok_or_else(|| Fault::Internal("a delivery without its channel".to_owned()))?;
        Ok(Channel { row, member: self.member.clone() })
    }

    /// The id of the event: the same in every channel, attempt and replay.
    async fn event_id(&self) -> ID {
        ID(format!("event:{}", self.row.event_id))
    }

    /// What happened.
    async fn event(&self) -> DeliveryEvent {
        self.row.event_type.into()
    }

    /// The JSON of the event, as a webhook gets it.
    async fn body(&self) -> &str {
        &self.row.body
    }

    /// How far it is.
    async fn state(&self) -> DeliveryState {
        self.row.state.into()
    }

    /// How often it was tried.
    async fn attempts(&self) -> i32 {
        self.row.attempts
    }

    /// When the event happened.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }

    /// When it was last tried.
    async fn last_attempt_at(&self) -> Option<DateTime<Utc>> {
        self.row.last_attempt_at
    }

    /// When it is tried next; null when it is not.
    async fn next_attempt_at(&self) -> Option<DateTime<Utc>> {
        self.row.next_attempt_at
    }

    /// How long the last attempt took, in milliseconds.
    async fn duration_ms(&self) -> Option<i32> {
        self.row.duration_ms
    }

    /// The HTTP status of the last answer; null when there was none.
    async fn status_code(&self) -> Option<i32> {
        self.row.status_code
    }

    /// Why the last attempt failed; null when it did not.
    async fn problem(&self) -> Option<DeliveryProblem> {
        self.row.problem.map(Into::into)
    }

    /// The beginning of the last answer, at most 500 characters: a stranger's text.
    async fn answer(&self) -> Option<&str> {
        self.row.answer.as_deref().filter(|answer| !answer.is_empty())
    }

    /// When it was delivered or given up.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.row.ended_at
    }
}
