//! The questions about media, and what becomes of one that is refused.
//!
//! A question is refused as a whole when one of its metrics does not fit. Then each metric is asked alone:
//! what is refused alone while others are answered is remembered for the kind of media, so that neither
//! the other media nor the next runs stumble over it; where all are refused it is the media that has none.

use std::collections::{HashMap, HashSet, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};
use connections::{CallError, Priority};
use entity::media::{self, MediaKind};
use entity::media_insight::{self, FigureState};
use entity::{InWorkspace, MediaId, account, media_refusal};
use meta::batch::MOST_CALLS;
use meta::{ErrorKind, MediaInsightsQuery, MetricAnswer, MetricValue, Provider};
use sea_orm::prelude::*;

use super::{Extent, Figure, Reading};
use crate::Insights;
use crate::catalogue::media::{Field, MediaForm, MediaSpec, Unit, all};
use crate::collect::count;

/// For how long a metric that Meta refused is not asked for again.
const REFUSED_FOR: TimeDelta = TimeDelta::days(7);
/// The same for metrics that only some media have.
const REFUSED_OF_SOME_FOR: TimeDelta = TimeDelta::days(30);
/// Media that are older can wait while the budget is short.
const YOUNG: TimeDelta = TimeDelta::days(7);
/// Questions of one execution that are taken apart at most; the rest waits for the next.
const MOST_TAKEN_APART: u32 = 10;
/// So many media without an answer after one another, and Meta is taken to be out of order.
const MOST_UNANSWERED: u32 = 3;

/// Questions about some media of one account, and what they brought so far.
pub(super) struct Asking<'a> {
    insights: &'a Insights,
    account: &'a account::Model,
    provider: Provider,
    media: &'a [media::Model],
    /// Metrics that are not asked for: of a kind of media, with the moment of the refusal.
    refused: HashMap<(MediaKind, &'static str), DateTime<Utc>>,
    /// The same, of single media.
    resting: HashSet<(MediaId, &'static str)>,
    found: HashMap<&'a str, Found>,
    new_refusals: Vec<(MediaKind, &'static str)>,
    taken_apart: u32,
    unanswered: u32,
    /// The media whose question was the last without an answer.
    silent: Option<MediaId>,
    pub(super) calls: u32,
    /// Until when calls that can wait have to.
    pub(super) paused_until: Option<DateTime<Utc>>,
}

/// What was found of one media.
#[derive(Default)]
struct Found {
    figures: Vec<Figure>,
    /// Questions that are still to be answered.
    open: usize,
    answered: bool,
    gone: bool,
    at: Option<DateTime<Utc>>,
}

/// One question.
#[derive(Clone)]
struct Question<'a> {
    media: &'a media::Model,
    metrics: Vec<&'static MediaSpec>,
}

/// What Meta said to a question, where that is no matter of the token or of limits.
enum Answer {
    Figures(Vec<MetricAnswer>),
    Refused,
    TooFewViewers,
    NotSupported,
    Gone,
    None,
}

impl<'a> Asking<'a> {
    /// Prepares to ask about `media`, all of `account`, the most urgent first.
    ///
    /// # Errors
    /// When the database fails.
    pub(super) async fn new(
        insights: &'a Insights,
        account: &'a account::Model,
        media: &'a [media::Model],
    ) -> Result<Self, DbErr> {
        Ok(Self {
            insights,
            account,
            provider: connections::login(account.provider),
            media,
            refused: refused(insights, account).await?,
            resting: resting(insights, account, media).await?,
            found: HashMap::new(),
            new_refusals: Vec::new(),
            taken_apart: 0,
            unanswered: 0,
            silent: None,
            calls: 0,
            paused_until: None,
        })
    }

    /// Asks everything. What can wait is left out when the budget is short; [`Self::paused_until`] says so.
    ///
    /// # Errors
    /// What ended it early; what was found until then is kept.
    pub(super) async fn read(&mut self) -> Result<(), CallError> {
        let media = self.media;
        let mut waiting: VecDeque<Question<'a>> = VecDeque::new();
        for media in media {
            let questions = self.questions(media);
            self.found.entry(&media.meta_id).or_default().open = questions.len();
            waiting.extend(questions);
        }
        while !waiting.is_empty() {
            let (questions, priority) = self.next(&mut waiting);
            if questions.is_empty() {
                continue;
            }
            match self.ask(&questions, priority).await {
                Ok(answers) => {
                    for (question, answer) in questions.into_iter().zip(answers) {
                        waiting.extend(self.take(question, answer, priority).await?);
                    }
                }
                Err(CallError::Paused(until)) if priority == Priority::Background => {
                    self.paused_until = Some(until);
                    return Ok(());
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// What was found.
    pub(super) fn readings(self) -> Vec<Reading> {
        let now = self.insights.world.now();
        let reading = |(meta_id, found): (&str, Found)| {
            let extent = match found {
                Found { gone: true, .. } => Extent::Gone,
                Found { open: 0, .. } => Extent::Whole,
                _ => Extent::Part,
            };
            let nothing = extent == Extent::Part && found.figures.is_empty();
            let at = found.at.unwrap_or(now);
            (!nothing).then(|| Reading { meta_id: meta_id.to_owned(), at, figures: found.figures, extent })
        };
        self.found.into_iter().filter_map(reading).collect()
    }

    /// Metrics that were refused now.
    pub(super) fn refusals(&self) -> Vec<(MediaKind, &'static str)> {
        self.new_refusals.clone()
    }

    /// The questions about one media: one for its metrics, one for each breakdown, and one for what only
    /// some media have.
    fn questions(&mut self, media: &'a media::Model) -> Vec<Question<'a>> {
        let (provider, today) = (self.provider, self.insights.today());
        let mut questions: Vec<Question<'a>> = Vec::new();
        for spec in all().filter(|spec| spec.is_given(media.kind, provider, today)) {
            if self.refused.contains_key(&(media.kind, spec.name)) {
                self.note(media, spec, FigureState::NotSupported);
                continue;
            }
            if self.resting.contains(&(media.id, spec.key)) {
                continue;
            }
            // What only some media have is asked alone: its refusal is the ordinary case.
            let together =
                |other: &MediaSpec| !spec.of_some && !other.of_some && other.dimension() == spec.dimension();
            let same = questions
                .iter_mut()
                .find(|question| question.metrics.first().is_some_and(|first| together(first)));
            match same {
                Some(question) => question.metrics.push(spec),
                None => questions.push(Question { media, metrics: vec![spec] }),
            }
        }
        questions
    }

    /// The next questions that are asked together: of the same priority, without metrics that were refused
    /// meanwhile, and without media that turned out to be gone.
    fn next(&mut self, waiting: &mut VecDeque<Question<'a>>) -> (Vec<Question<'a>>, Priority) {
        // The first goes alone: a token that is refused costs one call, and not fifty.
        let many = self.provider == Provider::FacebookLogin && self.calls > 0;
        let most = if many { self.insights.connections.at_once(self.account, MOST_CALLS) } else { 1 };
        let mut together = Vec::new();
        let mut priority = Priority::Ordinary;
        while together.len() < most
            && let Some(question) = waiting.pop_front()
        {
            let own = self.priority(&question);
            if !together.is_empty() && own != priority {
                waiting.push_front(question);
                break;
            }
            priority = own;
            if self.found.get(question.media.meta_id.as_str()).is_some_and(|found| found.gone) {
                continue;
            }
            match self.without_refused(question) {
                question if question.metrics.is_empty() => self.close(question.media),
                question => together.push(question),
            }
        }
        (together, priority)
    }

    fn priority(&self, question: &Question<'_>) -> Priority {
        let age = self.insights.world.now() - question.media.posted_at;
        match question.media.kind {
            MediaKind::Story => Priority::Newest,
            _ if age < YOUNG => Priority::Ordinary,
            _ => Priority::Background,
        }
    }

    fn without_refused(&mut self, question: Question<'a>) -> Question<'a> {
        let media = question.media;
        let (refused, metrics): (Vec<_>, Vec<_>) = question
            .metrics
            .into_iter()
            .partition(|spec| self.refused.contains_key(&(media.kind, spec.name)));
        for spec in refused {
            self.note(media, spec, FigureState::NotSupported);
        }
        Question { media, metrics }
    }

    /// What becomes of an answer; gives what is to be asked again.
    async fn take(
        &mut self,
        question: Question<'a>,
        answer: Answer,
        priority: Priority,
    ) -> Result<Option<Question<'a>>, CallError> {
        match answer {
            Answer::Refused => return self.refused_whole(question, priority).await,
            Answer::None => {
                let silent = Some(question.media.id);
                self.unanswered += u32::from(self.silent != silent);
                self.silent = silent;
                return if self.unanswered >= MOST_UNANSWERED { Err(CallError::Transient) } else { Ok(None) };
            }
            Answer::Gone => self.found(question.media).gone = true,
            Answer::TooFewViewers => self.note_all(&question, FigureState::BelowThreshold),
            Answer::NotSupported => self.note_all(&question, FigureState::NotSupported),
            Answer::Figures(answers) => self.take_figures(&question, &answers),
        }
        self.unanswered = 0;
        self.close(question.media);
        Ok(None)
    }

    /// Asks for each metric of a refused question alone, unless another media has shown meanwhile which
    /// of them it is.
    async fn refused_whole(
        &mut self,
        question: Question<'a>,
        priority: Priority,
    ) -> Result<Option<Question<'a>>, CallError> {
        let asked = question.metrics.len();
        let question = self.without_refused(question);
        if question.metrics.len() < asked {
            return Ok(Some(question));
        }
        let mut names: Vec<_> = question.metrics.iter().map(|spec| spec.name).collect();
        names.dedup();
        if let [name] = names[..] {
            let blames_metric = self.found(question.media).answered;
            self.refuse(&question, name, blames_metric);
            self.close(question.media);
            return Ok(None);
        }
        if self.taken_apart >= MOST_TAKEN_APART {
            return Ok(None);
        }
        self.taken_apart += 1;
        self.take_apart(&question, &names, priority).await
    }

    async fn take_apart(
        &mut self,
        question: &Question<'a>,
        names: &[&'static str],
        priority: Priority,
    ) -> Result<Option<Question<'a>>, CallError> {
        let alone: Vec<_> = names
            .iter()
            .map(|name| Question {
                media: question.media,
                metrics: question.metrics.iter().copied().filter(|spec| spec.name == *name).collect(),
            })
            .collect();
        let mut answers = Vec::new();
        let most = if self.provider == Provider::FacebookLogin { MOST_CALLS } else { 1 };
        for together in alone.chunks(most) {
            answers.extend(self.ask(together, priority).await?);
        }
        let any = answers.iter().any(|answer| matches!(answer, Answer::Figures(_)));
        let mut all = true;
        for ((part, answer), name) in alone.iter().zip(answers).zip(names) {
            match answer {
                Answer::Figures(answers) => self.take_figures(part, &answers),
                Answer::Refused => self.refuse(part, name, any),
                Answer::NotSupported => self.note_all(part, FigureState::NotSupported),
                Answer::TooFewViewers => self.note_all(part, FigureState::BelowThreshold),
                Answer::Gone => self.found(part.media).gone = true,
                Answer::None => all = false,
            }
        }
        if all {
            self.close(question.media);
        }
        Ok(None)
    }

    /// Notes that `name` was refused: for this media, and for its kind where it is to blame.
    fn refuse(&mut self, question: &Question<'a>, name: &'static str, blames_metric: bool) {
        self.note_all(question, FigureState::NotSupported);
        let of_some = question.metrics.iter().any(|spec| spec.of_some);
        if blames_metric && !of_some {
            let kind = question.media.kind;
            tracing::warn!(account = %self.account.id, ?kind, metric = name, "Meta refuses this metric of media");
            self.refused.insert((kind, name), self.insights.world.now());
            self.new_refusals.push((kind, name));
        }
    }

    fn take_figures(&mut self, question: &Question<'a>, answers: &[MetricAnswer]) {
        self.found(question.media).answered = true;
        for spec in &question.metrics {
            let answer = answers.iter().find(|answer| answer.name == spec.name);
            match answer.and_then(|answer| value_of(spec, answer)) {
                Some(value) => self.push(question.media, Figure::known(spec.metric, value)),
                None if spec.field == Some(Field::LikeCount) && question.media.likes_hidden => {
                    self.note(question.media, spec, FigureState::Hidden);
                }
                None => self.note(question.media, spec, FigureState::NotReady),
            }
        }
    }

    fn note_all(&mut self, question: &Question<'a>, state: FigureState) {
        for spec in &question.metrics {
            self.note(question.media, spec, state);
        }
    }

    fn note(&mut self, media: &'a media::Model, spec: &MediaSpec, state: FigureState) {
        self.push(media, Figure::missing(spec.metric, state));
    }

    fn push(&mut self, media: &'a media::Model, figure: Figure) {
        let now = self.insights.world.now();
        let found = self.found(media);
        found.at = Some(now);
        found.figures.push(figure);
    }

    /// One question about `media` less is open.
    fn close(&mut self, media: &'a media::Model) {
        let found = self.found(media);
        found.open = found.open.saturating_sub(1);
    }

    fn found(&mut self, media: &'a media::Model) -> &mut Found {
        self.found.entry(&media.meta_id).or_default()
    }

    /// The answers to `questions`, in their order.
    async fn ask(
        &mut self,
        questions: &[Question<'a>],
        priority: Priority,
    ) -> Result<Vec<Answer>, CallError> {
        let queries: Vec<_> = questions.iter().map(Question::query).collect();
        // Meta counts each question.
        self.calls += u32::try_from(queries.len()).unwrap_or(u32::MAX);
        let meta = self.insights.connections.meta();
        let queries = &queries;
        let call = |access: connections::Access| async move {
            let results = match &queries[..] {
                [query] => {
                    vec![
                        meta.media_insights(access.provider, &access.token, &access.instagram_id, query)
                            .await,
                    ]
                }
                queries => meta.media_insights_batch(&access.token, &access.instagram_id, queries).await?,
            };
            results.into_iter().map(answer).collect::<Result<Vec<_>, _>>()
        };
        self.insights.connections.with_token(self.account, priority, call).await
    }
}

impl Question<'_> {
    fn query(&self) -> MediaInsightsQuery {
        let mut metrics: Vec<_> = self.metrics.iter().map(|spec| spec.name).collect();
        metrics.dedup();
        MediaInsightsQuery {
            media_id: self.media.meta_id.clone(),
            metrics,
            breakdown: self.metrics.first().and_then(|spec| spec.dimension()),
        }
    }
}

/// What a result says about one media; what says something about the token, the limits or our own set-up
/// stays an error.
fn answer(result: Result<Vec<MetricAnswer>, meta::Error>) -> Result<Answer, meta::Error> {
    let error = match result {
        Ok(answers) => return Ok(Answer::Figures(answers)),
        Err(error) => error,
    };
    match error.kind() {
        ErrorKind::UnsupportedMetric | ErrorKind::BadRequest => Ok(Answer::Refused),
        ErrorKind::NotEnoughViewers => Ok(Answer::TooFewViewers),
        ErrorKind::WithoutInsights | ErrorKind::NotOnFacebook => Ok(Answer::NotSupported),
        ErrorKind::Gone => Ok(Answer::Gone),
        ErrorKind::Transient => Ok(Answer::None),
        _ => Err(error),
    }
}

/// The value of `spec` in its answer, in its unit. No value is not a zero.
fn value_of(spec: &MediaSpec, answer: &MetricAnswer) -> Option<i64> {
    let number = match spec.form {
        MediaForm::Whole => {
            let own = answer.values.iter().find_map(|timed| match timed.value {
                MetricValue::Number(number) => Some(in_unit(spec.unit, number as f64)),
                MetricValue::Decimal(number) => Some(in_unit(spec.unit, number)),
                MetricValue::Map(_) | MetricValue::Absent => None,
            });
            own.or_else(|| answer.total.map(|total| in_unit(spec.unit, total as f64)))
        }
        MediaForm::Part { dimension, key } => answer.breakdowns.iter().find_map(|breakdown| {
            let is_meant = |result: &&meta::BreakdownResult| {
                let own = breakdown.dimension(result, dimension);
                own.is_some_and(|own| own.eq_ignore_ascii_case(key))
            };
            breakdown.results.iter().find(is_meant).map(|result| result.value)
        }),
    };
    number.and_then(count)
}

/// Meta tells rates in percent.
#[expect(clippy::cast_possible_truncation, reason = "too large a number saturates, and is no count then")]
fn in_unit(unit: Unit, number: f64) -> i64 {
    match unit {
        Unit::Count | Unit::Milliseconds => number.round() as i64,
        Unit::BasisPoints => (number * 100.0).round() as i64,
    }
}

/// Metrics that Meta refused a short while ago for a kind of media of this account.
async fn refused(
    insights: &Insights,
    account: &account::Model,
) -> Result<HashMap<(MediaKind, &'static str), DateTime<Utc>>, DbErr> {
    let rows = media_refusal::Entity::in_workspace(account.workspace_id)
        .filter(media_refusal::Column::AccountId.eq(account.id))
        .filter(media_refusal::Column::RefusedAt.gt(insights.world.now() - REFUSED_FOR))
        .all(&*insights.database)
        .await?;
    let known = |row: media_refusal::Model| {
        let spec = all().find(|spec| spec.name == row.metric)?;
        Some(((row.kind, spec.name), row.refused_at))
    };
    Ok(rows.into_iter().filter_map(known).collect())
}

/// Metrics that Meta refused a short while ago for one of `media`.
async fn resting(
    insights: &Insights,
    account: &account::Model,
    media: &[media::Model],
) -> Result<HashSet<(MediaId, &'static str)>, DbErr> {
    let now = insights.world.now();
    let rows = media_insight::Entity::in_workspace(account.workspace_id)
        .filter(media_insight::Column::MediaId.is_in(media.iter().map(|media| media.id)))
        .filter(media_insight::Column::State.eq(FigureState::NotSupported))
        .filter(media_insight::Column::CollectedAt.gt(now - REFUSED_OF_SOME_FOR))
        .all(&*insights.database)
        .await?;
    let rests = |row: media_insight::Model| {
        let spec = all().find(|spec| spec.key == row.metric)?;
        let rest = if spec.of_some { REFUSED_OF_SOME_FOR } else { REFUSED_FOR };
        (row.collected_at > now - rest).then_some((row.media_id, spec.key))
    };
    Ok(rows.into_iter().filter_map(rests).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::media::MediaMetric;

    fn answer(value: MetricValue, total: Option<i64>) -> MetricAnswer {
        MetricAnswer {
            name: "x".to_owned(),
            period: "lifetime".to_owned(),
            values: vec![meta::TimedValue { end_time: None, value }],
            total,
            breakdowns: Vec::new(),
        }
    }

    #[test]
    fn values_stand_in_either_place_and_have_the_unit_of_their_metric() {
        let reach = MediaMetric::Reach.spec();
        assert_eq!(value_of(reach, &answer(MetricValue::Number(7), None)), Some(7));
        assert_eq!(value_of(reach, &answer(MetricValue::Absent, Some(8))), Some(8));
        assert_eq!(value_of(reach, &answer(MetricValue::Absent, None)), None);
        assert_eq!(value_of(reach, &answer(MetricValue::Number(-1), None)), None, "that is no count");
        let skipped = MediaMetric::SkipRate.spec();
        assert_eq!(value_of(skipped, &answer(MetricValue::Decimal(43.217), None)), Some(4_322));
        assert_eq!(value_of(skipped, &answer(MetricValue::Number(43), None)), Some(4_300));
    }

    #[test]
    fn parts_are_found_by_their_names() {
        let mut whole = answer(MetricValue::Absent, Some(31));
        let result = |key: &str, value| meta::BreakdownResult {
            dimension_values: vec!["LAST".to_owned(), key.to_owned()],
            value,
            end_time: None,
        };
        whole.breakdowns = vec![meta::Breakdown {
            dimension_keys: vec!["timeframe".to_owned(), "story_navigation_action_type".to_owned()],
            results: vec![result("tap_forward", 19), result("TAP_BACK", 4)],
        }];
        assert_eq!(value_of(MediaMetric::TapsForward.spec(), &whole), Some(19));
        assert_eq!(value_of(MediaMetric::TapsBack.spec(), &whole), Some(4));
        assert_eq!(value_of(MediaMetric::Exits.spec(), &whole), None);
        assert_eq!(value_of(MediaMetric::Navigation.spec(), &whole), Some(31));
    }
}
