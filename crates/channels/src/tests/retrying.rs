//! What is delivered, tried again, and given up.

use entity::channel::DisabledReason;
use entity::delivery::{DeliveryProblem, DeliveryState};
use entity::outbox::{self, MailKind};

use super::receiver::{Does, answer};
use super::*;

#[tokio::test]
async fn what_the_receiver_takes_is_sent_once() {
    for database in testing::databases().await {
        let receiver = Receiver::start().await;
        let room = Room::new(database.database()).await;
        let account = room.account().await;
        let channel = room.webhook(&receiver.url()).await;
        for status in [200, 201, 202, 204, 299] {
            receiver.does(answer(status));
            room.happen(&account).await;
            assert_eq!(room.work(channel.id).await, None, "{database:?} {status}");
        }
        assert_eq!(room.work(channel.id).await, None);
        assert_eq!(receiver.got().len(), 5, "{database:?}");
        for (row, got) in room.deliveries().await.iter().zip(receiver.got()) {
            assert_eq!((row.state, row.attempts), (DeliveryState::Delivered, 1));
            assert_eq!(got.body, row.body, "the very bytes");
            assert_eq!(got.headers["mooring-event-id"], format!("event:{}", row.event_id));
            assert_eq!(got.headers["content-type"], "application/json");
        }
    }
}

#[tokio::test]
async fn what_it_does_not_take_is_tried_for_a_day_and_given_up() {
    for database in testing::databases().await {
        let receiver = Receiver::start().await;
        let room = Room::new(database.database()).await;
        let account = room.account().await;
        let channel = room.webhook(&receiver.url()).await;
        receiver.does(answer(500));
        room.happen(&account).await;

        let first = room.work(channel.id).await.unwrap() - room.world.now();
        assert!((54..=66).contains(&first.num_seconds()), "{database:?}: {first}");
        room.clock.advance(first);
        let second = room.work(channel.id).await.unwrap() - room.world.now();
        assert!((108..=132).contains(&second.num_seconds()), "{database:?}: {second}");
        room.clock.advance(second);
        let rest = room.work_on(channel.id).await;
        assert_eq!(
            first + second + rest,
            TimeDelta::hours(24),
            "{database:?}: the last when the day is over"
        );
        let row = room.only().await;
        assert_eq!((row.state, row.problem), (DeliveryState::GivenUp, Some(DeliveryProblem::Refused)));
        assert!((12..=15).contains(&row.attempts), "{database:?}: {}", row.attempts);
        let got = receiver.got();
        assert_eq!(got.len(), usize::try_from(row.attempts).unwrap());
        assert!(got.iter().all(|got| got.body == row.body), "each time the same");
        assert!(room.channel(channel.id).await.disabled_at.is_none(), "one is not all");
    }
}

#[tokio::test]
async fn a_crash_between_sending_and_noting_sends_the_same_once_more() {
    for database in testing::databases().await {
        let receiver = Receiver::start().await;
        let room = Room::new(database.database()).await;
        let account = room.account().await;
        let channel = room.webhook(&receiver.url()).await;
        room.happen(&account).await;
        let lost = room.channels.send_due(room.workspace, channel.id).await.unwrap().unwrap();
        drop(lost);
        assert_eq!(room.work(channel.id).await, None);
        assert_eq!(room.work(channel.id).await, None);
        let got = receiver.got();
        assert_eq!(got.len(), 2, "{database:?}");
        assert_eq!(got[0].headers["mooring-event-id"], got[1].headers["mooring-event-id"]);
        assert_eq!(got[0].body, got[1].body);
    }
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_left_alone_at_once() {
    for database in testing::databases().await {
        let receiver = Receiver::start().await;
        let room = Room::new(database.database()).await;
        let account = room.account().await;
        let channel = room.webhook(&receiver.url()).await;
        receiver.does(answer(410));
        for _ in 0..10 {
            room.happen(&account).await;
        }
        assert_eq!(room.work(channel.id).await, None, "{database:?}");
        assert_eq!(room.channel(channel.id).await.disabled_reason, Some(DisabledReason::Gone));
        let deliveries = room.deliveries().await;
        assert!(deliveries.iter().all(|row| row.state == DeliveryState::GivenUp), "{database:?}");
        let unsent = deliveries.iter().filter(|row| row.problem == Some(DeliveryProblem::ChannelDisabled));
        assert_eq!(unsent.count(), 2, "{database:?}");
        room.happen(&account).await;
        assert_eq!(room.work(channel.id).await, None);
        assert_eq!(receiver.got().len(), 8, "{database:?}: nothing is sent to it any more");
        assert_eq!(mails(&room).await, 1, "{database:?}: whoever runs the workspace is told");

        // Again on the same day: once is enough.
        room.channels.set_enabled(&room.admin, channel.id, true).await.unwrap();
        room.test(channel.id).await;
        room.work(channel.id).await;
        assert!(room.channel(channel.id).await.disabled_at.is_some());
        assert_eq!(mails(&room).await, 1, "{database:?}");
    }
}

#[tokio::test]
async fn three_days_without_a_delivery_disable_a_channel() {
    for database in testing::databases().await {
        let receiver = Receiver::start().await;
        let room = Room::new(database.database()).await;
        let account = room.account().await;
        let channel = room.webhook(&receiver.url()).await;
        receiver.does(answer(500));
        let given_up = async || {
            room.happen(&account).await;
            room.work_on(channel.id).await;
        };
        for _ in 0..3 {
            given_up().await;
            assert!(room.channel(channel.id).await.disabled_at.is_none(), "{database:?}");
        }
        // One that arrives, and the days are counted anew.
        receiver.does(answer(200));
        room.happen(&account).await;
        room.work(channel.id).await;
        assert_eq!(room.channel(channel.id).await.failing_since, None, "{database:?}");
        receiver.does(answer(500));
        for _ in 0..3 {
            given_up().await;
            assert!(room.channel(channel.id).await.disabled_at.is_none(), "{database:?}");
        }
        given_up().await;
        assert_eq!(room.channel(channel.id).await.disabled_reason, Some(DisabledReason::Failing));
        assert_eq!(mails(&room).await, 1, "{database:?}");
    }
}

#[tokio::test]
async fn a_receiver_that_asks_to_wait_is_waited_for() {
    for database in testing::databases().await {
        let receiver = Receiver::start().await;
        let room = Room::new(database.database()).await;
        let account = room.account().await;
        let channel = room.webhook(&receiver.url()).await;
        for (status, header, seconds) in [
            (429, "900", 900..=900),
            (503, "Fri, 20 Nov 2026 11:00:00 GMT", 3_598..=3_600),
            (429, "999999999", 21_600..=21_600),
            // Not before the usual delay, and only where the header means that.
            (429, "1", 54..=66),
            (429, "soon", 54..=66),
            (500, "900", 54..=66),
        ] {
            delivery::Entity::delete_across_workspaces().exec(&*room.database).await.unwrap();
            receiver.does(Does::Answer(status, vec![("retry-after", header.to_owned())], String::new()));
            room.happen(&account).await;
            let next = room.work(channel.id).await.unwrap();
            let wait = (next - room.world.now()).num_seconds();
            assert!(seconds.contains(&wait), "{database:?} {status} {header}: {wait}");
            room.channels.set_enabled(&room.admin, channel.id, false).await.unwrap();
            room.channels.set_enabled(&room.admin, channel.id, true).await.unwrap();
        }

        receiver.does(Does::Answer(429, vec![("retry-after", "900".to_owned())], String::new()));
        room.happen(&account).await;
        let next = room.work(channel.id).await.unwrap();
        let before = receiver.got().len();
        room.happen(&account).await;
        assert_eq!(room.work(channel.id).await, Some(next), "{database:?}: the whole channel waits");
        assert_eq!(receiver.got().len(), before);
        receiver.does(answer(200));
        room.clock.advance(TimeDelta::seconds(900));
        assert_eq!(room.work(channel.id).await, None);
        assert_eq!(receiver.got().len(), before + 2, "{database:?}");
    }
}

#[tokio::test]
async fn what_arrived_while_a_channel_was_switched_off_has_arrived() {
    for database in testing::databases().await {
        let receiver = Receiver::start().await;
        let room = Room::new(database.database()).await;
        let account = room.account().await;
        let channel = room.webhook(&receiver.url()).await;
        room.happen(&account).await;
        let sent = room.channels.send_due(room.workspace, channel.id).await.unwrap().unwrap();
        room.channels.set_enabled(&room.admin, channel.id, false).await.unwrap();
        assert_eq!(room.only().await.state, DeliveryState::GivenUp);
        let transaction = room.database.begin().await.unwrap();
        assert_eq!(room.channels.note(&*transaction, &sent).await.unwrap(), None);
        transaction.commit().await.unwrap();
        assert_eq!(room.only().await.state, DeliveryState::Delivered, "{database:?}");
    }
}

#[tokio::test]
async fn a_channel_that_is_deleted_while_it_is_sent_to_leaves_nothing_to_do() {
    for database in testing::databases().await {
        let receiver = Receiver::start().await;
        let room = Room::new(database.database()).await;
        let account = room.account().await;
        let channel = room.webhook(&receiver.url()).await;
        room.happen(&account).await;
        let sent = room.channels.send_due(room.workspace, channel.id).await.unwrap().unwrap();
        room.channels.delete(&room.admin, channel.id).await.unwrap();
        assert_eq!(room.channels.note(&*room.database, &sent).await.unwrap(), None, "{database:?}");
        assert!(room.deliveries().await.is_empty());
        assert!(room.channels.send_due(room.workspace, channel.id).await.unwrap().is_none());
    }
}

async fn mails(room: &Room) -> u64 {
    outbox::Entity::across_workspaces()
        .filter(outbox::Column::Kind.eq(MailKind::ChannelDisabled))
        .count(&*room.database)
        .await
        .unwrap()
}
