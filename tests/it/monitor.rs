//! The monitor checks every login as operators have set it, and heals what it can.

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::agency::{FACEBOOK, INSTAGRAM};
use crate::support::installation::CRON_SECRET;
use crate::support::people::{MERIDIAN, NORA};
use crate::support::{Agency, Consent, Engine, Installation, on_each_database, until};

on_each_database![
    an_interval_holds_at_once_in_every_process_and_after_a_restart,
    with_auto_heal_off_a_check_only_asks,
    answers_are_kept_for_five_minutes_unless_they_are_forgotten,
    a_worker_runs_no_more_checks_at_once_than_the_batch_size,
];

async fn an_interval_holds_at_once_in_every_process_and_after_a_restart(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    connected(&installation).await;
    let half_an_hour = TimeDelta::minutes(30);
    assert!(due_in(&installation).await.iter().all(|due| *due <= half_an_hour), "as the cron line says");

    let day = ["--interval-minutes", "1440", "--batch-size", "3"];
    let said = monitor(&installation, &day, 0).await;
    assert_eq!((&said["intervalMinutes"], &said["batchSize"]), (&json!(1_440), &json!(3)));
    // The api was started before that.
    check_all(&installation).await;
    let due = due_in(&installation).await;
    assert!(due.len() == 2 && due.iter().all(|due| *due > TimeDelta::hours(2)), "{due:?}");

    // What is due far away comes nearer at once.
    monitor(&installation, &["--interval-minutes", "5"], 0).await;
    let five_minutes = TimeDelta::minutes(5);
    let due = due_in(&installation).await;
    assert!(due.len() == 2 && due.iter().all(|due| *due <= five_minutes), "{due:?}");

    for wrong in [["--interval-minutes", "4"], ["--interval-minutes", "1441"], ["--batch-size", "0"]] {
        monitor(&installation, &wrong, 2).await;
    }
    let kept = monitor(&installation, &[], 0).await;
    assert_eq!(
        (&kept["intervalMinutes"], &kept["batchSize"]),
        (&json!(5), &json!(3)),
        "each command is a start"
    );

    monitor(&installation, &["--interval-minutes", "0"], 0).await;
    check_all(&installation).await;
    assert_eq!(monitor(&installation, &[], 0).await["intervalMinutes"], Value::Null);
    let changes = "SELECT count(*) FROM audit_event WHERE action = 'operator.monitor_changed'";
    assert_eq!(installation.store.number(changes).await, 3);
}

async fn with_auto_heal_off_a_check_only_asks(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let mut agency = installation.agency("anna@northlight.example").await;
    let account = agency.connect(FACEBOOK, &Consent::of(NORA), "nora@lindqvist.example").await.remove(0);
    installation.sandbox.revoke(NORA, 460).await;
    check_all(&installation).await;
    assert_eq!(agency.account(&account.id()).await.state(), "NEEDS_RECONNECT");
    installation.sandbox.order("restore", json!({ "person": NORA })).await;

    monitor(&installation, &["--auto-heal", "off"], 0).await;
    let mark = installation.sandbox.last_call().await;
    check_all(&installation).await;
    assert_eq!(installation.sandbox.calls("debug_token", mark).await.len(), 1, "it asks");
    assert!(installation.sandbox.calls("/me/accounts", mark).await.is_empty(), "and asks for no Page token");
    agency.sign_in_again().await;
    assert_eq!(agency.account(&account.id()).await.state(), "NEEDS_RECONNECT");
    let waiting = "SELECT count(*) FROM job WHERE kind = 'refresh_token' AND due_at IS NULL";
    assert_eq!(installation.store.number(waiting).await, 1, "nothing is to be renewed");

    let said = monitor(&installation, &["--auto-heal", "on"], 0).await;
    assert_eq!(said["checksLastDay"]["healed"], 0);
    check_all(&installation).await;
    assert_eq!(agency.account(&account.id()).await.state(), "HEALTHY");
    assert_eq!(installation.store.number(waiting).await, 0);
    let checks = &monitor(&installation, &[], 0).await["checksLastDay"];
    assert_eq!(checks, &json!({ "succeeded": 2, "failed": 1, "skipped": 0, "healed": 1 }));

    // What a person asks for heals all the same.
    monitor(&installation, &["--auto-heal", "off"], 0).await;
    installation.sandbox.revoke(NORA, 460).await;
    check_all(&installation).await;
    installation.sandbox.order("restore", json!({ "person": NORA })).await;
    agency.sign_in_again().await;
    assert_eq!(agency.account(&account.id()).await.state(), "NEEDS_RECONNECT");
    agency.client.mutate("checkToken", json!({ "accountId": account.id(), "force": true }), "").await;
    assert_eq!(agency.account(&account.id()).await.state(), "HEALTHY");
}

async fn answers_are_kept_for_five_minutes_unless_they_are_forgotten(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let mut agency = installation.agency("anna@northlight.example").await;
    let account =
        agency.connect(INSTAGRAM, &Consent::of(MERIDIAN), "studio@meridian.example").await.remove(0);
    let check = json!({ "accountId": account.id() });
    let asked = async |agency: &Agency<'_>, mark: u64| {
        agency.client.mutate("checkToken", check.clone(), "").await;
        agency.installation.sandbox.calls("/me", mark).await.len()
    };
    let mark = installation.sandbox.last_call().await;
    assert_eq!(asked(&agency, mark).await, 0, "connecting was proof enough");
    installation.advance(TimeDelta::minutes(5)).await;
    agency.sign_in_again().await;
    assert_eq!(asked(&agency, mark).await, 1);
    assert_eq!(asked(&agency, mark).await, 1, "the answer is young");
    let force = json!({ "accountId": account.id(), "force": true });
    agency.client.mutate("checkToken", force, "").await;
    let mark = installation.sandbox.last_call().await;
    let cleared = agency
        .client
        .mutate("clearValidationCache", json!({ "workspaceId": agency.workspace }), "cleared")
        .await;
    assert_eq!(cleared["cleared"], 1);
    assert_eq!(asked(&agency, mark).await, 1, "what was known is forgotten");
    assert_eq!(asked(&agency, mark).await, 1, "once");
}

async fn a_worker_runs_no_more_checks_at_once_than_the_batch_size(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let agency = installation.agency("anna@northlight.example").await;
    for (person, provider) in [(NORA, FACEBOOK), (MERIDIAN, INSTAGRAM)] {
        agency.connect(provider, &Consent::of(person), "owner@lindqvist.example").await;
    }
    monitor(&installation, &["--batch-size", "1"], 0).await;
    // Meta takes its time, so that checks would stand beside each other if they could.
    installation.sandbox.fault(json!({ "kind": "slow", "delay_ms": 1_500 })).await;
    installation.store.execute("UPDATE job SET due_at = NULL WHERE kind <> 'check_token'").await;
    installation.store.execute("UPDATE job SET due_at = created_at WHERE kind = 'check_token'").await;
    installation.store.execute("UPDATE connection SET verified_at = NULL").await;
    let mut worker = installation.another_worker("worker");
    let mut most = 0;
    until("both checks", async || {
        let running = "SELECT count(*) FROM job WHERE kind = 'check_token' AND lease_owner IS NOT NULL";
        most = i64::max(most, installation.store.number(running).await);
        let done = "SELECT count(*) FROM run WHERE job = 'check_token'";
        (installation.store.number(done).await == 2).then_some(())
    })
    .await;
    assert_eq!(most, 1);
    until("the end of the round", async || {
        let said = monitor(&installation, &[], 0).await;
        (!said["lastSweepEndedAt"].is_null()).then_some(())
    })
    .await;
    worker.terminate(std::time::Duration::from_secs(10)).await;
}

async fn connected(installation: &Installation) {
    let agency = installation.agency("anna@northlight.example").await;
    agency.connect(FACEBOOK, &Consent::of(NORA), "nora@lindqvist.example").await;
    agency.connect(INSTAGRAM, &Consent::of(MERIDIAN), "studio@meridian.example").await;
}

/// Does all checks, as a scheduler that calls addresses has it, when what is known is no longer young.
async fn check_all(installation: &Installation) {
    installation.advance(TimeDelta::minutes(6)).await;
    let browser = installation.browser();
    let request = browser.request(Method::POST, "/api/cron/check-tokens").bearer_auth(CRON_SECRET);
    assert_eq!(browser.send(request).await.status, 200);
}

/// The settings of the monitor, after a change.
async fn monitor(installation: &Installation, change: &[&str], exit_code: i32) -> Value {
    let arguments = [&["monitor", "--json"], change].concat();
    let output = installation.command(&arguments).await;
    assert_eq!(output.status.code(), Some(exit_code), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap_or_default()
}

/// In how long each check is due.
async fn due_in(installation: &Installation) -> Vec<TimeDelta> {
    let output = installation.command(&["jobs", "--kind", "check-token", "--json"]).await;
    let now = installation.now().await;
    let lines = String::from_utf8(output.stdout).unwrap();
    let due = |line: &str| -> DateTime<Utc> {
        let work: Value = serde_json::from_str(line).unwrap();
        work["dueAt"].as_str().and_then(|at| at.parse().ok()).unwrap_or_else(|| panic!("{work}"))
    };
    lines.lines().map(|line| due(line) - now).collect()
}
