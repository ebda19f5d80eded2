//! What became of deliveries, for people and for figures.

use chrono::TimeDelta;
use entity::delivery::{self, DeliveryState};
use entity::membership::Role;
use entity::{ChannelId, DeliveryId, InWorkspace as _, WorkspaceId};
use identity::Member;
use sea_orm::prelude::*;
use sea_orm::{ConnectionTrait, FromQueryResult, Iterable as _, QueryOrder as _, QuerySelect as _};

use crate::Channels;

/// Deliveries older than this are removed.
pub const KEPT: TimeDelta = TimeDelta::days(30);
/// How far back the figures look.
const FIGURES_OF: TimeDelta = TimeDelta::hours(24);

/// One page of a log, and how many there are in all.
#[derive(Clone, Debug)]
pub struct Page {
    /// The deliveries, the newest first.
    pub rows: Vec<delivery::Model>,
    /// How many there are on all pages.
    pub total: u64,
}

#[derive(FromQueryResult)]
struct Figure {
    state: String,
    count: i64,
}

impl Channels {
    /// Deliveries of a channel, the newest first, at most `limit` that are older than `after`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn deliveries(
        &self,
        member: &Member,
        channel: ChannelId,
        state: Option<DeliveryState>,
        after: Option<DeliveryId>,
        limit: u64,
    ) -> Result<Page, DbErr> {
        if member.require(Role::Admin).is_err() {
            return Ok(Page { rows: Vec::new(), total: 0 });
        }
        let mut query = delivery::Entity::in_workspace(member.workspace_id())
            .filter(delivery::Column::ChannelId.eq(channel));
        if let Some(state) = state {
            query = query.filter(delivery::Column::State.eq(state));
        }
        let total = query.clone().count(&*self.database).await?;
        if let Some(after) = after {
            query = query.filter(delivery::Column::Id.lt(after));
        }
        let rows = query.order_by_desc(delivery::Column::Id).limit(limit).all(&*self.database).await?;
        Ok(Page { rows, total })
    }

    /// One delivery of the member's workspace; none for those who may not see it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delivery(&self, member: &Member, id: DeliveryId) -> Result<Option<delivery::Model>, DbErr> {
        if member.require(Role::Admin).is_err() {
            return Ok(None);
        }
        crate::replay::find(&*self.database, member.workspace_id(), id).await
    }

    /// How many deliveries ended in which state in the last 24 hours, and how many wait: every state,
    /// as the database calls it, with its number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn figures(&self) -> Result<Vec<(String, i64)>, DbErr> {
        let recent = delivery::Column::EndedAt.gt(self.world.now() - FIGURES_OF);
        let counted = delivery::Entity::across_workspaces()
            .select_only()
            .column(delivery::Column::State)
            .column_as(delivery::Column::Id.count(), "count")
            .filter(sea_orm::Condition::any().add(recent).add(delivery::Column::EndedAt.is_null()))
            .group_by(delivery::Column::State)
            .into_model::<Figure>()
            .all(&*self.database)
            .await?;
        let count = |state: &str| counted.iter().find(|row| row.state == state).map_or(0, |row| row.count);
        // A figure that has gone down to nothing has to say so.
        Ok(DeliveryState::iter()
            .map(|state| state.to_value())
            .map(|name| (name.clone(), count(&name)))
            .collect())
    }

    /// Removes deliveries that are too old to be sent again, and signing secrets that are no longer
    /// valid. What waits is never removed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_old(&self) -> Result<(), DbErr> {
        let now = self.world.now();
        let _turn = self.database.turn().await;
        delivery::Entity::delete_across_workspaces()
            .filter(delivery::Column::CreatedAt.lt(now - KEPT))
            .filter(delivery::Column::State.ne(DeliveryState::Waiting))
            .exec(&*self.database)
            .await?;
        entity::channel_secret::Entity::delete_across_workspaces()
            .filter(entity::channel_secret::Column::ValidUntil.lt(now))
            .exec(&*self.database)
            .await?;
        Ok(())
    }
}

/// The workspace that a delivery is in, for those who still have to be asked who they are.
///
/// # Errors
/// When the database fails.
pub async fn workspace_of(db: &impl ConnectionTrait, id: DeliveryId) -> Result<Option<WorkspaceId>, DbErr> {
    let row = delivery::Entity::across_workspaces().filter(delivery::Column::Id.eq(id)).one(db).await?;
    Ok(row.map(|row| row.workspace_id))
}
