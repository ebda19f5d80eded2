//! What a reconnect link withstands: other accounts, second thoughts, time, and impatience.

use chrono::TimeDelta;
use serde_json::{Value, json};
use url::Url;

use crate::support::agency::{FACEBOOK, INSTAGRAM};
use crate::support::people::{BAKERY, BAKERY_PAGE, MERIDIAN, NORA, PIXEL, TOMAS};
use crate::support::{Account, Agency, Answer, Browser, Consent, Engine, Installation, on_each_database};

on_each_database![
    another_account_is_refused_and_nothing_is_touched,
    another_person_is_not_accepted_from_a_link,
    cancelling_leaves_the_link_usable,
    a_missing_permission_is_named_and_nothing_is_stored,
    a_link_renews_all_accounts_of_its_mail_also_when_some_were_left_out_first,
    links_end_with_time_with_a_newer_one_and_when_they_are_withdrawn,
    an_expired_link_is_renewed_by_mail_to_the_known_address_only,
    a_dialog_is_started_ten_times_at_most,
    a_disconnected_account_has_no_links,
];

async fn another_account_is_refused_and_nothing_is_touched(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let agency = installation.agency("anna@northlight.example").await;
    let meridian =
        agency.connect(INSTAGRAM, &Consent::of(MERIDIAN), "studio@meridian.example").await.remove(0);
    let link = copied_link(&agency, &meridian).await;
    let before = installation.store.number(TOKEN_VERSIONS).await;

    let end = repair(&installation, &link, &Consent::of(PIXEL)).await;
    for handle in ["@studio.meridian", "@pixelandpine"] {
        assert!(end.text.contains(handle), "{handle} is not named: {}", end.text);
    }
    assert_eq!(installation.store.number(TOKEN_VERSIONS).await, before, "the old grant stays as it was");
    assert_eq!(states(&agency, &meridian).await, ["WRONG_ACCOUNT"]);
    let checked = agency.client.mutate(
        "checkToken",
        json!({ "accountId": meridian.id(), "force": true }),
        "account { tokenHealth { state } }",
    );
    assert_eq!(checked.await["account"]["tokenHealth"]["state"], "HEALTHY", "the old token still works");

    // The link is still good for the right account.
    assert!(repair(&installation, &link, &Consent::of(MERIDIAN)).await.text.contains("works again"));
    assert_eq!(states(&agency, &meridian).await, ["DONE"]);
}

async fn another_person_is_not_accepted_from_a_link(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let agency = installation.agency("anna@northlight.example").await;
    let accounts = agency.connect(FACEBOOK, &Consent::of(NORA), "nora@lindqvist.example").await;
    let bakery = accounts.iter().find(|account| account.instagram_id() == BAKERY).unwrap();
    let link = copied_link(&agency, bakery).await;
    let end = repair(&installation, &link, &Consent::of(TOMAS)).await;
    assert!(end.text.contains(&format!("@{}", bakery.username())), "{}", end.text);
    assert_eq!(agency.account(&bakery.id()).await.state(), "HEALTHY");
    assert_eq!(installation.store.number("SELECT count(*) FROM connection").await, 1);
}

async fn cancelling_leaves_the_link_usable(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let agency = installation.agency("anna@northlight.example").await;
    let meridian =
        agency.connect(INSTAGRAM, &Consent::of(MERIDIAN), "studio@meridian.example").await.remove(0);
    let link = copied_link(&agency, &meridian).await;
    let end = repair(&installation, &link, &Consent::cancelled(MERIDIAN)).await;
    assert!(end.text.contains("nothing was changed"), "{}", end.text);
    assert_eq!(states(&agency, &meridian).await, ["DENIED"]);
    assert_eq!(installation.browser().get(link.as_str()).await.status, 200);
    assert!(repair(&installation, &link, &Consent::of(MERIDIAN)).await.text.contains("works again"));
    assert_eq!(states(&agency, &meridian).await, ["DONE"]);
}

async fn a_missing_permission_is_named_and_nothing_is_stored(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let agency = installation.agency("anna@northlight.example").await;
    let without = Consent::of(NORA).without("instagram_manage_insights");
    let end = agency.come_back(&agency.start_connect(FACEBOOK).await, &without).await;
    let location = end.location();
    assert_eq!(location.path(), "/connect/failed");
    let missing: Vec<_> = location.query_pairs().filter(|(name, _)| name == "missing").collect();
    assert_eq!(missing[0].1, "instagram_manage_insights", "{location}");
    assert_eq!(installation.store.number("SELECT count(*) FROM connection").await, 0);
    assert_eq!(installation.store.number("SELECT count(*) FROM sealed_token").await, 0);
}

async fn links_end_with_time_with_a_newer_one_and_when_they_are_withdrawn(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let mut agency = installation.agency("anna@northlight.example").await;
    let meridian =
        agency.connect(INSTAGRAM, &Consent::of(MERIDIAN), "studio@meridian.example").await.remove(0);
    let replaced = copied_link(&agency, &meridian).await;
    let withdrawn = copied_link(&agency, &meridian).await;
    is_over(&installation, &replaced, "REVOKED").await;
    let id = agency.links(&meridian.id()).await[0]["id"].clone();
    agency.client.mutate("revokeReconnectLink", json!({ "linkId": id }), "link { state }").await;
    is_over(&installation, &withdrawn, "REVOKED").await;
    assert_eq!(states(&agency, &meridian).await, ["REVOKED", "REVOKED"]);

    let expired = copied_link(&agency, &meridian).await;
    installation.advance(TimeDelta::days(7) - TimeDelta::minutes(1)).await;
    assert_eq!(installation.browser().get(expired.as_str()).await.status, 200);
    installation.advance(TimeDelta::minutes(2)).await;
    is_over(&installation, &expired, "EXPIRED").await;
    agency.sign_in_again().await;
    assert_eq!(states(&agency, &meridian).await[0], "EXPIRED");
}

/// Whoever has an old link may not be its owner: the new one goes where the owner is known to be.
async fn an_expired_link_is_renewed_by_mail_to_the_known_address_only(engine: Engine) {
    let installation = Installation::start(engine).await;
    let agency = installation.agency("anna@northlight.example").await;
    let meridian =
        agency.connect(INSTAGRAM, &Consent::of(MERIDIAN), "studio@meridian.example").await.remove(0);
    let link = copied_link(&agency, &meridian).await;
    let renew = format!("{link}/renew");
    let owner = installation.browser();
    assert_eq!(owner.post(&renew, &[]).await.status, 303, "it still works");
    assert_eq!(owner.get(&renew).await.status, 405);

    installation.advance(TimeDelta::days(8)).await;
    let page = owner.get(link.as_str()).await;
    assert!(page.text.contains("Mail a new link to s***@meridian.example"), "{}", page.text);
    assert!(!page.text.contains("studio@meridian"), "the address itself is not shown");
    for expected in [200, 410, 410] {
        let answer = owner.post(&renew, &[("email", "thief@elsewhere.example")]).await;
        assert_eq!(answer.status, expected, "{}", answer.text);
    }
    let fresh = installation.sandbox.mailed_link("studio@meridian.example", "/reconnect/").await;
    assert!(installation.sandbox.mails("thief@elsewhere.example").await.is_empty());
    // The first one asked for; then there was one that works, and the old one is withdrawn.
    assert_eq!(installation.sandbox.mails("studio@meridian.example").await.len(), 1);
    assert_eq!(installation.browser().get(&fresh).await.status, 200);
    let page = owner.get(link.as_str()).await;
    assert!(page.status == 410 && !page.text.contains("Mail a new link"), "{}", page.text);
}

async fn a_link_renews_all_accounts_of_its_mail_also_when_some_were_left_out_first(engine: Engine) {
    let installation = Installation::start(engine).await;
    let mut agency = installation.agency("anna@northlight.example").await;
    let consent = Consent::of(NORA).only_pages(&[BAKERY_PAGE, "104400000000002"]);
    let mut accounts = agency.connect(FACEBOOK, &consent, OWNER).await;
    accounts.sort_by_key(Account::instagram_id);
    let [bakery, second] = &accounts[..] else { panic!("two accounts: {accounts:?}") };
    agency.until_collected().await;
    installation.sandbox.revoke(NORA, 460).await;
    agency.client.attempt("checkToken", json!({ "accountId": bakery.id(), "force": true }), "").await;
    for account in [bakery, second] {
        agency.until_state(&account.id(), "NEEDS_RECONNECT").await;
    }
    let link: Url = installation.sandbox.mailed_link(OWNER, "/reconnect/").await.parse().unwrap();
    for account in [bakery, second] {
        let incidents = agency.incidents(&account.id()).await;
        let mut told: Vec<_> =
            incidents[0]["mails"].as_array().unwrap().iter().map(|mail| mail["recipient"].as_str()).collect();
        told.sort_unstable();
        assert_eq!(told, [Some("anna@northlight.example"), Some(OWNER)], "{}", account.username());
    }
    let asked = installation.browser().get(link.as_str()).await;
    for account in [bakery, second] {
        assert!(asked.text.contains(&account.username()), "{}", asked.text);
    }

    // Whichever account the link hangs on, it is the one that is chosen at Meta.
    let own = agency.links(&bakery.id()).await.is_empty();
    let (chosen, left, page) =
        if own { (second, bakery, "104400000000002") } else { (bakery, second, BAKERY_PAGE) };
    let partly = repair(&installation, &link, &Consent::of(NORA).only_pages(&[page])).await;
    assert!(partly.text.contains("works again") && partly.text.contains("left out"), "{}", partly.text);
    assert!(partly.text.contains(&left.username()), "{}", partly.text);
    assert_eq!(agency.account(&chosen.id()).await.state(), "HEALTHY");
    assert_ne!(agency.account(&left.id()).await.state(), "HEALTHY");

    let done = repair(&installation, &link, &Consent::of(NORA)).await;
    assert!(done.text.contains("nothing left to do"), "{}", done.text);
    agency.sign_in_again().await;
    for account in [bakery, second] {
        agency.until_state(&account.id(), "HEALTHY").await;
    }
    let owned = if own { second } else { bakery };
    assert_eq!(states(&agency, owned).await, ["DONE"]);
}

async fn a_dialog_is_started_ten_times_at_most(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let agency = installation.agency("anna@northlight.example").await;
    let meridian =
        agency.connect(INSTAGRAM, &Consent::of(MERIDIAN), "studio@meridian.example").await.remove(0);
    let link = copied_link(&agency, &meridian).await;
    let owner = installation.browser();
    for _ in 0..10 {
        assert_eq!(owner.post(link.as_str(), &[]).await.status, 303);
    }
    let eleventh = owner.post(link.as_str(), &[]).await;
    assert_eq!(eleventh.status, 410, "{}", eleventh.text);
    assert!(eleventh.set_cookies().is_empty());
    let refused =
        installation.stranger().refusal("startLinkReconnect", json!({ "token": token(&link) })).await;
    assert_eq!(refused.0, "input.token");
}

async fn a_disconnected_account_has_no_links(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let agency = installation.agency("anna@northlight.example").await;
    let meridian = agency.connect(INSTAGRAM, &Consent::of(MERIDIAN), OWNER).await.remove(0);
    let link = copied_link(&agency, &meridian).await;
    let input = json!({ "accountId": meridian.id() });
    agency.client.mutate("disconnectAccount", input.clone(), "account { id }").await;
    for name in ["createReconnectLink", "sendReconnectLink"] {
        let (path, code) = agency.client.refusal(name, input.clone()).await;
        assert_eq!((path.as_str(), code.as_str()), ("input.accountId", "INVALID"), "{name}");
    }
    is_over(&installation, &link, "REVOKED").await;
}

const OWNER: &str = "nora@lindqvist.example";
const TOKEN_VERSIONS: &str = "SELECT CAST(sum(version) AS BIGINT) FROM sealed_token";

async fn copied_link(agency: &Agency<'_>, account: &Account) -> Url {
    let made = agency
        .client
        .mutate("createReconnectLink", json!({ "accountId": account.id() }), "link { url }")
        .await;
    made["link"]["url"].as_str().unwrap().parse().unwrap()
}

fn token(link: &Url) -> &str {
    link.path_segments().unwrap().next_back().unwrap()
}

/// Opens the link, presses the button, goes through the dialog and comes back.
async fn repair(installation: &Installation, link: &Url, consent: &Consent) -> Answer {
    let owner: Browser = installation.browser();
    let started = owner.post(link.as_str(), &[]).await;
    assert_eq!(started.status, 303, "{}", started.text);
    let callback = consent.at(&installation.http, started.location().as_str()).await;
    owner.land(&callback).await
}

async fn states(agency: &Agency<'_>, account: &Account) -> Vec<Value> {
    agency.links(&account.id()).await.iter().map(|link| link["state"].clone()).collect()
}

async fn is_over(installation: &Installation, link: &Url, state: &str) {
    let owner = installation.browser();
    assert_eq!(owner.get(link.as_str()).await.status, 410);
    let started = owner.post(link.as_str(), &[]).await;
    assert_eq!((started.status, started.header("location")), (410, ""));
    let preview = installation
        .stranger()
        .query(
            "query ($token: String!) { reconnectLink(token: $token) { state usable } }",
            json!({ "token": token(link) }),
        )
        .await;
    assert_eq!(preview["reconnectLink"], json!({ "state": state, "usable": false }));
}
