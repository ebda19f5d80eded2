//! Call counting and throttling (page "Rate limits"): the platform limit of the app, and the
//! business-use-case limits of each Instagram account, of each Page, and of messaging.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::{error::GraphError, state::State};

/// Calls made lately; lost at a restart, as rolling windows may be.
#[derive(Debug, Default)]
pub(crate) struct Usage {
    /// Minute → calls of the whole app.
    app: BTreeMap<i64, u64>,
    /// Use case and account or Page → hour → calls.
    business: HashMap<(UseCase, u64), Vec<(i64, u64)>>,
    /// Account → the second of its latest messaging calls, and how many those were.
    messaging: HashMap<u64, (i64, u64)>,
    /// How many grants there were when people were last counted, and how many of them were people's.
    counted: (usize, u64),
}

/// What a call is counted as, besides the app's own limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum UseCase {
    /// Everything about a professional account but its messages.
    Instagram,
    /// Calls about a Page with a Page token.
    Pages,
    /// Conversations and messages.
    Messenger,
}

impl UseCase {
    fn name(self) -> &'static str {
        match self {
            Self::Instagram => "instagram",
            Self::Pages => "pages",
            Self::Messenger => "messenger",
        }
    }

    /// Under which key its throttle is kept. The one of an account is what the control API sets too.
    fn key(self, id: u64) -> String {
        match self {
            Self::Instagram => format!("account:{id}"),
            Self::Pages | Self::Messenger => format!("{}:{id}", self.name()),
        }
    }

    fn refusal(self, instagram_status: u16) -> GraphError {
        let (status, code, what) = match self {
            Self::Instagram => (instagram_status, 80002, "Instagram account"),
            Self::Pages => (400, 80001, "Page account"),
            Self::Messenger => (400, 80006, "messenger account"),
        };
        GraphError::new(
            status,
            code,
            format!("(#{code}) There have been too many calls to this {what}. Wait a bit and try again. For more info, please refer to https://developers.facebook.com/docs/graph-api/overview/rate-limiting."),
        )
        .transient()
    }
}

/// Outcome of counting a call: the headers to send, and the refusal if there is one.
#[derive(Debug)]
pub(crate) struct Spent {
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) refusal: Option<GraphError>,
}

impl Spent {
    /// Meta leaves the headers out while little is used; how little is a setting.
    fn new(state: &State, share: u64, header: (&str, Value), refusal: Option<GraphError>) -> Self {
        let shown = share >= state.settings.usage_headers_from_percent;
        let headers = shown.then(|| (header.0.to_owned(), header.1.to_string())).into_iter().collect();
        Self { headers, refusal }
    }
}

/// The Instagram limit in Meta's words: calls per impression of the account and day.
const CALLS_PER_IMPRESSION: u64 = 4_800;

/// Nobody sees millions of calls in practice: 243 calls were seen to use about one percent of one
/// account's day. So the documented formula counts only up to this.
const MOST_ACCOUNT_CALLS: u64 = 24_000;

/// The platform limit: calls per person who uses the app and hour (page "Rate limits").
const CALLS_PER_PERSON: u64 = 200;

/// Ours: an app with hardly any people can still be tried out.
const LEAST_APP_CALLS: u64 = 2_000;

/// How long a used-up budget blocks, in seconds.
const BLOCK: i64 = 3_600;
/// Each call made while blocked lengthens the block.
const LENGTHEN: i64 = 60;

fn percent(used: u64, budget: u64) -> u64 {
    used.saturating_mul(100) / budget.max(1)
}

/// Minutes until a throttle ends, if it holds.
pub(crate) fn throttled(state: &State, key: &str, now: DateTime<Utc>) -> Option<i64> {
    let left = state.throttles.get(key)? - now.timestamp();
    (left > 0).then_some((left + 59) / 60)
}

impl Usage {
    /// Counts a call against the app.
    pub(crate) fn spend_app(&mut self, state: &mut State, now: DateTime<Utc>) -> Spent {
        let minute = now.timestamp() / 60;
        *self.app.entry(minute).or_default() += 1;
        self.app = self.app.split_off(&(minute - 59));
        let used: u64 = self.app.values().sum();
        let mut share = percent(used, self.app_calls_per_hour(state));
        let mut refusal = None;
        if throttled(state, "app", now).is_some() {
            share = share.max(100);
        }
        if share >= 100 {
            refusal = Some(GraphError::new(403, 4, "(#4) Application request limit reached").transient());
        }
        Spent::new(state, share, ("x-app-usage", usage(share)), refusal)
    }

    /// The app's budget: set, or what its people bring along.
    fn app_calls_per_hour(&mut self, state: &State) -> u64 {
        if let Some(set) = state.settings.app_calls_per_hour {
            return set;
        }
        let grants = state.grants.len();
        // Counting is a walk over all grants: not for every call, nor for each of very many newcomers.
        if grants.abs_diff(self.counted.0) * 100 > grants {
            let people = state.grants.keys().filter(|key| key.starts_with("person:")).count();
            self.counted = (grants, people as u64);
        }
        (CALLS_PER_PERSON * self.counted.1).max(LEAST_APP_CALLS)
    }

    /// Counts a call against an account's limit, which follows from the views of its last day.
    pub(crate) fn spend_account(
        &mut self,
        state: &mut State,
        account: u64,
        views_of_last_day: u64,
        now: DateTime<Utc>,
    ) -> Spent {
        let usual = (CALLS_PER_IMPRESSION * views_of_last_day).min(MOST_ACCOUNT_CALLS);
        let budget = state.settings.account_calls_per_day.unwrap_or(usual);
        self.spend(state, UseCase::Instagram, account, budget, now).0
    }

    /// Counts a call that a Page token made about its Page. The older header says the same once more.
    pub(crate) fn spend_page(&mut self, state: &mut State, page: u64, now: DateTime<Utc>) -> Spent {
        let budget = state.settings.page_calls_per_day;
        let (mut spent, share) = self.spend(state, UseCase::Pages, page, budget, now);
        if !spent.headers.is_empty() {
            spent.headers.push(("x-page-usage".into(), usage(share).to_string()));
        }
        spent
    }

    /// Counts a call about messages, which have a limit per second besides.
    pub(crate) fn spend_messaging(
        &mut self,
        state: &mut State,
        account: u64,
        sending: bool,
        now: DateTime<Utc>,
    ) -> Spent {
        let budget = state.settings.messenger_calls_per_day;
        let mut spent = self.spend(state, UseCase::Messenger, account, budget, now).0;
        let latest = self.messaging.entry(account).or_default();
        if latest.0 != now.timestamp() {
            *latest = (now.timestamp(), 0);
        }
        latest.1 += 1;
        if state.settings.messaging_calls_per_second.is_some_and(|most| latest.1 > most) {
            let error = GraphError::new(400, 613, "(#613) Calls to this api have exceeded the rate limit.");
            spent.refusal.get_or_insert(error.subcode(sending.then_some(2_534_040)).transient());
        }
        spent
    }

    fn spend(
        &mut self,
        state: &mut State,
        case: UseCase,
        id: u64,
        budget: u64,
        now: DateTime<Utc>,
    ) -> (Spent, u64) {
        let hour = now.timestamp() / 3_600;
        let calls = self.business.entry((case, id)).or_default();
        // Few hours of few calls each, for very many accounts: a list is the smallest that serves.
        calls.retain(|(at, _)| *at > hour - 24);
        match calls.iter_mut().find(|(at, _)| *at == hour) {
            Some((_, count)) => *count += 1,
            None => calls.push((hour, 1)),
        }
        let used: u64 = calls.iter().map(|(_, count)| count).sum();
        let budget = budget.max(1);
        let key = case.key(id);
        if throttled(state, &key, now).is_some() {
            if let Some(until) = state.throttles.get_mut(&key) {
                *until += LENGTHEN;
            }
        } else if used > budget {
            state.throttles.insert(key.clone(), now.timestamp() + BLOCK);
        }
        let refused = throttled(state, &key, now);
        // A Page that was throttled by hand answers 32, and the headers tell that as well.
        let by_hand = match case {
            UseCase::Pages => throttled(state, &format!("page:{id}"), now),
            UseCase::Instagram | UseCase::Messenger => None,
        };
        let minutes = refused.max(by_hand);
        let share = if minutes.is_some() { percent(used, budget).max(100) } else { percent(used, budget) };
        let header = json!({id.to_string(): [{
            "type": case.name(),
            "call_count": share,
            "total_cputime": share / 4,
            "total_time": share / 3,
            "estimated_time_to_regain_access": minutes.unwrap_or(0),
        }]});
        let refusal = refused.map(|_| case.refusal(state.settings.account_limit_http_status));
        (Spent::new(state, share, ("x-business-use-case-usage", header), refusal), share)
    }
}

fn usage(share: u64) -> Value {
    json!({"call_count": share, "total_time": share / 2, "total_cputime": share / 3})
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    fn now() -> DateTime<Utc> {
        DateTime::parse_from_rfc3339("2026-11-20T12:00:00Z").unwrap().to_utc()
    }

    #[test]
    fn the_apps_share_rises_and_falls_out_of_the_hour() {
        let (mut usage, mut state) = (Usage::default(), State::default());
        state.settings.app_calls_per_hour = Some(4);
        for _ in 0..3 {
            assert!(usage.spend_app(&mut state, now()).refusal.is_none());
        }
        let spent = usage.spend_app(&mut state, now());
        assert!(spent.headers[0].1.contains("\"call_count\":100"));
        assert_eq!((spent.refusal.as_ref().unwrap().code, spent.refusal.unwrap().http), (4, 403));
        assert!(usage.spend_app(&mut state, now() + TimeDelta::hours(1)).refusal.is_none());
    }

    #[test]
    fn the_apps_budget_grows_with_its_people() {
        let (mut usage, mut state) = (Usage::default(), State::default());
        assert_eq!(usage.app_calls_per_hour(&state), 2_000);
        for id in 1..=50 {
            state.grants.insert(format!("person:{id}"), crate::grants::Grant::default());
            state.grants.insert(format!("account:{id}"), crate::grants::Grant::default());
            assert_eq!(usage.app_calls_per_hour(&state), 2_000.max(200 * id));
        }
        state.grants.remove("person:7");
        assert_eq!(usage.app_calls_per_hour(&state), 200 * 49);
        for _ in 0..98 {
            usage.spend_app(&mut state, now());
        }
        assert!(usage.spend_app(&mut state, now()).headers[0].1.contains("\"call_count\":1,"));
    }

    #[test]
    fn an_account_has_at_most_so_many_calls_that_240_are_one_percent() {
        let (mut usage, mut state) = (Usage::default(), State::default());
        let shares: Vec<String> =
            (0..241).map(|_| usage.spend_account(&mut state, 5, 90_000, now()).headers.remove(0).1).collect();
        assert!(shares[238].contains("\"call_count\":0") && shares[239].contains("\"call_count\":1"));
        // With few views Meta's formula is the tighter one.
        let small = usage.spend_account(&mut state, 6, 1, now());
        assert!(small.headers[0].1.contains("\"call_count\":0"));
        for _ in 0..47 {
            usage.spend_account(&mut state, 6, 1, now());
        }
        assert!(usage.spend_account(&mut state, 6, 1, now()).headers[0].1.contains("\"call_count\":1"));
    }

    #[test]
    fn calling_on_while_blocked_lengthens_the_block() {
        let (mut usage, mut state) = (Usage::default(), State::default());
        state.throttles.insert("account:5".into(), now().timestamp() + 600);
        let minutes = |spent: &Spent| {
            let header: Value = serde_json::from_str(&spent.headers[0].1).unwrap();
            header["5"][0]["estimated_time_to_regain_access"].as_i64().unwrap()
        };
        let spent = usage.spend_account(&mut state, 5, 1_000, now());
        assert_eq!((minutes(&spent), spent.refusal.unwrap().code), (11, 80002));
        assert_eq!(minutes(&usage.spend_account(&mut state, 5, 1_000, now())), 12);
        assert!(usage.spend_account(&mut state, 5, 1_000, now() + TimeDelta::hours(1)).refusal.is_none());
    }

    #[test]
    fn calls_fall_out_of_the_day() {
        let (mut usage, mut state) = (Usage::default(), State::default());
        state.settings.page_calls_per_day = 2;
        for _ in 0..2 {
            assert!(usage.spend_page(&mut state, 5, now()).refusal.is_none());
        }
        assert_eq!(usage.spend_page(&mut state, 5, now()).refusal.unwrap().code, 80001);
        assert!(usage.spend_page(&mut state, 5, now() + TimeDelta::hours(24)).refusal.is_none());
    }
}
