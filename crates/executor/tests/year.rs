//! A year of renewing in a minute: tokens of both logins, a worker that is away for days, Meta out of
//! order, throttling, and processes that die in the middle of their work. Time is a clock that jumps
//! from one due piece of work to the next; the rest is what runs in earnest: the rooms, a database,
//! and HTTP calls to the sandbox.
//!
//! `SIMULATE_TOKENS` and `SIMULATE_SEED` change how many tokens there are and what befalls them.
//! `make simulate` runs it in full and prints the same figures.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test that prints figures")]

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use connections::health::RED;
use entity::connection::Provider;
use entity::job::JobKind;
use entity::refresh_attempt::RefreshOutcome;
use entity::{
    InWorkspace, WorkspaceId, account, connection, incident, job, outbox, refresh_attempt, workspace,
};
use executor::Services;
use mooring_sandbox::Running;
use platform::config::{Config, Reader};
use platform::{ManualClock, Random as _, Secret, SeededRandom, SystemRandom, World};
use sea_orm::prelude::*;
use sea_orm::{ActiveValue::Set, QueryOrder as _, QuerySelect as _};
use serde_json::{Value, json};

const START: &str = "2026-11-20T10:00:00Z";
const DAYS: i64 = 365;
/// Tokens are connected over so many days: a real installation grows.
const GROWING_DAYS: i64 = 60;
/// What is done in the simulation; collecting has a life of its own.
const KINDS: [JobKind; 4] =
    [JobKind::RefreshToken, JobKind::CheckToken, JobKind::SendMail, JobKind::FollowUp];
/// One piece of work in so many dies in the middle, and of renewals more.
const DIES_ONE_IN: u64 = 25;
const RENEWAL_DIES_ONE_IN: u64 = 6;
/// So long is about what one takes.
const DIES_WITHIN_MICROSECONDS: u64 = 25_000;

fn setting(name: &str, default: u64) -> u64 {
    #[expect(clippy::disallowed_methods, reason = "a parameter of the simulation, not of the product")]
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// A span in which something is not as usual.
#[derive(Clone, Copy, Debug)]
struct Span {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
}

impl Span {
    fn holds(&self, at: DateTime<Utc>) -> bool {
        (self.from..self.to).contains(&at)
    }
}

/// What befalls the installation in its year.
struct Fate {
    away: Vec<Span>,
    outages: Vec<Span>,
    throttled: Vec<Span>,
}

struct Chance(SeededRandom);

impl Chance {
    /// A number below `limit`.
    fn below(&self, limit: u64) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        u64::from_le_bytes(bytes) % limit
    }

    fn spans(&self, count: u64, start: DateTime<Utc>, hours: std::ops::Range<i64>) -> Vec<Span> {
        let width = u64::try_from(hours.end - hours.start).unwrap();
        let spans = (0..count).map(|_| {
            let from = start + TimeDelta::minutes(i64::try_from(self.below(60 * 24 * 365)).unwrap());
            let length = hours.start + i64::try_from(self.below(width)).unwrap();
            Span { from, to: from + TimeDelta::hours(length) }
        });
        spans.collect()
    }

    fn fate(&self, start: DateTime<Utc>) -> Fate {
        let mut away = self.spans(8, start, 6..96);
        // Once it is away for as long as it may be.
        let holidays = start + TimeDelta::days(120);
        away.push(Span { from: holidays, to: holidays + TimeDelta::days(10) });
        Fate { away, outages: self.spans(15, start, 1..48), throttled: self.spans(15, start, 1..6) }
    }
}

/// Does work in a runtime of its own that ends at some moment, as everything ends that a process has
/// begun. Says how often it died: not at all when the work was done before.
async fn die_in<F>(work: F, moment: Duration) -> u64
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

struct Year {
    services: Services,
    clock: Arc<ManualClock>,
    sandbox: Running,
    http: reqwest::Client,
    workspace: WorkspaceId,
    _folder: tempfile::TempDir,
}

impl Year {
    async fn new(people: u64) -> Self {
        platform::telemetry::install_tls_provider();
        let config = mooring_sandbox::Config { people, ..mooring_sandbox::Config::default() };
        let sandbox = mooring_sandbox::start(config).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let start: DateTime<Utc> = START.parse().unwrap();
        let clock = Arc::new(ManualClock::at(start));
        let world = World::new(clock.clone(), Arc::new(SystemRandom));
        let services = Services::start_in(world, settings(&sandbox, folder.path())).await.unwrap();
        let workspace = WorkspaceId(services.world.new_id());
        let row = workspace::ActiveModel {
            workspace_id: Set(workspace),
            name: Set("Northlight".to_owned()),
            created_at: Set(start),
        };
        row.insert(&*services.database).await.unwrap();
        #[expect(clippy::disallowed_methods, reason = "tests speak to what they have started")]
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let year = Self { services, clock, sandbox, http, workspace, _folder: folder };
        // Data access is another clock, which nothing that a machine does can wind.
        let settings = json!({ "data_access_days": 4_000, "app_calls_per_hour": 1_000_000, "account_calls_per_day": 1_000_000 });
        year.order("POST", "settings", &settings).await;
        year.order("POST", "clock", &json!({ "now": START, "frozen": true })).await;
        year
    }

    fn now(&self) -> DateTime<Utc> {
        self.services.world.now()
    }

    async fn order(&self, method: &str, path: &str, body: &Value) -> Value {
        let url = format!("http://{}/_sandbox/{path}", self.sandbox.http);
        let request = self.http.request(method.parse().unwrap(), url).body(body.to_string());
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{path} {body}: {}", answer.status());
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
    }

    /// Moves both clocks.
    async fn move_to(&self, at: DateTime<Utc>) {
        self.clock.advance(at - self.now());
        self.order("POST", "clock", &json!({ "now": at })).await;
    }

    /// Connects the next of the generated people, by one login and then the other.
    async fn connect(&self, number: u64) {
        let people = self.order("GET", &format!("people?offset={}&limit=1", number / 2), &json!({})).await;
        let person = people["people"].as_array().unwrap().last().unwrap().clone();
        let account = &person["pages"][0]["account"]["id"];
        let (provider, order) = if number.is_multiple_of(2) {
            (Provider::FacebookLogin, json!({ "person": person["id"], "kind": "short_lived" }))
        } else {
            (Provider::InstagramLogin, json!({ "account": account, "kind": "short_lived" }))
        };
        // Each login stands in a workspace of its own, as the same account can be read through both.
        let workspace = if provider == Provider::FacebookLogin { self.workspace } else { self.other().await };
        let token = self.order("POST", "token", &order).await["access_token"].as_str().unwrap().to_owned();
        let contact = Some("owner@lindqvist.example");
        let imported = self
            .services
            .connections
            .import(workspace, provider, &Secret::new(token), contact)
            .await
            .unwrap();
        assert!(!imported.added.is_empty(), "{person}");
        // Numbers are collected elsewhere.
        job::Entity::delete_across_workspaces()
            .filter(job::Column::Kind.is_not_in(KINDS))
            .exec(&*self.services.database)
            .await
            .unwrap();
    }

    async fn other(&self) -> WorkspaceId {
        let known = workspace::Entity::across_workspaces().all(&*self.services.database).await.unwrap();
        if let Some(other) = known.iter().find(|row| row.workspace_id != self.workspace) {
            return other.workspace_id;
        }
        let id = WorkspaceId(self.services.world.new_id());
        let row = workspace::ActiveModel {
            workspace_id: Set(id),
            name: Set("Southlight".to_owned()),
            created_at: Set(self.now()),
        };
        row.insert(&*self.services.database).await.unwrap();
        id
    }

    /// When the next piece of work can be taken.
    async fn next_due(&self) -> Option<DateTime<Utc>> {
        let row = job::Entity::across_workspaces()
            .filter(job::Column::DueAt.is_not_null())
            .filter(job::Column::Kind.is_in(KINDS))
            .filter(job::Column::LeaseUntil.is_null())
            .order_by_asc(job::Column::DueAt)
            .limit(1)
            .one(&*self.services.database)
            .await
            .unwrap();
        row.and_then(|row| row.due_at)
    }
}

fn settings(sandbox: &Running, folder: &std::path::Path) -> Config {
    const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    let host = |name: &str| format!("http://{}/{name}", sandbox.http);
    let variables: BTreeMap<String, String> = [
        ("MOORING_DEVELOPMENT", "true".to_owned()),
        ("DATABASE_URL", format!("sqlite://{}", folder.join("year.db").display())),
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
        // Every half hour would be sixteen thousand checks a year for each token.
        ("CRON_CHECK_TOKENS", "0 0 4 1 * *".to_owned()),
        // Sixteen pieces of work in two minutes are fewer than a worker does in earnest.
        ("REFRESHES_PER_SECOND", "1000".to_owned()),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    Config::read(Reader::new(variables)).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_token_is_lost_in_a_year_of_trouble() {
    let tokens = setting("SIMULATE_TOKENS", 60);
    let chance = Chance(SeededRandom::new(setting("SIMULATE_SEED", 1)));
    let began = Instant::now();
    let year = Year::new(tokens / 2 + 1).await;
    let start = year.now();
    let end = start + TimeDelta::days(DAYS);
    let fate = chance.fate(start);
    let (mut connected, mut done, mut died) = (0, 0_u64, 0_u64);
    let (mut outage, mut throttled) = (false, false);

    let mut now = start;
    while now < end {
        year.move_to(now).await;
        let due = u64::try_from((now - start).num_minutes()).unwrap() * tokens
            / u64::try_from(GROWING_DAYS * 24 * 60).unwrap();
        let away = fate.away.iter().any(|span| span.holds(now));
        let calm = !fate.outages.iter().chain(&fate.throttled).any(|span| span.holds(now));
        switch(
            &year,
            &mut outage,
            fate.outages.iter().any(|span| span.holds(now)),
            &json!({ "kind": "html_503" }),
        )
        .await;
        let limit = json!({ "kind": "error", "code": 4 });
        switch(&year, &mut throttled, fate.throttled.iter().any(|span| span.holds(now)), &limit).await;
        while calm && connected < Ord::min(due, tokens) {
            year.connect(connected).await;
            connected += 1;
        }
        let claims = if away { Vec::new() } else { year.services.executor.claim(&KINDS, 16).await.unwrap() };
        let idle = claims.is_empty();
        for claim in claims {
            done += 1;
            let renews = claim.job.kind == JobKind::RefreshToken;
            let dies = chance.below(if renews { RENEWAL_DIES_ONE_IN } else { DIES_ONE_IN }) == 0;
            let moment = Duration::from_micros(chance.below(DIES_WITHIN_MICROSECONDS));
            let executor = year.services.executor.clone();
            let work = async move { executor.run(claim).await };
            if dies {
                died += die_in(work, moment).await;
            } else {
                work.await.unwrap();
            }
        }
        now = if idle {
            // To what comes next: work, somebody who connects, or the end of a span.
            let next = year.next_due().await.filter(|next| *next > now && !away);
            let step = now + TimeDelta::hours(if connected < tokens || away { 1 } else { 6 });
            next.map_or(step, |next| Ord::min(next, step))
        } else {
            // Long enough for what died to be free again.
            now + TimeDelta::minutes(2)
        };
    }
    report(&year, &fate, &Figures { tokens: connected, done, died, began }).await;
}

/// Makes Meta misbehave, or well again.
async fn switch(year: &Year, is: &mut bool, should: bool, fault: &Value) {
    if *is == should {
        return;
    }
    *is = should;
    let faults = year.order("GET", "faults", &json!({})).await;
    let kind = &fault["kind"];
    let own = faults["faults"].as_array().into_iter().flatten().find(|known| known["kind"] == *kind);
    match (should, own) {
        (true, None) => drop(year.order("POST", "faults", fault).await),
        (false, Some(known)) => {
            drop(year.order("DELETE", &format!("faults/{}", known["id"]), &json!({})).await);
        }
        _ => {}
    }
}

struct Figures {
    tokens: u64,
    done: u64,
    died: u64,
    began: Instant,
}

async fn report(year: &Year, fate: &Fate, figures: &Figures) {
    let database = &*year.services.database;
    let grants = connection::Entity::across_workspaces().all(database).await.unwrap();
    let lost = grants.iter().filter(|grant| grant.token_expires_at.is_none_or(|at| at <= year.now())).count();
    let accounts = account::Entity::across_workspaces().all(database).await.unwrap();
    let broken: Vec<_> = accounts.iter().filter(|account| RED.contains(&account.health)).collect();
    let incidents = incident::Entity::across_workspaces().count(database).await.unwrap();
    let mails: Vec<String> = outbox::Entity::across_workspaces()
        .all(database)
        .await
        .unwrap()
        .into_iter()
        .map(|mail| mail.subject)
        .collect();
    let attempts = refresh_attempt::Entity::across_workspaces()
        .order_by_asc(refresh_attempt::Column::StartedAt)
        .all(database)
        .await
        .unwrap();
    let count =
        |outcome: RefreshOutcome| attempts.iter().filter(|attempt| attempt.outcome == outcome).count();
    let renewed: Vec<_> =
        attempts.iter().filter(|attempt| attempt.outcome == RefreshOutcome::Succeeded).collect();
    let mut too_young = 0;
    let mut expired = 0;
    for grant in &grants {
        let own: Vec<_> = renewed.iter().filter(|attempt| attempt.connection_id == grant.id).collect();
        expired += own
            .iter()
            .filter(|attempt| attempt.old_expires_at.is_some_and(|at| at < attempt.started_at))
            .count();
        if grant.provider == Provider::InstagramLogin {
            too_young += own
                .windows(2)
                .filter(|two| two[1].started_at - two[0].started_at < TimeDelta::hours(24))
                .count();
        }
    }
    // What waited for somebody comes at once when they are back; everything else comes evenly.
    let catching_up = |at: DateTime<Utc>| {
        let mut waits = fate.away.iter().chain(&fate.outages).chain(&fate.throttled);
        waits.any(|span| Span { from: span.from, to: span.to + TimeDelta::hours(8) }.holds(at))
    };
    let most_an_hour = |counts: &dyn Fn(DateTime<Utc>) -> bool| {
        let mut per_hour: BTreeMap<i64, u64> = BTreeMap::new();
        for attempt in renewed.iter().filter(|attempt| counts(attempt.started_at)) {
            *per_hour.entry(attempt.started_at.timestamp() / 3_600).or_default() += 1;
        }
        per_hour.values().max().copied().unwrap_or_default()
    };
    let peak = most_an_hour(&|_| true);
    let calm = most_an_hour(&|at| !catching_up(at));
    let mean = renewed.len() as f64 / (DAYS as f64 * 24.0);
    println!(
        "tokens {}, {} of them lost at the end, {expired} renewed after their end",
        figures.tokens, lost
    );
    println!(
        "renewed {}, failed {}, interrupted {}, not extended {}; under 24 hours of age {too_young}",
        renewed.len(),
        count(RefreshOutcome::Failed),
        count(RefreshOutcome::Interrupted),
        count(RefreshOutcome::NotExtended)
    );
    println!("pieces of work {}, of which {} died in the middle", figures.done, figures.died);
    println!(
        "accounts {}, broken {}, incidents {incidents}, mails {}",
        accounts.len(),
        broken.len(),
        mails.len()
    );
    println!("renewals an hour: mean {mean:.2}, most {calm}, and {peak} after an absence or an outage");
    println!("a year took {:.0} s", figures.began.elapsed().as_secs_f64());

    assert_eq!(figures.tokens, u64::try_from(grants.len()).unwrap());
    assert_eq!((lost, expired, too_young), (0, 0, 0));
    assert!(broken.is_empty(), "{broken:?}");
    assert_eq!(incidents, 0);
    assert_eq!(mails, Vec::<String>::new());
    assert!(figures.died > 0 && count(RefreshOutcome::Failed) > 0, "nothing befell it");
    assert!(figures.tokens < 50 || count(RefreshOutcome::Interrupted) > 0, "no renewal was cut off");
    // Of a few an hour chance alone makes several times as many.
    assert!(mean < 5.0 || calm as f64 <= 3.0 * mean, "{calm} an hour");
    let expected = usize::try_from(figures.tokens).unwrap() * 5;
    assert!(renewed.len() >= expected, "{} renewals", renewed.len());
}
