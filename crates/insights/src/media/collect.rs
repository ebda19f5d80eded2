//! Lists what is new and reads what is due.
//!
//! The lists carry no numbers: posts and reels stand in one list and have different metrics, and Meta
//! refuses a list as a whole when one metric does not fit one of its media. So one call lists what is new,
//! one lists the stories that are up, and the numbers are asked of each media whose time has come: with
//! Facebook Login fifty media in one request, with Instagram Login one at a time.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use connections::{CallError, Priority};
use entity::media::{self, MediaFormat, MediaKind};
use entity::media_insight::FigureState;
use entity::{InWorkspace, MediaId, account};
use meta::{Media, MediaProductType, MediaQuery, MediaType};
use sea_orm::prelude::*;
use sea_orm::{Condition, QueryOrder as _, QuerySelect as _};

use super::asking::Asking;
use super::cadence::{self, AFTERLIFE, KEPT_FOR, STORY_LIFE};
use super::{Extent, Figure, Haul, Reading};
use crate::catalogue::media::{Field, all};
use crate::collect::{Interrupted, count};
use crate::{Gathered, Insights};

/// How far the list goes back behind the last time: captions are edited, and likes hidden and shown.
const LIST_AGAIN: TimeDelta = TimeDelta::days(7);
/// Media that are read in one execution at most.
const MOST_READ: u64 = 50;
/// When the rest is due: hundreds of media are read bit by bit, and never keep the newest numbers of
/// others waiting.
const REST_AFTER: TimeDelta = TimeDelta::minutes(5);
/// Look-ups in one statement.
const CHUNK: usize = 500;
/// The longest caption that Instagram takes, in characters.
const LONGEST_CAPTION: usize = 2_200;

impl Insights {
    /// Lists the media and stories of `account` and reads the numbers of those whose time has come, the
    /// youngest first.
    ///
    /// # Errors
    /// What ended it early, together with what was found until then.
    pub async fn collect_media(&self, account: &account::Model) -> Result<Gathered, Interrupted> {
        let mut visit = Visit { insights: self, account, haul: Haul::default(), calls: 0 };
        let visited = visit.all().await;
        let gathered = Gathered { media: visit.haul, calls: visit.calls, ..Gathered::default() };
        match visited {
            Ok(()) => Ok(gathered),
            Err(error) => Err(Interrupted { gathered, error }),
        }
    }
}

/// What asking for a list came to.
enum Listed {
    Now(Vec<Media>),
    /// It was not asked for: it has to wait.
    NotBefore(DateTime<Utc>),
}

/// One execution for one account.
struct Visit<'a> {
    insights: &'a Insights,
    account: &'a account::Model,
    haul: Haul,
    calls: u32,
}

impl Visit<'_> {
    async fn all(&mut self) -> Result<(), CallError> {
        let began = self.insights.world.now();
        let mut listed = self.stories().await?;
        // Near a limit of Meta's posts wait, but stories are gone by then.
        let posts_wait_until = match self.posts(began).await? {
            Listed::Now(posts) => {
                listed.extend(posts);
                None
            }
            Listed::NotBefore(until) => Some(until),
        };
        self.haul.only_stories = posts_wait_until.is_some();
        self.take(listed, began).await?;
        self.haul.listed_at = Some(began);
        self.haul.gap = lost_span(self.account.media_collected_at, began);

        let (mut due, mut more) = self.due(began).await?;
        if self.haul.only_stories {
            due.retain(|media| media.kind == MediaKind::Story);
            more = false;
        }
        let mut asking = Asking::new(self.insights, self.account, &due).await?;
        let asked = asking.read().await;
        self.calls += asking.calls;
        self.haul.refusals = asking.refusals();
        // A limit of a day stays near its end for long: the next slot is soon enough to look again.
        let posts_wait_until = posts_wait_until.filter(|_| !self.insights.connections.is_slow(self.account));
        let paused_until = asking.paused_until.or(posts_wait_until);
        self.haul.readings.extend(asking.readings());
        asked?;
        self.haul.again_at = self.again_at(&due, more, paused_until).await?;
        Ok(())
    }

    /// Stories that are up.
    async fn stories(&mut self) -> Result<Vec<Media>, CallError> {
        self.calls += 1;
        let meta = self.insights.connections.meta();
        let call = |access: connections::Access| async move {
            meta.stories(access.provider, &access.token, &access.instagram_id).await
        };
        let mut stories = self.insights.connections.with_token(self.account, Priority::Stories, call).await?;
        // That is what this list is of, whether or not Meta says so of each.
        stories.iter_mut().for_each(|story| story.product_type = Some(MediaProductType::Story));
        Ok(stories)
    }

    /// Posts and reels that are new, or of which the list may have changed.
    async fn posts(&mut self, now: DateTime<Utc>) -> Result<Listed, CallError> {
        let since = self.account.posts_listed_at.map_or(now - KEPT_FOR, |last| last - LIST_AGAIN);
        let query = MediaQuery { since: Some(since), until: None, most: meta::media::MOST_LISTED };
        let meta = self.insights.connections.meta();
        let asked = AtomicBool::new(false);
        let call = |access: connections::Access| {
            asked.store(true, Ordering::Relaxed);
            async move { meta.media(access.provider, &access.token, &access.instagram_id, query).await }
        };
        let listed = self.insights.connections.with_token(self.account, Priority::List, call).await;
        match listed {
            Err(CallError::Paused(until)) if !asked.load(Ordering::Relaxed) => Ok(Listed::NotBefore(until)),
            listed => {
                self.calls += 1;
                Ok(Listed::Now(listed?))
            }
        }
    }

    /// Takes what was listed, known or new.
    async fn take(&mut self, listed: Vec<Media>, now: DateTime<Utc>) -> Result<(), DbErr> {
        let mut known = HashMap::new();
        for chunk in listed.chunks(CHUNK) {
            let rows = media::Entity::in_workspace(self.account.workspace_id)
                .filter(media::Column::AccountId.eq(self.account.id))
                .filter(media::Column::MetaId.is_in(chunk.iter().map(|listed| &listed.id)))
                .all(&*self.insights.database)
                .await?;
            known.extend(rows.into_iter().map(|row| (row.meta_id.clone(), row)));
        }
        for listed in listed {
            let known = known.remove(&listed.id);
            if known.is_none() {
                self.haul.readings.extend(counts(&listed, now));
            }
            let row = self.row(&listed, known, now);
            self.haul.listed.push(row);
        }
        Ok(())
    }

    /// The row of a listed media; a new one is due at once.
    fn row(&self, listed: &Media, known: Option<media::Model>, now: DateTime<Utc>) -> media::Model {
        let kind = kind(listed);
        let row = known.unwrap_or_else(|| {
            let posted_at = listed.timestamp.unwrap_or(now);
            media::Model {
                id: MediaId(self.insights.world.new_id()),
                workspace_id: self.account.workspace_id,
                account_id: self.account.id,
                meta_id: listed.id.clone(),
                kind,
                format: None,
                caption: None,
                permalink: None,
                likes_hidden: false,
                posted_at: posted_at.duration_trunc(TimeDelta::seconds(1)).unwrap_or(posted_at),
                seen_at: now,
                read_at: None,
                read_due_at: Some(now),
                captured_at: None,
                gone_at: None,
            }
        });
        // What is listed is not gone, whatever was said of it.
        let read_due_at = if row.gone_at.is_some() { Some(now) } else { row.read_due_at };
        media::Model {
            read_due_at,
            format: format(listed),
            caption: listed.caption.as_ref().map(|text| text.chars().take(LONGEST_CAPTION).collect()),
            permalink: listed.permalink.clone(),
            likes_hidden: kind != MediaKind::Story && listed.like_count.is_none(),
            gone_at: None,
            ..row
        }
    }

    /// What is to be read now, stories and then the youngest first, and whether there is more.
    async fn due(&self, now: DateTime<Utc>) -> Result<(Vec<media::Model>, bool), DbErr> {
        let readable = Condition::any()
            .add(media::Column::Kind.ne(MediaKind::Story))
            .add(media::Column::PostedAt.gt(now - STORY_LIFE - AFTERLIFE));
        let rows = media::Entity::in_workspace(self.account.workspace_id)
            .filter(media::Column::AccountId.eq(self.account.id))
            .filter(media::Column::ReadDueAt.lte(now))
            .filter(readable)
            .order_by_desc(media::Column::PostedAt)
            .limit(MOST_READ + 1)
            .all(&*self.insights.database)
            .await?;
        let new = self.haul.listed.iter().filter(|row| row.read_due_at.is_some_and(|due| due <= now));
        let mut due: HashMap<&str, &media::Model> =
            rows.iter().map(|row| (row.meta_id.as_str(), row)).collect();
        // As they were listed just now.
        due.extend(new.map(|row| (row.meta_id.as_str(), row)));
        let mut due: Vec<_> = due.into_values().cloned().collect();
        // Stories first, which are gone soon.
        let order = |media: &media::Model| (media.kind != MediaKind::Story, Reverse(media.posted_at));
        due.sort_by(|a, b| order(a).cmp(&order(b)).then_with(|| a.meta_id.cmp(&b.meta_id)));
        let most = usize::try_from(MOST_READ).unwrap_or(usize::MAX);
        let more = due.len() > most;
        due.truncate(most);
        Ok((due, more))
    }

    /// When there is something to do before the next slot: the end of a story, or what is left over.
    async fn again_at(
        &self,
        due: &[media::Model],
        more: bool,
        paused_until: Option<DateTime<Utc>>,
    ) -> Result<Option<DateTime<Utc>>, DbErr> {
        let now = self.insights.world.now();
        let rest = paused_until.or_else(|| more.then_some(now + REST_AFTER));
        let stored = media::Entity::in_workspace(self.account.workspace_id)
            .filter(media::Column::AccountId.eq(self.account.id))
            .filter(media::Column::Kind.eq(MediaKind::Story))
            .filter(media::Column::PostedAt.gt(now - STORY_LIFE - AFTERLIFE))
            .filter(media::Column::CapturedAt.is_null())
            .filter(media::Column::GoneAt.is_null())
            .all(&*self.insights.database)
            .await?;
        let settled = |meta_id: &str| {
            self.haul.readings.iter().any(|reading| {
                reading.meta_id == meta_id
                    && match reading.extent {
                        Extent::Part => false,
                        Extent::Gone => true,
                        Extent::Whole => due.iter().any(|story| {
                            story.meta_id == meta_id && cadence::is_last_word(story.posted_at, reading.at)
                        }),
                    }
            })
        };
        let stories = stored.iter().chain(due).filter(|media| {
            media.kind == MediaKind::Story && media.captured_at.is_none() && !settled(&media.meta_id)
        });
        Ok(stories.filter_map(|story| cadence::last_reading(story.posted_at, now)).chain(rest).min())
    }
}

/// What the list itself tells of the numbers of a media, until insights say more.
fn counts(listed: &Media, at: DateTime<Utc>) -> Option<Reading> {
    let kind = kind(listed);
    let figures: Vec<_> = all()
        .filter(|spec| spec.kinds.contains(&kind))
        .filter_map(|spec| {
            let (told, absent) = match spec.field? {
                Field::LikeCount => (listed.like_count, Some(FigureState::Hidden)),
                Field::CommentsCount => (listed.comments_count, None),
            };
            match told.and_then(count) {
                Some(told) => Some(Figure::known(spec.metric, told)),
                None => absent.map(|absent| Figure::missing(spec.metric, absent)),
            }
        })
        .collect();
    let reading = || Reading { meta_id: listed.id.clone(), at, figures, extent: Extent::Part };
    (kind != MediaKind::Story).then(reading)
}

/// The kind that has the metrics of a listed media. Advertisements have those of posts.
fn kind(listed: &Media) -> MediaKind {
    match listed.product_type {
        Some(MediaProductType::Story) => MediaKind::Story,
        Some(MediaProductType::Reels) => MediaKind::Reels,
        _ => MediaKind::Feed,
    }
}

fn format(listed: &Media) -> Option<MediaFormat> {
    match listed.media_type.as_ref()? {
        MediaType::Image => Some(MediaFormat::Image),
        MediaType::Video => Some(MediaFormat::Video),
        MediaType::CarouselAlbum => Some(MediaFormat::Album),
        MediaType::Other(_) => None,
    }
}

/// The span whose stories nobody saw, when they were listed at `last` and again at `now`.
fn lost_span(last: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let first_seen = now - STORY_LIFE;
    last.filter(|last| *last < first_seen).map(|last| (last, first_seen))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stories_are_lost_when_nobody_looks_for_longer_than_they_live() {
        let now: DateTime<Utc> = "2026-11-20T10:00:00Z".parse().unwrap();
        assert_eq!(lost_span(None, now), None, "there was nothing before the first time");
        assert_eq!(lost_span(Some(now - TimeDelta::hours(24)), now), None);
        let last = now - TimeDelta::hours(60);
        assert_eq!(lost_span(Some(last), now), Some((last, now - TimeDelta::hours(24))));
    }
}
