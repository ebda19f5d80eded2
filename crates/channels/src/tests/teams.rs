//! Who may do what with channels, and what is written down of it.

use entity::audit_event;
use entity::delivery::DeliveryState;

use super::receiver::Receiver;
use super::*;
use crate::team::{Changes, ChannelError, MOST_CHANNELS, events_of};

#[tokio::test]
async fn only_admins_see_and_change_channels() {
    for database in testing::databases().await {
        let room = Room::new(database.database()).await;
        let channel = room.webhook("https://crm.example/").await;
        let delivery = room.test(channel.id).await;
        for role in [Role::Viewer, Role::Member] {
            let email = format!("{role:?}@northlight.example");
            let who = member(&room.database, &room.world, room.workspace, role, &email).await;
            assert!(is_nothing(&room, &who, &channel, delivery.id).await, "{database:?} {role:?}");
            let refusals = attempts(&room, &who, channel.id, delivery.id).await;
            assert!(refusals.iter().all(|error| matches!(error, ChannelError::Forbidden)), "{refusals:?}");
        }
        let owner =
            member(&room.database, &room.world, room.workspace, Role::Owner, "o@northlight.example").await;
        assert_eq!(room.channels.list(&owner).await.unwrap().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn what_belongs_to_another_workspace_does_not_exist() {
    for database in testing::databases().await {
        let room = Room::new(database.database()).await;
        let channel = room.webhook("https://crm.example/").await;
        let delivery = room.test(channel.id).await;
        let elsewhere = WorkspaceId(room.world.new_id());
        add_workspace(&room.database, elsewhere, "Southquay").await;
        let theirs = member(&room.database, &room.world, elsewhere, Role::Owner, "b@southquay.example").await;
        assert_eq!(room.channels.list(&theirs).await.unwrap(), Some(Vec::new()));
        assert!(room.channels.find(&theirs, channel.id).await.unwrap().is_none());
        assert!(room.channels.delivery(&theirs, delivery.id).await.unwrap().is_none());
        let page = room.channels.deliveries(&theirs, channel.id, None, None, 10).await.unwrap();
        assert_eq!((page.rows.len(), page.total), (0, 0), "{database:?}");
        let refusals = attempts(&room, &theirs, channel.id, delivery.id).await;
        assert!(refusals.iter().all(|error| matches!(error, ChannelError::NotFound)), "{refusals:?}");
        assert_eq!(room.channel(channel.id).await, channel, "{database:?}: nothing has changed");
    }
}

#[tokio::test]
async fn each_change_is_written_down_without_a_secret() {
    for database in testing::databases().await {
        let room = Room::new(database.database()).await;
        let channel = room.webhook("https://crm.example/secret-path").await;
        let changes = Changes {
            name: Some(" Our other CRM ".to_owned()),
            address: Some(Secret::new("https://other.example/other-secret")),
            events: Some(vec![
                EventType::IncidentClosed,
                EventType::IncidentOpened,
                EventType::IncidentOpened,
            ]),
        };
        let changed = room.channels.update(&room.admin, channel.id, changes).await.unwrap();
        assert_eq!((changed.name.as_str(), changed.kind), ("Our other CRM", ChannelKind::Webhook));
        assert_eq!(changed.address_shown, "https://other.example/•••");
        assert_eq!(events_of(&changed), [EventType::IncidentOpened, EventType::IncidentClosed]);
        room.channels.rotate_secret(&room.admin, channel.id).await.unwrap();
        let delivery = room.test(channel.id).await;
        room.channels.set_enabled(&room.admin, channel.id, false).await.unwrap();
        room.channels.set_enabled(&room.admin, channel.id, false).await.unwrap();
        room.channels.set_enabled(&room.admin, channel.id, true).await.unwrap();
        room.channels.replay(&room.admin, delivery.id).await.unwrap();
        room.channels.delete(&room.admin, channel.id).await.unwrap();
        let trail = audit_event::Entity::in_workspace(room.workspace)
            .order_by_asc(audit_event::Column::Id)
            .all(&*room.database)
            .await
            .unwrap();
        let mut actions: Vec<_> = trail.iter().map(|event| event.action.as_str()).collect();
        actions.sort_unstable();
        assert_eq!(
            actions,
            [
                "channel.created",
                "channel.deleted",
                "channel.disabled",
                "channel.enabled",
                "channel.replayed",
                "channel.secret_rotated",
                "channel.tested",
                "channel.updated",
            ],
            "{database:?}: each once"
        );
        for event in &trail {
            assert_eq!(event.user_id, Some(room.admin.user_id()));
            let detail = event.detail.to_string();
            assert!(!detail.contains("secret-path") && !detail.contains("whsec_"), "{detail}");
        }
        assert!(room.deliveries().await.is_empty(), "{database:?}: the log went with it");
    }
}

#[tokio::test]
async fn a_workspace_has_at_most_twenty_channels() {
    for database in testing::databases().await {
        let room = Room::new(database.database()).await;
        for _ in 0..MOST_CHANNELS {
            room.webhook("https://crm.example/").await;
        }
        let new = |name: &str, events: &[EventType]| NewChannel {
            kind: ChannelKind::Webhook,
            name: name.to_owned(),
            address: Secret::new("https://crm.example/"),
            events: events.to_vec(),
        };
        let refused = room.channels.create(&room.admin, new("One more", &SUBSCRIBABLE)).await;
        assert!(matches!(refused, Err(ChannelError::TooMany)), "{database:?}");
        for (new, name) in [
            (new(" ", &SUBSCRIBABLE), true),
            (new("x", &[]), false),
            (new("x", &[EventType::ChannelTest]), false),
        ] {
            let refused = room.channels.create(&room.admin, new).await;
            let as_said = match refused {
                Err(ChannelError::Name(_)) => name,
                Err(ChannelError::Events) => !name,
                _ => false,
            };
            assert!(as_said, "{database:?}");
        }
    }
}

#[tokio::test]
async fn a_new_address_gets_what_waits() {
    for database in testing::databases().await {
        let receiver = Receiver::start().await;
        let room = Room::new(database.database()).await;
        let channel = room.webhook("http://unknown.example/").await;
        room.test(channel.id).await;
        let next = room.work(channel.id).await.unwrap();
        let changes = Changes { address: Some(Secret::new(receiver.url())), ..Changes::default() };
        room.channels.update(&room.admin, channel.id, changes).await.unwrap();
        room.clock.advance(next - room.world.now());
        assert_eq!(room.work(channel.id).await, None);
        assert_eq!(room.only().await.state, DeliveryState::Delivered, "{database:?}");
    }
}

#[tokio::test]
async fn the_log_is_paged_from_the_newest() {
    for database in testing::databases().await {
        let room = Room::new(database.database()).await;
        let channel = room.webhook("https://crm.example/").await;
        for _ in 0..5 {
            room.test(channel.id).await;
            room.clock.advance(TimeDelta::seconds(1));
        }
        let page = async |after, state| {
            room.channels.deliveries(&room.admin, channel.id, state, after, 3).await.unwrap()
        };
        let first = page(None, None).await;
        assert_eq!((first.rows.len(), first.total), (3, 5), "{database:?}");
        assert!(first.rows[0].created_at > first.rows[2].created_at);
        let rest = page(Some(first.rows[2].id), None).await;
        assert_eq!((rest.rows.len(), rest.total), (2, 5), "{database:?}");
        assert_eq!(page(None, Some(DeliveryState::GivenUp)).await.total, 0);
    }
}

async fn is_nothing(room: &Room, who: &Member, channel: &channel::Model, id: entity::DeliveryId) -> bool {
    room.channels.list(who).await.unwrap().is_none()
        && room.channels.find(who, channel.id).await.unwrap().is_none()
        && room.channels.delivery(who, id).await.unwrap().is_none()
        && room.channels.deliveries(who, channel.id, None, None, 10).await.unwrap().total == 0
}

/// What comes of everything that can be done with a channel.
async fn attempts(
    room: &Room,
    who: &Member,
    id: ChannelId,
    delivery: entity::DeliveryId,
) -> Vec<ChannelError> {
    let channels = &room.channels;
    vec![
        channels.update(who, id, Changes::default()).await.unwrap_err(),
        channels.delete(who, id).await.unwrap_err(),
        channels.set_enabled(who, id, false).await.unwrap_err(),
        channels.set_enabled(who, id, true).await.unwrap_err(),
        channels.rotate_secret(who, id).await.unwrap_err(),
        channels.send_test(who, id).await.unwrap_err(),
        channels.replay(who, delivery).await.unwrap_err(),
        channels.replay_given_up(who, id, room.world.now()).await.unwrap_err(),
    ]
}
