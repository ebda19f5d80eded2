//! The newest values of an account.

use std::collections::HashMap;

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use connections::{CallError, Priority};
use entity::InWorkspace;
use entity::account;
use entity::insight::{self, ValueState};
use meta::pacific_day;
use meta::{InsightsQuery, MetricAnswer, MetricType, MetricValue, Period};
use sea_orm::prelude::*;

use crate::catalogue::{self, Dimension, Form, Metric, ONLINE_FOLLOWERS, Spec};
use crate::plan::Question;
use crate::store::{Gathered, Profile, Value};
use crate::{Insights, SETTLES_AFTER};

/// Days before today that may still change and are read again.
const OPEN_DAYS: u64 = 4;
/// How often a closed day that may still change is read again.
const READ_AGAIN_AFTER: TimeDelta = TimeDelta::hours(6);
/// Days of online followers in one question; the newest of them are empty for a while.
const ONLINE_DAYS: u64 = 7;
/// The largest count that is believed: 2^53, up to which every whole number is exact everywhere that
/// numbers are floating ones.
const MOST: i64 = 1 << 53;
/// For how long a metric that Meta refused for an account is not asked for again.
const REFUSED_FOR: TimeDelta = TimeDelta::days(7);

/// What was gathered before something went wrong, and what went wrong.
#[derive(Debug)]
pub struct Interrupted {
    /// What was gathered; it is worth storing.
    pub gathered: Gathered,
    /// Why it ended.
    pub error: CallError,
}

/// Questions about one account, and what they brought so far.
pub(crate) struct Inquiry<'a> {
    insights: &'a Insights,
    account: &'a account::Model,
    priority: Priority,
    /// Metrics that are not asked for, with the moment of the refusal.
    refused: HashMap<&'static str, DateTime<Utc>>,
    pub(crate) gathered: Gathered,
}

impl Insights {
    /// Asks Meta for the newest values of `account`: the running day at every call, and closed days
    /// until they have settled.
    ///
    /// # Errors
    /// What ended it early, together with what was gathered until then.
    pub async fn collect(&self, account: &account::Model) -> Result<Gathered, Interrupted> {
        let mut inquiry = self.inquire(account, Priority::Ordinary).await?;
        match inquiry.newest().await {
            Ok(()) => Ok(inquiry.gathered),
            Err(error) => Err(Interrupted { gathered: inquiry.gathered, error }),
        }
    }

    pub(crate) async fn inquire<'a>(
        &'a self,
        account: &'a account::Model,
        priority: Priority,
    ) -> Result<Inquiry<'a>, Interrupted> {
        let nothing = |error: DbErr| Interrupted { gathered: Gathered::default(), error: error.into() };
        let refused = self.refused_metrics(account).await.map_err(nothing)?;
        Ok(Inquiry { insights: self, account, priority, refused, gathered: Gathered::default() })
    }

    /// Metrics that Meta refused for this account a short while ago.
    async fn refused_metrics(
        &self,
        account: &account::Model,
    ) -> Result<HashMap<&'static str, DateTime<Utc>>, DbErr> {
        let rows = insight::Entity::in_workspace(account.workspace_id)
            .filter(insight::Column::AccountId.eq(account.id))
            .filter(insight::Column::State.eq(ValueState::NotSupported))
            // A refusal for days long ago says how far back Meta goes, not what it has.
            .filter(insight::Column::Day.gte(self.first_open_day()))
            .filter(insight::Column::CollectedAt.gt(self.world.now() - REFUSED_FOR))
            .all(&*self.database)
            .await?;
        let mut refused = HashMap::new();
        for row in rows {
            if let Some(spec) = catalogue::named(&row.metric) {
                let latest = refused.entry(spec.name).or_insert(row.collected_at);
                *latest = Ord::max(*latest, row.collected_at);
            }
        }
        Ok(refused)
    }

    /// The first of the days that may still change.
    pub(crate) fn first_open_day(&self) -> NaiveDate {
        let today = self.today();
        today.checked_sub_days(Days::new(OPEN_DAYS)).unwrap_or(today)
    }

    /// Closed days of the last few that are to be read again, by when they were read last.
    async fn unsettled_days(&self, account: &account::Model) -> Result<Vec<NaiveDate>, DbErr> {
        let now = self.world.now();
        let today = self.today();
        let first = self.first_open_day();
        let rows = insight::Entity::in_workspace(account.workspace_id)
            .filter(insight::Column::AccountId.eq(account.id))
            .filter(insight::Column::Metric.eq(Metric::Views.spec().name))
            .filter(insight::Column::Breakdown.eq(""))
            .filter(insight::Column::Day.gte(first))
            .all(&*self.database)
            .await?;
        let needs_reading = |day: &NaiveDate| {
            let (_, end) = pacific_day::bounds(*day);
            let row = rows.iter().find(|row| row.day == *day);
            row.is_none_or(|row| {
                row.state != ValueState::Final
                    && (row.collected_at < end
                        || (now - end < SETTLES_AFTER && now - row.collected_at >= READ_AGAIN_AFTER)
                        || (now - end >= SETTLES_AFTER && row.collected_at - end < SETTLES_AFTER))
            })
        };
        Ok(first.iter_days().take_while(|day| *day < today).filter(needs_reading).collect())
    }
}

impl Inquiry<'_> {
    async fn newest(&mut self) -> Result<(), CallError> {
        let today = self.insights.today();
        let first = self.insights.first_open_day();
        self.profile(today).await?;
        self.ask(&Question::series(first, today)).await?;
        self.ask(&Question::totals(today)).await?;
        let unsettled = self.insights.unsettled_days(self.account).await?;
        if !unsettled.is_empty() {
            for question in Question::limited_series(today) {
                self.ask(&question).await?;
            }
            self.online_followers().await?;
        }
        for day in unsettled {
            self.ask(&Question::totals(day)).await?;
            self.ask(&Question::breakdowns(day)).await?;
            for dimension in Dimension::OF_DAYS {
                self.ask_by(day, dimension).await?;
            }
        }
        Ok(())
    }

    /// The account's own fields; its followers are the day's value of that metric.
    async fn profile(&mut self, today: NaiveDate) -> Result<(), CallError> {
        self.gathered.calls += 1;
        let meta = self.insights.connections.meta();
        let node = self
            .insights
            .connections
            .with_token(self.account, self.priority, |access| async move {
                meta.account(access.provider, &access.token, &access.instagram_id).await
            })
            .await?;
        let followers_count = node.followers_count.and_then(count);
        for spec in daily().filter(|spec| spec.form == Form::Field) {
            if let Some(followers) = followers_count {
                self.gathered.values.push(Value::new(spec, today, Some(followers), ValueState::Provisional));
            }
        }
        self.gathered.profile = Some(Profile { username: node.username, name: node.name, followers_count });
        Ok(())
    }

    /// Asks one question; says whether Meta gave an answer to any of it. When Meta refuses it as a
    /// whole, each metric is asked alone, so that one which this account does not have never costs
    /// the others, and a span is halved, because it may only have reached back too far.
    pub(crate) async fn ask(&mut self, question: &Question) -> Result<bool, CallError> {
        let (refused, metrics): (Vec<_>, Vec<_>) =
            question.metrics.iter().copied().partition(|spec| self.refused.contains_key(spec.name));
        self.note_remembered(&question.about(refused));
        let (small, metrics): (Vec<_>, Vec<_>) =
            metrics.into_iter().partition(|spec| self.is_too_small_for(spec));
        self.note(&question.about(small), ValueState::BelowThreshold);
        if metrics.is_empty() {
            return Ok(true);
        }
        let question = question.about(metrics);
        match self.call(&question).await {
            Ok(answers) => {
                self.take(&question, &answers);
                Ok(true)
            }
            Err(CallError::Refused) => self.ask_in_parts(&question).await,
            Err(error) => Err(error),
        }
    }

    async fn ask_in_parts(&mut self, question: &Question) -> Result<bool, CallError> {
        let mut names: Vec<_> = question.metrics.iter().map(|spec| spec.name).collect();
        names.dedup();
        if names.len() > 1 {
            let mut any = false;
            for name in names {
                let metrics = question.metrics.iter().copied().filter(|spec| spec.name == name).collect();
                any |= Box::pin(self.ask(&question.about(metrics))).await?;
            }
            return Ok(any);
        }
        if let Some((newer, older)) = question.halves() {
            let any = Box::pin(self.ask(&newer)).await?;
            if any {
                Box::pin(self.ask(&older)).await?;
            } else {
                self.note(&older, ValueState::NotSupported);
            }
            return Ok(any);
        }
        self.note(question, ValueState::NotSupported);
        if question.to >= self.insights.first_open_day() {
            tracing::warn!(account = %self.account.id, metric = names.first(), "Meta refuses this metric");
            let now = self.insights.world.now();
            self.refused.extend(names.into_iter().map(|name| (name, now)));
        }
        Ok(false)
    }

    /// The values of a closed day by one dimension. Meta answers a breakdown it does not give like a
    /// fault of its own, so that a failure here costs nothing but the breakdown.
    async fn ask_by(&mut self, day: NaiveDate, dimension: Dimension) -> Result<(), CallError> {
        let metrics: Vec<_> = daily()
            .filter(|spec| spec.dimensions.contains(&dimension))
            .filter(|spec| !self.refused.contains_key(spec.name) && !self.is_too_small_for(spec))
            .collect();
        if metrics.is_empty() {
            return Ok(());
        }
        let (since, until) = pacific_day::bounds(day);
        let mut query = InsightsQuery::new(metrics.iter().map(|spec| spec.name), Period::Day);
        query.metric_type = Some(MetricType::TotalValue);
        query.breakdown = vec![dimension.name().to_owned()];
        query.since = Some(since);
        query.until = Some(until);
        let Some(answers) = self.call_or_leave(&query).await? else { return Ok(()) };
        let state = state_of(day, self.insights.world.now());
        for spec in metrics {
            let parts = answers
                .iter()
                .filter(|answer| answer.name == spec.name)
                .flat_map(|answer| &answer.breakdowns);
            for part in parts {
                for result in &part.results {
                    let Some(key) = part.dimension(result, dimension.name()) else { continue };
                    let Some(number) = count(result.value) else { continue };
                    self.gathered.values.push(Value {
                        breakdown: dimension.breakdown(key),
                        ..Value::new(spec, day, Some(number), state)
                    });
                }
            }
        }
        Ok(())
    }

    /// Followers who were online in each hour of the last days.
    async fn online_followers(&mut self) -> Result<(), CallError> {
        let followers = self.gathered.profile.as_ref().and_then(|profile| profile.followers_count);
        if ONLINE_FOLLOWERS.is_too_small(followers) {
            return Ok(());
        }
        let today = self.insights.today();
        let first = today.checked_sub_days(Days::new(ONLINE_DAYS)).unwrap_or(today);
        let mut query = InsightsQuery::new([ONLINE_FOLLOWERS.name], Period::Lifetime);
        query.since = Some(pacific_day::bounds(first).0);
        query.until = Some(pacific_day::bounds(today).0);
        let Some(answers) = self.call_or_leave(&query).await? else { return Ok(()) };
        let now = self.insights.world.now();
        for timed in answers
            .iter()
            .filter(|answer| answer.name == ONLINE_FOLLOWERS.name)
            .flat_map(|answer| &answer.values)
        {
            let (Some(end), MetricValue::Map(hours)) = (timed.end_time, &timed.value) else { continue };
            let day = pacific_day::day_of(end);
            for (hour, followers) in
                hours.iter().filter(|(hour, _)| hour.parse::<u8>().is_ok_and(|hour| hour < 24))
            {
                let Some(followers) = count(*followers) else { continue };
                self.gathered.values.push(Value {
                    metric: ONLINE_FOLLOWERS.name,
                    breakdown: Dimension::Hour.breakdown(hour),
                    day,
                    value: Some(followers),
                    state: state_of(day, now),
                    said_at: None,
                });
            }
        }
        Ok(())
    }

    /// A question that can be left out: nothing when Meta refuses it or has a fault.
    async fn call_or_leave(&mut self, query: &InsightsQuery) -> Result<Option<Vec<MetricAnswer>>, CallError> {
        match self.call_query(query).await {
            Ok(answers) => Ok(Some(answers)),
            Err(CallError::Refused | CallError::Transient) => {
                tracing::info!(account = %self.account.id, metrics = ?query.metrics, "left out");
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    async fn call(&mut self, question: &Question) -> Result<Vec<MetricAnswer>, CallError> {
        let query = question.query(self.insights.world.now());
        self.call_query(&query).await
    }

    async fn call_query(&mut self, query: &InsightsQuery) -> Result<Vec<MetricAnswer>, CallError> {
        self.gathered.calls += 1;
        let meta = self.insights.connections.meta();
        self.insights
            .connections
            .with_token(self.account, self.priority, |access| async move {
                meta.insights(access.provider, &access.token, &access.instagram_id, query).await
            })
            .await
    }

    fn is_too_small_for(&self, spec: &Spec) -> bool {
        let followers = self.gathered.profile.as_ref().and_then(|profile| profile.followers_count);
        let followers = followers.or(self.account.followers_count);
        spec.is_too_small(followers)
    }

    /// Notes why there is no value, for every metric and day of a question.
    pub(crate) fn note(&mut self, question: &Question, state: ValueState) {
        for spec in &question.metrics {
            self.gathered.values.extend(question.days().map(|day| Value::new(spec, day, None, state)));
        }
    }

    /// Notes what was refused a while ago, with that time, so that the memory of it does not renew itself.
    fn note_remembered(&mut self, question: &Question) {
        for spec in &question.metrics {
            let said_at = self.refused.get(spec.name).copied();
            self.gathered.values.extend(
                question
                    .days()
                    .map(|day| Value { said_at, ..Value::new(spec, day, None, ValueState::NotSupported) }),
            );
        }
    }

    /// Takes the values out of Meta's answers; what is not in them is not ready.
    fn take(&mut self, question: &Question, answers: &[MetricAnswer]) {
        let now = self.insights.world.now();
        for spec in &question.metrics {
            let answer = answers.iter().find(|answer| answer.name == spec.name);
            for day in question.days() {
                let number = answer.and_then(|answer| number_of(spec, answer, day));
                let state = match number {
                    Some(_) => state_of(day, now),
                    None => ValueState::NotReady,
                };
                self.gathered.values.push(Value::new(spec, day, number, state));
            }
        }
    }
}

/// Every daily metric that has not ended.
fn daily() -> impl Iterator<Item = &'static Spec> {
    Metric::ALL.iter().map(|metric| metric.spec()).filter(|spec| spec.end.is_none())
}

/// A number of people or of times, if it can be one. Nothing that is measured can be below zero: what is
/// lost is a metric of its own.
pub(crate) fn count(number: i64) -> Option<i64> {
    (0..=MOST).contains(&number).then_some(number)
}

/// Whether a value of `day` that was read at `now` may still change.
fn state_of(day: NaiveDate, now: DateTime<Utc>) -> ValueState {
    let (_, end) = pacific_day::bounds(day);
    if now >= end + SETTLES_AFTER { ValueState::Final } else { ValueState::Provisional }
}

/// The value of `spec` on `day`, if the answer has one. No value is not a zero.
fn number_of(spec: &Spec, answer: &MetricAnswer, day: NaiveDate) -> Option<i64> {
    let number = match spec.form {
        Form::TimeSeries => answer.values.iter().find_map(|timed| match (&timed.value, timed.end_time) {
            (MetricValue::Number(number), Some(end)) if pacific_day::day_of(end) == day => Some(*number),
            _ => None,
        }),
        Form::TotalValue => answer.total,
        Form::Part { dimension, key } => answer.breakdowns.iter().find_map(|breakdown| {
            let result = breakdown
                .results
                .iter()
                .find(|result| breakdown.dimension(result, dimension.name()) == Some(key));
            result.map(|result| result.value)
        }),
        Form::ByHour | Form::Field => None,
    };
    number.and_then(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_a_count_is_no_value() {
        let day = NaiveDate::default();
        let number = |total| {
            let name = Metric::Views.spec().name.to_owned();
            let answer = MetricAnswer {
                name,
                period: "day".to_owned(),
                values: Vec::new(),
                total,
                breakdowns: Vec::new(),
            };
            number_of(Metric::Views.spec(), &answer, day)
        };
        assert_eq!(number(Some(0)), Some(0));
        assert_eq!(number(Some(MOST)), Some(MOST));
        for impossible in [-1, i64::MIN, MOST + 1, i64::MAX] {
            assert_eq!(number(Some(impossible)), None, "{impossible}");
        }
    }
}
