//! What else answers over HTTP: headers, cookies, health, cron, figures, callbacks of Meta.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::agency::FACEBOOK;
use crate::support::installation::CRON_SECRET;
use crate::support::people::{NORA, TOMAS};
use crate::support::{Answer, Browser, Consent, Engine, Installation, on_each_database, until};

on_each_database![
    every_answer_carries_protective_headers,
    cookies_are_out_of_reach,
    health_is_public_and_says_no_more,
    cron_addresses_need_their_secret_and_count,
    figures_need_the_secret,
    a_deauthorisation_counts_only_with_metas_signature,
    a_deauthorisation_is_not_undone_by_an_answer_from_before_it,
    a_deletion_request_leaves_nothing_behind,
    the_webhook_answers_only_to_meta,
];

async fn every_answer_carries_protective_headers(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let browser = installation.browser();
    for path in [
        "/",
        "/api/health",
        "/api/nothing",
        "/reconnect/unknown",
        "/connect-accounts/unknown",
        "/connect-accounts/unknown/choose",
        "/deletion",
        "/metrics",
        "/assets/none.js",
        "/graphql",
    ] {
        let answer = browser.get(path).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("x-frame-options", "DENY"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(answer.header(name), value, "{name} of {path}");
        }
        assert!(answer.header("strict-transport-security").starts_with("max-age="), "{path}");
        let policy = answer.header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe-inline") && !policy.contains("unsafe-eval"), "{path}: {policy}");
        assert_eq!(answer.header("server"), "", "{path} names its server");
        assert_eq!(answer.header("access-control-allow-origin"), "", "{path}");
    }
    // Another site may neither read answers nor send what needs a question first.
    let asked = browser
        .request(Method::OPTIONS, "/graphql")
        .header("origin", "https://elsewhere.example")
        .header("access-control-request-method", "POST");
    assert_eq!(browser.send(asked).await.header("access-control-allow-origin"), "");
    // The host of links never comes from the request.
    let forged = browser.request(Method::GET, "/api/auth/login").header("x-forwarded-host", "evil.example");
    assert!(!browser.send(forged).await.header("location").contains("evil"));
}

async fn cookies_are_out_of_reach(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let agency = installation.agency("anna@northlight.example").await;
    agency.start_connect(FACEBOOK).await;
    let lines: Vec<String> = {
        let answers = installation.answers.lock().unwrap();
        answers.iter().flat_map(|answer| answer.set_cookies().into_iter().map(str::to_owned)).collect()
    };
    assert!(
        lines.iter().any(|line| line.contains("session")) && lines.iter().any(|line| line.contains("oauth"))
    );
    for line in lines {
        let site = if line.contains("session") { "SameSite=Strict" } else { "SameSite=Lax" };
        assert!(line.starts_with("__Host-"), "{line}");
        for flag in ["; Path=/", "; Secure", "; HttpOnly", site, "; Max-Age="] {
            assert!(line.contains(flag), "{flag} is missing: {line}");
        }
        assert!(!line.contains("Domain="), "{line}");
    }
    // The session cookie alone does nothing for a page of another site.
    let renew =
        json!({ "query": "mutation { refreshSession { session { expiresAt } userErrors { code } } }" });
    let browser = &agency.client.browser;
    for headers in [vec![], vec![("x-mooring-client", "x"), ("sec-fetch-site", "cross-site")]] {
        let mut request = browser.request(Method::POST, "/graphql").json(&renew);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let answer = browser.send(request).await.json();
        assert!(answer["data"]["refreshSession"]["session"].is_null(), "{answer}");
    }
    let ours = browser.request(Method::POST, "/graphql").header("x-mooring-client", "x").json(&renew);
    let answer = browser.send(ours).await.json();
    assert!(answer["data"]["refreshSession"]["session"].is_object(), "{answer}");
}

async fn health_is_public_and_says_no_more(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    for path in ["/api/health", "/api/health/db"] {
        let answer = installation.browser().get(path).await;
        assert_eq!((answer.status, answer.json()), (200, json!({ "status": "ok" })));
    }
}

async fn cron_addresses_need_their_secret_and_count(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let agency = installation.agency("anna@northlight.example").await;
    let accounts = agency.connect(FACEBOOK, &Consent::of(NORA), "nora@lindqvist.example").await;
    let browser = installation.browser();
    let mark = installation.sandbox.last_call().await;
    for job in [
        "collect-insights",
        "collect-audience",
        "collect-media",
        "refresh-tokens",
        "check-tokens",
        "nonsense",
    ] {
        let path = format!("/api/cron/{job}");
        for secret in [None, Some("wrong"), Some(""), Some(&CRON_SECRET[1..])] {
            let answer = cron(&browser, Method::POST, &path, secret).await;
            assert_eq!(answer.status, 401, "{job} {secret:?}");
            assert!(answer.header("content-type").starts_with("application/problem+json"));
        }
    }
    let in_address = format!("/api/cron/collect-insights?secret={CRON_SECRET}");
    assert_eq!(cron(&browser, Method::GET, &in_address, None).await.status, 401);
    assert_eq!(installation.sandbox.last_call().await, mark);
    assert_eq!(cron(&browser, Method::POST, "/api/cron/nonsense", Some(CRON_SECRET)).await.status, 404);

    let all = u64::try_from(accounts.len()).unwrap();
    for (method, job, counted) in
        [(Method::POST, "collect-insights", "succeeded"), (Method::GET, "collect-audience", "succeeded")]
    {
        let answer = cron(&browser, method, &format!("/api/cron/{job}"), Some(CRON_SECRET)).await;
        let counts = answer.json();
        assert_eq!(counts[counted].as_u64(), Some(all), "{counts}");
        assert_eq!((&counts["failed"], &counts["remaining"]), (&json!(0), &json!(0)), "{counts}");
    }
    let answer = cron(&browser, Method::POST, "/api/cron/refresh-tokens", Some(CRON_SECRET)).await.json();
    assert_eq!(answer["skipped"], 1, "the only token is young: {answer}");
    installation.sandbox.fault(json!({ "kind": "error", "code": 2, "http_status": 500 })).await;
    let answer = cron(&browser, Method::POST, "/api/cron/collect-insights", Some(CRON_SECRET)).await.json();
    assert_eq!(answer["failed"].as_u64(), Some(all), "{answer}");
}

async fn figures_need_the_secret(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let browser = installation.browser();
    assert_eq!(cron(&browser, Method::GET, "/metrics", None).await.status, 401);
    assert_eq!(cron(&browser, Method::GET, "/metrics", Some("wrong")).await.status, 401);
    browser.get("/reconnect/a-secret-in-the-address").await;
    let made_up = Method::from_bytes(b"MADEUPMETHOD").unwrap();
    assert_eq!(browser.send(browser.request(made_up, "/api/health")).await.status, 405);
    let figures = cron(&browser, Method::GET, "/metrics", Some(CRON_SECRET)).await;
    assert_eq!(figures.status, 200);
    assert!(figures.text.contains("http_requests_total"), "{}", figures.text);
    assert!(!figures.text.contains("a-secret-in-the-address"), "addresses hold secrets");
    assert!(!figures.text.contains("MADEUPMETHOD"), "anybody could make up more of them");
    assert!(figures.text.contains(r#"method="other""#), "{}", figures.text);
}

async fn a_deauthorisation_counts_only_with_metas_signature(engine: Engine) {
    let installation = Installation::start(engine).await;
    let agency = installation.agency("anna@northlight.example").await;
    let nora = agency.connect(FACEBOOK, &Consent::of(NORA), "nora@lindqvist.example").await;
    let tomas = agency.connect(FACEBOOK, &Consent::of(TOMAS), "tomas@beck.example").await;
    let url = installation.url.join("api/meta/deauthorize").unwrap();
    let send = async |signature: &str, secret: &str| -> Value {
        let order = json!({ "url": url.as_str(), "person": NORA, "signature": signature, "secret": secret });
        installation.sandbox.order("send/deauthorize", order).await["status"].take()
    };
    assert_eq!(send("wrong", "facebook").await, 400);
    let browser = installation.browser();
    for form in [
        vec![],
        vec![("signed_request", "")],
        vec![("signed_request", "a.b")],
        vec![("signed_request", "🦀")],
    ] {
        let answer = browser.post("/api/meta/deauthorize", &form).await;
        assert_eq!(answer.status, 400, "{form:?}");
    }
    assert_eq!(browser.get("/api/meta/deauthorize").await.status, 405);
    for account in nora.iter().chain(&tomas) {
        assert_eq!(agency.account(&account.id()).await.state(), "HEALTHY");
    }

    // The times of these events have whole seconds.
    installation.advance(TimeDelta::minutes(1)).await;
    assert_eq!(send("good", "facebook").await, 200);
    for account in &nora {
        let (state, reason) = agency.account(&account.id()).await.health();
        assert_eq!((state.as_str(), reason.as_deref()), ("NEEDS_RECONNECT", Some("APP_REMOVED")));
    }
    for account in &tomas {
        assert_eq!(agency.account(&account.id()).await.state(), "HEALTHY");
    }
    installation.sandbox.mailed_link("nora@lindqvist.example", "/reconnect/").await;
    for _ in 0..5 {
        assert_eq!(send("good", "facebook").await, 200, "once more changes nothing");
    }
    assert_eq!(agency.incidents(&nora[0].id()).await.len(), 1);
    assert_eq!(installation.sandbox.mails("nora@lindqvist.example").await.len(), 1);
    assert_eq!(installation.store.number("SELECT count(*) FROM sealed_token WHERE kind = 'user'").await, 1);
}

async fn a_deauthorisation_is_not_undone_by_an_answer_from_before_it(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let agency = installation.agency("anna@northlight.example").await;
    let bakery = agency.connect(FACEBOOK, &Consent::of(NORA), "nora@lindqvist.example").await.remove(0);
    let input = json!({ "accountId": bakery.id() });
    let mark = installation.sandbox.last_call().await;
    agency.client.mutate("collectAudience", input.clone(), "").await;
    let questions = installation.sandbox.calls("insights", mark).await.len();
    // The next time the last answer is on its way while the person removes our app.
    let slow = json!({ "kind": "slow", "path_contains": "insights", "skip": questions - 1, "times": 1,
        "delay_answer_ms": 2000 });
    installation.sandbox.fault(slow).await;
    let mark = installation.sandbox.last_call().await;
    let collecting = agency.client.attempt("collectAudience", input, "run { status }");
    let removing = async {
        // It stands in the ledger as soon as it is decided, before the answer leaves.
        until("the last question", async || {
            let asked = installation.sandbox.calls("insights", mark).await.len();
            (asked >= questions).then_some(())
        })
        .await;
        installation.advance(TimeDelta::seconds(2)).await;
        let url = installation.url.join("api/meta/deauthorize").unwrap();
        let order = json!({ "url": url.as_str(), "person": NORA });
        assert_eq!(installation.sandbox.order("send/deauthorize", order).await["status"], 200);
    };
    let (collected, ()) = tokio::join!(collecting, removing);
    assert_eq!(collected["run"]["status"], "SUCCEEDED", "the answer came: {collected}");
    let (state, reason) = agency.account(&bakery.id()).await.health();
    assert_eq!((state.as_str(), reason.as_deref()), ("NEEDS_RECONNECT", Some("APP_REMOVED")));
    assert!(agency.incidents(&bakery.id()).await[0]["closedAt"].is_null());
}

async fn a_deletion_request_leaves_nothing_behind(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let agency = installation.agency("anna@northlight.example").await;
    let accounts = agency.connect(FACEBOOK, &Consent::of(NORA), "nora@lindqvist.example").await;
    agency.client.mutate("collectInsights", json!({ "accountId": accounts[0].id() }), "").await;
    let url = installation.url.join("api/meta/data-deletion").unwrap();
    let send = async |signature: &str, person: &str| -> Value {
        installation
            .sandbox
            .order(
                "send/data-deletion",
                json!({ "url": url.as_str(), "person": person, "signature": signature }),
            )
            .await
    };
    assert_eq!(send("wrong", NORA).await["status"], 400);
    // An old request that is sent again is not about what was connected since.
    let clock = installation.sandbox.get("clock").await["offset_seconds"].as_i64().unwrap();
    installation.sandbox.order("clock", json!({ "offset_seconds": clock - 86_400 })).await;
    assert_eq!(send("good", NORA).await["status"], 200);
    installation.sandbox.order("clock", json!({ "offset_seconds": clock })).await;
    assert_eq!(agency.accounts().await.len(), 8);

    let browser = installation.browser();
    for (person, known) in [(TOMAS, false), (NORA, true)] {
        let answer = send("good", person).await;
        assert_eq!(answer["status"], 200, "{answer}");
        let code = answer["body"]["confirmation_code"].as_str().unwrap();
        assert!(code.len() >= 20, "{code}");
        let status: Answer = browser.get(answer["body"]["url"].as_str().unwrap()).await;
        assert_eq!(status.status, 200, "{}", status.text);
        assert!(!status.text.contains(person) && !status.text.contains("bakery"), "{}", status.text);
        assert_eq!(agency.accounts().await.is_empty(), known);
    }
    for table in ["sealed_token", "connection", "account", "insight"] {
        assert_eq!(installation.store.number(&format!("SELECT count(*) FROM {table}")).await, 0, "{table}");
    }
}

async fn the_webhook_answers_only_to_meta(engine: Engine) {
    let installation = Installation::with(engine)
        .without_worker()
        .set("META_WEBHOOK_VERIFY_TOKEN", "harbour-7")
        .start()
        .await;
    let browser = installation.browser();
    let question = |mode: &str, token: &str| {
        format!("/api/meta/webhook?hub.mode={mode}&hub.challenge=730015&hub.verify_token={token}")
    };
    let answer = browser.get(&question("subscribe", "harbour-7")).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, "730015"));
    assert!(answer.header("content-type").starts_with("text/plain"));
    for (mode, token) in [("subscribe", "harbour"), ("subscribe", ""), ("unsubscribe", "harbour-7")] {
        let answer = browser.get(&question(mode, token)).await;
        assert_eq!(answer.status, 403, "{mode} {token}");
        assert!(!answer.text.contains("730015"), "{}", answer.text);
    }
    assert_eq!(browser.get("/api/meta/webhook").await.status, 403);

    let url = installation.url.join("api/meta/webhook").unwrap();
    let send = async |order: Value| -> Value {
        let mut whole = json!({ "url": url.as_str(), "payload": { "object": "instagram", "entry": [
            { "id": "17841400000000001", "time": 1_764_000_000, "changes": [
                { "field": "comments", "value": { "id": "1", "text": "Très joli: a/b 😀" } },
                { "field": "story_insights", "value": { "media_id": "2", "reach": 7 } }] }] } });
        whole.as_object_mut().unwrap().extend(order.as_object().unwrap().clone());
        installation.sandbox.order("send/webhook", whole).await["answers"].take()
    };
    let statuses = |answers: &Value| -> Vec<u64> {
        answers.as_array().unwrap().iter().map(|answer| answer["status"].as_u64().unwrap()).collect()
    };
    assert_eq!(statuses(&send(json!({ "signature": "wrong" })).await), [400]);
    assert_eq!(statuses(&send(json!({ "times": 2 })).await), [200, 200]);
    assert_eq!(statuses(&send(json!({ "secret": "instagram" })).await), [200]);
    assert_eq!(statuses(&send(json!({ "payload": ["not", "known"] })).await), [200]);
    let many = vec![json!({ "field": "comments", "value": { "text": "x".repeat(300) } }); 1000];
    let large = json!({ "object": "instagram", "entry": [{ "id": "1", "changes": many }] });
    assert_eq!(statuses(&send(json!({ "payload": large })).await), [200]);
    let unsigned = browser.request(Method::POST, "/api/meta/webhook").json(&json!({ "object": "instagram" }));
    assert_eq!(browser.send(unsigned).await.status, 400);

    let figures = cron(&browser, Method::GET, "/metrics", Some(CRON_SECRET)).await.text;
    assert!(figures.contains("meta_webhook_updates_total 1006"), "{figures}");
}

async fn cron(browser: &Browser, method: Method, path: &str, secret: Option<&str>) -> Answer {
    let mut request = browser.request(method, path);
    if let Some(secret) = secret {
        request = request.header("authorization", format!("Bearer {secret}"));
    }
    browser.send(request).await
}
