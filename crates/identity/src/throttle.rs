//! How long an address has to wait after wrong passwords.

use std::collections::HashMap;
use std::sync::Mutex;

use chrono::{DateTime, TimeDelta, Utc};
use platform::secret::token_hash;

/// Wrong passwords that cost nothing.
const FREE: i32 = 5;
/// The longest wait; an address is never locked for good.
const LONGEST_SECONDS: i64 = 15 * 60;
/// Addresses that are remembered at once.
const MOST_STRANGERS: usize = 10_000;

/// When the next attempt is looked at after `failures` wrong passwords in a row.
pub(crate) fn next_attempt(failures: i32, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let doublings = u32::try_from(failures - FREE).ok()?;
    let seconds = 2_i64.checked_pow(doublings).unwrap_or(LONGEST_SECONDS).min(LONGEST_SECONDS);
    Some(now + TimeDelta::seconds(seconds))
}

/// When it is worth trying again after being too busy.
pub(crate) fn soon(now: DateTime<Utc>) -> DateTime<Utc> {
    now + TimeDelta::seconds(5)
}

/// Addresses without an account wait just as long as those with one; otherwise the wait itself
/// would tell which is which. There is no row to keep the count in, so memory has to do.
#[derive(Default)]
pub(crate) struct Strangers {
    seen: Mutex<HashMap<String, Stranger>>,
}

#[derive(Clone, Copy)]
struct Stranger {
    failures: i32,
    next_attempt: Option<DateTime<Utc>>,
}

impl Strangers {
    /// When the next attempt for `address` is looked at, if that is not now.
    pub(crate) fn next_attempt(&self, address: &str) -> Option<DateTime<Utc>> {
        self.lock().get(&token_hash(address)).and_then(|stranger| stranger.next_attempt)
    }

    /// Counts one wrong password for `address`.
    pub(crate) fn count_failure(&self, address: &str, now: DateTime<Utc>) {
        let mut seen = self.lock();
        let key = token_hash(address);
        if seen.len() >= MOST_STRANGERS && !seen.contains_key(&key) {
            seen.retain(|_, stranger| stranger.next_attempt.is_some_and(|time| time > now));
            if seen.len() >= MOST_STRANGERS {
                seen.clear();
            }
        }
        let stranger = seen.entry(key).or_insert(Stranger { failures: 0, next_attempt: None });
        stranger.failures = stranger.failures.saturating_add(1);
        stranger.next_attempt = next_attempt(stranger.failures, now);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Stranger>> {
        self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_quarter_of_an_hour() {
        let now = "2026-11-20T10:00:00Z".parse().unwrap();
        let wait = |failures| next_attempt(failures, now).map(|time| (time - now).num_seconds());
        let waits: Vec<_> = [1, 4, 5, 6, 7, 14, 15, 100, i32::MAX].into_iter().map(wait).collect();
        assert_eq!(
            waits,
            [None, None, Some(1), Some(2), Some(4), Some(512), Some(900), Some(900), Some(900)]
        );
    }

    #[test]
    fn strangers_are_bounded() {
        let strangers = Strangers::default();
        let now = "2026-11-20T10:00:00Z".parse().unwrap();
        for number in 0..MOST_STRANGERS * 2 {
            strangers.count_failure(&format!("{number}@example.com"), now);
        }
        assert!(strangers.lock().len() <= MOST_STRANGERS);
    }
}
