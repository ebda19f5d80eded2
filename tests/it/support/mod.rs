//! What the behaviours are told with.
//!
//! - [`installation`]: sandbox, api and worker on free ports, with a database and a clock of their own.
//! - [`strace`]: trouble at a chosen system call.
//! - [`store`]: that database; [`program`]: one running program; [`recorder`]: the traffic to Meta.
//! - [`sandbox`]: Meta's and the mail server's side; [`meta`]: a person in Meta's dialogs.
//! - [`browser`]: requests with cookies; [`client`]: GraphQL with them.
//! - [`receiver`]: somebody who receives what channels send.
//! - [`agency`]: a person with a workspace and connected accounts.
//! - [`client_link`]: a connect link, and a client who uses it.
//! - [`until`]: waiting for a condition, never for a time.

pub(crate) mod agency;
pub(crate) mod browser;
pub(crate) mod client;
pub(crate) mod client_link;
pub(crate) mod engine;
pub(crate) mod environment;
pub(crate) mod installation;
pub(crate) mod meta;
pub(crate) mod program;
pub(crate) mod receiver;
pub(crate) mod recorder;
pub(crate) mod sandbox;
pub(crate) mod store;
pub(crate) mod strace;
pub(crate) mod until;

pub(crate) use agency::{Account, Agency};
pub(crate) use browser::{Answer, Browser};
pub(crate) use client::Client;
pub(crate) use client_link::Guest;
pub(crate) use engine::{Engine, on_each_database};
pub(crate) use installation::{Installation, random_key};
pub(crate) use meta::Consent;
pub(crate) use sandbox::Sandbox;
pub(crate) use until::until;

/// People and accounts of the sandbox, by the names they have there.
pub(crate) mod people {
    /// Runs nine Pages, eight of them with an account, the last one in a portfolio.
    pub(crate) const NORA: &str = "10160000000000001";
    /// Runs four Pages with four other accounts.
    pub(crate) const TOMAS: &str = "10160000000000002";
    /// Nora's first account, which also has Instagram Login.
    pub(crate) const BAKERY: &str = "17841400000000001";
    /// The Page of that account.
    pub(crate) const BAKERY_PAGE: &str = "104400000000001";
    /// An account with Instagram Login only.
    pub(crate) const MERIDIAN: &str = "17841400000000021";
    /// Another one.
    pub(crate) const PIXEL: &str = "17841400000000022";
}
