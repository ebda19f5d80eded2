//! Sending mails, and finding out whether another one is due.

use chrono::TimeDelta;
use entity::job::JobKind;
use entity::run::RunStatus;
use entity::{IncidentId, OutboxId};
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use jobs::claim::{Claim, Finish};
use mail::MailError;
use sea_orm::DbErr;

use crate::{Ended, Executor};

/// How long the mail that leads waits for the others to stand back, and how long these do. The first
/// has to be shorter by more than workers take to look for work.
const LEAD: TimeDelta = TimeDelta::seconds(1);
const FOLLOW: TimeDelta = TimeDelta::seconds(4);

impl Executor {
    /// Sends a mail, and with it what else waits for the same recipient. The oldest leads: the others
    /// stand back for a moment, so that it can take them along, whoever has claimed them.
    pub(crate) async fn send_mail(&self, claim: &Claim) -> Result<Ended, DbErr> {
        let id = OutboxId(claim.job.subject_id);
        let companions: Vec<_> = self.mailer.companions(id).await?.into_iter().map(|id| id.0).collect();
        let busy = jobs::queue::busy(&*self.database, JobKind::SendMail, &companions).await?;
        let now = self.world.now();
        let stand_back =
            |pause| Ok(Ended::new(RunStatus::Skipped, Some("sent_with_another"), Finish::Later(now + pause)));
        if busy.iter().any(|(other, at)| *other < id.0 && at.is_none_or(|due_at| due_at <= now)) {
            return stand_back(FOLLOW);
        }
        if busy.iter().any(|(_, at)| at.is_none()) {
            return stand_back(LEAD);
        }
        let mut others = Vec::new();
        for other in companions {
            others.extend(self.claims.take_one(JobKind::SendMail, other).await?);
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
