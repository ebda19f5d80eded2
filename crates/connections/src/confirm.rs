//! A token is declared dead only with proof: one refusal and `debug_token` saying that it is
//! invalid, or two refusals at least `CONFIRM_SECONDS` apart. And never if a newer token has been
//! stored meanwhile: then the refusal was about the old one.

use chrono::{DateTime, TimeDelta, Utc};
use entity::InWorkspace;
use entity::account::{self, HealthReason};
use entity::connection::{self, Provider};
use entity::job::{JobKind, Trigger};
use entity::refresh_attempt::{self, RefreshOutcome};
use jobs::queue::{self, Work};
use meta::{Cause, ErrorKind, TokenDebug};
use platform::Secret;
use sea_orm::ConnectionTrait;
use sea_orm::prelude::*;
use sea_orm::sea_query::Expr;

use crate::Connections;
use crate::health::Event;
use crate::pages::mark_pages;
use crate::refresh::attempt::STORED_WITHIN;
use crate::tokens::{NoToken, TokenOf};

/// How long Meta has to say that an account is not there before it is given up: objects also vanish
/// for a while, and nothing that a person would have to do is urgent about it.
const GONE_AFTER: TimeDelta = TimeDelta::days(3);

/// How long after a confirmed death a grant is looked at again: it may have healed at Meta.
const PROBE: TimeDelta = TimeDelta::days(1);

/// A refusal that is to be confirmed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Suspicion {
    /// The version of the token that was refused.
    pub(crate) token_version: i64,
    /// Why Meta says it was refused.
    pub(crate) cause: Cause,
}

/// What a confirmation found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The grant's own token works.
    Alive,
    /// It is dead, and everything that follows has been written.
    Dead,
    /// A newer token has been stored; the refusal means nothing.
    Outdated,
    /// Not certain yet; it will be asked again.
    Unsure,
}

/// What Meta itself says about a token, where it can be asked.
pub(crate) enum Proof {
    Valid,
    Invalid(Cause),
    NoAnswer,
}

impl Connections {
    /// Finds out whether the renewable token of `grant` is really dead, and if so ends the health of
    /// all accounts under it.
    pub(crate) async fn confirm_grant(
        &self,
        grant: &connection::Model,
        suspicion: Suspicion,
    ) -> Result<Verdict, DbErr> {
        let proof = match self.open_token(&*self.database, TokenOf::connection(grant)).await {
            Ok(token) => self.prove(grant, &token.token).await?,
            Err(NoToken::Missing) => Proof::Invalid(suspicion.cause),
            Err(NoToken::Unreadable) => {
                self.mark_unreadable(grant).await?;
                return Ok(Verdict::Dead);
            }
            Err(NoToken::Database(error)) => return Err(error),
        };
        let cause = match proof {
            Proof::Valid => return Ok(Verdict::Alive),
            // The subcode of the refused call says more than a confirmation without one.
            Proof::Invalid(Cause::InvalidSession) => suspicion.cause,
            Proof::Invalid(cause) => cause,
            Proof::NoAnswer => return self.suspect(grant, suspicion).await,
        };
        self.declare_dead(grant, Suspicion { cause, ..suspicion }).await
    }

    pub(crate) async fn prove(&self, grant: &connection::Model, token: &Secret) -> Result<Proof, DbErr> {
        // Instagram Login has no introspection: there, time has to tell.
        if grant.provider == Provider::InstagramLogin {
            return Ok(Proof::NoAnswer);
        }
        let answer = self.meta.debug_token(token).await;
        self.heed(grant, answer.as_ref().err()).await?;
        Ok(match answer.and_then(refusal) {
            Ok(None) => Proof::Valid,
            Ok(Some(cause)) => Proof::Invalid(cause),
            Err(error) => {
                tracing::warn!(%error, "a refused token could not be confirmed");
                Proof::NoAnswer
            }
        })
    }

    /// Notes a first refusal and has it asked again, or takes a late second one as proof.
    async fn suspect(&self, grant: &connection::Model, suspicion: Suspicion) -> Result<Verdict, DbErr> {
        let now = self.world.now();
        let apart = self.confirmed_after();
        let Some(current) = self.connection_row(&*self.database, grant.workspace_id, grant.id).await? else {
            return Ok(Verdict::Outdated);
        };
        if current.token_version != suspicion.token_version {
            return Ok(Verdict::Outdated);
        }
        let ask_again_at = match current.suspected_at {
            Some(first) if now - first >= apart => return self.declare_dead(&current, suspicion).await,
            Some(first) => first + apart,
            None => now + apart,
        };
        let transaction = self.database.begin().await?;
        connection::Entity::update_in_workspace(grant.workspace_id)
            .col_expr(connection::Column::SuspectedAt, Expr::value(current.suspected_at.unwrap_or(now)))
            .filter(connection::Column::Id.eq(grant.id))
            .filter(connection::Column::TokenVersion.eq(suspicion.token_version))
            .exec(&*transaction)
            .await?;
        self.check_at(&*transaction, grant, ask_again_at).await?;
        transaction.commit().await?;
        Ok(Verdict::Unsure)
    }

    pub(crate) async fn check_at(
        &self,
        db: &impl ConnectionTrait,
        grant: &connection::Model,
        due_at: DateTime<Utc>,
    ) -> Result<(), DbErr> {
        let work = Work {
            workspace_id: grant.workspace_id,
            kind: JobKind::CheckToken,
            subject_id: grant.id.0,
            due_at,
            trigger: Trigger::OnDemand,
        };
        queue::make_due(db, &self.world, work).await
    }

    /// Has the grant checked again as soon as a second refusal counts as proof.
    pub(crate) async fn check_again(
        &self,
        db: &impl ConnectionTrait,
        grant: &connection::Model,
    ) -> Result<(), DbErr> {
        self.check_at(db, grant, self.world.now() + self.confirmed_after()).await
    }

    fn confirmed_after(&self) -> TimeDelta {
        TimeDelta::seconds(self.tuning.confirm_seconds.into())
    }

    /// Whether what is held against an account was noted long enough ago to be proof when it is
    /// seen again now.
    pub(crate) fn is_confirmed(&self, account: &account::Model) -> bool {
        account.suspected_at.is_some_and(|first| self.world.now() - first >= self.confirmed_after())
    }

    /// Notes that something is held against an account, if nothing is yet.
    pub(crate) async fn suspect_account(
        &self,
        db: &impl ConnectionTrait,
        account: &account::Model,
    ) -> Result<(), DbErr> {
        account::Entity::update_in_workspace(account.workspace_id)
            .col_expr(account::Column::SuspectedAt, Expr::value(self.world.now()))
            .filter(account::Column::Id.eq(account.id))
            .filter(account::Column::SuspectedAt.is_null())
            .exec(db)
            .await?;
        Ok(())
    }

    async fn declare_dead(&self, grant: &connection::Model, suspicion: Suspicion) -> Result<Verdict, DbErr> {
        let transaction = self.database.begin().await?;
        let Some(current) = self.locked_connection(&*transaction, grant.workspace_id, grant.id).await? else {
            return Ok(Verdict::Outdated);
        };
        if current.token_version != suspicion.token_version {
            return Ok(Verdict::Outdated);
        }
        if self.may_have_been_renewed(&*transaction, &current).await? {
            self.check_again(&*transaction, &current).await?;
            transaction.commit().await?;
            return Ok(Verdict::Unsure);
        }
        let accounts = self.accounts_of(&*transaction, &current).await?;
        let reason = reason_of(suspicion.cause);
        if !self.break_accounts(&*transaction, &current, &accounts, reason).await? {
            transaction.commit().await?;
            return Ok(Verdict::Unsure);
        }
        connection::Entity::update_in_workspace(current.workspace_id)
            .col_expr(connection::Column::SuspectedAt, Expr::value(Option::<DateTime<Utc>>::None))
            .filter(connection::Column::Id.eq(current.id))
            .exec(&*transaction)
            .await?;
        queue::let_wait(&*transaction, current.workspace_id, current.id.0, &[JobKind::RefreshToken]).await?;
        transaction.commit().await?;
        tracing::warn!(workspace = %current.workspace_id, grant = %current.id, ?reason, "a grant is dead");
        Ok(Verdict::Dead)
    }

    /// Whether Meta may have given a new token, and ended this one, that somebody has not stored yet: an
    /// attempt has not ended, or was taken for dead, and is not too old to store what it got.
    async fn may_have_been_renewed(
        &self,
        db: &impl ConnectionTrait,
        grant: &connection::Model,
    ) -> Result<bool, DbErr> {
        let unfinished = refresh_attempt::Entity::in_workspace(grant.workspace_id)
            .filter(refresh_attempt::Column::ConnectionId.eq(grant.id))
            .filter(refresh_attempt::Column::StartedAt.gt(self.world.now() - STORED_WITHIN))
            .filter(
                refresh_attempt::Column::Outcome
                    .is_in([RefreshOutcome::Started, RefreshOutcome::Interrupted]),
            )
            .count(db)
            .await?;
        Ok(unfinished > 0)
    }

    /// Ends the health of one account, unless its grant has a newer token than the judgement is about.
    pub(crate) async fn declare_account_broken(
        &self,
        account: &account::Model,
        grant: &connection::Model,
        reason: HealthReason,
    ) -> Result<(), DbErr> {
        let transaction = self.database.begin().await?;
        let current = self.locked_connection(&*transaction, grant.workspace_id, grant.id).await?;
        let Some(current) = current.filter(|current| current.token_version == grant.token_version) else {
            return Ok(());
        };
        if reason != HealthReason::TokenUnreadable
            && self.may_have_been_renewed(&*transaction, &current).await?
        {
            self.check_again(&*transaction, &current).await?;
            return transaction.commit().await;
        }
        let Some(account) = self.account_row(&*transaction, account.workspace_id, account.id).await? else {
            return Ok(());
        };
        if account.connection_id == Some(grant.id) {
            let accounts = std::slice::from_ref(&account);
            if reason == HealthReason::TokenUnreadable {
                self.apply(&*transaction, account.workspace_id, accounts, Event::Broken(reason)).await?;
            } else {
                self.break_accounts(&*transaction, grant, accounts, reason).await?;
            }
        }
        transaction.commit().await
    }

    /// An account's own token was refused although the grant lives: it is broken when Meta says that
    /// this very token is invalid, or when it is refused again at least `CONFIRM_SECONDS` later.
    pub(crate) async fn confirm_account_token(
        &self,
        account: &account::Model,
        grant: &connection::Model,
        reason: HealthReason,
        proven: bool,
    ) -> Result<(), DbErr> {
        let current = self.account_row(&*self.database, account.workspace_id, account.id).await?;
        let confirmed = current.is_some_and(|current| self.is_confirmed(&current));
        if proven || confirmed {
            return self.declare_account_broken(account, grant, reason).await;
        }
        let _turn = self.database.turn().await;
        self.suspect_account(&*self.database, account).await
    }

    /// Meta answered a question about `account` as if it did not exist. Its Page is looked at soon: it
    /// may have been unlinked. If Meta still says so three days after the first time, and the login as
    /// such works, the account has been removed or is no longer professional.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn confirm_gone(&self, account: &account::Model) -> Result<(), DbErr> {
        let Some(id) = account.connection_id else { return Ok(()) };
        let Some(grant) = self.connection_row(&*self.database, account.workspace_id, id).await? else {
            return Ok(());
        };
        let now = self.world.now();
        match account.gone_since {
            None => {
                let transaction = self.database.begin().await?;
                // The login before its account, as everybody locks them.
                self.locked_connection(&*transaction, grant.workspace_id, grant.id).await?;
                account::Entity::update_in_workspace(account.workspace_id)
                    .col_expr(account::Column::GoneSince, Expr::value(now))
                    .filter(account::Column::Id.eq(account.id))
                    .filter(account::Column::GoneSince.is_null())
                    .exec(&*transaction)
                    .await?;
                if grant.provider == Provider::FacebookLogin {
                    mark_pages(&*transaction, &grant, true).await?;
                    self.check_again(&*transaction, &grant).await?;
                }
                transaction.commit().await
            }
            Some(since) if now - since >= GONE_AFTER => {
                // A set-up of ours that Meta refuses can look the same.
                if self.check(account.workspace_id, id, true).await?.is_valid() {
                    self.declare_account_broken(account, &grant, HealthReason::AccountGone).await?;
                }
                Ok(())
            }
            Some(_) => Ok(()),
        }
    }

    /// A stored token does not open: an operator's matter, and nobody else's.
    pub(crate) async fn mark_unreadable(&self, grant: &connection::Model) -> Result<(), DbErr> {
        let transaction = self.database.begin().await?;
        let accounts = self.accounts_of(&*transaction, grant).await?;
        let event = Event::Broken(HealthReason::TokenUnreadable);
        self.apply(&*transaction, grant.workspace_id, &accounts, event).await?;
        transaction.commit().await
    }

    /// When a grant whose accounts all need a person is looked at again.
    pub(crate) fn next_probe(&self) -> DateTime<Utc> {
        self.world.now() + PROBE
    }
}

/// Why Meta says that a token is invalid; nothing if it is valid.
///
/// # Errors
/// When Meta's reason is one that passes, or our own set-up: that says nothing about the token.
pub(crate) fn refusal(debug: TokenDebug) -> Result<Option<Cause>, meta::Error> {
    match debug.error {
        _ if debug.is_valid => Ok(None),
        None => Ok(Some(Cause::InvalidSession)),
        Some(error) => match error.kind() {
            ErrorKind::Reauthorise(cause) => Ok(Some(cause)),
            ErrorKind::Transient
            | ErrorKind::Unclear
            | ErrorKind::Throttled { .. }
            | ErrorKind::Blocked
            | ErrorKind::Operator(_)
            | ErrorKind::NotConfigured => Err(error),
            _ => Ok(Some(Cause::InvalidSession)),
        },
    }
}

/// What a refusal means for people.
pub(crate) fn reason_of(cause: Cause) -> HealthReason {
    match cause {
        Cause::Expired => HealthReason::Expired,
        Cause::AppRemoved => HealthReason::AppRemoved,
        Cause::PasswordChanged => HealthReason::PasswordChanged,
        Cause::Checkpoint => HealthReason::Checkpoint,
        Cause::Unconfirmed => HealthReason::Unconfirmed,
        Cause::PageRoleLost => HealthReason::PageRoleLost,
        Cause::InvalidSession => HealthReason::SessionInvalid,
    }
}
