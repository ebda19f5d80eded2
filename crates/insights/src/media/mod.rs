//! Posts, reels and stories, and their numbers.
//!
//! - [`cadence`]: how often each is read, and the life of a story.
//! - `collect`: lists what is new and reads what is due.
//! - `asking`: the questions, and what becomes of one that is refused.
//! - [`store`]: writing what was found.
//! - [`told`]: what Meta tells about stories that have ended.
//! - [`list`]: reading it all.

mod asking;
pub mod cadence;
mod collect;
pub mod list;
pub mod store;
pub mod told;

use chrono::{DateTime, Utc};
use entity::media;
use entity::media_insight::FigureState;

use crate::catalogue::media::MediaMetric;

/// What one execution found of the media of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Haul {
    /// When stories were listed, and posts unless these had to wait; if they were.
    pub listed_at: Option<DateTime<Utc>>,
    /// Whether posts had to wait.
    pub only_stories: bool,
    /// What was listed: new media, and known ones as they are now.
    pub listed: Vec<media::Model>,
    /// What was read.
    pub readings: Vec<Reading>,
    /// Metrics that Meta refused, by kind of media.
    pub refusals: Vec<(media::MediaKind, &'static str)>,
    /// The span whose stories came and went while nobody looked.
    pub gap: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// When there is something to do before the next slot.
    pub again_at: Option<DateTime<Utc>>,
}

impl Haul {
    /// How many figures there are.
    #[must_use]
    pub fn figures(&self) -> usize {
        self.readings.iter().map(|reading| reading.figures.len()).sum()
    }
}

/// What was learned of one media at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The media, by Meta's id.
    pub meta_id: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Its figures.
    pub figures: Vec<Figure>,
    /// What that means for the media.
    pub extent: Extent,
}

/// How much a reading says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// A part: the rest is still to be read.
    Part,
    /// Everything that was to be read.
    Whole,
    /// That the media does not exist any more.
    Gone,
}

/// One figure of a media.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figure {
    /// The metric.
    pub metric: MediaMetric,
    /// The value, if there is one.
    pub value: Option<i64>,
    /// Whether there is one, or why not.
    pub state: FigureState,
}

impl Figure {
    /// A value.
    pub(crate) fn known(metric: MediaMetric, value: i64) -> Self {
        Self { metric, value: Some(value), state: FigureState::Known }
    }

    /// Why there is none.
    pub(crate) fn missing(metric: MediaMetric, state: FigureState) -> Self {
        Self { metric, value: None, state }
    }
}
