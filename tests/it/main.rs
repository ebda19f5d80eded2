//! The product as people meet it: real programs, real HTTP and SMTP, a real database, a sandbox in
//! place of Meta. Each behaviour runs on SQLite and, with `TEST_POSTGRES_URL`, on PostgreSQL.
//!
//! `make programs` builds what they need. `KEEP_DATA=1` keeps data and logs of failed behaviours.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "tests")]

mod support;

mod alerts;
mod authorisation_state;
mod bad_input;
mod brake;
mod breakdowns;
mod channels;
mod client_choices;
mod configuration;
mod connect_links;
mod connecting;
mod crashing;
mod dying;
mod exporting;
mod figures;
mod graphql_over_http;
mod healing;
mod http_surface;
mod importing;
mod key_rotation;
mod media;
mod monitor;
mod numbers;
mod operating;
mod operators;
mod reconnect_links;
mod refreshing;
mod repair_through_graphql;
mod retention;
mod sealed_tokens;
mod secrets;
mod several_processes;
mod stopping;
mod story;
mod tenancy;
mod unavailable;
mod validating;
