//! A database that takes nothing for a while: a full or read-only disk, or somebody who locks it.

use chrono::TimeDelta;
use serde_json::json;

use crate::support::agency::FACEBOOK;
use crate::support::client::{mutation, text};
use crate::support::people::NORA;
use crate::support::{Consent, Engine, Installation, on_each_database, until};

on_each_database![while_nothing_can_be_written_reads_go_on_and_the_rest_says_so];

const OWNER: &str = "owner@accounts.example";

async fn while_nothing_can_be_written_reads_go_on_and_the_rest_says_so(engine: Engine) {
    let installation = Installation::start(engine).await;
    let agency = installation.agency("anna@northlight.example").await;
    let accounts = agency.connect(FACEBOOK, &Consent::of(NORA), OWNER).await;
    let account = accounts.first().expect("an account").id();
    let health = async || installation.browser().get("/api/health/db").await.status;
    let input = json!({ "accountId": account, "contactEmail": "new@accounts.example" });
    let change = mutation("updateAccountContact", "");

    let held = installation.store.let_nobody_write().await;
    let refused = agency.client.send(&change, json!({ "input": input })).await;
    assert_eq!(refused.status, 503);
    assert_eq!(refused.header("retry-after"), "10");
    assert_eq!(text(&refused.json(), "/errors/0/extensions/code"), "UNAVAILABLE");
    let said = refused.json().to_string();
    for word in ["sqlite", "SELECT", "UPDATE", "lock", "read-only", "25006"] {
        assert!(!said.contains(word), "{said}");
    }
    assert_eq!(agency.accounts().await.len(), accounts.len(), "reading goes on");
    until("the process says that it is not ready", async || (health().await == 503).then_some(())).await;
    assert_eq!(installation.browser().get("/api/health").await.status, 200, "it lives");

    installation.store.let_write(held).await;
    until("it is ready again", async || (health().await == 200).then_some(())).await;
    agency.client.mutate("updateAccountContact", input, "").await;
    // The worker has needed nobody either.
    installation.advance(TimeDelta::days(48)).await;
    until("tokens are renewed again", async || {
        let renewed = "SELECT count(*) FROM refresh_attempt WHERE outcome = 'succeeded'";
        (installation.store.number(renewed).await == 1).then_some(())
    })
    .await;
}
