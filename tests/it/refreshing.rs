//! Tokens are renewed before they end, each when its time has come.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::support::agency::{FACEBOOK, INSTAGRAM};
use crate::support::people::{BAKERY, MERIDIAN, NORA};
use crate::support::{Account, Agency, Consent, Engine, Installation, on_each_database, until};

on_each_database![
    both_kinds_are_renewed_when_their_window_opens,
    an_instagram_token_of_today_is_left_alone,
    a_dry_run_says_what_is_due_and_does_nothing,
    the_command_fails_when_a_renewal_failed,
    a_renewal_that_moves_nothing_is_told_to_the_owner_before_the_end,
    what_is_overdue_is_renewed_at_the_pace_that_was_set,
];

async fn both_kinds_are_renewed_when_their_window_opens(engine: Engine) {
    let installation = Installation::start(engine).await;
    let (mut agency, accounts) = connected(&installation).await;
    agency.until_collected().await;

    installation.advance(TimeDelta::days(44)).await;
    agency.sign_in_again().await;
    let mark = installation.sandbox.last_call().await;
    let collected = agency.account(&accounts[0].id()).await.0["insightsCollectedAt"].clone();
    until("work of that day", async || {
        let now = agency.account(&accounts[0].id()).await;
        (now.0["insightsCollectedAt"] != collected).then_some(())
    })
    .await;
    assert!(installation.sandbox.refresh_calls(mark).await.is_empty(), "16 days are enough");

    installation.advance(TimeDelta::hours(84)).await;
    agency.sign_in_again().await;
    for account in &accounts {
        let attempt = until(&format!("a renewal for {}", account.username()), async || {
            let log = agency.refresh_log(&account.id()).await;
            log.into_iter().find(|attempt| attempt["outcome"] == "SUCCEEDED")
        })
        .await;
        assert_eq!(attempt["trigger"], "SCHEDULED", "{attempt}");
        let (old, new) = (time(&attempt["oldExpiresAt"]), time(&attempt["newExpiresAt"]));
        assert!(new - old > TimeDelta::days(40), "{attempt}");
        let now = agency.account(&account.id()).await;
        assert!(now.days_left() > 50, "{now:?}");
        until("numbers arrive again", async || {
            let now = agency.account(&account.id()).await;
            (now.0["tokenHealth"]["urgency"] == "OK").then_some(())
        })
        .await;
    }
    let calls = installation.sandbox.refresh_calls(mark).await;
    assert_eq!(calls.len(), 2, "one call for each login: {calls:?}");
}

async fn an_instagram_token_of_today_is_left_alone(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let agency = installation.agency("anna@northlight.example").await;
    let meridian =
        agency.connect(INSTAGRAM, &Consent::of(MERIDIAN), "studio@meridian.example").await.remove(0);
    let mark = installation.sandbox.last_call().await;
    let (path, code) = agency.client.refusal("refreshToken", json!({ "accountId": meridian.id() })).await;
    assert_eq!((path.as_str(), code.as_str()), ("input.accountId", "TRY_LATER"));
    assert!(installation.sandbox.refresh_calls(mark).await.is_empty());
    assert!(agency.refresh_log(&meridian.id()).await.is_empty());

    installation.advance(TimeDelta::hours(25)).await;
    let mut agency = agency;
    agency.sign_in_again().await;
    let done = agency
        .client
        .mutate("refreshToken", json!({ "accountId": meridian.id() }), "attempt { trigger outcome }")
        .await;
    assert_eq!(done["attempt"], json!({ "trigger": "MANUAL", "outcome": "SUCCEEDED" }));
}

/// Meta answers with success and the old end: only the owner can help, and has a week to do so.
async fn a_renewal_that_moves_nothing_is_told_to_the_owner_before_the_end(engine: Engine) {
    let installation = Installation::start(engine).await;
    let settings = json!({ "fb_exchange_mode": "does_not_extend", "data_access_days": 4_000 });
    installation.sandbox.order("settings", settings).await;
    let mut agency = installation.agency("anna@northlight.example").await;
    let owner = "nora@lindqvist.example";
    let account = agency.connect(FACEBOOK, &Consent::of(NORA), owner).await.remove(0);
    installation.advance(TimeDelta::days(54)).await;
    agency.sign_in_again().await;
    until("a renewal that moves nothing", async || {
        let log = agency.refresh_log(&account.id()).await;
        log.iter().any(|attempt| attempt["outcome"] == "NOT_EXTENDED").then_some(())
    })
    .await;
    installation.advance(TimeDelta::minutes(31)).await;
    let mail = until("a warning", async || installation.sandbox.mails(owner).await.pop()).await;
    assert_eq!(mail.subject(), "Please renew 8 Instagram accounts within 7 days");
    assert!(mail.link("/reconnect/").is_some());
}

async fn a_dry_run_says_what_is_due_and_does_nothing(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let (_agency, _accounts) = connected(&installation).await;
    installation.advance(TimeDelta::days(47)).await;
    let mark = installation.sandbox.last_call().await;
    let before = written(&installation).await;

    let dry = installation.command(&["refresh-tokens", "--dry-run", "--json"]).await;
    assert_eq!(dry.status.code(), Some(0));
    let lines: Vec<Value> = String::from_utf8(dry.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 2);
    assert!(lines.iter().all(|line| line["result"] == "due" && line["reason"].is_string()), "{lines:?}");
    assert_eq!(installation.sandbox.last_call().await, mark, "a dry run calls nobody");
    assert_eq!(written(&installation).await, before, "a dry run writes nothing");

    let real = installation.command(&["refresh-tokens", "--json"]).await;
    assert_eq!(real.status.code(), Some(0));
    assert_eq!(installation.sandbox.refresh_calls(mark).await.len(), 2);
}

async fn the_command_fails_when_a_renewal_failed(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let (mut agency, accounts) = connected(&installation).await;
    installation.advance(TimeDelta::days(47)).await;
    installation
        .sandbox
        .fault(json!({ "kind": "error", "code": 2, "http_status": 500, "is_transient": true, "path_contains": "refresh_access_token" }))
        .await;
    let ran = installation.command(&["refresh-tokens"]).await;
    assert_eq!(ran.status.code(), Some(1));
    let said = String::from_utf8(ran.stdout).unwrap();
    assert!(said.contains("1 succeeded, 1 failed"), "{said}");

    agency.sign_in_again().await;
    let of = |id: &str| accounts.iter().find(|account| account.instagram_id() == id).unwrap().clone();
    let failed = agency.refresh_log(&of(MERIDIAN).id()).await.remove(0);
    assert_eq!((&failed["outcome"], &failed["code"]), (&json!("FAILED"), &json!(2)), "{failed}");
    let succeeded = agency.refresh_log(&of(BAKERY).id()).await.remove(0);
    assert_eq!(succeeded["outcome"], "SUCCEEDED");
    // An outage is nobody's fault.
    assert!(agency.incidents(&of(MERIDIAN).id()).await.is_empty());
}

/// A worker was away, and sixty tokens wait for it. Judged by the times that it has written down itself.
async fn what_is_overdue_is_renewed_at_the_pace_that_was_set(engine: Engine) {
    const TOKENS: usize = 60;
    const PACE: usize = 5;
    /// As many as have been put by in a rest of one second.
    const BURST: usize = PACE;
    /// Half of the places of the worker: so many can have been begun and be late.
    const LATE: usize = 4;
    let installation = Installation::with(engine)
        .without_worker()
        .with_people(TOKENS as u64)
        .set("REFRESHES_PER_SECOND", &PACE.to_string())
        .set("WORKER_CONCURRENCY", &(2 * LATE).to_string())
        .start()
        .await;
    let agency = installation.agency("anna@northlight.example").await;
    let people = installation.sandbox.get(&format!("people?offset=0&limit={TOKENS}")).await;
    let mut tokens = String::new();
    for person in people["people"].as_array().unwrap().iter().rev().take(TOKENS) {
        let whose = json!({ "account": person["pages"][0]["account"]["id"], "kind": "short_lived" });
        let token = installation.sandbox.order("token", whose).await;
        tokens += &format!("{}\n", token["access_token"].as_str().unwrap());
    }
    let import = ["exchange-short-lived", "--workspace", &agency.workspace, "--login", "instagram"];
    let imported = installation.command_fed(&tokens, &import).await;
    assert!(imported.status.success(), "{}", String::from_utf8_lossy(&imported.stderr));
    // Nothing else takes the worker's time.
    installation.store.execute("DELETE FROM job WHERE kind <> 'refresh_token'").await;
    installation.advance(TimeDelta::days(55)).await;
    let _worker = installation.another_worker("worker");
    until("everything is renewed", async || {
        let renewed = "SELECT count(*) FROM refresh_attempt WHERE outcome = 'succeeded'";
        (installation.store.number(renewed).await == TOKENS as i64).then_some(())
    })
    .await;

    let starts = installation.store.times("SELECT started_at FROM refresh_attempt ORDER BY started_at").await;
    assert_eq!(starts.len(), TOKENS, "each once");
    let within = |from: DateTime<Utc>| {
        starts.iter().filter(|at| (from..from + TimeDelta::seconds(1)).contains(at)).count()
    };
    let most = starts.iter().map(|from| within(*from)).max().unwrap();
    assert!(most <= PACE + BURST + LATE, "{most} in one second: {starts:?}");
    let all = (starts[TOKENS - 1] - starts[0]).as_seconds_f64();
    let fewest = (TOKENS - BURST - LATE) as f64 / PACE as f64;
    assert!(all >= fewest, "{TOKENS} within {all} s, {fewest} s would be the pace");
}

async fn connected(installation: &Installation) -> (Agency<'_>, Vec<Account>) {
    let agency = installation.agency("anna@northlight.example").await;
    let mut accounts = agency.connect(FACEBOOK, &Consent::of(NORA), "nora@lindqvist.example").await;
    accounts.extend(agency.connect(INSTAGRAM, &Consent::of(MERIDIAN), "studio@meridian.example").await);
    (agency, accounts)
}

/// Something that differs as soon as anything about tokens and attempts is written.
async fn written(installation: &Installation) -> Vec<i64> {
    let mut numbers = Vec::new();
    for sql in [
        "SELECT count(*) FROM refresh_attempt",
        "SELECT count(*) FROM run",
        "SELECT CAST(sum(version) AS BIGINT) FROM sealed_token",
        "SELECT CAST(sum(lease_term) + sum(token_version) AS BIGINT) FROM connection",
        "SELECT CAST(sum(lease_term) + sum(attempt) AS BIGINT) FROM job",
    ] {
        numbers.push(installation.store.number(sql).await);
    }
    numbers
}

fn time(value: &Value) -> DateTime<Utc> {
    value.as_str().and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("{value} is not a time"))
}
