//! The metrics that the live API accepts (table of "Instagram user insights", read in June 2026,
//! with the names that the enumeration in its error message adds).

/// How a metric can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Types {
    /// `time_series` by default, `total_value` too.
    Both,
    TotalOnly,
    SeriesOnly,
    /// Demographics: lifetime, total value.
    Demographic,
    /// `online_followers`: lifetime, no type.
    Lifetime,
}

/// One metric.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) description: &'static str,
    pub(crate) types: Types,
    pub(crate) breakdowns: &'static [&'static str],
    /// Distinct people, so that days do not add up.
    pub(crate) unique: bool,
    /// Needs a hundred followers.
    pub(crate) needs_hundred: bool,
}

const NONE: &[&str] = &[];
const MEDIA: &[&str] = &["media_product_type"];
const MEDIA_AND_FOLLOW: &[&str] = &["media_product_type", "follow_type"];
const PEOPLE: &[&str] = &["age", "city", "country", "gender"];

const fn total(
    name: &'static str,
    title: &'static str,
    description: &'static str,
    breakdowns: &'static [&'static str],
) -> Entry {
    Entry {
        name,
        title,
        description,
        types: Types::TotalOnly,
        breakdowns,
        unique: false,
        needs_hundred: false,
    }
}

/// All metrics, in the order in which the error message lists them.
pub(crate) const METRICS: &[Entry] = &[
    Entry {
        types: Types::Both,
        unique: true,
        ..total(
            "reach",
            "Accounts reached",
            "The number of unique accounts that have seen your content",
            MEDIA_AND_FOLLOW,
        )
    },
    Entry {
        types: Types::SeriesOnly,
        needs_hundred: true,
        ..total("follower_count", "Follower count", "The number of new followers on each day", NONE)
    },
    total("website_clicks", "Website clicks", "Taps on the link to your website", NONE),
    total("profile_views", "Profile views", "The number of times your profile was visited", NONE),
    Entry {
        types: Types::Lifetime,
        needs_hundred: true,
        ..total("online_followers", "Online followers", "Followers who were online, by hour", NONE)
    },
    Entry {
        unique: true,
        ..total("accounts_engaged", "Accounts engaged", "Accounts that interacted with your content", NONE)
    },
    total("total_interactions", "Content interactions", "Likes, comments, saves, shares and replies", MEDIA),
    total("likes", "Likes", "Likes on your posts, reels and videos", MEDIA),
    total("comments", "Comments", "Comments on your posts, reels and videos", MEDIA),
    total("shares", "Shares", "Shares of your posts, stories, reels and videos", MEDIA),
    total("saves", "Saves", "Saves of your posts, reels and videos", MEDIA),
    total("replies", "Replies", "Replies to your stories", NONE),
    total("reposts", "Reposts", "Times your content was reposted", NONE),
    Entry {
        types: Types::Demographic,
        needs_hundred: true,
        ..total("engaged_audience_demographics", "Engaged audience demographics", "Who interacted", PEOPLE)
    },
    Entry {
        types: Types::Demographic,
        needs_hundred: true,
        ..total("reached_audience_demographics", "Reached audience demographics", "Who was reached", PEOPLE)
    },
    Entry {
        types: Types::Demographic,
        needs_hundred: true,
        ..total("follower_demographics", "Follower demographics", "Who follows", PEOPLE)
    },
    Entry {
        needs_hundred: true,
        ..total(
            "follows_and_unfollows",
            "Follows and unfollows",
            "Accounts that followed or left",
            &["follow_type"],
        )
    },
    total(
        "profile_links_taps",
        "Profile links taps",
        "Taps on the buttons of your profile",
        &["contact_button_type"],
    ),
    total(
        "views",
        "Views",
        "The number of times your content was played or displayed",
        &["media_product_type", "follow_type", "follower_type"],
    ),
];

/// A metric by name.
pub(crate) fn find(name: &str) -> Option<&'static Entry> {
    METRICS.iter().find(|entry| entry.name == name)
}

/// Names for the message about an unknown metric.
pub(crate) fn enumeration() -> String {
    METRICS.iter().map(|entry| entry.name).collect::<Vec<_>>().join(", ")
}

/// What `impressions` was, for a clock set back before its end.
pub(crate) const IMPRESSIONS: Entry = Entry {
    types: Types::Both,
    ..total("impressions", "Impressions", "The number of times your content was on screen", NONE)
};
