//! Posts, reels and stories, and their numbers.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputType as _, Lookahead, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::media_insight::FigureState;
use entity::{AccountId, InWorkspace as _, MediaId, account, media};
use identity::Member;
use insights::catalogue::media::all;
use insights::media::cadence::{STORY_LIFE, story_state};
use insights::media::list::{Growths, MediaQuery, Place, Standing};
use sea_orm::prelude::*;

use super::account::{Account, ReadAhead, asked, load as load_account, read_accounts};
use super::caller::Ask as _;
use super::enums::{MediaFormat, MediaKind, MediaMetric, MetricUnit, StoryState};
use super::fault::Fault;
use super::ids::global;
use super::insights::{Count, Date};
use super::page::{NO_CURSOR, Page, QUERY, connection};

/// The spans that are shown.
const MOST_GAPS: u64 = 20;

/// A post, a reel or a story.
#[derive(Clone)]
pub(crate) struct Media {
    row: Arc<media::Model>,
    member: Member,
    standings: ReadAhead<MediaId, Vec<Standing>>,
    growths: Option<Arc<Growths>>,
    accounts: ReadAhead<AccountId, Account>,
}

connection!(MediaConnection, MediaEdge, Media, "media");

impl Media {
    /// One that is on no page.
    pub(crate) fn alone(row: media::Model, member: Member) -> Self {
        Self { row: Arc::new(row), member, standings: None, growths: None, accounts: None }
    }
}

#[Object]
impl Media {
    /// The global id.
    pub(crate) async fn id(&self) -> ID {
        global(self.row.id)
    }

    /// Meta's id.
    async fn instagram_id(&self) -> &str {
        &self.row.meta_id
    }

    /// The account that published it.
    async fn account(&self, ctx: &Context<'_>) -> Result<Option<Account>, Fault> {
        match &self.accounts {
            Some(accounts) => Ok(accounts.get(&self.row.account_id).cloned()),
            None => load_account(ctx, &self.member, self.row.account_id).await,
        }
    }

    /// What it is.
    async fn kind(&self) -> MediaKind {
        self.row.kind.into()
    }

    /// What it is made of; null where Meta does not say.
    async fn format(&self) -> Option<MediaFormat> {
        self.row.format.map(Into::into)
    }

    /// The text below it.
    async fn caption(&self) -> Option<&str> {
        self.row.caption.as_deref()
    }

    /// Its page on Instagram; that of a story works while it is up.
    async fn permalink(&self) -> Option<&str> {
        self.row.permalink.as_deref()
    }

    /// When it was published. Of a story that only Meta's webhook told of, a day before that.
    async fn posted_at(&self) -> DateTime<Utc> {
        self.row.posted_at
    }

    /// When its numbers were last read.
    async fn read_at(&self) -> Option<DateTime<Utc>> {
        self.row.read_at
    }

    /// When Meta said that it does not exist any more.
    async fn gone_at(&self) -> Option<DateTime<Utc>> {
        self.row.gone_at
    }

    /// How a story fares; null for anything else.
    async fn story_state(&self, ctx: &Context<'_>) -> Result<Option<StoryState>, Fault> {
        Ok(story_state(&self.row, ctx.services()?.world.now()).map(Into::into))
    }

    /// When a story ends or has ended; null for anything else.
    async fn story_ends_at(&self) -> Option<DateTime<Utc>> {
        let is_story = self.row.kind == media::MediaKind::Story;
        is_story.then(|| self.row.posted_at + STORY_LIFE)
    }

    /// The newest word on each metric of its kind, in the order people see them. Values are for its whole
    /// life up to then; missing is null, never zero.
    async fn metrics(&self, ctx: &Context<'_>) -> Result<Vec<MediaMetricValue>, Fault> {
        let value = |standing: &Standing| MediaMetricValue::new(&self.row, standing);
        if let Some(read) = &self.standings {
            return Ok(read.get(&self.row.id).into_iter().flatten().map(value).collect());
        }
        let _turn = ctx.turn().await?;
        let own = [(self.row.id, self.row.kind)];
        let standings = ctx.services()?.insights.standings(self.row.workspace_id, &own).await?;
        Ok(standings.values().flatten().map(value).collect())
    }

    /// What one metric had grown to, the oldest day first. A day on which it was read and had not changed
    /// is left out: it had the value of the day before.
    #[graphql(complexity = "QUERY + child_complexity")]
    async fn growth(&self, ctx: &Context<'_>, metric: MediaMetric) -> Result<Vec<MediaGrowth>, Fault> {
        let key = (self.row.id, metric.into());
        let read = self.growths.as_ref().and_then(|read| read.get(&key).cloned());
        let growth = match read {
            Some(growth) => growth,
            None => {
                let _turn = ctx.turn().await?;
                let insights = &ctx.services()?.insights;
                let mut read = insights.growths(self.row.workspace_id, &[key.0], &[key.1]).await?;
                read.remove(&key).unwrap_or_default()
            }
        };
        Ok(growth
            .into_iter()
            .map(|(day, value)| MediaGrowth { day: Date(day), value: Count(value) })
            .collect())
    }
}

/// Whether a value of a media may still change, or why it is missing.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MediaMetricState {
    /// It will not be read again.
    Final,
    /// It may still grow.
    Provisional,
    /// Meta has no value yet, or it was not read yet.
    NotReady,
    /// Meta does not give this metric for this media.
    NotSupported,
    /// Too few people have seen it.
    BelowThreshold,
    /// Its owner hides it.
    Hidden,
}

/// The newest word on one metric of a media.
#[derive(SimpleObject)]
pub(crate) struct MediaMetricValue {
    /// The metric.
    metric: MediaMetric,
    /// The value, in the unit of the metric.
    value: Option<Count>,
    /// Whether it may still change, or why it is missing.
    state: MediaMetricState,
    /// When Meta gave it.
    collected_at: Option<DateTime<Utc>>,
}

impl MediaMetricValue {
    fn new(media: &media::Model, standing: &Standing) -> Self {
        Self {
            metric: standing.spec.metric.into(),
            value: standing.value.map(Count),
            state: match standing.state {
                Some(FigureState::Known) if media.read_due_at.is_none() => MediaMetricState::Final,
                Some(FigureState::Known) => MediaMetricState::Provisional,
                Some(FigureState::NotReady) | None => MediaMetricState::NotReady,
                Some(FigureState::NotSupported) => MediaMetricState::NotSupported,
                Some(FigureState::BelowThreshold) => MediaMetricState::BelowThreshold,
                Some(FigureState::Hidden) => MediaMetricState::Hidden,
            },
            collected_at: standing.collected_at,
        }
    }
}

/// What a metric of a media had grown to on a day.
#[derive(SimpleObject)]
pub(crate) struct MediaGrowth {
    /// The day of the reading, in Meta's calendar.
    day: Date,
    /// The value, in the unit of the metric.
    value: Count,
}

/// A span in which nobody looked for longer than a story is up.
#[derive(SimpleObject)]
pub(crate) struct StoryGap {
    /// When stories had last been listed.
    from: DateTime<Utc>,
    /// From when on stories were still up when they were listed again.
    to: DateTime<Utc>,
}

/// What is known of a metric of media.
#[derive(SimpleObject, Clone)]
pub(crate) struct MediaMetricDescription {
    /// The metric.
    metric: MediaMetric,
    /// What people call it.
    label: &'static str,
    /// What it counts, in a sentence.
    help: &'static str,
    /// What a value counts.
    unit: MetricUnit,
    /// Whether the values of several media can be added up.
    additive: bool,
    /// Whether it is worth showing at first sight.
    headline: bool,
    /// The kinds of media that have it.
    kinds: Vec<MediaKind>,
}

/// Every metric of media.
pub(crate) fn media_metrics() -> Vec<MediaMetricDescription> {
    all()
        .map(|spec| MediaMetricDescription {
            metric: spec.metric.into(),
            label: spec.label,
            help: spec.help,
            unit: spec.unit.into(),
            additive: spec.is_additive(),
            headline: spec.headline,
            kinds: spec.kinds.iter().map(|kind| (*kind).into()).collect(),
        })
        .collect()
}

/// How many stories had their last figures read.
#[derive(SimpleObject)]
pub(crate) struct StoryCapture {
    /// Stories that ended in the last 30 days and whose last figures are there.
    captured: i32,
    /// Stories that ended in the last 30 days without.
    missed: i32,
    /// The share that was captured, from 0 to 1; null without any story.
    rate: Option<f64>,
}

impl From<insights::media::list::CaptureRate> for StoryCapture {
    fn from(rate: insights::media::list::CaptureRate) -> Self {
        let number = super::monitor::number;
        let all = rate.captured + rate.missed;
        #[expect(clippy::cast_precision_loss, reason = "stories are fewer than 2^52")]
        let share = (all > 0).then(|| rate.captured as f64 / all as f64);
        Self { captured: number(rate.captured), missed: number(rate.missed), rate: share }
    }
}

/// A page of the media of an account.
pub(crate) async fn page(
    ctx: &Context<'_>,
    member: &Member,
    account: &account::Model,
    page: Page,
    kind: Option<MediaKind>,
    sort: Option<MediaMetric>,
) -> Result<MediaConnection, Fault> {
    let insights = &ctx.services()?.insights;
    let _turn = ctx.turn().await?;
    let query = MediaQuery {
        kind: kind.map(Into::into),
        by: sort.map(Into::into),
        after: page.after.as_deref().map(place).transpose()?,
        limit: page.rows(),
    };
    let (placed, total) = insights.media(account, &query).await?;
    let (placed, more) = page.cut(placed);
    let standings = if asked(ctx, "metrics") {
        let ids: Vec<_> = placed.iter().map(|placed| (placed.media.id, placed.media.kind)).collect();
        Some(Arc::new(insights.standings(account.workspace_id, &ids).await?))
    } else {
        None
    };
    let ids: Vec<_> = placed.iter().map(|placed| placed.media.id).collect();
    let growths = insights.growths(account.workspace_id, &ids, &growing(ctx)).await?;
    let growths = Some(Arc::new(growths));
    let accounts = read_accounts(ctx, member, std::iter::once(account.id)).await?;
    let node = |row| Media {
        row: Arc::new(row),
        member: member.clone(),
        standings: standings.clone(),
        growths: growths.clone(),
        accounts: accounts.clone(),
    };
    let items = placed.into_iter().map(|placed| (key(placed.place), node(placed.media))).collect();
    Ok(MediaConnection::new(&page, items, more, total))
}

/// The metrics whose growth is asked of the items of the connection that is being answered.
fn growing(ctx: &Context<'_>) -> Vec<insights::MediaMetric> {
    let ahead = ctx.look_ahead();
    let fields = [ahead.field("nodes").field("growth"), ahead.field("edges").field("node").field("growth")];
    let metric = |field: async_graphql::SelectionField<'_>| {
        let arguments = field.arguments().ok()?;
        let (_, metric) = arguments.into_iter().find(|(name, _)| name == "metric")?;
        MediaMetric::parse(Some(metric)).ok().map(Into::into)
    };
    fields.iter().flat_map(Lookahead::selection_fields).filter_map(metric).collect()
}

/// The spans whose stories of an account are lost.
pub(crate) async fn story_gaps(ctx: &Context<'_>, account: &account::Model) -> Result<Vec<StoryGap>, Fault> {
    let _turn = ctx.turn().await?;
    let gaps = ctx.services()?.insights.story_gaps(account, MOST_GAPS).await?;
    Ok(gaps.into_iter().map(|gap| StoryGap { from: gap.from_at, to: gap.to_at }).collect())
}

/// One media of the member's workspace.
pub(crate) async fn load(ctx: &Context<'_>, member: &Member, id: MediaId) -> Result<Option<Media>, Fault> {
    let row = media::Entity::in_workspace(member.workspace_id())
        .filter(media::Column::Id.eq(id))
        .one(&*ctx.services()?.database)
        .await?;
    Ok(row.map(|row| Media::alone(row, member.clone())))
}

/// The cursor of a place, before it is encoded.
fn key(place: Place) -> String {
    format!("{}:{}", place.rank, place.id)
}

fn place(cursor: &str) -> Result<Place, Fault> {
    let (rank, id) = cursor.split_once(':').ok_or(NO_CURSOR)?;
    let id = Uuid::parse_str(id).map_err(|_| NO_CURSOR)?;
    Ok(Place { rank: rank.parse().map_err(|_| NO_CURSOR)?, id: MediaId(id) })
}
