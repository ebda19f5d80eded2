//! Signatures that Meta uses: `appsecret_proof`, `signed_request`, `X-Hub-Signature-256`
//! (pages "Secure Graph API calls", "Data deletion callback", "Webhooks").

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

fn hmac(secret: &str, message: &[u8]) -> Vec<u8> {
    // HMAC takes keys of any length; the error of the signature can not occur.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return Vec::new() };
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

/// The plain form.
pub(crate) fn appsecret_proof(secret: &str, token: &str) -> String {
    hex::encode(hmac(secret, token.as_bytes()))
}

/// The timed form, which is sent together with `appsecret_time`.
pub(crate) fn timed_appsecret_proof(secret: &str, token: &str, unix: i64) -> String {
    hex::encode(hmac(secret, format!("{token}|{unix}").as_bytes()))
}

/// The `signed_request` of the deauthorize and data-deletion callbacks.
pub(crate) fn signed_request(secret: &str, payload: &str) -> String {
    let payload = URL_SAFE_NO_PAD.encode(payload);
    format!("{}.{payload}", URL_SAFE_NO_PAD.encode(hmac(secret, payload.as_bytes())))
}

/// The value of `X-Hub-Signature-256` over the raw body.
pub(crate) fn hub_signature(secret: &str, body: &[u8]) -> String {
    format!("sha256={}", hex::encode(hmac(secret, body)))
}

/// Names a token without giving it away.
pub(crate) fn fingerprint(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))[..12].to_owned()
}

/// An ETag for a body.
pub(crate) fn etag(body: &[u8]) -> String {
    format!("\"{}\"", &hex::encode(Sha256::digest(body))[..40])
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "test_app_secret_0001";

    #[test]
    fn appsecret_proof_vectors() {
        assert_eq!(
            appsecret_proof(SECRET, "EAATEST0001"),
            "00d4bd060c47edf492b212179fc89bffc525bc40b344616d05af37b49c947774"
        );
        assert_eq!(
            timed_appsecret_proof(SECRET, "EAATEST0001", 1_764_000_000),
            "d79bb1cff8ce132991fa6b774f928f22cf1c65f410e84132df5087681c5fbdc2"
        );
    }

    #[test]
    fn signed_request_vector() {
        let payload = r#"{"user_id":"10160000000000001","algorithm":"HMAC-SHA256","issued_at":1764000000}"#;
        assert_eq!(
            signed_request(SECRET, payload),
            "T3eOXsKEwvOm5eb5s6u5ZtRWqJpz6S98hLisRJPWgV0.eyJ1c2VyX2lkIjoiMTAxNjAwMDAwMDAwMDAwMDEiLCJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImlzc3VlZF9hdCI6MTc2NDAwMDAwMH0"
        );
    }

    #[test]
    fn hub_signature_vector() {
        assert_eq!(
            hub_signature(SECRET, br#"{"object":"instagram","entry":[]}"#),
            "sha256=a9c88a38f1509939ba164a8622ac07901a76b7c468bf6351fdbda313485750ac"
        );
    }
}
