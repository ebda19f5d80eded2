//! What there is to tell, as JSON, and announcing it in the transaction of its cause.
//!
//! Announcing costs a workspace without channels one look-up by an index, each time; with channels,
//! one row and one statement of the queue for each of them. `docs/webhooks.md` shows the JSON.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use entity::account::{self, Health, HealthReason};
use entity::channel;
use entity::delivery::{self, DeliveryState, EventType};
use entity::incident::{self, End};
use entity::job::{JobKind, Trigger};
use entity::{AccountId, ChannelId, DeliveryId, EventId, InWorkspace as _, WorkspaceId, workspace};
use jobs::queue::{self, Work};
use platform::World;
use sea_orm::prelude::*;
use sea_orm::sea_query::LockType;
use sea_orm::{ActiveEnum, ActiveValue::Set, ConnectionTrait, QueryOrder as _, QuerySelect as _};
use serde::Serialize;
use serde_json::{Value, json};

/// The types of events that a channel can be subscribed to, in the order in which people see them.
pub const SUBSCRIBABLE: [EventType; 4] = [
    EventType::AccountHealthChanged,
    EventType::IncidentOpened,
    EventType::IncidentClosed,
    EventType::InsightsCollected,
];

/// A state of an account and why it has it.
pub type State = (Health, Option<HealthReason>);

/// Something that happened to an account.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// Its health changed.
    HealthChanged {
        /// What it was.
        from: State,
        /// What it is.
        to: State,
    },
    /// It needs a person, for the first time or once more.
    IncidentOpened {
        /// The incident as it is now.
        incident: &'a incident::Model,
        /// Whether it had seemed over.
        reopened: bool,
    },
    /// It no longer needs a person.
    IncidentClosed {
        /// The incident as it was.
        incident: &'a incident::Model,
        /// How it ended.
        ended: End,
    },
    /// Its newest insights were collected.
    InsightsCollected {
        /// How many values were stored.
        values: u32,
    },
}

impl Event<'_> {
    fn event_type(&self) -> EventType {
        match self {
            Self::HealthChanged { .. } => EventType::AccountHealthChanged,
            Self::IncidentOpened { .. } => EventType::IncidentOpened,
            Self::IncidentClosed { .. } => EventType::IncidentClosed,
            Self::InsightsCollected { .. } => EventType::InsightsCollected,
        }
    }

    fn data(&self, account: &account::Model, now: DateTime<Utc>) -> Value {
        let account = json!({
            "id": format!("account:{}", account.id),
            "instagramId": account.instagram_id,
            "username": account.username,
        });
        match self {
            Self::HealthChanged { from, to } => {
                json!({ "account": account, "from": state(*from), "to": state(*to) })
            }
            Self::IncidentOpened { incident, reopened } => json!({ "account": account, "incident": {
                "id": format!("incident:{}", incident.id),
                "cause": word(&incident.cause),
                "openedAt": incident.opened_at,
                "reopened": reopened,
            }}),
            Self::IncidentClosed { incident, ended } => json!({ "account": account, "incident": {
                "id": format!("incident:{}", incident.id),
                "cause": word(&incident.cause),
                "openedAt": incident.opened_at,
                "closedAt": now,
                "ended": word(ended),
            }}),
            Self::InsightsCollected { values } => {
                json!({ "account": account, "collectedAt": now, "values": values })
            }
        }
    }
}

fn state((health, reason): State) -> Value {
    json!({ "state": word(&health), "reason": reason.as_ref().map(word) })
}

/// A word of the database as the API writes it: `needs_reconnect` as `NEEDS_RECONNECT`.
fn word<T: ActiveEnum<Value = String> + Clone>(value: &T) -> String {
    value.to_value().to_uppercase()
}

/// What is sent.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    id: String,
    r#type: String,
    created_at: DateTime<Utc>,
    workspace: WorkspaceRef<'a>,
    data: Value,
}

#[derive(Serialize)]
struct WorkspaceRef<'a> {
    id: String,
    name: &'a str,
}

/// Announces `event` about `account`, as it was when it happened, to every channel of its workspace
/// that is subscribed to it. In the transaction of its cause, so that there is no one without the
/// other.
///
/// # Errors
/// When the database fails.
pub async fn announce(
    db: &impl ConnectionTrait,
    world: &World,
    account: &account::Model,
    event: Event<'_>,
) -> Result<(), DbErr> {
    let workspace = account.workspace_id;
    let event_type = event.event_type();
    // Locked against deletion only, and always in the same order.
    let channels = channel::Entity::in_workspace(workspace)
        .filter(channel::Column::DisabledAt.is_null())
        .order_by_asc(channel::Column::Id)
        .lock(LockType::KeyShare)
        .all(db)
        .await?;
    let subscribed: Vec<_> = channels.iter().filter(|channel| is_subscribed(channel, event_type)).collect();
    if subscribed.is_empty() {
        return Ok(());
    }
    let data = event.data(account, world.now());
    let (id, body) = body(db, world, workspace, event_type, data).await?;
    for channel in subscribed {
        queue(db, world, channel, Some(account.id), id, event_type, body.clone()).await?;
    }
    Ok(())
}

/// Which of `workspaces` have a channel that is subscribed to events of `event_type`.
///
/// # Errors
/// When the database fails.
pub async fn listening(
    db: &impl ConnectionTrait,
    workspaces: impl IntoIterator<Item = WorkspaceId>,
    event_type: EventType,
) -> Result<HashSet<WorkspaceId>, DbErr> {
    let channels = channel::Entity::across_workspaces()
        .filter(channel::Column::WorkspaceId.is_in(workspaces))
        .filter(channel::Column::DisabledAt.is_null())
        .all(db)
        .await?;
    let subscribed = channels.iter().filter(|channel| is_subscribed(channel, event_type));
    Ok(subscribed.map(|channel| channel.workspace_id).collect())
}

/// Queues an event of a type that nobody subscribes to for one channel.
pub(crate) async fn announce_test(
    db: &impl ConnectionTrait,
    world: &World,
    channel: &channel::Model,
) -> Result<DeliveryId, DbErr> {
    let data = json!({ "channel": { "id": format!("channel:{}", channel.id), "name": channel.name } });
    let event_type = EventType::ChannelTest;
    let (id, body) = body(db, world, channel.workspace_id, event_type, data).await?;
    queue(db, world, channel, None, id, event_type, body).await
}

/// Whether `channel` is subscribed to events of `event_type`.
#[must_use]
pub fn is_subscribed(channel: &channel::Model, event_type: EventType) -> bool {
    let name = event_type.to_value();
    channel.events.as_array().is_some_and(|events| events.iter().any(|event| *event == name))
}

async fn body(
    db: &impl ConnectionTrait,
    world: &World,
    workspace: WorkspaceId,
    event_type: EventType,
    data: Value,
) -> Result<(EventId, String), DbErr> {
    let id = EventId(world.new_id());
    let row = workspace::Entity::in_workspace(workspace).one(db).await?;
    let body = Body {
        id: format!("event:{id}"),
        r#type: event_type.to_value(),
        created_at: world.now(),
        workspace: WorkspaceRef {
            id: format!("workspace:{workspace}"),
            name: row.as_ref().map_or("", |row| row.name.as_str()),
        },
        data,
    };
    let body = serde_json::to_string(&body).map_err(|error| DbErr::Json(error.to_string()))?;
    Ok((id, body))
}

async fn queue(
    db: &impl ConnectionTrait,
    world: &World,
    channel: &channel::Model,
    account: Option<AccountId>,
    event_id: EventId,
    event_type: EventType,
    body: String,
) -> Result<DeliveryId, DbErr> {
    let now = world.now();
    let id = DeliveryId(world.new_id());
    let row = delivery::ActiveModel {
        id: Set(id),
        workspace_id: Set(channel.workspace_id),
        channel_id: Set(channel.id),
        account_id: Set(account),
        event_id: Set(event_id),
        event_type: Set(event_type),
        body: Set(body),
        state: Set(DeliveryState::Waiting),
        attempts: Set(0),
        failures: Set(0),
        waiting_since: Set(now),
        next_attempt_at: Set(Some(now)),
        last_attempt_at: Set(None),
        duration_ms: Set(None),
        status_code: Set(None),
        problem: Set(None),
        answer: Set(None),
        ended_at: Set(None),
        created_at: Set(now),
    };
    delivery::Entity::insert(row).exec_without_returning(db).await?;
    // While the receiver asks to wait, waiting is all there is to do.
    let due_at = channel.paused_until.filter(|until| *until > now).unwrap_or(now);
    make_due(db, world, channel.workspace_id, channel.id, due_at, Trigger::Scheduled).await?;
    Ok(id)
}

pub(crate) async fn make_due(
    db: &impl ConnectionTrait,
    world: &World,
    workspace: WorkspaceId,
    channel: ChannelId,
    due_at: DateTime<Utc>,
    trigger: Trigger,
) -> Result<(), DbErr> {
    let work =
        Work { workspace_id: workspace, kind: JobKind::Deliver, subject_id: channel.0, due_at, trigger };
    queue::make_due(db, world, work).await
}
