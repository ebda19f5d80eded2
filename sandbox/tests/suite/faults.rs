//! What goes wrong on request, limits, versions, ETags.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client::*;

#[tokio::test]
async fn planned_errors_hit_as_often_as_asked_and_without_effect() {
    let sandbox = TestBox::start().await;
    let token = sandbox.long_lived(NORA).await;
    sandbox.control("faults", json!({"kind": "error", "code": 2, "times": 2, "path_contains": "/me"})).await;
    assert_eq!(sandbox.facebook("/me", &token).await.error(), (500, 2, None));
    assert_eq!(sandbox.exchange_token(&token).await.status, 200);
    assert_eq!(sandbox.facebook("/me", &token).await.error(), (500, 2, None));
    assert_eq!(sandbox.facebook("/me", &token).await.status, 200);

    sandbox
        .control(
            "faults",
            json!({"kind": "error", "http_status": 400, "code": 613, "subcode": 1996, "is_transient": true}),
        )
        .await;
    let answer = sandbox.facebook("/me", &token).await;
    assert_eq!(answer.error(), (400, 613, Some(1996)));
    assert_eq!(answer.json()["error"]["is_transient"], true);
    let listed = sandbox.get("/_sandbox/faults").await.json();
    assert_eq!(listed["faults"][0]["hits"], 1);
    sandbox.send("DELETE", "/_sandbox/faults", &[], "").await.unwrap();
    assert_eq!(sandbox.facebook("/me", &token).await.status, 200);
}

#[tokio::test]
async fn html_empty_cut_off_slow_and_hanging_answers() {
    let sandbox = TestBox::start().await;
    let token = sandbox.long_lived(NORA).await;
    sandbox.control("faults", json!({"kind": "html_503", "times": 1})).await;
    let answer = sandbox.facebook("/me", &token).await;
    assert_eq!((answer.status, answer.header("content-type")), (503, "text/html; charset=utf-8"));
    sandbox.control("faults", json!({"kind": "empty_429", "times": 1})).await;
    let answer = sandbox.facebook("/me", &token).await;
    assert_eq!((answer.status, answer.text.as_str()), (429, "{}"));

    sandbox.control("faults", json!({"kind": "empty", "times": 1})).await;
    let answer = sandbox.facebook("/me", &token).await;
    assert_eq!((answer.status, answer.text.as_str()), (500, ""));

    // The exchange takes effect although nobody hears the answer.
    sandbox.control("settings", json!({"fb_exchange_mode": "old_token_dies"})).await;
    sandbox.control("faults", json!({"kind": "cut_off", "times": 1, "path_contains": "access_token"})).await;
    let query = encode(&[
        ("grant_type", "fb_exchange_token"),
        ("client_id", APP),
        ("client_secret", SECRET),
        ("fb_exchange_token", &token),
    ]);
    let broken =
        sandbox.send("GET", &format!("/graph.facebook.com/v25.0/oauth/access_token?{query}"), &[], "").await;
    assert!(broken.is_err());
    assert_eq!(sandbox.facebook("/me", &token).await.error(), (400, 190, Some(460)));

    let token = sandbox.long_lived(TOMAS).await;
    sandbox.control("faults", json!({"kind": "slow", "delay_ms": 60, "times": 1})).await;
    let begun = Instant::now();
    assert_eq!(sandbox.facebook("/me", &token).await.status, 200);
    assert!(begun.elapsed() >= Duration::from_millis(60));
    sandbox.control("faults", json!({"kind": "hang", "times": 1})).await;
    let hanging = tokio::time::timeout(Duration::from_millis(80), sandbox.facebook("/me", &token)).await;
    assert!(hanging.is_err());
    let last = sandbox.get("/_sandbox/ledger?path_contains=/me").await.json();
    assert_eq!(last["entries"].as_array().unwrap().last().unwrap()["status"], 0);
}

#[tokio::test]
async fn errors_have_the_shape_of_their_host_or_the_one_asked_for() {
    let sandbox = TestBox::start().await;
    sandbox
        .control("faults", json!({"kind": "error", "code": 2, "times": 1, "host": "api.instagram.com"}))
        .await;
    let flat = sandbox.exchange_instagram_code("x").await;
    assert_eq!(
        (flat.status, flat.json()["code"].clone(), flat.json()["error_type"].clone()),
        (500, json!(2), json!("OAuthException"))
    );
    sandbox.control("faults", json!({"kind": "error", "code": 2, "times": 1, "shape": "bare"})).await;
    let bare = sandbox.form("/graph.facebook.com/", &[("access_token", "x"), ("batch", "[]")]).await.json();
    assert_eq!(bare["error_code"], 2);
    assert!(bare.get("error").is_none() && bare["error_description"].is_string());
}

#[tokio::test]
async fn faults_can_be_about_one_account_or_host() {
    let sandbox = TestBox::start().await;
    let (nora, meridian) = (sandbox.long_lived(NORA).await, sandbox.instagram_long_lived(MERIDIAN).await);
    sandbox.control("faults", json!({"kind": "error", "code": 1, "host": "graph.instagram.com"})).await;
    assert_eq!(sandbox.facebook("/me", &nora).await.status, 200);
    assert_eq!(sandbox.instagram("/me", &meridian).await.error(), (500, 1, None));
    sandbox.send("DELETE", "/_sandbox/faults", &[], "").await.unwrap();
    sandbox.control("faults", json!({"kind": "error", "code": 1, "account": BAKERY})).await;
    assert_eq!(sandbox.instagram("/me", &meridian).await.status, 200);
    assert_eq!(sandbox.facebook(&format!("/{BAKERY}"), &nora).await.error(), (500, 1, None));
    assert_eq!(sandbox.facebook("/17841400000000002", &nora).await.status, 200);
}

#[tokio::test]
async fn nonsense_is_refused_with_a_reason() {
    let sandbox = TestBox::start().await;
    for (path, body) in [
        ("faults", json!({"kind": "sulk"})),
        ("faults", json!({"kind": "error"})),
        ("faults", json!({"kind": "slow"})),
        ("faults", json!({"kind": "html_503", "host": "example.com"})),
        ("faults", json!({"kind": "html_503", "unknown": 1})),
        ("faults", json!({"kind": "throttle", "account": BAKERY})),
        ("revoke", json!({"person": NORA, "subcode": 1})),
        ("revoke", json!({})),
        ("revoke", json!({"person": NORA, "account": BAKERY})),
        ("revoke", json!({"person": "1"})),
        ("expire", json!({"account": "x"})),
        ("clock", json!({})),
        ("clock", json!({"advance_seconds": "soon"})),
        ("clock", json!({"advance_seconds": 1, "offset_seconds": 1})),
        ("clock", json!({"now": "yesterday"})),
        ("clock", json!({"advance_seconds": i64::MAX})),
        ("settings", json!({"unheard": 1})),
        ("role", json!({"person": NORA, "page": BAKERY_PAGE, "tasks": ["FLY"]})),
        ("unlink-page", json!({"page": "1"})),
        ("throttle", json!({"account": BAKERY, "minutes": 0})),
        ("smtp", json!({"mode": "sing"})),
        ("smtp", json!({})),
        ("send/deauthorize", json!({"url": "https://example.com/", "person": NORA})),
    ] {
        let answer = sandbox.post_json(path, &body).await;
        assert_eq!(answer.status, 400, "{path} {body}");
        assert!(!text(&answer.json(), "/error").is_empty());
    }
    assert_eq!(sandbox.send("POST", "/_sandbox/clock", &[], "{").await.unwrap().status, 400);
    assert_eq!(sandbox.get("/_sandbox/truth?account=1&metric=reach&day=2026-01-01").await.status, 400);
    assert_eq!(sandbox.get("/_sandbox/ledger?limit=many").await.status, 400);
    assert_eq!(text(&sandbox.get("/_sandbox/mails/x").await.json(), "/error"), "x is not a number");
    let unknown = sandbox.get("/_sandbox/weather").await;
    assert!(unknown.status == 404 && unknown.json().get("error").is_some());
}

#[tokio::test]
async fn limits_rise_block_and_end() {
    let sandbox = TestBox::start().await;
    let user = sandbox.long_lived(NORA).await;
    let usage = |answer: &Answer, name: &str| -> Value { serde_json::from_str(answer.header(name)).unwrap() };
    sandbox.control("settings", json!({"account_calls_per_day": 4})).await;
    let mut shares = Vec::new();
    let path = format!("/{BAKERY}?fields=username");
    for _ in 0..4 {
        let answer = sandbox.facebook(&path, &user).await;
        shares.push(usage(&answer, "x-business-use-case-usage")[BAKERY][0]["call_count"].as_u64().unwrap());
    }
    assert_eq!(shares, [25, 50, 75, 100]);
    let over = sandbox.facebook(&path, &user).await;
    assert_eq!(over.error(), (400, 80002, None));
    assert_eq!(usage(&over, "x-business-use-case-usage")[BAKERY][0]["estimated_time_to_regain_access"], 60);
    // Calling on lengthens the block.
    let again = sandbox.facebook(&path, &user).await;
    assert_eq!(usage(&again, "x-business-use-case-usage")[BAKERY][0]["estimated_time_to_regain_access"], 61);
    assert_eq!(sandbox.facebook("/17841400000000002?fields=username", &user).await.status, 200);

    sandbox.control("settings", json!({"account_calls_per_day": null})).await;
    sandbox.send("DELETE", "/_sandbox/throttle", &[], "").await.unwrap();
    sandbox.control("throttle", json!({"account": BAKERY, "minutes": 5})).await;
    assert_eq!(sandbox.facebook(&path, &user).await.error(), (400, 80002, None));
    sandbox.control("clock", json!({"advance_seconds": 600})).await;
    assert_eq!(sandbox.facebook(&path, &user).await.status, 200);

    sandbox.control("throttle", json!({"person": NORA, "minutes": 5})).await;
    let throttled = sandbox.facebook("/me", &user).await;
    assert_eq!(throttled.error(), (400, 17, None));
    assert!(usage(&throttled, "x-app-usage")["call_count"].is_u64());
    sandbox.send("DELETE", "/_sandbox/throttle", &[], "").await.unwrap();
    let page = sandbox.page_token(&user, BAKERY_PAGE).await;
    sandbox.control("faults", json!({"kind": "throttle", "page": BAKERY_PAGE, "minutes": 5})).await;
    let throttled = sandbox.facebook("/me", &page).await;
    assert_eq!(throttled.error(), (400, 32, None));
    assert!(usage(&throttled, "x-page-usage")["call_count"].as_u64() >= Some(100));
    let pages = &usage(&throttled, "x-business-use-case-usage")[BAKERY_PAGE][0];
    assert_eq!((&pages["type"], &pages["estimated_time_to_regain_access"]), (&json!("pages"), &json!(5)));
    sandbox.control("throttle", json!({"app": true, "minutes": 5})).await;
    let app = sandbox.facebook("/me", &user).await;
    assert_eq!(app.error(), (403, 4, None));
    assert_eq!(usage(&app, "x-app-usage")["call_count"], 100);
    assert_eq!(app.json()["error"]["is_transient"], true);
}

#[tokio::test]
async fn usage_headers_move_by_default() {
    let sandbox = TestBox::start().await;
    let user = sandbox.long_lived(NORA).await;
    let mut shares = Vec::new();
    for path in ["/me".to_owned(), format!("/{BAKERY}?fields=id")] {
        let mut answer = sandbox.facebook(&path, &user).await;
        for _ in 0..240 {
            answer = sandbox.facebook(&path, &user).await;
        }
        shares.push((
            answer.header("x-app-usage").to_owned(),
            answer.header("x-business-use-case-usage").to_owned(),
        ));
    }
    assert!(shares[0].0.contains("\"call_count\":12"), "{shares:?}");
    assert!(shares[1].1.contains("\"call_count\":1,"), "{shares:?}");
}

#[tokio::test]
async fn every_item_and_every_304_counts() {
    let sandbox = TestBox::start().await;
    let token = sandbox.long_lived(NORA).await;
    sandbox.control("settings", json!({"account_calls_per_day": 100})).await;
    let used = |header: &str| -> u64 {
        let header: Value = serde_json::from_str(header).unwrap();
        header[BAKERY][0]["call_count"].as_u64().unwrap()
    };
    let path = format!("/{BAKERY}?fields=username");
    let first = sandbox.facebook(&path, &token).await;
    assert_eq!(used(first.header("x-business-use-case-usage")), 1);
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str()), ("if-none-match", first.header("etag"))];
    let same = sandbox.send("GET", &format!("/graph.facebook.com/v25.0{path}"), &headers, "").await.unwrap();
    assert_eq!((same.status, used(same.header("x-business-use-case-usage"))), (304, 2));
    let media = sandbox.facebook(&format!("/{BAKERY}/media?limit=3&fields=id"), &token).await.json();
    let ids: Vec<String> = (0..3).map(|index| text(&media, &format!("/data/{index}/id"))).collect();
    let several = sandbox.facebook(&format!("/?ids={}&fields=media_type", ids.join(",")), &token).await;
    assert_eq!(several.json().as_object().unwrap().len(), 3);
    assert_eq!(used(several.header("x-business-use-case-usage")), 6);
    // One bad id fails the whole call.
    let bad = sandbox.facebook(&format!("/?ids={},1&fields=media_type", ids[0]), &token).await;
    assert_eq!(bad.error(), (400, 100, Some(33)));
    let batch = json!(vec![json!({"method": "GET", "relative_url": &path[1..]}); 4]).to_string();
    let answer = sandbox
        .form("/graph.facebook.com/v25.0", &[("access_token", &token), ("batch", &batch)])
        .await
        .json();
    let last = answer[3]["headers"]
        .as_array()
        .unwrap()
        .iter()
        .find(|header| header["name"] == "x-business-use-case-usage")
        .unwrap();
    assert_eq!(used(last["value"].as_str().unwrap()), 11);
    // Below a share that can be chosen Meta sends no header at all.
    sandbox.control("settings", json!({"usage_headers_from_percent": 50})).await;
    assert_eq!(sandbox.facebook(&path, &token).await.header("x-business-use-case-usage"), "");
    sandbox.control("settings", json!({"account_calls_per_day": 14})).await;
    assert_eq!(used(sandbox.facebook(&path, &token).await.header("x-business-use-case-usage")), 92);
}

#[tokio::test]
async fn pages_and_messages_have_limits_of_their_own() {
    let sandbox = TestBox::start().await;
    sandbox.control("clock", json!({"frozen": true})).await;
    let scope = format!("{SCOPES},instagram_manage_messages,pages_manage_metadata");
    let form = [("person", NORA), ("decision", "continue"), ("all", "1")];
    let code = sandbox.form(&sandbox.dialog(&scope), &form).await.returned("code").unwrap();
    let user = text(&sandbox.exchange_code(&code).await.json(), "/access_token");
    let page = sandbox.page_token(&user, BAKERY_PAGE).await;
    let kind = |answer: &Answer, id: &str| -> Value {
        let header: Value = serde_json::from_str(answer.header("x-business-use-case-usage")).unwrap();
        header[id][0]["type"].clone()
    };
    let me = sandbox.facebook("/me", &page).await;
    assert_eq!(kind(&me, BAKERY_PAGE), "pages");
    assert!(me.header("x-page-usage").contains("call_count") && me.header("x-app-usage").is_empty());
    assert!(!sandbox.facebook("/me", &user).await.header("x-app-usage").is_empty());
    sandbox.control("settings", json!({"page_calls_per_day": 1})).await;
    assert_eq!(sandbox.facebook("/me", &page).await.error(), (400, 80001, None));

    let conversations = format!("/{BAKERY_PAGE}/conversations?platform=instagram");
    let list = sandbox.facebook(&conversations, &page).await;
    assert_eq!((list.status, kind(&list, BAKERY)), (200, json!("messenger")));
    sandbox.control("settings", json!({"messaging_calls_per_second": 2})).await;
    assert_eq!(sandbox.facebook(&conversations, &page).await.status, 200);
    assert_eq!(sandbox.facebook(&conversations, &page).await.error(), (400, 613, None));
    let send = [("recipient", r#"{"id":"1"}"#), ("message", r#"{"text":"x"}"#), ("access_token", &page)];
    let sent = sandbox.form("/graph.facebook.com/v25.0/me/messages", &send).await;
    assert_eq!(sent.error(), (400, 613, Some(2_534_040)));
    sandbox.control("clock", json!({"advance_seconds": 1})).await;
    assert_eq!(sandbox.facebook(&conversations, &page).await.status, 200);
    sandbox.control("settings", json!({"messenger_calls_per_day": 1})).await;
    assert_eq!(sandbox.facebook(&conversations, &page).await.error(), (400, 80006, None));
    // Insights of the same account go on.
    assert_eq!(sandbox.facebook(&format!("/{BAKERY}?fields=username"), &page).await.status, 200);
}

#[tokio::test]
async fn ended_versions_fall_forward_and_say_so() {
    let sandbox = TestBox::start().await;
    sandbox.control("clock", json!({"now": "2026-11-20T12:00:00Z"})).await;
    let token = sandbox.long_lived(NORA).await;
    let served = async |version: &str| {
        let answer = sandbox.graph(&format!("graph.facebook.com/{version}"), "/me", &token).await;
        (answer.status, answer.header("facebook-api-version").to_owned())
    };
    assert_eq!(served("v18.0").await, (200, "v21.0".into()));
    assert_eq!(served("v25.0").await, (200, "v25.0".into()));
    assert_eq!(served("v27.0").await.0, 400);
    let debug = sandbox.graph("graph.facebook.com/v18.0", "/me?debug=all", &token).await.json();
    assert!(text(&debug, "/__debug__/messages/0/message").contains("upgraded from v18.0 to v21.0"));
    let quiet = sandbox.facebook("/me?debug=all", &token).await.json();
    assert_eq!(quiet["__debug__"], json!({"messages": []}));
    assert_eq!(
        sandbox.graph("graph.facebook.com", "/me", &token).await.header("facebook-api-version"),
        "v21.0"
    );
    let meridian = sandbox.instagram_long_lived(MERIDIAN).await;
    assert_eq!(
        sandbox.graph("graph.instagram.com/v20.0", "/me", &meridian).await.header("facebook-api-version"),
        "v21.0"
    );
}

#[tokio::test]
async fn an_unchanged_body_is_304() {
    let sandbox = TestBox::start().await;
    let token = sandbox.long_lived(NORA).await;
    let first = sandbox.facebook("/me", &token).await;
    let tag = first.header("etag").to_owned();
    let header = format!("Bearer {token}");
    let again = sandbox
        .send(
            "GET",
            "/graph.facebook.com/v25.0/me",
            &[("authorization", &header), ("if-none-match", &tag)],
            "",
        )
        .await
        .unwrap();
    assert_eq!((again.status, again.text.as_str()), (304, ""));
}
