//! A stand-in for Meta on this machine: the Facebook and Instagram login dialogs, both Graph hosts,
//! and a mail catcher, with people and numbers made from a seed.
//!
//! It knows nothing of the product it serves, so that it cannot share the product's mistakes. What
//! it answers follows Meta's public documentation; the page names stand beside the rules.

mod body;
mod call;
mod clock;
mod config;
mod control;
mod dialog;
mod error;
mod faults;
mod fields;
mod front;
mod grants;
mod graph;
mod insights;
mod instagram;
mod ledger;
mod limits;
mod mail;
mod messages;
mod moment;
mod paging;
mod people;
mod proof;
mod save;
mod seed;
mod server;
mod settings;
mod state;
mod style;
mod tokens;
mod versions;
mod visit;

pub use config::Config;
pub use server::{Running, start};
