//! An account's numbers
//! (`/docs/instagram-platform/api-reference/instagram-user/insights`).
//!
//! One unknown or misplaced metric makes Meta refuse the whole query. An empty list is "no data or
//! not permitted", never zero.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use platform::Secret;
use serde_json::Value;

use crate::batch::BatchItem;
use crate::body;
use crate::call::{Call, Field, Host, Purpose, known_id};
use crate::client::Client;
use crate::error::Error;
use crate::provider::Provider;

/// The span that one value covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Period {
    /// A day in US Pacific time.
    Day,
    /// Seven days; `reach` only.
    Week,
    /// 28 days; `reach` only.
    Days28,
    /// No span.
    Lifetime,
}

impl Period {
    /// Meta's name for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Days28 => "days_28",
            Self::Lifetime => "lifetime",
        }
    }
}

/// How values are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MetricType {
    /// One value per period.
    TimeSeries,
    /// One value for the whole span.
    TotalValue,
}

impl MetricType {
    /// Meta's name for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TimeSeries => "time_series",
            Self::TotalValue => "total_value",
        }
    }
}

/// A question about metrics that may be asked together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InsightsQuery {
    /// Names of metrics.
    pub metrics: Vec<String>,
    /// The span of one value.
    pub period: Period,
    /// How values are put together; some metrics want it unsaid.
    pub metric_type: Option<MetricType>,
    /// Dimensions to split by.
    pub breakdown: Vec<String>,
    /// For demographics: `this_week` or `this_month`.
    pub timeframe: Option<String>,
    /// Begin of the span.
    pub since: Option<DateTime<Utc>>,
    /// End of the span, at most 30 days later.
    pub until: Option<DateTime<Utc>>,
}

impl InsightsQuery {
    /// A query for `metrics` by `period`, with nothing else said.
    #[must_use]
    pub fn new<M: Into<String>>(metrics: impl IntoIterator<Item = M>, period: Period) -> Self {
        Self {
            metrics: metrics.into_iter().map(Into::into).collect(),
            period,
            metric_type: None,
            breakdown: Vec::new(),
            timeframe: None,
            since: None,
            until: None,
        }
    }

    /// The same as a field of the account's node, whose answer is to stand under `alias`.
    pub(crate) fn expanded(&self, alias: &str) -> String {
        let arguments: String =
            self.parameters().iter().map(|(name, value)| format!(".{name}({value})")).collect();
        format!("insights{arguments}.as({alias})")
    }

    fn parameters<'a>(&self) -> Vec<Field<'a>> {
        let seconds = |time: DateTime<Utc>| time.timestamp().to_string();
        let optional = [
            ("metric_type", self.metric_type.map(|metric_type| metric_type.as_str().to_owned())),
            ("breakdown", Some(self.breakdown.join(",")).filter(|breakdown| !breakdown.is_empty())),
            ("timeframe", self.timeframe.clone()),
            ("since", self.since.map(seconds)),
            ("until", self.until.map(seconds)),
        ];
        [("metric", self.metrics.join(",").into()), ("period", self.period.as_str().into())]
            .into_iter()
            .chain(optional.into_iter().filter_map(|(name, value)| Some((name, value?.into()))))
            .collect()
    }
}

/// What Meta answered for one metric.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricAnswer {
    /// The metric.
    pub name: String,
    /// The span of one value, in Meta's words.
    pub period: String,
    /// One value per span.
    pub values: Vec<TimedValue>,
    /// One value for the whole span, rounded. Absent with most breakdowns, which is not zero.
    pub total: Option<i64>,
    /// The split values.
    pub breakdowns: Vec<Breakdown>,
}

/// A value and the moment that closes its span.
#[derive(Clone, Debug, PartialEq)]
pub struct TimedValue {
    /// The first moment after the span, which may lie ahead: then the value is provisional. See
    /// [`crate::pacific_day::day_of`].
    pub end_time: Option<DateTime<Utc>>,
    /// The value.
    pub value: MetricValue,
}

/// A value of a time series.
#[derive(Clone, Debug, PartialEq)]
pub enum MetricValue {
    /// A whole number.
    Number(i64),
    /// A number with a fraction, such as a rate.
    Decimal(f64),
    /// Numbers by key, such as the hours of a day; may be empty.
    Map(BTreeMap<String, i64>),
    /// Left out, or nothing that is a number.
    Absent,
}

/// Values split by dimensions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breakdown {
    /// The dimensions. Meta may add one that was not asked for, so look them up by name.
    pub dimension_keys: Vec<String>,
    /// The values; empty below Meta's threshold of 100.
    pub results: Vec<BreakdownResult>,
}

impl Breakdown {
    /// What `result` says for the dimension `key`.
    #[must_use]
    pub fn dimension<'a>(&self, result: &'a BreakdownResult, key: &str) -> Option<&'a str> {
        let position = self.dimension_keys.iter().position(|name| name == key)?;
        result.dimension_values.get(position).map(String::as_str)
    }
}

/// One value of a breakdown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BreakdownResult {
    /// One entry per dimension, in the order of [`Breakdown::dimension_keys`].
    pub dimension_values: Vec<String>,
    /// The value.
    pub value: i64,
    /// The moment that closes the span, at times.
    pub end_time: Option<DateTime<Utc>>,
}

impl Client {
    /// Asks for metrics of the account with a token of `provider`. Metrics without data are missing
    /// from the answer.
    ///
    /// # Errors
    /// `UnsupportedMetric` when Meta refuses the query as such; otherwise as classified.
    pub async fn insights(
        &self,
        provider: Provider,
        token: &Secret,
        instagram_id: &str,
        query: &InsightsQuery,
    ) -> Result<Vec<MetricAnswer>, Error> {
        let host = provider.data_host();
        known_id(host, instagram_id)?;
        let mut call = Call::get(host, Purpose::Insights, &[instagram_id, "insights"]).about(instagram_id);
        call.query = query.parameters();
        // `paging` leads through time without end, into emptiness; the caller has its own spans.
        let answer = self.send(self.sign(call, token)?).await?;
        metric_answers(host, &answer.body)
    }

    /// Asks several questions about one account with one request. Each counts as a call; what is
    /// saved is time. The results stand in the order of `queries`.
    ///
    /// Facebook Login only: Instagram's host documents no batches
    /// (`/docs/graph-api/batch-requests`).
    ///
    /// # Errors
    /// When the request as a whole failed. A question that Meta left unanswered is `Transient`.
    pub async fn insights_batch(
        &self,
        token: &Secret,
        instagram_id: &str,
        queries: &[InsightsQuery],
    ) -> Result<Vec<Result<Vec<MetricAnswer>, Error>>, Error> {
        let host = Host::FacebookGraph;
        known_id(host, instagram_id)?;
        let items = queries.iter().map(|query| BatchItem {
            purpose: Purpose::Insights,
            path: vec![instagram_id, "insights"],
            query: query.parameters(),
        });
        let answers = self.batch(token, instagram_id, items.collect()).await?;
        Ok(answers.into_iter().map(|answer| metric_answers(host, &answer?)).collect())
    }
}

/// The metrics of an answer.
pub(crate) fn metric_answers(host: Host, body: &Value) -> Result<Vec<MetricAnswer>, Error> {
    let entries = body.get("data").and_then(Value::as_array);
    let entries = entries.ok_or_else(|| Error::malformed(host, "the answer has no list of metrics"))?;
    Ok(entries.iter().filter_map(metric_answer).collect())
}

fn metric_answer(entry: &Value) -> Option<MetricAnswer> {
    let total_value = entry.get("total_value").unwrap_or(&Value::Null);
    Some(MetricAnswer {
        name: body::text(entry, "name")?,
        period: body::text(entry, "period").unwrap_or_default(),
        values: match entry.get("values") {
            Some(Value::Array(values)) => {
                values.iter().filter(|value| value.is_object()).map(timed_value).collect()
            }
            Some(value) if value.get("value").is_some() => vec![timed_value(value)],
            _ => Vec::new(),
        },
        total: total_value.get("value").and_then(rounded),
        breakdowns: body::elements(total_value, "breakdowns").iter().map(breakdown).collect(),
    })
}

fn timed_value(entry: &Value) -> TimedValue {
    let value = match entry.get("value") {
        Some(Value::Object(map)) => MetricValue::Map(
            map.iter().filter_map(|(key, value)| Some((key.clone(), rounded(value)?))).collect(),
        ),
        Some(value) => match (body::as_integer(value), body::number(value)) {
            (Some(number), _) => MetricValue::Number(number),
            (None, Some(number)) => MetricValue::Decimal(number),
            (None, None) => MetricValue::Absent,
        },
        None => MetricValue::Absent,
    };
    TimedValue { end_time: body::time(entry, "end_time"), value }
}

/// A count, rounded should Meta ever tell one with a fraction.
fn rounded(value: &Value) -> Option<i64> {
    body::as_integer(value).or_else(|| body::as_integer(&body::number(value)?.round().into()))
}

fn breakdown(entry: &Value) -> Breakdown {
    Breakdown {
        dimension_keys: body::texts(entry, "dimension_keys").unwrap_or_default(),
        results: body::elements(entry, "results").iter().filter_map(breakdown_result).collect(),
    }
}

fn breakdown_result(entry: &Value) -> Option<BreakdownResult> {
    Some(BreakdownResult {
        dimension_values: body::texts(entry, "dimension_values")?,
        value: entry.get("value").and_then(rounded)?,
        end_time: body::time(entry, "end_time"),
    })
}

#[cfg(test)]
mod tests;
