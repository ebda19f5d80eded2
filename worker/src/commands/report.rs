//! `token-report`: how every login stands, and how well renewing has gone.

use std::collections::BTreeMap;
use std::process::ExitCode;

use chrono::{DateTime, TimeDelta, Utc};
use connections::health::RED;
use entity::refresh_attempt::{self, RefreshOutcome, Trigger};
use entity::{InWorkspace, account};
use executor::Services;
use sea_orm::Iterable as _;
use sea_orm::prelude::*;
use serde_json::{Value, json};

use super::answer::say;
use super::which::{Only, grants};

/// Attempts older than this do not count in the rates.
const LATELY: TimeDelta = TimeDelta::days(30);

pub(super) async fn report(services: &Services, only: &Only) -> anyhow::Result<ExitCode> {
    let (logins, rates) = lines(services, only).await?;
    logins.iter().for_each(|login| say(&if only.json { login.to_string() } else { in_words(login) }));
    if only.json {
        say(&json!({ "renewals": rates }).to_string());
    } else {
        for (trigger, rate) in &rates {
            say(&format!("{trigger}: {} of {} renewals in 30 days succeeded", rate.0, rate.1));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Succeeded and all attempts, by trigger.
type Rates = BTreeMap<String, (u64, u64)>;

async fn lines(services: &Services, only: &Only) -> anyhow::Result<(Vec<Value>, Rates)> {
    let now = services.world.now();
    let mut logins = Vec::new();
    for grant in grants(services, only).await? {
        let accounts = account::Entity::in_workspace(grant.workspace_id)
            .filter(account::Column::ConnectionId.eq(grant.id))
            .all(&*services.database)
            .await?;
        let broken = accounts.iter().filter(|account| RED.contains(&account.health)).count();
        let skip = services.connections.refresh_due(&grant, now);
        logins.push(json!({
            "workspace": grant.workspace_id.0,
            "connection": grant.id.0,
            "name": grant.meta_user_name,
            "login": connections::login(grant.provider).name(),
            "accounts": accounts.len(),
            "needAttention": broken,
            "expiresAt": grant.token_expires_at,
            "neverExpires": grant.token_never_expires,
            "dataAccessExpiresAt": grant.data_access_expires_at,
            "renewal": skip.map_or("due", connections::refresh::Skip::name),
            "nextRenewalAt": services.connections.next_refresh(&grant, now),
            "renewedAt": grant.refreshed_at,
            "verifiedAt": grant.verified_at,
        }));
    }
    let mut rates = Rates::new();
    for trigger in Trigger::iter() {
        let attempts = |outcome: Option<RefreshOutcome>| {
            let mut query = refresh_attempt::Entity::across_workspaces()
                .filter(refresh_attempt::Column::Trigger.eq(trigger))
                .filter(refresh_attempt::Column::StartedAt.gt(now - LATELY));
            if let Some(workspace) = only.workspace() {
                query = query.filter(refresh_attempt::Column::WorkspaceId.eq(workspace));
            }
            match outcome {
                Some(outcome) => query.filter(refresh_attempt::Column::Outcome.eq(outcome)),
                None => query,
            }
        };
        let all = attempts(None).count(&*services.database).await?;
        if all > 0 {
            let succeeded = attempts(Some(RefreshOutcome::Succeeded)).count(&*services.database).await?;
            rates.insert(trigger.to_value().to_uppercase(), (succeeded, all));
        }
    }
    Ok((logins, rates))
}

fn in_words(login: &Value) -> String {
    let moment = |key: &str| {
        let at = login[key].as_str().and_then(|text| text.parse::<DateTime<Utc>>().ok());
        at.map_or_else(|| "unknown".to_owned(), |at| at.format("%F %R").to_string())
    };
    let ends = if login["neverExpires"] == true { "never".to_owned() } else { moment("expiresAt") };
    format!(
        "{:<32} {:<16} accounts {:>3}  need attention {:>3}  expires {ends:<16}  renewal {}",
        login["name"].as_str().unwrap_or_default(),
        login["login"].as_str().unwrap_or_default(),
        login["accounts"],
        login["needAttention"],
        login["renewal"].as_str().unwrap_or_default(),
    )
}
