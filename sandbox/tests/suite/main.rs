//! Drives a running sandbox over loopback: HTTP for Meta's hosts and the control API, SMTP for mail.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod callbacks;
mod client;
mod control;
mod facebook;
mod faults;
mod insights;
mod instagram;
mod mail;
mod media;
mod messages;
mod process;
