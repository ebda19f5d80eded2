//! Opening and closing incidents. Both run in the transaction that changes the health, so that no
//! account is broken without an incident and no mail is queued without one.

use std::collections::BTreeMap;
use std::time::Duration;

use channels::announce;
use channels::event::Event;
use chrono::TimeDelta;
use entity::account::{self, HealthReason};
use entity::incident::End;
use entity::outbox::{self, MailKind, MailState};
use entity::{AccountId, InWorkspace, IncidentId, LinkId, OutboxId, WorkspaceId, incident, workspace};
use mail::Audience;
use mail::content::Stage;
use platform::{AuthSecret, World};
use sea_orm::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ConnectionTrait, QueryOrder as _};

/// What has been quiet for so long is over: until then it may come back.
pub(crate) const SETTLED_AFTER: TimeDelta = TimeDelta::hours(24);
/// How long after the first mail the second one follows.
pub(crate) const REMIND_AFTER: TimeDelta = TimeDelta::days(3);
/// How long after the first mail the last one follows.
pub(crate) const REMIND_LAST_AFTER: TimeDelta = TimeDelta::days(7);

/// An account and its open incident.
pub(crate) type Broken = (account::Model, IncidentId);

/// What opening and closing needs besides the database.
#[derive(Clone, Debug)]
pub struct Incidents {
    pub(crate) world: World,
    pub(crate) secret: std::sync::Arc<AuthSecret>,
    pub(crate) link_lifetime: Duration,
    /// How long the first mail waits for others to the same recipient.
    pub(crate) hold: TimeDelta,
}

impl Incidents {
    /// Links live for `link_lifetime` and are made from `secret`. The first mail about accounts that
    /// broke waits for `hold`, as others to the same recipient may follow.
    #[must_use]
    pub fn new(
        world: World,
        secret: std::sync::Arc<AuthSecret>,
        link_lifetime: Duration,
        hold: TimeDelta,
    ) -> Self {
        Self { world, secret, link_lifetime, hold }
    }

    /// Opens an incident for each of `accounts` (all of `workspace`, broken by the same event)
    /// that has none open, and queues one mail per recipient, however many accounts it is about: to the
    /// account's contact address, or else to the managers in `audience`; and to its team. One that ended by itself less than a day ago
    /// is opened again instead, without another mail: so often an account may come and go.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open(
        &self,
        db: &impl ConnectionTrait,
        workspace: WorkspaceId,
        accounts: &[account::Model],
        cause: HealthReason,
        audience: &Audience,
    ) -> Result<(), DbErr> {
        let mut opened = Vec::new();
        for account in accounts {
            if let Some(incident) = self.open_one(db, account, cause).await? {
                opened.push((account.clone(), incident));
            }
        }
        if !concerns_owner(cause) {
            return Ok(());
        }
        self.tell_team(db, workspace, cause, &opened, audience).await?;
        self.tell(db, workspace, cause, Stage::Opened, by_recipient(opened, &audience.managers)).await
    }

    /// The incident of which the owner is to be told, if there is something to tell.
    async fn open_one(
        &self,
        db: &impl ConnectionTrait,
        account: &account::Model,
        cause: HealthReason,
    ) -> Result<Option<IncidentId>, DbErr> {
        if let Some(open) = find_open(db, account).await? {
            // What was the operator's matter has become the owner's.
            let becomes_theirs = !concerns_owner(open.cause) && concerns_owner(cause);
            if becomes_theirs {
                set_cause(db, &open, cause).await?;
            }
            return Ok(becomes_theirs.then_some(open.id));
        }
        if let Some(incident) = self.find_flapping(db, account).await? {
            return self.reopen(db, account, &incident, cause).await;
        }
        let opened = incident::ActiveModel {
            id: Set(IncidentId(self.world.new_id())),
            workspace_id: Set(account.workspace_id),
            account_id: Set(account.id),
            cause: Set(cause),
            opened_at: Set(self.world.now()),
            closed_at: Set(None),
            ended: Set(None),
        }
        .insert(db)
        .await?;
        announce(db, &self.world, account, Event::IncidentOpened { incident: &opened, reopened: false })
            .await?;
        Ok(Some(opened.id))
    }

    /// The last incident of `account`, if it ended by itself less than a day ago.
    async fn find_flapping(
        &self,
        db: &impl ConnectionTrait,
        account: &account::Model,
    ) -> Result<Option<incident::Model>, DbErr> {
        let last = incident::Entity::in_workspace(account.workspace_id)
            .filter(incident::Column::AccountId.eq(account.id))
            .order_by_desc(incident::Column::OpenedAt)
            .one(db)
            .await?;
        let lately = |incident: &incident::Model| {
            incident.closed_at.is_some_and(|at| self.world.now() - at < SETTLED_AFTER)
        };
        Ok(last.filter(|incident| incident.ended == Some(End::ByItself) && lately(incident)))
    }

    /// Goes on with an incident that seemed over. Gives it back where its owner has not been told of it.
    async fn reopen(
        &self,
        db: &impl ConnectionTrait,
        account: &account::Model,
        incident: &incident::Model,
        cause: HealthReason,
    ) -> Result<Option<IncidentId>, DbErr> {
        incident::Entity::update_in_workspace(incident.workspace_id)
            .col_expr(incident::Column::ClosedAt, Expr::value(Option::<DateTimeUtc>::None))
            .col_expr(incident::Column::Ended, Expr::value(Option::<End>::None))
            .col_expr(incident::Column::Cause, Expr::value(cause))
            .filter(incident::Column::Id.eq(incident.id))
            .exec(db)
            .await?;
        let reopened = incident::Model { cause, closed_at: None, ended: None, ..incident.clone() };
        announce(db, &self.world, account, Event::IncidentOpened { incident: &reopened, reopened: true })
            .await?;
        let mails = mail::outbox::about(db, incident.workspace_id, &[incident.id]).await?;
        mail::outbox::cancel_about(db, incident.workspace_id, &[incident.id]).await?;
        for (_, mail) in mails.iter().filter(|(_, mail)| mail.state == MailState::Queued) {
            self.tell_the_rest(db, mail).await?;
        }
        let told = mails
            .iter()
            .any(|(_, mail)| mail.kind == MailKind::NeedsReconnect && mail.state == MailState::Sent);
        if told && concerns_owner(cause) {
            self.follow_up_later(db, incident.workspace_id, incident.id, incident.opened_at + REMIND_AFTER)
                .await?;
        }
        Ok((!told).then_some(incident.id))
    }

    /// Closes the open incidents of `accounts` (all of `workspace`). Mails that have not left yet
    /// are cancelled. If the accounts recovered, who has been told of the trouble is told so: at once
    /// when somebody repaired them, and after a quiet day when they did so by themselves.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn close(
        &self,
        db: &impl ConnectionTrait,
        workspace: WorkspaceId,
        accounts: &[account::Model],
        end: End,
    ) -> Result<(), DbErr> {
        let mut closed = BTreeMap::new();
        for account in accounts {
            let open = match (find_open(db, account).await?, end) {
                // Good news that wait for a quiet day are none about what is no longer connected.
                (None, End::Disconnected) => self.find_flapping(db, account).await?,
                (open, _) => open,
            };
            let Some(incident) = open else { continue };
            incident::Entity::update_in_workspace(workspace)
                .col_expr(incident::Column::ClosedAt, Expr::value(self.world.now()))
                .col_expr(incident::Column::Ended, Expr::value(end))
                .filter(incident::Column::Id.eq(incident.id))
                .exec(db)
                .await?;
            if incident.closed_at.is_none() {
                announce(db, &self.world, account, Event::IncidentClosed { incident: &incident, ended: end })
                    .await?;
            }
            closed.insert(incident.id, account.username.as_str());
        }
        let ids: Vec<_> = closed.keys().copied().collect();
        let mails = mail::outbox::about(db, workspace, &ids).await?;
        mail::outbox::cancel_about(db, workspace, &ids).await?;
        let mut overtaken = BTreeMap::new();
        let mut told: BTreeMap<&str, BTreeMap<IncidentId, &str>> = BTreeMap::new();
        for (incident, mail) in &mails {
            match (mail.state, closed.get(incident)) {
                (MailState::Queued, _) => {
                    overtaken.insert(mail.id, mail);
                }
                (MailState::Sent, Some(handle)) if end != End::Disconnected => {
                    told.entry(&mail.recipient).or_default().insert(*incident, handle);
                }
                _ => {}
            }
        }
        for mail in overtaken.values() {
            self.tell_the_rest(db, mail).await?;
        }
        let at = match end {
            End::Repaired | End::Disconnected => self.world.now(),
            End::ByItself => self.world.now() + SETTLED_AFTER,
        };
        for (recipient, incidents) in told {
            let incidents = incidents.into_iter().map(|(id, handle)| (id, handle.to_owned())).collect();
            self.tell_recovered(db, workspace, recipient, incidents, at).await?;
        }
        Ok(())
    }
}

/// Who is to be told of which accounts: the account's contact address, or else `fallback`.
pub(crate) fn by_recipient(
    broken: impl IntoIterator<Item = Broken>,
    fallback: &[String],
) -> BTreeMap<String, Vec<Broken>> {
    let mut groups: BTreeMap<String, Vec<Broken>> = BTreeMap::new();
    for (account, incident) in broken {
        for recipient in recipients_of(&account, fallback) {
            groups.entry(recipient.clone()).or_default().push((account.clone(), incident));
        }
    }
    groups
}

/// Who is asked to repair an account.
pub(crate) fn recipients_of<'a>(account: &'a account::Model, fallback: &'a [String]) -> &'a [String] {
    account.contact_email.as_ref().map_or(fallback, std::slice::from_ref)
}

/// The accounts that the mail with the reconnect link `link` named, in the order of their handles.
/// None for a link that was made by hand.
///
/// # Errors
/// When the database fails.
pub async fn accounts_of_link(
    db: &impl ConnectionTrait,
    workspace: WorkspaceId,
    link: LinkId,
) -> Result<Vec<account::Model>, DbErr> {
    let mails =
        outbox::Entity::in_workspace(workspace).filter(outbox::Column::LinkId.eq(link.0)).all(db).await?;
    let mut accounts: Vec<_> = accounts_of(db, workspace, mails.iter().map(|mail| mail.id))
        .await?
        .into_iter()
        .map(|(account, _)| account)
        .collect();
    accounts.dedup_by_key(|account| account.id);
    Ok(accounts)
}

/// The open incidents of `accounts`.
///
/// # Errors
/// When the database fails.
pub async fn open_of(
    db: &impl ConnectionTrait,
    workspace: WorkspaceId,
    accounts: &[account::Model],
) -> Result<Vec<IncidentId>, DbErr> {
    let open = incident::Entity::in_workspace(workspace)
        .filter(incident::Column::AccountId.is_in(accounts.iter().map(|account| account.id)))
        .filter(incident::Column::ClosedAt.is_null())
        .all(db)
        .await?;
    Ok(open.into_iter().map(|incident| incident.id).collect())
}

/// The accounts that `mails` are about, in the order of their handles, with the incidents.
pub(crate) async fn accounts_of(
    db: &impl ConnectionTrait,
    workspace: WorkspaceId,
    mails: impl IntoIterator<Item = OutboxId>,
) -> Result<Vec<(account::Model, incident::Model)>, DbErr> {
    let ids = mail::outbox::incidents_of(db, workspace, mails).await?;
    let incidents =
        incident::Entity::in_workspace(workspace).filter(incident::Column::Id.is_in(ids)).all(db).await?;
    let accounts = account::Entity::in_workspace(workspace)
        .filter(account::Column::Id.is_in(incidents.iter().map(|incident| incident.account_id)))
        .order_by_asc(account::Column::Username)
        .all(db)
        .await?;
    let of = |account: AccountId| incidents.iter().filter(move |incident| incident.account_id == account);
    Ok(accounts
        .iter()
        .flat_map(|account| of(account.id).map(|incident| (account.clone(), incident.clone())))
        .collect())
}

/// Whether the account's owner can do something about `cause`. A token that does not open is our
/// operator's matter, and a disconnect was somebody's wish.
pub(crate) fn concerns_owner(cause: HealthReason) -> bool {
    !matches!(cause, HealthReason::TokenUnreadable | HealthReason::Disconnected)
}

async fn find_open(
    db: &impl ConnectionTrait,
    account: &account::Model,
) -> Result<Option<incident::Model>, DbErr> {
    incident::Entity::in_workspace(account.workspace_id)
        .filter(incident::Column::AccountId.eq(account.id))
        .filter(incident::Column::ClosedAt.is_null())
        .one(db)
        .await
}

pub(crate) async fn name_of(db: &impl ConnectionTrait, workspace: WorkspaceId) -> Result<String, DbErr> {
    Ok(workspace::Entity::in_workspace(workspace).one(db).await?.map(|row| row.name).unwrap_or_default())
}

async fn set_cause(
    db: &impl ConnectionTrait,
    incident: &incident::Model,
    cause: HealthReason,
) -> Result<(), DbErr> {
    incident::Entity::update_in_workspace(incident.workspace_id)
        .col_expr(incident::Column::Cause, Expr::value(cause))
        .filter(incident::Column::Id.eq(incident.id))
        .exec(db)
        .await?;
    Ok(())
}
