//! How fast work is taken, and what somebody gets who asks a moment too late.

use std::time::Duration;

use chrono::TimeDelta;
use connections::refresh::{Refreshed, Skip};
use entity::connection::Provider;
use entity::job::JobKind;
use entity::refresh_attempt::{self, RefreshOutcome, Trigger};
use entity::{InWorkspace, connection, job};
use sea_orm::QueryOrder as _;
use sea_orm::prelude::*;
use serde_json::json;

use crate::support::Installation;

/// As many logins as a test has.
const LOGINS: u64 = 7;
/// Meta lets one answer hang for longer than the rest takes.
const HANGS: u64 = 15_000;
/// Far more than a renewal takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// No renewal waits for the next second, which does not come while the clock stands still.
const FAST: [(&str, &str); 1] = [("REFRESHES_PER_SECOND", "1000")];

/// An installation whose logins are all due to be renewed.
async fn all_due(url: &str, processes: usize, own: &[(&str, &str)]) -> Installation {
    let installation = Installation::start(url, LOGINS, processes, own).await;
    for number in 0..LOGINS {
        let account = installation.person(number).await["pages"][0]["account"]["id"].clone();
        installation.import(installation.workspace, Provider::InstagramLogin, &account).await;
    }
    installation.forget_collecting().await;
    installation.move_to(installation.now() + TimeDelta::days(55)).await;
    installation
}

async fn ended(installation: &Installation, outcome: RefreshOutcome) -> u64 {
    refresh_attempt::Entity::across_workspaces()
        .filter(refresh_attempt::Column::Outcome.eq(outcome))
        .count(&*installation.services().database)
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_hangs_holds_up_no_other_work() {
    for database in testing::databases().await {
        let installation = all_due(&database.url(), 1, &FAST).await;
        let hangs = installation.person(0).await["pages"][0]["account"]["id"].clone();
        let slow = json!({
            "kind": "slow", "account": hangs, "path_contains": "refresh_access_token", "delay_ms": HANGS
        });
        installation.order("POST", "faults", &slow).await;
        let executor = installation.services().executor.clone();
        let drained =
            tokio::spawn(async move { executor.drain(&[JobKind::RefreshToken], 2, PATIENCE).await.unwrap() });
        for _ in 0..1_000 {
            if ended(&installation, RefreshOutcome::Succeeded).await >= LOGINS - 1 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(ended(&installation, RefreshOutcome::Succeeded).await, LOGINS - 1, "{database:?}");
        assert_eq!(ended(&installation, RefreshOutcome::Started).await, 1, "{database:?}: too late to tell");
        drained.abort();
    }
}

/// Two workers renew no faster than one: what is overdue must not come over Meta as a crowd.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn renewals_begin_at_one_pace_in_all_processes_together() {
    for database in testing::databases().await {
        let installation = all_due(&database.url(), 2, &[("REFRESHES_PER_SECOND", "5")]).await;
        let mut taken = Vec::new();
        for process in &installation.processes {
            taken.push(process.executor.claim(&[JobKind::RefreshToken], 16).await.unwrap().len());
        }
        assert_eq!(taken, [5, 0], "{database:?}");
    }
}

/// Who finds nothing left to do takes nothing away from the others.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asking_for_what_is_not_due_costs_no_place_in_the_pace() {
    for database in testing::databases().await {
        let installation = all_due(&database.url(), 1, &[("REFRESHES_PER_SECOND", "5")]).await;
        let executor = &installation.services().executor;
        let grant = installation.grants().await.remove(0);
        for _ in 0..2 * LOGINS {
            executor.renew_in_turn(grant.workspace_id, grant.id, Trigger::Manual, false).await.unwrap();
        }
        assert_eq!(ended(&installation, RefreshOutcome::Succeeded).await, 1, "{database:?}");
        assert_eq!(executor.claim(&[JobKind::RefreshToken], 16).await.unwrap().len(), 4, "{database:?}");
    }
}

/// Some places of a process stay free for other work, however many renewals are due.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn renewals_take_half_of_the_places_at_most() {
    for database in testing::databases().await {
        let own = [("REFRESHES_PER_SECOND", "1000"), ("WORKER_CONCURRENCY", "4")];
        let installation = all_due(&database.url(), 1, &own).await;
        let executor = &installation.services().executor;
        assert_eq!(executor.claim(&[JobKind::RefreshToken], 4).await.unwrap().len(), 2, "{database:?}");
    }
}

/// What came as a crowd after an absence is renewed the next time when it would have been without it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn renewals_that_were_late_once_come_in_their_own_time_again() {
    for database in testing::databases().await {
        let installation = all_due(&database.url(), 1, &FAST).await;
        let services = installation.services();
        let due = async || {
            job::Entity::across_workspaces()
                .filter(job::Column::Kind.eq(JobKind::RefreshToken))
                .order_by_asc(job::Column::SubjectId)
                .all(&*services.database)
                .await
                .unwrap()
        };
        let before = due().await;
        services.executor.drain(&[JobKind::RefreshToken], 4, PATIENCE).await.unwrap();
        assert_eq!(ended(&installation, RefreshOutcome::Succeeded).await, LOGINS, "{database:?}");
        let after = due().await;
        for (before, after) in before.iter().zip(&after) {
            let apart = after.due_at.unwrap() - before.due_at.unwrap();
            // A token lives for sixty days and is renewed fourteen before its end; what is left is its part
            // of a day, and the next slot of the schedule.
            let usual = TimeDelta::days(46)..=TimeDelta::days(48);
            assert!(usual.contains(&apart), "{database:?}: {apart}");
        }
        installation.move_to(after.iter().filter_map(|job| job.due_at).max().unwrap()).await;
        services.executor.drain(&[JobKind::RefreshToken], 4, PATIENCE).await.unwrap();
        assert_eq!(ended(&installation, RefreshOutcome::Succeeded).await, 2 * LOGINS, "{database:?}");
        let next = due().await;
        for (after, next) in after.iter().zip(&next) {
            let apart = next.due_at.unwrap() - after.due_at.unwrap();
            assert!(apart <= TimeDelta::days(48), "{database:?}: {apart} after one that was not late");
            assert!(apart >= TimeDelta::days(46), "{database:?}: {apart} after one that was not late");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_asks_a_moment_too_late_gets_what_the_others_got() {
    for database in testing::databases().await {
        let installation = all_due(&database.url(), 2, &[]).await;
        let grant: connection::Model = installation.grants().await.remove(0);
        let ask = async |process: usize| {
            let connections = &installation.processes[process].connections;
            connections.refresh(grant.workspace_id, grant.id, Trigger::Manual, true).await.unwrap()
        };
        let Refreshed::Attempted(first) = ask(0).await else { panic!("{database:?}: nothing was tried") };
        installation.move_to(installation.now() + TimeDelta::seconds(9)).await;
        let late = ask(1).await;
        assert!(matches!(&late, Refreshed::Attempted(same) if same.id == first.id), "{database:?}: {late:?}");
        installation.move_to(installation.now() + TimeDelta::seconds(9)).await;
        let later = ask(1).await;
        assert!(matches!(later, Refreshed::Skipped(Skip::TooYoung)), "{database:?}: {later:?}");
        assert_eq!(ended(&installation, RefreshOutcome::Succeeded).await, 1, "{database:?}");
    }
}
