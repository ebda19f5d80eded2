//! GraphQL over HTTP: one method, one content type, one operation, bounded in size and in depth.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Browser, Engine, Installation, on_each_database};

on_each_database![only_one_shape_of_request_is_carried_out, documents_are_bounded];

const NEW: &str = "http-only@agency.example";

async fn only_one_shape_of_request_is_carried_out(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let browser = installation.browser();
    let users = "SELECT count(*) FROM \"user\"";
    let sign_up = format!(
        "mutation {{ signUp(input: {{ email: \"{NEW}\", password: \"seven lanterns over the quay\", name: \"A\" }}) {{ userErrors {{ code }} }} }}"
    );

    for query in ["{ providers }", sign_up.as_str()] {
        let mut url = browser.url("/graphql");
        url.query_pairs_mut().append_pair("query", query);
        let answer = browser.get(url.as_str()).await;
        assert_eq!(answer.status, 405, "{query}: {}", answer.text);
    }
    let body = json!({ "query": sign_up }).to_string();
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
        "",
    ] {
        let answer = post(&browser, kind, body.clone()).await;
        assert_eq!(answer.status, 415, "{kind}: {}", answer.text);
    }
    for (what, body) in [
        ("a batch", json!([{ "query": sign_up }, { "query": sign_up }]).to_string()),
        ("no JSON", "{ providers }".to_owned()),
        ("nothing", String::new()),
        ("no query", "{}".to_owned()),
        ("a number", "7".to_owned()),
        ("half of it", body[..body.len() / 2].to_owned()),
    ] {
        let answer = post(&browser, "application/json", body).await;
        assert_eq!(answer.status, 400, "{what}: {}", answer.text);
        let error = &answer.json()["errors"][0];
        assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{what}: {error}");
        assert!(error["extensions"]["requestId"].is_string(), "{what}: {error}");
    }
    let large = json!({ "query": sign_up, "variables": { "filler": "x".repeat(400_000) } }).to_string();
    assert_eq!(post(&browser, "application/json", large).await.status, 413);
    assert_eq!(installation.store.number(users).await, 0, "none of it was carried out");

    // Older clients take any other status than 200 for a failure of the transport.
    let request = browser.request(Method::POST, "/graphql").json(&json!({ "query": "{ nothing }" }));
    let answer = browser.send(request).await;
    assert_eq!((answer.status, answer.json()["data"].is_null()), (200, true));
    let answer =
        post(&browser, "application/json; charset=utf-8", json!({ "query": "{ providers }" }).to_string())
            .await;
    assert_eq!(answer.json()["data"]["providers"], json!(["FACEBOOK_LOGIN", "INSTAGRAM_LOGIN"]));
    assert!(answer.header("content-type").starts_with("application/graphql-response+json"));

    let forged = installation.http.post(installation.url.join("graphql").unwrap()).bearer_auth("forged");
    let answer =
        forged.header("accept", ACCEPT).json(&json!({ "query": "{ viewer { id } }" })).send().await.unwrap();
    assert_eq!(answer.status(), 401);
}

async fn documents_are_bounded(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let client = installation.person("anna@northlight.example").await;
    let deep = format!(
        "{{ viewer {{ memberships {{ workspace {{ {} id {} }} }} }} }}",
        "accounts { nodes { workspace { ".repeat(8),
        "} } }".repeat(8)
    );
    let wide =
        format!("{{ {} }}", (0..2_000).map(|n| format!("a{n}: providers")).collect::<Vec<_>>().join(" "));
    let directives = format!("{{ providers {} }}", "@skip(if: false) ".repeat(200));
    let nested = format!("{{ a(b: {}1{}) }}", "[".repeat(20_000), "]".repeat(20_000));
    for (what, document) in [("deep", deep), ("wide", wide), ("directives", directives), ("nested", nested)] {
        let answer = client.send(&document, json!({})).await;
        assert_eq!(answer.status, 400, "{what}: {}", answer.text);
        assert!(answer.json()["errors"][0]["message"].is_string(), "{what}");
    }
    // Guessing passwords in one document is as slow as in many.
    let guesses: Vec<String> = (0..40)
        .map(|n| format!("g{n}: signIn(input: {{ email: \"anna@northlight.example\", password: \"guess number {n}\" }}) {{ userErrors {{ code }} }}"))
        .collect();
    let answer =
        installation.stranger().send(&format!("mutation {{ {} }}", guesses.join(" ")), json!({})).await;
    let wrong = answer.text.matches("WRONG_CREDENTIALS").count();
    assert!(wrong < 20, "{wrong} guesses were looked at: {}", answer.text);
    assert_eq!(
        client.query("{ viewer { email } }", json!({})).await["viewer"]["email"],
        "anna@northlight.example"
    );
}

const ACCEPT: &str = "application/graphql-response+json";

async fn post(browser: &Browser, kind: &str, body: String) -> Answer {
    let mut request = browser.request(Method::POST, "/graphql").header("accept", ACCEPT).body(body);
    if !kind.is_empty() {
        request = request.header("content-type", kind);
    }
    let answer = browser.send(request).await;
    let told: Result<Value, _> = serde_json::from_str(&answer.text);
    assert!(answer.status == 413 || told.is_ok(), "{kind}: {}", answer.text);
    answer
}
