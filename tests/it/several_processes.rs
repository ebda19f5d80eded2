//! Several workers and several apis share the work: each piece is done once.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use futures::future::join_all;
use serde_json::{Value, json};

use crate::support::agency::{FACEBOOK, INSTAGRAM};
use crate::support::people::{MERIDIAN, NORA, TOMAS};
use crate::support::{Agency, Consent, Engine, Installation, on_each_database, until};

on_each_database![two_workers_do_each_piece_once, two_hundred_wishes_in_four_processes_make_one_call];

async fn two_workers_do_each_piece_once(engine: Engine) {
    let installation = Installation::start(engine).await;
    let _second = installation.another_worker("worker-2");
    let mut agency = installation.agency("anna@northlight.example").await;
    for (provider, person) in [(FACEBOOK, NORA), (FACEBOOK, TOMAS), (INSTAGRAM, MERIDIAN)] {
        agency.connect(provider, &Consent::of(person), "owner@accounts.example").await;
    }
    agency.until_collected().await;
    until("the past is fetched", async || nothing_is_due(&installation).await.then_some(())).await;
    assert_eq!(collections(&agency).await.values().collect::<Vec<_>>(), [&1; 13], "one after connecting");

    installation.advance(TimeDelta::minutes(58)).await;
    agency.sign_in_again().await;
    until("the slot is done", async || nothing_is_due(&installation).await.then_some(())).await;
    assert_eq!(collections(&agency).await.values().collect::<Vec<_>>(), [&2; 13], "and one of the slot");
    // Every call in the ledger belongs to a run that was recorded: none was made for nothing.
    let counted = installation.store.number("SELECT CAST(sum(calls) AS BIGINT) FROM run").await;
    let made = installation.sandbox.calls("insights", 0).await.len();
    assert!(i64::try_from(made).unwrap() <= counted, "{made} calls, {counted} recorded");

    let mark = installation.sandbox.last_call().await;
    installation.advance(TimeDelta::days(48)).await;
    agency.sign_in_again().await;
    until("every token is renewed", async || {
        agency.accounts().await.iter().all(|account| account.days_left() > 14).then_some(())
    })
    .await;
    assert_eq!(installation.sandbox.refresh_calls(mark).await.len(), 3, "one call for each login");
}

async fn two_hundred_wishes_in_four_processes_make_one_call(engine: Engine) {
    let installation = Installation::with(engine)
        .without_worker()
        .set("LEASE_SECONDS", "30")
        .set("DATABASE_CONNECTIONS", "5")
        .start()
        .await;
    let others = [
        installation.another_api("api-2").await,
        installation.another_api("api-3").await,
        installation.another_api("api-4").await,
    ];
    let agency = installation.agency("anna@northlight.example").await;
    let account = agency.connect(FACEBOOK, &Consent::of(NORA), "nora@lindqvist.example").await.remove(0);
    installation
        .sandbox
        .fault(json!({ "kind": "slow", "path_contains": "oauth/access_token", "delay_answer_ms": 6000 }))
        .await;
    let mark = installation.sandbox.last_call().await;
    let mut clients = vec![agency.client.clone()];
    clients.extend(others.iter().map(|(_, url)| agency.client.at(url)));
    let wishes = (0..200).map(|number| {
        let input = json!({ "accountId": account.id() });
        clients[number % clients.len()].mutate("refreshToken", input, "attempt { id outcome trigger }")
    });
    let results: Vec<Value> =
        join_all(wishes).await.iter().map(|payload| payload["attempt"].clone()).collect();
    let calls = installation.sandbox.refresh_calls(mark).await;
    assert_eq!(calls.len(), 1, "one call to Meta: {calls:?}");
    assert_eq!(results[0]["outcome"], "SUCCEEDED");
    assert!(results.iter().all(|result| result == &results[0]), "all get its result: {results:?}");
    assert_eq!(agency.refresh_log(&account.id()).await.len(), 1);
}

/// Finished collections by account.
async fn collections(agency: &Agency<'_>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for account in agency.accounts().await {
        let runs = agency.runs(&account.id()).await;
        let count =
            runs.iter().filter(|run| run["job"] == "COLLECT_INSIGHTS" && run["status"] == "SUCCEEDED");
        counts.insert(account.username(), count.count());
    }
    counts
}

async fn nothing_is_due(installation: &Installation) -> bool {
    let now = installation.now().await.format("%FT%T%.6f+00:00");
    let sql = format!("SELECT count(*) FROM job WHERE due_at <= '{now}' OR lease_until IS NOT NULL");
    installation.store.number(&sql).await == 0
}
