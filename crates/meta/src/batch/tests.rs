use chrono::TimeDelta;
use serde_json::json;

use crate::error::{Cause, ErrorKind, ThrottleScope};
use crate::insights::{InsightsQuery, Period};
use crate::loopback::{ACCOUNT, FACEBOOK_PROOF, FACEBOOK_TOKEN, Loopback, Reply, facebook_token, start};

fn queries(metrics: &[&str]) -> Vec<InsightsQuery> {
    metrics.iter().map(|metric| InsightsQuery::new([*metric], Period::Day)).collect()
}

#[tokio::test]
async fn each_call_has_its_own_result() {
    let server = Loopback::start(|_| {
        let refused = r#"{"error":{"code":100,"type":"OAuthException","message":"x"}}"#;
        Reply::json(&json!([
            {"code": 200, "headers": [], "body": r#"{"data":[{"name":"reach","total_value":{"value":7}}]}"#},
            null,
            {"code": 400, "body": refused},
            {"code": 400, "body": r#"{"error":{"code":190,"error_subcode":460}}"#},
            {"code": 200, "body": "{\"data\":[{\"na"},
            {"code": 200, "body": ["cut"]},
            {"body": "{}"},
            7
        ]))
    })
    .await;
    let asked = ["reach", "views", "likes", "saves", "shares", "replies", "reposts", "comments", "a&b=c"];
    let results = server.client.insights_batch(&facebook_token(), ACCOUNT, &queries(&asked)).await.unwrap();
    assert_eq!(results[0].as_ref().unwrap()[0].total, Some(7));
    let kinds: Vec<_> = results[1..].iter().map(|result| result.as_ref().unwrap_err().kind()).collect();
    let mut expected = vec![ErrorKind::Transient; 8];
    expected[1] = ErrorKind::UnsupportedMetric;
    expected[2] = ErrorKind::Reauthorise(Cause::PasswordChanged);
    assert_eq!(kinds, expected);

    let request = server.only();
    assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/graph.facebook.com/v25.0/"));
    assert_eq!(request.raw_query, "", "nothing secret is in the address");
    assert_eq!(request.form["access_token"], FACEBOOK_TOKEN);
    assert_eq!(request.form["appsecret_proof"], FACEBOOK_PROOF);
    assert_eq!(request.form["include_headers"], "true");
    let calls: serde_json::Value = serde_json::from_str(&request.form["batch"]).unwrap();
    assert_eq!(calls.as_array().unwrap().len(), 9);
    assert_eq!(
        calls[0],
        json!({"method": "GET", "relative_url": format!("{ACCOUNT}/insights?metric=reach&period=day")})
    );
    assert!(calls[8]["relative_url"].as_str().unwrap().contains("metric=a%26b%3Dc&"), "{}", calls[8]);
    assert_eq!(server.reports()[0].account.as_deref(), Some(ACCOUNT));
}

#[tokio::test]
async fn a_refused_batch_is_one_error() {
    for (reply, expected) in [
        (
            (400, r#"{"error_code":190,"error_description":"x"}"#),
            ErrorKind::Reauthorise(Cause::InvalidSession),
        ),
        (
            (400, r#"{"error":{"code":80002}}"#),
            ErrorKind::Throttled { scope: ThrottleScope::Account, until: None },
        ),
        ((400, r#"{"error":{"code":100,"type":"GraphBatchException"}}"#), ErrorKind::BadRequest),
        ((200, "{}"), ErrorKind::Transient),
        ((502, "<html>"), ErrorKind::Transient),
    ] {
        let server = Loopback::start(move |_| Reply::new(reply.0, reply.1)).await;
        let error = server.client.insights_batch(&facebook_token(), ACCOUNT, &queries(&["reach"])).await;
        assert_eq!(error.unwrap_err().kind(), expected, "{reply:?}");
    }
}

#[tokio::test]
async fn a_batch_holds_between_one_and_fifty_calls() {
    let server = Loopback::start(|_| Reply::json(&json!([]))).await;
    let token = facebook_token();
    assert_eq!(server.client.insights_batch(&token, ACCOUNT, &[]).await, Ok(Vec::new()));
    let many = vec![InsightsQuery::new(["reach"], Period::Day); super::MOST_CALLS + 1];
    let error = server.client.insights_batch(&token, ACCOUNT, &many).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BadRequest);
    assert!(server.asked().is_empty());
    let results = server.client.insights_batch(&token, ACCOUNT, &many[1..]).await.unwrap();
    assert_eq!(results.len(), super::MOST_CALLS, "what was not answered is told for each");
    assert!(results.iter().all(Result::is_err));
}

#[tokio::test]
async fn usage_is_told_per_call_and_for_all_of_them() {
    let usage = |minutes: u32| {
        json!({ACCOUNT: [{"type": "instagram", "call_count": 100,
            "estimated_time_to_regain_access": minutes}]})
        .to_string()
    };
    let throttled = r#"{"error":{"code":80002}}"#;
    let server = Loopback::start(move |_| {
        let header = json!({"name": "X-Business-Use-Case-Usage", "value": usage(5)});
        Reply::json(&json!([
            {"code": 400, "headers": [header, {"name": "bad name"}, 7], "body": throttled},
            {"code": 400, "body": throttled},
            {"code": 200, "body": {"data": []}},
        ]))
        .with_header("x-business-use-case-usage", usage(17))
    })
    .await;
    let asked = ["reach", "views", "likes"];
    let results = server.client.insights_batch(&facebook_token(), ACCOUNT, &queries(&asked)).await.unwrap();
    let after = |minutes| Some(start() + TimeDelta::minutes(minutes));
    let account = |until| ErrorKind::Throttled { scope: ThrottleScope::Account, until };
    assert_eq!(results[0].as_ref().unwrap_err().kind(), account(after(5)));
    assert_eq!(results[1].as_ref().unwrap_err().kind(), account(after(17)));
    assert!(results[2].is_ok(), "a body may come as JSON in place of text");
    let shares: Vec<_> = server.reports().iter().map(|report| report.business.len()).collect();
    assert_eq!(shares, [1, 1, 0, 0], "the answer's own, then one for each call");
}
