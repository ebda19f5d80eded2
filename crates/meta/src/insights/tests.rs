use serde_json::json;

use super::*;
use crate::error::ErrorKind;
use crate::loopback::{ACCOUNT, Loopback, Reply, facebook_token, instagram_token};
use crate::provider::Provider::{FacebookLogin, InstagramLogin};

async fn answer(body: Value) -> Vec<MetricAnswer> {
    let server = Loopback::start(move |_| Reply::json(&body)).await;
    let query = InsightsQuery::new(["reach"], Period::Day);
    server.client.insights(FacebookLogin, &facebook_token(), ACCOUNT, &query).await.unwrap()
}

#[tokio::test]
async fn the_query_is_sent_as_documented() {
    let server = Loopback::start(|_| Reply::json(&json!({"data": []}))).await;
    let query = InsightsQuery {
        metric_type: Some(MetricType::TimeSeries),
        breakdown: vec!["age".to_owned(), "gender".to_owned()],
        timeframe: Some("this_month".to_owned()),
        since: Some("2026-11-17T08:00:00Z".parse().unwrap()),
        until: Some("2026-11-19T08:00:00Z".parse().unwrap()),
        ..InsightsQuery::new(["reach", "views"], Period::Day)
    };
    let data = server.client.insights(FacebookLogin, &facebook_token(), ACCOUNT, &query).await.unwrap();
    assert!(data.is_empty());
    let plain = InsightsQuery::new(["online_followers"], Period::Lifetime);
    server.client.insights(InstagramLogin, &instagram_token(), ACCOUNT, &plain).await.unwrap();

    let asked = server.asked();
    assert_eq!(asked[0].path, format!("/graph.facebook.com/v25.0/{ACCOUNT}/insights"));
    for (name, value) in [
        ("metric", "reach,views"),
        ("period", "day"),
        ("metric_type", "time_series"),
        ("breakdown", "age,gender"),
        ("timeframe", "this_month"),
        ("since", "1794902400"),
        ("until", "1795075200"),
    ] {
        assert_eq!(asked[0].query[name], value);
    }
    assert_eq!(asked[0].query.len(), 8, "the rest is the proof");
    assert_eq!(asked[1].path, format!("/graph.instagram.com/v24.0/{ACCOUNT}/insights"));
    assert_eq!(asked[1].raw_query, "metric=online_followers&period=lifetime");
}

#[tokio::test]
async fn a_time_series() {
    let metrics = answer(json!({"data": [{"name": "reach", "period": "day",
        "values": [{"value": 131, "end_time": "2026-11-18T08:00:00+0000"},
            {"value": 174, "end_time": "2026-11-19T08:00:00+0000"}, {"end_time": "2026-11-20T08:00:00+0000"},
            {"value": "9"}, {"value": null, "end_time": "never"}, 5],
        "title": "Accounts reached", "id": "17841400000000001/insights/reach/day"}],
        "paging": {"next": "https://graph.facebook.com/evil"}}))
    .await;
    assert_eq!(metrics.len(), 1);
    assert_eq!((metrics[0].name.as_str(), metrics[0].period.as_str()), ("reach", "day"));
    assert_eq!((metrics[0].total, metrics[0].breakdowns.len()), (None, 0));
    let time = |text: &str| Some(text.parse().unwrap());
    let expected = [
        (time("2026-11-18T08:00:00Z"), MetricValue::Number(131)),
        (time("2026-11-19T08:00:00Z"), MetricValue::Number(174)),
        (time("2026-11-20T08:00:00Z"), MetricValue::Absent),
        (None, MetricValue::Number(9)),
        (None, MetricValue::Absent),
    ];
    assert_eq!(metrics[0].values, expected.map(|(end_time, value)| TimedValue { end_time, value }).to_vec());
}

#[tokio::test]
async fn values_by_hour() {
    let metrics = answer(json!({"data": [{"name": "online_followers", "period": "lifetime",
        "values": [{"value": {"0": 812, "23": 903, "x": "y"}, "end_time": "2026-11-18T08:00:00+0000"},
            {"value": {}, "end_time": "2026-11-19T08:00:00+0000"}]}]}))
    .await;
    let hours = BTreeMap::from([("0".to_owned(), 812), ("23".to_owned(), 903)]);
    let values: Vec<_> = metrics[0].values.iter().map(|value| value.value.clone()).collect();
    assert_eq!(values, [MetricValue::Map(hours), MetricValue::Map(BTreeMap::new())]);
}

#[tokio::test]
async fn a_total_with_and_without_a_breakdown() {
    let metrics = answer(json!({"data": [
        {"name": "accounts_engaged", "period": "day", "total_value": {"value": 88}},
        {"name": "reach", "period": "day", "total_value": {"value": 410, "breakdowns": [
            {"dimension_keys": ["media_product_type"], "results": [{"dimension_values": ["REEL"], "value": 250},
                {"dimension_values": ["POST"], "value": 130}, {"dimension_values": ["STORY"]}]}]}},
        {"name": "follows_and_unfollows", "period": "day"},
        {"name": "views", "period": "day", "total_value": {}},
        {"period": "day"}]}))
    .await;
    let totals: Vec<_> = metrics.iter().map(|metric| (metric.name.as_str(), metric.total)).collect();
    assert_eq!(
        totals,
        [
            ("accounts_engaged", Some(88)),
            ("reach", Some(410)),
            ("follows_and_unfollows", None),
            ("views", None)
        ]
    );
    let split = &metrics[1].breakdowns[0];
    let seen: Vec<_> = split
        .results
        .iter()
        .map(|result| (split.dimension(result, "media_product_type").unwrap(), result.value))
        .collect();
    assert_eq!(seen, [("REEL", 250), ("POST", 130)]);
}

#[tokio::test]
async fn dimensions_are_found_by_name() {
    let metrics = answer(json!({"data": [{"name": "follower_demographics", "period": "lifetime",
        "total_value": {"breakdowns": [
            {"dimension_keys": ["timeframe", "age", "gender"],
             "results": [{"dimension_values": ["THIS_MONTH", "25-34", "F"], "value": 812,
                "end_time": "2026-11-18T08:00:00+0000"}]},
            {"dimension_keys": ["country"]}]}}]}))
    .await;
    let split = &metrics[0].breakdowns[0];
    let result = &split.results[0];
    assert_eq!(metrics[0].total, None);
    assert_eq!(split.dimension(result, "age"), Some("25-34"));
    assert_eq!(split.dimension(result, "gender"), Some("F"));
    assert_eq!(split.dimension(result, "city"), None);
    assert!(result.end_time.is_some());
    assert!(metrics[0].breakdowns[1].results.is_empty());
}

#[tokio::test]
async fn wrong_types_are_absent_and_a_missing_list_is_transient() {
    let metrics = answer(json!({"data": [{"name": "reach", "period": 5, "values": {}, "total_value": [1]},
        {"name": "views", "values": [{"value": [1]}, {"value": true}, {"value": 1.5}],
         "total_value": {"value": u64::MAX, "breakdowns": {}}}, null, "x"]}))
    .await;
    assert_eq!(metrics.len(), 2);
    assert_eq!((metrics[0].period.as_str(), metrics[0].values.len(), metrics[0].total), ("", 0, None));
    let values: Vec<_> = metrics[1].values.iter().map(|value| value.value.clone()).collect();
    assert_eq!(values, [MetricValue::Absent, MetricValue::Absent, MetricValue::Decimal(1.5)]);
    assert_eq!(metrics[1].total, None);

    for body in ["{}", "{\"data\":{}}", "[]", "true"] {
        let server = Loopback::start(move |_| Reply::new(200, body)).await;
        let query = InsightsQuery::new(["reach"], Period::Day);
        let error =
            server.client.insights(FacebookLogin, &facebook_token(), ACCOUNT, &query).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transient, "{body}");
    }
}

#[tokio::test]
async fn odd_shapes_of_values_are_read() {
    let metrics = answer(json!({"data": [
        {"name": "reels_skip_rate", "values": {"value": 34.56, "end_time": 1_795_075_200},
         "total_value": {"value": 12.5, "breakdowns": [{"dimension_keys": ["age", "gender"], "results": [
            {"dimension_values": [null, "F"], "value": "3.4"}, {"dimension_values": "M", "value": 1}]}]}}]}))
    .await;
    let metric = &metrics[0];
    assert_eq!(metric.values[0].value, MetricValue::Decimal(34.56));
    assert_eq!(metric.values[0].end_time.map(|at| at.timestamp()), Some(1_795_075_200));
    assert_eq!(metric.total, Some(13));
    let split = &metric.breakdowns[0];
    assert_eq!(split.dimension(&split.results[0], "gender"), Some("F"), "a gap keeps its place");
    assert_eq!((split.results[0].value, split.results[1].value), (3, 1));
}

#[tokio::test]
async fn a_refused_metric_is_told_from_other_bad_requests() {
    let server = Loopback::start(|_| Reply::error(400, 100)).await;
    let query = InsightsQuery::new(["impressions"], Period::Day);
    for provider in [FacebookLogin, InstagramLogin] {
        let error = server.client.insights(provider, &facebook_token(), ACCOUNT, &query).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnsupportedMetric);
        let error = server.client.account(provider, &facebook_token(), ACCOUNT).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BadRequest);
    }
}
