//! `release-brake`: what is refused is declared broken, however much it is.

use std::process::ExitCode;

use anyhow::Context as _;
use chrono::TimeDelta;
use executor::Services;

use super::answer::say;

/// Lets the brake go for so many hours.
pub(super) async fn release(services: &Services, hours: i64) -> anyhow::Result<ExitCode> {
    let held = services
        .connections
        .release_brake(TimeDelta::hours(hours), None)
        .await
        .context("the brake could not be released")?;
    say(&format!("The brake is released for {hours} h; it held {held} accounts."));
    Ok(ExitCode::SUCCESS)
}
