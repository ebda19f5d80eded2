//! Who the audience is: counts of people by what they have in common, as of the day of the question.

use entity::audience_snapshot::AudienceKind;
use meta::Period;

use super::{Counts, DAILY, Dimension, Family, Spec, Threshold};

/// The span that Meta looks back for who the audience is; other names were removed in 2024.
pub const TIMEFRAME: &str = "this_month";

/// What is asked: age by gender has so few combinations that Meta's limit of 45 leaves none out, so
/// that ages and genders alone follow from it.
pub const AUDIENCE_DIMENSIONS: [&[Dimension]; 3] =
    [&[Dimension::Age, Dimension::Gender], &[Dimension::Country], &[Dimension::City]];

const PEOPLE: Spec = Spec {
    periods: &[Period::Lifetime],
    dimensions: &[Dimension::Age, Dimension::Gender, Dimension::Country, Dimension::City],
    counts: Counts::People,
    last_days: Some(0),
    family: Family::Audience,
    ..DAILY
};

/// Every audience with its metric.
pub const ALL: [(AudienceKind, Spec); 2] = [
    (
        AudienceKind::Followers,
        Spec {
            name: "follower_demographics",
            threshold: Threshold::Followers(100),
            label: "Followers",
            help: "Who follows. From 100 followers on.",
            ..PEOPLE
        },
    ),
    (
        AudienceKind::Engaged,
        Spec {
            name: "engaged_audience_demographics",
            threshold: Threshold::Engaged(100),
            label: "Engaged people",
            help: "Who interacted in the last 30 days. From 100 people on.",
            ..PEOPLE
        },
    ),
];
