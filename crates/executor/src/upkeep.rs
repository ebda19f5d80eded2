//! What every process that does work does by the way: freeing what dead processes hold, noticing that
//! the clock was set back, and keeping renewals from coming as a crowd.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use connections::refresh::{Refreshed, Skip};
use entity::job::JobKind;
use entity::{ConnectionId, WorkspaceId, refresh_attempt};
use jobs::budget;
use platform::World;
use sea_orm::DbErr;
use tokio::time::Instant;

use crate::Executor;

/// Clocks of several machines differ by less, and what they write is not taken for the future.
const DIFFERENCE: TimeDelta = TimeDelta::minutes(10);

/// Notices when the time of day goes back.
#[derive(Debug, Default)]
pub(crate) struct TimeOfDay {
    /// The moment at which the process's own timer stood at zero, as the time of day told it last.
    zero: Mutex<Option<DateTime<Utc>>>,
    /// When Meta was last asked for its time and nothing came of it, on the process's own timer.
    asked: Mutex<Option<Duration>>,
}

impl TimeOfDay {
    /// Whether the time of day has gone back since it was last settled; it has before the first time, as
    /// it may have while nobody looked. Steps forward are settled at once.
    fn went_back(&self, world: &World) -> bool {
        let zero = Self::zero(world);
        // A panic elsewhere cannot leave a plain time half-written.
        let mut known = self.zero.lock().unwrap_or_else(PoisonError::into_inner);
        let went_back = known.is_none_or(|known| known - zero > DIFFERENCE);
        if !went_back {
            *known = Some(zero);
        }
        went_back
    }

    /// Whether it is time to ask Meta for its time.
    fn may_ask(&self, world: &World) -> bool {
        let now = world.elapsed();
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let may = asked.is_none_or(|asked| now.saturating_sub(asked) >= ASKED_EVERY);
        if may {
            *asked = Some(now);
        }
        may
    }

    /// What went back has been mended.
    fn settle(&self, world: &World) {
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = None;
        *self.zero.lock().unwrap_or_else(PoisonError::into_inner) = Some(Self::zero(world));
    }

    fn zero(world: &World) -> DateTime<Utc> {
        world.now() - TimeDelta::from_std(world.elapsed()).unwrap_or_default()
    }
}

/// How often Meta is asked for its time while its answer is that our clock is wrong, or none.
const ASKED_EVERY: Duration = Duration::from_secs(60);

/// What all processes of an installation share: how many renewals begin in a second.
const RENEWALS: &str = "renewals";

/// How often somebody who waits for a renewal looks whether it may begin.
const LOOKED_EVERY: Duration = Duration::from_millis(200);
/// How long one renewal that is asked for waits at most.
const MOST_PATIENCE: Duration = Duration::from_secs(600);

/// Lets so many pieces of work begin in a second, whatever is overdue.
#[derive(Debug)]
pub(crate) struct Pace {
    per_second: u32,
    at_once: u64,
    under_way: Arc<AtomicU64>,
    /// How many may begin now, and when that was said.
    state: Mutex<(f64, Duration)>,
}

/// A piece of work that is under way, until it is dropped.
#[derive(Debug)]
pub(crate) struct Place(Arc<AtomicU64>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Pace {
    pub(crate) fn new(per_second: u32, at_once: u32) -> Self {
        let state = Mutex::new((0.0, Duration::ZERO));
        Self { per_second, at_once: at_once.into(), under_way: Arc::default(), state }
    }

    /// Notes that a piece of work is under way.
    pub(crate) fn take_place(&self) -> Place {
        self.under_way.fetch_add(1, Ordering::Relaxed);
        Place(self.under_way.clone())
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
        free.min(self.at_once.saturating_sub(self.under_way.load(Ordering::Relaxed)))
    }

    /// Notes that so many have begun.
    pub(crate) fn begun(&self, count: usize) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.0 -= count as f64;
    }
}

impl Executor {
    /// How many renewals, at most `limit`, may begin now: as the places of this process allow, and the
    /// pace that all processes keep together.
    pub(crate) async fn allowed_renewals(&self, limit: u64) -> Result<u64, DbErr> {
        let most = limit.min(self.renewals.free(&self.world));
        if most == 0 || !self.claims.is_any_due(JobKind::RefreshToken).await? {
            return Ok(0);
        }
        self.share_of_renewals(most).await
    }

    /// Renews the token of a grant when its turn has come, in the pace of all renewals; without `force` only
    /// if it is still due then.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn renew_in_turn(
        &self,
        workspace: WorkspaceId,
        id: ConnectionId,
        trigger: refresh_attempt::Trigger,
        force: bool,
    ) -> Result<Refreshed, DbErr> {
        let deadline = Instant::now() + MOST_PATIENCE;
        // One of this process asks at a time, so that many who wait do not keep the others from asking.
        let asking = self.asking.lock().await;
        while force || self.connections.is_due(workspace, id).await? {
            if self.share_of_renewals(1).await? > 0 {
                break;
            }
            if Instant::now() >= deadline {
                return Ok(Refreshed::Skipped(Skip::Busy));
            }
            tokio::time::sleep(LOOKED_EVERY).await;
        }
        drop(asking);
        self.connections.refresh(workspace, id, trigger, force).await
    }

    /// How many of `wanted` renewals may begin in this second, of those that all processes share.
    async fn share_of_renewals(&self, wanted: u64) -> Result<u64, DbErr> {
        let (now, per_second) = (self.world.now(), self.renewals.per_second);
        let wanted = u32::try_from(wanted).unwrap_or(u32::MAX);
        let _turn = self.database.turn().await;
        Ok(budget::share(&*self.database, now, RENEWALS, wanted, per_second).await?.into())
    }

    /// Frees what dead processes hold, for as long as it is let: for a process that lives long and claims
    /// no work by itself.
    pub async fn watch_leases(&self) {
        loop {
            tokio::time::sleep(self.claims.lease() / 3).await;
            let jobs = self.claims.free_abandoned().await;
            if let Err(error) = jobs.and(self.connections.free_abandoned_leases().await) {
                tracing::warn!(%error, "leases cannot be looked at");
            }
        }
    }

    /// To be done again and again; most of the time there is nothing to do.
    pub(crate) async fn upkeep(&self) -> Result<(), DbErr> {
        self.connections.free_abandoned_leases().await?;
        if self.time_of_day.went_back(&self.world) {
            self.mend_future().await?;
        }
        Ok(())
    }

    /// Times that have not come yet were written by a clock that ran ahead, or this one is behind: which
    /// of the two, Meta's date tells. What is right must not be mended.
    async fn mend_future(&self) -> Result<(), DbErr> {
        let future = self.world.now() + DIFFERENCE;
        if self.connections.knows_of_future(future).await? {
            if !self.time_of_day.may_ask(&self.world) {
                return Ok(());
            }
            match self.connections.clock_is_right().await {
                Some(true) => {}
                Some(false) => {
                    tracing::error!("the clock is behind Meta's; nothing is mended by it");
                    return Ok(());
                }
                None => return Ok(()),
            }
        }
        let logins = self.connections.forget_future(future).await?;
        let turn = self.database.turn().await;
        let work = jobs::queue::pull_forward(&*self.database, future).await?;
        drop(turn);
        self.time_of_day.settle(&self.world);
        if logins + work > 0 {
            tracing::warn!(logins, work, "the clock was set back; what it had put too far ahead is mended");
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
        assert!(time.went_back(&world), "it was not mended");
        time.settle(&world);
        clock.advance(TimeDelta::days(70));
        assert!(!time.went_back(&world));
        clock.jump(TimeDelta::days(3));
        assert!(!time.went_back(&world));
        clock.jump(TimeDelta::minutes(-5));
        assert!(!time.went_back(&world), "that is less than clocks differ");
        clock.jump(TimeDelta::days(-3));
        assert!(time.went_back(&world));
        time.settle(&world);
        assert!(!time.went_back(&world));
    }

    #[test]
    fn a_pace_allows_no_crowd_after_a_rest() {
        let (world, clock) = World::for_tests("2026-11-20T10:00:00Z".parse().unwrap());
        let pace = Pace::new(5, 8);
        clock.advance(TimeDelta::days(10));
        assert_eq!(pace.free(&world), 5);
        pace.begun(5);
        assert_eq!(pace.free(&world), 0);
        clock.advance(TimeDelta::milliseconds(400));
        assert_eq!(pace.free(&world), 2);
        let under_way: Vec<_> = (0..7).map(|_| pace.take_place()).collect();
        assert_eq!(pace.free(&world), 1, "some places stay free for the rest");
        drop(under_way);
        assert_eq!(pace.free(&world), 2);
    }
}
