//! Signing up, and confirming the address.
//!
//! What is answered never tells whether an address is known: the result is the same, the password is
//! hashed either way, and the owner of the address learns the rest by mail.

use chrono::{DateTime, TimeDelta, Utc};
use entity::email_link::{self, EmailLinkPurpose};
use entity::{Global as _, UserId, WorkspaceId, user};
use mail::{Content, NewMail, links, outbox};
use platform::secret::token_hash;
use platform::{Secret, Transaction};
use sea_orm::prelude::*;
use sea_orm::{QuerySelect as _, Set};
use serde_json::json;

use crate::audit::{self, personal};
use crate::email::EmailAddress;
use crate::error::Internal;
use crate::fields::{self, Fault, Field, FieldError};
use crate::passwords::HashError;
use crate::sessions::SignedIn;
use crate::sign_in::{ClientInfo, SignInError};
use crate::{Identity, throttle};

/// How long a confirmation link works.
const LINK_LIFETIME: TimeDelta = TimeDelta::hours(24);
/// The most confirmation mails to one address in that time, whoever asks for them.
const MOST_LINKS: u64 = 5;

/// A password is compared with this much of the person's other fields.
const OTHERS: usize = 100;

/// What somebody types to sign up.
#[derive(Clone, Debug)]
pub struct SignUp {
    /// The address.
    pub email: String,
    /// The password.
    pub password: Secret,
    /// What the person is called.
    pub name: String,
}

/// Why nobody was signed up.
#[derive(Debug, thiserror::Error)]
pub enum SignUpError {
    /// Something that was typed cannot stay like that.
    #[error("some fields are not valid")]
    Fields(Vec<FieldError>),
    /// Too many people are signing up or in at this moment.
    #[error("too busy")]
    TryLater {
        /// When to try again.
        until: DateTime<Utc>,
    },
    /// Our fault.
    #[error(transparent)]
    Internal(#[from] Internal),
}

/// Why a link did not work.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// There is no such link.
    #[error("there is no such link")]
    Unknown,
    /// It is over, or a newer one took its place.
    #[error("the link is no longer valid")]
    Expired,
    /// It was used before.
    #[error("the link was used before")]
    Used,
    /// The password is not the one of the sign-up that the link confirms.
    #[error("not the password of this sign-up")]
    WrongPassword,
    /// Too many passwords are waiting.
    #[error("too busy")]
    TryLater,
    /// Our fault.
    #[error(transparent)]
    Internal(#[from] Internal),
}

impl From<DbErr> for SignUpError {
    fn from(error: DbErr) -> Self {
        Self::Internal(error.into())
    }
}

impl From<DbErr> for LinkError {
    fn from(error: DbErr) -> Self {
        Self::Internal(error.into())
    }
}

/// A sign-up whose fields are all fine.
struct Valid {
    email: EmailAddress,
    name: String,
    password_hash: String,
}

impl Identity {
    /// Signs somebody up. The owner of the address gets a mail: to confirm it, or, where there is an
    /// account already, that there is one.
    ///
    /// # Errors
    /// When a field is not valid, when too many passwords are waiting, or when the fault is ours.
    pub async fn sign_up(&self, sign_up: SignUp) -> Result<(), SignUpError> {
        let (email, name) = self.check(&sign_up).await?;
        let hash = self.passwords.hash(&sign_up.password).await;
        let password_hash = hash.map_err(|error| self.refused_sign_up(error))?;
        let valid = Valid { email, name, password_hash };
        let transaction = self.db.begin().await?;
        self.insert_user(&transaction, &valid).await?;
        let known = find_user(&transaction, &valid.email).await?;
        match known {
            Some(user) if user.confirmed_at.is_some() => self.tell_owner(&transaction, &user).await?,
            Some(user) => self.ask_to_confirm(&transaction, &user, &valid).await?,
            None => {}
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Confirms the sign-up that the link with this token was mailed for. A link works once, also
    /// when it is used twice at the same moment.
    ///
    /// The password of that sign-up has to be given: whoever else signed up with the same address does
    /// not know its mails, and whoever reads the mails does not know the other's password. Thus nobody
    /// can have somebody else confirm their sign-up. Address and password being proven, the person is
    /// signed in.
    ///
    /// # Errors
    /// When the link is unknown, over or used, when the password is another, or when the fault is ours.
    pub async fn confirm_email(
        &self,
        token: &Secret,
        password: &Secret,
        client: ClientInfo,
    ) -> Result<SignedIn, LinkError> {
        let turn = self.passwords.turn().await.map_err(refused_link)?;
        let now = self.world.now();
        let link = email_link::Entity::rows()
            .filter(email_link::Column::TokenHash.eq(token_hash(token.expose())))
            .filter(email_link::Column::Purpose.eq(EmailLinkPurpose::ConfirmAddress))
            .one(&*self.db)
            .await?
            .ok_or(LinkError::Unknown)?;
        if link.used_at.is_some() {
            return Err(LinkError::Used);
        }
        let (Some(name), Some(hash), true) = (link.name, link.password_hash, link.expires_at > now) else {
            return Err(LinkError::Expired);
        };
        if !turn.verify(password, &hash).await.map_err(refused_link)? {
            return Err(LinkError::WrongPassword);
        }
        drop(turn);
        let transaction = self.db.begin().await?;
        let used = email_link::Entity::update_rows()
            .col_expr(email_link::Column::UsedAt, Expr::value(now))
            .filter(email_link::Column::Id.eq(link.id))
            .filter(email_link::Column::UsedAt.is_null())
            .exec(&*transaction)
            .await?;
        let confirmed = user::Entity::update_rows()
            .col_expr(user::Column::ConfirmedAt, Expr::value(now))
            .col_expr(user::Column::Name, Expr::value(name))
            .col_expr(user::Column::PasswordHash, Expr::value(hash))
            .filter(user::Column::Id.eq(link.user_id))
            .filter(user::Column::ConfirmedAt.is_null())
            .exec(&*transaction)
            .await?;
        if used.rows_affected == 0 || confirmed.rows_affected == 0 {
            return Err(LinkError::Used);
        }
        // The other sign-ups with this address are over.
        email_link::Entity::update_rows()
            .col_expr(email_link::Column::UsedAt, Expr::value(now))
            .filter(email_link::Column::UserId.eq(link.user_id))
            .filter(email_link::Column::UsedAt.is_null())
            .exec(&*transaction)
            .await?;
        let event = personal(Some(link.user_id), "user.address_confirmed", Some(link.user_id.0), json!({}));
        audit::record(&*transaction, &self.world, event).await?;
        let user = user::Entity::rows()
            .filter(user::Column::Id.eq(link.user_id))
            .one(&*transaction)
            .await?
            .ok_or(LinkError::Unknown)?;
        transaction.commit().await?;
        match self.begin_session(&user, None, client).await {
            Ok(signed_in) => Ok(signed_in),
            Err(SignInError::Internal(error)) => Err(error.into()),
            // Somebody changed the password in this moment; the address is confirmed all the same.
            Err(SignInError::WrongCredentials | SignInError::TryLater { .. }) => Err(LinkError::Used),
        }
    }

    /// The address and the name, when all fields are fine.
    async fn check(&self, sign_up: &SignUp) -> Result<(EmailAddress, String), SignUpError> {
        let email = sign_up.email.parse::<EmailAddress>();
        let name = fields::name(&sign_up.name);
        let local_part = sign_up.email.split('@').next().unwrap_or_default();
        let others = [local_part, &sign_up.name].map(|text| text.chars().take(OTHERS).collect());
        let password = self.passwords.check(&sign_up.password, others.into()).await;
        let password = password.map_err(|error| self.refused_sign_up(error))?;
        let fault = |field, fault: Option<Fault>| fault.map(|fault| FieldError { field, fault });
        let faults = [
            fault(Field::Email, email.as_ref().err().copied()),
            fault(Field::Password, password.err()),
            fault(Field::Name, name.as_ref().err().copied()),
        ];
        match (email, name) {
            (Ok(email), Ok(name)) if password.is_ok() => Ok((email, name)),
            _ => Err(SignUpError::Fields(faults.into_iter().flatten().collect())),
        }
    }

    fn refused_sign_up(&self, error: HashError) -> SignUpError {
        match error {
            HashError::Busy => SignUpError::TryLater { until: throttle::soon(self.world.now()) },
            HashError::Failed => Internal::Hash.into(),
        }
    }

    /// Adds the person, unless the address is known; two at once make one.
    async fn insert_user(&self, transaction: &Transaction, valid: &Valid) -> Result<(), DbErr> {
        let row = user::ActiveModel {
            id: Set(UserId(self.world.new_id())),
            email: Set(valid.email.as_str().to_owned()),
            name: Set(valid.name.clone()),
            password_hash: Set(valid.password_hash.clone()),
            confirmed_at: Set(None),
            failed_sign_ins: Set(0),
            sign_in_after: Set(None),
            created_at: Set(self.world.now()),
        };
        user::Entity::insert(row)
            .on_conflict_do_nothing_on([user::Column::Email])
            .exec_without_returning(&**transaction)
            .await?;
        Ok(())
    }

    /// Mails a confirmation link for this sign-up. Older links go on working for theirs: otherwise
    /// anybody could spoil the sign-up of somebody whose address they know.
    async fn ask_to_confirm(
        &self,
        transaction: &Transaction,
        user: &user::Model,
        valid: &Valid,
    ) -> Result<(), DbErr> {
        let now = self.world.now();
        let recent = email_link::Entity::rows()
            .filter(email_link::Column::UserId.eq(user.id))
            .filter(email_link::Column::CreatedAt.gt(now - LINK_LIFETIME))
            .count(&**transaction)
            .await?;
        if recent >= MOST_LINKS {
            return Ok(());
        }
        let link_id = self.world.new_id();
        let link = email_link::ActiveModel {
            id: Set(link_id),
            user_id: Set(user.id),
            purpose: Set(EmailLinkPurpose::ConfirmAddress),
            token_hash: Set(links::confirm_hash(&self.secret, link_id)),
            name: Set(Some(valid.name.clone())),
            password_hash: Set(Some(valid.password_hash.clone())),
            expires_at: Set(now + LINK_LIFETIME),
            used_at: Set(None),
            created_at: Set(now),
        };
        email_link::Entity::insert(link).exec_without_returning(&**transaction).await?;
        let mail = NewMail {
            workspace_id: WorkspaceId(Uuid::nil()),
            dedupe_key: format!("confirm_address:{link_id}"),
            recipient: user.email.clone(),
            content: Content::ConfirmAddress { name: valid.name.clone() },
            incidents: Vec::new(),
            link_id: Some(link_id),
        };
        outbox::queue(&**transaction, &self.world, mail).await?;
        let event = personal(None, "user.signed_up", Some(user.id.0), json!({}));
        audit::record(&**transaction, &self.world, event).await
    }

    /// Tells the owner of a known address about the attempt, at most once an hour.
    async fn tell_owner(&self, transaction: &Transaction, user: &user::Model) -> Result<(), DbErr> {
        let hour = self.world.now().timestamp() / 3_600;
        let mail = NewMail {
            workspace_id: WorkspaceId(Uuid::nil()),
            dedupe_key: format!("address_in_use:{}:{hour}", user.id),
            recipient: user.email.clone(),
            content: Content::AddressInUse { name: user.name.clone() },
            incidents: Vec::new(),
            link_id: None,
        };
        outbox::queue(&**transaction, &self.world, mail).await?;
        let event = personal(None, "user.sign_up_repeated", Some(user.id.0), json!({}));
        audit::record(&**transaction, &self.world, event).await
    }
}

fn refused_link(error: HashError) -> LinkError {
    match error {
        HashError::Busy => LinkError::TryLater,
        HashError::Failed => Internal::Hash.into(),
    }
}

/// Finds a person, and keeps anybody else from changing the row until the transaction ends.
pub(crate) async fn find_user(
    transaction: &Transaction,
    email: &EmailAddress,
) -> Result<Option<user::Model>, DbErr> {
    user::Entity::rows()
        .filter(user::Column::Email.eq(email.as_str()))
        .lock_exclusive()
        .one(&**transaction)
        .await
}
