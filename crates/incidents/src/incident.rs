//! Opening and closing incidents. Both run in the transaction that changes the health, so that no
//! account is broken without an incident and no mail is queued without one.

use std::collections::BTreeMap;
use std::time::Duration;

use entity::account::{self, HealthReason};
use entity::outbox::{self, MailState};
use entity::{InWorkspace, IncidentId, WorkspaceId, incident, workspace};
use mail::Content;
use mail::outbox::NewMail;
use platform::{AuthSecret, World};
use sea_orm::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ConnectionTrait};

use crate::link;

/// What opening and closing needs besides the database.
#[derive(Clone, Debug)]
pub struct Incidents {
    world: World,
    secret: std::sync::Arc<AuthSecret>,
    link_lifetime: Duration,
}

impl Incidents {
    /// Links live for `link_lifetime` and are made from `secret`.
    #[must_use]
    pub fn new(world: World, secret: std::sync::Arc<AuthSecret>, link_lifetime: Duration) -> Self {
        Self { world, secret, link_lifetime }
    }

    /// Opens an incident for each of `accounts` (all of `workspace`, broken by the same event)
    /// that has none open, and queues one mail per recipient, however many accounts it is about:
    /// the account's contact address, or else `fallback`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open(
        &self,
        db: &impl ConnectionTrait,
        workspace: WorkspaceId,
        accounts: &[account::Model],
        cause: HealthReason,
        fallback: &[String],
    ) -> Result<(), DbErr> {
        let mut opened = Vec::new();
        for account in accounts {
            if let Some(incident) = self.open_one(db, account, cause).await? {
                opened.push((account, incident));
            }
        }
        if !concerns_owner(cause) {
            return Ok(());
        }
        let mut by_recipient: BTreeMap<&str, Vec<_>> = BTreeMap::new();
        for (account, incident) in &opened {
            let contact = account.contact_email.as_deref();
            for recipient in
                contact.into_iter().chain(fallback.iter().map(String::as_str).filter(|_| contact.is_none()))
            {
                by_recipient.entry(recipient).or_default().push((*account, *incident));
            }
        }
        let workspace_name = name_of(db, workspace).await?;
        for (recipient, group) in by_recipient {
            self.queue_opening_mail(db, &workspace_name, cause, recipient, &group).await?;
        }
        Ok(())
    }

    async fn open_one(
        &self,
        db: &impl ConnectionTrait,
        account: &account::Model,
        cause: HealthReason,
    ) -> Result<Option<IncidentId>, DbErr> {
        if find_open(db, account).await?.is_some() {
            return Ok(None);
        }
        let id = IncidentId(self.world.new_id());
        incident::ActiveModel {
            id: Set(id),
            workspace_id: Set(account.workspace_id),
            account_id: Set(account.id),
            cause: Set(cause),
            opened_at: Set(self.world.now()),
            closed_at: Set(None),
        }
        .insert(db)
        .await?;
        Ok(Some(id))
    }

    async fn queue_opening_mail(
        &self,
        db: &impl ConnectionTrait,
        workspace_name: &str,
        cause: HealthReason,
        recipient: &str,
        group: &[(&account::Model, IncidentId)],
    ) -> Result<(), DbErr> {
        // All accounts of the group broke together, so the repair of the first repairs all.
        let Some((account, incident_id)) = group.first() else { return Ok(()) };
        let link = link::New {
            account,
            incident_id: Some(*incident_id),
            created_by: None,
            sent_to: Some(recipient),
            lifetime: self.link_lifetime,
        };
        let link = link::create(db, &self.world, &self.secret, link).await?;
        mail::outbox::queue(
            db,
            &self.world,
            NewMail {
                workspace_id: account.workspace_id,
                dedupe_key: format!("incident:{incident_id}:opened:{recipient}"),
                recipient: recipient.to_owned(),
                content: Content::NeedsReconnect {
                    workspace_name: workspace_name.to_owned(),
                    cause,
                    accounts: group.iter().map(|(account, _)| account.username.clone()).collect(),
                },
                incident_id: Some(*incident_id),
                link_id: Some(link.id.0),
            },
        )
        .await?;
        Ok(())
    }

    /// Closes the open incidents of `accounts` (all of `workspace`). Mails that have not left yet
    /// are cancelled; who has been told of the trouble is told of the recovery.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn close(
        &self,
        db: &impl ConnectionTrait,
        workspace: WorkspaceId,
        accounts: &[account::Model],
    ) -> Result<(), DbErr> {
        let mut told: BTreeMap<String, (IncidentId, Vec<String>)> = BTreeMap::new();
        for account in accounts {
            let Some(incident) = find_open(db, account).await? else { continue };
            incident::Entity::update_in_workspace(workspace)
                .col_expr(incident::Column::ClosedAt, Expr::value(self.world.now()))
                .filter(incident::Column::Id.eq(incident.id))
                .exec(db)
                .await?;
            mail::outbox::cancel_of_incident(db, &self.world, workspace, incident.id).await?;
            for mail in sent_mails(db, &incident).await? {
                let (_, handles) = told.entry(mail.recipient.clone()).or_insert((incident.id, Vec::new()));
                handles.extend(handles_in(&mail));
            }
        }
        let workspace_name = if told.is_empty() { String::new() } else { name_of(db, workspace).await? };
        for (recipient, (incident_id, mut handles)) in told {
            handles.sort();
            handles.dedup();
            let mail = NewMail {
                workspace_id: workspace,
                dedupe_key: format!("incident:{incident_id}:recovered:{recipient}"),
                recipient,
                content: Content::Recovered { workspace_name: workspace_name.clone(), accounts: handles },
                incident_id: Some(incident_id),
                link_id: None,
            };
            mail::outbox::queue(db, &self.world, mail).await?;
        }
        Ok(())
    }
}

/// Whether the account's owner can do something about `cause`. A token that does not open is our
/// operator's matter, and a disconnect was somebody's wish.
fn concerns_owner(cause: HealthReason) -> bool {
    !matches!(cause, HealthReason::TokenUnreadable | HealthReason::Disconnected)
}

async fn find_open(
    db: &impl ConnectionTrait,
    account: &account::Model,
) -> Result<Option<incident::Model>, DbErr> {
    incident::Entity::in_workspace(account.workspace_id)
        .filter(incident::Column::AccountId.eq(account.id))
        .filter(incident::Column::ClosedAt.is_null())
        .one(db)
        .await
}

async fn sent_mails(
    db: &impl ConnectionTrait,
    incident: &incident::Model,
) -> Result<Vec<outbox::Model>, DbErr> {
    outbox::Entity::in_workspace(incident.workspace_id)
        .filter(outbox::Column::IncidentId.eq(incident.id))
        .filter(outbox::Column::State.eq(MailState::Sent))
        .all(db)
        .await
}

fn handles_in(mail: &outbox::Model) -> Vec<String> {
    match serde_json::from_value(mail.content.clone()) {
        Ok(Content::NeedsReconnect { accounts, .. }) => accounts,
        _ => Vec::new(),
    }
}

async fn name_of(db: &impl ConnectionTrait, workspace: WorkspaceId) -> Result<String, DbErr> {
    Ok(workspace::Entity::in_workspace(workspace).one(db).await?.map(|row| row.name).unwrap_or_default())
}
