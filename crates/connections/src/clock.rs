//! What a clock that ran ahead has left behind: times that have not come yet. Left alone they would
//! keep tokens from being renewed, and what is suspected from being confirmed, until they have come.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{Global, InWorkspace, account, channel, connection, delivery, incident, outbox, rate_scope};
use jobs::queue;
use sea_orm::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{Condition, QuerySelect as _};

use crate::Connections;

/// The longest that Meta is left alone, and an hour more.
const LONGEST_PAUSE: TimeDelta = TimeDelta::hours(25);

impl Connections {
    /// Whether anything is known of logins and accounts, or waits, from times later than `now`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn knows_of_future(&self, now: DateTime<Utc>) -> Result<bool, DbErr> {
        let db = &*self.database;
        let logins = Condition::any()
            .add(connection::Column::TokenIssuedAt.gt(now))
            .add(connection::Column::UpdatedAt.gt(now))
            .add(connection::Column::VerifiedAt.gt(now));
        let accounts = account::Entity::across_workspaces().filter(account::Column::UpdatedAt.gt(now));
        let mails = outbox::Entity::across_workspaces().filter(outbox::Column::CreatedAt.gt(now));
        let rests = rate_scope::Entity::rows().filter(rate_scope::Column::UpdatedAt.gt(now));
        Ok(connection::Entity::across_workspaces().filter(logins).limit(1).one(db).await?.is_some()
            || accounts.limit(1).one(db).await?.is_some()
            || mails.limit(1).one(db).await?.is_some()
            || rests.limit(1).one(db).await?.is_some()
            || queue::knows_of_future(db, now).await?)
    }

    /// Forgets what is known of logins and accounts from times later than `now`. A token that was
    /// renewed then has an end that lies as far ahead, so that its end counts as unknown, and it is
    /// renewed as soon as Meta allows. Gives how many logins that were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_future(&self, now: DateTime<Utc>) -> Result<u64, DbErr> {
        let never = || Expr::value(Option::<DateTime<Utc>>::None);
        let transaction = self.database.begin().await?;
        let renewed = connection::Entity::update_across_workspaces()
            .col_expr(connection::Column::TokenExpiresAt, never())
            .col_expr(connection::Column::TokenIssuedAt, Expr::value(self.world.now()))
            .filter(connection::Column::TokenIssuedAt.gt(now))
            .filter(connection::Column::TokenNeverExpires.eq(false))
            .exec(&*transaction)
            .await?;
        for column in
            [connection::Column::VerifiedAt, connection::Column::RefreshedAt, connection::Column::SuspectedAt]
        {
            connection::Entity::update_across_workspaces()
                .col_expr(column, never())
                .filter(column.gt(now))
                .exec(&*transaction)
                .await?;
        }
        // That it was proven stays true; only the time is not.
        account::Entity::update_across_workspaces()
            .col_expr(account::Column::VerifiedAt, Expr::value(self.world.now()))
            .filter(account::Column::VerifiedAt.gt(now))
            .exec(&*transaction)
            .await?;
        account::Entity::update_across_workspaces()
            .col_expr(account::Column::HealthSince, Expr::value(self.world.now()))
            .filter(account::Column::HealthSince.gt(now))
            .exec(&*transaction)
            .await?;
        for column in [
            account::Column::SuspectedAt,
            account::Column::GoneSince,
            account::Column::RefusedAt,
            account::Column::HeldSince,
            account::Column::InsightsCollectedAt,
            account::Column::AudienceCollectedAt,
        ] {
            account::Entity::update_across_workspaces()
                .col_expr(column, never())
                .filter(column.gt(now))
                .exec(&*transaction)
                .await?;
        }
        outbox::Entity::update_across_workspaces()
            .col_expr(outbox::Column::CreatedAt, Expr::value(self.world.now()))
            .filter(outbox::Column::CreatedAt.gt(now))
            .exec(&*transaction)
            .await?;
        incident::Entity::update_across_workspaces()
            .col_expr(incident::Column::OpenedAt, Expr::value(self.world.now()))
            .filter(incident::Column::OpenedAt.gt(now))
            .exec(&*transaction)
            .await?;
        channel::Entity::update_across_workspaces()
            .col_expr(channel::Column::PausedUntil, never())
            .col_expr(channel::Column::FailingSince, never())
            .filter(channel::Column::PausedUntil.gt(now + LONGEST_PAUSE))
            .exec(&*transaction)
            .await?;
        delivery::Entity::update_across_workspaces()
            .col_expr(delivery::Column::NextAttemptAt, Expr::value(self.world.now()))
            .filter(delivery::Column::NextAttemptAt.gt(now + LONGEST_PAUSE))
            .exec(&*transaction)
            .await?;
        rate_scope::Entity::update_rows()
            .col_expr(rate_scope::Column::PausedUntil, never())
            .filter(rate_scope::Column::PausedUntil.gt(now + LONGEST_PAUSE))
            .exec(&*transaction)
            .await?;
        rate_scope::Entity::update_rows()
            .col_expr(rate_scope::Column::UsageAt, never())
            .filter(rate_scope::Column::UsageAt.gt(now))
            .exec(&*transaction)
            .await?;
        transaction.commit().await?;
        Ok(renewed.rows_affected)
    }
}
