//! Making workspaces, and what their members set for themselves.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use entity::WorkspaceId;
use identity::CreateWorkspaceError;
use identity::RetentionError;
use identity::alerts::AlertsError;

use crate::graphql::caller::Ask as _;
use crate::graphql::fault::Fault;
use crate::graphql::ids::local;
use crate::graphql::user_error::{UserError, UserErrorCode};
use crate::graphql::workspace::{Retention, Workspace};

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

/// How long things are to be kept.
#[derive(InputObject)]
pub(crate) struct UpdateRetentionInput {
    /// The workspace.
    workspace_id: ID,
    /// For how many days numbers and audiences are kept, at least 401; for ever if null.
    numbers_days: Option<i32>,
    /// For how many days it is kept what a provisional number was before it changed, from 4 to 400.
    provisional_days: i32,
    /// For how many days runs and attempts to renew tokens are kept, at least 31.
    logs_days: i32,
}

/// What came of deciding it.
#[derive(SimpleObject, Default)]
pub(crate) struct UpdateRetentionPayload {
    /// How long things are kept now; null when there is an error.
    retention: Option<Retention>,
    /// Why nothing has changed; empty when something has.
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

    /// Decides how long a workspace has its numbers and logs kept. What is older goes within the day, and
    /// does not come back. Needs an admin.
    async fn update_retention(
        &self,
        ctx: &Context<'_>,
        input: UpdateRetentionInput,
    ) -> Result<UpdateRetentionPayload, Fault> {
        ctx.actor()?;
        let refused =
            |error| UpdateRetentionPayload { user_errors: vec![error], ..UpdateRetentionPayload::default() };
        let member = match local::<WorkspaceId>(&input.workspace_id) {
            Some(id) => ctx.member(id).await?,
            None => None,
        };
        let Some(member) = member else { return Ok(refused(UserError::not_found("workspaceId"))) };
        let wanted = identity::Retention {
            numbers_days: input.numbers_days,
            provisional_days: input.provisional_days,
            logs_days: input.logs_days,
        };
        match ctx.services()?.identity.set_retention(&member, wanted).await {
            Ok(()) => Ok(UpdateRetentionPayload { retention: Some(wanted.into()), user_errors: Vec::new() }),
            Err(RetentionError::Forbidden(_)) => Ok(refused(UserError::forbidden())),
            Err(RetentionError::OutOfRange { field, allowed }) => {
                let text = format!("From {} to {} days.", allowed.start(), allowed.end());
                Ok(refused(UserError::at(field, UserErrorCode::Invalid, text)))
            }
            Err(RetentionError::Database(error)) => Err(error.into()),
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
