//! Sending mails, and finding out whether another one is due.

use entity::job::JobKind;
use entity::run::RunStatus;
use entity::{IncidentId, OutboxId};
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use jobs::claim::{Claim, Finish};
use mail::MailError;
use sea_orm::DbErr;

use crate::{Ended, Executor};

impl Executor {
    /// Sends a mail, and with it what else waits for the same recipient, as far as nobody else is at it.
    pub(crate) async fn send_mail(&self, claim: &Claim) -> Result<Ended, DbErr> {
        let id = OutboxId(claim.job.subject_id);
        let mut others = Vec::new();
        for other in self.mailer.companions(id).await? {
            others.extend(self.claims.take_one(JobKind::SendMail, other.0).await?);
        }
        let ids: Vec<_> =
            std::iter::once(id).chain(others.iter().map(|other| OutboxId(other.job.subject_id))).collect();
        let delivered = tokio::select! {
            delivered = self.mailer.deliver(&ids) => delivered,
            () = self.keep_all(&others) => {
                return Err(DbErr::Custom("the claim on a mail was lost while it was sent".to_owned()));
            }
        };
        let (status, reason, finish) = match delivered {
            Ok(_) => (RunStatus::Succeeded, None, Finish::Remove),
            Err(MailError::TryLater { problem }) => {
                tracing::warn!(mail = %id, problem, "a mail has to wait");
                (RunStatus::Failed, Some("mail_server"), Finish::Failed)
            }
            Err(MailError::NotBefore(at)) => {
                (RunStatus::Skipped, Some("recipient_has_had_enough"), Finish::Later(at))
            }
            Err(MailError::Database(error)) => return Err(error),
        };
        for other in &others {
            let _turn = self.database.turn().await;
            self.claims.finish(&*self.database, other, finish).await?;
        }
        Ok(Ended::new(status, reason, finish))
    }

    /// Keeps several claims; returns when one of them is lost, and never if there is none.
    async fn keep_all(&self, claims: &[Claim]) {
        let mut kept: FuturesUnordered<_> = claims.iter().map(|claim| self.keep(claim)).collect();
        if kept.next().await.is_none() {
            std::future::pending::<()>().await;
        }
    }

    pub(crate) async fn follow_up(&self, claim: &Claim) -> Result<Ended, DbErr> {
        self.connections.follow_up(claim.job.workspace_id, IncidentId(claim.job.subject_id)).await?;
        // Should it have asked for another look, that stands; otherwise this one was the last.
        Ok(Ended::new(RunStatus::Succeeded, None, Finish::Done(None)))
    }
}
