//! What Prometheus is told of work, renewals, mails and the brake, and the alerts that hang on it.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::agency::FACEBOOK;
use crate::support::installation::CRON_SECRET;
use crate::support::people::{NORA, TOMAS};
use crate::support::{Consent, Engine, Installation, on_each_database};

on_each_database![figures_of_the_database_tell_what_is_wrong, every_figure_that_alerts_name_is_given];

async fn figures_of_the_database_tell_what_is_wrong(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let agency = installation.agency("anna@northlight.example").await;
    let nora = agency.connect(FACEBOOK, &Consent::of(NORA), "nora@lindqvist.example").await.remove(0);
    let calm = figures(&installation).await;
    assert_eq!(value(&calm, "mooring_jobs{kind=\"refresh_token\",state=\"waiting\"}"), 1.0);
    for nothing in [
        "mooring_jobs{kind=\"collect_insights\",state=\"quarantined\"}",
        "mooring_refresh_overdue_seconds",
        "mooring_outbox_oldest_seconds",
        "mooring_brake_held_accounts",
        "mooring_leases_lost_last_day",
    ] {
        assert_eq!(value(&calm, nothing), 0.0, "{nothing}");
    }

    assert_eq!(value(&calm, "mooring_meta_usage_percent{of=\"app\"}"), 0.0);
    let near = "INSERT INTO rate_scope (scope, window_start, calls, usage_percent, usage_at, updated_at) \
         SELECT 'app:near', created_at, 0, 93, created_at, created_at FROM workspace";
    assert_eq!(installation.store.execute(near).await, 1);
    let near = figures(&installation).await;
    assert_eq!(value(&near, "mooring_meta_usage_percent{of=\"app\"}"), 93.0);
    assert_eq!(value(&near, "mooring_meta_slowed{of=\"app\"}"), 1.0);
    assert_eq!(value(&near, "mooring_meta_paused{of=\"app\"}"), 0.0);

    // Everything that can go wrong goes wrong.
    let set_aside = "UPDATE job SET quarantined_at = created_at WHERE kind = 'collect_insights' AND id = \
         (SELECT id FROM job WHERE kind = 'collect_insights' ORDER BY id LIMIT 1)";
    installation.store.execute(set_aside).await;
    let tomas = agency.connect(FACEBOOK, &Consent::of(TOMAS), "tomas@beck.example").await.remove(0);
    for (person, account) in [(NORA, nora), (TOMAS, tomas)] {
        installation.sandbox.revoke(person, 460).await;
        agency.client.attempt("checkToken", json!({ "accountId": account.id(), "force": true }), "").await;
    }
    // One login is broken, and the brake holds the other.
    installation.advance(TimeDelta::days(49)).await;
    installation.sandbox.fault(json!({ "kind": "error", "code": 2, "http_status": 500 })).await;
    installation.command(&["refresh-tokens"]).await;
    let wrong = figures(&installation).await;
    assert_eq!(value(&wrong, "mooring_jobs{kind=\"collect_insights\",state=\"quarantined\"}"), 1.0);
    assert_eq!(value(&wrong, "mooring_brake_held_accounts"), 4.0);
    assert!(value(&wrong, "mooring_refresh_overdue_seconds") > 86_400.0);
    assert!(value(&wrong, "mooring_oldest_due_seconds{kind=\"collect_insights\"}") > 86_400.0);
    assert!(value(&wrong, "mooring_outbox_oldest_seconds") > 86_400.0, "the mail to Nora");
    assert_eq!(value(&wrong, "mooring_outbox_waiting"), 2.0, "and the news for the team");
    let failed = "mooring_refreshes_last_day{outcome=\"failed\",class=\"transient\"}";
    assert!(value(&wrong, failed) >= 1.0, "{wrong}");
    assert_eq!(value(&wrong, "mooring_accounts{state=\"needs_reconnect\"}"), 8.0);
    installation.store.execute("UPDATE refresh_attempt SET outcome = 'interrupted'").await;
    assert!(value(&figures(&installation).await, "mooring_leases_lost_last_day") >= 1.0);
    assert!(value(&wrong, "mooring_worker_silent_seconds") > 86_400.0, "one has only brought a mail");
}

async fn every_figure_that_alerts_name_is_given(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let agency = installation.agency("anna@northlight.example").await;
    agency.connect(FACEBOOK, &Consent::of(NORA), "nora@lindqvist.example").await;
    installation.command(&["refresh-tokens", "--test"]).await;
    let given = figures(&installation).await;
    for rule in rules() {
        let expression = rule["expr"].as_str().unwrap();
        let is_name = |character: char| character.is_ascii_alphanumeric() || character == '_';
        for name in
            expression.split(|character| !is_name(character)).filter(|word| word.starts_with("mooring_"))
        {
            assert!(given.contains(&format!("# TYPE {name} gauge")), "{name} in {expression}");
        }
    }
}

#[test]
fn the_rules_can_be_read_and_hold_what_must_not_be_missed() {
    let rules = rules();
    let names: BTreeSet<_> = rules.iter().map(|rule| rule["alert"].as_str().expect("a name")).collect();
    assert_eq!(names.len(), rules.len(), "a name twice");
    for wanted in [
        "MooringRefreshOverdue",
        "MooringWorkerSilent",
        "MooringOutboxStuck",
        "MooringWorkQuarantined",
        "MooringBrakeHolds",
    ] {
        assert!(names.contains(wanted), "{wanted}");
    }
    let docs = std::fs::read_to_string(repository().join("docs/operating.md")).expect("the docs");
    for rule in &rules {
        let name = rule["alert"].as_str().unwrap();
        assert!(docs.contains(&format!("`{name}`")), "{name} is not in docs/operating.md");
        assert!(["critical", "warning"].contains(&rule["labels"]["severity"].as_str().unwrap()), "{name}");
        for text in ["summary", "description"] {
            assert!(
                rule["annotations"][text].as_str().is_some_and(|text| !text.is_empty()),
                "{name}: {text}"
            );
        }
        let expression = rule["expr"].as_str().unwrap();
        for (open, close) in [('(', ')'), ('{', '}')] {
            assert_eq!(expression.matches(open).count(), expression.matches(close).count(), "{expression}");
        }
    }
    // Prometheus' own opinion, where it is installed.
    match Command::new("promtool").args(["check", "rules"]).arg(alerts()).output() {
        Ok(checked) => assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr)),
        Err(_) => println!("promtool is not installed: the expressions were not read by Prometheus"),
    }
}

fn rules() -> Vec<Value> {
    let text = std::fs::read_to_string(alerts()).expect("the alerts");
    let file: Value = serde_norway::from_str(&text).expect("YAML");
    let groups = file["groups"].as_array().expect("groups");
    groups.iter().flat_map(|group| group["rules"].as_array().expect("rules").clone()).collect()
}

fn alerts() -> PathBuf {
    repository().join("deploy/alerts.yml")
}

fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

async fn figures(installation: &Installation) -> String {
    let browser = installation.browser();
    let answer = browser.send(browser.request(Method::GET, "/metrics").bearer_auth(CRON_SECRET)).await;
    assert_eq!(answer.status, 200);
    answer.text
}

#[track_caller]
fn value(figures: &str, name: &str) -> f64 {
    let line =
        figures.lines().find_map(|line| line.strip_prefix(name).and_then(|rest| rest.strip_prefix(' ')));
    line.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("{name} in\n{figures}"))
}
