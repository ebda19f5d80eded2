//! What heals by itself stays a matter of machines: nobody is flipped and nobody gets a mail.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::agency::{FACEBOOK, INSTAGRAM};
use crate::support::people::{BAKERY, BAKERY_PAGE, MERIDIAN, NORA};
use crate::support::{Account, Agency, Consent, Engine, Installation, on_each_database, until};

on_each_database![
    a_dead_page_token_is_replaced_within_the_same_run,
    an_outage_flips_nobody_and_collecting_goes_on_after_it,
    broken_answers_flip_nobody,
    a_throttled_account_waits_and_the_others_go_on,
    a_pause_of_the_whole_app_holds_renewals_and_checks_too,
    a_page_that_is_not_shown_once_is_not_given_up,
    what_meta_blocks_for_policy_reasons_rests_for_a_day,
    an_account_that_meta_no_longer_shows_is_given_up_after_three_days,
    an_unlinked_page_is_noticed_when_its_account_vanishes,
    a_permission_that_was_taken_back_is_noticed_by_asking_and_so_is_its_return,
    an_instagram_token_is_refused_twice_before_it_counts_as_dead,
    a_login_that_keeps_being_refused_costs_four_calls_a_day,
];

const OWNER: &str = "nora@lindqvist.example";
const COLLECT: &str = "run { status reason calls stored }";

async fn a_dead_page_token_is_replaced_within_the_same_run(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let agency = installation.agency("anna@northlight.example").await;
    let bakery = nora(&agency).await.remove(0);
    installation.sandbox.order("revoke", json!({ "page": BAKERY_PAGE, "subcode": null })).await;
    let mark = installation.sandbox.last_call().await;

    let run = collect(&agency, &bakery).await;
    assert_eq!(run["status"], "SUCCEEDED", "{run}");
    let refused: Vec<_> =
        installation.sandbox.calls("", mark).await.into_iter().filter(|call| call["code"] == 190).collect();
    assert_eq!(refused.len(), 1, "one refusal, and then the new token: {refused:?}");
    assert!(installation.sandbox.refresh_calls(mark).await.is_empty(), "the login itself was well");
    is_untouched(&agency, &bakery).await;
}

async fn an_outage_flips_nobody_and_collecting_goes_on_after_it(engine: Engine) {
    let installation = Installation::start(engine).await;
    let mut agency = installation.agency("anna@northlight.example").await;
    let accounts = nora(&agency).await;
    agency.until_collected().await;
    let collected = collected_at(&agency, &accounts[0]).await;
    installation
        .sandbox
        .fault(json!({ "kind": "error", "code": 2, "http_status": 500, "is_transient": true, "message": "An unexpected error has occurred." }))
        .await;

    // Two hours: the hourly collecting and the half-hourly checks all fail.
    for _ in 0..4 {
        let mark = installation.sandbox.last_call().await;
        installation.advance(TimeDelta::minutes(31)).await;
        until("calls during the outage", async || {
            (installation.sandbox.last_call().await > mark).then_some(())
        })
        .await;
    }
    agency.sign_in_again().await;
    until("failed runs", async || {
        let runs = agency.runs(&accounts[0].id()).await;
        runs.iter().any(|run| run["reason"] == "meta_unreachable").then_some(())
    })
    .await;
    for account in &accounts {
        is_untouched(&agency, account).await;
    }

    installation.sandbox.no_faults().await;
    installation.advance(TimeDelta::hours(2)).await;
    agency.sign_in_again().await;
    until("collecting goes on", async || {
        (collected_at(&agency, &accounts[0]).await != collected).then_some(())
    })
    .await;
    for account in &accounts {
        is_untouched(&agency, account).await;
    }
}

async fn broken_answers_flip_nobody(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let mut agency = installation.agency("anna@northlight.example").await;
    let bakery = nora(&agency).await.remove(0);
    let id = json!({ "accountId": bakery.id() });
    for fault in [
        json!({ "kind": "html_503" }),
        json!({ "kind": "cut_off" }),
        json!({ "kind": "error", "code": 1, "http_status": 500, "message": "An unknown error occurred" }),
        json!({ "kind": "error", "code": 190, "http_status": 400, "path_contains": "insights", "times": 1 }),
        json!({ "kind": "empty_429" }),
    ] {
        installation.sandbox.fault(fault.clone()).await;
        let run = collect(&agency, &bakery).await;
        assert_ne!(run["reason"], "token_refused", "{fault}: {run}");
        let check = json!({ "accountId": bakery.id(), "force": true });
        agency.client.attempt("checkToken", check, "").await;
        installation.sandbox.no_faults().await;
        let state = agency.account(&bakery.id()).await.state();
        assert!(["HEALTHY", "THROTTLED"].contains(&state.as_str()), "{fault}: {state}");
        assert!(agency.incidents(&bakery.id()).await.is_empty(), "{fault}");
        installation.advance(TimeDelta::hours(1)).await;
        agency.sign_in_again().await;
    }

    // A call that is never answered does not hold up whoever asked for it.
    installation.sandbox.fault(json!({ "kind": "hang", "path_contains": "insights", "times": 1 })).await;
    let refused = agency.client.refusal("collectInsights", id.clone()).await;
    assert_eq!(refused.1, "TRY_LATER");
    installation.sandbox.no_faults().await;
    let run = until("the call is given up", async || {
        let payload = agency.client.attempt("collectInsights", id.clone(), COLLECT).await;
        payload["userErrors"].as_array().is_some_and(Vec::is_empty).then(|| payload["run"].clone())
    })
    .await;
    assert_eq!(run["status"], "SUCCEEDED", "{run}");
    is_untouched(&agency, &bakery).await;
}

async fn a_throttled_account_waits_and_the_others_go_on(engine: Engine) {
    let installation = Installation::start(engine).await;
    let mut agency = installation.agency("anna@northlight.example").await;
    let accounts = nora(&agency).await;
    agency.until_collected().await;
    let (bakery, other) = (&accounts[0], &accounts[1]);
    let before = (collected_at(&agency, bakery).await, collected_at(&agency, other).await);
    installation.sandbox.order("throttle", json!({ "account": BAKERY, "minutes": 120 })).await;
    installation.advance(TimeDelta::minutes(58)).await;
    agency.sign_in_again().await;
    let throttled = agency.until_state(&bakery.id(), "THROTTLED").await;
    assert_eq!(throttled.0["tokenHealth"]["nextStep"], "WAIT");
    assert_eq!(throttled.0["tokenHealth"]["urgency"], "OK");
    until("the others go on", async || (collected_at(&agency, other).await != before.1).then_some(())).await;
    assert_eq!(collected_at(&agency, bakery).await, before.0);
    assert!(agency.incidents(&bakery.id()).await.is_empty());

    installation.advance(TimeDelta::hours(3)).await;
    agency.sign_in_again().await;
    until("the account goes on", async || (collected_at(&agency, bakery).await != before.0).then_some(()))
        .await;
    is_untouched(&agency, bakery).await;
}

/// Going on while Meta asks to wait only lengthens the wait.
async fn a_pause_of_the_whole_app_holds_renewals_and_checks_too(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let mut agency = installation.agency("anna@northlight.example").await;
    let accounts = nora(&agency).await;
    let sandbox = &installation.sandbox;
    let id = json!({ "accountId": accounts[0].id() });
    sandbox.order("throttle", json!({ "app": true, "minutes": 12 })).await;
    let check = json!({ "accountId": accounts[0].id(), "force": true });
    assert_eq!(agency.client.refusal("checkToken", check.clone()).await.1, "TRY_LATER");

    let mark = sandbox.last_call().await;
    for (mutation, input) in [
        ("refreshToken", id.clone()),
        ("checkToken", check),
        ("refreshToken", json!({ "accountId": accounts[1].id() })),
    ] {
        let (_, code) = agency.client.refusal(mutation, input).await;
        assert_eq!(code, "TRY_LATER", "{mutation}");
    }
    assert_eq!(collect(&agency, &accounts[0]).await["reason"], "paused");
    assert_eq!(sandbox.calls("", mark).await, Vec::<Value>::new());
    for account in &accounts {
        is_untouched(&agency, account).await;
    }

    // Meta named no time, and all of the hour's calls were used.
    installation.advance(TimeDelta::minutes(65)).await;
    agency.sign_in_again().await;
    let done = agency.client.mutate("refreshToken", id, "attempt { outcome }").await;
    assert_eq!(done["attempt"]["outcome"], "SUCCEEDED");
}

async fn what_meta_blocks_for_policy_reasons_rests_for_a_day(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let mut agency = installation.agency("anna@northlight.example").await;
    let accounts = nora(&agency).await;
    let blocked =
        json!({ "kind": "error", "code": 368, "path_contains": "insights", "account": BAKERY, "times": 1 });
    installation.sandbox.fault(blocked).await;
    assert_eq!(collect(&agency, &accounts[0]).await["reason"], "paused");
    assert_eq!(collect(&agency, &accounts[1]).await["status"], "SUCCEEDED", "the others go on");

    installation.advance(TimeDelta::hours(23)).await;
    agency.sign_in_again().await;
    let mark = installation.sandbox.last_call().await;
    assert_eq!(collect(&agency, &accounts[0]).await["reason"], "paused");
    assert!(installation.sandbox.calls("", mark).await.is_empty());

    installation.advance(TimeDelta::hours(2)).await;
    agency.sign_in_again().await;
    assert_eq!(collect(&agency, &accounts[0]).await["status"], "SUCCEEDED");
    is_untouched(&agency, &accounts[0]).await;
}

/// It was removed or switched to a personal one; its owner hears of it, and its return heals it.
async fn an_account_that_meta_no_longer_shows_is_given_up_after_three_days(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let mut agency = installation.agency("anna@northlight.example").await;
    let accounts = nora(&agency).await;
    let bakery = &accounts[0];
    let gone = json!({ "kind": "error", "code": 100, "subcode": 33, "path_contains": "insights", "account": BAKERY });
    installation.sandbox.fault(gone).await;
    for _ in 0..3 {
        assert_eq!(collect(&agency, bakery).await["reason"], "account_gone");
        is_untouched(&agency, bakery).await;
        installation.advance(TimeDelta::hours(25)).await;
        agency.sign_in_again().await;
    }
    assert_eq!(collect(&agency, bakery).await["reason"], "account_gone");
    let (state, reason) = agency.account(&bakery.id()).await.health();
    assert_eq!((state.as_str(), reason.as_deref()), ("ACTION_NEEDED", Some("ACCOUNT_GONE")));
    assert_eq!(agency.incidents(&bakery.id()).await.len(), 1);
    is_untouched(&agency, &accounts[1]).await;

    // Being listed proves nothing; being read does.
    let check = json!({ "accountId": bakery.id(), "force": true });
    agency.client.mutate("checkToken", check, "").await;
    assert_eq!(agency.account(&bakery.id()).await.state(), "ACTION_NEEDED");
    installation.sandbox.no_faults().await;
    assert_eq!(collect(&agency, bakery).await["status"], "SUCCEEDED");
    assert_eq!(agency.account(&bakery.id()).await.state(), "HEALTHY");
}

async fn an_unlinked_page_is_noticed_when_its_account_vanishes(engine: Engine) {
    let installation = Installation::start(engine).await;
    let mut agency = installation.agency("anna@northlight.example").await;
    let accounts = nora(&agency).await;
    agency.until_collected().await;
    installation.sandbox.order("unlink-page", json!({ "page": BAKERY_PAGE })).await;
    assert_eq!(collect(&agency, &accounts[0]).await["reason"], "account_gone");
    for _ in 0..2 {
        installation.advance(TimeDelta::minutes(2)).await;
        agency.sign_in_again().await;
        until("the check that follows", async || {
            let state = agency.account(&accounts[0].id()).await.state();
            (state != "HEALTHY").then_some(())
        })
        .await;
    }
    let broken = agency.until_state(&accounts[0].id(), "PERMISSION_MISSING").await;
    assert_eq!(broken.health().1.as_deref(), Some("PAGE_ROLE_LOST"));
    assert_eq!(agency.account(&accounts[1].id()).await.state(), "HEALTHY");
}

/// Meta leaves Pages out of its answers when it is unwell, too.
async fn a_page_that_is_not_shown_once_is_not_given_up(engine: Engine) {
    let installation =
        Installation::with(engine).without_worker().set("CONFIRM_SECONDS", "600").start().await;
    let mut agency = installation.agency("anna@northlight.example").await;
    let accounts = nora(&agency).await;
    let (bakery, other) = (&accounts[0], &accounts[1]);
    let role = async |tasks: Value| {
        let order = json!({ "person": NORA, "page": BAKERY_PAGE, "tasks": tasks });
        installation.sandbox.order("role", order).await;
    };
    let renew = json!({ "accountId": other.id() });
    role(json!([])).await;
    agency.client.mutate("refreshToken", renew.clone(), "").await;
    assert_eq!(agency.account(&bakery.id()).await.state(), "PAGES_STALE");
    assert!(agency.incidents(&bakery.id()).await.is_empty());

    // It was a passing fault: the next look finds it again.
    role(Value::Null).await;
    installation.advance(TimeDelta::minutes(11)).await;
    agency.sign_in_again().await;
    let check = json!({ "accountId": other.id(), "force": true });
    agency.client.mutate("checkToken", check.clone(), "").await;
    is_untouched(&agency, bakery).await;

    // It was none: the second look, long enough after the first, is proof.
    installation.advance(TimeDelta::hours(2)).await;
    agency.sign_in_again().await;
    role(json!([])).await;
    agency.client.mutate("refreshToken", renew, "").await;
    assert_eq!(agency.account(&bakery.id()).await.state(), "PAGES_STALE");
    installation.advance(TimeDelta::minutes(11)).await;
    agency.sign_in_again().await;
    agency.client.mutate("checkToken", check, "").await;
    let (state, reason) = agency.account(&bakery.id()).await.health();
    assert_eq!((state.as_str(), reason.as_deref()), ("PERMISSION_MISSING", Some("PAGE_ROLE_LOST")));
    is_untouched(&agency, other).await;
}

/// Instagram Login offers no proof but a second refusal, some time after the first.
async fn an_instagram_token_is_refused_twice_before_it_counts_as_dead(engine: Engine) {
    let installation =
        Installation::with(engine).without_worker().set("CONFIRM_SECONDS", "600").start().await;
    let agency = installation.agency("anna@northlight.example").await;
    let meridian = agency.connect(INSTAGRAM, &Consent::of(MERIDIAN), OWNER).await.remove(0);
    installation.sandbox.order("revoke", json!({ "account": MERIDIAN })).await;
    for _ in 0..3 {
        let input = json!({ "accountId": meridian.id(), "force": true });
        let (_, code) = agency.client.refusal("checkToken", input).await;
        assert_eq!(code, "TRY_LATER", "nobody is told that it works");
        is_untouched(&agency, &meridian).await;
    }
    installation.advance(TimeDelta::minutes(9)).await;
    let mut agency = agency;
    agency.sign_in_again().await;
    agency.client.attempt("checkToken", json!({ "accountId": meridian.id(), "force": true }), "").await;
    is_untouched(&agency, &meridian).await;
    installation.advance(TimeDelta::minutes(2)).await;
    agency.client.attempt("checkToken", json!({ "accountId": meridian.id(), "force": true }), "").await;
    let (state, reason) = agency.account(&meridian.id()).await.health();
    assert_eq!((state.as_str(), reason.as_deref()), ("NEEDS_RECONNECT", Some("SESSION_INVALID")));
    assert_eq!(agency.incidents(&meridian.id()).await.len(), 1);
}

/// A token can be valid and lack a permission: the check alone has to notice, without a failed call.
async fn a_permission_that_was_taken_back_is_noticed_by_asking_and_so_is_its_return(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let agency = installation.agency("anna@northlight.example").await;
    let accounts = nora(&agency).await;
    let permission = async |status: &str| {
        let order = json!({ "person": NORA, "permission": "instagram_manage_insights", "status": status });
        installation.sandbox.order("permission", order).await;
        let input = json!({ "accountId": accounts[0].id(), "force": true });
        agency.client.mutate("checkToken", input, "").await;
    };
    permission("declined").await;
    for account in &accounts {
        let (state, reason) = agency.account(&account.id()).await.health();
        assert_eq!((state.as_str(), reason.as_deref()), ("PERMISSION_MISSING", Some("PERMISSION_MISSING")));
    }
    permission("granted").await;
    let output = installation.command(&["collect-insights"]).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for account in &accounts {
        assert_eq!(agency.account(&account.id()).await.state(), "HEALTHY", "{}", account.username());
        assert!(!agency.incidents(&account.id()).await[0]["closedAt"].is_null(), "{}", account.username());
    }
}

/// Nora's accounts, the bakery first.
async fn nora(agency: &Agency<'_>) -> Vec<Account> {
    let mut accounts = agency.connect(FACEBOOK, &Consent::of(NORA), OWNER).await;
    accounts.sort_by_key(Account::instagram_id);
    assert_eq!(accounts[0].instagram_id(), BAKERY);
    accounts
}

/// Collects by hand, once a worker that is at it this very moment has ended.
async fn collect(agency: &Agency<'_>, account: &Account) -> Value {
    until("nobody else collects", async || {
        let input = json!({ "accountId": account.id() });
        let mut payload = agency.client.attempt("collectInsights", input, COLLECT).await;
        let errors = payload["userErrors"].as_array().expect("errors");
        let busy = errors.iter().any(|error| error["code"] == "TRY_LATER");
        assert!(busy || errors.is_empty(), "{payload}");
        (!busy).then(|| payload["run"].take())
    })
    .await
}

async fn collected_at(agency: &Agency<'_>, account: &Account) -> Value {
    agency.account(&account.id()).await.0["insightsCollectedAt"].clone()
}

async fn is_untouched(agency: &Agency<'_>, account: &Account) {
    let now = agency.account(&account.id()).await;
    assert_eq!(now.health(), ("HEALTHY".to_owned(), None), "{}", account.username());
    assert!(agency.incidents(&account.id()).await.is_empty());
    assert!(agency.installation.sandbox.mails(OWNER).await.is_empty(), "nobody gets a mail");
}

/// Meta calls the token valid and refuses it all the same, whatever is done to heal it.
async fn a_login_that_keeps_being_refused_costs_four_calls_a_day(engine: Engine) {
    for (provider, consent) in
        [(FACEBOOK, Consent::of(NORA).only_pages(&[BAKERY_PAGE])), (INSTAGRAM, Consent::of(MERIDIAN))]
    {
        let installation = Installation::start(engine).await;
        let mut agency = installation.agency("anna@northlight.example").await;
        let account = agency.connect(provider, &consent, "owner@accounts.example").await.remove(0);
        agency.until_collected().await;
        let idle = "SELECT count(*) FROM job WHERE lease_until IS NOT NULL OR (kind = 'backfill_insights' AND due_at IS NOT NULL)";
        until("the past is fetched", async || (installation.store.number(idle).await == 0).then_some(()))
            .await;
        // Old enough for Instagram to renew it.
        installation.advance(TimeDelta::hours(26)).await;
        let refused = json!({ "kind": "error", "code": 190, "path_contains": "insights" });
        installation.sandbox.fault(refused).await;
        for day in 0..2 {
            let mark = installation.sandbox.last_call().await;
            for _ in 0..48 {
                installation.advance(TimeDelta::minutes(30)).await;
                nothing_is_due(&installation).await;
            }
            let calls = installation.sandbox.calls("insights", mark).await.len();
            assert!((1..=4).contains(&calls), "{provider}, day {day}: {calls} calls");
        }
        installation.sandbox.no_faults().await;
        agency.sign_in_again().await;
        let before = agency.account(&account.id()).await.0["insightsCollectedAt"].clone();
        installation.advance(TimeDelta::hours(25)).await;
        nothing_is_due(&installation).await;
        // One call showed that it is accepted again; the others follow within the hour.
        installation.advance(TimeDelta::minutes(61)).await;
        agency.sign_in_again().await;
        until("it is read again", async || {
            let now = agency.account(&account.id()).await;
            (now.0["insightsCollectedAt"] != before && now.state() == "HEALTHY").then_some(())
        })
        .await;
    }
}

async fn nothing_is_due(installation: &Installation) {
    until("a look at what is due", async || {
        let now = installation.now().await.format("%F %T+00:00");
        let due = format!("SELECT count(*) FROM job WHERE due_at <= '{now}' OR lease_until IS NOT NULL");
        (installation.store.number(&due).await == 0).then_some(())
    })
    .await;
}
