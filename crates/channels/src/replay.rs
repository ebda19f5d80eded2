//! Trying a channel out, and sending again what was sent before: the same event under the same id.

use chrono::{DateTime, Utc};
use entity::channel;
use entity::delivery::{self, DeliveryState};
use entity::job::Trigger;
use entity::{ChannelId, DeliveryId, InWorkspace as _, WorkspaceId};
use identity::Member;
use jobs::budget::{self, Permit};
use sea_orm::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait, QueryOrder as _, QuerySelect as _};
use serde_json::json;

use crate::Channels;
use crate::event::{announce_test, make_due};
use crate::team::{ChannelError, allowed};

/// Test events that a workspace may send in an hour.
const TESTS_AN_HOUR: u32 = 30;
/// Deliveries that a workspace may send again one by one in an hour.
const REPLAYS_AN_HOUR: u32 = 60;
/// How often a workspace may send again all that failed in an hour.
const REPLAYS_OF_ALL_AN_HOUR: u32 = 10;
/// The most deliveries that are sent again together.
pub const MOST_REPLAYED: u64 = 1_000;

impl Channels {
    /// Sends a test event to one channel, whatever it is subscribed to.
    ///
    /// # Errors
    /// See [`ChannelError`].
    pub async fn send_test(&self, member: &Member, id: ChannelId) -> Result<delivery::Model, ChannelError> {
        allowed(member)?;
        let transaction = self.database.begin().await?;
        let channel = self.own(&*transaction, member, id).await?;
        if channel.disabled_at.is_some() {
            return Err(ChannelError::Disabled);
        }
        self.seldom(&*transaction, member, "test", TESTS_AN_HOUR).await?;
        let delivery = announce_test(&*transaction, &self.world, &channel).await?;
        self.record(&*transaction, member, "channel.tested", id, json!({ "name": channel.name })).await?;
        let row =
            find(&*transaction, member.workspace_id(), delivery).await?.ok_or(ChannelError::NotFound)?;
        transaction.commit().await?;
        Ok(row)
    }

    /// Sends one delivery again, delivered or given up, and tries for another day.
    ///
    /// # Errors
    /// See [`ChannelError`].
    pub async fn replay(&self, member: &Member, id: DeliveryId) -> Result<delivery::Model, ChannelError> {
        allowed(member)?;
        let workspace = member.workspace_id();
        let row = find(&*self.database, workspace, id).await?.ok_or(ChannelError::NotFound)?;
        let transaction = self.database.begin().await?;
        let channel = self.own(&*transaction, member, row.channel_id).await?;
        if channel.disabled_at.is_some() {
            return Err(ChannelError::Disabled);
        }
        self.seldom(&*transaction, member, "replay", REPLAYS_AN_HOUR).await?;
        if self.wait_again(&*transaction, workspace, &[id]).await? == 0 {
            return Err(ChannelError::Waiting);
        }
        make_due(&*transaction, &self.world, workspace, channel.id, self.world.now(), Trigger::Manual)
            .await?;
        let detail = json!({ "name": channel.name, "delivery": id.0 });
        self.record(&*transaction, member, "channel.replayed", channel.id, detail).await?;
        let row = find(&*transaction, workspace, id).await?.ok_or(ChannelError::NotFound)?;
        transaction.commit().await?;
        Ok(row)
    }

    /// Sends again what was given up of a channel since `since`, the oldest first and at most
    /// [`MOST_REPLAYED`]. Gives how many.
    ///
    /// # Errors
    /// See [`ChannelError`].
    pub async fn replay_given_up(
        &self,
        member: &Member,
        id: ChannelId,
        since: DateTime<Utc>,
    ) -> Result<u64, ChannelError> {
        allowed(member)?;
        let workspace = member.workspace_id();
        let transaction = self.database.begin().await?;
        let channel = self.own(&*transaction, member, id).await?;
        if channel.disabled_at.is_some() {
            return Err(ChannelError::Disabled);
        }
        self.seldom(&*transaction, member, "replay_all", REPLAYS_OF_ALL_AN_HOUR).await?;
        let ids: Vec<DeliveryId> = delivery::Entity::in_workspace(workspace)
            .select_only()
            .column(delivery::Column::Id)
            .filter(delivery::Column::ChannelId.eq(id))
            .filter(delivery::Column::State.eq(DeliveryState::GivenUp))
            .filter(delivery::Column::CreatedAt.gte(since))
            .order_by_asc(delivery::Column::Id)
            .limit(MOST_REPLAYED)
            .into_tuple()
            .all(&*transaction)
            .await?;
        let replayed = self.wait_again(&*transaction, workspace, &ids).await?;
        if replayed > 0 {
            make_due(&*transaction, &self.world, workspace, id, self.world.now(), Trigger::Manual).await?;
        }
        let detail = json!({ "name": channel.name, "since": since, "deliveries": replayed });
        self.record(&*transaction, member, "channel.replayed", id, detail).await?;
        transaction.commit().await?;
        Ok(replayed)
    }

    /// Lets deliveries that have ended wait once more. Gives how many there were.
    async fn wait_again(
        &self,
        db: &impl ConnectionTrait,
        workspace: WorkspaceId,
        ids: &[DeliveryId],
    ) -> Result<u64, DbErr> {
        let now = self.world.now();
        let changed = delivery::Entity::update_in_workspace(workspace)
            .col_expr(delivery::Column::State, Expr::value(DeliveryState::Waiting.to_value()))
            .col_expr(delivery::Column::Failures, Expr::value(0))
            .col_expr(delivery::Column::WaitingSince, Expr::value(now))
            .col_expr(delivery::Column::NextAttemptAt, Expr::value(now))
            .col_expr(delivery::Column::EndedAt, Expr::value(Option::<DateTimeUtc>::None))
            .filter(delivery::Column::Id.is_in(ids.iter().copied()))
            .filter(delivery::Column::State.ne(DeliveryState::Waiting))
            .exec(db)
            .await?;
        Ok(changed.rows_affected)
    }

    /// Makes what waits for `channel` due now, as if it had not been tried before.
    pub(crate) async fn send_waiting_now(
        &self,
        db: &impl ConnectionTrait,
        channel: &channel::Model,
    ) -> Result<(), DbErr> {
        let now = self.world.now();
        let waiting = delivery::Entity::update_in_workspace(channel.workspace_id)
            .col_expr(delivery::Column::Failures, Expr::value(0))
            .col_expr(delivery::Column::NextAttemptAt, Expr::value(now))
            .filter(delivery::Column::ChannelId.eq(channel.id))
            .filter(delivery::Column::State.eq(DeliveryState::Waiting))
            .exec(db)
            .await?;
        if waiting.rows_affected > 0 {
            make_due(db, &self.world, channel.workspace_id, channel.id, now, Trigger::Manual).await?;
        }
        Ok(())
    }

    /// Counts what a workspace may do so often in an hour.
    async fn seldom(
        &self,
        db: &impl ConnectionTrait,
        member: &Member,
        what: &str,
        an_hour: u32,
    ) -> Result<(), ChannelError> {
        let scope = format!("channels:{what}:{}", member.workspace_id());
        match budget::take(db, self.world.now(), &scope, an_hour).await? {
            Permit::Granted => Ok(()),
            Permit::WaitUntil(_) => Err(ChannelError::TooOften),
        }
    }
}

pub(crate) async fn find(
    db: &impl ConnectionTrait,
    workspace: WorkspaceId,
    id: DeliveryId,
) -> Result<Option<delivery::Model>, DbErr> {
    delivery::Entity::in_workspace(workspace).filter(delivery::Column::Id.eq(id)).one(db).await
}
