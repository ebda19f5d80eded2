//! The people who run the installation see and change it; everybody else learns nothing of it.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::agency::FACEBOOK;
use crate::support::people::{NORA, TOMAS};
use crate::support::{Agency, Client, Consent, Engine, Installation, on_each_database, until};

on_each_database![
    an_operator_sees_the_installation_and_changes_it,
    nobody_else_sees_or_changes_anything,
    an_operator_releases_the_brake,
    operators_are_written_to_once_a_day_about_each_matter,
    operators_hear_of_a_token_that_does_not_open,
    operators_hear_of_a_clock_that_is_wrong,
    what_is_set_aside_shows_on_its_account,
    all_that_is_set_aside_can_be_reached,
];

const OLGA: &str = "olga@mooring.example";

const EVERYTHING: &str = "{ operator { monitor { intervalMinutes batchSize autoHeal lastSweep { begunAt endedAt } } \
     queue { kind due overdue running waiting quarantined oldestDueAt } \
     quarantinedJobs { totalCount nodes { id kind workspaceId quarantinedAt dueAt attempts } } \
     brake { isHolding held since releasedUntil } accountsByState { state count } \
     checks { succeeded failed skipped healed } refreshRates { trigger succeeded failed rate } \
     oldestOverdueRefreshAt outbox { waiting oldestAt } workerSeenAt } }";

const SET_ASIDE: &str = "UPDATE job SET quarantined_at = created_at, attempt = 6 WHERE id = \
     (SELECT id FROM job WHERE kind = 'collect_insights' ORDER BY id LIMIT 1)";

async fn start(engine: Engine) -> Installation {
    // Written as people write it.
    let operators = "ben@mooring.example, Olga@Mooring.example";
    Installation::with(engine).set("OPERATOR_EMAILS", operators).without_worker().start().await
}

async fn an_operator_sees_the_installation_and_changes_it(engine: Engine) {
    let installation = start(engine).await;
    let agency = agency(&installation).await;
    let olga = installation.person(OLGA).await;
    installation.store.execute(SET_ASIDE).await;
    let seen = operator(&olga).await;
    assert_eq!(seen["accountsByState"], json!([{ "state": "HEALTHY", "count": 8 }]));
    let of = |kind: &str| {
        let queue = seen["queue"].as_array().unwrap().clone();
        queue.into_iter().find(|figures| figures["kind"] == kind).unwrap()
    };
    let collecting = of("COLLECT_INSIGHTS");
    let count = |state: &str| collecting[state].as_i64().unwrap();
    // Whoever brought the mails may have begun one and not have ended it in time.
    let others = count("due") + count("waiting") + count("running");
    assert_eq!((others, count("quarantined")), (7, 1), "{collecting}");
    assert_eq!(of("REFRESH_TOKEN")["waiting"], 1);
    assert!(seen["workerSeenAt"].is_string(), "one has brought the mails");
    assert_eq!(seen["outbox"], json!({ "waiting": 0, "oldestAt": null }));
    let job = &seen["quarantinedJobs"]["nodes"][0];
    assert_eq!((&job["workspaceId"], &job["attempts"]), (&json!(agency.workspace), &json!(6)));

    let release = json!({ "jobId": job["id"] });
    olga.mutate("releaseJob", release.clone(), "").await;
    assert_eq!(operator(&olga).await["quarantinedJobs"], json!({ "totalCount": 0, "nodes": [] }));
    let again = olga.refusal("releaseJob", release).await;
    assert_eq!((again.0.as_str(), again.1.as_str()), ("input.jobId", "NOT_FOUND"));

    let fields = "monitor { intervalMinutes batchSize autoHeal }";
    let change = json!({ "intervalMinutes": 60, "autoHeal": false });
    let changed = olga.mutate("updateMonitor", change, fields).await;
    assert_eq!(changed["monitor"], json!({ "intervalMinutes": 60, "batchSize": 8, "autoHeal": false }));
    let back = olga.mutate("updateMonitor", json!({ "intervalMinutes": null }), fields).await;
    assert_eq!(back["monitor"], json!({ "intervalMinutes": null, "batchSize": 8, "autoHeal": false }));
    for (change, field) in
        [(json!({ "intervalMinutes": 4 }), "intervalMinutes"), (json!({ "batchSize": 101 }), "batchSize")]
    {
        let (path, code) = olga.refusal("updateMonitor", change).await;
        assert_eq!((path, code), (format!("input.{field}"), "INVALID".to_owned()));
    }
    let all = olga.mutate("clearValidationCache", json!({}), "cleared").await;
    assert_eq!(all["cleared"], 1);
    let deeds = "SELECT count(*) FROM audit_event WHERE action LIKE 'operator.%' AND user_id IS NOT NULL";
    assert_eq!(installation.store.number(deeds).await, 3);
}

async fn nobody_else_sees_or_changes_anything(engine: Engine) {
    let installation = start(engine).await;
    let agency = agency(&installation).await;
    installation.store.execute(SET_ASIDE).await;
    let anna = &agency.client;
    assert_eq!(operator(anna).await, Value::Null, "an owner of a workspace is no operator");

    let jobs = installation.command(&["jobs", "--state", "quarantined", "--json"]).await;
    let job: Value = serde_json::from_slice(&jobs.stdout).unwrap();
    let there = format!("job:{}", job["id"].as_str().unwrap());
    for id in [there.as_str(), "job:0199c0de-0000-7000-8000-000000000000", "nonsense"] {
        let refusal = anna.refusal("releaseJob", json!({ "jobId": id })).await;
        assert_eq!((refusal.0.as_str(), refusal.1.as_str()), ("", "FORBIDDEN"), "{id}");
    }
    for (name, input) in [
        ("updateMonitor", json!({ "autoHeal": false })),
        ("updateMonitor", json!({ "intervalMinutes": 1 })),
        ("releaseBrake", json!({})),
        ("releaseBrake", json!({ "hours": 1_000 })),
        ("clearValidationCache", json!({})),
    ] {
        assert_eq!(anna.refusal(name, input).await.1, "FORBIDDEN", "{name}");
    }
    let node = anna.query("query ($id: ID!) { node(id: $id) { id } }", json!({ "id": there })).await;
    assert_eq!(node["node"], Value::Null);
    let stranger = installation.stranger();
    let answer = stranger.send("{ operator { workerSeenAt } }", json!({})).await.json();
    assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{answer}");
    let deeds = "SELECT count(*) FROM audit_event WHERE action LIKE 'operator.%'";
    assert_eq!(installation.store.number(deeds).await, 0);
    assert_eq!(installation.store.number("SELECT count(*) FROM setting WHERE key LIKE 'monitor'").await, 0);
}

/// More than a page, and more than the command lists unless it is told to.
async fn all_that_is_set_aside_can_be_reached(engine: Engine) {
    const MANY: usize = 230;
    let installation = start(engine).await;
    let olga = installation.person(OLGA).await;
    for _ in 0..MANY {
        let id = Uuid::new_v4();
        let id = if engine == Engine::Sqlite { format!("X'{}'", id.simple()) } else { format!("'{id}'") };
        let work = format!(
            "INSERT INTO job (id, workspace_id, kind, subject_id, trigger, lease_term, attempt, failures, \
             quarantined_at, created_at, updated_at) SELECT {id}, {id}, 'collect_insights', {id}, 'scheduled', \
             1, 6, 0, confirmed_at, confirmed_at, confirmed_at FROM \"user\" LIMIT 1"
        );
        assert_eq!(installation.store.execute(&work).await, 1);
    }

    let document = "query ($after: String) { operator { quarantinedJobs(first: 100, after: $after) \
         { totalCount nodes { id } pageInfo { hasNextPage endCursor } } } }";
    let (mut found, mut after) = (BTreeSet::new(), Value::Null);
    for more in [true, true, false] {
        let page =
            olga.query(document, json!({ "after": after })).await["operator"]["quarantinedJobs"].take();
        assert_eq!((&page["totalCount"], &page["pageInfo"]["hasNextPage"]), (&json!(MANY), &json!(more)));
        found.extend(page["nodes"].as_array().unwrap().iter().map(|job| job["id"].to_string()));
        after = page["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(found.len(), MANY, "each on one page");

    let set_aside = ["jobs", "--state", "quarantined"];
    let listed = installation.command(&set_aside).await;
    let said = String::from_utf8(listed.stdout).unwrap();
    assert!(said.ends_with("100 pieces of work, perhaps more (--limit)\n"), "{said}");
    let listed = installation.command(&[&set_aside[..], &["--limit", "1000", "--json"]].concat()).await;
    assert_eq!(String::from_utf8(listed.stdout).unwrap().lines().count(), MANY);
}

async fn an_operator_releases_the_brake(engine: Engine) {
    let installation = start(engine).await;
    let agency = agency(&installation).await;
    let olga = installation.person(OLGA).await;
    assert_eq!(operator(&olga).await["brake"]["isHolding"], false);
    let noras = agency.accounts().await.remove(0);
    let tomas = agency.connect(FACEBOOK, &Consent::of(TOMAS), "tomas@beck.example").await.remove(0);
    for (person, account) in [(NORA, noras), (TOMAS, tomas.clone())] {
        installation.sandbox.revoke(person, 460).await;
        agency.client.attempt("checkToken", json!({ "accountId": account.id(), "force": true }), "").await;
    }
    let brake = operator(&olga).await["brake"].clone();
    assert_eq!((&brake["isHolding"], &brake["held"]), (&json!(true), &json!(4)));
    assert!(brake["since"].is_string() && brake["releasedUntil"].is_null(), "{brake}");
    assert_eq!(olga.refusal("releaseBrake", json!({ "hours": 73 })).await.1, "INVALID");
    let released = olga.mutate("releaseBrake", json!({ "hours": 2 }), "brake { releasedUntil }").await;
    assert!(released["brake"]["releasedUntil"].is_string(), "{released}");
    agency.client.attempt("checkToken", json!({ "accountId": tomas.id(), "force": true }), "").await;
    assert_eq!(agency.account(&tomas.id()).await.state(), "NEEDS_RECONNECT");
    assert_eq!(operator(&olga).await["brake"]["isHolding"], false);
}

async fn operators_hear_of_a_clock_that_is_wrong(engine: Engine) {
    let installation = Installation::with(engine).set("OPERATOR_EMAILS", OLGA).start().await;
    let agency = agency(&installation).await;
    agency.until_collected().await;
    let ahead = "SELECT count(*) FROM setting WHERE key = 'clock.ahead_seconds'";
    until("the clock is compared", async || (installation.store.number(ahead).await == 1).then_some(()))
        .await;
    assert!(told(&installation).await.is_empty(), "it is right");
    installation.set_clock_off(TimeDelta::minutes(70));
    let wrong = "Mooring needs you: A clock is wrong";
    until("a mail about the clock", async || {
        let mails = installation.sandbox.mails(OLGA).await;
        mails.iter().any(|mail| mail.subject() == wrong).then_some(())
    })
    .await;
}
async fn operators_are_written_to_once_a_day_about_each_matter(engine: Engine) {
    let installation = start(engine).await;
    let mut agency = agency(&installation).await;
    let nora = agency.accounts().await.remove(0);
    let tomas = agency.connect(FACEBOOK, &Consent::of(TOMAS), "tomas@beck.example").await.remove(0);
    installation.command(&["check-tokens"]).await;
    assert!(told(&installation).await.is_empty(), "nothing is wrong");

    let wrong = [("FACEBOOK_APP_SECRET", "not-the-secret-of-the-app")];
    for _ in 0..2 {
        installation.command_with(&wrong, &["check-tokens"]).await;
    }
    let refused = "Mooring needs you: Meta refuses the app";
    assert_eq!(told(&installation).await, [refused]);

    for (person, account) in [(NORA, &nora), (TOMAS, &tomas)] {
        installation.sandbox.revoke(person, 460).await;
        agency.client.attempt("checkToken", json!({ "accountId": account.id(), "force": true }), "").await;
    }
    let brake = "Mooring needs you: The brake holds";
    assert_eq!(told(&installation).await, [refused, brake]);

    installation.store.execute(SET_ASIDE).await;
    let mut worker = installation.another_worker("worker");
    let set_aside = "Mooring needs you: Work was set aside";
    until("a mail about work", async || {
        let mails = installation.sandbox.mails(OLGA).await;
        mails.iter().any(|mail| mail.subject() == set_aside).then_some(())
    })
    .await;
    worker.terminate(Duration::from_secs(10)).await;

    installation.sandbox.fault(json!({ "kind": "error", "code": 368 })).await;
    installation.command(&["check-tokens"]).await;
    installation.sandbox.no_faults().await;
    let blocked = "Mooring needs you: Meta has blocked something for policy reasons";
    assert_eq!(told(&installation).await, [refused, brake, set_aside, blocked]);
    let mails = installation.sandbox.mails("ben@mooring.example").await;
    assert_eq!(mails.len(), 4, "each of them is told");
    assert!(mails[1].link("/operator").is_some(), "{}", mails[1].plain());

    installation.advance(TimeDelta::hours(25)).await;
    agency.sign_in_again().await;
    installation.command_with(&wrong, &["check-tokens"]).await;
    assert_eq!(told(&installation).await, [refused, brake, set_aside, blocked, refused]);
}

async fn operators_hear_of_a_token_that_does_not_open(engine: Engine) {
    let installation = start(engine).await;
    let _agency = agency(&installation).await;
    let damage = "UPDATE sealed_token SET ciphertext = 'AAAA' || substr(ciphertext, 5) \
                  WHERE id = (SELECT id FROM sealed_token WHERE kind = 'page' ORDER BY id LIMIT 1)";
    assert_eq!(installation.store.execute(damage).await, 1);
    installation.command(&["collect-insights"]).await;
    assert_eq!(told(&installation).await, ["Mooring needs you: A stored token does not open"]);
    let mails = "SELECT count(*) FROM outbox WHERE kind = 'needs_reconnect'";
    assert_eq!(installation.store.number(mails).await, 0, "no owner can mend it");
}

/// What an operator has been written about.
async fn told(installation: &Installation) -> Vec<String> {
    installation.command(&["send-mail"]).await;
    installation.sandbox.mails(OLGA).await.iter().map(|mail| mail.subject().to_owned()).collect()
}

async fn agency(installation: &Installation) -> Agency<'_> {
    let agency = installation.agency("anna@northlight.example").await;
    agency.connect(FACEBOOK, &Consent::of(NORA), "nora@lindqvist.example").await;
    agency
}

async fn operator(client: &Client) -> Value {
    client.query(EVERYTHING, json!({})).await["operator"].take()
}

/// What kept ending its worker shows on the account, until it is released and ends as it should.
async fn what_is_set_aside_shows_on_its_account(engine: Engine) {
    let installation = start(engine).await;
    let agency = agency(&installation).await;
    let olga = installation.person(OLGA).await;
    installation.store.execute(SET_ASIDE).await;
    let _worker = installation.another_worker("worker");
    let document = "query ($id: ID!) { workspace(id: $id) { accounts(filter: { states: [QUARANTINED] }) \
         { nodes { id tokenHealth { state urgency nextStep tokenValid insightsReadable nextAttemptAt } } } } }";
    let set_aside = until("an account is quarantined", async || {
        let data = agency.client.query(document, json!({ "id": agency.workspace })).await;
        data["workspace"]["accounts"]["nodes"].as_array().unwrap().first().cloned()
    })
    .await;
    let health = &set_aside["tokenHealth"];
    assert_eq!((&health["urgency"], &health["nextStep"]), (&json!("RED"), &json!("CONTACT_OPERATOR")));
    assert_eq!((&health["tokenValid"], &health["insightsReadable"]), (&json!(true), &json!(false)));
    assert!(health["nextAttemptAt"].is_string(), "{health}");
    let jobs = operator(&olga).await["quarantinedJobs"]["nodes"].clone();
    let id = jobs[0]["id"].as_str().unwrap_or_else(|| panic!("{jobs}"));
    olga.mutate("releaseJob", json!({ "jobId": id }), "").await;
    agency.until_state(set_aside["id"].as_str().unwrap(), "HEALTHY").await;
}
