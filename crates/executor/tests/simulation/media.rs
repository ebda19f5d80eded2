//! Days of media and stories with a clock that jumps from one due time to the next: what is stored is what
//! the sandbox served, each kind has its own metrics, and no story ends unseen while somebody works.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use entity::connection::Provider;
use entity::job::JobKind;
use entity::media::{self, MediaFormat, MediaKind};
use entity::media_insight::FigureState;
use entity::run::RunStatus;
use entity::{InWorkspace, account, job, media_insight, media_insight_day, media_refusal, run, story_gap};
use insights::catalogue::media::{MediaMetric, MediaSpec, all};
use insights::media::list::MediaQuery;
use sea_orm::QueryOrder as _;
use sea_orm::prelude::*;
use serde_json::{Value, json};

use crate::support::Installation;

/// Velo Norte: through Facebook Login, and with stories every few hours.
const CYCLING: &str = "17841400000000004";
/// Studio Meridian, through Instagram Login.
const MERIDIAN: &str = "17841400000000021";
/// Nora, whose Pages the first is linked to.
const NORA: &str = "10160000000000001";

struct Days<'a> {
    installation: &'a Installation,
    /// A token of the sandbox's own, to look at what it serves.
    token: String,
    instagram_id: &'static str,
    account: account::Model,
}

impl<'a> Days<'a> {
    /// One account, of which nothing but media are collected.
    async fn begin(installation: &'a Installation, provider: Provider) -> Self {
        let (instagram_id, whose) = match provider {
            Provider::FacebookLogin => (CYCLING, json!(NORA)),
            Provider::InstagramLogin => (MERIDIAN, json!(MERIDIAN)),
        };
        installation.import(installation.workspace, provider, &whose).await;
        let db = &*installation.services().database;
        let account = account::Entity::in_workspace(installation.workspace)
            .filter(account::Column::InstagramId.eq(instagram_id))
            .one(db)
            .await
            .unwrap()
            .unwrap();
        let only = job::Entity::delete_across_workspaces().filter(
            sea_orm::Condition::any()
                .add(job::Column::Kind.ne(JobKind::CollectMedia))
                .add(job::Column::SubjectId.ne(account.id.0)),
        );
        only.exec(db).await.unwrap();
        let order = json!({ "account": MERIDIAN, "kind": "long_lived" });
        let order = if provider == Provider::FacebookLogin {
            json!({ "person": NORA, "kind": "long_lived" })
        } else {
            order
        };
        let token =
            installation.order("POST", "token", &order).await["access_token"].as_str().unwrap().to_owned();
        Self { installation, token, instagram_id, account }
    }

    fn now(&self) -> DateTime<Utc> {
        self.installation.now()
    }

    /// What the sandbox answers at this moment.
    async fn ask(&self, path: &str) -> Value {
        let host = match self.account.provider {
            Provider::FacebookLogin => "graph.facebook.com",
            Provider::InstagramLogin => "graph.instagram.com",
        };
        self.installation.ask(&format!("{host}/v25.0/{path}"), &self.token).await
    }

    async fn due_at(&self) -> DateTime<Utc> {
        let row = job::Entity::across_workspaces()
            .filter(job::Column::Kind.eq(JobKind::CollectMedia))
            .one(&*self.installation.services().database)
            .await
            .unwrap()
            .unwrap();
        row.due_at.unwrap()
    }

    /// Jumps to the next due time and does the work; gives how it ended.
    async fn step(&self) -> run::Model {
        self.installation.move_to(self.due_at().await.max(self.now())).await;
        let executor = &self.installation.services().executor;
        let claim = executor.claim(&[JobKind::CollectMedia], 1).await.unwrap().pop().unwrap();
        executor.run(claim).await.unwrap().unwrap()
    }

    /// Works until everything of the first time is read.
    async fn catch_up(&self) {
        for _ in 0..200 {
            assert_eq!(self.step().await.status, RunStatus::Succeeded);
            if self.media().await.iter().all(|row| row.read_at.is_some()) {
                return;
            }
        }
        panic!("the first time does not end");
    }

    async fn media(&self) -> Vec<media::Model> {
        media::Entity::in_workspace(self.installation.workspace)
            .filter(media::Column::AccountId.eq(self.account.id))
            .order_by_asc(media::Column::MetaId)
            .all(&*self.installation.services().database)
            .await
            .unwrap()
    }

    async fn figures(&self, media: &media::Model) -> BTreeMap<String, media_insight::Model> {
        let rows = media_insight::Entity::in_workspace(self.installation.workspace)
            .filter(media_insight::Column::MediaId.eq(media.id))
            .all(&*self.installation.services().database)
            .await
            .unwrap();
        rows.into_iter().map(|row| (row.metric.clone(), row)).collect()
    }

    async fn everything(&self) -> String {
        let db = &*self.installation.services().database;
        let workspace = self.installation.workspace;
        let figures = media_insight::Entity::in_workspace(workspace)
            .order_by_asc(media_insight::Column::MediaId)
            .order_by_asc(media_insight::Column::Metric);
        let days = media_insight_day::Entity::in_workspace(workspace)
            .order_by_asc(media_insight_day::Column::MediaId)
            .order_by_asc(media_insight_day::Column::Metric)
            .order_by_asc(media_insight_day::Column::Day);
        format!(
            "{:?} {:?} {:?}",
            self.media().await,
            figures.all(db).await.unwrap(),
            days.all(db).await.unwrap()
        )
    }
}

/// One account of each login, each on a database of its own: what differs by the login and what differs by the
/// database have nothing to do with one another.
async fn of_each_login(work: impl AsyncFn(Days<'_>)) {
    let mut databases = testing::databases().await;
    if databases.len() == 1 {
        databases.push(testing::sqlite().await);
    }
    for (provider, database) in
        [Provider::FacebookLogin, Provider::InstagramLogin].into_iter().zip(&databases)
    {
        let own = [("ACCOUNT_CALLS_PER_HOUR", "100000")];
        let installation = Installation::start(&database.url(), 1, 1, &own).await;
        work(Days::begin(&installation, provider).await).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_story_of_any_hour_is_captured_near_its_end() {
    of_each_login(async |days| {
        days.catch_up().await;
        let start = days.now();
        let mut seen: BTreeMap<String, DateTime<Utc>> = BTreeMap::new();
        let mut compared = 0;
        while days.now() < start + TimeDelta::days(6) {
            let run = days.step().await;
            assert_eq!(run.status, RunStatus::Succeeded, "{run:?}");
            for story in days.ask(&format!("{}/stories?fields=id,timestamp", days.instagram_id)).await["data"]
                .as_array()
                .unwrap()
            {
                let at =
                    DateTime::parse_from_str(story["timestamp"].as_str().unwrap(), "%Y-%m-%dT%H:%M:%S%z");
                seen.insert(story["id"].as_str().unwrap().to_owned(), at.unwrap().to_utc());
            }
            for story in days.media().await.iter().filter(|story| story.captured_at == Some(days.now())) {
                let known = days.figures(story).await["reach"].value;
                let served = days.ask(&format!("{}/insights?metric=reach", story.meta_id)).await;
                assert_eq!(
                    known,
                    served.pointer("/data/0/values/0/value").and_then(Value::as_i64),
                    "{story:?}"
                );
                compared += usize::from(known.is_some());
            }
        }
        let stories: BTreeMap<_, _> =
            days.media().await.into_iter().map(|row| (row.meta_id.clone(), row)).collect();
        let ended: Vec<_> =
            seen.iter().filter(|(_, at)| **at >= start && **at + TimeDelta::hours(24) < days.now()).collect();
        let hours: BTreeSet<_> = ended.iter().map(|(_, at)| at.format("%H").to_string()).collect();
        assert!(ended.len() > 8 && hours.len() > 5, "{ended:?}");
        assert!(compared > 5, "{compared}");
        for (id, at) in ended {
            let captured = stories[id].captured_at.unwrap_or_else(|| panic!("{id} of {at} was missed"));
            let age = captured - *at;
            assert!(age >= TimeDelta::hours(23) && age < TimeDelta::hours(24), "{id}: {age}");
        }
        let insights = &days.installation.services().insights;
        let rate = insights.capture_rate(Some(days.installation.workspace)).await.unwrap();
        assert!(rate.captured > 8 && rate.missed == 0, "{rate:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_kind_has_exactly_its_metrics_and_what_the_sandbox_served() {
    of_each_login(async |days| {
        days.step().await;
        let first = days.media().await;
        for format in [MediaFormat::Album, MediaFormat::Video] {
            let of = |row: &&media::Model| row.format == Some(format) && row.kind != MediaKind::Story;
            let row = first.iter().filter(of).max_by_key(|row| row.posted_at).unwrap();
            let figures = days.figures(row).await;
            let names = "reach,views,likes,saved,total_interactions";
            let served = days.ask(&format!("{}/insights?metric={names}", row.meta_id)).await;
            for entry in served["data"].as_array().unwrap() {
                let name = entry["name"].as_str().unwrap();
                let value = entry.pointer("/values/0/value").and_then(Value::as_i64);
                assert_eq!(figures[name].value, value, "{name}");
            }
            assert_eq!(served["data"].as_array().unwrap().len(), 5);
        }
        days.catch_up().await;
        let provider = connections::login(days.account.provider);
        let mut kinds = BTreeSet::new();
        let media = days.media().await;
        for row in &media {
            let figures = days.figures(row).await;
            let given = |spec: &&MediaSpec| spec.is_given(row.kind, provider, "2026-11-20".parse().unwrap());
            let expected: BTreeSet<_> = all().filter(given).map(|spec| spec.key.to_owned()).collect();
            assert_eq!(figures.keys().cloned().collect::<BTreeSet<_>>(), expected, "{row:?}");
            assert_eq!(row.permalink.as_ref().unwrap().contains("/reel/"), row.kind == MediaKind::Reels);
            kinds.insert(format!("{:?} {:?}", row.kind, row.format));
        }
        for kind in ["Feed Some(Album)", "Feed Some(Image)", "Reels Some(Video)"] {
            assert!(kinds.contains(kind), "{kinds:?}");
        }
        // Parts of an album have no numbers, and nobody asks.
        let asked =
            days.installation.order("GET", "ledger?path_contains=/insights&limit=10000", &json!({})).await;
        let asked = asked.to_string();
        let child = days.ask(&format!("{}/media?fields=children&limit=50", days.instagram_id)).await;
        let child =
            child["data"].as_array().unwrap().iter().find_map(|row| row.pointer("/children/data/0/id"));
        assert!(!asked.contains(child.unwrap().as_str().unwrap()));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_retired_metric_leaves_the_others_and_is_asked_for_once_a_week() {
    of_each_login(async |days| {
        days.catch_up().await;
        let youngest = |media: Vec<media::Model>, kind| {
            media.into_iter().filter(|row| row.kind == kind).max_by_key(|row| row.posted_at).unwrap()
        };
        let old = youngest(days.media().await, MediaKind::Reels);
        let before = days.figures(&old).await;
        let ended = json!({ "planned_removals": [{ "metric": "saved", "all_versions_on": "2026-11-21" }] });
        days.installation.order("POST", "settings", &ended).await;
        let mark =
            days.installation.order("GET", "ledger?limit=1", &json!({})).await["last_id"].as_u64().unwrap();
        let start = days.now();
        while days.now() < start + TimeDelta::days(6) {
            assert_eq!(days.step().await.status, RunStatus::Succeeded);
        }
        let after = days.figures(&old).await;
        assert_eq!(after["saved"].value, before["saved"].value, "what is known stays");
        assert!(after["saved"].collected_at < after["views"].collected_at);
        assert!(after["views"].collected_at > start + TimeDelta::days(4));
        let new: Vec<_> =
            days.media().await.into_iter().filter(|row| row.posted_at > start + TimeDelta::days(1)).collect();
        let lasting: Vec<_> = new.iter().filter(|row| row.kind != MediaKind::Story).collect();
        assert!(!lasting.is_empty());
        for row in lasting {
            let figures = days.figures(row).await;
            assert_eq!(figures["saved"].state, FigureState::NotSupported, "{row:?}");
            assert!(figures["views"].value.is_some() && figures["likes"].value.is_some());
        }
        let db = &*days.installation.services().database;
        let remembered =
            media_refusal::Entity::in_workspace(days.installation.workspace).all(db).await.unwrap();
        assert!(remembered.iter().all(|row| row.metric == "saved"), "{remembered:?}");
        let kinds: BTreeSet<_> = remembered.iter().map(|row| format!("{:?}", row.kind)).collect();
        assert!(!kinds.is_empty());
        let path = format!("ledger?path_contains=/insights&after={mark}&limit=10000");
        let asked = days.installation.order("GET", &path, &json!({})).await;
        let alone = asked["entries"].as_array().unwrap().iter().filter(|entry| {
            let query = entry["query"].as_str().unwrap_or_default();
            query.split('&').any(|part| part == "metric=saved")
        });
        assert_eq!(alone.count(), kinds.len(), "it is found out once for each kind");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn doing_it_again_changes_nothing_and_growth_is_kept_by_the_day() {
    of_each_login(async |days| {
        days.catch_up().await;
        let before = days.everything().await;
        let executor = &days.installation.services().executor;
        let subject = days.account.id.0;
        executor.run_now(days.installation.workspace, JobKind::CollectMedia, subject).await.unwrap();
        assert_eq!(days.everything().await, before);

        let start = days.now();
        while days.now() < start + TimeDelta::days(3) {
            days.step().await;
        }
        let media = days.media().await;
        let young =
            media.iter().filter(|row| row.kind == MediaKind::Reels).max_by_key(|row| row.posted_at).unwrap();
        let insights = &days.installation.services().insights;
        let metrics = [MediaMetric::Views];
        let growths = insights.growths(days.installation.workspace, &[young.id], &metrics).await.unwrap();
        let growth = &growths[&(young.id, MediaMetric::Views)];
        assert!(growth.len() > 2, "{growth:?}");
        assert!(growth.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 < pair[1].1), "{growth:?}");
        assert_eq!(growth.last().map(|(_, value)| *value), days.figures(young).await["views"].value);

        // Every order shows every media once.
        for by in [None, Some(MediaMetric::Reach)] {
            let (mut after, mut ids, mut ranks) = (None, Vec::new(), Vec::new());
            for _ in 0..1_000 {
                let query = MediaQuery { kind: None, by, after, limit: 7 };
                let (page, total) = insights.media(&days.account, &query).await.unwrap();
                assert_eq!(total, media.len() as u64);
                ids.extend(page.iter().map(|placed| placed.media.id));
                ranks.extend(page.iter().map(|placed| placed.place.rank));
                match page.last() {
                    Some(last) => after = Some(last.place),
                    None => break,
                }
            }
            assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), media.len());
            assert_eq!(ids.len(), media.len());
            assert!(ranks.is_sorted_by(|a, b| a >= b), "{ranks:?}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stories_of_an_absence_are_known_to_be_lost() {
    of_each_login(async |days| {
        days.catch_up().await;
        days.step().await;
        let last = days.now();
        let live: Vec<_> = days
            .media()
            .await
            .into_iter()
            .filter(|row| row.kind == MediaKind::Story && row.captured_at.is_none())
            .collect();
        assert!(!live.is_empty());
        days.installation.move_to(last + TimeDelta::days(4)).await;
        days.step().await;
        let insights = &days.installation.services().insights;
        let gaps = insights.story_gaps(&days.account, 10).await.unwrap();
        let spans: Vec<_> = gaps.iter().map(|gap| (gap.from_at, gap.to_at)).collect();
        assert_eq!(spans, [(last, last + TimeDelta::days(3))]);
        let rate = insights.capture_rate(Some(days.installation.workspace)).await.unwrap();
        assert_eq!(rate.missed, live.len() as u64, "{rate:?}");
        let db = &*days.installation.services().database;
        for row in days.media().await.iter().filter(|row| live.iter().any(|live| live.id == row.id)) {
            assert_eq!((row.captured_at, row.read_due_at), (None, None), "{row:?}");
        }
        days.step().await;
        assert_eq!(story_gap::Entity::in_workspace(days.installation.workspace).count(db).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_media_that_cannot_be_read_does_not_hold_up_the_others() {
    of_each_login(async |days| {
        days.catch_up().await;
        let young: Vec<_> = days.media().await.into_iter().filter(|row| row.kind != MediaKind::Story).collect();
        let victim = young.iter().max_by_key(|row| row.posted_at).unwrap();
        let fault = json!({ "kind": "error", "code": 2, "http_status": 500, "path_contains": format!("{}/insights", victim.meta_id) });
        days.installation.order("POST", "faults", &fault).await;
        let start = days.now();
        while days.now() < start + TimeDelta::days(1) {
            assert_eq!(days.step().await.status, RunStatus::Succeeded);
        }
        let media = days.media().await;
        let read = |id: &str| media.iter().find(|row| row.meta_id == id).unwrap().read_at.unwrap();
        assert!(read(&victim.meta_id) <= start);
        assert!(media.iter().filter(|row| row.read_at.is_some_and(|at| at > start)).count() > 3);
        days.installation.order("DELETE", "faults", &json!({})).await;
        days.step().await;
        days.step().await;
        let media = days.media().await;
        assert!(media.iter().find(|row| row.meta_id == victim.meta_id).unwrap().read_at.unwrap() > start);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_media_that_is_gone_keeps_its_figures_and_one_that_comes_back_is_read_again() {
    of_each_login(async |days| {
        days.catch_up().await;
        let lasting = async || {
            let mut media = days.media().await;
            media.retain(|row| row.kind != MediaKind::Story);
            media.sort_by_key(|row| row.posted_at);
            media
        };
        let media = lasting().await;
        let (one, other) = (&media[media.len() - 1], &media[media.len() - 2]);
        let known = days.figures(one).await["views"].value;
        for media in [one, other] {
            let path = format!("{}/insights", media.meta_id);
            let gone =
                json!({ "kind": "error", "code": 100, "subcode": 33, "http_status": 400, "path_contains": path });
            days.installation.order("POST", "faults", &gone).await;
        }
        let until = async |end: DateTime<Utc>| {
            while days.now() < end {
                assert_eq!(days.step().await.status, RunStatus::Succeeded);
            }
        };
        let start = days.now();
        until(start + TimeDelta::days(1)).await;
        let find = |media: &[media::Model], id| media.iter().find(|row| row.id == id).unwrap().clone();
        let now = lasting().await;
        for media in [one, other] {
            let gone = find(&now, media.id);
            assert!(gone.gone_at.is_some() && gone.read_at == media.read_at, "{gone:?}");
        }
        assert_eq!(days.figures(one).await["views"].value, known, "its figures stay");
        let others = now.iter().filter(|row| row.gone_at.is_some()).count();
        assert_eq!(others, 2, "it concerns nobody else");

        days.installation.order("DELETE", "faults", &json!({})).await;
        until(start + TimeDelta::days(9)).await;
        let back = find(&lasting().await, one.id);
        assert!(back.gone_at.is_none() && back.read_at > one.read_at, "{back:?}");
    })
    .await;
}
