//! Every route on one screen.

use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware;
use axum::routing::{get, post};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use crate::state::AppState;
use crate::{assets, graphql, headers, pages, routes};

/// The largest request body, where a route does not say otherwise.
pub(crate) const MAX_BODY: usize = 256 * 1024;
/// The largest body of any route.
const MOST_BODY: usize = meta::webhook::MAX_BYTES;
/// The longest that any answer may take.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

pub(crate) fn router(state: AppState) -> Router {
    let development = state.services.config.development.enabled;
    let mut router = Router::new()
        .route("/graphql", post(graphql::endpoint))
        .route("/api/auth/login", get(routes::callback::login))
        .route("/api/auth/callback/{provider}", get(routes::callback::callback))
        .route("/api/meta/deauthorize", post(routes::meta::deauthorise))
        .route("/api/meta/data-deletion", post(routes::meta::delete_data))
        .route(
            "/api/meta/webhook",
            get(routes::meta::verify_webhook)
                .post(routes::meta::receive_webhook)
                .layer(DefaultBodyLimit::max(meta::webhook::MAX_BYTES)),
        )
        .route("/deletion", get(pages::deletion::show))
        .route("/api/cron/{job}", get(routes::cron::run).post(routes::cron::run))
        .route("/api/export/{file}", get(routes::export::download))
        .route("/api/health", get(routes::health::live))
        .route("/api/health/db", get(routes::health::ready))
        .route("/metrics", get(routes::metrics::show))
        .route("/reconnect/{token}", get(pages::reconnect::show).post(pages::reconnect::start))
        .route("/reconnect/{token}/renew", post(pages::reconnect::renew))
        .route(
            "/connect-accounts/{token}",
            get(pages::connect_accounts::show).post(pages::connect_accounts::start),
        )
        .route(
            "/connect-accounts/{token}/choose",
            get(pages::choose_accounts::show).post(pages::choose_accounts::choose),
        );
    if development {
        router = router.route("/graphiql", get(graphql::explorer));
    }
    router
        .fallback(assets::serve)
        .layer(
            ServiceBuilder::new()
                .layer(middleware::from_fn(routes::metrics::measure))
                .layer(middleware::from_fn_with_state(state.clone(), headers::add))
                .layer(CompressionLayer::new())
                .layer(CatchPanicLayer::custom(routes::panicked))
                .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, REQUEST_TIMEOUT))
                .layer(RequestBodyLimitLayer::new(MOST_BODY))
                .layer(DefaultBodyLimit::max(MAX_BODY)),
        )
        .with_state(state)
}
