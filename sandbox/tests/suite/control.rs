//! People, ledger, expiry, and the pages for people.

use mooring_sandbox::Config;
use serde_json::json;

use crate::client::*;

#[tokio::test]
async fn people_show_grants_and_never_a_token() {
    let sandbox = TestBox::start().await;
    let token = sandbox.long_lived(NORA).await;
    let page = sandbox.page_token(&token, BAKERY_PAGE).await;
    let answer = sandbox.get("/_sandbox/people").await;
    let body = answer.json();
    let nora = &body["people"][0];
    assert_eq!(text(nora, "/name"), "Nora Lindqvist");
    assert_eq!(nora["pages"].as_array().unwrap().len(), 9);
    assert_eq!(nora["grant"]["permissions"]["instagram_basic"], "granted");
    assert_eq!(nora["tokens"].as_array().unwrap().len(), 3);
    let everything = answer.text
        + &sandbox.get("/").await.text
        + &sandbox.get("/_sandbox/ledger").await.text
        + &sandbox.get("/_sandbox/tokens").await.text;
    for secret in [&token, &page, SECRET] {
        assert!(!everything.contains(secret));
    }
}

#[tokio::test]
async fn the_ledger_says_who_called_what() {
    let sandbox = TestBox::start().await;
    let token = sandbox.long_lived(NORA).await;
    let last = sandbox.get("/_sandbox/ledger").await.json()["last_id"].as_u64().unwrap();
    sandbox.facebook(&format!("/{BAKERY}?fields=username"), &token).await;
    sandbox.facebook("/me?fields=nonsense", &token).await;
    let body = sandbox.get(&format!("/_sandbox/ledger?after={last}&host=graph.facebook.com")).await.json();
    let entries = body["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 2);
    assert_eq!((text(&entries[0], "/person"), text(&entries[0], "/account")), (NORA.into(), BAKERY.into()));
    assert_eq!(text(&entries[0], "/token").len(), 12);
    assert_eq!((entries[1]["status"].clone(), entries[1]["code"].clone()), (json!(400), json!(100)));
    let counts = sandbox.get(&format!("/_sandbox/ledger/counts?after={last}")).await.json();
    assert_eq!(counts["counts"][0]["kind"], "/{v}/me");
    assert_eq!(
        counts["counts"][1],
        json!({"host": "graph.facebook.com", "method": "GET", "kind": "/{v}/{id}", "count": 1, "errors": 0})
    );
    assert!(
        sandbox.get("/_sandbox/ledger?path_contains=dialog").await.json()["entries"]
            .as_array()
            .unwrap()
            .len()
            == 1
    );
}

#[tokio::test]
async fn expiry_by_hand_can_spare_the_page_tokens() {
    let sandbox = TestBox::start().await;
    let user = sandbox.long_lived(NORA).await;
    let page = sandbox.page_token(&user, BAKERY_PAGE).await;
    sandbox.control("expire", json!({"person": NORA, "page_tokens": false})).await;
    assert_eq!(sandbox.facebook("/me", &user).await.error(), (400, 190, Some(463)));
    assert_eq!(sandbox.facebook("/me", &page).await.status, 200);
    sandbox.control("expire", json!({"person": NORA})).await;
    assert_eq!(sandbox.facebook("/me", &page).await.error(), (400, 190, Some(463)));
    assert_eq!(sandbox.debug(&page).await["data"]["error"]["subcode"], 463);
    sandbox.control("restore", json!({"person": NORA})).await;
    assert_eq!(sandbox.facebook("/me", &page).await.status, 200);
    sandbox.control("revoke", json!({"page": BAKERY_PAGE, "subcode": 460})).await;
    assert_eq!(sandbox.facebook("/me", &page).await.error(), (400, 190, Some(460)));
    assert_eq!(sandbox.facebook("/me", &user).await.status, 200);
}

#[tokio::test]
async fn the_control_page_breaks_things_with_a_form() {
    let sandbox = TestBox::start().await;
    let token = sandbox.long_lived(TOMAS).await;
    let page = sandbox.get("/").await;
    assert!(page.text.contains("Tomas Beck") && page.text.contains("kiteandcurrent"));
    let back = sandbox.form("/_sandbox/ui/revoke", &[("person", TOMAS), ("subcode", "459")]).await;
    assert_eq!((back.status, back.header("location")), (303, "/#person-10160000000000002"));
    assert_eq!(sandbox.facebook("/me", &token).await.error(), (400, 190, Some(459)));
    sandbox.form("/_sandbox/ui/restore", &[("person", TOMAS)]).await;
    sandbox.form("/_sandbox/ui/fault", &[("fault", "{\"kind\":\"html_503\"}")]).await;
    assert_eq!(sandbox.facebook("/me", &token).await.status, 503);
    sandbox.form("/_sandbox/ui/mend", &[]).await;
    assert_eq!(sandbox.facebook("/me", &token).await.status, 200);
    sandbox.form("/_sandbox/ui/fault", &[("fault", "{\"kind\":\"hang\",\"times\":1}")]).await;
    let page = sandbox.get("/").await.text;
    assert!(page.contains("hang; hit 0 of 1"));
    let id = sandbox.get("/_sandbox/faults").await.json()["faults"][0]["id"].to_string();
    sandbox.form("/_sandbox/ui/mend-one", &[("id", &id)]).await;
    let permission = [("person", TOMAS), ("permission", "instagram_manage_insights"), ("granted", "0")];
    sandbox.form("/_sandbox/ui/permission", &permission).await;
    let declined = sandbox.facebook("/me/permissions?status=declined", &token).await.json();
    assert_eq!(text(&declined, "/data/0/permission"), "instagram_manage_insights");
    sandbox.form("/_sandbox/ui/throttle", &[("person", TOMAS)]).await;
    assert_eq!(sandbox.facebook("/me", &token).await.error(), (400, 17, None));
    assert!(sandbox.get("/").await.text.contains("Throttled: Tomas Beck, 15 min left"));
    sandbox.form("/_sandbox/ui/unthrottle", &[("key", &format!("person:{TOMAS}"))]).await;
    assert_eq!(sandbox.facebook("/me", &token).await.status, 200);
    sandbox.form("/_sandbox/ui/advance", &[("seconds", "5270400")]).await;
    assert_eq!(sandbox.facebook("/me", &token).await.error(), (400, 190, Some(463)));
    assert_eq!(sandbox.form("/_sandbox/ui/dance", &[]).await.status, 400);
}

#[tokio::test]
async fn the_traffic_page_shows_who_called_and_filters() {
    let sandbox = TestBox::start().await;
    let token = sandbox.long_lived(NORA).await;
    sandbox.facebook(&format!("/{BAKERY}?fields=username"), &token).await;
    sandbox.facebook("/me?fields=nonsense", &token).await;
    let all = sandbox.get("/traffic").await.text;
    assert!(all.contains("Nora Lindqvist") && all.contains("@harbour.bakery"));
    assert!(all.contains("fields=username") && !all.contains(&token));
    let errors = sandbox.get("/traffic?errors=1&host=graph.facebook.com&path=%2Fme").await.text;
    assert!(errors.contains("400 / 100") && !errors.contains("fields=username"));
    assert!(!sandbox.get("/traffic?host=graph.instagram.com").await.text.contains("Nora Lindqvist"));
}

#[tokio::test]
async fn generated_people_can_log_in() {
    let sandbox = TestBox::with(Config { people: 40_000, ..Config::default() }).await;
    let person = "10160100000039999";
    let token = sandbox.long_lived(person).await;
    let body = sandbox
        .facebook("/me/accounts?fields=id,instagram_business_account{id,username,followers_count}", &token)
        .await
        .json();
    let account = text(&body, "/data/0/instagram_business_account/id");
    assert!(account.starts_with("17841410"));
    let insights = sandbox.facebook(&format!("/{account}/insights?metric=reach&period=day"), &token).await;
    assert_eq!(insights.status, 200);
    let instagram = sandbox.instagram_long_lived(&account).await;
    assert_eq!(text(&sandbox.instagram("/me?fields=user_id", &instagram).await.json(), "/user_id"), account);
    assert!(sandbox.get("/").await.text.contains("The first 20 of 40000 generated people"));
    let people = sandbox.get("/_sandbox/people?offset=100&limit=2").await.json();
    assert_eq!(people["people"].as_array().unwrap().len(), 6);
}

#[tokio::test]
async fn nonsense_is_refused_with_a_reason_and_changes_nothing() {
    let sandbox = TestBox::start().await;
    sandbox.long_lived(NORA).await;
    let orders = [
        ("faults", json!({"kind": "slow", "delay_ms": 1_000_000_000_000_000_u64})),
        ("faults", json!({"kind": "html_503", "method": "FOO"})),
        ("faults", json!({"kind": "html_503", "person": "99"})),
        ("faults", json!({"kind": "hang", "code": 5})),
        ("faults", json!({"kind": "throttle", "account": BAKERY, "minutes": 5, "code": 5})),
        ("throttle", json!({"app": true, "account": BAKERY, "minutes": 5})),
        ("settings", json!({"planned_removals": [{"metric": "nope", "from_version": 26}]})),
        ("settings", json!({"planned_removals": [{"metric": "saves"}]})),
        ("settings", json!({"unapproved_permissions": ["nope"]})),
        ("settings", json!({"config_permissions": ["nope"]})),
        ("settings", json!({"app_name": ""})),
        ("expire", json!({"person": NORA, "subcode": 463})),
        ("restore", json!({"person": NORA, "subcode": 463})),
        ("revoke", json!({"person": NORA, "code": 463})),
        ("permission", json!({"person": NORA, "permission": "nope", "status": "granted"})),
        ("permission", json!({"person": NORA, "permission": "instagram_basic", "status": "granted", "x": 1})),
        ("token", json!({"person": NORA, "kind": "long_lived", "scopes": ["nope"]})),
        ("unlink-page", json!({"page": BAKERY_PAGE, "account": BAKERY})),
        ("send/deauthorize", json!({"url": "http://127.0.0.1:9/", "person": NORA, "x": 1})),
        ("send/data-deletion", json!({"url": "http://127.0.0.1:9/", "person": NORA, "x": 1})),
        ("message", json!({"account": BAKERY, "text": ""})),
        ("reset", json!({"x": 1})),
        ("clock?now=1", json!({"advance_seconds": 1})),
    ];
    for (path, order) in orders {
        let answer = sandbox.post_json(path, &order).await;
        assert_eq!(answer.status, 400, "{path} {order}: {}", answer.text);
        assert!(answer.json()["error"].as_str().unwrap().len() > 8, "{path} {order}");
    }
    let people = sandbox.get("/_sandbox/people").await.json();
    assert_eq!(people["people"][0]["tokens"][0]["valid"], true);
    assert_eq!(sandbox.get("/_sandbox/faults").await.json(), json!({"faults": []}));
    assert!(
        sandbox.get("/").await.text.contains("Everything works.") && people["people"][0]["revoked"].is_null()
    );

    let truth = format!("truth?account={BAKERY}&metric=views&day=2026-11-15");
    for path in [
        "ledger?bogus=1",
        "ledger/counts?host=graph.facebook.com",
        "people?page=2",
        "tokens?person=1",
        "clock?x",
        "mails?after=soon",
        &format!("{truth}&breakdown=zzz"),
        &format!("{truth}&breakdown=contact_button_type"),
    ] {
        let answer = sandbox.get(&format!("/_sandbox/{path}")).await;
        assert_eq!(answer.status, 400, "{path}: {}", answer.text);
        assert!(answer.json()["error"].is_string());
    }
    let parts = sandbox.get(&format!("/_sandbox/{truth}&breakdown=media_product_type")).await.json();
    let sum: u64 = parts["parts"].as_object().unwrap().values().filter_map(serde_json::Value::as_u64).sum();
    assert_eq!(parts["value"], sum);
    let wrong = sandbox.send("PUT", "/_sandbox/clock", &[], "").await.unwrap();
    assert_eq!((wrong.status, wrong.json()["error"].is_string()), (405, true));
    assert_eq!(sandbox.get("/favicon.ico").await.status, 204);
}

#[tokio::test]
async fn an_account_has_one_page_at_most() {
    let sandbox = TestBox::start().await;
    const OTHER: &str = "104400000000008";
    let link = |page: &str, account: &str| json!({"page": page, "account": account});
    let refused = sandbox.post_json("link-page", &link(OTHER, BAKERY)).await;
    assert_eq!(refused.status, 400);
    assert!(refused.text.contains("Harbour Bakery") && refused.text.contains(BAKERY_PAGE));
    sandbox.control("link-page", link(BAKERY_PAGE, BAKERY)).await;
    sandbox.control("unlink-page", json!({"page": BAKERY_PAGE})).await;
    sandbox.control("link-page", link(OTHER, BAKERY)).await;
    // Now the way back is barred, with a form as well.
    assert_eq!(sandbox.post_json("link-page", &json!({"page": BAKERY_PAGE})).await.status, 400);
    assert_eq!(sandbox.form("/_sandbox/ui/link", &[("page", BAKERY_PAGE)]).await.status, 400);
    sandbox.control("unlink-page", json!({"page": OTHER})).await;
    sandbox.control("link-page", json!({"page": BAKERY_PAGE})).await;
    // An account that the seed links to no Page is free.
    sandbox.control("link-page", link(OTHER, MERIDIAN)).await;
}

#[tokio::test]
async fn a_named_moment_is_reached() {
    let sandbox = TestBox::start().await;
    let moment = "2027-01-21T00:00:00Z";
    let clock = sandbox.control("clock", json!({"now": moment})).await;
    assert!(text(&clock, "/now").as_str() >= "2027-01-21T00:00:00", "{clock}");
    let token = sandbox.long_lived(NORA).await;
    let answer = sandbox.graph("graph.facebook.com/v21.0", "/me", &token).await;
    assert_eq!(answer.header("facebook-api-version"), "v22.0");
    for order in [json!({"frozen": true, "now": moment}), json!({"now": moment})] {
        let clock = sandbox.control("clock", order).await;
        assert_eq!((text(&clock, "/now"), clock["frozen"].clone()), (moment.into(), json!(true)));
    }
}

#[tokio::test]
async fn every_request_is_in_the_ledger_and_no_token_is_readable_there() {
    let sandbox = TestBox::start().await;
    let token = sandbox.long_lived(NORA).await;
    let instagram = sandbox.instagram_long_lived(BAKERY).await;
    let last = sandbox.get("/_sandbox/ledger").await.json()["last_id"].as_u64().unwrap();
    let big = "x".repeat(5 << 20);
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let path = format!("/graph.facebook.com/v25.0/{token}");
    assert_eq!(sandbox.send("POST", &path, &form, &big).await.unwrap().status, 413);
    sandbox.get(&path).await;
    sandbox.get(&path.replace("EAA", "E%41A")).await;
    sandbox.get(&format!("/graph.instagram.com/v25.0/me?Access_Token={instagram}&{token}=1")).await;
    sandbox.get(&format!("/graph.facebook.com/v25.0/me?method={token}")).await;
    let json = [("content-type", "application/json")];
    let deep = json!({"a": {"b": [format!("Bearer {token}")]}, "client_assertion": SECRET}).to_string();
    sandbox.send("POST", "/graph.facebook.com/v25.0/me", &json, &deep).await.unwrap();
    let batch = json!([{"method": "GET", "relative_url": format!("v25.0/me?x={token}")}]).to_string();
    sandbox.form("/graph.facebook.com/", &[("access_token", &token), ("batch", &batch)]).await;

    let ledger = sandbox.get(&format!("/_sandbox/ledger?after={last}")).await;
    let body = ledger.json();
    let entries = body["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 8, "{body}");
    assert_eq!((entries[0]["status"].clone(), text(&entries[0], "/method")), (json!(413), "POST".into()));
    assert!(text(&entries[0], "/path").contains("fp_"));
    let shown = (ledger.text + &sandbox.get("/traffic").await.text).to_lowercase();
    for hidden in [&token[8..60], &instagram[8..60], SECRET] {
        assert!(!shown.contains(&hidden.to_lowercase()));
    }
}

#[tokio::test]
async fn a_token_declared_expired_does_not_end_in_the_future() {
    let sandbox = TestBox::start().await;
    let token = sandbox.long_lived(NORA).await;
    let before = sandbox.debug(&token).await["data"]["expires_at"].as_i64().unwrap();
    sandbox.control("revoke", json!({"person": NORA, "subcode": 463})).await;
    let data = sandbox.debug(&token).await["data"].clone();
    let now = sandbox.get("/_sandbox/clock").await.json();
    let now = chrono::DateTime::parse_from_rfc3339(&text(&now, "/now")).unwrap().timestamp();
    assert_eq!(data["error"]["subcode"], 463);
    let ended = data["expires_at"].as_i64().unwrap();
    assert!(ended <= now && ended > now - 60 && before > now);
    // A changed password says nothing about the date.
    sandbox.control("restore", json!({"person": NORA})).await;
    sandbox.control("revoke", json!({"person": NORA, "subcode": 460})).await;
    assert_eq!(sandbox.debug(&token).await["data"]["expires_at"], before);
}

#[tokio::test]
async fn settings_are_seen_and_changed_on_the_control_page() {
    let sandbox = TestBox::start().await;
    assert!(sandbox.get("/").await.text.contains("Everything is as by default."));
    let form = [("fb_exchange_mode", "same_string"), ("ig_subcodes", "true"), ("me_shape", "flat")];
    let back = sandbox.form("/_sandbox/ui/settings", &form).await;
    assert_eq!((back.status, back.header("location")), (303, "/#settings"));
    let settings = sandbox.get("/_sandbox/settings").await.json();
    assert_eq!(
        (&settings["fb_exchange_mode"], &settings["ig_subcodes"]),
        (&json!("same_string"), &json!(true))
    );
    let page = sandbox.get("/").await.text;
    assert!(
        page.contains("fb_exchange_mode = &quot;same_string&quot;") && page.contains("ig_subcodes = true")
    );
    assert!(page.contains("<option selected>same_string</option>") && !page.contains("me_shape ="));
    assert_eq!(sandbox.form("/_sandbox/ui/settings", &[("me_shape", "round")]).await.status, 400);
    sandbox.form("/_sandbox/ui/default-settings", &[]).await;
    assert!(sandbox.get("/").await.text.contains("Everything is as by default."));
}
