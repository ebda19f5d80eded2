//! How fast numbers are stored and read, and how much room they take: `make bench-storing`.
//!
//! - Values of `BENCH_ACCOUNTS` accounts and `BENCH_DAYS` days are stored, and stored again; on PostgreSQL
//!   the same rows are given to a bare `COPY` beside it.
//! - The series of one account over two years is read, and over one month.
//! - Bytes for each account and year, with the indexes.
//!
//! On the PostgreSQL that `TEST_POSTGRES_URL` names, or else on SQLite.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark that prints figures")]

#[path = "../tests/simulation/support.rs"]
#[expect(dead_code, reason = "tests use more of it")]
mod support;

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use chrono::Days;
use entity::connection::Provider;
use entity::insight::ValueState;
use entity::{AccountId, InWorkspace, account};
use insights::{Gathered, Metric, Value};
use platform::Database;
use sea_orm::prelude::*;
use sea_orm::{IntoActiveModel as _, Statement};
use serde_json::json;
use sqlx::postgres::PgPoolCopyExt as _;

use support::{Installation, setting};

const BAKERY: &str = "17841400000000001";
/// So many accounts are stored by one transaction, as a busy worker does.
const TOGETHER: usize = 64;
const YEARS: u64 = 2;
const MONTH: u64 = 30;
const READS: usize = 200;

#[tokio::main]
async fn main() {
    let (count, days) = (setting("BENCH_ACCOUNTS", 1_000), setting("BENCH_DAYS", 10));
    let databases = testing::databases().await;
    let database = databases.last().unwrap();
    let installation = Installation::start(&database.url(), 0, 1, &[("RUST_LOG", "error")]).await;
    installation.import(installation.workspace, Provider::InstagramLogin, &json!(BAKERY)).await;
    let db = &installation.services().database;
    let model = account::Entity::across_workspaces().one(&**db).await.unwrap().unwrap();
    let day = installation.services().insights.collect(&model).await.unwrap();
    let accounts = accounts(db, &model, count).await;

    let newest = day.values.iter().map(|value| value.day).max().unwrap();
    let of_a_day: Vec<_> = day.values.iter().filter(|value| value.day == newest).cloned().collect();
    println!("on {database:?}: {count} accounts, {days} days, {} values a day", of_a_day.len());
    let rows = count * days * of_a_day.len() as u64;
    let first = store(&installation, &accounts, &of_a_day, days, 0).await;
    let again = store(&installation, &accounts, &of_a_day, days, 1).await;
    let speed = |took: Duration| rows as f64 / took.as_secs_f64();
    println!(
        "  stored: {:.0} rows a second, {:.0} when they are there (at least 50,000)",
        speed(first),
        speed(again)
    );
    if db.is_postgres() {
        let copied = copy(db, &accounts, &of_a_day, days).await;
        println!("  COPY: {:.0} rows a second; ratio {:.2}", speed(copied), speed(first) / speed(copied));
    }

    room(&installation, &accounts, &of_a_day).await;
    series(&installation, &accounts[0]).await;
}

/// Accounts like `model`.
async fn accounts(db: &Database, model: &account::Model, count: u64) -> Vec<account::Model> {
    let accounts: Vec<_> = (0..count)
        .map(|number| account::Model {
            id: AccountId(Uuid::new_v4()),
            connection_id: None,
            instagram_id: format!("1784{number:013}"),
            ..model.clone()
        })
        .collect();
    for some in accounts.chunks(500) {
        let rows = some.iter().map(|row| row.clone().into_active_model().reset_all());
        account::Entity::insert_many(rows).exec_without_returning(&**db).await.unwrap();
    }
    accounts
}

/// Stores what was gathered of so many days, each value larger by `more`.
async fn store(
    installation: &Installation,
    accounts: &[account::Model],
    of_a_day: &[Value],
    days: u64,
    more: i64,
) -> Duration {
    let (db, now) = (&installation.services().database, installation.now());
    let mut took = Duration::ZERO;
    for age in 0..days {
        let values = of_a_day.iter().cloned().map(|value| Value {
            day: value.day.checked_sub_days(Days::new(age)).unwrap(),
            value: value.value.map(|number| number + more),
            ..value
        });
        let gathered = Gathered { values: values.collect(), ..Gathered::default() };
        for some in accounts.chunks(TOGETHER) {
            let some: Vec<_> = some.iter().map(|account| (account, &gathered)).collect();
            let began = Instant::now();
            let transaction = db.begin().await.unwrap();
            insights::store::store_values(&*transaction, &some, now).await.unwrap();
            transaction.commit().await.unwrap();
            took += began.elapsed();
        }
    }
    took
}

/// Gives the same rows to a table with the same indexes, by nothing but `COPY`.
async fn copy(db: &Database, accounts: &[account::Model], of_a_day: &[Value], days: u64) -> Duration {
    db.execute_unprepared("CREATE TABLE copied (LIKE insight INCLUDING ALL)").await.unwrap();
    let pool = db.get_postgres_connection_pool();
    let mut took = Duration::ZERO;
    for age in 0..days {
        for some in accounts.chunks(TOGETHER) {
            let mut text = String::new();
            for account in some {
                for value in of_a_day {
                    let day = value.day.checked_sub_days(Days::new(age)).unwrap();
                    let number = value.value.map_or("\\N".to_owned(), |number| number.to_string());
                    let (id, workspace) = (account.id.0, account.workspace_id.0);
                    writeln!(
                        text,
                        "{id}\t{}\t{}\tday\t{day}\t{workspace}\t{number}\tfinal\t{day}",
                        value.metric, value.breakdown
                    )
                    .unwrap();
                }
            }
            let columns =
                "account_id, metric, breakdown, period, day, workspace_id, value, state, collected_at";
            let began = Instant::now();
            let mut into = pool.copy_in_raw(&format!("COPY copied ({columns}) FROM STDIN")).await.unwrap();
            into.send(text.as_bytes()).await.unwrap();
            into.finish().await.unwrap();
            took += began.elapsed();
        }
    }
    took
}

/// How many bytes a year of one account takes, by storing one of some.
async fn room(installation: &Installation, accounts: &[account::Model], of_a_day: &[Value]) {
    let few = &accounts[..accounts.len().min(20)];
    let db = &installation.services().database;
    let size = async || {
        let sql = if db.is_postgres() {
            "SELECT pg_total_relation_size('insight') AS size"
        } else {
            "SELECT CAST(sum(pgsize) AS BIGINT) AS size FROM dbstat WHERE name LIKE '%insight%' AND name NOT LIKE '%media%'"
        };
        let statement = Statement::from_string(db.get_database_backend(), sql);
        let row = db.query_one_raw(statement).await.unwrap().unwrap();
        row.try_get::<i64>("", "size").unwrap()
    };
    let old: Vec<_> = of_a_day
        .iter()
        .cloned()
        .map(|value| Value { day: value.day.checked_sub_days(Days::new(30)).unwrap(), ..value })
        .collect();
    let before = size().await;
    store(installation, few, &old, 365, 0).await;
    let bytes = (size().await - before) / i64::try_from(few.len()).unwrap();
    println!("  room: {} rows and {:.1} MB an account and year", 365 * of_a_day.len(), bytes as f64 / 1e6);
}

/// Reads one account over two years, and over a month.
async fn series(installation: &Installation, account: &account::Model) {
    let insights = &installation.services().insights;
    let metrics = [Metric::Reach, Metric::Views, Metric::TotalInteractions];
    let values: Vec<_> = metrics
        .iter()
        .map(|metric| Value::new(metric.spec(), insights.today(), Some(7), ValueState::Final))
        .collect();
    store(installation, std::slice::from_ref(account), &values, YEARS * 365, 0).await;
    let mut took = Vec::new();
    for days in [MONTH, YEARS * 365] {
        let from = insights.today().checked_sub_days(Days::new(days - 1)).unwrap();
        let mut times = Vec::new();
        for _ in 0..READS {
            let began = Instant::now();
            let read = insights.series(account, &metrics, from, insights.today()).await.unwrap();
            times.push(began.elapsed());
            assert!(read.iter().all(|series| series.points.len() as u64 == days));
        }
        times.sort_unstable();
        took.push(times[READS / 2].as_secs_f64());
    }
    println!(
        "  series of three metrics: {:.2} ms for a month, {:.2} ms for two years; ratio {:.1} (at most 3)",
        took[0] * 1e3,
        took[1] * 1e3,
        took[1] / took[0]
    );
}
