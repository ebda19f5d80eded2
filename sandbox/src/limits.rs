//! Call counting and throttling (page "Rate limits"): the platform limit of the app, and the
//! business-use-case limit of each Instagram account.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::{error::GraphError, state::State};

/// Calls made lately; lost at a restart, as rolling windows may be.
#[derive(Debug, Default)]
pub(crate) struct Usage {
    /// Minute → calls of the whole app.
    app: BTreeMap<i64, u64>,
    /// Account → hour → calls.
    accounts: HashMap<u64, BTreeMap<i64, u64>>,
}

/// Meta's price list of the Instagram limit: calls per impression and day.
const CALLS_PER_IMPRESSION: u64 = 4_800;

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
    /// Counts a call against the app; gives the header, or the refusal with it.
    pub(crate) fn spend_app(
        &mut self,
        state: &mut State,
        now: DateTime<Utc>,
    ) -> ((String, String), Option<GraphError>) {
        let minute = now.timestamp() / 60;
        *self.app.entry(minute).or_default() += 1;
        self.app = self.app.split_off(&(minute - 59));
        let used: u64 = self.app.values().sum();
        let mut share = percent(used, state.settings.app_calls_per_hour);
        let mut refusal = None;
        if throttled(state, "app", now).is_some() {
            share = share.max(100);
        }
        if share >= 100 {
            refusal = Some(GraphError::new(403, 4, "(#4) Application request limit reached").transient());
        }
        let header = json!({"call_count": share, "total_time": share / 2, "total_cputime": share / 3});
        (("x-app-usage".into(), header.to_string()), refusal)
    }

    /// Counts a call against an account; gives the header, or the refusal with it.
    pub(crate) fn spend_account(
        &mut self,
        state: &mut State,
        account: u64,
        views_of_last_day: u64,
        now: DateTime<Utc>,
    ) -> ((String, String), Option<GraphError>) {
        let hour = now.timestamp() / 3_600;
        let calls = self.accounts.entry(account).or_default();
        *calls.entry(hour).or_default() += 1;
        *calls = calls.split_off(&(hour - 23));
        let used: u64 = calls.values().sum();
        let budget =
            state.settings.account_calls_per_day.unwrap_or(CALLS_PER_IMPRESSION * views_of_last_day).max(1);
        let key = format!("account:{account}");
        let blocked = throttled(state, &key, now).is_some();
        if blocked {
            if let Some(until) = state.throttles.get_mut(&key) {
                *until += LENGTHEN;
            }
        } else if used > budget {
            state.throttles.insert(key.clone(), now.timestamp() + BLOCK);
        }
        let minutes = throttled(state, &key, now);
        let share = if minutes.is_some() { percent(used, budget).max(100) } else { percent(used, budget) };
        let header = json!({account.to_string(): [{
            "type": "instagram",
            "call_count": share,
            "total_cputime": share / 4,
            "total_time": share / 3,
            "estimated_time_to_regain_access": minutes.unwrap_or(0),
        }]});
        let refusal = minutes.map(|_| {
            GraphError::new(
                state.settings.account_limit_http_status,
                80002,
                "(#80002) There have been too many calls to this Instagram account. Wait a bit and try again. For more info, please refer to https://developers.facebook.com/docs/graph-api/overview/rate-limiting.",
            )
            .transient()
        });
        (("x-business-use-case-usage".into(), header.to_string()), refusal)
    }
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
        state.settings.app_calls_per_hour = 4;
        for _ in 0..3 {
            assert!(usage.spend_app(&mut state, now()).1.is_none());
        }
        let (header, refusal) = usage.spend_app(&mut state, now());
        assert!(header.1.contains("\"call_count\":100"));
        assert_eq!((refusal.as_ref().unwrap().code, refusal.unwrap().http), (4, 403));
        assert!(usage.spend_app(&mut state, now() + TimeDelta::hours(1)).1.is_none());
    }

    #[test]
    fn calling_on_while_blocked_lengthens_the_block() {
        let (mut usage, mut state) = (Usage::default(), State::default());
        state.throttles.insert("account:5".into(), now().timestamp() + 600);
        let (header, refusal) = usage.spend_account(&mut state, 5, 1_000, now());
        assert_eq!(refusal.unwrap().code, 80002);
        assert!(header.1.contains("\"estimated_time_to_regain_access\":11"), "{}", header.1);
        let (header, _) = usage.spend_account(&mut state, 5, 1_000, now());
        assert!(header.1.contains("\"estimated_time_to_regain_access\":12"), "{}", header.1);
        assert!(usage.spend_account(&mut state, 5, 1_000, now() + TimeDelta::hours(1)).1.is_none());
    }
}
