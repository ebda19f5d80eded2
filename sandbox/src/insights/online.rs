//! `online_followers`: how many followers were online in each hour of a day.

use serde_json::{Map, Value, json};

use super::{catalogue, day::Day, head, request::Request, truth, truth::View};
use crate::{
    clock::meta_time,
    people::Account,
    seed::{between, tag},
};

/// Share of the followers who are online, by hour of the day at home.
const CURVE: [f64; 24] = [
    0.16, 0.11, 0.08, 0.07, 0.07, 0.10, 0.18, 0.27, 0.32, 0.33, 0.33, 0.35, 0.39, 0.38, 0.36, 0.36, 0.38,
    0.42, 0.46, 0.49, 0.51, 0.47, 0.37, 0.25,
];

pub(super) fn entry(view: &View, account: &Account, request: &Request) -> Option<Value> {
    if truth::followers(view.seed, account, view.now) < 100 {
        return None;
    }
    let oldest = Day::of(view.now).plus(-30);
    let values: Vec<Value> = Day::between(request.since, request.until)
        .into_iter()
        .filter(|day| *day >= oldest)
        .map(|day| {
            // The newest days are there, and empty.
            let hours =
                if day.end() + view.settle > view.now { Map::new() } else { hours(view, account, day) };
            json!({"value": hours, "end_time": meta_time(day.end())})
        })
        .collect();
    let mut entry = head(account, catalogue::find("online_followers")?, "lifetime");
    entry["values"] = Value::Array(values);
    Some(entry)
}

fn hours(view: &View, account: &Account, day: Day) -> Map<String, Value> {
    let followers = truth::followers(view.seed, account, day.start()) as f64;
    // Hours are counted in Pacific time, while the audience lives somewhere else.
    let shift = match account.home {
        "US" | "CA" => 2,
        "BR" => 4,
        _ => 9,
    };
    (0..24_usize)
        .map(|hour| {
            let noise = between(
                0.92,
                1.08,
                &[view.seed, account.id, tag("online"), day.number() as u64, hour as u64],
            );
            let share = CURVE[(hour + shift) % 24] * noise;
            (hour.to_string(), Value::from((followers * share) as u64))
        })
        .collect()
}
