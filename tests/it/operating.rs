//! What whoever runs the installation does with commands: work, backups, mails, trying renewals out.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Output;

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::agency::{FACEBOOK, INSTAGRAM};
use crate::support::people::{MERIDIAN, NORA};
use crate::support::{Agency, Consent, Engine, Installation, on_each_database, random_key};

on_each_database![
    work_is_listed_and_what_was_set_aside_can_be_released,
    a_copy_is_whole_private_and_can_be_tried_out,
    a_copy_that_could_not_be_started_with_is_called_so,
    the_password_of_the_database_is_no_argument,
    mails_that_are_due_are_sent_and_a_test_says_what_became_of_it,
    renewals_are_tried_out_at_the_sandbox_and_nowhere_else,
    an_account_that_is_not_there_is_said_to_be_missing,
];

async fn work_is_listed_and_what_was_set_aside_can_be_released(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    connected(&installation).await;
    let all = jobs(&installation, &[]).await;
    assert!(all.iter().any(|work| work["kind"] == "refresh_token" && work["state"] == "waiting"), "{all:?}");
    let due = jobs(&installation, &["--state", "due", "--kind", "collect-insights"]).await;
    assert_eq!(due.len(), 9);
    assert!(jobs(&installation, &["--state", "quarantined"]).await.is_empty());

    let set_aside = "UPDATE job SET quarantined_at = created_at, attempt = 6 WHERE id = \
         (SELECT id FROM job WHERE kind = 'collect_insights' ORDER BY id LIMIT 1)";
    assert_eq!(installation.store.execute(set_aside).await, 1);
    let resting = jobs(&installation, &["--state", "quarantined"]).await;
    assert_eq!((resting.len(), &resting[0]["attempt"]), (1, &json!(6)));
    let id = resting[0]["id"].as_str().unwrap();
    exits(&installation.command(&["jobs", "run", id]).await, 1);
    exits(&installation.command(&["jobs", "release", id]).await, 0);
    exits(&installation.command(&["jobs", "release", id]).await, 1);
    assert!(jobs(&installation, &["--state", "quarantined"]).await.is_empty());

    let waiting = jobs(&installation, &["--kind", "refresh-token", "--state", "waiting"]).await;
    let id = format!("job:{}", waiting[0]["id"].as_str().unwrap());
    exits(&installation.command(&["jobs", "run", &id]).await, 0);
    assert_eq!(jobs(&installation, &["--kind", "refresh-token", "--state", "due"]).await.len(), 1);
    exits(&installation.command(&["jobs", "--kind", "nonsense"]).await, 2);
    let deeds =
        "SELECT count(*) FROM audit_event WHERE action IN ('operator.job_released', 'operator.job_made_due')";
    assert_eq!(installation.store.number(deeds).await, 2);
}

async fn a_copy_is_whole_private_and_can_be_tried_out(engine: Engine) {
    // With a worker that goes on working.
    let installation = Installation::start(engine).await;
    connected(&installation).await;
    let file = installation.path("copy");
    let made = installation.command(&["backup", "--to", &file, "--json"]).await;
    exits(&made, 0);
    let said: Value = serde_json::from_slice(&made.stdout).unwrap();
    assert!(said["bytes"].as_u64().unwrap() > 1_000, "{said}");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);

    let before = std::fs::read(&file).unwrap();
    exits(&installation.command(&["backup", "--to", &file]).await, 2);
    assert_eq!(std::fs::read(&file).unwrap(), before, "nothing is written over");

    let tried = installation.command(&["backup", "--verify", &file, "--json"]).await;
    exits(&tried, 0);
    let report: Value = serde_json::from_slice(&tried.stdout).unwrap();
    let kind = if engine == Engine::Sqlite { "sqlite" } else { "postgres" };
    assert_eq!(
        (&report["kind"], &report["good"], &report["whole"]),
        (&json!(kind), &json!(true), &json!(true))
    );
    assert_eq!((&report["rows"]["account"], &report["rows"]["user"]), (&json!(9), &json!(1)), "{report}");
    assert_eq!(report["schema"]["toCome"], json!([]));
    let tokens = installation.store.number("SELECT count(*) FROM sealed_token").await;
    assert_eq!(report["tokensByKey"], json!({ "k1": tokens }));
    assert_eq!(std::fs::read(&file).unwrap(), before, "trying it out changes nothing");
}

async fn a_copy_that_could_not_be_started_with_is_called_so(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    connected(&installation).await;
    let file = installation.path("copy");
    exits(&installation.command(&["backup", "--to", &file]).await, 0);

    let keys = format!("k9:{}", random_key());
    let other = [
        ("TOKEN_KEYS", keys.as_str()),
        ("TOKEN_ACTIVE_KEY", "k9"),
        ("DATABASE_URL", "sqlite://nowhere/x.db"),
    ];
    let tried = installation.command_with(&other, &["backup", "--verify", &file, "--json"]).await;
    exits(&tried, 1);
    let report: Value = serde_json::from_slice(&tried.stdout).unwrap();
    assert_eq!((&report["missingKeys"], &report["good"]), (&json!(["k1"]), &json!(false)));
    assert!(!std::path::Path::new(&installation.path("nowhere")).exists(), "it needs no database of its own");

    let bytes = std::fs::read(&file).unwrap();
    let half = installation.path("half");
    std::fs::write(&half, &bytes[..bytes.len() / 2]).unwrap();
    let tried = installation.command(&["backup", "--verify", &half]).await;
    exits(&tried, 1);
    assert!(String::from_utf8_lossy(&tried.stdout).contains("NOT whole"), "{tried:?}");
    let text = installation.path("text");
    std::fs::write(&text, "hello").unwrap();
    exits(&installation.command(&["backup", "--verify", &text]).await, 2);
    exits(&installation.command(&["backup", "--verify", "missing"]).await, 2);
    exits(&installation.command(&["backup"]).await, 2);
    exits(&installation.command(&["backup", "--to", "/nowhere/at/all"]).await, 2);
}

async fn the_password_of_the_database_is_no_argument(engine: Engine) {
    if engine == Engine::Sqlite {
        return;
    }
    let installation = Installation::with(engine).without_worker().start().await;
    let spy = installation.path("pg_dump");
    std::fs::write(&spy, "#!/bin/sh\necho \"$@\" > arguments\necho \"$PGPASSWORD\" > password\nexit 7\n")
        .unwrap();
    std::fs::set_permissions(&spy, std::fs::Permissions::from_mode(0o755)).unwrap();
    let here = installation.path("");
    let path = format!("{here}:/usr/bin:/bin");
    let copy = installation.path("copy");
    exits(&installation.command_with(&[("PATH", &path)], &["backup", "--to", &copy]).await, 2);
    assert!(!std::path::Path::new(&copy).exists(), "no half copy is left");
    let read = |name: &str| std::fs::read_to_string(installation.path(name)).unwrap();
    let url: url::Url = installation.setting("DATABASE_URL").parse().unwrap();
    let password = url.password().unwrap();
    assert!(!password.is_empty() && !read("arguments").contains(password), "{}", read("arguments"));
    assert_eq!(read("password").trim(), password);

    let without = installation.command_with(&[("PATH", "/nowhere")], &["backup", "--to", &copy]).await;
    exits(&without, 2);
    assert!(String::from_utf8_lossy(&without.stderr).contains("pg_dump is not installed"), "{without:?}");
}

async fn mails_that_are_due_are_sent_and_a_test_says_what_became_of_it(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let input = json!({ "email": "ben@northlight.example", "password": "seven lanterns over the quay", "name": "Ben" });
    installation.stranger().mutate("signUp", input, "").await;
    assert!(installation.sandbox.mails("ben@northlight.example").await.is_empty());
    let nowhere = [("SMTP_URL", "smtp://127.0.0.1:1")];
    let counts = |output: &Output| serde_json::from_slice::<Value>(&output.stdout).unwrap();
    let failed = installation.command_with(&nowhere, &["send-mail", "--json"]).await;
    exits(&failed, 1);
    assert_eq!(counts(&failed), json!({ "done": 0, "waiting": 0, "failed": 1 }));
    installation.advance(TimeDelta::minutes(5)).await;
    let sent = installation.command(&["send-mail", "--json"]).await;
    exits(&sent, 0);
    assert_eq!(counts(&sent), json!({ "done": 1, "waiting": 0, "failed": 0 }));
    assert_eq!(installation.sandbox.mails("ben@northlight.example").await.len(), 1);

    let olga = "olga@mooring.example";
    let test = installation.command(&["send-mail", "--test", olga, "--json"]).await;
    exits(&test, 0);
    assert_eq!(serde_json::from_slice::<Value>(&test.stdout).unwrap()["result"], "sent");
    assert_eq!(installation.sandbox.mails(olga).await[0].subject(), "A test mail of Mooring");
    assert_eq!(installation.store.number("SELECT count(*) FROM job WHERE kind = 'send_mail'").await, 0);

    let test = installation.command_with(&nowhere, &["send-mail", "--test", olga, "--json"]).await;
    exits(&test, 1);
    let said: Value = serde_json::from_slice(&test.stdout).unwrap();
    assert!(said["result"] == "waits" && said["problem"].is_string(), "{said}");
    exits(&installation.command(&["send-mail", "--test", "nobody"]).await, 2);
}

async fn renewals_are_tried_out_at_the_sandbox_and_nowhere_else(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let agency = connected(&installation).await;
    let account = agency.accounts().await.remove(0);
    let mark = installation.sandbox.last_call().await;
    for elsewhere in [
        ("FACEBOOK_GRAPH_URL", "https://graph.facebook.com"),
        ("INSTAGRAM_GRAPH_URL", "https://graph.instagram.com"),
    ] {
        exits(&installation.command_with(&[elsewhere], &["refresh-tokens", "--test"]).await, 2);
    }
    exits(&installation.command(&["refresh-tokens", "--test", "--dry-run"]).await, 2);
    assert!(installation.sandbox.refresh_calls(mark).await.is_empty());
    assert!(agency.refresh_log(&account.id()).await.is_empty());

    let tested = installation.command(&["refresh-tokens", "--test", "--json"]).await;
    exits(&tested, 0);
    let lines: Vec<Value> = String::from_utf8(tested.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).expect("nothing but JSON on standard output"))
        .collect();
    // Meta renews no Instagram token of today.
    let results: Vec<_> = lines.iter().map(|line| (&line["result"], &line["reason"])).collect();
    assert!(results.iter().any(|(result, _)| *result == "succeeded"), "{lines:?}");
    assert!(results.contains(&(&json!("skipped"), &json!("too_young"))), "{lines:?}");
    let triggers =
        "SELECT count(*) FROM refresh_attempt WHERE \"trigger\" = 'test' AND outcome = 'succeeded'";
    assert_eq!(installation.store.number(triggers).await, 1);
}

/// A slip in an id must not look as if everything had been done.
async fn an_account_that_is_not_there_is_said_to_be_missing(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let _agency = connected(&installation).await;
    let mark = installation.sandbox.last_call().await;
    let nobody = "01990000-0000-7000-8000-000000000001";
    for command in ["refresh-tokens", "check-tokens", "collect-insights", "collect-audience"] {
        let ran = installation.command(&[command, "--account", nobody]).await;
        let said = String::from_utf8_lossy(&ran.stderr);
        assert!(!ran.status.success() && said.contains("no such connected account"), "{command}: {said}");
    }
    assert_eq!(installation.sandbox.last_call().await, mark, "nobody was asked");
}

async fn connected(installation: &Installation) -> Agency<'_> {
    let agency = installation.agency("anna@northlight.example").await;
    agency.connect(FACEBOOK, &Consent::of(NORA), "nora@lindqvist.example").await;
    agency.connect(INSTAGRAM, &Consent::of(MERIDIAN), "studio@meridian.example").await;
    agency
}

async fn jobs(installation: &Installation, filter: &[&str]) -> Vec<Value> {
    let output = installation.command(&[&["jobs", "--json"], filter].concat()).await;
    exits(&output, 0);
    let lines = String::from_utf8(output.stdout).unwrap();
    lines.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

#[track_caller]
fn exits(output: &Output, code: i32) {
    assert_eq!(output.status.code(), Some(code), "{}", String::from_utf8_lossy(&output.stderr));
}
