//! Daily numbers of an account.

use meta::Period;

use super::{Counts, DAILY, Dimension, End, Family, Form, Spec, Threshold, date};

const BY_MEDIA: &[Dimension] = &[Dimension::MediaProductType];
const BY_MEDIA_AND_FOLLOW: &[Dimension] = &[Dimension::MediaProductType, Dimension::FollowType];
const FOLLOW_TYPE: Dimension = Dimension::FollowType;
const HUNDRED: Threshold = Threshold::Followers(100);

/// Hands the table of all daily numbers of an account, in the order people see them, to the macro `$then`:
/// this file makes the enum and the specifications of it, the API its GraphQL enum. A row is the name in
/// the code, Meta's name, the label, the help text, and what differs from a daily total.
#[macro_export]
macro_rules! account_metrics {
    ($then:ident) => {
        $then! {
            Reach "reach" "Reach"
            "How many different accounts saw something on that day. Days cannot be added up."
            { form: Form::TimeSeries, periods: &[Period::Day, Period::Week, Period::Days28],
              dimensions: BY_MEDIA_AND_FOLLOW, counts: Counts::People, family: Family::Reach, headline: true }

            Views "views" "Views"
            "How often posts, reels, stories and ads were played or displayed."
            { dimensions: BY_MEDIA_AND_FOLLOW, headline: true }

            AccountsEngaged "accounts_engaged" "Accounts engaged"
            "How many different accounts interacted on that day. Days cannot be added up."
            { counts: Counts::People, headline: true }

            TotalInteractions "total_interactions" "Interactions"
            "Likes, comments, shares, saves and replies together."
            { dimensions: BY_MEDIA, headline: true }

            Likes "likes" "Likes" "Likes on posts, reels and videos." { dimensions: BY_MEDIA }

            Comments "comments" "Comments" "Comments on posts, reels and videos." { dimensions: BY_MEDIA }

            Shares "shares" "Shares" "Shares of posts, reels, stories and videos." { dimensions: BY_MEDIA }

            Saves "saves" "Saves" "Saves of posts, reels and videos." { dimensions: BY_MEDIA }

            Replies "replies" "Replies" "Replies to stories." { }

            Reposts "reposts" "Reposts" "Reposts of posts and reels." { since: Some(date(2025, 12, 3)) }

            Follows "follows_and_unfollows" "Follows"
            "Accounts that began to follow. From 100 followers on."
            { form: Form::Part { dimension: FOLLOW_TYPE, key: "FOLLOWER" }, threshold: HUNDRED,
              family: Family::Follows }

            Unfollows "follows_and_unfollows" "Unfollows"
            "Accounts that stopped following or left Instagram. From 100 followers on."
            { form: Form::Part { dimension: FOLLOW_TYPE, key: "NON_FOLLOWER" }, threshold: HUNDRED,
              family: Family::Follows }

            ProfileLinksTaps "profile_links_taps" "Contact taps"
            "Taps on the contact buttons of the profile." { }

            ProfileViews "profile_views" "Profile visits" "Visits of the profile." { }

            WebsiteClicks "website_clicks" "Website taps" "Taps on the website in the profile." { }

            FollowerCount "follower_count" "New followers"
            "New followers of that day, without those who left. From 100 followers on, for the last 30 days."
            { form: Form::TimeSeries, threshold: HUNDRED, last_days: Some(29),
              family: Family::NewFollowers, headline: true }

            FollowersCount "followers_count" "Followers"
            "All followers at the last look of that day."
            { form: Form::Field, counts: Counts::Level, last_days: Some(0), family: Family::Followers,
              headline: true }

            Impressions "impressions" "Impressions"
            "How often something was on a screen. Meta ended it on 21 April 2025; Views took its place."
            { form: Form::TimeSeries, end: Some(End { version: 22, everywhere: date(2025, 4, 21) }),
              successor: Some("views") }
        }
    };
}

macro_rules! metrics {
    ($($case:ident $name:literal $label:literal $help:literal { $($field:ident: $value:expr),* $(,)? })*) => {
        /// What can be measured of an account, day by day.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Metric {
            $(#[doc = $help] $case,)*
        }

        impl Metric {
            /// All of them, in the order people see them.
            pub const ALL: &[Self] = &[$(Self::$case),*];

            /// What is known of it.
            #[must_use]
            pub fn spec(self) -> &'static Spec {
                match self {
                    $(Self::$case => const {
                        &Spec { name: $name, label: $label, help: $help, $($field: $value,)* ..DAILY }
                    },)*
                }
            }
        }
    };
}
account_metrics!(metrics);
