//! Work on grants: renewing and checking.

use chrono::TimeDelta;
use connections::check::Checked;
use connections::refresh::{Refreshed, Skip};
use entity::ConnectionId;
use entity::InWorkspace as _;
use entity::connection;
use entity::refresh_attempt::RefreshOutcome;
use entity::run::RunStatus;
use jobs::claim::{Claim, Finish};
use sea_orm::DbErr;
use sea_orm::prelude::*;

use crate::{Ended, Executor};

/// How soon a token is looked at again that somebody else is renewing.
const LOOK_AGAIN: TimeDelta = TimeDelta::seconds(10);

impl Executor {
    pub(crate) async fn refresh_token(&self, claim: &Claim) -> Result<Ended, DbErr> {
        let id = ConnectionId(claim.job.subject_id);
        let workspace = claim.job.workspace_id;
        let Some(grant) = self.grant(claim).await? else {
            return Ok(Ended::new(RunStatus::Skipped, Some("gone"), Finish::Remove));
        };
        if self.connections.is_dead(&grant).await? {
            return Ok(Ended::new(RunStatus::Skipped, Some("needs_reconnect"), Finish::Done(None)));
        }
        let refreshed = self.connections.refresh_grant(grant.clone(), claim.job.trigger, false).await?;
        if let Refreshed::Attempted(attempt) = &refreshed
            && attempt.outcome == RefreshOutcome::Succeeded
            && attempt.new_expires_at.is_some()
        {
            let (expires_at, finished_at) = (attempt.new_expires_at, attempt.finished_at);
            let renewed = self.connections.renewed(grant, attempt.started_at, expires_at, finished_at);
            let next = self.connections.next_refresh(&renewed, self.world.now());
            return Ok(Ended::new(RunStatus::Succeeded, None, Finish::Done(Some(next))));
        }
        let Some(grant) = self.grant(claim).await? else {
            return Ok(Ended::new(RunStatus::Skipped, Some("gone"), Finish::Remove));
        };
        // Whatever it was, only the owner can help now.
        let failed =
            if self.connections.is_dead(&grant).await? { Finish::Done(None) } else { Finish::Failed };
        let next = Finish::Done(Some(self.connections.next_refresh(&grant, self.world.now())));
        Ok(match refreshed {
            Refreshed::Attempted(attempt) => match attempt.outcome {
                RefreshOutcome::Succeeded => Ended::new(RunStatus::Succeeded, None, next),
                RefreshOutcome::NotExtended => Ended::new(RunStatus::Failed, Some("not_extended"), next),
                RefreshOutcome::Started | RefreshOutcome::Interrupted => {
                    Ended::new(RunStatus::Failed, Some("lost"), failed)
                }
                RefreshOutcome::Failed => Ended::new(RunStatus::Failed, Some("refused"), failed),
            },
            Refreshed::Skipped(Skip::NoToken | Skip::NeverExpires | Skip::ExpiredLongAgo) => {
                // Nothing will change until somebody reconnects, which makes it due again.
                let reason = skip_reason(&refreshed);
                if matches!(refreshed, Refreshed::Skipped(Skip::ExpiredLongAgo)) {
                    self.connections.check(workspace, id, true).await?;
                }
                Ended::new(RunStatus::Skipped, reason, Finish::Done(None))
            }
            Refreshed::Skipped(Skip::Paused(until)) => {
                Ended::new(RunStatus::Skipped, skip_reason(&refreshed), Finish::Later(until))
            }
            Refreshed::Skipped(Skip::Busy) => {
                let soon = self.world.now() + LOOK_AGAIN;
                Ended::new(RunStatus::Skipped, skip_reason(&refreshed), Finish::Later(soon))
            }
            Refreshed::Skipped(_) => Ended::new(RunStatus::Skipped, skip_reason(&refreshed), next),
        })
    }

    pub(crate) async fn check_token(&self, claim: &Claim) -> Result<Ended, DbErr> {
        let id = ConnectionId(claim.job.subject_id);
        let workspace = claim.job.workspace_id;
        if self.grant(claim).await?.is_none() {
            return Ok(Ended::new(RunStatus::Skipped, Some("gone"), Finish::Remove));
        }
        let checked = self.connections.check_as(workspace, id, claim.job.trigger).await?;
        self.connections.warn(workspace, id).await?;
        self.connections.watch_numbers(workspace, id).await?;
        let next = Finish::Done(Some(self.connections.next_check(workspace, id).await?));
        Ok(match checked {
            Checked::Valid => Ended::new(RunStatus::Succeeded, None, next),
            Checked::Healed => Ended::new(RunStatus::Succeeded, Some(checked.name()), next),
            Checked::Cached => Ended::new(RunStatus::Skipped, Some(checked.name()), next),
            Checked::Dead | Checked::Unsure | Checked::NoToken => {
                Ended::new(RunStatus::Failed, Some(checked.name()), next)
            }
            Checked::Paused(until) => {
                Ended::new(RunStatus::Skipped, Some(checked.name()), Finish::Later(until))
            }
            Checked::NoAnswer => Ended::new(RunStatus::Failed, Some(checked.name()), Finish::Failed),
        })
    }

    async fn grant(&self, claim: &Claim) -> Result<Option<connection::Model>, DbErr> {
        connection::Entity::in_workspace(claim.job.workspace_id)
            .filter(connection::Column::Id.eq(ConnectionId(claim.job.subject_id)))
            .one(&*self.database)
            .await
    }
}

fn skip_reason(refreshed: &Refreshed) -> Option<&'static str> {
    match refreshed {
        Refreshed::Skipped(skip) => Some(skip.name()),
        Refreshed::Attempted(_) => None,
    }
}
