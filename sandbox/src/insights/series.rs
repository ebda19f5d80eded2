//! `metric_type=time_series`: one value per day.

use serde_json::{Value, json};

use super::{
    catalogue::Entry,
    day::Day,
    head,
    request::Request,
    truth::{self, View},
};
use crate::{clock::meta_time, people::Account};

/// The entry, or none when the account is below a threshold.
pub(super) fn entry(view: &View, account: &Account, metric: &Entry, request: &Request) -> Option<Value> {
    if metric.needs_hundred && truth::followers(view.seed, account, view.now) < 100 {
        return None;
    }
    let mut values = Vec::new();
    for day in Day::between(request.since, request.until) {
        // New followers are told for finished days only.
        if metric.name == "follower_count" && day.end() > view.now {
            continue;
        }
        let days: Vec<Day> = match request.period {
            "week" => (0..7).map(|back| day.plus(-back)).collect(),
            "days_28" => (0..28).map(|back| day.plus(-back)).collect(),
            _ => vec![day],
        };
        // Without the day itself there is no value yet, whatever came before it.
        if view.share(day).is_none() {
            continue;
        }
        if let Some(value) = view.span(account, metric.name, metric.unique, &days) {
            values.push(json!({"value": value, "end_time": meta_time(day.end())}));
        }
    }
    let mut entry = head(account, metric, request.period);
    entry["values"] = Value::Array(values);
    Some(entry)
}
