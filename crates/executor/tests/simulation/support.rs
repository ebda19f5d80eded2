//! Rooms, a database and a sandbox for them, and a clock that both share.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use entity::connection::Provider;
use entity::job::JobKind;
use entity::{InWorkspace, WorkspaceId, connection, job, workspace};
use executor::Services;
use mooring_sandbox::Running;
use platform::config::{Config, Reader};
use platform::{ManualClock, Random as _, Secret, SeededRandom, SystemRandom, World};
use sea_orm::prelude::*;
use sea_orm::{ActiveValue::Set, QueryOrder as _};
use serde_json::{Value, json};

/// When every test begins.
pub(crate) const START: &str = "2026-11-20T10:00:00Z";
/// What is done here; collecting has a life of its own.
pub(crate) const KINDS: [JobKind; 4] =
    [JobKind::RefreshToken, JobKind::CheckToken, JobKind::SendMail, JobKind::FollowUp];

/// A parameter of a test that prints figures.
pub(crate) fn setting(name: &str, default: u64) -> u64 {
    #[expect(clippy::disallowed_methods, reason = "a parameter of a test, not of the product")]
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Numbers that are the same for the same seed.
pub(crate) struct Chance(SeededRandom);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(SeededRandom::new(seed))
    }

    /// A number below `limit`.
    pub(crate) fn below(&self, limit: u64) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        u64::from_le_bytes(bytes) % limit
    }
}

/// Does work in a runtime of its own that ends at some moment, as everything ends that a process has
/// begun. Says how often it died: not at all when the work was done before.
pub(crate) async fn die_in<F>(work: F, moment: Duration) -> u64
where
    F: Future<Output = Result<Option<entity::run::Model>, DbErr>> + Send + 'static,
{
    let process = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let ended = runtime.block_on(async { tokio::time::timeout(moment, work).await.ok() });
        runtime.shutdown_background();
        ended
    });
    let ended = tokio::task::spawn_blocking(|| process.join().unwrap()).await.unwrap();
    ended.map_or(1, |done| {
        done.unwrap();
        0
    })
}

/// A sandbox and several processes of one installation, each with rooms of its own.
pub(crate) struct Installation {
    pub(crate) processes: Vec<Services>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) sandbox: Running,
    pub(crate) workspace: WorkspaceId,
    url: String,
    http: reqwest::Client,
}

impl Installation {
    /// `count` processes on the database at `url`, with a sandbox of `people` and settings of their own.
    pub(crate) async fn start(url: &str, people: u64, count: usize, own: &[(&str, &str)]) -> Self {
        platform::telemetry::install_tls_provider();
        let config = mooring_sandbox::Config { people, ..mooring_sandbox::Config::default() };
        let sandbox = mooring_sandbox::start(config).await.unwrap();
        let clock = Arc::new(ManualClock::at(START.parse().unwrap()));
        let world = World::new(clock.clone(), Arc::new(SystemRandom));
        let mut processes = Vec::new();
        for _ in 0..count {
            let config = settings(&sandbox, url, own);
            processes.push(Services::start_in(world.clone(), config).await.unwrap());
        }
        #[expect(clippy::disallowed_methods, reason = "tests speak to what they have started")]
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let workspace = WorkspaceId(world.new_id());
        let url = url.to_owned();
        let installation = Self { processes, clock, sandbox, workspace, url, http };
        installation.add_workspace(workspace, "Northlight").await;
        // Data access is another clock, which nothing that a machine does can wind.
        let settings = json!({ "data_access_days": 4_000, "app_calls_per_hour": 1_000_000, "account_calls_per_day": 1_000_000 });
        installation.order("POST", "settings", &settings).await;
        installation.order("POST", "clock", &json!({ "now": START, "frozen": true })).await;
        installation
    }

    /// The first process.
    pub(crate) fn services(&self) -> &Services {
        &self.processes[0]
    }

    /// One more process, with settings of its own.
    pub(crate) async fn another(&self, own: &[(&str, &str)]) -> Services {
        let config = settings(&self.sandbox, &self.url, own);
        Services::start_in(self.services().world.clone(), config).await.unwrap()
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.services().world.now()
    }

    /// Tells the sandbox to do something.
    pub(crate) async fn order(&self, method: &str, path: &str, body: &Value) -> Value {
        let url = format!("http://{}/_sandbox/{path}", self.sandbox.http);
        let request = self.http.request(method.parse().unwrap(), url).body(body.to_string());
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{path} {body}: {}", answer.status());
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
    }

    /// What the sandbox answers to a question that is asked of one of its hosts.
    pub(crate) async fn ask(&self, path: &str, token: &str) -> Value {
        let url = format!("http://{}/{path}", self.sandbox.http);
        let answer = self.http.get(url).bearer_auth(token).send().await.unwrap();
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
    }

    /// Moves both clocks.
    pub(crate) async fn move_to(&self, at: DateTime<Utc>) {
        self.clock.advance(at - self.now());
        self.order("POST", "clock", &json!({ "now": at })).await;
    }

    pub(crate) async fn add_workspace(&self, id: WorkspaceId, name: &str) {
        let row = workspace::ActiveModel {
            workspace_id: Set(id),
            name: Set(name.to_owned()),
            created_at: Set(self.now()),
        };
        row.insert(&*self.services().database).await.unwrap();
    }

    /// The generated person with this number.
    pub(crate) async fn person(&self, number: u64) -> Value {
        let people = self.order("GET", &format!("people?offset={number}&limit=1"), &json!({})).await;
        people["people"].as_array().unwrap().last().unwrap().clone()
    }

    /// Connects accounts with a token of `whose`: a person of Facebook, or an account of Instagram.
    pub(crate) async fn import(&self, workspace: WorkspaceId, provider: Provider, whose: &Value) {
        let whose = match provider {
            Provider::FacebookLogin => json!({ "person": whose, "kind": "short_lived" }),
            Provider::InstagramLogin => json!({ "account": whose, "kind": "short_lived" }),
        };
        let token = self.order("POST", "token", &whose).await["access_token"].as_str().unwrap().to_owned();
        let contact = Some("owner@lindqvist.example");
        let connections = &self.services().connections;
        connections.import(workspace, provider, &Secret::new(token), contact).await.unwrap();
    }

    /// From now on Meta takes its time with what renews tokens: before it does what it is asked
    /// (`delay_ms`), or before it says so (`delay_answer_ms`).
    pub(crate) async fn slow_down(&self, delay: &str, milliseconds: u64) {
        for path in ["oauth/access_token", "refresh_access_token"] {
            let fault = json!({ "kind": "slow", "path_contains": path, delay: milliseconds });
            self.order("POST", "faults", &fault).await;
        }
    }

    /// Waits until Meta is busy with so many requests that meet a fault.
    pub(crate) async fn until_asked(&self, count: u64) {
        for _ in 0..600 {
            let faults = self.order("GET", "faults", &json!({})).await;
            let hits = faults["faults"].as_array().unwrap().iter().filter_map(|fault| fault["hits"].as_u64());
            if hits.sum::<u64>() >= count {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("Meta was not asked {count} times");
    }

    /// All logins, those that were connected first in front.
    pub(crate) async fn grants(&self) -> Vec<connection::Model> {
        connection::Entity::across_workspaces()
            .order_by_asc(connection::Column::CreatedAt)
            .order_by_asc(connection::Column::Id)
            .all(&*self.services().database)
            .await
            .unwrap()
    }

    /// Numbers are collected elsewhere.
    pub(crate) async fn forget_collecting(&self) {
        job::Entity::delete_across_workspaces()
            .filter(job::Column::Kind.is_not_in(KINDS))
            .exec(&*self.services().database)
            .await
            .unwrap();
    }
}

fn settings(sandbox: &Running, url: &str, own: &[(&str, &str)]) -> Config {
    const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    let host = |name: &str| format!("http://{}/{name}", sandbox.http);
    let variables: BTreeMap<String, String> = [
        ("MOORING_DEVELOPMENT", "true".to_owned()),
        ("DATABASE_URL", url.to_owned()),
        ("PUBLIC_URL", "http://127.0.0.1:9".to_owned()),
        ("AUTH_SECRET", KEY.to_owned()),
        ("TOKEN_KEYS", format!("k1:{KEY}")),
        ("TOKEN_ACTIVE_KEY", "k1".to_owned()),
        ("SMTP_URL", format!("smtp://{}", sandbox.smtp)),
        ("MAIL_FROM", "Mooring <no-reply@mooring.example>".to_owned()),
        ("FACEBOOK_APP_ID", "1029384756".to_owned()),
        ("FACEBOOK_APP_SECRET", "sandbox-facebook-app-secret".to_owned()),
        ("INSTAGRAM_APP_ID", "5647382910".to_owned()),
        ("INSTAGRAM_APP_SECRET", "sandbox-instagram-app-secret".to_owned()),
        ("FACEBOOK_DIALOG_URL", host("www.facebook.com")),
        ("FACEBOOK_GRAPH_URL", host("graph.facebook.com")),
        ("INSTAGRAM_DIALOG_URL", host("www.instagram.com")),
        ("INSTAGRAM_API_URL", host("api.instagram.com")),
        ("INSTAGRAM_GRAPH_URL", host("graph.instagram.com")),
    ]
    .into_iter()
    .chain(own.iter().map(|(name, value)| (*name, (*value).to_owned())))
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    Config::read(Reader::new(variables)).unwrap()
}
