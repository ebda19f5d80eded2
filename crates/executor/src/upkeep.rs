//! What every process that does work does by the way: freeing what dead processes hold, noticing that
//! the clock was set back, and keeping renewals from coming as a crowd.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use platform::World;
use sea_orm::DbErr;

use crate::Executor;

/// Clocks of several machines differ by less, and what they write is not taken for the future.
const DIFFERENCE: TimeDelta = TimeDelta::minutes(10);

/// Notices when the time of day goes back.
#[derive(Debug, Default)]
pub(crate) struct TimeOfDay {
    /// The moment at which the process's own timer stood at zero, as the time of day told it last.
    zero: Mutex<Option<DateTime<Utc>>>,
}

impl TimeOfDay {
    /// Whether the time of day has gone back since the last look; the first one says yes, as it may
    /// have gone back while nobody looked.
    fn went_back(&self, world: &World) -> bool {
        let elapsed = TimeDelta::from_std(world.elapsed()).unwrap_or_default();
        let zero = world.now() - elapsed;
        // A panic elsewhere cannot leave a plain time half-written.
        let before = self.zero.lock().unwrap_or_else(PoisonError::into_inner).replace(zero);
        before.is_none_or(|before| before - zero > DIFFERENCE)
    }
}

/// Lets so many pieces of work begin in a second, whatever is overdue.
#[derive(Debug)]
pub(crate) struct Pace {
    per_second: u32,
    /// How many may begin now, and when that was said.
    state: Mutex<(f64, Duration)>,
}

impl Pace {
    pub(crate) fn new(per_second: u32) -> Self {
        Self { per_second, state: Mutex::new((0.0, Duration::ZERO)) }
    }

    /// How many may begin now.
    pub(crate) fn free(&self, world: &World) -> u64 {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = world.elapsed();
        let most = f64::from(self.per_second);
        let gained = now.saturating_sub(state.1).as_secs_f64() * most;
        *state = ((state.0 + gained).min(most), now);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few thousand at most")]
        let free = state.0 as u64;
        free
    }

    /// Notes that so many have begun.
    pub(crate) fn begun(&self, count: usize) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.0 -= count as f64;
    }
}

impl Executor {
    /// To be done again and again; most of the time there is nothing to do.
    pub(crate) async fn upkeep(&self) -> Result<(), DbErr> {
        self.connections.free_abandoned_leases().await?;
        if self.time_of_day.went_back(&self.world) {
            let future = self.world.now() + DIFFERENCE;
            let logins = self.connections.forget_future(future).await?;
            let turn = self.database.turn().await;
            let work = jobs::queue::pull_forward(&*self.database, future).await?;
            drop(turn);
            if logins + work > 0 {
                tracing::warn!(
                    logins,
                    work,
                    "the clock was set back; what it had put too far ahead is mended"
                );
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_steps_back_are_noticed() {
        let (world, clock) = World::for_tests("2026-11-20T10:00:00Z".parse().unwrap());
        let time = TimeOfDay::default();
        assert!(time.went_back(&world), "nobody knows what was before");
        clock.advance(TimeDelta::days(70));
        assert!(!time.went_back(&world));
        clock.jump(TimeDelta::days(3));
        assert!(!time.went_back(&world));
        clock.jump(TimeDelta::minutes(-5));
        assert!(!time.went_back(&world), "that is less than clocks differ");
        clock.jump(TimeDelta::days(-3));
        assert!(time.went_back(&world));
        assert!(!time.went_back(&world));
    }

    #[test]
    fn a_pace_allows_no_crowd_after_a_rest() {
        let (world, clock) = World::for_tests("2026-11-20T10:00:00Z".parse().unwrap());
        let pace = Pace::new(5);
        clock.advance(TimeDelta::days(10));
        assert_eq!(pace.free(&world), 5);
        pace.begun(5);
        assert_eq!(pace.free(&world), 0);
        clock.advance(TimeDelta::milliseconds(400));
        assert_eq!(pace.free(&world), 2);
    }
}
