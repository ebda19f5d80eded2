//! The client against the sandbox, which shares no code with it: both follow Meta's documentation,
//! so where they disagree one of them has misread it.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};
use meta::{
    Cause, Client, ErrorKind, InsightsQuery, MediaInsightsQuery, MediaProductType, MediaQuery, MediaType,
    MessageFault, MetricType, MetricValue, Outgoing, Period, Provider, UsageReport, UsageSink, Window,
};
use mooring_sandbox::{Config, Running, start};
use platform::config::{AppCredentials, Meta};
use platform::{Secret, World};
use serde_json::{Value, json};
use url::Url;

const NORA: &str = "10160000000000001";
const BAKERY: &str = "17841400000000001";
const BAKERY_PAGE: &str = "104400000000001";
const MERIDIAN: &str = "17841400000000021";
/// The moment at which both clocks start.
const START: &str = "2026-11-20T10:00:00Z";
const REDIRECT: &str = "http://127.0.0.1:9/callback";

fn now() -> DateTime<Utc> {
    START.parse().unwrap()
}

#[derive(Default)]
struct Reports(Mutex<Vec<UsageReport>>);

impl UsageSink for Reports {
    fn observe(&self, report: UsageReport) {
        self.0.lock().unwrap().push(report);
    }
}

struct Setup {
    _running: Running,
    base: Url,
    http: reqwest::Client,
    client: Client,
    reports: Arc<Reports>,
}

impl Setup {
    async fn new() -> Self {
        let config = Config::default();
        let app =
            |id: &str, secret: &str| Some(AppCredentials { id: id.to_owned(), secret: Secret::new(secret) });
        let facebook_app = app(&config.facebook_app_id, &config.facebook_app_secret);
        let instagram_app = app(&config.instagram_app_id, &config.instagram_app_secret);
        let running = start(config).await.unwrap();
        let base: Url = format!("http://{}/", running.http).parse().unwrap();
        let host = |name: &str| base.join(&format!("{name}/")).unwrap();
        let settings = Meta {
            facebook_app,
            facebook_config_id: None,
            instagram_app,
            webhook_verify_token: None,
            facebook_dialog_url: host("www.facebook.com"),
            facebook_graph_url: host("graph.facebook.com"),
            instagram_dialog_url: host("www.instagram.com"),
            instagram_api_url: host("api.instagram.com"),
            instagram_graph_url: host("graph.instagram.com"),
            graph_version: "v25.0".to_owned(),
            instagram_graph_version: "v25.0".to_owned(),
        };
        let (world, _) = World::for_tests(now());
        let reports = Arc::<Reports>::default();
        let client = Client::new(settings, world, reports.clone()).unwrap();
        #[expect(clippy::disallowed_methods, reason = "tests speak to what they have started")]
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let setup = Self { _running: running, base, http, client, reports };
        setup.control("clock", json!({ "now": START })).await;
        setup.control("settings", json!({ "require_appsecret_proof": true })).await;
        setup
    }

    async fn control(&self, path: &str, order: Value) -> Value {
        let url = self.base.join(&format!("_sandbox/{path}")).unwrap();
        let answer = self.http.post(url).json(&order).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.text().await.unwrap());
        answer.json().await.unwrap()
    }

    /// Goes through the dialog as a person does who agrees to everything.
    async fn code(&self, provider: Provider, person: &str) -> Secret {
        let state = Secret::new("st-1");
        let dialog = self.client.authorization_url(provider, REDIRECT, &state, meta::Prompt::First);
        self.agree(dialog.unwrap(), person).await
    }

    async fn agree(&self, dialog: Url, person: &str) -> Secret {
        let form = [("person", person), ("decision", "continue"), ("all", "1")];
        let answer = self.http.post(dialog).form(&form).send().await.unwrap();
        let location = Url::parse(answer.headers()["location"].to_str().unwrap()).unwrap();
        let code = location.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
        Secret::new(code)
    }

    async fn long_lived(&self, provider: Provider, person: &str) -> Secret {
        let code = self.code(provider, person).await;
        let short = self.client.exchange_code(provider, &code, REDIRECT).await.unwrap();
        self.client.exchange_for_long_lived(provider, &short.token).await.unwrap().token
    }

    async fn page_token(&self, user: &Secret) -> Secret {
        self.client.page(user, BAKERY_PAGE).await.unwrap().access_token.unwrap()
    }
}

#[tokio::test]
async fn facebook_login_from_code_to_pages() {
    let setup = Setup::new().await;
    let (client, provider) = (&setup.client, Provider::FacebookLogin);
    let code = setup.code(provider, NORA).await;
    let short = client.exchange_code(provider, &code, REDIRECT).await.unwrap();
    let again = client.exchange_code(provider, &code, REDIRECT).await.unwrap_err();
    assert_eq!(again.kind(), ErrorKind::CodeRefused);
    let other = setup.code(provider, NORA).await;
    let elsewhere = client.exchange_code(provider, &other, "http://127.0.0.1:9/other").await.unwrap_err();
    assert_eq!(elsewhere.kind(), ErrorKind::CodeRefused);

    let long = client.exchange_for_long_lived(provider, &short.token).await.unwrap();
    assert!(long.expires_at.unwrap() > now() + TimeDelta::days(59));
    let user = client.facebook_user(&long.token).await.unwrap();
    assert_eq!(user.id, NORA);
    let debug = client.debug_token(&long.token).await.unwrap();
    assert!(debug.is_valid && debug.scopes.iter().any(|scope| scope == "instagram_manage_insights"));
    let pages = client.pages(&long.token, Some(&debug)).await.unwrap();
    assert_eq!(pages.len(), 9, "those of the portfolio included");
    assert_eq!(pages.iter().filter(|page| page.instagram.is_some()).count(), 8);
    let node = client.account(provider, &long.token, BAKERY).await.unwrap();
    assert_eq!(node.username.as_deref(), Some("harbour.bakery"));

    client.revoke_permission(&long.token, NORA, "instagram_manage_insights").await.unwrap();
    let permissions = client.permissions(&long.token).await.unwrap();
    let gone = permissions.iter().find(|permission| permission.name == "instagram_manage_insights");
    assert_ne!(gone.map(|permission| permission.status), Some(meta::PermissionStatus::Granted));
    client.revoke(&long.token, NORA).await.unwrap();
    let removed = client.facebook_user(&long.token).await.unwrap_err();
    assert_eq!(removed.kind(), ErrorKind::Reauthorise(Cause::AppRemoved));
}

#[tokio::test]
async fn instagram_login_from_code_to_renewal() {
    let setup = Setup::new().await;
    let (client, provider) = (&setup.client, Provider::InstagramLogin);
    for settings in [
        json!({ "ig_exchange_shape": "flat", "ig_user_id_type": "integer", "me_shape": "flat" }),
        json!({ "ig_exchange_shape": "data", "ig_user_id_type": "string", "me_shape": "data" }),
    ] {
        setup.control("settings", settings).await;
        let token = setup.long_lived(provider, MERIDIAN).await;
        let user = client.instagram_user(&token).await.unwrap();
        assert_eq!(user.user_id, MERIDIAN);
        assert_eq!(client.account(provider, &token, MERIDIAN).await.unwrap().id, MERIDIAN);
    }
    let token = setup.long_lived(provider, MERIDIAN).await;
    assert!(client.refresh(provider, &token).await.is_err(), "it is younger than a day");
    setup.control("clock", json!({ "advance_seconds": 90_000 })).await;
    let renewed = client.refresh(provider, &token).await.unwrap();
    assert!(renewed.expires_at.is_some());
    // A token of one login means nothing to the other's host.
    let user = setup.long_lived(Provider::FacebookLogin, NORA).await;
    let foreign = client.instagram_user(&user).await.unwrap_err();
    assert!(matches!(foreign.kind(), ErrorKind::Reauthorise(_)), "{foreign}");
}

#[tokio::test]
async fn insights_one_by_one_and_together() {
    let setup = Setup::new().await;
    let user = setup.long_lived(Provider::FacebookLogin, NORA).await;
    let token = setup.page_token(&user).await;
    let until = now() - TimeDelta::days(4);
    let span = |metrics: &[&str], metric_type| InsightsQuery {
        metric_type: Some(metric_type),
        since: Some(until - TimeDelta::days(7)),
        until: Some(until),
        ..InsightsQuery::new(metrics.iter().copied(), Period::Day)
    };
    let queries = [
        span(&["reach"], MetricType::TimeSeries),
        span(&["views", "likes"], MetricType::TotalValue),
        InsightsQuery {
            breakdown: vec!["media_product_type".to_owned()],
            ..span(&["reach"], MetricType::TotalValue)
        },
        span(&["impressions"], MetricType::TotalValue),
        InsightsQuery {
            metric_type: Some(MetricType::TotalValue),
            breakdown: vec!["age".to_owned(), "gender".to_owned()],
            timeframe: Some("this_month".to_owned()),
            ..InsightsQuery::new(["follower_demographics"], Period::Lifetime)
        },
    ];
    let together = setup.client.insights_batch(&token, BAKERY, &queries).await.unwrap();
    for (query, result) in queries.iter().zip(together) {
        let alone = setup.client.insights(Provider::FacebookLogin, &token, BAKERY, query).await;
        match (alone, result) {
            (Ok(alone), Ok(result)) => {
                assert_eq!(alone, result);
                assert!(!result.is_empty(), "{query:?}");
            }
            (Err(alone), Err(result)) => assert_eq!(alone.kind(), result.kind()),
            (alone, result) => panic!("{alone:?} {result:?}"),
        }
    }
    let series = setup.client.insights(Provider::FacebookLogin, &token, BAKERY, &queries[0]).await.unwrap();
    assert!(series[0].values.len() >= 7);
    assert!(series[0].values.iter().all(|value| matches!(value.value, MetricValue::Number(1..))));
    let refused = setup.client.insights(Provider::FacebookLogin, &token, BAKERY, &queries[3]).await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::UnsupportedMetric);
    let reports = setup.reports.0.lock().unwrap();
    assert!(reports.iter().any(|report| report.business.iter().any(|usage| usage.id == BAKERY)));
}

#[tokio::test]
async fn media_stories_and_their_numbers() {
    let setup = Setup::new().await;
    let user = setup.long_lived(Provider::FacebookLogin, NORA).await;
    let page = setup.page_token(&user).await;
    let own = setup.long_lived(Provider::InstagramLogin, BAKERY).await;
    let client = &setup.client;
    let query = MediaQuery { since: None, until: None, most: 120 };
    let media = client.media(Provider::FacebookLogin, &page, BAKERY, query).await.unwrap();
    let through_instagram = client.media(Provider::InstagramLogin, &own, BAKERY, query).await.unwrap();
    assert_eq!(media.len(), 120);
    let ids = |media: &[meta::Media]| media.iter().map(|media| media.id.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&media), ids(&through_instagram));
    assert!(media.windows(2).all(|pair| pair[0].timestamp >= pair[1].timestamp));
    let album = media.iter().find(|media| media.media_type == Some(MediaType::CarouselAlbum)).unwrap();
    assert!(album.children.len() >= 2);
    let item = client.media_item(Provider::FacebookLogin, &page, BAKERY, &album.id).await.unwrap();
    assert_eq!(item.permalink, album.permalink);

    let numbers = async |media: &meta::Media, metrics: &[&'static str], breakdown| {
        let query = MediaInsightsQuery { media_id: media.id.clone(), metrics: metrics.to_vec(), breakdown };
        let answer = client.media_insights(Provider::FacebookLogin, &page, BAKERY, &query).await;
        answer.map_err(|error| error.kind())
    };
    let reel = media.iter().find(|media| media.product_type == Some(MediaProductType::Reels)).unwrap();
    let reach = numbers(reel, &["reach", "ig_reels_avg_watch_time"], None).await.unwrap();
    assert!(matches!(reach[0].values[0].value, MetricValue::Number(1..)));
    assert_eq!(numbers(album, &["ig_reels_avg_watch_time"], None).await, Err(ErrorKind::UnsupportedMetric));

    let mut seen = 0;
    for _ in 0..8 {
        for story in client.stories(Provider::FacebookLogin, &page, BAKERY).await.unwrap() {
            let action = Some("story_navigation_action_type");
            match numbers(&story, &["navigation"], action).await {
                Ok(navigation) => assert!(!navigation[0].breakdowns[0].results.is_empty()),
                Err(kind) => assert_eq!(kind, ErrorKind::NotEnoughViewers),
            }
            seen += 1;
        }
        setup.control("clock", json!({ "advance_seconds": 40_000 })).await;
    }
    assert!(seen > 0, "there were stories");
}

#[tokio::test]
async fn conversations_with_the_window_for_answers() {
    let setup = Setup::new().await;
    let client = &setup.client;
    let provider = Provider::InstagramLogin;
    // Mooring itself does not ask for messages.
    let dialog = client.authorization_url(provider, REDIRECT, &Secret::new("st-1"), meta::Prompt::First);
    let mut dialog = dialog.unwrap();
    let kept: Vec<(String, String)> =
        dialog.query_pairs().filter(|(name, _)| name != "scope").map(|(a, b)| (a.into(), b.into())).collect();
    let scope = "instagram_business_basic,instagram_business_manage_messages";
    dialog.query_pairs_mut().clear().extend_pairs(kept).append_pair("scope", scope);
    let code = setup.agree(dialog, MERIDIAN).await;
    let token = client.exchange_code(provider, &code, REDIRECT).await.unwrap().token;
    let token = client.exchange_for_long_lived(provider, &token).await.unwrap().token;
    setup
        .control("message", json!({ "account": MERIDIAN, "customer": 1, "text": "Is the blue one left?" }))
        .await;
    let list = client.conversations(provider, &token, MERIDIAN, None).await.unwrap();
    let conversation = client.conversation(provider, &token, &list[0].id).await.unwrap();
    let newest = client.message(provider, &token, &conversation.message_ids[0]).await.unwrap();
    assert_eq!(newest.text.as_deref(), Some("Is the blue one left?"));
    let person = newest.from.unwrap().id;
    let text = Outgoing::Text("One is.".to_owned());
    let send = async |window| {
        client
            .send_message(provider, &token, MERIDIAN, &person, &text, window)
            .await
            .map_err(|error| error.kind())
    };
    assert_eq!(send(Window::Standard).await.unwrap().recipient_id, person);
    setup.control("clock", json!({ "advance_seconds": 25 * 3600 })).await;
    assert_eq!(send(Window::Standard).await, Err(ErrorKind::MessageRefused(MessageFault::OutsideWindow)));
    send(Window::HumanAgent).await.unwrap();
    setup.control("faults", json!({ "kind": "cut_off", "path_contains": "messages", "times": 1 })).await;
    assert_eq!(send(Window::HumanAgent).await, Err(ErrorKind::Unclear));
}
