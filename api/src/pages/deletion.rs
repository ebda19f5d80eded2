//! Shows a person how far the deletion of their data is. It says the state and nothing else.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use maud::html;
use platform::Secret;
use serde::Deserialize;

use super::page;
use crate::problem::Problem;
use crate::state::AppState;

#[derive(Deserialize)]
pub(crate) struct Parameters {
    #[serde(default)]
    code: String,
}

pub(crate) async fn show(
    State(state): State<AppState>,
    Query(parameters): Query<Parameters>,
) -> Result<Response, Problem> {
    let request = state.services.connections.deletion_request(&Secret::new(parameters.code)).await?;
    let Some(request) = request else {
        let text = html! { p { "Perhaps a part of the address got lost. Please copy it whole." } };
        return Ok(page(StatusCode::NOT_FOUND, "There is no such request", &text));
    };
    let asked = request.requested_at.format("%-d %B %Y, %H:%M");
    let text = html! {
        p { "You asked for it on " (asked) " UTC." }
        @match request.completed_at {
            Some(at) => p { "Everything was deleted on " (at.format("%-d %B %Y, %H:%M")) " UTC." }
            None => p { "It is being done and takes a day at most." }
        }
    };
    Ok(page(StatusCode::OK, "Deletion of your data", &text))
}
