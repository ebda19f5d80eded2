//! A team has many tokens checked, healed and renewed at once.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::agency::{FACEBOOK, INSTAGRAM};
use crate::support::people::{MERIDIAN, NORA, PIXEL, TOMAS};
use crate::support::{Account, Agency, Consent, Engine, Installation, on_each_database, until};

on_each_database![
    a_few_are_checked_at_once_and_many_by_a_worker,
    only_members_have_their_own_accounts_checked,
    healing_repairs_and_figures_tell_of_it,
    what_needs_its_owner_is_not_said_to_be_asked_again,
    who_opens_a_workspace_hurries_what_is_about_to_end,
];

async fn a_few_are_checked_at_once_and_many_by_a_worker(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let agency = installation.agency("anna@northlight.example").await;
    let mut accounts = agency.connect(FACEBOOK, &Consent::of(NORA), "nora@lindqvist.example").await;
    accounts.truncate(2);
    let mark = installation.sandbox.last_call().await;
    let few = json!({
        "workspaceId": agency.workspace, "accountIds": [accounts[0].id(), accounts[1].id()], "force": true,
    });
    let done = agency.client.mutate("validateTokens", few, "checked queued").await;
    assert_eq!(
        (&done["checked"], &done["queued"]),
        (&json!(1), &json!(0)),
        "both are read through one login"
    );
    assert_eq!(installation.sandbox.calls("debug_token", mark).await.len(), 1);

    agency.connect(FACEBOOK, &Consent::of(TOMAS), "tomas@beck.example").await;
    for account in [MERIDIAN, PIXEL] {
        agency.connect(INSTAGRAM, &Consent::of(account), "studio@meridian.example").await;
    }
    let mark = installation.sandbox.last_call().await;
    let all = json!({ "workspaceId": agency.workspace, "force": true });
    let done = agency.client.mutate("validateTokens", all, "checked queued").await;
    assert_eq!((&done["checked"], &done["queued"]), (&json!(0), &json!(4)));
    assert!(installation.sandbox.calls("debug_token", mark).await.is_empty(), "a worker does it");
    let _worker = installation.another_worker("worker");
    until("four checks", async || {
        let asked = installation.store.number("SELECT count(*) FROM run WHERE job = 'check_token' AND \"trigger\" = 'manual' AND status = 'succeeded'").await;
        (asked == 4).then_some(())
    })
    .await;
    assert_eq!(
        installation.sandbox.calls("debug_token", mark).await.len(),
        2,
        "Meta is asked although it just was"
    );
}

async fn only_members_have_their_own_accounts_checked(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let agency = installation.agency("anna@northlight.example").await;
    let account =
        agency.connect(INSTAGRAM, &Consent::of(MERIDIAN), "studio@meridian.example").await.remove(0);
    let other = installation.agency("ben@southlight.example").await;
    let others = other.connect(INSTAGRAM, &Consent::of(PIXEL), "studio@pixel.example").await.remove(0);
    let mark = installation.sandbox.last_call().await;

    let foreign = json!({ "workspaceId": agency.workspace });
    for name in ["validateTokens", "clearValidationCache", "openWorkspace"] {
        let (path, code) = other.client.refusal(name, foreign.clone()).await;
        assert_eq!((path.as_str(), code.as_str()), ("input.workspaceId", "NOT_FOUND"), "{name}");
    }
    for ids in [json!([others.id()]), json!([account.id(), others.id()]), json!(["account:x"])] {
        let input = json!({ "workspaceId": agency.workspace, "accountIds": ids, "force": true });
        let (path, code) = agency.client.refusal("validateTokens", input).await;
        assert_eq!((path.as_str(), code.as_str()), ("input.accountIds", "NOT_FOUND"), "{ids}");
    }
    let none = json!({ "workspaceId": agency.workspace, "accountIds": [] });
    assert_eq!(agency.client.refusal("validateTokens", none).await.1, "INVALID");
    assert_eq!(other.client.refusal("healToken", json!({ "accountId": account.id() })).await.1, "NOT_FOUND");

    installation.store.execute("UPDATE membership SET role = 'viewer'").await;
    for name in ["validateTokens", "clearValidationCache"] {
        assert_eq!(agency.client.refusal(name, foreign.clone()).await.1, "FORBIDDEN", "{name}");
    }
    assert_eq!(agency.client.refusal("healToken", json!({ "accountId": account.id() })).await.1, "FORBIDDEN");
    agency.client.mutate("openWorkspace", foreign, "").await;
    assert_eq!(installation.sandbox.last_call().await, mark, "Meta heard of none of it");
}

async fn healing_repairs_and_figures_tell_of_it(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let mut agency = installation.agency("anna@northlight.example").await;
    let account = agency.connect(FACEBOOK, &Consent::of(NORA), "nora@lindqvist.example").await.remove(0);
    installation.sandbox.revoke(NORA, 460).await;
    agency.client.mutate("checkToken", json!({ "accountId": account.id(), "force": true }), "").await;
    assert_eq!(agency.account(&account.id()).await.state(), "NEEDS_RECONNECT");
    installation.sandbox.order("restore", json!({ "person": NORA })).await;
    installation.advance(TimeDelta::days(50)).await;
    agency.sign_in_again().await;
    let heal = json!({ "accountId": account.id() });
    let fields = "healed account { tokenHealth { state daysLeft } } attempt { trigger outcome }";
    let healed = agency.client.mutate("healToken", heal.clone(), fields).await;
    assert_eq!(healed["healed"], true);
    assert_eq!(healed["attempt"], json!({ "trigger": "MANUAL", "outcome": "SUCCEEDED" }));
    assert_eq!(healed["account"]["tokenHealth"]["state"], "HEALTHY");
    let again = agency.client.mutate("healToken", heal, fields).await;
    assert_eq!(
        (&again["healed"], &again["attempt"]),
        (&json!(false), &Value::Null),
        "there is nothing to do"
    );

    let health = figures(&agency).await;
    assert_eq!(
        health["refreshRates"],
        json!([{ "trigger": "MANUAL", "succeeded": 1, "failed": 0, "rate": 1.0 }])
    );
    assert_eq!(health["oldestOverdueRefreshAt"], Value::Null);
    assert_eq!(health["monitor"]["autoHeal"], true);
    // Nobody renews for two days after the window has opened.
    installation.advance(TimeDelta::days(49)).await;
    agency.sign_in_again().await;
    let overdue = figures(&agency).await["oldestOverdueRefreshAt"].clone();
    let since: chrono::DateTime<chrono::Utc> =
        overdue.as_str().and_then(|at| at.parse().ok()).expect("a time");
    let late = installation.now().await - since;
    assert!(late > TimeDelta::days(1) && late < TimeDelta::days(3), "{late}");
}

/// Instagram's logins are given up when they are refused a second time, a while later.
async fn what_needs_its_owner_is_not_said_to_be_asked_again(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let mut agency = installation.agency("anna@northlight.example").await;
    let account =
        agency.connect(INSTAGRAM, &Consent::of(MERIDIAN), "studio@meridian.example").await.remove(0);
    installation.sandbox.order("revoke", json!({ "account": MERIDIAN })).await;
    let check = json!({ "accountId": account.id(), "force": true });
    assert_eq!(agency.client.refusal("checkToken", check.clone()).await.1, "TRY_LATER");
    assert_eq!(agency.account(&account.id()).await.state(), "HEALTHY");
    installation.advance(TimeDelta::minutes(11)).await;
    agency.sign_in_again().await;
    for time in ["the second refusal", "a third one"] {
        let checked = agency.client.mutate("checkToken", check.clone(), "account { tokenHealth { state } }");
        assert_eq!(checked.await["account"]["tokenHealth"]["state"], "NEEDS_RECONNECT", "{time}");
    }
}

async fn who_opens_a_workspace_hurries_what_is_about_to_end(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let mut agency = installation.agency("anna@northlight.example").await;
    let account = agency.connect(FACEBOOK, &Consent::of(NORA), "nora@lindqvist.example").await.remove(0);
    // Nothing is renewed by itself.
    installation.store.execute("UPDATE job SET due_at = NULL").await;
    installation.advance(TimeDelta::days(55)).await;
    agency.sign_in_again().await;
    assert_eq!(open(&agency).await, 0, "five days are enough");
    installation.advance(TimeDelta::hours(36)).await;
    agency.sign_in_again().await;
    assert_eq!(agency.account(&account.id()).await.days_left(), 3);
    assert_eq!(open(&agency).await, 1);
    assert_eq!(open(&agency).await, 0, "once an hour");
    installation.advance(TimeDelta::minutes(61)).await;
    agency.sign_in_again().await;
    assert_eq!(open(&agency).await, 1, "nobody has renewed it meanwhile");

    let _worker = installation.another_worker("worker");
    let attempt = until("a renewal", async || agency.refresh_log(&account.id()).await.pop()).await;
    assert_eq!(attempt["trigger"], "ON_DEMAND");
    until_renewed(&agency, &account).await;
    installation.advance(TimeDelta::minutes(61)).await;
    agency.sign_in_again().await;
    assert_eq!(open(&agency).await, 0);
}

async fn until_renewed(agency: &Agency<'_>, account: &Account) {
    until("a new end", async || (agency.account(&account.id()).await.days_left() > 50).then_some(())).await;
}

async fn open(agency: &Agency<'_>) -> i64 {
    let input = json!({ "workspaceId": agency.workspace });
    agency.client.mutate("openWorkspace", input, "queued").await["queued"].as_i64().expect("a number")
}

async fn figures(agency: &Agency<'_>) -> Value {
    let document = "query ($id: ID!) { workspace(id: $id) { tokenHealth { oldestOverdueRefreshAt \
         refreshRates { trigger succeeded failed rate } checks { succeeded failed skipped healed } \
         monitor { intervalMinutes batchSize autoHeal } } } }";
    agency.client.query(document, json!({ "id": agency.workspace })).await["workspace"]["tokenHealth"].take()
}
