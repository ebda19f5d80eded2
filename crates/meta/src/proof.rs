//! The proof that a caller with a token also knows the app secret
//! (`/docs/graph-api/guides/secure-requests`).

use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use platform::Secret;
use sha2::Sha256;

/// `appsecret_proof`: HMAC-SHA256 with the app secret as key and the token as message, in lower-case
/// hexadecimal. Documented for graph.facebook.com only.
#[must_use]
pub fn appsecret_proof(secret: &Secret, token: &Secret) -> String {
    let mut mac = keyed(secret);
    mac.update(token.expose().as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

/// The timed form, sent together with `appsecret_time` and good for five minutes. [`Client`] sends
/// the plain one: a machine whose clock is off by more would lose every account at once.
///
/// [`Client`]: crate::Client
#[must_use]
pub fn timed_appsecret_proof(secret: &Secret, token: &Secret, time: DateTime<Utc>) -> String {
    let mut mac = keyed(secret);
    mac.update(format!("{}|{}", token.expose(), time.timestamp()).as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

#[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
pub(crate) fn keyed(secret: &Secret) -> Hmac<Sha256> {
    Hmac::new_from_slice(secret.expose().as_bytes()).expect("a key of any length is accepted")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proof_of_a_known_token() {
        let proof = appsecret_proof(&Secret::new("test_app_secret_0001"), &Secret::new("EAATEST0001"));
        assert_eq!(proof, "00d4bd060c47edf492b212179fc89bffc525bc40b344616d05af37b49c947774");
    }

    #[test]
    fn timed_proof_of_a_known_token() {
        let time = "2025-11-24T16:00:00Z".parse().unwrap();
        let proof =
            timed_appsecret_proof(&Secret::new("test_app_secret_0001"), &Secret::new("EAATEST0001"), time);
        assert_eq!(proof, "d79bb1cff8ce132991fa6b774f928f22cf1c65f410e84132df5087681c5fbdc2");
    }
}
