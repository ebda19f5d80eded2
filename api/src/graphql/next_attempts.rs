//! When Mooring tries again by itself, for the accounts of a page.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use entity::account::Health;
use entity::job::JobKind;
use entity::{InWorkspace as _, account, job};
use identity::Member;
use sea_orm::prelude::*;

/// Due times of work on accounts and their logins.
pub(crate) struct NextAttempts(HashMap<(JobKind, Uuid), DateTime<Utc>>);

impl NextAttempts {
    /// Reads the work on `accounts`, all of the member's workspace, in one query.
    pub(crate) async fn read(
        db: &platform::Database,
        member: &Member,
        accounts: &[account::Model],
    ) -> Result<Self, DbErr> {
        let subjects = accounts.iter().filter_map(subject).map(|(_, subject)| subject);
        let mut subjects: Vec<_> = subjects.collect();
        subjects.sort_unstable();
        subjects.dedup();
        if subjects.is_empty() {
            return Ok(Self(HashMap::new()));
        }
        let work = job::Entity::in_workspace(member.workspace_id())
            .filter(job::Column::SubjectId.is_in(subjects))
            .filter(job::Column::DueAt.is_not_null())
            .all(&**db)
            .await?;
        let due = work.into_iter().filter_map(|work| Some(((work.kind, work.subject_id), work.due_at?)));
        Ok(Self(due.collect()))
    }

    /// When something is tried next that bears on the health of `account`.
    pub(crate) fn of(&self, account: &account::Model) -> Option<DateTime<Utc>> {
        self.0.get(&subject(account)?).copied()
    }
}

/// The work that leads out of the state of an account: reading where Meta or we have paused it, renewing
/// where it is well, and otherwise asking.
fn subject(account: &account::Model) -> Option<(JobKind, Uuid)> {
    let grant = account.connection_id.map(|grant| grant.0);
    match account.health {
        Health::Disconnected => None,
        Health::Throttled | Health::Quarantined => Some((JobKind::CollectInsights, account.id.0)),
        Health::Healthy => Some((JobKind::RefreshToken, grant?)),
        _ => Some((JobKind::CheckToken, grant?)),
    }
}
