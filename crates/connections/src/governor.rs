//! The calls that are left: counted per Instagram account and per app, shared through the database,
//! and slowed down by what Meta reports in its usage headers.

use std::sync::Mutex;

use chrono::{DateTime, TimeDelta, Utc};
use jobs::budget::{self, Permit};
use meta::{ErrorKind, ThrottleScope, UsageReport, UsageSink};
use platform::Database;
use sea_orm::ConnectionTrait;

use crate::heal::Priority;
use sea_orm::prelude::*;

/// From this share of a limit on, calls stop until the hour is over or Meta names a time.
const STOP_PERCENT: u32 = 90;
/// From this share on, the usage is written down for other processes.
const NOTE_PERCENT: u32 = 75;
/// How long a scope rests when Meta throttles it without naming a time.
const UNNAMED_PAUSE: TimeDelta = TimeDelta::minutes(15);

/// Hands out permits for calls and keeps what Meta reports until it can be written down.
#[derive(Debug)]
pub struct Governor {
    account_calls_per_hour: u32,
    reports: Mutex<Vec<UsageReport>>,
}

impl UsageSink for Governor {
    fn observe(&self, report: UsageReport) {
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
        Self { account_calls_per_hour, reports: Mutex::default() }
    }

    /// Counts one call about the Instagram account `instagram_id`. Calls that can wait may use three
    /// quarters of the budget, so that filling a long gap does not hold up the newest numbers.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn permit(
        &self,
        db: &impl ConnectionTrait,
        now: DateTime<Utc>,
        provider: meta::Provider,
        instagram_id: &str,
        priority: Priority,
    ) -> Result<Permit, DbErr> {
        // The app as a whole has no count of its own, only pauses that Meta asked for.
        if let Some(until) = budget::paused_until(db, now, &app_scope(provider)).await? {
            return Ok(Permit::WaitUntil(until));
        }
        let per_hour = match priority {
            Priority::Ordinary => self.account_calls_per_hour,
            Priority::Background => self.account_calls_per_hour * 3 / 4,
        };
        budget::take(db, now, &account_scope(instagram_id), per_hour).await
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
                let until = match regain {
                    Some(regain) if regain > TimeDelta::zero() => Some(now + regain),
                    _ if percent >= STOP_PERCENT => Some(now + UNNAMED_PAUSE),
                    _ => None,
                };
                if percent >= NOTE_PERCENT || until.is_some() {
                    let _turn = db.turn().await;
                    budget::note(&**db, now, &scope, percent, until).await?;
                }
            }
        }
        Ok(())
    }

    /// Pauses what a throttled answer names, and says until when.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn pause(
        &self,
        db: &impl ConnectionTrait,
        now: DateTime<Utc>,
        provider: meta::Provider,
        instagram_id: &str,
        error: &meta::Error,
    ) -> Result<DateTime<Utc>, DbErr> {
        let ErrorKind::Throttled { scope, until } = error.kind() else { return Ok(now) };
        let until = until.unwrap_or(now + UNNAMED_PAUSE);
        let scope = match scope {
            ThrottleScope::App => app_scope(provider),
            ThrottleScope::User | ThrottleScope::Page | ThrottleScope::Account | ThrottleScope::Messaging => {
                account_scope(instagram_id)
            }
        };
        budget::note(db, now, &scope, 100, Some(until)).await?;
        Ok(until)
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

fn shares(report: &UsageReport) -> Vec<(String, u32, Option<TimeDelta>)> {
    let mut shares = Vec::new();
    if let Some(app) = &report.app {
        shares.push((app_scope(report.provider), app.highest(), None));
    }
    for business in &report.business {
        shares.push((account_scope(&business.id), business.usage.highest(), business.regain_access_in));
    }
    shares
}
