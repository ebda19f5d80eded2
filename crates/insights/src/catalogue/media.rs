//! Every metric of posts, reels and stories, as data. No other place names one.
//!
//! Sources: `/docs/instagram-platform/reference/instagram-media/insights` for names, kinds, breakdowns and
//! dates; `/docs/instagram-platform/webhooks` for the names in the webhook `story_insights`. Parts of an
//! album have no insights. `impressions`, `plays`, `video_views`, `engagement`, `taps_forward`,
//! `taps_back` and `exits` have ended as metrics and are never asked for.

use chrono::NaiveDate;
use entity::media::MediaKind;
use meta::Provider;

use super::{BOTH_LOGINS, Counts};

const FACEBOOK_LOGIN: &[Provider] = &[Provider::FacebookLogin];

const ALL_KINDS: &[MediaKind] = &[MediaKind::Feed, MediaKind::Reels, MediaKind::Story];
const LASTING: &[MediaKind] = &[MediaKind::Feed, MediaKind::Reels];
const FEED_AND_STORY: &[MediaKind] = &[MediaKind::Feed, MediaKind::Story];
const REELS: &[MediaKind] = &[MediaKind::Reels];
const STORY: &[MediaKind] = &[MediaKind::Story];

/// How a value stands in the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaForm {
    /// It is the metric's own value.
    Whole,
    /// It is one result of a breakdown.
    Part {
        /// The dimension.
        dimension: &'static str,
        /// The result that is meant.
        key: &'static str,
    },
}

/// A part of the metric `navigation`.
const fn way(key: &'static str) -> MediaForm {
    MediaForm::Part { dimension: "story_navigation_action_type", key }
}

/// A field of the media itself that tells the same number, where insights do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// `like_count`; left out when the owner hides it.
    LikeCount,
    /// `comments_count`.
    CommentsCount,
}

/// In which unit a value is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// People or times.
    Count,
    /// Thousandths of a second.
    Milliseconds,
    /// Hundredths of a percent.
    BasisPoints,
}

/// What is known of a metric of media. Values are for the whole life of a media.
#[derive(Clone, Copy, Debug)]
pub struct MediaSpec {
    /// Which it is.
    pub metric: MediaMetric,
    /// Under which name it is stored.
    pub key: &'static str,
    /// Meta's name.
    pub name: &'static str,
    /// How its value stands in the answer.
    pub form: MediaForm,
    /// The kinds of media that have it.
    pub kinds: &'static [MediaKind],
    /// The logins through which it can be had.
    pub logins: &'static [Provider],
    /// Whether only some media of these kinds have it, so that a refusal says nothing about the others.
    pub of_some: bool,
    /// How many people have to see a story before Meta gives it.
    pub viewers: i64,
    /// The first day on which Meta gave it, if it is younger than the others.
    pub since: Option<NaiveDate>,
    /// The first day on which Meta does not give it any more, where that is known.
    pub end: Option<NaiveDate>,
    /// The field of the media that tells the same.
    pub field: Option<Field>,
    /// Its name in the webhook `story_insights`.
    pub webhook: Option<&'static str>,
    /// In which unit it is stored.
    pub unit: Unit,
    /// What it counts.
    pub counts: Counts,
    /// Whether the dashboard shows it at first sight.
    pub headline: bool,
    /// What people call it.
    pub label: &'static str,
    /// What it counts, in a sentence or two.
    pub help: &'static str,
}

/// What most metrics of media have in common.
const COMMON: MediaSpec = MediaSpec {
    metric: MediaMetric::Views,
    key: "",
    name: "",
    form: MediaForm::Whole,
    kinds: ALL_KINDS,
    logins: BOTH_LOGINS,
    of_some: false,
    viewers: 5,
    since: None,
    end: None,
    field: None,
    webhook: None,
    unit: Unit::Count,
    counts: Counts::Events,
    headline: false,
    label: "",
    help: "",
};

/// Hands the table of all metrics of media, in the order people see them, to the macro `$then`: this file
/// makes the enum and the specifications of it, the API its GraphQL enum. A row is the name in the code,
/// the name under which it is stored, Meta's name, the label, the help text, and what differs from
/// the rest.
#[macro_export]
macro_rules! media_metrics {
    ($then:ident) => {
        $then! {
            Reach "reach" "reach" "Reach"
            "How many different accounts saw it. Several media cannot be added up."
            { webhook: Some("reach"), counts: Counts::People, headline: true }

            Views "views" "views" "Views"
            "How often it was played or displayed."
            { headline: true }

            TotalInteractions "total_interactions" "total_interactions" "Interactions"
            "Likes, comments, shares, saves and replies together."
            { headline: true }

            Likes "likes" "likes" "Likes"
            "Likes on Instagram. Their owner can hide them."
            { kinds: LASTING, field: Some(Field::LikeCount), headline: true }

            Comments "comments" "comments" "Comments"
            "Comments on Instagram."
            { kinds: LASTING, field: Some(Field::CommentsCount), headline: true }

            Saved "saved" "saved" "Saves"
            "How often it was saved."
            { kinds: LASTING }

            Shares "shares" "shares" "Shares"
            "How often it was shared."
            { }

            Reposts "reposts" "reposts" "Reposts"
            "How often it was reposted."
            { since: NaiveDate::from_ymd_opt(2025, 12, 3) }

            Follows "follows" "follows" "Follows"
            "Accounts that began to follow because of it."
            { kinds: FEED_AND_STORY }

            ProfileVisits "profile_visits" "profile_visits" "Profile visits"
            "Visits of the profile because of it."
            { kinds: FEED_AND_STORY }

            ProfileActivity "profile_activity" "profile_activity" "Profile taps"
            "Taps on links and contact buttons of the profile because of it."
            { kinds: FEED_AND_STORY }

            AverageWatchTime "ig_reels_avg_watch_time" "ig_reels_avg_watch_time" "Average watch time"
            "How long it was watched on average, replays included."
            { kinds: REELS, unit: Unit::Milliseconds, counts: Counts::Level, headline: true }

            TotalWatchTime "ig_reels_video_view_total_time" "ig_reels_video_view_total_time" "Watch time"
            "How long it was watched altogether, replays included."
            { kinds: REELS, unit: Unit::Milliseconds }

            SkipRate "reels_skip_rate" "reels_skip_rate" "Skip rate"
            "The share of plays that ended within three seconds."
            { kinds: REELS, unit: Unit::BasisPoints, counts: Counts::Level }

            Replies "replies" "replies" "Replies"
            "Replies to the story. Meta counts none for people in Europe and Japan."
            { kinds: STORY, webhook: Some("replies"), headline: true }

            Navigation "navigation" "navigation" "Navigation"
            "Taps and swipes that led on, back or out of the story."
            { kinds: STORY }

            TapsForward "navigation_tap_forward" "navigation" "Taps forward"
            "Taps to the next part of the story."
            { form: way("tap_forward"), kinds: STORY, webhook: Some("taps_forward") }

            TapsBack "navigation_tap_back" "navigation" "Taps back"
            "Taps back to the part before."
            { form: way("tap_back"), kinds: STORY, webhook: Some("taps_back") }

            Exits "navigation_tap_exit" "navigation" "Exits"
            "How often people left the story."
            { form: way("tap_exit"), kinds: STORY, webhook: Some("exits"), headline: true }

            SwipesForward "navigation_swipe_forward" "navigation" "Swipes forward"
            "Swipes to the story of another account."
            { form: way("swipe_forward"), kinds: STORY }

            LinkClicks "link_clicks" "link_clicks" "Link taps"
            "Taps on the link of the story."
            { kinds: STORY, logins: FACEBOOK_LOGIN, since: NaiveDate::from_ymd_opt(2026, 6, 22) }

            TotalLikes "total_likes" "total_likes" "Likes in all places"
            "Likes on Instagram and on Facebook."
            { kinds: LASTING, logins: FACEBOOK_LOGIN }

            TotalComments "total_comments" "total_comments" "Comments in all places"
            "Comments on Instagram and on Facebook."
            { kinds: LASTING, logins: FACEBOOK_LOGIN }

            TotalViews "total_views" "total_views" "Views in all places"
            "Views on Instagram and on Facebook."
            { kinds: LASTING, logins: FACEBOOK_LOGIN }

            FacebookViews "facebook_views" "facebook_views" "Views on Facebook"
            "Views on Facebook, of what is posted there, too."
            { of_some: true }

            CrosspostedViews "crossposted_views" "crossposted_views" "Views of both posts"
            "Views on Instagram and on Facebook together, of a reel that is on both."
            { kinds: REELS, of_some: true }
        }
    };
}

macro_rules! metrics {
    ($($case:ident $key:literal $name:literal $label:literal $help:literal { $($field:ident: $value:expr),* $(,)? })*) => {
        /// What can be measured of a media.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum MediaMetric {
            $(#[doc = $help] $case,)*
        }

        impl MediaMetric {
            /// What is known of it.
            #[must_use]
            pub fn spec(self) -> &'static MediaSpec {
                match self {
                    $(Self::$case => const {
                        &MediaSpec {
                            metric: Self::$case,
                            key: $key,
                            name: $name,
                            label: $label,
                            help: $help,
                            $($field: $value,)*
                            ..COMMON
                        }
                    },)*
                }
            }

            /// All of them, in the order people see them.
            pub const ALL: &[Self] = &[$(Self::$case),*];
        }
    };
}
media_metrics!(metrics);

/// All metrics of media, in the order people see them.
pub fn all() -> impl Iterator<Item = &'static MediaSpec> {
    MediaMetric::ALL.iter().map(|metric| metric.spec())
}

impl MediaSpec {
    /// Whether Meta gives it on the day `on` for media of `kind` that are read through `login`.
    #[must_use]
    pub fn is_given(&self, kind: MediaKind, login: Provider, on: NaiveDate) -> bool {
        self.kinds.contains(&kind)
            && self.logins.contains(&login)
            && self.since.is_none_or(|since| on >= since)
            && self.end.is_none_or(|end| on < end)
    }

    /// The dimension that has to be asked for, if the value stands in a breakdown.
    #[must_use]
    pub fn dimension(&self) -> Option<&'static str> {
        match self.form {
            MediaForm::Whole => None,
            MediaForm::Part { dimension, .. } => Some(dimension),
        }
    }

    /// Whether the values of several media can be added up.
    #[must_use]
    pub fn is_additive(&self) -> bool {
        self.counts == Counts::Events
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use meta::Provider::{FacebookLogin, InstagramLogin};

    use super::*;

    fn names(kind: MediaKind, provider: Provider) -> Vec<&'static str> {
        let day = "2026-11-20".parse().unwrap();
        let given = all().filter(|spec| spec.is_given(kind, provider, day));
        given.filter(|spec| spec.form == MediaForm::Whole && !spec.of_some).map(|spec| spec.name).collect()
    }

    #[test]
    fn every_metric_stands_in_the_catalogue_once() {
        let keys: HashSet<_> = all().map(|spec| spec.key).collect();
        assert_eq!(keys.len(), MediaMetric::ALL.len());
        for metric in MediaMetric::ALL {
            assert_eq!(metric.spec().metric, *metric);
            assert!(metric.spec().help.ends_with('.'), "{metric:?}");
        }
    }

    #[test]
    fn each_kind_has_the_metrics_of_metas_table() {
        // `/docs/instagram-platform/reference/instagram-media/insights`.
        assert_eq!(
            names(MediaKind::Feed, InstagramLogin),
            [
                "reach",
                "views",
                "total_interactions",
                "likes",
                "comments",
                "saved",
                "shares",
                "reposts",
                "follows",
                "profile_visits",
                "profile_activity"
            ]
        );
        assert_eq!(
            names(MediaKind::Reels, InstagramLogin),
            [
                "reach",
                "views",
                "total_interactions",
                "likes",
                "comments",
                "saved",
                "shares",
                "reposts",
                "ig_reels_avg_watch_time",
                "ig_reels_video_view_total_time",
                "reels_skip_rate"
            ]
        );
        assert_eq!(
            names(MediaKind::Story, InstagramLogin),
            [
                "reach",
                "views",
                "total_interactions",
                "shares",
                "reposts",
                "follows",
                "profile_visits",
                "profile_activity",
                "replies",
                "navigation"
            ]
        );
        let more = |kind| names(kind, FacebookLogin).len() - names(kind, InstagramLogin).len();
        assert_eq!([MediaKind::Feed, MediaKind::Reels, MediaKind::Story].map(more), [3, 3, 1]);
    }

    #[test]
    fn metrics_are_given_from_their_first_day_on() {
        let given = |day: &str| {
            MediaMetric::LinkClicks.spec().is_given(MediaKind::Story, FacebookLogin, day.parse().unwrap())
        };
        assert!(!given("2026-06-21") && given("2026-06-22"));
    }

    #[test]
    fn counts_of_different_people_are_never_added_up() {
        assert!(!MediaMetric::Reach.spec().is_additive());
        assert!(!MediaMetric::SkipRate.spec().is_additive());
        assert!(MediaMetric::Views.spec().is_additive());
    }

    #[test]
    fn retired_metrics_are_never_asked_for() {
        let ended =
            ["impressions", "plays", "video_views", "engagement", "taps_forward", "taps_back", "exits"];
        assert!(all().all(|spec| !ended.contains(&spec.name)));
    }
}
