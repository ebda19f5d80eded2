use std::sync::{Arc, OnceLock};

use platform::ManualClock;
use serde_json::json;

use super::*;
use crate::error::{Cause, ErrorKind, OperatorFault};
use crate::loopback::{
    APP_SECRET, FACEBOOK_TOKEN, INSTAGRAM_SECRET, INSTAGRAM_TOKEN, Loopback, Reply, facebook_token,
    instagram_token, start,
};
use crate::provider::Provider::{FacebookLogin, InstagramLogin};

const BACK: &str = "https://app.example/connect/callback";

async fn answering(body: Value) -> Loopback {
    Loopback::start(move |_| Reply::json(&body)).await
}

#[tokio::test]
async fn facebook_code_exchange() {
    let server =
        answering(json!({"access_token": "EAATEST0002", "token_type": "bearer", "expires_in": 5400})).await;
    let issued = server.client.exchange_code(FacebookLogin, &Secret::new("CODE#_=_"), BACK).await.unwrap();
    assert_eq!(issued.token.expose(), "EAATEST0002");
    assert_eq!(issued.expires_at, Some(start() + TimeDelta::seconds(5400)));
    assert_eq!(issued.scopes, None);
    let asked = server.only();
    assert_eq!((asked.method.as_str(), asked.raw_query.as_str()), ("POST", ""));
    assert_eq!(asked.path, "/graph.facebook.com/v25.0/oauth/access_token");
    assert_eq!(asked.authorization, None);
    let expected = [
        ("client_id", "1029384756"),
        ("client_secret", APP_SECRET),
        ("code", "CODE"),
        ("redirect_uri", BACK),
    ];
    assert_eq!(asked.form.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn instagram_code_exchange_in_both_shapes() {
    let scopes =
        Some(vec!["instagram_business_basic".to_owned(), "instagram_business_manage_insights".to_owned()]);
    for (body, scopes) in [
        (
            json!({"data": [{"access_token": "IGAATEST0002", "user_id": "17841400000000001",
                "permissions": "instagram_business_basic,instagram_business_manage_insights"}]}),
            scopes.clone(),
        ),
        (
            json!({"access_token": "IGAATEST0002", "user_id": 17_841_400_000_000_001_u64,
                "permissions": ["instagram_business_basic", "instagram_business_manage_insights"]}),
            scopes,
        ),
        (json!({"access_token": "IGAATEST0002"}), None),
    ] {
        let server = answering(body).await;
        let issued = server.client.exchange_code(InstagramLogin, &Secret::new("CODE#_"), BACK).await.unwrap();
        assert_eq!(issued.token.expose(), "IGAATEST0002");
        assert_eq!((issued.expires_at, issued.scopes), (None, scopes));
        let asked = server.only();
        assert_eq!((asked.method.as_str(), asked.raw_query.as_str()), ("POST", ""));
        assert_eq!(asked.path, "/api.instagram.com/oauth/access_token");
        assert_eq!(asked.form["client_id"], "5647382910");
        assert_eq!(asked.form["client_secret"], INSTAGRAM_SECRET);
        assert_eq!(asked.form["grant_type"], "authorization_code");
        assert_eq!(asked.form["code"], "CODE");
        assert_eq!(asked.form["redirect_uri"], BACK);
    }
}

#[tokio::test]
async fn refused_codes_and_secrets() {
    for (provider, body, kind) in [
        (
            FacebookLogin,
            json!({"error": {"type": "OAuthException", "code": 100, "error_subcode": 36009}}),
            ErrorKind::CodeRefused,
        ),
        (
            FacebookLogin,
            json!({"error": {"type": "OAuthException", "code": 1}}),
            ErrorKind::Operator(OperatorFault::AppSecret),
        ),
        (
            FacebookLogin,
            json!({"error": {"type": "OAuthException", "code": 101}}),
            ErrorKind::Operator(OperatorFault::AppId),
        ),
        (
            InstagramLogin,
            json!({"error_type": "OAuthException", "code": 400, "error_message": "Matching code was not found"}),
            ErrorKind::CodeRefused,
        ),
    ] {
        let server = Loopback::start(move |_| Reply::new(400, body.to_string())).await;
        let error = server.client.exchange_code(provider, &Secret::new("CODE"), BACK).await.unwrap_err();
        assert_eq!(error.kind(), kind);
        assert!(!format!("{error} {error:?}").contains("CODE"));
    }
}

#[tokio::test]
async fn facebook_long_lived_token_and_its_renewal() {
    let server = answering(json!({"access_token": "EAATEST0002", "expires_in": 5_183_944})).await;
    let long = server.client.exchange_for_long_lived(FacebookLogin, &facebook_token()).await.unwrap();
    let renewed = server.client.refresh(FacebookLogin, &facebook_token()).await.unwrap();
    assert_eq!(long.expires_at, Some(start() + TimeDelta::seconds(5_183_944)));
    assert_eq!(renewed.expires_at, long.expires_at);
    for asked in server.asked() {
        assert_eq!((asked.method.as_str(), asked.authorization.as_deref()), ("GET", None));
        assert_eq!(asked.path, "/graph.facebook.com/v25.0/oauth/access_token");
        assert_eq!(asked.query["grant_type"], "fb_exchange_token");
        assert_eq!(asked.query["client_id"], "1029384756");
        assert_eq!(asked.query["client_secret"], APP_SECRET);
        assert_eq!(asked.query["fb_exchange_token"], FACEBOOK_TOKEN);
        assert!(!asked.query.contains_key("appsecret_proof"));
    }
}

#[tokio::test]
async fn instagram_long_lived_token() {
    let server = answering(json!({"access_token": "IGAATEST0002", "expires_in": 5_184_000})).await;
    let long = server.client.exchange_for_long_lived(InstagramLogin, &instagram_token()).await.unwrap();
    assert_eq!(long.expires_at, Some(start() + TimeDelta::days(60)));
    let asked = server.only();
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("GET", "/graph.instagram.com/access_token"));
    assert_eq!(asked.query["grant_type"], "ig_exchange_token");
    assert_eq!(asked.query["client_secret"], INSTAGRAM_SECRET);
    assert_eq!(asked.query["access_token"], INSTAGRAM_TOKEN);
}

#[tokio::test]
async fn instagram_refresh_sends_no_secret_and_may_return_the_same_token() {
    let server = answering(json!({"access_token": INSTAGRAM_TOKEN, "expires_in": 5_184_000,
        "permissions": "instagram_business_basic, instagram_business_manage_insights,"}))
    .await;
    let renewed = server.client.refresh(InstagramLogin, &instagram_token()).await.unwrap();
    assert_eq!(renewed.token.expose(), INSTAGRAM_TOKEN);
    assert_eq!(renewed.scopes.unwrap(), ["instagram_business_basic", "instagram_business_manage_insights"]);
    let asked = server.only();
    assert_eq!(
        (asked.method.as_str(), asked.path.as_str()),
        ("GET", "/graph.instagram.com/refresh_access_token")
    );
    assert_eq!(asked.query.len(), 2);
    assert_eq!(asked.query["grant_type"], "ig_refresh_token");
    assert_eq!(asked.query["access_token"], INSTAGRAM_TOKEN);
    assert!(!asked.raw_query.contains(INSTAGRAM_SECRET));
}

#[tokio::test]
async fn a_missing_lifetime_is_for_facebook_only() {
    let server = answering(json!({"access_token": "EAATEST0002", "token_type": "bearer"})).await;
    let client = &server.client;
    assert_eq!(client.refresh(FacebookLogin, &facebook_token()).await.unwrap().expires_at, None);
    assert_eq!(
        client.exchange_for_long_lived(FacebookLogin, &facebook_token()).await.unwrap().expires_at,
        None
    );
    for error in [
        client.refresh(InstagramLogin, &instagram_token()).await.unwrap_err(),
        client.exchange_for_long_lived(InstagramLogin, &instagram_token()).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Transient);
    }
}

#[tokio::test]
async fn impossible_lifetimes_are_transient() {
    let quarter = 90 * 24 * 3600;
    for lifetime in
        [json!(0), json!(-1), json!(quarter + 1), json!("soon"), json!(1e300), json!([]), json!(i64::MAX)]
    {
        let server = answering(json!({"access_token": "EAATEST0002", "expires_in": lifetime})).await;
        for provider in [FacebookLogin, InstagramLogin] {
            let client = &server.client;
            for error in [
                client.refresh(provider, &facebook_token()).await.unwrap_err(),
                client.exchange_for_long_lived(provider, &facebook_token()).await.unwrap_err(),
            ] {
                assert_eq!(error.kind(), ErrorKind::Transient, "{lifetime}");
                assert!(!format!("{error} {error:?}").contains("EAATEST"));
            }
            // A code works once, and its token is exchanged at once: its lifetime is no reason to lose it.
            let issued = client.exchange_code(provider, &facebook_token(), BACK).await.unwrap();
            assert_eq!(issued.expires_at, None, "{lifetime}");
        }
    }
    let server = answering(json!({"access_token": "EAATEST0002", "expires_in": 5_184_000.4})).await;
    let issued = server.client.refresh(InstagramLogin, &instagram_token()).await.unwrap();
    assert_eq!(issued.expires_at, Some(start() + TimeDelta::days(60)));
    let server = answering(json!({"access_token": "EAATEST0002", "expires_in": quarter.to_string()})).await;
    let issued = server.client.refresh(InstagramLogin, &instagram_token()).await.unwrap();
    assert_eq!(issued.expires_at, Some(start() + TimeDelta::days(90)));
}

#[tokio::test]
async fn lifetimes_count_from_before_the_request() {
    let clock = Arc::<OnceLock<Arc<ManualClock>>>::default();
    let slow = Arc::clone(&clock);
    let server = Loopback::start(move |_| {
        slow.get().unwrap().advance(TimeDelta::seconds(15));
        Reply::json(&json!({"access_token": "IGAATEST0002", "expires_in": 5_184_000}))
    })
    .await;
    clock.set(Arc::clone(&server.clock)).unwrap();
    let issued = server.client.refresh(InstagramLogin, &instagram_token()).await.unwrap();
    assert_eq!(issued.expires_at, Some(start() + TimeDelta::days(60)));
}

#[tokio::test]
async fn answers_without_a_usable_token_are_transient() {
    for body in [
        json!({}),
        json!({"data": []}),
        json!({"access_token": ""}),
        json!({"access_token": 5}),
        json!({"access_token": "two words", "expires_in": 5}),
        json!({"access_token": "x".repeat(5000), "expires_in": 5}),
        json!("EAATEST0002"),
        json!([]),
    ] {
        let server = answering(body.clone()).await;
        let error = server.client.refresh(InstagramLogin, &instagram_token()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transient, "{body}");
    }
}

#[tokio::test]
async fn an_expired_token_is_said_to_be() {
    let body = json!({"error": {"type": "OAuthException", "code": 190, "error_subcode": 463}}).to_string();
    let server = Loopback::start(move |_| Reply::new(400, body.clone())).await;
    let error = server.client.refresh(FacebookLogin, &facebook_token()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Reauthorise(Cause::Expired));
}
