//! What is measured: the metric catalogue, collecting, filling gaps, audiences, and reading it all.
//!
//! Days are Meta's: they end at midnight in `America/Los_Angeles`. A value is keyed by account,
//! metric, breakdown, period and day, so that collecting twice changes nothing; a value that Meta
//! may still correct is provisional and is read again.
//!
//! - [`catalogue`]: every metric there is, as data.
//! - [`plan`]: which questions to ask, and how few calls they are.
//! - [`collect`]: the newest values of an account, and how questions are asked.
//! - [`quarantine`]: what Meta refuses for an account, and until when it is not asked for.
//! - [`ledger`]: which days are complete, provisional, missing or lost.
//! - [`backfill`]: days that are missing, on connect and after an outage.
//! - [`audience`]: who the audience is, once a day.
//! - [`media`]: posts, reels and stories, and their numbers.
//! - [`store`]: writing what was gathered.
//! - [`revisions`]: what a value was before Meta changed it.
//! - [`export`]: numbers for other programs, as CSV and JSON Lines.
//! - `retention`: what goes when its workspace wants it.
//! - [`series`]: reading it, every day of a range with its value or why there is none.

pub mod audience;
pub mod backfill;
pub mod catalogue;
pub mod collect;
pub mod export;
pub mod ledger;
pub mod media;
pub mod plan;
pub mod quarantine;
mod retention;
pub mod revisions;
pub mod series;
pub mod store;

use chrono::{NaiveDate, TimeDelta};
use connections::Connections;
use platform::{Database, World};

pub use catalogue::Metric;
pub use catalogue::media::MediaMetric;
pub use store::{Gathered, Value};

/// How long after its end a day may still change: Meta says up to 48 hours
/// (`/docs/instagram-platform/api-reference/instagram-user/insights`), a day more for late ones.
pub const SETTLES_AFTER: TimeDelta = TimeDelta::hours(72);

/// Everything the room needs; cheap to clone.
#[derive(Clone, Debug)]
pub struct Insights {
    pub(crate) database: Database,
    pub(crate) world: World,
    pub(crate) connections: Connections,
    backfill_days: u32,
}

impl Insights {
    /// Builds the room; gaps are filled up to `backfill_days` back.
    #[must_use]
    pub fn new(database: Database, world: World, connections: Connections, backfill_days: u32) -> Self {
        Self { database, world, connections, backfill_days }
    }

    /// The day that is running at Meta now.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        meta::pacific_day::today(self.world.now())
    }
}
