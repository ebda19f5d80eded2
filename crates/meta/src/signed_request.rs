//! Checking the `signed_request` that Meta posts to the deauthorize and data-deletion callbacks
//! (`/docs/development/create-an-app/app-dashboard/data-deletion-callback`).

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use chrono::{DateTime, Utc};
use hmac::Mac;
use platform::Secret;
use thiserror::Error;

use crate::{body, proof};

/// The longest text that is looked at; Meta's have about 250 bytes.
pub const MAX_BYTES: usize = 8 * 1024;

/// The only algorithm that is accepted.
const ALGORITHM: &str = "HMAC-SHA256";

/// Meta documents no padding; tolerating it costs nothing, as the signature covers the text itself.
const BASE64URL: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What Meta said, and proved to have said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedRequest {
    /// The person, by the id that is scoped to our app.
    pub user_id: String,
    /// When Meta made the request.
    pub issued_at: Option<DateTime<Utc>>,
}

/// Why a signed request is refused. A stranger gets the same answer for all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SignedRequestError {
    /// Longer than [`MAX_BYTES`].
    #[error("the signed request is too long")]
    TooLong,
    /// Not two parts of base64url, or not the fields that Meta documents.
    #[error("the signed request is malformed")]
    Malformed,
    /// Signed by somebody else, or with another secret.
    #[error("the signature of the signed request is wrong")]
    WrongSignature,
    /// Made with an algorithm that we do not accept.
    #[error("the signed request names another algorithm")]
    WrongAlgorithm,
}

/// Checks `text` with the app's `secret` and reads it. The signature is checked first and in
/// constant time; nothing of an unsigned payload is interpreted.
///
/// Meta does not say whether the Meta app's or the Instagram app's secret signs for Instagram
/// Login, so callers try both.
///
/// # Errors
/// When `text` is not a request that Meta signed with this secret.
pub fn verify(secret: &Secret, text: &str) -> Result<SignedRequest, SignedRequestError> {
    if text.len() > MAX_BYTES {
        return Err(SignedRequestError::TooLong);
    }
    let (signature, payload) = text.split_once('.').ok_or(SignedRequestError::Malformed)?;
    let signature = BASE64URL.decode(signature).map_err(|_| SignedRequestError::Malformed)?;
    let mut mac = proof::keyed(secret);
    mac.update(payload.as_bytes());
    mac.verify_slice(&signature).map_err(|_| SignedRequestError::WrongSignature)?;
    let payload = BASE64URL.decode(payload).map_err(|_| SignedRequestError::Malformed)?;
    let payload = body::parse(&payload).ok_or(SignedRequestError::Malformed)?;
    if body::text(&payload, "algorithm").as_deref() != Some(ALGORITHM) {
        return Err(SignedRequestError::WrongAlgorithm);
    }
    Ok(SignedRequest {
        user_id: body::id(&payload, "user_id").ok_or(SignedRequestError::Malformed)?,
        issued_at: body::unix_time(&payload, "issued_at"),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECRET: &str = "test_app_secret_0001";
    const SIGNED: &str = "T3eOXsKEwvOm5eb5s6u5ZtRWqJpz6S98hLisRJPWgV0.eyJ1c2VyX2lkIjoiMTAxNjAwMDAwMDAwMDAwMDEiLCJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImlzc3VlZF9hdCI6MTc2NDAwMDAwMH0";

    fn check(text: &str) -> Result<SignedRequest, SignedRequestError> {
        verify(&Secret::new(SECRET), text)
    }

    /// Signs any payload rightly.
    fn sign(payload: &str) -> String {
        let payload = BASE64URL.encode(payload).replace('=', "");
        let mut mac = proof::keyed(&Secret::new(SECRET));
        mac.update(payload.as_bytes());
        let signature = BASE64URL.encode(mac.finalize().into_bytes()).replace('=', "");
        format!("{signature}.{payload}")
    }

    #[test]
    fn a_known_request_is_read() {
        let request = check(SIGNED).unwrap();
        assert_eq!(request.user_id, "10160000000000001");
        assert_eq!(request.issued_at.map(|time| time.timestamp()), Some(1_764_000_000));
    }

    #[test]
    fn another_secret_is_refused() {
        assert_eq!(verify(&Secret::new("another"), SIGNED), Err(SignedRequestError::WrongSignature));
    }

    #[test]
    fn only_one_algorithm_is_accepted() {
        for algorithm in ["\"hmac-sha256\"", "\"HMAC-SHA1\"", "\"none\"", "\"\"", "null", "256"] {
            let text = sign(&format!("{{\"user_id\":\"1\",\"algorithm\":{algorithm}}}"));
            assert_eq!(check(&text), Err(SignedRequestError::WrongAlgorithm), "{algorithm}");
        }
        assert_eq!(check(&sign("{\"user_id\":\"1\"}")), Err(SignedRequestError::WrongAlgorithm));
    }

    #[test]
    fn odd_payloads() {
        let algorithm = "\"algorithm\":\"HMAC-SHA256\"";
        let number = check(&sign(&format!("{{\"user_id\":10160000000000001,{algorithm}}}"))).unwrap();
        assert_eq!((number.user_id.as_str(), number.issued_at), ("10160000000000001", None));
        let padded = format!("{}{}", SIGNED.replace('.', "=."), "");
        assert!(check(&padded).is_ok());
        for payload in
            [format!("{{{algorithm}}}"), format!("{{\"user_id\":\"\",{algorithm}}}"), "x".to_owned()]
        {
            assert_eq!(check(&sign(&payload)), Err(SignedRequestError::Malformed), "{payload}");
        }
    }

    #[test]
    fn shapes_that_are_no_signed_request() {
        for text in ["", ".", "a", "a.b.c", "!.!", "AAAA", "é.é"] {
            assert!(check(text).is_err(), "{text}");
        }
        let payload = SIGNED.split_once('.').unwrap().1;
        assert_eq!(check(&format!(".{payload}")), Err(SignedRequestError::WrongSignature));
        assert_eq!(check(&format!("T3eO.{payload}")), Err(SignedRequestError::WrongSignature));
        assert_eq!(check(&"a".repeat(MAX_BYTES + 1)), Err(SignedRequestError::TooLong));
        assert_ne!(check(&"a".repeat(MAX_BYTES)), Err(SignedRequestError::TooLong));
    }

    proptest! {
        /// Changing any one character spoils it, or changes nothing that is read.
        #[test]
        fn no_changed_request_is_believed(position in 0..SIGNED.len(), byte in b' '..=b'~') {
            let mut bytes = SIGNED.as_bytes().to_vec();
            prop_assume!(bytes[position] != byte);
            bytes[position] = byte;
            let text = String::from_utf8(bytes).unwrap();
            prop_assert!(check(&text).is_err(), "{}", text);
        }

        #[test]
        fn noise_is_refused(text in any::<String>()) {
            prop_assert!(check(&text).is_err());
        }
    }
}
