//! The ground everything stands on: time, chance, secrets, configuration, the database and logs.
//!
//! Whatever comes from outside the process enters here, behind a value that tests replace.
//!
//! - [`clock`]: what time it is.
//! - [`random`]: random bytes, ids and unguessable tokens.
//! - [`world`]: clock and randomness together, as every room receives them.
//! - [`secret`]: text and keys that never print.
//! - [`config`]: every setting, read once, all faults reported together.
//! - [`database`]: opening SQLite or PostgreSQL, and write transactions.
//! - [`telemetry`]: structured logs.
//! - [`together`]: one statement for callers who come at the same moment.
//! - [`user_text`]: text that people chose, made harmless.

pub mod clock;
pub mod config;
pub mod database;
pub mod random;
pub mod secret;
pub mod telemetry;
pub mod together;
pub mod user_text;
pub mod world;

pub use clock::{Clock, ManualClock, SystemClock};
pub use database::{Database, Transaction};
pub use random::{Random, SeededRandom, SystemRandom};
pub use secret::{AuthSecret, Secret};
pub use together::Together;
pub use world::World;
