//! A stored token opens only in its own place. One that does not is an operator's matter: the account
//! says so, the others go on, and no owner gets a mail.

use serde_json::Value;

use crate::support::agency::FACEBOOK;
use crate::support::people::NORA;
use crate::support::{Consent, Engine, Installation, on_each_database};

on_each_database![a_ciphertext_in_another_place_does_not_open, a_changed_ciphertext_does_not_open];

/// Gives the newest Page token the ciphertext of the oldest.
const COPY: &str = "UPDATE sealed_token SET ciphertext = (SELECT ciphertext FROM sealed_token WHERE kind = 'page' \
     ORDER BY id LIMIT 1) WHERE id = (SELECT id FROM sealed_token WHERE kind = 'page' ORDER BY id DESC LIMIT 1)";

/// Changes one character of the newest Page token's ciphertext.
const CHANGE: &str = "UPDATE sealed_token SET ciphertext = substr(ciphertext, 1, length(ciphertext) - 9) \
     || CASE substr(ciphertext, length(ciphertext) - 8, 1) WHEN 'A' THEN 'B' ELSE 'A' END \
     || substr(ciphertext, length(ciphertext) - 7) \
     WHERE id = (SELECT id FROM sealed_token WHERE kind = 'page' ORDER BY id DESC LIMIT 1)";

async fn a_ciphertext_in_another_place_does_not_open(engine: Engine) {
    one_account_is_unreadable(engine, COPY).await;
}

async fn a_changed_ciphertext_does_not_open(engine: Engine) {
    one_account_is_unreadable(engine, CHANGE).await;
}

async fn one_account_is_unreadable(engine: Engine, change: &str) {
    let installation = Installation::with(engine).without_worker().start().await;
    let agency = installation.agency("anna@northlight.example").await;
    let accounts = agency.connect(FACEBOOK, &Consent::of(NORA), "nora@lindqvist.example").await;
    assert_eq!(installation.store.execute(change).await, 1);
    let stored = installation.store.number("SELECT CAST(sum(version) AS BIGINT) FROM sealed_token").await;

    let ran = installation.command(&["collect-insights", "--json"]).await;
    assert_eq!(ran.status.code(), Some(1));
    let lines: Vec<Value> = String::from_utf8(ran.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let failed = lines.iter().filter(|line| line["result"] == "failed").count();
    let succeeded = lines.iter().filter(|line| line["result"] == "succeeded").count();
    assert_eq!((failed, succeeded), (1, accounts.len() - 1), "each account alone: {lines:?}");

    let states: Vec<String> = agency.accounts().await.iter().map(|account| account.state()).collect();
    assert_eq!(states.iter().filter(|state| *state == "TOKEN_UNREADABLE").count(), 1, "{states:?}");
    assert_eq!(states.iter().filter(|state| *state == "HEALTHY").count(), accounts.len() - 1, "{states:?}");
    assert_eq!(
        installation.store.number("SELECT CAST(sum(version) AS BIGINT) FROM sealed_token").await,
        stored,
        "nothing is overwritten"
    );
    let mails = "SELECT count(*) FROM outbox WHERE kind = 'needs_reconnect'";
    assert_eq!(installation.store.number(mails).await, 0, "it is not the owner's matter");
}
