//! Figures for Prometheus: of this process, and what stands in the database.

mod database;

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::Response;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::problem::Problem;
use crate::routes::require_cron_secret;
use crate::state::AppState;

/// The recorder is one for the process, because the `metrics` macros write to a global one.
static RECORDER: LazyLock<Option<PrometheusHandle>> =
    LazyLock::new(|| PrometheusBuilder::new().install_recorder().ok());

/// How often the recorder sums up what it has noted; until then it keeps every time that was measured.
const SUM_UP_EVERY: Duration = Duration::from_secs(5);

/// Sums up what was noted, for ever. Reading the figures does it too, but perhaps nobody reads them.
pub(crate) async fn keep_up() {
    let Some(recorder) = RECORDER.as_ref() else { return };
    loop {
        tokio::time::sleep(SUM_UP_EVERY).await;
        recorder.run_upkeep();
    }
}

/// Shows the figures to whoever has the secret.
pub(crate) async fn show(State(state): State<AppState>, headers: HeaderMap) -> Result<String, Problem> {
    require_cron_secret(&state, &headers)?;
    // Workers deliver, so the database has to say how that goes.
    for (outcome, count) in state.services.channels.figures().await? {
        #[expect(clippy::cast_precision_loss, reason = "figures need no last digit")]
        metrics::gauge!("channel_deliveries", "state" => outcome).set(count as f64);
    }
    let ready = if state.readiness.unready().is_none() { 1.0 } else { 0.0 };
    metrics::gauge!("mooring_ready").set(ready);
    let of_process = RECORDER.as_ref().map(PrometheusHandle::render).unwrap_or_default();
    let of_database = database::render(&state.services).await?;
    Ok(of_process + &of_database)
}

/// Counts and times requests by route, never by address: addresses can hold secrets.
pub(crate) async fn measure(request: Request, next: Next) -> Response {
    LazyLock::force(&RECORDER);
    let route = request.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str).to_owned();
    let method = method_label(request.method());
    let started = Instant::now();
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    let labels = [("method", method.to_owned()), ("route", route), ("status", status)];
    metrics::counter!("http_requests_total", &labels).increment(1);
    metrics::histogram!("http_request_seconds", &labels).record(started.elapsed().as_secs_f64());
    response
}

/// Any word can be a method, and every label is kept for as long as the process lives.
fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_that_nobody_knows_are_one_label() {
        assert_eq!(method_label(&Method::POST), "POST");
        for name in ["M1XAAAA", "get", "CONNECT", "TRACE", "PROPFIND"] {
            assert_eq!(method_label(&Method::from_bytes(name.as_bytes()).unwrap()), "other", "{name}");
        }
    }
}
