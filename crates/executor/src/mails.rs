//! Sending mails, and finding out whether another one is due.

use entity::run::RunStatus;
use entity::{IncidentId, OutboxId};
use jobs::claim::{Claim, Finish};
use mail::MailError;
use sea_orm::DbErr;

use crate::{Ended, Executor};

impl Executor {
    pub(crate) async fn send_mail(&self, claim: &Claim) -> Result<Ended, DbErr> {
        match self.mailer.deliver(OutboxId(claim.job.subject_id)).await {
            Ok(_) => Ok(Ended::new(RunStatus::Succeeded, None, Finish::Remove)),
            Err(MailError::TryLater { problem }) => {
                tracing::warn!(mail = %claim.job.subject_id, problem, "a mail has to wait");
                Ok(Ended::new(RunStatus::Failed, Some("mail_server"), Finish::Failed))
            }
            Err(MailError::NotBefore(at)) => {
                Ok(Ended::new(RunStatus::Skipped, Some("recipient_has_had_enough"), Finish::Later(at)))
            }
            Err(MailError::Database(error)) => Err(error),
        }
    }

    pub(crate) async fn follow_up(&self, claim: &Claim) -> Result<Ended, DbErr> {
        self.connections.follow_up(claim.job.workspace_id, IncidentId(claim.job.subject_id)).await?;
        // Should it have asked for another look, that stands; otherwise this one was the last.
        Ok(Ended::new(RunStatus::Succeeded, None, Finish::Done(None)))
    }
}
