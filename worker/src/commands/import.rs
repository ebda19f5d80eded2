//! `exchange-short-lived`: takes over tokens that were made elsewhere.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use entity::connection::Provider;
use entity::{WorkspaceId, account};
use executor::Services;
use platform::Secret;
use sea_orm::prelude::*;

use super::answer::{Line, answer};
use super::progress::Progress;
use super::which::id_of;

/// Whose tokens come, and where their accounts go.
#[derive(Args)]
pub(crate) struct Import {
    /// The workspace that the accounts are added to
    #[arg(long, value_parser = id_of("workspace"))]
    workspace: Uuid,
    /// The login that the tokens were made with
    #[arg(long)]
    login: LoginName,
    /// Where mails about the accounts go
    #[arg(long)]
    contact: Option<String>,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

/// Which login a token belongs to.
#[derive(Clone, Copy, ValueEnum)]
enum LoginName {
    /// Facebook Login, system users included
    Facebook,
    /// Instagram Login
    Instagram,
}

/// Tokens come from standard input, where neither the list of processes nor the history of a shell
/// shows them.
pub(super) async fn take_over(services: &Services, import: &Import) -> anyhow::Result<ExitCode> {
    let provider = match import.login {
        LoginName::Facebook => Provider::FacebookLogin,
        LoginName::Instagram => Provider::InstagramLogin,
    };
    let workspace = WorkspaceId(import.workspace);
    let mut lines = Vec::new();
    let mut progress = Progress::without_end("tokens");
    for (at, token) in std::io::stdin().lines().enumerate() {
        let token = Secret::new(token.context("the tokens could not be read")?.trim());
        if token.expose().is_empty() {
            continue;
        }
        let imported =
            services.connections.import(workspace, provider, &token, import.contact.as_deref()).await;
        let mut line = Line {
            workspace,
            subject: Uuid::nil(),
            name: format!("line {}", at + 1),
            result: "failed",
            reason: None,
        };
        match imported {
            Ok(imported) => {
                let handles = |accounts: &[account::Model]| {
                    accounts.iter().map(|account| account.username.as_str()).collect::<Vec<_>>().join(" ")
                };
                line.subject = imported.grant.id.0;
                line.name = imported.grant.meta_user_name;
                line.result = if imported.added.is_empty() { "skipped" } else { "succeeded" };
                line.reason = Some(match imported.added.as_slice() {
                    [] => "nothing_new".to_owned(),
                    added => handles(added),
                });
            }
            Err(error) => {
                tracing::warn!(line = at + 1, %error, "a token was not taken over");
                line.reason = Some(error.name().to_owned());
            }
        }
        lines.push(line);
        progress.step();
    }
    drop(progress);
    Ok(answer(&lines, import.json))
}
