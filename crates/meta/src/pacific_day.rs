//! The calendar Meta counts days in: a day of insights runs from midnight to midnight US Pacific
//! time (`/docs/instagram-platform/api-reference/instagram-user/insights`), so it begins at 07:00 or
//! 08:00 UTC and has 23 or 25 hours when the clocks change.

use chrono::{DateTime, NaiveDate, NaiveTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::America::Los_Angeles;

/// The day that an insights value with this `end_time` measured. The `end_time` closes the day, so
/// it is itself the first moment of the next one.
#[must_use]
pub fn day_of(end_time: DateTime<Utc>) -> NaiveDate {
    today(end_time.checked_sub_signed(TimeDelta::seconds(1)).unwrap_or(end_time))
}

/// The first moment of `day`, and the first moment after it.
#[must_use]
pub fn bounds(day: NaiveDate) -> (DateTime<Utc>, DateTime<Utc>) {
    (midnight(day), midnight(day.succ_opt().unwrap_or(day)))
}

/// The day that `now` falls on.
#[must_use]
pub fn today(now: DateTime<Utc>) -> NaiveDate {
    let offset = now.with_timezone(&Los_Angeles).offset().fix();
    // Only the very ends of the calendar leave it.
    now.naive_utc().checked_add_offset(offset).unwrap_or(now.naive_utc()).date()
}

fn midnight(day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    // Clocks there change at two in the morning, so midnight exists exactly once; the other arm is
    // for the ends of the calendar.
    Los_Angeles
        .from_local_datetime(&midnight)
        .earliest()
        .map_or_else(|| midnight.and_utc(), |time| time.to_utc())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn time(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn end_time_belongs_to_the_day_it_closes() {
        assert_eq!(day_of(time("2026-11-18T08:00:00Z")), day("2026-11-17"));
        assert_eq!(day_of(time("2026-07-18T07:00:00Z")), day("2026-07-17"));
        assert_eq!(day_of(time("2026-11-18T08:00:01Z")), day("2026-11-18"));
    }

    #[test]
    fn days_follow_the_clock_changes() {
        assert_eq!(bounds(day("2026-03-08")), (time("2026-03-08T08:00:00Z"), time("2026-03-09T07:00:00Z")));
        assert_eq!(bounds(day("2026-11-01")), (time("2026-11-01T07:00:00Z"), time("2026-11-02T08:00:00Z")));
        assert_eq!(bounds(day("2026-11-20")), (time("2026-11-20T08:00:00Z"), time("2026-11-21T08:00:00Z")));
    }

    #[test]
    fn today_turns_at_pacific_midnight() {
        assert_eq!(today(time("2026-11-20T07:59:59Z")), day("2026-11-19"));
        assert_eq!(today(time("2026-11-20T08:00:00Z")), day("2026-11-20"));
        assert_eq!(today(time("2026-07-20T07:00:00Z")), day("2026-07-20"));
    }

    #[test]
    fn ends_of_the_calendar_do_not_panic() {
        let _bounds = (bounds(NaiveDate::MAX), bounds(NaiveDate::MIN));
        let _days = (day_of(DateTime::<Utc>::MIN_UTC), today(DateTime::<Utc>::MAX_UTC));
    }

    proptest! {
        #[test]
        fn bounds_and_days_agree(offset in 0_i64..20_000, seconds in 1_i64..82_800) {
            let day = NaiveDate::default() + TimeDelta::days(offset);
            let (start, end) = bounds(day);
            prop_assert_eq!(day_of(end), day);
            prop_assert_eq!(today(start), day);
            prop_assert_eq!(today(start + TimeDelta::seconds(seconds)), day);
            prop_assert_eq!(bounds(day + TimeDelta::days(1)).0, end);
            prop_assert!((22..=26).contains(&(end - start).num_hours()));
        }
    }
}
