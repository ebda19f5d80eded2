//! Errors of what is not GraphQL, as `application/problem+json` (RFC 9457): a stable type and a
//! neutral title, never what went wrong inside.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// After how many seconds what is not possible now is worth another try.
pub(crate) const RETRY_AFTER: HeaderValue = HeaderValue::from_static("10");

/// An error answer.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    code: &'static str,
    title: &'static str,
}

impl Problem {
    pub(crate) const fn new(status: StatusCode, code: &'static str, title: &'static str) -> Self {
        Self { status, code, title }
    }

    pub(crate) const UNAUTHENTICATED: Self =
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", "This needs a valid credential.");
    pub(crate) const NOT_FOUND: Self =
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is nothing here.");
    pub(crate) const UNAVAILABLE: Self = Self::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "unavailable",
        "This is not possible at the moment. Try again in a moment.",
    );
    pub(crate) const INTERNAL: Self =
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong on our side.");
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = Json(
            json!({ "type": "about:blank", "status": self.status.as_u16(), "code": self.code, "title": self.title }),
        );
        let mut response = (self.status, body).into_response();
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER);
        }
        response
    }
}

impl From<sea_orm::DbErr> for Problem {
    fn from(error: sea_orm::DbErr) -> Self {
        tracing::error!(%error, "the database failed while a request was answered");
        if platform::database::is_unavailable(&error) { Self::UNAVAILABLE } else { Self::INTERNAL }
    }
}
