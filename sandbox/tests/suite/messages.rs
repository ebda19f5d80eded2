//! Conversations: the window for answers, the twenty newest messages.

use serde_json::json;

use crate::client::*;

#[tokio::test]
async fn conversations_are_listed_read_and_answered_within_a_day() {
    let sandbox = TestBox::start().await;
    let scope = format!("{SCOPES},instagram_manage_messages,pages_manage_metadata");
    let form = [("person", NORA), ("decision", "continue"), ("all", "1")];
    let code = sandbox.form(&sandbox.dialog(&scope), &form).await.returned("code").unwrap();
    let user = text(&sandbox.exchange_code(&code).await.json(), "/access_token");
    let token = sandbox.page_token(&user, BAKERY_PAGE).await;
    assert_eq!(
        sandbox.facebook(&format!("/{BAKERY_PAGE}/conversations?platform=instagram"), &user).await.error().1,
        190
    );

    let list =
        sandbox.facebook(&format!("/{BAKERY_PAGE}/conversations?platform=instagram"), &token).await.json();
    assert_eq!(list["data"].as_array().unwrap().len(), 4);
    let thread = text(&list, "/data/0/id");
    let body = sandbox.facebook(&format!("/{thread}?fields=participants,messages"), &token).await.json();
    let messages = body.pointer("/messages/data").unwrap().as_array().unwrap();
    let read = async |id: &str| {
        sandbox.facebook(&format!("/{id}?fields=from,to,message,created_time"), &token).await
    };
    assert_eq!(read(&text(&messages[0], "/id")).await.status, 200);
    assert_eq!(read(&text(&messages[20], "/id")).await.error(), (400, 100, Some(33)));

    let written =
        sandbox.control("message", json!({"account": BAKERY, "customer": 1, "text": "Hello?"})).await;
    assert_eq!(text(&read(&text(&written, "/message_id")).await.json(), "/message"), "Hello?");
    let customer = text(&written, "/customer_id");
    let send = async |to: &str, more: &[(&str, &str)]| {
        let recipient = json!({"id": to}).to_string();
        let mut form = vec![
            ("recipient", recipient.as_str()),
            ("message", r#"{"text":"Until 17:00"}"#),
            ("access_token", &token),
        ];
        form.extend(more);
        sandbox.form("/graph.facebook.com/v25.0/me/messages", &form).await
    };
    let sent = send(&customer, &[]).await.json();
    assert_eq!(text(&sent, "/recipient_id"), customer);
    assert_eq!(text(&read(&text(&sent, "/message_id")).await.json(), "/from/id"), BAKERY);
    assert_eq!(send("1", &[]).await.error(), (400, 100, Some(2_534_014)));
    let typing = send(&customer, &[("sender_action", "typing_on")]).await.json();
    assert_eq!(typing, json!({"recipient_id": customer}));
    assert_eq!(send(&customer, &[("sender_action", "dance")]).await.error().1, 100);
    let profile = sandbox.facebook(&format!("/{customer}?fields=username,follower_count"), &token).await;
    assert!(!text(&profile.json(), "/username").is_empty());
    // The same person has another id at another account, and none for a token that may not read it.
    let other = sandbox.page_token(&user, "104400000000002").await;
    assert_eq!(sandbox.facebook(&format!("/{customer}"), &other).await.error(), (400, 100, Some(33)));
    assert_eq!(sandbox.facebook(&format!("/{customer}"), &user).await.error(), (400, 100, Some(33)));
    assert_eq!(send(&customer, &[("tag", "CONFIRMED_EVENT_UPDATE")]).await.error().1, 100);
}

#[tokio::test]
async fn the_window_closes() {
    let sandbox = TestBox::start().await;
    let window = sandbox.consent_window() + "%2Cinstagram_business_manage_messages";
    let form = [("person", MERIDIAN), ("decision", "continue"), ("all", "1")];
    let code = sandbox.form(&window, &form).await.returned("code").unwrap();
    let token = text(&sandbox.exchange_instagram_code(&code).await.json(), "/access_token");
    let long = text(&sandbox.instagram_exchange(&token).await.json(), "/access_token");
    // Long before the customers of the seed begin to write, only what is said here counts.
    sandbox.control("clock", json!({"now": "2025-06-01T00:00:00Z", "frozen": true})).await;
    let written = sandbox.control("message", json!({"account": MERIDIAN, "text": "Hi"})).await;
    let customer = text(&written, "/customer_id");
    let send = async |tag: &str| {
        let body =
            json!({"recipient": {"id": customer}, "message": {"text": "Hello"}, "tag": tag}).to_string();
        let header = format!("Bearer {long}");
        let headers = [("authorization", header.as_str()), ("content-type", "application/json")];
        sandbox.send("POST", "/graph.instagram.com/v21.0/me/messages", &headers, &body).await.unwrap()
    };
    assert_eq!(send("").await.status, 200);
    sandbox.control("clock", json!({"advance_seconds": 86_401})).await;
    assert_eq!(send("").await.error(), (400, 10, Some(2_534_022)));
    assert_eq!(send("HUMAN_AGENT").await.status, 200);
    sandbox.control("clock", json!({"advance_seconds": 7 * 86_400})).await;
    assert_eq!(send("HUMAN_AGENT").await.error(), (400, 10, Some(2_534_022)));
    let list = sandbox
        .graph("graph.instagram.com/v21.0", "/me/conversations?platform=instagram", &long)
        .await
        .json();
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
}
