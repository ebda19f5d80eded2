//! What the team does with channels. All of it, looking included, is for admins.

use entity::channel::{self, ChannelKind};
use entity::channel_secret::{self, SecretKind};
use entity::delivery::EventType;
use entity::membership::Role;
use entity::{ChannelId, InWorkspace as _, WorkspaceId, workspace};
use identity::{Fault, Member, audit, fields};
use platform::Secret;
use sea_orm::prelude::*;
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{ActiveEnum, ActiveValue::Set, ConnectionTrait, QueryOrder as _, QuerySelect as _};
use serde_json::{Value, json};
use url::Url;

use crate::address::{self, AddressFault};
use crate::event::SUBSCRIBABLE;
use crate::guard::is_public;
use crate::sending::lock;
use crate::{Channels, signature};

/// The most channels of a workspace.
pub const MOST_CHANNELS: u64 = 20;
/// How long the name of an address is looked up when it is saved.
const LOOKUP_LIMIT: std::time::Duration = std::time::Duration::from_secs(3);

/// Why the team could not have what it asked for.
#[derive(Debug, thiserror::Error)]
pub enum ChannelError {
    /// The role does not allow it.
    #[error("the role does not allow it")]
    Forbidden,
    /// There is no such channel or delivery, or it is somebody else's.
    #[error("no such channel or delivery")]
    NotFound,
    /// The name cannot stay like that.
    #[error("the name is not valid")]
    Name(Fault),
    /// The address cannot stay like that.
    #[error("the address is not valid")]
    Address(AddressFault),
    /// No event, or one that cannot be subscribed to.
    #[error("the events are not valid")]
    Events,
    /// The workspace has as many as it can have.
    #[error("too many channels")]
    TooMany,
    /// Slack's channels are not signed.
    #[error("the channel has no signing secret")]
    NotSigned,
    /// Nothing is sent to a channel that is disabled.
    #[error("the channel is disabled")]
    Disabled,
    /// It is on its way already.
    #[error("it is waiting to be sent already")]
    Waiting,
    /// As often as that is enough for an hour.
    #[error("too often within an hour")]
    TooOften,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// A channel that is to be made.
#[derive(Clone, Debug)]
pub struct NewChannel {
    /// Which kind.
    pub kind: ChannelKind,
    /// What people will call it.
    pub name: String,
    /// Where it leads.
    pub address: Secret,
    /// What it is to be told.
    pub events: Vec<EventType>,
}

/// What is to be changed of a channel; what is absent stays.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// What people will call it.
    pub name: Option<String>,
    /// Where it leads.
    pub address: Option<Secret>,
    /// What it is to be told.
    pub events: Option<Vec<EventType>>,
}

impl Channels {
    /// The channels of the member's workspace, the oldest first; none for those who may not see them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(&self, member: &Member) -> Result<Option<Vec<channel::Model>>, DbErr> {
        if member.require(Role::Admin).is_err() {
            return Ok(None);
        }
        let rows = channel::Entity::in_workspace(member.workspace_id())
            .order_by_asc(channel::Column::Id)
            .all(&*self.database)
            .await?;
        Ok(Some(rows))
    }

    /// One channel of the member's workspace; none for those who may not see it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find(&self, member: &Member, id: ChannelId) -> Result<Option<channel::Model>, DbErr> {
        if member.require(Role::Admin).is_err() {
            return Ok(None);
        }
        channel::Entity::in_workspace(member.workspace_id())
            .filter(channel::Column::Id.eq(id))
            .one(&*self.database)
            .await
    }

    /// Until when the former signing secret of a channel is used as well.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn former_secret_valid_until(
        &self,
        channel: &channel::Model,
    ) -> Result<Option<DateTimeUtc>, DbErr> {
        let row = channel_secret::Entity::in_workspace(channel.workspace_id)
            .filter(channel_secret::Column::ChannelId.eq(channel.id))
            .filter(channel_secret::Column::Kind.eq(SecretKind::PreviousSigning))
            .one(&*self.database)
            .await?;
        let now = self.world.now();
        Ok(row.and_then(|row| row.valid_until).filter(|until| *until > now))
    }

    /// Makes a channel. A webhook's signing secret comes back with it, this once.
    ///
    /// # Errors
    /// See [`ChannelError`].
    pub async fn create(
        &self,
        member: &Member,
        new: NewChannel,
    ) -> Result<(channel::Model, Option<Secret>), ChannelError> {
        allowed(member)?;
        let name = fields::name(&new.name).map_err(ChannelError::Name)?;
        let events = checked(&new.events)?;
        let url = self.checked_address(new.kind, &new.address).await?;
        let workspace = member.workspace_id();
        let id = ChannelId(self.world.new_id());
        let now = self.world.now();
        let transaction = self.database.begin().await?;
        // Two at once would both count the same.
        workspace::Entity::in_workspace(workspace).lock(LockType::NoKeyUpdate).one(&*transaction).await?;
        let have = channel::Entity::in_workspace(workspace).count(&*transaction).await?;
        if have >= MOST_CHANNELS {
            return Err(ChannelError::TooMany);
        }
        let row = channel::ActiveModel {
            id: Set(id),
            workspace_id: Set(workspace),
            kind: Set(new.kind),
            name: Set(name),
            address_shown: Set(address::shown(&url)),
            events: Set(events),
            disabled_at: Set(None),
            disabled_reason: Set(None),
            failing_since: Set(None),
            paused_until: Set(None),
            created_at: Set(now),
            updated_at: Set(now),
        };
        let row = row.insert(&*transaction).await?;
        let address = Secret::new(url);
        self.put_secret(&*transaction, workspace, id, SecretKind::Address, &address).await?;
        let secret = match new.kind {
            ChannelKind::Slack => None,
            ChannelKind::Webhook => {
                let secret = signature::new_secret(&self.world);
                self.put_secret(&*transaction, workspace, id, SecretKind::Signing, &secret).await?;
                Some(secret)
            }
        };
        let detail = json!({ "name": row.name, "kind": row.kind.to_value(), "address": row.address_shown });
        self.record(&*transaction, member, "channel.created", id, detail).await?;
        transaction.commit().await?;
        Ok((row, secret))
    }

    /// Changes a channel. What waits for it goes to a new address at once, however long the one before
    /// had let it wait.
    ///
    /// # Errors
    /// See [`ChannelError`].
    pub async fn update(
        &self,
        member: &Member,
        id: ChannelId,
        changes: Changes,
    ) -> Result<channel::Model, ChannelError> {
        allowed(member)?;
        let before = self.find(member, id).await?.ok_or(ChannelError::NotFound)?;
        let name = changes.name.as_deref().map(fields::name).transpose().map_err(ChannelError::Name)?;
        let events = changes.events.as_deref().map(checked).transpose()?;
        let url = match &changes.address {
            Some(address) => Some(self.checked_address(before.kind, address).await?),
            None => None,
        };
        let transaction = self.database.begin().await?;
        let channel = self.own(&*transaction, member, id).await?;
        let mut update = channel::Entity::update_in_workspace(channel.workspace_id)
            .col_expr(channel::Column::UpdatedAt, Expr::value(self.world.now()))
            .filter(channel::Column::Id.eq(id));
        if let Some(name) = &name {
            update = update.col_expr(channel::Column::Name, Expr::value(name.as_str()));
        }
        if let Some(events) = &events {
            update = update.col_expr(channel::Column::Events, Expr::value(events.clone()));
        }
        if let Some(url) = &url {
            // Another receiver: what the one before did says nothing about it.
            update = update
                .col_expr(channel::Column::AddressShown, Expr::value(address::shown(url)))
                .col_expr(channel::Column::FailingSince, Expr::value(Option::<DateTimeUtc>::None))
                .col_expr(channel::Column::PausedUntil, Expr::value(Option::<DateTimeUtc>::None));
            let address = Secret::new(url.as_str());
            self.put_secret(&*transaction, channel.workspace_id, id, SecretKind::Address, &address).await?;
        }
        update.exec(&*transaction).await?;
        if url.is_some() {
            self.send_waiting_now(&*transaction, &channel).await?;
        }
        let detail = json!({ "name": name, "events": events, "address": url.as_ref().map(address::shown) });
        self.record(&*transaction, member, "channel.updated", id, detail).await?;
        let channel = self.own(&*transaction, member, id).await?;
        transaction.commit().await?;
        Ok(channel)
    }

    /// Deletes a channel with its log.
    ///
    /// # Errors
    /// See [`ChannelError`].
    pub async fn delete(&self, member: &Member, id: ChannelId) -> Result<(), ChannelError> {
        allowed(member)?;
        let transaction = self.database.begin().await?;
        let channel = channel::Entity::in_workspace(member.workspace_id())
            .filter(channel::Column::Id.eq(id))
            .lock_exclusive()
            .one(&*transaction)
            .await?
            .ok_or(ChannelError::NotFound)?;
        // Secrets and deliveries go with it.
        channel::Entity::delete_in_workspace(channel.workspace_id)
            .filter(channel::Column::Id.eq(id))
            .exec(&*transaction)
            .await?;
        jobs::queue::remove(&*transaction, channel.workspace_id, id.0).await?;
        let detail = json!({ "name": channel.name });
        self.record(&*transaction, member, "channel.deleted", id, detail).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Makes another signing secret and gives it, this once. The one before is used for another day.
    ///
    /// # Errors
    /// See [`ChannelError`].
    pub async fn rotate_secret(
        &self,
        member: &Member,
        id: ChannelId,
    ) -> Result<(channel::Model, Secret), ChannelError> {
        allowed(member)?;
        let transaction = self.database.begin().await?;
        let channel = self.own(&*transaction, member, id).await?;
        if channel.kind == ChannelKind::Slack {
            return Err(ChannelError::NotSigned);
        }
        let secret = self.replace_signing(&*transaction, channel.workspace_id, id).await?;
        let detail = json!({ "name": channel.name });
        self.record(&*transaction, member, "channel.secret_rotated", id, detail).await?;
        transaction.commit().await?;
        Ok((channel, secret))
    }

    /// A channel of the member's workspace, locked.
    pub(crate) async fn own(
        &self,
        db: &impl ConnectionTrait,
        member: &Member,
        id: ChannelId,
    ) -> Result<channel::Model, ChannelError> {
        lock(db, member.workspace_id(), id).await?.ok_or(ChannelError::NotFound)
    }

    pub(crate) async fn record(
        &self,
        db: &impl ConnectionTrait,
        member: &Member,
        action: &'static str,
        channel: ChannelId,
        detail: Value,
    ) -> Result<(), DbErr> {
        let event = audit::Event {
            workspace_id: member.workspace_id(),
            user_id: Some(member.user_id()),
            action,
            subject_id: Some(channel.0),
            detail,
        };
        audit::record(db, &self.world, event).await
    }

    /// An address that may be saved: its text is looked at, and what its name leads to now. A name
    /// that leads nowhere yet is none of our business.
    async fn checked_address(&self, kind: ChannelKind, address: &Secret) -> Result<Url, ChannelError> {
        let url = self.rules.check(kind, address.expose()).map_err(ChannelError::Address)?;
        let Some(name) = url.domain().filter(|_| !self.rules.allow_private()) else { return Ok(url) };
        let found = tokio::time::timeout(LOOKUP_LIMIT, self.lookup.addresses(name)).await;
        if let Ok(Ok(addresses)) = found
            && !addresses.into_iter().all(is_public)
        {
            return Err(ChannelError::Address(AddressFault::NotPublic));
        }
        Ok(url)
    }
}

pub(crate) fn allowed(member: &Member) -> Result<(), ChannelError> {
    member.require(Role::Admin).map_err(|_| ChannelError::Forbidden)
}

/// The events as the row holds them: each once, in one order.
fn checked(events: &[EventType]) -> Result<Value, ChannelError> {
    let known = events.iter().all(|event| SUBSCRIBABLE.contains(event));
    if events.is_empty() || !known {
        return Err(ChannelError::Events);
    }
    Ok(SUBSCRIBABLE
        .into_iter()
        .filter(|event| events.contains(event))
        .map(|event| event.to_value())
        .collect())
}

/// The types of events that `channel` is subscribed to.
#[must_use]
pub fn events_of(channel: &channel::Model) -> Vec<EventType> {
    SUBSCRIBABLE.into_iter().filter(|event| crate::event::is_subscribed(channel, *event)).collect()
}

/// The workspace that a channel is in, for those who still have to be asked who they are.
///
/// # Errors
/// When the database fails.
pub async fn workspace_of(db: &impl ConnectionTrait, id: ChannelId) -> Result<Option<WorkspaceId>, DbErr> {
    let row = channel::Entity::across_workspaces().filter(channel::Column::Id.eq(id)).one(db).await?;
    Ok(row.map(|row| row.workspace_id))
}
