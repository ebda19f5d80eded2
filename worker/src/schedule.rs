//! The cron lines. A line only says that work is due: it wakes the loop, which finds what is due in
//! the database. What is done once for the whole installation takes its slot there first, so that of
//! several workers one does it.
//!
//! | line | wakes for |
//! |---|---|
//! | `CRON_REFRESH_TOKENS` | grants whose refresh window has opened |
//! | `CRON_CHECK_TOKENS` | grants that are to be checked |
//! | `CRON_COLLECT_INSIGHTS` | accounts whose newest values are to be collected |
//! | `CRON_COLLECT_AUDIENCE` | accounts whose audience is to be looked at |
//! | `CRON_COLLECT_MEDIA` | accounts whose media and stories are to be listed and read |
//! | `CRON_HOUSEKEEPING` | once: removing what nobody needs any more |

use std::sync::Arc;

use chrono::{DurationRound, TimeDelta, Utc};
use entity::job::JobKind;
use executor::Services;
use tokio::sync::Notify;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};

/// Starts the cron lines; each of them wakes `due`.
///
/// # Errors
/// When a line is not understood.
pub(crate) async fn start(services: &Services, due: Arc<Notify>) -> Result<JobScheduler, JobSchedulerError> {
    let lines = &services.config.schedule;
    let scheduler = JobScheduler::new().await?;
    for line in [
        &lines.refresh_tokens,
        &lines.check_tokens,
        &lines.collect_insights,
        &lines.collect_audience,
        &lines.collect_media,
    ] {
        let due = due.clone();
        scheduler
            .add(Job::new_async_tz(line.as_str(), Utc, move |_, _| {
                let due = due.clone();
                Box::pin(async move { due.notify_one() })
            })?)
            .await?;
    }
    let services = services.clone();
    scheduler
        .add(Job::new_async_tz(lines.housekeeping.as_str(), Utc, move |_, _| {
            let services = services.clone();
            Box::pin(async move {
                if let Err(error) = housekeeping(&services).await {
                    tracing::error!(%error, "housekeeping failed; the next slot tries again");
                }
            })
        })?)
        .await?;
    scheduler.start().await?;
    Ok(scheduler)
}

async fn housekeeping(services: &Services) -> Result<(), sea_orm::DbErr> {
    let now = services.world.now();
    let slot = now.duration_trunc(TimeDelta::minutes(1)).unwrap_or(now);
    if jobs::slots::take(&*services.database, "housekeeping", slot).await? {
        jobs::slots::forget_old(&*services.database, now).await?;
        jobs::queue::forget_idle(&*services.database, JobKind::FollowUp).await?;
        services.connections.remove_leftovers().await?;
        services.connections.keep_interval().await?;
        services.channels.remove_old().await?;
        let logs_kept = TimeDelta::days(services.config.tuning.log_retention_days.into());
        jobs::retention::remove_logs(&services.database, now, logs_kept).await?;
        services.insights.remove_old().await?;
    }
    Ok(())
}
