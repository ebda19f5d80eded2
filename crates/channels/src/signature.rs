//! What makes a request ours: HMAC-SHA256 over the time and the body, as `docs/webhooks.md` tells
//! receivers to check it.

use hmac::{Hmac, KeyInit, Mac};
use platform::{Secret, World};
use sha2::Sha256;

/// In front of every secret, so that it is recognised where it must not be.
const PREFIX: &str = "whsec_";

/// A new secret: 256 random bits.
pub(crate) fn new_secret(world: &World) -> Secret {
    Secret::new(format!("{PREFIX}{}", world.random_token()))
}

/// The header for `body` sent at `timestamp` (seconds since 1970): one signature for each secret that
/// is valid, as in `v1=…,v1=…`.
pub(crate) fn header(secrets: &[Secret], timestamp: i64, body: &str) -> String {
    let signatures: Vec<_> = secrets.iter().map(|secret| sign(secret, timestamp, body)).collect();
    signatures.join(",")
}

#[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
fn sign(secret: &Secret, timestamp: i64, body: &str) -> String {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()).expect("a key of any length is accepted");
    mac.update(format!("{timestamp}.").as_bytes());
    mac.update(body.as_bytes());
    format!("v1={}", hex::encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_those_that_any_library_makes() {
        // printf '1767225600.{"id":"event:1"}' | openssl dgst -sha256 -hmac whsec_test
        let header = header(&[Secret::new("whsec_test")], 1_767_225_600, "{\"id\":\"event:1\"}");
        assert_eq!(header, "v1=92e1adac56b789074caf213d2fc862204ad32bfd0948a995226f79844ec14e04");
    }

    #[test]
    fn time_body_and_secret_all_count_and_secrets_differ() {
        let (world, _) = World::for_tests("2026-11-20T10:00:00Z".parse().unwrap());
        let (one, two) = (new_secret(&world), new_secret(&world));
        assert!(one.expose().starts_with("whsec_") && one.expose().len() == 49);
        let first = sign(&one, 1, "a");
        for other in [sign(&two, 1, "a"), sign(&one, 2, "a"), sign(&one, 1, "b"), sign(&one, 1, ".a")] {
            assert_ne!(first, other);
        }
        let both = header(&[one, two.clone()], 1, "a");
        assert_eq!(both, format!("{first},{}", sign(&two, 1, "a")));
    }
}
