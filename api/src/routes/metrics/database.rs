//! Figures that stand in the database, and so are the same whichever process is asked: read anew each
//! time, in a handful of queries.

use std::fmt::Write as _;

use chrono::{DateTime, TimeDelta, Utc};
use connections::governor::{FRESH, LIMITED, SLOW_PERCENT};
use entity::refresh_attempt::RefreshOutcome;
use executor::Services;
use jobs::{figures, settings};
use sea_orm::{ActiveEnum as _, DbErr};

/// What is counted over a time is counted over the last day.
const DAY: TimeDelta = TimeDelta::days(1);

/// The figures, as Prometheus reads them.
///
/// # Errors
/// When the database fails.
pub(super) async fn render(services: &Services) -> Result<String, DbErr> {
    let now = services.world.now();
    let database = &*services.database;
    let connections = &services.connections;
    let mut page = Page::default();
    let age = |at: Option<DateTime<Utc>>| at.map_or(0.0, |at| (now - at).as_seconds_f64().max(0.0));

    let queue = figures::all(database, now).await?;
    page.family("mooring_jobs", "Pieces of work by kind and state.");
    for figures in &queue {
        let kind = figures.kind.to_value();
        for (state, count) in [
            ("due", figures.due),
            ("overdue", figures.overdue),
            ("running", figures.running),
            ("waiting", figures.waiting),
            ("quarantined", figures.quarantined),
        ] {
            page.count(&[("kind", &kind), ("state", state)], count);
        }
    }
    page.family("mooring_oldest_due_seconds", "For how long the oldest due work of a kind has been due.");
    for figures in &queue {
        page.value(&[("kind", &figures.kind.to_value())], age(figures.oldest_due_at));
    }

    let outcomes = connections.refresh_outcomes(now - DAY).await?;
    page.family(
        "mooring_refreshes_last_day",
        "Attempts to renew tokens of the last day, by outcome and class.",
    );
    for counted in &outcomes {
        let class = counted.class.as_deref().unwrap_or_default();
        page.count(&[("outcome", &counted.outcome.to_value()), ("class", class)], counted.count);
    }
    let lost = outcomes.iter().filter(|counted| counted.outcome == RefreshOutcome::Interrupted);
    page.family(
        "mooring_leases_lost_last_day",
        "Attempts of the last day whose process died or came too late.",
    );
    page.count(&[], lost.map(|counted| counted.count).sum());
    page.family(
        "mooring_refresh_overdue_seconds",
        "For how long the renewal that is overdue longest has been.",
    );
    page.value(&[], age(connections.oldest_overdue_refresh(None).await?));

    let checks = connections.checks_since(None, now - DAY).await?;
    page.family("mooring_checks_last_day", "Checks of tokens of the last day by result.");
    for (result, count) in [
        ("succeeded", checks.succeeded),
        ("failed", checks.failed),
        ("skipped", checks.skipped),
        ("healed", checks.healed),
    ] {
        page.count(&[("result", result)], count);
    }
    page.family("mooring_accounts", "Accounts by state.");
    for (health, count) in connections.accounts_by_health().await? {
        page.count(&[("state", &health.to_value())], count);
    }

    let usage = jobs::budget::usage(database, now, now - FRESH, &LIMITED, SLOW_PERCENT).await?;
    page.family(
        "mooring_meta_usage_percent",
        "The highest share of a limit of Meta's that was reported in the last three hours, of those from 75 on.",
    );
    for of_kind in &usage {
        page.count(&[("of", &of_kind.kind)], of_kind.highest_percent.unsigned_abs());
    }
    page.family("mooring_meta_slowed", "Limits of which so much is used that reading is slowed down.");
    for of_kind in &usage {
        page.count(&[("of", &of_kind.kind)], of_kind.high.unsigned_abs());
    }
    page.family("mooring_meta_paused", "Limits for which all calls wait, or those that read.");
    for of_kind in &usage {
        page.count(&[("of", &of_kind.kind)], of_kind.paused.unsigned_abs());
    }

    let stories = services.insights.capture_rate(None).await?;
    page.family(
        "mooring_stories_last_30_days",
        "Stories that ended in the last 30 days, by whether their last figures were read.",
    );
    for (state, count) in [("captured", stories.captured), ("missed", stories.missed)] {
        page.count(&[("state", state)], count);
    }

    let brake = connections.brake().await?;
    page.family("mooring_brake_held_accounts", "Accounts that the brake keeps from being declared broken.");
    page.count(&[], brake.held);
    let outbox = mail::outbox::waiting(database, now).await?;
    page.family("mooring_outbox_waiting", "Mails that should have been sent.");
    page.count(&[], outbox.count);
    page.family("mooring_outbox_oldest_seconds", "For how long the oldest of them has waited.");
    page.value(&[], age(outbox.oldest_at));
    // Without this a worker that never ran would look like one that has just been seen.
    if let Some(seen_at) = settings::get(database, settings::WORKER_SEEN_AT).await? {
        page.family("mooring_worker_silent_seconds", "For how long no worker has looked for work.");
        page.value(&[], age(Some(seen_at)));
    }
    let ahead: Option<i32> = settings::get(database, settings::CLOCK_AHEAD_SECONDS).await?;
    page.family("mooring_clock_ahead_seconds", "By how much a worker's clock was last ahead of Meta's.");
    page.value(&[], ahead.unwrap_or_default().into());
    Ok(page.text)
}

/// Prometheus' text format. Label values come from our own enums and classes and need no escaping but
/// get it all the same.
#[derive(Default)]
struct Page {
    text: String,
    name: &'static str,
}

impl Page {
    fn family(&mut self, name: &'static str, help: &str) {
        self.name = name;
        let _infallible = writeln!(self.text, "# HELP {name} {help}\n# TYPE {name} gauge");
    }

    fn count(&mut self, labels: &[(&str, &str)], count: u64) {
        #[expect(clippy::cast_precision_loss, reason = "counts far below 2^53")]
        self.value(labels, count as f64);
    }

    fn value(&mut self, labels: &[(&str, &str)], value: f64) {
        let escaped = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        let pairs: Vec<_> =
            labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
        let labels = if pairs.is_empty() { String::new() } else { format!("{{{}}}", pairs.join(",")) };
        let _infallible = writeln!(self.text, "{}{labels} {value}", self.name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_in_prometheus_format() {
        let mut page = Page::default();
        page.family("mooring_jobs", "Work.");
        page.count(&[("kind", "a\"b\\c\nd"), ("state", "due")], 3);
        page.value(&[], 1.5);
        assert_eq!(
            page.text,
            "# HELP mooring_jobs Work.\n# TYPE mooring_jobs gauge\n\
             mooring_jobs{kind=\"a\\\"b\\\\c\\nd\",state=\"due\"} 3\nmooring_jobs 1.5\n"
        );
    }
}
