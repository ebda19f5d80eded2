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
    insights::{Day, removals, truth},
    seed::{between, split, tag, unit},
    versions::Version,
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

/// Whether a name stands for a metric of media, now or formerly.
pub(crate) fn is_name(name: &str) -> bool {
    METRICS.iter().chain(ENDED).any(|metric| metric.name == name)
}

/// 2024-07-02T00:00:00Z: media made before it keep `impressions` in the versions that had them
/// (Instagram platform changelog, v22.0).
const IMPRESSIONS_UNTIL: i64 = 1_719_878_400;

fn keeps_impressions(item: &Item, name: &str, version: Version) -> bool {
    name == "impressions" && version < Version(22) && item.at.timestamp() < IMPRESSIONS_UNTIL
}

/// How long a post keeps gathering numbers: after this many seconds nearly two thirds are there.
const PACE: f64 = 36.0 * 3_600.0;

/// Under which name an account counts what a metric of its media counts.
fn of_account(metric: &str) -> &str {
    match metric {
        "views"
        | "total_views"
        | "plays"
        | "impressions"
        | "video_views"
        | "facebook_views"
        | "crossposted_views"
        | "ig_reels_aggregated_all_plays_count" => "views",
        "total_likes" => "likes",
        "total_comments" => "comments",
        "saved" => "saves",
        "follows" => "follower_count",
        "profile_visits" => "profile_views",
        "profile_activity" => "profile_links_taps",
        other => other,
    }
}

/// Of what its kind brings an account in the time until the next of its kind, so much is a media's
/// own at most; the rest belongs to older ones.
const OWN: f64 = 0.9;
/// The same for reach: the people whom several media reached count once for the account.
const OWN_REACH: f64 = 0.45;
/// The posts of one day together have at most this part of their own share of the account's day.
const OF_THE_DAY: f64 = 0.75;

/// A metric's value now; it only ever grows. It is a share of what the account got on the day of the
/// media, small enough that the media of any window never add up to more than the account.
pub(crate) fn value(seed: u64, item: &Item, name: &str, now: DateTime<Utc>) -> u64 {
    let words = |salt: &str| [seed, item.id, tag(salt)];
    match name {
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
        // What the account has no number for.
        "navigation" => return share(seed, item, "reach", now, between(0.6, 1.1, &words(name))),
        "link_clicks" => return share(seed, item, "reach", now, between(0.002, 0.02, &words(name))),
        "facebook_views" | "crossposted_views" => return share(seed, item, "views", now, 0.2),
        _ => {}
    }
    // A reach of its own for each media is in its luck; other metrics differ a little besides.
    let metric = of_account(name);
    let tilt = if metric == "reach" { 1.0 } else { between(0.8, 1.0, &words(metric)) };
    share(seed, item, metric, now, tilt)
}

/// A media's share of a metric of its account, times `tilt`.
fn share(seed: u64, item: &Item, metric: &str, now: DateTime<Utc>, tilt: f64) -> u64 {
    let day = Day::of(item.at);
    let numbers = truth::Numbers::of(seed, &item.account, day);
    let key = match item.product {
        Product::Reel => "REEL",
        Product::Story => "STORY",
        Product::Album | Product::Child => "CAROUSEL_CONTAINER",
        Product::Image => "POST",
    };
    let of_kind = numbers.part(metric, "media_product_type", key) as f64 * item.days_between();
    let most = match item.product {
        Product::Story => of_kind,
        _ => of_kind.min(numbers.get(metric) as f64 * OF_THE_DAY / item.made_that_day(seed, day) as f64),
    };
    let own = if metric == "reach" { OWN_REACH } else { OWN };
    let luck = |salt: &str| between(0.0, 1.0, &[seed, item.id, tag(salt)]);
    let luck = 0.5 + 0.4 * luck("luck") + 0.1 * luck("viral").powi(6);
    let age = (now - item.at).num_seconds().max(0) as f64;
    // A story is over after a day; a post goes on.
    let pace = if item.product == Product::Story { PACE / 6.0 } else { PACE };
    (most * own * luck * tilt * (1.0 - (-age / pace).exp())).round() as u64
}

/// One in ten posts also runs on Facebook.
fn crossposted(seed: u64, item: &Item) -> bool {
    between(0.0, 1.0, &[seed, item.id, tag("crossposted")]) < 0.1
}

/// Whether the owner hides how many like it.
pub(crate) fn hides_likes(seed: u64, item: &Item) -> bool {
    unit(&[seed, item.id, tag("hidden likes")]) < 0.05
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
        if let Some(message) = removals::removed(name, false, visit.version, now, settings)
            && !keeps_impressions(item, name, visit.version)
        {
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
    let told = |name: &&&str| **name != "likes" || settings.media_hidden_likes || !hides_likes(seed, item);
    let data: Result<Vec<Value>, GraphError> =
        asked.iter().filter(told).map(|name| entry(seed, item, name, breakdown.as_deref(), now)).collect();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        graph::media::made_between,
        insights::truth::View,
        people::{Account, World},
    };

    fn accounts() -> Vec<Account> {
        let world = World { seed: 7, generated: 40 };
        let mut accounts = world.fixed_accounts();
        let generated = world.generated_people(0, 40).into_iter().flat_map(|person| person.roles);
        accounts.extend(generated.filter_map(|role| world.account(role.page.account?)));
        accounts
    }

    const PAIRS: [(&str, &str); 8] = [
        ("reach", "reach"),
        ("views", "views"),
        ("likes", "likes"),
        ("comments", "comments"),
        ("saved", "saves"),
        ("shares", "shares"),
        ("total_interactions", "total_interactions"),
        ("profile_visits", "profile_views"),
    ];

    #[test]
    fn the_media_of_a_window_never_add_up_to_more_than_the_account() {
        let view = View::settled(7);
        let first = Day("2026-06-01".parse().unwrap());
        for account in accounts() {
            for (start, length) in [(0, 1), (3, 1), (9, 1), (10, 7), (40, 28), (80, 90)] {
                let days: Vec<Day> = (start..start + length).map(|ahead| first.plus(ahead)).collect();
                let media = made_between(7, &account, days[0].start(), days[days.len() - 1].end());
                for (of_media, of_account) in PAIRS {
                    let sum: u64 =
                        media.iter().map(|item| value(7, item, of_media, DateTime::<Utc>::MAX_UTC)).sum();
                    let whole = view.span(&account, of_account, of_account == "reach", &days).unwrap();
                    assert!(sum <= whole, "{} {of_media} {days:?}: {sum} > {whole}", account.username);
                }
            }
        }
    }

    #[test]
    fn media_are_a_believable_part_of_their_account() {
        let view = View::settled(7);
        let first = Day("2026-06-01".parse().unwrap());
        let days: Vec<Day> = (0..90).map(|ahead| first.plus(ahead)).collect();
        for account in accounts().iter().filter(|account| account.followers > 5_000) {
            let media = made_between(7, account, days[0].start(), days[89].end());
            for kind in ["views", "likes"] {
                let sum: u64 = media.iter().map(|item| value(7, item, kind, DateTime::<Utc>::MAX_UTC)).sum();
                let share = sum as f64 / view.span(account, kind, false, &days).unwrap() as f64;
                assert!((0.05..0.9).contains(&share), "{} {kind} {share}", account.username);
            }
        }
    }

    #[test]
    fn numbers_of_one_media_do_not_contradict_each_other() {
        let (from, to) = (Day("2026-06-01".parse().unwrap()), Day("2026-07-01".parse().unwrap()));
        for account in accounts() {
            for item in made_between(7, &account, from.start(), to.start()) {
                let get = |name: &str| value(7, &item, name, DateTime::<Utc>::MAX_UTC);
                assert!(get("reach") <= get("views"), "{}", item.id);
                assert!(get("likes") <= get("total_interactions") || item.product == Product::Story);
                assert!(get("likes") <= get("reach"), "{}", item.id);
            }
        }
    }

    #[test]
    fn old_media_keep_their_impressions() {
        let account = accounts().swap_remove(0);
        let moment = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().to_utc();
        let made = |from: &str, to: &str| made_between(7, &account, moment(from), moment(to)).swap_remove(0);
        let old = made("2024-06-01T00:00:00Z", "2024-06-20T00:00:00Z");
        let new = made("2024-07-03T00:00:00Z", "2024-07-20T00:00:00Z");
        assert!(keeps_impressions(&old, "impressions", Version(21)));
        assert!(!keeps_impressions(&old, "impressions", Version(22)));
        assert!(!keeps_impressions(&old, "plays", Version(21)));
        assert!(!keeps_impressions(&new, "impressions", Version(21)));
    }
}
