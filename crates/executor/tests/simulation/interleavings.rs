//! What can happen to a login, in any order and at the same time, in two processes: whatever it was,
//! afterwards the accounts are what Meta says they are.
//!
//! `INTERLEAVINGS` and `INTERLEAVINGS_SEED` change how many sequences are tried, and which.

use std::time::Duration;

use chrono::TimeDelta;
use connections::health::RED;
use entity::account::Health;
use entity::connection::Provider;
use entity::outbox::{MailKind, MailState};
use entity::refresh_attempt::{RefreshOutcome, Trigger};
use entity::{
    ConnectionId, InWorkspace, account, connection, incident, incident_mail, outbox, refresh_attempt,
};
use futures::future::join_all;
use sea_orm::QueryOrder as _;
use sea_orm::prelude::*;
use serde_json::{Value, json};

use crate::support::{Chance, Installation, die_in, setting};

/// So many things happen in one sequence.
const STEPS: u64 = 14;

/// Something that happens to a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Refresh,
    RefreshOfAProcessThatDies,
    Check,
    OwnerRevokes,
    OwnerRestores,
    OwnerReconnects,
    MetaIsDown,
    MetaIsUp,
    AnHourPasses,
    DaysPass,
    ClockIsSet,
}

const ALL: [Step; 11] = [
    Step::Refresh,
    Step::RefreshOfAProcessThatDies,
    Step::Check,
    Step::OwnerRevokes,
    Step::OwnerRestores,
    Step::OwnerReconnects,
    Step::MetaIsDown,
    Step::MetaIsUp,
    Step::AnHourPasses,
    Step::DaysPass,
    Step::ClockIsSet,
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_happens_accounts_end_as_meta_says() {
    let sequences = setting("INTERLEAVINGS", 12);
    let first = setting("INTERLEAVINGS_SEED", 1);
    let (mut renewed, mut lost) = (0, 0);
    for database in testing::databases().await {
        let own = [("CONFIRM_SECONDS", "60"), ("REFRESHES_PER_SECOND", "1000")];
        let installation = Installation::start(&database.url(), 2 * sequences + 2, 2, &own).await;
        for seed in first..first + sequences {
            for provider in [Provider::FacebookLogin, Provider::InstagramLogin] {
                let mut story = Story::begin(&installation, provider, seed).await;
                story.tell(&Chance::new(seed)).await;
                story.settle().await;
                story.judge().await;
                renewed += story.count(RefreshOutcome::Succeeded).await;
                lost += story.count(RefreshOutcome::Interrupted).await;
            }
        }
    }
    println!("{sequences} sequences of {STEPS} steps: {renewed} renewals, {lost} cut off");
    assert!(renewed > 0 && lost > 0, "{renewed} renewals, {lost} cut off");
}

/// One login and what happened to it.
struct Story<'a> {
    installation: &'a Installation,
    provider: Provider,
    /// The person or account at Meta.
    whose: Value,
    grant: ConnectionId,
    /// Whether Meta would accept a token of this login.
    alive: bool,
    told: Vec<Vec<Step>>,
    seed: u64,
}

impl<'a> Story<'a> {
    async fn begin(installation: &'a Installation, provider: Provider, seed: u64) -> Self {
        // Each story has a person of its own.
        let number = 2 * (seed % 1_000) + u64::from(provider == Provider::InstagramLogin);
        let person = installation.person(number).await;
        let whose = match provider {
            Provider::FacebookLogin => person["id"].clone(),
            Provider::InstagramLogin => person["pages"][0]["account"]["id"].clone(),
        };
        installation.import(installation.workspace, provider, &whose).await;
        installation.forget_collecting().await;
        let grant = connection::Entity::in_workspace(installation.workspace)
            .order_by_desc(connection::Column::CreatedAt)
            .order_by_desc(connection::Column::Id)
            .one(&*installation.services().database)
            .await
            .unwrap()
            .unwrap();
        // Old enough for Instagram to renew it.
        installation.move_to(installation.now() + TimeDelta::hours(30)).await;
        Self { installation, provider, whose, grant: grant.id, alive: true, told: Vec::new(), seed }
    }

    /// A few things at a time happen at once.
    async fn tell(&mut self, chance: &Chance) {
        for _ in 0..STEPS {
            let pick = || ALL[usize::try_from(chance.below(ALL.len() as u64)).unwrap()];
            let together = 1 + chance.below(3);
            let steps: Vec<Step> = (0..together).map(|_| pick()).collect();
            self.told.push(steps.clone());
            let (world, ours): (Vec<_>, Vec<_>) = steps.into_iter().partition(|step| step.is_of_the_world());
            for step in world {
                self.happen(step).await;
            }
            join_all(ours.into_iter().enumerate().map(|(number, step)| self.act(number, step, chance))).await;
        }
    }

    async fn happen(&mut self, step: Step) {
        let now = self.installation.now();
        let who = if self.provider == Provider::FacebookLogin { "person" } else { "account" };
        match step {
            Step::OwnerRevokes => {
                self.alive = false;
                self.installation.order("POST", "revoke", &json!({ who: self.whose })).await;
            }
            Step::OwnerRestores => {
                self.alive = true;
                self.installation.order("POST", "restore", &json!({ who: self.whose })).await;
            }
            Step::OwnerReconnects => {
                self.alive = true;
                self.installation.order("DELETE", "faults", &json!({})).await;
                self.installation.order("POST", "restore", &json!({ who: self.whose })).await;
                self.installation.import(self.installation.workspace, self.provider, &self.whose).await;
            }
            Step::MetaIsDown => {
                self.installation.order("POST", "faults", &json!({ "kind": "html_503" })).await;
            }
            Step::MetaIsUp => drop(self.installation.order("DELETE", "faults", &json!({})).await),
            Step::AnHourPasses => self.installation.move_to(now + TimeDelta::hours(1)).await,
            Step::DaysPass => self.installation.move_to(now + TimeDelta::days(3)).await,
            // It runs ahead for days, in which work is done, and is set right.
            Step::ClockIsSet => {
                self.installation.clock.jump(TimeDelta::days(5));
                self.look().await;
                let process = &self.installation.processes[0].connections;
                let workspace = self.installation.workspace;
                process.refresh(workspace, self.grant, Trigger::Scheduled, true).await.unwrap();
                process.check(workspace, self.grant, true).await.unwrap();
                self.installation.clock.jump(TimeDelta::days(-5));
                self.look().await;
            }
            Step::Refresh | Step::RefreshOfAProcessThatDies | Step::Check => {}
        }
    }

    /// As workers do all the time.
    async fn look(&self) {
        for process in &self.installation.processes {
            process.executor.claim(&[], 0).await.unwrap();
        }
    }

    async fn act(&self, number: usize, step: Step, chance: &Chance) {
        let process = &self.installation.processes[number % self.installation.processes.len()];
        let (workspace, grant) = (self.installation.workspace, self.grant);
        let connections = process.connections.clone();
        match step {
            Step::Refresh => {
                drop(connections.refresh(workspace, grant, Trigger::Scheduled, true).await.unwrap());
            }
            Step::RefreshOfAProcessThatDies => {
                let moment = Duration::from_micros(chance.below(15_000));
                let work = async move {
                    connections.refresh(workspace, grant, Trigger::Scheduled, true).await.map(|_| None)
                };
                die_in(work, moment).await;
            }
            Step::Check => drop(connections.check(workspace, grant, true).await.unwrap()),
            _ => {}
        }
    }

    /// Meta is well, nobody does anything more, and every check and every confirmation had its time.
    async fn settle(&self) {
        self.installation.order("DELETE", "faults", &json!({})).await;
        for _ in 0..8 {
            self.installation.move_to(self.installation.now() + TimeDelta::minutes(2)).await;
            for process in &self.installation.processes {
                process.connections.free_abandoned_leases().await.unwrap();
                process.connections.check(self.installation.workspace, self.grant, true).await.unwrap();
            }
            self.look().await;
        }
    }

    async fn judge(&self) {
        let database = &*self.installation.services().database;
        let workspace = self.installation.workspace;
        let story = || format!("{:?}, seed {}: {:?}", self.provider, self.seed, self.told);
        let grant = connection::Entity::in_workspace(workspace)
            .filter(connection::Column::Id.eq(self.grant))
            .one(database)
            .await
            .unwrap()
            .unwrap();
        assert!(grant.lease_until.is_none(), "{}", story());
        let accounts = account::Entity::in_workspace(workspace)
            .filter(account::Column::ConnectionId.eq(self.grant))
            .all(database)
            .await
            .unwrap();
        assert!(!accounts.is_empty(), "{}", story());
        for account in &accounts {
            let well = account.health == Health::Healthy;
            assert_eq!(well, self.alive, "{:?} {:?} {}", account.health, account.health_reason, story());
            assert_eq!(RED.contains(&account.health), !self.alive, "{}", story());
            let incidents = incident::Entity::in_workspace(workspace)
                .filter(incident::Column::AccountId.eq(account.id))
                .order_by_asc(incident::Column::OpenedAt)
                .all(database)
                .await
                .unwrap();
            let open = incidents.iter().filter(|incident| incident.closed_at.is_none()).count();
            assert_eq!(open, usize::from(!self.alive), "{}", story());
            if let (true, Some(last)) = (well, incidents.last()) {
                assert!(
                    account.verified_at.unwrap() >= last.opened_at,
                    "a proof before the failure: {}",
                    story()
                );
            }
            for incident in &incidents {
                self.is_told_once(incident).await;
            }
        }
        assert!(self.count(RefreshOutcome::Started).await <= 1, "{}", story());
    }

    /// Of one incident an owner is written to once, and no mail that is untrue waits.
    async fn is_told_once(&self, incident: &incident::Model) {
        let database = &*self.installation.services().database;
        let pairs = incident_mail::Entity::in_workspace(incident.workspace_id)
            .filter(incident_mail::Column::IncidentId.eq(incident.id))
            .all(database)
            .await
            .unwrap();
        let mails = outbox::Entity::in_workspace(incident.workspace_id)
            .filter(outbox::Column::Id.is_in(pairs.iter().map(|pair| pair.mail_id)))
            .filter(outbox::Column::Kind.eq(MailKind::NeedsReconnect))
            .filter(outbox::Column::State.is_in([MailState::Queued, MailState::Sent]))
            .all(database)
            .await
            .unwrap();
        let wanted = usize::from(incident.closed_at.is_none());
        assert_eq!(mails.len(), wanted, "seed {}: {:?}", self.seed, self.told);
    }

    async fn count(&self, outcome: RefreshOutcome) -> u64 {
        refresh_attempt::Entity::in_workspace(self.installation.workspace)
            .filter(refresh_attempt::Column::ConnectionId.eq(self.grant))
            .filter(refresh_attempt::Column::Outcome.eq(outcome))
            .count(&*self.installation.services().database)
            .await
            .unwrap()
    }
}

impl Step {
    /// Whether it happens outside of our processes.
    fn is_of_the_world(self) -> bool {
        !matches!(self, Self::Refresh | Self::RefreshOfAProcessThatDies | Self::Check)
    }
}
