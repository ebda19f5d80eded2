//! Where the addresses and signing secrets of channels are sealed and opened.

use chrono::{DateTime, TimeDelta, Utc};
use entity::channel_secret::{self, SecretKind};
use entity::{ChannelId, InWorkspace as _, WorkspaceId};
use platform::Secret;
use sea_orm::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ConnectionTrait};
use vault::Place;

use crate::Channels;

/// How long a secret is signed with after another one has taken its place, so that receivers can
/// change theirs without losing anything.
pub(crate) const OVERLAP: TimeDelta = TimeDelta::hours(24);

/// What is needed to send to a channel.
pub(crate) struct Opened {
    pub(crate) address: Secret,
    /// The secrets to sign with, the current one first.
    pub(crate) signing: Vec<Secret>,
}

/// Where a secret belongs. The former signing secret is the same one in another row.
pub(crate) fn place(workspace: WorkspaceId, channel: ChannelId, kind: SecretKind) -> Place {
    let kind = match kind {
        SecretKind::Address => "channel address",
        SecretKind::Signing | SecretKind::PreviousSigning => "channel signing",
    };
    Place { workspace_id: workspace.0, subject_id: channel.0, kind }
}

impl Channels {
    /// Seals `secret` and writes it in place of the one of the same kind.
    pub(crate) async fn put_secret(
        &self,
        db: &impl ConnectionTrait,
        workspace: WorkspaceId,
        channel: ChannelId,
        kind: SecretKind,
        secret: &Secret,
    ) -> Result<(), DbErr> {
        let sealed = self
            .keys
            .seal(&self.world, &place(workspace, channel, kind), secret)
            .map_err(|error| DbErr::Custom(format!("sealing a secret of a channel: {error}")))?;
        forget(db, workspace, channel, kind).await?;
        channel_secret::ActiveModel {
            id: Set(self.world.new_id()),
            workspace_id: Set(workspace),
            channel_id: Set(channel),
            kind: Set(kind),
            ciphertext: Set(sealed.ciphertext),
            key_id: Set(sealed.key_id),
            valid_until: Set(None),
            updated_at: Set(self.world.now()),
        }
        .insert(db)
        .await?;
        Ok(())
    }

    /// Makes another signing secret; the one before stays valid for [`OVERLAP`].
    pub(crate) async fn replace_signing(
        &self,
        db: &impl ConnectionTrait,
        workspace: WorkspaceId,
        channel: ChannelId,
    ) -> Result<Secret, DbErr> {
        forget(db, workspace, channel, SecretKind::PreviousSigning).await?;
        channel_secret::Entity::update_in_workspace(workspace)
            .col_expr(channel_secret::Column::Kind, Expr::value(SecretKind::PreviousSigning.to_value()))
            .col_expr(channel_secret::Column::ValidUntil, Expr::value(self.world.now() + OVERLAP))
            .filter(channel_secret::Column::ChannelId.eq(channel))
            .filter(channel_secret::Column::Kind.eq(SecretKind::Signing))
            .exec(db)
            .await?;
        let secret = crate::signature::new_secret(&self.world);
        self.put_secret(db, workspace, channel, SecretKind::Signing, &secret).await?;
        Ok(secret)
    }

    /// Opens what is needed to send at `now`. None when something is missing or does not open.
    pub(crate) async fn open_secrets(
        &self,
        workspace: WorkspaceId,
        channel: ChannelId,
        now: DateTime<Utc>,
    ) -> Result<Option<Opened>, DbErr> {
        let rows = channel_secret::Entity::in_workspace(workspace)
            .filter(channel_secret::Column::ChannelId.eq(channel))
            .all(&*self.database)
            .await?;
        let mut address = None;
        let mut signing = Vec::new();
        for row in rows.iter().filter(|row| row.valid_until.is_none_or(|until| until > now)) {
            let secret = match self.keys.open(&place(workspace, channel, row.kind), &row.ciphertext) {
                Ok(secret) => secret,
                Err(error) => {
                    tracing::error!(row = %row.id, key = %row.key_id, %error, "a secret of a channel does not open");
                    return Ok(None);
                }
            };
            match row.kind {
                SecretKind::Address => address = Some(secret),
                SecretKind::Signing => signing.insert(0, secret),
                SecretKind::PreviousSigning => signing.push(secret),
            }
        }
        Ok(address.map(|address| Opened { address, signing }))
    }
}

async fn forget(
    db: &impl ConnectionTrait,
    workspace: WorkspaceId,
    channel: ChannelId,
    kind: SecretKind,
) -> Result<(), DbErr> {
    channel_secret::Entity::delete_in_workspace(workspace)
        .filter(channel_secret::Column::ChannelId.eq(channel))
        .filter(channel_secret::Column::Kind.eq(kind))
        .exec(db)
        .await?;
    Ok(())
}
