//! The ledger of gaps: of each account, family of metrics and day, whether the numbers are complete.
//!
//! It is derived from the rows of `insight` and `audience_snapshot` when somebody asks, by one query each,
//! instead of being a table of its own: what it says can never disagree with the numbers, a crash between
//! the two cannot happen, and an account costs no third of a million rows more in its life. The price is to
//! read the rows of a range; collecting does that once a day for the last thirty days, and people for the
//! range they look at.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Days, NaiveDate, Utc};
use entity::InWorkspace;
use entity::account;
use entity::audience_snapshot;
use entity::insight::{self, ValueState};
use meta::pacific_day;
use sea_orm::QuerySelect as _;
use sea_orm::prelude::*;

use crate::catalogue::{self, Dimension, Family, Form, Spec};
use crate::plan::Plan;
use crate::{Insights, SETTLES_AFTER};

/// How many days back Meta tells at most; what is older is lost.
pub const HISTORY_DAYS: u64 = 400;
/// So far back collecting looks once a day for days that are missing.
const LOOKS_BACK_DAYS: u64 = 30;

/// How complete the numbers of one family and day are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DayState {
    /// Everything that Meta has is there, and will not be read again.
    Complete,
    /// Meta may still correct it; it will be read again.
    Provisional,
    /// Something is not there that Meta can still give; it will be fetched.
    Missing,
    /// It is not there, and Meta does not give it any more.
    Lost,
}

/// The days of one family, the oldest first.
#[derive(Clone, Debug)]
pub struct Ledger {
    /// The family.
    pub family: Family,
    /// Every day of the range from the first of which anything is expected, with its state.
    pub days: Vec<(NaiveDate, DayState)>,
}

impl Ledger {
    /// Days in `state`, the oldest first.
    #[must_use]
    pub fn days_in(&self, state: DayState) -> Vec<NaiveDate> {
        self.days.iter().filter(|(_, of)| *of == state).map(|(day, _)| *day).collect()
    }
}

/// Metric, day, state, value, and when it was read.
type Row = (String, NaiveDate, ValueState, Option<i64>, DateTime<Utc>);

/// What is known of one metric of a family on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Known {
    state: ValueState,
    has_value: bool,
    read_at: DateTime<Utc>,
}

impl Insights {
    /// The ledger of `account` from `from` to `to`, both included, one entry for each family. It begins
    /// with the first day that is fetched when an account is connected, and ends with today.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ledger(
        &self,
        account: &account::Model,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<Ledger>, DbErr> {
        let plan = self.plan(account);
        let from = Ord::max(from, self.first_expected_day(account));
        let to = Ord::min(to, plan.today());
        let mut known = self.known_values(account, &plan, from, to).await?;
        self.add_audiences(account, &mut known, from, to).await?;
        let families: BTreeMap<Family, Vec<&Spec>> =
            plan.specs(|_| true).into_iter().fold(BTreeMap::new(), |mut families, spec| {
                families.entry(spec.family).or_default().push(spec);
                families
            });
        let ledger = |(family, specs): (Family, Vec<&'static Spec>)| {
            let days = from.iter_days().take_while(|day| *day <= to);
            let state = |day| state_of(day, &specs, known.get(&(family, day)), &plan);
            Ledger { family, days: days.map(|day| (day, state(day))).collect() }
        };
        Ok(families.into_iter().map(ledger).collect())
    }

    /// Whether the last days before `before` miss anything that Meta can still give.
    pub(crate) async fn has_gaps(&self, account: &account::Model, before: NaiveDate) -> Result<bool, DbErr> {
        let to = before.pred_opt().unwrap_or(before);
        let from = to.checked_sub_days(Days::new(LOOKS_BACK_DAYS)).unwrap_or(to);
        let ledger = self.ledger(account, from, to).await?;
        Ok(ledger.iter().any(|of| of.days.iter().any(|(_, state)| *state == DayState::Missing)))
    }

    /// The first day of which anything is expected: so many days before the account was connected, and
    /// never longer ago than Meta tells.
    pub(crate) fn first_expected_day(&self, account: &account::Model) -> NaiveDate {
        let today = self.today();
        let connected = Ord::min(pacific_day::today(account.connected_at), today);
        let first = connected.checked_sub_days(Days::new(self.backfill_days.into())).unwrap_or(connected);
        Ord::max(first, today.checked_sub_days(Days::new(HISTORY_DAYS)).unwrap_or(first))
    }

    async fn known_values(
        &self,
        account: &account::Model,
        plan: &Plan,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<HashMap<(Family, NaiveDate), Vec<Known>>, DbErr> {
        use insight::Column::{AccountId, Breakdown, CollectedAt, Day, Metric, State, Value};
        let whole = plan.specs(|spec| spec.family != Family::Audience);
        // Of an hourly table one hour stands for all: they come together.
        let breakdowns = whole.iter().map(|spec| spec.breakdown()).chain([Dimension::Hour.breakdown("12")]);
        let rows: Vec<Row> = insight::Entity::in_workspace(account.workspace_id)
            .select_only()
            .columns([Metric, Day, State, Value, CollectedAt])
            .filter(AccountId.eq(account.id))
            .filter(Metric.is_in(whole.iter().map(|spec| spec.name)))
            .filter(Breakdown.is_in(breakdowns))
            .filter(Day.between(from, to))
            .into_tuple()
            .all(&*self.database)
            .await?;
        let mut known: HashMap<_, Vec<Known>> = HashMap::new();
        for (name, day, state, value, read_at) in rows {
            let Some(spec) = catalogue::named(&name) else { continue };
            let row = Known { state, has_value: value.is_some(), read_at };
            known.entry((spec.family, day)).or_default().push(row);
        }
        Ok(known)
    }

    async fn add_audiences(
        &self,
        account: &account::Model,
        known: &mut HashMap<(Family, NaiveDate), Vec<Known>>,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<(), DbErr> {
        use audience_snapshot::Column::{AccountId, CollectedAt, Day, State};
        let rows: Vec<(NaiveDate, ValueState, DateTime<Utc>)> =
            audience_snapshot::Entity::in_workspace(account.workspace_id)
                .select_only()
                .columns([Day, State, CollectedAt])
                .filter(AccountId.eq(account.id))
                .filter(Day.between(from, to))
                .into_tuple()
                .all(&*self.database)
                .await?;
        for (day, state, read_at) in rows {
            let row = Known { state, has_value: state == ValueState::Final, read_at };
            known.entry((Family::Audience, day)).or_default().push(row);
        }
        Ok(())
    }
}

/// The state of a family of `specs` on `day`, of which `known` is stored.
fn state_of(day: NaiveDate, specs: &[&Spec], known: Option<&Vec<Known>>, plan: &Plan) -> DayState {
    let today = plan.today();
    let age = u64::try_from((today - day).num_days()).unwrap_or_default();
    let reach = specs.iter().map(|spec| spec.last_days.unwrap_or(HISTORY_DAYS)).max().unwrap_or_default();
    let gone = if age <= reach { DayState::Missing } else { DayState::Lost };
    let Some(known) = known else { return gone };
    // That the hours of a day were not there yet stands in a row of its own, and they have come since.
    let hours_came =
        specs.iter().any(|spec| spec.form == Form::ByHour) && known.iter().any(|row| row.has_value);
    let known: Vec<_> = known.iter().filter(|row| row.has_value || !hours_came).collect();
    // What is told of a moment is as final as it can be when its day is over.
    if specs.iter().all(|spec| spec.form == Form::Field || spec.family == Family::Audience) {
        return if day == today { DayState::Provisional } else { DayState::Complete };
    }
    // Today is read every hour, and the last days until they have settled.
    if day >= today {
        return DayState::Provisional;
    }
    let is_open = |row: &&&Known| {
        matches!(row.state, ValueState::Provisional | ValueState::NotReady | ValueState::NoPermission)
    };
    let settled = pacific_day::bounds(day).1 + SETTLES_AFTER;
    // What Meta says when a day has settled is its last word, also when that is nothing any more.
    let last_word = |row: &Known| row.state != ValueState::NoPermission && row.read_at >= settled;
    if let Some(row) = known.iter().filter(is_open).find(|row| !last_word(row)) {
        let will_be_read = day >= plan.first_open_day() && row.state != ValueState::NoPermission;
        return match (will_be_read, row.has_value, gone) {
            (true, ..) => DayState::Provisional,
            (false, _, DayState::Missing) => DayState::Missing,
            // It stays as it was read last.
            (false, true, _) => DayState::Complete,
            (false, false, _) => DayState::Lost,
        };
    }
    let nothing_given = known.iter().all(|row| row.state == ValueState::NotSupported);
    if nothing_given { DayState::Lost } else { DayState::Complete }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use meta::Provider;

    use super::*;
    use crate::catalogue::Metric;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn at(day: NaiveDate, hours_after_its_end: i64) -> DateTime<Utc> {
        pacific_day::bounds(day).1 + TimeDelta::hours(hours_after_its_end)
    }

    /// The state of a metric's family on a day, of which one row is known.
    fn state(metric: Metric, on: &str, row: Option<(ValueState, bool, i64)>) -> DayState {
        let plan = Plan::new(Provider::FacebookLogin, 25, day("2026-11-20"));
        let on = day(on);
        let row =
            row.map(|(state, has_value, hours)| vec![Known { state, has_value, read_at: at(on, hours) }]);
        state_of(on, &[metric.spec()], row.as_ref(), &plan)
    }

    #[test]
    fn what_is_not_there_is_missing_while_meta_can_give_it_and_lost_after() {
        assert_eq!(state(Metric::Views, "2026-08-01", None), DayState::Missing);
        assert_eq!(state(Metric::Views, "2025-08-01", None), DayState::Lost);
        assert_eq!(state(Metric::FollowerCount, "2026-10-22", None), DayState::Missing);
        assert_eq!(state(Metric::FollowerCount, "2026-10-21", None), DayState::Lost);
        assert_eq!(state(Metric::FollowersCount, "2026-11-20", None), DayState::Missing);
        assert_eq!(state(Metric::FollowersCount, "2026-11-19", None), DayState::Lost);
    }

    #[test]
    fn what_may_still_change_is_provisional_while_it_is_read_and_missing_when_it_was_not() {
        let provisional = |on, hours| state(Metric::Views, on, Some((ValueState::Provisional, true, hours)));
        assert_eq!(provisional("2026-11-19", 6), DayState::Provisional);
        assert_eq!(provisional("2026-11-10", 6), DayState::Missing, "nobody saw how it ended");
        assert_eq!(provisional("2026-11-10", 72), DayState::Complete, "Meta had no other");
        assert_eq!(provisional("2025-08-01", 6), DayState::Complete, "and nobody will");
        assert_eq!(
            state(Metric::FollowersCount, "2026-11-10", Some((ValueState::Provisional, true, -1))),
            DayState::Complete,
            "the last look of a day is final"
        );
    }

    #[test]
    fn hours_that_came_later_make_up_for_a_look_that_was_too_early() {
        let plan = Plan::new(Provider::FacebookLogin, 25, day("2026-11-20"));
        let on = day("2026-11-10");
        let early = Known { state: ValueState::NotReady, has_value: false, read_at: at(on, 6) };
        let later = Known { state: ValueState::Final, has_value: true, read_at: at(on, 80) };
        let state = |known: Vec<Known>| state_of(on, &[&catalogue::ONLINE_FOLLOWERS], Some(&known), &plan);
        assert_eq!(state(vec![early]), DayState::Missing);
        assert_eq!(state(vec![early, later]), DayState::Complete);
    }

    #[test]
    fn reasons_are_complete_but_for_those_that_end() {
        let because = |reason, hours| state(Metric::Views, "2026-11-10", Some((reason, false, hours)));
        assert_eq!(because(ValueState::BelowThreshold, 0), DayState::Complete);
        assert_eq!(because(ValueState::NotReady, 80), DayState::Complete, "Meta's last word");
        assert_eq!(because(ValueState::NotReady, 8), DayState::Missing);
        assert_eq!(because(ValueState::NoPermission, 8), DayState::Missing, "until it is granted");
        assert_eq!(because(ValueState::NotSupported, 80), DayState::Lost);
    }
}
