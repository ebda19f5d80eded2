//! Who the audience is: one snapshot a day, the history kept.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use connections::{CallError, Priority};
use entity::InWorkspace;
use entity::account;
use entity::audience_snapshot::{self, AudienceKind, ValueState};
use meta::{InsightsQuery, MetricAnswer, MetricType, Period};
use sea_orm::QueryOrder;
use sea_orm::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::catalogue::audience::{ALL, AUDIENCE_DIMENSIONS, TIMEFRAME};
use crate::catalogue::{Dimension, Spec};
use crate::collect::{Interrupted, count};
use crate::{Gathered, Insights};

/// One part of an audience.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// The values of the dimensions, in the order of the breakdown.
    pub keys: Vec<String>,
    /// People in it.
    pub value: i64,
}

/// An audience on one day.
#[derive(Clone, Debug)]
pub struct Audience {
    /// Which audience.
    pub kind: AudienceKind,
    /// The day.
    pub day: NaiveDate,
    /// Whether there are segments, or why not.
    pub state: ValueState,
    /// When Meta gave it.
    pub collected_at: DateTimeUtc,
    /// Segments by age.
    pub ages: Vec<Segment>,
    /// Segments by gender.
    pub genders: Vec<Segment>,
    /// Segments by age and gender.
    pub age_gender: Vec<Segment>,
    /// Segments by country, the largest first.
    pub countries: Vec<Segment>,
    /// Segments by city, the largest first.
    pub cities: Vec<Segment>,
}

impl Insights {
    /// Takes today's snapshots of both audiences of `account`.
    ///
    /// # Errors
    /// What ended it early, together with what was gathered until then.
    pub async fn collect_audience(&self, account: &account::Model) -> Result<Gathered, Interrupted> {
        let mut gathered = Gathered::default();
        for (kind, spec) in &ALL {
            for dimensions in AUDIENCE_DIMENSIONS {
                match self.snapshot(account, *kind, spec, dimensions, &mut gathered.calls).await {
                    Ok(snapshot) => gathered.snapshots.push(snapshot),
                    Err(error) => return Err(Interrupted { gathered, error }),
                }
            }
        }
        Ok(gathered)
    }

    async fn snapshot(
        &self,
        account: &account::Model,
        kind: AudienceKind,
        spec: &Spec,
        dimensions: &[Dimension],
        calls: &mut u32,
    ) -> Result<audience_snapshot::Model, CallError> {
        let (state, segments) = if spec.is_too_small(account.followers_count) {
            (ValueState::BelowThreshold, Vec::new())
        } else {
            *calls += 1;
            match self.ask_audience(account, spec, dimensions).await {
                Ok(segments) if segments.is_empty() => (ValueState::BelowThreshold, segments),
                Ok(segments) => (ValueState::Final, segments),
                Err(CallError::Refused) => (ValueState::NotSupported, Vec::new()),
                Err(error) => return Err(error),
            }
        };
        Ok(audience_snapshot::Model {
            account_id: account.id,
            kind,
            breakdown: joined(dimensions),
            day: self.today(),
            workspace_id: account.workspace_id,
            timeframe: TIMEFRAME.to_owned(),
            state,
            segments: json!(segments),
            collected_at: self.world.now(),
        })
    }

    async fn ask_audience(
        &self,
        account: &account::Model,
        spec: &Spec,
        dimensions: &[Dimension],
    ) -> Result<Vec<Segment>, CallError> {
        let mut query = InsightsQuery::new([spec.name], Period::Lifetime);
        query.metric_type = Some(MetricType::TotalValue);
        query.breakdown = dimensions.iter().map(|dimension| dimension.name().to_owned()).collect();
        query.timeframe = Some(TIMEFRAME.to_owned());
        let meta = self.connections.meta();
        let query = &query;
        let answers = self
            .connections
            .with_token(account, Priority::Ordinary, |access| async move {
                meta.insights(access.provider, &access.token, &access.instagram_id, query).await
            })
            .await?;
        Ok(segments(&answers, dimensions))
    }

    /// The newest audience of `account` on or before `day`, or the newest of all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audience(
        &self,
        account: &account::Model,
        kind: AudienceKind,
        day: Option<NaiveDate>,
    ) -> Result<Option<Audience>, DbErr> {
        let mut newest = audience_snapshot::Entity::in_workspace(account.workspace_id)
            .filter(audience_snapshot::Column::AccountId.eq(account.id))
            .filter(audience_snapshot::Column::Kind.eq(kind))
            .order_by_desc(audience_snapshot::Column::Day);
        if let Some(day) = day {
            newest = newest.filter(audience_snapshot::Column::Day.lte(day));
        }
        let Some(newest) = newest.one(&*self.database).await? else { return Ok(None) };
        let rows = audience_snapshot::Entity::in_workspace(account.workspace_id)
            .filter(audience_snapshot::Column::AccountId.eq(account.id))
            .filter(audience_snapshot::Column::Kind.eq(kind))
            .filter(audience_snapshot::Column::Day.eq(newest.day))
            .all(&*self.database)
            .await?;
        let of = |dimensions: &[Dimension]| -> Vec<Segment> {
            let breakdown = joined(dimensions);
            let row = rows.iter().find(|row| row.breakdown == breakdown);
            row.and_then(|row| serde_json::from_value(row.segments.clone()).ok()).unwrap_or_default()
        };
        let age_gender = of(AUDIENCE_DIMENSIONS[0]);
        let available = rows.iter().any(|row| row.state == ValueState::Final);
        Ok(Some(Audience {
            kind,
            day: newest.day,
            state: if available { ValueState::Final } else { newest.state },
            collected_at: newest.collected_at,
            ages: summed(&age_gender, 0),
            genders: summed(&age_gender, 1),
            age_gender,
            countries: largest_first(of(AUDIENCE_DIMENSIONS[1])),
            cities: largest_first(of(AUDIENCE_DIMENSIONS[2])),
        }))
    }
}

/// The dimensions as they stand in the database.
fn joined(dimensions: &[Dimension]) -> String {
    dimensions.iter().map(|dimension| dimension.name()).collect::<Vec<_>>().join(",")
}

/// The segments of an answer. Dimensions are found by their names: Meta may put others among them.
fn segments(answers: &[MetricAnswer], dimensions: &[Dimension]) -> Vec<Segment> {
    answers
        .iter()
        .flat_map(|answer| &answer.breakdowns)
        .flat_map(|found| {
            found.results.iter().filter_map(|result| {
                let keys: Option<Vec<_>> = dimensions
                    .iter()
                    .map(|dimension| found.dimension(result, dimension.name()).map(str::to_owned))
                    .collect();
                Some(Segment { keys: keys?, value: count(result.value)? })
            })
        })
        .collect()
}

/// Segments added up over all but the dimension at `position`.
fn summed(segments: &[Segment], position: usize) -> Vec<Segment> {
    let mut sums = BTreeMap::new();
    for segment in segments {
        if let Some(key) = segment.keys.get(position) {
            let sum = sums.entry(key.clone()).or_insert(0_i64);
            *sum = sum.saturating_add(segment.value);
        }
    }
    sums.into_iter().map(|(key, value)| Segment { keys: vec![key], value }).collect()
}

fn largest_first(mut segments: Vec<Segment>) -> Vec<Segment> {
    segments.sort_by(|a, b| b.value.cmp(&a.value).then_with(|| a.keys.cmp(&b.keys)));
    segments
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(keys: &[&str], value: i64) -> Segment {
        Segment { keys: keys.iter().map(|key| (*key).to_owned()).collect(), value }
    }

    #[test]
    fn ages_and_genders_follow_from_their_combinations() {
        let both = [segment(&["18-24", "F"], 3), segment(&["18-24", "M"], 4), segment(&["25-34", "F"], 5)];
        assert_eq!(summed(&both, 0), [segment(&["18-24"], 7), segment(&["25-34"], 5)]);
        assert_eq!(summed(&both, 1), [segment(&["F"], 8), segment(&["M"], 4)]);
    }

    #[test]
    fn sums_that_are_too_large_stay_the_largest() {
        // Stored before counts were looked at.
        let both = [segment(&["18-24", "F"], i64::MAX), segment(&["18-24", "M"], i64::MAX)];
        assert_eq!(summed(&both, 0), [segment(&["18-24"], i64::MAX)]);
    }

    #[test]
    fn what_cannot_be_a_count_is_left_out() {
        let result = |key: &str, value| meta::BreakdownResult {
            dimension_values: vec![key.to_owned()],
            value,
            end_time: None,
        };
        let answer = MetricAnswer {
            name: ALL[0].1.name.to_owned(),
            period: "lifetime".to_owned(),
            values: Vec::new(),
            total: None,
            breakdowns: vec![meta::Breakdown {
                dimension_keys: vec!["country".to_owned()],
                results: vec![result("SE", 7), result("NO", -1), result("DK", i64::MAX), result("FI", 0)],
            }],
        };
        assert_eq!(segments(&[answer], &[Dimension::Country]), [segment(&["SE"], 7), segment(&["FI"], 0)]);
    }
}
