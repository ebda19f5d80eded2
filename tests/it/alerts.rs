//! Who hears of what, and how often.

use chrono::TimeDelta;
use serde_json::json;

use crate::support::agency::{FACEBOOK, INSTAGRAM};
use crate::support::people::{MERIDIAN, PIXEL, TOMAS};
use crate::support::{Consent, Engine, Installation, on_each_database, until};

on_each_database![
    three_logins_of_one_owner_are_one_mail_and_one_to_the_team,
    numbers_that_stop_although_the_token_works_are_told_to_the_team,
    an_owner_of_the_workspace_always_hears_of_incidents,
];

const OWNER: &str = "owner@accounts.example";
const TEAM: &str = "anna@northlight.example";

async fn three_logins_of_one_owner_are_one_mail_and_one_to_the_team(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let agency = installation.agency(TEAM).await;
    let mut firsts = Vec::new();
    for (provider, person) in [(FACEBOOK, TOMAS), (INSTAGRAM, MERIDIAN), (INSTAGRAM, PIXEL)] {
        let accounts = agency.connect(provider, &Consent::of(person), OWNER).await;
        firsts.push(accounts[0].clone());
        let who = if provider == FACEBOOK { "person" } else { "account" };
        installation.sandbox.order("revoke", json!({ who: person, "subcode": 460 })).await;
    }
    // Where Meta offers no other proof, two refusals a while apart are one.
    for _ in 0..2 {
        for account in &firsts {
            let input = json!({ "accountId": account.id(), "force": true });
            agency.client.attempt("checkToken", input, "").await;
        }
        installation.advance(TimeDelta::seconds(5)).await;
    }
    let mails = "SELECT count(*) FROM outbox WHERE state = 'queued'";
    assert_eq!(installation.store.number(mails).await, 6, "one of each login for owner and team");

    let _worker = installation.another_worker("worker");
    until("all have left", async || (installation.store.number(mails).await == 0).then_some(())).await;
    let to_owner = installation.sandbox.mails(OWNER).await;
    assert_eq!(to_owner.len(), 1, "{to_owner:?}");
    assert_eq!(to_owner[0].subject(), "6 Instagram accounts need you");
    let links = to_owner[0].plain().lines().filter(|line| line.contains("/reconnect/")).count();
    assert_eq!(links, 3, "{}", to_owner[0].plain());
    let news = installation.sandbox.mails(TEAM).await;
    let news: Vec<_> = news.iter().filter(|mail| mail.subject().starts_with("News")).collect();
    assert_eq!(news.len(), 1, "{news:?}");
    assert!(news[0].plain().contains("password at Facebook or Instagram was changed"), "{}", news[0].plain());
    assert!(news[0].link("/reconnect").is_none() && news[0].link("/w/workspace:").is_some());
    for account in &firsts {
        let incident = agency.incidents(&account.id()).await.remove(0);
        let mails = incident["mails"].as_array().unwrap();
        assert_eq!(mails.len(), 2, "{incident}");
        assert!(mails.iter().all(|mail| mail["state"] == "SENT"), "{incident}");
    }
}

async fn numbers_that_stop_although_the_token_works_are_told_to_the_team(engine: Engine) {
    let installation = Installation::start(engine).await;
    let mut agency = installation.agency(TEAM).await;
    agency.connect(INSTAGRAM, &Consent::of(MERIDIAN), OWNER).await;
    agency.until_collected().await;
    let insights = json!({ "kind": "html_503", "path_contains": "insights" });
    installation.sandbox.fault(insights).await;
    let silence = async || {
        let mails = installation.sandbox.mails(TEAM).await;
        mails.into_iter().filter(|mail| mail.subject().starts_with("No new numbers")).collect::<Vec<_>>()
    };
    installation.advance(TimeDelta::hours(47)).await;
    agency.sign_in_again().await;
    until("a check", async || checked_since(&installation, 1).await.then_some(())).await;
    // What nobody has tried to collect is not missing.
    let tried = "SELECT count(*) FROM run WHERE job = 'collect_insights' AND status = 'failed'";
    until("collecting is tried", async || (installation.store.number(tried).await > 0).then_some(())).await;
    assert!(silence().await.is_empty(), "Meta may take two days");
    installation.advance(TimeDelta::hours(2)).await;
    let mail = until("a mail about it", async || silence().await.pop()).await;
    assert!(mail.plain().contains("For 2 days no new numbers"), "{}", mail.plain());
    for _ in 0..2 {
        installation.advance(TimeDelta::hours(1)).await;
        until("another check", async || checked_since(&installation, 1).await.then_some(())).await;
    }
    assert_eq!(silence().await.len(), 1, "it is told once");
    assert!(installation.sandbox.mails(OWNER).await.is_empty(), "the owner can do nothing about it");
}

/// Whether Meta was asked about the login within so many hours.
async fn checked_since(installation: &Installation, hours: i64) -> bool {
    let since = (installation.now().await - TimeDelta::hours(hours)).format("%F %T+00:00");
    let sql = format!("SELECT count(*) FROM run WHERE job = 'check_token' AND finished_at > '{since}'");
    installation.store.number(&sql).await > 0
}

async fn an_owner_of_the_workspace_always_hears_of_incidents(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let agency = installation.agency(TEAM).await;
    let input = json!({ "workspaceId": agency.workspace, "wantsAlerts": false });
    let (path, code) = agency.client.refusal("updateAlerts", input).await;
    assert_eq!((path.as_str(), code.as_str()), ("input.wantsAlerts", "INVALID"));
    let input = json!({ "workspaceId": agency.workspace, "wantsAlerts": true });
    let payload = agency.client.mutate("updateAlerts", input, "wantsAlerts").await;
    assert_eq!(payload["wantsAlerts"], true);
    let elsewhere = installation.agency("bob@elsewhere.example").await;
    let input = json!({ "workspaceId": agency.workspace, "wantsAlerts": true });
    let (path, code) = elsewhere.client.refusal("updateAlerts", input).await;
    assert_eq!((path.as_str(), code.as_str()), ("input.workspaceId", "NOT_FOUND"));
}
