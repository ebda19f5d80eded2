//! The receiving side of SMTP (RFC 5321) with SIZE, 8BITMIME, SMTPUTF8, PIPELINING and AUTH, where
//! any credentials are good.

use std::{sync::Arc, time::Duration};

use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader},
    net::TcpListener,
    sync::watch,
};

use super::Mode;
use crate::state::Sandbox;

/// Mails larger than this are refused.
const LARGEST: usize = 25 << 20;
/// Longest line taken; mail lines end at a thousand octets, but long headers happen.
const LONGEST_LINE: u64 = 1 << 20;

/// Accepts connections until told to stop.
pub(crate) async fn serve(listener: TcpListener, sandbox: Arc<Sandbox>, mut stop: watch::Receiver<bool>) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stopping| *stopping) => return,
        };
        let Ok((stream, _)) = accepted else {
            // Too many open files, most likely; accepting again at once would spin.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let sandbox = sandbox.clone();
        let mut stop = stop.clone();
        tokio::spawn(async move {
            let (read, write) = stream.into_split();
            tokio::select! {
                result = converse(BufReader::new(read), write, &sandbox) => {
                    if let Err(error) = result { tracing::debug!(%error, "SMTP connection ended") }
                }
                _ = stop.wait_for(|stopping| *stopping) => {}
            }
        });
    }
}

/// What the client has said so far.
#[derive(Debug, Default)]
struct Envelope {
    greeted: bool,
    from: Option<String>,
    to: Vec<String>,
}

async fn converse<R, W>(mut read: R, mut write: W, sandbox: &Sandbox) -> std::io::Result<()>
where
    R: AsyncBufReadExt + AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let mode = sandbox.inner().state.smtp_mode.mode;
    match mode {
        Mode::Refuse => return Ok(()),
        Mode::Hang => return std::future::pending().await,
        _ => {}
    }
    say(&mut write, "220 mooring-sandbox ESMTP").await?;
    let mut envelope = Envelope::default();
    while let Some(line) = read_line(&mut read).await? {
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
        let reply = match verb.to_ascii_uppercase().as_str() {
            "EHLO" => {
                envelope = Envelope { greeted: true, ..Envelope::default() };
                format!(
                    "250-mooring-sandbox\r\n250-SIZE {LARGEST}\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-PIPELINING\r\n250 AUTH PLAIN LOGIN"
                )
            }
            "HELO" => {
                envelope = Envelope { greeted: true, ..Envelope::default() };
                "250 mooring-sandbox".into()
            }
            "AUTH" => authenticate(&mut read, &mut write, rest).await?,
            "MAIL" if !envelope.greeted => "503 5.5.1 Say hello first".into(),
            "MAIL" => match path(rest, "FROM:") {
                Some(from) => {
                    envelope = Envelope { greeted: true, from: Some(from), to: Vec::new() };
                    "250 2.1.0 OK".into()
                }
                None => "501 5.5.4 Syntax: MAIL FROM:<address>".into(),
            },
            "RCPT" if envelope.from.is_none() => "503 5.5.1 MAIL first".into(),
            "RCPT" => match path(rest, "TO:").filter(|to| to.contains('@')) {
                Some(to) => recipient(sandbox, &mut envelope, to),
                None => "501 5.5.4 Syntax: RCPT TO:<address>".into(),
            },
            "DATA" if envelope.to.is_empty() => "503 5.5.1 RCPT first".into(),
            "DATA" => {
                say(&mut write, "354 End with <CRLF>.<CRLF>").await?;
                let Some(raw) = read_data(&mut read).await? else { return Ok(()) };
                let from = envelope.from.take().unwrap_or_default();
                let to = std::mem::take(&mut envelope.to);
                if raw.len() > LARGEST {
                    "552 5.3.4 Too large".into()
                } else {
                    let id = sandbox.inner().state.keep_mail(from, to, &raw);
                    sandbox.touch();
                    format!("250 2.0.0 Kept as {id}")
                }
            }
            "RSET" => {
                envelope = Envelope { greeted: envelope.greeted, ..Envelope::default() };
                "250 2.0.0 OK".into()
            }
            "NOOP" => "250 2.0.0 OK".into(),
            "VRFY" => "252 2.5.0 Send it and see".into(),
            "QUIT" => {
                say(&mut write, "221 2.0.0 Bye").await?;
                return Ok(());
            }
            "STARTTLS" => "502 5.5.1 No TLS on this machine".into(),
            _ => "500 5.5.2 What?".into(),
        };
        say(&mut write, &reply).await?;
    }
    Ok(())
}

fn recipient(sandbox: &Sandbox, envelope: &mut Envelope, to: String) -> String {
    let mode = sandbox.inner().state.smtp_mode.clone();
    let concerned =
        mode.to.as_deref().is_none_or(|part| to.to_ascii_lowercase().contains(&part.to_ascii_lowercase()));
    match mode.mode {
        Mode::Reject4xx if concerned => "451 4.7.1 Try again later".into(),
        Mode::Reject5xx if concerned => "550 5.1.1 No such mailbox".into(),
        _ => {
            envelope.to.push(to);
            "250 2.1.5 OK".into()
        }
    }
}

/// `FROM:<a@b> SIZE=…` gives `a@b`.
fn path(rest: &str, keyword: &str) -> Option<String> {
    let rest = rest.trim_start();
    let tail = rest
        .get(..keyword.len())
        .filter(|head| head.eq_ignore_ascii_case(keyword))
        .map(|_| &rest[keyword.len()..])?;
    let (_, address) = tail.trim_start().split_once('<')?;
    let (address, _) = address.split_once('>')?;
    Some(address.to_owned())
}

async fn authenticate<R, W>(read: &mut R, write: &mut W, rest: &str) -> std::io::Result<String>
where
    R: AsyncBufReadExt + Unpin,
    W: AsyncWrite + Unpin,
{
    let (method, initial) = rest.split_once(' ').unwrap_or((rest, ""));
    let questions: &[&str] = match (method.to_ascii_uppercase().as_str(), initial.is_empty()) {
        ("PLAIN", true) => &["334 "],
        ("PLAIN", false) => &[],
        ("LOGIN", true) => &["334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6"],
        ("LOGIN", false) => &["334 UGFzc3dvcmQ6"],
        _ => return Ok("504 5.5.4 Unknown mechanism".into()),
    };
    for question in questions {
        say(write, question).await?;
        if read_line(read).await?.is_none() {
            break;
        }
    }
    Ok("235 2.7.0 Welcome".into())
}

async fn say<W: AsyncWrite + Unpin>(write: &mut W, text: &str) -> std::io::Result<()> {
    write.write_all(format!("{text}\r\n").as_bytes()).await?;
    write.flush().await
}

async fn read_line<R: AsyncBufReadExt + Unpin>(read: &mut R) -> std::io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let count = read.take(LONGEST_LINE).read_until(b'\n', &mut line).await?;
    Ok((count > 0).then_some(line))
}

/// Reads up to the lonely dot, taking off the dots that were doubled.
async fn read_data<R: AsyncBufReadExt + Unpin>(read: &mut R) -> std::io::Result<Option<Vec<u8>>> {
    let mut data = Vec::new();
    loop {
        let Some(line) = read_line(read).await? else { return Ok(None) };
        if line == b".\r\n" || line == b".\n" {
            return Ok(Some(data));
        }
        let line = line.strip_prefix(b".").unwrap_or(&line);
        // What is too large is read to its end all the same, to keep in step with the client.
        if data.len() <= LARGEST {
            data.extend_from_slice(line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_from_their_brackets() {
        assert_eq!(path("FROM:<a@b.example> SIZE=12", "FROM:").as_deref(), Some("a@b.example"));
        assert_eq!(path("from: <>", "FROM:").as_deref(), Some(""));
        assert_eq!(path("TO:a@b", "TO:"), None);
        assert_eq!(path("é", "TO:"), None);
    }

    #[tokio::test]
    async fn doubled_dots_are_taken_back() {
        let mut read = BufReader::new(&b"one\r\n..two\r\n.\r\nrest"[..]);
        assert_eq!(read_data(&mut read).await.unwrap().unwrap(), b"one\r\n.two\r\n");
    }
}
