//! What people have allowed the app to do, and the codes that a login hands out.

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{error::random_text, state::State, tokens::Subject};

/// How many codes are remembered, used ones too: using one again has an answer of its own.
const MOST_CODES: usize = 10_000;

/// One person's (or account's) consent to our app.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Grant {
    /// Permission → `granted`, `declined` or `expired`.
    pub(crate) permissions: BTreeMap<String, Standing>,
    /// Chosen Pages; `None` means all, now and later.
    pub(crate) pages: Option<BTreeSet<u64>>,
    /// When the person last went through the dialog; data access counts from here.
    pub(crate) last_active: i64,
}

/// State of one permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Standing {
    Granted,
    Declined,
    Expired,
}

impl Grant {
    pub(crate) fn has(&self, permission: &str) -> bool {
        self.permissions.get(permission) == Some(&Standing::Granted)
    }

    pub(crate) fn covers(&self, page: u64) -> bool {
        self.pages.as_ref().is_none_or(|pages| pages.contains(&page))
    }

    pub(crate) fn granted(&self) -> impl Iterator<Item = &str> {
        self.permissions
            .iter()
            .filter(|(_, standing)| **standing == Standing::Granted)
            .map(|(name, _)| name.as_str())
    }
}

/// An authorisation code on its way from the dialog to the exchange.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Code {
    pub(crate) subject: CodeSubject,
    pub(crate) redirect_uri: String,
    pub(crate) issued_at: i64,
    pub(crate) used: bool,
    #[serde(default)]
    pub(crate) challenge: Option<Challenge>,
}

/// What the exchange has to answer when the dialog was opened with a `code_challenge` (RFC 7636).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Challenge {
    pub(crate) text: String,
    pub(crate) method: String,
}

impl Challenge {
    pub(crate) fn answered_by(&self, verifier: Option<&str>) -> bool {
        let answer = verifier.map(|verifier| match self.method.as_str() {
            "S256" => URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)),
            _ => verifier.to_owned(),
        });
        answer.as_ref() == Some(&self.text)
    }
}

/// Whom a code speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CodeSubject {
    Person(u64),
    Account(u64),
}

impl State {
    /// Records a consent. What was granted before and not asked about now stays granted.
    pub(crate) fn consent(
        &mut self,
        subject: Subject,
        asked: &[String],
        granted: &[String],
        pages: Option<BTreeSet<u64>>,
        now: i64,
    ) {
        let grant = self.grants.entry(subject.key()).or_default();
        for permission in asked {
            let standing = if granted.contains(permission) { Standing::Granted } else { Standing::Declined };
            grant.permissions.insert(permission.clone(), standing);
        }
        grant.pages = pages;
        grant.last_active = now;
    }

    pub(crate) fn grant(&self, subject: Subject) -> Grant {
        self.grants.get(&subject.key()).cloned().unwrap_or_default()
    }

    pub(crate) fn issue_code(
        &mut self,
        subject: CodeSubject,
        redirect_uri: &str,
        challenge: Option<Challenge>,
        now: i64,
    ) -> String {
        let code = format!("AQ{}", random_text(120));
        // Codes are short-lived; keeping every one of a long run would only grow memory and state file.
        if self.codes.len() > MOST_CODES {
            let mut ages: Vec<i64> = self.codes.values().map(|code| code.issued_at).collect();
            let (_, middle, _) = ages.select_nth_unstable(MOST_CODES / 2);
            let middle = *middle;
            self.codes.retain(|_, code| code.issued_at > middle || (!code.used && code.issued_at == middle));
        }
        self.codes.insert(
            code.clone(),
            Code { subject, redirect_uri: redirect_uri.to_owned(), issued_at: now, used: false, challenge },
        );
        code
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verifier_of_rfc_7636_answers_its_challenge() {
        let challenge = |text: &str, method: &str| Challenge { text: text.into(), method: method.into() };
        let s256 = challenge("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "S256");
        assert!(s256.answered_by(Some("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")));
        assert!(!s256.answered_by(Some("something else")) && !s256.answered_by(None));
        assert!(challenge("abc", "plain").answered_by(Some("abc")));
    }
}
