//! What is secret about a channel: sealed for its place, signed with, and moved to other keys.

use entity::channel_secret::{self, SecretKind};
use entity::delivery::DeliveryProblem;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sea_orm::sea_query::Expr;
use sha2::Sha256;

use super::receiver::Got;
use super::*;

async fn secrets(room: &Room) -> Vec<channel_secret::Model> {
    channel_secret::Entity::across_workspaces()
        .order_by_asc(channel_secret::Column::Id)
        .all(&*room.database)
        .await
        .unwrap()
}

/// Whether one of the signatures was made with `secret`, as a receiver finds out.
fn is_signed_with(got: &Got, secret: &Secret) -> bool {
    let header = |name: &str| got.headers[name].to_str().unwrap().to_owned();
    header("mooring-signature").split(',').any(|signature| {
        let bytes = hex::decode(signature.strip_prefix("v1=").unwrap()).unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()).unwrap();
        mac.update(format!("{}.{}", header("mooring-timestamp"), got.body).as_bytes());
        mac.verify_slice(&bytes).is_ok()
    })
}

#[tokio::test]
async fn events_are_signed_with_the_secret_that_was_shown_and_at_their_time() {
    for database in testing::databases().await {
        let receiver = Receiver::start().await;
        let room = Room::new(database.database()).await;
        let (channel, secret) = room.create(ChannelKind::Webhook, &receiver.url(), &SUBSCRIBABLE).await;
        let first = secret.unwrap();
        let send = async || {
            room.test(channel.id).await;
            assert_eq!(room.work(channel.id).await, None);
            receiver.got().pop().unwrap()
        };
        let got = send().await;
        assert!(is_signed_with(&got, &first), "{database:?}");
        assert_eq!(got.headers["mooring-timestamp"], room.world.now().timestamp().to_string());
        assert!(!is_signed_with(&got, &Secret::new("whsec_other")));

        // For a day both are good, and then only the new one.
        let (_, second) = room.channels.rotate_secret(&room.admin, channel.id).await.unwrap();
        let until = room.channels.former_secret_valid_until(&channel).await.unwrap();
        assert_eq!(until, Some(room.world.now() + TimeDelta::hours(24)), "{database:?}");
        let got = send().await;
        assert!(is_signed_with(&got, &first) && is_signed_with(&got, &second), "{database:?}");
        let (_, third) = room.channels.rotate_secret(&room.admin, channel.id).await.unwrap();
        let got = send().await;
        assert!(!is_signed_with(&got, &first), "{database:?}: the one before the last is over");
        assert!(is_signed_with(&got, &second) && is_signed_with(&got, &third), "{database:?}");
        room.clock.advance(TimeDelta::hours(24));
        let got = send().await;
        assert!(!is_signed_with(&got, &second) && is_signed_with(&got, &third), "{database:?}");
        room.channels.remove_old().await.unwrap();
        assert_eq!(secrets(&room).await.len(), 2, "{database:?}: address and current secret");
    }
}

#[tokio::test]
async fn nothing_secret_is_stored_readably_and_it_opens_in_its_place_only() {
    for database in testing::databases().await {
        let receiver = Receiver::start().await;
        let room = Room::new(database.database()).await;
        let ours = room.webhook(&receiver.url()).await;
        let other = room.webhook("https://crm.example/other-secret").await;
        assert_eq!(ours.address_shown, format!("http://127.0.0.1:{}/•••", receiver.port));
        for row in secrets(&room).await {
            assert!(row.ciphertext.starts_with("v1.k1."), "{database:?}");
            assert!(!row.ciphertext.contains("secret"));
        }
        // Somebody who can write the database puts our address into another channel.
        let of = |id: ChannelId| channel_secret::Column::ChannelId.eq(id);
        let all = secrets(&room).await;
        let stolen =
            all.iter().find(|row| row.channel_id == ours.id && row.kind == SecretKind::Address).unwrap();
        channel_secret::Entity::update_in_workspace(room.workspace)
            .col_expr(channel_secret::Column::Ciphertext, Expr::value(stolen.ciphertext.as_str()))
            .filter(of(other.id))
            .filter(channel_secret::Column::Kind.eq(SecretKind::Address))
            .exec(&*room.database)
            .await
            .unwrap();
        room.test(other.id).await;
        assert!(room.work(other.id).await.is_some());
        assert_eq!(room.only().await.problem, Some(DeliveryProblem::Unreadable), "{database:?}");
        assert!(receiver.got().is_empty(), "{database:?}");
    }
}

#[tokio::test]
async fn secrets_move_to_the_active_key_and_still_open() {
    for database in testing::databases().await {
        let receiver = Receiver::start().await;
        let room = Room::new(database.database()).await;
        let (channel, secret) = room.create(ChannelKind::Webhook, &receiver.url(), &SUBSCRIBABLE).await;
        let both = format!("k1:{KEY},k2:{}", KEY.replace("AAEC", "BBBB"));
        let settings = [
            ("MOORING_DEVELOPMENT", "true"),
            ("WEBHOOKS_ALLOW_PRIVATE", "true"),
            ("TOKEN_KEYS", both.as_str()),
            ("TOKEN_ACTIVE_KEY", "k2"),
        ];
        let channels = Channels::with(
            &config(&settings),
            room.database.clone(),
            room.world.clone(),
            room.names.clone(),
            TIME_LIMIT,
        )
        .unwrap();
        let room = Room { channels, ..room };
        assert_eq!(room.channels.secrets_by_key().await.unwrap(), [("k1".to_owned(), 2)].into());
        let moved = room.channels.rotate_keys().await.unwrap();
        assert_eq!((moved.moved, moved.unreadable), (2, 0), "{database:?}");
        assert_eq!(room.channels.secrets_by_key().await.unwrap(), [("k2".to_owned(), 2)].into());
        assert_eq!(room.channels.rotate_keys().await.unwrap().moved, 0);
        room.test(channel.id).await;
        assert_eq!(room.work(channel.id).await, None);
        assert!(is_signed_with(&receiver.got()[0], &secret.unwrap()), "{database:?}");
    }
}
