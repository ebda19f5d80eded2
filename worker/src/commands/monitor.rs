//! `monitor`: how tokens are checked, while everything runs.

use std::process::ExitCode;

use chrono::TimeDelta;
use clap::{Args, ValueEnum};
use connections::monitor::SetMonitorError;
use executor::Services;
use jobs::monitor::{Change, Monitor};
use serde_json::json;

use super::answer::say;

/// What is to be changed; without any of it, only how it is.
#[derive(Args)]
pub(crate) struct Wanted {
    /// Minutes between two checks of a login, from 5 to 1440; 0 goes back to CRON_CHECK_TOKENS
    #[arg(long)]
    interval_minutes: Option<u32>,
    /// Checks that one worker runs at once, from 1 to 100
    #[arg(long)]
    batch_size: Option<u32>,
    /// Whether checks on schedule also repair what they can, or only ask and write down
    #[arg(long)]
    auto_heal: Option<Switch>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// On or off.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Switch {
    /// They repair
    On,
    /// They only ask
    Off,
}

/// Changes what is wanted, and says how it is then.
pub(super) async fn monitor(services: &Services, wanted: &Wanted) -> anyhow::Result<ExitCode> {
    let connections = &services.connections;
    let change = Change {
        interval_minutes: wanted
            .interval_minutes
            .map(|minutes| Some(minutes).filter(|minutes| *minutes != 0)),
        batch_size: wanted.batch_size,
        auto_heal: wanted.auto_heal.map(|switch| switch == Switch::On),
    };
    let monitor = if change == Change::default() {
        connections.monitor().await?
    } else {
        match connections.set_monitor(change, None).await {
            Ok(monitor) => monitor,
            Err(SetMonitorError::OutOfBounds(error)) => anyhow::bail!("{error}"),
            Err(SetMonitorError::Database(error)) => return Err(error.into()),
        }
    };
    let sweep = connections.last_sweep().await?;
    let day = services.world.now() - TimeDelta::days(1);
    let checks = connections.checks_since(None, day).await?;
    if wanted.json {
        let Monitor { interval_minutes, batch_size, auto_heal } = monitor;
        say(&json!({
            "intervalMinutes": interval_minutes, "batchSize": batch_size, "autoHeal": auto_heal,
            "lastSweepBegunAt": sweep.map(|sweep| sweep.begun_at),
            "lastSweepEndedAt": sweep.and_then(|sweep| sweep.ended_at),
            "checksLastDay": {
                "succeeded": checks.succeeded, "failed": checks.failed, "skipped": checks.skipped,
                "healed": checks.healed,
            },
        })
        .to_string());
        return Ok(ExitCode::SUCCESS);
    }
    say(&match monitor.interval_minutes {
        Some(minutes) => format!("Every login is checked every {minutes} minutes."),
        None => {
            format!("Logins are checked as CRON_CHECK_TOKENS says: {}", services.config.schedule.check_tokens)
        }
    });
    say(&format!("One worker runs {} checks at once at most.", monitor.batch_size));
    say(if monitor.auto_heal {
        "Auto-heal is on: checks repair what they can."
    } else {
        "Auto-heal is off: checks on schedule only ask and write down."
    });
    if let Some(sweep) = sweep {
        let moment = |at: chrono::DateTime<chrono::Utc>| at.format("%F %T UTC").to_string();
        let end = sweep.ended_at.map_or_else(|| "goes on".to_owned(), |at| format!("ended {}", moment(at)));
        say(&format!("The last round began {} and {end}.", moment(sweep.begun_at)));
    }
    say(&format!(
        "In 24 hours: {} checks succeeded ({} of them repaired something), {} failed, {} skipped.",
        checks.succeeded, checks.healed, checks.failed, checks.skipped
    ));
    Ok(ExitCode::SUCCESS)
}
