//! `backup`: copies of the database, and trying a copy out before one is needed.
//!
//! - `sqlite`, `postgres`: making a copy of either database, and reading one.
//! - `report`: what a copy holds, and whether this installation could live with it.

mod postgres;
mod report;
mod sqlite;

use std::fs::OpenOptions;
use std::io::Read as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Args;
use executor::Services;
use platform::config::Config;
use serde_json::json;

use super::answer::say;
use report::{Contents, Report};

/// Only whoever runs the installation reads a copy: it holds people, sealed tokens and mails.
const MODE: u32 = 0o600;

/// What is wanted: a copy, or the trial of one.
#[derive(Args)]
#[command(group(clap::ArgGroup::new("what").required(true).args(["to", "verify"])))]
pub(crate) struct Backup {
    /// Writes a copy to this file, which must not exist
    #[arg(long, value_name = "PATH")]
    to: Option<PathBuf>,
    /// Tries this copy out: whether it is whole, how old its schema is, what it holds, and whether TOKEN_KEYS
    /// lists every key that it needs
    #[arg(long, value_name = "PATH")]
    pub(super) verify: Option<PathBuf>,
    /// One JSON object
    #[arg(long)]
    pub(super) json: bool,
}

/// Writes a copy, and keeps it only if it is whole.
pub(super) async fn make(services: &Services, backup: &Backup) -> anyhow::Result<ExitCode> {
    let Some(path) = &backup.to else { bail!("--to is missing") };
    claim(path)?;
    let made = copy(services, path).await;
    let bytes = match made {
        Ok(bytes) => bytes,
        Err(error) => {
            // Half a copy is worse than none: somebody could rely on it.
            std::fs::remove_file(path).context("the unfinished copy could not be removed")?;
            return Err(error);
        }
    };
    say(&if backup.json {
        json!({ "file": path, "bytes": bytes }).to_string()
    } else {
        format!(
            "{} is a whole copy, {bytes} bytes. Keep TOKEN_KEYS and AUTH_SECRET elsewhere.",
            path.display()
        )
    });
    Ok(ExitCode::SUCCESS)
}

async fn copy(services: &Services, path: &Path) -> anyhow::Result<u64> {
    if services.database.is_postgres() {
        postgres::dump(&services.config, path).await?;
    } else {
        sqlite::copy(&services.database, path).await?;
    }
    let contents = read(path).await?;
    if !contents.is_whole {
        bail!("the copy is not whole; it was removed");
    }
    let file = std::fs::File::open(path)?;
    file.sync_all()?;
    Ok(file.metadata()?.len())
}

/// Makes the file, for us alone, before anything is in it. What is there already is never written over.
fn claim(path: &Path) -> anyhow::Result<()> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(MODE)
        .open(path)
        .map(drop)
        .with_context(|| format!("{} cannot be made", path.display()))
}

/// Tries a copy out; the exit code is 1 if this installation could not live with it.
pub(super) async fn verify(config: &Config, path: &Path, as_json: bool) -> anyhow::Result<ExitCode> {
    let report = Report::new(read(path).await?, &config.token_keys);
    if as_json {
        say(&report.in_json(path).to_string());
    } else {
        report.in_words(path).iter().for_each(|line| say(line));
    }
    Ok(if report.is_good() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

async fn read(path: &Path) -> anyhow::Result<Contents> {
    let mut start = [0_u8; 16];
    let mut file = std::fs::File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let length = file.read(&mut start)?;
    match start.get(..length).unwrap_or_default() {
        begin if begin.starts_with(b"SQLite format 3\0") => sqlite::read(path).await,
        begin if begin.starts_with(b"PGDMP") => postgres::read(path).await,
        _ => bail!("{} is a copy of neither SQLite nor PostgreSQL", path.display()),
    }
}
