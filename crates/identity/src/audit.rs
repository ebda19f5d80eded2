//! Who did what. Written in the transaction of the deed, never changed afterwards.

use entity::audit_event::{ActiveModel, Entity};
use entity::{UserId, WorkspaceId};
use platform::World;
use sea_orm::prelude::*;
use sea_orm::{ConnectionTrait, Set};
use serde_json::Value;

/// One deed.
#[derive(Clone, Debug)]
pub struct Event {
    /// The workspace; the nil id for what concerns a person only.
    pub workspace_id: WorkspaceId,
    /// Who did it; absent for the worker, for links and for people who are not signed in.
    pub user_id: Option<UserId>,
    /// What was done, such as `account.connected`.
    pub action: &'static str,
    /// To what.
    pub subject_id: Option<Uuid>,
    /// More about it; no secret.
    pub detail: Value,
}

/// Writes down `event`.
///
/// # Errors
/// When the database fails.
pub async fn record(db: &impl ConnectionTrait, world: &World, event: Event) -> Result<(), DbErr> {
    let row = ActiveModel {
        id: Set(world.new_id()),
        workspace_id: Set(event.workspace_id),
        user_id: Set(event.user_id),
        action: Set(event.action.to_owned()),
        subject_id: Set(event.subject_id),
        detail: Set(event.detail),
        at: Set(world.now()),
    };
    Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// An event that concerns a person, not a workspace.
pub(crate) fn personal(
    user_id: Option<UserId>,
    action: &'static str,
    subject_id: Option<Uuid>,
    detail: Value,
) -> Event {
    Event { workspace_id: WorkspaceId(Uuid::nil()), user_id, action, subject_id, detail }
}
