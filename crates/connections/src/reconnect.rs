//! Repair in place: the same account, the same history, by a member or from a link.

use entity::account;
use entity::membership::Role;
use entity::oauth_state::{self, OauthPurpose};
use entity::reconnect_link::{self, LinkState};
use entity::{AccountId, InWorkspace};
use identity::{Member, audit};
use incidents::link;
use meta::Prompt;
use platform::Secret;
use sea_orm::ConnectionTrait;
use sea_orm::prelude::*;
use sea_orm::sea_query::Expr;
use serde_json::json;

use crate::Connections;
use crate::authorise::{Begin, NewGrant, Outcome, StartError, Started};
use crate::health::{Event, RED};
use crate::tokens::TokenOf;

impl Connections {
    /// Starts Meta's dialog for the repair of one account.
    ///
    /// # Errors
    /// When the role does not allow it, there is no such account, the login is not configured, or
    /// the database fails.
    pub async fn start_reconnect(&self, member: &Member, id: AccountId) -> Result<Started, StartError> {
        member.require(Role::Member).map_err(|_| StartError::Forbidden)?;
        let account = self
            .account_row(&*self.database, member.workspace_id(), id)
            .await?
            .ok_or(StartError::NotFound)?;
        let begin = Begin { session: Some(member.actor().session_id), link: None, ..repair_of(&account) };
        self.begin(&*self.database, begin).await
    }

    /// Starts Meta's dialog from a reconnect link.
    ///
    /// # Errors
    /// When the link cannot be used, the login is not configured, or the database fails.
    pub async fn start_from_link(&self, token: &Secret) -> Result<Started, StartError> {
        let link = link::find(&*self.database, token).await?.ok_or(StartError::NotFound)?;
        link::usable(&link, self.world.now()).map_err(StartError::Link)?;
        let accounts = self.accounts_of_link(&*self.database, &link).await?;
        // After a first visit that left some out, it is about those that are left.
        let account = accounts.iter().find(|account| RED.contains(&account.health));
        let account = account.or(accounts.first()).ok_or(StartError::NotFound)?;
        let transaction = self.database.begin().await?;
        if !link::count_start(&*transaction, &link).await? {
            return Err(StartError::Link(link::Unusable::StartedTooOften));
        }
        link::note(&*transaction, &self.world, link.workspace_id, link.id, LinkState::Opened).await?;
        let begin = Begin { session: None, link: Some(link.id), ..repair_of(account) };
        let started = self.begin(&*transaction, begin).await?;
        transaction.commit().await?;
        Ok(started)
    }

    /// Puts the grant that came back in the place of the old one, if it reaches the account.
    pub(crate) async fn repair(&self, state: &oauth_state::Model, new: NewGrant) -> Result<Outcome, DbErr> {
        let Some(id) = state.account_id else { return Ok(Outcome::Refused) };
        let Some(account) = self.account_row(&*self.database, state.workspace_id, id).await? else {
            return Ok(Outcome::Refused);
        };
        if !reaches(&new, &account.instagram_id) {
            return Ok(Outcome::WrongAccount { expected: account.username, found: handles(&new) });
        }
        if !self.may_change_person(state, &account, &new).await? {
            return Ok(Outcome::AnotherPerson);
        }
        // Read before the transaction, so that it never waits for a second connection.
        let user_id = match state.session_id {
            Some(session) => self.identity.user_of_session(session).await?,
            None => None,
        };
        let transaction = self.database.begin().await?;
        // The link may have been used or revoked while the person was in the dialog.
        let link = match state.link_id {
            Some(id) => Some(self.usable_link(&*transaction, state, id).await?),
            None => None,
        };
        if link == Some(None) {
            return Ok(Outcome::Refused);
        }
        let grant = self.store_grant(&*transaction, state.workspace_id, &new).await?;
        let old_grant = account.connection_id.filter(|old| *old != grant.id);
        self.attach(&*transaction, &account, &grant).await?;
        let accounts = self.accounts_of(&*transaction, &grant).await?;
        let reached = self.reach(&*transaction, &grant, &accounts, &new).await?;
        self.apply(&*transaction, grant.workspace_id, &reached, Event::Repaired).await?;
        self.make_grant_work_due(&*transaction, &grant).await?;
        self.check_unreached(&*transaction, &grant, &accounts, &reached).await?;
        for account in &reached {
            self.resume(&*transaction, account).await?;
        }
        if let Some(link) = link.flatten() {
            // Accounts that were left out at Meta are still to be repaired with it.
            let left = self.accounts_of_link(&*transaction, &link).await?;
            if !left.iter().any(|account| RED.contains(&account.health)) {
                link::note(&*transaction, &self.world, link.workspace_id, link.id, LinkState::Done).await?;
            }
        }
        if let Some(old) = old_grant {
            self.drop_grant_if_unused(&*transaction, state.workspace_id, old).await?;
        }
        let event = audit::Event {
            workspace_id: state.workspace_id,
            user_id,
            action: "account.reconnected",
            subject_id: Some(account.id.0),
            detail: json!({ "link": state.link_id.map(|id| id.0), "another_person": old_grant.is_some() }),
        };
        audit::record(&*transaction, &self.world, event).await?;
        transaction.commit().await?;
        Ok(Outcome::Reconnected)
    }

    /// Somebody else at Meta may take an account over only if an admin of the workspace asks for it.
    async fn may_change_person(
        &self,
        state: &oauth_state::Model,
        account: &account::Model,
        new: &NewGrant,
    ) -> Result<bool, DbErr> {
        let old = match account.connection_id {
            Some(old) => self.connection_row(&*self.database, account.workspace_id, old).await?,
            None => None,
        };
        let same =
            old.is_some_and(|old| old.provider == new.provider && old.meta_user_id == new.meta_user_id);
        match state.session_id {
            _ if same => Ok(true),
            Some(session) => {
                let member = self.identity.member_of_session(session, state.workspace_id).await?;
                // After a disconnect there is nobody to compare with; connecting is a member's right.
                let needed = if account.connection_id.is_some() { Role::Admin } else { Role::Member };
                Ok(member.is_some_and(|member| member.is_at_least(needed)))
            }
            None => Ok(false),
        }
    }

    async fn usable_link(
        &self,
        db: &impl ConnectionTrait,
        state: &oauth_state::Model,
        id: entity::LinkId,
    ) -> Result<Option<reconnect_link::Model>, DbErr> {
        let link = reconnect_link::Entity::in_workspace(state.workspace_id)
            .filter(reconnect_link::Column::Id.eq(id))
            .one(db)
            .await?;
        // Its time may have run out in the dialog; the state has its own, shorter one.
        Ok(link.filter(|link| !matches!(link.state, LinkState::Done | LinkState::Revoked)))
    }

    /// Reads the account through `grant` from now on.
    async fn attach(
        &self,
        db: &impl ConnectionTrait,
        account: &account::Model,
        grant: &entity::connection::Model,
    ) -> Result<(), DbErr> {
        if account.connection_id == Some(grant.id) {
            return Ok(());
        }
        if let Some(old) = account.connection_id {
            self.forget_token(db, TokenOf::page(account.workspace_id, old, account.id)).await?;
        }
        let mut update = account::Entity::update_in_workspace(account.workspace_id)
            .filter(account::Column::Id.eq(account.id))
            .col_expr(account::Column::ConnectionId, Expr::value(grant.id))
            .col_expr(account::Column::Provider, Expr::value(grant.provider))
            .col_expr(account::Column::DisconnectedAt, Expr::value(Option::<DateTimeUtc>::None));
        if account.health == account::Health::Disconnected {
            update = update.col_expr(account::Column::Health, Expr::value(account::Health::NeedsReconnect));
        }
        update.exec(db).await?;
        Ok(())
    }
}

fn repair_of(account: &account::Model) -> Begin {
    Begin {
        workspace: account.workspace_id,
        provider: account.provider,
        purpose: OauthPurpose::Reconnect,
        session: None,
        link: None,
        connect_link: None,
        account: Some(account.id),
        // Asks again for what was declined, and renews data access.
        prompt: Prompt::Reauthorise,
    }
}

fn reaches(new: &NewGrant, instagram_id: &str) -> bool {
    match &new.instagram {
        Some(user) => user.user_id == instagram_id,
        None => new.pages.iter().any(|page| {
            page.access_token.is_some()
                && page.instagram.as_ref().is_some_and(|account| account.id == instagram_id)
        }),
    }
}

fn handles(new: &NewGrant) -> Vec<String> {
    match &new.instagram {
        Some(user) => user.profile.username.clone().into_iter().collect(),
        None => new.pages.iter().filter_map(|page| page.instagram.as_ref()?.username.clone()).collect(),
    }
}
