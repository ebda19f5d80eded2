use std::io::Write;

use chrono::TimeDelta;
use serde_json::json;

use super::*;
use crate::body::MAX_BODY_BYTES;
use crate::error::{Cause, ThrottleScope};
use crate::insights::{InsightsQuery, Period};
use crate::loopback::{
    ACCOUNT, APP_SECRET, FACEBOOK_PROOF, FACEBOOK_TOKEN, INSTAGRAM_SECRET, INSTAGRAM_TOKEN, Loopback, Reply,
    facebook_token, instagram_token, start,
};
use crate::provider::Provider::{FacebookLogin, InstagramLogin};

/// Nothing that prints may hold any of these.
const SECRETS: [&str; 5] = [FACEBOOK_TOKEN, FACEBOOK_PROOF, APP_SECRET, INSTAGRAM_TOKEN, INSTAGRAM_SECRET];

fn assert_silent(text: &str) {
    for secret in SECRETS {
        assert!(!text.contains(secret), "{secret} is in {text}");
    }
    assert!(!text.contains("http://"), "an address is in {text}");
}

/// The error of a data call and of the exchange that carries the most secrets in its address.
async fn errors(server: &Loopback) -> [Error; 2] {
    let account = server.client.account(FacebookLogin, &facebook_token(), ACCOUNT).await.unwrap_err();
    let refresh = server.client.refresh(FacebookLogin, &facebook_token()).await.unwrap_err();
    for error in [&account, &refresh] {
        assert_silent(&format!("{error} {error:?}"));
    }
    [account, refresh]
}

/// Answers whose first request is all that the server takes.
async fn raw_error(bytes: impl Into<Vec<u8>>) -> Error {
    let server = Loopback::start_raw(bytes.into()).await;
    let error = server.client.account(FacebookLogin, &facebook_token(), ACCOUNT).await.unwrap_err();
    assert_silent(&format!("{error} {error:?}"));
    assert_eq!(error.kind(), ErrorKind::Transient);
    error
}

#[tokio::test]
async fn facebook_data_calls_carry_the_token_in_the_header_and_the_proof() {
    let server = Loopback::start(|_| Reply::json(&json!({"id": ACCOUNT}))).await;
    server.client.account(FacebookLogin, &facebook_token(), ACCOUNT).await.unwrap();
    let asked = server.only();
    assert_eq!(asked.method, "GET");
    assert_eq!(asked.path, format!("/graph.facebook.com/v25.0/{ACCOUNT}"));
    assert_eq!(asked.authorization.as_deref(), Some("Bearer EAATEST0001"));
    assert_eq!(asked.query["appsecret_proof"], FACEBOOK_PROOF);
    assert!(!asked.raw_query.contains(FACEBOOK_TOKEN) && !asked.query.contains_key("access_token"));
}

#[tokio::test]
async fn instagram_data_calls_carry_the_token_in_the_header_only() {
    let server =
        Loopback::start(|_| Reply::json(&json!({"id": "28170000000000001", "user_id": ACCOUNT}))).await;
    server.client.account(InstagramLogin, &instagram_token(), ACCOUNT).await.unwrap();
    let asked = server.only();
    assert_eq!(asked.method, "GET");
    assert_eq!(asked.path, format!("/graph.instagram.com/v24.0/{ACCOUNT}"));
    assert_eq!(asked.authorization.as_deref(), Some("Bearer IGAATEST0001"));
    assert!(!asked.raw_query.contains(INSTAGRAM_TOKEN));
    assert!(!asked.query.contains_key("appsecret_proof") && !asked.query.contains_key("access_token"));
}

#[tokio::test]
async fn server_faults_are_transient_and_print_no_secret() {
    for (status, body) in [
        (500, "{\"error\":{\"code\":1}}"),
        (500, ""),
        (502, "<html><body>Bad Gateway</body></html>"),
        (200, "<html>"),
        (200, ""),
        (404, "{}"),
        (400, "{\"error\":\"EAATEST0001\"}"),
    ] {
        let server = Loopback::start(move |_| Reply::new(status, body)).await;
        for error in errors(&server).await {
            assert_eq!(error.kind(), ErrorKind::Transient, "{status} {body}");
            assert_eq!(error.http_status(), Some(status));
            assert_eq!(error.host(), Some("graph.facebook.com"));
        }
    }
}

#[tokio::test]
async fn errors_do_not_repeat_what_meta_says() {
    let server = Loopback::start(|_| Reply::error(400, 190)).await;
    for error in errors(&server).await {
        assert_eq!(error.kind(), ErrorKind::Reauthorise(Cause::InvalidSession));
        assert_eq!(
            error.to_string(),
            "invalid_session: Meta refused the call (host graph.facebook.com, status 400, code 190)"
        );
    }
}

#[tokio::test]
async fn an_error_inside_a_successful_answer_is_an_error() {
    let server = Loopback::start(|_| Reply::error(200, 190)).await;
    for error in errors(&server).await {
        assert_eq!(error.kind(), ErrorKind::Reauthorise(Cause::InvalidSession));
    }
}

#[tokio::test]
async fn cut_off_answers_are_transient() {
    let error = raw_error("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"id\":\"178414").await;
    assert_eq!(error.to_string(), "transient: the answer was cut off (host graph.facebook.com, status 200)");
    raw_error("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n{\"id\":").await;
    raw_error("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{\"i").await;
    raw_error("HTTP/1.1 200").await;
    raw_error("").await;
    raw_error("garbage\r\n\r\n").await;
}

#[tokio::test]
async fn answers_that_are_too_long_are_not_read() {
    let too_long = "transient: the answer is too long (host graph.facebook.com, status 200)";
    let announced = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", MAX_BODY_BYTES + 1);
    assert_eq!(raw_error(announced).await.to_string(), too_long);

    let mut chunked = Vec::new();
    write!(chunked, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n", MAX_BODY_BYTES + 1)
        .unwrap();
    chunked.resize(chunked.len() + MAX_BODY_BYTES + 1, b' ');
    chunked.extend_from_slice(b"\r\n0\r\n\r\n");
    assert_eq!(raw_error(chunked).await.to_string(), too_long);
}

#[tokio::test]
async fn an_answer_of_the_greatest_length_is_read() {
    let mut body = format!("{{\"id\":\"{ACCOUNT}\"}}").into_bytes();
    body.resize(MAX_BODY_BYTES, b' ');
    let server = Loopback::start(move |_| Reply::new(200, body.clone())).await;
    let account = server.client.account(FacebookLogin, &facebook_token(), ACCOUNT).await.unwrap();
    assert_eq!(account.id, ACCOUNT);
}

#[tokio::test]
async fn redirects_are_refused() {
    for status in [301, 302, 307, 308] {
        let server =
            Loopback::start(move |_| Reply::new(status, "").with_header("location", "/elsewhere")).await;
        for error in errors(&server).await {
            assert_eq!(error.kind(), ErrorKind::Transient);
            assert_eq!(error.http_status(), Some(status));
        }
        assert!(server.asked().iter().all(|asked| asked.path != "/elsewhere"));
    }
}

#[tokio::test]
async fn silence_ends_after_the_time_limit() {
    let server = Loopback::start_silent().await;
    let before = tokio::time::Instant::now();
    let error = server.client.account(FacebookLogin, &facebook_token(), ACCOUNT).await.unwrap_err();
    assert_eq!(error.to_string(), "transient: no answer in time (host graph.facebook.com)");
    assert!((19..=21).contains(&before.elapsed().as_secs()), "{:?}", before.elapsed());
    assert_silent(&format!("{error:?}"));
}

#[tokio::test]
async fn a_closed_port_is_transient() {
    let server = Loopback::closed().await;
    for error in errors(&server).await {
        assert_eq!(error.to_string(), "transient: no connection (host graph.facebook.com)");
        assert_eq!(error.http_status(), None);
    }
    assert!(server.reports().is_empty());
}

#[tokio::test]
async fn usage_is_reported_for_errors_too() {
    let server = Loopback::start(|_| {
        Reply::error(400, 80_002)
            .with_header("X-App-Usage", "{\"call_count\":37,\"total_time\":22,\"total_cputime\":19}")
            .with_header(
                "x-business-use-case-usage",
                "{\"17841400000000001\":[{\"type\":\"instagram\",\"call_count\":100,\"total_cputime\":3,\
                 \"total_time\":5,\"estimated_time_to_regain_access\":17}]}",
            )
    })
    .await;
    let error = server.client.account(FacebookLogin, &facebook_token(), ACCOUNT).await.unwrap_err();
    let until = Some(start() + TimeDelta::minutes(17));
    assert_eq!(error.kind(), ErrorKind::Throttled { scope: ThrottleScope::Account, until });
    let reports = server.reports();
    assert_eq!(reports.len(), 1);
    assert_eq!(reports[0].provider, FacebookLogin);
    assert_eq!(reports[0].account.as_deref(), Some(ACCOUNT));
    assert_eq!(reports[0].http_status, 400);
    assert_eq!(reports[0].app.unwrap().highest(), 37);
    assert_eq!(reports[0].business[0].usage.highest(), 100);
}

#[tokio::test]
async fn every_answer_is_reported_once() {
    let server = Loopback::start(|asked| {
        if asked.path.ends_with("insights") {
            Reply::new(500, "<html>")
        } else {
            Reply::json(&json!({"id": "1"}))
        }
    })
    .await;
    server.client.facebook_user(&facebook_token()).await.unwrap();
    let query = InsightsQuery::new(["reach"], Period::Day);
    server.client.insights(InstagramLogin, &instagram_token(), ACCOUNT, &query).await.unwrap_err();
    let seen: Vec<_> = server
        .reports()
        .into_iter()
        .map(|report| {
            (report.provider, report.account, report.http_status, report.app, report.business.len())
        })
        .collect();
    assert_eq!(
        seen,
        [(FacebookLogin, None, 200, None, 0), (InstagramLogin, Some(ACCOUNT.to_owned()), 500, None, 0)]
    );
}

#[tokio::test]
async fn a_pause_without_an_estimate_has_no_end() {
    let server = Loopback::start(|_| Reply::error(403, 4)).await;
    let [account, refresh] = errors(&server).await;
    let expected = ErrorKind::Throttled { scope: ThrottleScope::App, until: None };
    assert_eq!((account.kind(), refresh.kind()), (expected, expected));

    let server = Loopback::start(|_| Reply::new(429, "{}").with_header("Retry-After", "90")).await;
    let error = server.client.account(FacebookLogin, &facebook_token(), ACCOUNT).await.unwrap_err();
    let until = Some(start() + TimeDelta::seconds(90));
    assert_eq!(error.kind(), ErrorKind::Throttled { scope: ThrottleScope::Account, until });
}

#[tokio::test]
async fn a_differing_version_is_noticed_once() {
    let server = Loopback::start(|asked| {
        let version = if asked.path.contains("/me") { "v25.0" } else { "v26.0" };
        Reply::json(&json!({"id": "1"})).with_header("facebook-api-version", version)
    })
    .await;
    let noticed = || server.client.inner.differing_versions.lock().unwrap().clone();
    server.client.facebook_user(&facebook_token()).await.unwrap();
    assert!(noticed().is_empty());
    for _ in 0..2 {
        server.client.account(FacebookLogin, &facebook_token(), ACCOUNT).await.unwrap();
    }
    assert_eq!(noticed().into_iter().collect::<Vec<_>>(), ["graph.facebook.com v26.0"]);
}

#[tokio::test]
async fn ids_that_would_leave_the_path_are_not_sent() {
    let server = Loopback::start(|_| Reply::json(&json!({"id": "1"}))).await;
    let token = facebook_token();
    for id in ["", ".", "..", "1/2", "1?x=1", "1#", "%2e", "me/accounts", "1 2", &"1".repeat(65)] {
        let query = InsightsQuery::new(["reach"], Period::Day);
        let kinds = [
            server.client.account(FacebookLogin, &token, id).await.unwrap_err().kind(),
            server.client.insights(FacebookLogin, &token, id, &query).await.unwrap_err().kind(),
            server.client.page(&token, id).await.unwrap_err().kind(),
            server.client.revoke(&token, id).await.unwrap_err().kind(),
        ];
        assert_eq!(kinds, [ErrorKind::BadRequest; 4], "{id}");
    }
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn a_token_that_fits_no_header_is_not_sent() {
    let server = Loopback::start(|_| Reply::json(&json!({"id": "1"}))).await;
    let error = server.client.facebook_user(&Secret::new("EAATEST0001\r\nX: y")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BadRequest);
    assert_silent(&format!("{error} {error:?}"));
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn a_login_without_an_app_asks_nothing() {
    let server = Loopback::start(|_| Reply::json(&json!({"id": "1"}))).await;
    let client = server.client_with(|config| {
        config.facebook_app = None;
        config.instagram_app = None;
    });
    let token = facebook_token();
    let query = InsightsQuery::new(["reach"], Period::Day);
    let mut kinds = vec![
        client.debug_token(&token).await.unwrap_err().kind(),
        client.facebook_user(&token).await.unwrap_err().kind(),
        client.instagram_user(&token).await.unwrap_err().kind(),
        client.pages(&token, None).await.unwrap_err().kind(),
        client.page(&token, "1").await.unwrap_err().kind(),
        client.permissions(&token).await.unwrap_err().kind(),
        client.revoke(&token, "1").await.unwrap_err().kind(),
    ];
    for provider in [FacebookLogin, InstagramLogin] {
        assert!(!client.is_configured(provider) && client.app_id(provider).is_none());
        kinds.extend([
            client.exchange_code(provider, &token, "https://app.example/cb").await.unwrap_err().kind(),
            client.exchange_for_long_lived(provider, &token).await.unwrap_err().kind(),
            client.refresh(provider, &token).await.unwrap_err().kind(),
            client.account(provider, &token, "1").await.unwrap_err().kind(),
            client.insights(provider, &token, "1", &query).await.unwrap_err().kind(),
        ]);
    }
    assert!(kinds.iter().all(|kind| *kind == ErrorKind::NotConfigured), "{kinds:?}");
    assert!(server.asked().is_empty());
    assert!(server.client.is_configured(FacebookLogin));
    assert_eq!(server.client.app_id(InstagramLogin), Some("5647382910"));
}

#[test]
fn base_addresses_keep_their_path() {
    for (base, expected) in [
        ("https://graph.facebook.com", "https://graph.facebook.com/v25.0/me/accounts"),
        (
            "http://127.0.0.1:4010/graph.facebook.com/",
            "http://127.0.0.1:4010/graph.facebook.com/v25.0/me/accounts",
        ),
        (
            "http://127.0.0.1:4010/graph.facebook.com",
            "http://127.0.0.1:4010/graph.facebook.com/v25.0/me/accounts",
        ),
    ] {
        let joined = join(&Url::parse(base).unwrap(), ["v25.0", "me", "accounts"]);
        assert_eq!(joined.as_str(), expected);
    }
}

#[test]
fn only_versions_are_logged_as_versions() {
    assert!(is_version("v25.0"));
    assert!(!is_version("EAATEST"));
    assert!(!is_version("v25.0 secret"));
}
