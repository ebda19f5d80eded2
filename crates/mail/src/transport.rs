//! The way out of the house.

use async_trait::async_trait;
use lettre::Message;

/// Takes mails away.
#[async_trait]
pub trait Transport: Send + Sync + 'static {
    /// Hands `message` to a mail server.
    ///
    /// # Errors
    /// When it was not taken; the error says whether a later try makes sense.
    async fn send(&self, message: Message) -> Result<(), TransportError>;
}

/// Why a mail was not taken. A problem is a stable word such as `timeout` or `smtp_550`: what a
/// server says besides the number may quote addresses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// The server could not be reached or asked to come back, or it refuses us rather than this mail.
    #[error("the mail server cannot take the mail now: {problem}")]
    TryLater {
        /// What went wrong.
        problem: String,
    },
    /// The server will never take this mail.
    #[error("the mail server refuses the mail: {problem}")]
    Refused {
        /// What went wrong.
        problem: String,
    },
}
