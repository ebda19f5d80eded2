//! Signing in. An unknown address, a wrong password and an address that is not confirmed look the
//! same from outside: the same answer after the same work.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use entity::{Global as _, SessionId, UserId, session, user};
use platform::Secret;
use sea_orm::prelude::*;
use sea_orm::{QuerySelect as _, Set};
use serde_json::json;

use crate::access_token::Bearer;
use crate::actor::Actor;
use crate::audit::{self, personal};
use crate::email::EmailAddress;
use crate::error::Internal;
use crate::passwords::HashError;
use crate::refresh_token::RefreshToken;
use crate::sessions::{ABSOLUTE, IDLE, SignedIn};
use crate::{Identity, throttle};

/// Where an attempt comes from, for the audit trail.
#[derive(Clone, Copy, Debug, Default)]
pub struct ClientInfo {
    /// The address of the client, when it is known.
    pub ip: Option<IpAddr>,
}

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The address and the password do not belong together, whatever the reason.
    #[error("wrong address or password")]
    WrongCredentials,
    /// Too many wrong passwords for this address, or too many people at this moment.
    #[error("too many attempts")]
    TryLater {
        /// When to try again.
        until: DateTime<Utc>,
    },
    /// Our fault.
    #[error(transparent)]
    Internal(#[from] Internal),
}

impl From<DbErr> for SignInError {
    fn from(error: DbErr) -> Self {
        Self::Internal(error.into())
    }
}

impl Identity {
    /// Signs somebody in: a new session with its own tokens.
    ///
    /// # Errors
    /// When address and password do not belong together, when there were too many attempts, or when
    /// the fault is ours.
    pub async fn sign_in(
        &self,
        email: &str,
        password: &Secret,
        client: ClientInfo,
    ) -> Result<SignedIn, SignInError> {
        // The turn comes first: attempts that run beside each other are then never more than there
        // are turns, so that a burst cannot try many passwords before the first is counted.
        let turn = self.passwords.turn().await.map_err(|error| self.refused(error))?;
        let now = self.world.now();
        let user = match email.parse::<EmailAddress>() {
            Ok(email) => {
                user::Entity::rows().filter(user::Column::Email.eq(email.as_str())).one(&*self.db).await?
            }
            Err(_) => None,
        };
        let stranger = email.trim().to_lowercase();
        let waits_until = match &user {
            Some(user) => user.sign_in_after,
            None => self.strangers.next_attempt(&stranger),
        };
        if let Some(until) = waits_until.filter(|until| *until > now) {
            return Err(SignInError::TryLater { until });
        }
        let hash = user.as_ref().map_or(self.passwords.nobodys_hash(), |user| &user.password_hash);
        let matches = turn.verify(password, hash).await.map_err(|error| self.refused(error))?;
        match user {
            Some(user) if matches && user.confirmed_at.is_some() => {
                let new_hash = if self.passwords.is_weaker(&user.password_hash) {
                    Some(turn.hash(password).await.map_err(|error| self.refused(error))?)
                } else {
                    None
                };
                drop(turn);
                self.begin_session(&user, new_hash, client).await
            }
            user => {
                if user.is_none() {
                    self.strangers.count_failure(&stranger, now);
                }
                self.count_failure(user.map(|user| user.id), client).await?;
                Err(SignInError::WrongCredentials)
            }
        }
    }

    fn refused(&self, error: HashError) -> SignInError {
        match error {
            HashError::Busy => SignInError::TryLater { until: throttle::soon(self.world.now()) },
            HashError::Failed => Internal::Hash.into(),
        }
    }

    /// Counts a wrong password. For nobody, the same statements run and change nothing.
    async fn count_failure(&self, user_id: Option<UserId>, client: ClientInfo) -> Result<(), DbErr> {
        let now = self.world.now();
        let id = user_id.unwrap_or(UserId(Uuid::nil()));
        let transaction = self.db.begin().await?;
        let user =
            user::Entity::rows().filter(user::Column::Id.eq(id)).lock_exclusive().one(&*transaction).await?;
        let failures = user.map_or(0, |user| user.failed_sign_ins).saturating_add(1);
        user::Entity::update_rows()
            .col_expr(user::Column::FailedSignIns, Expr::value(failures))
            .col_expr(user::Column::SignInAfter, Expr::value(throttle::next_attempt(failures, now)))
            .filter(user::Column::Id.eq(id))
            .exec(&*transaction)
            .await?;
        let detail = json!({ "ip": client.ip, "failures": failures });
        let event = personal(None, "session.sign_in_failed", user_id.map(|id| id.0), detail);
        audit::record(&*transaction, &self.world, event).await?;
        transaction.commit().await
    }

    pub(crate) async fn begin_session(
        &self,
        user: &user::Model,
        new_hash: Option<String>,
        client: ClientInfo,
    ) -> Result<SignedIn, SignInError> {
        let now = self.world.now();
        let session_id = SessionId(self.world.new_id());
        let refresh_token = RefreshToken::first(&self.secret, &self.world, session_id);
        let session = session::Model {
            id: session_id,
            user_id: user.id,
            refresh_hash: refresh_token.hash(),
            previous_hash: None,
            rotated_at: now,
            idle_until: now + IDLE,
            expires_at: now + ABSOLUTE,
            ended_at: None,
            created_at: now,
        };
        let transaction = self.db.begin().await?;
        let mut update = user::Entity::update_rows()
            .col_expr(user::Column::FailedSignIns, Expr::value(0))
            .col_expr(user::Column::SignInAfter, Expr::value(Option::<DateTime<Utc>>::None))
            .filter(user::Column::Id.eq(user.id));
        if let Some(hash) = new_hash {
            update = update.col_expr(user::Column::PasswordHash, Expr::value(hash));
        }
        // A password that was changed since it was checked no longer opens anything.
        let updated = update
            .filter(user::Column::PasswordHash.eq(user.password_hash.as_str()))
            .exec(&*transaction)
            .await?;
        if updated.rows_affected == 0 {
            return Err(SignInError::WrongCredentials);
        }
        let row = session::ActiveModel {
            id: Set(session.id),
            user_id: Set(session.user_id),
            refresh_hash: Set(session.refresh_hash.clone()),
            previous_hash: Set(None),
            rotated_at: Set(session.rotated_at),
            idle_until: Set(session.idle_until),
            expires_at: Set(session.expires_at),
            ended_at: Set(None),
            created_at: Set(session.created_at),
        };
        session::Entity::insert(row).exec_without_returning(&*transaction).await?;
        let detail = json!({ "ip": client.ip });
        let event = personal(Some(user.id), "session.signed_in", Some(session_id.0), detail);
        audit::record(&*transaction, &self.world, event).await?;
        transaction.commit().await?;
        Ok(self.signed_in(user, &session, refresh_token)?)
    }

    /// What a person gets who is signed in through `session`.
    pub(crate) fn signed_in(
        &self,
        user: &user::Model,
        session: &session::Model,
        refresh_token: RefreshToken,
    ) -> Result<SignedIn, Internal> {
        let bearer = Bearer { user_id: user.id, session_id: session.id };
        let (access_token, access_expires_at) = self.access_tokens.issue(&self.world, bearer)?;
        Ok(SignedIn {
            access_token,
            access_expires_at,
            refresh_token: refresh_token.into_text(),
            refresh_expires_at: session.idle_until,
            actor: actor(user, session.id),
        })
    }
}

pub(crate) fn actor(user: &user::Model, session_id: SessionId) -> Actor {
    Actor { user_id: user.id, session_id, name: user.name.clone(), email: user.email.clone() }
}
