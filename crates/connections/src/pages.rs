//! Page tokens: asked for again whenever the user token is new.

use std::collections::HashMap;

use entity::account::{self, Health, HealthReason};
use entity::connection;
use entity::connection::Provider;
use entity::{AccountId, InWorkspace};
use meta::{Cause, ErrorKind, Page};
use platform::Secret;
use sea_orm::ConnectionTrait;
use sea_orm::prelude::*;
use sea_orm::sea_query::Expr;

use crate::health::{Event, RED};
use crate::tokens::TokenOf;
use crate::{Connections, login};

/// Why Page tokens could not be renewed; the user token is not affected.
#[derive(Debug, thiserror::Error)]
pub enum PagesError {
    /// Meta refused or could not be reached.
    #[error(transparent)]
    Meta(#[from] meta::Error),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
}

impl Connections {
    /// Asks Meta for the Pages behind `grant` and stores a fresh Page token for each account. A Page
    /// that is no longer listed has been deselected or its role is lost: that account needs a person,
    /// the others do not. Does nothing for Instagram Login.
    ///
    /// # Errors
    /// When Meta refuses or cannot be reached: the grant is then marked, and only this part is
    /// repeated; or when the database fails.
    pub(crate) async fn renew_page_tokens(
        &self,
        grant: &connection::Model,
        user_token: &Secret,
    ) -> Result<(), PagesError> {
        if grant.provider != Provider::FacebookLogin {
            return Ok(());
        }
        let answer = self.meta.pages(user_token, None).await;
        self.heed(grant, answer.as_ref().err()).await?;
        let pages = match answer {
            Ok(pages) => self.with_unlisted(grant, user_token, pages).await?,
            Err(error) => {
                self.note_stale_pages(grant).await?;
                return Err(error.into());
            }
        };
        let proven = self.read_with(grant, &pages.listed).await?;
        let transaction = self.database.begin().await?;
        let current = self.locked_connection(&*transaction, grant.workspace_id, grant.id).await?;
        if current.is_none_or(|current| current.token_version != grant.token_version) {
            // Somebody has brought a newer token meanwhile; what we were told is about the old one.
            return Ok(());
        }
        let accounts = self.accounts_of(&*transaction, grant).await?;
        let found = self.store_page_tokens(&*transaction, grant, &accounts, pages.listed).await?;
        let (with, without): (Vec<_>, Vec<_>) =
            accounts.into_iter().partition(|account| found.contains(&account.id));
        let with: Vec<_> = with.into_iter().filter(|account| proven.contains(&account.id)).collect();
        let missing = without.into_iter().filter(|account| pages.lost.contains(&account.id));
        let (lost, suspected): (Vec<_>, Vec<_>) = missing.partition(|account| self.is_confirmed(account));
        self.apply(&*transaction, grant.workspace_id, &with, Event::Proven).await?;
        self.break_accounts(&*transaction, grant, &lost, HealthReason::PageRoleLost).await?;
        self.suspect_pages(&*transaction, grant, &suspected).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Meta did not show the Pages of these accounts, which it also fails to do when it is unwell: it is
    /// asked again before they are given up.
    async fn suspect_pages(
        &self,
        db: &impl ConnectionTrait,
        grant: &connection::Model,
        accounts: &[account::Model],
    ) -> Result<(), DbErr> {
        mark_pages(db, grant, !accounts.is_empty()).await?;
        if accounts.is_empty() {
            return Ok(());
        }
        self.apply(db, grant.workspace_id, accounts, Event::PagesStale).await?;
        for account in accounts {
            self.suspect_account(db, account).await?;
        }
        self.check_again(db, grant).await
    }

    /// Pages can be missing from the list although they are still granted. Each one that is missing
    /// is asked for by its id before its account is given up.
    async fn with_unlisted(
        &self,
        grant: &connection::Model,
        user_token: &Secret,
        mut listed: Vec<Page>,
    ) -> Result<Found, DbErr> {
        let mut lost = Vec::new();
        for account in self.accounts_of(&*self.database, grant).await? {
            let is_listed =
                |page: &Page| page.instagram.as_ref().is_some_and(|ig| ig.id == account.instagram_id);
            let Some(page_id) = account.page_id.as_deref().filter(|_| !listed.iter().any(is_listed)) else {
                continue;
            };
            match self.meta.page(user_token, page_id).await {
                Ok(page) if page.access_token.is_some() && is_listed(&page) => listed.push(page),
                Ok(_) => lost.push(account.id),
                Err(error) if is_final(error.kind()) => lost.push(account.id),
                Err(error) => {
                    tracing::warn!(account = %account.id, %error, "a Page could not be asked for");
                    self.heed(grant, Some(&error)).await?;
                    if matches!(error.kind(), ErrorKind::Throttled { .. } | ErrorKind::Blocked) {
                        break;
                    }
                }
            }
        }
        Ok(Found { listed, lost })
    }

    /// Which accounts are proven by their Page. For one that is well, being listed with a token is
    /// enough. One that needs somebody has to be read with that token, and see [`needs_numbers`].
    async fn read_with(&self, grant: &connection::Model, pages: &[Page]) -> Result<Vec<AccountId>, DbErr> {
        let mut proven = Vec::new();
        for account in self.accounts_of(&*self.database, grant).await? {
            let page = pages.iter().find(|page| {
                page.instagram.as_ref().is_some_and(|instagram| instagram.id == account.instagram_id)
            });
            let Some(token) = page.and_then(|page| page.access_token.as_ref()) else { continue };
            let is_proven = if needs_numbers(&account) {
                false
            } else if RED.contains(&account.health) {
                if self.paused(grant).await?.is_some() {
                    continue;
                }
                self.meta.account(login(grant.provider), token, &account.instagram_id).await.is_ok()
            } else {
                true
            };
            if is_proven {
                proven.push(account.id);
            }
        }
        Ok(proven)
    }

    async fn note_stale_pages(&self, grant: &connection::Model) -> Result<(), DbErr> {
        let transaction = self.database.begin().await?;
        // The login before its accounts, as everybody locks them.
        mark_pages(&*transaction, grant, true).await?;
        let accounts = self.accounts_of(&*transaction, grant).await?;
        self.apply(&*transaction, grant.workspace_id, &accounts, Event::PagesStale).await?;
        transaction.commit().await
    }

    /// Stores the token of each Page that belongs to one of `accounts`; says for which it did.
    pub(crate) async fn store_page_tokens(
        &self,
        db: &impl ConnectionTrait,
        grant: &connection::Model,
        accounts: &[account::Model],
        pages: Vec<Page>,
    ) -> Result<Vec<AccountId>, DbErr> {
        let by_instagram_id: HashMap<_, _> =
            pages.iter().filter_map(|page| Some((page.instagram.as_ref()?.id.as_str(), page))).collect();
        let mut found = Vec::new();
        for account in accounts {
            let Some(page) = by_instagram_id.get(account.instagram_id.as_str()) else { continue };
            let Some(token) = &page.access_token else { continue };
            self.store_token(db, TokenOf::page(account.workspace_id, grant.id, account.id), token).await?;
            account::Entity::update_in_workspace(account.workspace_id)
                .filter(account::Column::Id.eq(account.id))
                .col_expr(account::Column::PageId, Expr::value(page.id.clone()))
                .col_expr(account::Column::PageName, Expr::value(page.name.clone()))
                .exec(db)
                .await?;
            found.push(account.id);
        }
        Ok(found)
    }
}

/// The Pages that are still granted, and the accounts whose Page certainly is not.
struct Found {
    listed: Vec<Page>,
    lost: Vec<AccountId>,
}

/// Whether a call was refused for lack of a permission, and none has succeeded since.
pub(crate) fn lacks_permission(account: &account::Model) -> bool {
    account.health_reason == Some(HealthReason::PermissionMissing)
}

/// Whether only having its numbers read proves that an account is well again: a Page in a list says
/// nothing about a permission, nor about an account that Meta no longer shows.
pub(crate) fn needs_numbers(account: &account::Model) -> bool {
    let reason = account.health_reason.or(account.held_reason);
    account.health == Health::Quarantined
        || matches!(reason, Some(HealthReason::PermissionMissing | HealthReason::AccountGone))
}

fn is_final(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Permission | ErrorKind::Gone | ErrorKind::Reauthorise(Cause::PageRoleLost))
}

pub(crate) async fn mark_pages(
    db: &impl ConnectionTrait,
    grant: &connection::Model,
    stale: bool,
) -> Result<(), DbErr> {
    connection::Entity::update_in_workspace(grant.workspace_id)
        .filter(connection::Column::Id.eq(grant.id))
        .col_expr(connection::Column::PagesStale, Expr::value(stale))
        .exec(db)
        .await?;
    Ok(())
}
