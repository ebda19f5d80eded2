//! Webhook subscriptions of the app, of Pages and of accounts.

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::client::*;

/// An address that answers one request, with its own challenge or with something else.
async fn address(echoes: bool) -> (String, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook?tenant=1", listener.local_addr().unwrap());
    let answering = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut buffer = vec![0_u8; 4_096];
        let count = stream.read(&mut buffer).await.unwrap();
        let request = String::from_utf8_lossy(&buffer[..count]).into_owned();
        let challenge =
            request.split("hub.challenge=").nth(1).and_then(|rest| rest.split('&').next()).unwrap();
        let body = if echoes { challenge } else { "hello" };
        let response =
            format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
        stream.write_all(response.as_bytes()).await.unwrap();
        request
    });
    (url, answering)
}

async fn subscribe(sandbox: &TestBox, changes: &[(&str, &str)]) -> Answer {
    let app = format!("{APP}|{SECRET}");
    let mut form = vec![
        ("access_token", app.as_str()),
        ("object", "instagram"),
        ("callback_url", "https://app.example/hook"),
        ("fields", "messages,comments"),
        ("verify_token", "v&1"),
    ];
    form.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    form.extend(changes);
    sandbox.form(&format!("/graph.facebook.com/v25.0/{APP}/subscriptions"), &form).await
}

async fn subscribed(sandbox: &TestBox) -> Value {
    let target = format!("/graph.facebook.com/v25.0/{APP}/subscriptions?access_token={APP}%7C{SECRET}");
    sandbox.get(&target).await.json()["data"].clone()
}

#[tokio::test]
async fn the_address_of_an_app_has_to_give_its_challenge_back() {
    let sandbox = TestBox::start().await;
    let (url, answering) = address(false).await;
    let refused = subscribe(&sandbox, &[("callback_url", &url)]).await;
    assert_eq!(refused.error(), (400, 2200, None));
    assert!(refused.text.contains("Callback verification failed"));
    answering.await.unwrap();
    // Nobody listens there any more.
    assert_eq!(subscribe(&sandbox, &[("callback_url", &url)]).await.error(), (400, 2200, None));
    assert_eq!(subscribed(&sandbox).await, json!([]));

    let (url, answering) = address(true).await;
    assert_eq!(subscribe(&sandbox, &[("callback_url", &url)]).await.json(), json!({"success": true}));
    let request = answering.await.unwrap();
    assert!(request.starts_with("GET /hook?tenant=1&hub.mode=subscribe&"), "{request}");
    assert!(request.contains("hub.verify_token=v%261"));
    let rows = subscribed(&sandbox).await;
    assert_eq!((text(&rows[0], "/object"), text(&rows[0], "/callback_url")), ("instagram".into(), url));
    assert_eq!(rows[0]["fields"][1]["name"], "comments");
    let ledger = sandbox.get("/_sandbox/ledger?path_contains=subscriptions").await.json();
    let codes: Vec<Value> =
        ledger["entries"].as_array().unwrap().iter().map(|entry| entry["code"].clone()).collect();
    assert_eq!(codes.iter().filter(|code| **code == 2200).count(), 2, "{ledger}");

    // Other machines are never asked, and the check can be switched off.
    assert_eq!(subscribe(&sandbox, &[("object", "page"), ("fields", "feed")]).await.status, 200);
    sandbox.control("settings", json!({"verify_subscriptions": false})).await;
    assert_eq!(subscribe(&sandbox, &[("callback_url", "http://127.0.0.1:9/")]).await.status, 200);
    let target =
        format!("/graph.facebook.com/v25.0/{APP}/subscriptions?object=page&access_token={APP}%7C{SECRET}");
    assert_eq!(sandbox.send("DELETE", &target, &[], "").await.unwrap().status, 200);
    assert_eq!(subscribed(&sandbox).await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_address_that_never_answers_holds_nobody_up() {
    let sandbox = TestBox::start().await;
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    let others = async {
        // The connection is there, so the sandbox is waiting for its answer.
        let _open = silent.accept().await.unwrap();
        assert_eq!(subscribed(&sandbox).await, json!([]));
    };
    let changes = [("callback_url", url.as_str())];
    let asked = subscribe(&sandbox, &changes);
    let (refused, ()) = tokio::join!(asked, others);
    assert_eq!(refused.error(), (400, 2200, None));
}

#[tokio::test]
async fn what_is_no_subscription_is_refused() {
    let sandbox = TestBox::start().await;
    for change in [
        ("object", "nonsense"),
        ("callback_url", "not a url"),
        ("callback_url", "ftp://app.example/"),
        ("callback_url", "http://app.example/"),
        ("fields", "messages,nonsense"),
        ("verify_token", ""),
    ] {
        assert_eq!(subscribe(&sandbox, &[change]).await.error(), (400, 100, None), "{change:?}");
    }
    let user = sandbox.long_lived(NORA).await;
    assert_eq!(subscribe(&sandbox, &[("access_token", &user)]).await.error(), (400, 15, None));
    let batch = json!([{"method": "POST", "relative_url": format!("{APP}/subscriptions"),
        "body": "object=instagram&fields=messages&verify_token=v&callback_url=http://127.0.0.1:9/"}]);
    let form = [("access_token", &*format!("{APP}|{SECRET}")), ("batch", &batch.to_string())];
    assert!(sandbox.form("/graph.facebook.com/v25.0/", &form).await.text.contains("2200"));
    assert_eq!(subscribed(&sandbox).await, json!([]));
}

#[tokio::test]
async fn a_page_is_subscribed_with_its_own_token_and_the_right_permission() {
    let sandbox = TestBox::start().await;
    let user = sandbox.long_lived(NORA).await;
    let page = sandbox.page_token(&user, BAKERY_PAGE).await;
    let target = format!("/graph.facebook.com/v25.0/{BAKERY_PAGE}/subscribed_apps");
    let post = async |token: &str, fields: &str| {
        sandbox.form(&target, &[("access_token", token), ("subscribed_fields", fields)]).await
    };
    assert_eq!(post(&user, "messages").await.error(), (403, 200, None));
    assert_eq!(post(&page, "messages").await.error(), (403, 200, None));
    let grant = json!({"person": NORA, "permission": "pages_manage_metadata", "status": "granted"});
    sandbox.control("permission", grant).await;
    assert_eq!(post(&user, "messages").await.error(), (403, 200, None));
    assert_eq!(post(&page, "messages,nonsense").await.error(), (400, 100, None));
    assert_eq!(post(&page, "messages,feed").await.json(), json!({"success": true}));
    let list = sandbox.facebook(&format!("/{BAKERY_PAGE}/subscribed_apps"), &page).await.json();
    assert_eq!(
        (text(&list, "/data/0/id"), &list["data"][0]["subscribed_fields"]),
        (APP.into(), &json!(["messages", "feed"]))
    );

    let instagram = sandbox.instagram_long_lived(BAKERY).await;
    let target = "/graph.instagram.com/v25.0/me/subscribed_apps";
    let post = async |fields: &str| {
        sandbox.form(target, &[("access_token", &instagram), ("subscribed_fields", fields)]).await
    };
    assert_eq!(post("story_insights").await.error(), (400, 100, None));
    assert_eq!(post("comments,messages").await.json(), json!({"success": true}));
    let list = sandbox.instagram("/me/subscribed_apps", &instagram).await.json();
    assert_eq!(text(&list, "/data/0/id"), INSTAGRAM_APP);
}
