//! Meta refuses everybody for a while: that is a fault of its own, and nobody has to reconnect for it.

use std::time::Duration;

use chrono::TimeDelta;
use entity::account::{self, Health};
use entity::connection::Provider;
use entity::job::JobKind;
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
        for kind in [JobKind::CheckToken, JobKind::CollectInsights] {
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
