//! A member, or Meta, ends a connection.

use chrono::{DateTime, TimeDelta, Utc};
use entity::account;
use entity::connection::{self, Provider};
use entity::membership::Role;
use entity::{
    AccountId, ConnectionId, InWorkspace, WorkspaceId, audience_snapshot, insight, media, media_refusal, run,
    sealed_token, story_gap,
};
use identity::{Member, audit};
use jobs::queue;
use platform::Secret;
use sea_orm::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{ConnectionTrait, QuerySelect as _};
use serde_json::json;

use crate::Connections;
use crate::health::Event;
use crate::tokens::TokenOf;

/// How long the team can look up what became of a link after its end. What was done with it stays in
/// the audit trail.
const LINKS_KEPT: TimeDelta = TimeDelta::days(90);

/// So many unused grants go at once; the rest go the next time.
const LEFTOVERS_AT_ONCE: u64 = 1_000;

/// Why an account could not be disconnected.
#[derive(Debug, thiserror::Error)]
pub enum DisconnectError {
    /// The role does not allow it.
    #[error("the role does not allow it")]
    Forbidden,
    /// There is no such account, or it is somebody else's.
    #[error("no such account")]
    NotFound,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbErr),
}

impl Connections {
    /// Disconnects an account: its tokens go at once, its history stays unless `delete_history`. The
    /// grant is revoked at Meta when nothing else here was given by the same person.
    ///
    /// # Errors
    /// See [`DisconnectError`]. A revocation that Meta does not take is no error: our copy is gone.
    pub async fn disconnect(
        &self,
        member: &Member,
        id: AccountId,
        delete_history: bool,
    ) -> Result<account::Model, DisconnectError> {
        member.require(Role::Admin).map_err(|_| DisconnectError::Forbidden)?;
        let workspace = member.workspace_id();
        let account =
            self.account_row(&*self.database, workspace, id).await?.ok_or(DisconnectError::NotFound)?;
        let revocable = self.revocable(&account).await?;
        let transaction = self.database.begin().await?;
        if let Some(grant) = account.connection_id {
            self.locked_connection(&*transaction, workspace, grant).await?;
        }
        self.detach(&*transaction, &account).await?;
        if delete_history {
            delete_collected(&*transaction, &account).await?;
        }
        if let Some(grant) = account.connection_id {
            self.drop_grant_if_unused(&*transaction, workspace, grant).await?;
        }
        let event = audit::Event {
            workspace_id: workspace,
            user_id: Some(member.actor().user_id),
            action: "account.disconnected",
            subject_id: Some(id.0),
            detail: json!({ "username": account.username, "history_deleted": delete_history }),
        };
        audit::record(&*transaction, &self.world, event).await?;
        let after = self.account_row(&*transaction, workspace, id).await?.ok_or(DisconnectError::NotFound)?;
        transaction.commit().await?;
        if let Some((token, meta_user_id)) = revocable
            && let Err(error) = self.meta.revoke(&token, &meta_user_id).await
        {
            tracing::warn!(%workspace, account = %id, %error, "the grant could not be revoked at Meta");
        }
        Ok(after)
    }

    /// The token to revoke with, when the account is the last that hangs on this person's consent.
    /// Meta's grant is per person and app: revoking ends it in every workspace.
    async fn revocable(&self, account: &account::Model) -> Result<Option<(Secret, String)>, DbErr> {
        let Some(id) = account.connection_id else { return Ok(None) };
        let Some(grant) = self.connection_row(&*self.database, account.workspace_id, id).await? else {
            return Ok(None);
        };
        let siblings = self.accounts_of(&*self.database, &grant).await?.len();
        let elsewhere = connection::Entity::across_workspaces()
            .filter(connection::Column::Provider.eq(grant.provider))
            .filter(connection::Column::MetaUserId.eq(&grant.meta_user_id))
            .filter(connection::Column::Id.ne(grant.id))
            .count(&*self.database)
            .await?;
        // Instagram Login documents no way to revoke.
        if siblings > 1 || elsewhere > 0 || grant.provider != Provider::FacebookLogin {
            return Ok(None);
        }
        let token = self.open_token(&*self.database, TokenOf::connection(&grant)).await;
        Ok(token.ok().map(|token| (token.token, grant.meta_user_id)))
    }

    async fn detach(&self, db: &impl ConnectionTrait, account: &account::Model) -> Result<(), DbErr> {
        if let Some(grant) = account.connection_id {
            self.forget_token(db, TokenOf::page(account.workspace_id, grant, account.id)).await?;
        }
        self.apply(db, account.workspace_id, std::slice::from_ref(account), Event::Disconnected).await?;
        queue::remove(db, account.workspace_id, account.id.0).await?;
        // A link that was mailed before must not undo what was decided now.
        incidents::link::revoke_all(db, account.workspace_id, account.id).await?;
        self.revoke_links_of(db, account).await?;
        account::Entity::update_in_workspace(account.workspace_id)
            .filter(account::Column::Id.eq(account.id))
            .col_expr(account::Column::ConnectionId, Expr::value(Option::<ConnectionId>::None))
            .col_expr(account::Column::DisconnectedAt, Expr::value(self.world.now()))
            .exec(db)
            .await?;
        Ok(())
    }

    /// Removes a grant, its tokens and its work when no account is read through it any more.
    pub(crate) async fn drop_grant_if_unused(
        &self,
        db: &impl ConnectionTrait,
        workspace: WorkspaceId,
        id: ConnectionId,
    ) -> Result<(), DbErr> {
        let used = account::Entity::in_workspace(workspace)
            .filter(account::Column::ConnectionId.eq(id))
            .count(db)
            .await?;
        if used == 0 {
            queue::remove(db, workspace, id.0).await?;
            sealed_token::Entity::delete_in_workspace(workspace)
                .filter(sealed_token::Column::ConnectionId.eq(id))
                .exec(db)
                .await?;
            connection::Entity::delete_in_workspace(workspace)
                .filter(connection::Column::Id.eq(id))
                .exec(db)
                .await?;
        }
        Ok(())
    }

    /// Meta says that a person removed our app: every account under that person's grants, in all
    /// workspaces, needs a reconnect. Events older than a grant are about an earlier one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn deauthorised(
        &self,
        provider: Provider,
        meta_user_id: &str,
        issued_at: DateTime<Utc>,
    ) -> Result<u64, DbErr> {
        let grants = connection::Entity::across_workspaces()
            .filter(connection::Column::Provider.eq(provider))
            .filter(connection::Column::MetaUserId.eq(meta_user_id))
            // Meta's times have whole seconds.
            .filter(connection::Column::TokenIssuedAt.lt(issued_at + TimeDelta::seconds(1)))
            .all(&*self.database)
            .await?;
        let mut affected = 0;
        for grant in grants {
            let transaction = self.database.begin().await?;
            self.locked_connection(&*transaction, grant.workspace_id, grant.id).await?;
            let accounts = self.accounts_of(&*transaction, &grant).await?;
            let event = Event::Broken(account::HealthReason::AppRemoved);
            self.apply(&*transaction, grant.workspace_id, &accounts, event).await?;
            // Whoever is renewing at this moment must not write any more.
            connection::Entity::update_in_workspace(grant.workspace_id)
                .filter(connection::Column::Id.eq(grant.id))
                .col_expr(
                    connection::Column::TokenVersion,
                    Expr::col(connection::Column::TokenVersion).add(1),
                )
                .exec(&*transaction)
                .await?;
            sealed_token::Entity::delete_in_workspace(grant.workspace_id)
                .filter(sealed_token::Column::ConnectionId.eq(grant.id))
                .exec(&*transaction)
                .await?;
            queue::let_wait(
                &*transaction,
                grant.workspace_id,
                grant.id.0,
                &[entity::job::JobKind::RefreshToken, entity::job::JobKind::CheckToken],
            )
            .await?;
            let event = audit::Event {
                workspace_id: grant.workspace_id,
                user_id: None,
                action: "connection.deauthorised",
                subject_id: Some(grant.id.0),
                detail: json!({ "accounts": accounts.len() }),
            };
            audit::record(&*transaction, &self.world, event).await?;
            transaction.commit().await?;
            affected += 1;
        }
        Ok(affected)
    }

    /// Removes grants that were never used for an account, a day after they were given, authorisations
    /// that were not completed, choices that are over, and links long after their end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_leftovers(&self) -> Result<(), DbErr> {
        let now = self.world.now();
        entity::oauth_state::Entity::delete_across_workspaces()
            .filter(entity::oauth_state::Column::ExpiresAt.lt(now - TimeDelta::days(1)))
            .exec(&*self.database)
            .await?;
        entity::connect_session::Entity::delete_across_workspaces()
            .filter(entity::connect_session::Column::ExpiresAt.lt(now))
            .exec(&*self.database)
            .await?;
        entity::connect_link::Entity::delete_across_workspaces()
            .filter(entity::connect_link::Column::ExpiresAt.lt(now - LINKS_KEPT))
            .exec(&*self.database)
            .await?;
        entity::reconnect_link::Entity::delete_across_workspaces()
            .filter(entity::reconnect_link::Column::ExpiresAt.lt(now - LINKS_KEPT))
            .exec(&*self.database)
            .await?;
        let in_use = Query::select()
            .expr(Expr::value(1))
            .from(account::Entity)
            .and_where(
                Expr::col((account::Entity, account::Column::ConnectionId))
                    .eq(Expr::col((connection::Entity, connection::Column::Id))),
            )
            .to_owned();
        let unused = connection::Entity::across_workspaces()
            .filter(connection::Column::UpdatedAt.lt(now - TimeDelta::days(1)))
            .filter(Expr::exists(in_use).not())
            .limit(LEFTOVERS_AT_ONCE)
            .all(&*self.database)
            .await?;
        for grant in unused {
            let transaction = self.database.begin().await?;
            self.drop_grant_if_unused(&*transaction, grant.workspace_id, grant.id).await?;
            transaction.commit().await?;
        }
        Ok(())
    }
}

/// Deletes what was collected of an account.
async fn delete_collected(db: &impl ConnectionTrait, account: &account::Model) -> Result<(), DbErr> {
    insight::Entity::delete_in_workspace(account.workspace_id)
        .filter(insight::Column::AccountId.eq(account.id))
        .exec(db)
        .await?;
    audience_snapshot::Entity::delete_in_workspace(account.workspace_id)
        .filter(audience_snapshot::Column::AccountId.eq(account.id))
        .exec(db)
        .await?;
    // Their numbers go with them.
    media::Entity::delete_in_workspace(account.workspace_id)
        .filter(media::Column::AccountId.eq(account.id))
        .exec(db)
        .await?;
    media_refusal::Entity::delete_in_workspace(account.workspace_id)
        .filter(media_refusal::Column::AccountId.eq(account.id))
        .exec(db)
        .await?;
    story_gap::Entity::delete_in_workspace(account.workspace_id)
        .filter(story_gap::Column::AccountId.eq(account.id))
        .exec(db)
        .await?;
    // Should it be connected again, its media are listed from the beginning.
    account::Entity::update_in_workspace(account.workspace_id)
        .filter(account::Column::Id.eq(account.id))
        .col_expr(account::Column::MediaCollectedAt, Expr::value(Option::<DateTimeUtc>::None))
        .col_expr(account::Column::PostsListedAt, Expr::value(Option::<DateTimeUtc>::None))
        .exec(db)
        .await?;
    run::Entity::delete_in_workspace(account.workspace_id)
        .filter(run::Column::AccountId.eq(account.id))
        .exec(db)
        .await?;
    Ok(())
}
