//! Channels besides mail: where events go, how they get there, and what became of them.
//!
//! What happened is announced in the transaction of its cause: one row for each channel that wants to
//! know, and the work of sending. Sending happens later, with no transaction open, and is repeated
//! until the receiver takes it or a day has passed.
//!
//! This is the only room that speaks to addresses which people enter. Where they may lead is decided
//! in [`address`] when they are entered and before each sending, and in [`guard`] for each connection.
//!
//! - [`event`]: what there is to tell, as JSON, and announcing it.
//! - [`address`]: which addresses may be entered, and what is shown of them.
//! - [`guard`]: which addresses of the network may be spoken to.
//! - `http`: the client; `signature`: what makes a request ours; `slack`: the same as a short text.
//! - `secrets`: addresses and signing secrets, sealed; [`rotation`]: moving them to another key.
//! - [`sending`]: brings a channel what waits for it, and notes what came of it.
//! - [`switching`]: channels are switched off and on.
//! - [`team`]: what else the team does with channels; [`replay`]: testing and sending again.
//! - [`log`]: what became of deliveries, for people and for figures.

pub mod address;
pub mod event;
pub mod guard;
mod http;
pub mod log;
pub mod replay;
pub mod rotation;
mod secrets;
pub mod sending;
mod signature;
mod slack;
pub mod switching;
pub mod team;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use platform::config::Config;
use platform::{Database, World};
use url::Url;
use vault::KeyRing;

pub use event::announce;

use address::Rules;
use guard::{Lookup, SystemLookup};
use http::Http;

/// How long one delivery may take from the look-up of the name to the end of the answer.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// Everything the room needs; cheap to clone.
#[derive(Clone)]
pub struct Channels {
    database: Database,
    world: World,
    keys: Arc<KeyRing>,
    rules: Arc<Rules>,
    lookup: Arc<dyn Lookup>,
    http: Http,
    /// Where the dashboard is, for links in messages.
    public_url: Url,
}

/// Why the room cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The key ring is not usable.
    #[error(transparent)]
    Keys(#[from] vault::KeyRingError),
    /// TLS could not be set up, mostly for want of root certificates.
    #[error("the HTTP client for channels cannot be set up")]
    Http(#[source] reqwest::Error),
}

impl Channels {
    /// Builds the room.
    ///
    /// # Errors
    /// When the key ring or the machine's TLS set-up is unusable.
    pub fn new(config: &Config, database: Database, world: World) -> Result<Self, BuildError> {
        Self::with(config, database, world, Arc::new(SystemLookup), TIME_LIMIT)
    }

    /// As [`Channels::new`], with another way to find addresses and another limit of time.
    fn with(
        config: &Config,
        database: Database,
        world: World,
        lookup: Arc<dyn Lookup>,
        time_limit: Duration,
    ) -> Result<Self, BuildError> {
        let rules = Arc::new(Rules::new(&config.channels));
        let http = Http::new(rules.allow_private(), lookup.clone(), time_limit).map_err(BuildError::Http)?;
        Ok(Self {
            keys: Arc::new(KeyRing::new(&config.token_keys)?),
            public_url: config.http.public_url.clone(),
            database,
            world,
            rules,
            lookup,
            http,
        })
    }
}

impl std::fmt::Debug for Channels {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Channels").finish_non_exhaustive()
    }
}
