//! The GraphQL schema and its endpoint. Types are written by hand over the rooms' services, never
//! derived from table rows: a new column must not become public by accident.
//!
//! - `endpoint`: HTTP around the schema: what is accepted, what is answered.
//! - `limits`: which shapes of documents are refused at once.
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
mod limits;
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
/// The most that one operation weighs: one for each field, more for pages (see [`page::weight`]). The
/// dashboard's own operations weigh half of it at most.
const MAX_COMPLEXITY: usize = 1_000;
/// The most directives on one field; without a limit they multiply work (CVE-2024-47614).
const MAX_DIRECTIVES: usize = 8;

/// Builds the schema over the rooms.
pub(crate) fn schema(services: Services) -> Schema {
    let explorable = services.config.development.enabled;
    let builder = limited().data(services);
    if explorable { builder.finish() } else { builder.disable_introspection().disable_suggestions().finish() }
}

/// The schema in GraphQL's own language, as `schema.graphql` holds it.
pub(crate) fn sdl() -> String {
    builder().finish().sdl_with_options(async_graphql::SDLExportOptions::new().sorted_enum_items())
}

fn limited() -> async_graphql::SchemaBuilder<Query, Mutation, EmptySubscription> {
    builder().limit_depth(MAX_DEPTH).limit_complexity(MAX_COMPLEXITY).limit_directives(MAX_DIRECTIVES)
}

fn builder() -> async_graphql::SchemaBuilder<Query, Mutation, EmptySubscription> {
    async_graphql::Schema::build(Query, Mutation::default(), EmptySubscription)
}

#[cfg(test)]
mod tests {
    use async_graphql::extensions::Analyzer;
    use async_graphql::parser::parse_query;
    use async_graphql::{Request, Value, Variables};

    use super::*;

    /// What a document weighs, or why it is refused. Its resolvers find no rooms and fail.
    async fn weigh(document: &str) -> Result<u64, String> {
        let variables = Variables::from_json(serde_json::json!({ "first": 50 }));
        let request = Request::new(document).variables(variables);
        let answer = limited().extension(Analyzer).finish().execute(request).await;
        match answer.extensions.get("analyzer") {
            Some(Value::Object(analysis)) => Ok(analysis["complexity"].to_string().parse().unwrap()),
            _ => Err(answer.errors.iter().map(|error| error.message.as_str()).collect()),
        }
    }

    #[tokio::test]
    async fn the_dashboards_operations_pass_with_a_margin() {
        let generated = include_str!("../../../web/src/gql/graphql.ts");
        let documents: Vec<_> = generated
            .split("new TypedDocumentString(`")
            .skip(1)
            .filter_map(|rest| rest.split('`').next())
            .filter(|document| !document.trim_start().starts_with("fragment"))
            .collect();
        assert!(documents.len() > 20, "the documents are found");
        for document in documents {
            assert_eq!(limits::check(&parse_query(document).unwrap()), Ok(()), "{document}");
            let weight = weigh(document).await.unwrap_or_else(|error| panic!("{error}: {document}"));
            assert!(weight <= MAX_COMPLEXITY as u64 / 2, "{weight}: {document}");
        }
    }

    #[tokio::test]
    async fn pages_of_pages_weigh_too_much() {
        let nested = "{ workspace(id: \"w\") { accounts(first: 100) { nodes { incidents(first: 100) \
                      { nodes { mails { subject } } } } } } }";
        assert_eq!(weigh(nested).await, Err("Query is too complex.".to_owned()));
        let through_a_fragment = "{ node(id: \"w\") { ... on Workspace { accounts { edges { node { ...R } } } } } } \
                                  fragment R on Account { runs { nodes { id } } }";
        assert_eq!(weigh(through_a_fragment).await, Err("Query is too complex.".to_owned()));
        let lowest =
            "{ workspace(id: \"w\") { accounts(first: 1) { nodes { runs(first: 5) { nodes { id } } } } } }";
        assert!(weigh(lowest).await.is_ok());
    }

    #[test]
    fn the_committed_schema_is_the_one_that_is_served() {
        let committed = include_str!("../../../schema.graphql");
        assert!(
            committed.trim() == super::sdl().trim(),
            "schema.graphql is stale: run `cargo run -p mooring-api -- schema > schema.graphql`"
        );
    }
}
