//! Every request to a Meta host, with secrets left out.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap, VecDeque},
    sync::Arc,
};

use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};

use crate::{call::Call, proof::fingerprint, tokens::Token};

/// One request.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Entry {
    pub(crate) id: u64,
    pub(crate) at: DateTime<Utc>,
    pub(crate) host: &'static str,
    pub(crate) method: Cow<'static, str>,
    pub(crate) path: Box<str>,
    /// Query and form parameters; tokens as fingerprints, secrets as stars.
    pub(crate) query: Box<str>,
    /// First twelve hex digits of the SHA-256 of the access token.
    pub(crate) token: Option<Box<str>>,
    #[serde(serialize_with = "as_text")]
    pub(crate) person: Option<u64>,
    #[serde(serialize_with = "as_text")]
    pub(crate) account: Option<u64>,
    /// 0 when no answer was given.
    pub(crate) status: u16,
    pub(crate) code: Option<i64>,
    pub(crate) subcode: Option<i64>,
    /// The fault that was applied, if one was.
    pub(crate) fault: Option<u64>,
    /// Whether it came inside a batch request.
    pub(crate) batched: bool,
}

impl Entry {
    /// Whether its path contains `part`, or its fields expand the edge of that name.
    fn is_about(&self, part: &str) -> bool {
        self.path.contains(part) || self.query.contains(&format!("{}.", part.trim_start_matches('/')))
    }
}

/// Ids are text in everything that goes out.
#[expect(clippy::ref_option, reason = "the signature that serde asks for")]
fn as_text<S: Serializer>(id: &Option<u64>, serializer: S) -> Result<S::Ok, S::Error> {
    match id {
        Some(id) => serializer.collect_str(id),
        None => serializer.serialize_none(),
    }
}

/// A method as an entry keeps it: nearly all are one of a few.
pub(crate) fn method(name: &str) -> Cow<'static, str> {
    match ["GET", "POST", "DELETE"].into_iter().find(|known| *known == name) {
        Some(known) => Cow::Borrowed(known),
        None => Cow::Owned(name.to_owned()),
    }
}

/// A bounded ring of entries.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    entries: VecDeque<Entry>,
    last: u64,
}

/// How many requests are remembered.
const CAPACITY: usize = 100_000;

/// One group of [`Ledger::counts`].
#[derive(Debug, Serialize)]
pub(crate) struct Count {
    pub(crate) host: &'static str,
    pub(crate) method: String,
    pub(crate) kind: String,
    pub(crate) count: u64,
    pub(crate) errors: u64,
}

impl Ledger {
    pub(crate) fn record(&mut self, mut entry: Entry) -> u64 {
        self.last += 1;
        entry.id = self.last;
        if self.entries.len() == CAPACITY {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
        self.last
    }

    /// Entries after an id, oldest first.
    pub(crate) fn find<'a>(
        &'a self,
        host: Option<&'a str>,
        path_contains: Option<&'a str>,
        after: u64,
        limit: usize,
    ) -> impl Iterator<Item = &'a Entry> {
        let skip = self.entries.partition_point(|entry| entry.id <= after);
        self.entries
            .range(skip..)
            .filter(move |entry| host.is_none_or(|host| entry.host == host))
            .filter(move |entry| path_contains.is_none_or(|part| entry.is_about(part)))
            .take(limit)
    }

    /// The newest entries, newest first.
    pub(crate) fn newest(&self, count: usize) -> impl Iterator<Item = &Entry> {
        self.entries.iter().rev().take(count)
    }

    pub(crate) fn counts(&self, after: u64) -> Vec<Count> {
        let mut groups: BTreeMap<(&'static str, &str, String), (u64, u64)> = BTreeMap::new();
        for entry in self.entries.iter().filter(|entry| entry.id > after) {
            let group = groups.entry((entry.host, &entry.method, path_kind(&entry.path))).or_default();
            group.0 += 1;
            group.1 += u64::from(!(200..400).contains(&entry.status));
        }
        groups
            .into_iter()
            .map(|((host, method, kind), (count, errors))| Count {
                host,
                method: method.to_owned(),
                kind,
                count,
                errors,
            })
            .collect()
    }

    pub(crate) fn last(&self) -> u64 {
        self.last
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
    }
}

/// A path without its particulars: `/v25.0/17841…/insights` becomes `/{v}/{id}/insights`.
fn path_kind(path: &str) -> String {
    let mut kind = String::new();
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        kind.push('/');
        if crate::versions::looks_like_version(segment) {
            kind.push_str("{v}");
        } else if segment.bytes().all(|byte| byte.is_ascii_digit()) {
            kind.push_str("{id}");
        } else {
            kind.push_str(segment);
        }
    }
    if kind.is_empty() { "/".into() } else { kind }
}

/// Longest path and longest parameters that an entry keeps: a ledger of very long ones is no help.
const LONGEST: usize = 4_000;

/// Shorter words are no tokens, whatever they begin with.
const SHORTEST_TOKEN: usize = 30;

/// Takes out of texts what must not be read in a ledger.
pub(crate) struct Mask<'a> {
    pub(crate) tokens: &'a HashMap<Arc<str>, Token>,
    /// The secrets of both apps.
    pub(crate) secrets: [&'a str; 2],
}

impl Mask<'_> {
    /// The path of a call.
    pub(crate) fn path(&self, path: &str) -> String {
        shortened(self.text(path).into_owned())
    }

    /// Query and form parameters.
    pub(crate) fn params(&self, call: &Call) -> String {
        let shown = call.params.0.iter().map(|(name, value)| {
            let value = match name.to_ascii_lowercase().as_str() {
                "access_token" | "input_token" | "fb_exchange_token" => masked(value),
                "client_secret" | "code" | "appsecret_proof" | "signed_request" | "verify_token"
                | "state" => "***".into(),
                // A batch carries further tokens inside.
                "batch" => "[…]".into(),
                _ => self.text(value).into_owned(),
            };
            (self.text(name).into_owned(), value)
        });
        shortened(url::form_urlencoded::Serializer::new(String::new()).extend_pairs(shown).finish())
    }

    /// Any text: tokens become fingerprints and secrets stars, wherever they stand in it.
    pub(crate) fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        // In a path, or a URL within a parameter, letters may be written as %XX.
        if text.contains('%') {
            let plain = percent_decoded(text);
            let clean = self.clean(&plain);
            return if clean == plain { Cow::Borrowed(text) } else { Cow::Owned(clean.into_owned()) };
        }
        self.clean(text)
    }

    fn clean<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut out = Cow::Borrowed(text);
        for secret in self.secrets.into_iter().filter(|secret| !secret.is_empty() && text.contains(secret)) {
            out = Cow::Owned(out.replace(secret, "***"));
        }
        if text.len() <= SHORTEST_TOKEN {
            return out;
        }
        let word = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-');
        let tokens: Vec<String> = out
            .split(|character| !word(character))
            .filter(|word| self.is_token(word))
            .map(str::to_owned)
            .collect();
        for token in tokens {
            out = Cow::Owned(out.replace(&token, &masked(&token)));
        }
        out
    }

    fn is_token(&self, word: &str) -> bool {
        let begins =
            |with: &str| word.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with));
        word.len() > SHORTEST_TOKEN && (begins("EAA") || begins("IGAA") || self.tokens.contains_key(word))
    }
}

fn masked(token: &str) -> String {
    format!("fp_{}", fingerprint(token))
}

fn shortened(mut text: String) -> String {
    if text.len() > LONGEST {
        text.truncate((0..=LONGEST).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0));
        text.push('…');
    }
    text
}

/// `%XX` resolved; anything else stays as it is.
fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_entries_make_room() {
        let mut ledger = Ledger::default();
        let entry = Entry {
            id: 0,
            at: DateTime::default(),
            host: "graph.facebook.com",
            method: method("GET"),
            path: "/me".into(),
            query: "".into(),
            token: None,
            person: Some(1),
            account: None,
            status: 200,
            code: None,
            subcode: None,
            fault: None,
            batched: false,
        };
        for _ in 0..CAPACITY + 5 {
            ledger.record(entry.clone());
        }
        assert_eq!(ledger.find(None, None, 0, usize::MAX).count(), CAPACITY);
        assert_eq!(ledger.find(None, None, 0, 1).next().unwrap().id, 6);
        assert_eq!(serde_json::to_value(&entry).unwrap()["person"], "1");
    }

    #[test]
    fn paths_are_grouped_by_kind() {
        assert_eq!(path_kind("/v25.0/17841400000000001/insights"), "/{v}/{id}/insights");
        assert_eq!(path_kind("/v25.0/me/accounts"), "/{v}/me/accounts");
        assert_eq!(path_kind("/"), "/");
    }

    #[test]
    fn tokens_and_secrets_are_taken_out_wherever_they_stand() {
        let tokens = HashMap::new();
        let mask = Mask { tokens: &tokens, secrets: ["first-secret", "second-secret"] };
        let token = format!("EAAO{}ZD", "x1Y2".repeat(20));
        let other = format!("IGAA{}ZD", "x1Y2".repeat(20));
        for text in [
            format!("/v25.0/{token}/accounts"),
            format!("/v25.0/{}", token.replace('O', "%4F")),
            format!(r#"{{"deep":[{{"token":"{token}"}},"{other}"]}}"#),
            format!("https://app.example/?next={token}%26more={other}"),
            token.to_lowercase(),
            "1029384756|first-secret".into(),
            "wrapped_second-secret_in_more".into(),
        ] {
            let shown = mask.text(&text);
            for hidden in [&token[..12], &token[10..], &other[10..], "first-secret", "second-secret"] {
                assert!(!shown.to_lowercase().contains(&hidden.to_lowercase()), "{text} → {shown}");
            }
        }
        for text in ["/v25.0/17841400000000001/insights", "EAA and IGAA", "caption%20of%20100%25", "50% off"]
        {
            assert_eq!(mask.text(text), text);
        }
        assert_eq!(shortened("ß".repeat(5_000)).chars().count(), LONGEST / 2 + 1);
    }
}
