//! Does claimed work: from a claim to its finish, one file per kind. The worker's loop, the cron
//! addresses, the commands and the buttons of the dashboard all come through here, so that a piece
//! of work is done by one of them at a time.
//!
//! - [`Services`]: every room, built once from the settings.
//! - [`Executor::run`]: one claimed piece of work, kept alive, finished with its result.
//! - [`Executor::run_now`]: one piece of work that somebody asks for.
//! - [`Executor::drain`]: all that is due of some kinds, until a deadline.

mod collecting;
mod deliveries;
mod grants;
mod mails;
mod many;
mod monitor;
mod one_at_a_time;
mod operating;
mod services;
mod upkeep;

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use entity::job::{JobKind, Trigger};
use entity::run::{self, RunStatus};
use entity::{AccountId, WorkspaceId};
use jobs::claim::{Claim, Claims, Finish};
use jobs::{lease, runs};
use platform::database::is_conflict;
use platform::{Database, Together, World};
use sea_orm::DbErr;
use tokio::task::JoinSet;
use uuid::Uuid;

use many::{Finished, ToFinish};
pub use services::{Services, StartError};

/// Every kind of work but checks, which are claimed by [`Executor::claim_checks`], and deliveries, which
/// are claimed by [`Executor::claim_deliveries`], in the order in which somebody would want it done.
pub const OWN_KINDS: [JobKind; 7] = [
    JobKind::SendMail,
    JobKind::FollowUp,
    JobKind::RefreshToken,
    JobKind::CollectInsights,
    JobKind::CollectAudience,
    JobKind::CollectMedia,
    JobKind::BackfillInsights,
];

/// Of each workspace at most so many channels are sent to at the same time: receivers are strangers,
/// and may let us wait.
const CHANNELS_OF_EACH: u64 = 4;

/// How often a result is written when other transactions are in the way.
const MOST_TRIES: u32 = 5;
/// So often within an hour people may have one account collected from, in each way: enough for whoever waits
/// for a number, and far below what any limit of Meta's is.
pub const BY_HAND_PER_HOUR: usize = 12;

/// Does claimed work; cheap to clone.
#[derive(Clone, Debug)]
pub struct Executor {
    pub(crate) database: Database,
    pub(crate) world: World,
    pub(crate) connections: connections::Connections,
    pub(crate) channels: channels::Channels,
    pub(crate) insights: insights::Insights,
    pub(crate) mailer: mail::Mailer,
    pub(crate) schedule: jobs::Schedule,
    claims: Claims,
    time_of_day: Arc<upkeep::TimeOfDay>,
    reading: Arc<one_at_a_time::OneAtATime>,
    renewals: Arc<upkeep::Pace>,
    /// Who asks whether a renewal may begin that is not work of the queue.
    asking: Arc<tokio::sync::Mutex<()>>,
    beginning: Arc<Together<many::Wanted, Option<many::Begun>>>,
    finishing: Arc<Together<many::ToFinish, many::Finished>>,
}

/// How a piece of work ended, and its record where it leaves one.
type Told = (RunStatus, Option<run::Model>);

/// How a piece of work ended, before that is written down.
pub(crate) struct Ended {
    pub(crate) status: RunStatus,
    pub(crate) reason: Option<&'static str>,
    pub(crate) finish: Finish,
    pub(crate) account: Option<entity::account::Model>,
    pub(crate) brought: Brought,
    /// What was sent to a channel.
    pub(crate) sent: Option<channels::sending::Sent>,
}

/// What a piece of work brought, to be stored with its finish.
#[derive(Default)]
pub(crate) struct Brought {
    pub(crate) gathered: insights::Gathered,
    /// What was collected completely, if anything was.
    pub(crate) collected: Option<Collected>,
}

/// What was collected completely.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Collected {
    Insights,
    Audience,
    Media,
}

impl Ended {
    pub(crate) fn new(status: RunStatus, reason: Option<&'static str>, finish: Finish) -> Self {
        Self { status, reason, finish, account: None, brought: Brought::default(), sent: None }
    }

    /// What people see of it, unless they see it elsewhere.
    fn record(&self, claim: &Claim, started_at: DateTime<Utc>) -> Option<runs::Ended> {
        let gathered = &self.brought.gathered;
        let elsewhere = [JobKind::SendMail, JobKind::FollowUp, JobKind::Deliver];
        (!elsewhere.contains(&claim.job.kind)).then(|| runs::Ended {
            workspace_id: claim.job.workspace_id,
            account_id: self.account.as_ref().map(|account| account.id),
            job: claim.job.kind,
            trigger: claim.job.trigger,
            status: self.status,
            reason: self.reason,
            calls: gathered.calls,
            stored: gathered.stored(),
            started_at,
        })
    }
}

fn tell(claim: &Claim, ended: &Ended) {
    let gathered = &ended.brought.gathered;
    tracing::info!(
        job = %claim.job.id, kind = ?claim.job.kind, workspace = %claim.job.workspace_id,
        subject = %claim.job.subject_id, status = ?ended.status, reason = ended.reason,
        calls = gathered.calls, stored = gathered.stored(), "work ended"
    );
}

fn tell_lost(claim: &Claim) {
    tracing::warn!(job = %claim.job.id, kind = ?claim.job.kind, "a claim was lost; its result is discarded");
}

/// How a request for one piece of work ended.
#[derive(Clone, Debug)]
pub enum Ran {
    /// It was done; this is the record.
    Done(run::Model),
    /// Somebody else is doing it at this moment.
    Busy,
}

/// What was done of all that was due.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Work that did what it was for.
    pub succeeded: u64,
    /// Work that did not.
    pub failed: u64,
    /// Work that had nothing to do or had to wait.
    pub skipped: u64,
}

impl Counts {
    fn note(&mut self, ended: Result<Option<Told>, DbErr>) {
        match ended.map(|told| told.map(|(status, _)| status)) {
            Ok(Some(RunStatus::Succeeded)) => self.succeeded += 1,
            Ok(Some(RunStatus::Failed)) => self.failed += 1,
            Ok(Some(RunStatus::Skipped) | None) => self.skipped += 1,
            Err(error) => {
                // Its neighbours go on; its claim ends by itself and it is done again.
                tracing::error!(%error, "work ended without a result");
                self.failed += 1;
            }
        }
    }
}

impl Executor {
    /// How long a claim holds without being renewed.
    #[must_use]
    pub fn lease(&self) -> Duration {
        self.claims.lease()
    }

    /// Does one claimed piece of work and writes its result, its record and its next due time in
    /// one transaction. While it runs, the claim is kept; if it is lost, nothing is written.
    ///
    /// # Errors
    /// When the database fails: the claim then ends by itself and the work is done again.
    pub async fn run(&self, claim: Claim) -> Result<Option<run::Model>, DbErr> {
        Ok(self.run_and_tell(claim).await?.and_then(|(_, run)| run))
    }

    /// As [`Executor::run`], with how it ended also where that leaves no record.
    async fn run_and_tell(&self, claim: Claim) -> Result<Option<Told>, DbErr> {
        let _place = (claim.job.kind == JobKind::RefreshToken).then(|| self.renewals.take_place());
        let started_at = self.world.now();
        // Both are polled together: a renewal that has to wait for the database must never hold up the
        // work, which may be what it waits for.
        let ended = tokio::select! {
            ended = self.execute(&claim) => ended?,
            () = self.keep(&claim) => {
                tracing::warn!(job = %claim.job.id, "a claim was lost while its work was done");
                return Ok(None);
            }
        };
        let status = ended.status;
        Ok(self.finish(&claim, ended, started_at).await?.map(|run| (status, run)))
    }

    /// Keeps a claim for as long as it can be kept; returns when it is lost.
    pub(crate) async fn keep(&self, claim: &Claim) {
        lease::keep(self.lease(), claim.job.id.0, || self.claims.renew(claim)).await;
    }

    async fn execute(&self, claim: &Claim) -> Result<Ended, DbErr> {
        let _alone = if connections::health::COLLECTING.contains(&claim.job.kind) {
            Some(self.reading.turn(claim.job.subject_id).await)
        } else {
            None
        };
        match claim.job.kind {
            JobKind::RefreshToken => self.refresh_token(claim).await,
            JobKind::CheckToken => self.check_token(claim).await,
            JobKind::CollectInsights => self.collect_insights(claim).await,
            JobKind::CollectAudience => self.collect_audience(claim).await,
            JobKind::CollectMedia => self.collect_media(claim).await,
            JobKind::BackfillInsights => self.backfill_insights(claim).await,
            JobKind::SendMail => self.send_mail(claim).await,
            JobKind::FollowUp => self.follow_up(claim).await,
            JobKind::Deliver => self.deliver(claim).await,
        }
    }

    async fn finish(
        &self,
        claim: &Claim,
        ended: Ended,
        started_at: DateTime<Utc>,
    ) -> Result<Option<Option<run::Model>>, DbErr> {
        let ended = Arc::new(ended);
        let to_finish = ToFinish { claim: claim.clone(), ended: ended.clone(), started_at };
        match self.finish_together(to_finish).await {
            Finished::Done(run) => {
                tell(claim, &ended);
                return Ok(Some(Some(run)));
            }
            Finished::Lost => {
                tell_lost(claim);
                return Ok(None);
            }
            Finished::Alone => {}
        }
        let mut tries = 0;
        let run = loop {
            tries += 1;
            match self.write_finish(claim, &ended, started_at).await {
                Err(error) if tries < MOST_TRIES && is_conflict(&error) => {
                    tracing::info!(job = %claim.job.id, "another transaction was in the way; once more");
                }
                written => break written?,
            }
        };
        if let (Some(account), Some(_)) = (&ended.account, &run)
            && ended.brought.collected.is_some()
        {
            self.connections.note_answers(&[account]).await?;
        }
        Ok(run)
    }

    /// The account is locked before its work is touched: everything that changes both does it in this
    /// order (grant, account, work), so that no two transactions wait for each other.
    async fn write_finish(
        &self,
        claim: &Claim,
        ended: &Ended,
        started_at: DateTime<Utc>,
    ) -> Result<Option<Option<run::Model>>, DbErr> {
        let gathered = &ended.brought.gathered;
        let transaction = self.database.begin().await?;
        if let Some(account) = &ended.account {
            self.store_gathered(&*transaction, account, gathered, ended.brought.collected).await?;
        }
        let finish = match &ended.sent {
            Some(sent) => Finish::Done(self.channels.note(&*transaction, sent).await?),
            None => ended.finish,
        };
        if !self.claims.finish(&*transaction, claim, finish).await? {
            tell_lost(claim);
            return Ok(None);
        }
        let run = match ended.record(claim, started_at) {
            Some(record) => Some(runs::record(&*transaction, &self.world, record).await?),
            None => None,
        };
        transaction.commit().await?;
        tell(claim, ended);
        Ok(Some(run))
    }

    /// Claims due work of `kinds`, at most `limit` pieces. Renewals begin at their own pace, those that
    /// are due for the longest time first, so that a thousand that waited do not begin in one second; and
    /// they take no more than half of the places.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim(&self, kinds: &[JobKind], limit: u64) -> Result<Vec<Claim>, DbErr> {
        self.upkeep().await?;
        let mut claims = Vec::new();
        if kinds.contains(&JobKind::RefreshToken) {
            let most = self.allowed_renewals(limit).await?;
            if most > 0 {
                claims = self.claims.take(&[JobKind::RefreshToken], most).await?;
                self.renewals.begun(claims.len());
            }
        }
        let others: Vec<_> = kinds.iter().copied().filter(|kind| *kind != JobKind::RefreshToken).collect();
        let left = limit - claims.len() as u64;
        if left > 0 && !others.is_empty() {
            claims.extend(self.claims.take(&others, left).await?);
        }
        Ok(claims)
    }

    /// Claims the work of channels that are due, at most `limit` of them and a few of each workspace.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_deliveries(&self, limit: u64) -> Result<Vec<Claim>, DbErr> {
        self.claims.take_of_each(&[JobKind::Deliver], limit, CHANNELS_OF_EACH).await
    }

    /// Until when nobody may have an account collected from by hand once more: after
    /// [`BY_HAND_PER_HOUR`] times within an hour. Its schedule goes on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn by_hand_not_before(
        &self,
        workspace: WorkspaceId,
        account: AccountId,
        kind: JobKind,
    ) -> Result<Option<DateTime<Utc>>, DbErr> {
        let hour = TimeDelta::hours(1);
        let since = self.world.now() - hour;
        let times = jobs::runs::by_hand(&*self.database, workspace, account, kind, since).await?;
        Ok(times.iter().rev().nth(BY_HAND_PER_HOUR - 1).map(|at| *at + hour))
    }

    /// Does one piece of work of `kind` on `subject` now, due or not, because somebody asks for it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn run_now(&self, workspace: WorkspaceId, kind: JobKind, subject: Uuid) -> Result<Ran, DbErr> {
        let work = jobs::queue::Work {
            workspace_id: workspace,
            kind,
            subject_id: subject,
            due_at: self.world.now(),
            trigger: Trigger::Manual,
        };
        let turn = self.database.turn().await;
        jobs::queue::make_due(&*self.database, &self.world, work).await?;
        drop(turn);
        let Some(claim) = self.claims.take_one(kind, subject).await? else { return Ok(Ran::Busy) };
        Ok(self.run(claim).await?.map_or(Ran::Busy, Ran::Done))
    }

    /// Does all work of `kinds` that is due, `parallel` pieces at a time, until nothing is left or
    /// `until` has passed on the machine's own timer; what has begun by then is ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn drain(&self, kinds: &[JobKind], parallel: usize, until: Duration) -> Result<Counts, DbErr> {
        let deadline = tokio::time::Instant::now() + until;
        let mut counts = Counts::default();
        self.upkeep().await?;
        // Places that are free are filled a few at a time: one slow answer holds up nobody, and a claim is
        // not made for each piece. Each is a task of its own: one that has the turn to write must go on
        // while more is claimed.
        let few = parallel.div_ceil(4);
        let mut running = JoinSet::new();
        let mut more = true;
        loop {
            let free = parallel - running.len();
            if more && free >= few {
                let claims = if tokio::time::Instant::now() < deadline {
                    self.claim_all(kinds, running.len(), free).await?
                } else {
                    Vec::new()
                };
                more = !claims.is_empty();
                for claim in claims {
                    let executor = self.clone();
                    running.spawn(async move { executor.run_and_tell(claim).await });
                }
            }
            let Some(ended) = running.join_next().await else { break };
            counts.note(ended.unwrap_or_else(|error| Err(DbErr::Custom(error.to_string()))));
            // What has just ended may have made something due.
            more |= running.is_empty();
        }
        Ok(counts)
    }

    /// Claims due work for whoever asks for all of it at once, and so does not want it at the pace of
    /// every day. Of renewals most are looked at only to find that they are not due.
    async fn claim_all(&self, kinds: &[JobKind], running: usize, free: usize) -> Result<Vec<Claim>, DbErr> {
        match kinds {
            [JobKind::CheckToken] => self.claim_checks(running as u64, free as u64).await,
            _ => self.claims.take(kinds, free as u64).await,
        }
    }

    pub(crate) async fn account(
        &self,
        workspace: WorkspaceId,
        id: Uuid,
    ) -> Result<Option<entity::account::Model>, DbErr> {
        use entity::InWorkspace as _;
        use sea_orm::prelude::*;
        entity::account::Entity::in_workspace(workspace)
            .filter(entity::account::Column::Id.eq(AccountId(id)))
            .one(&*self.database)
            .await
    }
}
