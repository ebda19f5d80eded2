//! The rooms, a database and a sandbox, and a clock that is moved: what a long time and chance bring.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "tests that print figures")]

mod interleavings;
mod media;
mod support;
mod year;
