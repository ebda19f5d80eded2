//! What the sandbox sends to an app, received by a small server here.

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::client::*;

/// Receives one request and answers it with JSON.
async fn receive(listener: TcpListener, answer: &'static str) -> String {
    receive_one(&listener, 200, answer).await
}

async fn receive_one(listener: &TcpListener, status: u16, answer: &str) -> String {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut seen = Vec::new();
    loop {
        let mut buffer = [0_u8; 4_096];
        let count = stream.read(&mut buffer).await.unwrap();
        seen.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&seen).to_lowercase();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length: usize = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "))
                .map_or(0, |length| length.trim().parse().unwrap());
            if body.len() >= length {
                break;
            }
        }
    }
    let response = format!(
        "HTTP/1.1 {status} Status\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{answer}",
        answer.len()
    );
    stream.write_all(response.as_bytes()).await.unwrap();
    String::from_utf8(seen).unwrap()
}

async fn send(sandbox: &TestBox, path: &str, mut order: Value, answer: &'static str) -> (Value, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    order["url"] = format!("http://{}/hook", listener.local_addr().unwrap()).into();
    let receiving = tokio::spawn(receive(listener, answer));
    let result = sandbox.control(path, order).await;
    (result, receiving.await.unwrap())
}

fn signature_is_good(request: &str, secret: &str) -> (bool, Value) {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    use hmac::{Hmac, KeyInit, Mac};
    let body = request.split_once("\r\n\r\n").unwrap().1;
    let signed = body.strip_prefix("signed_request=").unwrap();
    let (signature, payload) = signed.split_once('.').unwrap();
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(payload.as_bytes());
    let good = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()) == signature;
    (good, serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap())
}

#[tokio::test]
async fn deauthorizing_tells_the_app_and_ends_the_tokens() {
    let sandbox = TestBox::start().await;
    let token = sandbox.long_lived(NORA).await;
    let (_, request) =
        send(&sandbox, "send/deauthorize", json!({"person": NORA, "signature": "wrong"}), "{}").await;
    assert!(!signature_is_good(&request, SECRET).0);
    assert_eq!(sandbox.facebook("/me", &token).await.status, 200);
    let (result, request) = send(&sandbox, "send/deauthorize", json!({"person": NORA}), "{}").await;
    assert_eq!(result["status"], 200);
    let (good, payload) = signature_is_good(&request, SECRET);
    assert!(good && payload["user_id"] == NORA && payload["algorithm"] == "HMAC-SHA256");
    assert_eq!(sandbox.facebook("/me", &token).await.error(), (400, 190, Some(458)));
}

#[tokio::test]
async fn deletion_for_instagram_login_names_the_app_scoped_id() {
    let sandbox = TestBox::start().await;
    let answer = r#"{"url":"http://127.0.0.1/d","confirmation_code":"c1"}"#;
    let (result, request) = send(&sandbox, "send/data-deletion", json!({"account": MERIDIAN}), answer).await;
    assert_eq!(result["body"]["confirmation_code"], "c1");
    let (good, payload) = signature_is_good(&request, INSTAGRAM_SECRET);
    assert!(good);
    assert_eq!(payload["user_id"], "28170000000000021");
}

#[tokio::test]
async fn webhooks_are_signed_over_the_escaped_body() {
    let sandbox = TestBox::start().await;
    let (result, request) = send(
        &sandbox,
        "send/webhook",
        json!({"payload": {"object": "instagram", "entry": [{"id": "é/"}]}}),
        "ok",
    )
    .await;
    assert_eq!(result["answers"][0]["status"], 200);
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(body.contains("\\u00e9\\/"));
    let sent = head.lines().find_map(|line| line.strip_prefix("x-hub-signature-256: ")).unwrap();
    use hmac::{Hmac, KeyInit, Mac};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    assert_eq!(sent, format!("sha256={}", hex::encode(mac.finalize().into_bytes())));
}

#[tokio::test]
async fn deliveries_come_twice_out_of_order_and_again_after_a_refusal() {
    let sandbox = TestBox::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let payloads: Vec<Value> = (0..4).map(|number| json!({"entry": [{"id": number}]})).collect();
    let receiving = tokio::spawn(async move {
        let mut seen = Vec::new();
        // The first delivery is refused once.
        for number in 0..9 {
            let request = receive_one(&listener, if number == 0 { 500 } else { 200 }, "{}").await;
            let body: Value = serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap();
            seen.push(body["entry"][0]["id"].as_u64().unwrap());
        }
        seen
    });
    let order = json!({"url": url, "payloads": payloads, "order": "reversed", "times": 2, "retries": 1});
    let result = sandbox.control("send/webhook", order).await;
    assert_eq!(receiving.await.unwrap(), [3, 3, 2, 2, 1, 1, 0, 0, 3]);
    assert_eq!(
        (result["answers"][0]["status"].clone(), result["answers"][8]["payload"].clone()),
        (json!(500), json!(3))
    );
    for wrong in [
        json!({"url": url}),
        json!({"url": url, "payload": {}, "payloads": [{}]}),
        json!({"url": url, "payload": {}, "order": "mixed"}),
    ] {
        assert_eq!(sandbox.post_json("send/webhook", &wrong).await.status, 400, "{wrong}");
    }
}

#[tokio::test]
async fn a_webhook_address_is_asked_for_its_challenge() {
    let sandbox = TestBox::start().await;
    let order = json!({"verify_token": "t&1", "challenge": "730015"});
    let (result, request) = send(&sandbox, "send/webhook-verification", order.clone(), "730015").await;
    assert_eq!(result["verified"], true);
    assert!(
        request.starts_with("GET /hook?hub.mode=subscribe&hub.challenge=730015&hub.verify_token=t%261 "),
        "{request}"
    );
    let (result, _) = send(&sandbox, "send/webhook-verification", order, "\"730015\"").await;
    assert_eq!(result["verified"], false);
}

#[tokio::test]
async fn the_control_page_tells_the_app() {
    let sandbox = TestBox::start().await;
    let token = sandbox.long_lived(NORA).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let receiving = tokio::spawn(receive(listener, r#"{"thanks":true}"#));
    let form = [("person", NORA), ("url", url.as_str()), ("what", "deauthorize")];
    let page = sandbox.form("/_sandbox/ui/call-back", &form).await;
    assert!(page.status == 200 && page.text.contains("thanks"), "{}", page.text);
    assert!(signature_is_good(&receiving.await.unwrap(), SECRET).0);
    assert_eq!(sandbox.facebook("/me", &token).await.error(), (400, 190, Some(458)));
    let form = [("person", NORA), ("url", "https://example.com/"), ("what", "deauthorize")];
    assert_eq!(sandbox.form("/_sandbox/ui/call-back", &form).await.status, 400);
}
