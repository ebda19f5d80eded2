//! After everything has happened once, no secret is in the database, in the logs at their most
//! verbose, or in any answer.

use chrono::TimeDelta;
use serde_json::json;

use crate::support::agency::{FACEBOOK, INSTAGRAM, PASSWORD};
use crate::support::client_link::form_token;
use crate::support::people::{MERIDIAN, NORA, PIXEL, TOMAS};
use crate::support::receiver::Receiver;
use crate::support::store::contains;
use crate::support::{Consent, Engine, Guest, Installation, on_each_database};

on_each_database![no_secret_is_stored_logged_or_answered];

const OWNER: &str = "nora@lindqvist.example";

async fn no_secret_is_stored_logged_or_answered(engine: Engine) {
    let receiver = Receiver::start().await;
    let installation = crate::channels::open_to(engine, &receiver).recorded().start().await;
    let mut agency = installation.agency("anna@northlight.example").await;
    let hook = ["hook-with-a-secret-path", "slack/services/T0123/B0123/a-secret-of-slack"];
    let events = ["INCIDENT_OPENED", "ACCOUNT_HEALTH_CHANGED"];
    let (_, signing) = agency.channel("WEBHOOK", &receiver.url(hook[0]), &events).await;
    agency.channel("SLACK", &receiver.url(hook[1]), &events).await;
    let accounts = agency.connect(FACEBOOK, &Consent::of(NORA), OWNER).await;
    let meridian =
        agency.connect(INSTAGRAM, &Consent::of(MERIDIAN), "studio@meridian.example").await.remove(0);
    agency.until_collected().await;

    // What goes wrong is logged in more words than what goes well.
    let mut wrong = Vec::new();
    for consent in [Consent::cancelled(TOMAS), Consent::of(TOMAS).without("instagram_basic")] {
        wrong.push(agency.come_back(&agency.start_connect(FACEBOOK).await, &consent).await);
    }
    let callback = Consent::of(TOMAS).at(&installation.http, &agency.start_connect(FACEBOOK).await).await;
    wrong.push(installation.browser().get(callback.as_str()).await);
    for fault in [
        json!({ "kind": "html_503" }),
        json!({ "kind": "cut_off" }),
        json!({ "kind": "error", "code": 2, "http_status": 500 }),
    ] {
        // The dialogs themselves still work.
        for host in ["graph.facebook.com", "graph.instagram.com", "api.instagram.com"] {
            let mut fault = fault.clone();
            fault["host"] = json!(host);
            installation.sandbox.fault(fault).await;
        }
        for account in [&accounts[0], &meridian] {
            let input = json!({ "accountId": account.id() });
            agency.client.attempt("collectInsights", input.clone(), "run { reason }").await;
            agency.client.attempt("refreshToken", input, "attempt { outcome }").await;
        }
        wrong.push(agency.come_back(&agency.start_connect(FACEBOOK).await, &Consent::of(TOMAS)).await);
        wrong.push(agency.come_back(&agency.start_connect(INSTAGRAM).await, &Consent::of(PIXEL)).await);
        installation.sandbox.no_faults().await;
    }
    for answer in wrong {
        assert_eq!(answer.location().path(), "/connect/failed");
    }
    installation.advance(TimeDelta::hours(26)).await;
    agency.sign_in_again().await;
    for id in [accounts[0].id(), meridian.id()] {
        let renewed =
            agency.client.mutate("refreshToken", json!({ "accountId": id }), "attempt { outcome }").await;
        assert_eq!(renewed["attempt"]["outcome"], "SUCCEEDED");
    }
    installation.sandbox.revoke(NORA, 460).await;
    agency.client.mutate("checkToken", json!({ "accountId": accounts[0].id(), "force": true }), "").await;
    let link = installation.sandbox.mailed_link(OWNER, "/reconnect/").await;
    let owner = installation.browser();
    let dialog = owner.post(&link, &[]).await.location();
    owner.land(&Consent::of(NORA).at(&installation.http, dialog.as_str()).await).await;
    agency.until_state(&accounts[0].id(), "HEALTHY").await;
    let connect_link = agency.connect_link(json!({ "email": "tomas@beck.example" })).await;
    let client = Guest::with(&installation, &connect_link);
    let chooser = client.log_in("facebook", &Consent::of(TOMAS)).await;
    assert_eq!(client.choose(&chooser, &[("all", "yes")]).await.status, 303);
    client.look().await;
    installation.sandbox.mailed_link("tomas@beck.example", "/connect-accounts/").await;
    agency.client.query("mutation { refreshSession { session { accessToken } } }", json!({})).await;

    for path in hook {
        receiver.until(path, 1).await;
    }
    let mut secrets = Secrets::of(&installation, &agency, &link, &owner);
    secrets.ours.extend(client.browser.seen_cookies());
    secrets.ours.extend(connect_link.rsplit('/').next().map(str::to_owned));
    secrets.ours.push(form_token(&chooser));
    secrets.ours.extend(hook.map(str::to_owned));
    secrets.ours.extend(signing);
    assert!(secrets.at_meta.len() > 30, "the recorder saw the traffic: {}", secrets.at_meta.len());
    let stored = installation.store.bytes().await;
    assert!(contains(&stored, b"studio.meridian"), "the database is what is searched");
    let logs = installation.logs();
    assert!(logs.contains("\"TRACE\"") || logs.contains("\"DEBUG\""), "the logs are verbose");
    for secret in secrets.at_meta.iter().chain(&secrets.ours) {
        assert!(!contains(&stored, secret.as_bytes()), "in the database: {secret}");
        assert!(!contains(&stored, hex::encode(secret).as_bytes()), "in the database as hex: {secret}");
        if let Some(line) = logs.lines().find(|line| line.contains(secret.as_str())) {
            panic!("in the logs: {secret}: {line}");
        }
    }
    for answer in installation.answers.lock().unwrap().iter() {
        let headers = format!("{:?}", answer.headers);
        for secret in &secrets.at_meta {
            // The state is meant for the browser: it stands in the address of the dialog.
            let meant = answer.text.contains(&format!("state={secret}"))
                || headers.contains(&format!("state={secret}"));
            let shown = answer.text.contains(secret.as_str()) || headers.contains(secret.as_str());
            assert!(!shown || meant, "answered by {}: {secret}", answer.url.path());
        }
    }
}

struct Secrets {
    /// Whatever passed between product, browser and Meta.
    at_meta: Vec<String>,
    /// Sessions, links, passwords and keys.
    ours: Vec<String>,
}

impl Secrets {
    fn of(
        installation: &Installation,
        agency: &crate::support::Agency<'_>,
        link: &str,
        owner: &crate::support::Browser,
    ) -> Self {
        let mut ours = agency.client.browser.seen_cookies();
        ours.extend(owner.seen_cookies());
        ours.extend(agency.client.access_token().map(str::to_owned));
        ours.extend(link.rsplit('/').next().map(str::to_owned));
        ours.push(PASSWORD.to_owned());
        for name in ["AUTH_SECRET", "CRON_SECRET", "FACEBOOK_APP_SECRET", "INSTAGRAM_APP_SECRET"] {
            ours.push(installation.setting(name).to_owned());
        }
        ours.extend(installation.setting("TOKEN_KEYS").split_once(':').map(|(_, key)| key.to_owned()));
        Self { at_meta: installation.recorder.secrets(), ours }
    }
}
