//! What the Graph hosts do with any call: methods, headers, odd parameters.

use serde_json::json;

use crate::client::*;

#[tokio::test]
async fn head_and_options_are_answered() {
    let sandbox = TestBox::start().await;
    let token = sandbox.long_lived(NORA).await;
    let header = format!("Bearer {token}");
    let headers = [("authorization", header.as_str())];
    let get = sandbox.facebook("/me", &token).await;
    let head = sandbox.send("HEAD", "/graph.facebook.com/v25.0/me", &headers, "").await.unwrap();
    assert_eq!((head.status, head.text.as_str(), head.header("etag")), (200, "", get.header("etag")));
    assert_eq!(head.header("content-length"), get.header("content-length"));
    for host in ["graph.facebook.com", "graph.instagram.com"] {
        let asked = sandbox.send("OPTIONS", &format!("/{host}/v25.0/me"), &[], "").await.unwrap();
        assert_eq!((asked.status, asked.header("access-control-allow-origin")), (200, "*"));
    }
    assert_eq!(get.header("access-control-allow-origin"), "*");
    assert_eq!(sandbox.facebook("/1", &token).await.header("access-control-allow-origin"), "*");
    sandbox.control("faults", json!({"kind": "error", "code": 2, "times": 1})).await;
    assert_eq!(sandbox.facebook("/me", &token).await.header("access-control-allow-origin"), "*");
}

#[tokio::test]
async fn a_method_that_does_not_fit_is_no_unknown_path() {
    let sandbox = TestBox::start().await;
    let token = sandbox.long_lived(NORA).await;
    for path in ["me/accounts", "me", BAKERY_PAGE, BAKERY, "aWdfdDE"] {
        let target = format!("/graph.facebook.com/v25.0/{path}");
        let answer = sandbox.form(&target, &[("access_token", &token)]).await;
        assert_eq!(answer.error(), (400, 100, Some(33)), "{path}");
        assert!(answer.text.contains("Unsupported post request"), "{}", answer.text);
    }
    assert_eq!(sandbox.facebook("/me/nonsense", &token).await.error(), (400, 2500, None));
}

#[tokio::test]
async fn the_date_is_that_of_the_sandbox() {
    let sandbox = TestBox::start().await;
    sandbox.control("clock", json!({"frozen": true})).await;
    sandbox.control("clock", json!({"now": "2027-03-01T10:20:30Z"})).await;
    let answer = sandbox.get("/graph.facebook.com/v25.0/me").await;
    assert_eq!(answer.header("date"), "Mon, 01 Mar 2027 10:20:30 GMT");
}

#[tokio::test]
async fn tags_may_be_weak_and_several() {
    let sandbox = TestBox::start().await;
    let token = sandbox.long_lived(NORA).await;
    let tag = sandbox.facebook("/me", &token).await.header("etag").to_owned();
    let header = format!("Bearer {token}");
    for (offered, status) in [
        (format!("W/{tag}"), 304),
        (format!("\"other\", {tag}"), 304),
        ("*".into(), 304),
        ("W/\"other\"".into(), 200),
    ] {
        let headers = [("authorization", header.as_str()), ("if-none-match", &offered)];
        let answer = sandbox.send("GET", "/graph.facebook.com/v25.0/me", &headers, "").await.unwrap();
        assert_eq!(answer.status, status, "{offered}");
    }
}

#[tokio::test]
async fn odd_parameters_do_what_they_do_at_meta() {
    let sandbox = TestBox::start().await;
    let token = sandbox.long_lived(NORA).await;
    let read = async |path: &str| sandbox.facebook(path, &token).await;
    let none = read("/me/accounts?limit=0&summary=true").await.json();
    assert_eq!(none, json!({"data": [], "summary": {"total_count": 9}}));
    assert_eq!(read("/me/accounts?limit=0").await.error(), (400, 100, None));
    let aliased = read("/me?fields=name.as(label),accounts.limit(1).as(pages){id}").await.json();
    assert_eq!(text(&aliased, "/label"), "Nora Lindqvist");
    assert!(aliased.pointer("/pages/data/0/id").is_some() && aliased.get("accounts").is_none());
    assert_eq!(read("/me?metadata=1").await.json()["metadata"]["type"], "user");
    assert_eq!(read(&format!("/{BAKERY_PAGE}?metadata=1")).await.json()["metadata"]["type"], "page");
    let suppressed = read("/1?suppress_http_code=1").await;
    assert_eq!(suppressed.error(), (200, 100, Some(33)));

    let header = format!("Bearer {token}");
    let headers = [("authorization", header.as_str()), ("content-type", "application/json")];
    let body = json!({"method": "GET", "fields": ["id", "first_name"]}).to_string();
    let listed = sandbox.send("POST", "/graph.facebook.com/v25.0/me", &headers, &body).await.unwrap();
    assert_eq!(listed.json(), json!({"id": NORA, "first_name": "Nora"}));
}

#[tokio::test]
async fn one_edge_of_several_objects() {
    let sandbox = TestBox::start().await;
    let token = sandbox.long_lived(NORA).await;
    let (one, other) = (BAKERY, "17841400000000002");
    let media =
        sandbox.facebook(&format!("/media?ids={one},{other}&limit=2&fields=permalink"), &token).await.json();
    for id in [one, other] {
        assert_eq!(media[id]["data"].as_array().unwrap().len(), 2);
        let next = text(&media[id], "/paging/next");
        assert!(next.contains(&format!("/{id}/media?")) && !next.contains("ids="), "{next}");
        let next = sandbox.get(&next).await.json();
        assert_eq!(next["data"].as_array().unwrap().len(), 2, "{next}");
    }
    let path = format!("/insights?ids={one},{other}&metric=reach&period=day");
    assert!(sandbox.facebook(&path, &token).await.json()[other].pointer("/data/0/values").is_some());
    let foreign = sandbox.facebook(&format!("/media?ids={one},{OPERA}"), &token).await;
    assert_eq!(foreign.error(), (400, 100, Some(33)));
}

#[tokio::test]
async fn moments_may_be_dates_and_words() {
    let sandbox = TestBox::start().await;
    sandbox.control("clock", json!({"now": "2026-11-20T12:00:00Z", "frozen": true})).await;
    let token = sandbox.long_lived(NORA).await;
    let count = async |since: &str, until: &str| {
        let window = format!("since={since}&until={until}");
        let insights = format!("/{BAKERY}/insights?metric=reach&period=day&{window}");
        let days = sandbox.facebook(&insights, &token).await.json();
        let days = days.pointer("/data/0/values").unwrap().as_array().unwrap().len();
        let media = sandbox.facebook(&format!("/{BAKERY}/media?limit=100&{window}"), &token).await.json();
        (days, media["data"].as_array().unwrap().len())
    };
    // Pacific midnights of 10 and 15 November.
    let by_number = count("1794297600", "1794729600").await;
    assert!(by_number.1 > 0);
    assert_eq!(count("2026-11-10", "2026-11-15").await, by_number);
    assert_eq!(count("-3%20days", "yesterday").await, count("1794916800", "1795075200").await);
    let media = sandbox.facebook(&format!("/{BAKERY}/media?since=soon"), &token).await;
    assert_eq!(media.error(), (400, 100, None));
}
