//! Which questions to ask, from the catalogue, and how they fit into as few calls as Meta allows.
//!
//! | question | metrics | span |
//! |---|---|---|
//! | series | time series without a limit of their own | up to 29 days |
//! | limited | what reaches back only some days | those days, without today |
//! | totals | all total values | one day: a total is for the span asked for |
//! | parts | what stands only in a breakdown | one day |
//! | by dimension | total values that Meta breaks down | one day |
//! | audience | who the audience is | a timeframe that ends today |
//!
//! One call carries the profile and up to [`MOST_QUESTIONS`] questions by field expansion, so that an
//! ordinary hour is one call, and so is the first hour of a day. `mooring-worker plan` prints it.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use entity::account::Provider as Login;
use meta::pacific_day;
use meta::{InsightsQuery, MetricType, Period, Provider};

use crate::catalogue::{
    self, AUDIENCE_DIMENSIONS, Dimension, Family, Form, ONLINE_FOLLOWERS, Spec, TIMEFRAME,
};

/// The most days one question may span. Meta allows thirty times 24 hours, and when clocks go back thirty
/// of its days are an hour longer.
pub const MAX_DAYS: u64 = 29;

/// The most questions in one call: four for each of the days that may still change, and four more, so that
/// an hour that reads everything again is one call as well. Meta names no limit.
pub const MOST_QUESTIONS: usize = 20;

/// Days before today that may still change and are read again.
pub const OPEN_DAYS: u64 = 4;

/// Days of online followers in one ordinary question; the newest of them are empty for a while.
const ONLINE_DAYS: u64 = 7;

/// One question about an account.
#[derive(Clone, Debug)]
pub struct Question {
    /// What is asked.
    pub metrics: Vec<&'static Spec>,
    /// By which dimensions the values are split; empty for the whole.
    pub by: &'static [Dimension],
    /// The first day.
    pub from: NaiveDate,
    /// The last day, included.
    pub to: NaiveDate,
}

impl Question {
    /// The same question about fewer metrics.
    #[must_use]
    pub fn about(&self, metrics: Vec<&'static Spec>) -> Self {
        Self { metrics, ..self.clone() }
    }

    /// Whether it is about who the audience is, which has no days of its own.
    #[must_use]
    pub fn is_audience(&self) -> bool {
        self.metrics.iter().any(|spec| spec.family == Family::Audience)
    }

    /// Whether what is asked can be left out without a hole in a daily series.
    #[must_use]
    pub fn is_extra(&self) -> bool {
        let is_by_hour = self.metrics.iter().any(|spec| spec.form == Form::ByHour);
        is_by_hour || !(self.by.is_empty() || self.is_audience())
    }

    /// The names of what is asked, each once.
    #[must_use]
    pub fn names(&self) -> Vec<&'static str> {
        let mut names: Vec<_> = self.metrics.iter().map(|spec| spec.name).collect();
        names.dedup();
        names
    }

    /// The dimensions in Meta's words, joined as they are stored.
    #[must_use]
    pub fn dimensions(&self) -> String {
        joined(self.by)
    }

    /// The first moment of the span and the first after it, never later than `now`.
    fn span(&self, now: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
        let (since, _) = pacific_day::bounds(self.from);
        let (_, until) = pacific_day::bounds(self.to);
        // Meta refuses a span that begins in the future, and for the running day gives what is
        // there so far; the end of the running day itself is accepted.
        (since.min(now - TimeDelta::seconds(1)), until)
    }

    /// How Meta is asked.
    #[must_use]
    pub fn query(&self, now: DateTime<Utc>) -> InsightsQuery {
        let first = self.metrics.first();
        let period = first.and_then(|spec| spec.periods.first()).copied().unwrap_or(Period::Day);
        let mut query = InsightsQuery::new(self.names(), period);
        query.breakdown = self.by.iter().map(|dimension| dimension.name().to_owned()).collect();
        query.metric_type = match first.map(|spec| spec.form) {
            Some(Form::ByHour) => None,
            Some(Form::TimeSeries) if self.by.is_empty() => Some(MetricType::TimeSeries),
            Some(Form::Part { dimension, .. }) => {
                query.breakdown = vec![dimension.name().to_owned()];
                Some(MetricType::TotalValue)
            }
            _ => Some(MetricType::TotalValue),
        };
        if self.is_audience() {
            query.timeframe = Some(TIMEFRAME.to_owned());
        } else {
            let (since, until) = self.span(now);
            query.since = Some(since);
            query.until = Some(until);
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

/// Dimensions as they are stored and as Meta wants them.
pub(crate) fn joined(dimensions: &[Dimension]) -> String {
    dimensions.iter().map(|dimension| dimension.name()).collect::<Vec<_>>().join(",")
}

/// The questions about one account on one day: what of the catalogue Meta gives through its login in the
/// version of the API that is used.
#[derive(Clone, Debug)]
pub struct Plan {
    given: Vec<&'static Spec>,
    today: NaiveDate,
}

impl Plan {
    /// The plan for accounts of `login` while `today` is Meta's day.
    #[must_use]
    pub fn new(login: Provider, version: u16, today: NaiveDate) -> Self {
        let given = catalogue::all().filter(|spec| spec.is_given(login, version, today)).collect();
        Self { given, today }
    }

    /// Meta's day.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        self.today
    }

    /// The first of the days that may still change.
    #[must_use]
    pub fn first_open_day(&self) -> NaiveDate {
        self.ago(OPEN_DAYS)
    }

    fn ago(&self, days: u64) -> NaiveDate {
        self.today.checked_sub_days(Days::new(days)).unwrap_or(self.today)
    }

    /// What of the catalogue is given and wanted.
    pub(crate) fn specs(&self, wanted: impl Fn(&Spec) -> bool) -> Vec<&'static Spec> {
        self.given.iter().copied().filter(|spec| wanted(spec)).collect()
    }

    fn question(&self, from: NaiveDate, to: NaiveDate, wanted: impl Fn(&Spec) -> bool) -> Question {
        Question { metrics: self.specs(wanted), by: &[], from, to }
    }

    /// The unlimited time series from `from` to `to` (at most 29 days).
    #[must_use]
    pub fn series(&self, from: NaiveDate, to: NaiveDate) -> Question {
        self.question(from, to, |spec| spec.form == Form::TimeSeries && spec.last_days.is_none())
    }

    /// The time series that reach back only so many days, over all of them.
    #[must_use]
    pub fn limited(&self) -> Vec<Question> {
        self.specs(|spec| spec.form == Form::TimeSeries && spec.last_days.is_some())
            .into_iter()
            .map(|spec| self.last_days_of(spec, spec.last_days.unwrap_or(1)))
            .collect()
    }

    /// When followers were online, over the last `days`.
    #[must_use]
    pub fn online(&self, days: u64) -> Vec<Question> {
        let specs = self.specs(|spec| spec.form == Form::ByHour);
        specs.into_iter().map(|spec| self.last_days_of(spec, days)).collect()
    }

    fn last_days_of(&self, spec: &'static Spec, days: u64) -> Question {
        Question { metrics: vec![spec], by: &[], from: self.ago(days), to: self.ago(1) }
    }

    /// All totals of one day.
    #[must_use]
    pub fn totals(&self, day: NaiveDate) -> Question {
        self.question(day, day, |spec| spec.form == Form::TotalValue && spec.family != Family::Audience)
    }

    /// Everything about one day that is over: totals, parts, and totals by each dimension.
    #[must_use]
    pub fn closed_day(&self, day: NaiveDate) -> Vec<Question> {
        let parts = self.question(day, day, |spec| matches!(spec.form, Form::Part { .. }));
        let by_dimension = Dimension::OF_DAYS.chunks(1).map(|by| Question {
            metrics: self.specs(|spec| {
                spec.family != Family::Audience && by.iter().all(|one| spec.dimensions.contains(one))
            }),
            by,
            from: day,
            to: day,
        });
        [self.totals(day), parts]
            .into_iter()
            .chain(by_dimension)
            .filter(|asked| !asked.metrics.is_empty())
            .collect()
    }

    /// An ordinary hour: the open days of the series and the running day, and with it all about the
    /// closed days `unsettled`, which are to be read again.
    #[must_use]
    pub fn newest(&self, unsettled: &[NaiveDate]) -> Vec<Question> {
        let mut questions = vec![self.series(self.first_open_day(), self.today), self.totals(self.today)];
        if !unsettled.is_empty() {
            questions.extend(self.limited());
            questions.extend(self.online(ONLINE_DAYS));
        }
        questions.extend(unsettled.iter().flat_map(|day| self.closed_day(*day)));
        questions
    }

    /// Who the audience is today.
    #[must_use]
    pub fn audience(&self) -> Vec<Question> {
        self.specs(|spec| spec.family == Family::Audience)
            .into_iter()
            .flat_map(|spec| {
                AUDIENCE_DIMENSIONS.map(|by| Question {
                    metrics: vec![spec],
                    by,
                    from: self.today,
                    to: self.today,
                })
            })
            .collect()
    }

    /// What brings back missing days, the newest first: `series` of the unlimited time series, and
    /// `days` of all else; and what reaches back only some days, where `limited` or `online` miss any.
    #[must_use]
    pub fn missing(
        &self,
        series: &[NaiveDate],
        days: &[NaiveDate],
        limited: bool,
        online: bool,
    ) -> Vec<Question> {
        let mut questions = self.windows(series);
        if limited {
            questions.extend(self.limited());
        }
        if online {
            questions.extend(self.online(ONLINE_FOLLOWERS.last_days.unwrap_or(ONLINE_DAYS)));
        }
        questions.extend(days.iter().rev().flat_map(|day| self.closed_day(*day)));
        questions
    }

    /// Spans of at most 29 days that cover `days` (in order), the newest first.
    fn windows(&self, days: &[NaiveDate]) -> Vec<Question> {
        let mut windows: Vec<Question> = Vec::new();
        for day in days.iter().rev() {
            match windows.last_mut() {
                Some(window) if (window.to - *day).num_days() < i64::try_from(MAX_DAYS).unwrap_or(29) => {
                    window.from = *day
                }
                _ => windows.push(self.series(*day, *day)),
            }
        }
        windows
    }
}

/// How many calls so many questions are.
#[must_use]
pub fn calls(questions: usize) -> usize {
    questions.div_ceil(MOST_QUESTIONS)
}

/// What one kind of work asks of one account.
#[derive(Clone, Debug)]
pub struct Mode {
    /// What kind of work, in a word.
    pub name: &'static str,
    /// When it is done.
    pub when: &'static str,
    /// How often on an ordinary day.
    pub each_day: usize,
    /// What is asked each time.
    pub questions: Vec<Question>,
}

impl Mode {
    /// How many calls it takes each time.
    #[must_use]
    pub fn calls(&self) -> usize {
        calls(self.questions.len())
    }
}

impl Plan {
    /// Every kind of work that asks for numbers of an account, where backfill reaches back so many days.
    #[must_use]
    pub fn modes(&self, backfill_days: u32) -> Vec<Mode> {
        let open: Vec<_> = self.first_open_day().iter_days().take_while(|day| *day < self.today).collect();
        let first = self.ago(backfill_days.into());
        let past: Vec<_> = first.iter_days().take_while(|day| *day < self.today).collect();
        let closed: Vec<_> = past.iter().copied().filter(|day| *day < self.first_open_day()).collect();
        let mode = |name, when, each_day, questions| Mode { name, when, each_day, questions };
        vec![
            mode("hour", "every hour", 20, self.newest(&[])),
            mode(
                "reading_again",
                "every six hours, the first hour of a day among them",
                4,
                self.newest(&open),
            ),
            mode("audience", "once a day", 1, self.audience()),
            mode("connect", "once, when an account is connected", 0, self.newest(&open)),
            mode(
                "backfill",
                "once, when an account is connected, and after an outage for what is missing",
                0,
                self.missing(&past, &closed, true, true),
            ),
        ]
    }
}

/// How our rows call a login, as Meta's client does.
#[must_use]
pub fn login(provider: Login) -> Provider {
    match provider {
        Login::FacebookLogin => Provider::FacebookLogin,
        Login::InstagramLogin => Provider::InstagramLogin,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn plan(today: &str) -> Plan {
        Plan::new(Provider::FacebookLogin, 25, day(today))
    }

    #[test]
    fn every_metric_is_asked_by_exactly_one_question_of_the_whole() {
        let plan = plan("2026-11-20");
        let mut asked: Vec<_> = plan
            .newest(&[day("2026-11-19")])
            .into_iter()
            .filter(|question| question.by.is_empty() && question.from < plan.today)
            .chain(plan.audience().into_iter().filter(|question| question.by == AUDIENCE_DIMENSIONS[1]))
            .flat_map(|question| question.metrics)
            .map(|spec| (spec.name, spec.label))
            .collect();
        asked.sort_unstable();
        let mut all: Vec<_> = catalogue::all()
            .filter(|spec| spec.form != Form::Field && spec.end.is_none())
            .map(|spec| (spec.name, spec.label))
            .collect();
        all.sort_unstable();
        assert_eq!(asked, all);
    }

    #[test]
    fn what_ended_is_never_asked_for_and_what_is_young_not_before_its_day() {
        let asks = |today: &str, name: &str| {
            let plan = plan(today);
            let questions = plan.newest(&[plan.today.pred_opt().unwrap()]);
            questions.iter().any(|question| question.names().contains(&name))
        };
        let (old, young) = (
            catalogue::all().find(|spec| spec.end.is_some()).unwrap(),
            catalogue::all().find(|spec| spec.since.is_some()).unwrap(),
        );
        assert!(!asks("2026-11-20", old.name));
        assert!(asks("2026-11-20", young.name) && !asks("2025-11-20", young.name));
    }

    #[test]
    fn calls_for_each_account_in_every_mode() {
        for login in [Provider::FacebookLogin, Provider::InstagramLogin] {
            let plan = Plan::new(login, 25, day("2026-11-20"));
            let modes = plan.modes(90);
            let counts: Vec<_> =
                modes.iter().map(|mode| (mode.name, mode.questions.len(), mode.calls())).collect();
            assert_eq!(
                counts,
                [
                    ("hour", 2, 1),
                    ("reading_again", 20, 1),
                    ("audience", 6, 1),
                    ("connect", 20, 1),
                    // Four windows of reach, new followers, followers online, and 86 days of four.
                    ("backfill", 350, 18),
                ]
            );
            let a_day: usize = modes.iter().map(|mode| mode.each_day * mode.calls()).sum();
            assert_eq!(a_day, 25, "24 hours and the audience");
        }
    }

    #[test]
    fn spans_follow_the_pacific_day_over_both_changes_of_the_clock() {
        let now = "2026-11-20T10:00:00Z".parse().unwrap();
        for (day_text, hours) in [("2026-03-08", 23), ("2026-11-01", 25), ("2026-07-01", 24)] {
            let (since, until) = plan("2026-11-20").totals(day(day_text)).span(now);
            assert_eq!((until - since).num_hours(), hours, "{day_text}");
        }
    }

    #[test]
    fn the_longest_span_stays_within_thirty_times_24_hours_when_clocks_go_back() {
        let now = "2026-11-20T10:00:00Z".parse().unwrap();
        let to = day("2026-11-10");
        let (since, until) = plan("2026-11-20").series(to - Days::new(MAX_DAYS - 1), to).span(now);
        assert!(until - since <= TimeDelta::seconds(2_592_000), "{}", until - since);
    }

    #[test]
    fn halves_cover_the_span_once() {
        let plan = plan("2026-11-20");
        for length in [2, 3, 29] {
            let from = day("2026-10-20");
            let whole = plan.series(from, from + Days::new(length - 1));
            let (newer, older) = whole.halves().unwrap();
            let halves: Vec<_> = older.days().chain(newer.days()).collect();
            assert_eq!(halves, whole.days().collect::<Vec<_>>(), "{length}");
        }
        assert!(plan.series(day("2026-10-20"), day("2026-10-20")).halves().is_none());
    }

    #[test]
    fn windows_are_short_enough_and_cover_every_day() {
        let first = day("2026-08-22");
        let days: Vec<_> = first.iter_days().take(90).collect();
        let plan = plan("2026-11-20");
        let windows = plan.windows(&days);
        assert_eq!(windows.len(), 4);
        assert!(windows.iter().all(|window| window.days().count() <= 29));
        let covered: std::collections::HashSet<_> = windows.iter().flat_map(Question::days).collect();
        assert!(days.iter().all(|day| covered.contains(day)));
        assert_eq!(windows[0].to, *days.last().unwrap());
        assert_eq!((plan.windows(&days[..1]).len(), plan.windows(&[]).len()), (1, 0));
    }

    #[test]
    fn queries_say_what_meta_wants_to_know() {
        let now = "2026-11-20T10:00:00Z".parse().unwrap();
        let plan = plan("2026-11-20");
        let closed: Vec<_> =
            plan.closed_day(day("2026-11-18")).iter().map(|question| question.query(now)).collect();
        assert_eq!(closed.len(), 4);
        assert_eq!(closed[0].metrics.len(), 12);
        assert_eq!(closed[0].since.unwrap().to_rfc3339(), "2026-11-18T08:00:00+00:00");
        assert_eq!(closed[0].until.unwrap().to_rfc3339(), "2026-11-19T08:00:00+00:00");
        assert_eq!(
            (closed[1].metrics.as_slice(), closed[1].breakdown.as_slice()),
            (["follows_and_unfollows".to_owned()].as_slice(), ["follow_type".to_owned()].as_slice())
        );
        assert!(closed.iter().all(|query| query.metric_type == Some(MetricType::TotalValue)));
        let audience = plan.audience()[0].query(now);
        assert_eq!(audience.breakdown, ["age", "gender"]);
        assert_eq!((audience.period, audience.since), (Period::Lifetime, None));
        assert!(audience.timeframe.is_some());
        let online = plan.online(7)[0].query(now);
        assert_eq!((online.period, online.metric_type), (Period::Lifetime, None));
    }
}
