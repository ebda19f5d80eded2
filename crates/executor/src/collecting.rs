//! Collecting: insights, audiences, media, and days that are missing.

use channels::event;
use chrono::{DateTime, TimeDelta, Utc};
use connections::CallError;
use connections::health::Event;
use entity::InWorkspace as _;
use entity::account::{self, Health};
use entity::job::{JobKind, Trigger};
use entity::run::RunStatus;
use insights::Gathered;
use insights::collect::Interrupted;
use jobs::claim::{Claim, Finish};
use jobs::queue::{self, Work};
use sea_orm::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait, DbErr, QuerySelect as _};

use crate::{Brought, Collected, Ended, Executor};

/// Where Meta's limits are nearly used up every other slot is left out, if the one after it is so near.
const SLOWED_TO: TimeDelta = TimeDelta::hours(6);

/// Ordinary collecting reads the last four days; a pause longer than this leaves some out.
const REACH: TimeDelta = TimeDelta::days(3);

impl Executor {
    pub(crate) async fn collect_insights(&self, claim: &Claim) -> Result<Ended, DbErr> {
        let (account, known) = match self.begin_together(claim).await {
            Some((account, known)) => (account, Some(known)),
            None => match self.readable_account(claim).await? {
                Ok(account) => (account, None),
                Err(ended) => return Ok(ended),
            },
        };
        let gathered = match known {
            Some(known) => self.insights.collect_knowing(&account, known).await,
            None => self.insights.collect(&account).await,
        };
        let next = self.next_slot(claim, &account);
        match gathered {
            Ok(gathered) => Ok(done(account, gathered, Some(Collected::Insights), Finish::Done(next))),
            Err(interrupted) => self.interrupted(account, interrupted, next).await,
        }
    }

    pub(crate) async fn collect_audience(&self, claim: &Claim) -> Result<Ended, DbErr> {
        let account = match self.readable_account(claim).await? {
            Ok(account) => account,
            Err(ended) => return Ok(ended),
        };
        let next = self.schedule.next(claim.job.kind, claim.job.subject_id, self.world.now());
        match self.insights.collect_audience(&account).await {
            Ok(gathered) => Ok(done(account, gathered, Some(Collected::Audience), Finish::Done(next))),
            Err(interrupted) => self.interrupted(account, interrupted, next).await,
        }
    }

    pub(crate) async fn collect_media(&self, claim: &Claim) -> Result<Ended, DbErr> {
        let account = match self.readable_account(claim).await? {
            Ok(account) => account,
            Err(ended) => return Ok(ended),
        };
        let collected = self.insights.collect_media(&account).await;
        let slot = self.next_slot(claim, &account);
        match collected {
            Ok(gathered) => {
                // The end of a story does not wait for a slot.
                let next = gathered.media.again_at.into_iter().chain(slot).min();
                Ok(done(account, gathered, Some(Collected::Media), Finish::Done(next)))
            }
            Err(interrupted) => self.interrupted(account, interrupted, slot).await,
        }
    }

    pub(crate) async fn backfill_insights(&self, claim: &Claim) -> Result<Ended, DbErr> {
        let account = match self.readable_account(claim).await? {
            Ok(account) => account,
            Err(ended) => return Ok(ended),
        };
        match self.insights.backfill(&account).await {
            Ok(step) => {
                // The rest is due at once, but behind the work of others; when nothing is missing,
                // it waits for the next connect or recovery.
                let next = (!step.complete).then(|| self.world.now());
                Ok(done(account, step.gathered, None, Finish::Done(next)))
            }
            Err(interrupted) => self.interrupted(account, interrupted, None).await,
        }
    }

    /// When an account is read again: in the next slot, or in the one after it where Meta's limits are
    /// nearly used up.
    fn next_slot(&self, claim: &Claim, account: &account::Model) -> Option<DateTime<Utc>> {
        let now = self.world.now();
        let after = |at| self.schedule.next(claim.job.kind, claim.job.subject_id, at);
        let next = after(now)?;
        let later =
            after(next).filter(|later| self.connections.is_slow(account) && *later - now <= SLOWED_TO);
        Some(later.unwrap_or(next))
    }

    /// The account of a claim, or the end of the work when there is nothing to read.
    async fn readable_account(&self, claim: &Claim) -> Result<Result<account::Model, Ended>, DbErr> {
        let Some(account) = self.account(claim.job.workspace_id, claim.job.subject_id).await? else {
            return Ok(Err(Ended::new(RunStatus::Skipped, Some("gone"), Finish::Remove)));
        };
        let reason = match account.health {
            Health::Disconnected => "disconnected",
            Health::NeedsReconnect => "needs_reconnect",
            Health::TokenUnreadable => "token_unreadable",
            _ => return Ok(Ok(account)),
        };
        let mut ended = Ended::new(RunStatus::Skipped, Some(reason), Finish::Done(None));
        ended.account = Some(account);
        Ok(Err(ended))
    }

    /// What follows from an interruption. What was gathered before it is kept.
    async fn interrupted(
        &self,
        account: account::Model,
        interrupted: Interrupted,
        next: Option<DateTime<Utc>>,
    ) -> Result<Ended, DbErr> {
        let Interrupted { gathered, error } = interrupted;
        let error = match error {
            CallError::Database(error) => return Err(error),
            error => error,
        };
        let (status, finish) = match &error {
            CallError::Paused(until) => (RunStatus::Skipped, Finish::Later(*until)),
            // The token's fate is decided elsewhere: collecting waits for it, or tries again.
            CallError::TokenRefused | CallError::NoToken => {
                (RunStatus::Failed, self.unless_broken(&account, Finish::Failed).await?)
            }
            CallError::Permission => {
                self.connections.confirm_permission(&account).await?;
                (RunStatus::Failed, self.unless_broken(&account, Finish::Failed).await?)
            }
            CallError::Gone => {
                self.connections.confirm_gone(&account).await?;
                let again = next.map_or(Finish::Failed, |next| Finish::Done(Some(next)));
                (RunStatus::Failed, self.unless_broken(&account, again).await?)
            }
            CallError::Refused | CallError::Operator => {
                (RunStatus::Failed, next.map_or(Finish::Failed, |next| Finish::Done(Some(next))))
            }
            CallError::Transient | CallError::Database(_) => (RunStatus::Failed, Finish::Failed),
        };
        let mut ended = Ended::new(status, Some(error.name()), finish);
        ended.account = Some(account);
        ended.brought = Brought { gathered, collected: None };
        Ok(ended)
    }

    /// How work ends that went wrong: as said, unless the account turned out to need somebody. Then it
    /// waits for the recovery.
    async fn unless_broken(&self, account: &account::Model, finish: Finish) -> Result<Finish, DbErr> {
        let current = self.account(account.workspace_id, account.id.0).await?;
        let waits = current.is_some_and(|current| connections::health::RED.contains(&current.health));
        Ok(if waits { Finish::Done(None) } else { finish })
    }

    /// Stores what was gathered; an answer is also a proof that the account can be read.
    pub(crate) async fn store_gathered(
        &self,
        db: &impl ConnectionTrait,
        account: &account::Model,
        gathered: &Gathered,
        collected: Option<Collected>,
    ) -> Result<(), DbErr> {
        let now = self.world.now();
        // Read again and locked: it may have been disconnected or deleted while Meta was asked.
        let current = account::Entity::in_workspace(account.workspace_id)
            .filter(account::Column::Id.eq(account.id))
            .lock_exclusive()
            .one(db)
            .await?;
        if current.is_none() {
            return Ok(());
        }
        insights::store::store(db, account, gathered, now).await?;
        for what in insights::quarantine::widespread(db, &gathered.refusals, now).await? {
            self.connections.tell_of_refused_metric(db, &what).await?;
        }
        let Some(collected) = collected else { return Ok(()) };
        let mut update = account::Entity::update_in_workspace(account.workspace_id)
            .filter(account::Column::Id.eq(account.id))
            .col_expr(account::Column::GoneSince, Expr::value(Option::<DateTimeUtc>::None));
        update = match collected {
            Collected::Insights => update.col_expr(account::Column::InsightsCollectedAt, Expr::value(now)),
            Collected::Audience => update.col_expr(account::Column::AudienceCollectedAt, Expr::value(now)),
            // When media were listed is stored with the list.
            Collected::Media => update,
        };
        update.exec(db).await?;
        if collected == Collected::Insights && misses_days(account, gathered, now) {
            let work = Work {
                workspace_id: account.workspace_id,
                kind: JobKind::BackfillInsights,
                subject_id: account.id.0,
                due_at: now,
                trigger: Trigger::Scheduled,
            };
            queue::make_due(db, &self.world, work).await?;
        }
        if gathered.calls > 0 {
            let seen = std::slice::from_ref(account);
            self.connections.apply(db, account.workspace_id, seen, Event::Proven).await?;
        }
        if collected == Collected::Insights {
            let values = gathered.stored();
            event::announce(db, &self.world, account, event::Event::InsightsCollected { values }).await?;
        }
        Ok(())
    }
}

/// Whether days are missing that only backfill brings: after an outage of any kind that left some out of the
/// reach of ordinary collecting.
pub(crate) fn misses_days(account: &account::Model, gathered: &Gathered, now: DateTime<Utc>) -> bool {
    gathered.gaps || account.insights_collected_at.is_none_or(|last| now - last > REACH)
}

fn done(account: account::Model, gathered: Gathered, collected: Option<Collected>, finish: Finish) -> Ended {
    let mut ended = Ended::new(RunStatus::Succeeded, None, finish);
    ended.account = Some(account);
    ended.brought = Brought { gathered, collected };
    ended
}
