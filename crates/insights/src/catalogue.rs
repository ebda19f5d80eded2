//! Every metric there is, as data. No other place names one.
//!
//! Sources: `/docs/instagram-platform/api-reference/instagram-user/insights` for names, types,
//! breakdowns and minimum followers. `impressions` ended for all versions on 2025-04-21.

pub mod media;

/// What can be measured of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Metric {
    /// Accounts that saw anything of the account.
    Reach,
    /// Times anything was played or displayed.
    Views,
    /// Accounts that interacted.
    AccountsEngaged,
    /// All interactions.
    TotalInteractions,
    /// Likes.
    Likes,
    /// Comments.
    Comments,
    /// Shares.
    Shares,
    /// Saves.
    Saves,
    /// Replies to stories.
    Replies,
    /// Reposts.
    Reposts,
    /// Follows gained.
    Follows,
    /// Follows lost.
    Unfollows,
    /// Taps on the contact buttons of the profile.
    ProfileLinksTaps,
    /// Visits of the profile.
    ProfileViews,
    /// Taps on the website of the profile.
    WebsiteClicks,
    /// New followers of the day.
    FollowerCount,
    /// All followers.
    FollowersCount,
}

/// How a metric is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// `metric_type=time_series`: one value a day over a span.
    TimeSeries,
    /// `metric_type=total_value`: one value for the span asked for.
    TotalValue,
    /// `metric_type=total_value` with this breakdown; the metric is one of its results.
    Breakdown {
        /// The dimension.
        dimension: &'static str,
        /// The result that is meant.
        value: &'static str,
    },
    /// A field of the account itself, as it is now.
    Profile,
}

/// What a value can be broken down by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dimension {
    /// The kind of media: `POST`, `REEL`, `STORY`, `CAROUSEL_CONTAINER`, `AD`.
    MediaProductType,
    /// Whether the other side follows: `FOLLOWER`, `NON_FOLLOWER`, `UNKNOWN`.
    FollowType,
}

impl Dimension {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::MediaProductType, Self::FollowType];

    /// Meta's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::MediaProductType => "media_product_type",
            Self::FollowType => "follow_type",
        }
    }
}

/// Meta's name of the followers who are online, hour by hour. It is no daily number and so stands
/// beside the catalogue.
pub const ONLINE_FOLLOWERS: &str = "online_followers";
/// Followers below which Meta says nothing of that.
pub const ONLINE_FOLLOWERS_MINIMUM: i64 = 100;

/// What is known of a metric.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// Which it is.
    pub metric: Metric,
    /// Meta's name.
    pub name: &'static str,
    /// How it is asked for.
    pub source: Source,
    /// The dimensions by which Meta also gives it, one value a day for each.
    pub dimensions: &'static [Dimension],
    /// Whether days can be added up. Counts of different people cannot.
    pub additive: bool,
    /// Followers below which Meta gives nothing.
    pub minimum_followers: i64,
    /// How many days back Meta goes, if that is less than for others; today is not among them.
    pub last_days: Option<i64>,
    /// What people call it.
    pub label: &'static str,
    /// What it counts, in a sentence.
    pub help: &'static str,
}

const BOTH: &[Dimension] = &Dimension::ALL;
const BY_MEDIA: &[Dimension] = &[Dimension::MediaProductType];
const NONE: &[Dimension] = &[];

const TOTAL: Spec = Spec {
    metric: Metric::Views,
    name: "views",
    source: Source::TotalValue,
    dimensions: BOTH,
    additive: true,
    minimum_followers: 0,
    last_days: None,
    label: "Views",
    help: "How often posts, reels, stories and ads were played or displayed.",
};

/// All metrics, in the order people see them.
pub const CATALOGUE: [Spec; 17] = [
    Spec {
        metric: Metric::Reach,
        name: "reach",
        source: Source::TimeSeries,
        additive: false,
        label: "Reach",
        help: "How many different accounts saw something on that day. Days cannot be added up.",
        ..TOTAL
    },
    TOTAL,
    Spec {
        metric: Metric::AccountsEngaged,
        dimensions: NONE,
        name: "accounts_engaged",
        additive: false,
        label: "Accounts engaged",
        help: "How many different accounts interacted on that day. Days cannot be added up.",
        ..TOTAL
    },
    Spec {
        metric: Metric::TotalInteractions,
        dimensions: BY_MEDIA,
        name: "total_interactions",
        label: "Interactions",
        help: "Likes, comments, shares, saves and replies together.",
        ..TOTAL
    },
    Spec {
        metric: Metric::Likes,
        dimensions: BY_MEDIA,
        name: "likes",
        label: "Likes",
        help: "Likes on posts, reels and videos.",
        ..TOTAL
    },
    Spec {
        metric: Metric::Comments,
        dimensions: BY_MEDIA,
        name: "comments",
        label: "Comments",
        help: "Comments on posts, reels and videos.",
        ..TOTAL
    },
    Spec {
        metric: Metric::Shares,
        dimensions: BY_MEDIA,
        name: "shares",
        label: "Shares",
        help: "Shares of posts, reels, stories and videos.",
        ..TOTAL
    },
    Spec {
        metric: Metric::Saves,
        dimensions: BY_MEDIA,
        name: "saves",
        label: "Saves",
        help: "Saves of posts, reels and videos.",
        ..TOTAL
    },
    Spec {
        metric: Metric::Replies,
        dimensions: NONE,
        name: "replies",
        label: "Replies",
        help: "Replies to stories.",
        ..TOTAL
    },
    Spec {
        metric: Metric::Reposts,
        dimensions: NONE,
        name: "reposts",
        label: "Reposts",
        help: "Reposts of posts and reels.",
        ..TOTAL
    },
    Spec {
        metric: Metric::Follows,
        dimensions: NONE,
        name: "follows_and_unfollows",
        source: Source::Breakdown { dimension: "follow_type", value: "FOLLOWER" },
        minimum_followers: 100,
        label: "Follows",
        help: "Accounts that began to follow. From 100 followers on.",
        ..TOTAL
    },
    Spec {
        metric: Metric::Unfollows,
        dimensions: NONE,
        name: "follows_and_unfollows",
        source: Source::Breakdown { dimension: "follow_type", value: "NON_FOLLOWER" },
        minimum_followers: 100,
        label: "Unfollows",
        help: "Accounts that stopped following or left Instagram. From 100 followers on.",
        ..TOTAL
    },
    Spec {
        metric: Metric::ProfileLinksTaps,
        dimensions: NONE,
        name: "profile_links_taps",
        label: "Contact taps",
        help: "Taps on the contact buttons of the profile.",
        ..TOTAL
    },
    Spec {
        metric: Metric::ProfileViews,
        dimensions: NONE,
        name: "profile_views",
        label: "Profile visits",
        help: "Visits of the profile.",
        ..TOTAL
    },
    Spec {
        metric: Metric::WebsiteClicks,
        dimensions: NONE,
        name: "website_clicks",
        label: "Website taps",
        help: "Taps on the website in the profile.",
        ..TOTAL
    },
    Spec {
        metric: Metric::FollowerCount,
        dimensions: NONE,
        name: "follower_count",
        source: Source::TimeSeries,
        minimum_followers: 100,
        last_days: Some(29),
        label: "New followers",
        help: "New followers of that day, without those who left. From 100 followers on, for the last 30 days.",
        ..TOTAL
    },
    Spec {
        metric: Metric::FollowersCount,
        dimensions: NONE,
        name: "followers_count",
        source: Source::Profile,
        additive: false,
        label: "Followers",
        help: "All followers at the last look of that day.",
        ..TOTAL
    },
];

impl Metric {
    /// What is known of it.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a test holds that every metric stands in the catalogue")]
    pub fn spec(self) -> &'static Spec {
        CATALOGUE.iter().find(|spec| spec.metric == self).expect("every metric stands in the catalogue")
    }
}

impl Spec {
    /// The breakdown under which values are stored: `dimension=value`, or empty for the whole.
    #[must_use]
    pub fn breakdown(&self) -> String {
        match self.source {
            Source::Breakdown { dimension, value } => format!("{dimension}={value}"),
            _ => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_stands_in_the_catalogue_once() {
        for (position, spec) in CATALOGUE.iter().enumerate() {
            assert_eq!(spec.metric.spec().label, spec.label);
            let twin = CATALOGUE.iter().skip(position + 1).find(|other| {
                other.metric == spec.metric
                    || (other.name == spec.name && other.breakdown() == spec.breakdown())
            });
            assert!(twin.is_none(), "{:?}", spec.metric);
            assert!(spec.help.ends_with('.'), "{:?}", spec.metric);
        }
    }

    #[test]
    fn what_meta_breaks_down_is_broken_down() {
        // `/docs/instagram-platform/api-reference/instagram-user/insights`, column "Breakdown".
        let by = |dimension| {
            let has = |spec: &&Spec| spec.dimensions.contains(&dimension);
            CATALOGUE.iter().filter(has).map(|spec| spec.name).collect::<Vec<_>>()
        };
        assert_eq!(by(Dimension::FollowType), ["reach", "views"]);
        assert_eq!(
            by(Dimension::MediaProductType),
            ["reach", "views", "total_interactions", "likes", "comments", "shares", "saves"]
        );
    }

    #[test]
    fn counts_of_different_people_are_never_added_up() {
        for metric in [Metric::Reach, Metric::AccountsEngaged, Metric::FollowersCount] {
            assert!(!metric.spec().additive, "{metric:?}");
        }
    }

    #[test]
    fn retired_metrics_are_never_asked_for() {
        assert!(CATALOGUE.iter().all(|spec| spec.name != "impressions"));
    }
}
