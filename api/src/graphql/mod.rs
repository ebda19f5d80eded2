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
mod channel;
mod connect_link;
mod connect_session;
mod delivery;
mod endpoint;
mod enums;
mod fault;
mod health;
mod ids;
mod incident;
mod insights;
mod limits;
mod link;
mod media;
mod monitor;
mod mutations;
mod next_attempts;
mod operator;
mod page;
mod query;
mod refresh_attempt;
mod run;
mod user_error;
mod viewer;
mod workspace;
mod workspace_health;

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

    /// The most that a dashboard asks for: every metric for its longest range.
    fn widest() -> serde_json::Value {
        let metrics: Vec<_> = ::insights::Metric::ALL
            .iter()
            .map(|metric| async_graphql::Value::from(enums::Metric::from(*metric)))
            .collect();
        serde_json::json!({
            "first": 50, "pageSize": 12, "metrics": metrics, "metric": "REACH",
            "from": "2026-01-01", "to": "2026-03-31", "previousFrom": "2025-10-03", "previousTo": "2025-12-31",
        })
    }

    /// What a document weighs, or why it is refused. Its resolvers find no rooms and fail.
    async fn weigh(document: &str) -> Result<u64, String> {
        let variables = Variables::from_json(widest());
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

    #[tokio::test]
    async fn an_export_of_ten_metrics_passes() {
        for fields in ["metric days values states total", "metric points { day value state }"] {
            let document = format!(
                "{{ workspace(id: \"w\") {{ accounts(first: 50) {{ pageInfo {{ endCursor }} nodes {{ id username \
                 insights(metrics: [REACH VIEWS LIKES COMMENTS SHARES SAVES REPLIES FOLLOWS UNFOLLOWS \
                 PROFILE_VIEWS], from: \"2026-01-01\", to: \"2026-03-31\") {{ {fields} }} }} }} }} }}"
            );
            assert!(weigh(&document).await.is_ok(), "{:?}: {document}", weigh(&document).await);
        }
        let year = "{ account(id: \"a\") { insights(metrics: $metrics, from: \"2025-01-01\", to: \"2026-01-31\") \
                    { metric points { day value state collectedAt } total } \
                    insightsBy(metrics: [VIEWS REACH], dimension: MEDIA_PRODUCT_TYPE, from: $from, to: $to) \
                    { metric key points { day value state } } onlineFollowers(from: $from, to: $to) { day hours } } }";
        let document = format!("query ($metrics: [Metric!]!, $from: Date!, $to: Date!) {year}");
        assert!(weigh(&document).await.is_ok(), "{:?}", weigh(&document).await);
    }

    #[tokio::test]
    async fn values_weigh_by_metrics_and_days() {
        let too_much = Err("Query is too complex.".to_owned());
        let series = |name: &str, metrics: &str, to: &str, fields: &str| {
            format!("{name}: insights(metrics: {metrics}, from: \"2025-10-20\", to: \"{to}\") {{ {fields} }}")
        };
        let points = "points { day value state collectedAt } values";
        let of_many = |names: &[&str], metrics: &str, to: &str| {
            let all: String = names.iter().map(|name| series(name, metrics, to, points) + " ").collect();
            let declared = if metrics.starts_with('$') { "query ($metrics: [Metric!]!)" } else { "" };
            format!("{declared} {{ workspace(id: \"w\") {{ accounts(first: 13) {{ nodes {{ {all} }} }} }} }}")
        };
        let eight = ["a", "b", "c", "d", "e", "f", "g", "h"];
        assert_eq!(weigh(&of_many(&eight, "$metrics", "2026-11-20")).await, too_much);
        assert_eq!(weigh(&of_many(&["a"], "$metrics", "2026-11-20")).await, too_much);
        assert!(weigh(&of_many(&["a"], "$metrics", "2025-10-26")).await.is_ok());
        assert!(weigh(&of_many(&["a"], "[REACH]", "2026-11-20")).await.is_ok());
        // What is repeated in a list is read once, and ranges that cannot be are refused later.
        let repeated = format!("[{}]", "REACH ".repeat(90));
        let once = weigh(&of_many(&["a"], "$metrics", "2025-10-26")).await;
        assert_eq!(weigh(&of_many(&["a"], &repeated, "2025-10-26")).await, once);
        for to in ["2000-01-01", "9999-12-31", "-262143-01-01", "0000-01-01"] {
            let _ = weigh(&of_many(&["a"], "$metrics", to)).await;
        }
        for field in [
            "insightsBy(metrics: $metrics, dimension: FOLLOW_TYPE, from: \"2025-10-20\", to: \"2026-11-20\") \
             { metric key points { day value state collectedAt } }",
            "onlineFollowers(from: \"2025-10-20\", to: \"2026-11-20\") { day hours }",
        ] {
            let document = format!(
                "query ($metrics: [Metric!]!) {{ workspace(id: \"w\") {{ accounts(first: 50) {{ nodes {{ {field} }} }} }} }}"
            );
            assert_eq!(weigh(&document).await, too_much, "{field}");
        }
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
