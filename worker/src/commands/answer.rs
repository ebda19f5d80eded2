//! How commands answer: a line for each thing that was done, on standard output, and an exit code.

use std::process::ExitCode;

use entity::WorkspaceId;
use sea_orm::DbErr;
use sea_orm::prelude::*;
use serde_json::json;

/// One line of an answer.
pub(super) struct Line {
    pub(super) workspace: WorkspaceId,
    pub(super) subject: Uuid,
    pub(super) name: String,
    pub(super) result: &'static str,
    pub(super) reason: Option<String>,
}

/// Prints the lines; the exit code is 1 if anything failed.
pub(super) fn answer(lines: &[Line], as_json: bool) -> ExitCode {
    for line in lines {
        if as_json {
            let object = json!({
                "workspace": line.workspace.0, "subject": line.subject, "name": line.name,
                "result": line.result, "reason": line.reason,
            });
            say(&object.to_string());
        } else {
            say(&format!(
                "{:<10} {:<32} {}",
                line.result,
                line.name,
                line.reason.as_deref().unwrap_or_default()
            ));
        }
    }
    let count = |result| lines.iter().filter(|line| line.result == result).count();
    if !as_json {
        say(&format!(
            "{} succeeded, {} failed, {} skipped, {} due",
            count("succeeded"),
            count("failed"),
            count("skipped"),
            count("due")
        ));
    }
    if count("failed") > 0 { ExitCode::from(1) } else { ExitCode::SUCCESS }
}

/// What a line says when the database failed.
pub(super) fn failed(error: &DbErr) -> (&'static str, Option<String>) {
    tracing::error!(%error, "one of many could not be done");
    ("failed", Some("internal".to_owned()))
}

#[expect(clippy::print_stdout, reason = "the answer of a command")]
pub(super) fn say(line: &str) {
    println!("{line}");
}
