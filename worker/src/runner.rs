//! The loop that claims due work and does it, until it is asked to stop.

use std::sync::Arc;
use std::time::Duration;

use entity::JobId;
use executor::{OWN_KINDS, Services};
use jobs::Claim;
use sea_orm::DbErr;
use tokio::sync::Notify;
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

/// How long the loop rests when the database does not answer.
const REST_AFTER_FAULT: Duration = Duration::from_secs(1);

/// So many channels are sent to at the same time. They have places of their own: receivers that hang
/// hold up nothing else, and hardly cost anything while they do.
const DELIVERING: usize = 32;

type Running = JoinSet<(JobId, Result<(), DbErr>)>;

/// Does due work until `stop` is cancelled, then lets running work finish for a while. Work that
/// does not finish in time is given up; its claim ends by itself and it is done again.
pub(crate) async fn run(services: Services, due: Arc<Notify>, stop: CancellationToken) {
    let tuning = services.config.tuning;
    let poll = Duration::from_millis(tuning.worker_poll_milliseconds.into());
    let most = usize::try_from(tuning.worker_concurrency).unwrap_or(1);
    let (mut running, mut delivering) = (Running::new(), Running::new());
    while !stop.is_cancelled() {
        let started = match start_due_work(&services, &mut running, most).await {
            Ok(()) => start_deliveries(&services, &mut delivering).await,
            Err(error) => Err(error),
        };
        let rest = match started {
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
            Some(ended) = running.join_next(), if !running.is_empty() => report(ended),
            Some(ended) = delivering.join_next(), if !delivering.is_empty() => report(ended),
            () = tokio::time::sleep(rest) => {}
        }
        while let Some(ended) = running.try_join_next().or_else(|| delivering.try_join_next()) {
            report(ended);
        }
    }
    finish(running, delivering, Duration::from_secs(tuning.shutdown_seconds.into())).await;
}

async fn start_due_work(services: &Services, running: &mut Running, most: usize) -> Result<(), DbErr> {
    let free = most.saturating_sub(running.len());
    if free > 0 {
        let claims = services.executor.claim(&OWN_KINDS, u64::try_from(free).unwrap_or(1)).await?;
        start(services, running, claims);
    }
    Ok(())
}

async fn start_deliveries(services: &Services, delivering: &mut Running) -> Result<(), DbErr> {
    let free = DELIVERING.saturating_sub(delivering.len());
    if free > 0 {
        let claims = services.executor.claim_deliveries(u64::try_from(free).unwrap_or(1)).await?;
        start(services, delivering, claims);
    }
    Ok(())
}

fn start(services: &Services, running: &mut Running, claims: Vec<Claim>) {
    for claim in claims {
        let executor = services.executor.clone();
        // A task of its own: a panic in one piece of work must not touch another.
        running.spawn(async move { do_one(&executor, claim).await });
    }
}

async fn do_one(executor: &executor::Executor, claim: Claim) -> (JobId, Result<(), DbErr>) {
    let id = claim.job.id;
    (id, executor.run(claim).await.map(drop))
}

fn report(ended: Result<(JobId, Result<(), DbErr>), JoinError>) {
    match ended {
        Ok((_, Ok(()))) => {}
        Ok((job, Err(error))) => {
            tracing::error!(%job, %error, "work ended without a result; it is done again")
        }
        Err(error) if error.is_panic() => tracing::error!("work panicked; its claim ends by itself"),
        Err(_) => {}
    }
}

async fn finish(mut running: Running, mut delivering: Running, patience: Duration) {
    tracing::info!(running = running.len(), delivering = delivering.len(), "stopping");
    let all = async {
        while let Some(ended) = running.join_next().await {
            report(ended);
        }
        while let Some(ended) = delivering.join_next().await {
            report(ended);
        }
    };
    if tokio::time::timeout(patience, all).await.is_err() {
        tracing::warn!("work that did not finish is given up; its claims end by themselves");
    }
}
