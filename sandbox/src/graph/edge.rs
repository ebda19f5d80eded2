//! An edge as it is asked for: by its own path with parameters, or nested in `fields` with arguments
//! (Graph API guide "Field expansion").

use crate::{
    call::Params,
    error::GraphError,
    fields::{self, Field, plain},
    visit::Visit,
};

/// What a client wants of an edge.
#[derive(Clone, Debug)]
pub(crate) struct Edge {
    /// Limits, cursors and the like, as they stand in a `next` link too.
    pub(crate) params: Params,
    /// Fields of each member; empty for the default ones.
    pub(crate) fields: Vec<Field>,
}

impl Edge {
    /// By path: everything about it came as parameters of the call.
    pub(crate) fn by_path(visit: &Visit<'_>) -> Result<Self, GraphError> {
        let mut params = visit.call.params.clone();
        // Proofs belong to one call, and `ids` named several edges of which this is one.
        params.0.retain(|(name, _)| {
            !matches!(name.as_str(), "appsecret_proof" | "appsecret_time" | "method" | "ids")
        });
        Ok(Self { params: with_token(visit, params), fields: visit.fields(&[])? })
    }

    /// Nested in the fields of a node.
    pub(crate) fn nested(visit: &Visit<'_>, field: &Field) -> Self {
        let mut params = field.params();
        if !field.children.is_empty() {
            params.set("fields", fields::write(&field.children));
        }
        Self { params: with_token(visit, params), fields: field.children.clone() }
    }

    /// The fields asked for, or the edge's default ones.
    pub(crate) fn fields_or(&self, defaults: &[&str]) -> Vec<Field> {
        if self.fields.is_empty() { plain(defaults) } else { self.fields.clone() }
    }
}

/// Meta's `next` links carry the token.
fn with_token(visit: &Visit<'_>, mut params: Params) -> Params {
    if let Some(token) = visit.call.token() {
        params.set("access_token", token);
    }
    params
}
