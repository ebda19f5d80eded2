//! Sending mails, and finding out whether another one is due.

use std::time::Duration;

use chrono::TimeDelta;
use entity::job::JobKind;
use entity::run::RunStatus;
use entity::{IncidentId, OutboxId};
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use jobs::claim::{Claim, Finish};
use mail::{Delivery, MailError};
use sea_orm::DbErr;

use crate::{Ended, Executor};

/// How long a mail stands back that an older one takes along.
const STAND_BACK: TimeDelta = TimeDelta::seconds(5);
/// How often, and after which pause, the older one looks whether the others have stood back.
const LOOKS: u32 = 10;
const LOOK_AGAIN: Duration = Duration::from_millis(100);

impl Executor {
    /// Sends a mail, and with it what else waits for the same recipient. The oldest leads: the others
    /// stand back at once, and it waits for a moment until they have.
    pub(crate) async fn send_mail(&self, claim: &Claim) -> Result<Ended, DbErr> {
        let id = OutboxId(claim.job.subject_id);
        let mut mails = vec![id];
        mails.extend(self.mailer.companions(id).await?);
        let (doubted, until) = self.connections.doubted_mails(claim.job.workspace_id, &mails).await?;
        if doubted.contains(&id) {
            return Ok(Ended::new(RunStatus::Skipped, Some("brake_holds"), Finish::Later(until)));
        }
        let companions = mails.into_iter().skip(1).filter(|mail| !doubted.contains(mail));
        let mut companions: Vec<_> = companions.map(|mail| mail.0).collect();
        let now = self.world.now();
        let busy = jobs::queue::busy(&*self.database, JobKind::SendMail, &companions).await?;
        if busy.iter().any(|(other, at)| *other < id.0 && at.is_none_or(|due_at| due_at <= now)) {
            let finish = Finish::Later(now + STAND_BACK);
            return Ok(Ended::new(RunStatus::Skipped, Some("sent_with_another"), finish));
        }
        let mut others = Vec::new();
        for _ in 0..LOOKS {
            let mut left = Vec::new();
            for other in companions {
                match self.claims.take_one(JobKind::SendMail, other).await? {
                    Some(claim) => others.push(claim),
                    None => left.push(other),
                }
            }
            let busy = jobs::queue::busy(&*self.database, JobKind::SendMail, &left).await?;
            if busy.is_empty() {
                break;
            }
            companions = left;
            tokio::time::sleep(LOOK_AGAIN).await;
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
            Ok(Delivery::Sent | Delivery::NothingToDo) => (RunStatus::Succeeded, None, Finish::Remove),
            Ok(Delivery::Refused | Delivery::GivenUp) => {
                (RunStatus::Failed, Some("mail_refused"), Finish::Remove)
            }
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
