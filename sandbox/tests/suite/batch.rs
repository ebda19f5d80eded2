//! Many calls in one.

use serde_json::{Value, json};

use crate::client::*;

#[tokio::test]
async fn batches_answer_item_by_item() {
    let sandbox = TestBox::start().await;
    let token = sandbox.long_lived(NORA).await;
    let batch = json!([
        {"method": "GET", "relative_url": format!("v25.0/{BAKERY}?fields=followers_count")},
        {"method": "GET", "name": "m", "relative_url": format!("v25.0/{BAKERY}/media?limit=2&fields=id")},
        {"method": "GET", "relative_url": "v25.0/?ids={result=m:$.data.*.id}&fields=media_type"},
        {"method": "GET", "relative_url": format!("{BAKERY}?fields=id&access_token=EAAOTHER")},
        {"method": "GET", "relative_url": "v25.0/1?fields=id"},
    ]);
    let answer = sandbox
        .form(
            "/graph.facebook.com/v25.0/",
            &[("access_token", &token), ("include_headers", "false"), ("batch", &batch.to_string())],
        )
        .await
        .json();
    let body =
        |index: usize| -> Value { serde_json::from_str(answer[index]["body"].as_str().unwrap()).unwrap() };
    assert!(body(0)["followers_count"].as_u64().unwrap() > 1_000);
    assert_eq!(answer[1], Value::Null);
    assert_eq!(body(2).as_object().unwrap().len(), 2);
    assert_eq!((answer[3]["code"].clone(), body(3)["error"]["code"].clone()), (json!(400), json!(190)));
    assert_eq!(body(4)["error"]["error_subcode"], 33);
    sandbox.control("faults", json!({"kind": "hang", "path_contains": BAKERY, "times": 1})).await;
    let answer = sandbox
        .form("/graph.facebook.com/", &[("access_token", &token), ("batch", &batch.to_string())])
        .await
        .json();
    assert_eq!(answer[0], Value::Null);
    let many: Vec<Value> = (0..51).map(|_| json!({"method": "GET", "relative_url": "me"})).collect();
    let answer = sandbox
        .form("/graph.facebook.com/", &[("access_token", &token), ("batch", &json!(many).to_string())])
        .await;
    assert_eq!(text(&answer.json(), "/error/type"), "GraphBatchException");
    let ledger = sandbox.get("/_sandbox/ledger?limit=10000").await.json();
    assert!(
        ledger["entries"].as_array().unwrap().iter().filter(|entry| entry["batched"] == true).count() >= 10
    );
}

async fn run(sandbox: &TestBox, token: &str, items: Value) -> Value {
    let form = [("access_token", token), ("batch", &items.to_string())];
    sandbox.form("/graph.facebook.com/v25.0/", &form).await.json()
}

#[tokio::test]
async fn an_item_waits_for_another_without_using_its_answer() {
    let sandbox = TestBox::start().await;
    let token = sandbox.long_lived(NORA).await;
    let answer = run(
        &sandbox,
        &token,
        json!([
            {"method": "GET", "name": "good", "relative_url": "me?fields=id"},
            {"method": "GET", "depends_on": "good", "relative_url": "me?fields=name"},
            {"method": "GET", "name": "bad", "relative_url": "1?fields=id"},
            {"method": "GET", "depends_on": "bad", "relative_url": "me?fields=name"},
        ]),
    )
    .await;
    assert_eq!((&answer[1]["code"], &answer[2]["code"]), (&json!(200), &json!(400)));
    assert_eq!(answer[3], Value::Null);
}

#[tokio::test]
async fn items_have_headers_and_bodies_of_their_own() {
    let sandbox = TestBox::start().await;
    let token = sandbox.long_lived(NORA).await;
    let first = run(&sandbox, &token, json!([{"method": "GET", "relative_url": "me?fields=name"}])).await;
    let headers = first[0]["headers"].as_array().unwrap();
    let tag =
        headers.iter().find(|header| header["name"] == "etag").map(|header| text(header, "/value")).unwrap();
    let again = run(
        &sandbox,
        &token,
        json!([
            {"method": "GET", "relative_url": "me?fields=name", "headers": [format!("If-None-Match: {tag}")]},
            {"method": "GET", "relative_url": "me?fields=name", "headers": [{"name": "If-None-Match", "value": tag}]},
            {"method": "GET", "relative_url": "me?fields=id", "headers": [format!("If-None-Match: {tag}")]},
            {"method": "GET", "name": "p", "relative_url": "me/accounts?limit=1&fields=access_token"},
            {"method": "POST", "relative_url": "debug_token",
             "body": "input_token={result=p:$.data[0].access_token}"},
        ]),
    )
    .await;
    let codes: Vec<u64> = [0, 1, 2, 4].map(|index| again[index]["code"].as_u64().unwrap_or_default()).into();
    assert_eq!(codes, [304, 304, 200, 200], "{again}");
    assert_eq!(again[0]["body"], "");
    assert!(again[4]["body"].as_str().unwrap().contains("PAGE"), "{again}");
}
