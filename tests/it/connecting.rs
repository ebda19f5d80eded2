//! What a login reaches is offered, and nothing is chosen for anybody.

use chrono::TimeDelta;
use serde_json::json;

use crate::support::agency::FACEBOOK;
use crate::support::people::{BAKERY, BAKERY_PAGE, NORA};
use crate::support::{Account, Consent, Engine, Installation, on_each_database};

on_each_database![only_what_was_ticked_is_offered, a_page_that_was_unticked_later_shows_it];

const SECOND: &str = "17841400000000002";
const SECOND_PAGE: &str = "104400000000002";

async fn only_what_was_ticked_is_offered(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let agency = installation.agency("anna@northlight.example").await;
    let both = Consent::of(NORA).only_pages(&[BAKERY_PAGE, SECOND_PAGE]);
    let choice = agency.log_in(FACEBOOK, &both).await;
    let mut offered: Vec<_> = agency
        .candidates(&choice)
        .await
        .iter()
        .map(|one| one["instagramId"].as_str().unwrap().to_owned())
        .collect();
    offered.sort();
    assert_eq!(offered, [BAKERY, SECOND]);
    assert!(agency.accounts().await.is_empty(), "nothing is chosen silently");

    let chosen = agency.choose(&choice, &[SECOND.to_owned()], "nora@lindqvist.example").await;
    assert_eq!(chosen[0].instagram_id(), SECOND);
    assert_eq!(agency.accounts().await.len(), 1);
    // A choice is made once.
    let input = json!({ "connectSessionId": choice, "instagramIds": [BAKERY] });
    let refused = agency.client.refusal("chooseAccounts", input).await;
    assert_eq!(refused.0, "input.connectSessionId");
    let again = agency.log_in(FACEBOOK, &both).await;
    let states = agency.candidates(&again).await;
    let state = |id: &str| states.iter().find(|one| one["instagramId"] == id).unwrap()["state"].clone();
    assert_eq!((state(BAKERY), state(SECOND)), (json!("SELECTABLE"), json!("ALREADY_CONNECTED")));
}

/// The grant at Meta is one for a person and an app: the newest one decides for all accounts.
async fn a_page_that_was_unticked_later_shows_it(engine: Engine) {
    let installation = Installation::start(engine).await;
    let agency = installation.agency("anna@northlight.example").await;
    let accounts = agency.connect(FACEBOOK, &Consent::of(NORA), "nora@lindqvist.example").await;
    agency.until_collected().await;
    let of =
        |id: &str| accounts.iter().find(|account| account.instagram_id() == id).map(Account::id).unwrap();
    let (kept, dropped) = (of(BAKERY), of(SECOND));

    let started =
        agency.client.mutate("startReconnect", json!({ "accountId": kept }), "authorizationUrl").await;
    let dialog = started["authorizationUrl"].as_str().unwrap();
    agency.come_back(dialog, &Consent::of(NORA).only_pages(&[BAKERY_PAGE])).await;
    assert_eq!(agency.account(&kept).await.state(), "HEALTHY");
    let run = agency
        .client
        .attempt("collectInsights", json!({ "accountId": dropped }), "run { status reason }")
        .await;
    assert_ne!(run["run"]["status"], "SUCCEEDED", "{run}");
    // Seen once it may be a fault of Meta's; seen again a minute later it is not.
    agency.until_state(&dropped, "PAGES_STALE").await;
    installation.advance(TimeDelta::minutes(2)).await;
    agency.until_state(&dropped, "PERMISSION_MISSING").await;
    assert_eq!(agency.account(&kept).await.state(), "HEALTHY");
}
