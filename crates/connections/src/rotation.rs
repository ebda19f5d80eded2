//! Moving stored tokens, and with them the secrets of channels, to the active key of the ring, while
//! everything runs.

use std::collections::BTreeMap;

use entity::sealed_token::{self, TokenKind};
use entity::{AccountId, ConnectionId, InWorkspace, connection};
use sea_orm::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait, FromQueryResult, QueryOrder as _, QuerySelect as _};

use crate::Connections;
use crate::tokens::TokenOf;

/// Tokens that are read at once.
const BATCH: u64 = 50;

/// What a rotation did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rotation {
    /// Tokens that were sealed anew.
    pub moved: u64,
    /// Tokens that do not open and were left as they are.
    pub unreadable: u64,
    /// How many stored tokens each key is needed for now, the active one included.
    pub by_key: BTreeMap<String, u64>,
}

impl Rotation {
    /// How many tokens still need a key other than `active`.
    #[must_use]
    pub fn left(&self, active: &str) -> u64 {
        self.by_key.iter().filter(|(key, _)| *key != active).map(|(_, count)| count).sum()
    }
}

#[derive(FromQueryResult)]
struct KeyCount {
    key_id: String,
    count: i64,
}

impl Connections {
    /// The key that new tokens are sealed with.
    #[must_use]
    pub fn active_key(&self) -> &str {
        self.keys.active()
    }

    /// Seals every stored token and secret that another key holds with the active one, and tells `progress` how
    /// many it has moved so far. It can be ended at any point and begun again. A token that is renewed
    /// meanwhile is left alone: it has just been sealed with the active key.
    ///
    /// # Errors
    /// When the database fails; what was moved stays moved.
    pub async fn rotate_keys(&self, mut progress: impl FnMut(u64) + Send) -> Result<Rotation, DbErr> {
        let mut rotation = Rotation::default();
        let mut after = Uuid::nil();
        loop {
            let rows = sealed_token::Entity::across_workspaces()
                .filter(sealed_token::Column::KeyId.ne(self.keys.active()))
                .filter(sealed_token::Column::Id.gt(after))
                .order_by_asc(sealed_token::Column::Id)
                .limit(BATCH)
                .all(&*self.database)
                .await?;
            let Some(last) = rows.last() else { break };
            after = last.id;
            // Each is written alone: a renewal writes several, too, and neither may wait for the other.
            for row in &rows {
                let _turn = self.database.turn().await;
                match self.reseal(&*self.database, row).await? {
                    Resealed::Moved => rotation.moved += 1,
                    Resealed::Meanwhile => {}
                    Resealed::Unreadable => rotation.unreadable += 1,
                }
            }
            progress(rotation.moved);
        }
        let secrets = self.channels.rotate_keys().await?;
        rotation.moved += secrets.moved;
        rotation.unreadable += secrets.unreadable;
        progress(rotation.moved);
        rotation.by_key = self.tokens_by_key().await?;
        Ok(rotation)
    }

    /// How many stored tokens and secrets of channels each key is needed for.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tokens_by_key(&self) -> Result<BTreeMap<String, u64>, DbErr> {
        let counts = sealed_token::Entity::across_workspaces()
            .select_only()
            .column(sealed_token::Column::KeyId)
            .column_as(sealed_token::Column::Id.count(), "count")
            .group_by(sealed_token::Column::KeyId)
            .into_model::<KeyCount>()
            .all(&*self.database)
            .await?;
        let mut by_key = self.channels.secrets_by_key().await?;
        for count in counts {
            *by_key.entry(count.key_id).or_default() += u64::try_from(count.count).unwrap_or_default();
        }
        Ok(by_key)
    }

    async fn reseal(&self, db: &impl ConnectionTrait, row: &sealed_token::Model) -> Result<Resealed, DbErr> {
        let place = token_of(row).place();
        let token = match self.keys.open(&place, &row.ciphertext) {
            Ok(token) => token,
            Err(error) => {
                tracing::error!(row = %row.id, key = %row.key_id, %error, "a stored token does not open and keeps its key");
                return Ok(Resealed::Unreadable);
            }
        };
        let sealed = self
            .keys
            .seal(&self.world, &place, &token)
            .map_err(|error| DbErr::Custom(format!("sealing a token: {error}")))?;
        // The version is that of the token, which stays the same; by it a renewal is noticed.
        let written = sealed_token::Entity::update_in_workspace(row.workspace_id)
            .col_expr(sealed_token::Column::Ciphertext, Expr::value(sealed.ciphertext))
            .col_expr(sealed_token::Column::KeyId, Expr::value(sealed.key_id))
            .filter(sealed_token::Column::Id.eq(row.id))
            .filter(sealed_token::Column::Version.eq(row.version))
            .filter(sealed_token::Column::KeyId.eq(row.key_id.clone()))
            .exec(db)
            .await?;
        Ok(if written.rows_affected == 1 { Resealed::Moved } else { Resealed::Meanwhile })
    }
}

enum Resealed {
    Moved,
    /// The token was renewed or forgotten between being read and being written.
    Meanwhile,
    Unreadable,
}

/// Which token of whom a row holds.
fn token_of(row: &sealed_token::Model) -> TokenOf {
    let workspace = row.workspace_id;
    match row.kind {
        TokenKind::Page => TokenOf::page(workspace, row.connection_id, AccountId(row.subject_id)),
        TokenKind::User => {
            TokenOf::grant(workspace, ConnectionId(row.subject_id), connection::Provider::FacebookLogin)
        }
        TokenKind::Instagram => {
            TokenOf::grant(workspace, ConnectionId(row.subject_id), connection::Provider::InstagramLogin)
        }
    }
}

#[cfg(test)]
mod tests;
