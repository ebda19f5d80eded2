//! One table per file, and the only places where a query may begin.
//!
//! Rows that belong to a workspace are found through [`InWorkspace`], which always filters by the
//! workspace; its `across_workspaces` finders are for the worker and for operators, and say so by
//! their name. Tables that belong to no workspace are found through [`Global`]. Clippy refuses
//! SeaORM's own finders everywhere else. There is no GraphQL and no HTTP here.

pub mod account;
pub mod audience_snapshot;
pub mod audit_event;
pub mod channel;
pub mod channel_secret;
pub mod connect_link;
pub mod connect_link_account;
pub mod connect_session;
pub mod connection;
pub mod cron_slot;
pub mod deletion_request;
pub mod delivery;
pub mod email_link;
pub mod ids;
pub mod incident;
pub mod incident_mail;
pub mod insight;
pub mod insight_revision;
pub mod job;
pub mod media;
pub mod media_insight;
pub mod media_insight_day;
pub mod media_refusal;
pub mod membership;
pub mod oauth_state;
pub mod outbox;
pub mod rate_scope;
pub mod reconnect_link;
pub mod refresh_attempt;
pub mod refused_metric;
pub mod retention;
pub mod run;
pub mod scope;
pub mod sealed_token;
pub mod session;
pub mod setting;
pub mod story_gap;
pub mod user;
pub mod workspace;

pub use ids::*;
pub use scope::{Global, InWorkspace};
