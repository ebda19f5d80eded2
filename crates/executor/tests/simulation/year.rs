//! A year of renewing in a minute: tokens of both logins, a worker that is away for days, Meta out of
//! order, throttling, and processes that die in the middle of their work. Time is a clock that jumps
//! from one due piece of work to the next; the rest is what runs in earnest: the rooms, a database,
//! and HTTP calls to the sandbox.
//!
//! `SIMULATE_TOKENS` and `SIMULATE_SEED` change how many tokens there are and what befalls them.
//! `make simulate` runs it in full and prints the same figures.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use connections::health::RED;
use entity::connection::Provider;
use entity::job::JobKind;
use entity::refresh_attempt::RefreshOutcome;
use entity::{InWorkspace, WorkspaceId, account, connection, incident, job, outbox, refresh_attempt};
use futures::StreamExt as _;
use jobs::Claim;
use sea_orm::prelude::*;
use sea_orm::{QueryOrder as _, QuerySelect as _};
use serde_json::{Value, json};

use crate::support::{Chance, Installation, KINDS, die_in, setting};

const DAYS: i64 = 365;
/// Tokens are connected over so many days, which is how long each is kept before it is renewed: a real
/// installation grows, and its renewals then come as evenly as its tokens did.
const GROWING_DAYS: i64 = 46;
/// Of so many logins one is Facebook's, whose renewal brings about five Pages along.
const FACEBOOK_ONE_IN: u64 = 4;
/// One piece of work in so many dies in the middle, and of renewals more.
const DIES_ONE_IN: u64 = 25;
const RENEWAL_DIES_ONE_IN: u64 = 6;
/// So many pieces of work are under way at once.
const AT_ONCE: usize = 16;
/// How often the worker looks for work, and how soon again where there was more than it could take:
/// seldom enough for a year to take minutes.
const LOOKS_EVERY: TimeDelta = TimeDelta::minutes(10);
const LOOKS_AGAIN: TimeDelta = TimeDelta::minutes(2);
/// In windows of so many seconds renewals are counted: ten thousand tokens make one renewal in seven
/// minutes, and of so few chance alone makes several times as many in one minute, now and then.
const WINDOW: i64 = 7_200;
/// So long is about what one takes.
const DIES_WITHIN_MICROSECONDS: u64 = 25_000;

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

fn spans(chance: &Chance, count: u64, start: DateTime<Utc>, hours: std::ops::Range<i64>) -> Vec<Span> {
    let width = u64::try_from(hours.end - hours.start).unwrap();
    let spans = (0..count).map(|_| {
        let from = start + TimeDelta::minutes(i64::try_from(chance.below(60 * 24 * 365)).unwrap());
        let length = hours.start + i64::try_from(chance.below(width)).unwrap();
        Span { from, to: from + TimeDelta::hours(length) }
    });
    spans.collect()
}

fn fate(chance: &Chance, start: DateTime<Utc>) -> Fate {
    let mut away = spans(chance, 8, start, 6..96);
    // Once it is away for as long as it may be.
    let holidays = start + TimeDelta::days(120);
    away.push(Span { from: holidays, to: holidays + TimeDelta::days(10) });
    Fate { away, outages: spans(chance, 15, start, 1..48), throttled: spans(chance, 15, start, 1..6) }
}

struct Year {
    installation: Installation,
    southlight: WorkspaceId,
    people: Vec<Value>,
    _folder: tempfile::TempDir,
}

impl Year {
    async fn new(people: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("year.db").display());
        // Every half hour would be sixteen thousand checks a year for each token; and sixteen pieces of
        // work in two minutes are fewer than a worker does in earnest.
        let own = [("CRON_CHECK_TOKENS", "0 0 4 1 */6 *"), ("REFRESHES_PER_SECOND", "1000")];
        let installation = Installation::start(&url, people, 1, &own).await;
        let southlight = WorkspaceId(installation.services().world.new_id());
        installation.add_workspace(southlight, "Southlight").await;
        let mut known = Vec::new();
        for number in 0..people {
            known.push(installation.person(number).await);
        }
        Self { installation, southlight, people: known, _folder: folder }
    }

    /// Connects the next of the generated people, one in a few by Facebook Login with all Pages, the others
    /// by Instagram Login. Each login stands in a workspace of its own, as the same account can be read
    /// through both.
    async fn connect(&self, number: u64) {
        let person = &self.people[usize::try_from(number).unwrap()];
        if number.is_multiple_of(FACEBOOK_ONE_IN) {
            let workspace = self.installation.workspace;
            self.installation.import(workspace, Provider::FacebookLogin, &person["id"]).await;
        } else {
            let account = &person["pages"][0]["account"]["id"];
            self.installation.import(self.southlight, Provider::InstagramLogin, account).await;
        }
    }

    /// When the next piece of work can be taken.
    async fn next_due(&self) -> Option<DateTime<Utc>> {
        let row = job::Entity::across_workspaces()
            .filter(job::Column::DueAt.is_not_null())
            .filter(job::Column::Kind.is_in(KINDS))
            .filter(job::Column::LeaseUntil.is_null())
            .order_by_asc(job::Column::DueAt)
            .limit(1)
            .one(&*self.installation.services().database)
            .await
            .unwrap();
        row.and_then(|row| row.due_at)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_token_is_lost_in_a_year_of_trouble() {
    let tokens = setting("SIMULATE_TOKENS", 60);
    let chance = Chance::new(setting("SIMULATE_SEED", 1));
    let began = Instant::now();
    let year = Year::new(tokens).await;
    let start = year.installation.now();
    let end = start + TimeDelta::days(DAYS);
    let fate = fate(&chance, start);
    let (mut connected, mut done, mut died) = (0, 0_u64, 0_u64);
    let (mut outage, mut throttled) = (false, false);
    // Hours in which more was due than could be taken at once.
    let mut crowded = BTreeSet::new();

    let mut now = start;
    while now < end {
        year.installation.move_to(now).await;
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
        if calm && connected < Ord::min(due, tokens) {
            for number in connected..Ord::min(due, tokens) {
                year.connect(number).await;
            }
            connected = Ord::min(due, tokens);
            year.installation.forget_collecting().await;
        }
        let claims = if away {
            Vec::new()
        } else {
            year.installation.services().executor.claim(&KINDS, AT_ONCE as u64).await.unwrap()
        };
        let taken = claims.len();
        let renewals = claims.iter().filter(|claim| claim.job.kind == JobKind::RefreshToken).count();
        if renewals >= AT_ONCE / 2 {
            crowded.insert(now.timestamp() / 3_600);
        }
        done += taken as u64;
        let works = claims.into_iter().map(|claim| work(&year, &chance, claim));
        died += futures::stream::iter(works).buffer_unordered(AT_ONCE).fold(0, async |a, b| a + b).await;
        let soon = now + LOOKS_EVERY;
        now = match taken {
            // To what comes next: work, somebody who connects, or the end of a span.
            0 => {
                let next = year.next_due().await.filter(|_| !away);
                let step = now + TimeDelta::hours(if connected < tokens || away { 1 } else { 6 });
                next.map_or(step, |next| next.clamp(soon, step))
            }
            // Of renewals alone a worker takes half as many as it has places.
            few if few < AT_ONCE / 2 => soon,
            _ => now + LOOKS_AGAIN,
        };
    }
    report(&year, &fate, &Figures { tokens: connected, done, died, began, crowded }).await;
}

/// Does one piece of work, unless its process dies in the middle of it. Says how often it died.
async fn work(year: &Year, chance: &Chance, claim: Claim) -> u64 {
    let renews = claim.job.kind == JobKind::RefreshToken;
    let dies = chance.below(if renews { RENEWAL_DIES_ONE_IN } else { DIES_ONE_IN }) == 0;
    let moment = Duration::from_micros(chance.below(DIES_WITHIN_MICROSECONDS));
    let executor = year.installation.services().executor.clone();
    let work = async move { executor.run(claim).await };
    if dies {
        return die_in(work, moment).await;
    }
    work.await.unwrap();
    0
}

/// Makes Meta misbehave, or well again.
async fn switch(year: &Year, is: &mut bool, should: bool, fault: &Value) {
    if *is == should {
        return;
    }
    *is = should;
    let faults = year.installation.order("GET", "faults", &json!({})).await;
    let kind = &fault["kind"];
    let own = faults["faults"].as_array().into_iter().flatten().find(|known| known["kind"] == *kind);
    match (should, own) {
        (true, None) => drop(year.installation.order("POST", "faults", fault).await),
        (false, Some(known)) => {
            drop(year.installation.order("DELETE", &format!("faults/{}", known["id"]), &json!({})).await);
        }
        _ => {}
    }
}

struct Figures {
    tokens: u64,
    done: u64,
    died: u64,
    began: Instant,
    crowded: BTreeSet<i64>,
}

async fn report(year: &Year, fate: &Fate, figures: &Figures) {
    let database = &*year.installation.services().database;
    let grants = connection::Entity::across_workspaces().all(database).await.unwrap();
    let lost = grants
        .iter()
        .filter(|grant| grant.token_expires_at.is_none_or(|at| at <= year.installation.now()))
        .count();
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
    let mut by_grant: HashMap<_, Vec<_>> = HashMap::new();
    for attempt in &renewed {
        by_grant.entry(attempt.connection_id).or_default().push(*attempt);
    }
    for grant in &grants {
        let own = by_grant.remove(&grant.id).unwrap_or_default();
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
    // What waited for somebody comes at once when they are back, or when it is tried again, which is six
    // hours later at most; everything else comes evenly.
    let catching_up = |at: DateTime<Utc>| {
        let mut waits = fate.away.iter().chain(&fate.outages).chain(&fate.throttled);
        figures.crowded.contains(&(at.timestamp() / 3_600))
            || waits.any(|span| Span { from: span.from, to: span.to + TimeDelta::hours(8) }.holds(at))
    };
    let most_within = |seconds: i64, counts: &dyn Fn(DateTime<Utc>) -> bool| {
        let mut windows: BTreeMap<i64, u64> = BTreeMap::new();
        for attempt in renewed.iter().filter(|attempt| counts(attempt.started_at)) {
            *windows.entry(attempt.started_at.timestamp() / seconds).or_default() += 1;
        }
        windows.values().max().copied().unwrap_or_default()
    };
    let peak = most_within(WINDOW, &|_| true);
    let calm = most_within(WINDOW, &|at| !catching_up(at));
    let calm_minute = most_within(60, &|at| !catching_up(at));
    // Before the first token is old enough there is nothing to renew.
    let mean = renewed.len() as f64 / ((DAYS - GROWING_DAYS) * 24 * 3_600 / WINDOW) as f64;
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
    println!(
        "renewals in two hours: mean {mean:.2}, most {calm} ({calm_minute} in a minute), and {peak} after an \
         absence or an outage"
    );
    println!("a year took {:.0} s", figures.began.elapsed().as_secs_f64());

    assert_eq!(figures.tokens, u64::try_from(grants.len()).unwrap());
    assert_eq!((lost, expired, too_young), (0, 0, 0));
    assert!(broken.is_empty(), "{broken:?}");
    assert_eq!(incidents, 0);
    assert_eq!(mails, Vec::<String>::new());
    assert!(figures.died > 0 && count(RefreshOutcome::Failed) > 0, "nothing befell it");
    assert!(figures.tokens < 50 || count(RefreshOutcome::Interrupted) > 0, "no renewal was cut off");
    // Of a few chance alone makes several times as many.
    assert!(mean < 10.0 || calm as f64 <= 3.0 * mean, "{calm} in two hours");
    let expected = usize::try_from(figures.tokens).unwrap() * 5;
    assert!(renewed.len() >= expected, "{} renewals", renewed.len());
}
