//! Headers that every answer carries (OWASP ASVS 5.0, 3.4).

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::state::AppState;

/// For answers that no browser renders.
const DATA_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";
/// For the dashboard and our own pages: only what comes from this origin, nothing inline.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                           font-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; \
                           object-src 'none'; form-action 'self'";

const FIXED: [(HeaderName, &str); 7] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "geolocation=(), camera=(), microphone=()"),
];

/// Adds them. What is not told to be kept is not kept: answers can hold people's numbers.
pub(crate) async fn add(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let is_page = is_html(response.headers());
    let headers = response.headers_mut();
    for (name, value) in FIXED {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    let policy = if is_page { page_policy(&state) } else { HeaderValue::from_static(DATA_POLICY) };
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    response
}

/// Browsers hold the redirect that follows a form to `form-action` too, and our only form leads to
/// Meta's dialogs.
fn page_policy(state: &AppState) -> HeaderValue {
    let meta = &state.services.config.meta;
    let dialogs =
        [&meta.facebook_dialog_url, &meta.instagram_dialog_url].map(|url| url.origin().ascii_serialization());
    HeaderValue::from_str(&format!("{PAGE_POLICY} {}", dialogs.join(" ")))
        .unwrap_or(HeaderValue::from_static(PAGE_POLICY))
}

fn is_html(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("text/html"))
}
