//! Reconnect links as the team handles them: made to be copied, mailed, withdrawn. And what the
//! owner of an account sees of one.

use std::time::Duration;

use chrono::TimeDelta;
use entity::account::{self, Provider};
use entity::membership::Role;
use entity::outbox::{self, MailKind, MailState};
use entity::reconnect_link::{self, LinkState};
use entity::{AccountId, InWorkspace, LinkId, WorkspaceId, workspace};
use identity::{EmailAddress, Member, audit};
use incidents::link::{self, New, Unusable};
use mail::Content;
use mail::outbox::NewMail;
use platform::Secret;
use sea_orm::prelude::*;
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{ConnectionTrait, QuerySelect as _};
use serde_json::json;

use crate::Connections;
use crate::health::RED;

/// How many links a workspace may mail to one address within a day.
pub(crate) const MOST_MAILS: u64 = 3;

/// Why the team could not have what it asked for.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// The role does not allow it.
    #[error("the role does not allow it")]
    Forbidden,
    /// There is no such account or link, or it is somebody else's.
    #[error("no such account or link")]
    NotFound,
    /// The account is disconnected: with nobody to compare with, only a member can connect it again.
    #[error("the account is disconnected")]
    Disconnected,
    /// There is no address to send it to.
    #[error("no address to send it to")]
    NoAddress,
    /// That is not an address.
    #[error("not an address")]
    BadAddress,
    /// That address was sent as many links as a day allows.
    #[error("too many links were mailed to this address today")]
    TooManyMails,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// What the owner of an account sees of a link.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The link.
    pub link: reconnect_link::Model,
    /// The accounts it is about, those that broke together: at least one.
    pub accounts: Vec<LinkAccount>,
    /// Which login leads to them.
    pub provider: Provider,
    /// Who asks.
    pub workspace_name: String,
    /// Whether the dialog can be started, or why not.
    pub usable: Result<(), Unusable>,
    /// Where a new link would be mailed, masked, if this one has ended and there is an address.
    pub renewable: Option<String>,
}

/// One account of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkAccount {
    /// Its handle.
    pub username: String,
    /// Whether it needs somebody now.
    pub is_broken: bool,
}

impl Connections {
    /// Makes a link for copying.
    ///
    /// # Errors
    /// See [`LinkError`].
    pub async fn create_link(
        &self,
        member: &Member,
        id: AccountId,
    ) -> Result<reconnect_link::Model, LinkError> {
        self.make_link(member, id, None).await
    }

    /// Makes a link and mails it to `address`, or to the account's contact address.
    ///
    /// # Errors
    /// See [`LinkError`].
    pub async fn send_link(
        &self,
        member: &Member,
        id: AccountId,
        address: Option<&str>,
    ) -> Result<reconnect_link::Model, LinkError> {
        let account =
            self.account_row(&*self.database, member.workspace_id(), id).await?.ok_or(LinkError::NotFound)?;
        let address = address.map(str::to_owned).or(account.contact_email).ok_or(LinkError::NoAddress)?;
        let address: EmailAddress = address.parse().map_err(|_| LinkError::BadAddress)?;
        self.make_link(member, id, Some(address.as_str())).await
    }

    async fn make_link(
        &self,
        member: &Member,
        id: AccountId,
        send_to: Option<&str>,
    ) -> Result<reconnect_link::Model, LinkError> {
        member.require(Role::Member).map_err(|_| LinkError::Forbidden)?;
        let workspace = member.workspace_id();
        let transaction = self.database.begin().await?;
        let account = self.account_row(&*transaction, workspace, id).await?.ok_or(LinkError::NotFound)?;
        if account.connection_id.is_none() {
            return Err(LinkError::Disconnected);
        }
        if let Some(recipient) = send_to
            && self.mailed_lately(&*transaction, workspace, recipient).await? >= MOST_MAILS
        {
            return Err(LinkError::TooManyMails);
        }
        let link = self.new_link(&*transaction, member, &account, &[], send_to).await?;
        transaction.commit().await?;
        Ok(link)
    }

    /// Writes a link of `account`, in the caller's transaction, and the mail that carries it if there is
    /// an address. The mail is also about `others`, which are read through the same login.
    pub(crate) async fn new_link(
        &self,
        db: &impl ConnectionTrait,
        member: &Member,
        account: &account::Model,
        others: &[account::Model],
        send_to: Option<&str>,
    ) -> Result<reconnect_link::Model, DbErr> {
        let workspace = member.workspace_id();
        let new = New {
            account,
            incident_id: None,
            created_by: Some(member.user_id()),
            sent_to: send_to,
            lifetime: Duration::from_secs(u64::from(self.tuning.reconnect_link_days) * 86_400),
        };
        let link = link::create(db, &self.world, &self.secret, new).await?;
        // The newer one cancels older ones, of all accounts that it repairs.
        for other in others {
            link::revoke_all(db, workspace, other.id).await?;
        }
        let accounts: Vec<_> = std::iter::once(account).chain(others).cloned().collect();
        if let Some(recipient) = send_to {
            // Only what several accounts have in common has to be found again through their incidents.
            let incidents = match others {
                [] => Vec::new(),
                _ => incidents::incident::open_of(db, workspace, &accounts).await?,
            };
            let mail = NewMail {
                workspace_id: workspace,
                dedupe_key: format!("link:{}", link.id),
                recipient: recipient.to_owned(),
                content: Content::ReconnectLink {
                    workspace_name: self.workspace_name(db, workspace).await?,
                    username: account.username.clone(),
                    others: others.iter().map(|other| other.username.clone()).collect(),
                    sender_name: member.actor().name.clone(),
                },
                incidents,
                link_id: Some(link.id.0),
            };
            mail::outbox::queue(db, &self.world, mail).await?;
        }
        for account in &accounts {
            let event = audit::Event {
                workspace_id: workspace,
                user_id: Some(member.user_id()),
                action: if send_to.is_some() { "link.sent" } else { "link.created" },
                subject_id: Some(account.id.0),
                detail: json!({ "link": link.id.0 }),
            };
            audit::record(db, &self.world, event).await?;
        }
        Ok(link)
    }

    /// How many links the workspace has mailed to `recipient` within a day. Whoever counts holds the
    /// workspace's row until the end of the transaction, so that no two count at once.
    pub(crate) async fn mailed_lately(
        &self,
        db: &impl ConnectionTrait,
        workspace: WorkspaceId,
        recipient: &str,
    ) -> Result<u64, DbErr> {
        // The weaker lock: rows that refer to the workspace can be written meanwhile.
        workspace::Entity::in_workspace(workspace).lock(LockType::NoKeyUpdate).one(db).await?;
        outbox::Entity::in_workspace(workspace)
            .filter(outbox::Column::Kind.is_in([MailKind::ReconnectLink, MailKind::ConnectLink]))
            .filter(outbox::Column::Recipient.eq(recipient))
            .filter(outbox::Column::State.is_in([MailState::Queued, MailState::Sent]))
            .filter(outbox::Column::CreatedAt.gt(self.world.now() - TimeDelta::days(1)))
            .count(db)
            .await
    }

    /// Withdraws a link.
    ///
    /// # Errors
    /// See [`LinkError`].
    pub async fn revoke_link(&self, member: &Member, id: LinkId) -> Result<reconnect_link::Model, LinkError> {
        member.require(Role::Member).map_err(|_| LinkError::Forbidden)?;
        let workspace = member.workspace_id();
        let find =
            || reconnect_link::Entity::in_workspace(workspace).filter(reconnect_link::Column::Id.eq(id));
        let transaction = self.database.begin().await?;
        find().one(&*transaction).await?.ok_or(LinkError::NotFound)?;
        link::note(&*transaction, &self.world, workspace, id, LinkState::Revoked).await?;
        let event = audit::Event {
            workspace_id: workspace,
            user_id: Some(member.user_id()),
            action: "link.revoked",
            subject_id: Some(id.0),
            detail: json!({}),
        };
        audit::record(&*transaction, &self.world, event).await?;
        let link = find().one(&*transaction).await?.ok_or(LinkError::NotFound)?;
        transaction.commit().await?;
        Ok(link)
    }

    /// The address of a link, for those who may copy it.
    #[must_use]
    pub fn link_url(&self, id: LinkId) -> Secret {
        let token = mail::links::reconnect_token(&self.secret, id);
        Secret::new(format!("{}reconnect/{}", self.public_url, token.expose()))
    }

    /// What the owner of an account sees of the link with this token. Looking changes nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn preview_link(&self, token: &Secret) -> Result<Option<Preview>, DbErr> {
        let Some(link) = link::find(&*self.database, token).await? else { return Ok(None) };
        let accounts = self.accounts_of_link(&*self.database, &link).await?;
        let Some(provider) = accounts.first().map(|account| account.provider) else { return Ok(None) };
        let workspace_name = self.workspace_name(&*self.database, link.workspace_id).await?;
        let usable = link::usable(&link, self.world.now());
        let own = accounts.first().filter(|_| is_renewable(usable));
        let renewable = own.and_then(|own| known_address(&link, own)).map(mail::masked);
        let accounts = accounts.into_iter().map(|account| LinkAccount {
            is_broken: RED.contains(&account.health),
            username: account.username,
        });
        Ok(Some(Preview { accounts: accounts.collect(), provider, link, workspace_name, usable, renewable }))
    }

    /// Notes that a person has opened the page of a link for the first time; changes nothing else.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn link_opened(&self, link: &reconnect_link::Model) -> Result<(), DbErr> {
        if !matches!(link.state, LinkState::Created | LinkState::Sent) {
            return Ok(());
        }
        let _turn = self.database.turn().await;
        link::note_opened(&*self.database, &self.world, link).await
    }

    /// Mails a new link in place of one whose time is over, to the address that is known already and to
    /// no other: whoever has the old link may not be its owner. Says whether it did; it does not for a
    /// link that can still be used, was withdrawn or was used up, and not too often in a day.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn renew_link(&self, token: &Secret) -> Result<bool, DbErr> {
        let Some(old) = link::find(&*self.database, token).await? else { return Ok(false) };
        let accounts = self.accounts_of_link(&*self.database, &old).await?;
        let Some(own) = accounts.first().filter(|_| is_renewable(link::usable(&old, self.world.now())))
        else {
            return Ok(false);
        };
        let Some(recipient) = known_address(&old, own) else { return Ok(false) };
        let workspace = old.workspace_id;
        let transaction = self.database.begin().await?;
        if self.mailed_lately(&*transaction, workspace, recipient).await? >= MOST_MAILS {
            return Ok(false);
        }
        let new = New {
            account: own,
            incident_id: old.incident_id,
            created_by: None,
            sent_to: Some(recipient),
            lifetime: Duration::from_secs(u64::from(self.tuning.reconnect_link_days) * 86_400),
        };
        let new = link::create(&*transaction, &self.world, &self.secret, new).await?;
        let mail = NewMail {
            workspace_id: workspace,
            dedupe_key: format!("link:{}", new.id),
            recipient: recipient.to_owned(),
            content: Content::AnotherLink {
                workspace_name: self.workspace_name(&*transaction, workspace).await?,
                accounts: accounts.iter().map(|account| account.username.clone()).collect(),
            },
            incidents: incidents::incident::open_of(&*transaction, workspace, &accounts).await?,
            link_id: Some(new.id.0),
        };
        mail::outbox::queue(&*transaction, &self.world, mail).await?;
        let event = audit::Event {
            workspace_id: workspace,
            user_id: None,
            action: "link.renewed",
            subject_id: Some(own.id.0),
            detail: json!({ "link": new.id.0, "in_place_of": old.id.0 }),
        };
        audit::record(&*transaction, &self.world, event).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// The accounts that a link is about, its own one first: those that its mail named, as far as they
    /// belong to the same login.
    pub(crate) async fn accounts_of_link(
        &self,
        db: &impl ConnectionTrait,
        link: &reconnect_link::Model,
    ) -> Result<Vec<account::Model>, DbErr> {
        let Some(own) = self.account_row(db, link.workspace_id, link.account_id).await? else {
            return Ok(Vec::new());
        };
        let mailed = incidents::incident::accounts_of_link(db, link.workspace_id, link.id).await?;
        let others =
            mailed.into_iter().filter(|other| other.id != own.id && other.connection_id == own.connection_id);
        Ok(std::iter::once(own.clone()).chain(others).collect())
    }

    pub(crate) async fn workspace_name(
        &self,
        db: &impl ConnectionTrait,
        id: WorkspaceId,
    ) -> Result<String, DbErr> {
        let workspace = workspace::Entity::in_workspace(id).one(db).await?;
        Ok(workspace.map(|workspace| workspace.name).unwrap_or_default())
    }
}

impl Connections {
    /// Changes where the reconnect mails of an account go. The caller has checked the address.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_contact(
        &self,
        member: &Member,
        account: &account::Model,
        contact: Option<String>,
    ) -> Result<(), DbErr> {
        let transaction = self.database.begin().await?;
        account::Entity::update_in_workspace(member.workspace_id())
            .col_expr(account::Column::ContactEmail, Expr::value(contact))
            .col_expr(account::Column::UpdatedAt, Expr::value(self.world.now()))
            .filter(account::Column::Id.eq(account.id))
            .exec(&*transaction)
            .await?;
        let event = audit::Event {
            workspace_id: member.workspace_id(),
            user_id: Some(member.user_id()),
            action: "account.contact_changed",
            subject_id: Some(account.id.0),
            detail: json!({}),
        };
        audit::record(&*transaction, &self.world, event).await?;
        transaction.commit().await
    }
}

/// Whether a link has ended in a way that its owner did not choose.
fn is_renewable(usable: Result<(), Unusable>) -> bool {
    matches!(usable, Err(Unusable::Expired | Unusable::StartedTooOften))
}

/// Where mails about the account of `link` go, or went.
fn known_address<'a>(link: &'a reconnect_link::Model, account: &'a account::Model) -> Option<&'a str> {
    account.connection_id?;
    account.contact_email.as_deref().or(link.sent_to.as_deref())
}
