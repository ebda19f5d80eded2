//! The newest values of an account, and how questions are asked.
//!
//! Questions go together with the profile as one call. When Meta refuses that, they are asked one by one;
//! a question that is refused is asked metric by metric, and a span is halved, because it may only have
//! reached back too far. What a single metric is refused for is remembered, so that the next hour is one
//! call again.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use connections::{CallError, Priority, Ready};
use entity::account;
use entity::insight::{self, ValueState};
use entity::{AccountId, InWorkspace};
use meta::pacific_day;
use meta::{AccountNode, InsightsQuery, MetricAnswer, MetricValue};
use sea_orm::QuerySelect as _;
use sea_orm::prelude::*;
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait as _};

use crate::audience;
use crate::catalogue::{self, Dimension, Family, Form, Spec};
use crate::plan::{MOST_QUESTIONS, Plan, Question, login};
use crate::quarantine::{self, DOUBTED_FOR, Quarantine, REFUSED_FOR, Refusal, TOGETHER, subject};
use crate::store::{DAY, Gathered, Profile, Value};
use crate::{Insights, SETTLES_AFTER};

/// How often a closed day that may still change is read again.
const READ_AGAIN_AFTER: TimeDelta = TimeDelta::hours(6);
/// The largest count that is believed: 2^53, up to which every whole number is exact everywhere that
/// numbers are floating ones.
const MOST: i64 = 1 << 53;
/// So many questions in a row that a permission is missing for are taken for all of them.
const FORBIDDEN_AT_MOST: u32 = 2;

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
    pub(crate) account: &'a account::Model,
    priority: Priority,
    pub(crate) plan: Plan,
    /// What the first call needs, where it was read before.
    ready: Option<Ready>,
    quarantine: Quarantine,
    /// The newest day, older than those that may still change, of which Meta refused a metric: where its
    /// history ends.
    ended: HashMap<String, NaiveDate>,
    /// Questions that were answered, refused, and refused for want of a permission.
    answered: u32,
    refused: u32,
    forbidden: u32,
    pub(crate) gathered: Gathered,
}

impl Insights {
    /// Asks Meta for the newest values of `account`: the running day at every call, and closed days
    /// until they have settled.
    ///
    /// # Errors
    /// What ended it early, together with what was gathered until then.
    pub async fn collect(&self, account: &account::Model) -> Result<Gathered, Interrupted> {
        let mut known = self.known(&[account]).await.map_err(nothing_gathered)?;
        self.collect_knowing(account, known.remove(&account.id).unwrap_or_default()).await
    }

    /// As [`Insights::collect`], where what it begins with was read before, with that of other accounts.
    ///
    /// # Errors
    /// What ended it early, together with what was gathered until then.
    pub async fn collect_knowing(
        &self,
        account: &account::Model,
        known: Known,
    ) -> Result<Gathered, Interrupted> {
        let mut inquiry = self.inquiry(account, Priority::Newest, known.quarantine);
        inquiry.ready = known.ready;
        let unsettled = unsettled_days(&inquiry.plan, &known.read, self.world.now());
        match inquiry.newest(&unsettled).await {
            Ok(()) => Ok(inquiry.gathered),
            Err(error) => Err(Interrupted { gathered: inquiry.gathered, error }),
        }
    }

    /// What collecting from each of `accounts` begins with.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn known(&self, accounts: &[&account::Model]) -> Result<HashMap<AccountId, Known>, DbErr> {
        let mut quarantines = quarantine::of(&*self.database, accounts, self.world.now()).await?;
        let mut read = self.last_reads(accounts).await?;
        let known = accounts.iter().map(|account| {
            let known = Known {
                ready: None,
                quarantine: quarantines.remove(&account.id).unwrap_or_default(),
                read: read.remove(&account.id).unwrap_or_default(),
            };
            (account.id, known)
        });
        Ok(known.collect())
    }

    /// As [`Insights::known`], with what one call about each account needs: those calls have been counted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn known_and_ready(
        &self,
        accounts: &[&account::Model],
    ) -> Result<HashMap<AccountId, Known>, DbErr> {
        let mut known = self.known(accounts).await?;
        let mut ready = self.connections.ready(accounts).await?;
        for (account, known) in &mut known {
            known.ready = ready.remove(account);
        }
        Ok(known)
    }

    /// The plan for `account` now.
    #[must_use]
    pub fn plan(&self, account: &account::Model) -> Plan {
        let login = login(account.provider);
        Plan::new(login, self.connections.meta().version(login), self.today())
    }

    pub(crate) async fn inquire<'a>(
        &'a self,
        account: &'a account::Model,
        priority: Priority,
    ) -> Result<Inquiry<'a>, Interrupted> {
        let quarantines = quarantine::of(&*self.database, &[account], self.world.now()).await;
        let quarantine = quarantines.map_err(nothing_gathered)?.remove(&account.id).unwrap_or_default();
        Ok(self.inquiry(account, priority, quarantine))
    }

    fn inquiry<'a>(
        &'a self,
        account: &'a account::Model,
        priority: Priority,
        quarantine: Quarantine,
    ) -> Inquiry<'a> {
        let gathered = Gathered { some_refusals_ended: quarantine.some_ended, ..Gathered::default() };
        Inquiry {
            insights: self,
            account,
            priority,
            plan: self.plan(account),
            ready: None,
            quarantine,
            ended: HashMap::new(),
            answered: 0,
            refused: 0,
            forbidden: 0,
            gathered,
        }
    }

    /// When the days that may still change were read last, of each of `accounts`.
    async fn last_reads(
        &self,
        accounts: &[&account::Model],
    ) -> Result<HashMap<AccountId, Vec<LastRead>>, DbErr> {
        // One query for both logins: of what a plan does not ask for, nothing is there.
        let plans: Vec<_> = accounts.iter().map(|account| self.plan(account)).collect();
        let Some(first) = plans.iter().map(Plan::first_open_day).min() else { return Ok(HashMap::new()) };
        let specs: Vec<_> = CLOSED
            .into_iter()
            .flat_map(|family| catalogue::all().filter(move |spec| spec.family == family))
            .collect();
        let newest = |family: Family| {
            let of_family = specs.iter().filter(|spec| spec.family == family).map(|spec| spec.name);
            let read_at = CaseStatement::new()
                .case(insight::Column::Metric.is_in(of_family), Expr::col(insight::Column::CollectedAt));
            Expr::expr(read_at).max()
        };
        let rows: Vec<Newest> = insight::Entity::across_workspaces()
            .select_only()
            .column(insight::Column::AccountId)
            .column(insight::Column::Day)
            .column_as(newest(CLOSED[0]), "first")
            .column_as(newest(CLOSED[1]), "second")
            .filter(insight::Column::AccountId.is_in(accounts.iter().map(|account| account.id)))
            .filter(insight::Column::Metric.is_in(specs.iter().map(|spec| spec.name)))
            .filter(insight::Column::Breakdown.is_in(specs.iter().map(|spec| spec.breakdown())))
            .filter(insight::Column::Period.eq(DAY))
            .filter(insight::Column::Day.gte(first))
            .group_by(insight::Column::AccountId)
            .group_by(insight::Column::Day)
            .into_tuple()
            .all(&*self.database)
            .await?;
        let mut read: HashMap<_, Vec<LastRead>> = HashMap::new();
        for (account, day, first, second) in rows {
            for (family, at) in CLOSED.into_iter().zip([first, second]) {
                read.entry(account).or_default().extend(at.map(|at| LastRead { day, family, at }));
            }
        }
        Ok(read)
    }
}

/// Families of which days that are over are read again; each is asked for by a question of its own, and an
/// interruption may fall between them.
const CLOSED: [Family; 2] = [Family::Activity, Family::Follows];

/// When the values of an account and a day were read last, of each of [`CLOSED`].
type Newest = (AccountId, NaiveDate, Option<DateTime<Utc>>, Option<DateTime<Utc>>);

/// When a day's values of one family were read last.
#[derive(Clone, Copy, Debug)]
struct LastRead {
    day: NaiveDate,
    family: Family,
    at: DateTime<Utc>,
}

/// What collecting from one account begins with.
#[derive(Debug, Default)]
pub struct Known {
    ready: Option<Ready>,
    quarantine: Quarantine,
    read: Vec<LastRead>,
}

fn nothing_gathered(error: DbErr) -> Interrupted {
    Interrupted { gathered: Gathered::default(), error: error.into() }
}

/// Closed days of the last few that are to be read again, by when they were read last.
fn unsettled_days(plan: &Plan, read: &[LastRead], now: DateTime<Utc>) -> Vec<NaiveDate> {
    let families: Vec<_> =
        CLOSED.into_iter().filter(|family| !plan.specs(|spec| spec.family == *family).is_empty()).collect();
    let last_read = |day: NaiveDate, family: Family| {
        read.iter().find(|read| read.day == day && read.family == family).map(|read| read.at)
    };
    let needs_reading = |day: &NaiveDate| {
        families
            .iter()
            .any(|family| last_read(*day, *family).is_none_or(|read_at| is_due(*day, read_at, now)))
    };
    plan.first_open_day().iter_days().take_while(|day| *day < plan.today()).filter(needs_reading).collect()
}

/// Whether a day that is over and was read at `read_at` is to be read again at `now`: every six hours
/// until it has settled, and once when it has.
pub(crate) fn is_due(day: NaiveDate, read_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    let (_, end) = pacific_day::bounds(day);
    let settled = end + SETTLES_AFTER;
    read_at < end
        || (now < settled && now - read_at >= READ_AGAIN_AFTER)
        || (now >= settled && read_at < settled)
}

impl Inquiry<'_> {
    async fn newest(&mut self, unsettled: &[NaiveDate]) -> Result<(), CallError> {
        let (today, first) = (self.plan.today(), self.plan.first_open_day());
        let questions = self.plan.newest(unsettled);
        let asked = self.ask_all(questions).await;
        if asked.is_ok() && self.gathered.profile.is_none() {
            self.profile().await?;
        }
        // The first look at yesterday is when a day of all that is older can have been missed.
        if asked.is_ok() && unsettled.last().is_some_and(|day| Some(*day) == today.pred_opt()) {
            self.gathered.gaps = self.insights.has_gaps(self.account, first).await?;
        }
        asked
    }

    /// Asks `questions` with as few calls as Meta allows, the first of them first.
    pub(crate) async fn ask_all(&mut self, questions: Vec<Question>) -> Result<(), CallError> {
        let mut questions = questions.into_iter().peekable();
        while questions.peek().is_some() {
            let bundle: Vec<_> = questions.by_ref().take(MOST_QUESTIONS).collect();
            if let Err(error) = self.ask_bundle(&bundle).await {
                if matches!(error, CallError::Permission) {
                    bundle.iter().for_each(|question| self.note(question, ValueState::NoPermission));
                    // What was refused was everything, and is asked again as soon as it may be.
                    self.gathered.refusals.retain(|refusal| refusal.reason != ValueState::NoPermission);
                }
                return Err(error);
            }
        }
        Ok(())
    }

    async fn ask_bundle(&mut self, bundle: &[Question]) -> Result<(), CallError> {
        let bundle: Vec<_> = bundle.iter().filter_map(|question| self.worth_asking(question)).collect();
        if bundle.is_empty() {
            return Ok(());
        }
        if self.quarantine.holds(TOGETHER) {
            return self.ask_apart(&bundle).await;
        }
        let refused = match self.ask_together(&bundle).await {
            Ok(true) => return Ok(()),
            Ok(false) | Err(CallError::Refused) => true,
            // A breakdown that Meta does not give looks like a fault of its own, and a permission may be
            // missing for one metric only.
            Err(CallError::Transient | CallError::Permission) => false,
            Err(error) => return Err(error),
        };
        let (bad, numbers) = (self.refused, self.numbers());
        self.ask_apart(&bundle).await?;
        if refused && self.refused == bad && self.numbers() > numbers {
            self.refuse(TOGETHER.to_owned(), ValueState::NotSupported, REFUSED_FOR);
        }
        Ok(())
    }

    fn numbers(&self) -> usize {
        let values = self.gathered.values.iter().filter(|value| value.value.is_some()).count();
        values + self.gathered.snapshots.iter().filter(|snapshot| snapshot.state == ValueState::Final).count()
    }

    /// Asks questions together with the profile; says whether Meta understood them.
    async fn ask_together(&mut self, bundle: &[Question]) -> Result<bool, CallError> {
        let now = self.insights.world.now();
        let queries: Vec<_> = bundle.iter().map(|question| question.query(now)).collect();
        let queries = queries.as_slice();
        self.gathered.calls += 1;
        let meta = self.insights.connections.meta();
        let ready = self.ready.take();
        let (node, answers) = self
            .insights
            .connections
            .with_token_ready(self.account, self.priority, ready, |access| async move {
                meta.account_with_insights(access.provider, &access.token, &access.instagram_id, queries)
                    .await
            })
            .await?;
        self.take_profile(node);
        // What is empty is left out of an answer; that everything is means that it was not understood.
        if answers.iter().all(Option::is_none) {
            return Ok(false);
        }
        for (question, answers) in bundle.iter().zip(answers) {
            self.take(question, &answers.unwrap_or_default());
        }
        Ok(true)
    }

    async fn ask_apart(&mut self, bundle: &[Question]) -> Result<(), CallError> {
        if self.gathered.profile.is_none() {
            self.profile().await?;
        }
        for question in bundle {
            // One before it may have been refused.
            if let Some(question) = self.worth_asking(question) {
                self.ask(&question).await?;
            }
        }
        if self.answered == 0 && self.forbidden > 0 { Err(CallError::Permission) } else { Ok(()) }
    }

    /// The account's own fields alone.
    async fn profile(&mut self) -> Result<(), CallError> {
        self.gathered.calls += 1;
        let meta = self.insights.connections.meta();
        let node = self
            .insights
            .connections
            .with_token(self.account, self.priority, |access| async move {
                meta.account(access.provider, &access.token, &access.instagram_id).await
            })
            .await?;
        self.take_profile(node);
        Ok(())
    }

    /// What of a question is neither known to be refused nor out of the account's size. For the rest it
    /// is noted why there is no value.
    fn worth_asking(&mut self, question: &Question) -> Option<Question> {
        let mut worth = question.clone();
        worth.metrics.clear();
        for spec in &question.metrics {
            let reason = self
                .quarantine
                .reason(spec.name, question)
                .or_else(|| spec.is_too_small(self.followers()).then_some(ValueState::BelowThreshold));
            let ended =
                self.ended.get(&subject(spec.name, question)).is_some_and(|ended| question.to <= *ended);
            match reason.or_else(|| ended.then_some(ValueState::NotSupported)) {
                Some(reason) => self.note(&question.about(vec![spec]), reason),
                None => worth.metrics.push(spec),
            }
        }
        (!worth.metrics.is_empty()).then_some(worth)
    }

    /// Asks one question by itself. When Meta refuses it as a whole, each metric is asked alone, so that
    /// one which this account does not have never costs the others.
    async fn ask(&mut self, question: &Question) -> Result<(), CallError> {
        let error = match self.call(question).await {
            Ok(answers) => {
                self.take(question, &answers);
                return Ok(());
            }
            Err(error) => error,
        };
        let reason = match error {
            CallError::Refused => ValueState::NotSupported,
            CallError::Transient if question.is_extra() => ValueState::NotSupported,
            CallError::Permission => {
                self.forbidden += 1;
                // Nothing at all can be read, so that there is no use in asking for each.
                if self.answered == 0 && self.forbidden >= FORBIDDEN_AT_MOST {
                    return Err(CallError::Permission);
                }
                ValueState::NoPermission
            }
            error => return Err(error),
        };
        let names = question.names();
        if names.len() > 1 {
            for name in names {
                let metrics = question.metrics.iter().copied().filter(|spec| spec.name == name).collect();
                Box::pin(self.ask(&question.about(metrics))).await?;
            }
            return Ok(());
        }
        let for_sure = matches!(error, CallError::Refused);
        if for_sure && let Some((newer, older)) = question.halves() {
            Box::pin(self.ask(&newer)).await?;
            if let Some(older) = self.worth_asking(&older) {
                Box::pin(self.ask(&older)).await?;
            }
            return Ok(());
        }
        self.give_up(question, reason, for_sure);
        Ok(())
    }

    /// Notes that the one metric of `question` is not given. A refusal for a day long ago says how far
    /// back Meta goes, not what it has.
    fn give_up(&mut self, question: &Question, reason: ValueState, for_sure: bool) {
        self.refused += 1;
        self.note(question, reason);
        let Some(name) = question.names().first().copied() else { return };
        if question.to < self.plan.first_open_day() {
            self.ended.insert(subject(name, question), question.to);
            return;
        }
        let time = if for_sure { REFUSED_FOR } else { DOUBTED_FOR };
        self.refuse(subject(name, question), reason, time);
    }

    fn refuse(&mut self, what: String, reason: ValueState, time: TimeDelta) {
        tracing::warn!(account = %self.account.id, what, ?reason, "Meta refuses this; it is not asked for a while");
        let refusal = Refusal { what, reason, until: self.insights.world.now() + time };
        self.quarantine.add(&refusal);
        self.gathered.refusals.push(refusal);
    }

    async fn call(&mut self, question: &Question) -> Result<Vec<MetricAnswer>, CallError> {
        let query: InsightsQuery = question.query(self.insights.world.now());
        let query = &query;
        self.gathered.calls += 1;
        let meta = self.insights.connections.meta();
        self.insights
            .connections
            .with_token(self.account, self.priority, |access| async move {
                meta.insights(access.provider, &access.token, &access.instagram_id, query).await
            })
            .await
    }

    /// Followers as they were told last.
    fn followers(&self) -> Option<i64> {
        let told = self.gathered.profile.as_ref().and_then(|profile| profile.followers_count);
        told.or(self.account.followers_count)
    }

    /// Keeps the account's own fields; its followers are the day's value of that metric.
    fn take_profile(&mut self, node: AccountNode) {
        let followers_count = node.followers_count.and_then(count);
        if let Some(followers) = followers_count
            && self.gathered.profile.is_none()
        {
            let today = self.plan.today();
            let fields = self.plan.specs(|spec| spec.form == Form::Field);
            let values =
                fields.iter().map(|spec| Value::new(spec, today, Some(followers), ValueState::Provisional));
            self.gathered.values.extend(values);
        }
        self.gathered.profile = Some(Profile { username: node.username, name: node.name, followers_count });
    }

    /// Notes why there is no value, for every metric and day of a question. Of what is split by a
    /// dimension only what there is is stored.
    pub(crate) fn note(&mut self, question: &Question, state: ValueState) {
        if question.is_audience() {
            self.take_snapshot(question, state, Vec::new());
        } else if question.by.is_empty() {
            for spec in &question.metrics {
                self.gathered.values.extend(question.days().map(|day| Value::new(spec, day, None, state)));
            }
        }
    }

    /// Takes the values out of Meta's answers.
    fn take(&mut self, question: &Question, answers: &[MetricAnswer]) {
        self.answered += 1;
        if question.is_audience() {
            let segments = audience::segments(answers, question.by);
            let state = if segments.is_empty() { ValueState::BelowThreshold } else { ValueState::Final };
            self.take_snapshot(question, state, segments);
            return;
        }
        let now = self.insights.world.now();
        for spec in &question.metrics {
            let answer = answers.iter().find(|answer| answer.name == spec.name);
            if !question.by.is_empty() {
                self.gathered
                    .values
                    .extend(answer.into_iter().flat_map(|answer| parts(spec, answer, question, now)));
                continue;
            }
            let nothing = if spec.is_too_small(self.followers()) {
                ValueState::BelowThreshold
            } else {
                ValueState::NotReady
            };
            for day in question.days() {
                if spec.form == Form::ByHour {
                    let hours: Vec<_> =
                        answer.map(|answer| hours(spec, answer, day, now)).unwrap_or_default();
                    if hours.is_empty() {
                        self.gathered.values.push(Value::new(spec, day, None, nothing));
                    }
                    self.gathered.values.extend(hours);
                    continue;
                }
                let number = answer.and_then(|answer| number_of(spec, answer, day));
                let state = number.map_or(nothing, |_| state_of(day, now));
                self.gathered.values.push(Value::new(spec, day, number, state));
            }
        }
    }

    fn take_snapshot(&mut self, question: &Question, state: ValueState, segments: Vec<audience::Segment>) {
        let now = self.insights.world.now();
        let followers = self.followers();
        let snapshot = audience::snapshot(self.account, question, followers, state, &segments, now);
        self.gathered.snapshots.extend(snapshot);
    }
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
            let is_meant =
                |result: &&meta::BreakdownResult| breakdown.dimension(result, dimension.name()) == Some(key);
            breakdown.results.iter().find(is_meant).map(|result| result.value)
        }),
        Form::ByHour | Form::Field => None,
    };
    number.and_then(count)
}

/// The values of `spec` on the day of `question` by its dimension.
fn parts(spec: &Spec, answer: &MetricAnswer, question: &Question, now: DateTime<Utc>) -> Vec<Value> {
    let Some(dimension) = question.by.first() else { return Vec::new() };
    let day = question.from;
    let part = |found: &meta::Breakdown, result: &meta::BreakdownResult| {
        let key = found.dimension(result, dimension.name())?;
        let value = Value::new(spec, day, Some(count(result.value)?), state_of(day, now));
        Some(Value { breakdown: dimension.breakdown(key), ..value })
    };
    answer
        .breakdowns
        .iter()
        .flat_map(|found| found.results.iter().filter_map(move |result| part(found, result)))
        .collect()
}

/// The values of `spec` in each hour of `day`.
fn hours(spec: &Spec, answer: &MetricAnswer, day: NaiveDate, now: DateTime<Utc>) -> Vec<Value> {
    let of_day = answer.values.iter().filter_map(|timed| match (&timed.value, timed.end_time) {
        (MetricValue::Map(hours), Some(end)) if pacific_day::day_of(end) == day => Some(hours),
        _ => None,
    });
    of_day
        .flatten()
        .filter(|(hour, _)| hour.parse::<u8>().is_ok_and(|hour| hour < 24))
        .filter_map(|(hour, people)| {
            let value = Value::new(spec, day, Some(count(*people)?), state_of(day, now));
            Some(Value { breakdown: Dimension::Hour.breakdown(hour), ..value })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Metric;

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

    #[test]
    fn a_closed_day_is_read_every_six_hours_until_it_has_settled_and_once_more() {
        let day: NaiveDate = "2026-11-18".parse().unwrap();
        let after_its_end = |hours: i64| pacific_day::bounds(day).1 + TimeDelta::hours(hours);
        let due = |read: i64, now: i64| is_due(day, after_its_end(read), after_its_end(now));
        assert!(due(-1, 0), "what was read while it ran is not all of it");
        assert!(!due(0, 5) && due(0, 6));
        assert!(!due(66, 71) && due(66, 72), "the last look is when it has settled");
        assert!(!due(72, 1_000), "and there is none after that");
    }
}
