//! On every database there is: who gets what, who keeps it, and what a late finisher can do.

use std::collections::HashSet;
use std::sync::Arc;

use entity::job::Trigger;
use entity::{Global as _, WorkspaceId};
use platform::ManualClock;

use super::*;
use crate::queue::{self, Work};

const LEASE: Duration = Duration::from_secs(60);

struct Room {
    database: Database,
    world: World,
    clock: Arc<ManualClock>,
}

impl Room {
    fn new(database: Database) -> Self {
        let (world, clock) = World::for_tests("2026-11-20T10:00:00Z".parse().unwrap());
        Self { database, world, clock }
    }

    fn worker(&self, name: &str) -> Claims {
        Claims::new(self.database.clone(), self.world.clone(), name.to_owned(), LEASE)
    }

    async fn add(&self, workspace: u128, subject: u128) {
        let work = Work {
            workspace_id: WorkspaceId(Uuid::from_u128(workspace)),
            kind: JobKind::CollectInsights,
            subject_id: Uuid::from_u128(subject),
            due_at: self.world.now(),
            trigger: Trigger::Scheduled,
        };
        queue::make_due(&*self.database, &self.world, work).await.unwrap();
    }

    /// Lets time pass, with `worker` looking for work as it does in earnest, until it gets some.
    async fn take_when_free(&self, worker: &Claims, kind: JobKind) -> Vec<Claim> {
        for _ in 0..10 {
            let claims = worker.take(&[kind], 1).await.unwrap();
            if !claims.is_empty() {
                return claims;
            }
            self.clock.advance(TimeDelta::seconds(20));
        }
        Vec::new()
    }

    async fn row(&self, subject: u128) -> job::Model {
        job::Entity::across_workspaces()
            .filter(job::Column::SubjectId.eq(Uuid::from_u128(subject)))
            .one(&*self.database)
            .await
            .unwrap()
            .unwrap()
    }
}

const KINDS: [JobKind; 1] = [JobKind::CollectInsights];

#[tokio::test]
async fn two_workers_never_get_the_same_work() {
    for database in testing::databases().await {
        let room = Room::new(database.database());
        for subject in 0..40 {
            room.add(1, subject).await;
        }
        let (one, two) = (room.worker("one"), room.worker("two"));
        let mut seen = HashSet::new();
        for _ in 0..5 {
            let (first, second) = tokio::join!(one.take(&KINDS, 5), two.take(&KINDS, 5));
            for claim in first.unwrap().into_iter().chain(second.unwrap()) {
                assert!(seen.insert(claim.job.subject_id), "{database:?}: claimed twice");
            }
        }
        assert_eq!(seen.len(), 40, "{database:?}");
        assert!(one.take(&KINDS, 5).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_large_workspace_does_not_stand_in_front_of_a_small_one() {
    for database in testing::databases().await {
        let room = Room::new(database.database());
        for subject in 0..50 {
            room.add(1, subject).await;
        }
        room.clock.advance(TimeDelta::seconds(1));
        room.add(2, 1_000).await;
        let claims = room.worker("one").take(&KINDS, 4).await.unwrap();
        assert!(claims.iter().any(|claim| claim.job.subject_id == Uuid::from_u128(1_000)), "{database:?}");
    }
}

#[tokio::test]
async fn work_of_a_dead_worker_is_done_by_another_and_the_dead_one_cannot_finish_it() {
    for database in testing::databases().await {
        let room = Room::new(database.database());
        room.add(1, 7).await;
        let (dead, alive) = (room.worker("dead"), room.worker("alive"));
        let lost = dead.take(&KINDS, 1).await.unwrap().remove(0);
        for _ in 0..3 {
            assert!(alive.take(&KINDS, 1).await.unwrap().is_empty(), "{database:?}: the lease holds");
            room.clock.advance(TimeDelta::seconds(20));
        }
        let taken = alive.take(&KINDS, 1).await.unwrap().remove(0);
        assert!(taken.job.lease_term > lost.job.lease_term);
        assert!(!dead.renew(&lost).await.unwrap());
        assert!(!dead.finish(&*room.database, &lost, Finish::Done(None)).await.unwrap());
        assert!(alive.finish(&*room.database, &taken, Finish::Done(None)).await.unwrap());
        assert_eq!(room.row(7).await.due_at, None);
    }
}

#[tokio::test]
async fn setting_the_clock_ends_nobody_s_lease_and_keeps_no_dead_one() {
    for database in testing::databases().await {
        let room = Room::new(database.database());
        room.add(1, 7).await;
        let (holder, other) = (room.worker("holder"), room.worker("other"));
        let claim = holder.take(&KINDS, 1).await.unwrap().remove(0);
        for day in [10, -30, 400, -3] {
            room.clock.jump(TimeDelta::days(day));
            for _ in 0..5 {
                assert!(holder.renew(&claim).await.unwrap());
                assert!(other.take(&KINDS, 1).await.unwrap().is_empty(), "{database:?}: {day}");
                room.clock.advance(TimeDelta::seconds(20));
            }
        }
        // Its end lies a year ahead of the time of day, and still it is free in a minute.
        room.clock.jump(TimeDelta::days(400));
        assert!(holder.renew(&claim).await.unwrap());
        room.clock.jump(TimeDelta::days(-400));
        let before = room.world.elapsed();
        assert_eq!(room.take_when_free(&other, JobKind::CollectInsights).await.len(), 1, "{database:?}");
        assert!((60..=100).contains(&(room.world.elapsed() - before).as_secs()));
    }
}

#[tokio::test]
async fn a_process_that_was_stopped_takes_nothing_from_those_that_were_not() {
    for database in testing::databases().await {
        let room = Room::new(database.database());
        room.add(1, 7).await;
        let (holder, stopped) = (room.worker("holder"), room.worker("stopped"));
        let claim = holder.take(&KINDS, 1).await.unwrap().remove(0);
        assert!(stopped.take(&KINDS, 1).await.unwrap().is_empty());
        // All stood still together, so that nobody renewed anything.
        room.clock.advance(TimeDelta::hours(5));
        assert!(stopped.take(&KINDS, 1).await.unwrap().is_empty(), "{database:?}");
        assert!(holder.renew(&claim).await.unwrap());
    }
}

#[tokio::test]
async fn times_of_a_clock_that_ran_ahead_are_pulled_forward() {
    for database in testing::databases().await {
        let room = Room::new(database.database());
        room.clock.jump(TimeDelta::days(30));
        let worker = room.worker("one");
        room.add(1, 7).await;
        let claim = worker.take(&KINDS, 1).await.unwrap().remove(0);
        let next = room.world.now() + TimeDelta::hours(1);
        worker.finish(&*room.database, &claim, Finish::Done(Some(next))).await.unwrap();
        room.clock.jump(TimeDelta::days(-30));
        room.add(1, 8).await;
        let ordinary = worker.take(&KINDS, 1).await.unwrap().remove(0);
        let soon = room.world.now() + TimeDelta::hours(1);
        worker.finish(&*room.database, &ordinary, Finish::Done(Some(soon))).await.unwrap();
        assert_eq!(queue::pull_forward(&*room.database, room.world.now()).await.unwrap(), 1, "{database:?}");
        assert_eq!(room.row(7).await.due_at, Some(room.world.now()));
        assert_eq!(room.row(8).await.due_at, Some(soon));
    }
}

#[tokio::test]
async fn a_small_workspace_behind_thousands_of_others_has_its_turn() {
    for database in testing::databases().await {
        let room = Room::new(database.database());
        let transaction = room.database.begin().await.unwrap();
        for subject in 0..2_100 {
            let work = Work {
                workspace_id: WorkspaceId(Uuid::from_u128(1)),
                kind: JobKind::CollectInsights,
                subject_id: Uuid::from_u128(subject),
                due_at: room.world.now(),
                trigger: Trigger::Scheduled,
            };
            queue::make_due(&*transaction, &room.world, work).await.unwrap();
        }
        transaction.commit().await.unwrap();
        let worker = room.worker("one");
        worker.take(&KINDS, 4).await.unwrap();
        room.clock.advance(TimeDelta::seconds(1));
        room.add(2, 9_999).await;
        let mut turns = 0;
        for _ in 0..11 {
            let claims = worker.take(&KINDS, 4).await.unwrap();
            turns += claims.iter().filter(|claim| claim.job.subject_id == Uuid::from_u128(9_999)).count();
            room.clock.advance(TimeDelta::seconds(1));
        }
        assert_eq!(turns, 1, "{database:?}");
    }
}

#[tokio::test]
async fn work_made_due_while_it_is_done_is_done_once_more() {
    for database in testing::databases().await {
        let room = Room::new(database.database());
        room.add(1, 7).await;
        let worker = room.worker("one");
        let claim = worker.take(&KINDS, 1).await.unwrap().remove(0);
        room.clock.advance(TimeDelta::seconds(1));
        room.add(1, 7).await;
        let later = room.world.now() + TimeDelta::hours(1);
        assert!(worker.finish(&*room.database, &claim, Finish::Done(Some(later))).await.unwrap());
        assert_eq!(room.row(7).await.due_at, Some(room.world.now()), "{database:?}");
        // Undisturbed, it is due when it said.
        let claim = worker.take(&KINDS, 1).await.unwrap().remove(0);
        assert!(worker.finish(&*room.database, &claim, Finish::Done(Some(later))).await.unwrap());
        assert_eq!(room.row(7).await.due_at, Some(later), "{database:?}");
    }
}

#[tokio::test]
async fn much_work_is_finished_at_once_but_for_what_was_lost() {
    for database in testing::databases().await {
        let room = Room::new(database.database());
        for subject in 1..=3 {
            room.add(1, subject).await;
        }
        let worker = room.worker("one");
        let mut claims = worker.take(&KINDS, 3).await.unwrap();
        claims.sort_by_key(|claim| claim.job.subject_id);
        // The second was asked for once more meanwhile, the third belongs to somebody else by now.
        room.clock.advance(TimeDelta::seconds(1));
        room.add(1, 2).await;
        claims[2].job.lease_term -= 1;
        let later = room.world.now() + TimeDelta::hours(1);
        let done: Vec<_> = claims.iter().map(|claim| (claim, Some(later))).collect();
        let finished = worker.finish_each(&*room.database, &done).await.unwrap();
        assert_eq!(finished, HashSet::from([claims[0].job.id, claims[1].job.id]), "{database:?}");
        let (first, second, third) = (room.row(1).await, room.row(2).await, room.row(3).await);
        assert_eq!((first.due_at, first.lease_until, first.attempt), (Some(later), None, 0), "{database:?}");
        assert_eq!((second.due_at, second.lease_until), (Some(room.world.now()), None), "{database:?}");
        assert!(third.lease_until.is_some(), "{database:?}");
        assert_eq!(worker.finish_each(&*room.database, &[]).await.unwrap(), HashSet::new());
    }
}

#[tokio::test]
async fn work_of_a_dead_worker_is_due_at_once_even_if_it_was_to_be_done_again_later() {
    for database in testing::databases().await {
        let room = Room::new(database.database());
        room.add(1, 7).await;
        let (dead, alive) = (room.worker("dead"), room.worker("alive"));
        dead.take(&KINDS, 1).await.unwrap();
        let work = Work {
            workspace_id: WorkspaceId(Uuid::from_u128(1)),
            kind: JobKind::CollectInsights,
            subject_id: Uuid::from_u128(7),
            due_at: room.world.now() + TimeDelta::hours(6),
            trigger: Trigger::Scheduled,
        };
        queue::make_due(&*room.database, &room.world, work).await.unwrap();
        assert_eq!(room.take_when_free(&alive, JobKind::CollectInsights).await.len(), 1, "{database:?}");
    }
}

#[tokio::test]
async fn work_that_never_ends_rests_longer_each_time_and_is_well_once_it_ends() {
    for database in testing::databases().await {
        let room = Room::new(database.database());
        room.add(1, 7).await;
        let worker = room.worker("one");
        for _ in 0..MAX_UNFINISHED_ATTEMPTS {
            let claims = room.take_when_free(&worker, JobKind::CollectInsights).await;
            assert_eq!(claims.len(), 1, "{database:?}");
        }
        for _ in 0..4 {
            room.clock.advance(TimeDelta::seconds(20));
            assert!(worker.take(&[JobKind::SendMail], 1).await.unwrap().is_empty());
        }
        let mut rests = Vec::new();
        for _ in 0..3 {
            assert!(worker.take(&KINDS, 1).await.unwrap().is_empty(), "{database:?}");
            let row = room.row(7).await;
            assert!(row.quarantined_at.is_some());
            rests.push(row.due_at.unwrap() - room.world.now());
            room.clock.advance(rests[rests.len() - 1]);
        }
        assert!(rests[0] < rests[1] && rests[1] < rests[2], "{rests:?}");
        let claim = worker.take_one(JobKind::CollectInsights, Uuid::from_u128(7)).await.unwrap().unwrap();
        worker.finish(&*room.database, &claim, Finish::Done(None)).await.unwrap();
        let row = room.row(7).await;
        assert_eq!((row.quarantined_at, row.attempt), (None, 0));
    }
}

#[tokio::test]
async fn a_renewal_is_never_given_up_however_often_its_worker_dies() {
    for database in testing::databases().await {
        let room = Room::new(database.database());
        let work = Work {
            workspace_id: WorkspaceId(Uuid::from_u128(1)),
            kind: JobKind::RefreshToken,
            subject_id: Uuid::from_u128(7),
            due_at: room.world.now(),
            trigger: Trigger::Scheduled,
        };
        queue::make_due(&*room.database, &room.world, work).await.unwrap();
        let worker = room.worker("one");
        for _ in 0..20 {
            assert_eq!(room.take_when_free(&worker, JobKind::RefreshToken).await.len(), 1, "{database:?}");
        }
    }
}

#[tokio::test]
async fn failures_wait_longer_each_time_and_waiting_is_no_failure() {
    for database in testing::databases().await {
        let room = Room::new(database.database());
        room.add(1, 7).await;
        let worker = room.worker("one");
        let mut waits = Vec::new();
        for _ in 0..3 {
            let claim = worker.take_one(JobKind::CollectInsights, Uuid::from_u128(7)).await.unwrap().unwrap();
            worker.finish(&*room.database, &claim, Finish::Failed).await.unwrap();
            waits.push((room.row(7).await.due_at.unwrap() - room.world.now()).num_seconds());
        }
        assert!(waits[0] < 70 && waits[1] > 100 && waits[2] > 200, "{waits:?}");
        let claim = worker.take_one(JobKind::CollectInsights, Uuid::from_u128(7)).await.unwrap().unwrap();
        let until = room.world.now() + TimeDelta::minutes(5);
        worker.finish(&*room.database, &claim, Finish::Later(until)).await.unwrap();
        let row = room.row(7).await;
        assert_eq!((row.failures, row.due_at), (3, Some(until)));
    }
}

#[tokio::test]
async fn budgets_are_counted_by_the_hour_and_pauses_are_kept() {
    use crate::budget::{self, Permit};
    for database in testing::databases().await {
        let room = Room::new(database.database());
        let now = room.world.now();
        for _ in 0..3 {
            assert_eq!(budget::take(&*room.database, now, "account:1", 3).await.unwrap(), Permit::Granted);
        }
        let next_hour = now + TimeDelta::hours(1);
        assert_eq!(
            budget::take(&*room.database, now, "account:1", 3).await.unwrap(),
            Permit::WaitUntil(next_hour)
        );
        assert_eq!(budget::take(&*room.database, now, "account:2", 3).await.unwrap(), Permit::Granted);
        assert_eq!(budget::take(&*room.database, next_hour, "account:1", 3).await.unwrap(), Permit::Granted);
        let until = next_hour + TimeDelta::minutes(20);
        budget::note(&*room.database, next_hour, "account:1", 95, Some(until)).await.unwrap();
        budget::note(&*room.database, next_hour, "account:1", 95, Some(next_hour)).await.unwrap();
        budget::note(&*room.database, next_hour, "account:1", 10, None).await.unwrap();
        assert_eq!(
            budget::take(&*room.database, next_hour, "account:1", 3).await.unwrap(),
            Permit::WaitUntil(until)
        );
        assert_eq!(
            budget::paused_until(&*room.database, next_hour, &["account:1".to_owned(), "app".to_owned()])
                .await
                .unwrap(),
            Some(until)
        );
        assert_eq!(budget::take(&*room.database, until, "account:1", 3).await.unwrap(), Permit::Granted);
    }
}

#[tokio::test]
async fn a_slot_is_taken_once() {
    for database in testing::databases().await {
        let room = Room::new(database.database());
        let slot = room.world.now();
        assert!(crate::slots::take(&*room.database, "housekeeping", slot).await.unwrap());
        assert!(!crate::slots::take(&*room.database, "housekeeping", slot).await.unwrap());
        crate::slots::forget_old(&*room.database, slot + TimeDelta::days(3)).await.unwrap();
        assert_eq!(entity::cron_slot::Entity::rows().count(&*room.database).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn of_each_workspace_only_so_many_are_done_at_once() {
    for database in testing::databases().await {
        let room = Room::new(database.database());
        for subject in 0..10 {
            room.add(1, subject).await;
        }
        room.add(2, 10).await;
        let worker = room.worker("a");
        let count = |claims: &[Claim], workspace: u128| {
            let id = WorkspaceId(Uuid::from_u128(workspace));
            claims.iter().filter(|claim| claim.job.workspace_id == id).count()
        };
        let first = worker.take_of_each(&KINDS, 100, 3).await.unwrap();
        assert_eq!((count(&first, 1), count(&first, 2)), (3, 1), "{database:?}");
        let full = room.worker("b").take_of_each(&KINDS, 100, 3).await.unwrap();
        assert!(full.is_empty(), "{database:?}: what hangs takes no more places");
        let one = first.iter().find(|claim| count(std::slice::from_ref(claim), 1) == 1).unwrap();
        assert!(worker.finish(&*room.database, one, Finish::Remove).await.unwrap());
        let next = worker.take_of_each(&KINDS, 100, 3).await.unwrap();
        assert_eq!((count(&next, 1), count(&next, 2)), (1, 0), "{database:?}");
        // What was begun and never ended holds its place no longer than its lease.
        let mut later = Vec::new();
        for _ in 0..6 {
            room.clock.advance(TimeDelta::seconds(20));
            later.extend(worker.take_of_each(&KINDS, 100, 3).await.unwrap());
        }
        assert_eq!(count(&later, 1), 3, "{database:?}");
    }
}
