//! The sandbox's own time: the real one plus an offset that the control API moves.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// Time as the sandbox sees it.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Clock {
    /// Seconds between the real time and ours.
    pub(crate) offset_seconds: i64,
    /// Set while time stands still.
    #[serde(default)]
    pub(crate) frozen_at: Option<DateTime<Utc>>,
}

/// About a century either way; beyond it, calendar arithmetic of the day tables means nothing.
const FURTHEST_OFFSET: u64 = 100 * 366 * 86_400;

impl Clock {
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.frozen_at.unwrap_or_else(|| real_now() + TimeDelta::seconds(self.offset_seconds))
    }

    /// Sets the offset; refuses what lies further than a century away.
    pub(crate) fn set_offset(&mut self, seconds: i64) -> Result<(), String> {
        if seconds.unsigned_abs() > FURTHEST_OFFSET {
            return Err("the clock can be moved by a hundred years at most".into());
        }
        let moved = seconds - self.offset_seconds;
        self.offset_seconds = seconds;
        self.frozen_at = self.frozen_at.map(|at| at + TimeDelta::seconds(moved));
        Ok(())
    }

    /// Sets the present moment: exactly while time stands still, otherwise at or just after it.
    pub(crate) fn set_now(&mut self, now: DateTime<Utc>) -> Result<(), String> {
        let was_frozen = self.frozen_at.take().is_some();
        self.set_offset(seconds_until(now))?;
        if was_frozen {
            self.frozen_at = Some(now);
        }
        Ok(())
    }

    pub(crate) fn freeze(&mut self, frozen: bool) {
        if frozen {
            self.frozen_at = Some(self.now());
        } else if let Some(at) = self.frozen_at.take() {
            self.offset_seconds = seconds_until(at);
        }
    }
}

/// Whole seconds from the real time to a moment, rounded up: a clock set by it is never early.
fn seconds_until(at: DateTime<Utc>) -> i64 {
    let left = at - real_now();
    left.num_seconds() + i64::from(TimeDelta::seconds(left.num_seconds()) < left)
}

/// The machine's time.
#[expect(clippy::disallowed_methods, reason = "the one place where the sandbox reads the machine's clock")]
pub(crate) fn real_now() -> DateTime<Utc> {
    Utc::now()
}

/// A moment in Meta's writing: no colon in the offset.
pub(crate) fn meta_time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%S+0000").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn meta_writes_no_colon_in_the_offset() {
        let at = DateTime::parse_from_rfc3339("2026-11-18T09:15:00Z").unwrap().to_utc();
        assert_eq!(meta_time(at), "2026-11-18T09:15:00+0000");
    }

    #[test]
    fn a_clock_that_is_set_is_never_early() {
        for text in ["2027-01-21T00:00:00Z", "2024-01-01T00:00:00.5Z"] {
            let named = DateTime::parse_from_rfc3339(text).unwrap().to_utc();
            let mut clock = Clock::default();
            clock.set_now(named).unwrap();
            let late = clock.now() - named;
            assert!(late >= TimeDelta::zero() && late < TimeDelta::seconds(2), "{late}");
            clock.freeze(true);
            clock.set_now(named).unwrap();
            assert_eq!(clock.now(), named);
            clock.freeze(false);
            assert!(clock.now() >= named);
        }
    }

    #[test]
    fn a_frozen_clock_moves_only_when_told() {
        let mut clock = Clock::default();
        clock.freeze(true);
        let before = clock.now();
        clock.set_offset(60).unwrap();
        assert_eq!(clock.now() - before, TimeDelta::seconds(60));
        assert!(clock.set_offset(i64::MAX / 2).is_err());
        assert!(clock.set_offset(i64::MIN).is_err());
    }
}
