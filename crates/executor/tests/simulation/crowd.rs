//! Collecting from many accounts at the same moment: each gets what it would get alone, whatever happens to
//! the others.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::TimeDelta;
use entity::account::{self, Health};
use entity::channel::{self, ChannelKind};
use entity::connection::Provider;
use entity::delivery::{self, EventType};
use entity::job::{JobKind, Trigger};
use entity::run::{self, RunStatus};
use entity::{ChannelId, InWorkspace, WorkspaceId, insight, insight_revision, job};
use sea_orm::ActiveEnum as _;
use sea_orm::ActiveValue::Set;
use sea_orm::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use serde_json::json;

use crate::support::Installation;

/// Logins by Instagram, and those by Facebook, which bring several accounts each.
const ALONE: u64 = 16;
const WITH_PAGES: u64 = 3;
/// How many hours pass before each time: the first is one before midnight in California.
const HOURS: [i64; 5] = [1, 1, 23, 1, 6];
const PATIENCE: Duration = Duration::from_secs(120);
/// For so long Meta keeps what it is asked: longer than what is done meanwhile takes.
const SLOW: u64 = 1_500;

/// An installation with accounts in two workspaces, of which one has a channel that listens.
async fn start(url: &str) -> (Installation, WorkspaceId) {
    let installation = Installation::start(url, ALONE + WITH_PAGES, 1, &[]).await;
    installation.move_to("2026-11-21T07:00:00Z".parse().unwrap()).await;
    let southlight = WorkspaceId(installation.services().world.new_id());
    installation.add_workspace(southlight, "Southlight").await;
    for number in 0..ALONE {
        let account = installation.person(number).await["pages"][0]["account"]["id"].clone();
        installation.import(southlight, Provider::InstagramLogin, &account).await;
    }
    for number in ALONE..ALONE + WITH_PAGES {
        let person = installation.person(number).await["id"].clone();
        installation.import(installation.workspace, Provider::FacebookLogin, &person).await;
    }
    let database = &*installation.services().database;
    job::Entity::delete_across_workspaces()
        .filter(job::Column::Kind.ne(JobKind::CollectInsights))
        .exec(database)
        .await
        .unwrap();
    let listening = channel::ActiveModel {
        id: Set(ChannelId(installation.services().world.new_id())),
        workspace_id: Set(southlight),
        kind: Set(ChannelKind::Webhook),
        name: Set("Numbers".to_owned()),
        events: Set(json!([EventType::InsightsCollected.to_value()])),
        address_shown: Set("https://numbers.example".to_owned()),
        created_at: Set(installation.now()),
        updated_at: Set(installation.now()),
        ..Default::default()
    };
    listening.insert(database).await.unwrap();
    (installation, southlight)
}

async fn collect(installation: &Installation, hours: i64, at_once: usize) {
    installation.move_to(installation.now() + TimeDelta::hours(hours)).await;
    let services = installation.services();
    let (kind, trigger) = (JobKind::CollectInsights, Trigger::Scheduled);
    jobs::queue::make_all_due(&*services.database, &services.world, kind, None, None, trigger).await.unwrap();
    services.executor.drain(&[kind], at_once, PATIENCE).await.unwrap();
}

/// Everything that collecting leaves, without ids, which are chance.
async fn left(installation: &Installation) -> BTreeMap<String, Vec<String>> {
    let database = &*installation.services().database;
    let accounts = account::Entity::across_workspaces().all(database).await.unwrap();
    let names: BTreeMap<_, _> =
        accounts.iter().map(|account| (account.id, account.instagram_id.clone())).collect();
    let mut left: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut note = |account, what: String| left.entry(names[&account].clone()).or_default().push(what);
    for row in &accounts {
        let told = (&row.username, &row.name, row.followers_count, row.health, row.health_since);
        let times = (row.verified_at, row.insights_collected_at, row.suspected_at, row.updated_at);
        note(row.id, format!("account {told:?} {times:?}"));
    }
    for row in insight::Entity::across_workspaces().all(database).await.unwrap() {
        let value = (&row.metric, &row.breakdown, row.day, row.value, row.state, row.collected_at);
        note(row.account_id, format!("value {value:?}"));
    }
    for row in insight_revision::Entity::across_workspaces().all(database).await.unwrap() {
        let change = (&row.metric, row.day, row.old_value, row.new_value, row.revised_at);
        note(row.account_id, format!("revision {change:?}"));
    }
    for row in run::Entity::across_workspaces().all(database).await.unwrap() {
        let what = (row.job, row.trigger, row.status, &row.reason, row.calls, row.stored, row.started_at);
        note(row.account_id.unwrap(), format!("run {what:?}"));
    }
    for row in job::Entity::across_workspaces().all(database).await.unwrap() {
        let subject = entity::AccountId(row.subject_id);
        if !names.contains_key(&subject) {
            continue;
        }
        // The slot of an account follows from its id, which is another one each time.
        let is_due = row.due_at.is_some_and(|at| at > installation.now());
        let what = (row.kind, row.trigger, is_due, row.lease_until, row.attempt, row.failures);
        note(subject, format!("work {what:?}"));
    }
    for row in delivery::Entity::across_workspaces().all(database).await.unwrap() {
        note(row.account_id.unwrap(), format!("delivery {:?}", (row.event_type, row.created_at)));
    }
    left.values_mut().for_each(|all| all.sort_unstable());
    left
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_at_once_get_what_each_would_get_alone() {
    for (crowded, alone) in testing::databases().await.iter().zip(&testing::databases().await) {
        let mut results = Vec::new();
        for (database, at_once) in [(crowded, 40), (alone, 1)] {
            let (installation, _) = start(&database.url()).await;
            for hours in HOURS {
                collect(&installation, hours, at_once).await;
            }
            results.push(left(&installation).await);
        }
        let one_by_one = results.pop().unwrap();
        let together = results.pop().unwrap();
        assert!(one_by_one.len() > usize::try_from(ALONE + WITH_PAGES).unwrap(), "{crowded:?}");
        let deliveries = one_by_one.values().flatten().filter(|what| what.starts_with("delivery")).count();
        assert_eq!(deliveries as u64, ALONE * HOURS.len() as u64, "{crowded:?}");
        for (account, what) in &one_by_one {
            assert_eq!(together[account], *what, "{crowded:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_befalls_some_of_many_meanwhile_befalls_no_other() {
    for database in testing::databases().await {
        let (installation, southlight) = start(&database.url()).await;
        let executor = installation.services().executor.clone();
        collect(&installation, 1, 40).await;
        installation.move_to(installation.now() + TimeDelta::hours(1)).await;
        let db = &*installation.services().database;
        // All that is due is taken at once.
        job::Entity::delete_in_workspace(installation.workspace).exec(db).await.unwrap();
        let all = account::Entity::in_workspace(southlight).all(db).await.unwrap();
        let [disconnected, broken, lost, revoked] = [0, 1, 2, 3].map(|place| all[place].clone());
        installation.order("POST", "revoke", &json!({ "account": revoked.instagram_id })).await;
        let slow = json!({ "kind": "slow", "path_contains": "insights", "delay_answer_ms": SLOW });
        installation.order("POST", "faults", &slow).await;
        let (kind, trigger) = (JobKind::CollectInsights, Trigger::Scheduled);
        let world = &installation.services().world;
        jobs::queue::make_all_due(db, world, kind, Some(southlight), None, trigger).await.unwrap();
        let work = tokio::spawn(async move { executor.drain(&[kind], 40, PATIENCE).await.unwrap() });
        // Those with a fault are answered late, all others at once.
        installation.until_asked(ALONE - 1).await;
        for (account, health) in [(&disconnected, Health::Disconnected), (&broken, Health::NeedsReconnect)] {
            account::Entity::update_across_workspaces()
                .col_expr(account::Column::Health, Expr::value(health))
                .col_expr(account::Column::HealthSince, Expr::value(installation.now()))
                .filter(account::Column::Id.eq(account.id))
                .exec(db)
                .await
                .unwrap();
        }
        job::Entity::update_across_workspaces()
            .col_expr(job::Column::LeaseTerm, Expr::col(job::Column::LeaseTerm).add(1))
            .filter(job::Column::SubjectId.eq(lost.id.0))
            .exec(db)
            .await
            .unwrap();
        work.await.unwrap();

        let runs = run::Entity::in_workspace(southlight)
            .filter(run::Column::StartedAt.gte(installation.now()))
            .all(db)
            .await
            .unwrap();
        let of = |account: &account::Model| {
            runs.iter().find(|run| run.account_id == Some(account.id)).map(|run| run.status)
        };
        assert_eq!(of(&lost), None, "{database:?}");
        assert_eq!(of(&revoked), Some(RunStatus::Failed), "{database:?}");
        let well = all.iter().filter(|account| ![revoked.id, lost.id].contains(&account.id));
        assert!(well.clone().all(|account| of(account) == Some(RunStatus::Succeeded)), "{database:?}");
        let now = account::Entity::in_workspace(southlight).all(db).await.unwrap();
        let health = |seen: &account::Model| now.iter().find(|now| now.id == seen.id).unwrap().health;
        assert_eq!(health(&disconnected), Health::Disconnected, "{database:?}");
        // An answer from before what broke it does not mend it.
        assert_eq!(health(&broken), Health::NeedsReconnect, "{database:?}");
        let collected =
            |seen: &account::Model| now.iter().find(|now| now.id == seen.id).unwrap().insights_collected_at;
        assert!(collected(&lost) < Some(installation.now()), "{database:?}");
        let others = well.filter(|account| ![disconnected.id, broken.id].contains(&account.id));
        assert!(others.clone().all(|account| health(account) == Health::Healthy), "{database:?}");
        assert!(others.clone().all(|account| collected(account) == Some(installation.now())), "{database:?}");
    }
}
