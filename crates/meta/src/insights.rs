//! An account's numbers
//! (`/docs/instagram-platform/api-reference/instagram-user/insights`).
//!
//! One unknown or misplaced metric makes Meta refuse the whole query. An empty list is "no data or
//! not permitted", never zero.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use platform::Secret;
use serde_json::Value;

use crate::body;
use crate::call::{Call, Purpose, is_id};
use crate::client::Client;
use crate::error::{Error, ErrorKind};
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
}

/// What Meta answered for one metric.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricAnswer {
    /// The metric.
    pub name: String,
    /// The span of one value, in Meta's words.
    pub period: String,
    /// One value per span.
    pub values: Vec<TimedValue>,
    /// One value for the whole span. Absent with most breakdowns, which is not zero.
    pub total: Option<i64>,
    /// The split values.
    pub breakdowns: Vec<Breakdown>,
}

/// A value and the moment that closes its span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimedValue {
    /// The first moment after the span, which may lie ahead: then the value is provisional. See
    /// [`crate::pacific_day::day_of`].
    pub end_time: Option<DateTime<Utc>>,
    /// The value.
    pub value: MetricValue,
}

/// A value of a time series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MetricValue {
    /// A number.
    Number(i64),
    /// Numbers by key, such as the hours of `online_followers`; may be empty.
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
        if !is_id(instagram_id) {
            return Err(Error::new(ErrorKind::BadRequest, "not an id").at(host));
        }
        let mut call = Call::get(host, Purpose::Insights, &[instagram_id, "insights"])
            .about(instagram_id)
            .query("metric", query.metrics.join(","))
            .query("period", query.period.as_str());
        if let Some(metric_type) = query.metric_type {
            call = call.query("metric_type", metric_type.as_str());
        }
        if !query.breakdown.is_empty() {
            call = call.query("breakdown", query.breakdown.join(","));
        }
        if let Some(timeframe) = &query.timeframe {
            call = call.query("timeframe", timeframe.as_str());
        }
        if let Some(since) = query.since {
            call = call.query("since", since.timestamp().to_string());
        }
        if let Some(until) = query.until {
            call = call.query("until", until.timestamp().to_string());
        }
        // `paging` leads through time without end, into emptiness; the caller has its own spans.
        let answer = self.send(self.sign(call, token)?).await?;
        let entries = answer.body.get("data").and_then(Value::as_array);
        let entries = entries.ok_or_else(|| Error::malformed(host, "the answer has no list of metrics"))?;
        Ok(entries.iter().filter_map(metric_answer).collect())
    }
}

fn metric_answer(entry: &Value) -> Option<MetricAnswer> {
    let total_value = entry.get("total_value").unwrap_or(&Value::Null);
    Some(MetricAnswer {
        name: body::text(entry, "name")?,
        period: body::text(entry, "period").unwrap_or_default(),
        values: body::elements(entry, "values")
            .iter()
            .filter(|value| value.is_object())
            .map(timed_value)
            .collect(),
        total: body::integer(total_value, "value"),
        breakdowns: body::elements(total_value, "breakdowns").iter().map(breakdown).collect(),
    })
}

fn timed_value(entry: &Value) -> TimedValue {
    let value = match entry.get("value") {
        Some(Value::Object(map)) => MetricValue::Map(
            map.iter().filter_map(|(key, value)| Some((key.clone(), body::as_integer(value)?))).collect(),
        ),
        Some(value) => body::as_integer(value).map_or(MetricValue::Absent, MetricValue::Number),
        None => MetricValue::Absent,
    };
    TimedValue { end_time: body::time(entry, "end_time"), value }
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
        value: body::integer(entry, "value")?,
        end_time: body::time(entry, "end_time"),
    })
}

#[cfg(test)]
mod tests;
