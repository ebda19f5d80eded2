//! Account insights over HTTP, held against the truth that the control API tells.

use serde_json::{Value, json};

use crate::client::*;

/// Noon UTC on a Friday; the open Pacific day began four hours earlier.
const NOW: &str = "2026-11-20T12:00:00Z";

async fn at(now: &str) -> (TestBox, String) {
    let sandbox = TestBox::start().await;
    sandbox.control("clock", json!({"now": now, "frozen": true})).await;
    let user = sandbox.long_lived(NORA).await;
    let token = sandbox.page_token(&user, BAKERY_PAGE).await;
    (sandbox, token)
}

async fn insights(sandbox: &TestBox, token: &str, query: &str) -> Answer {
    sandbox.facebook(&format!("/{BAKERY}/insights?{query}"), token).await
}

async fn truth(sandbox: &TestBox, account: &str, metric: &str, day: &str) -> Value {
    sandbox.get(&format!("/_sandbox/truth?account={account}&metric={metric}&day={day}")).await.json()
}

#[tokio::test]
async fn a_series_has_one_value_per_pacific_day() {
    let (sandbox, token) = at(NOW).await;
    // 15 to 18 November, Pacific midnights; all settled except the last.
    let body = insights(
        &sandbox,
        &token,
        "metric=reach&period=day&metric_type=time_series&since=1794729600&until=1795075200",
    )
    .await
    .json();
    let values = body.pointer("/data/0/values").unwrap().as_array().unwrap();
    let ends: Vec<String> = values.iter().map(|value| text(value, "/end_time")).collect();
    assert_eq!(
        ends,
        [
            "2026-11-16T08:00:00+0000",
            "2026-11-17T08:00:00+0000",
            "2026-11-18T08:00:00+0000",
            "2026-11-19T08:00:00+0000"
        ]
    );
    assert_eq!(values[0]["value"], truth(&sandbox, BAKERY, "reach", "2026-11-15").await["value"]);
    assert!(
        values[3]["value"].as_u64() < truth(&sandbox, BAKERY, "reach", "2026-11-18").await["value"].as_u64()
    );
    assert_eq!(text(&body, "/data/0/id"), format!("{BAKERY}/insights/reach/day"));
    let previous = text(&body, "/paging/previous");
    assert!(previous.contains("since=1794384000") && previous.contains("until=1794729600"), "{previous}");
    assert!(text(&body, "/paging/next").contains("since=1795075200"));
    // The same question has the same answer.
    let again = sandbox.get(&text(&body, "/paging/previous")).await.json();
    assert_eq!(again, sandbox.get(&text(&body, "/paging/previous")).await.json());
}

#[tokio::test]
async fn the_open_day_is_there_and_grows() {
    let (sandbox, token) = at(NOW).await;
    let read = async || {
        let body = insights(&sandbox, &token, "metric=reach&period=day").await.json();
        body.pointer("/data/0/values").unwrap().as_array().unwrap().last().unwrap().clone()
    };
    let noon = read().await;
    assert_eq!(text(&noon, "/end_time"), "2026-11-21T08:00:00+0000");
    sandbox.control("clock", json!({"advance_seconds": 6 * 3_600})).await;
    assert!(read().await["value"].as_u64() > noon["value"].as_u64());
    // Data can be late: with more delay than the day is old there is nothing of it yet.
    sandbox.control("settings", json!({"insights_lag_minutes": 1_440})).await;
    assert_eq!(text(&read().await, "/end_time"), "2026-11-20T08:00:00+0000");
}

#[tokio::test]
async fn days_around_the_end_of_daylight_saving_time() {
    let (sandbox, token) = at(NOW).await;
    // 31 October 00:00 to 3 November 00:00, Pacific.
    let body =
        insights(&sandbox, &token, "metric=reach&period=day&since=1793430000&until=1793692800").await.json();
    let ends: Vec<String> = body
        .pointer("/data/0/values")
        .unwrap()
        .as_array()
        .unwrap()
        .iter()
        .map(|value| text(value, "/end_time"))
        .collect();
    assert_eq!(ends, ["2026-11-01T07:00:00+0000", "2026-11-02T08:00:00+0000", "2026-11-03T08:00:00+0000"]);
}

#[tokio::test]
async fn days_around_the_beginning_of_daylight_saving_time() {
    let (sandbox, token) = at(NOW).await;
    // 7 March 00:00 to 10 March 00:00, Pacific: 71 hours.
    let body =
        insights(&sandbox, &token, "metric=reach&period=day&since=1772870400&until=1773126000").await.json();
    let values = body.pointer("/data/0/values").unwrap().as_array().unwrap();
    let ends: Vec<String> = values.iter().map(|value| text(value, "/end_time")).collect();
    assert_eq!(ends, ["2026-03-08T08:00:00+0000", "2026-03-09T07:00:00+0000", "2026-03-10T07:00:00+0000"]);
}

#[tokio::test]
async fn a_finished_day_is_late_and_may_be_corrected_downwards() {
    let (sandbox, token) = at("2026-11-19T09:00:00Z").await;
    let day = "metric=reach&period=day&since=1794988800&until=1795075200";
    let read = async || {
        let body = insights(&sandbox, &token, day).await.json();
        body.pointer("/data/0/values/0/value").unwrap().as_u64().unwrap()
    };
    let last = truth(&sandbox, BAKERY, "reach", "2026-11-18").await["value"].as_u64().unwrap();
    assert!(read().await < last);
    sandbox.control("settings", json!({"insights_excess_percent": 10})).await;
    sandbox.control("clock", json!({"now": "2026-11-19T12:00:00Z"})).await;
    assert_eq!(read().await, (last as f64 * 1.1) as u64);
    sandbox.control("clock", json!({"now": "2026-11-21T08:00:00Z"})).await;
    assert_eq!(read().await, last);
}

#[tokio::test]
async fn lists_may_be_json_arrays() {
    let (sandbox, token) = at(NOW).await;
    let span = "since=1794729600&until=1794816000&metric_type=total_value";
    let commas = format!("metric=reach,total_interactions&period=day&breakdown=media_product_type&{span}");
    let arrays = format!(
        "metric=%5B%22reach%22,%22total_interactions%22%5D&period=%5B%22day%22%5D&breakdown=%5B%22media_product_type%22%5D&{span}"
    );
    let (commas, arrays) =
        (insights(&sandbox, &token, &commas).await.json(), insights(&sandbox, &token, &arrays).await.json());
    assert_eq!(commas["data"].as_array().unwrap().len(), 2);
    assert_eq!(commas["data"], arrays["data"]);
}

#[tokio::test]
async fn totals_with_and_without_breakdowns() {
    let (sandbox, token) = at(NOW).await;
    let span = "period=day&metric_type=total_value&since=1794729600&until=1794816000";
    let names = "views,accounts_engaged,total_interactions,likes,comments,saves,shares,replies,reposts,profile_links_taps,profile_views,website_clicks,reach";
    let body = insights(&sandbox, &token, &format!("metric={names}&{span}")).await.json();
    assert_eq!(body["data"].as_array().unwrap().len(), 13);
    for entry in body["data"].as_array().unwrap() {
        let name = text(entry, "/name");
        assert_eq!(
            entry["total_value"]["value"],
            truth(&sandbox, BAKERY, &name, "2026-11-15").await["value"],
            "{name}"
        );
    }
    let body = insights(
        &sandbox,
        &token,
        &format!("metric=reach,total_interactions&breakdown=media_product_type&{span}"),
    )
    .await
    .json();
    let results = body.pointer("/data/0/total_value/breakdowns/0/results").unwrap().as_array().unwrap();
    assert!(results.iter().any(|result| result["dimension_values"] == json!(["REEL"])));
    assert_eq!(
        body.pointer("/data/0/total_value/breakdowns/0/dimension_keys").unwrap(),
        &json!(["media_product_type"])
    );
    let taps = insights(
        &sandbox,
        &token,
        &format!("metric=profile_links_taps&breakdown=contact_button_type&{span}"),
    )
    .await
    .json();
    assert!(taps.to_string().contains("DIRECTION"));
}

#[tokio::test]
async fn follows_and_unfollows_only_speak_through_their_breakdown() {
    let (sandbox, token) = at(NOW).await;
    let span =
        "metric=follows_and_unfollows&period=day&metric_type=total_value&since=1794729600&until=1794816000";
    let body = insights(&sandbox, &token, span).await.json();
    assert!(body.pointer("/data/0").is_some() && body.pointer("/data/0/total_value").is_none());
    let body = insights(&sandbox, &token, &format!("{span}&breakdown=follow_type")).await.json();
    let truth = truth(&sandbox, BAKERY, "follows_and_unfollows", "2026-11-15").await;
    let results = body.pointer("/data/0/total_value/breakdowns/0/results").unwrap();
    assert_eq!(
        results,
        &json!([
            {"dimension_values": ["FOLLOWER"], "value": truth["gained"]},
            {"dimension_values": ["NON_FOLLOWER"], "value": truth["lost"]},
        ])
    );
    let count =
        insights(&sandbox, &token, "metric=follower_count&period=day&since=1794729600&until=1794816000")
            .await
            .json();
    assert_eq!(count.pointer("/data/0/values/0/value").unwrap(), &truth["gained"]);
}

#[tokio::test]
async fn demographics_and_online_followers() {
    let (sandbox, token) = at(NOW).await;
    let base = "period=lifetime&metric_type=total_value&timeframe=this_month";
    let body = insights(
        &sandbox,
        &token,
        &format!("metric=follower_demographics,engaged_audience_demographics&{base}&breakdown=age,gender"),
    )
    .await
    .json();
    assert_eq!(
        body.pointer("/data/0/total_value/breakdowns/0/dimension_keys").unwrap(),
        &json!(["age", "gender"])
    );
    assert!(body.pointer("/data/0/total_value/value").is_none() && body.get("paging").is_none());
    assert_eq!(
        body.pointer("/data/0/total_value/breakdowns/0/results").unwrap().as_array().unwrap().len(),
        21
    );
    sandbox.control("settings", json!({"demographics_timeframe_dimension": true})).await;
    let body = insights(&sandbox, &token, &format!("metric=follower_demographics&{base}&breakdown=country"))
        .await
        .json();
    assert_eq!(
        body.pointer("/data/0/total_value/breakdowns/0/dimension_keys").unwrap(),
        &json!(["timeframe", "country"])
    );
    assert_eq!(
        body.pointer("/data/0/total_value/breakdowns/0/results/0/dimension_values/0").unwrap(),
        "THIS_MONTH"
    );

    assert!(body.pointer("/data/0/total_value/breakdowns/0/results/0/end_time").is_none());
    sandbox.control("settings", json!({"demographics_end_time": true})).await;
    let body = insights(&sandbox, &token, &format!("metric=follower_demographics&{base}&breakdown=country"))
        .await
        .json();
    assert_eq!(
        text(&body, "/data/0/total_value/breakdowns/0/results/0/end_time"),
        "2026-11-20T08:00:00+0000"
    );

    let body = insights(
        &sandbox,
        &token,
        "metric=online_followers&period=lifetime&since=1794729600&until=1795075200",
    )
    .await
    .json();
    let values = body.pointer("/data/0/values").unwrap().as_array().unwrap();
    assert_eq!(values[0]["value"].as_object().unwrap().len(), 24);
    assert_eq!(values.last().unwrap()["value"], json!({}));
}

#[tokio::test]
async fn small_accounts_get_empty_data() {
    let sandbox = TestBox::start().await;
    let token = sandbox.long_lived(TOMAS).await;
    for query in [
        "metric=follower_count&period=day",
        "metric=online_followers&period=lifetime",
        "metric=follows_and_unfollows&period=day&metric_type=total_value",
        "metric=follower_demographics&period=lifetime&metric_type=total_value&breakdown=age",
    ] {
        let body = sandbox.facebook(&format!("/{OPERA}/insights?{query}"), &token).await.json();
        assert_eq!(body, json!({"data": []}), "{query}");
    }
    let demographics = async |shape: &str| {
        sandbox.control("settings", json!({"small_audience": shape})).await;
        let query = "metric=follower_demographics&period=lifetime&metric_type=total_value&breakdown=age";
        let body = sandbox.facebook(&format!("/{OPERA}/insights?{query}"), &token).await.json();
        body.pointer("/data/0/total_value").cloned()
    };
    assert_eq!(demographics("without_breakdowns").await, Some(json!({})));
    assert_eq!(
        demographics("without_results").await,
        Some(json!({"breakdowns": [{"dimension_keys": ["age"]}]}))
    );
    let reach = sandbox.facebook(&format!("/{OPERA}/insights?metric=reach&period=day"), &token).await.json();
    assert_eq!(text(&reach, "/data/0/name"), "reach");
}

#[tokio::test]
async fn one_bad_metric_fails_the_call() {
    let (sandbox, token) = at(NOW).await;
    for (query, part) in [
        ("metric=reach,nonsense&period=day", "metric[1] must be one of the following values"),
        ("metric=views&period=day", "should be specified with parameter metric_type=total_value"),
        ("metric=impressions&period=day", "no longer supported"),
        ("metric=reach&period=day&since=1790000000&until=1795000000", "more than 30 days (2592000 s)"),
        ("metric=follower_count&period=day&since=1790000000&until=1790100000", "excluding the current day"),
        ("metric=reach&period=day&since=1999999999&until=2000000000", "future"),
    ] {
        let answer = insights(&sandbox, &token, query).await;
        assert_eq!(answer.error(), (400, 100, None), "{query}");
        assert!(answer.text.contains(part), "{query}: {}", answer.text);
    }
    let unknown =
        insights(&sandbox, &token, "metric=views&period=day&metric_type=total_value&breakdown=city").await;
    assert_eq!(unknown.error(), (400, 1, None));
}

#[tokio::test]
async fn history_reaches_back_a_year_and_removals_follow_the_clock() {
    let (sandbox, token) = at(NOW).await;
    let old = insights(&sandbox, &token, "metric=reach&period=day&since=1764000000&until=1766000000").await;
    assert_eq!(old.status, 200);
    assert!(old.json().pointer("/data/0/values").unwrap().as_array().unwrap().len() > 20);
    sandbox
        .control(
            "settings",
            json!({"planned_removals": [{"metric": "saves", "all_versions_on": "2026-12-01"}]}),
        )
        .await;
    let saves = "metric=saves&period=day&metric_type=total_value";
    let warned = insights(&sandbox, &token, &format!("{saves}&debug=all")).await;
    assert_eq!(warned.status, 200);
    assert!(text(&warned.json(), "/__debug__/messages/0/message").contains("2026-12-01"));
    sandbox.control("clock", json!({"now": "2026-12-02T00:00:00Z"})).await;
    assert_eq!(insights(&sandbox, &token, saves).await.error(), (400, 100, None));
}

#[tokio::test]
async fn the_same_numbers_through_both_logins_and_by_field_expansion() {
    let (sandbox, token) = at(NOW).await;
    let instagram = sandbox.instagram_long_lived(BAKERY).await;
    let query = "metric=reach,views&period=day&metric_type=total_value&since=1794729600&until=1794816000";
    let one = insights(&sandbox, &token, query).await.json();
    let other = sandbox.instagram(&format!("/me/insights?{query}"), &instagram).await.json();
    assert_eq!(one["data"], other["data"]);
    let nested = "username,insights.metric(reach,views).period(day).metric_type(total_value).since(1794729600).until(1794816000)";
    let node = sandbox.facebook(&format!("/{BAKERY}?fields={nested}"), &token).await.json();
    assert_eq!(node["insights"]["data"], one["data"]);
}

#[tokio::test]
async fn weeks_and_the_follower_total() {
    let (sandbox, token) = at(NOW).await;
    let body = insights(&sandbox, &token, "metric=reach&period=days_28&since=1794729600&until=1794816000")
        .await
        .json();
    let day = truth(&sandbox, BAKERY, "reach", "2026-11-15").await["value"].as_u64().unwrap();
    assert!(body.pointer("/data/0/values/0/value").unwrap().as_u64().unwrap() > 3 * day);
    // The morning begins with the total of the evening before.
    sandbox.control("clock", json!({"now": "2026-11-20T08:00:00Z", "frozen": true})).await;
    let node = sandbox.facebook(&format!("/{BAKERY}?fields=followers_count"), &token).await.json();
    let total = truth(&sandbox, BAKERY, "followers_count", "2026-11-19").await["value"].clone();
    assert_eq!(node["followers_count"], total);
}

/// Numbers of a metric by their part, read over the wire.
async fn parts(sandbox: &TestBox, token: &str, metric: &str, since: i64, until: i64) -> Vec<u64> {
    let query = format!(
        "metric={metric}&period=day&metric_type=total_value&breakdown=media_product_type&since={since}&until={until}"
    );
    let body = insights(sandbox, token, &query).await.json();
    let results = body.pointer("/data/0/total_value/breakdowns/0/results").unwrap().as_array().unwrap();
    results.iter().map(|result| result["value"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn a_week_has_the_parts_of_its_days() {
    let (sandbox, token) = at(NOW).await;
    // 9 to 16 November 00:00, Pacific: settled.
    let (since, day) = (1_794_211_200, 86_400);
    let mut sums = vec![0; 5];
    for number in 0..7 {
        let from = since + number * day;
        let of_day = parts(&sandbox, &token, "views", from, from + day).await;
        sums.truncate(of_day.len());
        sums.iter_mut().zip(of_day).for_each(|(sum, part)| *sum += part);
    }
    assert_eq!(parts(&sandbox, &token, "views", since, since + 7 * day).await, sums);
    let (likes, all) = (
        parts(&sandbox, &token, "likes", since, since + 7 * day).await,
        parts(&sandbox, &token, "total_interactions", since, since + 7 * day).await,
    );
    assert!(likes.iter().zip(&all).all(|(likes, all)| likes <= all), "{likes:?} {all:?}");
}

#[tokio::test]
async fn ended_metrics_are_read_before_their_end_and_refused_after_it() {
    let (sandbox, token) = at(NOW).await;
    sandbox.control("clock", json!({"now": "2025-01-07T12:00:00Z"})).await;
    let get = async |version: &str, query: &str| {
        let path = format!("/{BAKERY}/insights?{query}");
        sandbox.graph(&format!("graph.facebook.com/{version}"), &path, &token).await
    };
    let series = "metric=profile_views,website_clicks&period=day&metric_type=time_series";
    let taps = "metric=email_contacts,phone_call_clicks,get_directions_clicks,text_message_clicks&period=day";
    for (query, count) in [(series, 2), (taps, 4)] {
        let body = get("v20.0", query).await.json();
        assert_eq!(body["data"].as_array().unwrap().len(), count, "{body}");
        assert!(body.pointer("/data/0/values/0/value").unwrap().is_u64());
        assert!(get("v21.0", query).await.text.contains("no longer supported"));
    }
    sandbox.control("clock", json!({"now": "2025-01-08T00:00:00Z"})).await;
    for query in [series, taps] {
        assert_eq!(get("v20.0", query).await.error(), (400, 100, None));
    }

    sandbox.control("clock", json!({"now": "2023-12-01T12:00:00Z"})).await;
    let audience =
        "metric=audience_city,audience_country,audience_gender_age,audience_locale&period=lifetime";
    let answer = get("v17.0", audience).await;
    assert_eq!(answer.header("facebook-api-version"), "v17.0");
    let body = answer.json();
    let values: Vec<&serde_json::Map<String, Value>> = (0..4)
        .map(|index| body.pointer(&format!("/data/{index}/values/0/value")).unwrap().as_object().unwrap())
        .collect();
    assert!(values[0].keys().any(|city| city.contains(", ")) && values[1].contains_key("GB"));
    assert!(values[2].contains_key("F.25-34") && values[3].contains_key("en_GB"));
    assert_eq!(get("v18.0", audience).await.error(), (400, 100, None));
    sandbox.control("clock", json!({"now": "2023-12-11T00:00:00Z"})).await;
    assert_eq!(get("v17.0", audience).await.error(), (400, 100, None));
}

#[tokio::test]
async fn what_only_the_enumeration_names_answers_nothing() {
    let (sandbox, token) = at(NOW).await;
    let answer = insights(&sandbox, &token, "metric=threads_views,quotes&period=day").await;
    assert_eq!((answer.status, answer.json()), (200, json!({"data": []})));
}

#[tokio::test]
async fn the_account_node_goes_with_the_years() {
    let (sandbox, token) = at(NOW).await;
    let node = async |now: &str| {
        sandbox.control("clock", json!({"now": now})).await;
        let version = if now < "2026" { "v14.0" } else { "v25.0" };
        let fields = "fields=followers_count,follows_count,media_count,ig_id,legacy_instagram_user_id";
        let path = format!("/{BAKERY}?{fields}");
        sandbox.graph(&format!("graph.facebook.com/{version}"), &path, &token).await.json()
    };
    let now = node(NOW).await;
    let number = |node: &Value, name: &str| node[name].as_u64().unwrap_or_else(|| panic!("{name} in {node}"));
    assert!(number(&now, "ig_id") >= 1_000_000_000);
    assert_eq!(text(&now, "/legacy_instagram_user_id"), number(&now, "ig_id").to_string());
    let then = node("2022-06-01T12:00:00Z").await;
    for field in ["followers_count", "media_count"] {
        assert!(number(&then, field) < number(&now, field) && number(&then, field) > 100, "{field}");
    }
    assert_ne!(then["follows_count"], now["follows_count"]);
    // A Page is liked by about as many as follow its account.
    sandbox.control("clock", json!({"now": NOW})).await;
    let page = sandbox.facebook(&format!("/{BAKERY_PAGE}?fields=fan_count"), &token).await.json();
    assert!(number(&page, "fan_count") > 1_000);
}
