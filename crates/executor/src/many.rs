//! Collecting from many accounts at the same moment: what each of them needs is read by a few statements
//! for all of them, and what came of those that went as usual is written by one transaction.
//!
//! Whatever is out of the ordinary leaves this way and is done alone, as if there were no others.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use channels::event;
use chrono::{DateTime, Utc};
use entity::account::{self, Health};
use entity::delivery::EventType;
use entity::job::JobKind;
use entity::run::{self, RunStatus};
use entity::{AccountId, InWorkspace as _, WorkspaceId};
use insights::collect::Known;
use jobs::claim::{Claim, Finish};
use jobs::runs;
use sea_orm::prelude::*;
use sea_orm::{DbErr, QueryOrder as _, QuerySelect as _};

use crate::{Collected, Ended, Executor};

/// So many accounts are read or written at once: more make no statement cheaper, and a transaction longer.
pub(crate) const MOST: usize = 64;
/// Which account is wanted.
pub(crate) type Wanted = (WorkspaceId, AccountId);
/// An account that can be read, and what collecting from it begins with.
pub(crate) type Begun = (account::Model, Known);

/// Work that is to be written down as ended.
#[derive(Clone)]
pub(crate) struct ToFinish {
    pub(crate) claim: Claim,
    pub(crate) ended: Arc<Ended>,
    pub(crate) started_at: DateTime<Utc>,
}

/// What became of it.
#[derive(Debug)]
pub(crate) enum Finished {
    /// It is written.
    Done(run::Model),
    /// The claim was lost; nothing is written.
    Lost,
    /// It is to be written alone.
    Alone,
}

impl Executor {
    /// The account of a claim with what collecting from it begins with, read together with those of others.
    /// `None` when anything about it is out of the ordinary.
    pub(crate) async fn begin_together(&self, claim: &Claim) -> Option<Begun> {
        let wanted = (claim.job.workspace_id, AccountId(claim.job.subject_id));
        let begin = |wanted: Vec<Wanted>| async move {
            self.begin_many(&wanted).await.unwrap_or_else(|error| {
                tracing::warn!(%error, "what several accounts need cannot be read; each is tried alone");
                wanted.iter().map(|_| None).collect()
            })
        };
        self.beginning.ask(wanted, begin).await.flatten()
    }

    async fn begin_many(&self, wanted: &[Wanted]) -> Result<Vec<Option<Begun>>, DbErr> {
        let accounts = account::Entity::across_workspaces()
            .filter(account::Column::Id.is_in(wanted.iter().map(|(_, id)| *id)))
            .filter(account::Column::Health.eq(Health::Healthy))
            .all(&*self.database)
            .await?;
        let mut known = self.insights.known_and_ready(&accounts.iter().collect::<Vec<_>>()).await?;
        let mut accounts: HashMap<_, _> =
            accounts.into_iter().map(|account| ((account.workspace_id, account.id), account)).collect();
        let begun = wanted.iter().map(|wanted| {
            let account = accounts.remove(wanted)?;
            let known = known.remove(&account.id)?;
            Some((account, known))
        });
        Ok(begun.collect())
    }

    /// Writes down that work has ended, together with other work; [`Finished::Alone`] where it cannot be.
    pub(crate) async fn finish_together(&self, to_finish: ToFinish) -> Finished {
        if !is_usual(&to_finish) {
            return Finished::Alone;
        }
        let finish = |many: Vec<ToFinish>| async move {
            self.finish_many(&many).await.unwrap_or_else(|error| {
                tracing::info!(%error, "several results could not be written at once; each is written alone");
                many.iter().map(|_| Finished::Alone).collect()
            })
        };
        // Who was being written by somebody that was stopped has not been written.
        self.finishing.ask(to_finish, finish).await.unwrap_or(Finished::Alone)
    }

    async fn finish_many(&self, many: &[ToFinish]) -> Result<Vec<Finished>, DbErr> {
        let now = self.world.now();
        let transaction = self.database.begin().await?;
        let db = &*transaction;
        let accounts: HashMap<AccountId, account::Model> = account::Entity::across_workspaces()
            .filter(
                account::Column::Id.is_in(many.iter().filter_map(|one| one.account()).map(|seen| seen.id)),
            )
            .order_by_asc(account::Column::Id)
            .lock_exclusive()
            .all(db)
            .await?
            .into_iter()
            .map(|account| (account.id, account))
            .collect();
        // What happened to an account meanwhile decides what an answer means for it.
        let as_before = |one: &&ToFinish| {
            one.account().is_some_and(|seen| {
                accounts.get(&seen.id).is_some_and(|current| {
                    current.health == Health::Healthy && current.health_since == seen.health_since
                })
            })
        };
        let together: Vec<&ToFinish> = many.iter().filter(as_before).collect();
        let ends: Vec<_> = together.iter().map(|one| (&one.claim, one.next())).collect();
        let ended = self.claims.finish_each(db, &ends).await?;
        let kept: Vec<&ToFinish> =
            together.iter().copied().filter(|one| ended.contains(&one.claim.job.id)).collect();
        let mut runs = HashMap::new();
        if !kept.is_empty() {
            self.write_many(db, &kept, now).await?;
            let records = kept.iter().filter_map(|one| one.record()).collect();
            for (one, run) in kept.iter().zip(runs::record_each(db, &self.world, records).await?) {
                runs.insert(one.claim.job.id, run);
            }
        }
        transaction.commit().await?;
        let lost: HashSet<_> =
            together.iter().map(|one| one.claim.job.id).filter(|id| !ended.contains(id)).collect();
        let finished = many.iter().map(|one| match runs.remove(&one.claim.job.id) {
            Some(run) => Finished::Done(run),
            None if lost.contains(&one.claim.job.id) => Finished::Lost,
            None => Finished::Alone,
        });
        let finished: Vec<_> = finished.collect();
        let answered: Vec<_> = kept.iter().filter_map(|one| one.account()).collect();
        // It is written by now, whatever becomes of this; the next answer says the same.
        if let Err(error) = self.connections.note_answers(&answered).await {
            tracing::warn!(%error, "what was suspected of several logins stays suspected");
        }
        Ok(finished)
    }

    /// As [`Executor::store_gathered`] for one.
    async fn write_many(
        &self,
        db: &impl ConnectionTrait,
        kept: &[&ToFinish],
        now: DateTime<Utc>,
    ) -> Result<(), DbErr> {
        let gathered: Vec<_> = kept
            .iter()
            .filter_map(|one| one.account().map(|account| (account, &one.ended.brought.gathered)))
            .collect();
        insights::store::store_values(db, &gathered, now).await?;
        insights::store::note_collected(db, &gathered, now).await?;
        let accounts: Vec<_> = gathered.iter().map(|(account, _)| account.id).collect();
        self.connections.prove_again(db, &accounts).await?;
        let workspaces: HashSet<_> = gathered.iter().map(|(account, _)| account.workspace_id).collect();
        let listening = event::listening(db, workspaces, EventType::InsightsCollected).await?;
        for (account, gathered) in gathered {
            if listening.contains(&account.workspace_id) {
                let collected = event::Event::InsightsCollected { values: gathered.stored() };
                event::announce(db, &self.world, account, collected).await?;
            }
        }
        Ok(())
    }
}

impl ToFinish {
    fn account(&self) -> Option<&account::Model> {
        self.ended.account.as_ref()
    }

    fn next(&self) -> Option<DateTime<Utc>> {
        match self.ended.finish {
            Finish::Done(next) => next,
            Finish::Later(_) | Finish::Failed | Finish::Remove => None,
        }
    }

    pub(crate) fn record(&self) -> Option<runs::Ended> {
        self.ended.record(&self.claim, self.started_at)
    }
}

/// Whether nothing follows from it but values, a proof, and the next time.
fn is_usual(one: &ToFinish) -> bool {
    let brought = &one.ended.brought;
    one.claim.job.kind == JobKind::CollectInsights
        && one.ended.status == RunStatus::Succeeded
        && matches!(one.ended.finish, Finish::Done(Some(_)))
        && brought.collected == Some(Collected::Insights)
        && brought.gathered.is_nothing_but_values()
        && one.account().is_some_and(|account| {
            !crate::collecting::misses_days(account, &brought.gathered, one.started_at)
        })
}
