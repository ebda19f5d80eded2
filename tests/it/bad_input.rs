//! Bad input: a clear error with its place and its kind, and nothing stored.

use serde_json::{Value, json};

use crate::support::agency::{FACEBOOK, PASSWORD};
use crate::support::people::{BAKERY, NORA, TOMAS};
use crate::support::{Agency, Client, Consent, Engine, Installation, on_each_database};

on_each_database![mutations_say_what_is_wrong_and_store_nothing, ranges_and_pages_are_bounded];

const LONG: usize = 300;

async fn mutations_say_what_is_wrong_and_store_nothing(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let agency = installation.agency("anna@northlight.example").await;
    let account = agency.connect(FACEBOOK, &Consent::of(NORA), "nora@lindqvist.example").await.remove(0).id();
    let choice = agency.log_in(FACEBOOK, &Consent::of(TOMAS)).await;
    let before = stored(&installation).await;
    let mark = installation.sandbox.last_call().await;

    let stranger = installation.stranger();
    for (name, input, path, code) in strangers() {
        is_refused(&stranger, name, input, path, code).await;
    }
    for (name, input, path, code) in members(&agency, &account, &choice) {
        is_refused(&agency.client, name, input, path, code).await;
    }
    assert_eq!(stored(&installation).await, before, "nothing is stored");
    assert_eq!(installation.sandbox.last_call().await, mark, "and Meta is not asked");

    // What is no text, no list or no known field at all is refused before anything looks at it.
    for (name, input) in [
        ("createWorkspace", json!({})),
        ("createWorkspace", json!({ "name": null })),
        ("createWorkspace", json!({ "name": { "a": 1 } })),
        ("createWorkspace", json!({ "name": "North", "owner": "me" })),
        ("startConnect", json!({ "workspaceId": agency.workspace, "provider": "MYSPACE" })),
        ("chooseAccounts", json!({ "connectSessionId": choice, "instagramIds": [null] })),
        ("disconnectAccount", json!({ "accountId": account, "deleteHistory": "yes" })),
    ] {
        let document = crate::support::client::mutation(name, "");
        let answer = agency.client.send(&document, json!({ "input": input })).await;
        assert_eq!(answer.status, 400, "{name} {input}: {}", answer.text);
        let error = &answer.json()["errors"][0];
        assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{name} {input}: {error}");
        assert!(error["message"].as_str().is_some_and(|message| message.len() > 10), "{error}");
    }
    assert_eq!(stored(&installation).await, before, "nothing is stored");
}

async fn ranges_and_pages_are_bounded(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let agency = installation.agency("anna@northlight.example").await;
    let account = agency.connect(FACEBOOK, &Consent::of(NORA), "nora@lindqvist.example").await.remove(0).id();
    let insights = |from: &str, to: &str| {
        format!(
            "query ($id: ID!) {{ account(id: $id) {{ insights(metrics: [REACH], from: \"{from}\", to: \"{to}\") {{ days }} }} }}"
        )
    };
    let pages = |arguments: &str| {
        format!("query ($id: ID!) {{ workspace(id: $id) {{ accounts({arguments}) {{ totalCount }} }} }}")
    };
    for (id, document) in [
        (&account, insights("2026-12-08", "2026-12-01")),
        (&account, insights("2024-01-01", "2026-12-01")),
        (&account, insights("yesterday", "2026-12-01")),
        (&account, insights("2026-02-30", "2026-03-01")),
        (&agency.workspace, pages("first: -1")),
        (&agency.workspace, pages("first: 101")),
        (&agency.workspace, pages("first: 5, after: \"nonsense\"")),
    ] {
        let answer = agency.client.send(&document, json!({ "id": id })).await.json();
        assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{document}: {answer}");
    }
    // Ids that are none are simply unknown.
    for id in ["", "account", "account:7", "workspace:; DROP TABLE account", "🦀", &"x".repeat(10_000)] {
        let data = agency
            .client
            .query("query ($id: ID!) { node(id: $id) { id } account(id: $id) { id } }", json!({ "id": id }))
            .await;
        assert_eq!(data, json!({ "node": null, "account": null }), "{id}");
    }
}

type Case = (&'static str, Value, &'static str, &'static str);

fn strangers() -> Vec<Case> {
    let sign_up = |email: &str, password: &str, name: &str| json!({ "email": email, "password": password, "name": name });
    vec![
        ("signUp", sign_up("", PASSWORD, "Anna"), "input.email", "INVALID"),
        ("signUp", sign_up("no-address", PASSWORD, "Anna"), "input.email", "INVALID"),
        ("signUp", sign_up("a@b.example\r\nBcc: c@d.example", PASSWORD, "Anna"), "input.email", "INVALID"),
        (
            "signUp",
            sign_up(&format!("{}@a.example", "a".repeat(LONG)), PASSWORD, "Anna"),
            "input.email",
            "INVALID",
        ),
        ("signUp", sign_up("new@a.example", "short", "Anna"), "input.password", "INVALID"),
        ("signUp", sign_up("new@a.example", "password1234", "Anna"), "input.password", "INVALID"),
        ("signUp", sign_up("new@a.example", &"long ".repeat(LONG), "Anna"), "input.password", "INVALID"),
        ("signUp", sign_up("new@a.example", PASSWORD, " "), "input.name", "INVALID"),
        ("signUp", sign_up("new@a.example", PASSWORD, "An\u{7}na"), "input.name", "INVALID"),
        ("signUp", sign_up("new@a.example", PASSWORD, &"n".repeat(LONG)), "input.name", "INVALID"),
        ("confirmEmail", json!({ "token": "", "password": "x" }), "input.token", "NOT_FOUND"),
        ("confirmEmail", json!({ "token": "x".repeat(5_000), "password": "x" }), "input.token", "NOT_FOUND"),
        ("signIn", json!({ "email": "nobody@a.example", "password": PASSWORD }), "", "WRONG_CREDENTIALS"),
        ("signIn", json!({ "email": "", "password": "" }), "", "WRONG_CREDENTIALS"),
        ("startLinkReconnect", json!({ "token": "" }), "input.token", "NOT_FOUND"),
        ("startLinkReconnect", json!({ "token": "🦀" }), "input.token", "NOT_FOUND"),
    ]
}

fn members(agency: &Agency<'_>, account: &str, choice: &str) -> Vec<Case> {
    let no_account = "account:00000000-0000-4000-8000-000000000000";
    let choose = |ids: &[&str], contact: &str| json!({ "connectSessionId": choice, "instagramIds": ids, "contactEmail": contact });
    let mut cases = vec![
        ("createWorkspace", json!({ "name": "" }), "input.name", "INVALID"),
        ("createWorkspace", json!({ "name": "a\nb" }), "input.name", "INVALID"),
        ("createWorkspace", json!({ "name": "w".repeat(LONG) }), "input.name", "INVALID"),
        (
            "startConnect",
            json!({ "workspaceId": account, "provider": FACEBOOK }),
            "input.workspaceId",
            "NOT_FOUND",
        ),
        (
            "startConnect",
            json!({ "workspaceId": "", "provider": FACEBOOK }),
            "input.workspaceId",
            "NOT_FOUND",
        ),
        ("chooseAccounts", choose(&[], "o@a.example"), "input.instagramIds", "INVALID"),
        // Nora's account is not what Tomas can offer.
        ("chooseAccounts", choose(&[BAKERY], "o@a.example"), "input.instagramIds", "INVALID"),
        (
            "chooseAccounts",
            choose(&["17841400000000011", "nonsense"], "o@a.example"),
            "input.instagramIds",
            "INVALID",
        ),
        ("chooseAccounts", choose(&["17841400000000011"], "no-address"), "input.contactEmail", "INVALID"),
        (
            "sendReconnectLink",
            json!({ "accountId": account, "email": "no address" }),
            "input.email",
            "INVALID",
        ),
        (
            "sendReconnectLink",
            json!({ "accountId": account, "email": "a@b.example\nBcc: c@d.example" }),
            "input.email",
            "INVALID",
        ),
        (
            "updateAccountContact",
            json!({ "accountId": account, "contactEmail": "@" }),
            "input.contactEmail",
            "INVALID",
        ),
        ("revokeReconnectLink", json!({ "linkId": account }), "input.linkId", "NOT_FOUND"),
    ];
    for name in [
        "startReconnect",
        "createReconnectLink",
        "sendReconnectLink",
        "updateAccountContact",
        "refreshToken",
        "checkToken",
        "collectInsights",
        "collectAudience",
        "disconnectAccount",
    ] {
        cases.push((name, json!({ "accountId": no_account }), "input.accountId", "NOT_FOUND"));
        cases.push((name, json!({ "accountId": agency.workspace }), "input.accountId", "NOT_FOUND"));
    }
    cases
}

async fn is_refused(client: &Client, name: &str, input: Value, path: &str, code: &str) {
    let refusal = client.refusal(name, input.clone()).await;
    assert_eq!(refusal, (path.to_owned(), code.to_owned()), "{name} {input}");
}

/// How many rows there are of what the mutations store. Failed sign-ins are counted on purpose.
async fn stored(installation: &Installation) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in [
        "workspace",
        "membership",
        "connection",
        "account",
        "reconnect_link",
        "oauth_state",
        "outbox",
        "job",
        "run",
    ] {
        counts.push(installation.store.number(&format!("SELECT count(*) FROM {table}")).await);
    }
    counts.push(installation.store.number("SELECT count(*) FROM \"user\"").await);
    counts
}
