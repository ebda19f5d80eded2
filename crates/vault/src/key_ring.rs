//! Sealing with the active key, opening with any key of the ring.

use std::collections::BTreeMap;
use std::fmt;

use aes_gcm::aead::consts::U12;
use aes_gcm::{AeadInOut as _, Aes256Gcm, KeyInit as _, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use platform::config::TokenKeys;
use platform::{Secret, World};
use zeroize::Zeroizing;

use crate::place::Place;
use crate::sealed::{self, NONCE_BYTES, Sealed, TAG_BYTES};

/// Every key that may still be needed, one of them active. The keys are wiped from memory when the
/// ring is dropped.
pub struct KeyRing {
    ciphers: BTreeMap<String, Aes256Gcm>,
    active: String,
}

/// Why a ring cannot be made. No key material is in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyRingError {
    /// A key is not 32 bytes of base64.
    #[error("token key {0} is not 32 bytes of base64")]
    Malformed(String),
    /// Two keys have the same id.
    #[error("token key {0} is listed twice")]
    Duplicate(String),
    /// An id that cannot stand in a ciphertext.
    #[error("a token key id must be letters, digits, - or _, at most 32 of them")]
    BadId,
    /// The active key is not among the keys.
    #[error("the active token key {0} is not listed")]
    NoActive(String),
}

/// Why a token cannot be sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the token cannot be sealed")]
pub struct SealError;

/// Why a token cannot be opened. None of them says anything about the token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The text is not a sealed token of a format that is known.
    #[error("the stored text is not a sealed token")]
    Malformed,
    /// It was sealed with a key that is not in the ring.
    #[error("the token was sealed with the key {0}, which is not listed")]
    UnknownKey(String),
    /// It was changed, or it was made for another place or by another key of the same id.
    #[error("the sealed token does not open in this place")]
    Refused,
}

impl KeyRing {
    /// A ring of the configured keys.
    ///
    /// # Errors
    /// When a key is malformed or listed twice, or when the active one is missing.
    pub fn new(keys: &TokenKeys) -> Result<Self, KeyRingError> {
        let mut ciphers = BTreeMap::new();
        for key in &keys.keys {
            if !is_key_id(&key.id) {
                return Err(KeyRingError::BadId);
            }
            let bytes = decode_key(&key.key).ok_or_else(|| KeyRingError::Malformed(key.id.clone()))?;
            let cipher =
                Aes256Gcm::new_from_slice(&bytes).map_err(|_| KeyRingError::Malformed(key.id.clone()))?;
            if ciphers.insert(key.id.clone(), cipher).is_some() {
                return Err(KeyRingError::Duplicate(key.id.clone()));
            }
        }
        if !ciphers.contains_key(&keys.active) {
            return Err(KeyRingError::NoActive(keys.active.clone()));
        }
        Ok(Self { ciphers, active: keys.active.clone() })
    }

    /// Seals `token` for `place` with the active key and a nonce of its own.
    ///
    /// # Errors
    /// When the cipher refuses, which it does only for texts of gigabytes.
    pub fn seal(&self, world: &World, place: &Place, token: &Secret) -> Result<Sealed, SealError> {
        let cipher = self.ciphers.get(&self.active).ok_or(SealError)?;
        let mut nonce = [0; NONCE_BYTES];
        world.fill(&mut nonce);
        let text = token.expose().as_bytes();
        // With room for the tag, the buffer never moves and leaves no copy of the token behind.
        let mut buffer = Zeroizing::new(Vec::with_capacity(text.len() + TAG_BYTES));
        buffer.extend_from_slice(text);
        cipher
            .encrypt_in_place(&Nonce::<U12>::from(nonce), &place.associated_data(&self.active), &mut *buffer)
            .map_err(|_| SealError)?;
        Ok(sealed::write(&self.active, nonce, &buffer))
    }

    /// Opens what was sealed for `place`, with whichever key of the ring it was sealed with.
    ///
    /// # Errors
    /// When it is not a sealed token, its key is not in the ring, or it does not belong here.
    pub fn open(&self, place: &Place, ciphertext: &str) -> Result<Secret, OpenError> {
        let parts = sealed::read(ciphertext).ok_or(OpenError::Malformed)?;
        let cipher =
            self.ciphers.get(parts.key_id).ok_or_else(|| OpenError::UnknownKey(parts.key_id.to_owned()))?;
        let mut buffer = Zeroizing::new(parts.ciphertext);
        cipher
            .decrypt_in_place(
                &Nonce::<U12>::from(parts.nonce),
                &place.associated_data(parts.key_id),
                &mut *buffer,
            )
            .map_err(|_| OpenError::Refused)?;
        let text = std::str::from_utf8(&buffer).map_err(|_| OpenError::Refused)?;
        Ok(Secret::new(text))
    }

    /// The id of the key that new ciphertexts are made with.
    #[must_use]
    pub fn active(&self) -> &str {
        &self.active
    }

    /// Whether ciphertexts of the key `key_id` can be opened.
    #[must_use]
    pub fn has(&self, key_id: &str) -> bool {
        self.ciphers.contains_key(key_id)
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

fn is_key_id(id: &str) -> bool {
    (1..=32).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// The bytes of a key in either base64 alphabet, padded or not.
fn decode_key(key: &Secret) -> Option<Zeroizing<Vec<u8>>> {
    let text = key.expose().trim().trim_end_matches('=');
    let bytes = URL_SAFE_NO_PAD.decode(text).or_else(|_| STANDARD_NO_PAD.decode(text)).ok()?;
    Some(Zeroizing::new(bytes))
}

#[cfg(test)]
mod tests;
