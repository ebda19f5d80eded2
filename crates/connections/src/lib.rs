//! Everything about grants and their health: connecting, renewing, healing, checking, ending.
//!
//! This is the only room that opens sealed tokens of Meta's. Whoever wants to call Meta about an account asks
//! [`Connections::with_token`], which hands the token to one call and lives through an error 190.
//!
//! - [`connect`]: from "connect" to chosen accounts, for members.
//! - [`connect_links`]: links with which clients connect, as the team handles them.
//! - [`clients`]: what a client without a login does with one.
//! - [`candidates`]: what a login reaches, and whether it can become an account.
//! - [`import`]: tokens that were made elsewhere.
//! - [`reconnect`]: repair in place, by a member or from a link.
//! - [`links`]: reconnect links as the team handles them; [`bulk_links`]: many of them at once.
//! - [`authorise`]: what both have in common: the state parameter and the exchange at the return.
//! - [`refresh`]: renewing the token of a grant, one at a time across processes.
//! - [`heal`]: a call about an account, with the one attempt to heal a refused token.
//! - `fuse`: what keeps being refused is not asked about again and again.
//! - [`check`]: asking Meta whether a grant and its accounts still work.
//! - [`monitor`]: checking everything again and again, as operators have set it.
//! - [`requests`]: what people ask for about many logins at once. [`statistics`]: figures.
//! - [`operators`]: telling the people who run the installation what needs them.
//! - [`confirm`]: a token is declared dead, only with proof.
//! - [`brake`]: so many at once that nobody is.
//! - [`health`]: the one function that changes health, and what people see of it.
//! - [`warnings`]: owners are reminded, and warned before anything breaks.
//! - [`disconnect`]: a member, or Meta, ends it.
//! - [`deletion`]: a person has their data deleted, through Meta.
//! - [`rotation`]: moving stored tokens to the active key.
//! - [`governor`]: the calls that are left.
//! - [`clock`]: what a clock that ran ahead has left behind; `clock_watch`: noticing that it is wrong.

pub mod authorise;
pub mod brake;
pub mod bulk_links;
pub mod candidates;
pub mod check;
mod checked;
pub mod clients;
pub mod clock;
mod clock_watch;
pub mod confirm;
pub mod connect;
pub mod connect_links;
pub mod deletion;
pub mod disconnect;
mod fuse;
pub mod governor;
pub mod heal;
pub mod health;
pub mod import;
pub mod links;
pub mod monitor;
pub mod operators;
pub mod pages;
mod ready;
pub mod reconnect;
pub mod refresh;
pub mod requests;
pub mod rotation;
pub mod statistics;
mod tokens;
pub mod warnings;

use std::sync::Arc;
use std::time::Duration;

use channels::Channels;
use chrono::TimeDelta;
use entity::connection::Provider;
use entity::{AccountId, ConnectionId, InWorkspace, WorkspaceId, account, connection};
use identity::Identity;
use incidents::incident::Incidents;
use jobs::Schedule;
use jobs::lease::Watch;
use platform::config::{Config, Tuning};
use platform::{AuthSecret, Database, World};
use sea_orm::prelude::*;
use sea_orm::{ConnectionTrait, QueryOrder as _, QuerySelect as _};
use tokio_util::task::TaskTracker;
use url::Url;
use vault::KeyRing;

pub use governor::Governor;
pub use heal::{Access, CallError, Priority};
pub use ready::Ready;

/// Everything the room needs; cheap to clone.
#[derive(Clone)]
pub struct Connections {
    pub(crate) database: Database,
    pub(crate) world: World,
    pub(crate) meta: meta::Client,
    pub(crate) keys: Arc<KeyRing>,
    pub(crate) governor: Arc<Governor>,
    pub(crate) identity: Identity,
    pub(crate) incidents: Incidents,
    pub(crate) channels: Channels,
    pub(crate) schedule: Schedule,
    pub(crate) secret: Arc<AuthSecret>,
    pub(crate) tuning: Tuning,
    pub(crate) public_url: Url,
    /// Who we are on leases; unique per process.
    pub(crate) owner: String,
    /// The leases on tokens, of which some may be abandoned.
    pub(crate) leases: Arc<Watch>,
    /// Attempts to renew that are under way, also those that nobody waits for any more.
    pub(crate) attempts: TaskTracker,
}

/// What the room is built from.
#[derive(Debug)]
pub struct Parts<'a> {
    /// All settings.
    pub config: &'a Config,
    /// The database.
    pub database: Database,
    /// Time and chance.
    pub world: World,
    /// People and workspaces.
    pub identity: Identity,
    /// Channels besides mail.
    pub channels: Channels,
    /// The parsed cron lines.
    pub schedule: Schedule,
    /// Who we are on leases; unique per process.
    pub owner: String,
}

/// Why the room cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The key ring is not usable.
    #[error(transparent)]
    Keys(#[from] vault::KeyRingError),
    /// The client for Meta cannot be built.
    #[error(transparent)]
    Meta(#[from] meta::BuildError),
}

impl Connections {
    /// Builds the room.
    ///
    /// # Errors
    /// When the key ring or the settings for Meta are not usable.
    pub fn new(parts: Parts<'_>) -> Result<Self, BuildError> {
        let Parts { config, database, world, identity, channels, schedule, owner } = parts;
        let governor = Arc::new(Governor::new(config.tuning.account_calls_per_hour));
        let link_lifetime = Duration::from_secs(u64::from(config.tuning.reconnect_link_days) * 86_400);
        Ok(Self {
            meta: meta::Client::new(config.meta.clone(), world.clone(), governor.clone())?,
            keys: Arc::new(KeyRing::new(&config.token_keys)?),
            governor,
            incidents: Incidents::new(
                world.clone(),
                config.auth.secret.clone(),
                link_lifetime,
                TimeDelta::seconds(config.tuning.alert_hold_seconds.into()),
            ),
            secret: config.auth.secret.clone(),
            leases: Arc::new(Watch::new(
                "connection",
                Duration::from_secs(config.tuning.lease_seconds.into()),
            )),
            attempts: TaskTracker::new(),
            tuning: config.tuning,
            public_url: config.http.public_url.clone(),
            database,
            world,
            identity,
            channels,
            schedule,
            owner,
        })
    }

    /// The client for Meta, for the calls that [`Connections::with_token`] makes.
    #[must_use]
    pub fn meta(&self) -> &meta::Client {
        &self.meta
    }

    /// Waits for the attempts to renew that are under way: a process that ends before takes along what
    /// Meta has just given. They end by themselves, in ten minutes at most.
    pub async fn finish_attempts(&self) {
        self.attempts.close();
        self.attempts.wait().await;
    }

    /// Frees the leases on tokens whose holders are gone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn free_abandoned_leases(&self) -> Result<(), DbErr> {
        self.leases.free_abandoned(&self.database, &self.world).await.map(drop)
    }

    /// How many days before its expiry a token is renewed.
    pub(crate) fn refresh_window(&self) -> TimeDelta {
        TimeDelta::days(self.tuning.refresh_window_days.into())
    }

    pub(crate) async fn account_row(
        &self,
        db: &impl ConnectionTrait,
        workspace: WorkspaceId,
        id: AccountId,
    ) -> Result<Option<account::Model>, DbErr> {
        account::Entity::in_workspace(workspace).filter(account::Column::Id.eq(id)).one(db).await
    }

    pub(crate) async fn connection_row(
        &self,
        db: &impl ConnectionTrait,
        workspace: WorkspaceId,
        id: ConnectionId,
    ) -> Result<Option<connection::Model>, DbErr> {
        connection::Entity::in_workspace(workspace).filter(connection::Column::Id.eq(id)).one(db).await
    }

    /// The row of a grant, locked until the transaction ends (SQLite has one writer anyway).
    pub(crate) async fn locked_connection(
        &self,
        db: &impl ConnectionTrait,
        workspace: WorkspaceId,
        id: ConnectionId,
    ) -> Result<Option<connection::Model>, DbErr> {
        connection::Entity::in_workspace(workspace)
            .filter(connection::Column::Id.eq(id))
            .lock_exclusive()
            .one(db)
            .await
    }

    /// The accounts that are read through a grant.
    pub(crate) async fn accounts_of(
        &self,
        db: &impl ConnectionTrait,
        connection: &connection::Model,
    ) -> Result<Vec<account::Model>, DbErr> {
        account::Entity::in_workspace(connection.workspace_id)
            .filter(account::Column::ConnectionId.eq(connection.id))
            .order_by_asc(account::Column::Id)
            .all(db)
            .await
    }
}

impl std::fmt::Debug for Connections {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connections").field("owner", &self.owner).finish_non_exhaustive()
    }
}

/// The login as the client for Meta calls it.
#[must_use]
pub fn login(provider: Provider) -> meta::Provider {
    match provider {
        Provider::FacebookLogin => meta::Provider::FacebookLogin,
        Provider::InstagramLogin => meta::Provider::InstagramLogin,
    }
}
