//! Clock and randomness together, as every room receives them.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{Clock, ManualClock, Random, SeededRandom, SystemClock, SystemRandom};

/// The outside world, cheap to clone.
#[derive(Clone)]
pub struct World {
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl World {
    /// A world made of the given clock and randomness.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Self { clock, random }
    }

    /// The machine's time and the operating system's randomness.
    #[must_use]
    pub fn real() -> Self {
        Self::new(Arc::new(SystemClock::new()), Arc::new(SystemRandom))
    }

    /// A world for tests: it stands at `now` until the returned clock is moved, and its random
    /// bytes are the same in every run.
    #[must_use]
    pub fn for_tests(now: DateTime<Utc>) -> (Self, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::at(now));
        (Self::new(clock.clone(), Arc::new(SeededRandom::new(1))), clock)
    }

    /// The present moment (UTC, whole microseconds).
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// How much time has passed in this process; see [`Clock::elapsed`].
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.clock.elapsed()
    }

    /// A new row id: UUID version 7, so that ids sort by the time they were made (RFC 9562).
    #[must_use]
    pub fn new_id(&self) -> Uuid {
        let mut bytes = [0; 10];
        self.random.fill(&mut bytes);
        let millis = u64::try_from(self.now().timestamp_millis()).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
    }

    /// 256 random bits.
    #[must_use]
    pub fn random_bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        self.random.fill(&mut bytes);
        bytes
    }

    /// Fills `bytes` with random bytes.
    pub fn fill(&self, bytes: &mut [u8]) {
        self.random.fill(bytes);
    }

    /// 256 random bits as URL-safe text of 43 characters, for links, states and sessions.
    #[must_use]
    pub fn random_token(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.random_bytes())
    }

    /// A random number in `0.0..1.0`, for jitter.
    #[must_use]
    pub fn random_fraction(&self) -> f64 {
        let mut bytes = [0; 4];
        self.random.fill(&mut bytes);
        f64::from(u32::from_le_bytes(bytes)) / (f64::from(u32::MAX) + 1.0)
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World").field("now", &self.now()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_time_and_differ() {
        let (world, clock) = World::for_tests("2026-11-20T10:00:00Z".parse().unwrap());
        let first = world.new_id();
        let second = world.new_id();
        clock.advance(chrono::TimeDelta::milliseconds(1));
        let later = world.new_id();
        assert_ne!(first, second);
        assert!(first < later && second < later);
        assert_eq!(first.get_version_num(), 7);
    }

    #[test]
    fn tokens_are_256_bit_and_url_safe() {
        let token = World::real().random_token();
        assert_eq!(token.len(), 43);
        assert!(token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
        assert_ne!(token, World::real().random_token());
    }
}
