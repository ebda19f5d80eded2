//! What operators do with single pieces of work: by a command, or in the dashboard.

use entity::job::JobKind;
use entity::{JobId, OutboxId, UserId, WorkspaceId};
use identity::audit;
use jobs::claim::Finish;
use jobs::queue;
use mail::outbox::NewMail;
use mail::{Content, Delivery, MailError};
use sea_orm::DbErr;
use serde_json::json;
use uuid::Uuid;

use crate::Executor;

/// How long a test mail is left alone by workers, so that whoever asked for it sends it and sees how.
const OURS: chrono::TimeDelta = chrono::TimeDelta::minutes(2);

impl Executor {
    /// Gives work that was set aside another chance, in the name of `by`, or of nobody for a command.
    /// `false` when there is no such work that was set aside.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn release_job(&self, id: JobId, by: Option<UserId>) -> Result<bool, DbErr> {
        let transaction = self.database.begin().await?;
        if !queue::release(&*transaction, self.world.now(), id).await? {
            return Ok(false);
        }
        audit::record(&*transaction, &self.world, deed("operator.job_released", id, by)).await?;
        transaction.commit().await?;
        tracing::warn!(job = %id, by = by.map(|by| by.to_string()), "work was released");
        Ok(true)
    }

    /// Makes one piece of work due now, in the name of `by`, or of nobody for a command. `false` when
    /// there is no such work, or when it was set aside.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn make_job_due(&self, id: JobId, by: Option<UserId>) -> Result<bool, DbErr> {
        let transaction = self.database.begin().await?;
        if !queue::make_one_due(&*transaction, self.world.now(), id).await? {
            return Ok(false);
        }
        audit::record(&*transaction, &self.world, deed("operator.job_made_due", id, by)).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Sends a mail that shows that mails arrive, through the outbox like any other.
    ///
    /// # Errors
    /// When the mail server could not be reached, or the database failed; the mail then stays in the
    /// outbox, and a worker sends it later.
    pub async fn send_test_mail(&self, recipient: String) -> Result<Delivery, MailError> {
        let transaction = self.database.begin().await?;
        let test = NewMail {
            workspace_id: WorkspaceId(Uuid::nil()),
            dedupe_key: format!("test:{}", self.world.new_id()),
            recipient,
            content: Content::Test,
            incidents: Vec::new(),
            link_id: None,
        };
        let due_at = self.world.now() + OURS;
        let id = mail::outbox::queue_for(&*transaction, &self.world, test, due_at).await?;
        transaction.commit().await?;
        let Some(OutboxId(id)) = id else { return Ok(Delivery::NothingToDo) };
        let Some(claim) = self.claims.take_one(JobKind::SendMail, id).await? else {
            return Ok(Delivery::NothingToDo);
        };
        let delivered = self.mailer.deliver(&[OutboxId(id)]).await;
        let finish = if delivered.is_ok() { Finish::Remove } else { Finish::Failed };
        let transaction = self.database.begin().await?;
        self.claims.finish(&*transaction, &claim, finish).await?;
        transaction.commit().await?;
        delivered
    }
}

fn deed(action: &'static str, id: JobId, by: Option<UserId>) -> audit::Event {
    audit::Event {
        workspace_id: WorkspaceId(Uuid::nil()),
        user_id: by,
        action,
        subject_id: Some(id.0),
        detail: json!({}),
    }
}
