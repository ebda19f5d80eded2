//! Which metrics ended when (Instagram platform changelog). A removal first hits new versions and,
//! about ninety days later, all of them; pinning a version only delays it.

use chrono::{DateTime, NaiveDate, Utc};

use crate::{settings::Settings, versions::Version};

/// What of a metric ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    All,
    /// Only `metric_type=time_series`.
    TimeSeries,
}

/// `(metric, part, from version, all versions on, replacement)`
type Row = (&'static str, Part, u32, (i32, u32, u32), &'static str);

const TABLE: &[Row] = &[
    ("audience_city", Part::All, 18, (2023, 12, 11), "follower_demographics"),
    ("audience_country", Part::All, 18, (2023, 12, 11), "follower_demographics"),
    ("audience_gender_age", Part::All, 18, (2023, 12, 11), "follower_demographics"),
    ("audience_locale", Part::All, 18, (2023, 12, 11), "follower_demographics"),
    ("profile_views", Part::TimeSeries, 21, (2025, 1, 8), "metric_type=total_value"),
    ("website_clicks", Part::TimeSeries, 21, (2025, 1, 8), "metric_type=total_value"),
    ("email_contacts", Part::All, 21, (2025, 1, 8), "profile_links_taps"),
    ("phone_call_clicks", Part::All, 21, (2025, 1, 8), "profile_links_taps"),
    ("text_message_clicks", Part::All, 21, (2025, 1, 8), "profile_links_taps"),
    ("get_directions_clicks", Part::All, 21, (2025, 1, 8), "profile_links_taps"),
    ("impressions", Part::All, 22, (2025, 4, 21), "views"),
    ("plays", Part::All, 22, (2025, 4, 21), "views"),
    ("clips_replays_count", Part::All, 22, (2025, 4, 21), "views"),
    ("ig_reels_aggregated_all_plays_count", Part::All, 22, (2025, 4, 21), "views"),
    ("video_views", Part::All, 22, (2025, 4, 21), "views"),
];

/// Says why a metric is not served any more, if so.
pub(crate) fn removed(
    metric: &str,
    series: bool,
    version: Version,
    now: DateTime<Utc>,
    settings: &Settings,
) -> Option<String> {
    let today = now.date_naive();
    for (name, part, from, (year, month, day), instead) in TABLE {
        if *name != metric || (*part == Part::TimeSeries && !series) {
            continue;
        }
        let all = NaiveDate::from_ymd_opt(*year, *month, *day).is_some_and(|date| today >= date);
        if all || version.0 >= *from {
            return Some(format!(
                "Starting from version v{from}.0 and above, the {metric} metric is no longer supported. Please use {instead} instead. For more information, please refer to https://developers.facebook.com/docs/instagram-platform/changelog."
            ));
        }
    }
    settings
        .planned_removals
        .iter()
        .find(|removal| {
            removal.metric == metric
                && (removal.all_versions_on.is_some_and(|date| today >= date)
                    || removal.from_version.is_some_and(|from| version.0 >= from))
        })
        .map(|removal| {
            let from = removal.from_version.unwrap_or(version.0);
            format!("Starting from version v{from}.0 and above, the {metric} metric is no longer supported.")
        })
}

/// What `debug=all` says about metrics that still work and will not for ever.
pub(crate) fn announced(metrics: &[String], now: DateTime<Utc>, settings: &Settings) -> Vec<String> {
    let today = now.date_naive();
    settings
        .planned_removals
        .iter()
        .filter(|removal| metrics.contains(&removal.metric))
        .filter_map(|removal| {
            let day = removal.all_versions_on.filter(|day| *day > today)?;
            Some(format!(
                "The {} metric will no longer be supported in any version from {day} on.",
                removal.metric
            ))
        })
        .collect()
}

/// Timeframes of demographics that were replaced by `this_week` and `this_month`.
pub(super) const OLD_TIMEFRAMES: [&str; 4] = ["last_14_days", "last_30_days", "last_90_days", "prev_month"];

/// They ended with v20, and for all versions on 2024-08-19.
pub(super) fn timeframes_removed(version: Version, now: DateTime<Utc>) -> bool {
    version.0 >= 20 || NaiveDate::from_ymd_opt(2024, 8, 19).is_some_and(|day| now.date_naive() >= day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    #[test]
    fn impressions_end_by_version_first_and_by_date_later() {
        let settings = Settings::default();
        let before = at("2025-03-01T00:00:00Z");
        assert!(removed("impressions", true, Version(21), before, &settings).is_none());
        assert!(removed("impressions", true, Version(22), before, &settings).unwrap().contains("v22.0"));
        assert!(removed("impressions", true, Version(21), at("2025-04-21T00:00:00Z"), &settings).is_some());
    }

    #[test]
    fn profile_views_lost_only_its_series() {
        let (settings, now) = (Settings::default(), at("2026-11-20T00:00:00Z"));
        assert!(removed("profile_views", false, Version(25), now, &settings).is_none());
        assert!(removed("profile_views", true, Version(25), now, &settings).is_some());
    }

    #[test]
    fn timeframes_end_by_version_first_and_by_date_later() {
        assert!(!timeframes_removed(Version(19), at("2024-08-18T00:00:00Z")));
        assert!(timeframes_removed(Version(20), at("2024-08-18T00:00:00Z")));
        assert!(timeframes_removed(Version(19), at("2024-08-19T00:00:00Z")));
    }

    #[test]
    fn a_planned_removal_takes_effect_on_its_day() {
        let settings = Settings::default()
            .patched(&serde_json::json!({"planned_removals": [{"metric": "saves", "all_versions_on": "2027-01-01"}]}))
            .unwrap();
        assert!(removed("saves", false, Version(25), at("2026-12-31T00:00:00Z"), &settings).is_none());
        assert!(removed("saves", false, Version(25), at("2027-01-01T00:00:00Z"), &settings).is_some());
    }
}
