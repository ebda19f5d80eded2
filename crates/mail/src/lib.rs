//! Mail: its texts, the outbox it waits in, and the transport that takes it away.
//!
//! A mail is queued in the transaction of its cause, as a row that holds what the text needs and
//! the id of the link it carries, but no secret. Sending makes the text and the link, talks to the
//! mail server with no transaction open, and then marks the row.
//!
//! - [`content`]: which mails there are, and what each needs to know.
//! - [`Audience`]: whom mails about a workspace go to.
//! - [`operator`]: what the people who run an installation are written about.
//! - [`links`]: tokens and addresses of the links that mails carry.
//! - [`outbox`]: queue a mail, cancel those of an incident.
//! - [`mailer`]: sends one mail of the outbox.
//! - [`samples`]: one mail of every kind, to look at.
//! - [`transport`]: the way out, with [`smtp`] for real and [`memory`] for tests.
//! - [`masked`](fn@masked): an address as logs may show it.

mod audience;
mod cause;
pub mod content;
mod html;
mod letter;
pub mod links;
pub mod mailer;
mod mask;
pub mod memory;
pub mod operator;
pub mod outbox;
mod plain;
pub mod samples;
pub mod smtp;
pub mod transport;

pub use audience::Audience;
pub use content::Content;
pub use mailer::{BadSender, Delivery, MailError, Mailer};
pub use mask::masked;
pub use memory::MemoryTransport;
pub use outbox::NewMail;
pub use smtp::SmtpTransport;
pub use transport::{Transport, TransportError};
