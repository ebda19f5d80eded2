//! A channel gets another address, while something waits for it or is on its way to the one before.

use entity::channel::DisabledReason;
use entity::delivery::DeliveryState;
use entity::job::{self, JobKind};
use entity::outbox;
use sea_orm::sea_query::Expr;

use super::receiver::{Does, answer};
use super::*;
use crate::sending::AT_ONCE;
use crate::team::Changes;

impl Room {
    async fn lead_to(&self, channel: ChannelId, receiver: &Receiver) -> channel::Model {
        self.clock.advance(TimeDelta::milliseconds(1));
        let changes = Changes { address: Some(Secret::new(receiver.url())), ..Changes::default() };
        self.channels.update(&self.admin, channel, changes).await.unwrap()
    }

    /// When the work of the only channel is due.
    async fn due(&self) -> Option<DateTime<Utc>> {
        let work = job::Entity::across_workspaces().filter(job::Column::Kind.eq(JobKind::Deliver));
        work.one(&*self.database).await.unwrap().unwrap().due_at
    }

    /// Works as a worker does, who also writes down when the work is due next.
    async fn work_and_wait(&self, channel: ChannelId) {
        let next = self.work(channel).await;
        job::Entity::update_across_workspaces()
            .col_expr(job::Column::DueAt, Expr::value(next))
            .filter(job::Column::SubjectId.eq(channel.0))
            .exec(&*self.database)
            .await
            .unwrap();
    }
}

fn come_back_in_an_hour() -> Does {
    Does::Answer(503, vec![("retry-after", "3600".to_owned())], String::new())
}

#[tokio::test]
async fn a_new_address_gets_at_once_what_the_one_before_let_wait() {
    for database in testing::databases().await {
        let (old, new) = (Receiver::start().await, Receiver::start().await);
        let room = Room::new(database.database()).await;
        let account = room.account().await;
        let channel = room.webhook(&old.url()).await;
        old.does(come_back_in_an_hour());
        // More than are sent at once: the last ones are not even tried.
        for _ in 0..AT_ONCE + 2 {
            room.happen(&account).await;
        }
        room.work_and_wait(channel.id).await;
        assert!(room.due().await.unwrap() - room.world.now() > TimeDelta::minutes(55), "{database:?}");

        let replaced = room.lead_to(channel.id, &new).await;
        assert_eq!((replaced.paused_until, replaced.failing_since), (None, None), "{database:?}");
        assert_eq!(room.due().await, Some(room.world.now()), "{database:?}: what waited is due");
        for _ in 0..2 {
            room.work(channel.id).await;
        }
        assert_eq!(new.got().len(), 10, "{database:?}");
        assert_eq!(old.got().len(), 8, "{database:?}: and nothing more to the one before");
        let deliveries = room.deliveries().await;
        assert!(deliveries.iter().all(|row| row.state == DeliveryState::Delivered), "{database:?}");
    }
}

#[tokio::test]
async fn what_an_address_says_after_it_was_replaced_is_no_word_of_the_new_one() {
    for says in [answer(410), answer(500), come_back_in_an_hour()] {
        for database in testing::databases().await {
            let (old, new) = (Receiver::start().await, Receiver::start().await);
            let room = Room::new(database.database()).await;
            let account = room.account().await;
            let channel = room.webhook(&old.url()).await;
            old.does(says.clone());
            room.happen(&account).await;
            // The last attempt within a day, after which a delivery is given up.
            room.clock.advance(TimeDelta::hours(24));
            let under_way = room.channels.send_due(room.workspace, channel.id).await.unwrap().unwrap();
            assert_eq!(under_way.counts(), (0, 1));
            let replaced = room.lead_to(channel.id, &new).await;
            let transaction = room.database.begin().await.unwrap();
            let next = room.channels.note(&*transaction, &under_way).await.unwrap();
            transaction.commit().await.unwrap();

            assert_eq!(room.channel(channel.id).await, replaced, "{database:?} {says:?}");
            let mails = outbox::Entity::across_workspaces().count(&*room.database).await.unwrap();
            assert_eq!(mails, 0, "{database:?} {says:?}: nobody is told that it fails");
            assert_eq!(next, Some(room.world.now()), "{database:?} {says:?}: the new one is asked now");
            assert_eq!(room.work(channel.id).await, None);
            assert_eq!((old.got().len(), new.got().len()), (1, 1), "{database:?} {says:?}");
            assert_eq!(room.only().await.state, DeliveryState::Delivered, "{database:?} {says:?}");

            // What the new one says counts.
            new.does(answer(410));
            room.happen(&account).await;
            room.work(channel.id).await;
            let told = room.channel(channel.id).await;
            assert_eq!(told.disabled_reason, Some(DisabledReason::Gone), "{database:?}");
        }
    }
}

#[tokio::test]
async fn what_the_former_address_took_is_not_sent_to_the_new_one() {
    for database in testing::databases().await {
        let (old, new) = (Receiver::start().await, Receiver::start().await);
        let room = Room::new(database.database()).await;
        let account = room.account().await;
        let channel = room.webhook(&old.url()).await;
        room.happen(&account).await;
        let under_way = room.channels.send_due(room.workspace, channel.id).await.unwrap().unwrap();
        room.lead_to(channel.id, &new).await;
        let transaction = room.database.begin().await.unwrap();
        assert_eq!(room.channels.note(&*transaction, &under_way).await.unwrap(), None, "{database:?}");
        transaction.commit().await.unwrap();
        assert_eq!(room.work(channel.id).await, None);
        assert_eq!((old.got().len(), new.got().len()), (1, 0), "{database:?}");
        assert_eq!(room.only().await.state, DeliveryState::Delivered, "{database:?}");
    }
}
