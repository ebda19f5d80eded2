//! Testing and sending again.

use entity::delivery::{DeliveryProblem, DeliveryState};

use sea_orm::ActiveEnum as _;

use super::receiver::answer;
use super::*;
use crate::team::ChannelError;

#[tokio::test]
async fn a_replay_sends_the_same_event_under_the_same_id_for_another_day() {
    for database in testing::databases().await {
        let receiver = Receiver::start().await;
        let room = Room::new(database.database()).await;
        let account = room.account().await;
        let channel = room.webhook(&receiver.url()).await;
        receiver.does(answer(500));
        room.happen(&account).await;
        room.work_on(channel.id).await;
        let failed = room.only().await;
        assert_eq!(failed.state, DeliveryState::GivenUp);
        let waiting = room.channels.replay(&room.admin, failed.id).await.unwrap();
        assert_eq!((waiting.state, waiting.ended_at), (DeliveryState::Waiting, None), "{database:?}");
        let twice = room.channels.replay(&room.admin, failed.id).await;
        assert!(matches!(twice, Err(ChannelError::Waiting)), "{database:?}: {twice:?}");
        assert_eq!(room.work_on(channel.id).await, TimeDelta::hours(24), "{database:?}");

        receiver.does(answer(200));
        room.channels.replay(&room.admin, failed.id).await.unwrap();
        assert_eq!(room.work(channel.id).await, None);
        let row = room.only().await;
        assert_eq!((row.state, row.problem), (DeliveryState::Delivered, None), "{database:?}");
        assert!(row.attempts > failed.attempts, "all attempts are counted");
        room.channels.replay(&room.admin, failed.id).await.unwrap();
        room.work(channel.id).await;
        let ids: std::collections::BTreeSet<_> = receiver
            .got()
            .iter()
            .map(|got| got.headers["mooring-event-id"].clone())
            .collect::<Vec<_>>()
            .into_iter()
            .map(|id| id.to_str().unwrap().to_owned())
            .collect();
        assert_eq!(ids.len(), 1, "{database:?}: what was delivered can be sent again, too");
    }
}

#[tokio::test]
async fn all_that_failed_since_a_moment_is_sent_again() {
    for database in testing::databases().await {
        let receiver = Receiver::start().await;
        let room = Room::new(database.database()).await;
        let account = room.account().await;
        let channel = room.webhook(&receiver.url()).await;
        receiver.does(answer(200));
        room.happen(&account).await;
        room.work(channel.id).await;
        receiver.does(answer(500));
        room.happen(&account).await;
        room.work_on(channel.id).await;
        let since = room.world.now();
        for _ in 0..12 {
            room.happen(&account).await;
        }
        room.channels.set_enabled(&room.admin, channel.id, false).await.unwrap();
        let refused = room.channels.replay_given_up(&room.admin, channel.id, since).await;
        assert!(matches!(refused, Err(ChannelError::Disabled)), "{database:?}");
        room.channels.set_enabled(&room.admin, channel.id, true).await.unwrap();

        receiver.does(answer(200));
        let before = receiver.got().len();
        assert_eq!(room.channels.replay_given_up(&room.admin, channel.id, since).await.unwrap(), 12);
        room.work_on(channel.id).await;
        assert_eq!(receiver.got().len() - before, 12, "{database:?}: not what is older, nor what arrived");
        assert_eq!(room.channels.replay_given_up(&room.admin, channel.id, since).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn tests_and_replays_have_their_measure() {
    for database in testing::databases().await {
        let room = Room::new(database.database()).await;
        let channel = room.webhook("https://crm.example/").await;
        for _ in 0..30 {
            room.test(channel.id).await;
        }
        let refused = room.channels.send_test(&room.admin, channel.id).await;
        assert!(matches!(refused, Err(ChannelError::TooOften)), "{database:?}: {refused:?}");
        for _ in 0..10 {
            room.channels.replay_given_up(&room.admin, channel.id, room.world.now()).await.unwrap();
        }
        let refused = room.channels.replay_given_up(&room.admin, channel.id, room.world.now()).await;
        assert!(matches!(refused, Err(ChannelError::TooOften)), "{database:?}: {refused:?}");
        room.clock.advance(TimeDelta::hours(1));
        room.test(channel.id).await;
    }
}

#[tokio::test]
async fn old_deliveries_go_and_figures_count_the_last_day() {
    for database in testing::databases().await {
        let receiver = Receiver::start().await;
        let room = Room::new(database.database()).await;
        let channel = room.webhook(&receiver.url()).await;
        room.test(channel.id).await;
        room.work(channel.id).await;
        let count = async |state: DeliveryState| {
            let figures = room.channels.figures().await.unwrap();
            figures.into_iter().find(|(name, _)| *name == state.to_value()).unwrap().1
        };
        assert_eq!(count(DeliveryState::Delivered).await, 1, "{database:?}");
        room.test(channel.id).await;
        assert_eq!(count(DeliveryState::Waiting).await, 1, "{database:?}");
        room.clock.advance(TimeDelta::days(2));
        assert_eq!(count(DeliveryState::Delivered).await, 0, "{database:?}");
        room.clock.advance(TimeDelta::days(27));
        room.channels.remove_old().await.unwrap();
        assert_eq!(room.deliveries().await.len(), 2, "{database:?}");
        room.clock.advance(TimeDelta::days(2));
        room.channels.remove_old().await.unwrap();
        assert_eq!(room.only().await.state, DeliveryState::Waiting, "{database:?}: what waits stays");
        room.channels.set_enabled(&room.admin, channel.id, false).await.unwrap();
        assert_eq!(room.only().await.problem, Some(DeliveryProblem::ChannelDisabled));
        room.channels.remove_old().await.unwrap();
        assert!(room.deliveries().await.is_empty(), "{database:?}");
    }
}
