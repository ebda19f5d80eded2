//! The rooms, a database and a sandbox, and a clock that is moved: what a long time and chance bring, and
//! what happens while Meta is being asked.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "tests that print figures")]

mod clocks;
mod crowd;
mod interleavings;
mod limits;
mod meanwhile;
mod media;
mod numbers;
mod pace;
mod refusals;
mod support;
mod year;
