//! Making workspaces.

use async_graphql::{Context, InputObject, Object, SimpleObject};
use identity::CreateWorkspaceError;

use crate::graphql::caller::Ask as _;
use crate::graphql::fault::Fault;
use crate::graphql::user_error::{UserError, UserErrorCode};
use crate::graphql::workspace::Workspace;

/// What somebody fills in to make a workspace.
#[derive(InputObject)]
pub(crate) struct CreateWorkspaceInput {
    /// What people call it.
    name: String,
}

/// What came of making a workspace.
#[derive(SimpleObject, Default)]
pub(crate) struct CreateWorkspacePayload {
    /// The workspace; null when there is an error.
    workspace: Option<Workspace>,
    /// Why it was not made; empty when it was.
    user_errors: Vec<UserError>,
}

#[derive(Default)]
pub(crate) struct WorkspaceMutation;

#[Object]
impl WorkspaceMutation {
    /// Makes a workspace; the signed-in person owns it.
    async fn create_workspace(
        &self,
        ctx: &Context<'_>,
        input: CreateWorkspaceInput,
    ) -> Result<CreateWorkspacePayload, Fault> {
        let actor = ctx.actor()?;
        match ctx.services()?.identity.create_workspace(actor, &input.name).await {
            Ok(row) => {
                let member = ctx.member(row.workspace_id).await?;
                let workspace = member.map(|member| Workspace { row, member });
                Ok(CreateWorkspacePayload { workspace, user_errors: Vec::new() })
            }
            Err(CreateWorkspaceError::Field(error)) => Ok(CreateWorkspacePayload {
                user_errors: vec![UserError::at("name", UserErrorCode::Invalid, error.fault.to_string())],
                ..CreateWorkspacePayload::default()
            }),
            Err(CreateWorkspaceError::Database(error)) => Err(error.into()),
        }
    }
}
