//! Expected failures of mutations: data, not errors.

use async_graphql::{Enum, SimpleObject};

/// What kind of failure.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UserErrorCode {
    /// The value cannot be.
    Invalid,
    /// The value is in use.
    Taken,
    /// There is no such thing, or it is somebody else's.
    NotFound,
    /// The role does not allow it.
    Forbidden,
    /// Its time is over.
    Expired,
    /// Address and password do not belong together.
    WrongCredentials,
    /// This installation does not offer it.
    NotConfigured,
    /// Meta refused.
    RejectedByMeta,
    /// It may work later.
    TryLater,
    /// It has been done before.
    AlreadyDone,
}

/// Why a mutation did not do what was asked, for a person.
#[derive(SimpleObject, Clone, Debug, PartialEq, Eq)]
pub(crate) struct UserError {
    /// Path of the input field, the outermost first; empty when it concerns the whole.
    path: Vec<String>,
    /// What kind of failure.
    code: UserErrorCode,
    /// A sentence for the person.
    message: String,
}

impl UserError {
    /// An error about the whole.
    pub(crate) fn new(code: UserErrorCode, message: impl Into<String>) -> Self {
        Self { path: Vec::new(), code, message: message.into() }
    }

    /// An error about one field of the input.
    pub(crate) fn at(field: &str, code: UserErrorCode, message: impl Into<String>) -> Self {
        Self { path: vec!["input".to_owned(), field.to_owned()], code, message: message.into() }
    }

    pub(crate) fn not_found(field: &str) -> Self {
        Self::at(field, UserErrorCode::NotFound, "There is no such thing here.")
    }

    pub(crate) fn forbidden() -> Self {
        Self::new(UserErrorCode::Forbidden, "Your role in this workspace does not allow it.")
    }

    pub(crate) fn try_later(message: &str) -> Self {
        Self::new(UserErrorCode::TryLater, message)
    }
}
