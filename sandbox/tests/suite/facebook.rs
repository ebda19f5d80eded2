//! Facebook Login from the dialog to the Page token.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};

use crate::client::*;

#[tokio::test]
async fn the_dialog_is_a_plain_form_that_leads_back_with_code_and_state() {
    let sandbox = TestBox::start().await;
    let page = sandbox.get(&sandbox.dialog(SCOPES)).await;
    assert_eq!(page.status, 200);
    for part in [
        "Nora Lindqvist",
        "Tomas Beck",
        "name=\"person\"",
        "name=\"page\"",
        "name=\"scope\"",
        "name=\"decision\"",
        "value=\"cancel\"",
        "action=\"/www.facebook.com/v25.0/dialog/oauth\"",
    ] {
        assert!(page.text.contains(part), "{part}");
    }
    let form = [
        ("client_id", APP),
        ("redirect_uri", CALLBACK),
        ("state", "s&=#1"),
        ("scope_asked", SCOPES),
        ("scope", "instagram_basic"),
        ("scope", "pages_show_list"),
        ("person", NORA),
        ("page", BAKERY_PAGE),
        ("decision", "continue"),
    ];
    let back = sandbox.form("/www.facebook.com/v25.0/dialog/oauth", &form).await;
    assert_eq!(back.status, 302);
    assert!(back.header("location").starts_with(CALLBACK) && back.header("location").ends_with("#_=_"));
    assert_eq!(back.returned("state").as_deref(), Some("s&=#1"));
    let token = text(&sandbox.exchange_code(&back.returned("code").unwrap()).await.json(), "/access_token");
    let permissions = sandbox.facebook("/me/permissions", &token).await.json();
    let of = |name: &str| {
        permissions["data"]
            .as_array()
            .unwrap()
            .iter()
            .find(|row| row["permission"] == name)
            .map(|row| text(row, "/status"))
    };
    assert_eq!(of("instagram_basic").as_deref(), Some("granted"));
    assert_eq!(of("instagram_manage_insights").as_deref(), Some("declined"));
}

#[tokio::test]
async fn cancelling_and_wrong_requests() {
    let sandbox = TestBox::start().await;
    let denied = sandbox.form(&sandbox.dialog(SCOPES), &[("person", NORA), ("decision", "cancel")]).await;
    assert_eq!(denied.returned("error").as_deref(), Some("access_denied"));
    assert_eq!(denied.returned("error_reason").as_deref(), Some("user_denied"));
    assert_eq!(denied.returned("error_code").as_deref(), Some("200"));
    assert_eq!(denied.returned("state").as_deref(), Some("st-1"));
    for (name, value) in [
        ("client_id", "1"),
        ("redirect_uri", "https://elsewhere.example/"),
        ("scope", "instagram_everything"),
    ] {
        let mut pairs = vec![("client_id", APP), ("redirect_uri", CALLBACK), ("scope", "instagram_basic")];
        pairs.retain(|(key, _)| *key != name);
        pairs.push((name, value));
        let answer = sandbox.get(&format!("/www.facebook.com/v25.0/dialog/oauth?{}", encode(&pairs))).await;
        assert_eq!((answer.status, answer.header("location")), (400, ""), "{name}");
    }
}

#[tokio::test]
async fn login_for_business_grants_everything_or_nothing() {
    let sandbox = TestBox::start().await;
    let query = encode(&[
        ("client_id", APP),
        ("redirect_uri", CALLBACK),
        ("state", "x"),
        ("config_id", "77"),
        ("response_type", "code"),
    ]);
    let back = sandbox
        .form(
            &format!("/www.facebook.com/v25.0/dialog/oauth?{query}"),
            &[("person", TOMAS), ("decision", "continue"), ("all", "1")],
        )
        .await;
    let token = text(&sandbox.exchange_code(&back.returned("code").unwrap()).await.json(), "/access_token");
    let permissions = sandbox.facebook("/me/permissions", &token).await.json();
    assert!(permissions["data"].as_array().unwrap().iter().all(|row| row["status"] == "granted"));
}

#[tokio::test]
async fn what_was_declined_may_need_a_second_question() {
    let sandbox = TestBox::start().await;
    sandbox.control("settings", json!({"declined_needs_rerequest": true})).await;
    sandbox.code(NORA, &[("scope", "instagram_basic,pages_show_list"), ("all", "1")]).await;
    let status = async |auth_type: &str| {
        let target = format!("{}&auth_type={auth_type}", sandbox.dialog(SCOPES));
        let form = [("person", NORA), ("decision", "continue"), ("all", "1")];
        let code = sandbox.form(&target, &form).await.returned("code").unwrap();
        let token = text(&sandbox.exchange_code(&code).await.json(), "/access_token");
        let path = "/me/permissions?permission=instagram_manage_insights";
        text(&sandbox.facebook(path, &token).await.json(), "/data/0/status")
    };
    assert_eq!(status("reauthorize").await, "declined");
    assert_eq!(status("rerequest").await, "granted");
}

#[tokio::test]
async fn a_code_of_the_other_login_is_worth_nothing() {
    let sandbox = TestBox::start().await;
    let (facebook, instagram) = (sandbox.code(NORA, &[]).await, sandbox.instagram_code(BAKERY).await);
    assert_eq!(sandbox.exchange_code(&instagram).await.error(), (400, 100, None));
    let flat = sandbox.exchange_instagram_code(&facebook).await;
    assert_eq!((flat.status, flat.json()["error_type"].clone()), (400, json!("OAuthException")));
    assert!(flat.json().get("error").is_none());
    // Neither attempt has used them up.
    assert_eq!(sandbox.exchange_code(&facebook).await.status, 200);
    assert_eq!(sandbox.exchange_instagram_code(&instagram).await.status, 200);
}

#[tokio::test]
async fn a_code_works_once_for_its_redirect_and_not_for_ever() {
    let sandbox = TestBox::start().await;
    let code = sandbox.code(NORA, &[]).await;
    let token = sandbox.exchange_code(&code).await;
    assert_eq!(token.json()["expires_in"], 5_400);
    assert_eq!(token.json()["token_type"], "bearer");
    let again = sandbox.exchange_code(&code).await;
    assert_eq!(again.error(), (400, 100, Some(36009)));
    assert!(again.header("www-authenticate").starts_with("OAuth \"Facebook Platform\" \"invalid_code\""));

    let exchange = async |app: &str, secret: &str, redirect: &str, code: &str| {
        let query = encode(&[
            ("client_id", app),
            ("client_secret", secret),
            ("redirect_uri", redirect),
            ("code", code),
        ]);
        sandbox.get(&format!("/graph.facebook.com/v25.0/oauth/access_token?{query}")).await.error()
    };
    let code = sandbox.code(NORA, &[]).await;
    assert_eq!(exchange(APP, SECRET, "http://127.0.0.1:9/other", &code).await, (400, 100, Some(36008)));
    assert_eq!(exchange(APP, "wrong", CALLBACK, &code).await, (400, 1, None));
    assert_eq!(exchange("1", SECRET, CALLBACK, &code).await, (400, 101, None));
    sandbox.control("clock", json!({"advance_seconds": 601})).await;
    assert_eq!(exchange(APP, SECRET, CALLBACK, &code).await, (400, 100, Some(36007)));
}

#[tokio::test]
async fn all_pages_are_found_by_following_next() {
    let sandbox = TestBox::start().await;
    let token = sandbox.long_lived(NORA).await;
    let fields =
        "id,name,access_token,tasks,category_list,instagram_business_account{id,username,followers_count}";
    let mut target =
        format!("/graph.facebook.com/v25.0/me/accounts?limit=4&fields={fields}&access_token={token}");
    let (mut pages, mut calls) = (Vec::new(), 0);
    loop {
        let body = sandbox.get(&target).await.json();
        calls += 1;
        pages.extend(body["data"].as_array().unwrap().clone());
        match body.pointer("/paging/next").and_then(Value::as_str) {
            Some(next) => target = next.to_owned(),
            None => break,
        }
    }
    assert_eq!((pages.len(), calls), (9, 3));
    assert_eq!(pages.iter().filter(|page| page.get("instagram_business_account").is_none()).count(), 1);
    assert_eq!(text(&pages[0], "/instagram_business_account/id"), BAKERY);
    assert!(pages.iter().all(|page| text(page, "/access_token").starts_with("EAA")));
    // A page of the list may be empty and still not be the last.
    sandbox.control("settings", json!({"pages_empty_page": true})).await;
    let first = sandbox.facebook("/me/accounts?limit=4&fields=id", &token).await.json();
    let second = sandbox.get(&text(&first, "/paging/next")).await.json();
    assert_eq!(second["data"], json!([]));
    let third = sandbox.get(&text(&second, "/paging/next")).await.json();
    assert_eq!(third["data"].as_array().unwrap().len(), 1);
    sandbox.control("settings", json!({"pages_empty_page": false})).await;
    let counted = sandbox.facebook("/me/accounts?limit=2&summary=true", &token).await.json();
    assert_eq!(counted["summary"], json!({"total_count": 9}));
    assert!(sandbox.facebook("/me/accounts?limit=2", &token).await.json().get("summary").is_none());
    // Naming fields drops the defaults.
    let plain = sandbox.facebook("/me/accounts?fields=id", &token).await.json();
    assert_eq!(plain.pointer("/data/0").unwrap().as_object().unwrap().len(), 1);
}

#[tokio::test]
async fn portfolio_pages_hide_without_business_management() {
    let sandbox = TestBox::start().await;
    let form = [("person", NORA), ("decision", "continue"), ("all", "1")];
    let without = SCOPES.replace(",business_management", "");
    let code = sandbox.form(&sandbox.dialog(&without), &form).await.returned("code").unwrap();
    let token = text(&sandbox.exchange_code(&code).await.json(), "/access_token");
    assert_eq!(
        sandbox.facebook("/me/accounts?limit=100", &token).await.json()["data"].as_array().unwrap().len(),
        8
    );
    assert_eq!(sandbox.facebook("/me/businesses", &token).await.error(), (400, 10, None));

    let token = sandbox.long_lived(NORA).await;
    let business = text(&sandbox.facebook("/me/businesses", &token).await.json(), "/data/0/id");
    let owned = sandbox
        .facebook(
            &format!("/{business}/owned_pages?fields=id,access_token,instagram_business_account{{username}}"),
            &token,
        )
        .await
        .json();
    assert_eq!(text(&owned, "/data/0/instagram_business_account/username"), "aurora.outfitters");
    assert_eq!(
        sandbox.facebook(&format!("/{business}/client_pages"), &token).await.json(),
        json!({"data": []})
    );
    let priya = sandbox.long_lived(PRIYA).await;
    let business = text(&sandbox.facebook("/me/businesses", &priya).await.json(), "/data/0/id");
    let clients = sandbox.facebook(&format!("/{business}/client_pages"), &priya).await.json();
    assert_eq!(text(&clients, "/data/0/name"), "Tidepool Kitchen");
}

#[tokio::test]
async fn chosen_pages_show_as_granular_targets() {
    let sandbox = TestBox::start().await;
    let chosen = [("page", BAKERY_PAGE), ("page", "104400000000009"), ("scope", SCOPES)];
    let code = sandbox.code(NORA, &chosen).await;
    let token = text(&sandbox.exchange_code(&code).await.json(), "/access_token");
    let data = sandbox.debug(&token).await["data"].clone();
    let targets = |scope: &str| {
        data["granular_scopes"].as_array().unwrap().iter().find(|row| row["scope"] == scope).unwrap()["target_ids"].clone()
    };
    assert_eq!(targets("pages_show_list"), json!([BAKERY_PAGE, "104400000000009"]));
    assert_eq!(targets("instagram_basic"), json!([BAKERY, "17841400000000008"]));
    assert_eq!(targets("business_management"), Value::Null);
    // What was not chosen does not exist for this token.
    assert_eq!(sandbox.facebook("/104400000000002", &token).await.error(), (400, 100, Some(33)));
    assert_eq!(
        sandbox.facebook("/17841400000000002?fields=username", &token).await.error(),
        (400, 100, Some(33))
    );
    let everything = sandbox.long_lived(NORA).await;
    let data = sandbox.debug(&everything).await["data"].clone();
    assert!(data["granular_scopes"].as_array().unwrap().iter().all(|row| row.get("target_ids").is_none()));
}

#[tokio::test]
async fn a_page_unticked_under_one_person_stays_unticked_though_another_shares_it() {
    let sandbox = TestBox::start().await;
    let page = sandbox.get(&sandbox.dialog(SCOPES)).await.text;
    let attribute = |input: &str, name: &str| {
        input.split(&format!("{name}=\"")).nth(1).and_then(|rest| rest.split('"').next()).map(str::to_owned)
    };
    let inputs: Vec<(String, String)> = page
        .split("<input ")
        .skip(1)
        .filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value")?)))
        .filter(|(name, _)| name == "page" || name == "pages_of")
        .collect();
    // What a browser sends: Nora unticks the Page, Priya's hidden box of it stays ticked.
    let shared = "104400000000002";
    let unticked = inputs.iter().position(|(_, value)| value == shared).unwrap();
    let mut form: Vec<(&str, &str)> = vec![("scope", SCOPES)];
    form.extend(inputs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    form.remove(unticked + 1);
    assert!(form.contains(&("page", shared)));
    let code = sandbox.code(NORA, &form).await;
    let token = text(&sandbox.exchange_code(&code).await.json(), "/access_token");
    let listed = sandbox.facebook("/me/accounts?fields=id&limit=100", &token).await.json();
    assert_eq!(listed["data"].as_array().unwrap().len(), 8);
    assert!(!listed.to_string().contains(shared));
}

#[tokio::test]
async fn debug_token_tells_what_a_token_is() {
    let sandbox = TestBox::start().await;
    let now: i64 =
        chrono::DateTime::parse_from_rfc3339(&text(&sandbox.get("/_sandbox/clock").await.json(), "/now"))
            .unwrap()
            .timestamp();
    let user = sandbox.long_lived(NORA).await;
    let data = sandbox.debug(&user).await["data"].clone();
    assert_eq!(
        (data["type"].clone(), data["is_valid"].clone(), data["user_id"].clone()),
        (json!("USER"), json!(true), json!(NORA))
    );
    assert!((data["expires_at"].as_i64().unwrap() - now - 5_183_944).abs() < 5);
    assert!((data["data_access_expires_at"].as_i64().unwrap() - now - 90 * 86_400).abs() < 5);
    assert!(data["issued_at"].as_i64().is_some());

    let page = sandbox.page_token(&user, BAKERY_PAGE).await;
    let data = sandbox.debug(&page).await["data"].clone();
    assert_eq!(
        (data["type"].clone(), data["expires_at"].clone(), data["profile_id"].clone()),
        (json!("PAGE"), json!(0), json!(BAKERY_PAGE))
    );

    let unknown = sandbox.debug("EAAnonsense").await;
    assert_eq!(unknown["data"]["is_valid"], false);
    assert_eq!(unknown["data"]["error"]["code"], 190);
    assert!(unknown["data"].get("app_id").is_none());

    sandbox.control("revoke", json!({"person": NORA, "subcode": 460})).await;
    let dead = sandbox.debug(&user).await["data"].clone();
    assert_eq!(
        (dead["is_valid"].clone(), dead["error"]["subcode"].clone(), dead["scopes"].clone()),
        (json!(false), json!(460), json!([]))
    );
    // Their own tokens anybody may inspect, those of somebody else only the app.
    let tomas = sandbox.long_lived(TOMAS).await;
    let ask = async |caller: &str, input: &str| {
        sandbox.facebook(&format!("/debug_token?input_token={input}"), caller).await
    };
    assert_eq!(ask(&tomas, &tomas).await.json()["data"]["is_valid"], true);
    assert_eq!(ask(&tomas, &user).await.error(), (400, 100, None));
    assert_eq!(ask(&tomas, &format!("{APP}%7C{SECRET}")).await.error(), (400, 100, None));
    let app = format!("{APP}|{SECRET}");
    let form = [("input_token", tomas.as_str()), ("access_token", &app)];
    let posted = sandbox.form("/graph.facebook.com/v25.0/debug_token", &form).await.json();
    assert_eq!(posted["data"]["user_id"], TOMAS);
    // A bad calling token is an ordinary error.
    let wrong = format!("{APP}|wrong");
    let answer = sandbox
        .get(&format!(
            "/graph.facebook.com/v25.0/debug_token?{}",
            encode(&[("input_token", &user), ("access_token", &wrong)])
        ))
        .await;
    assert_eq!(answer.error(), (400, 190, None));
}

#[tokio::test]
async fn the_variants_of_exchanging_a_long_lived_token() {
    let sandbox = TestBox::start().await;
    let expiry = async |token: &str| sandbox.debug(token).await["data"]["expires_at"].as_i64().unwrap();
    let first = sandbox.long_lived(NORA).await;
    let ends = expiry(&first).await;
    sandbox.control("clock", json!({"advance_seconds": 864_000})).await;

    let second = sandbox.exchange_token(&first).await.json();
    assert_eq!(second["expires_in"], 5_183_944);
    assert_ne!(text(&second, "/access_token"), first);
    assert!(expiry(&text(&second, "/access_token")).await >= ends + 864_000);

    sandbox.control("settings", json!({"fb_exchange_mode": "without_expires_in"})).await;
    assert!(sandbox.exchange_token(&first).await.json().get("expires_in").is_none());

    sandbox.control("settings", json!({"fb_exchange_mode": "does_not_extend"})).await;
    let same_end = text(&sandbox.exchange_token(&first).await.json(), "/access_token");
    assert_eq!(expiry(&same_end).await, ends);

    sandbox.control("settings", json!({"fb_exchange_mode": "same_string"})).await;
    assert_eq!(text(&sandbox.exchange_token(&first).await.json(), "/access_token"), first);
    assert!(expiry(&first).await >= ends + 864_000);

    sandbox.control("settings", json!({"fb_exchange_mode": "old_token_dies"})).await;
    let last = text(&sandbox.exchange_token(&first).await.json(), "/access_token");
    assert_eq!(sandbox.facebook("/me", &first).await.error(), (400, 190, Some(460)));
    assert_eq!(sandbox.facebook("/me", &last).await.status, 200);
}

#[tokio::test]
async fn an_expired_token_cannot_be_exchanged_and_the_page_token_lives_on() {
    let sandbox = TestBox::start().await;
    let user = sandbox.long_lived(NORA).await;
    let page = sandbox.page_token(&user, BAKERY_PAGE).await;
    sandbox.control("clock", json!({"advance_seconds": 61 * 86_400})).await;
    assert_eq!(sandbox.exchange_token(&user).await.error(), (400, 190, Some(463)));
    assert!(sandbox.facebook("/me", &user).await.text.contains("Session has expired on"));
    assert_eq!(sandbox.facebook(&format!("/{BAKERY}?fields=username"), &page).await.status, 200);
    // Thirty days later the person's data access has lapsed, though the Page token has not.
    sandbox.control("clock", json!({"advance_seconds": 30 * 86_400})).await;
    assert_eq!(sandbox.facebook(&format!("/{BAKERY}?fields=username"), &page).await.error(), (400, 10, None));
    assert_eq!(sandbox.debug(&page).await["data"]["is_valid"], true);
}

#[tokio::test]
async fn every_subcode_can_be_had_and_undone() {
    let sandbox = TestBox::start().await;
    let user = sandbox.long_lived(TOMAS).await;
    for subcode in [458, 459, 460, 463, 464, 467, 492] {
        sandbox.control("revoke", json!({"person": TOMAS, "subcode": subcode})).await;
        assert_eq!(sandbox.facebook("/me", &user).await.error(), (400, 190, Some(subcode)));
        sandbox.control("restore", json!({"person": TOMAS})).await;
        assert_eq!(sandbox.facebook("/me", &user).await.status, 200, "{subcode}");
    }
    sandbox.control("revoke", json!({"person": TOMAS, "subcode": null})).await;
    assert_eq!(sandbox.facebook("/me", &user).await.error(), (400, 190, None));
    // A new login works at once; the old string stays dead.
    let new = sandbox.long_lived(TOMAS).await;
    assert_eq!(sandbox.facebook("/me", &new).await.status, 200);
    assert_eq!(sandbox.facebook("/me", &user).await.error().1, 190);
}

#[tokio::test]
async fn roles_links_and_permissions_can_be_withdrawn() {
    let sandbox = TestBox::start().await;
    let user = sandbox.long_lived(NORA).await;
    let page = sandbox.page_token(&user, BAKERY_PAGE).await;
    sandbox.control("role", json!({"person": NORA, "page": BAKERY_PAGE, "tasks": []})).await;
    assert_eq!(sandbox.facebook("/me", &page).await.error(), (400, 190, Some(492)));
    assert_eq!(
        sandbox.facebook("/me/accounts?limit=100", &user).await.json()["data"].as_array().unwrap().len(),
        8
    );
    sandbox.control("role", json!({"person": NORA, "page": BAKERY_PAGE, "tasks": ["ANALYZE"]})).await;
    assert_eq!(sandbox.facebook("/me", &page).await.status, 200);

    sandbox.control("unlink-page", json!({"page": BAKERY_PAGE})).await;
    let body =
        sandbox.facebook(&format!("/{BAKERY_PAGE}?fields=instagram_business_account"), &user).await.json();
    assert!(body.get("instagram_business_account").is_none());
    assert_eq!(
        sandbox.facebook(&format!("/{BAKERY}?fields=username"), &page).await.error(),
        (400, 100, Some(33))
    );
    sandbox.control("link-page", json!({"page": BAKERY_PAGE})).await;
    assert_eq!(sandbox.facebook(&format!("/{BAKERY}?fields=username"), &page).await.status, 200);

    let delete = async |path: &str| {
        let header = format!("Bearer {user}");
        sandbox
            .send("DELETE", &format!("/graph.facebook.com/v25.0/{path}"), &[("authorization", &header)], "")
            .await
            .unwrap()
    };
    // By name, in the path or beside it, only that permission goes.
    assert_eq!(
        delete("me/permissions?permission=instagram_manage_insights").await.json(),
        json!({"success": true})
    );
    let left = sandbox.facebook("/me/permissions?permission=instagram_manage_insights", &user).await.json();
    assert_eq!(left["data"], json!([{"permission": "instagram_manage_insights", "status": "declined"}]));
    let declined = sandbox.facebook("/me/permissions?status=declined", &user).await.json();
    assert_eq!(declined["data"].as_array().unwrap().len(), 1);
    assert_eq!(delete(&format!("{NORA}/permissions/instagram_basic")).await.json(), json!({"success": true}));
    assert_eq!(sandbox.facebook(&format!("/{BAKERY}?fields=username"), &user).await.error(), (400, 10, None));
    assert_eq!(delete("me/permissions").await.json(), json!({"success": true}));
    assert_eq!(sandbox.facebook("/me", &user).await.error(), (400, 190, Some(458)));
    assert_eq!(sandbox.facebook("/me", &page).await.error(), (400, 190, Some(458)));
}

#[tokio::test]
async fn permissions_without_review_are_silently_missing() {
    let sandbox = TestBox::start().await;
    sandbox.control("settings", json!({"unapproved_permissions": ["instagram_manage_insights"]})).await;
    let token = sandbox.long_lived(NORA).await;
    let permissions = sandbox.facebook("/me/permissions", &token).await.text;
    assert!(!permissions.contains("instagram_manage_insights"));
    let insights = sandbox.facebook(&format!("/{BAKERY}/insights?metric=reach&period=day"), &token).await;
    assert_eq!(insights.error(), (400, 10, None));
}

#[tokio::test]
async fn app_secret_proof_is_checked_when_sent_and_missed_when_required() {
    let sandbox = TestBox::start().await;
    let token = sandbox.long_lived(NORA).await;
    let hex = |message: String| {
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
        mac.update(message.as_bytes());
        hex::encode(mac.finalize().into_bytes())
    };
    let plain = hex(token.clone());
    let now =
        chrono::DateTime::parse_from_rfc3339(&text(&sandbox.get("/_sandbox/clock").await.json(), "/now"))
            .unwrap()
            .timestamp();
    let me = async |query: String| sandbox.facebook(&format!("/me?fields=id{query}"), &token).await;
    assert_eq!(me(format!("&appsecret_proof={plain}")).await.status, 200);
    let wrong = me("&appsecret_proof=00".into()).await;
    assert_eq!(wrong.error(), (400, 100, None));
    assert_eq!(text(&wrong.json(), "/error/type"), "GraphMethodException");
    let timed = hex(format!("{token}|{now}"));
    assert_eq!(me(format!("&appsecret_proof={timed}&appsecret_time={now}")).await.status, 200);
    let old = now - 301;
    let late = hex(format!("{token}|{old}"));
    assert_eq!(me(format!("&appsecret_proof={late}&appsecret_time={old}")).await.status, 400);
    sandbox.control("settings", json!({"require_appsecret_proof": true})).await;
    assert_eq!(me(String::new()).await.error(), (400, 100, None));
    assert_eq!(me(format!("&appsecret_proof={plain}")).await.status, 200);
    assert_eq!(sandbox.exchange_token(&token).await.status, 200);
    // In a batch the proof at the top covers the token at the top; another token needs its own.
    let other = {
        let path = format!("/{BAKERY_PAGE}?fields=access_token&appsecret_proof={plain}");
        text(&sandbox.facebook(&path, &token).await.json(), "/access_token")
    };
    let batch = json!([
        {"method": "GET", "relative_url": "me?fields=id"},
        {"method": "GET", "relative_url": format!("me?fields=id&access_token={other}")},
        {"method": "GET", "relative_url": format!("me?fields=id&access_token={other}&appsecret_proof={}", hex(other.clone()))},
    ]);
    let form = [("access_token", token.as_str()), ("appsecret_proof", &plain), ("batch", &batch.to_string())];
    let answer = sandbox.form("/graph.facebook.com/v25.0/", &form).await.json();
    let codes: Vec<u64> = (0..3).map(|item| answer[item]["code"].as_u64().unwrap()).collect();
    assert_eq!(codes, [200, 400, 200]);
}

#[tokio::test]
async fn app_tokens_and_host_headers() {
    let sandbox = TestBox::start().await;
    let query =
        encode(&[("grant_type", "client_credentials"), ("client_id", APP), ("client_secret", SECRET)]);
    let app = text(
        &sandbox.get(&format!("/graph.facebook.com/oauth/access_token?{query}")).await.json(),
        "/access_token",
    );
    assert!(app.starts_with(&format!("{APP}|")));
    let user = sandbox.long_lived(NORA).await;
    let query = encode(&[("input_token", &user), ("access_token", &app)]);
    assert_eq!(sandbox.get(&format!("/graph.facebook.com/v25.0/debug_token?{query}")).await.status, 200);
    // An SDK that only overrides the address sends the real host name.
    let host = sandbox
        .send("GET", &format!("/v25.0/me?access_token={user}"), &[("host", "graph.facebook.com")], "")
        .await
        .unwrap();
    assert_eq!(host.json(), json!({"id": NORA, "name": "Nora Lindqvist"}));
    assert_eq!(
        sandbox
            .form("/graph.facebook.com/v25.0/me", &[("access_token", &user), ("method", "get")])
            .await
            .status,
        200
    );
    assert_eq!(sandbox.get(&format!("/graph.facebook.com/v25.0/{NORA}")).await.error(), (400, 104, None));
    for path in ["me?fields=id".to_owned(), format!("me?access_token={}", app.replace('|', "%7C"))] {
        let nobody = sandbox.get(&format!("/graph.facebook.com/v25.0/{path}")).await;
        assert_eq!(nobody.error(), (400, 2500, None));
        assert!(nobody.text.contains("An active access token must be used"), "{}", nobody.text);
    }
}

#[tokio::test]
async fn a_system_users_token_outlives_the_person_and_need_not_end() {
    let sandbox = TestBox::start().await;
    sandbox.control("settings", json!({"config_token": "system_user"})).await;
    let target = format!("{}&config_id=77", sandbox.dialog(""));
    let form = [("person", NORA), ("decision", "continue"), ("all", "1")];
    let code = sandbox.form(&target, &form).await.returned("code").unwrap();
    let answer = sandbox.exchange_code(&code).await.json();
    assert!(answer.get("expires_in").is_none(), "{answer}");
    let token = text(&answer, "/access_token");

    sandbox.control("revoke", json!({"person": NORA})).await;
    sandbox.control("clock", json!({"advance_seconds": 200 * 86_400})).await;
    let me = sandbox.facebook("/me?fields=id,name,client_business_id", &token).await.json();
    assert_eq!(
        (text(&me, "/id").as_str(), text(&me, "/client_business_id").as_str()),
        (NORA_SYSTEM, "204400000000001")
    );
    let debugged = sandbox.debug(&token).await["data"].clone();
    assert_eq!(
        (&debugged["type"], &debugged["is_valid"], &debugged["expires_at"]),
        (&json!("SYSTEM_USER"), &json!(true), &json!(0))
    );
    assert_eq!(debugged["data_access_expires_at"], 0);
    let pages = sandbox.facebook("/me/accounts?fields=id,access_token&limit=100", &token).await.json();
    assert_eq!(pages["data"].as_array().unwrap().len(), 9);
    let page_token = text(&pages, "/data/0/access_token");
    assert_eq!(sandbox.facebook(&format!("/{BAKERY}?fields=username"), &page_token).await.status, 200);

    sandbox.control("revoke", json!({"person": NORA_SYSTEM, "subcode": 467})).await;
    assert_eq!(sandbox.facebook("/me", &token).await.error(), (400, 190, Some(467)));
}

#[tokio::test]
async fn a_system_users_token_of_60_days_is_renewed_only_when_asked_so() {
    let sandbox = TestBox::start().await;
    sandbox.control("clock", json!({"frozen": true})).await;
    let order = json!({"person": NORA, "kind": "system_user_60_days"});
    let token = text(&sandbox.control("token", order).await, "/access_token");
    sandbox.control("clock", json!({"advance_seconds": 10 * 86_400})).await;
    let exchange = async |more: &str| {
        let query = format!(
            "grant_type=fb_exchange_token&client_id={APP}&client_secret={SECRET}&fb_exchange_token={token}{more}"
        );
        let answer = sandbox.get(&format!("/graph.facebook.com/v25.0/oauth/access_token?{query}")).await;
        answer.json()["expires_in"].as_i64().unwrap()
    };
    let renewed = exchange("&set_token_expires_in_60_days=true").await;
    assert!(renewed / 86_400 == 59, "{renewed}");
    assert_eq!(exchange("").await, renewed - 10 * 86_400);
}

#[tokio::test]
async fn tokens_are_handed_out_without_a_dialog() {
    let sandbox = TestBox::start().await;
    let token = async |order: Value| text(&sandbox.control("token", order).await, "/access_token");
    let short = token(json!({"person": NORA, "kind": "short_lived", "scopes": ["pages_show_list"]})).await;
    let debugged = sandbox.debug(&short).await["data"].clone();
    assert_eq!(debugged["scopes"], json!(["pages_show_list", "public_profile"]));
    assert!(debugged.get("issued_at").is_none());
    let long = token(json!({"account": MERIDIAN, "kind": "long_lived"})).await;
    assert_eq!(sandbox.instagram("/me?fields=username", &long).await.status, 200);

    for nonsense in [
        json!({"kind": "long_lived"}),
        json!({"person": "1", "kind": "long_lived"}),
        json!({"person": NORA, "account": BAKERY, "kind": "long_lived"}),
        json!({"account": BAKERY, "kind": "system_user"}),
        json!({"person": NORA_SYSTEM, "kind": "system_user"}),
        json!({"person": NORA, "kind": "eternal"}),
        json!({"person": NORA}),
    ] {
        assert_eq!(sandbox.post_json("token", &nonsense).await.status, 400, "{nonsense}");
    }
}
