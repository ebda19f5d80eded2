//! Tokens that were made elsewhere are taken over with a command, and an operator sees how all stand.

use std::process::Output;

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::people::{BAKERY, MERIDIAN, NORA};
use crate::support::{Account, Agency, Engine, Installation, on_each_database};

on_each_database![
    tokens_of_all_kinds_bring_their_accounts,
    what_is_no_usable_token_brings_nothing,
    the_report_tells_how_every_login_stands,
];

const CONTACT: &str = "owner@lindqvist.example";

async fn tokens_of_all_kinds_bring_their_accounts(engine: Engine) {
    let installation = Installation::start(engine).await;
    let mut agency = installation.agency("anna@northlight.example").await;
    let short = token(&installation, json!({ "account": MERIDIAN, "kind": "short_lived" })).await;
    let system = token(&installation, json!({ "person": NORA, "kind": "system_user" })).await;

    let lines = imported(&agency, "instagram", &format!("\n  {short}\n"), 0).await;
    assert_eq!((&lines[0]["result"], &lines[0]["reason"]), (&json!("succeeded"), &json!("studio.meridian")));
    let lines = imported(&agency, "facebook", &system, 0).await;
    assert_eq!(lines[0]["reason"].as_str().unwrap().split(' ').count(), 8, "{lines:?}");
    let again = imported(&agency, "facebook", &system, 0).await;
    assert_eq!((&again[0]["result"], &again[0]["reason"]), (&json!("skipped"), &json!("nothing_new")));

    agency.until_collected().await;
    for account in agency.accounts().await {
        assert_eq!(account.state(), "HEALTHY", "{}", account.username());
        let expires = &account.0["tokenHealth"]["expiresAt"];
        assert_eq!(expires.is_null(), account.instagram_id() != MERIDIAN, "{account:?}");
    }

    // A system user's token outlives the person, and everything that runs out for people.
    installation.sandbox.order("revoke", json!({ "person": NORA })).await;
    installation.advance(TimeDelta::days(200)).await;
    agency.sign_in_again().await;
    let check = json!({ "accountId": bakery(&agency).await, "force": true });
    agency.client.mutate("checkToken", check, "").await;
    assert!(installation.sandbox.mails(CONTACT).await.iter().all(|mail| !mail.subject().contains("renew")));
}

async fn what_is_no_usable_token_brings_nothing(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let agency = installation.agency("anna@northlight.example").await;
    let narrow =
        token(&installation, json!({ "person": NORA, "kind": "long_lived", "scopes": ["pages_show_list"] }))
            .await;
    let dead = token(&installation, json!({ "account": MERIDIAN, "kind": "long_lived" })).await;
    installation.sandbox.order("revoke", json!({ "account": MERIDIAN })).await;
    let lines = imported(&agency, "facebook", &format!("{narrow}\nEAAnonsense\n{dead}"), 1).await;
    let reasons: Vec<_> = lines.iter().map(|line| line["reason"].as_str().unwrap()).collect();
    assert_eq!(reasons, ["missing_scopes", "invalid_session", "invalid_session"]);
    let lines = imported(&agency, "instagram", &dead, 1).await;
    assert_eq!(lines[0]["reason"], "invalid_session");
    assert!(agency.accounts().await.is_empty());
    assert_eq!(installation.store.number("SELECT count(*) FROM sealed_token").await, 0);

    let nowhere = "workspace:0199c0de-0000-7000-8000-000000000000";
    let output = run(&installation, nowhere, "instagram", &dead).await;
    assert_eq!(output.status.code(), Some(1));
    for secret in [&narrow, &dead] {
        assert!(!String::from_utf8_lossy(&output.stderr).contains(secret.as_str()));
    }
}

async fn the_report_tells_how_every_login_stands(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let mut agency = installation.agency("anna@northlight.example").await;
    let long = token(&installation, json!({ "person": NORA, "kind": "long_lived" })).await;
    let short = token(&installation, json!({ "account": MERIDIAN, "kind": "short_lived" })).await;
    imported(&agency, "facebook", &long, 0).await;
    imported(&agency, "instagram", &short, 0).await;
    installation.advance(TimeDelta::days(50)).await;
    agency.sign_in_again().await;
    let nora = bakery(&agency).await;
    agency.client.mutate("refreshToken", json!({ "accountId": nora }), "").await;

    let output = installation.command(&["token-report", "--json"]).await;
    assert!(output.status.success());
    let lines = lines(&output);
    let (facebook, instagram) = (of(&lines, "facebook_login"), of(&lines, "instagram_login"));
    assert_eq!((&facebook["renewal"], &facebook["accounts"]), (&json!("not_due"), &json!(8)));
    assert_eq!((&instagram["renewal"], &instagram["accounts"]), (&json!("due"), &json!(1)));
    assert!(!facebook["dataAccessExpiresAt"].is_null() && instagram["dataAccessExpiresAt"].is_null());
    assert_eq!(lines.last().unwrap()["renewals"], json!({ "MANUAL": [1, 1] }));

    let output = installation.command(&["token-report"]).await;
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("MANUAL: 1 of 1 renewals in 30 days succeeded"), "{text}");
    assert!(text.contains("renewal due"), "{text}");
}

fn of<'a>(lines: &'a [Value], login: &str) -> &'a Value {
    lines.iter().find(|line| line["login"] == login).expect("a login")
}

async fn token(installation: &Installation, order: Value) -> String {
    installation.sandbox.order("token", order).await["access_token"].as_str().expect("a token").to_owned()
}

async fn imported(agency: &Agency<'_>, login: &str, tokens: &str, exit_code: i32) -> Vec<Value> {
    let output = run(agency.installation, &agency.workspace, login, tokens).await;
    assert_eq!(output.status.code(), Some(exit_code), "{}", String::from_utf8_lossy(&output.stderr));
    lines(&output)
}

async fn run(installation: &Installation, workspace: &str, login: &str, tokens: &str) -> Output {
    let arguments =
        ["exchange-short-lived", "--workspace", workspace, "--login", login, "--contact", CONTACT, "--json"];
    installation.command_fed(tokens, &arguments).await
}

fn lines(output: &Output) -> Vec<Value> {
    let text = std::str::from_utf8(&output.stdout).expect("text");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

async fn bakery(agency: &Agency<'_>) -> String {
    let accounts = agency.accounts().await;
    accounts.iter().find(|account| account.instagram_id() == BAKERY).map(Account::id).expect("it")
}
