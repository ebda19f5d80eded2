//! The loop that claims due work and does it, until it is asked to stop.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use connections::Connections;
use entity::JobId;
use executor::{OWN_KINDS, Services};
use jobs::{Claim, settings};
use sea_orm::DbErr;
use tokio::sync::Notify;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How long the loop rests when the database does not answer.
const REST_AFTER_FAULT: Duration = Duration::from_secs(1);
/// How often a worker writes down that it looks for work, for the alert about one that does not.
const SEEN_EVERY: Duration = Duration::from_secs(30);

/// While everything is taken, the worker looks again when this part of its places is free.
const LOOKS_WHEN_FREE: u64 = 4;

/// So many channels are sent to at the same time. They have places of their own: receivers that hang
/// hold up nothing else, and hardly cost anything while they do.
const DELIVERING: u64 = 32;

/// Does due work until `stop` is cancelled, then lets running work finish for a while. Work that
/// does not finish in time is given up; its claim ends by itself and it is done again.
pub(crate) async fn run(services: Services, due: Arc<Notify>, stop: CancellationToken) {
    let tuning = services.config.tuning;
    let poll = Duration::from_millis(tuning.worker_poll_milliseconds.into());
    let mut work = Work {
        most: u64::from(tuning.worker_concurrency),
        services,
        tasks: Tasks::new(),
        checks: HashSet::new(),
        checks_first: true,
        deliveries: Tasks::new(),
        seen: None,
    };
    while !stop.is_cancelled() {
        let rest = match work.look().await {
            // More may be waiting: look again as soon as one has ended.
            Ok(()) => poll,
            Err(error) => {
                tracing::error!(%error, "due work cannot be claimed");
                REST_AFTER_FAULT
            }
        };
        tokio::select! {
            () = stop.cancelled() => break,
            () = due.notified() => {}
            () = work.until_places_are_free() => {}
            () = tokio::time::sleep(rest) => {}
        }
    }
    let connections = work.services.connections.clone();
    finish(&connections, work.tasks, work.deliveries, Duration::from_secs(tuning.shutdown_seconds.into()))
        .await;
}

/// A piece of work ended: which, and whether with a result.
type Ended = (JobId, Result<(), DbErr>);
type Tasks = JoinSet<Ended>;

/// What one worker does at this moment.
struct Work {
    services: Services,
    /// So many pieces at once.
    most: u64,
    tasks: Tasks,
    /// Those of them that are checks.
    checks: HashSet<Id>,
    /// Checks and the rest are asked for in turn, so that neither takes every place.
    checks_first: bool,
    /// Deliveries to channels, beside the rest.
    deliveries: Tasks,
    seen: Option<Instant>,
}

impl Work {
    /// Starts what is due, as far as there is room.
    async fn look(&mut self) -> Result<(), DbErr> {
        self.say_that_we_look().await?;
        self.services.connections.note_clock().await?;
        for checks in [self.checks_first, !self.checks_first] {
            let free = self.most.saturating_sub(self.tasks.len() as u64);
            if free == 0 {
                break;
            }
            let executor = &self.services.executor;
            let claims = if checks {
                executor.claim_checks(self.checks.len() as u64, free).await?
            } else {
                executor.claim(&OWN_KINDS, free).await?
            };
            for claim in claims {
                let executor = executor.clone();
                // A task of its own: a panic in one piece of work must not touch another.
                let task = self.tasks.spawn(async move { do_one(&executor, claim).await });
                if checks {
                    self.checks.insert(task.id());
                }
            }
        }
        self.checks_first = !self.checks_first;
        self.deliver().await
    }

    /// Waits until enough has ended for it to be worth looking for more; for ever while nothing runs.
    async fn until_places_are_free(&mut self) {
        loop {
            let delivered = tokio::select! {
                Some(ended) = self.tasks.join_next_with_id(), if !self.tasks.is_empty() => {
                    self.note(ended);
                    false
                }
                Some(ended) = self.deliveries.join_next(), if !self.deliveries.is_empty() => {
                    report(ended);
                    true
                }
                else => std::future::pending().await,
            };
            while let Some(ended) = self.tasks.try_join_next_with_id() {
                self.note(ended);
            }
            while let Some(ended) = self.deliveries.try_join_next() {
                report(ended);
            }
            // A look for each piece that ends would cost more than the pieces.
            let free = self.most.saturating_sub(self.tasks.len() as u64);
            if delivered || free >= self.most.div_ceil(LOOKS_WHEN_FREE) {
                return;
            }
        }
    }

    /// Starts deliveries that are due, as far as there is room for them.
    async fn deliver(&mut self) -> Result<(), DbErr> {
        let free = DELIVERING.saturating_sub(self.deliveries.len() as u64);
        if free > 0 {
            for claim in self.services.executor.claim_deliveries(free).await? {
                let executor = self.services.executor.clone();
                self.deliveries.spawn(async move { do_one(&executor, claim).await });
            }
        }
        Ok(())
    }

    fn note(&mut self, ended: Result<(Id, Ended), JoinError>) {
        let task = ended.as_ref().map_or_else(JoinError::id, |(task, _)| *task);
        self.checks.remove(&task);
        report(ended.map(|(_, ended)| ended));
    }

    /// Once in a while: that a worker is there, and what was set aside.
    async fn say_that_we_look(&mut self) -> Result<(), DbErr> {
        if self.seen.is_some_and(|at| at.elapsed() < SEEN_EVERY) {
            return Ok(());
        }
        let now = self.services.world.now();
        let database = &self.services.database;
        let turn = database.turn().await;
        settings::set(&**database, now, settings::WORKER_SEEN_AT, &now).await?;
        drop(turn);
        self.services.connections.note_work_set_aside().await?;
        self.seen = Some(Instant::now());
        Ok(())
    }
}

async fn do_one(executor: &executor::Executor, claim: Claim) -> Ended {
    let id = claim.job.id;
    (id, executor.run(claim).await.map(drop))
}

fn report(ended: Result<Ended, JoinError>) {
    match ended {
        Ok((_, Ok(()))) => {}
        Ok((job, Err(error))) => {
            tracing::error!(%job, %error, "work ended without a result; it is done again")
        }
        Err(error) if error.is_panic() => tracing::error!("work panicked; its claim ends by itself"),
        Err(_) => {}
    }
}

async fn finish(connections: &Connections, mut running: Tasks, mut deliveries: Tasks, patience: Duration) {
    tracing::info!(running = running.len(), deliveries = deliveries.len(), "stopping");
    let all = async {
        while let Some(ended) = running.join_next().await {
            report(ended);
        }
        while let Some(ended) = deliveries.join_next().await {
            report(ended);
        }
        connections.finish_attempts().await;
    };
    if tokio::time::timeout(patience, all).await.is_err() {
        tracing::warn!("work that did not finish is given up; its claims end by themselves");
    }
}
