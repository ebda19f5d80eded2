//! A return from Meta counts only with a state that is ours, fresh, unused and this browser's. With
//! any other nothing is asked of Meta, nothing is stored, and the person is led on kindly.

use chrono::TimeDelta;
use serde_json::json;
use url::Url;

use crate::support::agency::FACEBOOK;
use crate::support::people::NORA;
use crate::support::{Browser, Consent, Engine, Installation, on_each_database};

on_each_database![only_the_state_of_this_browser_counts];

async fn only_the_state_of_this_browser_counts(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let mut agency = installation.agency("anna@northlight.example").await;
    let mark = installation.sandbox.last_call().await;
    let ours = &agency.client.browser.clone();

    let callback = agreed(&installation, &agency.start_connect(FACEBOOK).await).await;
    refused(&installation, ours, &without(&callback, "state"), mark).await;
    refused(
        &installation,
        ours,
        &with(&callback, "state", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
        mark,
    )
    .await;
    refused(&installation, ours, &with(&callback, "state", ""), mark).await;
    refused(&installation, &installation.browser(), &callback, mark).await;
    // Refusals clear the cookie, so that each way begins anew.
    let other_login: Url = {
        let fresh = agreed(&installation, &agency.start_connect(FACEBOOK).await).await;
        let mut other = fresh.clone();
        other.set_path("/api/auth/callback/instagram");
        other
    };
    refused(&installation, ours, &other_login, mark).await;

    let late = agreed(&installation, &agency.start_connect(FACEBOOK).await).await;
    installation.advance(TimeDelta::minutes(11)).await;
    agency.sign_in_again().await;
    refused(&installation, ours, &late, mark).await;

    // A session that has ended meanwhile takes its dialogs along.
    let orphan = agreed(&installation, &agency.start_connect(FACEBOOK).await).await;
    agency.client.query("mutation { signOut { userErrors { code } } }", json!({})).await;
    refused(&installation, ours, &orphan, mark).await;
    agency.sign_in_again().await;

    let good = agreed(&installation, &agency.start_connect(FACEBOOK).await).await;
    let cookies = ours.cookies();
    let landed = ours.get(good.as_str()).await;
    assert!(landed.location().path().starts_with("/connect/connect:"), "{}", landed.location());
    let exchanged = installation.sandbox.last_call().await;
    // The same return once more, with the cookie of the first time.
    let copy = installation.browser();
    copy.set_cookies(cookies);
    refused(&installation, &copy, &good, exchanged).await;
    assert_eq!(installation.store.number("SELECT count(*) FROM connection").await, 1);

    let unknown = ours.get("/api/auth/callback/myspace?code=x&state=y").await;
    assert_eq!(unknown.status, 404);
}

async fn agreed(installation: &Installation, dialog: &str) -> Url {
    Consent::of(NORA).at(&installation.http, dialog).await
}

async fn refused(installation: &Installation, browser: &Browser, callback: &Url, mark: u64) {
    let connections = installation.store.number("SELECT count(*) FROM connection").await;
    let answer = browser.get(callback.as_str()).await;
    assert_eq!(answer.status, 303, "{callback}: {}", answer.text);
    let led_to = answer.location();
    assert_eq!(
        (led_to.origin(), led_to.path()),
        (installation.url.origin(), "/connect/failed"),
        "{callback}"
    );
    assert!(led_to.query().is_some_and(|query| query.contains("reason=state")), "{led_to}");
    let exchanges = installation.sandbox.calls("access_token", mark).await;
    assert!(exchanges.is_empty(), "{callback}: {exchanges:?}");
    assert_eq!(installation.store.number("SELECT count(*) FROM connection").await, connections);
}

fn with(callback: &Url, name: &str, value: &str) -> Url {
    let mut changed = without(callback, name);
    changed.query_pairs_mut().append_pair(name, value);
    changed
}

fn without(callback: &Url, name: &str) -> Url {
    let rest: Vec<_> = callback
        .query_pairs()
        .filter(|(key, _)| key != name)
        .map(|(k, v)| (k.into_owned(), v.into_owned()))
        .collect();
    let mut changed = callback.clone();
    changed.query_pairs_mut().clear().extend_pairs(rest);
    changed
}
