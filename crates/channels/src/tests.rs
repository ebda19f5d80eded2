//! On every database there is, with receivers on this machine.

mod announcing;
mod docs;
mod keys;
mod network;
mod receiver;
mod replacing;
mod replaying;
mod retrying;
mod teams;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use entity::account::{self, Health, HealthReason, Provider};
use entity::channel::{self, ChannelKind};
use entity::delivery::{self, EventType};
use entity::membership::{self, Role};
use entity::{AccountId, ChannelId, InWorkspace as _, SessionId, UserId, WorkspaceId, user, workspace};
use identity::{Actor, Identity, Member};
use platform::config::{Config, Reader};
use platform::{Database, ManualClock, Secret, World};
use sea_orm::prelude::*;
use sea_orm::{ActiveValue::Set, QueryOrder as _};

use crate::Channels;
use crate::event::{Event, SUBSCRIBABLE, announce};
use crate::guard::Lookup;
use crate::team::NewChannel;
use receiver::Receiver;

/// Long enough for a busy machine, short enough to wait for.
const TIME_LIMIT: Duration = Duration::from_millis(1_500);
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

/// Names that only these tests know.
#[derive(Default)]
struct Names {
    addresses: BTreeMap<&'static str, Vec<IpAddr>>,
    asked: AtomicUsize,
}

#[async_trait]
impl Lookup for Names {
    async fn addresses(&self, name: &str) -> std::io::Result<Vec<IpAddr>> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        self.addresses.get(name).cloned().ok_or_else(|| std::io::ErrorKind::NotFound.into())
    }
}

struct Room {
    database: Database,
    world: World,
    clock: Arc<ManualClock>,
    channels: Channels,
    names: Arc<Names>,
    workspace: WorkspaceId,
    admin: Member,
}

impl Room {
    /// With webhooks that may lead to this machine.
    async fn new(database: Database) -> Self {
        Self::with(database, &[("MOORING_DEVELOPMENT", "true"), ("WEBHOOKS_ALLOW_PRIVATE", "true")]).await
    }

    async fn with(database: Database, settings: &[(&str, &str)]) -> Self {
        let (world, clock) = World::for_tests("2026-11-20T10:00:00Z".parse().unwrap());
        let mut addresses = BTreeMap::new();
        for (name, found) in [
            ("receiver.example", &["127.0.0.1"][..]),
            ("public.example", &["93.184.215.14"]),
            ("inside.example", &["10.0.0.7"]),
            ("mixed.example", &["93.184.215.14", "127.0.0.1"]),
            ("metadata.example", &["169.254.169.254"]),
            ("mapped.example", &["::ffff:127.0.0.1"]),
        ] {
            addresses.insert(name, found.iter().map(|text| text.parse().unwrap()).collect());
        }
        let names = Arc::new(Names { addresses, asked: AtomicUsize::new(0) });
        let config = config(settings);
        let channels =
            Channels::with(&config, database.clone(), world.clone(), names.clone(), TIME_LIMIT).unwrap();
        let workspace = WorkspaceId(world.new_id());
        add_workspace(&database, workspace, "Northlight").await;
        let admin = member(&database, &world, workspace, Role::Admin, "admin@northlight.example").await;
        Self { database, world, clock, channels, names, workspace, admin }
    }

    async fn webhook(&self, address: &str) -> channel::Model {
        self.create(ChannelKind::Webhook, address, &SUBSCRIBABLE).await.0
    }

    async fn create(
        &self,
        kind: ChannelKind,
        address: &str,
        events: &[EventType],
    ) -> (channel::Model, Option<Secret>) {
        let new = NewChannel {
            kind,
            name: "Our CRM".to_owned(),
            address: Secret::new(address),
            events: events.to_vec(),
        };
        self.clock.advance(TimeDelta::milliseconds(1));
        self.channels.create(&self.admin, new).await.unwrap()
    }

    async fn account(&self) -> account::Model {
        let now = self.world.now();
        let row = account::ActiveModel {
            id: Set(AccountId(self.world.new_id())),
            workspace_id: Set(self.workspace),
            connection_id: Set(None),
            provider: Set(Provider::FacebookLogin),
            instagram_id: Set("17841400000000001".to_owned()),
            username: Set("studio.nord".to_owned()),
            name: Set(Some("Studio Nord".to_owned())),
            followers_count: Set(None),
            page_id: Set(None),
            page_name: Set(None),
            contact_email: Set(Some("owner@accounts.example".to_owned())),
            health: Set(Health::Healthy),
            health_reason: Set(None),
            health_since: Set(now),
            verified_at: Set(None),
            suspected_at: Set(None),
            gone_since: Set(None),
            refused_at: Set(None),
            held_since: Set(None),
            held_reason: Set(None),
            insights_collected_at: Set(None),
            audience_collected_at: Set(None),
            media_collected_at: Set(None),
            posts_listed_at: Set(None),
            connected_at: Set(now),
            disconnected_at: Set(None),
            updated_at: Set(now),
        };
        row.insert(&*self.database).await.unwrap()
    }

    /// Sends a test event, a moment later than what was before: ids sort by time.
    async fn test(&self, channel: ChannelId) -> delivery::Model {
        self.clock.advance(TimeDelta::milliseconds(1));
        self.channels.send_test(&self.admin, channel).await.unwrap()
    }

    /// Lets something happen to an account, a moment later than what was before.
    async fn happen(&self, account: &account::Model) {
        self.clock.advance(TimeDelta::milliseconds(1));
        let transaction = self.database.begin().await.unwrap();
        announce(&*transaction, &self.world, account, broke()).await.unwrap();
        transaction.commit().await.unwrap();
    }

    /// Does what the worker does with the work of a channel; gives when it is due next.
    async fn work(&self, channel: ChannelId) -> Option<DateTime<Utc>> {
        let sent = self.channels.send_due(self.workspace, channel).await.unwrap()?;
        let transaction = self.database.begin().await.unwrap();
        let next = self.channels.note(&*transaction, &sent).await.unwrap();
        transaction.commit().await.unwrap();
        next
    }

    /// Works until nothing is due any more, moving the clock; gives how long that took.
    async fn work_on(&self, channel: ChannelId) -> TimeDelta {
        let begun = self.world.now();
        for _ in 0..100 {
            let Some(next) = self.work(channel).await else { return self.world.now() - begun };
            self.clock.advance((next - self.world.now()).max(TimeDelta::zero()));
        }
        panic!("it never ends");
    }

    async fn channel(&self, id: ChannelId) -> channel::Model {
        self.channels.find(&self.admin, id).await.unwrap().unwrap()
    }

    /// All deliveries, the oldest first.
    async fn deliveries(&self) -> Vec<delivery::Model> {
        delivery::Entity::across_workspaces()
            .order_by_asc(delivery::Column::Id)
            .all(&*self.database)
            .await
            .unwrap()
    }

    async fn only(&self) -> delivery::Model {
        let mut deliveries = self.deliveries().await;
        assert_eq!(deliveries.len(), 1);
        deliveries.remove(0)
    }
}

fn broke() -> Event<'static> {
    Event::HealthChanged {
        from: (Health::Healthy, None),
        to: (Health::NeedsReconnect, Some(HealthReason::Expired)),
    }
}

fn config(settings: &[(&str, &str)]) -> Config {
    let usual = [
        ("PUBLIC_URL", "https://mooring.example"),
        ("AUTH_SECRET", KEY),
        ("TOKEN_KEYS", "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"),
        ("TOKEN_ACTIVE_KEY", "k1"),
        ("SMTP_URL", "smtps://mail.example"),
        ("MAIL_FROM", "Mooring <no-reply@mooring.example>"),
    ];
    let all = usual.iter().chain(settings);
    Config::read(Reader::new(all.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()))
        .unwrap()
}

async fn add_workspace(database: &Database, id: WorkspaceId, name: &str) {
    let row = workspace::ActiveModel {
        workspace_id: Set(id),
        name: Set(name.to_owned()),
        created_at: Set("2026-11-20T10:00:00Z".parse().unwrap()),
    };
    row.insert(&**database).await.unwrap();
}

async fn member(
    database: &Database,
    world: &World,
    workspace: WorkspaceId,
    role: Role,
    email: &str,
) -> Member {
    let id = UserId(world.new_id());
    let row = user::ActiveModel {
        id: Set(id),
        email: Set(email.to_owned()),
        name: Set("Anna Quist".to_owned()),
        password_hash: Set(String::new()),
        confirmed_at: Set(Some(world.now())),
        failed_sign_ins: Set(0),
        sign_in_after: Set(None),
        created_at: Set(world.now()),
    };
    row.insert(&**database).await.unwrap();
    let row = membership::ActiveModel {
        workspace_id: Set(workspace),
        user_id: Set(id),
        role: Set(role),
        wants_alerts: Set(false),
        created_at: Set(world.now()),
    };
    row.insert(&**database).await.unwrap();
    let config = config(&[]);
    let identity = Identity::new(database.clone(), world.clone(), config.auth, config.http.public_url);
    let actor = Actor {
        user_id: id,
        session_id: SessionId(Uuid::nil()),
        name: "Anna Quist".to_owned(),
        email: email.to_owned(),
    };
    identity.member(&actor, workspace).await.unwrap().unwrap()
}
