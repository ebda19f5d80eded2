//! Where sealed tokens are written and opened.

use std::collections::HashMap;

use entity::sealed_token::{self, TokenKind};
use entity::{AccountId, ConnectionId, InWorkspace, WorkspaceId, account, connection};
use platform::Secret;
use sea_orm::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ActiveValue::Set, ConnectionTrait};
use uuid::Uuid;
use vault::Place;

use crate::Connections;

/// An opened token and the version of its row, by which a later writer is recognised.
#[derive(Debug)]
pub(crate) struct OpenToken {
    pub(crate) token: Secret,
    pub(crate) version: i64,
}

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoToken {
    /// None is stored.
    #[error("no token is stored")]
    Missing,
    /// What is stored does not open.
    #[error("the stored token does not open")]
    Unreadable,
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// Which token of whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct TokenOf {
    workspace: WorkspaceId,
    connection: ConnectionId,
    subject: Uuid,
    kind: TokenKind,
}

impl TokenOf {
    /// The renewable token of a grant.
    pub(crate) fn connection(connection: &connection::Model) -> Self {
        Self::grant(connection.workspace_id, connection.id, connection.provider)
    }

    pub(crate) fn grant(workspace: WorkspaceId, id: ConnectionId, provider: connection::Provider) -> Self {
        let kind = match provider {
            connection::Provider::FacebookLogin => TokenKind::User,
            connection::Provider::InstagramLogin => TokenKind::Instagram,
        };
        Self { workspace, connection: id, subject: id.0, kind }
    }

    /// The token that an account is read with: its Page's, or the grant's where there is no Page.
    pub(crate) fn account(account: &account::Model, connection: &connection::Model) -> Self {
        match connection.provider {
            connection::Provider::FacebookLogin => {
                Self::page(account.workspace_id, connection.id, account.id)
            }
            connection::Provider::InstagramLogin => Self::connection(connection),
        }
    }

    pub(crate) fn page(workspace: WorkspaceId, connection: ConnectionId, account: AccountId) -> Self {
        Self { workspace, connection, subject: account.0, kind: TokenKind::Page }
    }

    pub(crate) fn place(&self) -> Place {
        let kind = match self.kind {
            TokenKind::User => "user",
            TokenKind::Page => "page",
            TokenKind::Instagram => "instagram",
        };
        Place { workspace_id: self.workspace.0, subject_id: self.subject, kind }
    }
}

impl Connections {
    pub(crate) async fn open_token(
        &self,
        db: &impl ConnectionTrait,
        of: TokenOf,
    ) -> Result<OpenToken, NoToken> {
        let row = token_row(db, of).await?.ok_or(NoToken::Missing)?;
        self.open_row(of, &row)
    }

    fn open_row(&self, of: TokenOf, row: &sealed_token::Model) -> Result<OpenToken, NoToken> {
        match self.keys.open(&of.place(), &row.ciphertext) {
            Ok(token) => Ok(OpenToken { token, version: row.version }),
            Err(error) => {
                tracing::error!(row = %row.id, key = %row.key_id, %error, "a stored token does not open");
                Err(NoToken::Unreadable)
            }
        }
    }

    /// The tokens that are there and open, by their subjects and kinds.
    pub(crate) async fn open_tokens(
        &self,
        db: &impl ConnectionTrait,
        wanted: &[TokenOf],
    ) -> Result<HashMap<TokenOf, OpenToken>, DbErr> {
        let rows = sealed_token::Entity::across_workspaces()
            .filter(sealed_token::Column::SubjectId.is_in(wanted.iter().map(|of| of.subject)))
            .all(db)
            .await?;
        let mut tokens = HashMap::new();
        for row in &rows {
            let of = wanted.iter().find(|of| {
                (of.workspace, of.subject, of.kind) == (row.workspace_id, row.subject_id, row.kind)
            });
            if let Some(of) = of
                && let Ok(token) = self.open_row(*of, row)
            {
                tokens.insert(*of, token);
            }
        }
        Ok(tokens)
    }

    pub(crate) async fn token_version(
        &self,
        db: &impl ConnectionTrait,
        of: TokenOf,
    ) -> Result<Option<i64>, DbErr> {
        Ok(token_row(db, of).await?.map(|row| row.version))
    }

    /// Seals `token` and writes it, in the caller's transaction.
    pub(crate) async fn store_token(
        &self,
        db: &impl ConnectionTrait,
        of: TokenOf,
        token: &Secret,
    ) -> Result<(), DbErr> {
        let sealed = self
            .keys
            .seal(&self.world, &of.place(), token)
            .map_err(|error| DbErr::Custom(format!("sealing a token: {error}")))?;
        let now = self.world.now();
        let replaced = sealed_token::Entity::update_in_workspace(of.workspace)
            .col_expr(sealed_token::Column::ConnectionId, Expr::value(of.connection))
            .col_expr(sealed_token::Column::Ciphertext, Expr::value(sealed.ciphertext.clone()))
            .col_expr(sealed_token::Column::KeyId, Expr::value(sealed.key_id.clone()))
            .col_expr(sealed_token::Column::Version, Expr::col(sealed_token::Column::Version).add(1))
            .col_expr(sealed_token::Column::UpdatedAt, Expr::value(now))
            .filter(sealed_token::Column::SubjectId.eq(of.subject))
            .filter(sealed_token::Column::Kind.eq(of.kind))
            .exec(db)
            .await?;
        if replaced.rows_affected == 0 {
            sealed_token::ActiveModel {
                id: Set(self.world.new_id()),
                workspace_id: Set(of.workspace),
                connection_id: Set(of.connection),
                subject_id: Set(of.subject),
                kind: Set(of.kind),
                ciphertext: Set(sealed.ciphertext),
                key_id: Set(sealed.key_id),
                version: Set(1),
                updated_at: Set(now),
            }
            .insert(db)
            .await?;
        }
        Ok(())
    }

    pub(crate) async fn forget_token(&self, db: &impl ConnectionTrait, of: TokenOf) -> Result<(), DbErr> {
        sealed_token::Entity::delete_in_workspace(of.workspace)
            .filter(sealed_token::Column::SubjectId.eq(of.subject))
            .filter(sealed_token::Column::Kind.eq(of.kind))
            .exec(db)
            .await?;
        Ok(())
    }
}

async fn token_row(db: &impl ConnectionTrait, of: TokenOf) -> Result<Option<sealed_token::Model>, DbErr> {
    sealed_token::Entity::in_workspace(of.workspace)
        .filter(sealed_token::Column::SubjectId.eq(of.subject))
        .filter(sealed_token::Column::Kind.eq(of.kind))
        .one(db)
        .await
}

impl Connections {
    /// Ids of keys that stored tokens or secrets of channels were sealed with and that the key ring does
    /// not have. A process must not start while there are any.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn missing_keys(&self) -> Result<Vec<String>, DbErr> {
        Ok(self.tokens_by_key().await?.into_keys().filter(|id| !self.keys.has(id)).collect())
    }
}
