//! Seals and opens Meta's tokens: a ring of AES-256-GCM keys, and associated data that binds each
//! ciphertext to the one place it was made for. No database, no network.
//!
//! - [`key_ring`]: sealing and opening.
//! - [`place`]: where a token belongs.
//! - [`sealed`]: the text form that the database holds.

pub mod key_ring;
pub mod place;
pub mod sealed;

pub use key_ring::{KeyRing, KeyRingError, OpenError, SealError};
pub use place::Place;
pub use sealed::Sealed;
