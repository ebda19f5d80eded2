//! Errors that nobody expected: a stable code for clients, the insides for the log.

use async_graphql::{Error, ErrorExtensions as _};
use sea_orm::DbErr;

/// Why a field has no answer.
#[derive(Debug)]
pub(crate) enum Fault {
    /// There is no valid session.
    Unauthenticated,
    /// The arguments cannot be.
    BadInput(&'static str),
    /// Our fault.
    Internal(String),
}

impl From<DbErr> for Fault {
    fn from(error: DbErr) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<identity::Internal> for Fault {
    fn from(error: identity::Internal) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        let (code, message) = match fault {
            Fault::Unauthenticated => ("UNAUTHENTICATED", "This needs a session."),
            Fault::BadInput(message) => ("BAD_USER_INPUT", message),
            Fault::Internal(insides) => {
                tracing::error!(error = insides, "a field could not be answered");
                ("INTERNAL", "Something went wrong on our side.")
            }
        };
        Self::new(message).extend_with(|_, extensions| extensions.set("code", code))
    }
}
