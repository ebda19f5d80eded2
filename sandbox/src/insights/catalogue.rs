//! The metrics that the live API accepts (table of "Instagram user insights", read in June 2026,
//! with the names that the enumeration in its error message adds), and what the ended ones were.

/// How a metric can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Types {
    /// `time_series` by default, `total_value` too.
    Both,
    TotalOnly,
    SeriesOnly,
    /// Demographics: lifetime, total value.
    Demographic,
    /// `online_followers` and the former `audience_…`: lifetime, no type.
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

/// All metrics that are played.
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

/// The names that the live message about an unknown metric lists, in its order: 28 of them, seen in
/// 2026. Not all are played.
const ENUMERATION: [&str; 28] = [
    "reach",
    "follower_count",
    "website_clicks",
    "profile_views",
    "online_followers",
    "accounts_engaged",
    "total_interactions",
    "likes",
    "comments",
    "shares",
    "saves",
    "replies",
    "engaged_audience_demographics",
    "reached_audience_demographics",
    "follower_demographics",
    "follows_and_unfollows",
    "profile_links_taps",
    "views",
    "threads_likes",
    "threads_replies",
    "reposts",
    "quotes",
    "threads_followers",
    "threads_follower_demographics",
    "content_views",
    "threads_views",
    "threads_clicks",
    "threads_reposts",
];

/// Names for the message about an unknown metric.
pub(crate) fn enumeration() -> String {
    ENUMERATION.join(", ")
}

/// Whether a name is one of those that Meta's message lists and nobody documents: it is accepted, and
/// nothing is known about it.
pub(crate) fn is_undocumented(name: &str) -> bool {
    ENUMERATION.contains(&name) && find(name).is_none()
}

const fn former_taps(name: &'static str, title: &'static str, description: &'static str) -> Entry {
    Entry { types: Types::SeriesOnly, ..total(name, title, description, NONE) }
}

const fn former_audience(name: &'static str, title: &'static str, description: &'static str) -> Entry {
    Entry { types: Types::Lifetime, needs_hundred: true, ..total(name, title, description, NONE) }
}

/// What ended metrics were, for a clock set back before their end; the removal table says when that
/// is. A metric of which only the series ended stands here as it was with it.
const FORMER: &[Entry] = &[
    Entry {
        types: Types::Both,
        ..total("impressions", "Impressions", "The number of times your content was on screen", NONE)
    },
    Entry {
        types: Types::Both,
        ..total("profile_views", "Profile views", "The number of times your profile was visited", NONE)
    },
    Entry {
        types: Types::Both,
        ..total("website_clicks", "Website clicks", "Taps on the link to your website", NONE)
    },
    former_taps("email_contacts", "Email contacts", "Taps on the email button of your profile"),
    former_taps("phone_call_clicks", "Phone call clicks", "Taps on the call button of your profile"),
    former_taps("get_directions_clicks", "Get directions clicks", "Taps on the directions of your profile"),
    former_taps("text_message_clicks", "Text message clicks", "Taps on the text button of your profile"),
    former_audience("audience_city", "Audience city", "Followers by city"),
    former_audience("audience_country", "Audience country", "Followers by country"),
    former_audience("audience_gender_age", "Gender and age", "Followers by gender and age"),
    former_audience("audience_locale", "Locale", "Followers by language and country"),
];

/// What an ended metric was.
pub(crate) fn former(name: &str) -> Option<&'static Entry> {
    FORMER.iter().find(|entry| entry.name == name)
}

/// Every name that stands for a metric of an account, now or formerly.
pub(crate) fn is_name(name: &str) -> bool {
    ENUMERATION.contains(&name) || former(name).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_played_is_listed_and_what_is_not_is_undocumented() {
        assert!(METRICS.iter().all(|entry| ENUMERATION.contains(&entry.name)));
        let rest: Vec<&str> = ENUMERATION.into_iter().filter(|name| is_undocumented(name)).collect();
        assert_eq!(rest.len(), ENUMERATION.len() - METRICS.len());
        assert!(
            rest.iter()
                .all(|name| name.starts_with("threads_") || ["quotes", "content_views"].contains(name))
        );
    }
}
