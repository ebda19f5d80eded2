//! Whether this process can do its work: the database can be written as well as read, and the keys are
//! there that the stored tokens need. It is looked at in the background, so that whoever asks often, and
//! anybody may, costs nothing.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use executor::Services;
use jobs::settings;

/// How often it is looked whether the database can be written.
const LOOKS_EVERY: Duration = Duration::from_secs(10);
/// A key can only go missing when an operator changes keys: it is looked for each time that this many
/// looks are over.
const LOOKS_FOR_KEYS: u32 = 6;

/// What the last look found.
#[derive(Debug, Default)]
pub(crate) struct Readiness {
    unready: Mutex<Option<Unready>>,
}

/// Why a process is not ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unready {
    /// The database takes nothing: it is out of reach, full, read-only or locked.
    Database,
    /// Tokens are stored that were sealed with keys which this process does not have.
    Keys,
}

impl Readiness {
    /// What is missing, as far as the last look could see.
    pub(crate) fn unready(&self) -> Option<Unready> {
        // A panic elsewhere cannot leave a plain value half-written.
        *self.unready.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks again and again, for as long as it is let.
    pub(crate) async fn watch(&self, services: &Services) {
        let mut looks = 0;
        loop {
            tokio::time::sleep(LOOKS_EVERY).await;
            let database = look_at_database(services).await;
            looks += 1;
            let keys = match self.unready() {
                Some(Unready::Keys) => look_for_keys(services).await,
                _ if looks % LOOKS_FOR_KEYS == 0 => look_for_keys(services).await,
                _ => None,
            };
            self.note(database.or(keys));
        }
    }

    fn note(&self, found: Option<Unready>) {
        let mut unready = self.unready.lock().unwrap_or_else(PoisonError::into_inner);
        match (*unready, found) {
            (None, Some(why)) => tracing::error!(?why, "not ready for work"),
            (Some(_), None) => tracing::info!("ready for work again"),
            _ => {}
        }
        *unready = found;
    }
}

async fn look_at_database(services: &Services) -> Option<Unready> {
    let now = services.world.now();
    let turn = services.database.turn().await;
    let written = settings::set(&*services.database, now, settings::API_SEEN_AT, &now).await;
    drop(turn);
    written.err().map(|error| {
        tracing::error!(%error, "the database cannot be written");
        Unready::Database
    })
}

async fn look_for_keys(services: &Services) -> Option<Unready> {
    // When the database does not answer, that has been said already.
    let missing = services.connections.missing_keys().await.unwrap_or_default();
    if missing.is_empty() {
        return None;
    }
    tracing::error!(keys = missing.join(", "), "stored tokens need keys that TOKEN_KEYS does not list");
    Some(Unready::Keys)
}
