//! How fast renewing is, as figures and ratios: `make bench`.
//!
//! - Due work is looked for among ten thousand and among a million pieces of it.
//! - `BENCH_TOKENS` overdue tokens are renewed by one worker, and the same calls to Meta are made by a
//!   bare loop beside it.
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
use entity::refresh_attempt::RefreshOutcome;
use entity::{InWorkspace, refresh_attempt};
use futures::StreamExt as _;
use sea_orm::ConnectionTrait as _;
use sea_orm::prelude::*;
use serde_json::{Value, json};

use support::{Installation, setting};

/// So many calls are under way at once, as in a worker.
const AT_ONCE: usize = 32;

#[tokio::main]
async fn main() {
    let databases = testing::databases().await;
    let database = databases.last().unwrap();
    println!("on {database:?}");
    due_work(database).await;
    renewals().await;
}

/// How long it takes to claim sixteen pieces of due work of all that there are.
async fn due_work(database: &testing::TestDatabase) {
    let mut medians = Vec::new();
    for count in [10_000_u32, 1_000_000] {
        fill(database, count).await;
        let (world, _clock) = platform::World::for_tests(support::START.parse().unwrap());
        let claims = jobs::Claims::new(
            database.database(),
            world.clone(),
            "bench".to_owned(),
            Duration::from_secs(60),
        );
        let mut times = Vec::new();
        for _ in 0..41 {
            let began = Instant::now();
            let taken = claims.take(&[JobKind::RefreshToken], 16).await.unwrap();
            times.push(began.elapsed());
            assert_eq!(taken.len(), 16);
            for claim in taken {
                let again = Some(claim.job.due_at.unwrap());
                claims.finish(&***database, &claim, jobs::Finish::Done(again)).await.unwrap();
            }
        }
        times.sort_unstable();
        println!("due work among {count:>9} connections: {:.2} ms", times[20].as_secs_f64() * 1_000.0);
        medians.push(times[20].as_secs_f64());
    }
    println!("ratio: {:.2} (at most 2)", medians[1] / medians[0]);
}

/// So many renewals, of which a hundred are due.
async fn fill(database: &testing::TestDatabase, count: u32) {
    let numbers = if database.is_postgres() {
        format!("SELECT g AS n FROM generate_series(1, {count}) AS g")
    } else {
        format!(
            "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < {count}) SELECT n FROM r"
        )
    };
    let (id, late, soon) = if database.is_postgres() {
        (
            "gen_random_uuid()",
            "'2026-11-20T09:00:00Z'::timestamptz",
            "'2026-12-01T00:00:00Z'::timestamptz + n * interval '1 second'",
        )
    } else {
        ("randomblob(16)", "'2026-11-20 09:00:00+00:00'", "'2026-12-01 00:00:00+00:00'")
    };
    let workspace = if database.is_postgres() {
        "('00000000-0000-0000-0000-' || lpad((n % 500)::text, 12, '0'))::uuid"
    } else {
        "unhex(printf('%032x', n % 500))"
    };
    let sql = format!(
        "INSERT INTO job (id, workspace_id, kind, subject_id, due_at, trigger, lease_term, attempt, failures, \
         created_at, updated_at) SELECT {id}, {workspace}, 'refresh_token', {id}, \
         CASE WHEN n <= 100 THEN {late} ELSE {soon} END, 'scheduled', 0, 0, 0, {late}, {late} FROM ({numbers}) AS numbers"
    );
    database.execute_unprepared("DELETE FROM job").await.unwrap();
    database.execute_unprepared(&sql).await.unwrap();
    database
        .execute_unprepared(if database.is_postgres() { "ANALYZE job" } else { "ANALYZE" })
        .await
        .unwrap();
}

/// How many tokens one worker renews in a second, beside a bare loop that only makes the calls.
async fn renewals() {
    let tokens = setting("BENCH_TOKENS", 10_000);
    let databases = testing::databases().await;
    let database = databases.last().unwrap();
    let own = [
        ("REFRESHES_PER_SECOND", "10000"),
        ("WORKER_CONCURRENCY", &(2 * AT_ONCE).to_string()),
        ("DATABASE_CONNECTIONS", "20"),
    ];
    let installation = Installation::start(&database.url(), tokens, 1, &own).await;
    println!("connecting {tokens} logins");
    let here = &installation;
    let numbers = futures::stream::iter(0..tokens).map(|number| async move {
        let account = here.person(number).await["pages"][0]["account"]["id"].clone();
        here.import(here.workspace, Provider::InstagramLogin, &account).await;
        account
    });
    let people: Vec<Value> = numbers.buffer_unordered(8).collect().await;
    here.forget_collecting().await;
    println!("Meta answers at once:");
    compare(&installation, &people, 200.0).await;
    // As far away as Meta is from most machines.
    let slow = json!({ "kind": "slow", "path_contains": "refresh_access_token", "delay_answer_ms": 100 });
    installation.order("POST", "faults", &slow).await;
    println!("Meta takes 100 ms to answer:");
    compare(&installation, &people, 0.0).await;
    let ledger = installation.order("GET", "ledger/counts", &json!({})).await;
    for kind in ledger["counts"].as_array().into_iter().flatten() {
        println!("calls: {} {} {}, refused {}", kind["host"], kind["kind"], kind["count"], kind["errors"]);
    }
}

/// Renews all tokens, which are due at once as after an absence, and then as a bare loop does it.
async fn compare(installation: &Installation, people: &[Value], aim: f64) {
    installation.move_to(installation.now() + TimeDelta::days(50)).await;
    let services = installation.services();
    let turn = services.database.turn().await;
    let now = services.world.now();
    jobs::queue::make_all_due(
        &*services.database,
        &services.world,
        JobKind::RefreshToken,
        None,
        None,
        Trigger::Scheduled,
    )
    .await
    .unwrap();
    drop(turn);
    let began = Instant::now();
    let kinds = [JobKind::RefreshToken];
    let counts = services.executor.drain(&kinds, AT_ONCE, Duration::from_secs(3_600)).await.unwrap();
    let ours = people.len() as f64 / began.elapsed().as_secs_f64();
    let renewed = refresh_attempt::Entity::across_workspaces()
        .filter(refresh_attempt::Column::Outcome.eq(RefreshOutcome::Succeeded))
        .filter(refresh_attempt::Column::StartedAt.gte(now))
        .count(&*services.database)
        .await
        .unwrap();
    println!(
        "  one worker: {renewed} of {} renewed, {} failed; {ours:.0} a second (at least {aim:.0})",
        people.len(),
        counts.failed
    );
    let bare = bare_loop(installation, people).await;
    println!("  bare loop: {bare:.0} calls a second; ratio {:.2}", ours / bare);
}

/// The same calls with nothing around them.
async fn bare_loop(installation: &Installation, people: &[Value]) -> f64 {
    let mut tokens = Vec::new();
    for person in people {
        let order = json!({ "account": person, "kind": "long_lived" });
        let answer = installation.order("POST", "token", &order).await;
        tokens.push(answer["access_token"].as_str().unwrap().to_owned());
    }
    installation.move_to(installation.now() + TimeDelta::days(2)).await;
    #[expect(clippy::disallowed_methods, reason = "it is what the client is compared with")]
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("http://{}/graph.instagram.com/refresh_access_token", installation.sandbox.http);
    let count = tokens.len() as f64;
    let began = Instant::now();
    let calls = futures::stream::iter(tokens).map(|token| {
        let query = [("grant_type", "ig_refresh_token"), ("access_token", token.as_str())];
        let request = http.get(&url).query(&query);
        async move {
            let answer = request.send().await.unwrap();
            assert!(answer.status().is_success());
            answer.bytes().await.unwrap()
        }
    });
    calls.buffer_unordered(AT_ONCE).for_each(|_| async {}).await;
    count / began.elapsed().as_secs_f64()
}
