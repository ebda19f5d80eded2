//! What a reconnect link withstands: other accounts, second thoughts, time, and impatience.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

use crate::support::agency::{FACEBOOK, INSTAGRAM};
use crate::support::client_link::look_at;
use crate::support::people::{BAKERY, BAKERY_PAGE, MERIDIAN, NORA, PIXEL, TOMAS};
use crate::support::{
    Account, Agency, Answer, Browser, Consent, Engine, Installation, on_each_database, until,
};

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
    the_team_sees_every_state_of_a_link,
    links_for_many_accounts_are_one_mail_for_each_address_and_login,
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

    // The link hangs on the account that its page names first; the other one is chosen at Meta.
    let place = |account: &Account| asked.text.find(&format!("@{}<", account.username())).unwrap();
    let own = place(bakery) > place(second);
    for account in [bakery, second] {
        assert_eq!(agency.links(&account.id()).await.len(), 1, "the team sees it with both");
    }
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

/// Each by a visit as a person makes it, and never by one of a scanner.
async fn the_team_sees_every_state_of_a_link(engine: Engine) {
    let installation = Installation::start(engine).await;
    let mut agency = installation.agency("anna@northlight.example").await;
    let meridian =
        agency.connect(INSTAGRAM, &Consent::of(MERIDIAN), "studio@meridian.example").await.remove(0);
    let input = json!({ "accountId": meridian.id() });
    agency.client.mutate("sendReconnectLink", input.clone(), "").await;
    let link: Url =
        installation.sandbox.mailed_link("studio@meridian.example", "/reconnect/").await.parse().unwrap();
    until("it is sent", async || (states(&agency, &meridian).await == ["SENT"]).then_some(())).await;

    let owner = installation.browser();
    let rows = "SELECT (SELECT count(*) FROM oauth_state) + (SELECT count(*) FROM audit_event) \
                + (SELECT CAST(sum(starts) AS BIGINT) FROM reconnect_link)";
    let before = installation.store.number(rows).await;
    owner.get(link.as_str()).await;
    owner.send(owner.request(Method::HEAD, link.as_str())).await;
    assert_eq!(states(&agency, &meridian).await, ["SENT"], "a scanner is nobody");
    look_at(&owner, link.as_str()).await;
    assert_eq!(states(&agency, &meridian).await, ["OPENED"]);
    assert_eq!(installation.store.number(rows).await, before, "a look changes nothing else");

    repair(&installation, &link, &Consent::cancelled(MERIDIAN)).await;
    look_at(&owner, link.as_str()).await;
    assert_eq!(states(&agency, &meridian).await, ["DENIED"], "looking again is no news");
    repair(&installation, &link, &Consent::of(PIXEL)).await;
    assert_eq!(states(&agency, &meridian).await, ["WRONG_ACCOUNT"]);
    repair(&installation, &link, &Consent::of(MERIDIAN)).await;
    look_at(&owner, link.as_str()).await;
    assert_eq!(states(&agency, &meridian).await, ["DONE"]);
    copied_link(&agency, &meridian).await;
    copied_link(&agency, &meridian).await;
    assert_eq!(states(&agency, &meridian).await, ["CREATED", "REVOKED", "DONE"]);
    installation.advance(TimeDelta::days(8)).await;
    agency.sign_in_again().await;
    assert_eq!(states(&agency, &meridian).await, ["EXPIRED", "REVOKED", "DONE"]);
}

async fn links_for_many_accounts_are_one_mail_for_each_address_and_login(engine: Engine) {
    let installation = Installation::start(engine).await;
    let agency = installation.agency("anna@northlight.example").await;
    let consent = Consent::of(NORA).only_pages(&[BAKERY_PAGE, "104400000000002", "104400000000003"]);
    let mut accounts = agency.connect(FACEBOOK, &consent, "").await;
    accounts.sort_by_key(Account::instagram_id);
    let [bakery, fern, silent] = &accounts[..] else { panic!("three accounts: {accounts:?}") };
    let meridian = agency.connect(INSTAGRAM, &Consent::of(MERIDIAN), OWNER).await.remove(0);
    for account in [bakery, fern] {
        let input = json!({ "accountId": account.id(), "contactEmail": OWNER });
        agency.client.mutate("updateAccountContact", input, "").await;
    }
    agency.until_collected().await;
    installation.sandbox.revoke(NORA, 460).await;
    agency.client.attempt("checkToken", json!({ "accountId": bakery.id(), "force": true }), "").await;
    for account in [bakery, fern] {
        agency.until_state(&account.id(), "NEEDS_RECONNECT").await;
    }
    installation.sandbox.mailed_link(OWNER, "/reconnect/").await;
    let told = installation.sandbox.mails(OWNER).await.len();

    let unknown = "account:00000000-0000-4000-8000-000000000000";
    let ids = json!([meridian.id(), fern.id(), unknown, silent.id(), bakery.id(), fern.id()]);
    let input = json!({ "workspaceId": agency.workspace, "accountIds": ids });
    let fields = "results { accountId link { id } error { path code } }";
    let results = agency.client.mutate("sendReconnectLinks", input.clone(), fields).await["results"].take();
    let of = |at: usize| (&results[at]["link"]["id"], &results[at]["error"]["code"]);
    for (at, id) in ids.as_array().unwrap().iter().enumerate() {
        assert_eq!(&results[at]["accountId"], id, "in the order in which they were asked for");
    }
    assert_eq!((of(2).1, of(3).1), (&json!("NOT_FOUND"), &json!("INVALID")), "{results}");
    assert!(of(1).0.is_string() && of(1).0 == of(4).0 && of(1).0 == of(5).0, "they share a login: {results}");
    assert!(of(0).0.is_string() && of(0).0 != of(1).0, "another login is another link: {results}");
    until("both mails", async || (installation.sandbox.mails(OWNER).await.len() == told + 2).then_some(()))
        .await;
    let mails = installation.sandbox.mails(OWNER).await;
    let shared = mails.iter().find(|mail| mail.subject().contains("asks you to reconnect 2")).unwrap();
    for account in [bakery, fern] {
        assert!(shared.plain().contains(&format!("@{}", account.username())), "{}", shared.plain());
        until("the team sees it sent", async || (states(&agency, account).await[0] == "SENT").then_some(()))
            .await;
    }

    // One visit repairs all of them.
    let link: Url = shared.link("/reconnect/").unwrap().parse().unwrap();
    let done = repair(&installation, &link, &Consent::of(NORA)).await;
    assert!(done.text.contains("nothing left to do"), "{}", done.text);
    for account in [bakery, fern] {
        assert_eq!(agency.account(&account.id()).await.state(), "HEALTHY");
        assert_eq!(states(&agency, account).await[0], "DONE");
    }
    // Two of the three mails of a day are gone: one more, and then no other.
    let again = agency.client.mutate("sendReconnectLinks", input, fields).await["results"].take();
    let codes: Vec<_> = [0, 1].iter().map(|at| again[*at]["error"]["code"].clone()).collect();
    assert_eq!(codes.iter().filter(|code| **code == "TRY_LATER").count(), 1, "{again}");

    installation.store.execute("UPDATE membership SET role = 'viewer'").await;
    let input = json!({ "workspaceId": agency.workspace, "accountIds": [bakery.id()] });
    assert_eq!(agency.client.refusal("sendReconnectLinks", input).await.1, "FORBIDDEN");
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
