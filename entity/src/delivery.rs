//! One event on its way to one channel.

use sea_orm::entity::prelude::*;

use crate::{AccountId, ChannelId, DeliveryId, EventId, InWorkspace, WorkspaceId};

/// The types of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum EventType {
    /// The health of an account changed.
    #[sea_orm(string_value = "account.health_changed")]
    AccountHealthChanged,
    /// An account needs a person.
    #[sea_orm(string_value = "incident.opened")]
    IncidentOpened,
    /// An account no longer needs a person.
    #[sea_orm(string_value = "incident.closed")]
    IncidentClosed,
    /// The newest insights of an account were collected.
    #[sea_orm(string_value = "insights.collected")]
    InsightsCollected,
    /// A member tries the channel out.
    #[sea_orm(string_value = "channel.test")]
    ChannelTest,
}

/// How far a delivery is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum DeliveryState {
    /// To be sent, for the first time or again.
    #[sea_orm(string_value = "waiting")]
    Waiting,
    /// The receiver took it.
    #[sea_orm(string_value = "delivered")]
    Delivered,
    /// It was given up.
    #[sea_orm(string_value = "given_up")]
    GivenUp,
}

/// Why an attempt failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum DeliveryProblem {
    /// The receiver answered, but did not take it.
    #[sea_orm(string_value = "refused")]
    Refused,
    /// The receiver answered 410: it is gone for good.
    #[sea_orm(string_value = "gone")]
    Gone,
    /// The receiver wants it to be sent elsewhere.
    #[sea_orm(string_value = "redirected")]
    Redirected,
    /// No answer in time.
    #[sea_orm(string_value = "timeout")]
    Timeout,
    /// No connection, or none that is safe.
    #[sea_orm(string_value = "no_connection")]
    NoConnection,
    /// The connection broke before there was an answer.
    #[sea_orm(string_value = "no_answer")]
    NoAnswer,
    /// The address is none that anything may be sent to.
    #[sea_orm(string_value = "address_refused")]
    AddressRefused,
    /// The stored address or secret does not open; an operator's matter.
    #[sea_orm(string_value = "unreadable")]
    Unreadable,
    /// The channel was disabled.
    #[sea_orm(string_value = "channel_disabled")]
    ChannelDisabled,
}

/// A row of the table `delivery`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "delivery")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DeliveryId,
    /// The workspace.
    pub workspace_id: WorkspaceId,
    /// The channel; (channel, event) is unique.
    pub channel_id: ChannelId,
    /// The account it is about, with which it goes away.
    pub account_id: Option<AccountId>,
    /// What happened; the same for all channels that are told of it.
    pub event_id: EventId,
    /// Its type.
    pub event_type: EventType,
    /// The JSON of the event: the very bytes that are sent and signed.
    pub body: String,
    /// How far it is.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: i32,
    /// Failures since it began to wait, for the retry delay.
    pub failures: i32,
    /// Since when it waits; a replay begins anew.
    pub waiting_since: DateTimeUtc,
    /// When it is tried next; absent when it is not.
    pub next_attempt_at: Option<DateTimeUtc>,
    /// When it was last tried.
    pub last_attempt_at: Option<DateTimeUtc>,
    /// How long the last attempt took, in milliseconds.
    pub duration_ms: Option<i32>,
    /// The status of the last answer.
    pub status_code: Option<i32>,
    /// Why the last attempt failed.
    pub problem: Option<DeliveryProblem>,
    /// The beginning of the last answer, at most 500 characters.
    pub answer: Option<String>,
    /// When it was delivered or given up.
    pub ended_at: Option<DateTimeUtc>,
    /// When the event happened.
    pub created_at: DateTimeUtc,
}

/// No relations are declared: every look-up is written out with its workspace.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InWorkspace for Entity {
    const WORKSPACE: Column = Column::WorkspaceId;
}
