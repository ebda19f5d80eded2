//! The numbers themselves. The same account, metric and day always have the same final value; what
//! is served before it is final approaches it from below.

use chrono::{DateTime, TimeDelta, Utc};

use super::day::Day;
use crate::{
    people::Account,
    seed::{between, split, tag, unit},
};

/// The day on which an account has the number of followers that its card states.
const REFERENCE: i64 = 739_921;

/// From when on reposts are counted (Instagram platform changelog, 2025-12-03).
const REPOSTS_FROM: i64 = 739_588;

/// Metrics that have a value for each day.
pub(crate) const METRICS: &[&str] = &[
    "reach",
    "views",
    "impressions",
    "accounts_engaged",
    "total_interactions",
    "likes",
    "comments",
    "saves",
    "shares",
    "replies",
    "reposts",
    "profile_views",
    "website_clicks",
    "profile_links_taps",
    "follower_count",
    "follows_and_unfollows",
];

/// Through which glasses the truth is seen: what has not settled yet is smaller.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View {
    pub(crate) seed: u64,
    pub(crate) now: DateTime<Utc>,
    /// Delay between an event and its first appearance.
    pub(crate) lag: TimeDelta,
    /// Time after the end of a day until its values are final.
    pub(crate) settle: TimeDelta,
    /// By which share a finished day is told too high until its values are final.
    pub(crate) excess: f64,
}

/// Share of the final value that a day has gathered when it ends.
const AT_CLOSE: f64 = 0.94;

impl View {
    /// How much of a day is visible: nothing yet, or a share that ends as 1.
    pub(crate) fn share(&self, day: Day) -> Option<f64> {
        let (start, end) = (day.start(), day.end());
        let seen = self.now - self.lag;
        if seen <= start {
            return None;
        }
        if seen < end {
            let part = (seen - start).num_seconds() as f64 / (end - start).num_seconds() as f64;
            return Some(AT_CLOSE * part);
        }
        let left = (self.settle - self.lag).num_seconds().max(1) as f64;
        let part = (seen - end).num_seconds() as f64 / left;
        Some(if part >= 1.0 {
            1.0
        } else if self.excess > 0.0 {
            1.0 + self.excess
        } else {
            AT_CLOSE + (1.0 - AT_CLOSE) * part
        })
    }

    /// A metric of one day as it is served now.
    pub(crate) fn day(&self, account: &Account, metric: &str, day: Day) -> Option<u64> {
        let share = self.share(day)?;
        let full = value(self.seed, account, metric, day);
        Some((full as f64 * share) as u64)
    }

    /// A metric over several days; distinct people are counted once. `None` if no day is visible.
    pub(crate) fn span(&self, account: &Account, metric: &str, unique: bool, days: &[Day]) -> Option<u64> {
        let values: Vec<u64> = days.iter().filter_map(|day| self.day(account, metric, *day)).collect();
        if values.is_empty() {
            return None;
        }
        let sum: u64 = values.iter().sum();
        if !unique {
            return Some(sum);
        }
        Some(distinct(&values))
    }
}

/// Distinct people over days: the same ones come back, so thirty days hold about two thirds of
/// their sum.
fn distinct(values: &[u64]) -> u64 {
    let sum: u64 = values.iter().sum();
    let largest = values.iter().copied().max().unwrap_or(0);
    let days = values.len().saturating_sub(1) as f64;
    let overcount = 1.0 + 0.62 * (1.0 - (-days / 12.0).exp());
    ((sum as f64 / overcount) as u64).max(largest)
}

/// Typical reach of a day.
pub(crate) fn base_reach(seed: u64, account: &Account) -> f64 {
    (account.followers as f64).powf(0.95) * between(0.12, 0.32, &[seed, account.id, tag("reach base")])
}

/// Weekday rhythm, seasons, slow growth, noise and now and then a spike that takes days to fade.
fn activity(seed: u64, account: &Account, day: Day) -> f64 {
    let number = day.number();
    let words = |salt: &str, number: i64| [seed, account.id, tag(salt), number as u64];
    let of_account = |salt: &str| [seed, account.id, tag(salt)];
    let peak = (unit(&of_account("peak")) * 7.0).floor();
    let weekday = (number.rem_euclid(7) as f64 - peak) / 7.0 * std::f64::consts::TAU;
    let rhythm = 1.0 + 0.22 * weekday.cos();
    let season = 1.0 + 0.12 * ((number.rem_euclid(365) as f64) / 365.0 * std::f64::consts::TAU).sin();
    let growth = between(-0.05, 0.45, &of_account("growth"));
    let trend = ((number - REFERENCE) as f64 / 365.0 * growth).exp();
    let noise = between(0.82, 1.2, &words("noise", number));
    let mut spike = 1.0;
    for (ago, strength) in [(0, 1.0), (1, 0.55), (2, 0.25), (3, 0.1)] {
        let draw = unit(&words("spike", number - ago));
        if draw < 0.025 {
            spike += strength * between(1.0, 5.0, &words("spike size", number - ago));
        }
    }
    rhythm * season * trend * noise * spike
}

/// Rounds a small expectation to a whole number without always losing the rest.
fn whole(expected: f64, words: &[u64]) -> u64 {
    let floor = expected.floor();
    floor as u64 + u64::from(unit(words) < expected - floor)
}

/// The final value of a metric on a day; 0 for a name that has none.
pub(crate) fn value(seed: u64, account: &Account, metric: &str, day: Day) -> u64 {
    let number = day.number() as u64;
    let rate = |name: &str, low: f64, high: f64| {
        // Each account has its own level, each day a little of its own.
        let level = between(low, high, &[seed, account.id, tag(name)]);
        level * between(0.88, 1.12, &[seed, account.id, tag(name), number])
    };
    let round = |expected: f64, name: &str| whole(expected, &[seed, account.id, tag(name), number, 1]);
    let of = |name: &str| value(seed, account, name, day) as f64;
    let active = || activity(seed, account, day);
    match metric {
        "reach" => round(base_reach(seed, account) * active(), metric),
        "views" => round(of("reach") * rate(metric, 1.7, 3.1), metric),
        "impressions" => round(of("views") * 1.08, metric),
        "accounts_engaged" => round(of("reach") * rate(metric, 0.03, 0.09), metric),
        "likes" => round(of("accounts_engaged") * rate(metric, 0.75, 1.15), metric),
        "comments" => round(of("accounts_engaged") * rate(metric, 0.04, 0.14), metric),
        "saves" => round(of("accounts_engaged") * rate(metric, 0.06, 0.2), metric),
        "shares" => round(of("accounts_engaged") * rate(metric, 0.08, 0.3), metric),
        "replies" => round(of("accounts_engaged") * rate(metric, 0.01, 0.05), metric),
        "reposts" if day.number() < REPOSTS_FROM => 0,
        "reposts" => round(of("accounts_engaged") * rate(metric, 0.01, 0.04), metric),
        "total_interactions" => ["likes", "comments", "saves", "shares", "replies", "reposts"]
            .iter()
            .map(|part| value(seed, account, part, day))
            .sum(),
        "profile_views" => round(of("reach") * rate(metric, 0.03, 0.08), metric),
        "website_clicks" if account.website.is_none() => 0,
        "website_clicks" => round(of("profile_views") * rate(metric, 0.04, 0.16), metric),
        "profile_links_taps" => round(of("profile_views") * rate(metric, 0.02, 0.09), metric),
        "follower_count" => gained(seed, account, day),
        "follows_and_unfollows" => gained(seed, account, day) + lost(seed, account, day),
        _ => 0,
    }
}

/// New followers of a day.
pub(crate) fn gained(seed: u64, account: &Account, day: Day) -> u64 {
    let rate = between(0.000_7, 0.002_4, &[seed, account.id, tag("gained")]);
    whole(
        account.followers as f64 * rate * activity(seed, account, day),
        &[seed, account.id, tag("gained"), day.number() as u64],
    )
}

/// Followers lost on a day.
pub(crate) fn lost(seed: u64, account: &Account, day: Day) -> u64 {
    let rate = between(0.000_4, 0.001_1, &[seed, account.id, tag("lost")]);
    let noise = between(0.7, 1.3, &[seed, account.id, tag("lost noise"), day.number() as u64]);
    whole(account.followers as f64 * rate * noise, &[seed, account.id, tag("lost"), day.number() as u64])
}

/// Followers at a moment, consistent with what was gained and lost.
pub(crate) fn followers(seed: u64, account: &Account, now: DateTime<Utc>) -> u64 {
    let today = Day::of(now);
    let net = |day: Day| gained(seed, account, day) as i64 - lost(seed, account, day) as i64;
    let mut count = account.followers as i64;
    let mut day = today.plus(REFERENCE - today.number());
    while day < today {
        count += net(day);
        day = day.next();
    }
    while day > today {
        day = day.plus(-1);
        count -= net(day);
    }
    // A small account must not cross the threshold of a hundred by the passing of time alone.
    let bound = if account.followers < 100 { 99 } else { i64::MAX };
    count.clamp(if account.followers < 100 { 1 } else { 100 }, bound) as u64
}

/// Views of the last whole day, from which the rate limit follows.
pub(crate) fn views_of_last_day(seed: u64, account: &Account, now: DateTime<Utc>) -> u64 {
    value(seed, account, "views", Day::of(now).plus(-1))
}

/// Parts of a whole by one breakdown, biggest first in Meta's order of keys; they add up.
pub(crate) fn parts(
    seed: u64,
    account: &Account,
    metric: &str,
    dimension: &str,
    whole: u64,
    days: &[Day],
) -> Vec<(&'static str, u64)> {
    let keys: &[(&'static str, f64)] = match dimension {
        "follow_type" | "follower_type" => &[("FOLLOWER", 0.62), ("NON_FOLLOWER", 0.36), ("UNKNOWN", 0.02)],
        "media_product_type" => {
            &[("REEL", 0.5), ("POST", 0.2), ("CAROUSEL_CONTAINER", 0.16), ("STORY", 0.13), ("AD", 0.01)]
        }
        "contact_button_type" => &[
            ("EMAIL", 0.3),
            ("CALL", 0.22),
            ("DIRECTION", 0.3),
            ("BOOK_NOW", 0.1),
            ("TEXT", 0.05),
            ("INSTANT_EXPERIENCE", 0.01),
            ("UNDEFINED", 0.02),
        ],
        _ => &[],
    };
    let first = days.first().map_or(0, |day| day.number() as u64);
    let advertises = unit(&[seed, account.id, tag("advertises")]) < 0.3;
    let weights: Vec<f64> = keys
        .iter()
        .map(|(key, weight)| {
            // Only accounts that advertise have an AD part at all.
            if *key == "AD" && !advertises {
                return 0.0;
            }
            let level = between(0.6, 1.4, &[seed, account.id, tag(key)]);
            weight * level * between(0.9, 1.1, &[seed, account.id, tag(key), tag(metric), first])
        })
        .collect();
    keys.iter()
        .map(|(key, _)| *key)
        .zip(split(whole, &weights))
        .filter(|(key, _)| *key != "AD" || advertises)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::{HARBOUR_BAKERY, World};

    fn account() -> Account {
        World { seed: 7, generated: 0 }.account(HARBOUR_BAKERY).unwrap()
    }

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    fn view(now: &str) -> View {
        View {
            seed: 7,
            now: at(now),
            lag: TimeDelta::minutes(120),
            settle: TimeDelta::hours(48),
            excess: 0.0,
        }
    }

    #[test]
    fn the_reference_days_are_where_they_are_said_to_be() {
        assert_eq!(Day("2026-11-01".parse().unwrap()).number(), REFERENCE);
        assert_eq!(Day("2025-12-03".parse().unwrap()).number(), REPOSTS_FROM);
    }

    #[test]
    fn a_day_grows_settles_and_then_stays() {
        let day = Day("2026-11-18".parse().unwrap());
        let (account, last) = (account(), value(7, &account(), "reach", day));
        let seen: Vec<Option<u64>> = [
            "2026-11-18T09:00:00Z",
            "2026-11-18T14:00:00Z",
            "2026-11-19T04:00:00Z",
            "2026-11-19T12:00:00Z",
            "2026-11-20T12:00:00Z",
            "2026-11-21T08:00:00Z",
            "2027-03-01T00:00:00Z",
        ]
        .iter()
        .map(|now| view(now).day(&account, "reach", day))
        .collect();
        assert_eq!(seen[0], None);
        assert!(seen.windows(2).all(|pair| pair[0] <= pair[1]), "{seen:?}");
        assert!(seen[4] < Some(last));
        assert_eq!(seen[5], Some(last));
        assert_eq!(seen[6], Some(last));
    }

    #[test]
    fn interactions_are_the_sum_of_their_kinds() {
        let day = Day("2026-09-09".parse().unwrap());
        let account = account();
        let sum: u64 = ["likes", "comments", "saves", "shares", "replies", "reposts"]
            .iter()
            .map(|name| value(7, &account, name, day))
            .sum();
        assert_eq!(value(7, &account, "total_interactions", day), sum);
        assert!(sum > 0);
    }

    #[test]
    fn reach_does_not_add_up_over_days_and_views_do() {
        let days =
            Day::between(at("2026-10-01T07:00:00Z").timestamp(), at("2026-10-31T07:00:00Z").timestamp());
        assert_eq!(days.len(), 30);
        let (view, account) = (view("2026-11-20T00:00:00Z"), account());
        let sum = |metric: &str| days.iter().map(|day| value(7, &account, metric, *day)).sum::<u64>();
        let reach = view.span(&account, "reach", true, &days).unwrap();
        let over = sum("reach") as f64 / reach as f64;
        assert!((1.4..1.7).contains(&over), "{over}");
        assert_eq!(view.span(&account, "views", false, &days), Some(sum("views")));
    }

    #[test]
    fn followers_change_by_what_is_gained_and_lost() {
        let account = account();
        let (noon, day) = (at("2026-11-19T20:00:00Z"), Day("2026-11-19".parse().unwrap()));
        let tomorrow = followers(7, &account, noon + TimeDelta::days(1)) as i64;
        let net = gained(7, &account, day) as i64 - lost(7, &account, day) as i64;
        assert_eq!(tomorrow - followers(7, &account, noon) as i64, net);
    }

    #[test]
    fn numbers_are_of_a_believable_size() {
        for account in (World { seed: 7, generated: 0 }).fixed_accounts() {
            let today = at("2026-11-20T12:00:00Z");
            let count = followers(7, &account, today);
            assert!((1..=1_200_000).contains(&count), "{} {count}", account.username);
            assert_eq!(count < 100, account.followers < 100, "{}", account.username);
            let reach = value(7, &account, "reach", Day::of(today));
            assert!(reach < 40 * account.followers, "{} {reach}", account.username);
        }
    }

    #[test]
    fn parts_add_up() {
        let days = [Day("2026-11-18".parse().unwrap())];
        for account in (World { seed: 7, generated: 0 }).fixed_accounts() {
            for dimension in ["follow_type", "media_product_type", "contact_button_type"] {
                let parts = parts(7, &account, "reach", dimension, 410, &days);
                assert_eq!(parts.iter().map(|(_, part)| part).sum::<u64>(), 410);
            }
        }
    }
}
