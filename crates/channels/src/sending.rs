//! Brings a channel what waits for it, and notes what came of it.
//!
//! There is one piece of work for each channel, so that a receiver which hangs holds up nothing but
//! itself: of what waits, a few are sent at once, and all results are noted together. Whoever dies
//! between sending and noting leads to the same events being sent once more, with the same ids.

use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use entity::channel::{self, ChannelKind, DisabledReason};
use entity::delivery::{self, DeliveryProblem, DeliveryState};
use entity::{ChannelId, InWorkspace as _, WorkspaceId};
use jobs::retry;
use sea_orm::prelude::*;
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{ActiveEnum, ConnectionTrait, QueryOrder as _, QuerySelect as _};
use url::Url;

use crate::Channels;
use crate::http::{Answer, NoAnswer};
use crate::secrets::Opened;
use crate::switching::give_up_waiting;
use crate::{signature, slack};

/// How many deliveries one channel is sent at the same time.
pub const AT_ONCE: u64 = 8;
/// How long a delivery is tried before it is given up.
const PATIENCE: TimeDelta = TimeDelta::hours(24);
/// A channel to which nothing could be delivered for so long is disabled.
const FAILING_FOR: TimeDelta = TimeDelta::days(3);
/// The longest that a receiver can make us wait.
const LONGEST_PAUSE: TimeDelta = TimeDelta::hours(6);

/// What was sent to one channel, to be noted with [`Channels::note`].
#[derive(Debug)]
pub struct Sent {
    channel: channel::Model,
    tried: Vec<Tried>,
}

impl Sent {
    /// How many the receiver took, and how many it did not.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        let delivered = self.tried.iter().filter(|tried| tried.outcome == Outcome::Delivered).count();
        (delivered, self.tried.len() - delivered)
    }
}

/// One attempt.
#[derive(Debug)]
struct Tried {
    row: delivery::Model,
    at: DateTime<Utc>,
    outcome: Outcome,
    duration_ms: i32,
    answer: Option<Answer>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Delivered,
    Failed(DeliveryProblem),
}

impl Channels {
    /// Sends what is due to `channel`, a few at once. Gives nothing when there is no such channel.
    ///
    /// # Errors
    /// When the database fails. What a receiver does is no error.
    pub async fn send_due(&self, workspace: WorkspaceId, channel: ChannelId) -> Result<Option<Sent>, DbErr> {
        let row = channel::Entity::in_workspace(workspace)
            .filter(channel::Column::Id.eq(channel))
            .one(&*self.database)
            .await?;
        let Some(channel) = row else { return Ok(None) };
        let now = self.world.now();
        let waits = channel.disabled_at.is_some() || channel.paused_until.is_some_and(|until| until > now);
        if waits {
            return Ok(Some(Sent { channel, tried: Vec::new() }));
        }
        let due = delivery::Entity::in_workspace(workspace)
            .filter(delivery::Column::ChannelId.eq(channel.id))
            .filter(delivery::Column::State.eq(DeliveryState::Waiting))
            .filter(delivery::Column::NextAttemptAt.lte(now))
            .order_by_asc(delivery::Column::NextAttemptAt)
            .order_by_asc(delivery::Column::Id)
            .limit(AT_ONCE)
            .all(&*self.database)
            .await?;
        let opened = self.open_secrets(workspace, channel.id, now).await?;
        let opened = opened.as_ref();
        let tried = futures::future::join_all(due.into_iter().map(|row| self.send(&channel, opened, row)));
        let tried = tried.await;
        Ok(Some(Sent { channel, tried }))
    }

    async fn send(&self, channel: &channel::Model, opened: Option<&Opened>, row: delivery::Model) -> Tried {
        let at = self.world.now();
        let started = Instant::now();
        let result = match opened {
            Some(opened) => self.post(channel, opened, &row, at).await,
            None => Err(DeliveryProblem::Unreadable),
        };
        let duration_ms = i32::try_from(started.elapsed().as_millis()).unwrap_or(i32::MAX);
        let (outcome, answer) = match result {
            Ok(answer) => (outcome_of(answer.status), Some(answer)),
            Err(problem) => (Outcome::Failed(problem), None),
        };
        tracing::info!(
            workspace = %channel.workspace_id, channel = %channel.id, delivery = %row.id, event = %row.event_id,
            status = answer.as_ref().map(|answer| answer.status), ?outcome, duration_ms, "an event was sent"
        );
        Tried { row, at, outcome, duration_ms, answer }
    }

    async fn post(
        &self,
        channel: &channel::Model,
        opened: &Opened,
        row: &delivery::Model,
        at: DateTime<Utc>,
    ) -> Result<Answer, DeliveryProblem> {
        let url: Url = self
            .rules
            .check(channel.kind, opened.address.expose())
            .map_err(|_| DeliveryProblem::AddressRefused)?;
        let answered = match channel.kind {
            ChannelKind::Slack => self.http.post(url, &[], slack::message(&row.body, &self.public_url)).await,
            ChannelKind::Webhook => {
                let timestamp = at.timestamp();
                let headers = [
                    ("mooring-event-id", format!("event:{}", row.event_id)),
                    ("mooring-timestamp", timestamp.to_string()),
                    ("mooring-signature", signature::header(&opened.signing, timestamp, &row.body)),
                ];
                self.http.post(url, &headers, row.body.clone()).await
            }
        };
        answered.map_err(|why| match why {
            NoAnswer::NotPublic => DeliveryProblem::AddressRefused,
            NoAnswer::Timeout => DeliveryProblem::Timeout,
            NoAnswer::NoConnection => DeliveryProblem::NoConnection,
            NoAnswer::Broken => DeliveryProblem::NoAnswer,
        })
    }

    /// Notes what came of what was sent, in the transaction that ends the work. Gives when the channel
    /// is to be looked at next, if anything waits for it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note(&self, db: &impl ConnectionTrait, sent: &Sent) -> Result<Option<DateTime<Utc>>, DbErr> {
        // Channel, deliveries, work: everything that changes them does it in this order.
        let channel = lock(db, sent.channel.workspace_id, sent.channel.id).await?;
        let Some(channel) = channel else { return Ok(None) };
        let now = self.world.now();
        // What an address said that was replaced meanwhile says nothing about the new one, which gets what
        // the one before did not take.
        if channel.updated_at != sent.channel.updated_at && channel.disabled_at.is_none() {
            for tried in sent.tried.iter().filter(|tried| tried.outcome == Outcome::Delivered) {
                self.note_one(db, tried, now).await?;
            }
            return next_due(db, &channel).await;
        }
        let mut given_up = false;
        for tried in &sent.tried {
            given_up |= self.note_one(db, tried, now).await?;
        }
        let delivered = sent.tried.iter().any(|tried| tried.outcome == Outcome::Delivered);
        let failing_since = match channel.failing_since {
            _ if delivered => None,
            None if given_up => Some(now),
            since => since,
        };
        let paused_until =
            sent.tried.iter().filter_map(|tried| pause(tried, now)).chain(channel.paused_until);
        let paused_until = paused_until.max().filter(|until| *until > now);
        channel::Entity::update_in_workspace(channel.workspace_id)
            .col_expr(channel::Column::FailingSince, Expr::value(failing_since))
            .col_expr(channel::Column::PausedUntil, Expr::value(paused_until))
            .filter(channel::Column::Id.eq(channel.id))
            .exec(db)
            .await?;
        let gone = Outcome::Failed(DeliveryProblem::Gone);
        let reason = if sent.tried.iter().any(|tried| tried.outcome == gone) {
            Some(DisabledReason::Gone)
        } else {
            let failing = failing_since.is_some_and(|since| now - since >= FAILING_FOR);
            (given_up && failing).then_some(DisabledReason::Failing)
        };
        if let Some(reason) = reason.filter(|_| channel.disabled_at.is_none()) {
            self.disable(db, &channel, reason).await?;
            self.tell_disabled(db, &channel, reason).await?;
            return Ok(None);
        }
        if channel.disabled_at.is_some() {
            // Announced in the moment in which it was disabled.
            give_up_waiting(db, &channel, now).await?;
            return Ok(None);
        }
        let next = next_due(db, &channel).await?;
        Ok(next.map(|next| paused_until.map_or(next, |until| next.max(until))))
    }

    /// Whether the delivery was given up.
    async fn note_one(
        &self,
        db: &impl ConnectionTrait,
        tried: &Tried,
        now: DateTime<Utc>,
    ) -> Result<bool, DbErr> {
        let row = &tried.row;
        let failures = row.failures.saturating_add(1);
        let (state, problem, next) = match tried.outcome {
            Outcome::Delivered => (DeliveryState::Delivered, None, None),
            Outcome::Failed(problem) => {
                let last = row.waiting_since + PATIENCE;
                if problem == DeliveryProblem::Gone || tried.at >= last {
                    (DeliveryState::GivenUp, Some(problem), None)
                } else {
                    // The last attempt is made when the day is over.
                    let next = (now + retry::delay(&self.world, failures)).min(last);
                    let next = pause(tried, now).map_or(next, |until| next.max(until));
                    (DeliveryState::Waiting, Some(problem), Some(next))
                }
            }
        };
        let ended_at = (state != DeliveryState::Waiting).then_some(now);
        let mut update = delivery::Entity::update_in_workspace(row.workspace_id)
            .col_expr(delivery::Column::State, Expr::value(state.to_value()))
            .col_expr(delivery::Column::Attempts, Expr::value(row.attempts.saturating_add(1)))
            .col_expr(delivery::Column::Failures, Expr::value(failures))
            .col_expr(delivery::Column::NextAttemptAt, Expr::value(next))
            .col_expr(delivery::Column::LastAttemptAt, Expr::value(tried.at))
            .col_expr(delivery::Column::DurationMs, Expr::value(tried.duration_ms))
            .col_expr(
                delivery::Column::StatusCode,
                Expr::value(tried.answer.as_ref().map(|answer| i32::from(answer.status))),
            )
            .col_expr(delivery::Column::Problem, Expr::value(problem.map(|problem| problem.to_value())))
            .col_expr(
                delivery::Column::Answer,
                Expr::value(tried.answer.as_ref().map(|answer| answer.text.as_str())),
            )
            .col_expr(delivery::Column::EndedAt, Expr::value(ended_at))
            .filter(delivery::Column::Id.eq(row.id));
        if state != DeliveryState::Delivered {
            // It may have been given up with its channel meanwhile; what arrived has arrived all the same.
            update = update.filter(delivery::Column::State.eq(DeliveryState::Waiting));
        }
        update.exec(db).await?;
        Ok(state == DeliveryState::GivenUp)
    }
}

/// The row of a channel, locked until the transaction ends, but not against announcements.
pub(crate) async fn lock(
    db: &impl ConnectionTrait,
    workspace: WorkspaceId,
    id: ChannelId,
) -> Result<Option<channel::Model>, DbErr> {
    channel::Entity::in_workspace(workspace)
        .filter(channel::Column::Id.eq(id))
        .lock(LockType::NoKeyUpdate)
        .one(db)
        .await
}

/// When the next delivery of `channel` is due.
async fn next_due(
    db: &impl ConnectionTrait,
    channel: &channel::Model,
) -> Result<Option<DateTime<Utc>>, DbErr> {
    let next = delivery::Entity::in_workspace(channel.workspace_id)
        .filter(delivery::Column::ChannelId.eq(channel.id))
        .filter(delivery::Column::State.eq(DeliveryState::Waiting))
        .order_by_asc(delivery::Column::NextAttemptAt)
        .one(db)
        .await?;
    Ok(next.and_then(|next| next.next_attempt_at))
}

fn outcome_of(status: u16) -> Outcome {
    match status {
        200..=299 => Outcome::Delivered,
        300..=399 => Outcome::Failed(DeliveryProblem::Redirected),
        410 => Outcome::Failed(DeliveryProblem::Gone),
        _ => Outcome::Failed(DeliveryProblem::Refused),
    }
}

/// Until when a receiver that has too much to do asks to wait, as seconds or as a date (RFC 9110).
fn pause(tried: &Tried, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let answer = tried.answer.as_ref().filter(|answer| matches!(answer.status, 429 | 503))?;
    let text = answer.retry_after.as_deref()?.trim();
    let wanted = match text.parse::<u32>() {
        Ok(seconds) => TimeDelta::seconds(seconds.into()),
        Err(_) => DateTime::parse_from_rfc2822(text).ok()?.to_utc() - now,
    };
    Some(now + wanted.clamp(TimeDelta::zero(), LONGEST_PAUSE))
}
