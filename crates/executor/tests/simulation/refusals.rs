//! Meta refuses everybody for a while: that is a fault of its own, and nobody has to reconnect for it.

use std::time::Duration;

use chrono::TimeDelta;
use entity::account::{self, Health};
use entity::connection::Provider;
use entity::job::JobKind;
use entity::outbox::{self, MailKind, MailState};
use entity::{InWorkspace, incident};
use sea_orm::prelude::*;
use serde_json::json;

use crate::support::Installation;

const LOGINS: u64 = 60;
/// Fewer are a coincidence, and may be declared broken before there are more.
const COINCIDENCE: usize = 10;
const PATIENCE: Duration = Duration::from_secs(60);

async fn broken(installation: &Installation) -> usize {
    let well = [Health::Healthy, Health::Throttled, Health::PagesStale];
    let broken = account::Entity::across_workspaces().filter(account::Column::Health.is_not_in(well));
    broken.all(&*installation.services().database).await.unwrap().len()
}

/// Does what is due, as a worker that looks every minute.
async fn work(installation: &Installation, minutes: i64) {
    for _ in 0..minutes {
        installation.move_to(installation.now() + TimeDelta::minutes(1)).await;
        let executor = &installation.services().executor;
        for kind in [JobKind::CheckToken, JobKind::CollectInsights, JobKind::SendMail] {
            executor.drain(&[kind], 64, PATIENCE).await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_meta_refuses_everybody_hardly_anybody_is_broken_and_nobody_stays_so() {
    for database in testing::databases().await {
        let installation = Installation::start(&database.url(), LOGINS, 1, &[]).await;
        for number in 0..LOGINS {
            let person = installation.person(number).await;
            if number % 2 == 0 {
                installation.import(installation.workspace, Provider::FacebookLogin, &person["id"]).await;
            } else {
                let account = &person["pages"][0]["account"]["id"];
                installation.import(installation.workspace, Provider::InstagramLogin, account).await;
            }
        }
        // A round of checks in which everybody is answered.
        work(&installation, 35).await;
        assert_eq!(broken(&installation).await, 0, "{database:?}");
        let refused = json!({ "kind": "error", "code": 190, "http_status": 400 });
        installation.order("POST", "faults", &refused).await;
        work(&installation, 28).await;
        let most = broken(&installation).await;
        assert!(most < COINCIDENCE, "{database:?}: {most} are broken");
        installation.order("DELETE", "faults", &json!({})).await;
        work(&installation, 12).await;
        assert_eq!(broken(&installation).await, 0, "{database:?}");
        let open = incident::Entity::across_workspaces().filter(incident::Column::ClosedAt.is_null());
        assert_eq!(open.count(&*installation.services().database).await.unwrap(), 0, "{database:?}");
    }
}

/// Some are declared broken before there are enough to doubt it. What was not sent of that is kept back
/// until it is settled: by getting well, or by an operator who says that it is true.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mails_that_have_not_left_wait_for_the_brake() {
    for true_after_all in [false, true] {
        for database in testing::databases().await {
            let installation = Installation::start(&database.url(), COINCIDENCE as u64 + 4, 1, &[]).await;
            for number in 0..COINCIDENCE as u64 + 4 {
                let person = installation.person(number).await;
                installation.import(installation.workspace, Provider::FacebookLogin, &person["id"]).await;
                installation.order("POST", "revoke", &json!({ "person": person["id"] })).await;
            }
            let connections = &installation.services().connections;
            for grant in installation.grants().await {
                connections.check(grant.workspace_id, grant.id, true).await.unwrap();
            }
            let all = account::Entity::across_workspaces().all(&*installation.services().database).await;
            let (declared, all) = (broken(&installation).await, all.unwrap().len());
            assert!((1..all).contains(&declared), "{database:?}: {declared} of {all} are broken");
            work(&installation, 4).await;
            assert_eq!(sent(&installation).await, 0, "{database:?}");
            if true_after_all {
                connections.release_brake(TimeDelta::hours(1), None).await.unwrap();
            } else {
                for number in 0..COINCIDENCE as u64 + 4 {
                    let person = installation.person(number).await;
                    installation.order("POST", "restore", &json!({ "person": person["id"] })).await;
                }
            }
            work(&installation, 12).await;
            assert_eq!(broken(&installation).await == 0, !true_after_all, "{database:?}");
            assert_eq!(sent(&installation).await > 0, true_after_all, "{database:?}");
        }
    }
}

/// How many mails have left that ask somebody to reconnect.
async fn sent(installation: &Installation) -> usize {
    let sent = outbox::Entity::across_workspaces()
        .filter(outbox::Column::Kind.eq(MailKind::NeedsReconnect))
        .filter(outbox::Column::State.eq(MailState::Sent));
    sent.all(&*installation.services().database).await.unwrap().len()
}
