//! Where mails wait. Always used in the transaction of the cause.

use std::fmt;

use entity::job::{JobKind, Trigger};
use entity::outbox::{ActiveModel, Column, Entity, MailState};
use entity::{InWorkspace as _, IncidentId, OutboxId, WorkspaceId};
use jobs::queue::{Work, make_due};
use platform::World;
use sea_orm::prelude::*;
use sea_orm::{ConnectionTrait, Set, TryInsertResult};

use crate::content::Content;
use crate::mask::masked;

/// A mail that is to be sent.
#[derive(Clone)]
pub struct NewMail {
    /// The workspace; the nil id for people outside any workspace.
    pub workspace_id: WorkspaceId,
    /// What makes it the same mail: a second one with the same key is not queued.
    pub dedupe_key: String,
    /// The address.
    pub recipient: String,
    /// What it says.
    pub content: Content,
    /// The incident it is about.
    pub incident_id: Option<IncidentId>,
    /// The link it carries: a reconnect link, or for [`Content::ConfirmAddress`] an e-mail link.
    pub link_id: Option<Uuid>,
}

impl fmt::Debug for NewMail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewMail")
            .field("workspace_id", &self.workspace_id)
            .field("dedupe_key", &self.dedupe_key)
            .field("recipient", &masked(&self.recipient))
            .field("content", &self.content)
            .finish_non_exhaustive()
    }
}

/// Queues `mail` and the work of sending it. Gives nothing when the same mail was queued before.
///
/// # Errors
/// When the database fails.
pub async fn queue(
    db: &impl ConnectionTrait,
    world: &World,
    mail: NewMail,
) -> Result<Option<OutboxId>, DbErr> {
    let id = OutboxId(world.new_id());
    let now = world.now();
    let content = serde_json::to_value(&mail.content).map_err(|error| DbErr::Json(error.to_string()))?;
    let row = ActiveModel {
        id: Set(id),
        workspace_id: Set(mail.workspace_id),
        dedupe_key: Set(mail.dedupe_key),
        kind: Set(mail.content.kind()),
        recipient: Set(mail.recipient),
        subject: Set(mail.content.subject()),
        incident_id: Set(mail.incident_id),
        link_id: Set(mail.link_id),
        content: Set(content),
        state: Set(MailState::Queued),
        problem: Set(None),
        created_at: Set(now),
        sent_at: Set(None),
    };
    let inserted =
        Entity::insert(row).on_conflict_do_nothing_on([Column::DedupeKey]).exec_without_returning(db).await?;
    if !matches!(inserted, TryInsertResult::Inserted(1..)) {
        return Ok(None);
    }
    let work = Work {
        workspace_id: mail.workspace_id,
        kind: JobKind::SendMail,
        subject_id: id.0,
        due_at: now,
        trigger: Trigger::Scheduled,
    };
    make_due(db, world, work).await?;
    Ok(Some(id))
}

/// Cancels the mails about an incident that were not sent yet.
///
/// # Errors
/// When the database fails.
pub async fn cancel_of_incident(
    db: &impl ConnectionTrait,
    _world: &World,
    workspace: WorkspaceId,
    incident: IncidentId,
) -> Result<(), DbErr> {
    Entity::update_in_workspace(workspace)
        .col_expr(Column::State, Expr::value(MailState::Cancelled.to_value()))
        .filter(Column::IncidentId.eq(incident))
        .filter(Column::State.eq(MailState::Queued))
        .exec(db)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests;
