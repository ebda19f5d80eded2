//! What Meta breaks down is collected broken down, and the parts are those of the whole.

use std::collections::BTreeSet;

use chrono::Days;
use serde_json::{Value, json};

use crate::support::agency::FACEBOOK;
use crate::support::people::NORA;
use crate::support::until::until;
use crate::support::{Consent, Engine, Installation, on_each_database};

on_each_database![parts_add_up_to_the_whole_and_hours_are_known];

const DOCUMENT: &str = "query ($id: ID!, $from: Date!, $to: Date!) { account(id: $id) { \
    insights(metrics: [VIEWS], from: $from, to: $to) { points { value } } \
    insightsBy(metrics: [VIEWS, LIKES], dimension: MEDIA_PRODUCT_TYPE, from: $from, to: $to) \
      { metric key points { day value } } \
    onlineFollowers(from: $from, to: $to) { day hours } } }";

async fn parts_add_up_to_the_whole_and_hours_are_known(engine: Engine) {
    let installation = Installation::with(engine).start().await;
    let agency = installation.agency("anna@northlight.example").await;
    let account = agency.connect(FACEBOOK, &Consent::of(NORA), "nora@lindqvist.example").await.remove(0);
    agency.until_collected().await;
    let day =
        |ago: u64, today: chrono::NaiveDate| today.checked_sub_days(Days::new(ago)).unwrap().to_string();
    let today = installation.pacific_day().await;
    let (from, to) = (day(4, today), day(3, today));
    let found = until("the parts", async || {
        let data = agency.client.query(DOCUMENT, json!({ "id": account.id(), "from": from, "to": to })).await;
        // The days come from different work, and the fields are read one after the other, so that a
        // result may arrive between them.
        let found = &data["account"];
        let parts = found["insightsBy"].as_array().is_some_and(|parts| {
            let views = parts.iter().filter(|part| part["metric"] == "VIEWS");
            let days = views.flat_map(|part| part["points"].as_array().into_iter().flatten());
            let days: BTreeSet<_> = days.filter_map(|point| point["day"].as_str()).collect();
            days.len() == 2
        });
        let whole = found["insights"][0]["points"].as_array();
        let whole = whole.is_some_and(|points| points.iter().all(|point| point["value"].is_number()));
        (parts && whole).then(|| found.clone())
    })
    .await;
    let numbers = |values: &Value| -> i64 {
        values.as_array().unwrap().iter().filter_map(|point| point["value"].as_i64()).sum()
    };
    let whole = numbers(&found["insights"][0]["points"]);
    let parts: Vec<_> = found["insightsBy"].as_array().unwrap().iter().collect();
    let of_views: i64 =
        parts.iter().filter(|part| part["metric"] == "VIEWS").map(|part| numbers(&part["points"])).sum();
    assert!(whole > 0 && of_views == whole, "{whole}: {found}");
    assert!(parts.iter().any(|part| part["metric"] == "LIKES" && part["key"] == "REEL"), "{found}");
    let online = found["onlineFollowers"].as_array().unwrap();
    assert!(!online.is_empty() && online[0]["hours"].as_array().unwrap().len() == 24, "{found}");
}
