use std::time::Instant;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

use super::*;

/// A server that answers each line with the first answer whose word the line begins with, and
/// anything else with 250. An answer of `hang` is none at all.
async fn server(answers: &'static [(&'static str, &'static str)]) -> SmtpTransport {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(talk(stream, answers));
        }
    });
    let mut transport = transport(&format!("smtp://127.0.0.1:{port}"));
    transport.step = Duration::from_millis(300);
    transport
}

async fn talk(stream: tokio::net::TcpStream, answers: &[(&str, &str)]) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut line = "GREETING".to_owned();
    let mut in_data = false;
    loop {
        let answer = answers.iter().find(|(word, _)| line.starts_with(word)).map(|(_, answer)| *answer);
        let usual = match line.as_str() {
            "GREETING" => "220 ready",
            "DATA" => "354 go on",
            _ => "250 ok",
        };
        let answer = answer.unwrap_or(usual);
        if answer == "hang" {
            std::future::pending::<()>().await;
        }
        if !in_data || line == "." {
            in_data = line == "DATA" && answer.starts_with("354");
            if write.write_all(format!("{answer}\r\n").as_bytes()).await.is_err() {
                return;
            }
        }
        match lines.next_line().await {
            Ok(Some(next)) => line = next,
            _ => return,
        }
    }
}

fn transport(url: &str) -> SmtpTransport {
    SmtpTransport::new(&settings(url)).unwrap()
}

fn settings(url: &str) -> MailSettings {
    MailSettings { smtp_url: Secret::new(url), from: String::new() }
}

fn message() -> Message {
    Message::builder()
        .from("no-reply@mooring.example".parse().unwrap())
        .to("anna@example.com".parse().unwrap())
        .subject("x")
        .body("x".to_owned())
        .unwrap()
}

fn refused(problem: &str) -> TransportError {
    TransportError::Refused { problem: problem.to_owned() }
}

#[tokio::test]
async fn a_mail_is_taken() {
    assert_eq!(server(&[]).await.send(message()).await, Ok(()));
}

#[tokio::test]
async fn answers_about_the_mail_are_told_apart() {
    for (answers, expected) in [
        (&[("RCPT", "550 no such user")] as &'static [_], refused("smtp_550")),
        (&[("RCPT", "450 busy")], later("smtp_450")),
        (&[("MAIL", "553 sender")], refused("smtp_553")),
        (&[("MAIL", "530 authentication required")], later("smtp_530")),
        (&[("DATA", "452 full")], later("smtp_452")),
        (&[(".", "554 spam")], refused("smtp_554")),
        (&[(".", "421 closing")], later("smtp_421")),
    ] {
        assert_eq!(server(answers).await.send(message()).await, Err(expected), "{answers:?}");
    }
}

#[tokio::test]
async fn a_server_that_refuses_us_says_nothing_about_the_mail() {
    assert_eq!(server(&[("GREETING", "554 go away")]).await.send(message()).await, Err(later("connect_554")));
    let mut transport =
        server(&[("EHLO", "250-here\r\n250 AUTH PLAIN"), ("AUTH", "535 wrong password")]).await;
    transport.login = Some(Login { user: Secret::new("u"), password: Secret::new("p") });
    assert_eq!(transport.send(message()).await, Err(later("auth_535")));
}

#[tokio::test]
async fn a_server_that_never_answers_holds_nobody_up() {
    for answers in [&[("GREETING", "hang")] as &'static [_], &[("RCPT", "hang")], &[(".", "hang")]] {
        let transport = server(answers).await;
        let started = Instant::now();
        assert_eq!(transport.send(message()).await, Err(later("timeout")), "{answers:?}");
        // A bound against hanging, not a measure.
        assert!(started.elapsed() < Duration::from_secs(20), "{answers:?}");
    }
}

#[tokio::test]
async fn nobody_there_means_later() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let error = transport(&format!("smtp://127.0.0.1:{port}")).send(message()).await.unwrap_err();
    assert_eq!(error, later("connect"));
}

#[tokio::test]
async fn required_encryption_is_not_given_up() {
    let mut transport = server(&[]).await;
    transport.encryption = Encryption::StartTls;
    assert_eq!(transport.send(message()).await, Err(later("starttls")));
}

#[tokio::test]
async fn password_goes_over_the_wire_only_in_the_login() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let sending = tokio::spawn(async move {
        let mut transport = transport(&format!("smtp://us%40er:p%2Fw@127.0.0.1:{port}"));
        transport.step = Duration::from_millis(500);
        transport.send(message()).await
    });
    let (mut stream, _) = listener.accept().await.unwrap();
    stream.write_all(b"220 hi\r\n").await.unwrap();
    let mut buffer = [0; 1024];
    let _hello = stream.read(&mut buffer).await.unwrap();
    stream.write_all(b"250-here\r\n250 AUTH PLAIN\r\n").await.unwrap();
    let length = stream.read(&mut buffer).await.unwrap();
    // "\0us@er\0p/w" in base64.
    assert_eq!(String::from_utf8_lossy(&buffer[..length]), "AUTH PLAIN AHVzQGVyAHAvdw==\r\n");
    drop(stream);
    assert_eq!(sending.await.unwrap(), Err(later("auth")));
}

#[test]
fn addresses_of_servers_are_read() {
    let read = |url: &str| {
        let transport = transport(url);
        (transport.host, transport.port, transport.encryption, transport.login.is_some())
    };
    let host = || "mail.example".to_owned();
    assert_eq!(read("smtps://u:p@mail.example"), (host(), 465, Encryption::Tls, true));
    assert_eq!(read("smtp://mail.example"), (host(), 25, Encryption::None, false));
    assert_eq!(read("smtp://mail.example:2525"), (host(), 2525, Encryption::None, false));
    assert_eq!(read("smtp://mail.example?tls=required"), (host(), 587, Encryption::StartTls, false));
    assert_eq!(
        read("smtp://mail.example?tls=opportunistic"),
        (host(), 587, Encryption::StartTlsIfOffered, false)
    );
    for bad in ["", "mail.example", "smtp://", "smtp://mail.example?tls=perhaps", "http://mail.example"] {
        assert_eq!(SmtpTransport::new(&settings(bad)).unwrap_err(), BadSmtpUrl, "{bad}");
    }
    assert!(!format!("{:?}", transport("smtps://user:hunter2@mail.example")).contains("hunter2"));
}
