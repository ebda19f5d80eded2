//! Drives a running sandbox over loopback: HTTP for Meta's hosts and the control API, SMTP for mail.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod batch;
mod callbacks;
mod client;
mod comments;
mod control;
mod dialog;
mod facebook;
mod faults;
mod insights;
mod instagram;
mod mail;
mod media;
mod messages;
mod nodes;
mod process;
mod protocol;
mod subscriptions;
