//! Workspaces and who belongs to them.

use std::collections::HashMap;

use entity::{InWorkspace as _, UserId, WorkspaceId, membership, workspace};
use sea_orm::Set;
use sea_orm::prelude::*;
use serde_json::json;

use crate::Identity;
use crate::actor::{Actor, Member, Role};
use crate::audit::{self, Event};
use crate::fields::{self, Field, FieldError};

/// Why no workspace was made.
#[derive(Debug, thiserror::Error)]
pub enum CreateWorkspaceError {
    /// The name cannot stay like that.
    #[error("the name is not valid")]
    Field(FieldError),
    /// The database failed.
    #[error("the database failed")]
    Database(#[from] DbErr),
}

impl Identity {
    /// Makes a workspace that belongs to `actor`.
    ///
    /// # Errors
    /// When the name is not valid or the database fails.
    pub async fn create_workspace(
        &self,
        actor: &Actor,
        name: &str,
    ) -> Result<workspace::Model, CreateWorkspaceError> {
        let name = fields::name(name)
            .map_err(|fault| CreateWorkspaceError::Field(FieldError { field: Field::Name, fault }))?;
        let now = self.world.now();
        let made = workspace::Model { workspace_id: WorkspaceId(self.world.new_id()), name, created_at: now };
        let transaction = self.db.begin().await?;
        let row = workspace::ActiveModel {
            workspace_id: Set(made.workspace_id),
            name: Set(made.name.clone()),
            created_at: Set(now),
        };
        workspace::Entity::insert(row).exec_without_returning(&*transaction).await?;
        let row = membership::ActiveModel {
            workspace_id: Set(made.workspace_id),
            user_id: Set(actor.user_id),
            role: Set(Role::Owner),
            wants_alerts: Set(true),
            created_at: Set(now),
        };
        membership::Entity::insert(row).exec_without_returning(&*transaction).await?;
        let event = Event {
            workspace_id: made.workspace_id,
            user_id: Some(actor.user_id),
            action: "workspace.created",
            subject_id: Some(made.workspace_id.0),
            detail: json!({ "name": made.name }),
        };
        audit::record(&*transaction, &self.world, event).await?;
        transaction.commit().await?;
        Ok(made)
    }

    /// Every workspace that the person belongs to, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn memberships(
        &self,
        user: UserId,
    ) -> Result<Vec<(membership::Model, workspace::Model)>, DbErr> {
        // The person is the scope here: nobody else's memberships can come back.
        let memberships = membership::Entity::across_workspaces()
            .filter(membership::Column::UserId.eq(user))
            .all(&*self.db)
            .await?;
        let ids = memberships.iter().map(|membership| membership.workspace_id);
        let mut workspaces: HashMap<WorkspaceId, workspace::Model> = workspace::Entity::across_workspaces()
            .filter(workspace::Column::WorkspaceId.is_in(ids))
            .all(&*self.db)
            .await?
            .into_iter()
            .map(|workspace| (workspace.workspace_id, workspace))
            .collect();
        let mut pairs: Vec<_> = memberships
            .into_iter()
            .filter_map(|membership| {
                let workspace = workspaces.remove(&membership.workspace_id)?;
                Some((membership, workspace))
            })
            .collect();
        pairs.sort_by_cached_key(|(_, workspace)| (workspace.name.to_lowercase(), workspace.workspace_id));
        Ok(pairs)
    }

    /// The person as a member of `workspace`. Nothing comes back when there is no such workspace
    /// and when it is somebody else's: the two look the same.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn member(&self, actor: &Actor, workspace: WorkspaceId) -> Result<Option<Member>, DbErr> {
        let membership = membership::Entity::in_workspace(workspace)
            .filter(membership::Column::UserId.eq(actor.user_id))
            .one(&*self.db)
            .await?;
        Ok(membership.map(|membership| Member::new(actor.clone(), workspace, membership.role)))
    }
}
