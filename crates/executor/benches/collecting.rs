//! How fast numbers are collected, as figures and ratios: `make bench-collecting`.
//!
//! - One worker collects the newest numbers of `BENCH_ACCOUNTS` accounts, hour after hour; beside it a bare
//!   loop makes the same calls and stores nothing, and a naive one takes one account after another and
//!   writes each value by itself.
//! - The same with two workers on one database, where Meta takes 100 ms to answer.
//!
//! On the PostgreSQL that `TEST_POSTGRES_URL` names, or else on SQLite.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark that prints figures")]

#[path = "../tests/simulation/support.rs"]
#[expect(dead_code, reason = "tests use more of it")]
mod support;

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use entity::connection::Provider;
use entity::job::{JobKind, Trigger};
use entity::run::{self, RunStatus};
use entity::{InWorkspace, account, job};
use executor::Services;
use futures::StreamExt as _;
use sea_orm::ConnectionTrait as _;
use sea_orm::prelude::*;
use serde_json::{Value, json};

use support::{Installation, setting};

/// So many accounts are read at once.
const AT_ONCE: usize = 128;
/// Hours that are collected; the first one reads days that are over as well.
const HOURS: u32 = 4;

#[tokio::main]
async fn main() {
    let accounts = setting("BENCH_ACCOUNTS", 2_000);
    let databases = testing::databases().await;
    let database = databases.last().unwrap();
    println!("on {database:?}: connecting {accounts} accounts");
    let own = [("DATABASE_CONNECTIONS", "20"), ("RUST_LOG", "error")];
    let installation = Installation::start(&database.url(), accounts, 1, &own).await;
    let tokens = connect(&installation, accounts).await;

    println!("Meta answers at once:");
    let services = [installation.services()];
    let ours = hours(&installation, &services).await;
    let bare = bare_loop(&installation, &tokens, AT_ONCE).await;
    println!("  bare loop: {bare:.0} calls a second; ratio {:.2} (at least 0.60)", ours / bare);
    let naive = naive_loop(&installation, &tokens).await;
    println!("  naive loop: {naive:.0} accounts a second; {:.1} times as fast (at least 20)", ours / naive);

    println!("Meta takes 100 ms to answer:");
    let slow = json!({ "kind": "slow", "host": "graph.instagram.com", "delay_answer_ms": 100 });
    installation.order("POST", "faults", &slow).await;
    let one = hours(&installation, &services).await;
    let another = installation.another(&own).await;
    let two = hours(&installation, &[installation.services(), &another]).await;
    println!("  two workers: {:.2} times one (at least 1.7)", two / one);
    let naive = naive_loop(&installation, &tokens[..tokens.len().min(100)]).await;
    println!("  naive loop: {naive:.1} accounts a second; {:.1} times as fast (at least 20)", one / naive);
}

/// Connects so many accounts by logins of their own; gives a token of each account.
async fn connect(installation: &Installation, accounts: u64) -> Vec<(Value, String)> {
    let numbers = futures::stream::iter(0..accounts).map(|number| async move {
        let account = installation.person(number).await["pages"][0]["account"]["id"].clone();
        installation.import(installation.workspace, Provider::InstagramLogin, &account).await;
        let order = json!({ "account": account, "kind": "long_lived" });
        let token = installation.order("POST", "token", &order).await;
        (account, token["access_token"].as_str().unwrap().to_owned())
    });
    let tokens = numbers.buffer_unordered(8).collect().await;
    job::Entity::delete_across_workspaces()
        .filter(job::Column::Kind.ne(JobKind::CollectInsights))
        .exec(&*installation.services().database)
        .await
        .unwrap();
    tokens
}

/// Collects every account for some hours; gives how many accounts a second, in the better half of them.
async fn hours(installation: &Installation, workers: &[&Services]) -> f64 {
    let services = installation.services();
    let accounts = account::Entity::across_workspaces().count(&*services.database).await.unwrap() as f64;
    let mut speeds = Vec::new();
    for hour in 0..HOURS {
        installation.move_to(installation.now() + TimeDelta::hours(1)).await;
        let (kind, trigger) = (JobKind::CollectInsights, Trigger::Scheduled);
        jobs::queue::make_all_due(&*services.database, &services.world, kind, None, None, trigger)
            .await
            .unwrap();
        installation.order("DELETE", "ledger", &json!({})).await;
        let from = services.world.now();
        let began = Instant::now();
        let works = workers.iter().map(|worker| {
            let executor = worker.executor.clone();
            tokio::spawn(async move {
                executor.drain(&[JobKind::CollectInsights], AT_ONCE, Duration::from_secs(600)).await.unwrap()
            })
        });
        for work in futures::future::join_all(works).await {
            let counts = work.unwrap();
            assert_eq!(counts.failed, 0, "{counts:?}");
        }
        let speed = accounts / began.elapsed().as_secs_f64();
        let done = run::Entity::across_workspaces()
            .filter(run::Column::Status.eq(RunStatus::Succeeded))
            .filter(run::Column::StartedAt.gte(from))
            .count(&*services.database)
            .await
            .unwrap();
        println!("  hour {hour}, {} workers: {done} accounts, {speed:.0} a second", workers.len());
        speeds.push(speed);
    }
    speeds.sort_by(f64::total_cmp);
    speeds[speeds.len() * 3 / 4]
}

/// The call that the worker makes each hour, with nothing around it.
async fn bare_loop(installation: &Installation, tokens: &[(Value, String)], at_once: usize) -> f64 {
    let ledger = installation.order("GET", "ledger?path_contains=insights&limit=1", &json!({})).await;
    let part = |name: &str| ledger["entries"][0][name].as_str().unwrap().to_owned();
    let (host, path, query) = (part("host"), part("path"), part("query"));
    let (version, _account) = path.rsplit_once('/').unwrap();
    #[expect(clippy::disallowed_methods, reason = "it is what the client is compared with")]
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("http://{}/{host}{version}", installation.sandbox.http);
    let began = Instant::now();
    let calls = futures::stream::iter(tokens).map(|(account, token)| {
        let request = http.get(format!("{url}/{}?{query}", text(account))).bearer_auth(token);
        async move {
            let answer = request.send().await.unwrap();
            assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
            answer.bytes().await.unwrap()
        }
    });
    calls.buffer_unordered(at_once).for_each(|_| async {}).await;
    tokens.len() as f64 / began.elapsed().as_secs_f64()
}

/// One account after another: two calls, and every value is written by itself.
async fn naive_loop(installation: &Installation, tokens: &[(Value, String)]) -> f64 {
    let database = &installation.services().database;
    database
        .execute_unprepared("CREATE TABLE IF NOT EXISTS naive (account TEXT, metric TEXT, value BIGINT, at TEXT, PRIMARY KEY (account, metric, at))")
        .await
        .unwrap();
    let began = Instant::now();
    for (account, token) in tokens {
        let account = text(account);
        let insights = "graph.instagram.com/me/insights?period=day&metric_type=total_value&metric=reach,views,total_interactions,accounts_engaged,likes,comments,shares,saves";
        let answer = installation.ask(insights, token).await;
        for metric in answer["data"].as_array().unwrap() {
            let (name, value) = (metric["name"].as_str().unwrap(), &metric["total_value"]["value"]);
            let at = installation.now().to_rfc3339();
            write(database, &account, name, value, &at).await;
        }
        let node = installation.ask("graph.instagram.com/me?fields=followers_count", token).await;
        write(database, &account, "followers_count", &node["followers_count"], "now").await;
    }
    tokens.len() as f64 / began.elapsed().as_secs_f64()
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

async fn write(database: &platform::Database, account: &str, metric: &str, value: &Value, at: &str) {
    let sql = format!(
        "INSERT INTO naive (account, metric, value, at) VALUES ('{account}', '{metric}', {value}, '{at}') \
         ON CONFLICT (account, metric, at) DO UPDATE SET value = excluded.value"
    );
    database.execute_unprepared(&sql).await.unwrap();
}
