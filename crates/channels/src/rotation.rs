//! Moving the secrets of channels to the active key of the ring. `connections::rotation` calls this
//! after it has moved the tokens, so that one command moves everything.

use std::collections::BTreeMap;

use entity::InWorkspace as _;
use entity::channel_secret;
use sea_orm::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait, FromQueryResult, QueryOrder as _, QuerySelect as _};

use crate::Channels;
use crate::secrets::place;

/// Secrets that are read at once.
const BATCH: u64 = 50;

/// What was moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    /// Secrets that were sealed anew.
    pub moved: u64,
    /// Secrets that do not open and were left as they are.
    pub unreadable: u64,
}

#[derive(FromQueryResult)]
struct KeyCount {
    key_id: String,
    count: i64,
}

impl Channels {
    /// Seals every secret that another key holds with the active one. It can be ended at any point and
    /// begun again.
    ///
    /// # Errors
    /// When the database fails; what was moved stays moved.
    pub async fn rotate_keys(&self) -> Result<Moved, DbErr> {
        let mut done = Moved::default();
        let mut after = Uuid::nil();
        loop {
            let rows = channel_secret::Entity::across_workspaces()
                .filter(channel_secret::Column::KeyId.ne(self.keys.active()))
                .filter(channel_secret::Column::Id.gt(after))
                .order_by_asc(channel_secret::Column::Id)
                .limit(BATCH)
                .all(&*self.database)
                .await?;
            let Some(last) = rows.last() else { break };
            after = last.id;
            // Each is written alone, so that nothing waits for a crowd of them.
            for row in &rows {
                let _turn = self.database.turn().await;
                match self.reseal(&*self.database, row).await? {
                    Some(written) => done.moved += written,
                    None => done.unreadable += 1,
                }
            }
        }
        Ok(done)
    }

    /// How many secrets each key is needed for.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn secrets_by_key(&self) -> Result<BTreeMap<String, u64>, DbErr> {
        let counts = channel_secret::Entity::across_workspaces()
            .select_only()
            .column(channel_secret::Column::KeyId)
            .column_as(channel_secret::Column::Id.count(), "count")
            .group_by(channel_secret::Column::KeyId)
            .into_model::<KeyCount>()
            .all(&*self.database)
            .await?;
        Ok(counts
            .into_iter()
            .map(|count| (count.key_id, u64::try_from(count.count).unwrap_or_default()))
            .collect())
    }

    /// How many rows were written: none when the secret was changed or forgotten meanwhile. Gives
    /// nothing when it does not open.
    async fn reseal(
        &self,
        db: &impl ConnectionTrait,
        row: &channel_secret::Model,
    ) -> Result<Option<u64>, DbErr> {
        let place = place(row.workspace_id, row.channel_id, row.kind);
        let secret = match self.keys.open(&place, &row.ciphertext) {
            Ok(secret) => secret,
            Err(error) => {
                tracing::error!(row = %row.id, key = %row.key_id, %error, "a secret of a channel does not open and keeps its key");
                return Ok(None);
            }
        };
        let sealed = self
            .keys
            .seal(&self.world, &place, &secret)
            .map_err(|error| DbErr::Custom(format!("sealing a secret of a channel: {error}")))?;
        let written = channel_secret::Entity::update_in_workspace(row.workspace_id)
            .col_expr(channel_secret::Column::Ciphertext, Expr::value(sealed.ciphertext))
            .col_expr(channel_secret::Column::KeyId, Expr::value(sealed.key_id))
            .filter(channel_secret::Column::Id.eq(row.id))
            .filter(channel_secret::Column::Ciphertext.eq(row.ciphertext.as_str()))
            .exec(db)
            .await?;
        Ok(Some(written.rows_affected))
    }
}
