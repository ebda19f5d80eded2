//! The dashboard, built into this binary. Every path that is nothing else is one of its pages.

use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{Embed, EmbeddedFile};

use crate::problem::Problem;

#[derive(Embed)]
#[folder = "../web/dist"]
#[allow_missing = true]
struct Dashboard;

/// Files with a hash in their name never change.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const FOR_A_MINUTE: HeaderValue = HeaderValue::from_static("public, max-age=60");

/// Answers with a file of the dashboard, or with the page from which it starts.
pub(crate) async fn serve(method: Method, uri: Uri) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return Problem::NOT_FOUND.into_response();
    }
    let path = uri.path().trim_start_matches('/');
    if let Some(file) = Dashboard::get(path).filter(|_| !path.is_empty()) {
        let keep = if path.starts_with("assets/") { FOR_EVER } else { FOR_A_MINUTE };
        return answer(path, file, Some(keep));
    }
    // A missing file is missing; only addresses of pages are the dashboard's to resolve.
    let is_page = !path.starts_with("api/") && !path.starts_with("assets/") && !path.contains('.');
    match Dashboard::get("index.html").filter(|_| is_page) {
        Some(page) => answer("index.html", page, None),
        None if is_page => (
            StatusCode::NOT_FOUND,
            "The dashboard is not part of this build. Build it in web/ and build the api again.",
        )
            .into_response(),
        None => Problem::NOT_FOUND.into_response(),
    }
}

fn answer(path: &str, file: EmbeddedFile, keep: Option<HeaderValue>) -> Response {
    let kind = match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("json" | "map" | "webmanifest") => "application/json",
        _ => "application/octet-stream",
    };
    let mut response = file.data.into_owned().into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Some(keep) = keep {
        response.headers_mut().insert(header::CACHE_CONTROL, keep);
    }
    response
}
