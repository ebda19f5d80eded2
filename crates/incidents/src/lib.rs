//! What a person must be told: incidents, the mails that hang on them, and reconnect links.
//!
//! An incident is one continuous period in which an account needs a person. Mails hang on
//! incidents, never on errors, so that an account which fails a hundred times is one mail.
//!
//! - [`incident`]: open and close, each with its mails, in the caller's transaction.
//! - `telling`: the mails: first, reminders, recovery, warnings.
//! - [`link`]: reconnect links: made, opened, started, done, revoked.

pub mod incident;
pub mod link;
mod telling;

#[cfg(test)]
mod tests;
