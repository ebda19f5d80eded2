//! The calls that are left: counted per Instagram account, paused per app, person, Page and account,
//! shared through the database, and slowed down by what Meta reports in its usage headers.
//!
//! From [`SLOW_PERCENT`] of a limit on only audiences, stories and the newest numbers of accounts are read, the
//! last half as often; from [`STOP_PERCENT`] on nothing. What keeps tokens alive goes on until
//! [`LAST_PERCENT`]: that share is kept for it. Whatever Meta names itself, all keep.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Mutex;

use chrono::{DateTime, TimeDelta, Utc};
use entity::{AccountId, account, connection};
use jobs::budget::{self, Known, Permit};
use meta::{ErrorKind, ThrottleScope, UsageReport, UsageSink};
use platform::Database;
use sea_orm::ConnectionTrait;
use sea_orm::prelude::*;

use crate::clock_watch::ClockWatch;
use crate::heal::Priority;
use crate::{Connections, login};

/// From this share of a limit on, only what would be gone otherwise is read, and less often, and the usage is
/// written down for other processes.
pub const SLOW_PERCENT: u32 = 75;
/// From this share on, reading stops for a while.
pub const STOP_PERCENT: u32 = 90;
/// From this share on, tokens are neither renewed nor checked either.
pub const LAST_PERCENT: u32 = 97;
/// Whose limits there are.
pub const LIMITED: [&str; 5] = ["app", "user", "page", "account", "messaging"];
/// When what waits for a limit looks again whether it has to.
const SLOWED: TimeDelta = TimeDelta::hours(1);
/// A share of a limit that was reported longer ago says nothing. Accounts and Pages, whose calls are counted
/// over a day, are read at least every two hours.
pub const FRESH: TimeDelta = TimeDelta::hours(3);
/// The same for apps and people, whose calls are counted over an hour.
const FRESH_OF_AN_HOUR: TimeDelta = TimeDelta::hours(1);
/// From this share on, the last report is remembered; less is next to nothing.
const REMEMBERED_PERCENT: u32 = 25;
/// So many are.
const MOST_REMEMBERED: usize = 10_000;
/// How long a scope rests when [`STOP_PERCENT`] of its limit are used, and when Meta throttles it without
/// naming a time.
const UNNAMED_PAUSE: TimeDelta = TimeDelta::minutes(15);

/// How long what Meta has blocked for policy reasons rests (code 368; it names no time).
const BLOCKED_PAUSE: TimeDelta = TimeDelta::hours(24);

/// When a list that may not try out whether an account is accepted again is worth another look: trials are
/// an hour apart.
const TRIALS_APART: TimeDelta = TimeDelta::hours(1);

/// Hands out permits for calls and keeps what Meta reports until it can be written down.
#[derive(Debug)]
pub struct Governor {
    account_calls_per_hour: u32,
    reports: Mutex<Vec<UsageReport>>,
    /// The shares that were last reported to this process, from [`REMEMBERED_PERCENT`] on, and when.
    shares: Mutex<HashMap<String, (u32, DateTime<Utc>)>>,
    pub(crate) clock: ClockWatch,
}

impl UsageSink for Governor {
    fn observe(&self, report: UsageReport) {
        self.clock.observe(report.at, report.sent_at);
        let mut reports = self.reports.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        // What is not written down soon is outdated; the newest reports are the ones that matter.
        if reports.len() >= 1_000 {
            reports.clear();
        }
        reports.push(report);
    }
}

impl Governor {
    /// Allows each account so many calls in an hour.
    #[must_use]
    pub fn new(account_calls_per_hour: u32) -> Self {
        Self {
            account_calls_per_hour,
            reports: Mutex::default(),
            shares: Mutex::default(),
            clock: ClockWatch::default(),
        }
    }

    /// The highest share, in percent, that Meta last told this process of the limits which calls about
    /// `account` count against. Little is 0.
    pub(crate) fn last_share(&self, account: &account::Model, now: DateTime<Utc>) -> u32 {
        let page = account.page_id.as_deref().map(page_scope);
        let own = [app_scope(login(account.provider)), account_scope(&account.instagram_id)];
        let shares = self.shares.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let fresh = |scope: &String| {
            let (percent, at) = *shares.get(scope)?;
            (now - at < freshness(scope)).then_some(percent)
        };
        own.iter().chain(&page).filter_map(fresh).max().unwrap_or_default()
    }

    /// Remembers the last report of `scope`, and gives what was remembered before.
    fn remember(&self, scope: &str, percent: u32, now: DateTime<Utc>) -> u32 {
        let mut shares = self.shares.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if percent < REMEMBERED_PERCENT {
            return shares.remove(scope).map_or(0, |(before, _)| before);
        }
        if shares.len() >= MOST_REMEMBERED {
            shares.clear();
        }
        shares.insert(scope.to_owned(), (percent, now)).map_or(0, |(before, _)| before)
    }

    /// Remembers what others have been told of limits, so that it is known when less is reported.
    fn remember_high(&self, known: &HashMap<String, Known>, now: DateTime<Utc>) {
        for (scope, known) in known {
            let percent = share(scope, known, now);
            if percent >= SLOW_PERCENT {
                self.remember(scope, percent, known.usage_at.unwrap_or(now));
            }
        }
    }

    /// Counts one call about an Instagram account. Calls that can wait may use three quarters of the
    /// budget, so that filling a long gap does not hold up the newest numbers.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn permit(
        &self,
        db: &impl ConnectionTrait,
        now: DateTime<Utc>,
        limits: &Limits<'_>,
        priority: Priority,
    ) -> Result<Allowed, DbErr> {
        // App, person and Page have no count of their own, only pauses that Meta asked for.
        let known = budget::known(db, now, limits.scopes()).await?;
        if let Some(until) = known.values().filter_map(|scope| scope.paused_until).max() {
            return Ok(Allowed::not_before(until));
        }
        self.remember_high(&known, now);
        let is_high = || known.iter().any(|(scope, known)| share(scope, known, now) >= SLOW_PERCENT);
        if !matches!(priority, Priority::Newest | Priority::Stories) && is_high() {
            return Ok(Allowed::not_before(now + SLOWED));
        }
        // What was refused lately is tried by one call at a time.
        let fuse = limits.fuse.map(fuse_scope).filter(|fuse| known.contains_key(fuse));
        if fuse.is_some() && matches!(priority, Priority::List | Priority::Stories) {
            return Ok(Allowed::not_before(now + TRIALS_APART));
        }
        if let Some(fuse) = &fuse
            && let Permit::WaitUntil(until) = budget::take(db, now, fuse, 1).await?
        {
            return Ok(Allowed::not_before(until));
        }
        let is_trial = fuse.is_some();
        let Some(account) = limits.account else { return Ok(Allowed { permit: Permit::Granted, is_trial }) };
        let per_hour = match priority {
            Priority::Background => self.account_calls_per_hour * 3 / 4,
            _ => self.account_calls_per_hour,
        };
        let permit = budget::take(db, now, &account_scope(account), per_hour).await?;
        Ok(Allowed { permit, is_trial })
    }

    /// As [`Governor::permit`], for one call for the newest numbers of each of several accounts: those whose call is
    /// granted, and was counted. Of the others nothing is said, nor of those of which anything was refused
    /// lately: they are to ask alone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn permit_each(
        &self,
        db: &Database,
        now: DateTime<Utc>,
        limits: &[Limits<'_>],
    ) -> Result<HashSet<AccountId>, DbErr> {
        let scopes: BTreeSet<String> = limits.iter().flat_map(Limits::scopes).collect();
        let known = budget::known(&**db, now, scopes).await?;
        self.remember_high(&known, now);
        let usual = |limits: &Limits<'_>| {
            limits
                .scopes()
                .iter()
                .all(|scope| known.get(scope).is_none_or(|scope| scope.paused_until.is_none()))
                && limits.fuse.is_some_and(|account| !known.contains_key(&fuse_scope(account)))
        };
        // The same account may be read in several workspaces, and is counted by one statement only once.
        let mut asking = BTreeMap::new();
        for limits in limits.iter().filter(|limits| usual(limits)) {
            if let (Some(account), Some(id)) = (limits.account, limits.fuse) {
                asking.entry(account_scope(account)).or_insert(id);
            }
        }
        let asked: Vec<_> = asking.keys().cloned().collect();
        let _turn = db.turn().await;
        let permits = budget::take_each(&**db, now, &asked, self.account_calls_per_hour).await?;
        asking.retain(|scope, _| permits.get(scope) == Some(&Permit::Granted));
        Ok(asking.into_values().collect())
    }

    /// Writes down what Meta reported since the last time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn flush(&self, db: &Database, now: DateTime<Utc>) -> Result<(), DbErr> {
        let reports =
            std::mem::take(&mut *self.reports.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        for report in reports {
            for (scope, percent, regain) in shares(&report) {
                let (percent, until) = match regain {
                    // Nobody may go on, whatever the share.
                    Some(regain) if regain > TimeDelta::zero() => (percent.max(100), Some(now + regain)),
                    _ if percent >= STOP_PERCENT => (percent, Some(now + rest(&scope, percent))),
                    _ => (percent, None),
                };
                let before = self.remember(&scope, percent, now);
                if percent.max(before) >= SLOW_PERCENT {
                    let _turn = db.turn().await;
                    budget::note(&**db, now, &scope, percent, until).await?;
                }
            }
        }
        Ok(())
    }

    /// Pauses what a throttled or blocked answer is about, and says until when; another answer pauses
    /// nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn pause(
        &self,
        db: &impl ConnectionTrait,
        now: DateTime<Utc>,
        limits: &Limits<'_>,
        error: &meta::Error,
    ) -> Result<Option<DateTime<Utc>>, DbErr> {
        let (scope, until) = match error.kind() {
            ErrorKind::Throttled { scope, until } => (scope, until.unwrap_or(now + UNNAMED_PAUSE)),
            ErrorKind::Blocked => {
                tracing::error!(%error, user = limits.user, account = limits.account, "Meta has blocked what we do for policy reasons; it rests for a day");
                (ThrottleScope::Account, now + BLOCKED_PAUSE)
            }
            _ => return Ok(None),
        };
        let scope = limits.scope(scope);
        self.remember(&scope, 100, now);
        budget::note(db, now, &scope, 100, Some(until)).await?;
        Ok(Some(until))
    }
}

/// Whether a call may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// Now, or when.
    pub permit: Permit,
    /// Whether it is to show that what was refused is accepted again.
    pub is_trial: bool,
}

impl Allowed {
    /// A call like any other.
    pub(crate) const ORDINARY: Self = Self { permit: Permit::Granted, is_trial: false };

    fn not_before(until: DateTime<Utc>) -> Self {
        Self { permit: Permit::WaitUntil(until), is_trial: false }
    }
}

/// Whose limits a call counts against.
#[derive(Clone, Copy, Debug)]
pub struct Limits<'a> {
    /// The login, and so the app.
    pub provider: meta::Provider,
    /// The person or account whose grant it is, by Meta's id.
    pub user: &'a str,
    /// The Page whose token is used.
    pub page: Option<&'a str>,
    /// The Instagram account that is asked about.
    pub account: Option<&'a str>,
    /// The account whose fuse counts, where it is read.
    pub fuse: Option<AccountId>,
}

impl<'a> Limits<'a> {
    /// Of calls with the grant's own token.
    #[must_use]
    pub fn of_grant(grant: &'a connection::Model) -> Self {
        Self {
            provider: login(grant.provider),
            user: &grant.meta_user_id,
            page: None,
            account: None,
            fuse: None,
        }
    }

    /// Of calls about one of the grant's accounts.
    #[must_use]
    pub fn of_account(grant: &'a connection::Model, account: &'a account::Model) -> Self {
        let page = account.page_id.as_deref();
        Self { page, account: Some(&account.instagram_id), fuse: Some(account.id), ..Self::of_grant(grant) }
    }

    fn scopes(&self) -> Vec<String> {
        let page = self.page.map(page_scope);
        let account = self.account.map(account_scope);
        [app_scope(self.provider), user_scope(self.provider, self.user)]
            .into_iter()
            .chain(page)
            .chain(account)
            .chain(self.fuse.map(fuse_scope))
            .collect()
    }

    /// The scope that Meta throttled. Where the call was about no such thing, the person's is the
    /// smallest that surely holds it.
    fn scope(&self, throttled: ThrottleScope) -> String {
        let user = || user_scope(self.provider, self.user);
        match throttled {
            ThrottleScope::App => app_scope(self.provider),
            ThrottleScope::User => user(),
            ThrottleScope::Page => self.page.map_or_else(user, page_scope),
            ThrottleScope::Account => self.account.map_or_else(user, account_scope),
            ThrottleScope::Messaging => self.account.map_or_else(user, messaging_scope),
        }
    }
}

/// The scope of everything that our app for one login does; the two apps have limits of their own.
fn app_scope(provider: meta::Provider) -> String {
    format!("app:{}", provider.name())
}

/// The budget belongs to the pair of app and Instagram account: two workspaces that connect the
/// same account share it.
fn account_scope(instagram_id: &str) -> String {
    format!("account:{instagram_id}")
}

/// One person can grant both apps something, and each counts for itself.
fn user_scope(provider: meta::Provider, user: &str) -> String {
    format!("user:{}:{user}", provider.name())
}

/// Reading an account that Meta refuses.
pub(crate) fn fuse_scope(account: AccountId) -> String {
    format!("refused:{account}")
}

fn page_scope(page: &str) -> String {
    format!("page:{page}")
}

/// Messages have a limit of their own; numbers are read on while it is used up.
fn messaging_scope(account: &str) -> String {
    format!("messaging:{account}")
}

/// The share of its limit that `scope` has used, in percent, as far as that is known.
fn share(scope: &str, known: &Known, now: DateTime<Utc>) -> u32 {
    if known.usage_at.is_some_and(|at| now - at < freshness(scope)) { known.usage_percent } else { 0 }
}

/// How long a report of `scope` says something.
fn freshness(scope: &str) -> TimeDelta {
    if is_of_an_hour(scope) { FRESH_OF_AN_HOUR } else { FRESH }
}

/// Whether the calls of a scope are counted over an hour, as those of apps and people are; those of Pages
/// and accounts are counted over a day.
fn is_of_an_hour(scope: &str) -> bool {
    scope.starts_with("app:") || scope.starts_with("user:")
}

/// How long a scope rests at `percent` of its limit, from [`STOP_PERCENT`] on: the longer, the less is left.
/// After an hour nothing is left of what is counted over one, while of a day hardly anything has changed.
fn rest(scope: &str, percent: u32) -> TimeDelta {
    let above = percent.clamp(STOP_PERCENT, 100) - STOP_PERCENT;
    if is_of_an_hour(scope) {
        UNNAMED_PAUSE + TimeDelta::minutes((above * 9 / 2).into())
    } else {
        UNNAMED_PAUSE * (1 << (above / 2))
    }
}

fn shares(report: &UsageReport) -> Vec<(String, u32, Option<TimeDelta>)> {
    let mut shares = Vec::new();
    if let Some(app) = &report.app {
        shares.push((app_scope(report.provider), app.highest(), None));
    }
    let account = report.account.as_deref();
    if let (Some(page), Some(account)) = (&report.page, account) {
        // It names no Page; the account that was asked about is read with that Page's token.
        shares.push((account_scope(account), page.highest(), None));
    }
    let names_account = report.business.iter().any(|entry| account == Some(&entry.id));
    for entry in &report.business {
        let scope = match entry.kind.as_str() {
            // The id may be that of the business. What is told in answer to a call concerns that call.
            "instagram" | "" if !names_account => account_scope(account.unwrap_or(&entry.id)),
            "instagram" | "" => account_scope(&entry.id),
            "pages" => page_scope(&entry.id),
            "messenger" => messaging_scope(&entry.id),
            // Limits of advertising and the like: we make no such calls.
            _ => continue,
        };
        shares.push((scope, entry.usage.highest(), entry.regain_access_in));
    }
    shares
}

impl Connections {
    /// Until when no calls are to be made with this grant's own token: a share of the limits is left for
    /// them when reading has stopped.
    pub(crate) async fn paused(&self, grant: &connection::Model) -> Result<Option<DateTime<Utc>>, DbErr> {
        self.used_up(Limits::of_grant(grant).scopes()).await
    }

    /// As [`Connections::paused`], for checks: with Instagram Login they are calls about the account.
    pub(crate) async fn checks_paused(
        &self,
        grant: &connection::Model,
        accounts: &[account::Model],
    ) -> Result<Option<DateTime<Utc>>, DbErr> {
        let mut scopes = Limits::of_grant(grant).scopes();
        if grant.provider == connection::Provider::InstagramLogin {
            scopes.extend(accounts.iter().map(|account| account_scope(&account.instagram_id)));
        }
        self.used_up(scopes).await
    }

    async fn used_up(&self, scopes: Vec<String>) -> Result<Option<DateTime<Utc>>, DbErr> {
        let known = budget::known(&*self.database, self.world.now(), scopes).await?;
        let used_up = known.values().filter(|scope| scope.usage_percent >= LAST_PERCENT);
        Ok(used_up.filter_map(|scope| scope.paused_until).max())
    }

    /// Whether the numbers of `account` are to be read less often, to be gentle with Meta's limits.
    #[must_use]
    pub fn is_slow(&self, account: &account::Model) -> bool {
        self.governor.last_share(account, self.world.now()) >= SLOW_PERCENT
    }

    /// How many calls about `account` may be made at once, of `most` that Meta takes: a small limit is not
    /// to be passed by a single request.
    #[must_use]
    pub fn at_once(&self, account: &account::Model, most: usize) -> usize {
        match self.governor.last_share(account, self.world.now()) {
            0..REMEMBERED_PERCENT => most,
            REMEMBERED_PERCENT..50 => most.div_ceil(3),
            _ => most.div_ceil(10),
        }
    }

    /// Writes down what the answers to calls with this grant's own token said about limits.
    pub(crate) async fn heed(
        &self,
        grant: &connection::Model,
        error: Option<&meta::Error>,
    ) -> Result<(), DbErr> {
        let now = self.world.now();
        self.governor.flush(&self.database, now).await?;
        if let Some(error) = error {
            let turn = self.database.turn().await;
            self.governor.pause(&*self.database, now, &Limits::of_grant(grant), error).await?;
            drop(turn);
            self.tell_operators_of(error).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use meta::{BusinessUsage, Provider, Usage};

    use super::*;

    const ACCOUNT: &str = "17841400000000001";

    fn usage(percent: u32) -> Usage {
        Usage { call_count: percent, ..Usage::default() }
    }

    fn report(business: &[(&str, &str, u32)]) -> UsageReport {
        UsageReport {
            provider: Provider::FacebookLogin,
            account: Some(ACCOUNT.to_owned()),
            at: DateTime::UNIX_EPOCH,
            sent_at: None,
            http_status: 200,
            app: None,
            page: None,
            business: business
                .iter()
                .map(|(id, kind, percent)| BusinessUsage {
                    id: (*id).to_owned(),
                    kind: (*kind).to_owned(),
                    usage: usage(*percent),
                    regain_access_in: None,
                })
                .collect(),
        }
    }

    fn scopes(report: &UsageReport) -> Vec<(String, u32)> {
        shares(report).into_iter().map(|(scope, percent, _)| (scope, percent)).collect()
    }

    #[test]
    fn each_share_goes_to_whose_limit_it_is() {
        let mut all = report(&[
            (ACCOUNT, "instagram", 10),
            ("104400000000001", "pages", 20),
            (ACCOUNT, "messenger", 30),
            ("77", "ads_management", 40),
        ]);
        all.app = Some(usage(50));
        all.page = Some(usage(60));
        let expected = [
            ("app:facebook_login".to_owned(), 50),
            (format!("account:{ACCOUNT}"), 60),
            (format!("account:{ACCOUNT}"), 10),
            ("page:104400000000001".to_owned(), 20),
            (format!("messaging:{ACCOUNT}"), 30),
        ];
        assert_eq!(scopes(&all), expected);
    }

    #[test]
    fn a_share_under_the_id_of_a_business_is_that_of_the_account_that_was_asked_about() {
        assert_eq!(scopes(&report(&[("555", "instagram", 90)])), [(format!("account:{ACCOUNT}"), 90)]);
        let mut unasked = report(&[("555", "instagram", 90)]);
        unasked.account = None;
        assert_eq!(scopes(&unasked), [("account:555".to_owned(), 90)]);
    }

    #[test]
    fn the_less_is_left_the_longer_a_limit_rests() {
        let minutes = |scope: &str, percents: [u32; 4]| percents.map(|used| rest(scope, used).num_minutes());
        assert_eq!(minutes(&app_scope(Provider::FacebookLogin), [90, 94, 100, 250]), [15, 33, 60, 60]);
        assert_eq!(minutes(&account_scope(ACCOUNT), [90, 94, 100, 250]), [15, 60, 480, 480]);
    }

    #[test]
    fn what_is_throttled_is_the_smallest_thing_that_the_call_was_about() {
        let limits = Limits {
            provider: Provider::FacebookLogin,
            user: "1",
            page: Some("2"),
            account: Some("3"),
            fuse: None,
        };
        let alone = Limits { page: None, account: None, ..limits };
        for (throttled, with, without) in [
            (ThrottleScope::App, "app:facebook_login", "app:facebook_login"),
            (ThrottleScope::User, "user:facebook_login:1", "user:facebook_login:1"),
            (ThrottleScope::Page, "page:2", "user:facebook_login:1"),
            (ThrottleScope::Account, "account:3", "user:facebook_login:1"),
            (ThrottleScope::Messaging, "messaging:3", "user:facebook_login:1"),
        ] {
            assert_eq!((limits.scope(throttled).as_str(), alone.scope(throttled).as_str()), (with, without));
        }
        assert!(!limits.scopes().contains(&messaging_scope("3")), "numbers are read on");
    }
}
