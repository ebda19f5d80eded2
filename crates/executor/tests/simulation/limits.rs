//! Days on which Meta's limits are nearly used up, and days on which they are too small: Meta never has to
//! throttle anybody, and everybody's numbers go on.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use connections::governor::{FRESH, LAST_PERCENT, SLOW_PERCENT, STOP_PERCENT};
use connections::refresh::Refreshed;
use entity::connection::Provider;
use entity::job::JobKind;
use entity::media::{self, MediaKind};
use entity::refresh_attempt::Trigger;
use entity::{Global as _, InWorkspace, WorkspaceId, account, rate_scope};
use executor::Ran;
use futures::future::join_all;
use jobs::budget;
use sea_orm::prelude::*;
use serde_json::{Value, json};

use crate::support::Installation;

const MERIDIAN: &str = "17841400000000021";
const PEOPLE: u64 = 4;
const KINDS: [JobKind; 6] = [
    JobKind::RefreshToken,
    JobKind::CheckToken,
    JobKind::CollectInsights,
    JobKind::CollectAudience,
    JobKind::CollectMedia,
    JobKind::BackfillInsights,
];
/// How often the workers look.
const STEP: TimeDelta = TimeDelta::minutes(10);
/// Numbers that are read every second hour are never older, even where something goes wrong once.
const OLDEST: TimeDelta = TimeDelta::hours(4);
const PATIENCE: Duration = Duration::from_secs(60);
/// What Meta answers when a limit is used up (meta.md).
const THROTTLED: [i64; 7] = [4, 17, 32, 613, 80_001, 80_002, 80_006];

/// What was asked of Meta on a day.
#[derive(Debug, Default)]
struct Day {
    throttled: usize,
    /// The most that was asked about one account.
    of_account: u64,
    /// The most that was asked in an hour beside that.
    of_app: u64,
}

/// A day of two workers that look at the same moments.
async fn day(installation: &Installation) -> Day {
    installation.order("DELETE", "ledger", &json!({})).await;
    let end = installation.now() + TimeDelta::days(1);
    while installation.now() < end {
        installation.move_to(installation.now() + STEP).await;
        let workers = installation.processes.iter().map(|worker| worker.executor.drain(&KINDS, 8, PATIENCE));
        for drained in join_all(workers).await {
            drained.unwrap();
        }
    }
    let mut day = Day::default();
    let (mut accounts, mut hours) = (BTreeMap::<String, u64>::new(), BTreeMap::<i64, u64>::new());
    let mut after = 0;
    loop {
        let page = installation.order("GET", &format!("ledger?after={after}&limit=1000"), &json!({})).await;
        let calls = page["entries"].as_array().unwrap();
        let Some(last) = calls.last() else { break };
        after = last["id"].as_u64().unwrap();
        for call in calls {
            day.throttled += usize::from(call["code"].as_i64().is_some_and(|code| THROTTLED.contains(&code)));
            match call["account"].as_str() {
                Some(account) => *accounts.entry(account.to_owned()).or_default() += 1,
                None => {
                    let at: DateTime<Utc> = call["at"].as_str().unwrap().parse().unwrap();
                    *hours.entry(at.timestamp() / 3_600).or_default() += 1;
                }
            }
        }
    }
    day.of_account = accounts.into_values().max().unwrap();
    day.of_app = hours.into_values().max().unwrap();
    day
}

/// Of fewer calls each is so large a share that nobody can keep just below it.
const LEAST_OF_APP: u64 = 20;

/// Limits of Meta's of which `wanted` is so many percent.
fn limits(wanted: &Day, percent: u64) -> Value {
    let limit = |calls: u64| (calls * 100).div_ceil(percent);
    json!({ "account_calls_per_day": limit(wanted.of_account), "app_calls_per_hour": limit(wanted.of_app).max(LEAST_OF_APP) })
}

/// For how long the numbers of each workspace's accounts have been there at most.
async fn ages(installation: &Installation) -> HashMap<WorkspaceId, TimeDelta> {
    let mut ages = HashMap::new();
    for account in account::Entity::across_workspaces().all(&*installation.services().database).await.unwrap()
    {
        let age = installation.now() - account.insights_collected_at.unwrap();
        let oldest = ages.entry(account.workspace_id).or_insert(age);
        *oldest = age.max(*oldest);
    }
    ages
}

/// Two workspaces, one of them much larger, under `limits` of Meta's.
async fn start(url: &str, limits: &Value) -> Installation {
    let installation = Installation::start(url, PEOPLE, 2, &[("BACKFILL_DAYS", "3")]).await;
    let second = WorkspaceId(installation.services().world.new_id());
    installation.add_workspace(second, "Harbour").await;
    for number in 0..PEOPLE {
        let person = installation.person(number).await;
        let workspace = if number < PEOPLE - 1 { installation.workspace } else { second };
        if number % 3 == 0 {
            let account = &person["pages"][0]["account"]["id"];
            installation.import(workspace, Provider::InstagramLogin, account).await;
        } else {
            installation.import(workspace, Provider::FacebookLogin, &person["id"]).await;
        }
    }
    // What connecting asked of Meta is no part of any day.
    installation.move_to(installation.now() + TimeDelta::hours(1)).await;
    installation.order("POST", "settings", limits).await;
    installation
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn meta_never_has_to_throttle_whoever_heeds_its_limits() {
    let database = testing::sqlite().await;
    let installation = start(&database.url(), &json!({})).await;
    // The first day fetches what was missing, the second is an ordinary one.
    day(&installation).await;
    let usual = day(&installation).await;
    assert_eq!(usual.throttled, 0);
    for (percent, databases) in [(95, testing::databases().await), (150, vec![testing::sqlite().await])] {
        for database in databases {
            let installation = start(&database.url(), &limits(&usual, percent)).await;
            for _ in 0..2 {
                let tight = day(&installation).await;
                let ages = ages(&installation).await;
                println!(
                    "{database:?}, {percent} % of the limits wanted: usual {usual:?}, then {tight:?}, {ages:?}"
                );
                assert_eq!(tight.throttled, 0, "{database:?}: at {percent} % of the limits");
            }
            let near = rate_scope::Column::UsagePercent.gte(i64::from(SLOW_PERCENT));
            let near = rate_scope::Entity::rows().filter(near).count(&*installation.services().database);
            assert!(near.await.unwrap() > 0, "{database:?}: no limit was near at {percent} %");
            for (workspace, age) in ages(&installation).await {
                assert!(age <= OLDEST, "{database:?}: {workspace} at {percent} %: {age}");
            }
        }
    }
}

/// What is told of limits by Meta is told here by hand.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_nearer_a_limit_the_less_is_asked() {
    for database in testing::databases().await {
        let installation = Installation::start(&database.url(), 0, 1, &[]).await;
        // Meta tells of a day from its third hour on.
        installation.move_to(installation.now() + TimeDelta::hours(4)).await;
        installation.import(installation.workspace, Provider::InstagramLogin, &json!(MERIDIAN)).await;
        let services = installation.services();
        let account = account::Entity::across_workspaces().one(&*services.database).await.unwrap().unwrap();
        let grant = account.connection_id.unwrap();
        let run = async |kind| match services.executor.run_now(account.workspace_id, kind, account.id.0).await
        {
            Ok(Ran::Done(run)) => run.reason,
            other => panic!("{other:?}"),
        };
        let renew = async || {
            let renewed =
                services.connections.refresh(account.workspace_id, grant, Trigger::Manual, true).await;
            matches!(renewed.unwrap(), Refreshed::Attempted(_))
        };
        let scope = format!("account:{MERIDIAN}");
        let note = async |scope: &str, percent, until| {
            budget::note(&*services.database, installation.now(), scope, percent, until).await.unwrap();
        };
        let paused = Some("paused".to_owned());

        assert_eq!(run(JobKind::CollectInsights).await, None, "{database:?}: nothing is known");
        // Meta need not report a share with every answer.
        installation.order("POST", "settings", &json!({ "usage_headers_from_percent": 100 })).await;
        note(&scope, SLOW_PERCENT, None).await;
        assert_eq!(run(JobKind::BackfillInsights).await, paused, "{database:?}: what is missing waits");
        for kind in [JobKind::CollectInsights, JobKind::CollectAudience] {
            assert_eq!(run(kind).await, None, "{database:?}: {kind:?} does not");
        }
        let kinds = async || {
            let media = media::Entity::across_workspaces().all(&*services.database).await.unwrap();
            media.iter().map(|media| media.kind).collect::<HashSet<_>>()
        };
        assert_eq!(run(JobKind::CollectMedia).await, None);
        assert_eq!(kinds().await, HashSet::from([MediaKind::Story]), "{database:?}: nor do stories");
        installation.move_to(installation.now() + FRESH).await;
        assert_eq!(run(JobKind::CollectMedia).await, None);
        assert!(kinds().await.len() > 1, "{database:?}: nothing is known any more");
        let media = media::Entity::across_workspaces().all(&*services.database).await.unwrap();
        let oldest = media.iter().map(|media| media.posted_at).min().unwrap();
        assert!(installation.now() - oldest > TimeDelta::days(30), "{database:?}: and all posts are listed");

        let app = "app:instagram_login";
        let until = Some(installation.now() + TimeDelta::hours(1));
        note(app, STOP_PERCENT, until).await;
        assert_eq!(run(JobKind::CollectInsights).await, paused, "{database:?}");
        installation.move_to(installation.now() + TimeDelta::days(2)).await;
        let until = Some(installation.now() + TimeDelta::hours(1));
        note(app, STOP_PERCENT, until).await;
        assert!(renew().await, "{database:?}: a share is left for renewals");
        installation.move_to(installation.now() + TimeDelta::days(2)).await;
        let until = Some(installation.now() + TimeDelta::hours(1));
        note(app, LAST_PERCENT, until).await;
        note(app, STOP_PERCENT, None).await;
        assert!(!renew().await, "{database:?}: hardly anything is left, whatever an older answer says");
    }
}
