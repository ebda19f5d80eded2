//! Reading media and their numbers.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use entity::media::{self, MediaKind};
use entity::media_insight::FigureState;
use entity::{InWorkspace, MediaId, WorkspaceId, account, media_insight, media_insight_day, story_gap};
use sea_orm::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait as _, Func, SimpleExpr};
use sea_orm::{Condition, FromQueryResult, QueryOrder as _, QuerySelect as _, QueryTrait as _};

use super::cadence::{AFTERLIFE, STORY_LIFE, StoryState, story_state};
use crate::Insights;
use crate::catalogue::media::{MediaMetric, MediaSpec, all};

/// The days that the capture rate is about.
pub const RATE_DAYS: i64 = 30;

/// Which media to read, and from where on.
#[derive(Clone, Debug)]
pub struct MediaQuery {
    /// Only of this kind.
    pub kind: Option<MediaKind>,
    /// The largest of this metric first; the newest first without one.
    pub by: Option<MediaMetric>,
    /// Only what stands behind this place.
    pub after: Option<Place>,
    /// How many at most.
    pub limit: u64,
}

/// Where a media stands in an order: the larger the rank, the further ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The value it is ordered by; seconds, where that is when it was published.
    pub rank: i64,
    /// Its id.
    pub id: MediaId,
}

/// A media and where it stands.
#[derive(Clone, Debug)]
pub struct Placed {
    /// The media.
    pub media: media::Model,
    /// Where it stands.
    pub place: Place,
}

/// The newest word on one metric of one media.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// The metric.
    pub spec: &'static MediaSpec,
    /// The value; missing is not zero.
    pub value: Option<i64>,
    /// Whether there is one, or why not; none where it was never read.
    pub state: Option<FigureState>,
    /// When Meta gave it.
    pub collected_at: Option<DateTime<Utc>>,
}

/// What metrics of media had grown to, day by day.
pub type Growths = HashMap<(MediaId, MediaMetric), Vec<(NaiveDate, i64)>>;

/// How many stories of a workspace had their last figures read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CaptureRate {
    /// Stories whose last figures are there.
    pub captured: u64,
    /// Stories that ended without.
    pub missed: u64,
}

#[derive(FromQueryResult)]
struct Valued {
    #[sea_orm(nested)]
    media: media::Model,
    rank: i64,
}

impl Insights {
    /// A page of the media of `account`, and how many there are on all pages.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn media(
        &self,
        account: &account::Model,
        query: &MediaQuery,
    ) -> Result<(Vec<Placed>, u64), DbErr> {
        let mut all =
            media::Entity::in_workspace(account.workspace_id).filter(media::Column::AccountId.eq(account.id));
        if let Some(kind) = query.kind {
            all = all.filter(media::Column::Kind.eq(kind));
        }
        let total = all.clone().count(&*self.database).await?;
        let placed = match query.by {
            None => self.newest(all, query).await?,
            Some(metric) => self.largest(account, all, query, metric).await?,
        };
        Ok((placed, total))
    }

    /// The media of `account` that were published from `begins` on and before `ends`, the newest first, as
    /// `query` says.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn media_between(
        &self,
        account: &account::Model,
        begins: DateTime<Utc>,
        ends: DateTime<Utc>,
        query: &MediaQuery,
    ) -> Result<Vec<Placed>, DbErr> {
        let all = media::Entity::in_workspace(account.workspace_id)
            .filter(media::Column::AccountId.eq(account.id))
            .filter(media::Column::PostedAt.gte(begins))
            .filter(media::Column::PostedAt.lt(ends));
        self.newest(all, query).await
    }

    async fn newest(&self, mut all: Select<media::Entity>, query: &MediaQuery) -> Result<Vec<Placed>, DbErr> {
        if let Some(after) = query.after {
            let Some(at) = DateTime::from_timestamp(after.rank, 0) else { return Ok(Vec::new()) };
            let same =
                Condition::all().add(media::Column::PostedAt.eq(at)).add(media::Column::Id.lt(after.id));
            all = all.filter(Condition::any().add(media::Column::PostedAt.lt(at)).add(same));
        }
        let rows = all
            .order_by_desc(media::Column::PostedAt)
            .order_by_desc(media::Column::Id)
            .limit(query.limit)
            .all(&*self.database)
            .await?;
        let placed = |media: media::Model| Placed {
            place: Place { rank: media.posted_at.timestamp(), id: media.id },
            media,
        };
        Ok(rows.into_iter().map(placed).collect())
    }

    /// What has no value stands at the end.
    async fn largest(
        &self,
        account: &account::Model,
        mut all: Select<media::Entity>,
        query: &MediaQuery,
        metric: MediaMetric,
    ) -> Result<Vec<Placed>, DbErr> {
        let value = media_insight::Entity::in_workspace(account.workspace_id)
            .select_only()
            .column(media_insight::Column::Value)
            .filter(media_insight::Column::Metric.eq(metric.spec().key))
            .filter(
                Expr::col((media_insight::Entity, media_insight::Column::MediaId))
                    .eq(Expr::col((media::Entity, media::Column::Id))),
            )
            .into_query();
        let rank = || -> SimpleExpr {
            let value = SimpleExpr::SubQuery(None, Box::new(value.clone().into()));
            Func::coalesce([value, Expr::value(-1_i64)]).into()
        };
        if let Some(after) = query.after {
            let same = Condition::all().add(rank().eq(after.rank)).add(media::Column::Id.lt(after.id));
            all = all.filter(Condition::any().add(rank().lt(after.rank)).add(same));
        }
        let rows = all
            .expr_as(rank(), "rank")
            .order_by_desc(rank())
            .order_by_desc(media::Column::Id)
            .limit(query.limit)
            .into_model::<Valued>()
            .all(&*self.database)
            .await?;
        let placed =
            |row: Valued| Placed { place: Place { rank: row.rank, id: row.media.id }, media: row.media };
        Ok(rows.into_iter().map(placed).collect())
    }

    /// The newest word on every metric that some media of `workspace` can have, in one query for all of
    /// them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn standings(
        &self,
        workspace: WorkspaceId,
        media: &[(MediaId, MediaKind)],
    ) -> Result<HashMap<MediaId, Vec<Standing>>, DbErr> {
        let rows = media_insight::Entity::in_workspace(workspace)
            .filter(media_insight::Column::MediaId.is_in(media.iter().map(|(id, _)| *id)))
            .all(&*self.database)
            .await?;
        let rows: HashMap<_, _> = rows.iter().map(|row| ((row.media_id, row.metric.as_str()), row)).collect();
        let standing = |id: MediaId, spec: &'static MediaSpec| {
            let row = rows.get(&(id, spec.key));
            Standing {
                spec,
                value: row.and_then(|row| row.value),
                state: row.map(|row| row.state),
                collected_at: row.map(|row| row.collected_at),
            }
        };
        let of = |(id, kind): &(MediaId, MediaKind)| {
            let of_kind = all().filter(|spec| spec.kinds.contains(kind));
            // What some logins or some media do not have at all is no news where nobody has asked for it.
            let standings = of_kind
                .map(|spec| standing(*id, spec))
                .filter(|own| own.state.is_some() || (own.spec.logins.len() > 1 && !own.spec.of_some));
            (*id, standings.collect())
        };
        Ok(media.iter().map(of).collect())
    }

    /// What metrics of some media of `workspace` had grown to, by the days on which they were read and had
    /// changed, the oldest first; in one query for all of them. There is an entry for each media and metric.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn growths(
        &self,
        workspace: WorkspaceId,
        media: &[MediaId],
        metrics: &[MediaMetric],
    ) -> Result<Growths, DbErr> {
        let every =
            media.iter().flat_map(|id| metrics.iter().map(move |metric| ((*id, *metric), Vec::new())));
        let mut growths: Growths = every.collect();
        if growths.is_empty() {
            return Ok(growths);
        }
        let rows = media_insight_day::Entity::in_workspace(workspace)
            .filter(media_insight_day::Column::MediaId.is_in(media.iter().copied()))
            .filter(media_insight_day::Column::Metric.is_in(metrics.iter().map(|metric| metric.spec().key)))
            .order_by_asc(media_insight_day::Column::Day)
            .all(&*self.database)
            .await?;
        for row in rows {
            let metric = metrics.iter().find(|metric| metric.spec().key == row.metric);
            if let Some(days) = metric.and_then(|metric| growths.get_mut(&(row.media_id, *metric))) {
                days.push((row.day, row.value));
            }
        }
        Ok(growths)
    }

    /// The spans whose stories of `account` are lost, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn story_gaps(
        &self,
        account: &account::Model,
        most: u64,
    ) -> Result<Vec<story_gap::Model>, DbErr> {
        story_gap::Entity::in_workspace(account.workspace_id)
            .filter(story_gap::Column::AccountId.eq(account.id))
            .order_by_desc(story_gap::Column::FromAt)
            .limit(most)
            .all(&*self.database)
            .await
    }

    /// The spans that began from `begins` on and before `ends` and whose stories of `account` are lost, the
    /// oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn story_gaps_between(
        &self,
        account: &account::Model,
        begins: DateTime<Utc>,
        ends: DateTime<Utc>,
    ) -> Result<Vec<story_gap::Model>, DbErr> {
        story_gap::Entity::in_workspace(account.workspace_id)
            .filter(story_gap::Column::AccountId.eq(account.id))
            .filter(story_gap::Column::FromAt.gte(begins))
            .filter(story_gap::Column::FromAt.lt(ends))
            .order_by_asc(story_gap::Column::FromAt)
            .all(&*self.database)
            .await
    }

    /// How many of the stories that ended in the last [`RATE_DAYS`] days had their last figures read; of
    /// `workspace`, or of all. Stories that their owners took down, and those that are still tried for, do
    /// not count.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn capture_rate(&self, workspace: Option<WorkspaceId>) -> Result<CaptureRate, DbErr> {
        let now = self.world.now();
        let all = match workspace {
            Some(workspace) => media::Entity::in_workspace(workspace),
            None => media::Entity::across_workspaces(),
        };
        let ended = now - STORY_LIFE;
        let stories = all
            .filter(media::Column::Kind.eq(MediaKind::Story))
            .filter(media::Column::PostedAt.gt(ended - TimeDelta::days(RATE_DAYS)))
            .filter(media::Column::PostedAt.lte(ended));
        let captured =
            stories.clone().filter(media::Column::CapturedAt.is_not_null()).count(&*self.database).await?;
        // The same rule as `story_state`, for the database; few are gone before they are captured.
        let uncaptured = stories.filter(media::Column::CapturedAt.is_null());
        let given_up = uncaptured
            .clone()
            .filter(media::Column::GoneAt.is_null())
            .filter(media::Column::PostedAt.lte(ended - AFTERLIFE))
            .count(&*self.database)
            .await?;
        let gone = uncaptured.filter(media::Column::GoneAt.is_not_null()).all(&*self.database).await?;
        let ended_before = |story: &&media::Model| story_state(story, now) == Some(StoryState::Missed);
        let missed = given_up + gone.iter().filter(ended_before).count() as u64;
        Ok(CaptureRate { captured, missed })
    }
}
