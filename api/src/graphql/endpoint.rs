//! HTTP around the schema (GraphQL over HTTP): `POST` with a JSON object, nothing else. The
//! extractor of the GraphQL library would also run queries and mutations from a `GET`, and take any
//! content type for JSON.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::OperationType;
use async_graphql::{Name, PathSegment, Request, Response as GraphqlResponse, ServerError, Value};
use axum::body::Bytes;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use identity::ClientInfo;

use super::caller::Caller;
use super::fault::{self, Fault};
use super::limits;
use crate::problem::RETRY_AFTER;
use crate::routes::bearer;
use crate::state::AppState;

/// How long an operation may take.
const TIMEOUT: Duration = Duration::from_secs(20);
/// The content type of answers whose status tells whether the request was carried out.
const GRAPHQL_RESPONSE: &str = "application/graphql-response+json";
/// Our dashboard sends it. Another site cannot, without asking first, which is refused.
const CLIENT_HEADER: &str = "x-mooring-client";

/// Carries out one operation.
pub(crate) async fn endpoint(
    State(state): State<AppState>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let request_id = state.services.world.new_id().to_string();
    if !is_json(&headers) {
        return refused(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Send the operation as application/json.",
            &headers,
            &request_id,
        );
    }
    let Ok(mut request) = serde_json::from_slice::<Request>(&body) else {
        return refused(
            StatusCode::BAD_REQUEST,
            "The body must be one JSON object with a query.",
            &headers,
            &request_id,
        );
    };
    if let Err(message) = limits::check_text(&request.query) {
        return refused(StatusCode::BAD_REQUEST, message, &headers, &request_id);
    }
    // What cannot be parsed is refused in the library's words.
    let mut only_asks = false;
    if let Ok(document) = request.parsed_query() {
        if let Err(message) = limits::check(document) {
            return refused(StatusCode::BAD_REQUEST, message, &headers, &request_id);
        }
        only_asks =
            document.operations.iter().all(|(_, operation)| operation.node.ty == OperationType::Query);
    }
    let actor = match bearer(&headers) {
        Some(token) => match state.services.identity.authenticate(token).await {
            Ok(Some(actor)) => Some(actor),
            Ok(None) => {
                return coded(
                    StatusCode::UNAUTHORIZED,
                    "UNAUTHENTICATED",
                    "The access token is not valid.",
                    &headers,
                    &request_id,
                );
            }
            Err(error) => {
                tracing::error!(%error, request = request_id, "a caller could not be recognised");
                let (status, code, message) = match Fault::from(error) {
                    Fault::Unavailable(_) => {
                        (StatusCode::SERVICE_UNAVAILABLE, fault::UNAVAILABLE, fault::UNAVAILABLE_MESSAGE)
                    }
                    _ => (StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", "Something went wrong on our side."),
                };
                return coded(status, code, message, &headers, &request_id);
            }
        },
        None => None,
    };
    let client = ClientInfo { ip: Some(peer.ip()) };
    let caller = Arc::new(Caller::new(actor, client, &headers, is_from_our_pages(&headers)));
    let executed = tokio::time::timeout(TIMEOUT, state.schema.execute(request.data(caller.clone()))).await;
    let Ok(mut answer) = executed else {
        return coded(
            StatusCode::GATEWAY_TIMEOUT,
            "INTERNAL",
            "The operation took too long.",
            &headers,
            &request_id,
        );
    };
    put_nulls(&mut answer, only_asks);
    // A request that was refused as a whole has no data at all.
    let status =
        if answer.data == Value::Null && answer.is_err() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    let unavailable = nothing_is_available(&answer);
    let mut response = write(status, answer, &headers, &request_id);
    if unavailable {
        say_unavailable(&mut response);
    }
    for cookie in caller.take_cookies() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// An explorer of the schema, for development.
pub(crate) async fn explorer() -> Response {
    let page = async_graphql::http::GraphiQLSource::build().endpoint("/graphql").finish();
    let mut response = Html(page).into_response();
    // It brings its scripts from elsewhere, which our own pages may not.
    let policy = HeaderValue::from_static("frame-ancestors 'none'");
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

/// Puts null where a field failed: the library leaves its key out, and a client that looks for the key
/// takes it for a field that it did not ask for. When nothing else is left the library gives no data at
/// all; that is right for mutations, none of which may be null, and not for questions.
fn put_nulls(answer: &mut GraphqlResponse, only_asks: bool) {
    for error in answer.errors.iter().filter(|error| !error.path.is_empty()) {
        if only_asks && answer.data == Value::Null {
            answer.data = Value::Object(IndexMap::new());
        }
        let mut at = Some(&mut answer.data);
        for segment in &error.path {
            at = match (segment, at) {
                (PathSegment::Field(name), Some(Value::Object(fields))) => {
                    Some(fields.entry(Name::new(name)).or_insert(Value::Null))
                }
                (PathSegment::Index(index), Some(Value::List(items))) => items.get_mut(*index),
                _ => None,
            };
        }
    }
}

fn refused(status: StatusCode, message: &str, headers: &HeaderMap, request_id: &str) -> Response {
    coded(status, "BAD_USER_INPUT", message, headers, request_id)
}

fn coded(status: StatusCode, code: &str, message: &str, headers: &HeaderMap, request_id: &str) -> Response {
    let mut error = ServerError::new(message, None);
    error.extensions.get_or_insert_default().set("code", code);
    let mut response = write(status, GraphqlResponse::from_errors(vec![error]), headers, request_id);
    *response.status_mut() = status;
    if status == StatusCode::SERVICE_UNAVAILABLE {
        say_unavailable(&mut response);
    }
    response
}

/// Whether not one field of the operation could be answered, because the database cannot.
fn nothing_is_available(answer: &GraphqlResponse) -> bool {
    let unavailable = |error: &ServerError| {
        let code = error.extensions.as_ref().and_then(|extensions| extensions.get("code"));
        code == Some(&Value::from(fault::UNAVAILABLE))
    };
    let nothing = match &answer.data {
        Value::Object(fields) => fields.values().all(|value| *value == Value::Null),
        data => *data == Value::Null,
    };
    nothing && answer.errors.iter().any(unavailable)
}

/// Whoever asked, and whatever stands between, may ask again; that holds for clients of every age.
fn say_unavailable(response: &mut Response) {
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER);
}

fn write(status: StatusCode, mut answer: GraphqlResponse, headers: &HeaderMap, request_id: &str) -> Response {
    for error in &mut answer.errors {
        let extensions = error.extensions.get_or_insert_default();
        // What the library refuses by itself is always the operation's fault.
        if extensions.get("code").is_none() {
            extensions.set("code", "BAD_USER_INPUT");
        }
        extensions.set("requestId", request_id);
    }
    let body = match serde_json::to_vec(&answer) {
        Ok(body) => body,
        Err(error) => {
            tracing::error!(%error, request = request_id, "an answer could not be written");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    // Older clients know `application/json` only and take any other status than 200 for a failure of
    // the transport.
    let (status, kind) = if accepts_graphql_response(headers) {
        (status, "application/graphql-response+json; charset=utf-8")
    } else {
        (StatusCode::OK, "application/json; charset=utf-8")
    };
    (status, [(header::CONTENT_TYPE, kind)], body).into_response()
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

fn accepts_graphql_response(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.contains(GRAPHQL_RESPONSE))
}

/// Whether the request can only come from our own pages (or from a program, which has no cookies of
/// other people): it carries our header, and the browser does not say that another site sent it.
fn is_from_our_pages(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
    headers.contains_key(CLIENT_HEADER) && site.is_none_or(|site| site == "same-origin" || site == "none")
}

#[cfg(test)]
mod tests {
    use async_graphql::{EmptySubscription, Error, Object, Schema, SimpleObject};
    use serde_json::json;

    use super::*;

    /// An object with fields that fail.
    #[derive(Clone, Copy)]
    struct Root;

    #[derive(SimpleObject)]
    struct Pair {
        well: Root,
        more: Vec<Root>,
    }

    #[Object]
    impl Root {
        async fn id(&self) -> i32 {
            7
        }

        async fn fails(&self) -> Result<Option<i32>, Error> {
            Err(Error::new("no"))
        }

        async fn nothing(&self) -> Option<i32> {
            None
        }

        async fn pair(&self) -> Option<Pair> {
            Some(Pair { well: Self, more: vec![Self, Self] })
        }
    }

    async fn data(document: &str) -> serde_json::Value {
        let mut answer = Schema::new(Root, Root, EmptySubscription).execute(document).await;
        put_nulls(&mut answer, !document.starts_with("mutation"));
        serde_json::to_value(&answer.data).unwrap()
    }

    #[tokio::test]
    async fn a_field_that_fails_is_null() {
        assert_eq!(data("{ id a: fails fails }").await, json!({ "id": 7, "a": null, "fails": null }));
        assert_eq!(
            data("{ pair { well { id fails } more { id b: fails nothing } } }").await,
            json!({ "pair": {
                "well": { "id": 7, "fails": null },
                "more": [{ "id": 7, "b": null, "nothing": null }, { "id": 7, "b": null, "nothing": null }],
            } })
        );
        assert_eq!(data("{ pair { well { fails } } }").await, json!({ "pair": { "well": null } }));
    }

    #[tokio::test]
    async fn a_question_of_which_all_fails_still_has_its_fields() {
        assert_eq!(data("{ fails }").await, json!({ "fails": null }));
        assert_eq!(data("mutation { fails }").await, json!(null));
        assert_eq!(data("mutation { id fails }").await, json!({ "id": 7, "fails": null }));
        assert_eq!(data("{ unknown }").await, json!(null));
        assert_eq!(data("{ id }").await, json!({ "id": 7 }));
    }
}
