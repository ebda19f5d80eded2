//! Who runs this installation.

use entity::{Global as _, UserId, user};
use sea_orm::prelude::*;

use crate::Identity;
use crate::actor::Actor;

/// A signed-in person who runs this installation. Only [`Identity::operator`] makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operator(UserId);

impl Operator {
    /// The person.
    #[must_use]
    pub fn user_id(self) -> UserId {
        self.0
    }
}

impl Identity {
    /// `actor` as an operator, if `OPERATOR_EMAILS` lists the address that they have confirmed. Asked of
    /// the database each time, so that a right that was taken away is gone at once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn operator(&self, actor: &Actor) -> Result<Option<Operator>, DbErr> {
        if self.operator_emails.is_empty() {
            return Ok(None);
        }
        let person = user::Entity::rows().filter(user::Column::Id.eq(actor.user_id)).one(&*self.db).await?;
        Ok(person
            .filter(|person| person.confirmed_at.is_some())
            .filter(|person| self.operator_emails.contains(&person.email))
            .map(|person| Operator(person.id)))
    }

    /// Where operators are written to.
    #[must_use]
    pub fn operators_addresses(&self) -> &[String] {
        &self.operator_emails
    }
}
