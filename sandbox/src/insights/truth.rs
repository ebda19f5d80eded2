//! The numbers themselves. The same account, metric and day always have the same final value; what
//! is served before it is final approaches it from below.
//!
//! Any day is computed on its own, without the days before it: followers follow a curve over the
//! years, reach follows the followers of its day, and everything else follows reach.

use chrono::{DateTime, TimeDelta, Utc};

use super::day::Day;
use crate::{
    people::{Account, Page, World},
    seed::{between, split, tag, unit},
};

/// The day (2026-11-01) on whose morning an account has the followers that its card states.
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
    "email_contacts",
    "phone_call_clicks",
    "get_directions_clicks",
    "text_message_clicks",
    "follower_count",
    "follows_and_unfollows",
];

/// What `total_interactions` is the sum of.
const INTERACTIONS: [&str; 6] = ["likes", "comments", "saves", "shares", "replies", "reposts"];

/// Metrics that had a name of their own before they became parts of `profile_links_taps`.
const FORMER_TAPS: [(&str, &str); 4] = [
    ("email_contacts", "EMAIL"),
    ("phone_call_clicks", "CALL"),
    ("get_directions_clicks", "DIRECTION"),
    ("text_message_clicks", "TEXT"),
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
    /// How everything looks once it is final.
    pub(crate) fn settled(seed: u64) -> Self {
        Self {
            seed,
            now: DateTime::<Utc>::MAX_UTC,
            lag: TimeDelta::zero(),
            settle: TimeDelta::zero(),
            excess: 0.0,
        }
    }

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
        let numbers = Numbers::of(self.seed, account, day);
        Some(seen(&numbers, metric, share))
    }

    /// A metric over several days; distinct people are counted once. `None` if no day is visible.
    pub(crate) fn span(&self, account: &Account, metric: &str, unique: bool, days: &[Day]) -> Option<u64> {
        let values: Vec<u64> = days.iter().filter_map(|day| self.day(account, metric, *day)).collect();
        if values.is_empty() {
            return None;
        }
        if unique { Some(distinct(&values)) } else { Some(values.iter().sum()) }
    }

    /// The parts of [`Self::span`] by one breakdown, in Meta's order of keys; they add up to it. Those
    /// of an additive metric are the sums of the days' parts.
    pub(crate) fn parts(
        &self,
        account: &Account,
        metric: &str,
        unique: bool,
        dimension: &str,
        days: &[Day],
    ) -> Vec<(&'static str, u64)> {
        let keys = keys(self.seed, account, dimension);
        let by_day: Vec<Vec<u64>> = days
            .iter()
            .filter_map(|day| {
                let share = self.share(*day)?;
                Some(seen_parts(&Numbers::of(self.seed, account, *day), metric, share, &keys))
            })
            .collect();
        let column = |index: usize| by_day.iter().map(move |parts| parts[index]);
        let sums: Vec<u64> = (0..keys.len()).map(|index| column(index).sum()).collect();
        let names = keys.iter().map(|(key, _)| *key);
        if !unique {
            return names.zip(sums).collect();
        }
        // Distinct people: a part is at least that of its largest day and at most the sum of its days.
        let largest: Vec<u64> = (0..keys.len()).map(|index| column(index).max().unwrap_or(0)).collect();
        let totals: Vec<u64> = by_day.iter().map(|parts| parts.iter().sum()).collect();
        let whole = distinct(&totals);
        let Some(rest) = whole.checked_sub(largest.iter().sum()) else {
            return names.zip(split(whole, &weights(&largest))).collect();
        };
        let room: Vec<u64> = sums.iter().zip(&largest).map(|(sum, largest)| sum - largest).collect();
        let more = split(rest, &weights(&room));
        names.zip(largest.iter().zip(more).map(|(largest, more)| largest + more)).collect()
    }
}

fn weights(counts: &[u64]) -> Vec<f64> {
    counts.iter().map(|count| *count as f64).collect()
}

/// A metric of a day of which a share is visible. What is a sum stays one while it grows.
fn seen(numbers: &Numbers<'_>, metric: &str, share: f64) -> u64 {
    let scaled = |metric: &str| (numbers.get(metric) as f64 * share) as u64;
    let interactions = || INTERACTIONS.iter().map(|kind| scaled(kind)).sum();
    match metric {
        "total_interactions" => interactions(),
        "accounts_engaged" => scaled(metric).min(interactions()),
        _ => scaled(metric),
    }
}

/// The parts of [`seen`] by the keys of one breakdown. Each part of `total_interactions` is the sum of that part of its kinds.
fn seen_parts(numbers: &Numbers<'_>, metric: &str, share: f64, keys: &[(&'static str, f64)]) -> Vec<u64> {
    if metric == "total_interactions" {
        let mut sums = vec![0; keys.len()];
        for kind in INTERACTIONS {
            for (sum, part) in sums.iter_mut().zip(seen_parts(numbers, kind, share, keys)) {
                *sum += part;
            }
        }
        return sums;
    }
    let day = numbers.day.number() as u64;
    let weights: Vec<f64> = keys
        .iter()
        .map(|(key, weight)| match (metric, *key) {
            // Only stories are replied to.
            ("replies", "STORY") => 1.0,
            ("replies", _) => 0.0,
            _ => {
                let words = [numbers.seed, numbers.account.id, tag(key), tag(metric), day];
                weight * between(0.9, 1.1, &words)
            }
        })
        .collect();
    split(seen(numbers, metric, share), &weights)
}

/// The keys of a breakdown with their weights; none for one that does not exist.
fn keys(seed: u64, account: &Account, dimension: &str) -> Vec<(&'static str, f64)> {
    let keys: &[(&'static str, f64)] = match dimension {
        "follow_type" | "follower_type" => &[("FOLLOWER", 0.62), ("NON_FOLLOWER", 0.36), ("UNKNOWN", 0.02)],
        "media_product_type" => {
            &[("REEL", 0.42), ("POST", 0.21), ("CAROUSEL_CONTAINER", 0.17), ("STORY", 0.19), ("AD", 0.01)]
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
    // Only accounts that advertise have an AD part at all.
    let advertises = unit(&[seed, account.id, tag("advertises")]) < 0.3;
    keys.iter()
        .filter(|(key, _)| *key != "AD" || advertises)
        .map(|(key, weight)| (*key, weight * between(0.6, 1.4, &[seed, account.id, tag(key)])))
        .collect()
}

/// Distinct people over days: the same ones come back, so thirty days hold about two thirds of
/// their sum, and never fewer than their largest day.
fn distinct(values: &[u64]) -> u64 {
    let sum: u64 = values.iter().sum();
    let largest = values.iter().copied().max().unwrap_or(0);
    let days = values.len().saturating_sub(1) as f64;
    let overcount = 1.0 + 0.62 * (1.0 - (-days / 12.0).exp());
    ((sum as f64 / overcount) as u64).max(largest)
}

/// Each account has one day of luck in as many days.
const LUCK_EVERY: i64 = 40;
/// How a lucky day fades; luck begins early enough in its period to fade within it.
const FADING: [f64; 4] = [1.0, 0.55, 0.25, 0.1];

/// The lucky day of a period: how many days after its beginning it is, and how strong.
fn luck(seed: u64, account: &Account, period: i64) -> (i64, f64) {
    let words = |salt: &str| [seed, account.id, tag(salt), period as u64];
    let days = LUCK_EVERY - FADING.len() as i64 + 1;
    ((unit(&words("luck")) * days as f64) as i64, between(1.0, 5.0, &words("luck size")))
}

/// Weekday rhythm, seasons, noise and now and then a lucky day.
fn activity(seed: u64, account: &Account, day: Day) -> f64 {
    let number = day.number();
    let peak = (unit(&[seed, account.id, tag("peak")]) * 7.0).floor();
    let weekday = (number.rem_euclid(7) as f64 - peak) / 7.0 * std::f64::consts::TAU;
    let rhythm = 1.0 + 0.22 * weekday.cos();
    let season = 1.0 + 0.12 * year(number).sin();
    let noise = between(0.82, 1.2, &[seed, account.id, tag("noise"), number as u64]);
    let (lucky, size) = luck(seed, account, number.div_euclid(LUCK_EVERY));
    let since = usize::try_from(number.rem_euclid(LUCK_EVERY) - lucky).ok();
    let fading = since.and_then(|days| FADING.get(days)).copied().unwrap_or(0.0);
    rhythm * season * noise * (1.0 + size * fading)
}

/// A day of the year as an angle.
fn year(number: i64) -> f64 {
    number.rem_euclid(365) as f64 / 365.0 * std::f64::consts::TAU
}

/// For so many years growth goes on as it is now; beyond, it runs out, so that a clock set far off
/// meets no absurd numbers.
const HORIZON: f64 = 6.0;

/// A day of luck brings followers of as many ordinary days (times its size).
const LUCK_GROWTH: f64 = 3.0;

/// The natural logarithm of an account's followers on the morning of a day, but for a constant.
fn follower_curve(seed: u64, account: &Account, number: i64) -> f64 {
    let growth = between(0.02, 0.3, &[seed, account.id, tag("growth")]);
    // Within each period the days around the lucky one carry more of the growth.
    let (period, past) = (number.div_euclid(LUCK_EVERY), number.rem_euclid(LUCK_EVERY));
    let (lucky, size) = luck(seed, account, period);
    let brought = |days: i64| -> f64 {
        let days = usize::try_from(days).unwrap_or(0).min(FADING.len());
        FADING[..days].iter().sum::<f64>() * size * LUCK_GROWTH
    };
    let gone = (past as f64 + brought(past - lucky)) / (LUCK_EVERY as f64 + brought(LUCK_EVERY));
    let days = (period as f64 + gone) * LUCK_EVERY as f64 - REFERENCE as f64;
    let trend = growth * HORIZON * (days / 365.0 / HORIZON).tanh();
    let season = 0.008 * year(number).cos();
    let noise = between(-0.000_4, 0.000_4, &[seed, account.id, tag("follower noise"), number as u64]);
    trend + season + noise
}

/// Followers on the morning of a day.
fn followers_at_dawn(seed: u64, account: &Account, day: Day) -> u64 {
    let curve = |number: i64| follower_curve(seed, account, number);
    let grown = (curve(day.number()) - curve(REFERENCE)).exp();
    ((account.followers as f64 * grown).round() as u64).max(1)
}

/// Followers at a moment. They change hour by hour through the day, and over a whole day by exactly
/// what was gained and lost in it.
pub(crate) fn followers(seed: u64, account: &Account, now: DateTime<Utc>) -> u64 {
    let today = Day::of(now);
    let (start, end) = (today.start(), today.end());
    let (before, after) =
        (followers_at_dawn(seed, account, today), followers_at_dawn(seed, account, today.next()));
    let part = (now - start).num_hours() as f64 / (end - start).num_hours() as f64;
    (before as f64 + (after as f64 - before as f64) * part).round() as u64
}

/// New and lost followers of a day.
pub(crate) fn gained_and_lost(seed: u64, account: &Account, day: Day) -> (u64, u64) {
    let (before, after) =
        (followers_at_dawn(seed, account, day), followers_at_dawn(seed, account, day.next()));
    // Some always come and some always go; what remains is the change.
    let words = |salt: &str| [seed, account.id, tag(salt), day.number() as u64];
    let rate = between(0.000_4, 0.001_1, &[seed, account.id, tag("lost")]);
    let both = whole(before as f64 * rate * between(0.7, 1.3, &words("lost noise")), &words("lost"));
    (both + after.saturating_sub(before), both + before.saturating_sub(after))
}

/// How many accounts an account follows: a number that wanders slowly over the years.
pub(crate) fn follows(seed: u64, account: &Account, now: DateTime<Utc>) -> u64 {
    let number = Day::of(now).number();
    let drift = between(-0.25, 0.6, &[seed, account.id, tag("follows drift")]);
    let trend = drift * ((number - REFERENCE) as f64 / 365.0 / HORIZON).tanh();
    let month = number as f64 / 45.0 + between(0.0, 6.0, &[seed, account.id, tag("follows wave")]);
    (account.follows as f64 * (trend + 0.02 * month.sin()).exp()).round() as u64
}

/// Who likes a Page: somewhat fewer or more than follow the account that the seed links to it.
pub(crate) fn fans(world: &World, page: &Page, now: DateTime<Utc>) -> u64 {
    let seed = world.seed;
    match page.account.and_then(|id| world.account(id)) {
        Some(account) => {
            let share = between(0.3, 1.2, &[seed, page.id, tag("fans")]);
            (followers(seed, &account, now) as f64 * share).round() as u64
        }
        None => between(150.0, 4_000.0, &[seed, page.id, tag("fans")]) as u64,
    }
}

/// Rounds a small expectation to a whole number without always losing the rest.
fn whole(expected: f64, words: &[u64]) -> u64 {
    let floor = expected.floor();
    floor as u64 + u64::from(unit(words) < expected - floor)
}

/// One account on one day, with what most of its metrics are made from.
#[derive(Debug)]
pub(crate) struct Numbers<'a> {
    seed: u64,
    account: &'a Account,
    day: Day,
    reach: u64,
    /// Accounts that interacted, before the check against the interactions that they left.
    engaged: u64,
}

impl<'a> Numbers<'a> {
    pub(crate) fn of(seed: u64, account: &'a Account, day: Day) -> Self {
        let mut numbers = Self { seed, account, day, reach: 0, engaged: 0 };
        let typical = (followers_at_dawn(seed, account, day) as f64).powf(0.95)
            * between(0.12, 0.32, &[seed, account.id, tag("reach base")]);
        numbers.reach = numbers.rounded(typical * activity(seed, account, day), "reach");
        numbers.engaged = numbers.share_of(numbers.reach, "accounts_engaged", 0.03, 0.09);
        numbers
    }

    fn rounded(&self, expected: f64, name: &str) -> u64 {
        whole(expected, &[self.seed, self.account.id, tag(name), self.day.number() as u64, 1])
    }

    /// A share of another number. Each account has its own level, each day a little of its own.
    fn share_of(&self, other: u64, name: &str, low: f64, high: f64) -> u64 {
        let words = [self.seed, self.account.id, tag(name)];
        let level = between(low, high, &words);
        let today = between(0.88, 1.12, &[words[0], words[1], words[2], self.day.number() as u64]);
        self.rounded(other as f64 * level * today, name)
    }

    /// The final value of a metric; 0 for a name that has none.
    pub(crate) fn get(&self, metric: &str) -> u64 {
        let (reach, engaged) = (self.reach, self.engaged);
        let profile_views = || self.share_of(reach, "profile_views", 0.03, 0.08);
        match metric {
            "reach" => reach,
            "views" => self.share_of(reach, metric, 1.7, 3.1),
            "impressions" => self.rounded(self.get("views") as f64 * 1.08, metric),
            "accounts_engaged" => engaged.min(self.get("total_interactions")),
            "total_interactions" => INTERACTIONS.iter().map(|kind| self.get(kind)).sum(),
            "likes" => self.share_of(engaged, metric, 0.75, 1.15),
            "comments" => self.share_of(engaged, metric, 0.04, 0.14),
            "saves" => self.share_of(engaged, metric, 0.06, 0.2),
            "shares" => self.share_of(engaged, metric, 0.08, 0.3),
            "replies" => self.share_of(engaged, metric, 0.01, 0.05),
            "reposts" if self.day.number() < REPOSTS_FROM => 0,
            "reposts" => self.share_of(engaged, metric, 0.01, 0.04),
            "profile_views" => profile_views(),
            "website_clicks" if self.account.website.is_none() => 0,
            "website_clicks" => self.share_of(profile_views(), metric, 0.04, 0.16),
            "profile_links_taps" => self.share_of(profile_views(), metric, 0.02, 0.09),
            "follower_count" => gained_and_lost(self.seed, self.account, self.day).0,
            "follows_and_unfollows" => {
                let (gained, lost) = gained_and_lost(self.seed, self.account, self.day);
                gained + lost
            }
            _ => FORMER_TAPS
                .iter()
                .find(|(name, _)| *name == metric)
                .map_or(0, |(_, key)| self.part("profile_links_taps", "contact_button_type", key)),
        }
    }

    /// The final value of one part of a metric; 0 for a part that there is not.
    pub(crate) fn part(&self, metric: &str, dimension: &str, key: &str) -> u64 {
        let keys = keys(self.seed, self.account, dimension);
        let parts = seen_parts(self, metric, 1.0, &keys);
        keys.iter().zip(parts).find(|((name, _), _)| *name == key).map_or(0, |(_, part)| part)
    }
}

/// The final value of a metric on a day; 0 for a name that has none.
pub(crate) fn value(seed: u64, account: &Account, metric: &str, day: Day) -> u64 {
    Numbers::of(seed, account, day).get(metric)
}

/// Views of the last whole day, from which the rate limit follows.
pub(crate) fn views_of_last_day(seed: u64, account: &Account, now: DateTime<Utc>) -> u64 {
    value(seed, account, "views", Day::of(now).plus(-1))
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

    /// All sizes: the fixed cast, and some of the generated accounts.
    fn accounts() -> Vec<Account> {
        let world = World { seed: 7, generated: 400 };
        let generated = world.generated_people(0, 400).into_iter().step_by(80);
        let mut accounts = world.fixed_accounts();
        accounts.extend(
            generated.flat_map(|person| person.roles).filter_map(|role| world.account(role.page.account?)),
        );
        accounts
    }

    fn days_of_years(step: usize) -> impl Iterator<Item = Day> {
        let first = Day("2021-01-01".parse().unwrap());
        (0..4_000).step_by(step).map(move |ahead| first.plus(ahead))
    }

    #[test]
    fn followers_change_by_what_is_gained_and_lost_and_nothing_else() {
        for account in accounts() {
            for day in days_of_years(1) {
                let change = followers_at_dawn(7, &account, day.next()) as i64
                    - followers_at_dawn(7, &account, day) as i64;
                let (gained, lost) = gained_and_lost(7, &account, day);
                assert_eq!(change, gained as i64 - lost as i64, "{} {day:?}", account.username);
            }
        }
    }

    #[test]
    fn followers_grow_believably_over_the_years() {
        let on = |account: &Account, day: &str| followers_at_dawn(7, account, Day(day.parse().unwrap()));
        for account in accounts() {
            assert_eq!(on(&account, "2026-11-01"), account.followers);
            let (old, last, new) =
                (on(&account, "2022-11-01"), on(&account, "2025-11-01"), on(&account, "2029-11-01"));
            let name = &account.username;
            assert!(old > 0 && old <= account.followers && 4 * old > account.followers, "{name} {old}");
            assert!(last <= account.followers && 3 * last > 2 * account.followers, "{name} {last}");
            assert!(new >= account.followers && new < 3 * account.followers, "{name} {new}");
            // Even a century off nothing is absurd.
            let far = [on(&account, "1930-01-01"), on(&account, "2120-01-01")];
            assert!(far[0] > 0 && far[1] < 10 * account.followers, "{name} {far:?}");
        }
    }

    #[test]
    fn no_day_gains_or_loses_a_large_share_of_the_followers() {
        for account in accounts().iter().filter(|account| account.followers > 1_000) {
            for day in days_of_years(1) {
                let before = followers_at_dawn(7, account, day) as f64;
                let (gained, lost) = gained_and_lost(7, account, day);
                assert!((gained as f64) < 0.02 * before && (lost as f64) < 0.005 * before, "{day:?}");
            }
        }
    }

    #[test]
    fn the_small_account_stays_below_the_threshold_in_these_years() {
        let opera = World { seed: 7, generated: 0 }.account(17_841_400_000_000_013).unwrap();
        let first = Day("2026-01-01".parse().unwrap());
        for day in (0..730).map(|ahead| first.plus(ahead)) {
            assert!((20..100).contains(&followers_at_dawn(7, &opera, day)), "{day:?}");
        }
    }

    #[test]
    fn followers_move_within_the_day_and_end_where_the_next_one_begins() {
        let account = World { seed: 7, generated: 0 }.account(17_841_400_000_000_014).unwrap();
        // A day with a change, and the days on which clocks change.
        for date in ["2026-11-19", "2026-11-01", "2026-03-08"] {
            let day = Day(date.parse().unwrap());
            let hours = (day.end() - day.start()).num_hours();
            let seen: Vec<u64> = (0..=hours)
                .map(|hour| followers(7, &account, day.start() + TimeDelta::hours(hour)))
                .collect();
            let (first, last) = (seen[0], seen[seen.len() - 1]);
            assert_eq!(first, followers_at_dawn(7, &account, day));
            assert_eq!(last, followers_at_dawn(7, &account, day.next()));
            let (low, high) = (first.min(last), first.max(last));
            assert!(seen.iter().all(|count| (low..=high).contains(count)), "{seen:?}");
            let different = seen.iter().filter(|count| **count != first && **count != last).count();
            assert!(different > 5, "{seen:?}");
        }
    }

    #[test]
    fn reach_follows_the_followers_of_its_day() {
        let month = |account: &Account, year: i32| -> u64 {
            let first = Day(format!("{year}-03-01").parse().unwrap());
            (0..30).map(|ahead| value(7, account, "reach", first.plus(ahead))).sum()
        };
        let velo = World { seed: 7, generated: 0 }.account(17_841_400_000_000_004).unwrap();
        for year in 2022..2028 {
            let dawn = Day(format!("{year}-03-01").parse().unwrap());
            let share = month(&velo, year) as f64 / 30.0 / followers_at_dawn(7, &velo, dawn) as f64;
            assert!((0.03..0.5).contains(&share), "{year} {share}");
        }
        assert!(month(&velo, 2022) < month(&velo, 2026));
    }

    #[test]
    fn numbers_of_a_day_do_not_contradict_each_other() {
        for account in accounts() {
            for day in days_of_years(7) {
                let numbers = Numbers::of(7, &account, day);
                let get = |metric: &str| numbers.get(metric);
                let name = &account.username;
                assert!(get("accounts_engaged") <= get("total_interactions"), "{name} {day:?}");
                assert!(
                    get("accounts_engaged") <= get("reach") && get("reach") <= get("views"),
                    "{name} {day:?}"
                );
                assert!(get("website_clicks") <= get("profile_views"), "{name} {day:?}");
                for share in [0.03, 0.5, 0.94, 1.1] {
                    let seen = |metric: &str| seen(&numbers, metric, share);
                    assert!(seen("accounts_engaged") <= seen("total_interactions"), "{name} {day:?}");
                }
            }
        }
    }

    #[test]
    fn accounts_follow_more_or_fewer_over_the_years() {
        for account in accounts() {
            let on = |text: &str| follows(7, &account, at(text));
            let years: Vec<u64> = (2021..2029).map(|year| on(&format!("{year}-06-01T00:00:00Z"))).collect();
            assert!(years.windows(2).any(|pair| pair[0] != pair[1]), "{years:?}");
            assert!(years.iter().all(|count| (15..2_500).contains(count)), "{years:?}");
        }
    }

    #[test]
    fn numbers_are_of_a_believable_size() {
        for account in (World { seed: 7, generated: 0 }).fixed_accounts() {
            let today = at("2026-11-20T12:00:00Z");
            let count = followers(7, &account, today);
            assert!((1..=1_200_000).contains(&count), "{} {count}", account.username);
            assert_eq!(count < 100, account.followers < 100, "{}", account.username);
            let reach = value(7, &account, "reach", Day::of(today));
            assert!(reach < 4 * account.followers, "{} {reach}", account.username);
        }
    }

    fn week() -> Vec<Day> {
        let first = Day("2026-11-09".parse().unwrap());
        (0..7).map(|ahead| first.plus(ahead)).collect()
    }

    const PRODUCTS: &str = "media_product_type";

    #[test]
    fn parts_of_additive_metrics_add_up_over_days_and_to_the_whole() {
        // Some of the week has settled, some has not.
        for view in [View::settled(7), view("2026-11-15T20:00:00Z")] {
            for account in accounts() {
                for (metric, dimension) in [
                    ("views", PRODUCTS),
                    ("views", "follow_type"),
                    ("likes", PRODUCTS),
                    ("total_interactions", PRODUCTS),
                    ("profile_links_taps", "contact_button_type"),
                ] {
                    let whole = view.parts(&account, metric, false, dimension, &week());
                    let sum: u64 = whole.iter().map(|(_, part)| part).sum();
                    assert_eq!(Some(sum), view.span(&account, metric, false, &week()), "{metric}");
                    for (index, (key, part)) in whole.iter().enumerate() {
                        let days = week();
                        let by_day = days
                            .iter()
                            .map(|day| view.parts(&account, metric, false, dimension, &[*day])[index].1);
                        assert_eq!(by_day.sum::<u64>(), *part, "{metric} {key}");
                    }
                }
            }
        }
    }

    #[test]
    fn parts_of_unique_metrics_lie_between_the_largest_day_and_the_sum_of_days() {
        let view = View::settled(7);
        for account in accounts() {
            for start in 0..18 {
                let days: Vec<Day> = (0..[2, 7, 28][start % 3])
                    .map(|ahead| week()[0].plus(start as i64 * 5 + ahead))
                    .collect();
                for dimension in [PRODUCTS, "follow_type"] {
                    let parts = view.parts(&account, "reach", true, dimension, &days);
                    let sum: u64 = parts.iter().map(|(_, part)| part).sum();
                    assert_eq!(Some(sum), view.span(&account, "reach", true, &days));
                    for (index, (key, part)) in parts.iter().enumerate() {
                        let by_day: Vec<u64> = days
                            .iter()
                            .map(|day| view.parts(&account, "reach", true, dimension, &[*day])[index].1)
                            .collect();
                        let (largest, sum) = (by_day.iter().max().unwrap(), by_day.iter().sum::<u64>());
                        assert!(largest <= part && *part <= sum, "{key} {part} {by_day:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn no_kind_of_media_has_more_likes_than_interactions() {
        let view = View::settled(7);
        for account in accounts() {
            let parts = |metric: &str| view.parts(&account, metric, false, PRODUCTS, &week());
            let all = parts("total_interactions");
            for kind in ["likes", "comments", "saves", "shares"] {
                let more =
                    parts(kind).iter().zip(&all).find(|(part, all)| part.1 > all.1).map(|(part, _)| *part);
                assert_eq!(more, None, "{} {kind}", account.username);
            }
        }
    }

    #[test]
    fn the_former_taps_are_parts_of_the_taps() {
        let account = account();
        let taps: u64 = week().iter().map(|day| value(7, &account, "profile_links_taps", *day)).sum();
        let former: u64 = FORMER_TAPS
            .iter()
            .flat_map(|(name, _)| week().into_iter().map(|day| (*name, day)))
            .map(|(name, day)| value(7, &account, name, day))
            .sum();
        assert!(former > 0 && former <= taps, "{former} of {taps}");
    }

    #[test]
    fn pages_are_liked_by_about_as_many_as_follow_the_account() {
        let world = World { seed: 7, generated: 0 };
        for person in world.fixed_people() {
            for role in person.roles {
                let fans = fans(&world, &role.page, at("2026-11-20T12:00:00Z"));
                assert!(fans >= 15, "{} {fans}", role.page.name);
                if role.page.id == 104_400_000_000_001 {
                    assert!((1_500..6_500).contains(&fans), "{fans}");
                }
            }
        }
    }
}
