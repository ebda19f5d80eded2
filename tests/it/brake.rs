//! When very many accounts are refused at once, it is Meta or we that are at fault.

use chrono::TimeDelta;
use serde_json::json;

use crate::support::agency::FACEBOOK;
use crate::support::people::{NORA, TOMAS};
use crate::support::{Account, Agency, Consent, Engine, Installation, on_each_database};

on_each_database![
    many_refusals_at_once_break_nobody_until_an_operator_says_so,
    what_is_refused_for_a_day_is_no_passing_fault,
    what_gets_well_was_never_broken,
];

const NORAS: &str = "nora@lindqvist.example";
const TOMAS_MAIL: &str = "tomas@beck.example";

async fn many_refusals_at_once_break_nobody_until_an_operator_says_so(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let agency = installation.agency("anna@northlight.example").await;
    let (noras, tomas) = refused(&agency).await;
    // The logins of one person can well break together; that of another person on top cannot.
    assert_eq!(noras.len() + tomas.len(), 12);
    assert_eq!(agency.account(&noras[0].id()).await.state(), "NEEDS_RECONNECT");
    are_held(&agency, &tomas).await;

    let output = installation.command(&["release-brake"]).await;
    let answer = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && answer.contains("held 4 accounts"), "{answer}");
    agency.client.attempt("checkToken", check(&tomas[0]), "").await;
    for account in &tomas {
        assert_eq!(agency.account(&account.id()).await.state(), "NEEDS_RECONNECT");
    }
}

async fn what_is_refused_for_a_day_is_no_passing_fault(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let mut agency = installation.agency("anna@northlight.example").await;
    let (_, tomas) = refused(&agency).await;
    installation.advance(TimeDelta::hours(25)).await;
    agency.sign_in_again().await;
    agency.client.attempt("checkToken", check(&tomas[0]), "").await;
    assert_eq!(agency.account(&tomas[0].id()).await.state(), "NEEDS_RECONNECT");
}

async fn what_gets_well_was_never_broken(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let mut agency = installation.agency("anna@northlight.example").await;
    let (_, tomas) = refused(&agency).await;
    installation.sandbox.order("restore", json!({ "person": TOMAS })).await;
    installation.advance(TimeDelta::minutes(6)).await;
    agency.sign_in_again().await;
    agency.client.mutate("checkToken", check(&tomas[0]), "").await;
    are_held(&agency, &tomas).await;
    let output = installation.command(&["release-brake", "--hours", "2"]).await;
    assert!(String::from_utf8_lossy(&output.stdout).contains("for 2 h; it held 0 accounts"), "{output:?}");
}

/// The accounts of Nora and of Tomas, after Meta has refused both logins.
async fn refused(agency: &Agency<'_>) -> (Vec<Account>, Vec<Account>) {
    let noras = agency.connect(FACEBOOK, &Consent::of(NORA), NORAS).await;
    let tomas = agency.connect(FACEBOOK, &Consent::of(TOMAS), TOMAS_MAIL).await;
    for (person, accounts) in [(NORA, &noras), (TOMAS, &tomas)] {
        let revoke = json!({ "person": person, "subcode": 460 });
        agency.installation.sandbox.order("revoke", revoke).await;
        agency.client.attempt("checkToken", check(&accounts[0]), "").await;
    }
    (noras, tomas)
}

fn check(account: &Account) -> serde_json::Value {
    json!({ "accountId": account.id(), "force": true })
}

async fn are_held(agency: &Agency<'_>, accounts: &[Account]) {
    for account in accounts {
        assert_eq!(agency.account(&account.id()).await.health(), ("HEALTHY".to_owned(), None));
        assert!(agency.incidents(&account.id()).await.is_empty());
    }
    assert!(agency.installation.sandbox.mails(TOMAS_MAIL).await.is_empty());
}
