//! Numbers that can be trusted, whatever happens while they are collected: each of these runs the rooms on
//! every database there is, against the sandbox, under a clock that is moved.
//!
//! `SIMULATE_NUMBERS_DAYS` and `SIMULATE_SEED` change how long an account is read and what befalls it.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use chrono::{Days, NaiveDate, TimeDelta};
use entity::connection::Provider;
use entity::insight::{self, ValueState};
use entity::job::JobKind;
use entity::{InWorkspace, account, insight_revision, outbox, refused_metric, retention};
use executor::Ran;
use insights::Metric;
use insights::catalogue::Family;
use insights::ledger::DayState;
use insights::series::PointState;
use meta::pacific_day;
use sea_orm::prelude::*;
use sea_orm::{IntoActiveModel as _, QueryOrder as _};
use serde_json::{Value, json};

use crate::support::{Chance, Installation, die_in, setting};

const BAKERY: &str = "17841400000000001";
const NORA: &str = "10160000000000001";
const TOMAS: &str = "10160000000000002";
/// Everything that an account needs to be read for a long time.
const KINDS: [JobKind; 4] =
    [JobKind::RefreshToken, JobKind::CollectInsights, JobKind::CollectAudience, JobKind::BackfillInsights];

/// An installation on a database of its own, with the accounts of one login.
struct Numbers {
    installation: Installation,
    accounts: Vec<account::Model>,
}

impl Numbers {
    async fn start(url: &str, provider: Provider, whose: &str, own: &[(&str, &str)]) -> Self {
        let installation = Installation::start(url, 0, 1, own).await;
        // Meta tells of a day from its third hour on.
        installation.move_to(installation.now() + TimeDelta::hours(4)).await;
        installation.import(installation.workspace, provider, &json!(whose)).await;
        let accounts = account::Entity::across_workspaces()
            .order_by_asc(account::Column::InstagramId)
            .all(&*installation.services().database)
            .await
            .unwrap();
        Self { installation, accounts }
    }

    /// The first account, as it is stored now.
    async fn account(&self) -> account::Model {
        let own = account::Entity::in_workspace(self.installation.workspace)
            .filter(account::Column::Id.eq(self.accounts[0].id));
        own.one(&*self.installation.services().database).await.unwrap().unwrap()
    }

    async fn pass(&self, time: TimeDelta) {
        self.installation.move_to(self.installation.now() + time).await;
    }

    async fn settings(&self, settings: Value) {
        self.installation.order("POST", "settings", &settings).await;
    }

    /// Collects the newest numbers of the first account; gives how many calls that took, and how it ended.
    async fn collect(&self) -> (i32, Option<String>) {
        self.run(JobKind::CollectInsights).await
    }

    async fn run(&self, kind: JobKind) -> (i32, Option<String>) {
        let executor = &self.installation.services().executor;
        match executor.run_now(self.installation.workspace, kind, self.accounts[0].id.0).await.unwrap() {
            Ran::Done(run) => (run.calls, run.reason),
            Ran::Busy => panic!("somebody else is at it"),
        }
    }

    /// Does all that is due.
    async fn drain(&self) {
        let executor = &self.installation.services().executor;
        executor.drain(&KINDS, 4, Duration::from_secs(60)).await.unwrap();
    }

    async fn rows(&self) -> Vec<insight::Model> {
        insight::Entity::in_workspace(self.installation.workspace)
            .filter(insight::Column::AccountId.eq(self.accounts[0].id))
            .all(&*self.installation.services().database)
            .await
            .unwrap()
    }

    /// Values and states of one metric over the last days, today the last.
    async fn last_days(&self, metric: Metric, days: u64) -> Vec<(Option<i64>, PointState)> {
        let insights = &self.installation.services().insights;
        let today = insights.today();
        let from = today.checked_sub_days(Days::new(days - 1)).unwrap();
        let series = insights.series(&self.account().await, &[metric], from, today).await.unwrap();
        series[0].points.iter().map(|point| (point.value, point.state)).collect()
    }

    /// What Meta knows of a metric on a day.
    async fn truth(&self, metric: &str, day: NaiveDate) -> Option<i64> {
        let path = format!("truth?account={BAKERY}&metric={metric}&day={day}");
        self.installation.order("GET", &path, &json!({})).await["value"].as_i64()
    }
}

/// Whether a metric was given for the account, and what it was.
fn known(state: ValueState) -> PointState {
    PointState::Known(state)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_day_of_four_hundred_is_there_once_and_true() {
    for database in testing::databases().await {
        read_for_long(&database.url()).await;
    }
}

/// Reads an account for long, at odd hours, with absences, repetitions, and processes that die.
async fn read_for_long(url: &str) {
    let days = i64::try_from(setting("SIMULATE_NUMBERS_DAYS", 400)).unwrap();
    let chance = Chance::new(setting("SIMULATE_SEED", 1));
    let numbers = Numbers::start(url, Provider::InstagramLogin, BAKERY, &[("BACKFILL_DAYS", "10")]).await;
    let start = numbers.installation.now();
    let mut died = 0;
    while numbers.installation.now() < start + TimeDelta::days(days) {
        match chance.below(20) {
            // Nobody is there for a while.
            0 => numbers.pass(TimeDelta::hours(30)).await,
            // The same once more, at the same moment.
            1 | 2 => {
                numbers.run_if_free(JobKind::CollectInsights).await;
                numbers.run_if_free(JobKind::CollectInsights).await;
            }
            // A process dies in the middle.
            3 | 4 => {
                let executor = numbers.installation.services().executor.clone();
                let (workspace, id) = (numbers.installation.workspace, numbers.accounts[0].id.0);
                let work = async move {
                    executor.run_now(workspace, JobKind::CollectInsights, id).await?;
                    Ok(None)
                };
                died += die_in(work, Duration::from_micros(chance.below(20_000))).await;
            }
            // What is there is fetched again over a longer span.
            5 => {
                numbers.run_if_free(JobKind::BackfillInsights).await;
            }
            _ => {}
        }
        numbers.drain().await;
        numbers.pass(TimeDelta::minutes(420 + i64::try_from(chance.below(720)).unwrap())).await;
    }
    // Whatever died is free again, and the last days settle.
    for _ in 0..30 {
        numbers.pass(TimeDelta::hours(6)).await;
        numbers.drain().await;
    }
    assert!(died > 0, "nobody died");

    let first = pacific_day::today(start).checked_sub_days(Days::new(10)).unwrap();
    let last = pacific_day::today(start + TimeDelta::days(days - 1));
    let clock_changes: Vec<NaiveDate> = ["2027-03-14", "2027-11-07"].map(|day| day.parse().unwrap()).to_vec();
    assert!(days < 400 || clock_changes.iter().all(|day| (first..last).contains(day)));
    let mut by_key: HashMap<(String, String), BTreeMap<NaiveDate, insight::Model>> = HashMap::new();
    for row in numbers.rows().await {
        let twin =
            by_key.entry((row.metric.clone(), row.breakdown.clone())).or_default().insert(row.day, row);
        assert!(twin.is_none(), "two rows of one day: {twin:?}");
    }
    for metric in [Metric::Reach, Metric::Views, Metric::AccountsEngaged, Metric::Likes, Metric::Follows] {
        let spec = metric.spec();
        let rows = &by_key[&(spec.name.to_owned(), spec.breakdown())];
        for day in first.iter_days().take_while(|day| *day <= last) {
            let row = rows.get(&day).unwrap_or_else(|| panic!("{} on {day} is not there", spec.name));
            assert_eq!(row.state, ValueState::Final, "{} on {day}", spec.name);
            if metric != Metric::Follows {
                assert_eq!(row.value, numbers.truth(spec.name, day).await, "{} on {day}", spec.name);
            }
        }
    }
    // Nothing is missing, and all of it was read in time.
    let insights = &numbers.installation.services().insights;
    for ledger in insights.ledger(&numbers.account().await, first, last).await.unwrap() {
        assert_eq!(ledger.days_in(DayState::Missing), [], "{:?}", ledger.family);
    }
}

impl Numbers {
    async fn run_if_free(&self, kind: JobKind) {
        let executor = &self.installation.services().executor;
        executor.run_now(self.installation.workspace, kind, self.accounts[0].id.0).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_ordinary_hour_is_one_call() {
    for database in testing::databases().await {
        for provider in [Provider::InstagramLogin, Provider::FacebookLogin] {
            let whose = if provider == Provider::InstagramLogin { BAKERY } else { NORA };
            let folder = tempfile::tempdir().unwrap();
            let own = format!("sqlite://{}", folder.path().join("own.db").display());
            // One database holds one of them.
            let url = if provider == Provider::InstagramLogin { database.url() } else { own };
            let numbers = Numbers::start(&url, provider, whose, &[]).await;
            let mut calls = vec![numbers.collect().await.0];
            for _ in 0..24 {
                numbers.pass(TimeDelta::hours(1)).await;
                calls.push(numbers.collect().await.0);
            }
            assert_eq!(calls, [1; 25], "{provider:?}");
            assert_eq!(numbers.run(JobKind::CollectAudience).await.0, 1);
            let backfill = numbers.run(JobKind::BackfillInsights).await;
            assert_eq!(backfill, (18, None), "ninety days");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_bad_metric_costs_nobody_else_anything() {
    for database in testing::databases().await {
        let numbers = Numbers::start(&database.url(), Provider::InstagramLogin, BAKERY, &[]).await;
        let end = json!([{ "metric": "saves", "all_versions_on": "2026-01-01" }]);
        numbers.settings(json!({ "planned_removals": end })).await;

        let (calls, reason) = numbers.collect().await;
        assert!(calls > 1 && reason.is_none(), "{calls} {reason:?}");
        for metric in [Metric::Reach, Metric::Views, Metric::Likes, Metric::Shares] {
            let values = numbers.last_days(metric, 4).await;
            assert!(values.iter().all(|(value, _)| value.is_some()), "{metric:?}: {values:?}");
        }
        let saves = numbers.last_days(Metric::Saves, 4).await;
        assert_eq!(saves, [(None, known(ValueState::NotSupported)); 4]);

        // It is not asked for, so that the rest is one call again.
        for _ in 0..3 {
            numbers.pass(TimeDelta::hours(1)).await;
            assert_eq!(numbers.collect().await, (1, None));
        }
        let refused = refused_metric::Entity::across_workspaces();
        let refused = refused.all(&*numbers.installation.services().database).await.unwrap();
        let refused: Vec<_> = refused.iter().map(|row| (row.what.as_str(), row.reason)).collect();
        assert!(refused.contains(&("saves", ValueState::NotSupported)), "{refused:?}");
        assert!(refused.iter().all(|(what, _)| what.starts_with("saves")), "{refused:?}");

        // In a week it is asked for again, and if Meta gives it, all is as before.
        numbers.settings(json!({ "planned_removals": [] })).await;
        numbers.pass(TimeDelta::days(6)).await;
        numbers.collect().await;
        assert_eq!(numbers.last_days(Metric::Saves, 1).await[0].0, None, "not yet");
        numbers.pass(TimeDelta::days(1)).await;
        assert_eq!(numbers.collect().await, (1, None));
        assert!(numbers.last_days(Metric::Saves, 1).await[0].0.is_some());
        let left = refused_metric::Entity::across_workspaces();
        assert_eq!(left.count(&*numbers.installation.services().database).await.unwrap(), 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_field_expansion_numbers_arrive_by_single_calls() {
    for database in testing::databases().await {
        let numbers = Numbers::start(&database.url(), Provider::InstagramLogin, BAKERY, &[]).await;
        // Only a question among the fields of the account is written like this.
        let fault = json!({ "kind": "error", "code": 100, "path_contains": "metric(reach)" });
        numbers.installation.order("POST", "faults", &fault).await;
        let (calls, reason) = numbers.collect().await;
        assert_eq!((calls, reason), (22, None), "once together, the profile, and twenty questions");
        assert!(numbers.last_days(Metric::Views, 5).await.iter().all(|(value, _)| value.is_some()));
        numbers.pass(TimeDelta::hours(1)).await;
        assert_eq!(numbers.collect().await, (3, None), "it is remembered");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn operators_hear_once_of_a_metric_that_many_accounts_lose() {
    for database in testing::databases().await {
        let own = [("OPERATOR_EMAILS", "ops@mooring.example")];
        let numbers = Numbers::start(&database.url(), Provider::FacebookLogin, NORA, &own).await;
        let installation = &numbers.installation;
        installation.import(installation.workspace, Provider::FacebookLogin, &json!(TOMAS)).await;
        let end = json!([{ "metric": "reposts", "all_versions_on": "2026-01-01" }]);
        numbers.settings(json!({ "planned_removals": end })).await;
        let told = async || {
            let mails =
                outbox::Entity::across_workspaces().all(&*installation.services().database).await.unwrap();
            mails.iter().filter(|mail| mail.recipient == "ops@mooring.example").count()
        };
        let accounts =
            account::Entity::across_workspaces().all(&*installation.services().database).await.unwrap();
        assert!(accounts.len() > 10, "{}", accounts.len());
        for (done, account) in accounts.iter().enumerate() {
            assert_eq!(told().await, usize::from(done >= 10), "after {done} accounts");
            let executor = &installation.services().executor;
            executor.run_now(account.workspace_id, JobKind::CollectInsights, account.id.0).await.unwrap();
        }
        assert_eq!(told().await, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_meta_changes_is_kept_as_a_revision() {
    for database in testing::databases().await {
        let numbers = Numbers::start(&database.url(), Provider::InstagramLogin, BAKERY, &[]).await;
        // A day that is over is told too high until it has settled.
        numbers.settings(json!({ "insights_excess_percent": 10 })).await;
        let day = numbers.installation.services().insights.today();
        for _ in 0..20 {
            numbers.collect().await;
            numbers.pass(TimeDelta::hours(6)).await;
        }
        let insights = &numbers.installation.services().insights;
        let series = insights
            .series_with_revisions(&numbers.account().await, &[Metric::Views], day, day)
            .await
            .unwrap();
        let point = &series[0].points[0];
        assert_eq!(point.state, known(ValueState::Final));
        assert_eq!(point.value, numbers.truth("views", day).await);
        let last = point.revisions.last().unwrap();
        assert_eq!(Some(last.new_value), point.value);
        assert!(last.old_value > last.new_value, "{last:?}");
        assert!(!last.was_final && last.old_collected_at < last.revised_at);
        let (_, end) = pacific_day::bounds(day);
        assert!(point.revisions.iter().all(|one| one.old_collected_at >= end), "{:?}", point.revisions);
        assert!(point.revisions.windows(2).all(|two| two[0].new_value == two[1].old_value));

        // What was sealed and is told otherwise stays as well. Reach is told over a span of days.
        let database = &*numbers.installation.services().database;
        let sealed = numbers.installation.services().insights.today().checked_sub_days(Days::new(4)).unwrap();
        let of_reach = |day: NaiveDate| {
            insight::Entity::update_in_workspace(numbers.installation.workspace)
                .filter(insight::Column::Metric.eq(Metric::Reach.spec().name))
                .filter(insight::Column::Breakdown.eq(""))
                .filter(insight::Column::Day.eq(day))
        };
        numbers.collect().await;
        let other = of_reach(sealed).col_expr(insight::Column::Value, Expr::value(7_i64));
        assert_eq!(other.exec(database).await.unwrap().rows_affected, 1);
        numbers.collect().await;
        let kept = insight_revision::Entity::in_workspace(numbers.installation.workspace)
            .filter(insight_revision::Column::Metric.eq(Metric::Reach.spec().name))
            .filter(insight_revision::Column::OldState.eq(ValueState::Final))
            .all(database)
            .await
            .unwrap();
        assert_eq!(kept.len(), 1, "{kept:?}");
        assert_eq!((kept[0].day, kept[0].old_value), (sealed, 7));
        assert_eq!(Some(kept[0].new_value), numbers.truth("reach", sealed).await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_go_when_their_workspace_wants_it() {
    for database in testing::databases().await {
        let numbers = Numbers::start(&database.url(), Provider::InstagramLogin, BAKERY, &[]).await;
        numbers.collect().await;
        let services = numbers.installation.services();
        let (database, now, today) = (&*services.database, services.world.now(), services.insights.today());
        let (_, newest) = numbers.rows().await.into_iter().partition::<Vec<_>, _>(|row| row.day < today);
        assert!(!newest.is_empty());
        for age in [401, 402, 900] {
            let day = today.checked_sub_days(Days::new(age)).unwrap();
            let old = newest.iter().map(|row| insight::Model { day, ..row.clone() });
            let old = old.map(|row| row.into_active_model().reset_all());
            insight::Entity::insert_many(old).exec_without_returning(database).await.unwrap();
        }
        for (age, old_state) in [
            (6, ValueState::Provisional),
            (29, ValueState::Provisional),
            (31, ValueState::Provisional),
            (90, ValueState::Final),
        ] {
            let row = insight_revision::Model {
                account_id: newest[0].account_id,
                metric: newest[0].metric.clone(),
                breakdown: String::new(),
                period: newest[0].period.clone(),
                day: today,
                revised_at: now - TimeDelta::days(age),
                workspace_id: newest[0].workspace_id,
                old_value: 1,
                old_state,
                old_collected_at: now - TimeDelta::days(100),
                new_value: 2,
            };
            insight_revision::Entity::insert(row.into_active_model().reset_all())
                .exec_without_returning(database)
                .await
                .unwrap();
        }
        let before = numbers.rows().await.len();
        assert_eq!(services.insights.remove_old().await.unwrap(), 1, "what was provisional a month ago");
        let decided = retention::Model {
            workspace_id: newest[0].workspace_id,
            numbers_days: Some(401),
            provisional_days: 7,
            logs_days: 400,
            updated_at: now,
        };
        retention::Entity::insert(decided.into_active_model().reset_all())
            .exec_without_returning(database)
            .await
            .unwrap();
        let gone = 2 * newest.len();
        assert_eq!(services.insights.remove_old().await.unwrap(), gone as u64 + 1);
        assert_eq!(services.insights.remove_old().await.unwrap(), 0);
        let left = numbers.rows().await;
        assert_eq!(left.len(), before - gone);
        let oldest = left.iter().map(|row| row.day).min().unwrap();
        assert_eq!(oldest, today.checked_sub_days(Days::new(401)).unwrap());
        let left = insight_revision::Entity::across_workspaces().count(database).await.unwrap();
        assert_eq!(left, 2, "the youngest, and a final one");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_day_without_a_value_says_why() {
    for database in testing::databases().await {
        // The day has just begun, and Meta tells of it two hours later.
        let numbers =
            Numbers::start(&database.url(), Provider::InstagramLogin, BAKERY, &[("BACKFILL_DAYS", "3")])
                .await;
        numbers.installation.move_to("2026-11-21T08:30:00Z".parse().unwrap()).await;
        numbers.collect().await;
        let views = numbers.last_days(Metric::Views, 8).await;
        assert_eq!(views[7], (None, known(ValueState::NotReady)));
        assert!(views[3..7].iter().all(|(value, _)| value.is_some()), "{views:?}");
        assert_eq!(views[0], (None, PointState::Gap), "nobody asked");

        // A permission that is taken back; what was known stays.
        numbers.pass(TimeDelta::hours(4)).await;
        let fault = json!({ "kind": "error", "code": 10, "path_contains": "insights" });
        let fault = numbers.installation.order("POST", "faults", &fault).await;
        let (_, reason) = numbers.collect().await;
        assert_eq!(reason.as_deref(), Some("permission_missing"));
        let views = numbers.last_days(Metric::Views, 2).await;
        assert!(views[0].0.is_some());
        assert_eq!(views[1], (None, known(ValueState::NoPermission)));
        // It is granted again: nothing is held against the account.
        numbers.installation.order("DELETE", &format!("faults/{}", fault["id"]), &json!({})).await;
        numbers.collect().await;
        assert!(numbers.last_days(Metric::Views, 1).await[0].0.is_some());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_permission_that_only_one_metric_needs_costs_that_metric() {
    for database in testing::databases().await {
        let numbers = Numbers::start(&database.url(), Provider::InstagramLogin, BAKERY, &[]).await;
        numbers.collect().await;
        // The third question of an ordinary hour by single calls is the running day's totals.
        let together = json!({ "kind": "error", "code": 200, "path_contains": "metric(reach)", "times": 1 });
        let reach =
            json!({ "kind": "error", "code": 200, "path_contains": "/insights", "skip": 1, "times": 1 });
        numbers.installation.order("POST", "faults", &together).await;
        numbers.installation.order("POST", "faults", &reach).await;
        numbers.pass(TimeDelta::hours(1)).await;
        assert_eq!(numbers.collect().await.1, None);
        let views = numbers.last_days(Metric::Views, 1).await;
        assert!(views[0].0.is_some(), "{views:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_small_account_is_explained() {
    for database in testing::databases().await {
        let mut numbers = Numbers::start(&database.url(), Provider::FacebookLogin, TOMAS, &[]).await;
        numbers.accounts.retain(|account| account.username == "pocket.opera");
        assert_eq!(numbers.collect().await.1, None);
        let follows = numbers.last_days(Metric::Follows, 3).await;
        assert_eq!(follows[1], (None, known(ValueState::BelowThreshold)));
        assert!(numbers.last_days(Metric::Reach, 3).await[1].0.is_some());

        assert_eq!(numbers.run(JobKind::CollectAudience).await.1, None);
        let insights = &numbers.installation.services().insights;
        let today = insights.today();
        let history = insights.audience_history(&numbers.account().await, today, today).await.unwrap();
        let followers = history[0].followers.as_ref().unwrap();
        assert_eq!((followers.state, followers.people), (ValueState::BelowThreshold, Some(64)));
        assert!(followers.age_gender.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_twelve_days_away_everything_that_can_be_had_is_there() {
    for database in testing::databases().await {
        let numbers =
            Numbers::start(&database.url(), Provider::InstagramLogin, BAKERY, &[("BACKFILL_DAYS", "20")])
                .await;
        let insights = &numbers.installation.services().insights;
        for _ in 0..3 {
            numbers.drain().await;
            numbers.pass(TimeDelta::hours(12)).await;
        }
        numbers.drain().await;
        let left = insights.today();
        numbers.pass(TimeDelta::days(12)).await;
        let back = insights.today();
        let away = (left.succ_opt().unwrap(), back.pred_opt().unwrap());
        let of = async |family| {
            let ledger = insights.ledger(&numbers.account().await, away.0, away.1).await.unwrap();
            ledger.into_iter().find(|ledger| ledger.family == family).unwrap()
        };
        let families =
            [Family::Reach, Family::Activity, Family::Follows, Family::NewFollowers, Family::OnlineFollowers];
        for family in families {
            assert_eq!(of(family).await.days_in(DayState::Missing).len(), 11, "{family:?}");
        }
        // One cycle of what is due.
        numbers.drain().await;
        for family in families {
            let ledger = of(family).await;
            assert_eq!(ledger.days_in(DayState::Missing), [], "{family:?}: {ledger:?}");
            assert_eq!(ledger.days_in(DayState::Lost), [], "{family:?}: {ledger:?}");
        }
        for family in [Family::Followers, Family::Audience] {
            assert_eq!(of(family).await.days_in(DayState::Lost).len(), 11, "{family:?}");
        }
        let day = away.0;
        let series = insights.series(&numbers.account().await, &[Metric::Views], day, day).await.unwrap();
        assert_eq!(series[0].points[0].value, numbers.truth("views", day).await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_backfill_left_behind_is_fetched_by_the_next() {
    for database in testing::databases().await {
        let numbers =
            Numbers::start(&database.url(), Provider::InstagramLogin, BAKERY, &[("BACKFILL_DAYS", "60")])
                .await;
        numbers.collect().await;
        // Meta fails in the middle: what was there before stays.
        let fault = json!({ "kind": "html_503", "path_contains": BAKERY, "skip": 4 });
        let fault = numbers.installation.order("POST", "faults", &fault).await;
        let (_, reason) = numbers.run(JobKind::BackfillInsights).await;
        assert!(reason.is_some());
        let before = numbers.rows().await.len();
        numbers.installation.order("DELETE", &format!("faults/{}", fault["id"]), &json!({})).await;
        let mark = numbers.installation.order("GET", "ledger/counts", &json!({})).await["last_id"].clone();
        assert_eq!(numbers.run(JobKind::BackfillInsights).await.1, None);
        assert!(numbers.rows().await.len() > before);
        let path = format!("ledger?path_contains=insights&after={mark}&limit=1000");
        let calls = numbers.installation.order("GET", &path, &json!({})).await;
        let calls = calls["entries"].as_array().unwrap().len();
        assert!(calls < 12, "{calls}: what was there is not asked for again");
        assert_eq!(numbers.run(JobKind::BackfillInsights).await.0, 0, "nothing is left");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn audiences_are_kept_day_by_day() {
    for database in testing::databases().await {
        let numbers = Numbers::start(&database.url(), Provider::InstagramLogin, BAKERY, &[]).await;
        let insights = &numbers.installation.services().insights;
        let first = insights.today();
        for day in 0..5 {
            numbers.pass(TimeDelta::days(i64::from(day > 0))).await;
            assert_eq!(numbers.run(JobKind::CollectAudience).await, (1, None));
            // Twice on a day is once.
            numbers.run(JobKind::CollectAudience).await;
        }
        let account = numbers.account().await;
        let history = insights.audience_history(&account, first, insights.today()).await.unwrap();
        let days: Vec<NaiveDate> = history.iter().map(|day| day.day).collect();
        assert_eq!(days, first.iter_days().take(5).collect::<Vec<_>>());
        for day in &history {
            let (followers, engaged) = (day.followers.as_ref().unwrap(), day.engaged.as_ref().unwrap());
            for audience in [followers, engaged] {
                assert_eq!((audience.state, audience.timeframe.as_str()), (ValueState::Final, "this_month"));
                assert!(audience.age_gender.iter().all(|segment| segment.keys.len() == 2));
                assert!(!audience.countries.is_empty() && !audience.cities.is_empty());
            }
            let named: i64 = followers.age_gender.iter().map(|segment| segment.value).sum();
            let people = followers.people.unwrap();
            assert!(named <= people && named * 10 >= people * 9, "{named} of {people}");
            assert_eq!(engaged.people, None, "Meta does not say");
        }
        // A refusal replaces nothing that is there.
        let last = days[4];
        let fault = json!({ "kind": "error", "code": 10, "path_contains": "insights" });
        numbers.installation.order("POST", "faults", &fault).await;
        assert_eq!(numbers.run(JobKind::CollectAudience).await.1.as_deref(), Some("permission_missing"));
        let kept = insights.audience_history(&account, last, last).await.unwrap();
        assert_eq!(kept[0].followers.as_ref().unwrap().state, ValueState::Final);
        assert!(!kept[0].followers.as_ref().unwrap().age_gender.is_empty());

        let two = insights.audience_history(&account, days[1], days[2]).await.unwrap();
        assert_eq!(two.len(), 2);
    }
}
