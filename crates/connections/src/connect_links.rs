//! Connect links as the team handles them: made, mailed, listed, withdrawn. And how far each one is.

use chrono::TimeDelta;
use entity::account;
use entity::connect_link::{self, ConnectLinkState, Provider};
use entity::connect_link_account;
use entity::membership::Role;
use entity::{AccountId, ConnectLinkId, InWorkspace, WorkspaceId};
use identity::{EmailAddress, Fault, Member, audit, fields};
use mail::Content;
use mail::outbox::NewMail;
use platform::Secret;
use sea_orm::prelude::*;
use sea_orm::sea_query::{CaseStatement, Expr, Query};
use sea_orm::{ActiveValue::Set, ConnectionTrait, QueryOrder as _, QuerySelect as _};
use serde_json::json;

use crate::links::MOST_MAILS;
use crate::{Connections, login};

/// How many days a link works when nobody says how many.
pub const DEFAULT_DAYS: u32 = 7;
/// How many days a link may work: from one to a month.
pub const DAYS: std::ops::RangeInclusive<u32> = 1..=30;

/// A link that a member wants.
#[derive(Clone, Debug, Default)]
pub struct NewConnectLink {
    /// For whom it is, as the team calls them; at most 100 characters.
    pub client_name: String,
    /// The only login it offers; the client decides when left out.
    pub provider: Option<Provider>,
    /// The address it is mailed to; without one it is for copying.
    pub send_to: Option<String>,
    /// Where reconnect mails of the accounts go.
    pub contact_email: Option<String>,
    /// How many days it works, out of [`DAYS`]; [`DEFAULT_DAYS`] when left out.
    pub days: Option<u32>,
}

/// Why the team could not have what it asked for.
#[derive(Debug, thiserror::Error)]
pub enum ConnectLinkError {
    /// The role does not allow it.
    #[error("the role does not allow it")]
    Forbidden,
    /// There is no such link, or it is somebody else's.
    #[error("no such link")]
    NotFound,
    /// The client cannot be called like that.
    #[error("the name is not valid")]
    Name(Fault),
    /// It cannot work for so many days.
    #[error("not from 1 to 30 days")]
    Days,
    /// This installation has no app for the login.
    #[error("no app is configured for this login")]
    NotConfigured,
    /// The address to send it to is none.
    #[error("not an address to send it to")]
    BadAddress,
    /// The contact address is none.
    #[error("not a contact address")]
    BadContact,
    /// That address was sent as many links as a day allows.
    #[error("too many links were mailed to this address today")]
    TooManyMails,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
}

impl Connections {
    /// Makes a link with which a client connects accounts, and mails it if there is an address. Links
    /// from before go on working: each is for a client of its own.
    ///
    /// # Errors
    /// See [`ConnectLinkError`].
    pub async fn create_connect_link(
        &self,
        member: &Member,
        new: NewConnectLink,
    ) -> Result<connect_link::Model, ConnectLinkError> {
        member.require(Role::Member).map_err(|_| ConnectLinkError::Forbidden)?;
        let client_name = fields::name(&new.client_name).map_err(ConnectLinkError::Name)?;
        let days = new.days.unwrap_or(DEFAULT_DAYS);
        if !DAYS.contains(&days) {
            return Err(ConnectLinkError::Days);
        }
        if self.offered_logins(new.provider).is_empty() {
            return Err(ConnectLinkError::NotConfigured);
        }
        let send_to = address(new.send_to.as_deref()).map_err(|_| ConnectLinkError::BadAddress)?;
        let contact_email =
            address(new.contact_email.as_deref()).map_err(|_| ConnectLinkError::BadContact)?;
        let workspace = member.workspace_id();
        let transaction = self.database.begin().await?;
        if let Some(recipient) = &send_to
            && self.mailed_lately(&*transaction, workspace, recipient).await? >= MOST_MAILS
        {
            return Err(ConnectLinkError::TooManyMails);
        }
        let id = ConnectLinkId(self.world.new_id());
        let now = self.world.now();
        let link = connect_link::ActiveModel {
            id: Set(id),
            workspace_id: Set(workspace),
            client_name: Set(client_name),
            provider: Set(new.provider),
            token_hash: Set(mail::links::connect_hash(&self.secret, id)),
            created_by: Set(member.user_id()),
            state: Set(ConnectLinkState::Created),
            sent_to: Set(send_to),
            contact_email: Set(contact_email),
            starts: Set(0),
            expires_at: Set(now + TimeDelta::days(days.into())),
            last_event_at: Set(None),
            created_at: Set(now),
        }
        .insert(&*transaction)
        .await?;
        if let Some(recipient) = &link.sent_to {
            let mail = NewMail {
                workspace_id: workspace,
                dedupe_key: format!("connect-link:{id}"),
                recipient: recipient.clone(),
                content: Content::ConnectLink {
                    workspace_name: self.workspace_name(&*transaction, workspace).await?,
                    client_name: link.client_name.clone(),
                    sender_name: member.actor().name.clone(),
                },
                incidents: Vec::new(),
                link_id: Some(id.0),
            };
            mail::outbox::queue(&*transaction, &self.world, mail).await?;
        }
        let action = if link.sent_to.is_some() { "connect_link.sent" } else { "connect_link.created" };
        self.record_by(&*transaction, member, action, id, json!({ "client": link.client_name })).await?;
        transaction.commit().await?;
        Ok(link)
    }

    /// Withdraws a link: from now on nobody starts with it, comes back to it, or chooses.
    ///
    /// # Errors
    /// See [`ConnectLinkError`].
    pub async fn revoke_connect_link(
        &self,
        member: &Member,
        id: ConnectLinkId,
    ) -> Result<connect_link::Model, ConnectLinkError> {
        member.require(Role::Member).map_err(|_| ConnectLinkError::Forbidden)?;
        let workspace = member.workspace_id();
        let find = || connect_link::Entity::in_workspace(workspace).filter(connect_link::Column::Id.eq(id));
        let transaction = self.database.begin().await?;
        find().one(&*transaction).await?.ok_or(ConnectLinkError::NotFound)?;
        self.note(&*transaction, workspace, id, Some(ConnectLinkState::Revoked)).await?;
        self.record_by(&*transaction, member, "connect_link.revoked", id, json!({})).await?;
        let link = find().one(&*transaction).await?.ok_or(ConnectLinkError::NotFound)?;
        transaction.commit().await?;
        Ok(link)
    }

    /// The address of a link, for those who may copy it.
    #[must_use]
    pub fn connect_link_url(&self, id: ConnectLinkId) -> Secret {
        let token = mail::links::connect_token(&self.secret, id);
        Secret::new(format!("{}connect-accounts/{}", self.public_url, token.expose()))
    }

    /// The accounts that were connected with each of `links`, all of `workspace`, in the order in which
    /// they were first connected to it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn accounts_of_connect_links(
        &self,
        workspace: WorkspaceId,
        links: &[ConnectLinkId],
    ) -> Result<Vec<(ConnectLinkId, AccountId)>, DbErr> {
        let rows = connect_link_account::Entity::in_workspace(workspace)
            .filter(connect_link_account::Column::LinkId.is_in(links.iter().copied()))
            .order_by_asc(connect_link_account::Column::AccountId)
            .all(&*self.database)
            .await?;
        Ok(rows.into_iter().map(|row| (row.link_id, row.account_id)).collect())
    }

    /// The logins that a link offers here, of those that it may.
    pub(crate) fn offered_logins(&self, only: Option<Provider>) -> Vec<Provider> {
        [Provider::FacebookLogin, Provider::InstagramLogin]
            .into_iter()
            .filter(|provider| only.is_none_or(|only| only == *provider))
            .filter(|provider| self.meta.is_configured(login(*provider)))
            .collect()
    }

    /// A link that was not withdrawn, locked until the end of a transaction. Its time may have run out
    /// meanwhile: what began with it has a time of its own, a shorter one.
    pub(crate) async fn living_link(
        &self,
        db: &impl ConnectionTrait,
        workspace: WorkspaceId,
        id: ConnectLinkId,
    ) -> Result<Option<connect_link::Model>, DbErr> {
        connect_link::Entity::in_workspace(workspace)
            .filter(connect_link::Column::Id.eq(id))
            .filter(connect_link::Column::State.ne(ConnectLinkState::Revoked))
            .lock_exclusive()
            .one(db)
            .await
    }

    /// Notes that something happened with a link, and what it is now if that is news: a link that has
    /// brought accounts stays so when a second login is cancelled, and one that is withdrawn stays that.
    pub(crate) async fn note(
        &self,
        db: &impl ConnectionTrait,
        workspace: WorkspaceId,
        id: ConnectLinkId,
        state: Option<ConnectLinkState>,
    ) -> Result<(), DbErr> {
        use ConnectLinkState::{Connected, Created, Denied, Opened, Revoked, Sent};
        let mut update = connect_link::Entity::update_in_workspace(workspace)
            .filter(connect_link::Column::Id.eq(id))
            .col_expr(connect_link::Column::LastEventAt, Expr::value(self.world.now()));
        if let Some(state) = state {
            let from: &[ConnectLinkState] = match state {
                Created => &[],
                Sent => &[Created],
                Opened => &[Created, Sent],
                Denied => &[Created, Sent, Opened],
                Connected => &[Created, Sent, Opened, Denied],
                Revoked => &[Created, Sent, Opened, Denied, Connected],
            };
            let next = CaseStatement::new()
                .case(connect_link::Column::State.is_in(from.iter().copied()), state.to_value())
                .finally(Expr::col(connect_link::Column::State));
            update = update.col_expr(connect_link::Column::State, next.into());
        }
        update.exec(db).await?;
        Ok(())
    }

    /// Notes which accounts a link brought.
    pub(crate) async fn note_connected(
        &self,
        db: &impl ConnectionTrait,
        link: &connect_link::Model,
        accounts: &[account::Model],
    ) -> Result<(), DbErr> {
        let rows = accounts.iter().map(|account| connect_link_account::ActiveModel {
            link_id: Set(link.id),
            account_id: Set(account.id),
            workspace_id: Set(link.workspace_id),
        });
        connect_link_account::Entity::insert_many(rows)
            .on_conflict_do_nothing_on([
                connect_link_account::Column::LinkId,
                connect_link_account::Column::AccountId,
            ])
            .exec_without_returning(db)
            .await?;
        self.note(db, link.workspace_id, link.id, Some(ConnectLinkState::Connected)).await?;
        let detail = json!({ "accounts": accounts.iter().map(|account| account.id.0).collect::<Vec<_>>() });
        self.record_of_client(db, link.workspace_id, "connect_link.chosen", link.id, detail).await
    }

    /// Withdraws the links that brought an account: what was disconnected does not come back by them.
    pub(crate) async fn revoke_links_of(
        &self,
        db: &impl ConnectionTrait,
        account: &account::Model,
    ) -> Result<(), DbErr> {
        let of_account = Query::select()
            .column(connect_link_account::Column::LinkId)
            .from(connect_link_account::Entity)
            .and_where(connect_link_account::Column::AccountId.eq(account.id))
            .to_owned();
        connect_link::Entity::update_in_workspace(account.workspace_id)
            .col_expr(connect_link::Column::State, Expr::value(ConnectLinkState::Revoked))
            .col_expr(connect_link::Column::LastEventAt, Expr::value(self.world.now()))
            .filter(connect_link::Column::Id.in_subquery(of_account))
            .filter(connect_link::Column::State.ne(ConnectLinkState::Revoked))
            .exec(db)
            .await?;
        Ok(())
    }

    async fn record_by(
        &self,
        db: &impl ConnectionTrait,
        member: &Member,
        action: &'static str,
        link: ConnectLinkId,
        detail: serde_json::Value,
    ) -> Result<(), DbErr> {
        let workspace_id = member.workspace_id();
        let user_id = Some(member.user_id());
        let event = audit::Event { workspace_id, user_id, action, subject_id: Some(link.0), detail };
        audit::record(db, &self.world, event).await
    }

    /// Writes down what a client did, who is nobody we know.
    pub(crate) async fn record_of_client(
        &self,
        db: &impl ConnectionTrait,
        workspace_id: WorkspaceId,
        action: &'static str,
        link: ConnectLinkId,
        detail: serde_json::Value,
    ) -> Result<(), DbErr> {
        let event = audit::Event { workspace_id, user_id: None, action, subject_id: Some(link.0), detail };
        audit::record(db, &self.world, event).await
    }
}

/// An address that was filled in, if one was.
pub(crate) fn address(text: Option<&str>) -> Result<Option<String>, Fault> {
    match text.map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) => text.parse::<EmailAddress>().map(|address| Some(address.into())),
        None => Ok(None),
    }
}
