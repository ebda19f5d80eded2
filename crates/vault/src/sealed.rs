//! The text form of a sealed token: `v1.<key id>.<nonce>.<ciphertext and tag>`, the last two in
//! URL-safe base64 without padding.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Version of the text form and of what the associated data is made of.
pub(crate) const FORMAT: &str = "v1";
/// Bytes of a nonce.
pub(crate) const NONCE_BYTES: usize = 12;
/// Bytes of the tag at the end of a ciphertext.
pub(crate) const TAG_BYTES: usize = 16;

/// A sealed token, as the database holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// `v1.<key id>.<nonce>.<ciphertext and tag>`.
    pub ciphertext: String,
    /// The key it was sealed with.
    pub key_id: String,
}

/// A sealed token taken apart.
pub(crate) struct Parts<'a> {
    pub(crate) key_id: &'a str,
    pub(crate) nonce: [u8; NONCE_BYTES],
    pub(crate) ciphertext: Vec<u8>,
}

pub(crate) fn write(key_id: &str, nonce: [u8; NONCE_BYTES], ciphertext: &[u8]) -> Sealed {
    let nonce = URL_SAFE_NO_PAD.encode(nonce);
    let body = URL_SAFE_NO_PAD.encode(ciphertext);
    Sealed { ciphertext: format!("{FORMAT}.{key_id}.{nonce}.{body}"), key_id: key_id.to_owned() }
}

pub(crate) fn read(text: &str) -> Option<Parts<'_>> {
    let mut parts = text.split('.');
    let (format, key_id, nonce, body) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    if format != FORMAT || key_id.is_empty() || parts.next().is_some() {
        return None;
    }
    let nonce = URL_SAFE_NO_PAD.decode(nonce).ok()?.try_into().ok()?;
    let ciphertext = URL_SAFE_NO_PAD.decode(body).ok()?;
    (ciphertext.len() >= TAG_BYTES).then_some(Parts { key_id, nonce, ciphertext })
}
