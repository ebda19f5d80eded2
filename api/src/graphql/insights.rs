//! Series of insights.

use async_graphql::{Enum, Object, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use entity::insight::ValueState;
use insights::series::{Part, Point, Series};

use super::enums::Metric;
use super::page::QUERY;

/// The longest range of days.
pub(crate) const MAX_DAYS: i64 = 400;
/// The most values that a dimension has: five kinds of media.
pub(crate) const KEYS: usize = 5;
/// The hours of a day.
pub(crate) const HOURS: usize = 24;

/// Values that weigh as much as one field. Ten metrics of fifty accounts for ninety days pass with four
/// fields of each value, and no operation gets more than a few megabytes.
const VALUES_OF_A_FIELD: usize = 250;

/// What reading daily values weighs in the complexity of an operation: a query, and each of the
/// fields as often as there are values. `each_day` is how many values a day has at most.
pub(crate) fn weight(each_day: usize, Date(from): Date, Date(to): Date, fields: usize) -> usize {
    // Other ranges are refused when they are read.
    let days = ((to - from).num_days() + 1).clamp(0, MAX_DAYS);
    let values = each_day.saturating_mul(usize::try_from(days).unwrap_or_default());
    (QUERY + fields).saturating_add(values.saturating_mul(fields).div_ceil(VALUES_OF_A_FIELD))
}

/// How many of `metrics` there can be at most, however often they are repeated.
pub(crate) fn different(metrics: &[Metric]) -> usize {
    metrics.len().min(insights::Metric::ALL.len())
}

/// A whole number that may be larger than GraphQL's `Int`, never larger than 2^53.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Count(pub(crate) i64);

#[async_graphql::Scalar]
impl async_graphql::ScalarType for Count {
    fn parse(value: async_graphql::Value) -> async_graphql::InputValueResult<Self> {
        match &value {
            async_graphql::Value::Number(number) => {
                number.as_i64().map(Count).ok_or_else(|| async_graphql::InputValueError::expected_type(value))
            }
            _ => Err(async_graphql::InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> async_graphql::Value {
        async_graphql::Value::Number(self.0.into())
    }
}

/// A day of Meta's calendar, as in `2026-11-20`. It ends at midnight in `America/Los_Angeles`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Date(pub(crate) NaiveDate);

#[async_graphql::Scalar]
impl async_graphql::ScalarType for Date {
    fn parse(value: async_graphql::Value) -> async_graphql::InputValueResult<Self> {
        match &value {
            // Only the one form: chrono alone would also take `+2026-1-2`.
            async_graphql::Value::String(text) if text.len() == 10 => Ok(Self(text.parse()?)),
            _ => Err(async_graphql::InputValueError::custom("a date looks like 2026-11-20")),
        }
    }

    fn to_value(&self) -> async_graphql::Value {
        async_graphql::Value::String(self.0.to_string())
    }
}

/// Whether a value may still change, or why it is missing.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PointState {
    /// It will not be read again.
    Final,
    /// Meta may still correct it.
    Provisional,
    /// Meta has no value yet.
    NotReady,
    /// Meta does not give this metric for this account.
    NotSupported,
    /// The account is too small for this metric.
    BelowThreshold,
    /// A permission is missing.
    NoPermission,
    /// Nothing was collected of that day.
    Gap,
}

impl From<insights::series::PointState> for PointState {
    fn from(state: insights::series::PointState) -> Self {
        use insights::series::PointState as Stored;
        match state {
            Stored::Gap => Self::Gap,
            Stored::Known(ValueState::Final) => Self::Final,
            Stored::Known(ValueState::Provisional) => Self::Provisional,
            Stored::Known(ValueState::NotReady) => Self::NotReady,
            Stored::Known(ValueState::NotSupported) => Self::NotSupported,
            Stored::Known(ValueState::BelowThreshold) => Self::BelowThreshold,
            Stored::Known(ValueState::NoPermission) => Self::NoPermission,
        }
    }
}

/// The values of one metric, day by day.
pub(crate) struct InsightSeries(pub(crate) Series);

#[Object]
impl InsightSeries {
    /// The metric.
    async fn metric(&self) -> Metric {
        self.0.metric.into()
    }

    /// Every day of the range, the oldest first. Missing is null, never zero.
    async fn points(&self) -> Vec<InsightPoint> {
        self.0.points.iter().copied().map(InsightPoint::from).collect()
    }

    /// The days alone, for charts.
    async fn days(&self) -> Vec<Date> {
        self.0.points.iter().map(|point| Date(point.day)).collect()
    }

    /// The values alone, for charts.
    async fn values(&self) -> Vec<Option<Count>> {
        self.0.points.iter().map(|point| point.value.map(Count)).collect()
    }

    /// The states alone, for charts.
    async fn states(&self) -> Vec<PointState> {
        self.0.points.iter().map(|point| point.state.into()).collect()
    }

    /// Sum over the range, only for metrics whose days can be added up.
    async fn total(&self) -> Option<Count> {
        self.0.total.map(Count)
    }
}

/// One day of a series.
#[derive(SimpleObject, Clone)]
pub(crate) struct InsightPoint {
    /// The day, which ends at midnight in `America/Los_Angeles`.
    day: Date,
    /// The value, if there is one.
    value: Option<Count>,
    /// Whether it may still change, or why it is missing.
    state: PointState,
    /// When Meta gave it.
    collected_at: Option<DateTime<Utc>>,
}

impl From<Point> for InsightPoint {
    fn from(point: Point) -> Self {
        Self {
            day: Date(point.day),
            value: point.value.map(Count),
            state: point.state.into(),
            collected_at: point.collected_at,
        }
    }
}

/// The part of a metric that has one value of a dimension.
#[derive(SimpleObject, Clone)]
pub(crate) struct InsightPart {
    /// The metric.
    metric: Metric,
    /// The value of the dimension, in Meta's word.
    key: String,
    /// The days that have a value, the oldest first.
    points: Vec<InsightPoint>,
}

impl From<Part> for InsightPart {
    fn from(part: Part) -> Self {
        Self {
            metric: part.metric.into(),
            key: part.key,
            points: part.points.into_iter().map(InsightPoint::from).collect(),
        }
    }
}

/// Followers who were online on one day.
#[derive(SimpleObject, Clone)]
pub(crate) struct OnlineFollowers {
    /// The day.
    day: Date,
    /// Hours 0 to 23, Pacific time; missing is null, never zero.
    hours: Vec<Option<Count>>,
}

impl From<insights::series::OnlineFollowers> for OnlineFollowers {
    fn from(online: insights::series::OnlineFollowers) -> Self {
        Self { day: Date(online.day), hours: online.hours.iter().map(|hour| hour.map(Count)).collect() }
    }
}

/// What a number counts.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "insights::catalogue::Counts")]
pub(crate) enum MetricCounts {
    /// Things that happened: days can be added up.
    Events,
    /// Different people: somebody who came on two days is in both, so days are never added up.
    People,
    /// What there is at a moment: days are never added up.
    Level,
}

/// What is known of a metric.
#[derive(SimpleObject, Clone)]
pub(crate) struct MetricDescription {
    /// The metric.
    metric: Metric,
    /// What people call it.
    label: &'static str,
    /// What it counts, in a sentence or two.
    help: &'static str,
    /// What it counts.
    counts: MetricCounts,
    /// Whether days can be added up.
    additive: bool,
    /// Whether the dashboard shows it at first sight.
    headline: bool,
    /// How many days back Meta goes, if that is less than for others; 0 where it tells of today only.
    last_days: Option<u64>,
    /// The day from which on Meta no longer gives it: what was stored before stays.
    ended_on: Option<Date>,
}

/// Every metric there is.
pub(crate) fn metrics() -> Vec<MetricDescription> {
    insights::Metric::ALL
        .iter()
        .map(|metric| {
            let spec = metric.spec();
            MetricDescription {
                metric: (*metric).into(),
                label: spec.label,
                help: spec.help,
                counts: spec.counts.into(),
                additive: spec.is_additive(),
                headline: spec.headline,
                last_days: spec.last_days,
                ended_on: spec.end.map(|end| Date(end.everywhere)),
            }
        })
        .collect()
}
