//! The loop that claims due work and does it, until it is asked to stop.

use std::sync::Arc;
use std::time::Duration;

use entity::JobId;
use executor::{ALL_KINDS, Services};
use jobs::Claim;
use sea_orm::DbErr;
use tokio::sync::Notify;
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

/// How long the loop rests when the database does not answer.
const REST_AFTER_FAULT: Duration = Duration::from_secs(1);

type Running = JoinSet<(JobId, Result<(), DbErr>)>;

/// Does due work until `stop` is cancelled, then lets running work finish for a while. Work that
/// does not finish in time is given up; its claim ends by itself and it is done again.
pub(crate) async fn run(services: Services, due: Arc<Notify>, stop: CancellationToken) {
    let tuning = services.config.tuning;
    let poll = Duration::from_millis(tuning.worker_poll_milliseconds.into());
    let most = usize::try_from(tuning.worker_concurrency).unwrap_or(1);
    let mut running = Running::new();
    while !stop.is_cancelled() {
        let rest = match start_due_work(&services, &mut running, most).await {
            // More may be waiting: look again as soon as one has ended.
            Ok(_) => poll,
            Err(error) => {
                tracing::error!(%error, "due work cannot be claimed");
                REST_AFTER_FAULT
            }
        };
        tokio::select! {
            () = stop.cancelled() => break,
            () = due.notified() => {}
            Some(ended) = running.join_next(), if !running.is_empty() => report(ended),
            () = tokio::time::sleep(rest) => {}
        }
        while let Some(ended) = running.try_join_next() {
            report(ended);
        }
    }
    finish(running, Duration::from_secs(tuning.shutdown_seconds.into())).await;
}

async fn start_due_work(services: &Services, running: &mut Running, most: usize) -> Result<usize, DbErr> {
    let free = most.saturating_sub(running.len());
    if free == 0 {
        return Ok(0);
    }
    let claims = services.executor.claim(&ALL_KINDS, u64::try_from(free).unwrap_or(1)).await?;
    let started = claims.len();
    for claim in claims {
        let executor = services.executor.clone();
        // A task of its own: a panic in one piece of work must not touch another.
        running.spawn(async move { do_one(&executor, claim).await });
    }
    Ok(started)
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

async fn finish(mut running: Running, patience: Duration) {
    tracing::info!(running = running.len(), "stopping");
    let all = async {
        while let Some(ended) = running.join_next().await {
            report(ended);
        }
    };
    if tokio::time::timeout(patience, all).await.is_err() {
        tracing::warn!("work that did not finish is given up; its claims end by themselves");
    }
}
