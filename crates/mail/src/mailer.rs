//! Sends one mail of the outbox.

use std::collections::HashSet;
use std::sync::{Arc, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use entity::connect_link::{self, ConnectLinkState};
use entity::outbox::{Column, Entity, MailKind, MailState, Model};
use entity::reconnect_link::LinkState;
use entity::{ConnectLinkId, Global as _, InWorkspace as _, LinkId, OutboxId, email_link, reconnect_link};
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, Message};
use platform::config::Http;
use platform::{AuthSecret, Database, World};
use sea_orm::prelude::*;
use sea_orm::sea_query::SimpleExpr;
use sea_orm::{Iterable as _, QueryOrder as _, QuerySelect as _};

use tokio::sync::Mutex;

use crate::content::Content;
use crate::letter::Link;
use crate::mask::masked;
use crate::transport::{Transport, TransportError};
use crate::{html, letter, links, plain};

/// How long a mail is tried before it is given up.
const PATIENCE: TimeDelta = TimeDelta::hours(72);

/// How long after one mail about accounts that broke the next one goes to the same recipient: what
/// comes in between is sent together.
const GATHERED_FOR: TimeDelta = TimeDelta::minutes(10);
/// So many mails at most become one; the rest becomes another.
const MOST_TOGETHER: u64 = 50;

/// So many mails that nobody asked for does one recipient get in a day at most; the rest waits.
const ALERTS_A_DAY: u64 = 3;
const DAY: TimeDelta = TimeDelta::days(1);

/// Sends mails; cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    db: Database,
    world: World,
    transport: Arc<dyn Transport>,
    from: Mailbox,
    secret: Arc<AuthSecret>,
    http: Http,
    /// One of these is held while a recipient's alert is counted and sent, so that of several that are
    /// due at once each counts those before it. Another process may still send one at the same time.
    alerting: Arc<[Mutex<()>; 64]>,
    /// What the mail server took although it could not be written down: it is not sent again.
    unnoted: Arc<std::sync::Mutex<HashSet<OutboxId>>>,
}

/// How a delivery ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The mail server took it.
    Sent,
    /// The mail server will never take it; the row says why.
    Refused,
    /// No server took it for 72 hours; the row says why.
    GivenUp,
    /// It was sent before, or it was overtaken by events.
    NothingToDo,
}

/// Why a mail is still waiting.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The mail server could not be reached or asked to come back.
    #[error("the mail has to wait: {problem}")]
    TryLater {
        /// What went wrong, as a stable word.
        problem: String,
    },
    /// The recipient has had as many mails of this kind as one gets in a day.
    #[error("the mail is not sent before {0}")]
    NotBefore(DateTime<Utc>),
    /// The database failed.
    #[error("the database failed while a mail was sent")]
    Database(#[from] DbErr),
}

/// `MAIL_FROM` is not a sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("MAIL_FROM must look like: Mooring <no-reply@mooring.example>")]
pub struct BadSender;

impl Mailer {
    /// A mailer that sends as `from` through `transport`. Links are made from `secret` and start
    /// with the public address of `http`.
    ///
    /// # Errors
    /// When `from` is not a sender.
    pub fn new(
        db: Database,
        world: World,
        transport: Arc<dyn Transport>,
        from: &str,
        secret: Arc<AuthSecret>,
        http: Http,
    ) -> Result<Self, BadSender> {
        let from = from.parse().map_err(|_| BadSender)?;
        let alerting = Arc::new(std::array::from_fn(|_| Mutex::new(())));
        Ok(Self { db, world, transport, from, secret, http, alerting, unnoted: Arc::default() })
    }

    /// The other mails that wait for the recipient of `id` and can be sent together with it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn companions(&self, id: OutboxId) -> Result<Vec<OutboxId>, DbErr> {
        let row = Entity::across_workspaces().filter(Column::Id.eq(id)).one(&*self.db).await?;
        let Some(row) = row.filter(|row| row.state == MailState::Queued && Content::is_gathered(row.kind))
        else {
            return Ok(Vec::new());
        };
        let others = Entity::in_workspace(row.workspace_id)
            .filter(Column::Recipient.eq(&row.recipient))
            .filter(Column::Kind.eq(row.kind))
            .filter(Column::State.eq(MailState::Queued))
            .filter(Column::Id.ne(id))
            .order_by_asc(Column::Id)
            .limit(MOST_TOGETHER)
            .all(&*self.db)
            .await?;
        Ok(others.into_iter().map(|other| other.id).collect())
    }

    /// Sends the mails `ids`, which are for one recipient, as one; without those that were sent or
    /// cancelled before. No transaction is open while the mail server is spoken to. When the process
    /// dies between the server's yes and our note of it, the mail goes out once more, with the same
    /// Message-ID unless it tells of more by then.
    ///
    /// # Errors
    /// When the mail has to wait, or when the database fails.
    pub async fn deliver(&self, ids: &[OutboxId]) -> Result<Delivery, MailError> {
        let rows = Entity::across_workspaces()
            .filter(Column::Id.is_in(ids.iter().copied()))
            .filter(Column::State.eq(MailState::Queued))
            .order_by_asc(Column::Id)
            .all(&*self.db)
            .await?;
        let (noted, rows): (Vec<_>, Vec<_>) =
            rows.into_iter().partition(|row| self.unnoted().contains(&row.id));
        if !noted.is_empty() {
            self.note_sent(&noted).await?;
        }
        let (mut sendable, mut parts) = (Vec::new(), Vec::new());
        for row in rows {
            let Ok(content) = serde_json::from_value::<Content>(row.content.clone()) else {
                self.refuse(std::slice::from_ref(&row), "content_unreadable").await?;
                continue;
            };
            match self.link(&row, &content).await? {
                LinkOf::Mail(link) => {
                    parts.push((content, link));
                    sendable.push(row);
                }
                LinkOf::Nobody => self.cancel(&row).await?,
            }
        }
        let Some(first) = sendable.first() else {
            return Ok(if noted.is_empty() { Delivery::NothingToDo } else { Delivery::Sent });
        };
        let lock =
            first.recipient.bytes().fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
        let _alone = if Content::is_alert(first.kind) {
            Some(self.alerting[lock % self.alerting.len()].lock().await)
        } else {
            None
        };
        if let Some(at) = self.has_had_enough(first).await? {
            return Err(MailError::NotBefore(at));
        }
        let Some(message) = self.message(first, &parts) else {
            return self.refuse(&sendable, "bad_address").await;
        };
        match self.transport.send(message).await {
            Ok(()) => {
                self.unnoted().extend(sendable.iter().map(|row| row.id));
                self.note_sent(&sendable).await
            }
            Err(TransportError::Refused { problem }) => self.refuse(&sendable, &problem).await,
            Err(TransportError::TryLater { problem }) => self.wait(&sendable, problem).await,
        }
    }

    /// When the recipient may get the next alert: not within ten minutes of one of the same kind, and
    /// not after [`ALERTS_A_DAY`] within a day.
    async fn has_had_enough(&self, row: &Model) -> Result<Option<DateTime<Utc>>, DbErr> {
        if !Content::is_alert(row.kind) {
            return Ok(None);
        }
        let now = self.world.now();
        // What the team hears takes nothing away from the mails that ask somebody to act.
        let alerts = MailKind::iter()
            .filter(|kind| Content::is_alert(*kind))
            .filter(|kind| (*kind == MailKind::TeamAlert) == (row.kind == MailKind::TeamAlert));
        // Whoever writes: the person at the other end is one. What was sent together was one mail.
        let sent: Vec<(DateTime<Utc>, MailKind)> = Entity::across_workspaces()
            .select_only()
            .columns([Column::SentAt, Column::Kind])
            .distinct()
            .filter(Column::Recipient.eq(&row.recipient))
            .filter(Column::Kind.is_in(alerts))
            .filter(Column::SentAt.gt(now - DAY))
            // A clock that ran ahead dates nothing that counts now.
            .filter(Column::SentAt.lte(now + GATHERED_FOR))
            .order_by_desc(Column::SentAt)
            .limit(ALERTS_A_DAY)
            .into_tuple()
            .all(&*self.db)
            .await?;
        let oldest = sent.last().filter(|_| sent.len() as u64 == ALERTS_A_DAY);
        let newest = sent.iter().find(|(_, kind)| *kind == row.kind);
        let until = oldest.map(|(at, _)| *at + DAY).max(newest.map(|(at, _)| *at + GATHERED_FOR));
        Ok(until.filter(|until| *until > now))
    }

    /// The link that the mail carries, if it is still worth something.
    async fn link(&self, row: &Model, content: &Content) -> Result<LinkOf, DbErr> {
        let Some(id) = row.link_id else { return Ok(LinkOf::Mail(None)) };
        let now = self.world.now();
        let link = match content {
            Content::ConfirmAddress { .. } => email_link::Entity::rows()
                .filter(email_link::Column::Id.eq(id))
                .one(&*self.db)
                .await?
                .filter(|link| link.used_at.is_none() && link.expires_at > now)
                .map(|link| Link {
                    url: links::confirm_url(&self.http, &self.secret, id),
                    expires_at: link.expires_at,
                }),
            Content::ConnectLink { .. } => connect_link::Entity::in_workspace(row.workspace_id)
                .filter(connect_link::Column::Id.eq(ConnectLinkId(id)))
                .one(&*self.db)
                .await?
                .filter(|link| link.state != ConnectLinkState::Revoked && link.expires_at > now)
                .map(|link| Link {
                    url: links::connect_url(&self.http, &self.secret, ConnectLinkId(id)),
                    expires_at: link.expires_at,
                }),
            _ => reconnect_link::Entity::in_workspace(row.workspace_id)
                .filter(reconnect_link::Column::Id.eq(LinkId(id)))
                .one(&*self.db)
                .await?
                .filter(|link| !matches!(link.state, LinkState::Done | LinkState::Revoked))
                .filter(|link| link.expires_at > now)
                .map(|link| Link {
                    url: links::reconnect_url(&self.http, &self.secret, LinkId(id)),
                    expires_at: link.expires_at,
                }),
        };
        Ok(link.map_or(LinkOf::Nobody, |link| LinkOf::Mail(Some(link))))
    }

    /// `row` is the first of the rows that `parts` tell of together.
    fn message(&self, row: &Model, parts: &[letter::Part]) -> Option<Message> {
        let to: Address = row.recipient.parse().ok()?;
        let (subject, blocks) = letter::together(parts, self.http.public_url.as_str());
        let host = self.http.public_url.host_str().unwrap_or("localhost");
        let html = html::text(&subject, &blocks);
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(subject)
            .date(self.world.now().into())
            .message_id(Some(message_id(row.id, parts.len(), host)))
            .header(AutoSubmitted)
            .multipart(MultiPart::alternative_plain_html(plain::text(&blocks), html))
            .ok()
    }

    fn unnoted(&self) -> std::sync::MutexGuard<'_, HashSet<OutboxId>> {
        self.unnoted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn note_sent(&self, rows: &[Model]) -> Result<Delivery, MailError> {
        let Some(first) = rows.first() else { return Ok(Delivery::NothingToDo) };
        self.note(rows, MailState::Sent, None, Some(self.world.now())).await?;
        for row in rows {
            self.unnoted().remove(&row.id);
        }
        let links = || rows.iter().filter_map(|row| row.link_id);
        let _turn = self.db.turn().await;
        reconnect_link::Entity::update_in_workspace(first.workspace_id)
            .col_expr(reconnect_link::Column::State, Expr::value(LinkState::Sent))
            .filter(reconnect_link::Column::Id.is_in(links()))
            .filter(reconnect_link::Column::State.eq(LinkState::Created))
            .exec(&*self.db)
            .await?;
        connect_link::Entity::update_in_workspace(first.workspace_id)
            .col_expr(connect_link::Column::State, Expr::value(ConnectLinkState::Sent))
            .filter(connect_link::Column::Id.is_in(links()))
            .filter(connect_link::Column::State.eq(ConnectLinkState::Created))
            .exec(&*self.db)
            .await?;
        tracing::info!(
            workspace = %first.workspace_id,
            mail = %first.id,
            together = rows.len(),
            recipient = masked(&first.recipient),
            "a mail was sent"
        );
        Ok(Delivery::Sent)
    }

    async fn refuse(&self, rows: &[Model], problem: &str) -> Result<Delivery, MailError> {
        self.note(rows, MailState::Failed, Some(problem), None).await?;
        for row in rows {
            tracing::warn!(
                workspace = %row.workspace_id,
                mail = %row.id,
                recipient = masked(&row.recipient),
                problem,
                "a mail was refused for good"
            );
        }
        Ok(Delivery::Refused)
    }

    async fn wait(&self, rows: &[Model], problem: String) -> Result<Delivery, MailError> {
        let long_ago = self.world.now() - PATIENCE;
        let (over, waiting): (Vec<_>, Vec<_>) =
            rows.iter().cloned().partition(|row| row.created_at <= long_ago);
        self.note(&waiting, MailState::Queued, Some(&problem), None).await?;
        self.note(&over, MailState::Failed, Some(&problem), None).await?;
        for row in &over {
            tracing::warn!(
                workspace = %row.workspace_id,
                mail = %row.id,
                recipient = masked(&row.recipient),
                problem,
                "a mail was given up"
            );
        }
        if waiting.is_empty() { Ok(Delivery::GivenUp) } else { Err(MailError::TryLater { problem }) }
    }

    async fn cancel(&self, row: &Model) -> Result<(), DbErr> {
        self.note(std::slice::from_ref(row), MailState::Cancelled, Some("link_gone"), None).await
    }

    /// Writes down how far mails of one workspace are. Those that were sent are marked so even when they
    /// were cancelled meanwhile, since people see this list; any other note leaves a cancelled mail
    /// cancelled.
    async fn note(
        &self,
        rows: &[Model],
        state: MailState,
        problem: Option<&str>,
        sent_at: Option<DateTime<Utc>>,
    ) -> Result<(), DbErr> {
        let Some(first) = rows.first() else { return Ok(()) };
        let mut update = Entity::update_in_workspace(first.workspace_id)
            .col_expr(Column::State, SimpleExpr::from(state.to_value()))
            .col_expr(Column::Problem, Expr::value(problem))
            .col_expr(Column::SentAt, Expr::value(sent_at))
            .filter(Column::Id.is_in(rows.iter().map(|row| row.id)));
        if state != MailState::Sent {
            update = update.filter(Column::State.eq(MailState::Queued));
        }
        let _turn = self.db.turn().await;
        update.exec(&*self.db).await?;
        Ok(())
    }
}

/// The same for the same mail, however often it goes out; another one when it tells of more, which a mailbox
/// that knows the first one must not drop.
fn message_id(first: OutboxId, together: usize, host: &str) -> String {
    if together == 1 { format!("<{first}@{host}>") } else { format!("<{first}.{together}@{host}>") }
}

impl std::fmt::Debug for Mailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mailer").finish_non_exhaustive()
    }
}

/// What became of the link of a mail.
enum LinkOf {
    /// The mail can go out, with or without one.
    Mail(Option<Link>),
    /// It is used, withdrawn or over, and with it the mail.
    Nobody,
}

/// Tells other machines not to answer (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

#[cfg(test)]
mod tests;
