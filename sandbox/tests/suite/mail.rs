//! A real SMTP conversation, and the mails that come of it.

use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

use crate::client::*;

struct Smtp(BufReader<TcpStream>);

impl Smtp {
    async fn connect(sandbox: &TestBox) -> Self {
        Self(BufReader::new(TcpStream::connect(sandbox.running.smtp).await.unwrap()))
    }

    /// The code of the next reply, with all its lines.
    async fn reply(&mut self) -> (u16, String) {
        let mut text = String::new();
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line).await.unwrap();
            text.push_str(&line);
            if line.as_bytes().get(3) != Some(&b'-') {
                return (line[..3].parse().unwrap(), text);
            }
        }
    }

    async fn say(&mut self, line: &str) -> u16 {
        self.0.get_mut().write_all(format!("{line}\r\n").as_bytes()).await.unwrap();
        self.reply().await.0
    }

    async fn hello(&mut self) {
        assert_eq!(self.reply().await.0, 220);
        assert_eq!(self.say("EHLO test").await, 250);
    }
}

const BODY: &str = "From: Mooring <no-reply@mooring.example>\r\nTo: owner@example.org\r\nSubject: Reconnect harbour.bakery\r\nMessage-ID: <42@mooring.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nOpen http://127.0.0.1:3000/r/abc?x=1 today.\r\n..a line that begins with a dot\r\n";

async fn deliver(sandbox: &TestBox, to: &str) {
    let mut smtp = Smtp::connect(sandbox).await;
    smtp.hello().await;
    assert_eq!(smtp.say("MAIL FROM:<no-reply@mooring.example> SIZE=100").await, 250);
    assert_eq!(smtp.say(&format!("RCPT TO:<{to}>")).await, 250);
    assert_eq!(smtp.say("DATA").await, 354);
    assert_eq!(smtp.say(&format!("{BODY}.")).await, 250);
    assert_eq!(smtp.say("QUIT").await, 221);
}

#[tokio::test]
async fn mails_are_caught_read_and_shown() {
    let sandbox = TestBox::start().await;
    deliver(&sandbox, "owner@example.org").await;
    deliver(&sandbox, "second@example.org").await;
    let body = sandbox.get("/_sandbox/mails?to=owner@example.org&subject_contains=reconnect").await.json();
    assert_eq!(body["mails"].as_array().unwrap().len(), 1);
    let mail = &body["mails"][0];
    assert_eq!(text(mail, "/subject"), "Reconnect harbour.bakery");
    assert_eq!(text(mail, "/message_id"), "42@mooring.example");
    assert_eq!(mail["links"], json!(["http://127.0.0.1:3000/r/abc?x=1"]));
    assert!(text(mail, "/text").contains("\n.a line that begins with a dot"));
    let id = mail["id"].as_u64().unwrap();
    assert_eq!(&sandbox.get(&format!("/_sandbox/mails/{id}")).await.json(), mail);
    assert!(sandbox.get(&format!("/_sandbox/mails/{id}/raw")).await.text.starts_with("From: Mooring"));
    assert!(sandbox.get("/inbox").await.text.contains("Reconnect harbour.bakery"));
    assert!(
        sandbox
            .get(&format!("/inbox/{id}"))
            .await
            .text
            .contains("<a href=\"http://127.0.0.1:3000/r/abc?x=1\">")
    );
    assert_eq!(sandbox.get("/inbox/999999").await.status, 404);
    sandbox.send("DELETE", "/_sandbox/mails", &[], "").await.unwrap();
    assert_eq!(sandbox.get("/_sandbox/mails").await.json(), json!({"mails": []}));
}

#[tokio::test]
async fn html_is_shown_without_scripts() {
    let sandbox = TestBox::start().await;
    let mut smtp = Smtp::connect(&sandbox).await;
    smtp.hello().await;
    smtp.say("MAIL FROM:<a@b.example>").await;
    smtp.say("RCPT TO:<c@d.example>").await;
    smtp.say("DATA").await;
    assert_eq!(
        smtp.say(
            "Subject: Hi\r\nContent-Type: text/html\r\n\r\n<p>Hi <a href='http://127.0.0.1/x'>x</a></p>\r\n."
        )
        .await,
        250
    );
    let mail = sandbox.get("/_sandbox/mails").await.json()["mails"][0].clone();
    assert_eq!(mail["links"], json!(["http://127.0.0.1/x"]));
    assert_eq!(mail["text"], json!(null));
    let html = sandbox.get(&format!("/inbox/{}/html", mail["id"])).await;
    assert!(html.header("content-security-policy").contains("default-src 'none'"));
    assert!(html.text.contains("<p>Hi"));
}

#[tokio::test]
async fn the_server_can_refuse_reject_and_hang() {
    let sandbox = TestBox::start().await;
    let recipient = async || {
        let mut smtp = Smtp::connect(&sandbox).await;
        smtp.hello().await;
        smtp.say("MAIL FROM:<a@b.example>").await;
        smtp.say("RCPT TO:<c@d.example>").await
    };
    sandbox.control("smtp", json!({"mode": "reject_4xx"})).await;
    assert_eq!(recipient().await, 451);
    sandbox.control("smtp", json!({"mode": "reject_5xx"})).await;
    assert_eq!(recipient().await, 550);
    sandbox.control("smtp", json!({"mode": "reject_5xx", "to": "other@"})).await;
    assert_eq!(recipient().await, 250);
    sandbox.control("smtp", json!({"mode": "refuse"})).await;
    let mut refused = TcpStream::connect(sandbox.running.smtp).await.unwrap();
    assert_eq!(refused.read(&mut [0; 8]).await.unwrap_or(0), 0);
    sandbox.control("smtp", json!({"mode": "hang"})).await;
    let mut hanging = TcpStream::connect(sandbox.running.smtp).await.unwrap();
    let silence = tokio::time::timeout(std::time::Duration::from_millis(80), hanging.read(&mut [0; 8])).await;
    assert!(silence.is_err());
    sandbox.control("smtp", json!({"mode": "ok"})).await;
    assert_eq!(recipient().await, 250);
}

#[tokio::test]
async fn the_protocol_is_kept() {
    let sandbox = TestBox::start().await;
    let mut smtp = Smtp::connect(&sandbox).await;
    assert_eq!(smtp.reply().await.0, 220);
    for (line, code) in [
        ("MAIL FROM:<a@b.example>", 503),
        ("EHLO x", 250),
        ("RCPT TO:<a@b.example>", 503),
        ("DATA", 503),
        ("MAIL a@b.example", 501),
        ("AUTH PLAIN AGEAYg==", 235),
        ("MAIL FROM:<>", 250),
        ("RCPT TO:<nobody>", 501),
        ("NOOP", 250),
        ("RSET", 250),
        ("STARTTLS", 502),
        ("XYZZY", 500),
        ("AUTH LOGIN", 334),
        ("dXNlcg==", 334),
        ("cGFzcw==", 235),
        ("QUIT", 221),
    ] {
        assert_eq!(smtp.say(line).await, code, "{line}");
    }
}
