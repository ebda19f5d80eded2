//! Insights of one media (page "Instagram media insights").

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{
    Outcome,
    account::Right,
    media::{Item, Product},
};
use crate::{
    call::Params,
    error::GraphError,
    insights::{removals, truth},
    seed::{between, split, tag},
    visit::Visit,
};

/// For which products a metric exists, and in which flow.
struct Metric {
    name: &'static str,
    feed: bool,
    reels: bool,
    story: bool,
    facebook_login_only: bool,
    title: &'static str,
}

const fn metric(name: &'static str, title: &'static str, feed: bool, reels: bool, story: bool) -> Metric {
    Metric { name, feed, reels, story, facebook_login_only: false, title }
}

const fn facebook(name: &'static str, title: &'static str, feed: bool, reels: bool, story: bool) -> Metric {
    Metric { name, feed, reels, story, facebook_login_only: true, title }
}

const METRICS: &[Metric] = &[
    metric("reach", "Accounts reached", true, true, true),
    metric("views", "Views", true, true, true),
    metric("shares", "Shares", true, true, true),
    metric("total_interactions", "Post interactions", true, true, true),
    metric("reposts", "Reposts", true, true, true),
    metric("facebook_views", "Facebook views", true, true, true),
    metric("comments", "Comments", true, true, false),
    metric("likes", "Likes", true, true, false),
    metric("saved", "Saved", true, true, false),
    metric("follows", "Follows", true, false, true),
    metric("profile_visits", "Profile visits", true, false, true),
    metric("profile_activity", "Profile activity", true, false, true),
    metric("ig_reels_avg_watch_time", "Average watch time", false, true, false),
    metric("ig_reels_video_view_total_time", "Watch time", false, true, false),
    metric("reels_skip_rate", "Skip rate", false, true, false),
    metric("crossposted_views", "Crossposted views", false, true, false),
    metric("replies", "Replies", false, false, true),
    metric("navigation", "Navigation", false, false, true),
    facebook("link_clicks", "Link clicks", false, false, true),
    facebook("total_likes", "Total likes", true, true, false),
    facebook("total_comments", "Total comments", true, true, false),
    facebook("total_views", "Total views", true, true, false),
];

/// What `views` replaced, for a clock set back before its end; the enumeration does not contain them.
const ENDED: &[Metric] = &[
    metric("impressions", "Impressions", true, false, true),
    metric("plays", "Plays", false, true, false),
    metric("clips_replays_count", "Replays", false, true, false),
    metric("ig_reels_aggregated_all_plays_count", "All plays", false, true, false),
    metric("video_views", "Video views", true, false, false),
];

/// How long a post keeps gathering numbers: after this many seconds nearly two thirds are there.
const PACE: f64 = 36.0 * 3_600.0;

/// A metric's value now; it only ever grows.
pub(crate) fn value(seed: u64, item: &Item, name: &str, now: DateTime<Utc>) -> u64 {
    let words = |salt: &str| [seed, item.id, tag(salt)];
    let base = truth::base_reach(seed, &item.account);
    let luck = between(0.25, 1.5, &words("luck")) + 6.0 * between(0.0, 1.0, &words("viral")).powi(12);
    let kind = match item.product {
        Product::Reel => 1.6,
        Product::Story => 0.35,
        _ => 0.9,
    };
    let age = (now - item.at).num_seconds().max(0) as f64;
    // A story is over after a day; a post goes on.
    let pace = if item.product == Product::Story { PACE / 6.0 } else { PACE };
    let grown = 1.0 - (-age / pace).exp();
    let reach = base * luck * kind * grown;
    let rate = |low: f64, high: f64| reach * between(low, high, &words(name));
    let number = match name {
        "reach" => reach,
        "views"
        | "total_views"
        | "plays"
        | "impressions"
        | "video_views"
        | "ig_reels_aggregated_all_plays_count" => reach * between(1.2, 2.4, &words("views")),
        "likes" | "total_likes" => reach * between(0.03, 0.11, &words("likes")),
        "comments" | "total_comments" => reach * between(0.001, 0.012, &words("comments")),
        "saved" => rate(0.002, 0.02),
        "shares" => rate(0.002, 0.03),
        "reposts" => rate(0.000_5, 0.004),
        "follows" => rate(0.000_2, 0.002),
        "profile_visits" => rate(0.004, 0.02),
        "profile_activity" => rate(0.001, 0.005),
        "facebook_views" | "crossposted_views" => reach * 0.2,
        "replies" => rate(0.001, 0.008),
        "navigation" => rate(0.6, 1.1),
        "link_clicks" => rate(0.002, 0.02),
        "ig_reels_avg_watch_time" => return between(2_500.0, 14_000.0, &words("watch")) as u64,
        "ig_reels_video_view_total_time" => {
            return value(seed, item, "views", now) * value(seed, item, "ig_reels_avg_watch_time", now);
        }
        "reels_skip_rate" => return between(12.0, 60.0, &words("skip")) as u64,
        "total_interactions" => {
            let parts: &[&str] = match item.product {
                Product::Story => &["shares", "replies", "reposts"],
                _ => &["likes", "comments", "saved", "shares", "reposts"],
            };
            return parts.iter().map(|part| value(seed, item, part, now)).sum();
        }
        _ => 0.0,
    };
    number as u64
}

/// One in ten posts also runs on Facebook.
fn crossposted(seed: u64, item: &Item) -> bool {
    between(0.0, 1.0, &[seed, item.id, tag("crossposted")]) < 0.1
}

/// Answers `/{media-id}/insights`.
pub(crate) fn read(visit: &Visit<'_>, right: &Right, item: &Item, params: &Params) -> Outcome {
    let (seed, now, settings) = (visit.world().seed, visit.now, &visit.inner.state.settings);
    let asked = params
        .list("metric")
        .filter(|asked| !asked.is_empty())
        .ok_or_else(|| GraphError::parameter("The parameter metric is required"))?;
    let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
    let known = METRICS.iter().filter(|metric| !(metric.facebook_login_only && right.is_instagram()));
    for (index, name) in asked.iter().enumerate() {
        if let Some(message) = removals::removed(name, false, visit.version, now, settings) {
            return Err(GraphError::parameter(message));
        }
        if !known.clone().chain(ENDED).any(|metric| metric.name == *name) {
            let names: Vec<&str> = known.clone().map(|metric| metric.name).collect();
            return Err(GraphError::parameter(format!(
                "metric[{index}] must be one of the following values: {}",
                names.join(", ")
            )));
        }
    }
    if item.product == Product::Child {
        return Err(GraphError::missing(&item.id.to_string(), "GET"));
    }
    if item.before_professional() {
        return Err(GraphError::new(
            400,
            100,
            "Media posted before business account conversion: the media was posted before the most recent time that the user's account was converted to a business account from a personal account.",
        )
        .subcode(2_108_006));
    }
    let unfit: Vec<&str> = asked
        .iter()
        .copied()
        .filter(|name| {
            METRICS.iter().chain(ENDED).any(|metric| {
                metric.name == *name
                    && !match item.product {
                        Product::Reel => metric.reels,
                        Product::Story => metric.story,
                        _ => metric.feed,
                    }
            })
        })
        .collect();
    if !unfit.is_empty() {
        return Err(GraphError::parameter(format!(
            "The Media Insights API does not support the {} metric for this media product type.",
            unfit.join(", ")
        )));
    }
    if asked.iter().any(|name| matches!(*name, "facebook_views" | "crossposted_views"))
        && !crossposted(seed, item)
    {
        return Err(GraphError::parameter("The media is not crossposted to Facebook.").subcode(2_207_086));
    }
    if item.product == Product::Story && value(seed, item, "reach", now) < 5 {
        return Err(GraphError::new(400, 10, "(#10) Not enough viewers for the media to show insights"));
    }
    let breakdown = params.list("breakdown").map(|parts| parts.join(","));
    let data: Result<Vec<Value>, GraphError> =
        asked.iter().map(|name| entry(seed, item, name, breakdown.as_deref(), now)).collect();
    let mut data = data?;
    if !settings.media_breakdown_values {
        for entry in data.iter_mut().filter(|entry| entry.get("total_value").is_some()) {
            if let Some(entry) = entry.as_object_mut() {
                entry.remove("values");
            }
        }
    }
    Ok(json!({ "data": data }))
}

fn entry(seed: u64, item: &Item, name: &str, breakdown: Option<&str>, now: DateTime<Utc>) -> Outcome {
    let total = value(seed, item, name, now);
    let title =
        METRICS.iter().chain(ENDED).find(|metric| metric.name == name).map_or(name, |metric| metric.title);
    let mut entry = json!({
        "name": name,
        "period": "lifetime",
        "values": [{"value": total}],
        "title": title,
        "description": format!("{title} of this media"),
        "id": format!("{}/insights/{name}/lifetime", item.id),
    });
    let Some(breakdown) = breakdown else { return Ok(entry) };
    let parts: &[(&str, f64)] = match (name, breakdown) {
        ("navigation", "story_navigation_action_type") => {
            &[("tap_forward", 0.62), ("tap_back", 0.1), ("tap_exit", 0.2), ("swipe_forward", 0.08)]
        }
        ("profile_activity", "action_type") => {
            &[("bio_link_clicked", 0.6), ("email", 0.1), ("direction", 0.2), ("call", 0.1)]
        }
        _ => return Err(GraphError::new(400, 1, "An unknown error has occurred.")),
    };
    let weights: Vec<f64> = parts.iter().map(|(_, weight)| *weight).collect();
    let results: Vec<Value> = parts
        .iter()
        .zip(split(total, &weights))
        .map(|((key, _), value)| json!({"dimension_values": [key], "value": value}))
        .collect();
    entry["total_value"] =
        json!({"value": total, "breakdowns": [{"dimension_keys": [breakdown], "results": results}]});
    Ok(entry)
}
