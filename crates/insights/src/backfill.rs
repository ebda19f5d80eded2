//! Days that are missing, on connect and after an outage.
//!
//! What is missing is found by comparing what is stored with what should be, so that the work can
//! stop anywhere and go on, and a gap is filled whatever made it.

use std::collections::HashSet;

use chrono::{Days, NaiveDate};
use connections::{CallError, Priority};
use entity::InWorkspace;
use entity::account;
use entity::insight::{self, ValueState};
use sea_orm::prelude::*;

use crate::catalogue::{Metric, Spec};
use crate::collect::{Inquiry, Interrupted};
use crate::plan::{MAX_DAYS, Question};
use crate::{Gathered, Insights};

/// Calls in one execution; what is left is due again at once, behind the work of others.
const CALLS_PER_STEP: u32 = 40;

/// What one execution brought.
#[derive(Debug)]
pub struct Step {
    /// What was gathered.
    pub gathered: Gathered,
    /// Whether nothing is left.
    pub complete: bool,
}

impl Insights {
    /// Fetches days that are missing, the newest first, with a bounded number of calls.
    ///
    /// # Errors
    /// What ended it early, together with what was gathered until then.
    pub async fn backfill(&self, account: &account::Model) -> Result<Step, Interrupted> {
        let mut inquiry = self.inquire(account, Priority::Background).await?;
        match self.fill(account, &mut inquiry).await {
            Ok(complete) => Ok(Step { gathered: inquiry.gathered, complete }),
            Err(error) => Err(Interrupted { gathered: inquiry.gathered, error }),
        }
    }

    async fn fill(&self, account: &account::Model, inquiry: &mut Inquiry<'_>) -> Result<bool, CallError> {
        let today = self.today();
        let first = today.checked_sub_days(Days::new(self.backfill_days.into())).unwrap_or(today);
        let yesterday = today.checked_sub_days(Days::new(1)).unwrap_or(today);
        for window in windows(&self.missing(account, Metric::Reach.spec(), first, yesterday).await?) {
            inquiry.ask(&window).await?;
        }
        for question in Question::limited_series(today) {
            let spec = question.metrics.first().copied();
            let from = question.from.max(first);
            if let Some(spec) = spec
                && !self.missing(account, spec, from, yesterday).await?.is_empty()
            {
                inquiry.ask(&question).await?;
            }
        }
        // The last days are for ordinary collecting, which reads their parts as well: a day whose totals
        // are there already would be taken for read.
        let last = self.first_open_day().checked_sub_days(Days::new(1)).unwrap_or(today);
        for (metric, question) in [
            (Metric::Views, Question::totals as fn(NaiveDate) -> Question),
            (Metric::Follows, Question::breakdowns as fn(NaiveDate) -> Question),
        ] {
            let missing = self.missing(account, metric.spec(), first, last).await?;
            let mut newest_first = missing.into_iter().rev();
            while let Some(day) = newest_first.next() {
                if inquiry.gathered.calls >= CALLS_PER_STEP {
                    return Ok(false);
                }
                // A day of which Meta refuses everything is where its history ends.
                if !inquiry.ask(&question(day)).await? {
                    newest_first
                        .by_ref()
                        .for_each(|day| inquiry.note(&question(day), ValueState::NotSupported));
                }
            }
        }
        Ok(true)
    }

    /// Days from `first` to `last` of which nothing final is known, not even why there is no value.
    async fn missing(
        &self,
        account: &account::Model,
        spec: &Spec,
        first: NaiveDate,
        last: NaiveDate,
    ) -> Result<Vec<NaiveDate>, DbErr> {
        let rows = insight::Entity::in_workspace(account.workspace_id)
            .filter(insight::Column::AccountId.eq(account.id))
            .filter(insight::Column::Metric.eq(spec.name))
            .filter(insight::Column::Breakdown.eq(spec.breakdown()))
            .filter(insight::Column::Day.between(first, last))
            .all(&*self.database)
            .await?;
        let now = self.world.now();
        let is_known = |row: &insight::Model| {
            let (_, end) = meta::pacific_day::bounds(row.day);
            match row.state {
                ValueState::Final
                | ValueState::NotSupported
                | ValueState::BelowThreshold
                | ValueState::NoPermission => true,
                // What Meta says once a day has settled is its last word, also when it is nothing.
                // Until then a closed day is known when it will be read again anyway.
                ValueState::Provisional | ValueState::NotReady => {
                    let settled = end + crate::SETTLES_AFTER;
                    row.collected_at >= settled
                        || (row.collected_at >= end && now < settled + chrono::TimeDelta::days(1))
                }
            }
        };
        let known: HashSet<_> = rows.iter().filter(|row| is_known(row)).map(|row| row.day).collect();
        Ok(first.iter_days().take_while(|day| *day <= last).filter(|day| !known.contains(day)).collect())
    }
}

/// Spans of at most 29 days that cover `days` (in order), the newest first.
fn windows(days: &[NaiveDate]) -> Vec<Question> {
    let mut windows: Vec<Question> = Vec::new();
    for day in days.iter().rev() {
        match windows.last_mut() {
            Some(window) if (window.to - *day).num_days() < i64::try_from(MAX_DAYS).unwrap_or(29) => {
                window.from = *day
            }
            _ => windows.push(Question::series(*day, *day)),
        }
    }
    windows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_short_enough_and_cover_every_day() {
        let first: NaiveDate = "2026-08-22".parse().unwrap();
        let days: Vec<_> = first.iter_days().take(90).collect();
        let windows = windows(&days);
        assert_eq!(windows.len(), 4);
        assert!(windows.iter().all(|window| window.days().count() <= 29));
        let covered: HashSet<_> = windows.iter().flat_map(Question::days).collect();
        assert!(days.iter().all(|day| covered.contains(day)));
        assert_eq!(windows[0].to, *days.last().unwrap());
    }

    #[test]
    fn a_single_missing_day_is_one_call() {
        let day: NaiveDate = "2026-08-22".parse().unwrap();
        assert_eq!(windows(&[day]).len(), 1);
        assert!(windows(&[]).is_empty());
    }
}
