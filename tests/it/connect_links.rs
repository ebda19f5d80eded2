//! With a connect link a client who has no login connects accounts, until it ends or is withdrawn.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::json;

use crate::support::agency::{FACEBOOK, INSTAGRAM};
use crate::support::people::{BAKERY, MERIDIAN, NORA, PIXEL};
use crate::support::{Consent, Engine, Guest, Installation, on_each_database, until};

on_each_database![
    a_client_connects_the_accounts_they_choose,
    looking_uses_nothing_up_and_a_persons_look_is_noted,
    a_link_serves_several_logins_until_it_is_withdrawn,
    links_end_with_time_and_with_the_tenth_start,
    a_token_of_one_kind_is_none_of_the_other,
    a_late_return_leads_back_to_the_link,
    only_members_make_links_and_only_they_see_addresses,
    one_address_gets_three_links_a_day,
    what_was_disconnected_does_not_come_back_by_its_link,
    links_are_forgotten_long_after_their_end,
];

const CLIENT: &str = "nora@lindqvist.example";
const SECOND: &str = "17841400000000002";

async fn a_client_connects_the_accounts_they_choose(engine: Engine) {
    let installation = Installation::start(engine).await;
    let agency = installation.agency("anna@northlight.example").await;
    agency.connect_link(json!({ "email": CLIENT, "provider": FACEBOOK, "lifetimeDays": 30 })).await;
    let link = installation.sandbox.mailed_link(CLIENT, "/connect-accounts/").await;
    let mail = installation.sandbox.mails(CLIENT).await.remove(0);
    assert_eq!(mail.subject(), "Northlight asks you to connect Instagram accounts");
    assert!(mail.plain().contains("Lindqvist Bakeries"), "{}", mail.plain());
    until("the link is sent", async || (agency.connect_link_state().await == "SENT").then_some(())).await;

    let client = Guest::with(&installation, &link);
    let page = client.look().await;
    for part in ["Northlight", "Lindqvist Bakeries", "See the insights", "How to end it later", "/deletion"] {
        assert!(page.text.contains(part), "{part} is missing: {}", page.text);
    }
    assert!(!page.text.contains("Continue to Instagram"), "only the login that it offers");
    assert_eq!(agency.connect_link_state().await, "OPENED");

    let chooser = client.log_in("facebook", &Consent::of(NORA)).await;
    assert!(chooser.url.path().ends_with("/choose") && chooser.status == 200, "{}", chooser.text);
    for part in ["Nora Lindqvist", "@harbour.bakery", "Lindqvist Allotment Club", "no professional Instagram"]
    {
        assert!(chooser.text.contains(part), "{part} is missing: {}", chooser.text);
    }
    assert!(!chooser.text.contains(" checked"), "nothing is ticked for anybody");
    assert!(chooser.text.contains("n***@lindqvist.example") && !chooser.text.contains(CLIENT));
    assert!(agency.accounts().await.is_empty(), "nothing is connected before the choice");
    let nothing = client.choose(&chooser, &[]).await;
    assert!(nothing.status == 422 && nothing.text.contains("tick at least one"), "{}", nothing.text);
    let foreign = client.choose(&chooser, &[("account", MERIDIAN)]).await;
    assert_eq!(foreign.status, 422, "what was not offered is refused: {}", foreign.text);
    assert!(agency.accounts().await.is_empty());

    let sent = client.choose(&chooser, &[("account", BAKERY), ("contact", "thief@elsewhere.example")]).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    let done = client.browser.get(sent.location().as_str()).await;
    assert!(done.text.contains("@harbour.bakery") && done.text.contains("Thank you"), "{}", done.text);
    assert!(!done.text.contains("copperkettle"), "only what was chosen: {}", done.text);

    let accounts = agency.accounts().await;
    assert_eq!(accounts.len(), 1);
    assert_eq!((accounts[0].instagram_id(), accounts[0].state()), (BAKERY.to_owned(), "HEALTHY".to_owned()));
    assert_eq!(agency.contact_of(&accounts[0].id()).await, CLIENT, "the address that the agency settled");
    agency.until_collected().await;
    let links = agency.connect_links().await;
    assert_eq!(links[0]["state"], "CONNECTED");
    assert_eq!((&links[0]["accountCount"], &links[0]["starts"]), (&json!(1), &json!(1)));
    assert_eq!(links[0]["accounts"], json!([{ "username": "harbour.bakery" }]));
    assert_eq!(links[0]["createdBy"], "Anna Quist");

    // The way gave nothing but accounts: no session, and a trail of every step.
    let cookies = client.browser.cookies();
    assert!(!cookies.keys().any(|name| name.contains("session")), "{cookies:?}");
    for (action, times) in
        [("sent", 1), ("started", 1), ("returned", 1), ("chosen", 1), ("denied", 0), ("revoked", 0)]
    {
        assert_eq!(installation.link_trail(action).await, times, "connect_link.{action}");
    }
}

async fn looking_uses_nothing_up_and_a_persons_look_is_noted(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let agency = installation.agency("anna@northlight.example").await;
    let link = agency.connect_link(json!({})).await;
    let mark = installation.sandbox.last_call().await;
    let client = Guest::with(&installation, &link);
    let before = rows(&installation).await;
    for method in [Method::GET, Method::HEAD] {
        for address in [&link, &client.choice()] {
            for _ in 0..12 {
                let answer = client.browser.send(client.browser.request(method.clone(), address)).await;
                assert!(answer.set_cookies().is_empty(), "{method} {address}");
                assert_eq!(
                    (answer.header("cache-control"), answer.header("referrer-policy")),
                    ("no-store", "no-referrer")
                );
            }
        }
    }
    let ahead = client.browser.request(Method::GET, &link);
    let ahead = ahead.header("sec-fetch-dest", "document").header("sec-fetch-mode", "navigate");
    client.browser.send(ahead.header("sec-purpose", "prefetch")).await;
    assert_eq!(agency.connect_link_state().await, "CREATED", "a scanner is nobody");
    client.look().await;
    client.look().await;
    let links = agency.connect_links().await;
    assert_eq!((&links[0]["state"], &links[0]["starts"]), (&json!("OPENED"), &json!(0)));
    assert_eq!(rows(&installation).await, before, "nothing else has changed");
    assert_eq!(installation.sandbox.last_call().await, mark);
    assert_eq!(client.start("myspace").await.status, 400);
    assert_eq!(client.start("facebook").await.status, 303);
}

async fn a_link_serves_several_logins_until_it_is_withdrawn(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let agency = installation.agency("anna@northlight.example").await;
    let link = agency.connect_link(json!({})).await;
    let client = Guest::with(&installation, &link);
    let chooser = client.log_in("facebook", &Consent::of(NORA)).await;
    client.choose(&chooser, &[("account", SECOND)]).await;
    let cancelled = client.log_in("instagram", &Consent::cancelled(MERIDIAN)).await;
    assert!(cancelled.text.contains("cancelled"), "{}", cancelled.text);
    assert_eq!(agency.connect_link_state().await, "CONNECTED", "it has brought an account");
    let chooser = client.log_in("instagram", &Consent::of(MERIDIAN)).await;
    let done = client.choose(&chooser, &[("account", MERIDIAN)]).await;
    assert_eq!(done.status, 303, "{}", done.text);
    assert_eq!(agency.connect_links().await[0]["accountCount"], 2);

    // Withdrawn: nobody starts, comes back, or chooses any more.
    let open = Guest::with(&installation, &link);
    let chooser = open.log_in("facebook", &Consent::of(NORA)).await;
    let away = Guest::with(&installation, &link);
    let dialog = away.start("instagram").await.location();
    let callback = Consent::of(PIXEL).at(&installation.http, dialog.as_str()).await;
    let id = agency.connect_links().await[0]["id"].clone();
    let fields = "link { state usable url }";
    let revoked = agency.client.mutate("revokeConnectLink", json!({ "connectLinkId": id }), fields).await;
    assert_eq!(revoked["link"], json!({ "state": "REVOKED", "usable": false, "url": null }));
    let mark = installation.sandbox.last_call().await;
    assert_eq!(open.choose(&chooser, &[("account", BAKERY)]).await.status, 410);
    assert_eq!(away.browser.land(&callback).await.status, 410);
    assert_eq!(open.start("facebook").await.status, 410);
    assert_eq!(open.look().await.status, 410);
    assert_eq!(installation.sandbox.last_call().await, mark, "no token was exchanged");
    assert_eq!(agency.accounts().await.len(), 2, "what was connected stays");
    assert_eq!(agency.connect_link_state().await, "REVOKED");
}

async fn links_end_with_time_and_with_the_tenth_start(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let mut agency = installation.agency("anna@northlight.example").await;
    let often = Guest::with(&installation, &agency.connect_link(json!({ "lifetimeDays": 30 })).await);
    for _ in 0..10 {
        assert_eq!(often.start("facebook").await.status, 303);
    }
    let eleventh = often.start("facebook").await;
    assert!(eleventh.status == 410 && eleventh.set_cookies().is_empty(), "{}", eleventh.text);
    assert_eq!(agency.connect_links().await[0]["usable"], false);

    let short = Guest::with(&installation, &agency.connect_link(json!({ "lifetimeDays": 1 })).await);
    let usual = Guest::with(&installation, &agency.connect_link(json!({})).await);
    installation.advance(TimeDelta::days(1) - TimeDelta::minutes(1)).await;
    assert_eq!(short.look().await.status, 200);
    installation.advance(TimeDelta::minutes(2)).await;
    assert_eq!((short.look().await.status, short.start("facebook").await.status), (410, 410));
    assert_eq!(usual.look().await.status, 200);
    installation.advance(TimeDelta::days(6)).await;
    assert_eq!(usual.look().await.status, 410, "seven days when nobody says how many");
    agency.sign_in_again().await;
    assert_eq!(agency.connect_link_state().await, "EXPIRED");
}

async fn a_token_of_one_kind_is_none_of_the_other(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let agency = installation.agency("anna@northlight.example").await;
    let account = agency.connect(INSTAGRAM, &Consent::of(MERIDIAN), CLIENT).await.remove(0);
    let input = json!({ "accountId": account.id() });
    let made = agency.client.mutate("createReconnectLink", input, "link { url }").await;
    let reconnect = made["link"]["url"].as_str().unwrap();
    let connect = agency.connect_link(json!({})).await;
    let browser = installation.browser();
    for address in [
        connect.replace("/connect-accounts/", "/reconnect/"),
        reconnect.replace("/reconnect/", "/connect-accounts/"),
        format!("{}/choose", reconnect.replace("/reconnect/", "/connect-accounts/")),
        installation.url.join("connect-accounts/unknown").unwrap().to_string(),
    ] {
        let answer = browser.get(&address).await;
        assert!(answer.status == 404 && answer.text.contains("no such link"), "{address}: {}", answer.text);
        let posted = browser.post(&address, &[("login", "facebook")]).await;
        assert_eq!((posted.status, posted.header("location")), (404, ""), "{address}");
    }
}

/// Who was longer at Meta than a state lives is not left alone.
async fn a_late_return_leads_back_to_the_link(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let agency = installation.agency("anna@northlight.example").await;
    let client = Guest::with(&installation, &agency.connect_link(json!({})).await);
    let dialog = client.start("facebook").await.location();
    let callback = Consent::of(NORA).at(&installation.http, dialog.as_str()).await;
    let stranger = installation.browser().get(callback.as_str()).await.location();
    assert_eq!(stranger.path(), "/connect/failed", "another browser is told nothing");
    // That try has used nothing up, but took no effect either.
    installation.advance(TimeDelta::minutes(11)).await;
    let mark = installation.sandbox.last_call().await;
    let back = client.browser.land(&callback).await;
    assert!(
        back.text.contains("took too long") && back.text.contains("Continue to Facebook"),
        "{}",
        back.text
    );
    assert_eq!(installation.sandbox.last_call().await, mark, "no token was exchanged");
    assert_eq!(installation.store.number("SELECT count(*) FROM connection").await, 0);
}

async fn only_members_make_links_and_only_they_see_addresses(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let agency = installation.agency("anna@northlight.example").await;
    agency.connect_link(json!({})).await;
    let id = agency.connect_links().await[0]["id"].clone();
    let create = json!({ "workspaceId": agency.workspace, "clientName": "Hafen" });
    let revoke = json!({ "connectLinkId": id });
    for role in ["member", "admin", "owner"] {
        installation.store.execute(&format!("UPDATE membership SET role = '{role}'")).await;
        agency.client.mutate("createConnectLink", create.clone(), "link { url }").await;
    }
    installation.store.execute("UPDATE membership SET role = 'viewer'").await;
    for (name, input) in [("createConnectLink", &create), ("revokeConnectLink", &revoke)] {
        let refused = agency.client.refusal(name, input.clone()).await;
        assert_eq!(refused, (String::new(), "FORBIDDEN".to_owned()), "{name}");
    }
    let links = agency.connect_links().await;
    assert_eq!(links.len(), 4);
    assert!(links.iter().all(|link| link["url"].is_null() && link["state"] == "CREATED"), "{links:?}");
}

async fn one_address_gets_three_links_a_day(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let mut agency = installation.agency("anna@northlight.example").await;
    let account = agency.connect(INSTAGRAM, &Consent::of(MERIDIAN), CLIENT).await.remove(0);
    // Links of both kinds are mails to the same person.
    agency.client.mutate("sendReconnectLink", json!({ "accountId": account.id() }), "").await;
    let input = json!({ "workspaceId": agency.workspace, "clientName": "Hafen", "email": CLIENT });
    for _ in 0..2 {
        agency.client.mutate("createConnectLink", input.clone(), "").await;
    }
    let refused = agency.client.refusal("createConnectLink", input.clone()).await;
    assert_eq!(refused, ("input.email".to_owned(), "TRY_LATER".to_owned()));
    let input_of_another = json!({ "accountId": account.id() });
    assert_eq!(agency.client.refusal("sendReconnectLink", input_of_another).await.1, "TRY_LATER");
    assert_eq!(agency.connect_links().await.len(), 2, "a refused mail leaves no link behind");
    installation.advance(TimeDelta::hours(25)).await;
    agency.sign_in_again().await;
    agency.client.mutate("createConnectLink", input, "").await;
}

async fn what_was_disconnected_does_not_come_back_by_its_link(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let agency = installation.agency("anna@northlight.example").await;
    let other = agency.connect_link(json!({})).await;
    let link = agency.connect_link(json!({})).await;
    let client = Guest::with(&installation, &link);
    let chooser = client.log_in("instagram", &Consent::of(MERIDIAN)).await;
    client.choose(&chooser, &[("account", MERIDIAN)]).await;
    let id = agency.accounts().await[0].id();
    let input = json!({ "accountId": id, "deleteHistory": false });
    agency.client.mutate("disconnectAccount", input, "account { id }").await;
    assert_eq!(client.start("instagram").await.status, 410);
    assert_eq!(Guest::with(&installation, &other).look().await.status, 200, "other links are not touched");
}

async fn links_are_forgotten_long_after_their_end(engine: Engine) {
    let installation = Installation::with(engine).set("CRON_HOUSEKEEPING", "* * * * * *").start().await;
    let mut agency = installation.agency("anna@northlight.example").await;
    let client = Guest::with(&installation, &agency.connect_link(json!({ "lifetimeDays": 1 })).await);
    client.log_in("instagram", &Consent::of(MERIDIAN)).await;
    installation.advance(TimeDelta::days(90)).await;
    until("the choice is removed", async || {
        (installation.store.number("SELECT count(*) FROM connect_session").await == 0).then_some(())
    })
    .await;
    agency.sign_in_again().await;
    assert_eq!(agency.connect_links().await.len(), 1, "it can still be looked up");
    installation.advance(TimeDelta::days(2)).await;
    until("the link is removed", async || {
        (installation.store.number("SELECT count(*) FROM connect_link").await == 0).then_some(())
    })
    .await;
    assert!(installation.link_trail("started").await == 1, "the trail stays");
    assert_eq!(
        installation.store.number("SELECT count(*) FROM connection").await,
        0,
        "the unused grant, too"
    );
}

/// How many rows there are of what a visit could make.
async fn rows(installation: &Installation) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in ["oauth_state", "connect_session", "connection", "audit_event", "session", "outbox", "job"] {
        counts.push(installation.store.number(&format!("SELECT count(*) FROM {table}")).await);
    }
    counts
}
