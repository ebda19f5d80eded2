//! Where mails wait. Always used in the transaction of the cause.

use std::fmt;

use chrono::{DateTime, Utc};
use entity::incident_mail;
use entity::job::{self, JobKind, Trigger};
use entity::outbox::{ActiveModel, Column, Entity, MailKind, MailState, Model};
use entity::{InWorkspace as _, IncidentId, OutboxId, WorkspaceId};
use jobs::queue::{Work, make_due};
use platform::World;
use sea_orm::prelude::*;
use sea_orm::sea_query::{CaseStatement, Func, SimpleExpr};
use sea_orm::{Condition, ConnectionTrait, QueryOrder as _, QuerySelect as _, Set, TryInsertResult};

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
    /// The incidents it is about.
    pub incidents: Vec<IncidentId>,
    /// The link it carries: a reconnect link, for [`Content::ConfirmAddress`] an e-mail link, and for
    /// [`Content::ConnectLink`] a connect link.
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
    queue_for(db, world, mail, world.now()).await
}

/// As [`queue`], to be sent at `due_at` and not before.
///
/// # Errors
/// When the database fails.
pub async fn queue_for(
    db: &impl ConnectionTrait,
    world: &World,
    mail: NewMail,
    due_at: DateTime<Utc>,
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
    let about = mail.incidents.into_iter().map(|incident| incident_mail::ActiveModel {
        incident_id: Set(incident),
        mail_id: Set(id),
        workspace_id: Set(mail.workspace_id),
    });
    incident_mail::Entity::insert_many(about).exec_without_returning(db).await?;
    let work = Work {
        workspace_id: mail.workspace_id,
        kind: JobKind::SendMail,
        subject_id: id.0,
        due_at,
        trigger: Trigger::Scheduled,
    };
    make_due(db, world, work).await?;
    Ok(Some(id))
}

/// Whether a mail with this key was ever queued.
///
/// # Errors
/// When the database fails.
pub async fn exists(
    db: &impl ConnectionTrait,
    workspace: WorkspaceId,
    dedupe_key: &str,
) -> Result<bool, DbErr> {
    let row = Entity::in_workspace(workspace).filter(Column::DedupeKey.eq(dedupe_key)).one(db).await?;
    Ok(row.is_some())
}

/// The mails that should have been sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// How many.
    pub count: u64,
    /// Since when the oldest of them.
    pub oldest_at: Option<DateTime<Utc>>,
}

/// The mails that should have been sent: their time has come, or the mail server did not take them. Those
/// whose recipients have had enough for today are not among them.
///
/// # Errors
/// When the database fails.
pub async fn waiting(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Waiting, DbErr> {
    let failed = || job::Column::Failures.gt(0);
    let since: SimpleExpr = CaseStatement::new()
        .case(failed(), Expr::col(job::Column::CreatedAt))
        .finally(Expr::col(job::Column::DueAt))
        .into();
    let (count, oldest_at): (i64, Option<DateTime<Utc>>) = job::Entity::across_workspaces()
        .select_only()
        .column_as(job::Column::Id.count(), "count")
        .expr_as(Func::min(since), "oldest_at")
        .filter(job::Column::Kind.eq(JobKind::SendMail))
        .filter(Condition::any().add(job::Column::DueAt.lte(now)).add(failed()))
        .into_tuple()
        .one(db)
        .await?
        .unwrap_or_default();
    Ok(Waiting { count: count.unsigned_abs(), oldest_at })
}

/// Cancels the mails that were not sent yet and whose keys begin with `prefix`.
///
/// # Errors
/// When the database fails.
pub async fn cancel_keyed(
    db: &impl ConnectionTrait,
    workspace: WorkspaceId,
    prefix: &str,
) -> Result<(), DbErr> {
    Entity::update_in_workspace(workspace)
        .col_expr(Column::State, Expr::value(MailState::Cancelled.to_value()))
        .filter(Column::DedupeKey.starts_with(prefix))
        // As a constant, by which both databases find the index over the few that wait.
        .filter(Expr::cust("state = 'queued'"))
        .exec(db)
        .await?;
    Ok(())
}

/// The mails about any of `incidents`.
///
/// # Errors
/// When the database fails.
pub async fn about(
    db: &impl ConnectionTrait,
    workspace: WorkspaceId,
    incidents: &[IncidentId],
) -> Result<Vec<(IncidentId, Model)>, DbErr> {
    let pairs = incident_mail::Entity::in_workspace(workspace)
        .filter(incident_mail::Column::IncidentId.is_in(incidents.iter().copied()))
        .all(db)
        .await?;
    let rows = Entity::in_workspace(workspace)
        .filter(Column::Id.is_in(pairs.iter().map(|pair| pair.mail_id)))
        .order_by_asc(Column::CreatedAt)
        .all(db)
        .await?;
    let incidents_of = |mail: OutboxId| pairs.iter().filter(move |pair| pair.mail_id == mail);
    Ok(rows
        .iter()
        .flat_map(|mail| incidents_of(mail.id).map(|pair| (pair.incident_id, mail.clone())))
        .collect())
}

/// The incidents that a mail is about.
///
/// # Errors
/// When the database fails.
pub async fn incidents_of(
    db: &impl ConnectionTrait,
    workspace: WorkspaceId,
    mails: impl IntoIterator<Item = OutboxId>,
) -> Result<Vec<IncidentId>, DbErr> {
    let pairs = incident_mail::Entity::in_workspace(workspace)
        .filter(incident_mail::Column::MailId.is_in(mails))
        .all(db)
        .await?;
    Ok(pairs.into_iter().map(|pair| pair.incident_id).collect())
}

/// Cancels the mails about any of `incidents` that were not sent yet. Links that somebody asked for are
/// not taken back: they name other accounts as well, and leave only while they can be used.
///
/// # Errors
/// When the database fails.
pub async fn cancel_about(
    db: &impl ConnectionTrait,
    workspace: WorkspaceId,
    incidents: &[IncidentId],
) -> Result<(), DbErr> {
    let mails = about(db, workspace, incidents).await?;
    Entity::update_in_workspace(workspace)
        .filter(Column::Kind.ne(MailKind::ReconnectLink))
        .col_expr(Column::State, Expr::value(MailState::Cancelled.to_value()))
        .filter(Column::Id.is_in(mails.iter().map(|(_, mail)| mail.id)))
        .filter(Column::State.eq(MailState::Queued))
        .exec(db)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests;
