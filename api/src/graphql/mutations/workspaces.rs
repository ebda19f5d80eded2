//! Making workspaces, and what their members set for themselves.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use entity::WorkspaceId;
use identity::CreateWorkspaceError;
use identity::alerts::AlertsError;

use crate::graphql::caller::Ask as _;
use crate::graphql::fault::Fault;
use crate::graphql::ids::local;
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

/// What somebody sets about their own mails.
#[derive(InputObject)]
pub(crate) struct UpdateAlertsInput {
    /// The workspace.
    workspace_id: ID,
    /// Whether mails about its incidents are wanted.
    wants_alerts: bool,
}

/// What came of setting it.
#[derive(SimpleObject, Default)]
pub(crate) struct UpdateAlertsPayload {
    /// Whether mails are wanted now; null when there is an error.
    wants_alerts: Option<bool>,
    /// Why it was not set; empty when it was.
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

    /// Sets whether the signed-in person gets mails about incidents in a workspace. Of its owners, one
    /// always does.
    async fn update_alerts(
        &self,
        ctx: &Context<'_>,
        input: UpdateAlertsInput,
    ) -> Result<UpdateAlertsPayload, Fault> {
        ctx.actor()?;
        let wants = input.wants_alerts;
        let refused =
            |error| UpdateAlertsPayload { user_errors: vec![error], ..UpdateAlertsPayload::default() };
        let member = match local::<WorkspaceId>(&input.workspace_id) {
            Some(id) => ctx.member(id).await?,
            None => None,
        };
        let Some(member) = member else { return Ok(refused(UserError::not_found("workspaceId"))) };
        match ctx.services()?.identity.set_wants_alerts(&member, wants).await {
            Ok(()) => Ok(UpdateAlertsPayload { wants_alerts: Some(wants), user_errors: Vec::new() }),
            Err(AlertsError::LastOwner) => {
                let text = "One owner has to hear of incidents.".to_owned();
                Ok(refused(UserError::at("wantsAlerts", UserErrorCode::Invalid, text)))
            }
            Err(AlertsError::Database(error)) => Err(error.into()),
        }
    }
}
