//! Due, claimed, done: what work there is, who does it, and when it is done again.
//!
//! A piece of work is one row: a kind, a subject, a due time. Making it due, claiming it and
//! finishing it are each one statement, so any number of processes can share the table. A claim is
//! a lease with a term that only rises (a fencing number): whoever finishes with an older term is
//! refused, so a process that was paused for longer than its lease cannot write.
//!
//! - [`queue`]: make work due, let it wait, remove it.
//! - [`claim`]: take due work fairly over workspaces, keep it, finish it, look for crashes.
//! - [`lease`]: claims whose holders are gone.
//! - [`retry`]: how long to wait after a failure.
//! - [`schedule`]: when each kind is due next, from the cron lines.
//! - [`settings`]: what operators change while everything runs; [`monitor`]: of that, how tokens are checked.
//! - [`slots`]: a slot of a cron line runs once, however many processes fire it.
//! - [`figures`]: how much work there is, and how it stands.
//! - [`budget`]: how many calls to Meta are left, shared by all processes.
//! - [`runs`]: what was done, as people see it; [`retention`]: how long that is kept.

pub mod budget;
pub mod claim;
pub mod figures;
pub mod lease;
pub mod monitor;
pub mod queue;
pub mod retention;
pub mod retry;
pub mod runs;
pub mod schedule;
pub mod settings;
pub mod slots;
mod sql;

pub use claim::{Claim, Claims, Finish};
pub use monitor::Monitor;
pub use schedule::Schedule;
