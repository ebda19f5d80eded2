//! Conversations: the window for answers, the twenty newest messages.

use serde_json::{Value, json};

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
    let fields = "username,conversations.platform(instagram){id,messages.limit(1){message}}";
    let me = sandbox.graph("graph.instagram.com/v21.0", &format!("/me?fields={fields}"), &long).await.json();
    assert_eq!(me["conversations"]["data"][0]["id"], list["data"][0]["id"]);
    assert_eq!(text(&me, "/conversations/data/0/messages/data/0/message"), "Hello");
    sandbox
        .control("permission", json!({"account": MERIDIAN, "permission": "instagram_business_manage_messages", "status": "declined"}))
        .await;
    let refused = sandbox.graph("graph.instagram.com/v21.0", &format!("/me?fields={fields}"), &long).await;
    assert_eq!(refused.error(), (400, 10, None));
}

/// A Page token that may read and send messages.
async fn page_token(sandbox: &TestBox) -> String {
    let scope = format!("{SCOPES},instagram_manage_messages,pages_manage_metadata");
    let form = [("person", NORA), ("decision", "continue"), ("all", "1")];
    let code = sandbox.form(&sandbox.dialog(&scope), &form).await.returned("code").unwrap();
    let user = text(&sandbox.exchange_code(&code).await.json(), "/access_token");
    sandbox.page_token(&user, BAKERY_PAGE).await
}

#[tokio::test]
async fn conversations_and_messages_are_expanded() {
    let sandbox = TestBox::start().await;
    let token = page_token(&sandbox).await;
    let read = async |path: String| sandbox.facebook(&path, &token).await;
    let fields =
        "id,participants,message_count,unread_count,link,name,messages.limit(3){id,message,from,tags}";
    let list = read(format!("/{BAKERY_PAGE}/conversations?platform=instagram&fields={fields}")).await.json();
    let first = &list["data"][0];
    assert_eq!(first["participants"]["data"].as_array().unwrap().len(), 2);
    assert_eq!(first["messages"]["data"].as_array().unwrap().len(), 3);
    assert!(first["message_count"].as_u64().unwrap() > 20 && first["unread_count"].is_u64());
    assert!(first.pointer("/messages/data/2/from/username").is_some(), "{first}");
    assert!(first.pointer("/messages/data/0/tags/data/0/name").is_some());
    assert!(first.get("updated_time").is_none() && text(first, "/link").starts_with("https://"));

    // The next link of a nested edge asks for the same fields.
    let more = sandbox.get(&text(first, "/messages/paging/next")).await.json();
    assert_eq!(more["data"].as_array().unwrap().len(), 3);
    assert!(more.pointer("/data/0/message").is_some());
    assert_ne!(more["data"][0]["id"], first["messages"]["data"][0]["id"]);

    let thread = text(first, "/id");
    let nested =
        read(format!("/{thread}?fields=messages.limit(100){{id,created_time,from,to,message}}")).await.json();
    let messages = nested["messages"]["data"].as_array().unwrap();
    assert!(messages.len() > 20);
    for (index, message) in messages.iter().enumerate() {
        // Details of the twenty newest only.
        assert_eq!(message.get("message").is_some(), index < 20, "{index}: {message}");
        assert!(message.get("created_time").is_some());
    }
    let edge = read(format!("/{thread}/messages?fields=message&limit=2")).await.json();
    assert_eq!(edge["data"].as_array().unwrap().len(), 2);
    assert!(edge.pointer("/paging/next").is_some());
    let page = read(format!("/{BAKERY_PAGE}?fields=conversations.platform(instagram).limit(1){{id}}")).await;
    assert_eq!(page.json()["conversations"]["data"].as_array().unwrap().len(), 1);

    assert_eq!(read(format!("/{thread}?fields=nonsense")).await.error(), (400, 100, None));
    assert_eq!(read(format!("/{thread}/nonsense")).await.error(), (400, 2500, None));
    let junk = read(format!("/{BAKERY_PAGE}/conversations?platform=instagram&user_id=junk")).await;
    assert_eq!(junk.error(), (400, 100, None));
}

#[tokio::test]
async fn what_was_attached_is_read_back() {
    let sandbox = TestBox::start().await;
    let token = page_token(&sandbox).await;
    let written = sandbox.control("message", json!({"account": BAKERY, "text": "A picture?"})).await;
    let customer = text(&written, "/customer_id");
    let send = async |message: Value| {
        let body = json!({"recipient": {"id": customer}, "message": message, "access_token": token});
        let kind = [("content-type", "application/json")];
        let target = "/graph.facebook.com/v25.0/me/messages";
        sandbox.send("POST", target, &kind, &body.to_string()).await.unwrap()
    };
    let image = json!({"type": "image", "payload": {"url": "https://cdn.example/cake.jpg"}});
    let sent = text(&send(json!({"attachment": image})).await.json(), "/message_id");
    let message = sandbox.facebook(&format!("/{sent}?fields=message,attachments"), &token).await.json();
    assert_eq!(message["message"], "");
    assert_eq!(text(&message, "/attachments/data/0/image_data/url"), "https://cdn.example/cake.jpg");
    let edge = sandbox.facebook(&format!("/{sent}/attachments"), &token).await.json();
    assert_eq!(edge["data"], message["attachments"]["data"]);
    let pair = text(&send(json!({"attachments": [image, image]})).await.json(), "/message_id");
    let edge = sandbox.facebook(&format!("/{pair}/attachments"), &token).await.json();
    assert_eq!(edge["data"].as_array().unwrap().len(), 2);
    let plain = text(&send(json!({"text": "Here"})).await.json(), "/message_id");
    let message = sandbox.facebook(&format!("/{plain}?fields=message,attachments"), &token).await.json();
    assert!(message.get("attachments").is_none());

    for junk in [
        json!({"attachment": "junk"}),
        json!({"attachment": {"type": "image"}}),
        json!({"attachment": {"type": "image", "payload": {"url": "cake.jpg"}}}),
        json!({"attachment": {"type": "cake", "payload": {"url": "https://cdn.example/cake.jpg"}}}),
        json!({"attachments": image}),
        json!({}),
    ] {
        assert_eq!(send(junk.clone()).await.error(), (400, 100, Some(2_534_029)), "{junk}");
    }
}
