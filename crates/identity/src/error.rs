//! Faults that are ours.

use sea_orm::DbErr;

/// A fault that is ours, not the person's. It says nothing that a client may see.
#[derive(Debug, thiserror::Error)]
pub enum Internal {
    /// The database failed.
    #[error("the database failed")]
    Database(#[from] DbErr),
    /// A password could not be hashed.
    #[error("a password could not be hashed")]
    Hash,
    /// An access token could not be made.
    #[error("an access token could not be made")]
    Token,
}
