//! Telling the people who run this installation what needs them.

use chrono::TimeDelta;
use entity::{AccountId, InWorkspace as _, WorkspaceId, account, job};
use mail::Content;
use mail::operator::Matter;
use mail::outbox::{self, NewMail};
use meta::ErrorKind;
use sea_orm::prelude::*;
use sea_orm::{ConnectionTrait, QueryOrder as _, QuerySelect as _, QueryTrait as _};

use crate::Connections;
use crate::health::{COLLECTING, Event, RED};

/// Work that was set aside longer ago has been told of.
const LATELY: TimeDelta = TimeDelta::hours(1);
/// What is more comes with the next look.
const MOST_AT_ONCE: u64 = 100;

impl Connections {
    /// Queues a mail about `matter` to every operator, unless there was one about it today already.
    pub(crate) async fn tell_operators(
        &self,
        db: &impl ConnectionTrait,
        matter: Matter,
        about: Option<&str>,
    ) -> Result<(), DbErr> {
        for recipient in self.identity.operators_addresses() {
            let key = self.notice_key(matter, recipient);
            let content = Content::OperatorNotice { matter, about: about.map(str::to_owned) };
            self.queue_notice(db, key, recipient, content).await?;
        }
        Ok(())
    }

    /// Queues a mail to every operator that Meta refuses the metric `what` for many accounts, unless
    /// there was one about it before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tell_of_refused_metric(&self, db: &impl ConnectionTrait, what: &str) -> Result<(), DbErr> {
        let matter = Matter::MetricRefused;
        for recipient in self.identity.operators_addresses() {
            let key = format!("operator:{}:{what}:{recipient}", matter.name());
            let content = Content::OperatorNotice { matter, about: Some(what.to_owned()) };
            self.queue_notice(db, key, recipient, content).await?;
        }
        Ok(())
    }

    async fn queue_notice(
        &self,
        db: &impl ConnectionTrait,
        dedupe_key: String,
        recipient: &str,
        content: Content,
    ) -> Result<(), DbErr> {
        let notice = NewMail {
            workspace_id: WorkspaceId(Uuid::nil()),
            dedupe_key,
            recipient: recipient.to_owned(),
            content,
            incidents: Vec::new(),
            link_id: None,
        };
        outbox::queue(db, &self.world, notice).await?;
        Ok(())
    }

    /// As [`Connections::tell_operators`], where what Meta answered is their matter and no transaction is
    /// open.
    pub(crate) async fn tell_operators_of(&self, error: &meta::Error) -> Result<(), DbErr> {
        let Some(matter) = matter_of(error.kind()) else { return Ok(()) };
        self.tell_operators_alone(matter).await
    }

    /// Looks for work that was set aside lately: its accounts are quarantined, and operators are told.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_work_set_aside(&self) -> Result<(), DbErr> {
        let lately = || {
            job::Entity::across_workspaces().filter(job::Column::QuarantinedAt.gt(self.world.now() - LATELY))
        };
        let known = account::Entity::across_workspaces()
            .select_only()
            .column(account::Column::Id)
            .filter(account::Column::Health.is_in(RED))
            .into_query();
        let new = lately()
            .filter(job::Column::Kind.is_in(COLLECTING))
            .filter(job::Column::SubjectId.not_in_subquery(known))
            .order_by_asc(job::Column::QuarantinedAt)
            .limit(MOST_AT_ONCE)
            .all(&*self.database)
            .await?;
        for work in &new {
            let id = AccountId(work.subject_id);
            let transaction = self.database.begin().await?;
            if let Some(account) = self.account_row(&*transaction, work.workspace_id, id).await? {
                let accounts = std::slice::from_ref(&account);
                self.apply(&*transaction, work.workspace_id, accounts, Event::SetAside).await?;
            }
            transaction.commit().await?;
        }
        match lately().limit(1).one(&*self.database).await? {
            Some(_) => self.tell_operators_alone(Matter::WorkSetAside).await,
            None => Ok(()),
        }
    }

    /// What makes it the same mail: once a day about each matter.
    fn notice_key(&self, matter: Matter, recipient: &str) -> String {
        format!("operator:{}:{}:{recipient}", matter.name(), self.world.now().date_naive())
    }

    /// As [`Connections::tell_operators`], where no transaction is open.
    pub(crate) async fn tell_operators_alone(&self, matter: Matter) -> Result<(), DbErr> {
        let Some(recipient) = self.identity.operators_addresses().last() else { return Ok(()) };
        // While Meta refuses everything, this is asked at every call: most find that it has been said.
        let nobody = WorkspaceId(Uuid::nil());
        if outbox::exists(&*self.database, nobody, &self.notice_key(matter, recipient)).await? {
            return Ok(());
        }
        let transaction = self.database.begin().await?;
        self.tell_operators(&*transaction, matter, None).await?;
        transaction.commit().await
    }
}

/// What an answer of Meta means for operators, if anything.
pub(crate) fn matter_of(kind: ErrorKind) -> Option<Matter> {
    match kind {
        ErrorKind::Operator(_) => Some(Matter::AppRefused),
        ErrorKind::Blocked => Some(Matter::Blocked),
        _ => None,
    }
}
