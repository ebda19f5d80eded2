//! Which questions to ask, from the catalogue, with as few calls as Meta allows.
//!
//! | question | metrics | span |
//! |---|---|---|
//! | series | all time series without a limit of their own | up to 29 days a call |
//! | limited series | time series with a limit of their own | its last days, without today |
//! | totals | all total values | one day a call: a total is for the span asked for |
//! | breakdown | what stands only in a breakdown | one day a call |

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use meta::pacific_day;
use meta::{InsightsQuery, MetricType, Period};

use crate::catalogue::{Form, Metric, Spec};

/// The most days one call may span. Meta allows thirty times 24 hours, and when clocks go back thirty
/// of its days are an hour longer.
pub const MAX_DAYS: u64 = 29;

/// One question about an account.
#[derive(Clone, Debug)]
pub struct Question {
    /// What is asked.
    pub metrics: Vec<&'static Spec>,
    /// The first day.
    pub from: NaiveDate,
    /// The last day, included.
    pub to: NaiveDate,
}

impl Question {
    /// The unlimited time series from `from` to `to` (at most 29 days).
    #[must_use]
    pub fn series(from: NaiveDate, to: NaiveDate) -> Self {
        Self { metrics: specs(|spec| spec.form == Form::TimeSeries && spec.last_days.is_none()), from, to }
    }

    /// The time series that reach back only so many days, over all of them.
    #[must_use]
    pub fn limited_series(today: NaiveDate) -> Vec<Self> {
        specs(|spec| spec.form == Form::TimeSeries && spec.last_days.is_some())
            .into_iter()
            .map(|spec| {
                let days = spec.last_days.unwrap_or(1);
                let to = today.checked_sub_days(Days::new(1)).unwrap_or(today);
                Self { metrics: vec![spec], from: today.checked_sub_days(Days::new(days)).unwrap_or(to), to }
            })
            .collect()
    }

    /// All totals of one day.
    #[must_use]
    pub fn totals(day: NaiveDate) -> Self {
        Self { metrics: specs(|spec| spec.form == Form::TotalValue), from: day, to: day }
    }

    /// What stands only in a breakdown, for one day.
    #[must_use]
    pub fn breakdowns(day: NaiveDate) -> Self {
        Self { metrics: specs(|spec| matches!(spec.form, Form::Part { .. })), from: day, to: day }
    }

    /// The same question about fewer metrics.
    #[must_use]
    pub fn about(&self, metrics: Vec<&'static Spec>) -> Self {
        Self { metrics, ..self.clone() }
    }

    /// The first moment of the span and the first after it, never later than `now`.
    fn span(&self, now: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
        let (since, _) = pacific_day::bounds(self.from);
        let (_, until) = pacific_day::bounds(self.to);
        // Meta refuses a span that begins in the future, and for the running day gives what is
        // there so far; the end of the running day itself is accepted.
        (since.min(now - TimeDelta::seconds(1)), until)
    }

    /// The call that asks it.
    #[must_use]
    pub fn query(&self, now: DateTime<Utc>) -> InsightsQuery {
        let mut names: Vec<&str> = self.metrics.iter().map(|spec| spec.name).collect();
        names.dedup();
        let (since, until) = self.span(now);
        let mut query = InsightsQuery::new(names, Period::Day);
        query.since = Some(since);
        query.until = Some(until);
        match self.metrics.first().map(|spec| spec.form) {
            Some(Form::TimeSeries) => query.metric_type = Some(MetricType::TimeSeries),
            Some(Form::Part { dimension, .. }) => {
                query.metric_type = Some(MetricType::TotalValue);
                query.breakdown = vec![dimension.name().to_owned()];
            }
            _ => query.metric_type = Some(MetricType::TotalValue),
        }
        query
    }

    /// The newer and the older half of the span, if it has more than one day.
    #[must_use]
    pub fn halves(&self) -> Option<(Self, Self)> {
        let days = u64::try_from((self.to - self.from).num_days()).ok().filter(|days| *days > 0)?;
        let middle = self.from.checked_add_days(Days::new(days / 2 + 1))?;
        let newer = Self { from: middle, ..self.clone() };
        Some((newer, Self { to: middle.pred_opt()?, ..self.clone() }))
    }

    /// The days of the span.
    pub fn days(&self) -> impl Iterator<Item = NaiveDate> + use<> {
        let to = self.to;
        self.from.iter_days().take_while(move |day| *day <= to)
    }
}

fn specs(wanted: impl Fn(&Spec) -> bool) -> Vec<&'static Spec> {
    let given = Metric::ALL.iter().map(|metric| metric.spec()).filter(|spec| spec.end.is_none());
    given.filter(|spec| wanted(spec)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn every_metric_is_asked_by_exactly_one_question() {
        let today = day("2026-11-20");
        let mut asked: Vec<_> =
            [Question::series(today, today), Question::totals(today), Question::breakdowns(today)]
                .into_iter()
                .chain(Question::limited_series(today))
                .flat_map(|question| question.metrics)
                .map(|spec| spec.label)
                .collect();
        asked.sort_unstable();
        let mut all: Vec<_> =
            specs(|spec| spec.form != Form::Field).into_iter().map(|spec| spec.label).collect();
        all.sort_unstable();
        assert_eq!(asked, all);
    }

    #[test]
    fn spans_follow_the_pacific_day_over_both_changes_of_the_clock() {
        let now = "2026-11-20T10:00:00Z".parse().unwrap();
        for (day_text, hours) in [("2026-03-08", 23), ("2026-11-01", 25), ("2026-07-01", 24)] {
            let (since, until) = Question::totals(day(day_text)).span(now);
            assert_eq!((until - since).num_hours(), hours, "{day_text}");
        }
    }

    #[test]
    fn the_longest_span_stays_within_thirty_times_24_hours_when_clocks_go_back() {
        let now = "2026-11-20T10:00:00Z".parse().unwrap();
        let to = day("2026-11-10");
        let (since, until) = Question::series(to - Days::new(MAX_DAYS - 1), to).span(now);
        assert!(until - since <= TimeDelta::seconds(2_592_000), "{}", until - since);
    }

    #[test]
    fn halves_cover_the_span_once() {
        for length in [2, 3, 29] {
            let from = day("2026-10-20");
            let whole = Question::series(from, from + Days::new(length - 1));
            let (newer, older) = whole.halves().unwrap();
            let halves: Vec<_> = older.days().chain(newer.days()).collect();
            assert_eq!(halves, whole.days().collect::<Vec<_>>(), "{length}");
        }
        assert!(Question::series(day("2026-10-20"), day("2026-10-20")).halves().is_none());
    }

    #[test]
    fn one_call_asks_for_all_totals() {
        let query = Question::totals(day("2026-11-18")).query("2026-11-20T10:00:00Z".parse().unwrap());
        assert_eq!(query.metrics.len(), 12);
        assert_eq!(query.since.unwrap().to_rfc3339(), "2026-11-18T08:00:00+00:00");
        assert_eq!(query.until.unwrap().to_rfc3339(), "2026-11-19T08:00:00+00:00");
        let breakdowns =
            Question::breakdowns(day("2026-11-18")).query("2026-11-20T10:00:00Z".parse().unwrap());
        assert_eq!(breakdowns.metrics, ["follows_and_unfollows"]);
        assert_eq!(breakdowns.breakdown, ["follow_type"]);
    }
}
