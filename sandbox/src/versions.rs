//! Graph API versions and when they end: the dates of the page "Versions" of the Graph API changelog
//! (<https://developers.facebook.com/docs/graph-api/changelog/versions/>). It begins with the versions
//! that metrics could be asked with before the first removals; earlier the sandbox serves nothing.
//!
//! A version that has ended is not refused: the call is served by the oldest version still usable,
//! and only the header `facebook-api-version` tells.

use chrono::{DateTime, NaiveDate, Utc};

use crate::error::GraphError;

/// Year, month, day.
type Date = (i32, u32, u32);

/// `(major, released, stops)`; a version that has no announced end lasts.
const TABLE: &[(u32, Date, Option<Date>)] = &[
    (14, (2022, 5, 25), Some((2024, 9, 17))),
    (15, (2022, 9, 15), Some((2024, 11, 20))),
    (16, (2023, 2, 2), Some((2025, 5, 14))),
    (17, (2023, 5, 23), Some((2025, 9, 12))),
    (18, (2023, 9, 12), Some((2026, 1, 26))),
    (19, (2024, 1, 23), Some((2026, 5, 21))),
    (20, (2024, 5, 21), Some((2026, 9, 24))),
    (21, (2024, 10, 2), Some((2027, 1, 21))),
    (22, (2025, 1, 21), Some((2027, 5, 20))),
    (23, (2025, 5, 29), Some((2027, 10, 8))),
    (24, (2025, 10, 8), Some((2028, 2, 18))),
    (25, (2026, 2, 18), Some((2028, 7, 29))),
    (26, (2026, 7, 29), None),
];

/// A Graph API version; all that Meta serves today end in `.0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(pub(crate) u32);

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "v{}.0", self.0)
    }
}

/// Whether a path segment looks like a version at all.
pub(crate) fn looks_like_version(segment: &str) -> bool {
    segment.strip_prefix('v').is_some_and(|rest| {
        rest.split_once('.').is_some_and(|(major, minor)| {
            !major.is_empty()
                && !minor.is_empty()
                && major.bytes().all(|byte| byte.is_ascii_digit())
                && minor.bytes().all(|byte| byte.is_ascii_digit())
        })
    })
}

fn date(day: Date) -> NaiveDate {
    NaiveDate::from_ymd_opt(day.0, day.1, day.2).unwrap_or_default()
}

/// Which version answers a call that names `segment` at this moment.
pub(crate) fn serve(segment: &str, now: DateTime<Utc>) -> Result<Version, GraphError> {
    let unknown = || GraphError::unknown_path(&format!("/{segment}"));
    let (major, minor) = segment.trim_start_matches('v').split_once('.').ok_or_else(unknown)?;
    let major: u32 = major.parse().map_err(|_| unknown())?;
    let today = now.date_naive();
    let usable: Vec<u32> = TABLE
        .iter()
        .filter(|row| date(row.1) <= today && row.2.is_none_or(|stops| today < date(stops)))
        .map(|row| row.0)
        .collect();
    let (Some(oldest), Some(newest)) = (usable.first(), usable.last()) else { return Err(unknown()) };
    // Versions before 2.0 never existed on this API; minor numbers ended with v3.
    if major > *newest || major == 0 || (major > 3 && minor != "0") {
        return Err(unknown());
    }
    Ok(Version(major.max(*oldest)))
}

/// The oldest version usable now, which serves calls without a version.
pub(crate) fn oldest(now: DateTime<Utc>) -> Version {
    serve("v4.0", now).unwrap_or(Version(21))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    #[test]
    fn ended_versions_fall_forward() {
        let now = at("2026-11-20T12:00:00Z");
        assert_eq!(serve("v20.0", now).unwrap(), Version(21));
        assert_eq!(serve("v2.8", now).unwrap(), Version(21));
        assert_eq!(serve("v25.0", now).unwrap(), Version(25));
        assert_eq!(serve("v26.0", now).unwrap().to_string(), "v26.0");
        assert_eq!(serve("v27.0", now).unwrap_err().code, 2500);
        assert!(serve("v25.1", now).is_err());
    }

    #[test]
    fn the_clock_decides_which_versions_live() {
        assert_eq!(serve("v20.0", at("2026-09-23T12:00:00Z")).unwrap(), Version(20));
        assert_eq!(serve("v21.0", at("2027-01-21T12:00:00Z")).unwrap(), Version(22));
        assert!(serve("v26.0", at("2026-07-01T12:00:00Z")).is_err());
        assert_eq!(serve("v17.0", at("2023-12-01T12:00:00Z")).unwrap(), Version(17));
        assert_eq!(serve("v13.0", at("2023-12-01T12:00:00Z")).unwrap(), Version(14));
        assert_eq!(serve("v17.0", at("2025-09-12T12:00:00Z")).unwrap(), Version(18));
        assert!(serve("v14.0", at("2022-05-24T12:00:00Z")).is_err());
        assert_eq!(oldest(at("2026-11-20T00:00:00Z")), Version(21));
    }

    #[test]
    fn only_versions_look_like_versions() {
        assert!(looks_like_version("v25.0"));
        assert!(!looks_like_version("videos"));
        assert!(!looks_like_version("v25"));
        assert!(!looks_like_version("me"));
    }
}
