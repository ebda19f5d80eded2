//! Days that are missing, on connect and after an outage.
//!
//! What is missing is what the [ledger](crate::ledger) says, so that the work can stop anywhere and go
//! on, and a gap is filled whatever made it.

use chrono::{Days, NaiveDate};
use connections::{CallError, Priority};
use entity::account;

use crate::catalogue::Family;
use crate::collect::{Inquiry, Interrupted};
use crate::ledger::{DayState, Ledger};
use crate::plan::{MOST_QUESTIONS, Question};
use crate::{Gathered, Insights};

/// Calls in one execution; what is left is due again at once, behind the work of others.
const CALLS_PER_STEP: u32 = 20;

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
        let mut questions = self.missing(account, inquiry).await?;
        while !questions.is_empty() {
            if inquiry.gathered.calls >= CALLS_PER_STEP {
                return Ok(false);
            }
            let rest = questions.split_off(questions.len().min(MOST_QUESTIONS));
            inquiry.ask_all(questions).await?;
            questions = rest;
        }
        Ok(true)
    }

    /// The questions that bring what is missing.
    async fn missing(
        &self,
        account: &account::Model,
        inquiry: &Inquiry<'_>,
    ) -> Result<Vec<Question>, CallError> {
        let today = inquiry.plan.today();
        let yesterday = today.checked_sub_days(Days::new(1)).unwrap_or(today);
        let ledger = self.ledger(account, NaiveDate::MIN, yesterday).await?;
        let missing = |family| -> Vec<NaiveDate> {
            let of_family = ledger.iter().find(|ledger| ledger.family == family);
            of_family.map(|ledger: &Ledger| ledger.days_in(DayState::Missing)).unwrap_or_default()
        };
        // The last days are for ordinary collecting, which reads all of them together.
        let first_open = inquiry.plan.first_open_day();
        let mut days = [missing(Family::Activity), missing(Family::Follows)].concat();
        days.retain(|day| *day < first_open);
        days.sort_unstable();
        days.dedup();
        Ok(inquiry.plan.missing(
            &missing(Family::Reach),
            &days,
            !missing(Family::NewFollowers).is_empty(),
            !missing(Family::OnlineFollowers).is_empty(),
        ))
    }
}
