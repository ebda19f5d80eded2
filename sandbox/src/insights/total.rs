//! `metric_type=total_value`: one value for the whole span, split by a breakdown if asked.

use serde_json::{Value, json};

use super::{
    catalogue::Entry,
    day::Day,
    head,
    request::Request,
    truth::{self, View},
};
use crate::people::Account;

/// The entry, or none when there is nothing to tell: below a threshold, or nothing visible yet.
pub(super) fn entry(view: &View, account: &Account, metric: &Entry, request: &Request) -> Option<Value> {
    if metric.needs_hundred && truth::followers(view.seed, account, view.now) < 100 {
        return None;
    }
    let mut days = Day::between(request.since, request.until);
    if let (Some(last), Some(back)) = (days.last().copied(), period_days(request.period)) {
        days = (0..back).rev().map(|ago| last.plus(-ago)).collect();
    }
    let value = view.span(account, metric.name, metric.unique, &days)?;
    let mut entry = head(account, metric, request.period);
    let breakdown = request.breakdowns.first();
    if metric.name == "follows_and_unfollows" {
        // Without its breakdown this metric has no total at all.
        if let Some(dimension) = breakdown {
            let visible: Vec<(Day, f64)> =
                days.iter().filter_map(|day| view.share(*day).map(|share| (*day, share))).collect();
            let (mut came, mut went) = (0, 0);
            for (day, share) in visible {
                let (gained, lost) = truth::gained_and_lost(view.seed, account, day);
                came += (gained as f64 * share) as u64;
                went += (lost as f64 * share) as u64;
            }
            entry["total_value"] = json!({"breakdowns": [{"dimension_keys": [dimension], "results": [
                {"dimension_values": ["FOLLOWER"], "value": came},
                {"dimension_values": ["NON_FOLLOWER"], "value": went},
            ]}]});
        }
        return Some(entry);
    }
    entry["total_value"] = json!({ "value": value });
    if let Some(dimension) = breakdown {
        let results: Vec<Value> = view
            .parts(account, metric.name, metric.unique, dimension, &days)
            .into_iter()
            .map(|(key, part)| json!({"dimension_values": [key], "value": part}))
            .collect();
        entry["total_value"]["breakdowns"] = json!([{"dimension_keys": [dimension], "results": results}]);
    }
    Some(entry)
}

fn period_days(period: &str) -> Option<i64> {
    match period {
        "week" => Some(7),
        "days_28" => Some(28),
        _ => None,
    }
}
