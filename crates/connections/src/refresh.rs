//! Renewing the token of a grant, one attempt at a time across processes.
//!
//! The order of writes is what makes it survive anything: the attempt is on record before Meta is
//! called; the new token is committed on its own before Page tokens are asked for; and both writes
//! name the lease term, so that a process that was paused for longer than its lease changes nothing.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use entity::connection::{self, Provider};
use entity::job::JobKind;
use entity::refresh_attempt::{self, RefreshOutcome, Trigger};
use entity::{ConnectionId, InWorkspace, RefreshAttemptId, WorkspaceId};
use mail::content::Ends;
use meta::{Cause, ErrorKind, Expiry, IssuedToken};
use platform::Secret;
use sea_orm::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ActiveValue::Set, Condition, ConnectionTrait, QueryOrder as _};

use crate::confirm::Suspicion;
use crate::tokens::{NoToken, TokenOf};
use crate::{Connections, login};

/// Instagram refuses to renew a token that is younger than a day
/// (`/docs/instagram-platform/reference/refresh_access_token`); a few minutes more, for clocks.
pub const INSTAGRAM_MINIMUM_AGE: TimeDelta = TimeDelta::minutes(24 * 60 + 10);
/// A token that expired no longer ago than this gets one attempt all the same: clocks differ.
pub const JUST_EXPIRED: TimeDelta = TimeDelta::hours(24);
/// An expiry that moved by less is not counted as renewed.
const EXTENDED_BY: TimeDelta = TimeDelta::days(1);
/// Unless it is this far away anyway.
const FAR_AWAY: TimeDelta = TimeDelta::days(50);
/// How often somebody who waits for another's refresh looks whether it is done.
const WAIT_STEP: Duration = Duration::from_millis(100);

/// How a request to renew a token ended.
#[derive(Clone, Debug)]
pub enum Refreshed {
    /// There was an attempt, by us or by somebody we waited for.
    Attempted(refresh_attempt::Model),
    /// Nothing was tried.
    Skipped(Skip),
}

/// Why nothing was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skip {
    /// Enough time remains.
    NotDue,
    /// The token is younger than Meta allows.
    TooYoung,
    /// The token never expires.
    NeverExpires,
    /// No token is stored, or the grant is gone.
    NoToken,
    /// The token expired too long ago; only the owner can help.
    ExpiredLongAgo,
    /// Somebody else is renewing it and did not finish in time.
    Busy,
    /// Meta wants no calls until then.
    Paused(DateTime<Utc>),
}

impl Skip {
    /// A stable word for logs and answers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NotDue => "not_due",
            Self::TooYoung => "too_young",
            Self::NeverExpires => "never_expires",
            Self::NoToken => "no_token",
            Self::ExpiredLongAgo => "expired_long_ago",
            Self::Busy => "busy",
            Self::Paused(_) => "paused",
        }
    }
}

/// The claim on a grant's token, and the record of the attempt made under it.
struct Lease {
    grant: connection::Model,
    term: i64,
    attempt: refresh_attempt::Model,
}

/// How taking the claim ended.
enum Taken {
    Ours(Box<Lease>),
    /// Somebody else has it.
    Theirs,
    /// Somebody else had it and has ended an attempt since we asked.
    Ended(refresh_attempt::Model),
    Gone,
}

impl Connections {
    /// Whether the token of `grant` is to be renewed now, and if not, why.
    #[must_use]
    pub fn refresh_due(&self, grant: &connection::Model, now: DateTime<Utc>) -> Option<Skip> {
        let young =
            grant.provider == Provider::InstagramLogin && now - grant.token_issued_at < INSTAGRAM_MINIMUM_AGE;
        match grant.token_expires_at {
            _ if grant.token_never_expires => Some(Skip::NeverExpires),
            Some(at) if at <= now - JUST_EXPIRED => Some(Skip::ExpiredLongAgo),
            _ if young => Some(Skip::TooYoung),
            Some(at) if at - now > self.refresh_window() && grant.verified_at.is_some() => Some(Skip::NotDue),
            _ => None,
        }
    }

    /// When the refresh of `grant` is to be looked at next: at the first slot after its window
    /// opens, a part of a day later for each grant, so that those made together do not come together.
    #[must_use]
    pub fn next_refresh(&self, grant: &connection::Model, now: DateTime<Utc>) -> DateTime<Utc> {
        let spread = i64::try_from(grant.id.0.as_u128() % 86_400).unwrap_or_default();
        let opens =
            grant.token_expires_at.map_or(now, |at| at - self.refresh_window() + TimeDelta::seconds(spread));
        // What was tried a moment ago without a new expiry is tried again the next day.
        let tried = grant.refreshed_at.map_or(now, |at| at + TimeDelta::hours(20));
        let from = Ord::max(Ord::max(opens, now), tried);
        self.schedule.next(JobKind::RefreshToken, grant.id.0, from).unwrap_or(from)
    }

    /// Renews the token of a grant, unless it is not due and `force` is not set. Of any number of
    /// callers at once one calls Meta; the others wait for it and get its result.
    ///
    /// # Errors
    /// When the database fails. Meta's refusal is an attempt that failed, not an error.
    pub async fn refresh(
        &self,
        workspace: WorkspaceId,
        id: ConnectionId,
        trigger: Trigger,
        force: bool,
    ) -> Result<Refreshed, DbErr> {
        let asked_at = self.world.now();
        let mut waiting = false;
        let steps = self.lease().as_millis() / WAIT_STEP.as_millis() + 1;
        for _ in 0..steps {
            let Some(grant) = self.connection_row(&*self.database, workspace, id).await? else {
                return Ok(Refreshed::Skipped(Skip::NoToken));
            };
            if waiting && let Some(ended) = self.ended_since(&*self.database, &grant, asked_at).await? {
                return Ok(Refreshed::Attempted(ended));
            }
            match self.refresh_due(&grant, asked_at) {
                Some(Skip::NotDue) if force => {}
                Some(skip) => return Ok(Refreshed::Skipped(skip)),
                None => {}
            }
            if let Some(until) = self.paused(&grant).await? {
                return Ok(Refreshed::Skipped(Skip::Paused(until)));
            }
            match self.take_lease(workspace, id, trigger, asked_at).await? {
                Taken::Ours(lease) => return Ok(Refreshed::Attempted(self.attempt(*lease).await?)),
                Taken::Ended(ended) => return Ok(Refreshed::Attempted(ended)),
                Taken::Gone => return Ok(Refreshed::Skipped(Skip::NoToken)),
                Taken::Theirs => {
                    waiting = true;
                    tokio::time::sleep(WAIT_STEP).await;
                }
            }
        }
        Ok(Refreshed::Skipped(Skip::Busy))
    }

    fn lease(&self) -> Duration {
        Duration::from_secs(self.tuning.lease_seconds.into())
    }

    /// The newest attempt that renewed the token of a grant.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last_renewal(
        &self,
        workspace: WorkspaceId,
        id: ConnectionId,
    ) -> Result<Option<refresh_attempt::Model>, DbErr> {
        refresh_attempt::Entity::in_workspace(workspace)
            .filter(refresh_attempt::Column::ConnectionId.eq(id))
            .filter(refresh_attempt::Column::Outcome.eq(RefreshOutcome::Succeeded))
            .order_by_desc(refresh_attempt::Column::FinishedAt)
            .one(&*self.database)
            .await
    }

    /// The attempt of somebody else that ended in an orderly way while we waited for it.
    async fn ended_since(
        &self,
        db: &impl ConnectionTrait,
        grant: &connection::Model,
        asked_at: DateTime<Utc>,
    ) -> Result<Option<refresh_attempt::Model>, DbErr> {
        refresh_attempt::Entity::in_workspace(grant.workspace_id)
            .filter(refresh_attempt::Column::ConnectionId.eq(grant.id))
            .filter(refresh_attempt::Column::FinishedAt.gt(asked_at))
            .filter(
                refresh_attempt::Column::Outcome
                    .is_not_in([RefreshOutcome::Started, RefreshOutcome::Interrupted]),
            )
            .order_by_desc(refresh_attempt::Column::FinishedAt)
            .one(db)
            .await
    }

    /// Claims the token and puts the attempt on record, in one transaction. If that cannot be
    /// written, Meta is not called.
    async fn take_lease(
        &self,
        workspace: WorkspaceId,
        id: ConnectionId,
        trigger: Trigger,
        asked_at: DateTime<Utc>,
    ) -> Result<Taken, DbErr> {
        let now = self.world.now();
        let transaction = self.database.begin().await?;
        let taken = connection::Entity::update_in_workspace(workspace)
            .col_expr(connection::Column::LeaseOwner, Expr::value(self.owner.clone()))
            .col_expr(
                connection::Column::LeaseUntil,
                Expr::value(now + TimeDelta::seconds(self.tuning.lease_seconds.into())),
            )
            .col_expr(connection::Column::LeaseTerm, Expr::col(connection::Column::LeaseTerm).add(1))
            .filter(connection::Column::Id.eq(id))
            .filter(
                Condition::any()
                    .add(connection::Column::LeaseUntil.is_null())
                    .add(connection::Column::LeaseUntil.lt(now)),
            )
            .exec(&*transaction)
            .await?;
        let Some(grant) = self.connection_row(&*transaction, workspace, id).await? else {
            return Ok(Taken::Gone);
        };
        if taken.rows_affected == 0 {
            return Ok(Taken::Theirs);
        }
        // Its holder may have let go between our last look and now.
        if let Some(ended) = self.ended_since(&*transaction, &grant, asked_at).await? {
            return Ok(Taken::Ended(ended));
        }
        // Whoever had it before and did not end its attempt has died or lost its lease.
        refresh_attempt::Entity::update_in_workspace(workspace)
            .col_expr(refresh_attempt::Column::Outcome, Expr::value(RefreshOutcome::Interrupted))
            .col_expr(refresh_attempt::Column::FinishedAt, Expr::value(now))
            .filter(refresh_attempt::Column::ConnectionId.eq(id))
            .filter(refresh_attempt::Column::Outcome.eq(RefreshOutcome::Started))
            .exec(&*transaction)
            .await?;
        let attempt = refresh_attempt::ActiveModel {
            id: Set(RefreshAttemptId(self.world.new_id())),
            workspace_id: Set(workspace),
            connection_id: Set(id),
            trigger: Set(trigger),
            outcome: Set(RefreshOutcome::Started),
            error_class: Set(None),
            code: Set(None),
            subcode: Set(None),
            old_expires_at: Set(grant.token_expires_at),
            new_expires_at: Set(None),
            started_at: Set(now),
            finished_at: Set(None),
        }
        .insert(&*transaction)
        .await?;
        transaction.commit().await?;
        Ok(Taken::Ours(Box::new(Lease { term: grant.lease_term, grant, attempt })))
    }

    async fn attempt(&self, lease: Lease) -> Result<refresh_attempt::Model, DbErr> {
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
        let answer = self.meta.refresh(login(grant.provider), &old).await;
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

    /// Commits the new token, if the lease still holds, and then renews Page tokens with it.
    async fn keep(
        &self,
        lease: Lease,
        token: Secret,
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
        let transaction = self.database.begin().await?;
        let written = connection::Entity::update_in_workspace(grant.workspace_id)
            .col_expr(connection::Column::TokenExpiresAt, Expr::value(stored_expiry))
            .col_expr(connection::Column::TokenNeverExpires, Expr::value(expires == Expiry::Never))
            .col_expr(connection::Column::TokenIssuedAt, Expr::value(lease.attempt.started_at))
            .col_expr(connection::Column::TokenVersion, Expr::col(connection::Column::TokenVersion).add(1))
            .col_expr(connection::Column::VerifiedAt, Expr::value(now))
            .col_expr(connection::Column::RefreshedAt, Expr::value(now))
            .col_expr(connection::Column::SuspectedAt, Expr::value(Option::<DateTime<Utc>>::None))
            .col_expr(connection::Column::PagesStale, Expr::value(grant.provider == Provider::FacebookLogin))
            .col_expr(connection::Column::LeaseOwner, Expr::value(Option::<String>::None))
            .col_expr(connection::Column::LeaseUntil, Expr::value(Option::<DateTime<Utc>>::None))
            .col_expr(connection::Column::UpdatedAt, Expr::value(now))
            .filter(connection::Column::Id.eq(grant.id))
            .filter(connection::Column::LeaseOwner.eq(&self.owner))
            .filter(connection::Column::LeaseTerm.eq(lease.term))
            .filter(connection::Column::TokenVersion.eq(grant.token_version))
            .exec(&*transaction)
            .await?;
        if written.rows_affected == 0 {
            // Somebody else has renewed or replaced the token since; theirs stands.
            tracing::warn!(grant = %grant.id, "a renewed token came too late and was discarded");
            let ended =
                end_attempt(&*transaction, &lease, RefreshOutcome::Interrupted, None, None, now).await?;
            transaction.commit().await?;
            return Ok(ended);
        }
        self.store_token(&*transaction, TokenOf::connection(grant), &token).await?;
        if outcome == RefreshOutcome::Succeeded {
            self.incidents.no_warning(&*transaction, grant.workspace_id, grant.id, Ends::Token).await?;
        }
        let attempt = end_attempt(&*transaction, &lease, outcome, None, new_expires_at, now).await?;
        if grant.provider == Provider::InstagramLogin {
            let accounts = self.accounts_of(&*transaction, grant).await?;
            self.apply(&*transaction, grant.workspace_id, &accounts, crate::health::Event::Proven).await?;
        }
        transaction.commit().await?;
        tracing::info!(grant = %grant.id, workspace = %grant.workspace_id, ?outcome, expires = ?new_expires_at, "token renewed");
        let renewed = connection::Model { token_version: grant.token_version + 1, ..grant.clone() };
        if let Err(error) = self.renew_page_tokens(&renewed, &token).await {
            tracing::warn!(grant = %grant.id, %error, "Page tokens could not be renewed; that part is repeated");
        }
        Ok(attempt)
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
        connection::Entity::update_in_workspace(grant.workspace_id)
            .col_expr(connection::Column::LeaseOwner, Expr::value(Option::<String>::None))
            .col_expr(connection::Column::LeaseUntil, Expr::value(Option::<DateTime<Utc>>::None))
            .filter(connection::Column::Id.eq(grant.id))
            .filter(connection::Column::LeaseOwner.eq(&self.owner))
            .filter(connection::Column::LeaseTerm.eq(lease.term))
            .exec(&*transaction)
            .await?;
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
