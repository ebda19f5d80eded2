//! Reading: every day of a range with its value, or why there is none.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use entity::InWorkspace;
use entity::account;
use entity::insight::{self, ValueState};
use sea_orm::QueryOrder as _;
use sea_orm::prelude::*;

use crate::Insights;
use crate::catalogue::{Dimension, Form, Metric, ONLINE_FOLLOWERS, Spec};
use crate::revisions::Revision;
use crate::store::DAY;

/// The values of one metric over a range.
#[derive(Clone, Debug)]
pub struct Series {
    /// The metric.
    pub metric: Metric,
    /// Every day of the range, the oldest first.
    pub points: Vec<Point>,
    /// The sum, where days can be added up and there is any value.
    pub total: Option<i64>,
}

/// One day of a series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// The day.
    pub day: NaiveDate,
    /// The value; missing is not zero.
    pub value: Option<i64>,
    /// Whether it may still change, or why it is missing.
    pub state: PointState,
    /// When Meta gave it.
    pub collected_at: Option<DateTime<Utc>>,
    /// What it was before, the oldest first; empty unless they were asked for.
    pub revisions: Vec<Revision>,
}

/// Whether a value may still change, or why it is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PointState {
    /// What is stored.
    Known(ValueState),
    /// Nothing is stored of that day.
    Gap,
}

impl Insights {
    /// The series of `metrics` of one account, both ends included.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn series(
        &self,
        account: &account::Model,
        metrics: &[Metric],
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<Series>, DbErr> {
        let names: Vec<_> = metrics.iter().map(|metric| metric.spec().name).collect();
        let rows = insight::Entity::in_workspace(account.workspace_id)
            .filter(insight::Column::AccountId.eq(account.id))
            .filter(insight::Column::Metric.is_in(names))
            .filter(insight::Column::Period.eq(DAY))
            .filter(insight::Column::Day.between(from, to))
            .all(&*self.database)
            .await?;
        let rows: HashMap<_, _> =
            rows.iter().map(|row| ((row.metric.as_str(), row.breakdown.as_str(), row.day), row)).collect();
        let today = self.today();
        Ok(metrics
            .iter()
            .map(|metric| {
                let spec = metric.spec();
                let breakdown = spec.breakdown();
                let points: Vec<_> = from
                    .iter_days()
                    .take_while(|day| *day <= to)
                    .map(|day| {
                        let row = rows.get(&(spec.name, breakdown.as_str(), day)).copied();
                        point(day, row, spec.form == Form::Field && day < today)
                    })
                    .collect();
                Series { metric: *metric, total: total(spec, &points), points }
            })
            .collect())
    }
}

impl Insights {
    /// As [`Insights::series`], with what each value was before Meta changed it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn series_with_revisions(
        &self,
        account: &account::Model,
        metrics: &[Metric],
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<Series>, DbErr> {
        let mut all = self.series(account, metrics, from, to).await?;
        let mut revisions = self.revisions(account, metrics, from, to).await?;
        for series in &mut all {
            let spec = series.metric.spec();
            for point in &mut series.points {
                let key = (spec.name.to_owned(), spec.breakdown(), point.day);
                point.revisions = revisions.remove(&key).unwrap_or_default();
            }
        }
        Ok(all)
    }
}

/// The sum over all days, where days can be added up.
fn total(spec: &Spec, points: &[Point]) -> Option<i64> {
    if spec.is_additive() { sum(points) } else { None }
}

/// The values added up; none when there are none.
fn sum(points: &[Point]) -> Option<i64> {
    points.iter().filter_map(|point| point.value).reduce(i64::saturating_add)
}

/// The part of a metric that has one value of a dimension, day by day.
#[derive(Clone, Debug)]
pub struct Part {
    /// The metric.
    pub metric: Metric,
    /// The value of the dimension, in Meta's word.
    pub key: String,
    /// The days that have a value, the oldest first.
    pub points: Vec<Point>,
}

/// Followers who were online on one day, by the hour (Pacific time).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnlineFollowers {
    /// The day.
    pub day: NaiveDate,
    /// Hours 0 to 23; missing is not zero.
    pub hours: [Option<i64>; 24],
}

impl Insights {
    /// The parts of `metrics` of one account by `dimension`, both ends included.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn parts(
        &self,
        account: &account::Model,
        metrics: &[Metric],
        dimension: Dimension,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<Part>, DbErr> {
        let names: Vec<_> = metrics.iter().map(|metric| metric.spec().name).collect();
        let prefix = dimension.breakdown("");
        let rows = self.broken_down(account, &names, &prefix, from, to).await?;
        let mut parts: BTreeMap<(usize, String), Vec<Point>> = BTreeMap::new();
        for row in &rows {
            let position = names.iter().position(|name| *name == row.metric);
            if let (Some(position), Some(key)) = (position, row.breakdown.strip_prefix(&prefix)) {
                parts.entry((position, key.to_owned())).or_default().push(point(row.day, Some(row), false));
            }
        }
        let part =
            |((position, key), points): ((usize, String), _)| Part { metric: metrics[position], key, points };
        Ok(parts.into_iter().map(part).collect())
    }

    /// When followers of one account were online, both ends included; days of which nothing is known
    /// are left out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn online_followers(
        &self,
        account: &account::Model,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<OnlineFollowers>, DbErr> {
        let prefix = Dimension::Hour.breakdown("");
        let rows = self.broken_down(account, &[ONLINE_FOLLOWERS.name], &prefix, from, to).await?;
        let mut days: BTreeMap<NaiveDate, [Option<i64>; 24]> = BTreeMap::new();
        for row in rows {
            let hour = row.breakdown.strip_prefix(&prefix).and_then(|hour| hour.parse::<usize>().ok());
            if let Some(slot) = hour.and_then(|hour| days.entry(row.day).or_default().get_mut(hour)) {
                *slot = row.value;
            }
        }
        Ok(days.into_iter().map(|(day, hours)| OnlineFollowers { day, hours }).collect())
    }

    async fn broken_down(
        &self,
        account: &account::Model,
        names: &[&str],
        prefix: &str,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<insight::Model>, DbErr> {
        insight::Entity::in_workspace(account.workspace_id)
            .filter(insight::Column::AccountId.eq(account.id))
            .filter(insight::Column::Metric.is_in(names.iter().copied()))
            .filter(insight::Column::Breakdown.starts_with(prefix))
            .filter(insight::Column::Period.eq(DAY))
            .filter(insight::Column::Day.between(from, to))
            .order_by_asc(insight::Column::Day)
            .all(&*self.database)
            .await
    }
}

/// The point of a day. The last look of a day that is over is final for what is looked up.
fn point(day: NaiveDate, row: Option<&insight::Model>, looked_up_and_over: bool) -> Point {
    match row {
        None => Point { day, value: None, state: PointState::Gap, collected_at: None, revisions: Vec::new() },
        Some(row) => {
            let state = if looked_up_and_over && row.value.is_some() { ValueState::Final } else { row.state };
            Point {
                day,
                value: row.value,
                state: PointState::Known(state),
                collected_at: Some(row.collected_at),
                revisions: Vec::new(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_and_levels_are_never_added_up() {
        use crate::catalogue::Counts;

        let point = Point { value: Some(3), ..point(NaiveDate::default(), None, false) };
        let days = [point.clone(), point];
        for metric in Metric::ALL {
            let spec = metric.spec();
            let expected = (spec.counts == Counts::Events).then_some(6);
            assert_eq!(total(spec, &days), expected, "{metric:?}");
        }
    }

    #[test]
    fn a_sum_is_of_what_is_known() {
        let points = |values: &[Option<i64>]| -> Vec<Point> {
            let point =
                |value: &Option<i64>| Point { value: *value, ..point(NaiveDate::default(), None, false) };
            values.iter().map(point).collect()
        };
        assert_eq!(sum(&points(&[Some(3), None, Some(4)])), Some(7));
        assert_eq!(sum(&points(&[None, None])), None);
        assert_eq!(sum(&points(&[Some(i64::MAX), Some(i64::MAX)])), Some(i64::MAX));
    }
}
