//! Bringing channels what waits for them.

use entity::ChannelId;
use entity::run::RunStatus;
use jobs::claim::{Claim, Finish};
use sea_orm::DbErr;

use crate::{Ended, Executor};

impl Executor {
    pub(crate) async fn deliver(&self, claim: &Claim) -> Result<Ended, DbErr> {
        let channel = ChannelId(claim.job.subject_id);
        let Some(sent) = self.channels.send_due(claim.job.workspace_id, channel).await? else {
            return Ok(Ended::new(RunStatus::Skipped, Some("gone"), Finish::Remove));
        };
        let (status, reason) = match sent.counts() {
            (0, 0) => (RunStatus::Skipped, Some("nothing_due")),
            (_, 0) => (RunStatus::Succeeded, None),
            _ => (RunStatus::Failed, Some("not_delivered")),
        };
        // When it is due again is known when it is noted what was sent.
        let mut ended = Ended::new(status, reason, Finish::Done(None));
        ended.sent = Some(sent);
        Ok(ended)
    }
}
