//! Every room, built once from the settings, the same way in the api and in the worker.

use std::sync::Arc;
use std::time::Duration;

use channels::Channels;
use connections::{Connections, Parts};
use identity::Identity;
use insights::Insights;
use jobs::Schedule;
use jobs::claim::Claims;
use mail::{Mailer, SmtpTransport};
use platform::config::Config;
use platform::{Database, SystemRandom, Together, World};
use sea_orm::DbErr;

use crate::Executor;
use crate::many::MOST;
use crate::upkeep::Pace;

/// The rooms.
#[derive(Clone, Debug)]
pub struct Services {
    /// All settings.
    pub config: Arc<Config>,
    /// The database.
    pub database: Database,
    /// Time and chance.
    pub world: World,
    /// People and workspaces.
    pub identity: Identity,
    /// Grants and accounts.
    pub connections: Connections,
    /// Channels besides mail.
    pub channels: Channels,
    /// Numbers.
    pub insights: Insights,
    /// Work.
    pub executor: Executor,
}

/// Why a process cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database cannot be opened or brought to the newest schema.
    #[error("the database cannot be opened: {0}")]
    Database(#[from] DbErr),
    /// Grants cannot be handled.
    #[error(transparent)]
    Connections(#[from] connections::BuildError),
    /// Channels cannot be handled.
    #[error(transparent)]
    Channels(#[from] channels::BuildError),
    /// A cron line is wrong.
    #[error(transparent)]
    Schedule(#[from] jobs::schedule::BadLine),
    /// The mail server's address is wrong.
    #[error(transparent)]
    Smtp(#[from] mail::smtp::BadSmtpUrl),
    /// The sender is wrong.
    #[error(transparent)]
    Sender(#[from] mail::BadSender),
    /// Stored tokens need keys that are not configured.
    #[error("stored tokens were sealed with keys that TOKEN_KEYS does not list: {}", .0.join(", "))]
    MissingKeys(Vec<String>),
}

impl Services {
    /// Opens the database, brings it to the newest schema and builds every room.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn start(config: Config) -> Result<Self, StartError> {
        let world = World::new(Arc::new(config.development.clock()), Arc::new(SystemRandom));
        Self::start_in(world, config).await
    }

    /// As [`Services::start`], with another time and chance.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn start_in(world: World, config: Config) -> Result<Self, StartError> {
        platform::telemetry::install_tls_provider();
        let database = Database::open(config.storage.url.expose(), config.storage.connections).await?;
        migration::run(&database).await?;
        let schedule = Schedule::new(&config.schedule)?;
        // Lease owners have to differ between processes and between starts of one process.
        let owner = format!("{}-{}", std::process::id(), world.new_id());
        let identity = Identity::new(
            database.clone(),
            world.clone(),
            config.auth.clone(),
            config.http.public_url.clone(),
        );
        let channels = Channels::new(&config, database.clone(), world.clone())?;
        let connections = Connections::new(Parts {
            config: &config,
            database: database.clone(),
            world: world.clone(),
            identity: identity.clone(),
            channels: channels.clone(),
            schedule: schedule.clone(),
            owner: owner.clone(),
        })?;
        let missing = connections.missing_keys().await?;
        if !missing.is_empty() {
            return Err(StartError::MissingKeys(missing));
        }
        let insights =
            Insights::new(database.clone(), world.clone(), connections.clone(), config.tuning.backfill_days);
        let mailer = Mailer::new(
            database.clone(),
            world.clone(),
            Arc::new(SmtpTransport::new(&config.mail)?),
            &config.mail.from,
            config.auth.secret.clone(),
            config.http.clone(),
        )?;
        let lease = Duration::from_secs(config.tuning.lease_seconds.into());
        let executor = Executor {
            claims: Claims::new(database.clone(), world.clone(), owner, lease),
            database: database.clone(),
            world: world.clone(),
            connections: connections.clone(),
            channels: channels.clone(),
            insights: insights.clone(),
            mailer,
            schedule,
            time_of_day: Arc::default(),
            reading: Arc::default(),
            asking: Arc::default(),
            beginning: Arc::new(Together::new(MOST)),
            finishing: Arc::new(Together::new(MOST)),
            renewals: Arc::new(Pace::new(
                config.tuning.refreshes_per_second,
                config.tuning.worker_concurrency.div_ceil(2),
            )),
        };
        Ok(Self {
            config: Arc::new(config),
            database,
            world,
            identity,
            connections,
            channels,
            insights,
            executor,
        })
    }
}
