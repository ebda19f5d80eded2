//! What gets into logs. On its own, because a subscriber has to be the process's only one to see
//! everything.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::io::Write;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::http::{StatusCode, Uri};
use meta::{Client, NoUsageSink, Provider};
use platform::config::{AppCredentials, Meta};
use platform::{Secret, World};
use url::Url;

const FACEBOOK_TOKEN: &str = "EAATEST0001";
const INSTAGRAM_TOKEN: &str = "IGAATEST0001";
const CODE: &str = "CODETEST0001";
const APP_SECRET: &str = "test_app_secret_0001";
const INSTAGRAM_SECRET: &str = "test_instagram_secret_0001";
const PROOF: &str = "00d4bd060c47edf492b212179fc89bffc525bc40b344616d05af37b49c947774";

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Answers as Meta would, repeating the token in texts as Meta does.
async fn answer(uri: Uri) -> (StatusCode, String) {
    let path = uri.path();
    if path.ends_with("/access_token") {
        (StatusCode::OK, format!(r#"{{"access_token":"{INSTAGRAM_TOKEN}","expires_in":5184000}}"#))
    } else if path.ends_with("/debug_token") {
        (StatusCode::OK, r#"{"data":{"is_valid":true}}"#.to_owned())
    } else {
        let message = format!("Cannot parse {FACEBOOK_TOKEN}");
        (StatusCode::BAD_REQUEST, format!(r#"{{"error":{{"message":"{message}","code":190}}}}"#))
    }
}

fn client(base: &Url) -> Client {
    let host = |name: &str| base.join(&format!("{name}/")).unwrap();
    let app =
        |secret: &str| Some(AppCredentials { id: "1029384756".to_owned(), secret: Secret::new(secret) });
    let config = Meta {
        facebook_app: app(APP_SECRET),
        facebook_config_id: None,
        instagram_app: app(INSTAGRAM_SECRET),
        webhook_verify_token: None,
        facebook_dialog_url: host("www.facebook.com"),
        facebook_graph_url: host("graph.facebook.com"),
        instagram_dialog_url: host("www.instagram.com"),
        instagram_api_url: host("api.instagram.com"),
        instagram_graph_url: host("graph.instagram.com"),
        graph_version: "v25.0".to_owned(),
        instagram_graph_version: "v25.0".to_owned(),
    };
    let (world, _) = World::for_tests("2026-11-20T10:00:00Z".parse().unwrap());
    Client::new(config, world, Arc::new(NoUsageSink)).unwrap()
}

/// Everything of this room and of the HTTP libraries below it, at the most talkative level.
#[tokio::test]
async fn logs_hold_neither_token_nor_query() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .init();

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
    let client = client(&base);
    let (facebook, instagram) = (Secret::new(FACEBOOK_TOKEN), Secret::new(INSTAGRAM_TOKEN));
    let (code, back) = (Secret::new(CODE), "https://app.example/callback");
    client.exchange_code(Provider::FacebookLogin, &code, back).await.unwrap();
    client.exchange_code(Provider::InstagramLogin, &code, back).await.unwrap();
    client.exchange_for_long_lived(Provider::FacebookLogin, &facebook).await.unwrap();
    client.exchange_for_long_lived(Provider::InstagramLogin, &instagram).await.unwrap();
    client.debug_token(&facebook).await.unwrap();
    client.refresh(Provider::InstagramLogin, &instagram).await.unwrap_err();
    client.account(Provider::FacebookLogin, &facebook, "17841400000000001").await.unwrap_err();
    client.account(Provider::InstagramLogin, &instagram, "17841400000000001").await.unwrap_err();

    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let ours: Vec<_> = text.lines().filter(|line| line.contains("asked Meta")).collect();
    assert_eq!(ours.len(), 8, "{text}");
    for part in ["host=\"graph.facebook.com\"", "path=\"17841400000000001\"", "status=400", "code=190"] {
        assert!(ours[6].contains(part), "{part} is not in {}", ours[6]);
    }
    for secret in [FACEBOOK_TOKEN, INSTAGRAM_TOKEN, CODE, APP_SECRET, INSTAGRAM_SECRET, PROOF, "grant_type"] {
        assert!(!text.contains(secret), "{secret} is in {text}");
    }
}
