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
use uuid::Uuid;

use crate::sql;

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
