//! Comments on media.

use serde_json::{Value, json};

use crate::client::*;

/// An account with enough followers to be commented upon.
const CYCLING: &str = "17841400000000004";
const WITH_COMMENTS: &str = "instagram_basic,instagram_manage_comments,pages_show_list,pages_read_engagement";

async fn token(sandbox: &TestBox) -> String {
    let form = [("person", NORA), ("decision", "continue"), ("all", "1")];
    let code = sandbox.form(&sandbox.dialog(WITH_COMMENTS), &form).await.returned("code").unwrap();
    text(&sandbox.exchange_code(&code).await.json(), "/access_token")
}

#[tokio::test]
async fn there_are_as_many_comments_as_the_media_counts() {
    let sandbox = TestBox::start().await;
    sandbox.control("clock", json!({"frozen": true})).await;
    let token = token(&sandbox).await;
    let list =
        sandbox.facebook(&format!("/{CYCLING}/media?limit=20&fields=comments_count,timestamp"), &token).await;
    let media = list.json()["data"].as_array().unwrap().clone();
    let busiest = media.iter().max_by_key(|item| item["comments_count"].as_u64()).unwrap();
    let (id, count) = (text(busiest, "/id"), busiest["comments_count"].as_u64().unwrap());
    assert!(count > 3, "{count}");

    let mut target = format!("/graph.facebook.com/v25.0/{id}/comments?limit=3&access_token={token}");
    let mut comments: Vec<Value> = Vec::new();
    loop {
        let body = sandbox.get(&target).await.json();
        comments.extend(body["data"].as_array().unwrap().clone());
        match body.pointer("/paging/next").and_then(Value::as_str) {
            Some(next) => target = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(comments.len() as u64, count);
    assert!(comments.iter().all(|comment| comment.as_object().unwrap().len() == 3));
    assert!(comments.windows(2).all(|pair| text(&pair[0], "/timestamp") >= text(&pair[1], "/timestamp")));
    assert!(comments.iter().all(|comment| text(comment, "/timestamp") >= text(busiest, "/timestamp")));

    let comment = text(&comments[0], "/id");
    let fields = "text,username,from,like_count,hidden,media,parent_id,replies";
    let one = sandbox.facebook(&format!("/{comment}?fields={fields}"), &token).await.json();
    assert_eq!((text(&one, "/media/id"), &one["text"]), (id.clone(), &comments[0]["text"]));
    assert_eq!(
        (one["username"].clone(), one["replies"].clone()),
        (one["from"]["username"].clone(), json!({"data": []}))
    );
    assert!(one["like_count"].is_u64() && one.get("parent_id").is_none());
    assert_eq!(sandbox.facebook(&format!("/{comment}/replies"), &token).await.json(), json!({"data": []}));
    let nested = sandbox.facebook(&format!("/{id}?fields=comments.limit(1){{text}}"), &token).await.json();
    assert_eq!(nested["comments"]["data"][0]["text"], comments[0]["text"]);
    let stories = sandbox.facebook(&format!("/{BAKERY}/stories?fields=comments_count"), &token).await.json();
    assert_eq!(stories["data"][0]["comments_count"], 0);
    let story = sandbox.facebook(&format!("/{}/comments", text(&stories, "/data/0/id")), &token).await;
    assert_eq!(story.json(), json!({"data": []}));
    // One more than there are is nobody's.
    let last: u64 = comment.parse().unwrap();
    assert_eq!(sandbox.facebook(&format!("/{}", last + 1), &token).await.error(), (400, 100, Some(33)));
}

#[tokio::test]
async fn comments_need_a_permission_of_their_own() {
    let sandbox = TestBox::start().await;
    let without = sandbox.long_lived(NORA).await;
    let list = sandbox.facebook(&format!("/{BAKERY}/media?limit=1"), &without).await.json();
    let id = text(&list, "/data/0/id");
    assert_eq!(sandbox.facebook(&format!("/{id}/comments"), &without).await.error(), (400, 10, None));
    let instagram = sandbox.instagram_long_lived(BAKERY).await;
    assert_eq!(sandbox.instagram(&format!("/{id}/comments"), &instagram).await.error(), (400, 10, None));
    let grant =
        json!({"account": BAKERY, "permission": "instagram_business_manage_comments", "status": "granted"});
    sandbox.control("permission", grant).await;
    assert_eq!(sandbox.instagram(&format!("/{id}/comments"), &instagram).await.status, 200);
}
