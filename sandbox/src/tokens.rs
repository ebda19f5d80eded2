//! Access tokens: how they are made, what they stand for, and what kills them
//! (page "Access tokens"; subcodes of code 190 from "Handle errors").

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    error::{GraphError, random_text},
    people::{World, is_system_user},
    state::State,
};

/// Whose token, and for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Bearer {
    /// A Facebook person.
    Person(u64),
    /// A Page, through the person who minted it.
    Page { person: u64, page: u64 },
    /// A professional account that used Instagram Login.
    Account(u64),
}

impl Bearer {
    /// Whether a system user of a business portfolio holds it.
    pub(crate) fn is_system_user(self) -> bool {
        matches!(self, Self::Person(id) if is_system_user(id))
    }

    /// Who has to grant, and whose revocation counts.
    pub(crate) fn subject(self) -> Subject {
        match self {
            Self::Person(id) | Self::Page { person: id, .. } => Subject::Person(id),
            Self::Account(id) => Subject::Account(id),
        }
    }
}

/// Somebody who can grant and withdraw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    Person(u64),
    Account(u64),
}

impl Subject {
    /// Text under which grants, revocations and throttles are kept.
    pub(crate) fn key(self) -> String {
        match self {
            Self::Person(id) => format!("person:{id}"),
            Self::Account(id) => format!("account:{id}"),
        }
    }
}

/// An issued token.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Token {
    pub(crate) text: Arc<str>,
    pub(crate) bearer: Bearer,
    pub(crate) issued_at: i64,
    /// `None` never expires.
    pub(crate) expires_at: Option<i64>,
    pub(crate) long_lived: bool,
    /// Order of issue; a revocation hits what was issued before it.
    pub(crate) sequence: u64,
    /// Set when an exchange replaced this string for good.
    #[serde(default)]
    pub(crate) replaced: bool,
    /// Set when somebody let it expire through the control API.
    #[serde(default)]
    pub(crate) expired_by_hand: Option<i64>,
}

/// A withdrawal of everything a subject granted before it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Revocation {
    pub(crate) before_sequence: u64,
    pub(crate) subcode: Option<i64>,
    /// When it happened, in Unix seconds; old state files do not say.
    #[serde(default)]
    pub(crate) at: Option<i64>,
    /// The grant that fell with it, so that it can be undone.
    #[serde(default)]
    pub(crate) grant: Option<crate::grants::Grant>,
}

/// Why a token does not work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Death {
    pub(crate) subcode: Option<i64>,
    pub(crate) message: String,
    /// Somebody asked for exactly this subcode, so every host states it.
    pub(crate) by_hand: bool,
}

impl Death {
    pub(crate) fn error(&self) -> GraphError {
        GraphError::new(400, 190, self.message.clone()).subcode(self.subcode).with_challenge()
    }
}

/// The subcodes of code 190 that can be asked for.
pub(crate) const SUBCODES: &[i64] = &[458, 459, 460, 463, 464, 467, 492];

fn message(subcode: Option<i64>, app_id: &str) -> String {
    let gist = match subcode {
        Some(458) => format!("The user has not authorized application {app_id}."),
        Some(459) => "You cannot access the app till you log in to www.facebook.com and follow the instructions given.".into(),
        Some(460) => "The session has been invalidated because the user changed their password or Facebook has changed the session for security reasons.".into(),
        Some(463) => "Session has expired.".into(),
        Some(464) => "Sessions for the user are not allowed because the user is not a confirmed user.".into(),
        Some(467) => "This may be because the user logged out or may be due to a system error.".into(),
        Some(492) => "The user must be an administrator, editor, or moderator of the page in order to impersonate it.".into(),
        _ => "The session is invalid.".to_owned(),
    };
    format!("Error validating access token: {gist}")
}

fn expiry_message(expired: i64, now: DateTime<Utc>) -> String {
    let write = |at: DateTime<Utc>| {
        at.with_timezone(&chrono_tz::America::Los_Angeles).format("%A, %d-%b-%y %H:%M:%S %Z").to_string()
    };
    let expired = DateTime::from_timestamp(expired, 0).unwrap_or(now);
    format!(
        "Error validating access token: Session has expired on {}. The current time is {}.",
        write(expired),
        write(now)
    )
}

impl State {
    /// Issues a token that looks like Meta's.
    pub(crate) fn issue(
        &mut self,
        bearer: Bearer,
        now: DateTime<Utc>,
        lifetime: Option<i64>,
        long_lived: bool,
    ) -> Token {
        let text = match bearer {
            Bearer::Account(_) => format!("IGAA{}ZD", random_text(150)),
            Bearer::Person(_) | Bearer::Page { .. } => format!("EAAO{}ZD", random_text(180)),
        };
        let token = Token {
            text: text.into(),
            bearer,
            issued_at: now.timestamp(),
            expires_at: lifetime.map(|seconds| now.timestamp() + seconds),
            long_lived,
            sequence: self.next(),
            replaced: false,
            expired_by_hand: None,
        };
        self.tokens.insert(token.text.clone(), token.clone());
        token
    }

    /// The Page token that belongs to a user token: without end if that one is long-lived,
    /// otherwise ending with it. Asking again gives the same string while it works.
    pub(crate) fn page_token(
        &mut self,
        world: &World,
        user: &Token,
        page: u64,
        now: DateTime<Utc>,
        app_id: &str,
    ) -> Arc<str> {
        let Bearer::Person(person) = user.bearer else { return Arc::default() };
        let slot = if user.long_lived {
            format!("long/{person}/{page}")
        } else {
            format!("short/{}/{page}", crate::proof::fingerprint(&user.text))
        };
        if let Some(text) = self.page_tokens.get(&slot)
            && let Some(token) = self.tokens.get(text)
            && self.death(world, token, now, app_id).is_none()
        {
            return text.clone();
        }
        let lifetime = if user.long_lived { None } else { user.expires_at.map(|at| at - now.timestamp()) };
        let token = self.issue(Bearer::Page { person, page }, now, lifetime, user.long_lived);
        self.page_tokens.insert(slot, token.text.clone());
        token.text
    }

    /// The withdrawal that hits this token, if there is one.
    fn revocation(&self, token: &Token) -> Option<&Revocation> {
        let page = match token.bearer {
            Bearer::Page { page, .. } => self.revocations.get(&format!("page:{page}")),
            Bearer::Person(_) | Bearer::Account(_) => None,
        };
        let own = self.revocations.get(&token.bearer.subject().key());
        own.into_iter().chain(page).find(|revocation| token.sequence < revocation.before_sequence)
    }

    /// When this token ends or ended; `None` if it never will. One that was declared expired has
    /// ended then.
    pub(crate) fn end(&self, token: &Token) -> Option<i64> {
        let declared = self.revocation(token).filter(|revocation| revocation.subcode == Some(463));
        let declared = declared.and_then(|revocation| revocation.at);
        [token.expires_at, token.expired_by_hand, declared].into_iter().flatten().min()
    }

    /// Why this token does not work now, if it does not.
    pub(crate) fn death(
        &self,
        world: &World,
        token: &Token,
        now: DateTime<Utc>,
        app_id: &str,
    ) -> Option<Death> {
        if let Some(revocation) = self.revocation(token) {
            return Some(Death {
                subcode: revocation.subcode,
                message: message(revocation.subcode, app_id),
                by_hand: true,
            });
        }
        if token.replaced {
            return Some(Death { subcode: Some(460), message: message(Some(460), app_id), by_hand: false });
        }
        if let Bearer::Page { person, page } = token.bearer
            && self.tasks(world, person, page).is_empty()
        {
            return Some(Death { subcode: Some(492), message: message(Some(492), app_id), by_hand: false });
        }
        let end = self.end(token)?;
        (end <= now.timestamp()).then(|| Death {
            subcode: Some(463),
            message: expiry_message(end, now),
            by_hand: false,
        })
    }

    /// When the person's data access ends; that of a system user does not.
    pub(crate) fn data_access_ends(&self, subject: Subject) -> Option<i64> {
        if matches!(subject, Subject::Person(id) if is_system_user(id)) {
            return None;
        }
        let grant = self.grants.get(&subject.key())?;
        let ends =
            DateTime::from_timestamp(grant.last_active, 0)? + TimeDelta::days(self.settings.data_access_days);
        Some(ends.timestamp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const APP: &str = "1029384756";

    fn now() -> DateTime<Utc> {
        DateTime::parse_from_rfc3339("2026-11-20T12:00:00Z").unwrap().to_utc()
    }

    fn world() -> World {
        World { seed: 7, generated: 0 }
    }

    const NORA: u64 = 10_160_000_000_000_001;
    const PAGE: u64 = 104_400_000_000_001;

    #[test]
    fn tokens_look_like_metas() {
        let mut state = State::default();
        let facebook = state.issue(Bearer::Person(1), now(), Some(60), false).text;
        let instagram = state.issue(Bearer::Account(1), now(), Some(60), false).text;
        assert!(facebook.starts_with("EAA") && facebook.len() > 100);
        assert!(instagram.starts_with("IGAA") && instagram.len() > 100);
    }

    #[test]
    fn a_page_token_of_a_long_lived_token_never_expires() {
        let mut state = State::default();
        let long = state.issue(Bearer::Person(NORA), now(), Some(60), true);
        let short = state.issue(Bearer::Person(NORA), now(), Some(60), false);
        let lasting = state.page_token(&world(), &long, PAGE, now(), APP);
        let passing = state.page_token(&world(), &short, PAGE, now(), APP);
        assert_eq!(state.page_token(&world(), &long, PAGE, now(), APP), lasting);
        let later = now() + TimeDelta::days(300);
        assert!(state.death(&world(), &state.tokens[&lasting], later, APP).is_none());
        assert_eq!(state.death(&world(), &state.tokens[&passing], later, APP).unwrap().subcode, Some(463));
    }

    #[test]
    fn a_revocation_hits_only_what_came_before() {
        let mut state = State::default();
        let old = state.issue(Bearer::Person(NORA), now(), Some(60), true);
        state.revoke("person:10160000000000001", Some(460));
        let new = state.issue(Bearer::Person(NORA), now(), Some(60), true);
        assert_eq!(state.death(&world(), &old, now(), APP).unwrap().subcode, Some(460));
        assert!(state.death(&world(), &new, now(), APP).is_none());
    }

    #[test]
    fn a_lost_role_kills_the_page_token_with_492() {
        let mut state = State::default();
        let user = state.issue(Bearer::Person(NORA), now(), Some(60), true);
        let page = state.page_token(&world(), &user, PAGE, now(), APP);
        state.roles.insert(format!("{NORA}/{PAGE}"), vec![]);
        assert_eq!(state.death(&world(), &state.tokens[&page], now(), APP).unwrap().subcode, Some(492));
        assert!(state.death(&world(), &user, now(), APP).is_none());
    }
}
