//! What happened is announced once to each channel that wants to know.

use entity::account::{Health, HealthReason};
use entity::delivery::DeliveryState;
use entity::job::{self, JobKind};
use sea_orm::PaginatorTrait as _;
use serde_json::Value;

use super::*;

#[tokio::test]
async fn every_subscribed_channel_is_told_the_same_event_once() {
    for database in testing::databases().await {
        let room = Room::new(database.database()).await;
        let account = room.account().await;
        let first = room.webhook("https://crm.example/a").await;
        let second = room.webhook("https://crm.example/b").await;
        room.create(ChannelKind::Webhook, "https://crm.example/c", &[EventType::InsightsCollected]).await;
        let off = room.webhook("https://crm.example/d").await;
        room.channels.set_enabled(&room.admin, off.id, false).await.unwrap();
        room.happen(&account).await;

        let deliveries = room.deliveries().await;
        let mut told: Vec<_> = deliveries.iter().map(|row| row.channel_id).collect();
        told.sort_unstable();
        assert_eq!(told, [first.id, second.id], "{database:?}");
        assert_eq!(deliveries[0].event_id, deliveries[1].event_id);
        assert_eq!(deliveries[0].body, deliveries[1].body);
        assert!(deliveries.iter().all(|row| row.state == DeliveryState::Waiting));
        let work = job::Entity::across_workspaces().filter(job::Column::Kind.eq(JobKind::Deliver));
        assert_eq!(work.count(&*room.database).await.unwrap(), 2, "{database:?}");

        let body: Value = serde_json::from_str(&deliveries[0].body).unwrap();
        assert_eq!(body["id"], format!("event:{}", deliveries[0].event_id));
        assert_eq!(body["workspace"]["id"], format!("workspace:{}", room.workspace));
        assert_eq!(body["data"]["account"]["id"], format!("account:{}", account.id));
        assert_eq!(body["data"]["to"]["state"], "NEEDS_RECONNECT");
        assert!(!deliveries[0].body.contains("owner@accounts.example"), "no address of anybody");
    }
}

#[tokio::test]
async fn what_did_not_happen_is_not_announced() {
    for database in testing::databases().await {
        let room = Room::new(database.database()).await;
        let account = room.account().await;
        room.webhook("https://crm.example/").await;
        let transaction = room.database.begin().await.unwrap();
        announce(&*transaction, &room.world, &account, broke()).await.unwrap();
        drop(transaction);
        assert!(room.deliveries().await.is_empty(), "{database:?}");
        let work = job::Entity::across_workspaces().count(&*room.database).await.unwrap();
        assert_eq!(work, 0, "{database:?}");
    }
}

#[tokio::test]
async fn another_workspace_hears_nothing() {
    for database in testing::databases().await {
        let room = Room::new(database.database()).await;
        let elsewhere = WorkspaceId(room.world.new_id());
        add_workspace(&room.database, elsewhere, "Southquay").await;
        let theirs = member(&room.database, &room.world, elsewhere, Role::Admin, "b@southquay.example").await;
        let new = NewChannel {
            kind: ChannelKind::Webhook,
            name: "Theirs".to_owned(),
            address: Secret::new("https://theirs.example/"),
            events: SUBSCRIBABLE.to_vec(),
        };
        room.channels.create(&theirs, new).await.unwrap();
        let account = room.account().await;
        room.happen(&account).await;
        assert!(room.deliveries().await.is_empty(), "{database:?}");
    }
}

#[tokio::test]
async fn what_is_known_of_an_account_goes_away_with_it() {
    for database in testing::databases().await {
        let room = Room::new(database.database()).await;
        let account = room.account().await;
        let channel = room.webhook("https://crm.example/").await;
        room.happen(&account).await;
        room.test(channel.id).await;
        account::Entity::delete_in_workspace(room.workspace).exec(&*room.database).await.unwrap();
        assert_eq!(room.only().await.event_type, EventType::ChannelTest, "{database:?}");
    }
}

#[tokio::test]
async fn slack_gets_a_short_text() {
    for database in testing::databases().await {
        let receiver = Receiver::start().await;
        let slack = format!("http://127.0.0.1:{}/slack", receiver.port);
        let settings = [
            ("MOORING_DEVELOPMENT", "true"),
            ("WEBHOOKS_ALLOW_PRIVATE", "true"),
            ("SLACK_WEBHOOK_URL", slack.as_str()),
        ];
        let room = Room::with(database.database(), &settings).await;
        let account = room.account().await;
        let address = format!("{slack}/services/T0/B0/secret-part");
        let (channel, secret) = room.create(ChannelKind::Slack, &address, &SUBSCRIBABLE).await;
        assert!(secret.is_none(), "Slack checks no signatures");
        let transaction = room.database.begin().await.unwrap();
        let event = Event::HealthChanged {
            from: (Health::Healthy, None),
            to: (Health::ActionNeeded, Some(HealthReason::Checkpoint)),
        };
        announce(&*transaction, &room.world, &account, event).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(room.work(channel.id).await, None);
        let got = receiver.got();
        assert_eq!(got.len(), 1, "{database:?}");
        assert_eq!(got[0].path, "/slack/services/T0/B0/secret-part");
        assert!(got[0].headers.get("mooring-signature").is_none());
        let body: Value = serde_json::from_str(&got[0].body).unwrap();
        let text = body["text"].as_str().unwrap();
        assert!(text.contains("waits for its owner: Meta wants the owner to confirm something"), "{text}");
        assert!(text.contains(&format!("/accounts/account:{}|@studio.nord>", account.id)), "{text}");
    }
}
