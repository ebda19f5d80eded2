//! Noticing that our clock is wrong: Meta dates its answers.

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use jobs::settings;
use mail::operator::Matter;
use sea_orm::DbErr;

use crate::Connections;

/// Clocks that differ by no more are right: answers are under way for a while, and are dated in whole
/// seconds.
const TOLERATED: TimeDelta = TimeDelta::seconds(120);
/// So many answers in a row have to say so: one may have been dated long ago by a cache in between.
const ENOUGH: u32 = 5;

/// What the dates of Meta's answers say about this machine's clock.
#[derive(Debug, Default)]
pub(crate) struct ClockWatch(Mutex<Seen>);

#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    /// By how much our clock was ahead of the last answer, behind if negative.
    ahead: Option<TimeDelta>,
    /// How many answers in a row were too far off.
    off_in_a_row: u32,
    /// Whether the clock was wrong when that was last written down.
    noted: Option<bool>,
}

impl ClockWatch {
    /// An answer came at `at` by our clock, and was sent at `sent_at` by Meta's.
    pub(crate) fn observe(&self, at: DateTime<Utc>, sent_at: Option<DateTime<Utc>>) {
        let Some(sent_at) = sent_at else { return };
        let mut seen = self.lock();
        let ahead = at - sent_at;
        seen.ahead = Some(ahead);
        seen.off_in_a_row = if ahead.abs() > TOLERATED { seen.off_in_a_row.saturating_add(1) } else { 0 };
    }

    /// By how much our clock is ahead of Meta's and whether that is certainly wrong, if there is news.
    fn news(&self) -> Option<(TimeDelta, bool)> {
        let seen = *self.lock();
        let wrong = seen.off_in_a_row >= ENOUGH;
        seen.ahead.filter(|_| seen.noted != Some(wrong)).map(|ahead| (ahead, wrong))
    }

    fn settle(&self, wrong: bool) {
        self.lock().noted = Some(wrong);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Seen> {
        // A panic elsewhere cannot leave plain numbers half-written.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connections {
    /// Whether this machine's clock shows the time that Meta's does; nothing when Meta does not say.
    pub async fn clock_is_right(&self) -> Option<bool> {
        let theirs = self.meta.time().await?;
        Some((self.world.now() - theirs).abs() <= TOLERATED)
    }

    /// Writes down how far this machine's clock is off Meta's when it turned out to be right or wrong, and
    /// tells operators when it is wrong. To be asked again and again; most of the time there is no news.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_clock(&self) -> Result<(), DbErr> {
        let watch = &self.governor.clock;
        let Some((ahead, wrong)) = watch.news() else { return Ok(()) };
        let seconds = ahead.num_seconds();
        let turn = self.database.turn().await;
        settings::set(&*self.database, self.world.now(), settings::CLOCK_AHEAD_SECONDS, &seconds).await?;
        drop(turn);
        if wrong {
            tracing::error!(ahead_seconds = seconds, "the clock is wrong: Meta's differs");
            self.tell_operators_alone(Matter::ClockIsOff).await?;
        }
        watch.settle(wrong);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_wrong_when_several_answers_in_a_row_say_so() {
        let at: DateTime<Utc> = "2026-11-20T10:00:00Z".parse().unwrap();
        let watch = ClockWatch::default();
        assert_eq!(watch.news(), None);
        let sent_before = |seconds| watch.observe(at, Some(at - TimeDelta::seconds(seconds)));
        for _ in 0..ENOUGH {
            sent_before(120);
        }
        assert_eq!(watch.news(), Some((TimeDelta::seconds(120), false)));
        watch.settle(false);
        for _ in 1..ENOUGH {
            sent_before(-121);
        }
        assert_eq!(watch.news(), None, "one more might have been right");
        sent_before(-121);
        assert_eq!(watch.news(), Some((TimeDelta::seconds(-121), true)));
        watch.settle(true);
        watch.observe(at, None);
        assert_eq!(watch.news(), None, "an answer without a date says nothing");
        sent_before(1);
        assert_eq!(watch.news(), Some((TimeDelta::seconds(1), false)));
    }
}
