//! Sandbox, api and worker on free ports, with a database and a clock of their own.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::Path;
use std::process::Output;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use tempfile::TempDir;
use url::Url;
use uuid::Uuid;

use super::browser::Answers;
use super::program::{Launcher, Program};
use super::recorder::Recorder;
use super::store::Store;
use super::{Browser, Client, Engine, Sandbox, environment, until};

/// Every installation starts at this moment, so that no behaviour depends on when it is tested: no
/// cron line of the defaults fires in the next nine minutes.
const START: &str = "2026-12-08T18:20:30Z";

/// The secret of cron addresses and figures.
pub(crate) const CRON_SECRET: &str = "it-cron-secret-0123456789";

/// A running installation; everything of it ends when this is dropped.
pub(crate) struct Installation {
    // Programs end before what they use goes away: fields are dropped in this order.
    pub(crate) api: Program,
    pub(crate) worker: Option<Program>,
    _sandbox_program: Program,
    pub(crate) sandbox: Sandbox,
    pub(crate) store: Store,
    pub(crate) url: Url,
    pub(crate) http: reqwest::Client,
    pub(crate) answers: Answers,
    pub(crate) launcher: Launcher,
    pub(crate) recorder: Recorder,
    offset: AtomicI64,
    folder: TempDir,
}

/// How an installation differs from the usual one.
pub(crate) struct Builder {
    engine: Engine,
    settings: Vec<(String, String)>,
    worker: bool,
    recorded: bool,
    people: u64,
}

impl Builder {
    /// Sets a variable of api and worker.
    pub(crate) fn set(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Starts no worker: nothing happens on its own.
    pub(crate) fn without_worker(mut self) -> Self {
        self.worker = false;
        self
    }

    /// Has Meta know so many people besides those with names.
    pub(crate) fn with_people(mut self, count: u64) -> Self {
        self.people = count;
        self
    }

    /// Remembers every secret that passes between the product and Meta.
    pub(crate) fn recorded(mut self) -> Self {
        self.recorded = true;
        self
    }

    /// Starts it.
    pub(crate) async fn start(self) -> Installation {
        let folder = tempfile::Builder::new().prefix("mooring-it-").tempdir().expect("a temporary folder");
        let http = http_client();
        let mut launcher = Launcher { folder: folder.path().to_owned(), variables: BTreeMap::new() };
        let (sandbox_program, announced) = launcher.start_announced(
            "sandbox",
            "mooring-sandbox",
            &[
                &["--listen", "127.0.0.1:0", "--smtp-listen", "127.0.0.1:0", "--log", "warn"][..],
                &["--people", &self.people.to_string()],
            ]
            .concat(),
        );
        let base = format!("http://{}", announced["http"].as_str().expect("an address"));
        let sandbox = Sandbox::new(http.clone(), base.clone());
        let recorder = Recorder::default();
        let meta = if self.recorded { recorder.listen(http.clone(), base).await } else { base };
        let store = Store::new(self.engine, folder.path()).await;
        launcher.variables =
            variables(&meta, announced["smtp"].as_str().expect("an address"), &store, folder.path());
        launcher.variables.extend(self.settings);
        let offset = set_out(&sandbox, folder.path()).await;
        let (api, url) = start_api(&mut launcher, &http).await;
        let worker = self.worker.then(|| launcher.start("worker", "mooring-worker", &["run"]));
        Installation {
            api,
            worker,
            _sandbox_program: sandbox_program,
            sandbox,
            store,
            url,
            http,
            answers: Answers::default(),
            launcher,
            recorder,
            offset: AtomicI64::new(offset),
            folder,
        }
    }
}

impl Installation {
    /// An installation that may differ from the usual one.
    pub(crate) fn with(engine: Engine) -> Builder {
        Builder { engine, settings: Vec::new(), worker: true, recorded: false, people: 0 }
    }

    /// The usual one.
    pub(crate) async fn start(engine: Engine) -> Self {
        Self::with(engine).start().await
    }

    /// A new browser at our server.
    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self.http.clone(), self.url.clone(), self.answers.clone())
    }

    /// Somebody with a new browser and no session.
    pub(crate) fn stranger(&self) -> Client {
        Client::new(self.browser())
    }

    /// Another api process of the same installation.
    pub(crate) async fn another_api(&self, name: &str) -> (Program, Url) {
        let address = format!("127.0.0.1:{}", free_port());
        let mut launcher = self.launcher.clone();
        launcher.variables.insert("API_LISTEN".to_owned(), address.clone());
        let url: Url = format!("http://{address}/").parse().expect("an address");
        let mut api = launcher.start(name, "mooring-api", &[]);
        assert!(answers(&mut api, &self.http, &url).await, "{}", api.end_of_log());
        (api, url)
    }

    /// An api process of the same installation with the settings of a public one.
    pub(crate) async fn production(&self) -> (Program, Url) {
        let address = format!("127.0.0.1:{}", free_port());
        let mut launcher = self.launcher.clone();
        launcher.variables.retain(|name, _| {
            !["MOORING_DEVELOPMENT", "CLOCK_OFFSET_FILE"].contains(&name.as_str())
                && !(name.ends_with("_URL")
                    && (name.starts_with("FACEBOOK") || name.starts_with("INSTAGRAM")))
        });
        launcher.variables.insert("API_LISTEN".to_owned(), address.clone());
        launcher.variables.insert("PUBLIC_URL".to_owned(), "https://mooring.example".to_owned());
        let url: Url = format!("http://{address}/").parse().expect("an address");
        let mut api = launcher.start("api-public", "mooring-api", &[]);
        assert!(answers(&mut api, &self.http, &url).await, "{}", api.end_of_log());
        (api, url)
    }

    /// Another worker of the same installation, or the one after the last.
    pub(crate) fn another_worker(&self, name: &str) -> Program {
        self.launcher.start(name, "mooring-worker", &["run"])
    }

    /// Carries out a command of the worker.
    pub(crate) async fn command(&self, arguments: &[&str]) -> Output {
        self.command_with(&[], arguments).await
    }

    /// Carries out a command of the worker with some settings of its own.
    pub(crate) async fn command_with(&self, settings: &[(&str, &str)], arguments: &[&str]) -> Output {
        let mut command = self.launcher.command("mooring-worker", arguments);
        command.envs(settings.iter().copied());
        tokio::task::spawn_blocking(move || command.output()).await.expect("a thread").expect("a command")
    }

    /// Carries out a command of the worker that reads `input`.
    pub(crate) async fn command_fed(&self, input: &str, arguments: &[&str]) -> Output {
        let file = self.folder.path().join("input");
        std::fs::write(&file, input).expect("the input");
        let mut command = self.launcher.command("mooring-worker", arguments);
        command.stdin(std::fs::File::open(&file).expect("the input"));
        tokio::task::spawn_blocking(move || command.output()).await.expect("a thread").expect("a command")
    }

    /// A file in the folder of this installation, which is where commands are carried out.
    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// Moves the clock of the product and of Meta together.
    pub(crate) async fn advance(&self, by: TimeDelta) {
        let offset = self.offset.fetch_add(by.num_seconds(), Ordering::Relaxed) + by.num_seconds();
        self.sandbox.order("clock", json!({ "offset_seconds": offset })).await;
        write_offset(self.folder.path(), offset);
    }

    /// Sets the clock of the product alone, as an operator or a virtual machine does: so far from
    /// Meta's.
    pub(crate) fn set_clock_off(&self, by: TimeDelta) {
        write_offset(self.folder.path(), self.offset.load(Ordering::Relaxed) + by.num_seconds());
    }

    /// What time it is there.
    pub(crate) async fn now(&self) -> DateTime<Utc> {
        let clock = self.sandbox.get("clock").await;
        clock["now"].as_str().and_then(|now| now.parse().ok()).expect("a time")
    }

    /// The running day of Meta's reports.
    pub(crate) async fn pacific_day(&self) -> chrono::NaiveDate {
        self.now().await.with_timezone(&chrono_tz::America::Los_Angeles).date_naive()
    }

    /// A setting of this installation.
    pub(crate) fn setting(&self, name: &str) -> &str {
        self.launcher.variables.get(name).map_or("", String::as_str)
    }

    /// What one program has logged so far.
    pub(crate) fn log(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(format!("{name}.log"))).unwrap_or_default()
    }

    /// All that the programs have logged so far.
    pub(crate) fn logs(&self) -> String {
        std::fs::read_dir(self.folder.path())
            .expect("the folder")
            .flatten()
            .filter(|file| file.path().extension().is_some_and(|ending| ending == "log"))
            .filter(|file| file.file_name() != "sandbox.log")
            .map(|file| std::fs::read_to_string(file.path()).expect("a log"))
            .collect()
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        if environment::keep_data() && std::thread::panicking() {
            self.folder.disable_cleanup(true);
            println!("data and logs are in {}", self.folder.path().display());
        }
    }
}

/// A client that follows no redirects and keeps no cookies.
#[expect(clippy::disallowed_methods, reason = "tests speak to what they have started")]
pub(crate) fn http_client() -> reqwest::Client {
    let _already_installed = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(60))
        .no_proxy()
        .build()
        .expect("a client")
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}

/// 32 random bytes in base64.
pub(crate) fn random_key() -> String {
    STANDARD.encode([Uuid::new_v4().into_bytes(), Uuid::new_v4().into_bytes()].concat())
}

fn variables(meta: &str, smtp: &str, store: &Store, folder: &Path) -> BTreeMap<String, String> {
    let clock = folder.join("clock").display().to_string();
    let keys = format!("k1:{}", random_key());
    let auth = random_key();
    let hosts = |host: &str| format!("{meta}/{host}");
    [
        ("MOORING_DEVELOPMENT", "true".to_owned()),
        ("DATABASE_URL", store.url().to_owned()),
        ("AUTH_SECRET", auth),
        ("TOKEN_KEYS", keys),
        ("TOKEN_ACTIVE_KEY", "k1".to_owned()),
        ("CRON_SECRET", CRON_SECRET.to_owned()),
        ("SMTP_URL", format!("smtp://{smtp}")),
        ("MAIL_FROM", "Mooring <no-reply@mooring.example>".to_owned()),
        ("FACEBOOK_APP_ID", "1029384756".to_owned()),
        ("FACEBOOK_APP_SECRET", "sandbox-facebook-app-secret".to_owned()),
        ("INSTAGRAM_APP_ID", "5647382910".to_owned()),
        ("INSTAGRAM_APP_SECRET", "sandbox-instagram-app-secret".to_owned()),
        ("FACEBOOK_DIALOG_URL", hosts("www.facebook.com")),
        ("FACEBOOK_GRAPH_URL", hosts("graph.facebook.com")),
        ("INSTAGRAM_DIALOG_URL", hosts("www.instagram.com")),
        ("INSTAGRAM_API_URL", hosts("api.instagram.com")),
        ("INSTAGRAM_GRAPH_URL", hosts("graph.instagram.com")),
        ("CLOCK_OFFSET_FILE", clock),
        ("LOG", "trace".to_owned()),
        // Short, so that behaviours show soon; none of them depends on the very length.
        // Leases this short are lost when many wait for the same few cores.
        ("LEASE_SECONDS", "5".to_owned()),
        ("WORKER_CONCURRENCY", "16".to_owned()),
        ("CONFIRM_SECONDS", "2".to_owned()),
        ("ALERT_HOLD_SECONDS", "0".to_owned()),
        ("SHUTDOWN_SECONDS", "5".to_owned()),
        ("WORKER_POLL_MILLISECONDS", "50".to_owned()),
        ("SPREAD_SECONDS", "0".to_owned()),
        ("BACKFILL_DAYS", "3".to_owned()),
        ("ACCOUNT_CALLS_PER_HOUR", "100000".to_owned()),
        ("ARGON2_MEMORY_KIB", "19456".to_owned()),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}

/// Sets both clocks to the start.
async fn set_out(sandbox: &Sandbox, folder: &Path) -> i64 {
    let clock: Value = sandbox.order("clock", json!({ "now": START })).await;
    let offset = clock["offset_seconds"].as_i64().expect("seconds");
    write_offset(folder, offset);
    offset
}

/// Replaces the file as a whole: half a number would be another time.
fn write_offset(folder: &Path, offset: i64) {
    let beside = folder.join("clock.new");
    std::fs::write(&beside, offset.to_string()).expect("the clock");
    std::fs::rename(beside, folder.join("clock")).expect("the clock");
}

/// Starts the api on a free port; tries again if somebody else was faster to take it.
async fn start_api(launcher: &mut Launcher, http: &reqwest::Client) -> (Program, Url) {
    for _ in 0..5 {
        let address = format!("127.0.0.1:{}", free_port());
        launcher.variables.insert("API_LISTEN".to_owned(), address.clone());
        launcher.variables.insert("PUBLIC_URL".to_owned(), format!("http://{address}"));
        let url: Url = format!("http://{address}/").parse().expect("an address");
        let mut api = launcher.start("api", "mooring-api", &[]);
        if answers(&mut api, http, &url).await {
            return (api, url);
        }
        assert!(api.end_of_log().contains("in use"), "{}", api.end_of_log());
    }
    panic!("no port for the api");
}

/// Waits until the api answers; `false` when it has ended instead.
async fn answers(api: &mut Program, http: &reqwest::Client, url: &Url) -> bool {
    let health = url.join("api/health/db").expect("a path");
    until("the api answers", async || {
        if !api.runs() {
            return Some(false);
        }
        let answer = http.get(health.clone()).send().await.ok()?;
        answer.status().is_success().then_some(true)
    })
    .await
}
