//! Figures for Prometheus.

use std::sync::LazyLock;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::Response;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::problem::Problem;
use crate::routes::require_cron_secret;
use crate::state::AppState;

/// The recorder is one for the process, because the `metrics` macros write to a global one.
static RECORDER: LazyLock<Option<PrometheusHandle>> =
    LazyLock::new(|| PrometheusBuilder::new().install_recorder().ok());

/// Shows the figures to whoever has the secret.
pub(crate) async fn show(State(state): State<AppState>, headers: HeaderMap) -> Result<String, Problem> {
    require_cron_secret(&state, &headers)?;
    Ok(RECORDER.as_ref().map(PrometheusHandle::render).unwrap_or_default())
}

/// Counts and times requests by route, never by address: addresses can hold secrets.
pub(crate) async fn measure(request: Request, next: Next) -> Response {
    LazyLock::force(&RECORDER);
    let route = request.extensions().get::<MatchedPath>().map_or("other", MatchedPath::as_str).to_owned();
    let method = request.method().as_str().to_owned();
    let started = Instant::now();
    let response = next.run(request).await;
    let labels = [("method", method), ("route", route), ("status", response.status().as_u16().to_string())];
    metrics::counter!("http_requests_total", &labels).increment(1);
    metrics::histogram!("http_request_seconds", &labels).record(started.elapsed().as_secs_f64());
    response
}
