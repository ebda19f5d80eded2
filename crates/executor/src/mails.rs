//! Sending mails.

use entity::OutboxId;
use entity::run::RunStatus;
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
            Err(MailError::Database(error)) => Err(error),
        }
    }
}
