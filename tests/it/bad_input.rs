//! Bad input: a clear error with its place and its kind, and nothing stored.

use serde_json::{Value, json};

use crate::support::agency::{FACEBOOK, PASSWORD};
use crate::support::people::{BAKERY, NORA, TOMAS};
use crate::support::{Agency, Client, Consent, Engine, Installation, on_each_database};

on_each_database![
    mutations_say_what_is_wrong_and_store_nothing,
    ranges_and_pages_are_bounded,
    documents_that_nest_or_chain_end_nothing,
    lists_and_series_are_bounded,
    a_field_that_fails_is_null,
];

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

/// Anybody can send these. Each of them once ended the process or kept it busy for many seconds.
async fn documents_that_nest_or_chain_end_nothing(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let stranger = installation.stranger();
    let deep = |open: &str, inner: &str, close: &str, times: usize| {
        format!("{}{inner}{}", open.repeat(times), close.repeat(times))
    };
    for (what, document) in [
        ("a chain of 7,500", format!("{{viewer{{id}}}}{}", chain(7_500, "Run"))),
        ("a chain of 10,000", format!("{{viewer{{id}}}}{}", chain(10_000, "A"))),
        ("a chain that is used", format!("{{...aaa}}{}", chain(7_500, "Query"))),
        ("a short chain that is used", format!("{{...aaa}}{}", chain(45, "Query"))),
        ("a circle", "{...A}fragment A on Query{...B}fragment B on Query{...A}".to_owned()),
        ("dense", {
            let spreads = |from: usize| (from..50).map(|to| format!("...F{to} ")).collect::<String>();
            let fragments =
                (0..50).map(|n| format!("fragment F{n} on Query{{{}viewer{{id}}}}", spreads(n + 1)));
            format!("{{...F0}}{}", fragments.collect::<String>())
        }),
        ("fields", deep("{a", "", "}", 60_000)),
        ("open fields", "{a".repeat(60_000)),
        ("inline fragments", format!("{{{}}}", deep("...{", "a", "}", 40_000))),
        ("lists", format!("{{node(id:{}){{id}}}}", deep("[", "1", "]", 100_000))),
        ("open lists", format!("{{node(id:{}", "[".repeat(200_000))),
        ("objects", format!("{{node(id:{}){{id}}}}", deep("{a:", "1", "}", 50_000))),
        ("lists behind a string", format!("{{node(id:\"\"\" \" \"{}", "[".repeat(200_000))),
        ("types", format!("query($a:{}){{viewer{{id}}}}", deep("[", "Int", "]", 100_000))),
        ("defaults", format!("query($a:Int={}){{viewer{{id}}}}", deep("[{a:", "1", "}]", 30_000))),
        ("many operations", (0..5_000).map(|n| format!("query Q{n}{{viewer{{id}}}}")).collect()),
        ("many arguments", format!("{{node({}){{id}}}}", "id:\"a\" ".repeat(25_000))),
        ("many directives", format!("{{viewer{}{{id}}}}", "@a".repeat(80_000))),
    ] {
        let started = std::time::Instant::now();
        let answer = stranger.send(&document, json!({})).await;
        assert_eq!(answer.status, 400, "{what}: {}", answer.text);
        let error = &answer.json()["errors"][0];
        assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{what}: {error}");
        // Far less than what they once took, and far more than they take.
        assert!(started.elapsed().as_secs() < 5, "{what} took {:?}", started.elapsed());
        assert_eq!(stranger.browser.get("/api/health").await.status, 200, "after {what}");
    }
}

/// Fragments of which each spreads the next one.
fn chain(length: usize, on: &str) -> String {
    let letters = |n: usize| [n / 676, n / 26 % 26, n % 26].map(|digit| char::from(b'a' + digit as u8));
    let name = |n: usize| String::from_iter(letters(n));
    (0..length).map(|n| format!("fragment {} on {on}{{...{}}}", name(n), name(n + 1))).collect()
}

async fn lists_and_series_are_bounded(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let agency = installation.agency("anna@northlight.example").await;
    let account = agency.connect(FACEBOOK, &Consent::of(NORA), "nora@lindqvist.example").await.remove(0).id();
    let variables = |metrics: &[&str]| json!({ "id": account, "metrics": metrics });
    let fields = [
        "insights(metrics: $metrics, from: \"2026-11-01\", to: \"2026-11-20\") { metric }",
        "insightsBy(metrics: $metrics, dimension: FOLLOW_TYPE, from: \"2026-11-01\", to: \"2026-11-20\") { metric }",
    ];
    for field in fields {
        let document =
            format!("query ($id: ID!, $metrics: [Metric!]!) {{ account(id: $id) {{ id {field} }} }}");
        let answer = agency.client.send(&document, variables(&["REACH"; 20_000])).await.json();
        assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{field}: {answer}");
        let data = agency.client.query(&document, variables(&["REACH"; 50])).await;
        let found = data["account"].as_object().unwrap().values().find_map(Value::as_array).unwrap();
        assert!(found.len() <= 1, "{field}: {data}");
    }
    // Conditions that stand within each other are as deep as they are many.
    let document = "query ($id: ID!, $states: [TokenHealthState!]) { workspace(id: $id) { \
                    accounts(filter: { states: $states }) { totalCount } } }";
    let states = json!({ "id": agency.workspace, "states": vec!["DUE"; 20_000] });
    let answer = agency.client.send(document, states).await.json();
    assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{answer}");

    // All metrics of thirteen accounts for more than a year, eight times: fifty megabytes.
    let series = (0..8).map(|n| {
        format!(
            "s{n}: insights(metrics: [REACH VIEWS LIKES COMMENTS SHARES SAVES REPLIES FOLLOWS UNFOLLOWS], \
             from: \"2025-10-20\", to: \"2026-11-20\") {{ points {{ day value state collectedAt }} }} "
        )
    });
    let document = format!(
        "query ($id: ID!) {{ workspace(id: $id) {{ accounts(first: 13) {{ nodes {{ {} }} }} }} }}",
        series.collect::<String>()
    );
    let answer = agency.client.send(&document, json!({ "id": agency.workspace })).await;
    assert_eq!((answer.status, answer.json()["data"].is_null()), (400, true), "{}", answer.text);
    assert_eq!(agency.client.browser.get("/api/health").await.status, 200);
}

async fn a_field_that_fails_is_null(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let stranger = installation.stranger();
    let document = "{ providers account(id: \"account:7\") { id } other: workspace(id: \"w\") { id } }";
    let answer = stranger.send(document, json!({})).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let answer = answer.json();
    assert_eq!(answer["errors"].as_array().unwrap().len(), 2, "{answer}");
    let data = answer["data"].as_object().unwrap();
    assert_eq!(
        (data.get("account"), data.get("other")),
        (Some(&Value::Null), Some(&Value::Null)),
        "{answer}"
    );
    let alone = stranger.send("{ account(id: \"account:7\") { id } }", json!({})).await.json();
    assert_eq!(alone["data"], json!({ "account": null }), "{alone}");
    assert_eq!(alone["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{alone}");
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
    let link = |wrong: Value| {
        let mut input = json!({ "workspaceId": agency.workspace, "clientName": "Hafen" });
        input.as_object_mut().unwrap().extend(wrong.as_object().unwrap().clone());
        input
    };
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
        ("revokeConnectLink", json!({ "connectLinkId": account }), "input.connectLinkId", "NOT_FOUND"),
        ("createConnectLink", link(json!({ "workspaceId": account })), "input.workspaceId", "NOT_FOUND"),
        ("createConnectLink", link(json!({ "clientName": " " })), "input.clientName", "INVALID"),
        ("createConnectLink", link(json!({ "clientName": "a\u{202e}b" })), "input.clientName", "INVALID"),
        ("createConnectLink", link(json!({ "clientName": "c".repeat(101) })), "input.clientName", "INVALID"),
        ("createConnectLink", link(json!({ "lifetimeDays": 0 })), "input.lifetimeDays", "INVALID"),
        ("createConnectLink", link(json!({ "lifetimeDays": 31 })), "input.lifetimeDays", "INVALID"),
        ("createConnectLink", link(json!({ "lifetimeDays": -1 })), "input.lifetimeDays", "INVALID"),
        (
            "createConnectLink",
            link(json!({ "email": "a@b.example\nBcc: c@d.example" })),
            "input.email",
            "INVALID",
        ),
        ("createConnectLink", link(json!({ "contactEmail": "nobody" })), "input.contactEmail", "INVALID"),
        (
            "sendReconnectLinks",
            json!({ "workspaceId": agency.workspace, "accountIds": [] }),
            "input.accountIds",
            "INVALID",
        ),
        (
            "sendReconnectLinks",
            json!({ "workspaceId": agency.workspace, "accountIds": vec![account; 101] }),
            "input.accountIds",
            "INVALID",
        ),
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
        "collectMedia",
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
        "connect_link",
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
