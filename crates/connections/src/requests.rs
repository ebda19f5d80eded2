//! What people ask for about many logins at once: forgetting what is known, checking, healing, and
//! renewing what is about to end because somebody looks.

use chrono::TimeDelta;
use entity::account::{self, Health};
use entity::connection;
use entity::job::{JobKind, Trigger};
use entity::{AccountId, ConnectionId, InWorkspace, WorkspaceId};
use jobs::queue::{self, Work};
use sea_orm::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{Condition, ConnectionTrait};

use crate::Connections;
use crate::check::Checked;
use crate::refresh::Refreshed;

/// Somebody who opens a workspace has what ends within so many days renewed at once. As people see it:
/// whole days, so that an end within the fourth day still has three left.
pub const HURRIED_DAYS: i64 = 3;
/// One login is hurried once in this time, however often somebody looks.
pub const HURRIED_EVERY: TimeDelta = TimeDelta::hours(1);

/// What healing did.
#[derive(Clone, Debug)]
pub struct Healed {
    /// How the login stands.
    pub checked: Checked,
    /// Its renewal, if that was due.
    pub refreshed: Option<Refreshed>,
}

impl Connections {
    /// Has the next check of these logins ask Meta, however young the last answer is: of a workspace,
    /// or of all. Gives how many logins that concerns.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn clear_validation_cache(&self, workspace: Option<WorkspaceId>) -> Result<u64, DbErr> {
        let mut update = connection::Entity::update_across_workspaces()
            .col_expr(connection::Column::ValidationClearedAt, Expr::value(self.world.now()));
        if let Some(workspace) = workspace {
            update = update.filter(connection::Column::WorkspaceId.eq(workspace));
        }
        let _turn = self.database.turn().await;
        Ok(update.exec(&*self.database).await?.rows_affected)
    }

    /// The logins through which connected accounts of `workspace` are read: of all, or of `accounts`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn logins_of(
        &self,
        workspace: WorkspaceId,
        accounts: Option<&[AccountId]>,
    ) -> Result<Vec<ConnectionId>, DbErr> {
        let mut query =
            account::Entity::in_workspace(workspace).filter(account::Column::ConnectionId.is_not_null());
        if let Some(ids) = accounts {
            query = query.filter(account::Column::Id.is_in(ids.iter().copied()));
        }
        let rows = query.all(&*self.database).await?;
        let mut logins: Vec<_> = rows.into_iter().filter_map(|account| account.connection_id).collect();
        logins.sort_unstable();
        logins.dedup();
        Ok(logins)
    }

    /// Whether all of `accounts`, each named once, are in `workspace`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_accounts(&self, workspace: WorkspaceId, accounts: &[AccountId]) -> Result<bool, DbErr> {
        let found = account::Entity::in_workspace(workspace)
            .filter(account::Column::Id.is_in(accounts.iter().copied()))
            .count(&*self.database)
            .await?;
        Ok(found == accounts.len() as u64)
    }

    /// Has a worker check these logins of `workspace` as soon as it can, in the name of a person. With
    /// `force` it asks Meta whatever is known.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn queue_checks(
        &self,
        workspace: WorkspaceId,
        logins: &[ConnectionId],
        force: bool,
    ) -> Result<(), DbErr> {
        let now = self.world.now();
        let transaction = self.database.begin().await?;
        if force {
            for some in logins.chunks(500) {
                connection::Entity::update_in_workspace(workspace)
                    .col_expr(connection::Column::ValidationClearedAt, Expr::value(now))
                    .filter(connection::Column::Id.is_in(some.iter().copied()))
                    .exec(&*transaction)
                    .await?;
            }
        }
        for login in logins {
            self.make_work_due(&*transaction, workspace, *login, JobKind::CheckToken, Trigger::Manual)
                .await?;
        }
        transaction.commit().await
    }

    /// Asks Meta about a login, repairs what can be repaired, and renews its token if that is due.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn heal_now(&self, workspace: WorkspaceId, id: ConnectionId) -> Result<Healed, DbErr> {
        let checked = self.check(workspace, id, true).await?;
        let grant = self.connection_row(&*self.database, workspace, id).await?;
        let due = grant.is_some_and(|grant| self.refresh_due(&grant, self.world.now()).is_none());
        let refreshed = if checked.is_valid() && due {
            Some(self.refresh(workspace, id, Trigger::Manual, false).await?)
        } else {
            None
        };
        Ok(Healed { checked, refreshed })
    }

    /// Has a worker renew at once what ends within [`HURRIED_DAYS`] in `workspace`, each login once in
    /// [`HURRIED_EVERY`]. Gives how many logins that concerned.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hurry(&self, workspace: WorkspaceId) -> Result<u64, DbErr> {
        let now = self.world.now();
        let not_lately = || {
            Condition::any()
                .add(connection::Column::HurriedAt.is_null())
                .add(connection::Column::HurriedAt.lte(now - HURRIED_EVERY))
        };
        let ending: Vec<_> = connection::Entity::in_workspace(workspace)
            .filter(connection::Column::TokenExpiresAt.lt(now + TimeDelta::days(HURRIED_DAYS + 1)))
            .filter(not_lately())
            .all(&*self.database)
            .await?
            .into_iter()
            .filter(|grant| self.refresh_due(grant, now).is_none())
            .map(|grant| grant.id)
            .collect();
        if ending.is_empty() {
            return Ok(0);
        }
        // What only its owner can bring back is not asked about.
        let mut alive: Vec<_> = account::Entity::in_workspace(workspace)
            .filter(account::Column::ConnectionId.is_in(ending))
            .filter(account::Column::Health.ne(Health::NeedsReconnect))
            .all(&*self.database)
            .await?
            .into_iter()
            .filter_map(|account| account.connection_id)
            .collect();
        alive.sort_unstable();
        alive.dedup();
        let mut hurried = 0;
        let transaction = self.database.begin().await?;
        for login in alive {
            let taken = connection::Entity::update_in_workspace(workspace)
                .col_expr(connection::Column::HurriedAt, Expr::value(now))
                .filter(connection::Column::Id.eq(login))
                .filter(not_lately())
                .exec(&*transaction)
                .await?;
            if taken.rows_affected == 1 {
                let kind = JobKind::RefreshToken;
                self.make_work_due(&*transaction, workspace, login, kind, Trigger::OnDemand).await?;
                hurried += 1;
            }
        }
        transaction.commit().await?;
        Ok(hurried)
    }

    async fn make_work_due(
        &self,
        db: &impl ConnectionTrait,
        workspace_id: WorkspaceId,
        login: ConnectionId,
        kind: JobKind,
        trigger: Trigger,
    ) -> Result<(), DbErr> {
        let due_at = self.world.now();
        let work = Work { workspace_id, kind, subject_id: login.0, due_at, trigger };
        queue::make_due(db, &self.world, work).await
    }
}
