//! Leases whose holders are gone.
//!
//! Whether a holder lives is seen from its renewals and never from the time of day: when a clock is
//! set, everybody's leases would end at once, or those of the dead would hold for days. A lease that
//! has stood unchanged for its whole length while this process was looking is nobody's any more.

use std::collections::HashMap;
use std::time::Duration;

use platform::{Database, World};
use sea_orm::FromQueryResult;
use sea_orm::prelude::*;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep, timeout_at};
use uuid::Uuid;

use crate::sql;

/// Renews a lease of `length` on `what` for as long as that can be done; returns when it is lost: when
/// `renew` says so, or when it could not be renewed for too long. A database that does not answer for a
/// moment is no loss while the last renewal still holds.
pub async fn keep<R>(length: Duration, what: Uuid, renew: impl Fn() -> R)
where
    R: Future<Output = Result<bool, DbErr>>,
{
    let mut pause = length / 3;
    let mut until = Instant::now() + trusted(length);
    while timeout_at(until, sleep(pause)).await.is_ok() {
        let asked = Instant::now();
        match timeout_at(until, renew()).await {
            Ok(Ok(true)) => {
                until = asked + trusted(length);
                pause = length / 3;
            }
            Ok(Ok(false)) | Err(_) => return,
            Ok(Err(error)) => {
                pause = length / 12;
                tracing::warn!(%what, %error, "a lease could not be renewed; it still holds");
            }
        }
    }
}

/// For how long after a renewal its holder relies on a lease: a little less than the others do.
#[must_use]
pub fn trusted(length: Duration) -> Duration {
    length * 11 / 12
}

/// Looks at the leases in one table, and frees those that nobody holds any more.
#[derive(Debug)]
pub struct Watch {
    table: &'static str,
    lease: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    looked: Option<Duration>,
    seen: HashMap<Uuid, Seen>,
}

/// A lease as it was when it was last looked at.
#[derive(Clone, Copy, Debug)]
struct Seen {
    term: i64,
    until: DateTimeUtc,
    unchanged_for: Duration,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    lease_term: i64,
    lease_until: DateTimeUtc,
}

impl Watch {
    /// Watches `table`, which has the columns `id`, `lease_owner`, `lease_until` and `lease_term`; its
    /// leases last for `lease` and are renewed more often.
    #[must_use]
    pub fn new(table: &'static str, lease: Duration) -> Self {
        Self { table, lease, state: Mutex::default() }
    }

    /// Looks at the leases, if a third of their length has passed since the last time, and frees those
    /// whose holders are gone: after one length and a third. Gives the ids of what it freed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn free_abandoned(&self, database: &Database, world: &World) -> Result<Vec<Uuid>, DbErr> {
        let now = world.elapsed();
        // Somebody else in this process is looking.
        let Ok(mut state) = self.state.try_lock() else { return Ok(Vec::new()) };
        let gap = state.looked.map(|looked| now.saturating_sub(looked));
        if gap.is_some_and(|gap| gap < self.lease / 3) {
            return Ok(Vec::new());
        }
        let sql =
            format!("SELECT id, lease_term, lease_until FROM {} WHERE lease_until IS NOT NULL", self.table);
        let rows =
            Row::find_by_statement(sql::statement(&**database, &sql, Vec::new())).all(&**database).await?;
        // While this process was stopped it saw nothing: the others may have renewed, and so may it.
        let watched = gap.unwrap_or_default().min(self.lease / 2);
        let last = std::mem::take(&mut state.seen);
        state.looked = Some(now);
        let mut freed = Vec::new();
        for row in rows {
            let before =
                last.get(&row.id).filter(|seen| seen.term == row.lease_term && seen.until == row.lease_until);
            let unchanged_for = before.map_or(Duration::ZERO, |seen| seen.unchanged_for + watched);
            if unchanged_for >= self.lease {
                if self.free(database, &row).await? {
                    freed.push(row.id);
                }
            } else {
                let seen = Seen { term: row.lease_term, until: row.lease_until, unchanged_for };
                state.seen.insert(row.id, seen);
            }
        }
        Ok(freed)
    }

    async fn free(&self, database: &Database, row: &Row) -> Result<bool, DbErr> {
        let sql = format!(
            "UPDATE {} SET lease_owner = NULL, lease_until = NULL \
             WHERE id = $1 AND lease_term = $2 AND lease_until = $3",
            self.table
        );
        let values = vec![row.id.into(), row.lease_term.into(), row.lease_until.into()];
        let _turn = database.turn().await;
        let freed =
            database.execute_raw(sql::statement(&**database, &sql, values)).await?.rows_affected() == 1;
        if freed {
            tracing::warn!(table = self.table, id = %row.id, "a lease was freed whose holder is gone");
        }
        Ok(freed)
    }
}
