//! What is said about numbers besides the numbers: how few calls they take, what they were before Meta
//! changed them, how complete they are, and who the audience was.

use chrono::{Days, TimeDelta};
use serde_json::{Value, json};

use crate::support::agency::{FACEBOOK, INSTAGRAM};
use crate::support::people::{MERIDIAN, NORA};
use crate::support::{Consent, Engine, Installation, on_each_database};

on_each_database![
    the_plan_of_calls_is_printed_and_calls_nobody,
    changes_gaps_and_audiences_can_be_read,
    rows_of_a_metric_that_ended_stay_readable,
    nobody_has_an_account_collected_from_all_day_long,
];

async fn the_plan_of_calls_is_printed_and_calls_nobody(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let mark = installation.sandbox.last_call().await;
    let printed = installation.command(&["plan"]).await;
    assert_eq!(printed.status.code(), Some(0));
    let text = String::from_utf8(printed.stdout).unwrap();
    for part in [
        "Facebook Login (v",
        "Instagram Login (v",
        ": 25 calls an account and day",
        "hour: 1 call, every hour",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let told = installation.command(&["plan", "--json"]).await;
    let told: Value = serde_json::from_slice(&told.stdout).unwrap();
    for login in told["logins"].as_array().unwrap() {
        assert_eq!(login["callsEachDay"], 25, "{login}");
        let hour = &login["modes"][0];
        assert_eq!((&hour["name"], &hour["calls"]), (&json!("hour"), &json!(1)), "{hour}");
        assert_eq!(hour["questions"][0]["metrics"], json!(["reach"]), "{hour}");
    }
    assert!(installation.sandbox.calls("", mark).await.is_empty());
}

async fn changes_gaps_and_audiences_can_be_read(engine: Engine) {
    let installation = Installation::with(engine).without_worker().set("BACKFILL_DAYS", "5").start().await;
    installation.sandbox.order("settings", json!({ "insights_excess_percent": 20 })).await;
    let mut agency = installation.agency("anna@northlight.example").await;
    let account =
        agency.connect(INSTAGRAM, &Consent::of(MERIDIAN), "studio@meridian.example").await.remove(0);
    let day = installation.pacific_day().await;
    let collect = json!({ "accountId": account.id() });
    for _ in 0..9 {
        agency.client.mutate("collectInsights", collect.clone(), "run { status }").await;
        installation.advance(TimeDelta::hours(14)).await;
        agency.sign_in_again().await;
    }
    agency.client.mutate("collectAudience", collect.clone(), "run { status }").await;
    let today = installation.pacific_day().await;
    let document = "query ($id: ID!, $day: Date!, $from: Date!, $to: Date!) { account(id: $id) { \
        insights(metrics: [VIEWS], from: $day, to: $day) { points { value state revisions \
          { oldValue wasFinal oldCollectedAt newValue revisedAt } } } \
        completeness(from: $from, to: $to) { family spans { state from to days } } \
        audienceHistory(from: $day, to: $to) { day followers { state timeframe people \
          ageGender { age gender share shareOfAll } } engaged { state people } } } }";
    let from = day.checked_sub_days(Days::new(400 - 30)).unwrap();
    let variables = json!({ "id": account.id(), "day": day, "from": from, "to": today });
    let data = agency.client.query(document, variables).await;

    let point = &data["account"]["insights"][0]["points"][0];
    assert_eq!(point["state"], "FINAL", "{point}");
    let last = point["revisions"].as_array().unwrap().last().unwrap();
    assert_eq!(last["newValue"], point["value"]);
    assert!(last["oldValue"].as_i64() > last["newValue"].as_i64(), "it was told too high: {last}");

    let families = data["account"]["completeness"].as_array().unwrap();
    assert_eq!(families.len(), 7, "{families:?}");
    let of = |family: &str| families.iter().find(|one| one["family"] == family).unwrap();
    let first = &of("ACTIVITY")["spans"][0];
    let expected = day.checked_sub_days(Days::new(5)).unwrap();
    assert_eq!(first["from"], json!(expected), "it begins where fetching does: {first}");
    // There was no worker that fetched what lay before.
    assert_eq!(first["state"], "MISSING", "{first}");
    assert_eq!(of("FOLLOWERS")["spans"][0]["state"], "LOST");
    let newest = of("ACTIVITY")["spans"].as_array().unwrap().last().unwrap();
    assert_eq!((&newest["state"], &newest["to"]), (&json!("PROVISIONAL"), &json!(today)));

    let history = data["account"]["audienceHistory"].as_array().unwrap();
    assert_eq!(history.len(), 1, "{history:?}");
    let followers = &history[0]["followers"];
    assert_eq!((&history[0]["day"], &followers["timeframe"]), (&json!(today), &json!("this_month")));
    assert!(followers["people"].as_i64().is_some_and(|people| people > 20_000), "{followers}");
    let shares: f64 = followers["ageGender"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["shareOfAll"].as_f64().unwrap())
        .sum();
    assert!((0.9..1.0).contains(&shares), "Meta names the largest segments only: {shares}");
    assert_eq!(
        (&history[0]["engaged"]["state"], &history[0]["engaged"]["people"]),
        (&json!("AVAILABLE"), &Value::Null)
    );
}

async fn nobody_has_an_account_collected_from_all_day_long(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let mut agency = installation.agency("anna@northlight.example").await;
    let accounts = agency.connect(FACEBOOK, &Consent::of(NORA), "nora@lindqvist.example").await;
    let collect = json!({ "accountId": accounts[0].id() });
    // What is due anyway counts for nobody.
    for _ in 0..13 {
        let run = agency.client.mutate("collectInsights", collect.clone(), "run { status }").await;
        assert_eq!(run["run"]["status"], "SUCCEEDED", "{run}");
    }
    let mark = installation.sandbox.last_call().await;
    let (path, code) = agency.client.refusal("collectInsights", collect.clone()).await;
    assert_eq!((path.as_str(), code.as_str()), ("input.accountId", "TRY_LATER"));
    assert_eq!(installation.sandbox.calls("", mark).await, Vec::<Value>::new());
    agency.client.mutate("collectAudience", collect.clone(), "run { status }").await;
    let other = json!({ "accountId": accounts[1].id() });
    agency.client.mutate("collectInsights", other, "run { status }").await;
    installation.advance(TimeDelta::minutes(61)).await;
    agency.sign_in_again().await;
    agency.client.mutate("collectInsights", collect, "run { status }").await;
}

async fn rows_of_a_metric_that_ended_stay_readable(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let agency = installation.agency("anna@northlight.example").await;
    let account =
        agency.connect(INSTAGRAM, &Consent::of(MERIDIAN), "studio@meridian.example").await.remove(0);
    agency.client.mutate("collectInsights", json!({ "accountId": account.id() }), "run { status }").await;
    // As it was collected before its end.
    let copied = "INSERT INTO insight (account_id, metric, breakdown, period, day, workspace_id, value, state, collected_at) \
        SELECT account_id, 'impressions', breakdown, period, day, workspace_id, 7, 'final', collected_at \
        FROM insight WHERE metric = 'views' AND breakdown = ''";
    assert!(installation.store.execute(copied).await > 0);
    let today = installation.pacific_day().await.to_string();
    let series = agency.series(&account.id(), &["IMPRESSIONS"], &today, &today).await;
    assert_eq!(series[0]["points"][0]["value"], 7, "{series:?}");
    let asked = installation.sandbox.calls("insights", 0).await;
    assert!(
        !asked.is_empty()
            && asked.iter().all(|call| !call["query"].as_str().unwrap().contains("impressions"))
    );
}
