//! Text and keys that never print, and the keys derived from the one authentication secret.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretBox, SecretString};
use sha2::{Digest, Sha256};

/// Secret text: shown as `[redacted]`, wiped from memory when dropped.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Wraps `text`.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    /// The text itself. Every call is a place to look at in a review.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

/// The one secret behind sessions and links. What is needed for a purpose is derived from it with
/// HKDF-SHA256 (RFC 5869), so that a value made for one purpose is worthless for another.
pub struct AuthSecret(SecretBox<[u8; 32]>);

impl AuthSecret {
    /// Takes the secret from at least 32 bytes of key material.
    #[must_use]
    pub fn new(material: &[u8]) -> Self {
        Self(SecretBox::new(Box::new(Sha256::digest(material).into())))
    }

    /// The 256-bit key for `purpose`.
    #[must_use]
    #[expect(clippy::expect_used, reason = "HKDF-SHA256 gives up to 255 * 32 bytes")]
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        let mut key = [0; 32];
        Hkdf::<Sha256>::new(None, self.0.expose_secret())
            .expand(purpose.as_bytes(), &mut key)
            .expect("32 bytes are within the limit");
        key
    }

    /// An unguessable token for `purpose` that can be made again from `seed`, so that only its
    /// hash needs to be stored: 256 bits as URL-safe text of 43 characters.
    #[must_use]
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    pub fn token(&self, purpose: &str, seed: &[u8]) -> String {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.derive(purpose)).expect("a key of any length is accepted");
        mac.update(seed);
        URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    }
}

impl fmt::Debug for AuthSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// The SHA-256 of `token` in hexadecimal: what the database holds in place of a link, a state or a
/// session token. The tokens have 256 random bits, so no slow hash is needed.
#[must_use]
pub fn token_hash(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_do_not_print() {
        let secret = Secret::new("EAATEST0001");
        assert_eq!(format!("{secret} {secret:?}"), "[redacted] [redacted]");
        assert_eq!(secret.expose(), "EAATEST0001");
        assert_eq!(format!("{:?}", AuthSecret::new(b"x")), "[redacted]");
    }

    #[test]
    fn derived_tokens_depend_on_purpose_seed_and_secret() {
        let secret = AuthSecret::new(&[7; 32]);
        let token = secret.token("reconnect link", b"1");
        assert_eq!(token, secret.token("reconnect link", b"1"));
        assert_ne!(token, secret.token("reconnect link", b"2"));
        assert_ne!(token, secret.token("session", b"1"));
        assert_ne!(token, AuthSecret::new(&[8; 32]).token("reconnect link", b"1"));
    }
}
