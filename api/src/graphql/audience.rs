//! Who the audience of an account is.

use async_graphql::{Enum, SimpleObject};
use chrono::{DateTime, Utc};
use entity::insight::ValueState;
use insights::audience::{Audience, Segment};

use super::enums::AudienceKind;
use super::insights::{Count, Date};

/// Whether Meta gives an audience, or why not.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AudienceState {
    /// It is there.
    Available,
    /// Fewer than 100 people: Meta says nothing about them.
    BelowThreshold,
    /// A permission is missing.
    NoPermission,
    /// Meta does not give it for this account.
    NotSupported,
}

/// An audience on one day. Meta names the 45 largest countries and cities only.
#[derive(SimpleObject)]
pub(crate) struct AudienceSnapshot {
    /// Which audience.
    kind: AudienceKind,
    /// The day.
    day: Date,
    /// Whether Meta gave it, or why not.
    state: AudienceState,
    /// When Meta gave it.
    collected_at: DateTime<Utc>,
    /// The span that Meta looked back over, in its word.
    timeframe: String,
    /// All followers when it was taken; null for people who interacted, whom Meta does not count.
    people: Option<Count>,
    /// Parts by age.
    ages: Vec<AudienceSegment>,
    /// Parts by gender: `F`, `M`, or `U` where it is not known.
    genders: Vec<AudienceSegment>,
    /// Parts by country (ISO 3166, two letters), the largest first.
    countries: Vec<AudienceSegment>,
    /// Parts by city, the largest first.
    cities: Vec<AudienceSegment>,
    /// Parts by age and gender.
    age_gender: Vec<AgeGenderSegment>,
}

/// A part of an audience.
#[derive(SimpleObject)]
pub(crate) struct AudienceSegment {
    /// What its people have in common.
    key: String,
    /// People in it.
    value: Count,
    /// Their share of all that are named, from 0 to 1.
    share: f64,
    /// Their share of all people of the audience, from 0 to 1, where it is known how many there are.
    share_of_all: Option<f64>,
}

/// A part of an audience by age and gender.
#[derive(SimpleObject)]
pub(crate) struct AgeGenderSegment {
    /// The age.
    age: String,
    /// The gender.
    gender: String,
    /// People in it.
    value: Count,
    /// Their share of all that are named, from 0 to 1.
    share: f64,
    /// Their share of all people of the audience, from 0 to 1, where it is known how many there are.
    share_of_all: Option<f64>,
}

/// How often a field of a segment is repeated at most: Meta names so many of them.
pub(crate) const SEGMENTS: usize = 45;

/// The audiences of one day, side by side.
#[derive(SimpleObject)]
pub(crate) struct AudienceDay {
    /// The day.
    day: Date,
    /// Who follows; null where no snapshot was taken.
    followers: Option<AudienceSnapshot>,
    /// Who interacted; null where no snapshot was taken.
    engaged: Option<AudienceSnapshot>,
}

impl From<insights::audience::AudienceDay> for AudienceDay {
    fn from(day: insights::audience::AudienceDay) -> Self {
        Self {
            day: Date(day.day),
            followers: day.followers.map(AudienceSnapshot::from),
            engaged: day.engaged.map(AudienceSnapshot::from),
        }
    }
}

impl From<Audience> for AudienceSnapshot {
    fn from(audience: Audience) -> Self {
        let all = total(&audience.age_gender);
        let people = audience.people;
        let age_gender = audience
            .age_gender
            .iter()
            .filter_map(|segment| match segment.keys.as_slice() {
                [age, gender] => Some(AgeGenderSegment {
                    age: age.clone(),
                    gender: gender.clone(),
                    value: Count(segment.value),
                    share: share(segment.value, all),
                    share_of_all: people.map(|people| share(segment.value, people)),
                }),
                _ => None,
            })
            .collect();
        Self {
            kind: audience.kind.into(),
            day: Date(audience.day),
            state: match audience.state {
                ValueState::Final | ValueState::Provisional => AudienceState::Available,
                ValueState::BelowThreshold | ValueState::NotReady => AudienceState::BelowThreshold,
                ValueState::NoPermission => AudienceState::NoPermission,
                ValueState::NotSupported => AudienceState::NotSupported,
            },
            collected_at: audience.collected_at,
            timeframe: audience.timeframe,
            people: people.map(Count),
            ages: segments(&audience.ages, people),
            genders: segments(&audience.genders, people),
            countries: segments(&audience.countries, people),
            cities: segments(&audience.cities, people),
            age_gender,
        }
    }
}

fn segments(segments: &[Segment], people: Option<i64>) -> Vec<AudienceSegment> {
    let all = total(segments);
    segments
        .iter()
        .map(|segment| AudienceSegment {
            key: segment.keys.join(", "),
            value: Count(segment.value),
            share: share(segment.value, all),
            share_of_all: people.map(|people| share(segment.value, people)),
        })
        .collect()
}

fn total(segments: &[Segment]) -> i64 {
    segments.iter().map(|segment| segment.value).fold(0, i64::saturating_add)
}

#[expect(clippy::cast_precision_loss, reason = "people are fewer than 2^52")]
fn share(value: i64, all: i64) -> f64 {
    if all > 0 { value as f64 / all as f64 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_that_are_too_large_do_not_end_anything() {
        let segment = |key: &str| Segment { keys: vec![key.to_owned()], value: i64::MAX };
        let both = segments(&[segment("SE"), segment("NO")], Some(i64::MAX));
        assert!(both.iter().all(|part| part.share > 0.99), "{}", both[0].share);
    }
}
