//! One attempt to renew a token, under the lease on it.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use entity::InWorkspace;
use entity::connection::{self, Provider};
use entity::refresh_attempt::{self, RefreshOutcome};
use mail::content::Ends;
use meta::{Cause, ErrorKind, Expiry, IssuedToken};
use platform::Secret;
use platform::database::Transaction;
use sea_orm::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{Condition, ConnectionTrait};

use super::lease::Lease;
use crate::confirm::Suspicion;
use crate::tokens::{NoToken, TokenOf};
use crate::{Connections, login};

/// An expiry that moved by less is not counted as renewed.
const EXTENDED_BY: TimeDelta = TimeDelta::days(1);
/// Unless it is this far away anyway.
const FAR_AWAY: TimeDelta = TimeDelta::days(50);
/// How often a new token is tried to be stored while the database is out of order: for ten minutes, with
/// pauses that double from a fifth of a second up to 1.6 seconds, so that nobody finds the old token refused
/// for long once the database is well.
const STORE_TRIES: u32 = 375;
const STORE_PAUSE: Duration = Duration::from_millis(100);
/// So long after it began an attempt has stored what it got, or never will: asking Meta takes less than a
/// minute of it.
pub(crate) const STORED_WITHIN: TimeDelta = TimeDelta::minutes(12);

impl Connections {
    pub(super) async fn attempt(&self, lease: Lease) -> Result<refresh_attempt::Model, DbErr> {
        let grant = &lease.grant;
        let old = match self.open_token(&*self.database, TokenOf::connection(grant)).await {
            Ok(token) => token.token,
            Err(NoToken::Database(error)) => return Err(error),
            Err(NoToken::Missing) => return self.give_up(&lease, "no_token", None).await,
            Err(NoToken::Unreadable) => {
                self.mark_unreadable(grant).await?;
                return self.give_up(&lease, "token_unreadable", None).await;
            }
        };
        if self.is_over(&lease) {
            return self.lose(&lease).await;
        }
        let mut call = std::pin::pin!(self.meta.refresh(login(grant.provider), &old));
        let answer = tokio::select! {
            answer = &mut call => answer,
            () = self.hold(&lease) => {
                tracing::warn!(grant = %grant.id, "the lease was lost while Meta was asked");
                // Meta may have ended the old token by now, so its answer is waited for all the same.
                call.await
            }
        };
        match answer {
            Ok(issued) => {
                let expires = self.expiry_of(grant.provider, &issued).await;
                self.keep(lease, issued.token, expires).await
            }
            Err(error) => {
                let attempt = self.give_up(&lease, error.kind().name(), Some(&error)).await?;
                self.heed(grant, Some(&error)).await?;
                if let ErrorKind::Reauthorise(cause) = error.kind() {
                    let cause = if self.has_expired(grant) { Cause::Expired } else { cause };
                    self.confirm_grant(grant, Suspicion { token_version: grant.token_version, cause })
                        .await?;
                }
                Ok(attempt)
            }
        }
    }

    fn has_expired(&self, grant: &connection::Model) -> bool {
        grant.token_expires_at.is_some_and(|at| at <= self.world.now())
    }

    /// Facebook may leave the lifetime out of its answer; the token itself can then be asked.
    async fn expiry_of(&self, provider: Provider, issued: &IssuedToken) -> Expiry {
        match (issued.expires_at, provider) {
            (Some(at), _) => Expiry::At(at),
            (None, Provider::FacebookLogin) => {
                self.meta.debug_token(&issued.token).await.map_or(Expiry::Unknown, |debug| debug.expires_at)
            }
            (None, Provider::InstagramLogin) => Expiry::Unknown,
        }
    }

    /// Stores the new token, if nobody else has brought a newer one since, and then renews Page tokens
    /// with it. Meta may not accept the old one any more: a database that is out of order is waited for.
    async fn keep(
        &self,
        lease: Lease,
        token: Secret,
        expires: Expiry,
    ) -> Result<refresh_attempt::Model, DbErr> {
        let mut tries = 0;
        let attempt = loop {
            tries += 1;
            match self.store_renewed(&lease, &token, expires).await {
                Err(error) if tries < STORE_TRIES => {
                    tracing::error!(grant = %lease.grant.id, %error, "a renewed token cannot be stored yet");
                    tokio::time::sleep(STORE_PAUSE * (1 << Ord::min(tries, 4))).await;
                }
                stored => break stored?,
            }
        };
        if attempt.outcome == RefreshOutcome::Interrupted {
            return Ok(attempt);
        }
        let grant = lease.grant;
        let renewed = connection::Model { token_version: grant.token_version + 1, ..grant };
        if let Err(error) = self.renew_page_tokens(&renewed, &token).await {
            tracing::warn!(grant = %renewed.id, %error, "Page tokens could not be renewed; that part is repeated");
        }
        Ok(attempt)
    }

    async fn store_renewed(
        &self,
        lease: &Lease,
        token: &Secret,
        expires: Expiry,
    ) -> Result<refresh_attempt::Model, DbErr> {
        let grant = &lease.grant;
        let now = self.world.now();
        let new_expires_at = match expires {
            Expiry::At(at) => Some(at),
            Expiry::Never | Expiry::Unknown => None,
        };
        let stored_expiry = if expires == Expiry::Unknown { grant.token_expires_at } else { new_expires_at };
        let outcome = if is_extended(grant.token_expires_at, expires, now) {
            RefreshOutcome::Succeeded
        } else {
            RefreshOutcome::NotExtended
        };
        let sooner = self.renew_sooner(grant, lease.attempt.started_at);
        let transaction = self.database.begin().await?;
        let mine = Condition::any()
            .add(connection::Column::LeaseTerm.eq(lease.term))
            .add(connection::Column::LeaseUntil.is_null());
        let stored = connection::Entity::update_in_workspace(grant.workspace_id)
            .col_expr(connection::Column::TokenExpiresAt, Expr::value(stored_expiry))
            .col_expr(connection::Column::TokenNeverExpires, Expr::value(expires == Expiry::Never))
            .col_expr(connection::Column::TokenIssuedAt, Expr::value(lease.attempt.started_at))
            .col_expr(connection::Column::TokenVersion, Expr::col(connection::Column::TokenVersion).add(1))
            .col_expr(connection::Column::VerifiedAt, Expr::value(now))
            .col_expr(connection::Column::RefreshedAt, Expr::value(now))
            .col_expr(connection::Column::RenewSoonerSeconds, Expr::value(sooner.num_seconds()))
            .col_expr(connection::Column::SuspectedAt, Expr::value(Option::<DateTime<Utc>>::None))
            .col_expr(connection::Column::PagesStale, Expr::value(grant.provider == Provider::FacebookLogin))
            .col_expr(connection::Column::LeaseOwner, Expr::value(Option::<String>::None))
            .col_expr(connection::Column::LeaseUntil, Expr::value(Option::<DateTime<Utc>>::None))
            .col_expr(connection::Column::UpdatedAt, Expr::value(now))
            .filter(connection::Column::Id.eq(grant.id))
            .filter(connection::Column::TokenVersion.eq(grant.token_version))
            .filter(mine)
            .exec(&*transaction)
            .await?;
        if stored.rows_affected == 0 {
            return self.settle(transaction, lease).await;
        }
        self.store_token(&*transaction, TokenOf::connection(grant), token).await?;
        if outcome == RefreshOutcome::Succeeded {
            self.incidents.no_warning(&*transaction, grant.workspace_id, grant.id, Ends::Token).await?;
        }
        let attempt = end_attempt(&*transaction, lease, outcome, None, new_expires_at, now).await?;
        if grant.provider == Provider::InstagramLogin {
            let accounts = self.accounts_of(&*transaction, grant).await?;
            self.apply(&*transaction, grant.workspace_id, &accounts, crate::health::Event::Proven).await?;
        }
        transaction.commit().await?;
        tracing::info!(grant = %grant.id, workspace = %grant.workspace_id, ?outcome, expires = ?new_expires_at, "token renewed");
        Ok(attempt)
    }

    /// The new token was not stored. If somebody else is renewing by now they may bring one that is newer
    /// still, so that they are waited for: if they bring none, this one is all there is. Otherwise the
    /// stored token is another one than was renewed: either an earlier write of ours was done although it
    /// did not say so, or somebody else has renewed or replaced the token since. Theirs stands.
    async fn settle(&self, transaction: Transaction, lease: &Lease) -> Result<refresh_attempt::Model, DbErr> {
        let grant = &lease.grant;
        let current = self.locked_connection(&*transaction, grant.workspace_id, grant.id).await?;
        if current.is_some_and(|current| current.token_version == grant.token_version) {
            return Err(DbErr::Custom("somebody else is renewing the token".to_owned()));
        }
        let ours = refresh_attempt::Entity::in_workspace(lease.attempt.workspace_id)
            .filter(refresh_attempt::Column::Id.eq(lease.attempt.id))
            .filter(
                refresh_attempt::Column::Outcome
                    .is_in([RefreshOutcome::Succeeded, RefreshOutcome::NotExtended]),
            )
            .one(&*transaction)
            .await?;
        if let Some(ours) = ours {
            return Ok(ours);
        }
        tracing::warn!(grant = %lease.grant.id, "a renewed token came too late and was discarded");
        let now = self.world.now();
        self.let_go(&*transaction, lease).await?;
        let ended = end_attempt(&*transaction, lease, RefreshOutcome::Interrupted, None, None, now).await?;
        transaction.commit().await?;
        Ok(ended)
    }

    /// The lease is over before Meta was asked: somebody else renews by now.
    async fn lose(&self, lease: &Lease) -> Result<refresh_attempt::Model, DbErr> {
        tracing::warn!(grant = %lease.grant.id, "the lease was lost before Meta was asked");
        let now = self.world.now();
        let _turn = self.database.turn().await;
        end_attempt(&*self.database, lease, RefreshOutcome::Interrupted, None, None, now).await
    }

    /// Ends an attempt that brought no token, and lets go of the claim.
    async fn give_up(
        &self,
        lease: &Lease,
        class: &'static str,
        error: Option<&meta::Error>,
    ) -> Result<refresh_attempt::Model, DbErr> {
        let now = self.world.now();
        let grant = &lease.grant;
        let transaction = self.database.begin().await?;
        self.let_go(&*transaction, lease).await?;
        let problem = Problem {
            class,
            code: error.and_then(meta::Error::code),
            subcode: error.and_then(meta::Error::subcode),
        };
        let attempt =
            end_attempt(&*transaction, lease, RefreshOutcome::Failed, Some(problem), None, now).await?;
        transaction.commit().await?;
        tracing::warn!(grant = %grant.id, workspace = %grant.workspace_id, class, "token not renewed");
        Ok(attempt)
    }
}

/// What Meta refused with.
struct Problem {
    class: &'static str,
    code: Option<i64>,
    subcode: Option<i64>,
}

async fn end_attempt(
    db: &impl ConnectionTrait,
    lease: &Lease,
    outcome: RefreshOutcome,
    problem: Option<Problem>,
    new_expires_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<refresh_attempt::Model, DbErr> {
    let attempt = &lease.attempt;
    let mut ended = attempt.clone();
    ended.outcome = outcome;
    ended.error_class = problem.as_ref().map(|problem| problem.class.to_owned());
    ended.code = problem.as_ref().and_then(|problem| problem.code);
    ended.subcode = problem.as_ref().and_then(|problem| problem.subcode);
    ended.new_expires_at = new_expires_at;
    ended.finished_at = Some(now);
    refresh_attempt::Entity::update_in_workspace(attempt.workspace_id)
        .col_expr(refresh_attempt::Column::Outcome, Expr::value(ended.outcome))
        .col_expr(refresh_attempt::Column::ErrorClass, Expr::value(ended.error_class.clone()))
        .col_expr(refresh_attempt::Column::Code, Expr::value(ended.code))
        .col_expr(refresh_attempt::Column::Subcode, Expr::value(ended.subcode))
        .col_expr(refresh_attempt::Column::NewExpiresAt, Expr::value(ended.new_expires_at))
        .col_expr(refresh_attempt::Column::FinishedAt, Expr::value(ended.finished_at))
        .filter(refresh_attempt::Column::Id.eq(attempt.id))
        .filter(refresh_attempt::Column::Outcome.eq(RefreshOutcome::Started))
        .exec(db)
        .await?;
    Ok(ended)
}

/// Whether the expiry really moved: Meta can answer with success and the old end.
fn is_extended(old: Option<DateTime<Utc>>, new: Expiry, now: DateTime<Utc>) -> bool {
    match (old, new) {
        (_, Expiry::Never) => true,
        (_, Expiry::At(new)) if new - now >= FAR_AWAY => true,
        (Some(old), Expiry::At(new)) => new - old >= EXTENDED_BY,
        (None, Expiry::At(new)) => new > now,
        (_, Expiry::Unknown) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn success_means_that_the_expiry_moved() {
        let now = at("2026-11-20T10:00:00Z");
        let old = Some(at("2026-11-25T10:00:00Z"));
        assert!(is_extended(old, Expiry::At(at("2027-01-19T10:00:00Z")), now));
        assert!(is_extended(old, Expiry::At(at("2026-11-26T10:00:00Z")), now));
        assert!(!is_extended(old, Expiry::At(at("2026-11-25T22:00:00Z")), now));
        assert!(!is_extended(old, Expiry::Unknown, now));
        assert!(is_extended(old, Expiry::Never, now));
        // A token that has just been renewed is renewed again: nothing moves, and nothing is wrong.
        assert!(is_extended(Some(at("2027-01-19T10:00:00Z")), Expiry::At(at("2027-01-19T10:00:00Z")), now));
    }
}
