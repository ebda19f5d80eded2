//! Incidents and their mails.

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use connections::health::explain_reason;
use entity::{AccountId, IncidentId, incident, outbox};

use super::account::{Account, ReadAhead, load};
use super::caller::Ask as _;
use super::enums::{HealthReason, MailState};
use super::fault::Fault;
use super::ids::global;
use super::page::connection;

/// One continuous period in which an account needs a person.
#[derive(Clone)]
pub(crate) struct Incident {
    pub(crate) row: incident::Model,
    pub(crate) member: identity::Member,
    pub(crate) accounts: ReadAhead<AccountId, Account>,
    pub(crate) mails: ReadAhead<IncidentId, Vec<outbox::Model>>,
}

impl Incident {
    /// One that is on no page.
    pub(crate) fn alone(row: incident::Model, member: identity::Member) -> Self {
        Self { row, member, accounts: None, mails: None }
    }
}

/// The mails about incidents of the member's workspace, the oldest first.
pub(crate) async fn mails_about(
    ctx: &Context<'_>,
    member: &identity::Member,
    ids: Vec<IncidentId>,
) -> Result<Vec<(IncidentId, outbox::Model)>, Fault> {
    Ok(mail::outbox::about(&*ctx.services()?.database, member.workspace_id(), &ids).await?)
}

connection!(IncidentConnection, IncidentEdge, Incident, "incidents");

#[Object]
impl Incident {
    /// The global id.
    pub(crate) async fn id(&self) -> ID {
        global(self.row.id)
    }

    /// The account.
    async fn account(&self, ctx: &Context<'_>) -> Result<Account, Fault> {
        let id = self.row.account_id;
        let account = match &self.accounts {
            Some(accounts) => accounts.get(&id).cloned(),
            None => load(ctx, &self.member, id).await?,
        };
        account.ok_or_else(|| Fault::Internal("an incident without its account".to_owned()))
    }

    /// Why a person is needed.
    async fn cause(&self) -> HealthReason {
        self.row.cause.into()
    }

    /// The cause in one sentence of plain words.
    async fn explanation(&self) -> &'static str {
        explain_reason(self.row.cause)
    }

    /// When it began.
    async fn opened_at(&self) -> DateTime<Utc> {
        self.row.opened_at
    }

    /// When it ended; null while it is open.
    async fn closed_at(&self) -> Option<DateTime<Utc>> {
        self.row.closed_at
    }

    /// The mails that were sent about it.
    async fn mails(&self, ctx: &Context<'_>) -> Result<Vec<IncidentMail>, Fault> {
        let mails = match &self.mails {
            Some(mails) => mails.get(&self.row.id).cloned().unwrap_or_default(),
            None => {
                let mails = mails_about(ctx, &self.member, vec![self.row.id]).await?;
                mails.into_iter().map(|(_, mail)| mail).collect()
            }
        };
        Ok(mails.into_iter().map(IncidentMail::from).collect())
    }
}

/// A mail about an incident.
#[derive(SimpleObject)]
pub(crate) struct IncidentMail {
    /// Who it is for.
    recipient: String,
    /// Its subject line.
    subject: String,
    /// How far it is.
    state: MailState,
    /// When it was queued.
    queued_at: DateTime<Utc>,
    /// When the mail server took it.
    sent_at: Option<DateTime<Utc>>,
}

impl From<outbox::Model> for IncidentMail {
    fn from(mail: outbox::Model) -> Self {
        Self {
            recipient: mail.recipient,
            subject: mail.subject,
            state: mail.state.into(),
            queued_at: mail.created_at,
            sent_at: mail.sent_at,
        }
    }
}
