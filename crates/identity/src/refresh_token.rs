//! The long-lived token that a browser keeps in its cookie, and its successors.
//!
//! A token is `<session>.<link of the chain>.<seal>`. Each link of the chain is derived from the one
//! before, so that two requests that renew the same token at the same time get the same successor
//! although nothing but hashes is stored. The seal proves that the token was once ours, so that an
//! old one is recognised however long ago it was replaced.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entity::SessionId;
use platform::secret::token_hash;
use platform::{AuthSecret, Secret, World};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

/// Purpose from which successors are derived.
const SUCCESSOR: &str = "session refresh";
/// Purpose from which seals are derived.
const SEAL: &str = "session refresh seal";
/// No token of ours comes near this.
const LONGEST: usize = 512;

/// A token that was once ours.
pub(crate) struct RefreshToken {
    session_id: SessionId,
    text: Secret,
}

impl RefreshToken {
    /// The first token of a session.
    pub(crate) fn first(secret: &AuthSecret, world: &World, session_id: SessionId) -> Self {
        Self::sealed(secret, session_id, &world.random_token())
    }

    /// Reads a token; gives nothing for one that was never ours.
    pub(crate) fn read(secret: &AuthSecret, text: &Secret) -> Option<Self> {
        let exposed = text.expose();
        if exposed.len() > LONGEST {
            return None;
        }
        let (session, rest) = exposed.split_once('.')?;
        let (link, seal) = rest.split_once('.')?;
        let session_id = SessionId(Uuid::from_slice(&URL_SAFE_NO_PAD.decode(session).ok()?).ok()?);
        let genuine = seal_of(secret, session_id, link).as_bytes().ct_eq(seal.as_bytes());
        bool::from(genuine).then(|| Self { session_id, text: text.clone() })
    }

    /// The token after this one: always the same.
    pub(crate) fn successor(&self, secret: &AuthSecret) -> Self {
        let mut seed = self.hash().into_bytes();
        seed.extend_from_slice(self.session_id.0.as_bytes());
        Self::sealed(secret, self.session_id, &secret.token(SUCCESSOR, &seed))
    }

    pub(crate) fn session_id(&self) -> SessionId {
        self.session_id
    }

    /// What the database holds in place of the token.
    pub(crate) fn hash(&self) -> String {
        token_hash(self.text.expose())
    }

    pub(crate) fn into_text(self) -> Secret {
        self.text
    }

    fn sealed(secret: &AuthSecret, session_id: SessionId, link: &str) -> Self {
        let session = URL_SAFE_NO_PAD.encode(session_id.0.as_bytes());
        let seal = seal_of(secret, session_id, link);
        Self { session_id, text: Secret::new(format!("{session}.{link}.{seal}")) }
    }
}

fn seal_of(secret: &AuthSecret, session_id: SessionId, link: &str) -> String {
    // The id has a fixed length, so no other pair gives the same bytes.
    secret.token(SEAL, &[session_id.0.as_bytes(), link.as_bytes()].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn successors_are_always_the_same_and_never_the_token_itself() {
        let secret = AuthSecret::new(&[7; 32]);
        let (world, _) = World::for_tests("2026-11-20T10:00:00Z".parse().unwrap());
        let first = RefreshToken::first(&secret, &world, SessionId(world.new_id()));
        let next = first.successor(&secret);
        assert_eq!(next.hash(), first.successor(&secret).hash());
        assert_ne!(next.hash(), first.hash());
        assert_ne!(next.successor(&secret).hash(), next.hash());
        assert_ne!(first.successor(&AuthSecret::new(&[8; 32])).hash(), next.hash());
        let read = RefreshToken::read(&secret, &next.into_text()).unwrap();
        assert_eq!(read.session_id(), first.session_id());
    }

    #[test]
    fn what_was_never_ours_is_not_read() {
        let secret = AuthSecret::new(&[7; 32]);
        let (world, _) = World::for_tests("2026-11-20T10:00:00Z".parse().unwrap());
        let text = RefreshToken::first(&secret, &world, SessionId(world.new_id())).into_text();
        assert!(RefreshToken::read(&AuthSecret::new(&[8; 32]), &text).is_none());
        for position in 0..text.expose().len() {
            let mut bytes = text.expose().as_bytes().to_vec();
            bytes[position] ^= 1;
            let changed = Secret::new(String::from_utf8(bytes).unwrap());
            assert!(RefreshToken::read(&secret, &changed).is_none(), "byte {position}");
        }
        for other in ["", ".", "..", "a.b.c", &"x".repeat(10_000)] {
            assert!(RefreshToken::read(&secret, &Secret::new(other)).is_none());
        }
    }
}
