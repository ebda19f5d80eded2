//! Meta's day: from midnight to midnight in US Pacific time, so 23 or 25 hours around the changes
//! of daylight saving time.

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeZone, Utc};
use chrono_tz::America::Los_Angeles;

/// One day of Meta's calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Day(pub(crate) NaiveDate);

impl Day {
    /// The day a moment lies in.
    pub(crate) fn of(at: DateTime<Utc>) -> Self {
        Self(at.with_timezone(&Los_Angeles).date_naive())
    }

    pub(crate) fn of_unix(at: i64) -> Self {
        Self::of(DateTime::from_timestamp(at, 0).unwrap_or_default())
    }

    pub(crate) fn start(self) -> DateTime<Utc> {
        let midnight = self.0.and_time(chrono::NaiveTime::MIN);
        // Pacific clocks change at two in the morning, so midnight exists exactly once.
        match Los_Angeles.from_local_datetime(&midnight).earliest() {
            Some(start) => start.to_utc(),
            None => midnight.and_utc(),
        }
    }

    /// The first moment of the next day, which is what `end_time` states.
    pub(crate) fn end(self) -> DateTime<Utc> {
        self.next().start()
    }

    pub(crate) fn next(self) -> Self {
        self.plus(1)
    }

    pub(crate) fn plus(self, days: i64) -> Self {
        let moved = if days >= 0 {
            self.0.checked_add_days(Days::new(days.unsigned_abs()))
        } else {
            self.0.checked_sub_days(Days::new(days.unsigned_abs()))
        };
        Self(moved.unwrap_or(self.0))
    }

    /// A running number.
    pub(crate) fn number(self) -> i64 {
        i64::from(self.0.num_days_from_ce())
    }

    /// All days that have any part between two moments.
    pub(crate) fn between(since: i64, until: i64) -> Vec<Self> {
        let mut days = Vec::new();
        if until <= since {
            return days;
        }
        let (mut day, last) = (Self::of_unix(since), Self::of_unix(until - 1));
        while day <= last {
            days.push(day);
            day = day.next();
        }
        days
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day(text.parse().unwrap())
    }

    #[test]
    fn the_boundary_moves_with_daylight_saving_time() {
        assert_eq!(day("2026-07-01").start().to_rfc3339(), "2026-07-01T07:00:00+00:00");
        assert_eq!(day("2026-11-18").end().to_rfc3339(), "2026-11-19T08:00:00+00:00");
        let hours = |text: &str| (day(text).end() - day(text).start()).num_hours();
        assert_eq!((hours("2026-03-08"), hours("2026-11-01"), hours("2026-06-01")), (23, 25, 24));
    }

    #[test]
    fn aligned_windows_hold_whole_days() {
        // 2026-11-17T08:00Z to 2026-11-19T08:00Z: the 17th and the 18th.
        assert_eq!(Day::between(1_794_902_400, 1_795_075_200), [day("2026-11-17"), day("2026-11-18")]);
        assert!(Day::between(5, 5).is_empty());
        assert_eq!(
            Day::between(1_794_902_400 - 1, 1_794_902_400 + 1),
            [day("2026-11-16"), day("2026-11-17")]
        );
    }
}
