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
}

impl From<Audience> for AudienceSnapshot {
    fn from(audience: Audience) -> Self {
        let all = total(&audience.age_gender);
        let age_gender = audience
            .age_gender
            .iter()
            .filter_map(|segment| match segment.keys.as_slice() {
                [age, gender] => Some(AgeGenderSegment {
                    age: age.clone(),
                    gender: gender.clone(),
                    value: Count(segment.value),
                    share: share(segment.value, all),
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
            ages: segments(&audience.ages),
            genders: segments(&audience.genders),
            countries: segments(&audience.countries),
            cities: segments(&audience.cities),
            age_gender,
        }
    }
}

fn segments(segments: &[Segment]) -> Vec<AudienceSegment> {
    let all = total(segments);
    segments
        .iter()
        .map(|segment| AudienceSegment {
            key: segment.keys.join(", "),
            value: Count(segment.value),
            share: share(segment.value, all),
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
        let both = segments(&[segment("SE"), segment("NO")]);
        assert!(both.iter().all(|part| part.share > 0.99), "{}", both[0].share);
    }
}
