//! On every database there is: tokens that change between being read by a rotation and being written.

use std::collections::BTreeMap;

use entity::connection::Provider;
use entity::{WorkspaceId, workspace};
use identity::Identity;
use jobs::Schedule;
use platform::config::{Config, Reader};
use platform::{Database, Secret, World};
use sea_orm::ActiveValue::Set;
use sea_orm::IntoActiveModel as _;

use super::*;
use crate::Parts;

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const NEW_KEY: &str = "BBECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

/// Two processes: one that seals with the old key still, and one that moves everything to the new one.
struct Room {
    old: Connections,
    new: Connections,
    token: TokenOf,
}

impl Room {
    async fn new(database: Database) -> Self {
        let (world, _) = World::for_tests("2026-11-20T10:00:00Z".parse().unwrap());
        let old = connections(&database, &world, "k1");
        let new = connections(&database, &world, "k2");
        let (workspace, id) = (WorkspaceId(world.new_id()), ConnectionId(world.new_id()));
        let row = workspace::ActiveModel {
            workspace_id: Set(workspace),
            name: Set("Northlight".to_owned()),
            created_at: Set(world.now()),
        };
        row.insert(&*database).await.unwrap();
        grant(&world, workspace, id).into_active_model().insert(&*database).await.unwrap();
        let token = TokenOf::grant(workspace, id, Provider::InstagramLogin);
        old.store_token(&*database, token, &Secret::new("first")).await.unwrap();
        Self { old, new, token }
    }

    /// The token as the rotation reads it.
    async fn read(&self) -> sealed_token::Model {
        sealed_token::Entity::across_workspaces().one(&*self.new.database).await.unwrap().unwrap()
    }

    /// Goes on with a token that was read before; says whether it was moved.
    async fn write(&self, read: &sealed_token::Model) -> bool {
        matches!(self.new.reseal(&*self.new.database, read).await.unwrap(), Resealed::Moved)
    }

    async fn opened(&self) -> String {
        let opened = self.new.open_token(&*self.new.database, self.token).await.unwrap();
        opened.token.expose().to_owned()
    }
}

#[tokio::test]
async fn a_token_that_was_renewed_meanwhile_is_left_alone_and_moved_by_the_next_pass() {
    for database in testing::databases().await {
        let room = Room::new(database.database()).await;
        let read = room.read().await;
        room.old.store_token(&**database, room.token, &Secret::new("renewed")).await.unwrap();
        assert!(!room.write(&read).await, "{database:?}");
        assert_eq!((room.opened().await.as_str(), room.read().await.key_id.as_str()), ("renewed", "k1"));

        let next = room.new.rotate_keys(|_| {}).await.unwrap();
        assert_eq!((next.moved, next.unreadable, next.left("k2")), (1, 0, 0), "{database:?}");
        assert_eq!((room.opened().await.as_str(), room.read().await.key_id.as_str()), ("renewed", "k2"));
    }
}

#[tokio::test]
async fn a_token_that_was_forgotten_meanwhile_does_not_come_back() {
    for database in testing::databases().await {
        let room = Room::new(database.database()).await;
        let read = room.read().await;
        room.old.forget_token(&**database, room.token).await.unwrap();
        assert!(!room.write(&read).await, "{database:?}");
        assert_eq!(room.new.tokens_by_key().await.unwrap(), BTreeMap::new(), "{database:?}");
    }
}

#[tokio::test]
async fn two_rotations_at_once_move_a_token_once() {
    for database in testing::databases().await {
        let room = Room::new(database.database()).await;
        let read = room.read().await;
        assert!(room.write(&read).await, "{database:?}");
        let moved = room.read().await;
        assert!(!room.write(&read).await, "{database:?}");
        assert_eq!(room.read().await, moved, "{database:?}");
        assert_eq!(room.opened().await, "first");
    }
}

/// A renewal stores several Page tokens in one transaction, in an order of its own.
#[tokio::test]
async fn a_rotation_and_a_renewal_never_wait_for_each_other() {
    for database in testing::databases().await {
        let room = Room::new(database.database()).await;
        let first = room.read().await;
        let page = TokenOf::page(first.workspace_id, first.connection_id, AccountId(Uuid::nil()));
        room.old.store_token(&**database, page, &Secret::new("page")).await.unwrap();
        let rows = sealed_token::Entity::across_workspaces().order_by_asc(sealed_token::Column::Id);
        let rows = rows.all(&**database).await.unwrap();
        let renewal = database.begin().await.unwrap();
        let write = async |id: Uuid| {
            sealed_token::Entity::update_across_workspaces()
                .col_expr(sealed_token::Column::Version, Expr::value(2))
                .filter(sealed_token::Column::Id.eq(id))
                .exec(&*renewal)
                .await
                .unwrap();
        };
        write(rows[1].id).await;
        let rotating = room.new.clone();
        let rotation = tokio::spawn(async move { rotating.rotate_keys(|_| {}).await });
        until_it_waits(&database).await;
        write(rows[0].id).await;
        renewal.commit().await.unwrap();
        let rotation = rotation.await.unwrap();
        assert!(rotation.is_ok(), "{database:?}: {rotation:?}");
        let next = room.new.rotate_keys(|_| {}).await.unwrap();
        assert_eq!((next.left("k2"), next.unreadable), (0, 0), "{database:?}");
    }
}

/// Waits until somebody wants a row that somebody else has changed; on SQLite they want the whole file.
async fn until_it_waits(database: &Database) {
    if !database.is_postgres() {
        return;
    }
    for _ in 0..500 {
        let waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' \
             AND datname = current_database()";
        if database.execute_unprepared(waiting).await.unwrap().rows_affected() > 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the rotation never waits");
}

fn connections(database: &Database, world: &World, active: &str) -> Connections {
    platform::telemetry::install_tls_provider();
    let keys = format!("k1:{KEY},k2:{NEW_KEY}");
    let variables = [
        ("PUBLIC_URL", "https://mooring.example"),
        ("AUTH_SECRET", KEY),
        ("TOKEN_KEYS", &keys),
        ("TOKEN_ACTIVE_KEY", active),
        ("SMTP_URL", "smtps://mail.example"),
        ("MAIL_FROM", "Mooring <no-reply@mooring.example>"),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let config = Config::read(Reader::new(variables.into())).unwrap();
    let (auth, url) = (config.auth.clone(), config.http.public_url.clone());
    Connections::new(Parts {
        config: &config,
        database: database.clone(),
        world: world.clone(),
        identity: Identity::new(database.clone(), world.clone(), auth, url),
        channels: channels::Channels::new(&config, database.clone(), world.clone()).unwrap(),
        schedule: Schedule::new(&config.schedule).unwrap(),
        owner: active.to_owned(),
    })
    .unwrap()
}

fn grant(world: &World, workspace: WorkspaceId, id: ConnectionId) -> connection::Model {
    let now = world.now();
    connection::Model {
        id,
        workspace_id: workspace,
        provider: Provider::InstagramLogin,
        meta_user_id: "1".to_owned(),
        meta_user_name: "Kim".to_owned(),
        scopes: serde_json::json!([]),
        token_expires_at: None,
        token_never_expires: false,
        token_issued_at: now,
        data_access_expires_at: None,
        verified_at: None,
        refreshed_at: None,
        renew_sooner_seconds: 0,
        validation_cleared_at: None,
        hurried_at: None,
        pages_stale: false,
        suspected_at: None,
        token_version: 1,
        lease_owner: None,
        lease_until: None,
        lease_term: 0,
        created_at: now,
        updated_at: now,
    }
}
