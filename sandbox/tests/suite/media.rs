//! Media, stories and their insights.

use serde_json::{Value, json};

use crate::client::*;

#[tokio::test]
async fn media_are_walked_to_the_end() {
    let sandbox = TestBox::start().await;
    let token = sandbox.instagram_long_lived(BAKERY).await;
    sandbox.control("settings", json!({"media_empty_page": true})).await;
    let fields =
        "id,caption,media_type,media_product_type,timestamp,like_count,children{id,media_type},owner";
    let mut target =
        format!("/graph.instagram.com/v25.0/me/media?limit=100&fields={fields}&access_token={token}");
    let (mut items, mut empty) = (Vec::new(), 0);
    loop {
        let body = sandbox.get(&target).await.json();
        let data = body["data"].as_array().unwrap();
        empty += usize::from(data.is_empty());
        items.extend(data.clone());
        match body.pointer("/paging/next").and_then(Value::as_str) {
            Some(next) => target = next.to_owned(),
            None => break,
        }
    }
    assert!(items.len() > 100 && empty > 0, "{} {empty}", items.len());
    let has = |pointer: &str| items.iter().filter(|item| item.pointer(pointer).is_some()).count();
    assert!(has("/caption") < items.len() && has("/like_count") < items.len());
    assert!(has("/children/data/1/id") > 0);
    assert!(items.iter().any(|item| item["media_product_type"] == "REELS" && item["media_type"] == "VIDEO"));
    assert!(items.windows(2).all(|pair| text(&pair[0], "/timestamp") >= text(&pair[1], "/timestamp")));
}

#[tokio::test]
async fn metrics_depend_on_the_product() {
    let sandbox = TestBox::start().await;
    let token = sandbox.long_lived(NORA).await;
    let list = sandbox
        .facebook(&format!("/{BAKERY}/media?limit=50&fields=id,media_product_type"), &token)
        .await
        .json();
    let of = |product: &str| {
        list["data"]
            .as_array()
            .unwrap()
            .iter()
            .find(|item| item["media_product_type"] == product)
            .map(|item| text(item, "/id"))
            .unwrap()
    };
    let (reel, post) = (of("REELS"), of("FEED"));
    let read = async |id: &str, metric: &str| {
        sandbox.facebook(&format!("/{id}/insights?metric={metric}"), &token).await
    };
    assert_eq!(
        read(&reel, "%5B%22reach%22,%22views%22%5D").await.json()["data"],
        read(&reel, "reach,views").await.json()["data"]
    );
    let body = read(&reel, "reach,views,likes,saved,ig_reels_avg_watch_time").await.json();
    assert_eq!(body["data"].as_array().unwrap().len(), 5);
    assert_eq!(text(&body, "/data/0/period"), "lifetime");
    let unfit = read(&reel, "reach,follows").await;
    assert_eq!(unfit.error(), (400, 100, None));
    assert!(unfit.text.contains("does not support the follows metric for this media product type"));
    assert_eq!(read(&post, "follows,profile_visits").await.status, 200);
    assert!(read(&post, "nonsense").await.text.contains("metric[0] must be one of"));
    assert!(read(&post, "impressions").await.text.contains("no longer supported"));
    let nested = sandbox
        .facebook(&format!("/{BAKERY}?fields=media.limit(2){{id,insights.metric(reach,views)}}"), &token)
        .await
        .json();
    assert!(nested.pointer("/media/data/1/insights/data/1/values/0/value").is_some());
}

#[tokio::test]
async fn stories_vanish_after_a_day() {
    let sandbox = TestBox::start().await;
    sandbox.control("clock", json!({"now": "2026-11-20T12:00:00Z"})).await;
    let token = sandbox.long_lived(NORA).await;
    let read = async || {
        sandbox.facebook(&format!("/{BAKERY}/stories?fields=id,media_product_type"), &token).await.json()
    };
    let first = read().await;
    let id = text(&first, "/data/0/id");
    assert_eq!(text(&first, "/data/0/media_product_type"), "STORY");
    // One that has only just begun has too few viewers for insights.
    sandbox.control("clock", json!({"advance_seconds": 6 * 3_600})).await;
    let body = sandbox
        .facebook(&format!("/{id}/insights?metric=navigation&breakdown=story_navigation_action_type"), &token)
        .await
        .json();
    let parts = body.pointer("/data/0/total_value/breakdowns/0/results").unwrap().as_array().unwrap();
    let sum: u64 = parts.iter().map(|part| part["value"].as_u64().unwrap()).sum();
    assert_eq!(Some(sum), body.pointer("/data/0/total_value/value").unwrap().as_u64());
    assert!(body.pointer("/data/0/values").is_some());
    sandbox.control("settings", json!({"media_breakdown_values": false})).await;
    let insights =
        async |query: &str| sandbox.facebook(&format!("/{id}/insights?metric={query}"), &token).await;
    let without = insights("navigation,reach&breakdown=story_navigation_action_type").await;
    assert_eq!(without.error(), (400, 1, None));
    let without = insights("navigation&breakdown=story_navigation_action_type").await.json();
    assert!(without.pointer("/data/0/values").is_none());
    assert!(without.pointer("/data/0/total_value/value").is_some());
    sandbox.control("clock", json!({"advance_seconds": 90_000})).await;
    assert!(!read().await.to_string().contains(&id));
}

#[tokio::test]
async fn a_story_with_too_few_viewers_is_code_10() {
    let sandbox = TestBox::start().await;
    let token = sandbox.long_lived(TOMAS).await;
    let mut codes = Vec::new();
    for _ in 0..40 {
        let list = sandbox.facebook(&format!("/{OPERA}/stories"), &token).await.json();
        for story in list["data"].as_array().unwrap() {
            let answer =
                sandbox.facebook(&format!("/{}/insights?metric=reach", text(story, "/id")), &token).await;
            codes.push(if answer.status == 200 { 0 } else { answer.error().1 });
        }
        sandbox.control("clock", json!({"advance_seconds": 20_000})).await;
    }
    assert!(codes.contains(&10) && codes.iter().all(|code| matches!(code, 0 | 10)), "{codes:?}");
}

#[tokio::test]
async fn media_from_before_the_account_was_professional_and_media_that_is_not_on_facebook() {
    let sandbox = TestBox::start().await;
    let token = sandbox.long_lived(NORA).await;
    let oldest = sandbox.facebook("/17900000003000000/insights?metric=reach", &token).await;
    assert_eq!(oldest.error(), (400, 100, Some(2_108_006)));
    let list = sandbox.facebook(&format!("/{BAKERY}/media?limit=30"), &token).await.json();
    let mut seen = Vec::new();
    for item in list["data"].as_array().unwrap() {
        let answer =
            sandbox.facebook(&format!("/{}/insights?metric=facebook_views", text(item, "/id")), &token).await;
        seen.push(if answer.status == 200 { None } else { answer.error().2 });
    }
    assert!(
        seen.contains(&Some(2_207_086)) && seen.iter().all(|code| matches!(code, None | Some(2_207_086)))
    );
    // A media of somebody else does not exist.
    assert_eq!(sandbox.facebook("/17900000011000001", &token).await.error(), (400, 100, Some(33)));
}

#[tokio::test]
async fn hidden_likes_can_be_left_out_of_insights_too() {
    let sandbox = TestBox::start().await;
    let token = sandbox.long_lived(NORA).await;
    let list =
        sandbox.facebook(&format!("/{BAKERY}/media?limit=100&fields=id,like_count"), &token).await.json();
    let list = list["data"].as_array().unwrap();
    let hidden = text(list.iter().find(|item| item.get("like_count").is_none()).unwrap(), "/id");
    let names = async || {
        let path = format!("/{hidden}/insights?metric=reach,likes");
        let body = sandbox.facebook(&path, &token).await.json();
        body["data"].as_array().unwrap().iter().map(|entry| text(entry, "/name")).collect::<Vec<_>>()
    };
    assert_eq!(names().await, ["reach", "likes"]);
    sandbox.control("settings", json!({"media_hidden_likes": false})).await;
    assert_eq!(names().await, ["reach"]);
}

#[tokio::test]
async fn media_metrics_end_by_the_clock() {
    let sandbox = TestBox::start().await;
    let token = sandbox.long_lived(NORA).await;
    sandbox.control("clock", json!({"now": "2025-03-01T00:00:00Z"})).await;
    // v25.0 does not exist yet on that day.
    assert_eq!(sandbox.facebook("/me", &token).await.status, 400);
    let get = async |version: &str, path: &str| {
        sandbox.graph(&format!("graph.facebook.com/{version}"), path, &token).await
    };
    let list = get("v21.0", &format!("/{BAKERY}/media?limit=50&fields=id,media_product_type")).await.json();
    let reel =
        list["data"].as_array().unwrap().iter().find(|item| item["media_product_type"] == "REELS").unwrap();
    let path = format!("/{}/insights?metric=plays", text(reel, "/id"));
    assert!(get("v21.0", &path).await.json().pointer("/data/0/values/0/value").is_some());
    assert!(get("v22.0", &path).await.text.contains("no longer supported"));
    sandbox.control("clock", json!({"now": "2025-04-21T00:00:00Z"})).await;
    assert!(get("v21.0", &path).await.text.contains("no longer supported"));
    let planned = json!({"planned_removals": [{"metric": "saved", "all_versions_on": "2025-04-22"}]});
    sandbox.control("settings", planned).await;
    let path = format!("/{}/insights?metric=saved", text(reel, "/id"));
    assert_eq!(get("v21.0", &path).await.status, 200);
    sandbox.control("clock", json!({"now": "2025-04-22T00:00:00Z"})).await;
    assert_eq!(get("v21.0", &path).await.error(), (400, 100, None));
}
