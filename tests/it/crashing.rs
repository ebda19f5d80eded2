//! A worker that is killed at any moment loses nothing.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::json;
use uuid::Uuid;

use crate::support::agency::{FACEBOOK, INSTAGRAM};
use crate::support::people::{MERIDIAN, NORA, TOMAS};
use crate::support::{Account, Agency, Consent, Engine, Installation, on_each_database, until};

on_each_database![
    ten_kills_during_renewals_lose_no_account_and_send_no_mail,
    a_renewal_that_is_killed_again_and_again_is_still_done,
];

const OWNER: &str = "owner@accounts.example";
const KILLS: usize = 10;
/// Long enough for what a dead worker had claimed to be free again, and for what failed to be due
/// again; short enough for ten of them to fit into the days that a token has left.
const PAUSE: TimeDelta = TimeDelta::hours(7);

async fn ten_kills_during_renewals_lose_no_account_and_send_no_mail(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let mut agency = installation.agency("anna@northlight.example").await;
    let mut accounts = Vec::new();
    for (provider, person) in [(FACEBOOK, NORA), (FACEBOOK, TOMAS), (INSTAGRAM, MERIDIAN)] {
        accounts.extend(agency.connect(provider, &Consent::of(person), OWNER).await);
    }
    assert_eq!(accounts.len(), 13);
    // Many windows pass in this test; the owner's consent outlives them.
    installation.sandbox.order("settings", json!({ "data_access_days": 10_000 })).await;
    // Meta renews at once, but takes its time to answer: the worst moment is in between.
    for path in ["oauth/access_token", "refresh_access_token"] {
        installation
            .sandbox
            .fault(json!({ "kind": "slow", "path_contains": path, "delay_answer_ms": 400 }))
            .await;
    }

    let mut moments = Vec::new();
    while moments.len() < KILLS {
        if !any_is_due(&mut agency).await {
            installation.advance(TimeDelta::days(48)).await;
        }
        let mark = installation.sandbox.last_call().await;
        let mut worker = installation.another_worker("worker");
        until("a renewal begins", async || {
            (!installation.sandbox.refresh_calls(mark).await.is_empty()).then_some(())
        })
        .await;
        let moment = Duration::from_millis(u64::from(Uuid::new_v4().as_bytes()[0]) * 2);
        tokio::time::sleep(moment).await;
        worker.kill();
        moments.push(moment.as_millis());
        installation.advance(PAUSE).await;
    }
    println!("killed {moments:?} ms after a renewal had begun");

    installation.sandbox.no_faults().await;
    let _worker = installation.another_worker("worker");
    agency.sign_in_again().await;
    until("every token is renewed", async || {
        let accounts = agency.accounts().await;
        accounts.iter().all(|account| account.days_left() > 13 && account.state() == "HEALTHY").then_some(())
    })
    .await;
    assert_eq!(agency.accounts().await.len(), accounts.len());
    for account in &accounts {
        is_whole(&agency, account).await;
    }
    assert!(installation.sandbox.mails(OWNER).await.is_empty(), "no mail about what healed by itself");
    assert_eq!(installation.store.number("SELECT count(*) FROM incident").await, 0);
    let open = "SELECT count(*) FROM (SELECT connection_id FROM refresh_attempt WHERE outcome = 'started' \
         GROUP BY connection_id HAVING count(*) > 1) AS several";
    assert_eq!(installation.store.number(open).await, 0, "at most one open attempt a login");
}

/// The same renewal is hit each time, which looks as if it were what kills the worker.
async fn a_renewal_that_is_killed_again_and_again_is_still_done(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let mut agency = installation.agency("anna@northlight.example").await;
    let meridian = agency.connect(INSTAGRAM, &Consent::of(MERIDIAN), OWNER).await.remove(0);
    installation
        .sandbox
        .fault(json!({ "kind": "slow", "path_contains": "refresh_access_token", "delay_answer_ms": 20_000 }))
        .await;
    installation.advance(TimeDelta::days(48)).await;
    for _ in 0..KILLS {
        let mark = installation.sandbox.last_call().await;
        let mut worker = installation.another_worker("worker");
        until("a renewal begins", async || {
            (!installation.sandbox.refresh_calls(mark).await.is_empty()).then_some(())
        })
        .await;
        worker.kill();
        installation.advance(PAUSE).await;
    }
    installation.sandbox.no_faults().await;
    let _worker = installation.another_worker("worker");
    agency.sign_in_again().await;
    until("the token is renewed", async || {
        (agency.account(&meridian.id()).await.days_left() > 14).then_some(())
    })
    .await;
    is_whole(&agency, &meridian).await;
    assert!(installation.sandbox.mails(OWNER).await.is_empty());
}

async fn any_is_due(agency: &mut Agency<'_>) -> bool {
    agency.sign_in_again().await;
    agency.accounts().await.iter().any(|account| account.days_left() <= 13)
}

/// The tokens in the database belong together: they can be read with, and renewed once more.
async fn is_whole(agency: &Agency<'_>, account: &Account) {
    let collected = until("collecting is free", async || {
        let input = json!({ "accountId": account.id() });
        let payload = agency.client.attempt("collectInsights", input, "run { status reason }").await;
        payload["userErrors"].as_array().is_some_and(Vec::is_empty).then(|| payload["run"].clone())
    })
    .await;
    assert_eq!(collected["status"], "SUCCEEDED", "{}: {collected}", account.username());
    let log = agency.refresh_log(&account.id()).await;
    assert!(log.iter().any(|attempt| attempt["outcome"] == "SUCCEEDED"), "{log:?}");
    assert!(log.iter().filter(|attempt| attempt["outcome"] == "STARTED").count() <= 1, "{log:?}");
}
