//! The GraphQL schema and its endpoint. Types are written by hand over the rooms' services, never
//! derived from table rows: a new column must not become public by accident.
//!
//! - `endpoint`: HTTP around the schema: what is accepted, what is answered.
//! - `caller`: who asks, and the cookies that go back.
//! - `fault`: errors that nobody expected, with a code and without their insides.
//! - `ids`: global ids. `page`: Relay connections. `enums`: the words that states are told in.
//! - `query` and `mutations`: where operations begin. The other files are one type each.

mod account;
mod audience;
mod caller;
mod connect_session;
mod endpoint;
mod enums;
mod fault;
mod health;
mod ids;
mod incident;
mod insights;
mod link;
mod mutations;
mod page;
mod query;
mod refresh_attempt;
mod run;
mod user_error;
mod viewer;
mod workspace;

use async_graphql::EmptySubscription;
use executor::Services;

pub(crate) use endpoint::{endpoint, explorer};
pub(crate) use ids::GlobalId;

use mutations::Mutation;
use query::Query;

/// The schema with the rooms behind it.
pub(crate) type Schema = async_graphql::Schema<Query, Mutation, EmptySubscription>;

/// The deepest operation that is carried out.
const MAX_DEPTH: usize = 10;
/// The most fields of one operation.
const MAX_COMPLEXITY: usize = 1_000;
/// The most directives on one field; without a limit they multiply work (CVE-2024-47614).
const MAX_DIRECTIVES: usize = 8;

/// Builds the schema over the rooms.
pub(crate) fn schema(services: Services) -> Schema {
    let explorable = services.config.development.enabled;
    let builder = builder()
        .limit_depth(MAX_DEPTH)
        .limit_complexity(MAX_COMPLEXITY)
        .limit_directives(MAX_DIRECTIVES)
        .data(services);
    if explorable { builder.finish() } else { builder.disable_introspection().disable_suggestions().finish() }
}

/// The schema in GraphQL's own language, as `schema.graphql` holds it.
pub(crate) fn sdl() -> String {
    builder().finish().sdl_with_options(async_graphql::SDLExportOptions::new().sorted_enum_items())
}

fn builder() -> async_graphql::SchemaBuilder<Query, Mutation, EmptySubscription> {
    async_graphql::Schema::build(Query, Mutation::default(), EmptySubscription)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_committed_schema_is_the_one_that_is_served() {
        let committed = include_str!("../../../schema.graphql");
        assert!(
            committed.trim() == super::sdl().trim(),
            "schema.graphql is stale: run `cargo run -p mooring-api -- schema > schema.graphql`"
        );
    }
}
