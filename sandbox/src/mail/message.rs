//! What a mail says: headers, text, HTML, and the links in it.

use mail_parser::MessageParser;
use serde::Serialize;

use super::Mail;

/// A mail in readable form.
#[derive(Debug, Serialize)]
pub(crate) struct Readable {
    pub(crate) id: u64,
    pub(crate) received_at: chrono::DateTime<chrono::Utc>,
    pub(crate) from: String,
    /// The `From` header, with the name.
    pub(crate) from_header: Option<String>,
    pub(crate) to: Vec<String>,
    pub(crate) subject: String,
    pub(crate) message_id: Option<String>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) text: Option<String>,
    pub(crate) html: Option<String>,
    /// Addresses found in the text, or in the HTML if there is no text.
    pub(crate) links: Vec<String>,
}

impl Mail {
    pub(crate) fn readable(&self) -> Readable {
        let bytes = self.bytes();
        let parsed = MessageParser::default().parse(&bytes);
        let parsed = parsed.as_ref();
        // The parser converts between the two forms; a form counts only if the mail really has it.
        let has = |kind: &str| {
            parsed.is_some_and(|message| {
                message.parts.iter().any(|part| match &part.body {
                    mail_parser::PartType::Text(_) => kind == "text",
                    mail_parser::PartType::Html(_) => kind == "html",
                    _ => false,
                })
            })
        };
        let text = has("text").then(|| parsed.and_then(|message| message.body_text(0))).flatten();
        let html = has("html").then(|| parsed.and_then(|message| message.body_html(0))).flatten();
        let links = match (&text, &html) {
            (Some(text), _) => links_in_text(text),
            (None, Some(html)) => links_in_html(html),
            (None, None) => Vec::new(),
        };
        Readable {
            id: self.id,
            received_at: self.received_at,
            from: self.from.clone(),
            from_header: parsed.and_then(|message| message.from()).and_then(|from| from.first()).map(
                |from| match (from.name(), from.address()) {
                    (Some(name), Some(address)) => format!("{name} <{address}>"),
                    (_, address) => address.unwrap_or_default().to_owned(),
                },
            ),
            to: self.to.clone(),
            subject: parsed.and_then(|message| message.subject()).unwrap_or_default().to_owned(),
            message_id: parsed.and_then(|message| message.message_id()).map(str::to_owned),
            headers: parsed
                .map(|message| {
                    message
                        .headers_raw()
                        .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
                        .collect()
                })
                .unwrap_or_default(),
            text: text.map(std::borrow::Cow::into_owned),
            html: html.map(std::borrow::Cow::into_owned),
            links,
        }
    }
}

/// Finds http addresses in running text, without the punctuation that follows them.
pub(super) fn links_in_text(text: &str) -> Vec<String> {
    let mut links: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("http") {
        let tail = &rest[start..];
        if !tail.starts_with("http://") && !tail.starts_with("https://") {
            rest = &tail[4..];
            continue;
        }
        let end = tail.find(|c: char| c.is_whitespace() || "<>\"'`".contains(c)).unwrap_or(tail.len());
        let link = tail[..end].trim_end_matches(['.', ',', ')', ']', ';', ':', '!', '?']);
        if link.len() > 8 && !links.iter().any(|known| known == link) {
            links.push(link.to_owned());
        }
        rest = &tail[end..];
    }
    links
}

fn links_in_html(html: &str) -> Vec<String> {
    let mut links: Vec<String> = Vec::new();
    for part in html.split("href=").skip(1) {
        let Some(quote) = part.chars().next().filter(|quote| *quote == '"' || *quote == '\'') else {
            continue;
        };
        let link = part[1..].split(quote).next().unwrap_or_default().replace("&amp;", "&");
        if link.starts_with("http") && !links.contains(&link) {
            links.push(link);
        }
    }
    links
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_end_where_the_sentence_does() {
        assert_eq!(
            links_in_text("Open http://127.0.0.1:1/r/abc?x=1&y=2. Or (https://a.example/b), or http alone."),
            ["http://127.0.0.1:1/r/abc?x=1&y=2", "https://a.example/b"]
        );
        assert_eq!(
            links_in_html("<a href=\"https://a.example/?a=1&amp;b=2\">x</a>"),
            ["https://a.example/?a=1&b=2"]
        );
    }

    #[test]
    fn both_parts_of_a_mail_are_decoded() {
        let raw = "From: Mooring <no-reply@mooring.example>\r\nTo: owner@example.org\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nMessage-ID: <1@mooring.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nSee http://127.0.0.1/r/=\r\nabc\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>See</p>\r\n--b--\r\n";
        let mail = Mail {
            id: 1,
            received_at: chrono::DateTime::default(),
            from: "a@b".into(),
            to: vec!["owner@example.org".into()],
            raw: raw.into(),
        };
        let readable = mail.readable();
        assert_eq!(readable.subject, "Grüße");
        assert_eq!(readable.links, ["http://127.0.0.1/r/abc"]);
        assert_eq!(readable.html.unwrap().trim(), "<p>See</p>");
        assert_eq!(readable.message_id.as_deref(), Some("1@mooring.example"));
        assert_eq!(readable.from_header.as_deref(), Some("Mooring <no-reply@mooring.example>"));
    }
}
