//! On every database there is: each piece of work is counted and listed once, where it belongs.

use entity::job::Trigger;
use entity::{JobId, WorkspaceId};
use platform::{Database, World};
use sea_orm::ActiveValue::Set;

use super::*;
use crate::queue;

const STATES: [State; 4] = [State::Running, State::Quarantined, State::Due, State::Waiting];

struct Given {
    due_in: Option<i64>,
    leased_for: Option<i64>,
    quarantined: bool,
}

fn due_now() -> Filter {
    Filter { state: Some(State::Due), ..Filter::default() }
}

/// Seconds from now.
fn given(due_in: impl Into<Option<i64>>, leased_for: Option<i64>, quarantined: bool) -> Given {
    Given { due_in: due_in.into(), leased_for, quarantined }
}

async fn add(database: &Database, world: &World, kind: JobKind, given: &Given) -> JobId {
    let now = world.now();
    let later = |seconds: i64| now + TimeDelta::seconds(seconds);
    let row = job::ActiveModel {
        id: Set(JobId(world.new_id())),
        workspace_id: Set(WorkspaceId(Uuid::from_u128(1))),
        kind: Set(kind),
        subject_id: Set(world.new_id()),
        due_at: Set(given.due_in.map(later)),
        trigger: Set(Trigger::Scheduled),
        lease_owner: Set(given.leased_for.map(|_| "one".to_owned())),
        lease_until: Set(given.leased_for.map(later)),
        lease_term: Set(1),
        attempt: Set(6),
        failures: Set(0),
        quarantined_at: Set(given.quarantined.then_some(now)),
        created_at: Set(now),
        updated_at: Set(now),
    };
    row.insert(&**database).await.unwrap().id
}

#[tokio::test]
async fn each_piece_stands_in_one_state_and_is_counted_there() {
    for database in testing::databases().await {
        let (world, _) = World::for_tests("2026-11-20T10:00:00Z".parse().unwrap());
        let now = world.now();
        for (kind, work) in [
            (JobKind::CheckToken, given(-60, None, false)),
            (JobKind::CheckToken, given(-3_600, Some(-1), false)),
            (JobKind::CheckToken, given(-7_200, Some(30), false)),
            (JobKind::CheckToken, given(60, None, false)),
            (JobKind::CheckToken, given(None, None, false)),
            (JobKind::CollectInsights, given(-60, None, true)),
            (JobKind::CollectInsights, given(60, None, true)),
            (JobKind::CollectInsights, given(-60, Some(30), true)),
        ] {
            add(&database, &world, kind, &work).await;
        }
        let figures = all(&**database, now).await.unwrap();
        assert_eq!(figures.len(), JobKind::iter().count());
        let of = |kind| *figures.iter().find(|figures| figures.kind == kind).unwrap();
        let checks = of(JobKind::CheckToken);
        assert_eq!(
            (checks.due, checks.overdue, checks.running, checks.waiting),
            (2, 1, 1, 2),
            "{database:?}"
        );
        assert_eq!(checks.oldest_due_at, Some(now - TimeDelta::hours(1)), "{database:?}");
        let collecting = of(JobKind::CollectInsights);
        assert_eq!((collecting.due, collecting.running, collecting.quarantined), (0, 1, 2), "{database:?}");
        assert_eq!(collecting.oldest_due_at, None);
        let mut listed = 0;
        for wanted in STATES {
            for work in list(&**database, now, &Filter { state: Some(wanted), ..Filter::default() }, 100)
                .await
                .unwrap()
            {
                assert_eq!(state(&work, now), wanted, "{database:?}: {work:?}");
                listed += 1;
            }
        }
        assert_eq!(listed, 8, "{database:?}");
        let checks = Filter { kind: Some(JobKind::CheckToken), ..Filter::default() };
        assert_eq!(list(&**database, now, &checks, 3).await.unwrap().len(), 3);
        let elsewhere = Filter { workspace: Some(WorkspaceId(Uuid::from_u128(2))), ..Filter::default() };
        assert!(list(&**database, now, &elsewhere, 100).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn only_what_was_set_aside_can_be_released() {
    for database in testing::databases().await {
        let (world, _) = World::for_tests("2026-11-20T10:00:00Z".parse().unwrap());
        let now = world.now();
        let resting = add(&database, &world, JobKind::CollectInsights, &given(3_600, None, true)).await;
        let waiting = add(&database, &world, JobKind::CollectInsights, &given(3_600, None, false)).await;
        assert!(!queue::make_one_due(&**database, now, resting).await.unwrap(), "{database:?}: set aside");
        assert!(queue::release(&**database, now, resting).await.unwrap());
        assert!(!queue::release(&**database, now, resting).await.unwrap(), "{database:?}: twice");
        assert!(!queue::release(&**database, now, waiting).await.unwrap(), "{database:?}: was not set aside");
        assert!(!queue::release(&**database, now, JobId(world.new_id())).await.unwrap());
        let due = list(&**database, now, &due_now(), 10).await.unwrap();
        assert_eq!(due.iter().map(|work| (work.id, work.attempt)).collect::<Vec<_>>(), [(resting, 0)]);
        assert!(queue::make_one_due(&**database, now, waiting).await.unwrap());
        assert_eq!(list(&**database, now, &due_now(), 10).await.unwrap().len(), 2);
    }
}

#[tokio::test]
async fn what_was_set_aside_is_paged_through_to_the_end() {
    for database in testing::databases().await {
        let (world, clock) = World::for_tests("2026-11-20T10:00:00Z".parse().unwrap());
        let mut expected = Vec::new();
        for number in 0..250 {
            clock.advance(TimeDelta::milliseconds(1));
            // Due in any order, some not before something happens.
            let due_in = (number % 7 > 0).then_some(600 - number);
            expected.push(add(&database, &world, JobKind::CollectInsights, &given(due_in, None, true)).await);
            add(&database, &world, JobKind::CheckToken, &given(due_in, None, false)).await;
        }
        let (mut found, mut after) = (Vec::new(), None);
        for _ in 0..3 {
            let (rows, total) = set_aside(&**database, world.now(), after, 100).await.unwrap();
            assert_eq!(total, 250, "{database:?}");
            found.extend(rows.iter().map(|row| row.id));
            after = found.last().copied();
        }
        assert_eq!(found, expected, "{database:?}: each once");
        assert!(set_aside(&**database, world.now(), after, 100).await.unwrap().0.is_empty());
    }
}
