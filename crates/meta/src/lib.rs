//! The only code that knows Meta's API.
//!
//! Above this room nobody sees one of Meta's hosts, error codes or JSON shapes: callers ask a
//! question of [`Client`] and get typed values, or an [`Error`] that says what they must do. Nothing
//! is retried, stored or decided here.
//!
//! Meta offers two unrelated ways to reach an Instagram professional account, told apart by
//! [`Provider`]; they differ in hosts, apps, token grants and expiry rules.
//!
//! - [`client`]: the HTTP client, and the one function every call goes through.
//! - `call`: one request as a value.
//! - `body`: reading what came back, without trust.
//! - [`dialog`]: where to send a person who connects an account.
//! - [`exchange`]: codes into tokens, tokens into longer-lived tokens.
//! - [`debug_token`]: what Meta says about a token.
//! - [`users`]: who a token belongs to, what was granted, and taking it back.
//! - [`pages`]: the Pages a person may use, and the Instagram accounts behind them.
//! - [`account`]: the Instagram account itself.
//! - [`insights`]: its numbers.
//! - [`media`]: posts, reels, albums and stories, and their numbers.
//! - [`conversations`]: messages between an account and people.
//! - [`batch`]: several calls in one request.
//! - `lists`: lists that come in steps.
//! - [`usage`]: how much of the call limits is used up.
//! - [`error`]: failures, by what the caller must do; `error_body` reads them and `error_table` is
//!   the one place where a code gets its meaning.
//! - [`proof`]: the signature that calls with a token carry.
//! - [`signed_request`]: checking what Meta posts to our callbacks.
//! - [`webhook`]: checking and reading what Meta delivers to our webhook.
//! - [`pacific_day`]: the calendar Meta counts days in.
//! - [`provider`]: the two logins.
//!
//! Links in comments are paths below `https://developers.facebook.com`.

pub mod account;
pub mod batch;
mod body;
mod call;
pub mod client;
pub mod conversations;
pub mod debug_token;
pub mod dialog;
pub mod error;
mod error_body;
mod error_table;
pub mod exchange;
pub mod insights;
mod lists;
pub mod media;
pub mod pacific_day;
pub mod pages;
pub mod proof;
pub mod provider;
pub mod signed_request;
pub mod usage;
pub mod users;
pub mod webhook;

#[cfg(feature = "fuzzing")]
pub mod fuzzing;

#[cfg(test)]
mod loopback;

pub use account::AccountNode;
pub use client::{BuildError, Client};
pub use conversations::{Conversation, ConversationEntry, Message, Outgoing, Participant, Sent, Window};
pub use debug_token::{Expiry, GranularScope, TokenDebug, TokenKind};
pub use dialog::{Prompt, scopes};
pub use error::{Cause, Error, ErrorKind, MessageFault, OperatorFault, ThrottleScope};
pub use exchange::IssuedToken;
pub use insights::{
    Breakdown, BreakdownResult, InsightsQuery, MetricAnswer, MetricType, MetricValue, Period, TimedValue,
};
pub use media::{Media, MediaChild, MediaInsightsQuery, MediaProductType, MediaQuery, MediaType};
pub use pages::{Page, PageInstagramAccount};
pub use proof::{appsecret_proof, timed_appsecret_proof};
pub use provider::Provider;
pub use signed_request::SignedRequest;
pub use usage::{BusinessUsage, NoUsageSink, Usage, UsageReport, UsageSink};
pub use users::{FacebookUser, InstagramUser, Permission, PermissionStatus};
