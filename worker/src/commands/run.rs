//! `run`: does due work until it is asked to stop.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use executor::Services;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::{runner, schedule};

/// Works until SIGTERM or SIGINT.
pub(super) async fn until_stopped(services: Services) -> anyhow::Result<ExitCode> {
    let due = Arc::new(Notify::new());
    let stop = CancellationToken::new();
    let mut scheduler =
        schedule::start(&services, due.clone()).await.context("the cron lines cannot be started")?;
    tokio::spawn(stop_on_signal(stop.clone()));
    tracing::info!("the worker is running");
    runner::run(services, due, stop).await;
    if let Err(error) = scheduler.shutdown().await {
        tracing::warn!(%error, "the cron lines did not stop in order");
    }
    tracing::info!("the worker has stopped");
    Ok(ExitCode::SUCCESS)
}

/// The first signal stops in order, the second at once.
async fn stop_on_signal(stop: CancellationToken) {
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return;
    };
    for _ in 0..2 {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        if stop.is_cancelled() {
            std::process::exit(130);
        }
        stop.cancel();
    }
}
