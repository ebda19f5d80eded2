//! The mails that hang on incidents: the first one, its reminders, the good news at the end, and the
//! warnings before anything has happened.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use chrono::{DateTime, TimeDelta, Utc};
use entity::account::{self, HealthReason};
use entity::incident::End;
use entity::job::{JobKind, Trigger};
use entity::outbox::{self, MailKind, MailState};
use entity::reconnect_link::{self, LinkState};
use entity::{
    ConnectionId, InWorkspace as _, IncidentId, LinkId, OutboxId, WorkspaceId, connection, incident,
    incident_mail,
};
use jobs::queue::{Work, make_due};
use mail::content::{Ends, Stage};
use mail::outbox::NewMail;
use mail::{Audience, Content};
use platform::secret::token_hash;
use sea_orm::ConnectionTrait;
use sea_orm::prelude::*;
use sea_orm::{QuerySelect as _, QueryTrait as _};

use crate::incident::{
    Broken, Incidents, REMIND_AFTER, REMIND_LAST_AFTER, SETTLED_AFTER, accounts_of, by_recipient,
    concerns_owner, name_of, recipients_of,
};
use crate::link;

/// Days before an end at which its owner is warned, the most urgent first.
const WARN_AT_DAYS: [i64; 3] = [1, 3, 7];
/// Work is done a little after it is due, and mails are written in another second than they are due in.
const SLACK: TimeDelta = TimeDelta::hours(12);
/// A link that ends sooner is not worth another mail.
const LINK_LASTS_ON: TimeDelta = TimeDelta::days(2);

impl Incidents {
    /// Queues one mail per recipient about accounts that broke together.
    pub(crate) async fn tell(
        &self,
        db: &impl ConnectionTrait,
        workspace: WorkspaceId,
        cause: HealthReason,
        stage: Stage,
        by_recipient: BTreeMap<String, Vec<Broken>>,
    ) -> Result<(), DbErr> {
        let workspace_name = name_of(db, workspace).await?;
        let hold = if stage == Stage::Opened { self.hold } else { TimeDelta::zero() };
        for (recipient, group) in by_recipient {
            // All accounts of the group broke together, so the repair of the first repairs all.
            let Some((account, incident_id)) = group.first() else { continue };
            let link_id = self.link_for(db, account, Some(*incident_id), &recipient).await?;
            let mail = NewMail {
                workspace_id: workspace,
                dedupe_key: format!("incident:{incident_id}:{stage:?}:{}", self.world.new_id()),
                recipient,
                content: Content::NeedsReconnect {
                    workspace_name: workspace_name.clone(),
                    cause,
                    accounts: group.iter().map(|(account, _)| account.username.clone()).collect(),
                    stage,
                },
                incidents: group.iter().map(|(_, incident)| *incident).collect(),
                link_id: Some(link_id.0),
            };
            mail::outbox::queue_for(db, &self.world, mail, self.world.now() + hold).await?;
            let next = match stage {
                Stage::Opened => self.world.now() + REMIND_AFTER,
                Stage::Reminder => self.world.now() + (REMIND_LAST_AFTER - REMIND_AFTER),
                Stage::LastReminder => continue,
            };
            self.follow_up_later(db, workspace, *incident_id, next).await?;
        }
        Ok(())
    }

    /// Queues one mail for each of the team who does not get the owner's mail about an account anyway.
    pub(crate) async fn tell_team(
        &self,
        db: &impl ConnectionTrait,
        workspace: WorkspaceId,
        cause: HealthReason,
        broken: &[Broken],
        audience: &Audience,
    ) -> Result<(), DbErr> {
        let incidents: Vec<_> = broken.iter().map(|(_, incident)| *incident).collect();
        let mails = mail::outbox::about(db, workspace, &incidents).await?;
        for person in &audience.team {
            // An incident that comes and goes is told of once.
            let has_heard = |incident: &IncidentId| {
                mails.iter().any(|(about, mail)| {
                    about == incident
                        && mail.kind == MailKind::TeamAlert
                        && mail.state != MailState::Cancelled
                        && mail.recipient == *person
                })
            };
            let news: Vec<_> = broken
                .iter()
                .filter(|(account, _)| !recipients_of(account, &audience.managers).contains(person))
                .filter(|(_, incident)| !has_heard(incident))
                .collect();
            let Some((_, first)) = news.first() else { continue };
            let dedupe_key = format!("incident:{first}:team:{}", self.world.new_id());
            self.queue_for_team(db, workspace, person, cause, &news, dedupe_key).await?;
        }
        Ok(())
    }

    async fn queue_for_team(
        &self,
        db: &impl ConnectionTrait,
        workspace: WorkspaceId,
        person: &str,
        cause: HealthReason,
        news: &[&Broken],
        dedupe_key: String,
    ) -> Result<(), DbErr> {
        let mail = NewMail {
            workspace_id: workspace,
            dedupe_key,
            recipient: person.to_owned(),
            content: Content::OwnerNeeded {
                workspace_name: name_of(db, workspace).await?,
                workspace_id: workspace.0,
                cause,
                accounts: news.iter().map(|(account, _)| account.username.clone()).collect(),
            },
            incidents: news.iter().map(|(_, incident)| *incident).collect(),
            link_id: None,
        };
        mail::outbox::queue_for(db, &self.world, mail, self.world.now() + self.hold).await?;
        Ok(())
    }

    /// Those of `mails` that tell of accounts which broke in `window` because calls were refused, and not
    /// because this installation cannot open their tokens.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mails_of_refusals(
        &self,
        db: &impl ConnectionTrait,
        workspace: WorkspaceId,
        mails: &[OutboxId],
        window: RangeInclusive<DateTime<Utc>>,
    ) -> Result<Vec<OutboxId>, DbErr> {
        let recent = incident::Entity::in_workspace(workspace)
            .select_only()
            .column(incident::Column::Id)
            .filter(incident::Column::OpenedAt.between(*window.start(), *window.end()))
            .filter(incident::Column::Cause.ne(HealthReason::TokenUnreadable))
            .into_query();
        let about_recent = incident_mail::Entity::in_workspace(workspace)
            .select_only()
            .column(incident_mail::Column::MailId)
            .filter(incident_mail::Column::IncidentId.in_subquery(recent))
            .into_query();
        outbox::Entity::in_workspace(workspace)
            .select_only()
            .column(outbox::Column::Id)
            .filter(outbox::Column::Id.is_in(mails.iter().copied()))
            .filter(outbox::Column::Kind.is_in([MailKind::NeedsReconnect, MailKind::TeamAlert]))
            .filter(outbox::Column::Id.in_subquery(about_recent))
            .into_tuple()
            .all(db)
            .await
    }

    /// Tells the team that no new numbers have arrived for `accounts` since `since`, once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tell_no_numbers(
        &self,
        db: &impl ConnectionTrait,
        workspace: WorkspaceId,
        accounts: &[account::Model],
        since: DateTime<Utc>,
        audience: &Audience,
    ) -> Result<(), DbErr> {
        let Some(first) = accounts.first() else { return Ok(()) };
        for person in &audience.team {
            let mail = NewMail {
                workspace_id: workspace,
                dedupe_key: format!("no_numbers:{}:{}:{}", first.id, since.timestamp(), token_hash(person)),
                recipient: person.clone(),
                content: Content::NoNumbers {
                    workspace_name: name_of(db, workspace).await?,
                    workspace_id: workspace.0,
                    accounts: accounts.iter().map(|account| account.username.clone()).collect(),
                    days: (self.world.now() - since).num_days(),
                },
                incidents: Vec::new(),
                link_id: None,
            };
            mail::outbox::queue(db, &self.world, mail).await?;
        }
        Ok(())
    }

    /// A mail that had not left was cancelled because it is no longer true of one of its accounts: of
    /// the others it is told once more.
    pub(crate) async fn tell_the_rest(
        &self,
        db: &impl ConnectionTrait,
        cancelled: &outbox::Model,
    ) -> Result<(), DbErr> {
        let workspace = cancelled.workspace_id;
        let accounts = accounts_of(db, workspace, [cancelled.id]).await?;
        let (open, closed): (Vec<_>, Vec<_>) =
            accounts.into_iter().partition(|(_, incident)| incident.closed_at.is_none());
        match serde_json::from_value(cancelled.content.clone()) {
            Ok(Content::NeedsReconnect { cause, stage, .. }) => {
                let group = open.into_iter().map(|(account, incident)| (account, incident.id)).collect();
                let by_recipient = BTreeMap::from([(cancelled.recipient.clone(), group)]);
                self.tell(db, workspace, cause, stage, by_recipient).await
            }
            Ok(Content::OwnerNeeded { cause, .. }) if !open.is_empty() => {
                let group: Vec<_> =
                    open.into_iter().map(|(account, incident)| (account, incident.id)).collect();
                let news: Vec<_> = group.iter().collect();
                let key = format!("rest:{}:{}", cancelled.id, self.world.new_id());
                self.queue_for_team(db, workspace, &cancelled.recipient, cause, &news, key).await
            }
            Ok(Content::Recovered { .. }) => {
                let well: Vec<_> = closed
                    .into_iter()
                    .filter(|(_, incident)| incident.ended != Some(End::Disconnected))
                    .collect();
                let since = well.iter().filter_map(|(_, incident)| incident.closed_at).max();
                let at = since.unwrap_or(cancelled.created_at) + SETTLED_AFTER;
                let group =
                    well.into_iter().map(|(account, incident)| (incident.id, account.username)).collect();
                self.tell_recovered(db, workspace, &cancelled.recipient, group, at).await
            }
            _ => Ok(()),
        }
    }

    /// Queues the mail that says that accounts are well again, to be sent at `at`.
    pub(crate) async fn tell_recovered(
        &self,
        db: &impl ConnectionTrait,
        workspace: WorkspaceId,
        recipient: &str,
        incidents: BTreeMap<IncidentId, String>,
        at: DateTime<Utc>,
    ) -> Result<(), DbErr> {
        let Some(first) = incidents.keys().next() else { return Ok(()) };
        let mut handles: Vec<_> = incidents.values().cloned().collect();
        handles.sort();
        let mail = NewMail {
            workspace_id: workspace,
            dedupe_key: format!("incident:{first}:recovered:{}", self.world.new_id()),
            recipient: recipient.to_owned(),
            content: Content::Recovered { workspace_name: name_of(db, workspace).await?, accounts: handles },
            incidents: incidents.keys().copied().collect(),
            link_id: None,
        };
        mail::outbox::queue_for(db, &self.world, mail, at).await?;
        Ok(())
    }

    /// Has somebody look at an incident again at `at`.
    pub(crate) async fn follow_up_later(
        &self,
        db: &impl ConnectionTrait,
        workspace: WorkspaceId,
        incident: IncidentId,
        at: DateTime<Utc>,
    ) -> Result<(), DbErr> {
        let work = Work {
            workspace_id: workspace,
            kind: JobKind::FollowUp,
            subject_id: incident.0,
            due_at: at,
            trigger: Trigger::Scheduled,
        };
        make_due(db, &self.world, work).await
    }

    /// Reminds of the incident `id` and of those that were told of together with it, as far as they
    /// are still open: after three days, after seven, and then no more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn follow_up(
        &self,
        db: &impl ConnectionTrait,
        workspace: WorkspaceId,
        id: IncidentId,
        audience: &Audience,
    ) -> Result<(), DbErr> {
        let mails = mail::outbox::about(db, workspace, &[id]).await?;
        let told = mails.iter().map(|(_, mail)| mail).filter(|mail| mail.kind == MailKind::NeedsReconnect);
        let told: Vec<_> =
            told.filter(|mail| mail.state != MailState::Cancelled).map(|mail| mail.id).collect();
        let mut open = accounts_of(db, workspace, told).await?;
        open.retain(|(_, incident)| incident.closed_at.is_none() && concerns_owner(incident.cause));
        // In the order of the first mail, whose link is that of its first account.
        open.sort_by_key(|(account, _)| account.id);
        open.dedup_by_key(|(account, _)| account.id);
        let Some(first) = open.iter().map(|(_, incident)| incident).min_by_key(|incident| incident.opened_at)
        else {
            return Ok(());
        };
        // Mails may have waited: what counts is how long it has lasted.
        let now = self.world.now();
        let stage =
            if now - first.opened_at >= REMIND_LAST_AFTER { Stage::LastReminder } else { Stage::Reminder };
        let last_time = first.opened_at + REMIND_LAST_AFTER;
        let (cause, ids): (_, Vec<_>) = (first.cause, open.iter().map(|(_, incident)| incident.id).collect());
        // Accounts that come and go, and mails that were overtaken, lead here more than once.
        match self.newest_mail(db, workspace, &ids).await? {
            Some((_, Stage::LastReminder)) => Ok(()),
            Some((_, sent)) if sent == stage => self.follow_up_later(db, workspace, id, last_time).await,
            Some((at, _)) if now - at < REMIND_AFTER - SLACK => {
                self.follow_up_later(db, workspace, id, at + REMIND_AFTER).await
            }
            _ => {
                let group = open.into_iter().map(|(account, incident)| (account, incident.id));
                self.tell(db, workspace, cause, stage, by_recipient(group, &audience.managers)).await
            }
        }
    }

    /// When the last mail that asks for a reconnect was written about any of `incidents`, and which it was.
    async fn newest_mail(
        &self,
        db: &impl ConnectionTrait,
        workspace: WorkspaceId,
        incidents: &[IncidentId],
    ) -> Result<Option<(DateTime<Utc>, Stage)>, DbErr> {
        let mails = mail::outbox::about(db, workspace, incidents).await?;
        let stage = |mail: &outbox::Model| match serde_json::from_value(mail.content.clone()) {
            Ok(Content::NeedsReconnect { stage, .. }) if mail.state != MailState::Cancelled => Some(stage),
            _ => None,
        };
        Ok(mails.iter().rev().find_map(|(_, mail)| Some((mail.created_at, stage(mail)?))))
    }

    /// Warns the owners of `accounts`, all read through the login `grant`, that it ends at `ends_at`:
    /// once when a week is left, once when three days are, and once on the last.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn warn(
        &self,
        db: &impl ConnectionTrait,
        grant: &connection::Model,
        accounts: &[account::Model],
        ends: Ends,
        ends_at: DateTime<Utc>,
        audience: &Audience,
    ) -> Result<(), DbErr> {
        let left = ends_at - self.world.now();
        let Some(days) = WARN_AT_DAYS.into_iter().find(|days| left <= TimeDelta::days(*days)) else {
            return Ok(());
        };
        if left <= TimeDelta::zero() {
            return Ok(());
        }
        // Nobody has an incident yet; the id only makes the same groups of the accounts.
        let nobody = IncidentId(Uuid::nil());
        let groups =
            by_recipient(accounts.iter().map(|account| (account.clone(), nobody)), &audience.managers);
        let workspace = grant.workspace_id;
        let workspace_name = name_of(db, workspace).await?;
        for (recipient, group) in groups {
            let Some((first, _)) = group.first() else { continue };
            let key = warning_key(grant.id, ends);
            let dedupe_key = format!("{key}{}:{days}:{}", ends_at.date_naive(), token_hash(&recipient));
            if mail::outbox::exists(db, workspace, &dedupe_key).await? {
                continue;
            }
            let link = self.link_for(db, first, None, &recipient).await?;
            let mail = NewMail {
                workspace_id: workspace,
                dedupe_key,
                recipient,
                content: Content::ExpiresSoon {
                    workspace_name: workspace_name.clone(),
                    accounts: group.iter().map(|(account, _)| account.username.clone()).collect(),
                    days,
                    ends,
                },
                incidents: Vec::new(),
                link_id: Some(link.0),
            };
            mail::outbox::queue(db, &self.world, mail).await?;
        }
        Ok(())
    }

    /// Takes back the warnings that a grant `ends` and that have not left yet: it does not, any more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn no_warning(
        &self,
        db: &impl ConnectionTrait,
        workspace: WorkspaceId,
        grant: ConnectionId,
        ends: Ends,
    ) -> Result<(), DbErr> {
        mail::outbox::cancel_keyed(db, workspace, &warning_key(grant, ends)).await
    }

    /// A link for a mail: the one of the mail before, or of somebody else's about the same, while it
    /// lasts, so that no mail that somebody still has open loses its link; otherwise a new one.
    async fn link_for(
        &self,
        db: &impl ConnectionTrait,
        account: &account::Model,
        incident_id: Option<IncidentId>,
        recipient: &str,
    ) -> Result<LinkId, DbErr> {
        let worth_it = self.world.now() + LINK_LASTS_ON;
        let links = link::of_account(db, account.workspace_id, account.id).await?;
        let usable = |link: &&reconnect_link::Model| {
            link.incident_id == incident_id
                && link.created_by.is_none()
                && !matches!(link.state, LinkState::Done | LinkState::Revoked)
                && link.starts < link::MAX_STARTS
                && link.expires_at > worth_it
        };
        if let Some(link) = links.iter().find(usable) {
            return Ok(link.id);
        }
        let link = link::New {
            account,
            incident_id,
            created_by: None,
            sent_to: Some(recipient),
            lifetime: self.link_lifetime,
        };
        Ok(link::create(db, &self.world, &self.secret, link).await?.id)
    }
}

fn warning_key(grant: ConnectionId, ends: Ends) -> String {
    format!("warning:{grant}:{ends:?}:")
}
