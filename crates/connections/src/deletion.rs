//! A person has their data deleted, through Meta: everything that came from their grants goes, in all
//! workspaces.

use chrono::{DateTime, TimeDelta, Utc};
use entity::connection::{self, Provider};
use entity::{Global, InWorkspace, account, deletion_request, incident, run};
use identity::audit;
use jobs::queue;
use platform::Secret;
use platform::secret::token_hash;
use sea_orm::prelude::*;
use sea_orm::{ActiveValue::Set, ConnectionTrait};
use serde_json::json;

use crate::Connections;

impl Connections {
    /// Deletes what came from the grants of a person at Meta: tokens, accounts with their numbers,
    /// work, and mails that have not left. What remains is the request, with a keyed hash of the
    /// person's id. Returns the code with which the person can look how far it is.
    ///
    /// What the person connected after `issued_at` stays: an old request that is sent again is not
    /// about it.
    ///
    /// # Errors
    /// When the database fails; nothing is deleted then.
    pub async fn delete_person(
        &self,
        provider: Provider,
        meta_user_id: &str,
        issued_at: DateTime<Utc>,
    ) -> Result<Secret, DbErr> {
        let code = Secret::new(self.world.random_token());
        let now = self.world.now();
        let transaction = self.database.begin().await?;
        let grants = connection::Entity::across_workspaces()
            .filter(connection::Column::Provider.eq(provider))
            .filter(connection::Column::MetaUserId.eq(meta_user_id))
            // Meta's times have whole seconds.
            .filter(connection::Column::CreatedAt.lt(issued_at + TimeDelta::seconds(1)))
            .all(&*transaction)
            .await?;
        for grant in &grants {
            self.delete_grant(&*transaction, grant).await?;
        }
        deletion_request::ActiveModel {
            id: Set(self.world.new_id()),
            code_hash: Set(token_hash(code.expose())),
            person_hash: Set(self.secret.token("deleted person", meta_user_id.as_bytes())),
            requested_at: Set(now),
            completed_at: Set(Some(now)),
        }
        .insert(&*transaction)
        .await?;
        transaction.commit().await?;
        Ok(code)
    }

    async fn delete_grant(&self, db: &impl ConnectionTrait, grant: &connection::Model) -> Result<(), DbErr> {
        let workspace = grant.workspace_id;
        self.locked_connection(db, workspace, grant.id).await?;
        let accounts = self.accounts_of(db, grant).await?;
        for account in &accounts {
            cancel_mails(db, account).await?;
            run::Entity::delete_in_workspace(workspace)
                .filter(run::Column::AccountId.eq(account.id))
                .exec(db)
                .await?;
            // Numbers, incidents and links go with the account.
            account::Entity::delete_in_workspace(workspace)
                .filter(account::Column::Id.eq(account.id))
                .exec(db)
                .await?;
            queue::remove(db, workspace, account.id.0).await?;
        }
        queue::remove(db, workspace, grant.id.0).await?;
        connection::Entity::delete_in_workspace(workspace)
            .filter(connection::Column::Id.eq(grant.id))
            .exec(db)
            .await?;
        let event = audit::Event {
            workspace_id: workspace,
            user_id: None,
            action: "connection.deleted_on_request",
            subject_id: Some(grant.id.0),
            detail: json!({ "accounts": accounts.len() }),
        };
        audit::record(db, &self.world, event).await
    }

    /// The request with this code.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn deletion_request(&self, code: &Secret) -> Result<Option<deletion_request::Model>, DbErr> {
        deletion_request::Entity::rows()
            .filter(deletion_request::Column::CodeHash.eq(token_hash(code.expose())))
            .one(&*self.database)
            .await
    }
}

async fn cancel_mails(db: &impl ConnectionTrait, account: &account::Model) -> Result<(), DbErr> {
    let incidents = incident::Entity::in_workspace(account.workspace_id)
        .filter(incident::Column::AccountId.eq(account.id))
        .all(db)
        .await?;
    let ids: Vec<_> = incidents.iter().map(|incident| incident.id).collect();
    mail::outbox::cancel_about(db, account.workspace_id, &ids).await
}
