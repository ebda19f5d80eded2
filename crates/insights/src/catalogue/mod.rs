//! Every metric there is, as data. No other place names one.
//!
//! Requests, storage, the API's enums, and the labels and help texts of the dashboard come from here. One
//! file per family:
//!
//! - [`account`]: daily numbers of an account, one row each in [`account_metrics!`](crate::account_metrics).
//! - [`online`]: followers who are online, hour by hour.
//! - [`audience`]: who the audience is.
//! - [`media`]: numbers of posts, reels and stories.
//!
//! Sources: `/docs/instagram-platform/api-reference/instagram-user/insights` for names, types, breakdowns and
//! minimum followers; `/docs/instagram-platform/changelog` for what began and ended when.

pub mod account;
pub mod audience;
pub mod media;
pub mod online;

use chrono::NaiveDate;
use meta::{Period, Provider};

pub use account::Metric;
pub use audience::{AUDIENCE_DIMENSIONS, TIMEFRAME};
pub use online::ONLINE_FOLLOWERS;

/// What a metric is measured of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A professional account.
    Account,
}

/// How a metric is asked for, and how its value stands in the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `metric_type=time_series`: one value a day over a span.
    TimeSeries,
    /// `metric_type=total_value`: one value for the span asked for.
    TotalValue,
    /// `metric_type=total_value` with this breakdown; the metric is one of its results.
    Part {
        /// The dimension.
        dimension: Dimension,
        /// The result that is meant.
        key: &'static str,
    },
    /// Without `metric_type`: a table by hour for each day.
    ByHour,
    /// A field of the object itself, as it is now.
    Field,
}

/// What a number counts, and so whether days can be added up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counts {
    /// Things that happened: the sum over days is the number over all of them.
    Events,
    /// Different people: somebody who came on two days is in both, so days are never added up.
    People,
    /// What there is at a moment, an average or a share: never added up.
    Level,
}

/// Numbers that come and go missing together; the ledger of gaps has one line for each and day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Family {
    /// How many different accounts saw something; a year back.
    Reach,
    /// What people did; a year back.
    Activity,
    /// Who began and who stopped following; a year back.
    Follows,
    /// New followers; the last days only.
    NewFollowers,
    /// All followers: only on the day itself.
    Followers,
    /// When followers are online; the last days only.
    OnlineFollowers,
    /// Who the audience is: only on the day itself.
    Audience,
}

/// What a value can be broken down by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dimension {
    /// The kind of media: `POST`, `REEL`, `STORY`, `CAROUSEL_CONTAINER`, `AD`.
    MediaProductType,
    /// Whether the other side follows: `FOLLOWER`, `NON_FOLLOWER`, `UNKNOWN`.
    FollowType,
    /// `13-17` to `55-64`, and `65+`.
    Age,
    /// `F`, `M`, `U`.
    Gender,
    /// ISO 3166, two letters.
    Country,
    /// A city and its region.
    City,
    /// An hour of the Pacific day, `0` to `23`.
    Hour,
}

impl Dimension {
    /// Those by which daily numbers of accounts are collected.
    pub const OF_DAYS: [Self; 2] = [Self::MediaProductType, Self::FollowType];

    /// Meta's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::MediaProductType => "media_product_type",
            Self::FollowType => "follow_type",
            Self::Age => "age",
            Self::Gender => "gender",
            Self::Country => "country",
            Self::City => "city",
            Self::Hour => "hour",
        }
    }

    /// The breakdown under which the value `key` is stored: `dimension=value`.
    #[must_use]
    pub fn breakdown(self, key: &str) -> String {
        format!("{}={key}", self.name())
    }
}

/// Below which size Meta gives nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Threshold {
    /// It always gives something.
    None,
    /// So many followers of the account.
    Followers(i64),
    /// So many people who interacted in the timeframe, which only Meta knows.
    Engaged(i64),
}

/// The end of a metric: first new versions of the API refuse it, later all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// The first major version that refuses it at once.
    pub version: u16,
    /// The day (UTC) from which on every version refuses it.
    pub everywhere: NaiveDate,
}

/// What is known of a metric.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// Meta's name.
    pub name: &'static str,
    /// What it is measured of.
    pub kinds: &'static [Kind],
    /// The logins through which it can be had.
    pub logins: &'static [Provider],
    /// How it is asked for.
    pub form: Form,
    /// The spans for which Meta gives it; the first is the one that is asked for and stored.
    pub periods: &'static [Period],
    /// The dimensions by which Meta also gives it.
    pub dimensions: &'static [Dimension],
    /// What it counts.
    pub counts: Counts,
    /// Below which size Meta gives nothing.
    pub threshold: Threshold,
    /// How many days back Meta goes, if that is less than for others; today is not among them.
    pub last_days: Option<u64>,
    /// The first day of which there are values, if it is younger than the others.
    pub since: Option<NaiveDate>,
    /// When it ended, if it did. It stays readable where it was stored, and is not asked for.
    pub end: Option<End>,
    /// Meta's name of what takes the place of one that ended.
    pub successor: Option<&'static str>,
    /// With what it comes and goes missing.
    pub family: Family,
    /// Whether the dashboard shows it at first sight.
    pub headline: bool,
    /// What people call it.
    pub label: &'static str,
    /// What it counts, in a sentence or two.
    pub help: &'static str,
}

/// Through both logins.
pub const BOTH_LOGINS: &[Provider] = &[Provider::FacebookLogin, Provider::InstagramLogin];

/// What most metrics have in common: a daily total of an account.
pub(crate) const DAILY: Spec = Spec {
    name: "",
    kinds: &[Kind::Account],
    logins: BOTH_LOGINS,
    form: Form::TotalValue,
    periods: &[Period::Day],
    dimensions: &[],
    counts: Counts::Events,
    threshold: Threshold::None,
    last_days: None,
    since: None,
    end: None,
    successor: None,
    family: Family::Activity,
    headline: false,
    label: "",
    help: "",
};

impl Spec {
    /// The breakdown under which values are stored: `dimension=value`, or empty for the whole.
    #[must_use]
    pub fn breakdown(&self) -> String {
        match self.form {
            Form::Part { dimension, key } => dimension.breakdown(key),
            _ => String::new(),
        }
    }

    /// Whether days can be added up.
    #[must_use]
    pub fn is_additive(&self) -> bool {
        self.counts == Counts::Events
    }

    /// Whether Meta gives it on the day `on` (UTC) through `login` in the major `version` of its API.
    #[must_use]
    pub fn is_given(&self, login: Provider, version: u16, on: NaiveDate) -> bool {
        let ended = self.end.is_some_and(|end| version >= end.version || on >= end.everywhere);
        !ended && self.logins.contains(&login) && self.since.is_none_or(|since| on >= since)
    }

    /// Whether an account with so many followers is too small for it. Unknown is not too small.
    #[must_use]
    pub fn is_too_small(&self, followers: Option<i64>) -> bool {
        match self.threshold {
            Threshold::Followers(least) => followers.is_some_and(|followers| followers < least),
            Threshold::None | Threshold::Engaged(_) => false,
        }
    }
}

/// Every metric of every family.
pub fn all() -> impl Iterator<Item = &'static Spec> {
    let audiences = audience::ALL.iter().map(|(_, spec)| spec);
    Metric::ALL.iter().map(|metric| metric.spec()).chain([&ONLINE_FOLLOWERS]).chain(audiences)
}

/// The metric that Meta calls `name`, whichever of its parts.
#[must_use]
pub fn named(name: &str) -> Option<&'static Spec> {
    all().find(|spec| spec.name == name)
}

/// A day of the calendar, for the tables of this folder.
const fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    match NaiveDate::from_ymd_opt(year, month, day) {
        Some(date) => date,
        None => panic!("there is no such day"),
    }
}

#[cfg(test)]
mod tests;
