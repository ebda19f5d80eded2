//! Opening and closing incidents. Both run in the transaction that changes the health, so that no
//! account is broken without an incident and no mail is queued without one.

use std::collections::BTreeMap;
use std::time::Duration;

use entity::account::{self, HealthReason};
use entity::outbox::{self, MailState};
use entity::{InWorkspace, IncidentId, LinkId, WorkspaceId, incident, workspace};
use mail::Content;
use mail::outbox::NewMail;
use platform::secret::token_hash;
use platform::{AuthSecret, World};
use sea_orm::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ConnectionTrait};

use crate::link;

/// An account and its open incident.
type Broken = (account::Model, IncidentId);

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
        let mut by_recipient: BTreeMap<String, Vec<Broken>> = BTreeMap::new();
        for (account, incident) in opened {
            let recipients = account.contact_email.as_ref().map_or(fallback, std::slice::from_ref);
            for recipient in recipients {
                by_recipient.entry(recipient.clone()).or_default().push((account.clone(), incident));
            }
        }
        self.tell(db, workspace, cause, by_recipient).await
    }

    /// Queues one mail per recipient about accounts that broke together.
    async fn tell(
        &self,
        db: &impl ConnectionTrait,
        workspace: WorkspaceId,
        cause: HealthReason,
        by_recipient: BTreeMap<String, Vec<Broken>>,
    ) -> Result<(), DbErr> {
        let workspace_name = name_of(db, workspace).await?;
        // Of several recipients for one account, all get the same link: a newer one would cancel it.
        let mut links = BTreeMap::new();
        for (recipient, group) in by_recipient {
            // All accounts of the group broke together, so the repair of the first repairs all.
            let Some((account, incident_id)) = group.first() else { continue };
            let link_id = match links.get(&account.id) {
                Some(link_id) => *link_id,
                None => {
                    let link = self.link_for(db, account, *incident_id, &recipient).await?;
                    links.insert(account.id, link);
                    link
                }
            };
            let mail = NewMail {
                workspace_id: workspace,
                dedupe_key: format!("incident:{incident_id}:opened:{}", token_hash(&recipient)),
                recipient,
                content: Content::NeedsReconnect {
                    workspace_name: workspace_name.clone(),
                    cause,
                    accounts: group.iter().map(|(account, _)| account.username.clone()).collect(),
                },
                incident_id: Some(*incident_id),
                link_id: Some(link_id.0),
            };
            mail::outbox::queue(db, &self.world, mail).await?;
        }
        Ok(())
    }

    /// A mail that had not left was cancelled because the account it hung on is well again: those of
    /// its accounts that are not get a mail of their own.
    async fn tell_the_rest(
        &self,
        db: &impl ConnectionTrait,
        cancelled: &outbox::Model,
        closed: &[account::Model],
    ) -> Result<(), DbErr> {
        let Ok(Content::NeedsReconnect { cause, accounts, .. }) =
            serde_json::from_value(cancelled.content.clone())
        else {
            return Ok(());
        };
        let rest: Vec<_> = accounts
            .into_iter()
            .filter(|handle| !closed.iter().any(|account| account.username == *handle))
            .collect();
        let rows = account::Entity::in_workspace(cancelled.workspace_id)
            .filter(account::Column::Username.is_in(rest))
            .all(db)
            .await?;
        let mut group = Vec::new();
        for account in rows {
            if let Some(incident) = find_open(db, &account).await? {
                group.push((account, incident.id));
            }
        }
        let by_recipient = BTreeMap::from([(cancelled.recipient.clone(), group)]);
        self.tell(db, cancelled.workspace_id, cause, by_recipient).await
    }

    async fn link_for(
        &self,
        db: &impl ConnectionTrait,
        account: &account::Model,
        incident_id: IncidentId,
        recipient: &str,
    ) -> Result<LinkId, DbErr> {
        let link = link::New {
            account,
            incident_id: Some(incident_id),
            created_by: None,
            sent_to: Some(recipient),
            lifetime: self.link_lifetime,
        };
        Ok(link::create(db, &self.world, &self.secret, link).await?.id)
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

    /// Closes the open incidents of `accounts` (all of `workspace`). Mails that have not left yet
    /// are cancelled. If the accounts `recovered`, who has been told of the trouble is told so.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn close(
        &self,
        db: &impl ConnectionTrait,
        workspace: WorkspaceId,
        accounts: &[account::Model],
        recovered: bool,
    ) -> Result<(), DbErr> {
        let mut told: BTreeMap<String, (IncidentId, Vec<String>)> = BTreeMap::new();
        let mut waiting = Vec::new();
        for account in accounts {
            let Some(incident) = find_open(db, account).await? else { continue };
            incident::Entity::update_in_workspace(workspace)
                .col_expr(incident::Column::ClosedAt, Expr::value(self.world.now()))
                .filter(incident::Column::Id.eq(incident.id))
                .exec(db)
                .await?;
            waiting.extend(mails(db, &incident, MailState::Queued).await?);
            mail::outbox::cancel_of_incident(db, &self.world, workspace, incident.id).await?;
            for mail in if recovered { mails(db, &incident, MailState::Sent).await? } else { Vec::new() } {
                let (_, handles) = told.entry(mail.recipient.clone()).or_insert((incident.id, Vec::new()));
                // The mail may have been about others as well, which still need somebody.
                let closed = |handle: &String| accounts.iter().any(|account| account.username == *handle);
                handles.extend(handles_in(&mail).into_iter().filter(closed));
            }
        }
        for mail in &waiting {
            self.tell_the_rest(db, mail, accounts).await?;
        }
        let workspace_name = if told.is_empty() { String::new() } else { name_of(db, workspace).await? };
        told.retain(|_, (_, handles)| !handles.is_empty());
        for (recipient, (incident_id, mut handles)) in told {
            handles.sort();
            handles.dedup();
            let mail = NewMail {
                workspace_id: workspace,
                dedupe_key: format!("incident:{incident_id}:recovered:{}", token_hash(&recipient)),
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

async fn mails(
    db: &impl ConnectionTrait,
    incident: &incident::Model,
    state: MailState,
) -> Result<Vec<outbox::Model>, DbErr> {
    outbox::Entity::in_workspace(incident.workspace_id)
        .filter(outbox::Column::IncidentId.eq(incident.id))
        .filter(outbox::Column::State.eq(state))
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
