//! What time it is, as a value that tests replace.

use std::path::PathBuf;
use std::sync::{LazyLock, Mutex};
use std::time::{Duration, Instant};

use chrono::{DateTime, DurationRound, TimeDelta, Utc};

/// Where every "now" of the product comes from. All times are UTC.
pub trait Clock: Send + Sync + 'static {
    /// The present moment, in whole microseconds: the finest that both databases store, so that a
    /// time that was written equals the time that is read back.
    fn now(&self) -> DateTime<Utc>;

    /// How much time has passed in this process since some moment: it never goes back and never jumps,
    /// whatever is done to the time of day. To be compared only with itself.
    fn elapsed(&self) -> Duration;
}

/// When this process asked for the first time.
static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);

/// The clock of the machine, optionally shifted.
#[derive(Debug, Default)]
pub struct SystemClock {
    offset_file: Option<PathBuf>,
}

impl SystemClock {
    /// The machine's own time.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The machine's time plus the whole seconds written in `file`, which is read again at every
    /// call, so that a development set-up can move the clock of running processes. A file that is
    /// missing or unreadable counts as zero.
    #[must_use]
    pub fn with_offset_file(file: PathBuf) -> Self {
        Self { offset_file: Some(file) }
    }

    fn offset(&self) -> TimeDelta {
        self.offset_file
            .as_ref()
            .and_then(|file| std::fs::read_to_string(file).ok())
            .and_then(|text| text.trim().parse().ok())
            .and_then(TimeDelta::try_seconds)
            .unwrap_or_default()
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    fn now(&self) -> DateTime<Utc> {
        whole_microseconds(Utc::now()) + self.offset()
    }

    fn elapsed(&self) -> Duration {
        BEGAN.elapsed()
    }
}

/// A clock that stands still until a test moves it.
#[derive(Debug)]
pub struct ManualClock {
    /// The time of day, and the time that has passed.
    state: Mutex<(DateTime<Utc>, Duration)>,
}

impl ManualClock {
    /// A clock that shows `now`.
    #[must_use]
    pub fn at(now: DateTime<Utc>) -> Self {
        Self { state: Mutex::new((whole_microseconds(now), Duration::ZERO)) }
    }

    /// Lets `by` pass. A negative time sets the time of day back, which lets none pass.
    pub fn advance(&self, by: TimeDelta) {
        let mut state = self.lock();
        state.0 += by;
        state.1 += by.to_std().unwrap_or_default();
    }

    /// Sets the time of day by `by` forward or back, without any time passing.
    pub fn jump(&self, by: TimeDelta) {
        self.lock().0 += by;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, (DateTime<Utc>, Duration)> {
        // A panic elsewhere cannot leave plain times half-written.
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        self.lock().0
    }

    fn elapsed(&self) -> Duration {
        self.lock().1
    }
}

fn whole_microseconds(time: DateTime<Utc>) -> DateTime<Utc> {
    time.duration_trunc(TimeDelta::microseconds(1)).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offset_file_moves_the_clock_while_it_runs() {
        let file = std::env::temp_dir().join(format!("mooring-clock-{}", std::process::id()));
        let clock = SystemClock::with_offset_file(file.clone());
        let before = clock.now();
        std::fs::write(&file, "6048000\n").unwrap();
        let moved = clock.now() - before;
        std::fs::remove_file(&file).unwrap();
        assert_eq!(moved.num_days(), 70);
        assert!((clock.now() - before).num_days() < 1);
    }

    #[test]
    fn manual_clock_moves_only_when_told() {
        let clock = ManualClock::at("2026-03-08T10:00:00.123456789Z".parse().unwrap());
        assert_eq!(clock.now().to_rfc3339(), "2026-03-08T10:00:00.123456+00:00");
        clock.advance(TimeDelta::days(70));
        assert_eq!(clock.now().to_rfc3339(), "2026-05-17T10:00:00.123456+00:00");
    }

    #[test]
    fn the_time_that_passes_knows_nothing_of_the_time_of_day() {
        let clock = ManualClock::at("2026-03-08T10:00:00Z".parse().unwrap());
        clock.advance(TimeDelta::minutes(2));
        clock.jump(TimeDelta::days(9));
        clock.advance(TimeDelta::days(-3));
        assert_eq!(clock.now().to_rfc3339(), "2026-03-14T10:02:00+00:00");
        assert_eq!(clock.elapsed(), Duration::from_secs(120));
    }
}
