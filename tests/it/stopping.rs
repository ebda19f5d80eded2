//! Asked to stop, a process finishes what it does, but never waits longer than it may.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::json;

use crate::support::agency::{FACEBOOK, INSTAGRAM};
use crate::support::people::{MERIDIAN, NORA};
use crate::support::{Account, Agency, Consent, Engine, Installation, on_each_database, until};

on_each_database![
    a_worker_finishes_what_it_does,
    a_worker_does_not_wait_for_ever,
    an_api_answers_what_it_was_asked,
    an_api_waits_for_a_renewal_that_nobody_waits_for_any_more,
];

async fn a_worker_finishes_what_it_does(engine: Engine) {
    let mut installation = Installation::start(engine).await;
    let account =
        slow_call(&installation, json!({ "kind": "slow", "delay_answer_ms": 1500, "times": 1 })).await;
    let status = installation.worker.as_mut().unwrap().terminate(Duration::from_secs(8)).await;
    assert_eq!(status.code(), Some(0));
    let agency = signed_in_again(&installation).await;
    let runs = agency.query_runs(&account).await;
    let slow = runs.iter().find(|run| run["job"] == "COLLECT_INSIGHTS").unwrap();
    assert_eq!(slow["status"], "SUCCEEDED", "{runs:?}");
    assert_eq!(installation.store.number("SELECT count(*) FROM job WHERE lease_until IS NOT NULL").await, 0);
}

async fn a_worker_does_not_wait_for_ever(engine: Engine) {
    let mut installation = Installation::with(engine).set("SHUTDOWN_SECONDS", "2").start().await;
    slow_call(&installation, json!({ "kind": "hang" })).await;
    // The call hangs for twenty seconds; that the worker ends before shows that it gave it up.
    let status = installation.worker.as_mut().unwrap().terminate(Duration::from_secs(12)).await;
    assert_eq!(status.code(), Some(0));

    // What it had claimed is done by the next one.
    installation.sandbox.no_faults().await;
    installation.advance(TimeDelta::minutes(2)).await;
    let agency = signed_in_again(&installation).await;
    let account = agency.accounts().await.remove(0);
    let before = account.0["insightsCollectedAt"].clone();
    // Only now: it may be done before anybody looks.
    let _next = installation.another_worker("worker-2");
    until("the work is done", async || {
        let now = agency.account(&account.id()).await;
        (now.0["insightsCollectedAt"] != before).then_some(())
    })
    .await;
}

async fn an_api_answers_what_it_was_asked(engine: Engine) {
    let mut installation = Installation::with(engine).without_worker().start().await;
    let (client, account) = {
        let agency = installation.agency("anna@northlight.example").await;
        let account =
            agency.connect(INSTAGRAM, &Consent::of(MERIDIAN), "studio@meridian.example").await.remove(0);
        (agency.client, account)
    };
    installation
        .sandbox
        .fault(json!({ "kind": "slow", "delay_answer_ms": 1500, "times": 1, "path_contains": "insights" }))
        .await;
    let mark = installation.sandbox.last_call().await;
    let asked = tokio::spawn(async move {
        client.mutate("collectInsights", json!({ "accountId": account.id() }), "run { status }").await
    });
    until("Meta is asked", async || {
        (!installation.sandbox.calls("insights", mark).await.is_empty()).then_some(())
    })
    .await;
    let status = installation.api.terminate(Duration::from_secs(8)).await;
    assert_eq!(status.code(), Some(0));
    assert_eq!(asked.await.unwrap()["run"]["status"], "SUCCEEDED", "it was answered all the same");
}

/// Meta may have ended the old token by now: whoever asked, the new one has to be stored.
async fn an_api_waits_for_a_renewal_that_nobody_waits_for_any_more(engine: Engine) {
    let mut installation = Installation::with(engine).without_worker().start().await;
    let (client, account) = {
        let agency = installation.agency("anna@northlight.example").await;
        let account = agency.connect(FACEBOOK, &Consent::of(NORA), "nora@lindqvist.example").await.remove(0);
        (agency.client, account.id())
    };
    let slow = json!({ "kind": "slow", "path_contains": "oauth/access_token", "delay_answer_ms": 2_000 });
    installation.sandbox.fault(slow).await;
    let mark = installation.sandbox.last_call().await;
    let asked = tokio::spawn(async move {
        client.mutate("refreshToken", json!({ "accountId": account }), "attempt { outcome }").await
    });
    until("Meta is asked", async || {
        (!installation.sandbox.refresh_calls(mark).await.is_empty()).then_some(())
    })
    .await;
    asked.abort();
    assert!(asked.await.unwrap_err().is_cancelled(), "it was answered too soon to tell");
    let status = installation.api.terminate(Duration::from_secs(20)).await;
    assert_eq!(status.code(), Some(0));
    let succeeded = "SELECT count(*) FROM refresh_attempt WHERE outcome = 'succeeded'";
    assert_eq!(installation.store.number(succeeded).await, 1);
    let newer = "SELECT count(*) FROM sealed_token WHERE kind = 'user' AND version = 2";
    assert_eq!(installation.store.number(newer).await, 1);
    let held = "SELECT count(*) FROM connection WHERE lease_until IS NOT NULL";
    assert_eq!(installation.store.number(held).await, 0);
}

/// An account whose hourly collecting is under way and does not get an answer yet.
async fn slow_call(installation: &Installation, mut fault: serde_json::Value) -> String {
    let agency = installation.agency("anna@northlight.example").await;
    let account =
        agency.connect(INSTAGRAM, &Consent::of(MERIDIAN), "studio@meridian.example").await.remove(0);
    agency.until_collected().await;
    until("all is done", async || {
        let open = "SELECT count(*) FROM job WHERE lease_until IS NOT NULL OR (kind = 'backfill_insights' AND due_at IS NOT NULL)";
        (installation.store.number(open).await == 0).then_some(())
    })
    .await;
    fault["path_contains"] = json!("insights");
    installation.sandbox.fault(fault).await;
    let mark = installation.sandbox.last_call().await;
    installation.advance(TimeDelta::minutes(58)).await;
    until("a slow call is under way", async || {
        let faults = installation.sandbox.get("faults").await;
        let hits = faults["faults"][0]["hits"].as_u64();
        let asked = !installation.sandbox.calls("insights", mark).await.is_empty();
        (asked || hits.is_none_or(|hits| hits > 0)).then_some(())
    })
    .await;
    account.id()
}

async fn signed_in_again(installation: &Installation) -> Agency<'_> {
    installation.returning("anna@northlight.example").await
}

impl Agency<'_> {
    async fn query_runs(&self, account: &str) -> Vec<serde_json::Value> {
        let account: Account = self.account(account).await;
        self.runs(&account.id()).await
    }
}
