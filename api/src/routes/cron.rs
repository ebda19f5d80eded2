//! For schedulers that can only call addresses: does one job's due work and says how much it was.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use entity::job::{JobKind, Trigger};
use serde_json::{Value, json};

use crate::problem::Problem;
use crate::routes::require_cron_secret;
use crate::state::AppState;

/// How long one call works; what is left is counted and done by the next call or by a worker.
const WORK_FOR: Duration = Duration::from_secs(20);
/// How many accounts at once.
const PARALLEL: usize = 8;

/// `GET` is accepted too, because some schedulers know nothing else; the secret keeps it from being
/// anything a browser could be tricked into.
pub(crate) async fn run(
    State(state): State<AppState>,
    Path(job): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    require_cron_secret(&state, &headers)?;
    let kind = match job.as_str() {
        "refresh-tokens" => JobKind::RefreshToken,
        "collect-insights" => JobKind::CollectInsights,
        "collect-audience" => JobKind::CollectAudience,
        "collect-media" => JobKind::CollectMedia,
        "check-tokens" => JobKind::CheckToken,
        _ => return Err(Problem::NOT_FOUND),
    };
    let services = &state.services;
    // The call says that the slot has come, whatever the cron lines say.
    let made_due =
        jobs::queue::make_all_due(&*services.database, &services.world, kind, None, None, Trigger::Scheduled)
            .await?;
    // On its own, because work must not end halfway when the caller hangs up or the time limit of
    // the request is over: a token that Meta has given and nobody has stored is lost.
    let executor = services.executor.clone();
    let work = tokio::spawn(async move { executor.drain(&[kind], PARALLEL, WORK_FOR).await });
    let done = work.await.map_err(|error| {
        tracing::error!(%error, job, "the work of a cron call did not end by itself");
        Problem::INTERNAL
    })??;
    let ended = done.succeeded + done.failed + done.skipped;
    Ok(Json(json!({
        "job": job,
        "succeeded": done.succeeded,
        "failed": done.failed,
        "skipped": done.skipped,
        "remaining": made_due.saturating_sub(ended),
    })))
}
