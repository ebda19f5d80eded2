//! Who hears of what happens in a workspace.

use entity::membership::{self, Role};
use entity::{Global as _, InWorkspace as _, WorkspaceId, user};
use mail::Audience;
use sea_orm::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait, QueryOrder as _, QuerySelect as _};
use serde_json::json;

use crate::Identity;
use crate::actor::Member;
use crate::audit::{self, Event};

/// Why somebody still hears of incidents.
#[derive(Debug, thiserror::Error)]
pub enum AlertsError {
    /// No other owner of the workspace does.
    #[error("one owner has to hear of incidents")]
    LastOwner,
    /// The database failed.
    #[error("the database failed")]
    Database(#[from] DbErr),
}

impl Identity {
    /// See [`audience`].
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audience(
        &self,
        db: &impl ConnectionTrait,
        workspace: WorkspaceId,
    ) -> Result<Audience, DbErr> {
        audience(db, workspace).await
    }

    /// Sets whether `member` hears of incidents by mail. Of the owners, one always does.
    ///
    /// # Errors
    /// See [`AlertsError`].
    pub async fn set_wants_alerts(&self, member: &Member, wants: bool) -> Result<(), AlertsError> {
        let workspace = member.workspace_id();
        let transaction = self.db.begin().await?;
        // Locked, so that two owners cannot both be the other one.
        let owners = membership::Entity::in_workspace(workspace)
            .filter(membership::Column::Role.eq(Role::Owner))
            .lock_exclusive()
            .all(&*transaction)
            .await?;
        let others =
            owners.iter().filter(|owner| owner.user_id != member.user_id() && owner.wants_alerts).count();
        if !wants && member.role() == Role::Owner && others == 0 {
            return Err(AlertsError::LastOwner);
        }
        membership::Entity::update_in_workspace(workspace)
            .col_expr(membership::Column::WantsAlerts, Expr::value(wants))
            .filter(membership::Column::UserId.eq(member.user_id()))
            .exec(&*transaction)
            .await?;
        let event = Event {
            workspace_id: workspace,
            user_id: Some(member.user_id()),
            action: "alerts.changed",
            subject_id: Some(member.user_id().0),
            detail: json!({ "wanted": wants }),
        };
        audit::record(&*transaction, &self.world, event).await?;
        transaction.commit().await?;
        Ok(())
    }
}

/// Whom mails about `workspace` go to.
///
/// # Errors
/// When the database fails.
pub async fn audience(db: &impl ConnectionTrait, workspace: WorkspaceId) -> Result<Audience, DbErr> {
    let members = membership::Entity::in_workspace(workspace).all(db).await?;
    let people = user::Entity::rows()
        .filter(user::Column::Id.is_in(members.iter().map(|membership| membership.user_id)))
        .filter(user::Column::ConfirmedAt.is_not_null())
        .order_by_asc(user::Column::Email)
        .all(db)
        .await?;
    let mut audience = Audience::default();
    for person in people {
        let Some(member) = members.iter().find(|member| member.user_id == person.id) else { continue };
        if matches!(member.role, Role::Owner | Role::Admin) {
            audience.managers.push(person.email.clone());
        }
        if member.wants_alerts {
            audience.team.push(person.email);
        }
    }
    Ok(audience)
}
