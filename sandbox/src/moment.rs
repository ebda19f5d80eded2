//! Moments as parameters. Graph reads Unix seconds, dates, and words about time.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::{call::Params, error::GraphError, insights::Day};

/// A parameter that names a moment, if it was sent.
pub(crate) fn moment(params: &Params, name: &str, now: DateTime<Utc>) -> Result<Option<i64>, GraphError> {
    let wrong = || GraphError::parameter(format!("Must be a valid UNIX timestamp: {name}"));
    params.filled(name).map(|text| read(text, now).ok_or_else(wrong)).transpose()
}

/// Dates and days mean their Pacific midnight, as days of insights do.
fn read(text: &str, now: DateTime<Utc>) -> Option<i64> {
    if let Ok(unix) = text.parse() {
        return Some(unix);
    }
    if let Ok(date) = text.parse::<NaiveDate>() {
        return Some(Day(date).start().timestamp());
    }
    let text = text.trim().to_lowercase();
    match text.as_str() {
        "now" => return Some(now.timestamp()),
        "today" => return Some(Day::of(now).start().timestamp()),
        "yesterday" => return Some(Day::of(now).plus(-1).start().timestamp()),
        _ => {}
    }
    // `-7 days`, `+2 weeks`, `3 hours ago`.
    let (text, sign) = match text.strip_suffix("ago") {
        Some(rest) => (rest.trim(), -1),
        None => (text.as_str(), 1),
    };
    let split = text.find(|letter: char| letter.is_ascii_alphabetic())?;
    let count: i64 = text[..split].trim().parse().ok()?;
    let unit = match text[split..].trim_end_matches('s') {
        "second" | "sec" => 1,
        "minute" | "min" => 60,
        "hour" => 3_600,
        "day" => 86_400,
        "week" => 7 * 86_400,
        _ => return None,
    };
    let moved =
        now.checked_add_signed(TimeDelta::try_seconds(count.checked_mul(unit)?.checked_mul(sign)?)?)?;
    Some(moved.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_words_are_moments_too() {
        let now = DateTime::parse_from_rfc3339("2026-11-20T12:00:00Z").unwrap().to_utc();
        let at = |text: &str| {
            read(text, now).and_then(|unix| DateTime::from_timestamp(unix, 0)).map(|at| at.to_rfc3339())
        };
        assert_eq!(read("1795000000", now), Some(1_795_000_000));
        assert_eq!(at("2026-11-18").unwrap(), "2026-11-18T08:00:00+00:00");
        assert_eq!(at("2026-07-01").unwrap(), "2026-07-01T07:00:00+00:00");
        assert_eq!(at("yesterday").unwrap(), "2026-11-19T08:00:00+00:00");
        assert_eq!(at("-7 days").unwrap(), "2026-11-13T12:00:00+00:00");
        assert_eq!(at("3 hours ago").unwrap(), "2026-11-20T09:00:00+00:00");
        for nonsense in ["", "soon", "-7 moons", "2026-13-01", "9223372036854775807 weeks", "days"] {
            assert_eq!(read(nonsense, now), None, "{nonsense}");
        }
    }
}
