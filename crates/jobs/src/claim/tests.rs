//! On every database there is: who gets what, who keeps it, and what a late finisher can do.

use std::collections::HashSet;
use std::sync::Arc;

use entity::job::Trigger;
use entity::{Global as _, InWorkspace as _, WorkspaceId};
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
        assert!(alive.take(&KINDS, 1).await.unwrap().is_empty(), "{database:?}: the lease holds");
        room.clock.advance(TimeDelta::seconds(61));
        let taken = alive.take(&KINDS, 1).await.unwrap().remove(0);
        assert!(taken.job.lease_term > lost.job.lease_term);
        assert!(!dead.renew(&lost).await.unwrap());
        assert!(!dead.finish(&*room.database, &lost, Finish::Done(None)).await.unwrap());
        assert!(alive.finish(&*room.database, &taken, Finish::Done(None)).await.unwrap());
        assert_eq!(room.row(7).await.due_at, None);
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
async fn work_that_never_ends_rests_longer_each_time_and_is_well_once_it_ends() {
    for database in testing::databases().await {
        let room = Room::new(database.database());
        room.add(1, 7).await;
        let worker = room.worker("one");
        for _ in 0..MAX_UNFINISHED_ATTEMPTS {
            assert_eq!(worker.take(&KINDS, 1).await.unwrap().len(), 1, "{database:?}");
            room.clock.advance(TimeDelta::seconds(61));
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
            assert_eq!(worker.take(&[JobKind::RefreshToken], 1).await.unwrap().len(), 1, "{database:?}");
            room.clock.advance(TimeDelta::seconds(61));
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
        room.clock.advance(chrono::TimeDelta::seconds(61));
        assert_eq!(count(&worker.take_of_each(&KINDS, 100, 3).await.unwrap(), 1), 3, "{database:?}");
    }
}
