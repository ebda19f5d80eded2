//! Who the audience is: one snapshot a day, the history kept.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use connections::Priority;
use entity::InWorkspace;
use entity::account;
use entity::audience_snapshot::{self, AudienceKind, ValueState};
use meta::MetricAnswer;
use sea_orm::QueryOrder;
use sea_orm::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::catalogue::Dimension;
use crate::catalogue::audience::{ALL, AUDIENCE_DIMENSIONS, TIMEFRAME};
use crate::collect::{Interrupted, count};
use crate::plan::{Question, joined};
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
    /// The span that Meta looked back over, in its word.
    pub timeframe: String,
    /// Whether there are segments, or why not.
    pub state: ValueState,
    /// When Meta gave it.
    pub collected_at: DateTimeUtc,
    /// All followers when it was taken, of whom Meta names the largest segments only. How many people
    /// are engaged it does not say.
    pub people: Option<i64>,
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

/// The snapshot that `question` about the audience of an account with so many followers brought.
pub(crate) fn snapshot(
    account: &account::Model,
    question: &Question,
    followers: Option<i64>,
    state: ValueState,
    segments: &[Segment],
    now: DateTimeUtc,
) -> Option<audience_snapshot::Model> {
    let asked = question.metrics.first()?;
    let (kind, _) = ALL.iter().find(|(_, spec)| spec.name == asked.name)?;
    Some(audience_snapshot::Model {
        account_id: account.id,
        kind: *kind,
        breakdown: question.dimensions(),
        day: question.to,
        workspace_id: account.workspace_id,
        timeframe: TIMEFRAME.to_owned(),
        state,
        segments: json!(segments),
        people: followers.filter(|_| *kind == AudienceKind::Followers),
        collected_at: now,
    })
}

/// The audiences of one day, side by side.
#[derive(Clone, Debug)]
pub struct AudienceDay {
    /// The day.
    pub day: NaiveDate,
    /// Who follows, if a snapshot was taken.
    pub followers: Option<Audience>,
    /// Who interacted, if a snapshot was taken.
    pub engaged: Option<Audience>,
}

impl Insights {
    /// Takes today's snapshots of both audiences of `account`.
    ///
    /// # Errors
    /// What ended it early, together with what was gathered until then.
    pub async fn collect_audience(&self, account: &account::Model) -> Result<Gathered, Interrupted> {
        let mut inquiry = self.inquire(account, Priority::Newest).await?;
        match inquiry.ask_all(inquiry.plan.audience()).await {
            Ok(()) => Ok(inquiry.gathered),
            Err(error) => Err(Interrupted { gathered: inquiry.gathered, error }),
        }
    }

    /// The audiences of `account` from `from` to `to`, both included, the oldest first: days of which a
    /// snapshot was taken.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audience_history(
        &self,
        account: &account::Model,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<AudienceDay>, DbErr> {
        let rows = audience_snapshot::Entity::in_workspace(account.workspace_id)
            .filter(audience_snapshot::Column::AccountId.eq(account.id))
            .filter(audience_snapshot::Column::Day.between(from, to))
            .all(&*self.database)
            .await?;
        let mut days: BTreeMap<NaiveDate, Vec<audience_snapshot::Model>> = BTreeMap::new();
        for row in rows {
            days.entry(row.day).or_default().push(row);
        }
        let of_kind = |rows: &[audience_snapshot::Model], kind| {
            let own: Vec<_> = rows.iter().filter(|row| row.kind == kind).cloned().collect();
            assembled(kind, &own)
        };
        let days = days.into_iter().map(|(day, rows)| AudienceDay {
            day,
            followers: of_kind(&rows, AudienceKind::Followers),
            engaged: of_kind(&rows, AudienceKind::Engaged),
        });
        Ok(days.collect())
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
        Ok(assembled(kind, &rows))
    }
}

/// The audience of `kind` that the snapshots `rows` of one day make.
fn assembled(kind: AudienceKind, rows: &[audience_snapshot::Model]) -> Option<Audience> {
    let first = rows.first()?;
    let of = |dimensions: &[Dimension]| -> Vec<Segment> {
        let breakdown = joined(dimensions);
        let row = rows.iter().find(|row| row.breakdown == breakdown);
        row.and_then(|row| serde_json::from_value(row.segments.clone()).ok()).unwrap_or_default()
    };
    let age_gender = of(AUDIENCE_DIMENSIONS[0]);
    let available = rows.iter().any(|row| row.state == ValueState::Final);
    Some(Audience {
        kind,
        day: first.day,
        timeframe: first.timeframe.clone(),
        state: if available { ValueState::Final } else { first.state },
        collected_at: first.collected_at,
        people: rows.iter().find_map(|row| row.people),
        ages: summed(&age_gender, 0),
        genders: summed(&age_gender, 1),
        age_gender,
        countries: largest_first(of(AUDIENCE_DIMENSIONS[1])),
        cities: largest_first(of(AUDIENCE_DIMENSIONS[2])),
    })
}

/// The segments of an answer. Dimensions are found by their names: Meta may put others among them.
pub(crate) fn segments(answers: &[MetricAnswer], dimensions: &[Dimension]) -> Vec<Segment> {
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
