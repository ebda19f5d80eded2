use serde_json::json;

use super::*;
use crate::error::MessageFault;
use crate::loopback::{ACCOUNT, Loopback, Reply, facebook_token, instagram_token};
use crate::provider::Provider::{FacebookLogin, InstagramLogin};

const PAGE: &str = "104400000000001";
const KIM: &str = "900000000000001";

#[tokio::test]
async fn conversations_and_messages_are_read() {
    let server = Loopback::start(|asked| {
        Reply::json(&if asked.path.ends_with("/conversations") {
            json!({"data": [{"id": "aWdfVGVzdENvbnY=", "updated_time": "2026-11-19T10:02:11+0000"}, {}],
                "paging": {"cursors": {"after": "x"}}})
        } else if asked.path.ends_with("aWdfVGVzdENvbnY=") {
            json!({"id": "aWdfVGVzdENvbnY=", "participants": {"data": [{"username": "harbour.bakery", "id": ACCOUNT},
                {"username": "kim", "id": KIM}, {"username": "nobody"}]},
                "messages": {"data": [{"id": "aWdfMQ", "created_time": "2026-11-19T10:02:11+0000"}]}})
        } else {
            json!({"id": "aWdfMQ", "created_time": "2026-11-19T10:02:11+0000", "from": {"id": KIM, "username": "kim"},
                "to": {"data": [{"id": ACCOUNT}]}, "message": "Are you open?", "attachments": {"data": [{}]}})
        })
    })
    .await;
    let token = facebook_token();
    let list = server.client.conversations(FacebookLogin, &token, PAGE, Some(KIM)).await.unwrap();
    let updated = Some("2026-11-19T10:02:11Z".parse().unwrap());
    assert_eq!(list, [ConversationEntry { id: "aWdfVGVzdENvbnY=".to_owned(), updated_time: updated }]);
    let conversation = server.client.conversation(FacebookLogin, &token, &list[0].id).await.unwrap();
    assert_eq!(conversation.participants.len(), 2);
    assert_eq!(conversation.message_ids, ["aWdfMQ"]);
    let message = server.client.message(FacebookLogin, &token, "aWdfMQ").await.unwrap();
    assert_eq!((message.text.as_deref(), message.created_time), (Some("Are you open?"), updated));
    assert_eq!(message.from.unwrap().username.as_deref(), Some("kim"));
    assert_eq!((message.to[0].id.as_str(), message.attachments), (ACCOUNT, 1));
    let asked = server.asked();
    assert_eq!(asked[0].path, format!("/graph.facebook.com/v25.0/{PAGE}/conversations"));
    assert_eq!((asked[0].query["platform"].as_str(), asked[0].query["user_id"].as_str()), ("instagram", KIM));
}

#[tokio::test]
async fn a_message_is_sent_once_with_the_rule_it_is_sent_under() {
    let server =
        Loopback::start(|_| Reply::json(&json!({"recipient_id": KIM, "message_id": "aWdfMg"}))).await;
    let token = instagram_token();
    let send = async |what: Outgoing, window| {
        server.client.send_message(InstagramLogin, &token, ACCOUNT, KIM, &what, window).await
    };
    let sent = send(Outgoing::Text("Until 17:00 ☀".to_owned()), Window::Standard).await.unwrap();
    assert_eq!((sent.recipient_id.as_str(), sent.message_id.as_str()), (KIM, "aWdfMg"));
    let picture = Outgoing::Image("https://cdn.example/p.jpg".parse().unwrap());
    send(picture, Window::HumanAgent).await.unwrap();
    let asked = server.asked();
    assert_eq!(asked[0].path, format!("/graph.instagram.com/v24.0/{ACCOUNT}/messages"));
    assert_eq!(asked[0].json(), json!({"recipient": {"id": KIM}, "message": {"text": "Until 17:00 ☀"}}));
    assert_eq!(
        asked[1].json(),
        json!({"recipient": {"id": KIM}, "messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT",
            "message": {"attachment": {"type": "image", "payload": {"url": "https://cdn.example/p.jpg"}}}})
    );
    for text in [String::new(), "é".repeat(MAX_TEXT_BYTES / 2 + 1)] {
        assert_eq!(
            send(Outgoing::Text(text), Window::Standard).await.unwrap_err().kind(),
            ErrorKind::BadRequest
        );
    }
    assert_eq!(server.asked().len(), 2);
}

async fn send(server: &Loopback) -> Result<Sent, Error> {
    let (token, text) = (instagram_token(), Outgoing::Text("Until 17:00".to_owned()));
    server.client.send_message(InstagramLogin, &token, ACCOUNT, KIM, &text, Window::Standard).await
}

#[tokio::test]
async fn what_may_have_been_sent_is_not_called_worth_another_try() {
    let refused = |code: i64, subcode: i64| {
        json!({"error": {"code": code, "error_subcode": subcode, "type": "OAuthException"}}).to_string()
    };
    for (status, body, expected) in [
        (400, refused(1, 1_357_046), ErrorKind::Unclear),
        (500, "{}".to_owned(), ErrorKind::Unclear),
        (502, "<html>".to_owned(), ErrorKind::Unclear),
        (200, "{\"recipient_id\":\"9".to_owned(), ErrorKind::Unclear),
        (200, "{}".to_owned(), ErrorKind::Unclear),
        (400, refused(10, 2_534_022), ErrorKind::MessageRefused(MessageFault::OutsideWindow)),
    ] {
        let server = Loopback::start({
            let body = body.clone();
            move |_| Reply::new(status, body.clone())
        })
        .await;
        assert_eq!(send(&server).await.unwrap_err().kind(), expected, "{status} {body}");
    }
    let broken = Loopback::start_raw(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{".to_vec()).await;
    let closed = Loopback::closed().await;
    let silent = Loopback::start_silent().await;
    for (server, expected) in
        [(broken, ErrorKind::Unclear), (silent, ErrorKind::Unclear), (closed, ErrorKind::Transient)]
    {
        assert_eq!(send(&server).await.unwrap_err().kind(), expected);
    }
}

#[tokio::test]
async fn strange_ids_are_not_asked_for() {
    let server = Loopback::start(|_| Reply::json(&json!({"data": []}))).await;
    let token = facebook_token();
    for id in ["", ".", "..", "a?b", "a b", "a\\b", &"a".repeat(513)] {
        assert!(server.client.conversation(FacebookLogin, &token, id).await.is_err(), "{id}");
        assert!(server.client.message(FacebookLogin, &token, id).await.is_err(), "{id}");
        assert!(server.client.conversations(FacebookLogin, &token, PAGE, Some(id)).await.is_err(), "{id}");
    }
    assert!(server.client.conversations(FacebookLogin, &token, "a/b", None).await.is_err());
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn base64_is_one_segment_of_a_path() {
    let server = Loopback::start(|_| Reply::json(&json!({"id": "aW/d+f=="}))).await;
    let message = server.client.message(FacebookLogin, &facebook_token(), "aW/d+f==").await.unwrap();
    assert_eq!(message.id, "aW/d+f==");
    assert_eq!(server.only().path, "/graph.facebook.com/v25.0/aW%2Fd+f==");
}

#[tokio::test]
async fn a_message_that_has_an_id_was_sent() {
    let server = Loopback::start(|_| Reply::json(&json!({"message_id": "aWdfMg"}))).await;
    let sent = send(&server).await.unwrap();
    assert_eq!((sent.recipient_id.as_str(), sent.message_id.as_str()), (KIM, "aWdfMg"));
}
