//! Who follows, who was reached, who interacted: by age, gender, country, city.

use serde_json::{Map, Value, json};

use super::{
    catalogue::Entry,
    day::Day,
    head, places,
    request::Request,
    truth::{self, View},
};
use crate::{
    clock::meta_time,
    error::GraphError,
    people::Account,
    seed::{between, tag},
    settings::{Settings, SmallAudience},
};

/// Only this many segments are told, so the sum is smaller than the whole.
const TOP: usize = 45;

const AGES: &[(&str, f64)] = &[
    ("13-17", 0.04),
    ("18-24", 0.22),
    ("25-34", 0.34),
    ("35-44", 0.21),
    ("45-54", 0.11),
    ("55-64", 0.05),
    ("65+", 0.03),
];
const GENDERS: &[(&str, f64)] = &[("F", 0.52), ("M", 0.43), ("U", 0.05)];

/// The entry; none when there are too few people to tell about.
pub(super) fn entry(
    view: &View,
    account: &Account,
    metric: &Entry,
    request: &Request,
    settings: &Settings,
) -> Result<Option<Value>, GraphError> {
    let followers = truth::followers(view.seed, account, view.now);
    let too_few = |head: Value| match settings.small_audience {
        SmallAudience::Empty => None,
        SmallAudience::WithoutBreakdowns => Some(with_total(head, json!({}))),
        SmallAudience::WithoutResults => {
            Some(with_total(head, json!({"breakdowns": [{"dimension_keys": request.breakdowns}]})))
        }
    };
    if followers < 100 {
        return Ok(too_few(head(account, metric, "lifetime")));
    }
    let days: i64 = match request.timeframe.as_deref() {
        Some("this_week") => 7,
        Some("last_14_days") => 14,
        Some("last_90_days") => 90,
        _ => 30,
    };
    let today = Day::of(view.now);
    let span: Vec<Day> = (1..=days).rev().map(|ago| today.plus(-ago)).collect();
    let people = match metric.name {
        "engaged_audience_demographics" => view.span(account, "accounts_engaged", true, &span).unwrap_or(0),
        "reached_audience_demographics" => view.span(account, "reach", true, &span).unwrap_or(0),
        _ => followers,
    };
    if people < 100 {
        return Ok(too_few(head(account, metric, "lifetime")));
    }
    let mut entry = head(account, metric, "lifetime");
    if request.breakdowns.is_empty() {
        // Meta answers without a breakdown, and then there is nothing to tell.
        entry["total_value"] = json!({});
        return Ok(Some(entry));
    }
    let mut results: Vec<(Vec<String>, u64)> = combine(view, account, metric.name, &request.breakdowns)
        .into_iter()
        .map(|(keys, share)| (keys, (people as f64 * 0.97 * share) as u64))
        .filter(|(_, count)| *count > 0)
        .collect();
    results.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
    results.truncate(TOP);
    let timeframe = request
        .timeframe
        .as_ref()
        .filter(|_| settings.demographics_timeframe_dimension)
        .map(|text| text.to_uppercase());
    let mut keys = request.breakdowns.clone();
    if timeframe.is_some() {
        keys.insert(0, "timeframe".into());
    }
    let results: Vec<Value> = results
        .into_iter()
        .map(|(values, count)| {
            let values: Vec<String> = timeframe.iter().cloned().chain(values).collect();
            let mut result = json!({"dimension_values": values, "value": count});
            if settings.demographics_end_time {
                result["end_time"] = meta_time(today.start()).into();
            }
            result
        })
        .collect();
    entry["total_value"] = json!({"breakdowns": [{"dimension_keys": keys, "results": results}]});
    Ok(Some(entry))
}

/// What the former `audience_…` told: one object of followers by segment, as of the last midnight.
pub(super) fn former_entry(view: &View, account: &Account, metric: &Entry) -> Option<Value> {
    let followers = truth::followers(view.seed, account, view.now);
    if followers < 100 {
        return None;
    }
    let dimensions: &[&str] = match metric.name {
        "audience_city" => &["city"],
        "audience_gender_age" => &["gender", "age"],
        _ => &["country"],
    };
    let dimensions: Vec<String> = dimensions.iter().map(|name| (*name).to_owned()).collect();
    let mut segments: Vec<(String, u64)> = combine(view, account, metric.name, &dimensions)
        .into_iter()
        .map(|(keys, share)| {
            let name = match metric.name {
                "audience_locale" => format!("{}_{}", places::language(&keys[0]), keys[0]),
                _ => keys.join("."),
            };
            (name, (followers as f64 * 0.97 * share) as u64)
        })
        .filter(|(_, count)| *count > 0)
        .collect();
    segments.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    segments.truncate(TOP);
    let value: Map<String, Value> = segments.into_iter().map(|(name, count)| (name, count.into())).collect();
    let mut entry = head(account, metric, "lifetime");
    let end_time = meta_time(Day::of(view.now).start());
    entry["values"] = json!([{"value": value, "end_time": end_time}]);
    Some(entry)
}

fn with_total(mut entry: Value, total: Value) -> Value {
    entry["total_value"] = total;
    entry
}

/// Every combination of the asked dimensions with its share of the people.
fn combine(view: &View, account: &Account, metric: &str, dimensions: &[String]) -> Vec<(Vec<String>, f64)> {
    let mut combinations = vec![(Vec::new(), 1.0)];
    for dimension in dimensions {
        let shares = shares(view, account, metric, dimension);
        combinations = combinations
            .iter()
            .flat_map(|(keys, weight)| {
                shares.iter().map(move |(key, share)| {
                    let mut keys: Vec<String> = keys.clone();
                    keys.push(key.clone());
                    (keys, weight * share)
                })
            })
            .collect();
    }
    combinations
}

fn shares(view: &View, account: &Account, metric: &str, dimension: &str) -> Vec<(String, f64)> {
    let table: Vec<(String, f64)> = match dimension {
        "age" => AGES.iter().map(|(key, weight)| ((*key).to_owned(), *weight)).collect(),
        "gender" => GENDERS.iter().map(|(key, weight)| ((*key).to_owned(), *weight)).collect(),
        "country" => places::countries(account.home),
        _ => places::cities(account.home),
    };
    let weights: Vec<(String, f64)> = table
        .into_iter()
        .map(|(key, weight)| {
            let level = between(0.6, 1.5, &[view.seed, account.id, tag(&key)]);
            let tilt = between(0.9, 1.1, &[view.seed, account.id, tag(&key), tag(metric)]);
            (key, weight * level * tilt)
        })
        .collect();
    let sum: f64 = weights.iter().map(|(_, weight)| weight).sum();
    weights.into_iter().map(|(key, weight)| (key, weight / sum)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::{HARBOUR_BAKERY, World};
    use chrono::{DateTime, TimeDelta};

    #[test]
    fn cities_are_cut_at_forty_five_and_sum_to_less_than_the_followers() {
        let account = World { seed: 7, generated: 0 }.account(HARBOUR_BAKERY).unwrap();
        let now = DateTime::parse_from_rfc3339("2026-11-20T12:00:00Z").unwrap().to_utc();
        let view = View { seed: 7, now, lag: TimeDelta::zero(), settle: TimeDelta::hours(48), excess: 0.0 };
        let settings = crate::settings::Settings::default();
        let query = "metric=follower_demographics&period=lifetime&metric_type=total_value&breakdown=city";
        let request = super::super::request::parse(
            &crate::call::Params::parse(query.as_bytes()),
            now,
            crate::versions::Version(25),
            &settings,
        )
        .unwrap();
        let metric = request.metrics[0].entry;
        let entry = entry(&view, &account, metric, &request, &settings).unwrap().unwrap();
        let results = entry.pointer("/total_value/breakdowns/0/results").unwrap().as_array().unwrap();
        assert_eq!(results.len(), TOP);
        let sum: u64 = results.iter().map(|result| result["value"].as_u64().unwrap()).sum();
        assert!(sum < truth::followers(7, &account, now));
        assert!(entry["total_value"].get("value").is_none());
    }
}
