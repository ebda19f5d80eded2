//! Sessions: staying signed in, being recognised, signing out.
//!
//! A session is looked up at every request, so that its end takes effect at once in every process.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{Global as _, SessionId, UserId, WorkspaceId, session, user};
use platform::Secret;
use sea_orm::ConnectionTrait;
use sea_orm::prelude::*;
use serde_json::json;

use crate::Identity;
use crate::actor::{Actor, Member};
use crate::audit::{self, personal};
use crate::error::Internal;
use crate::refresh_token::RefreshToken;
use crate::sign_in::actor;

/// A session ends when it is not used for this long.
pub(crate) const IDLE: TimeDelta = TimeDelta::days(7);
/// A session ends after this long in any case.
pub(crate) const ABSOLUTE: TimeDelta = TimeDelta::days(30);
/// For this long a replaced refresh token still gives its successor: two tabs may renew at once.
const GRACE: TimeDelta = TimeDelta::seconds(10);

/// What a person gets on signing in and on renewing.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Goes with every request, kept in memory only.
    pub access_token: Secret,
    /// When it expires.
    pub access_expires_at: DateTime<Utc>,
    /// Goes into the cookie; works once.
    pub refresh_token: Secret,
    /// When it expires.
    pub refresh_expires_at: DateTime<Utc>,
    /// Who is signed in.
    pub actor: Actor,
}

/// Why a session could not be renewed or ended.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// There is no such session, or it is over.
    #[error("the session is over")]
    Over,
    /// The token had been used before, and not just now: somebody else may hold a copy, so the
    /// session was ended.
    #[error("the session was ended because its token was used twice")]
    Reused,
    /// Our fault.
    #[error(transparent)]
    Internal(#[from] Internal),
}

impl From<DbErr> for SessionError {
    fn from(error: DbErr) -> Self {
        Self::Internal(error.into())
    }
}

/// What a refresh token turned out to be.
enum Found {
    /// The newest; it was replaced.
    Replaced(session::Model),
    /// The one before, just replaced by somebody else in the same browser.
    JustReplaced(session::Model),
    /// An older one.
    Reused(session::Model),
    /// None of a session that is alive.
    Over,
}

impl Identity {
    /// Replaces the refresh token by its successor and gives a new access token. A token that was
    /// replaced in the last ten seconds gives the same successor; an older one ends the session.
    ///
    /// # Errors
    /// When the session is over or its token was used twice, or when the fault is ours.
    pub async fn refresh(&self, refresh_token: &Secret) -> Result<SignedIn, SessionError> {
        let token = RefreshToken::read(&self.secret, refresh_token).ok_or(SessionError::Over)?;
        let successor = token.successor(&self.secret);
        let session = match self.find(&token, &successor).await? {
            Found::Replaced(session) | Found::JustReplaced(session) => session,
            Found::Reused(session) => {
                self.end(session.id, Some(session.user_id), "session.token_reused").await?;
                tracing::warn!(session = %session.id, "a refresh token was used twice; the session was ended");
                return Err(SessionError::Reused);
            }
            Found::Over => return Err(SessionError::Over),
        };
        let user = user::Entity::rows()
            .filter(user::Column::Id.eq(session.user_id))
            .one(&*self.db)
            .await?
            .ok_or(SessionError::Over)?;
        Ok(self.signed_in(&user, &session, successor)?)
    }

    /// Ends the session of the refresh token and that of the actor, whichever there is. Ending what
    /// is over already is no error.
    ///
    /// # Errors
    /// When the fault is ours.
    pub async fn sign_out(
        &self,
        refresh_token: Option<&Secret>,
        actor: Option<&Actor>,
    ) -> Result<(), SessionError> {
        let by_token = refresh_token
            .and_then(|token| RefreshToken::read(&self.secret, token))
            .map(|token| token.session_id());
        let by_actor = actor.map(|actor| actor.session_id);
        if let Some(session_id) = by_actor {
            self.end(session_id, actor.map(|actor| actor.user_id), "session.signed_out").await?;
        }
        if let Some(session_id) = by_token.filter(|id| Some(*id) != by_actor) {
            self.end(session_id, None, "session.signed_out").await?;
        }
        Ok(())
    }

    /// Who `access_token` speaks for, if it is ours, in time, and its session is alive.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn authenticate(&self, access_token: &str) -> Result<Option<Actor>, DbErr> {
        let Some(bearer) = self.access_tokens.verify(access_token, self.world.now()) else {
            return Ok(None);
        };
        let session = self.live_session(&*self.db, bearer.session_id).await?;
        if session.is_none_or(|session| session.user_id != bearer.user_id) {
            return Ok(None);
        }
        let user = user::Entity::rows().filter(user::Column::Id.eq(bearer.user_id)).one(&*self.db).await?;
        Ok(user.filter(|user| user.confirmed_at.is_some()).map(|user| actor(&user, bearer.session_id)))
    }

    /// Whether the session has not ended and not expired.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session_is_live(&self, session_id: SessionId) -> Result<bool, DbErr> {
        Ok(self.live_session(&*self.db, session_id).await?.is_some())
    }

    /// Whose session it is, if it has not ended and not expired.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn user_of_session(&self, session_id: SessionId) -> Result<Option<UserId>, DbErr> {
        Ok(self.live_session(&*self.db, session_id).await?.map(|session| session.user_id))
    }

    /// The person behind a session, as a member of `workspace`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn member_of_session(
        &self,
        session_id: SessionId,
        workspace: WorkspaceId,
    ) -> Result<Option<Member>, DbErr> {
        let Some(user_id) = self.user_of_session(session_id).await? else { return Ok(None) };
        let Some(user) = user::Entity::rows().filter(user::Column::Id.eq(user_id)).one(&*self.db).await?
        else {
            return Ok(None);
        };
        self.member(&actor(&user, session_id), workspace).await
    }

    async fn live_session(
        &self,
        db: &impl ConnectionTrait,
        session_id: SessionId,
    ) -> Result<Option<session::Model>, DbErr> {
        let now = self.world.now();
        session::Entity::rows()
            .filter(session::Column::Id.eq(session_id))
            .filter(session::Column::EndedAt.is_null())
            .filter(session::Column::IdleUntil.gt(now))
            .filter(session::Column::ExpiresAt.gt(now))
            .one(db)
            .await
    }

    /// Finds out what `token` is, and replaces it when it is the newest of its session. Of two who
    /// bring the same token at once, one replaces it and the other sees it as just replaced.
    async fn find(&self, token: &RefreshToken, successor: &RefreshToken) -> Result<Found, DbErr> {
        let now = self.world.now();
        let transaction = self.db.begin().await?;
        let replaced = session::Entity::update_rows()
            .col_expr(session::Column::RefreshHash, Expr::value(successor.hash()))
            .col_expr(session::Column::PreviousHash, Expr::value(token.hash()))
            .col_expr(session::Column::RotatedAt, Expr::value(now))
            .col_expr(session::Column::IdleUntil, Expr::value(now + IDLE))
            .filter(session::Column::Id.eq(token.session_id()))
            .filter(session::Column::RefreshHash.eq(token.hash()))
            .filter(session::Column::EndedAt.is_null())
            .filter(session::Column::IdleUntil.gt(now))
            .filter(session::Column::ExpiresAt.gt(now))
            .exec(&*transaction)
            .await?;
        let Some(mut session) = self.live_session(&*transaction, token.session_id()).await? else {
            return Ok(Found::Over);
        };
        transaction.commit().await?;
        session.idle_until = session.idle_until.min(session.expires_at);
        if replaced.rows_affected == 1 {
            return Ok(Found::Replaced(session));
        }
        let just_now = session.previous_hash == Some(token.hash()) && now - session.rotated_at <= GRACE;
        Ok(if just_now { Found::JustReplaced(session) } else { Found::Reused(session) })
    }

    async fn end(
        &self,
        session_id: SessionId,
        user_id: Option<UserId>,
        action: &'static str,
    ) -> Result<(), DbErr> {
        let transaction = self.db.begin().await?;
        let ended = session::Entity::update_rows()
            .col_expr(session::Column::EndedAt, Expr::value(self.world.now()))
            .filter(session::Column::Id.eq(session_id))
            .filter(session::Column::EndedAt.is_null())
            .exec(&*transaction)
            .await?;
        if ended.rows_affected == 1 {
            let event = personal(user_id, action, Some(session_id.0), json!({}));
            audit::record(&*transaction, &self.world, event).await?;
        }
        transaction.commit().await
    }
}
