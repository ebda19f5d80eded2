//! Channels that are switched off, by the team or because nothing arrives, and on again.

use chrono::{DateTime, Utc};
use entity::channel::{self, DisabledReason};
use entity::delivery::{self, DeliveryProblem, DeliveryState};
use entity::{ChannelId, InWorkspace as _, workspace};
use identity::Member;
use mail::Content;
use mail::outbox::NewMail;
use sea_orm::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum, ConnectionTrait};
use serde_json::json;

use crate::Channels;
use crate::team::{ChannelError, allowed};

impl Channels {
    /// Switches a channel on or off. What waits for it when it is switched off is given up.
    ///
    /// # Errors
    /// See [`ChannelError`].
    pub async fn set_enabled(
        &self,
        member: &Member,
        id: ChannelId,
        enabled: bool,
    ) -> Result<channel::Model, ChannelError> {
        allowed(member)?;
        let transaction = self.database.begin().await?;
        let channel = self.own(&*transaction, member, id).await?;
        if enabled == channel.disabled_at.is_none() {
            return Ok(channel);
        }
        if enabled {
            channel::Entity::update_in_workspace(channel.workspace_id)
                .col_expr(channel::Column::DisabledAt, Expr::value(Option::<DateTimeUtc>::None))
                .col_expr(channel::Column::DisabledReason, Expr::value(Option::<String>::None))
                .col_expr(channel::Column::FailingSince, Expr::value(Option::<DateTimeUtc>::None))
                .col_expr(channel::Column::PausedUntil, Expr::value(Option::<DateTimeUtc>::None))
                .filter(channel::Column::Id.eq(id))
                .exec(&*transaction)
                .await?;
        } else {
            self.disable(&*transaction, &channel, DisabledReason::ByMember).await?;
        }
        let action = if enabled { "channel.enabled" } else { "channel.disabled" };
        self.record(&*transaction, member, action, id, json!({ "name": channel.name })).await?;
        let channel = self.own(&*transaction, member, id).await?;
        transaction.commit().await?;
        Ok(channel)
    }

    /// Stops sending to `channel`, whose row the caller has locked.
    pub(crate) async fn disable(
        &self,
        db: &impl ConnectionTrait,
        channel: &channel::Model,
        reason: DisabledReason,
    ) -> Result<(), DbErr> {
        let now = self.world.now();
        channel::Entity::update_in_workspace(channel.workspace_id)
            .col_expr(channel::Column::DisabledAt, Expr::value(now))
            .col_expr(channel::Column::DisabledReason, Expr::value(reason.to_value()))
            .filter(channel::Column::Id.eq(channel.id))
            .exec(db)
            .await?;
        tracing::warn!(workspace = %channel.workspace_id, channel = %channel.id, ?reason, "a channel was disabled");
        give_up_waiting(db, channel, now).await
    }

    /// Tells those who run the workspace, at most once a day for each channel.
    pub(crate) async fn tell_disabled(
        &self,
        db: &impl ConnectionTrait,
        channel: &channel::Model,
        reason: DisabledReason,
    ) -> Result<(), DbErr> {
        let workspace = workspace::Entity::in_workspace(channel.workspace_id).one(db).await?;
        let workspace_name = workspace.map(|row| row.name).unwrap_or_default();
        let day = self.world.now().date_naive();
        for recipient in identity::audience(db, channel.workspace_id).await?.managers {
            let mail = NewMail {
                workspace_id: channel.workspace_id,
                dedupe_key: format!("channel_disabled:{}:{day}:{recipient}", channel.id),
                recipient,
                content: Content::ChannelDisabled {
                    workspace_name: workspace_name.clone(),
                    channel_name: channel.name.clone(),
                    gone: reason == DisabledReason::Gone,
                },
                incidents: Vec::new(),
                link_id: None,
            };
            mail::outbox::queue(db, &self.world, mail).await?;
        }
        Ok(())
    }
}

pub(crate) async fn give_up_waiting(
    db: &impl ConnectionTrait,
    channel: &channel::Model,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    delivery::Entity::update_in_workspace(channel.workspace_id)
        .col_expr(delivery::Column::State, Expr::value(DeliveryState::GivenUp.to_value()))
        .col_expr(delivery::Column::Problem, Expr::value(DeliveryProblem::ChannelDisabled.to_value()))
        .col_expr(delivery::Column::NextAttemptAt, Expr::value(Option::<DateTime<Utc>>::None))
        .col_expr(delivery::Column::EndedAt, Expr::value(now))
        .filter(delivery::Column::ChannelId.eq(channel.id))
        .filter(delivery::Column::State.eq(DeliveryState::Waiting))
        .exec(db)
        .await?;
    Ok(())
}
