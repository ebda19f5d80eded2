//! A call about an account, with the one attempt to heal a refused token.

use std::future::Future;

use chrono::{DateTime, TimeDelta, Utc};
use entity::InWorkspace;
use entity::account::{self, Health, HealthReason};
use entity::connection::{self, Provider};
use entity::refresh_attempt::{self, RefreshOutcome, Trigger};
use jobs::budget::Permit;
use meta::{Cause, ErrorKind};
use platform::Secret;
use sea_orm::prelude::*;
use sea_orm::sea_query::Expr;

use crate::confirm::{Proof, Suspicion, Verdict, reason_of};
use crate::governor::{Allowed, Limits};
use crate::health::Event;
use crate::ready::Ready;
use crate::refresh::{Refreshed, Skip};
use crate::tokens::{NoToken, OpenToken, TokenOf};
use crate::{Connections, login};

/// At most so many attempts to heal one grant in a day: the fuse for one that keeps being refused.
const HEALS_PER_DAY: u64 = 4;

/// What one call to Meta about an account needs.
#[derive(Clone, Debug)]
pub struct Access {
    /// Which login, and so which host.
    pub provider: meta::Provider,
    /// The token; it must not outlive the call.
    pub token: Secret,
    /// Meta's id of the account.
    pub instagram_id: String,
}

/// How much a call matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// The newest numbers of an account, its audience of the day, and its stories.
    Newest,
    /// What is read of its newer media.
    Ordinary,
    /// What can wait: it leaves a part of the budget to the rest.
    Background,
    /// As ordinary, but not while Meta refuses the account: lists are given where numbers are refused, and
    /// would be taken for a sign that these are not any more.
    List,
    /// As a list, of what is gone after a day: as pressing as the newest numbers.
    Stories,
}

/// Why a call about an account gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The budget is used up or Meta asked to wait, until then.
    #[error("paused until {0}")]
    Paused(DateTime<Utc>),
    /// Meta could not be reached or had a fault of its own.
    #[error("Meta could not be reached")]
    Transient,
    /// A permission is missing.
    #[error("a permission is missing")]
    Permission,
    /// The account does not exist any more, or is not professional any more.
    #[error("the account is gone")]
    Gone,
    /// The question was refused as it stands; a smaller one may not be.
    #[error("the question was refused")]
    Refused,
    /// The token was refused and could not be healed; what follows has been written.
    #[error("the token was refused")]
    TokenRefused,
    /// There is no token that opens.
    #[error("no usable token is stored")]
    NoToken,
    /// Our own set-up at Meta is at fault.
    #[error("this installation's set-up at Meta is at fault")]
    Operator,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
}

impl CallError {
    /// A stable word for logs and answers.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Paused(_) => "paused",
            Self::Transient => "meta_unreachable",
            Self::Permission => "permission_missing",
            Self::Gone => "account_gone",
            Self::Refused => "refused",
            Self::TokenRefused => "token_refused",
            Self::NoToken => "no_token",
            Self::Operator => "operator",
            Self::Database(_) => "database",
        }
    }
}

impl Connections {
    /// Makes `call` with the token of `account`. When Meta refuses the token with an error 190, the
    /// token is read again and, if no newer one is there, healed once; then the call is repeated
    /// once. Only if that is refused too is the token taken for dead, and only with proof.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn with_token<T, F, R>(
        &self,
        account: &account::Model,
        priority: Priority,
        call: F,
    ) -> Result<T, CallError>
    where
        F: Fn(Access) -> R + Send + Sync,
        R: Future<Output = Result<T, meta::Error>> + Send,
        T: Send,
    {
        self.with_token_ready(account, priority, None, call).await
    }

    /// As [`Connections::with_token`], where what the call needs may have been read and counted before.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn with_token_ready<T, F, R>(
        &self,
        account: &account::Model,
        priority: Priority,
        ready: Option<Ready>,
        call: F,
    ) -> Result<T, CallError>
    where
        F: Fn(Access) -> R + Send + Sync,
        R: Future<Output = Result<T, meta::Error>> + Send,
        T: Send,
    {
        let (grant, ready) = match ready {
            Some(Ready { grant, token }) => (grant, Some(token)),
            None => (self.grant_of(account).await?, None),
        };
        let of = TokenOf::account(account, &grant);
        let opened = match ready {
            Some(token) => Ok((token, Allowed::ORDINARY)),
            None => match self.open(account, &grant, of).await {
                Ok(token) => Ok((token, self.permit(account, priority, &grant).await?)),
                Err(error) => Err(error),
            },
        };
        let (refused_version, cause) = match opened {
            Ok((token, allowed)) => match self.call_once(account, &grant, &token, allowed, &call).await? {
                Ok(value) => return Ok(value),
                Err(error) => match error.kind() {
                    ErrorKind::Reauthorise(cause) => (token.version, cause),
                    _ => return Err(self.other_failure(account, &grant, &error).await?),
                },
            },
            // A Page token that is missing can be had again.
            Err(CallError::NoToken) if grant.provider == Provider::FacebookLogin => {
                (0, Cause::InvalidSession)
            }
            Err(error) => return Err(error),
        };
        tracing::info!(account = %account.id, workspace = %account.workspace_id, ?cause, "a token was refused");
        let newer = self.newer_token(account, &grant, of, refused_version, cause).await?;
        let Some(newer) = newer.filter(|newer| newer.version > refused_version) else {
            self.blow_fuse(account).await?;
            return Err(CallError::TokenRefused);
        };
        let allowed = self.permit(account, priority, &grant).await?;
        match self.call_once(account, &grant, &newer, allowed, &call).await? {
            Ok(value) => Ok(value),
            Err(error) => match error.kind() {
                ErrorKind::Reauthorise(cause) => {
                    self.confirm_account(account, &grant, of, &newer, cause).await?;
                    Err(CallError::TokenRefused)
                }
                _ => Err(self.other_failure(account, &grant, &error).await?),
            },
        }
    }

    async fn grant_of(&self, account: &account::Model) -> Result<connection::Model, CallError> {
        let id = account.connection_id.ok_or(CallError::NoToken)?;
        self.connection_row(&*self.database, account.workspace_id, id).await?.ok_or(CallError::NoToken)
    }

    async fn open(
        &self,
        account: &account::Model,
        grant: &connection::Model,
        of: TokenOf,
    ) -> Result<OpenToken, CallError> {
        match self.open_token(&*self.database, of).await {
            Ok(token) => Ok(token),
            Err(NoToken::Database(error)) => Err(error.into()),
            Err(NoToken::Missing) => Err(CallError::NoToken),
            // A damaged Page token concerns this account alone.
            Err(NoToken::Unreadable) if of != TokenOf::connection(grant) => {
                self.declare_account_broken(account, grant, HealthReason::TokenUnreadable).await?;
                Err(CallError::TokenRefused)
            }
            Err(NoToken::Unreadable) => {
                self.mark_unreadable(grant).await?;
                Err(CallError::TokenRefused)
            }
        }
    }

    /// Counts one call against the budget.
    async fn permit(
        &self,
        account: &account::Model,
        priority: Priority,
        grant: &connection::Model,
    ) -> Result<Allowed, CallError> {
        let _turn = self.database.turn().await;
        let limits = Limits::of_account(grant, account);
        let allowed = self.governor.permit(&*self.database, self.world.now(), &limits, priority).await?;
        match allowed.permit {
            Permit::WaitUntil(until) => Err(CallError::Paused(until)),
            Permit::Granted => Ok(allowed),
        }
    }

    /// One call, which has been counted. The outer error is ours, the inner one Meta's.
    async fn call_once<T, F, R>(
        &self,
        account: &account::Model,
        grant: &connection::Model,
        token: &OpenToken,
        allowed: Allowed,
        call: &F,
    ) -> Result<Result<T, meta::Error>, CallError>
    where
        F: Fn(Access) -> R,
        R: Future<Output = Result<T, meta::Error>>,
    {
        let provider = login(grant.provider);
        let answer =
            call(Access { provider, token: token.token.clone(), instagram_id: account.instagram_id.clone() })
                .await;
        self.governor.flush(&self.database, self.world.now()).await?;
        match answer.as_ref().map_err(meta::Error::kind) {
            Ok(_) if allowed.is_trial => self.mend_fuse(account).await?,
            Err(ErrorKind::Reauthorise(_)) => self.note_refusal(account, allowed.is_trial).await?,
            _ => {}
        }
        Ok(answer)
    }

    /// What a failure that is not about the token means.
    async fn other_failure(
        &self,
        account: &account::Model,
        grant: &connection::Model,
        error: &meta::Error,
    ) -> Result<CallError, DbErr> {
        Ok(match error.kind() {
            ErrorKind::Throttled { .. } | ErrorKind::Blocked => {
                let now = self.world.now();
                let transaction = self.database.begin().await?;
                let limits = Limits::of_account(grant, account);
                let until = self.governor.pause(&*transaction, now, &limits, error).await?.unwrap_or(now);
                self.apply(
                    &*transaction,
                    account.workspace_id,
                    std::slice::from_ref(account),
                    Event::Throttled,
                )
                .await?;
                transaction.commit().await?;
                self.tell_operators_of(error).await?;
                CallError::Paused(until)
            }
            ErrorKind::Permission => CallError::Permission,
            ErrorKind::Gone => CallError::Gone,
            ErrorKind::UnsupportedMetric
            | ErrorKind::BadRequest
            | ErrorKind::NotEnoughViewers
            | ErrorKind::WithoutInsights
            | ErrorKind::NotOnFacebook
            | ErrorKind::MessageRefused(_) => CallError::Refused,
            ErrorKind::Operator(_) | ErrorKind::NotConfigured => {
                tracing::error!(%error, "this installation's set-up at Meta is at fault");
                self.tell_operators_of(error).await?;
                CallError::Operator
            }
            ErrorKind::Transient
            | ErrorKind::Unclear
            | ErrorKind::CodeRefused
            | ErrorKind::Reauthorise(_) => CallError::Transient,
        })
    }

    /// A token newer than `refused_version`: one that somebody has stored meanwhile, or one that a
    /// single attempt to heal brings. `None` after the consequences have been written.
    async fn newer_token(
        &self,
        account: &account::Model,
        grant: &connection::Model,
        of: TokenOf,
        refused_version: i64,
        cause: Cause,
    ) -> Result<Option<OpenToken>, CallError> {
        if self.token_version(&*self.database, of).await?.is_some_and(|version| version > refused_version) {
            return Ok(Some(self.open(account, grant, of).await?));
        }
        // Somebody else may have found out meanwhile that nothing helps.
        let current = self.account_row(&*self.database, account.workspace_id, account.id).await?;
        if current.is_none_or(|current| {
            current.health == Health::NeedsReconnect && account.health != current.health
        }) {
            return Ok(None);
        }
        let healed = match grant.provider {
            Provider::FacebookLogin => {
                self.heal_page_token(account, grant, of, refused_version, cause).await?
            }
            Provider::InstagramLogin => self.heal_by_refresh(grant, cause).await?,
        };
        if healed { Ok(Some(self.open(account, grant, of).await?)) } else { Ok(None) }
    }

    /// Asks for the Page token again with the user token, which may well be alive; and once more with a
    /// renewed user token, if that was what was missing.
    async fn heal_page_token(
        &self,
        account: &account::Model,
        grant: &connection::Model,
        of: TokenOf,
        refused_version: i64,
        cause: Cause,
    ) -> Result<bool, CallError> {
        let Some(page_id) = account.page_id.as_deref() else { return Ok(false) };
        for may_refresh in [true, false] {
            if let Some(until) = self.paused(grant).await? {
                return Err(CallError::Paused(until));
            }
            let user = self.open(account, grant, TokenOf::connection(grant)).await?;
            let error = match self.meta.page(&user.token, page_id).await {
                Ok(page) => match page.access_token {
                    Some(token) => return self.keep_page_token(of, refused_version, &token).await,
                    None => {
                        self.confirm_account_token(account, grant, HealthReason::PageRoleLost, true).await?;
                        return Ok(false);
                    }
                },
                Err(error) => error,
            };
            match error.kind() {
                ErrorKind::Reauthorise(user_cause) => {
                    // The more telling of the two: an account's refusal often names no subcode.
                    let cause = if user_cause == Cause::InvalidSession { cause } else { user_cause };
                    if !may_refresh || !self.heal_by_refresh(grant, cause).await? {
                        return Ok(false);
                    }
                    // Whoever renewed it may have brought the Page token along already.
                    if self.token_version(&*self.database, of).await?.is_some_and(|now| now > refused_version)
                    {
                        return Ok(true);
                    }
                }
                ErrorKind::Permission | ErrorKind::Gone => {
                    self.confirm_account_token(account, grant, HealthReason::PageRoleLost, false).await?;
                    return Ok(false);
                }
                _ => return Err(self.other_failure(account, grant, &error).await?),
            }
        }
        Ok(false)
    }

    async fn keep_page_token(
        &self,
        of: TokenOf,
        refused_version: i64,
        token: &Secret,
    ) -> Result<bool, CallError> {
        let transaction = self.database.begin().await?;
        // Somebody else may have been quicker; theirs is as good.
        if self.token_version(&*transaction, of).await?.is_none_or(|now| now <= refused_version) {
            self.store_token(&*transaction, of, token).await?;
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// Renews the token once, if the fuse allows it and Meta could do it at all.
    async fn heal_by_refresh(&self, grant: &connection::Model, cause: Cause) -> Result<bool, CallError> {
        let suspicion = Suspicion { token_version: grant.token_version, cause };
        if self.heals_today(grant).await? < HEALS_PER_DAY {
            let refreshed = self.refresh(grant.workspace_id, grant.id, Trigger::OnDemand, true).await?;
            match refreshed {
                Refreshed::Attempted(attempt) => {
                    // A refusal has been confirmed by the refresh itself; anything else proves nothing.
                    let renewed = [RefreshOutcome::Succeeded, RefreshOutcome::NotExtended];
                    return Ok(renewed.contains(&attempt.outcome));
                }
                Refreshed::Skipped(Skip::Paused(until)) => return Err(CallError::Paused(until)),
                Refreshed::Skipped(_) => {}
            }
        }
        self.confirm_grant(grant, suspicion).await?;
        Ok(false)
    }

    async fn heals_today(&self, grant: &connection::Model) -> Result<u64, DbErr> {
        refresh_attempt::Entity::in_workspace(grant.workspace_id)
            .filter(refresh_attempt::Column::ConnectionId.eq(grant.id))
            .filter(refresh_attempt::Column::Trigger.eq(Trigger::OnDemand))
            .filter(refresh_attempt::Column::StartedAt.gt(self.world.now() - TimeDelta::days(1)))
            .filter(refresh_attempt::Column::StartedAt.lte(self.world.now() + TimeDelta::days(1)))
            .count(&*self.database)
            .await
    }

    /// The healed token was refused as well: either the grant is dead, or only this account's token is.
    async fn confirm_account(
        &self,
        account: &account::Model,
        grant: &connection::Model,
        of: TokenOf,
        refused: &OpenToken,
        cause: Cause,
    ) -> Result<(), DbErr> {
        if self.token_version(&*self.database, of).await? != Some(refused.version) {
            return Ok(());
        }
        let Some(current) = self.connection_row(&*self.database, grant.workspace_id, grant.id).await? else {
            return Ok(());
        };
        let suspicion = Suspicion { token_version: current.token_version, cause };
        if self.confirm_grant(&current, suspicion).await? != Verdict::Alive {
            return Ok(());
        }
        match self.prove(&current, &refused.token).await? {
            Proof::Valid => Ok(()),
            Proof::Invalid(proven) => {
                let cause = if proven == Cause::InvalidSession { cause } else { proven };
                self.confirm_account_token(account, &current, reason_of(cause), true).await
            }
            Proof::NoAnswer => self.confirm_account_token(account, &current, reason_of(cause), false).await,
        }
    }

    /// Calls about `accounts` were answered: what was suspected of their grants is disproved.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_answers(&self, accounts: &[&account::Model]) -> Result<(), DbErr> {
        let grants: Vec<_> = accounts.iter().filter_map(|account| account.connection_id).collect();
        if grants.is_empty() {
            return Ok(());
        }
        let _turn = self.database.turn().await;
        // With Facebook Login it was the Page token that was answered, not the grant's own.
        connection::Entity::update_across_workspaces()
            .col_expr(connection::Column::SuspectedAt, Expr::value(Option::<DateTime<Utc>>::None))
            .filter(connection::Column::Id.is_in(grants))
            .filter(connection::Column::Provider.eq(Provider::InstagramLogin))
            .filter(connection::Column::SuspectedAt.is_not_null())
            .exec(&*self.database)
            .await?;
        Ok(())
    }
}
