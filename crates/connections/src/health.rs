//! The one function that changes health; `view` is what people see of it.
//!
//! | event | from | to | besides |
//! |---|---|---|---|
//! | Meta answered | all but disconnected | healthy | closes the incident; its owner is told after a quiet day |
//! | agreed to at Meta once more | all but disconnected | healthy | closes the incident; its owner is told at once |
//! | Meta asked to wait | healthy | throttled | – |
//! | Page tokens not renewed | healthy, throttled | pages stale | – |
//! | collecting kept killing its process | healthy, throttled, pages stale | quarantined | operators are told |
//! | refusal confirmed | all but disconnected | needs reconnect, action needed or permission missing, by the reason | opens an incident; collecting waits |
//! | stored token does not open | all but disconnected | token unreadable | opens an incident without a mail |
//! | disconnected by a member | all | disconnected | closes the incident |
//! | connected again | disconnected | needs reconnect, and healthy in the same transaction | – |
//!
//! `docs/health.md` shows the same from the side of the states; a test compares the two.
//!
//! `due` and `refreshing` are not stored: they follow from the grant. Only the two kinds of proof lead to
//! healthy, so that whatever is healthy has an answer of Meta's later than the last failure.

mod view;

use channels::event;
use chrono::{DateTime, Utc};
use entity::account::{self, Health, HealthReason};
use entity::incident::End;
use entity::job::{JobKind, Trigger};
use entity::{AccountId, InWorkspace, WorkspaceId};
use jobs::budget;
use jobs::queue::{self, Work};
use mail::operator::Matter;
use sea_orm::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait, QueryOrder as _, QuerySelect as _, UpdateMany};

use crate::Connections;
use crate::governor::fuse_scope;
pub use view::{
    NextStep, SILENT_AFTER, State, Urgency, View, WARNING_DAYS, explain, explain_reason, is_silent, view,
};

/// Something that bears on the health of accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Meta answered a call with the account's own token.
    Proven,
    /// Somebody agreed at Meta once more, and it reaches the account.
    Repaired,
    /// Meta asked to wait.
    Throttled,
    /// The user token was renewed, the Page tokens were not.
    PagesStale,
    /// Collecting was begun again and again and never ended.
    SetAside,
    /// It is certain that a person or an operator is needed.
    Broken(HealthReason),
    /// A member disconnected the account.
    Disconnected,
}

impl Event {
    /// Whether it shows that the account can be read.
    fn is_proof(self) -> bool {
        matches!(self, Self::Proven | Self::Repaired)
    }
}

/// What a proof at `now` says of the accounts of `update`.
fn proven(update: UpdateMany<account::Entity>, now: DateTime<Utc>) -> UpdateMany<account::Entity> {
    held_no_more(update)
        .col_expr(account::Column::VerifiedAt, Expr::value(now))
        .col_expr(account::Column::SuspectedAt, Expr::value(Option::<DateTime<Utc>>::None))
        .col_expr(account::Column::RefusedAt, Expr::value(Option::<DateTime<Utc>>::None))
}

/// The brake holds nothing back any more.
fn held_no_more(update: UpdateMany<account::Entity>) -> UpdateMany<account::Entity> {
    update
        .col_expr(account::Column::HeldSince, Expr::value(Option::<DateTime<Utc>>::None))
        .col_expr(account::Column::HeldReason, Expr::value(Option::<HealthReason>::None))
}

/// Work that makes no sense while an account cannot be read.
pub const COLLECTING: [JobKind; 4] =
    [JobKind::CollectInsights, JobKind::CollectAudience, JobKind::CollectMedia, JobKind::BackfillInsights];

impl Connections {
    /// Applies `event` to `accounts` (all of `workspace`) in the caller's transaction, with the
    /// incident, its mails, what channels are told, and the waiting of its work.
    ///
    /// A proof counts only for the state that it was asked in: `accounts` are to be as they were read
    /// before Meta was asked, and those whose state has changed since are left alone. Otherwise an
    /// answer from before a refusal would undo what the refusal led to.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn apply(
        &self,
        db: &impl ConnectionTrait,
        workspace: WorkspaceId,
        accounts: &[account::Model],
        event: Event,
    ) -> Result<(), DbErr> {
        // What the caller read may be older than a call to Meta: the rows are read again and locked, in
        // one order, so that two events about the same accounts follow one another.
        let since = |id| accounts.iter().find(|seen| seen.id == id).map(|seen| seen.health_since);
        let outdated = |current: &account::Model| {
            event == Event::Proven && since(current.id) != Some(current.health_since)
        };
        let accounts: Vec<_> = account::Entity::in_workspace(workspace)
            .filter(account::Column::Id.is_in(accounts.iter().map(|account| account.id)))
            .order_by_asc(account::Column::Id)
            .lock_exclusive()
            .all(db)
            .await?
            .into_iter()
            .filter(|account| next(account.health, event).is_some() && !outdated(account))
            .collect();
        for account in &accounts {
            self.write(db, account, event).await?;
        }
        match event {
            Event::Proven | Event::Repaired => {
                let was_broken: Vec<_> =
                    accounts.into_iter().filter(|account| needs_attention(account.health)).collect();
                let end = if event == Event::Repaired { End::Repaired } else { End::ByItself };
                self.incidents.close(db, workspace, &was_broken, end).await?;
                for account in &was_broken {
                    self.resume(db, account).await?;
                }
            }
            Event::Broken(reason) => {
                for account in &accounts {
                    queue::let_wait(db, workspace, account.id.0, &COLLECTING).await?;
                }
                let audience = self.identity.audience(db, workspace).await?;
                self.incidents.open(db, workspace, &accounts, reason, &audience).await?;
                if reason == HealthReason::TokenUnreadable && !accounts.is_empty() {
                    let names: Vec<_> =
                        accounts.iter().map(|account| format!("@{}", account.username)).collect();
                    self.tell_operators(db, Matter::TokenUnreadable, Some(&names.join(", "))).await?;
                }
            }
            Event::Disconnected => self.incidents.close(db, workspace, &accounts, End::Disconnected).await?,
            Event::Throttled | Event::PagesStale | Event::SetAside => {}
        }
        Ok(())
    }

    /// As [`Event::Proven`] for accounts that are healthy, and that the caller has locked in its
    /// transaction: nothing else follows from one proof more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn prove_again(&self, db: &impl ConnectionTrait, accounts: &[AccountId]) -> Result<(), DbErr> {
        let now = self.world.now();
        proven(account::Entity::update_across_workspaces(), now)
            .col_expr(account::Column::UpdatedAt, Expr::value(now))
            .filter(account::Column::Id.is_in(accounts.iter().copied()))
            .filter(account::Column::Health.eq(Health::Healthy))
            .exec(db)
            .await?;
        Ok(())
    }

    async fn write(
        &self,
        db: &impl ConnectionTrait,
        account: &account::Model,
        event: Event,
    ) -> Result<(), DbErr> {
        let now = self.world.now();
        let Some(health) = next(account.health, event) else { return Ok(()) };
        let reason = match event {
            Event::Broken(reason) => Some(reason),
            Event::Disconnected => Some(HealthReason::Disconnected),
            _ => None,
        };
        let mut update = account::Entity::update_in_workspace(account.workspace_id)
            .filter(account::Column::Id.eq(account.id))
            .col_expr(account::Column::Health, Expr::value(health))
            .col_expr(account::Column::HealthReason, Expr::value(reason))
            .col_expr(account::Column::UpdatedAt, Expr::value(now));
        let (from, to) = ((account.health, account.health_reason), (health, reason));
        if from != to {
            update = update.col_expr(account::Column::HealthSince, Expr::value(now));
            tracing::info!(
                workspace = %account.workspace_id, account = %account.id,
                from = ?account.health, to = ?health, ?reason, "health changed"
            );
        }
        if event.is_proof() {
            update = proven(update, now);
        } else if matches!(event, Event::Broken(_) | Event::Disconnected) {
            update = held_no_more(update);
        }
        if event.is_proof() && needs_attention(account.health) {
            update = update.col_expr(account::Column::GoneSince, Expr::value(Option::<DateTime<Utc>>::None));
        }
        update.exec(db).await?;
        if from != to {
            event::announce(db, &self.world, account, event::Event::HealthChanged { from, to }).await?;
        }
        Ok(())
    }

    /// Everything that waited for the account starts at once, and what it missed is fetched.
    pub(crate) async fn resume(
        &self,
        db: &impl ConnectionTrait,
        account: &account::Model,
    ) -> Result<(), DbErr> {
        budget::forget(db, &fuse_scope(account.id)).await?;
        for kind in COLLECTING {
            queue::make_due(
                db,
                &self.world,
                Work {
                    workspace_id: account.workspace_id,
                    kind,
                    subject_id: account.id.0,
                    due_at: self.world.now(),
                    trigger: Trigger::Scheduled,
                },
            )
            .await?;
        }
        Ok(())
    }
}

/// The state after `event`, or none when the event changes nothing.
fn next(from: Health, event: Event) -> Option<Health> {
    match (from, event) {
        (Health::Disconnected, Event::Disconnected) => None,
        (_, Event::Disconnected) => Some(Health::Disconnected),
        (Health::Disconnected, _) => None,
        (_, Event::Proven | Event::Repaired) => Some(Health::Healthy),
        (Health::Healthy | Health::Throttled, Event::Throttled) => Some(Health::Throttled),
        (Health::Healthy | Health::Throttled | Health::PagesStale, Event::PagesStale) => {
            Some(Health::PagesStale)
        }
        (Health::Healthy | Health::Throttled | Health::PagesStale, Event::SetAside) => {
            Some(Health::Quarantined)
        }
        (_, Event::Throttled | Event::PagesStale | Event::SetAside) => None,
        (_, Event::Broken(reason)) => Some(broken(reason)),
    }
}

fn broken(reason: HealthReason) -> Health {
    match reason {
        HealthReason::Checkpoint | HealthReason::Unconfirmed | HealthReason::AccountGone => {
            Health::ActionNeeded
        }
        HealthReason::PermissionMissing | HealthReason::PageRoleLost => Health::PermissionMissing,
        HealthReason::TokenUnreadable => Health::TokenUnreadable,
        HealthReason::Disconnected => Health::Disconnected,
        HealthReason::Expired
        | HealthReason::AppRemoved
        | HealthReason::PasswordChanged
        | HealthReason::SessionInvalid => Health::NeedsReconnect,
    }
}

fn needs_attention(health: Health) -> bool {
    RED.contains(&health)
}

/// States in which a person or an operator has to do something.
pub const RED: [Health; 5] = [
    Health::ActionNeeded,
    Health::PermissionMissing,
    Health::NeedsReconnect,
    Health::TokenUnreadable,
    Health::Quarantined,
];

#[cfg(test)]
mod tests {
    use sea_orm::{ActiveEnum as _, Iterable};

    use super::*;

    const EVENTS: [Event; 7] = [
        Event::Proven,
        Event::Repaired,
        Event::Throttled,
        Event::PagesStale,
        Event::SetAside,
        Event::Broken(HealthReason::Expired),
        Event::Disconnected,
    ];

    #[test]
    fn every_state_but_disconnected_heals_with_a_proof_and_only_with_one() {
        for from in Health::iter() {
            for event in EVENTS {
                let to = next(from, event);
                if to == Some(Health::Healthy) {
                    assert!(event.is_proof(), "{from:?}");
                }
            }
            if from != Health::Disconnected {
                assert_eq!(next(from, Event::Proven), Some(Health::Healthy), "{from:?}");
                assert_eq!(next(from, Event::Disconnected), Some(Health::Disconnected), "{from:?}");
            }
        }
    }

    #[test]
    fn every_state_can_be_reached_and_left() {
        let reasons = HealthReason::iter().map(Event::Broken);
        let events: Vec<_> = EVENTS.into_iter().chain(reasons).collect();
        let mut reached = std::collections::HashSet::from([Health::Healthy]);
        while let Some(new) = reached
            .iter()
            .flat_map(|from| events.iter().filter_map(|event| next(*from, *event)))
            .find(|to| !reached.contains(to))
        {
            reached.insert(new);
        }
        for state in Health::iter() {
            assert!(reached.contains(&state), "{state:?} is never reached");
            // What is disconnected is connected again by `reconnect`, as a repair of what was broken.
            let left = events.iter().any(|event| next(state, *event).is_some_and(|to| to != state));
            assert!(left || state == Health::Disconnected, "{state:?} is never left");
        }
    }

    #[test]
    fn waiting_never_hides_that_a_person_is_needed() {
        for from in RED {
            assert_eq!(next(from, Event::Throttled), None);
            assert_eq!(next(from, Event::PagesStale), None);
            assert_eq!(next(from, Event::SetAside), None);
        }
    }

    /// One row for each state and one column for each event: the state that follows, or a dash.
    fn table() -> String {
        let word = |state: Health| state.to_value().replace('_', " ");
        let columns: [(&str, Event); 8] = [
            ("Meta answered", Event::Proven),
            ("agreed to again", Event::Repaired),
            ("Meta asked to wait", Event::Throttled),
            ("Page tokens not renewed", Event::PagesStale),
            ("collecting never ended", Event::SetAside),
            ("refusal confirmed", Event::Broken(HealthReason::Expired)),
            ("token does not open", Event::Broken(HealthReason::TokenUnreadable)),
            ("disconnected", Event::Disconnected),
        ];
        let mut table = String::from("| from |");
        columns.iter().for_each(|(name, _)| table.push_str(&format!(" {name} |")));
        table.push_str("\n|---|");
        table.push_str(&"---|".repeat(columns.len()));
        for from in Health::iter() {
            table.push_str(&format!("\n| {} |", word(from)));
            for (_, event) in columns {
                let to = next(from, event).filter(|to| *to != from).map_or("–".to_owned(), word);
                table.push_str(&format!(" {to} |"));
            }
        }
        table
    }

    #[test]
    fn the_docs_show_the_table_that_holds() {
        let docs = include_str!("../../../docs/health.md");
        assert!(docs.contains(&table()), "docs/health.md should hold:\n{}", table());
    }

    #[test]
    fn the_docs_name_every_reason_with_the_state_it_leads_to() {
        let docs = include_str!("../../../docs/health.md");
        for reason in HealthReason::iter() {
            let (word, state) = (reason.to_value(), broken(reason).to_value().replace('_', " "));
            let row = format!("| `{word}` | {state} |");
            assert!(docs.contains(&row), "docs/health.md should hold {row}");
        }
    }
}
