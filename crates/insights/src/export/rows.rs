//! The rows of each subject. The order of the fields is the order of the columns.

use chrono::{DateTime, NaiveDate, Utc};
use entity::account;
use entity::audience_snapshot::AudienceKind;
use entity::media;
use entity::media_insight::FigureState;
use sea_orm::ActiveEnum as _;
use serde::Serialize;

use super::{ExportError, Piece, Writer};
use crate::Insights;
use crate::audience::{Audience, Segment};
use crate::catalogue::media::Unit;
use crate::catalogue::{Dimension, Metric};
use crate::media::list::{MediaQuery, Standing};
use crate::series::{Point, PointState};

/// The calendar of all days.
const TIME_ZONE: &str = "America/Los_Angeles";
/// Why there is no value where nothing was collected.
const GAP: &str = "gap";
/// So many media are read at once.
const MEDIA_OF_A_PAGE: u64 = 100;

const INSIGHT_COLUMNS: [&str; 11] = [
    "account_id",
    "username",
    "metric",
    "breakdown",
    "period",
    "day",
    "time_zone",
    "day_ends_at",
    "value",
    "state",
    "collected_at",
];

#[derive(Serialize)]
struct InsightRow<'a> {
    account_id: String,
    username: &'a str,
    metric: &'a str,
    /// `dimension=value`, or empty for the whole.
    breakdown: &'a str,
    period: &'a str,
    day: NaiveDate,
    time_zone: &'a str,
    day_ends_at: DateTime<Utc>,
    value: Option<i64>,
    /// `provisional`, `final`, or why there is no value.
    state: String,
    collected_at: Option<DateTime<Utc>>,
}

const AUDIENCE_COLUMNS: [&str; 13] = [
    "account_id",
    "username",
    "audience",
    "day",
    "time_zone",
    "day_ends_at",
    "timeframe",
    "breakdown",
    "segment",
    "value",
    "all_people",
    "state",
    "collected_at",
];

#[derive(Serialize)]
struct AudienceRow<'a> {
    account_id: String,
    username: &'a str,
    /// `followers` or `engaged`.
    audience: String,
    day: NaiveDate,
    time_zone: &'a str,
    day_ends_at: DateTime<Utc>,
    timeframe: &'a str,
    /// The dimensions, joined by commas.
    breakdown: String,
    /// Their values, in the same order.
    segment: String,
    value: Option<i64>,
    all_people: Option<i64>,
    state: String,
    collected_at: Option<DateTime<Utc>>,
}

const MEDIA_COLUMNS: [&str; 14] = [
    "account_id",
    "username",
    "media_id",
    "kind",
    "posted_at",
    "day",
    "time_zone",
    "permalink",
    "caption",
    "metric",
    "unit",
    "value",
    "state",
    "collected_at",
];

#[derive(Serialize)]
struct MediaRow<'a> {
    account_id: String,
    username: &'a str,
    /// Meta's; empty in the row of a span whose stories are lost.
    media_id: &'a str,
    /// `feed`, `reels`, `story`; `story_gap` for a span whose stories are lost.
    kind: &'a str,
    posted_at: DateTime<Utc>,
    /// The day on which it was published.
    day: NaiveDate,
    time_zone: &'a str,
    permalink: String,
    caption: String,
    metric: &'a str,
    unit: &'a str,
    value: Option<i64>,
    state: String,
    collected_at: Option<DateTime<Utc>>,
}

impl Insights {
    pub(super) async fn export_insights(&self, piece: &Piece, text: &mut Writer) -> Result<(), ExportError> {
        text.header(&INSIGHT_COLUMNS)?;
        let username = text.text(&piece.account.username);
        let metrics = Metric::ALL;
        for series in self.series(&piece.account, metrics, piece.from, piece.to).await? {
            let spec = series.metric.spec();
            let breakdown = spec.breakdown();
            for point in &series.points {
                text.row(&insight(piece, &username, spec.name, &breakdown, point))?;
            }
        }
        for dimension in Dimension::OF_DAYS {
            let broken_down: Vec<_> = metrics
                .iter()
                .copied()
                .filter(|metric| {
                    metric.spec().breakdown().is_empty() && metric.spec().dimensions.contains(&dimension)
                })
                .collect();
            for part in self.parts(&piece.account, &broken_down, dimension, piece.from, piece.to).await? {
                let breakdown = dimension.breakdown(&part.key);
                for point in &part.points {
                    text.row(&insight(piece, &username, part.metric.spec().name, &breakdown, point))?;
                }
            }
        }
        Ok(())
    }

    pub(super) async fn export_audience(&self, piece: &Piece, text: &mut Writer) -> Result<(), ExportError> {
        text.header(&AUDIENCE_COLUMNS)?;
        let username = text.text(&piece.account.username);
        let taken = self.audience_history(&piece.account, piece.from, piece.to).await?;
        for day in piece.from.iter_days().take_while(|day| *day <= piece.to) {
            let of_day = taken.iter().find(|taken| taken.day == day);
            for kind in [AudienceKind::Followers, AudienceKind::Engaged] {
                let audience = of_day.and_then(|of_day| match kind {
                    AudienceKind::Followers => of_day.followers.as_ref(),
                    AudienceKind::Engaged => of_day.engaged.as_ref(),
                });
                let row = |dimensions: &str, segment: Option<&Segment>| AudienceRow {
                    account_id: id_of(&piece.account),
                    username: &username,
                    audience: kind.to_value(),
                    day,
                    time_zone: TIME_ZONE,
                    day_ends_at: meta::pacific_day::bounds(day).1,
                    timeframe: audience.map_or("", |audience| &audience.timeframe),
                    breakdown: dimensions.to_owned(),
                    segment: segment.map(|segment| text.text(&segment.keys.join(","))).unwrap_or_default(),
                    value: segment.map(|segment| segment.value),
                    all_people: audience.and_then(|audience| audience.people),
                    state: audience.map_or_else(|| GAP.to_owned(), |audience| audience.state.to_value()),
                    collected_at: audience.map(|audience| audience.collected_at),
                };
                let rows: Vec<_> = segments(audience)
                    .into_iter()
                    .flat_map(|(dimensions, segments)| segments.iter().map(move |one| (dimensions, one)))
                    .map(|(dimensions, segment)| row(dimensions, Some(segment)))
                    .collect();
                let rows = if rows.is_empty() { vec![row("", None)] } else { rows };
                for row in rows {
                    text.row(&row)?;
                }
            }
        }
        Ok(())
    }

    pub(super) async fn export_media(&self, piece: &Piece, text: &mut Writer) -> Result<(), ExportError> {
        text.header(&MEDIA_COLUMNS)?;
        let username = text.text(&piece.account.username);
        let (begins, ends) = (meta::pacific_day::bounds(piece.from).0, meta::pacific_day::bounds(piece.to).1);
        let mut query = MediaQuery { kind: None, by: None, after: None, limit: MEDIA_OF_A_PAGE };
        loop {
            let page = self.media_between(&piece.account, begins, ends, &query).await?;
            let ids: Vec<_> = page.iter().map(|placed| (placed.media.id, placed.media.kind)).collect();
            let mut standings = self.standings(piece.account.workspace_id, &ids).await?;
            for placed in &page {
                for standing in standings.remove(&placed.media.id).unwrap_or_default() {
                    text.row(&media_row(piece, &username, &placed.media, &standing, text))?;
                }
            }
            match page.last() {
                Some(last) if page.len() as u64 == MEDIA_OF_A_PAGE => query.after = Some(last.place),
                _ => break,
            }
        }
        for gap in self.story_gaps_between(&piece.account, begins, ends).await? {
            text.row(&MediaRow {
                account_id: id_of(&piece.account),
                username: &username,
                media_id: "",
                kind: "story_gap",
                posted_at: gap.from_at,
                day: meta::pacific_day::today(gap.from_at),
                time_zone: TIME_ZONE,
                permalink: String::new(),
                caption: format!("stories that were published until {} are lost", gap.to_at.to_rfc3339()),
                metric: "",
                unit: "",
                value: None,
                state: GAP.to_owned(),
                collected_at: None,
            })?;
        }
        Ok(())
    }
}

fn insight<'a>(
    piece: &Piece,
    username: &'a str,
    metric: &'a str,
    breakdown: &'a str,
    point: &Point,
) -> InsightRow<'a> {
    InsightRow {
        account_id: id_of(&piece.account),
        username,
        metric,
        breakdown,
        period: "day",
        day: point.day,
        time_zone: TIME_ZONE,
        day_ends_at: meta::pacific_day::bounds(point.day).1,
        value: point.value,
        state: match point.state {
            PointState::Known(state) => state.to_value(),
            PointState::Gap => GAP.to_owned(),
        },
        collected_at: point.collected_at,
    }
}

fn media_row<'a>(
    piece: &Piece,
    username: &'a str,
    media: &'a media::Model,
    standing: &Standing,
    text: &Writer,
) -> MediaRow<'a> {
    MediaRow {
        account_id: id_of(&piece.account),
        username,
        media_id: &media.meta_id,
        kind: match media.kind {
            media::MediaKind::Feed => "feed",
            media::MediaKind::Reels => "reels",
            media::MediaKind::Story => "story",
        },
        posted_at: media.posted_at,
        day: meta::pacific_day::today(media.posted_at),
        time_zone: TIME_ZONE,
        permalink: text.text(media.permalink.as_deref().unwrap_or_default()),
        caption: text.text(media.caption.as_deref().unwrap_or_default()),
        metric: standing.spec.key,
        unit: match standing.spec.unit {
            Unit::Count => "count",
            Unit::Milliseconds => "milliseconds",
            Unit::BasisPoints => "basis_points",
        },
        value: standing.value,
        state: standing.state.unwrap_or(FigureState::NotReady).to_value(),
        collected_at: standing.collected_at,
    }
}

/// The id as the API writes it.
fn id_of(account: &account::Model) -> String {
    format!("account:{}", account.id)
}

/// All segments of an audience, by the dimensions that they are of.
fn segments(audience: Option<&Audience>) -> Vec<(&'static str, &[Segment])> {
    let Some(audience) = audience else { return Vec::new() };
    vec![
        ("age,gender", audience.age_gender.as_slice()),
        ("country", audience.countries.as_slice()),
        ("city", audience.cities.as_slice()),
    ]
}
