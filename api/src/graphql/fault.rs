//! Errors that nobody expected: a stable code for clients, the insides for the log.

use async_graphql::{Error, ErrorExtensions as _};
use sea_orm::DbErr;

/// The code of what is not possible at the moment, and may be in a while.
pub(crate) const UNAVAILABLE: &str = "UNAVAILABLE";
/// What is said with it.
pub(crate) const UNAVAILABLE_MESSAGE: &str = "This is not possible at the moment. Try again in a moment.";

/// Why a field has no answer.
#[derive(Debug)]
pub(crate) enum Fault {
    /// There is no valid session.
    Unauthenticated,
    /// The arguments cannot be.
    BadInput(&'static str),
    /// The database cannot do it at the moment, for a reason that passes.
    Unavailable(String),
    /// Our fault.
    Internal(String),
}

impl From<DbErr> for Fault {
    fn from(error: DbErr) -> Self {
        let insides = error.to_string();
        if platform::database::is_unavailable(&error) {
            Self::Unavailable(insides)
        } else {
            Self::Internal(insides)
        }
    }
}

impl From<identity::Internal> for Fault {
    fn from(error: identity::Internal) -> Self {
        match error {
            identity::Internal::Database(error) => error.into(),
            error => Self::Internal(error.to_string()),
        }
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        let (code, message) = match fault {
            Fault::Unauthenticated => ("UNAUTHENTICATED", "This needs a session."),
            Fault::BadInput(message) => ("BAD_USER_INPUT", message),
            Fault::Unavailable(insides) => {
                tracing::error!(error = insides, "the database could not answer a field");
                (UNAVAILABLE, UNAVAILABLE_MESSAGE)
            }
            Fault::Internal(insides) => {
                tracing::error!(error = insides, "a field could not be answered");
                ("INTERNAL", "Something went wrong on our side.")
            }
        };
        Self::new(message).extend_with(|_, extensions| extensions.set("code", code))
    }
}
