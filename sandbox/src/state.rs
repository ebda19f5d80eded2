//! Everything that changes while the sandbox runs and survives a restart, and the sandbox itself.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    clock::Clock,
    config::Config,
    faults::Fault,
    grants::{Code, Grant},
    graph::subscriptions::{Subscription, Unverified},
    ledger::Ledger,
    limits::Usage,
    mail::{Mail, SmtpMode},
    messages::Conversation,
    people::{Page, Person, World},
    settings::Settings,
    tokens::{Revocation, Subject, Token},
};

/// The part that is written to the state file.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct State {
    pub(crate) clock: Clock,
    pub(crate) settings: Settings,
    pub(crate) tokens: HashMap<Arc<str>, Token>,
    /// Which Page token answers for which user token.
    pub(crate) page_tokens: HashMap<String, Arc<str>>,
    pub(crate) codes: HashMap<String, Code>,
    pub(crate) grants: BTreeMap<String, Grant>,
    pub(crate) revocations: BTreeMap<String, Revocation>,
    /// `person/page` → tasks, where they differ from the seed's.
    pub(crate) roles: BTreeMap<String, Vec<String>>,
    /// Page → account linked to it, where that differs from the seed's.
    pub(crate) links: BTreeMap<u64, Option<u64>>,
    pub(crate) faults: Vec<Fault>,
    /// Throttled key → end, in Unix seconds.
    pub(crate) throttles: BTreeMap<String, i64>,
    /// Webhook fields subscribed per Page or account.
    pub(crate) subscriptions: BTreeMap<u64, Vec<String>>,
    /// Webhook subscriptions of the app, by kind of object.
    pub(crate) app_subscriptions: BTreeMap<String, Subscription>,
    /// Conversations that differ from the seed's, by id.
    pub(crate) conversations: BTreeMap<String, Conversation>,
    pub(crate) mails: Vec<Mail>,
    pub(crate) smtp_mode: SmtpMode,
    sequence: u64,
}

impl State {
    /// The next number of a counter that orders everything issued.
    pub(crate) fn next(&mut self) -> u64 {
        self.sequence += 1;
        self.sequence
    }

    /// How many things have been issued; it differs whenever something was.
    pub(crate) fn issued(&self) -> u64 {
        self.sequence
    }

    /// What the person may do on the Page; empty when the role is gone.
    pub(crate) fn tasks(&self, world: &World, person: u64, page: u64) -> Vec<String> {
        if let Some(tasks) = self.roles.get(&format!("{person}/{page}")) {
            return tasks.clone();
        }
        world
            .person(person)
            .and_then(|person| person.roles.into_iter().find(|role| role.page.id == page))
            .map(|role| role.tasks.iter().map(|task| (*task).to_owned()).collect())
            .unwrap_or_default()
    }

    /// These people, and after each the system user that was made for them, if one was.
    pub(crate) fn with_system_users(&self, world: &World, people: Vec<Person>) -> Vec<Person> {
        let mut all = Vec::new();
        for person in people {
            let system_user = person.system_user();
            all.push(person);
            if self.grants.contains_key(&Subject::Person(system_user).key()) {
                all.extend(world.person(system_user));
            }
        }
        all
    }

    /// The professional account linked to a Page now.
    pub(crate) fn linked_account(&self, page: &Page) -> Option<u64> {
        self.links.get(&page.id).copied().unwrap_or(page.account)
    }

    /// The Page that an account is linked to now.
    pub(crate) fn page_with(&self, world: &World, account: u64) -> Option<Page> {
        let own = world.page_of(account).filter(|page| self.linked_account(page) == Some(account));
        own.or_else(|| {
            let (page, _) = self.links.iter().find(|(_, linked)| **linked == Some(account))?;
            world.page(*page)
        })
    }

    /// Ends everything issued so far to a subject. Removing the app (458) takes the grant along.
    pub(crate) fn revoke(&mut self, key: &str, subcode: Option<i64>) {
        let fallen = if subcode == Some(458) { self.grants.remove(key) } else { None };
        let earlier = self.revocations.get(key).and_then(|revocation| revocation.grant.clone());
        let (before_sequence, at) = (self.next(), Some(self.clock.now().timestamp()));
        self.revocations
            .insert(key.to_owned(), Revocation { before_sequence, subcode, at, grant: fallen.or(earlier) });
    }

    /// Undoes revocations and expiries of a subject.
    pub(crate) fn restore(&mut self, key: &str) {
        if let Some(grant) = self.revocations.remove(key).and_then(|revocation| revocation.grant) {
            self.grants.entry(key.to_owned()).or_insert(grant);
        }
        for token in self.tokens.values_mut() {
            let page = match token.bearer {
                crate::tokens::Bearer::Page { page, .. } => Some(format!("page:{page}")),
                _ => None,
            };
            if token.bearer.subject().key() == key || page.as_deref() == Some(key) {
                token.expired_by_hand = None;
            }
        }
    }
}

/// State and what is lost at a restart.
#[derive(Debug, Default)]
pub(crate) struct Inner {
    pub(crate) state: State,
    pub(crate) usage: Usage,
    pub(crate) ledger: Ledger,
    /// Set by the call that is being answered: its subscription waits for the address to answer.
    pub(crate) unverified: Option<Unverified>,
}

/// The running sandbox.
#[derive(Debug)]
pub(crate) struct Sandbox {
    pub(crate) config: Config,
    pub(crate) world: World,
    /// Base of links, without a slash at the end.
    pub(crate) public_url: String,
    inner: Mutex<Inner>,
    /// Something changed since the state file was written.
    dirty: AtomicBool,
    /// Held while the state file is written: the last writer must also be the last to finish.
    saving: Mutex<()>,
}

impl Sandbox {
    pub(crate) fn new(config: Config, public_url: String, state: State) -> Self {
        let world = World { seed: config.seed, generated: config.people };
        Self {
            config,
            world,
            public_url,
            inner: Mutex::new(Inner { state, ..Inner::default() }),
            dirty: AtomicBool::new(false),
            saving: Mutex::new(()),
        }
    }

    /// The changeable part. Nothing waits while holding it.
    pub(crate) fn inner(&self) -> MutexGuard<'_, Inner> {
        // A panic in one request must not end the whole sandbox: its data are independent facts.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for another save to end and keeps further ones out.
    pub(crate) fn saving(&self) -> MutexGuard<'_, ()> {
        self.saving.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.inner().state.clock.now()
    }

    pub(crate) fn touch(&self) {
        self.dirty.store(true, Ordering::Relaxed);
    }

    pub(crate) fn take_dirty(&self) -> bool {
        self.dirty.swap(false, Ordering::Relaxed)
    }
}
