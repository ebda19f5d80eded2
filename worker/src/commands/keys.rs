//! `rotate-keys`: seals every stored token with the active key.

use std::process::ExitCode;

use anyhow::Context as _;
use connections::rotation::Rotation;
use executor::Services;
use serde_json::json;

use super::answer::say;
use super::progress::Progress;

/// Moves stored tokens to the active key, or only says how many need which.
pub(super) async fn rotate(services: &Services, dry_run: bool, as_json: bool) -> anyhow::Result<ExitCode> {
    let connections = &services.connections;
    let rotated = if dry_run {
        let by_key = connections.tokens_by_key().await;
        by_key.map(|by_key| Rotation { by_key, ..Rotation::default() })
    } else {
        let mut progress = Progress::without_end("tokens sealed anew");
        connections
            .rotate_keys(|moved| {
                tracing::info!(moved, "tokens are being sealed anew");
                progress.set(moved);
            })
            .await
    };
    let rotation = rotated.context("the rotation was interrupted; begin it again")?;
    let active = connections.active_key();
    let left = rotation.left(active);
    if as_json {
        let Rotation { moved, unreadable, by_key } = &rotation;
        say(&json!({
            "activeKey": active, "moved": moved, "unreadable": unreadable, "left": left, "tokensByKey": by_key,
        })
        .to_string());
    } else {
        say(&format!("{} tokens sealed anew, {left} left on other keys", rotation.moved));
        for (key, count) in &rotation.by_key {
            let note = if key == active { " (active)" } else { "" };
            say(&format!("{key}{note}: {count}"));
        }
        if left == 0 {
            say("Keys other than the active one are no longer needed and can be taken off TOKEN_KEYS.");
        }
    }
    // A dry run says what there is to do; a real one that left something behind has failed.
    Ok(if dry_run || left == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
