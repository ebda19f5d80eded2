//! Series of insights.

use async_graphql::{Enum, Object, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use entity::insight::ValueState;
use insights::catalogue::Family;
use insights::ledger::{DayState, Ledger};
use insights::series::{Part, Point, Series};

use super::enums::Metric;
use super::page::QUERY;

/// The longest range of days.
pub(crate) const MAX_DAYS: i64 = 400;
/// The most values that a dimension has: five kinds of media.
pub(crate) const KEYS: usize = 5;
/// Families of metrics.
pub(crate) const FAMILIES: usize = 7;
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
        self.0.points.iter().cloned().map(InsightPoint::from).collect()
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
    /// What it was before Meta changed it, the oldest first. Changes of a value that had not settled yet are
    /// kept for 30 days. Empty for parts of a metric.
    revisions: Vec<InsightRevision>,
}

/// A value that Meta changed after its day was over.
#[derive(SimpleObject, Clone)]
pub(crate) struct InsightRevision {
    /// What it was.
    old_value: Count,
    /// Whether that was final.
    was_final: bool,
    /// When Meta gave that.
    old_collected_at: DateTime<Utc>,
    /// What it became.
    new_value: Count,
    /// When Meta gave the new one.
    revised_at: DateTime<Utc>,
}

impl From<insights::revisions::Revision> for InsightRevision {
    fn from(revision: insights::revisions::Revision) -> Self {
        Self {
            old_value: Count(revision.old_value),
            was_final: revision.was_final,
            old_collected_at: revision.old_collected_at,
            new_value: Count(revision.new_value),
            revised_at: revision.revised_at,
        }
    }
}

impl From<Point> for InsightPoint {
    fn from(point: Point) -> Self {
        Self {
            day: Date(point.day),
            value: point.value.map(Count),
            state: point.state.into(),
            collected_at: point.collected_at,
            revisions: point.revisions.into_iter().map(InsightRevision::from).collect(),
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

/// Numbers that come and go missing together.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "insights::catalogue::Family")]
pub(crate) enum MetricFamily {
    /// How many different accounts saw something; a year back.
    Reach,
    /// What people did; a year back.
    Activity,
    /// Who began and who stopped following; a year back.
    Follows,
    /// New followers; the last 29 days only.
    NewFollowers,
    /// All followers: only on the day itself.
    Followers,
    /// When followers are online; the last 29 days only.
    OnlineFollowers,
    /// Who the audience is: only on the day itself.
    Audience,
}

/// How complete the numbers of one family and day are.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "insights::ledger::DayState")]
pub(crate) enum CompletenessState {
    /// Everything that Meta has is there, and will not be read again.
    Complete,
    /// Meta may still correct it; it will be read again.
    Provisional,
    /// Something is not there that Meta can still give; it will be fetched.
    Missing,
    /// It is not there, and Meta does not give it any more.
    Lost,
}

/// Days in a row of one family that are in the same state.
#[derive(SimpleObject, Clone)]
pub(crate) struct CompletenessSpan {
    /// The state.
    state: CompletenessState,
    /// The first day.
    from: Date,
    /// The last day, included.
    to: Date,
    /// How many days.
    days: u32,
}

/// How complete the numbers of one family are.
#[derive(SimpleObject, Clone)]
pub(crate) struct FamilyCompleteness {
    /// The family.
    family: MetricFamily,
    /// Every day of the range, as spans in the same state, the oldest first.
    spans: Vec<CompletenessSpan>,
}

impl From<Ledger> for FamilyCompleteness {
    fn from(ledger: Ledger) -> Self {
        let mut spans: Vec<CompletenessSpan> = Vec::new();
        for (day, state) in ledger.days {
            let state = DayState::into(state);
            match spans.last_mut() {
                Some(span) if span.state == state => {
                    span.to = Date(day);
                    span.days += 1;
                }
                _ => spans.push(CompletenessSpan { state, from: Date(day), to: Date(day), days: 1 }),
            }
        }
        Self { family: Family::into(ledger.family), spans }
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
