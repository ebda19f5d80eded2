//! Writing what was found of media.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use entity::media::{self, MediaKind};
use entity::media_insight::FigureState;
use entity::{InWorkspace, MediaId, account, media_insight, media_insight_day, media_refusal, story_gap};
use sea_orm::prelude::*;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};

use super::cadence::{self, AFTERLIFE, STORY_LIFE};
use super::{Extent, Haul, Reading};

/// Rows in one statement; sixteen values each stay below SQLite's 32,766.
const CHUNK: usize = 500;

/// Writes what was found of the media of `account`, in the caller's transaction, which has locked the
/// account. A later value replaces an earlier one; the lack of a value never replaces a value.
///
/// # Errors
/// When the database fails.
pub async fn store(
    db: &impl ConnectionTrait,
    account: &account::Model,
    haul: &Haul,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    for chunk in haul.listed.chunks(CHUNK) {
        store_listed(db, chunk).await?;
    }
    let ids: Vec<_> = haul.readings.iter().map(|reading| reading.meta_id.as_str()).collect();
    let rows = rows(db, account, &ids).await?;
    let mut known = figures(db, account, rows.values().map(|row| row.id)).await?;
    let mut changes = Changes::default();
    // A media may have been read twice; the later word counts.
    for reading in &haul.readings {
        if let Some(row) = rows.get(&reading.meta_id) {
            changes.take(row, reading, &mut known);
        }
    }
    changes.write(db).await?;
    for (kind, metric) in &haul.refusals {
        store_refusal(db, account, *kind, metric, now).await?;
    }
    if let Some(listed_at) = haul.listed_at {
        note_list(db, account, listed_at, haul).await?;
    }
    Ok(())
}

/// What is to be written.
#[derive(Default)]
struct Changes {
    media: BTreeMap<MediaKey, media::Model>,
    figures: BTreeMap<(MediaKey, &'static str), media_insight::Model>,
    days: BTreeMap<(MediaKey, &'static str, chrono::NaiveDate), media_insight_day::Model>,
}

type MediaKey = Uuid;
type Known = HashMap<(MediaId, String), media_insight::Model>;

impl Changes {
    fn take(&mut self, row: &media::Model, reading: &Reading, known: &mut Known) {
        let row = self.media.entry(row.id.0).or_insert_with(|| row.clone());
        match reading.extent {
            Extent::Part => {}
            Extent::Gone => {
                let gone_at = row.gone_at.unwrap_or(reading.at);
                row.gone_at = Some(gone_at);
                row.read_due_at = cadence::next_after_gone(row.kind, gone_at, reading.at);
            }
            // What was said earlier than what is known says nothing new.
            Extent::Whole if row.read_at.is_some_and(|read_at| read_at > reading.at) => {}
            Extent::Whole => {
                row.gone_at = None;
                row.read_at = Some(reading.at);
                row.read_due_at = cadence::next_reading(row, reading.at);
                if row.kind == MediaKind::Story && cadence::is_last_word(row.posted_at, reading.at) {
                    row.captured_at = Some(reading.at);
                }
            }
        }
        let (id, workspace_id) = (row.id, row.workspace_id);
        for figure in &reading.figures {
            let key = figure.metric.spec().key;
            let before = known.get(&(id, key.to_owned()));
            if before.is_some_and(|before| before.collected_at > reading.at) {
                continue;
            }
            let kept = before.and_then(|before| before.value);
            let value = figure.value.or(kept);
            if let Some(value) = figure.value.filter(|value| kept != Some(*value)) {
                let day = meta::pacific_day::today(reading.at);
                let grown = media_insight_day::Model {
                    media_id: id,
                    metric: key.to_owned(),
                    day,
                    workspace_id,
                    value,
                };
                self.days.insert((id.0, key, day), grown);
            }
            let state = if value.is_some() { FigureState::Known } else { figure.state };
            // Of a value that was kept, the time stays the one at which Meta gave it.
            let said_at = match (figure.value, before) {
                (None, Some(before)) if kept.is_some() => before.collected_at,
                _ => reading.at,
            };
            let new = media_insight::Model {
                media_id: id,
                metric: key.to_owned(),
                workspace_id,
                value,
                state,
                collected_at: said_at,
            };
            known.insert((id, key.to_owned()), new.clone());
            self.figures.insert((id.0, key), new);
        }
    }

    async fn write(self, db: &impl ConnectionTrait) -> Result<(), DbErr> {
        let media: Vec<_> = self.media.into_values().map(active).collect();
        for chunk in media.chunks(CHUNK) {
            use media::Column::{CapturedAt, GoneAt, Id, ReadAt, ReadDueAt};
            let mut conflict = OnConflict::column(Id);
            conflict.update_columns([ReadAt, ReadDueAt, CapturedAt, GoneAt]);
            let insert = media::Entity::insert_many(chunk.to_vec()).on_conflict(conflict);
            insert.exec_without_returning(db).await?;
        }
        let figures: Vec<_> =
            self.figures.into_values().map(|row| media_insight::ActiveModel::from(row).reset_all()).collect();
        for chunk in figures.chunks(CHUNK) {
            use media_insight::Column::{CollectedAt, MediaId, Metric, State, Value};
            let mut conflict = OnConflict::columns([MediaId, Metric]);
            conflict.update_columns([Value, State, CollectedAt]);
            let insert = media_insight::Entity::insert_many(chunk.to_vec()).on_conflict(conflict);
            insert.exec_without_returning(db).await?;
        }
        let days: Vec<_> = self
            .days
            .into_values()
            .map(|row| media_insight_day::ActiveModel::from(row).reset_all())
            .collect();
        for chunk in days.chunks(CHUNK) {
            use media_insight_day::Column::{Day, MediaId, Metric, Value};
            let mut conflict = OnConflict::columns([MediaId, Metric, Day]);
            conflict.update_column(Value);
            let insert = media_insight_day::Entity::insert_many(chunk.to_vec()).on_conflict(conflict);
            insert.exec_without_returning(db).await?;
        }
        Ok(())
    }
}

fn active(row: media::Model) -> media::ActiveModel {
    media::ActiveModel::from(row).reset_all()
}

/// New media, and what may have changed of known ones. Whoever was first keeps the id.
async fn store_listed(db: &impl ConnectionTrait, listed: &[media::Model]) -> Result<(), DbErr> {
    use media::Column::{AccountId, Caption, Format, GoneAt, LikesHidden, MetaId, Permalink};
    let mut conflict = OnConflict::columns([AccountId, MetaId]);
    conflict.update_columns([Format, Caption, Permalink, LikesHidden, GoneAt]);
    // The same media twice in one statement is an error on PostgreSQL.
    let unique: BTreeMap<_, _> = listed.iter().map(|row| (&row.meta_id, row)).collect();
    let rows = unique.into_values().cloned().map(active);
    media::Entity::insert_many(rows).on_conflict(conflict).exec_without_returning(db).await?;
    Ok(())
}

/// Media of the account by Meta's ids.
async fn rows(
    db: &impl ConnectionTrait,
    account: &account::Model,
    ids: &[&str],
) -> Result<HashMap<String, media::Model>, DbErr> {
    let mut rows = HashMap::new();
    for chunk in ids.chunks(CHUNK) {
        let found = media::Entity::in_workspace(account.workspace_id)
            .filter(media::Column::AccountId.eq(account.id))
            .filter(media::Column::MetaId.is_in(chunk.iter().copied()))
            .all(db)
            .await?;
        rows.extend(found.into_iter().map(|row| (row.meta_id.clone(), row)));
    }
    Ok(rows)
}

/// What is known of the figures of some media.
async fn figures(
    db: &impl ConnectionTrait,
    account: &account::Model,
    ids: impl Iterator<Item = MediaId>,
) -> Result<Known, DbErr> {
    let ids: Vec<_> = ids.collect();
    let mut known = HashMap::new();
    for chunk in ids.chunks(CHUNK) {
        let rows = media_insight::Entity::in_workspace(account.workspace_id)
            .filter(media_insight::Column::MediaId.is_in(chunk.iter().copied()))
            .all(db)
            .await?;
        known.extend(rows.into_iter().map(|row| ((row.media_id, row.metric.clone()), row)));
    }
    Ok(known)
}

async fn store_refusal(
    db: &impl ConnectionTrait,
    account: &account::Model,
    kind: MediaKind,
    metric: &str,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    use media_refusal::Column::{AccountId, Kind, Metric, RefusedAt};
    let row = media_refusal::ActiveModel {
        account_id: Set(account.id),
        kind: Set(kind),
        metric: Set(metric.to_owned()),
        workspace_id: Set(account.workspace_id),
        refused_at: Set(now),
    };
    let mut conflict = OnConflict::columns([AccountId, Kind, Metric]);
    conflict.update_column(RefusedAt);
    media_refusal::Entity::insert(row).on_conflict(conflict).exec_without_returning(db).await?;
    Ok(())
}

/// Notes that the lists were read, what was lost until then, and that what ended long ago is not read
/// any more.
async fn note_list(
    db: &impl ConnectionTrait,
    account: &account::Model,
    listed_at: DateTime<Utc>,
    haul: &Haul,
) -> Result<(), DbErr> {
    let mut noted = account::Entity::update_in_workspace(account.workspace_id)
        .filter(account::Column::Id.eq(account.id))
        .col_expr(account::Column::MediaCollectedAt, Expr::value(listed_at));
    if !haul.only_stories {
        noted = noted.col_expr(account::Column::PostsListedAt, Expr::value(listed_at));
    }
    noted.exec(db).await?;
    media::Entity::update_in_workspace(account.workspace_id)
        .filter(media::Column::AccountId.eq(account.id))
        .filter(media::Column::Kind.eq(MediaKind::Story))
        .filter(media::Column::PostedAt.lte(listed_at - STORY_LIFE - AFTERLIFE))
        .filter(media::Column::ReadDueAt.is_not_null())
        .col_expr(media::Column::ReadDueAt, Expr::value(Option::<DateTime<Utc>>::None))
        .exec(db)
        .await?;
    let Some((from_at, to_at)) = haul.gap else { return Ok(()) };
    use story_gap::Column::{AccountId, FromAt, ToAt};
    let row = story_gap::ActiveModel {
        account_id: Set(account.id),
        from_at: Set(from_at),
        to_at: Set(to_at),
        workspace_id: Set(account.workspace_id),
    };
    let mut conflict = OnConflict::columns([AccountId, FromAt]);
    conflict.update_column(ToAt);
    story_gap::Entity::insert(row).on_conflict(conflict).exec_without_returning(db).await?;
    Ok(())
}
