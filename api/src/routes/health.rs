//! Whether this process lives, and whether it can work. Nothing more is said in public.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};

use crate::state::AppState;

/// It answers, so it lives.
pub(crate) async fn live() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// The database answers too, and can be written, and the keys of stored tokens are there.
pub(crate) async fn ready(State(state): State<AppState>) -> (StatusCode, Json<Value>) {
    let answered = state.services.database.execute_unprepared("SELECT 1").await;
    if let Err(error) = &answered {
        tracing::error!(%error, "the database does not answer");
    }
    if answered.is_ok() && state.readiness.unready().is_none() {
        (StatusCode::OK, Json(json!({ "status": "ok" })))
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "unavailable" })))
    }
}
