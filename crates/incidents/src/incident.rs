//! Opening and closing incidents. Both run in the transaction that changes the health, so that no
//! account is broken without an incident and no mail is queued without one.

use std::collections::BTreeMap;
use std::time::Duration;

use entity::account::{self, HealthReason};
use entity::outbox::{self, MailState};
use entity::{AccountId, InWorkspace, IncidentId, LinkId, OutboxId, WorkspaceId, incident, workspace};
use mail::Content;
use mail::outbox::NewMail;
use platform::secret::token_hash;
use platform::{AuthSecret, World};
use sea_orm::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ConnectionTrait, QueryOrder as _};

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
                incidents: group.iter().map(|(_, incident)| *incident).collect(),
                link_id: Some(link_id.0),
            };
            mail::outbox::queue(db, &self.world, mail).await?;
        }
        Ok(())
    }

    /// A mail that had not left was cancelled because one of its accounts is well again: those that
    /// are not get a mail of their own.
    async fn tell_the_rest(&self, db: &impl ConnectionTrait, cancelled: &outbox::Model) -> Result<(), DbErr> {
        let Ok(Content::NeedsReconnect { cause, .. }) = serde_json::from_value(cancelled.content.clone())
        else {
            return Ok(());
        };
        let accounts = accounts_of(db, cancelled.workspace_id, [cancelled.id]).await?;
        let open = accounts.into_iter().filter(|(_, incident)| incident.closed_at.is_none());
        let group = open.map(|(account, incident)| (account, incident.id)).collect();
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
        let mut closed = BTreeMap::new();
        for account in accounts {
            let Some(incident) = find_open(db, account).await? else { continue };
            incident::Entity::update_in_workspace(workspace)
                .col_expr(incident::Column::ClosedAt, Expr::value(self.world.now()))
                .filter(incident::Column::Id.eq(incident.id))
                .exec(db)
                .await?;
            closed.insert(incident.id, account.username.as_str());
        }
        let ids: Vec<_> = closed.keys().copied().collect();
        let mails = mail::outbox::about(db, workspace, &ids).await?;
        mail::outbox::cancel_about(db, workspace, &ids).await?;
        let mut overtaken = BTreeMap::new();
        let mut told: BTreeMap<&str, BTreeMap<IncidentId, &str>> = BTreeMap::new();
        for (incident, mail) in &mails {
            match (mail.state, closed.get(incident)) {
                (MailState::Queued, _) => {
                    overtaken.insert(mail.id, mail);
                }
                (MailState::Sent, Some(handle)) if recovered => {
                    told.entry(&mail.recipient).or_default().insert(*incident, handle);
                }
                _ => {}
            }
        }
        for mail in overtaken.values() {
            self.tell_the_rest(db, mail).await?;
        }
        let workspace_name = if told.is_empty() { String::new() } else { name_of(db, workspace).await? };
        for (recipient, incidents) in told {
            let Some(first) = incidents.keys().next() else { continue };
            let mut handles: Vec<_> = incidents.values().map(|handle| (*handle).to_owned()).collect();
            handles.sort();
            let mail = NewMail {
                workspace_id: workspace,
                dedupe_key: format!("incident:{first}:recovered:{}", token_hash(recipient)),
                recipient: recipient.to_owned(),
                content: Content::Recovered { workspace_name: workspace_name.clone(), accounts: handles },
                incidents: incidents.keys().copied().collect(),
                link_id: None,
            };
            mail::outbox::queue(db, &self.world, mail).await?;
        }
        Ok(())
    }
}

/// The accounts that the mail with the reconnect link `link` named, in the order of their handles.
/// None for a link that was made by hand.
///
/// # Errors
/// When the database fails.
pub async fn accounts_of_link(
    db: &impl ConnectionTrait,
    workspace: WorkspaceId,
    link: LinkId,
) -> Result<Vec<account::Model>, DbErr> {
    let mails =
        outbox::Entity::in_workspace(workspace).filter(outbox::Column::LinkId.eq(link.0)).all(db).await?;
    let mut accounts: Vec<_> = accounts_of(db, workspace, mails.iter().map(|mail| mail.id))
        .await?
        .into_iter()
        .map(|(account, _)| account)
        .collect();
    accounts.dedup_by_key(|account| account.id);
    Ok(accounts)
}

/// The accounts that `mails` are about, in the order of their handles, with the incidents.
async fn accounts_of(
    db: &impl ConnectionTrait,
    workspace: WorkspaceId,
    mails: impl IntoIterator<Item = OutboxId>,
) -> Result<Vec<(account::Model, incident::Model)>, DbErr> {
    let ids = mail::outbox::incidents_of(db, workspace, mails).await?;
    let incidents =
        incident::Entity::in_workspace(workspace).filter(incident::Column::Id.is_in(ids)).all(db).await?;
    let accounts = account::Entity::in_workspace(workspace)
        .filter(account::Column::Id.is_in(incidents.iter().map(|incident| incident.account_id)))
        .order_by_asc(account::Column::Username)
        .all(db)
        .await?;
    let of = |account: AccountId| incidents.iter().filter(move |incident| incident.account_id == account);
    Ok(accounts
        .iter()
        .flat_map(|account| of(account.id).map(|incident| (account.clone(), incident.clone())))
        .collect())
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

async fn name_of(db: &impl ConnectionTrait, workspace: WorkspaceId) -> Result<String, DbErr> {
    Ok(workspace::Entity::in_workspace(workspace).one(db).await?.map(|row| row.name).unwrap_or_default())
}
