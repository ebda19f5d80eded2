//! Where requests go, and what an answer can do.

use entity::delivery::{DeliveryProblem, DeliveryState};

use super::receiver::{Does, answer};
use super::*;
use crate::address::AddressFault;
use crate::http::{Http, NoAnswer};
use crate::team::{Changes, ChannelError};

#[tokio::test]
async fn a_name_leads_only_to_the_addresses_that_were_checked() {
    let receiver = Receiver::start().await;
    let database = testing::sqlite().await;
    let room = Room::new(database.database()).await;
    let post = |allow_private: bool, name: &'static str| {
        let http = Http::new(allow_private, room.names.clone(), TIME_LIMIT).unwrap();
        let url = format!("http://{name}:{}/x", receiver.port).parse().unwrap();
        async move { http.post(url, &[], "{}".to_owned()).await }
    };
    for name in ["receiver.example", "inside.example", "mixed.example", "metadata.example", "mapped.example"]
    {
        assert_eq!(post(false, name).await, Err(NoAnswer::NotPublic), "{name}");
    }
    assert_eq!(post(false, "unknown.example").await, Err(NoAnswer::NoConnection));
    assert!(receiver.got().is_empty(), "nobody was spoken to");

    // No other resolver knows this name: the connection is made to what ours has found, after one look.
    let asked = room.names.asked.load(Ordering::Relaxed);
    assert_eq!(post(true, "receiver.example").await.unwrap().status, 200);
    assert_eq!(room.names.asked.load(Ordering::Relaxed), asked + 1);
    assert_eq!(receiver.got().len(), 1);
}

#[tokio::test]
async fn an_address_that_has_become_private_is_refused_when_something_is_sent() {
    for database in testing::databases().await {
        let receiver = Receiver::start().await;
        let room = Room::new(database.database()).await;
        let account = room.account().await;
        let literal = room.webhook(&receiver.url()).await;
        let named = room.webhook(&format!("http://receiver.example:{}/", receiver.port)).await;
        // The same rows, and an installation that is no development.
        let config = config(&[("WEBHOOK_PORTS", &format!("443,{}", receiver.port))]);
        let channels = Channels::with(
            &config,
            room.database.clone(),
            room.world.clone(),
            room.names.clone(),
            TIME_LIMIT,
        )
        .unwrap();
        let room = Room { channels, ..room };
        room.happen(&account).await;
        for channel in [literal.id, named.id] {
            assert!(room.work(channel).await.is_some());
        }
        for row in room.deliveries().await {
            assert_eq!(row.problem, Some(DeliveryProblem::AddressRefused), "{database:?}");
            assert_eq!((row.state, row.attempts), (DeliveryState::Waiting, 1));
        }
        assert!(receiver.got().is_empty(), "{database:?}");
    }
}

#[tokio::test]
async fn addresses_of_our_network_are_not_even_saved() {
    let database = testing::sqlite().await;
    let room = Room::with(database.database(), &[]).await;
    let create = async |address: &str| {
        let new = NewChannel {
            kind: ChannelKind::Webhook,
            name: "Our CRM".to_owned(),
            address: Secret::new(address),
            events: vec![EventType::IncidentOpened],
        };
        match room.channels.create(&room.admin, new).await {
            Ok((row, _)) => Ok(row),
            Err(ChannelError::Address(fault)) => Err(fault),
            Err(error) => panic!("{error}"),
        }
    };
    for name in ["receiver.example", "inside.example", "mixed.example", "metadata.example", "mapped.example"]
    {
        assert_eq!(create(&format!("https://{name}/")).await, Err(AddressFault::NotPublic), "{name}");
    }
    assert_eq!(create("https://127.0.0.1/").await, Err(AddressFault::NoName));
    assert!(create("https://not-there-yet.example/").await.is_ok());
    let channel = create("https://public.example/").await.unwrap();
    let changes = Changes { address: Some(Secret::new("https://inside.example/")), ..Changes::default() };
    let refused = room.channels.update(&room.admin, channel.id, changes).await;
    assert!(matches!(refused, Err(ChannelError::Address(AddressFault::NotPublic))), "{refused:?}");
}

#[tokio::test]
async fn redirects_are_not_followed() {
    for database in testing::databases().await {
        let (receiver, other) = (Receiver::start().await, Receiver::start().await);
        let room = Room::new(database.database()).await;
        let account = room.account().await;
        let channel = room.webhook(&receiver.url()).await;
        for status in [301, 302, 303, 307, 308] {
            receiver.does(Does::Answer(status, vec![("location", other.url())], String::new()));
            room.happen(&account).await;
            room.work(channel.id).await;
            let row = room.deliveries().await.pop().unwrap();
            assert_eq!(row.problem, Some(DeliveryProblem::Redirected), "{database:?} {status}");
            assert_eq!(row.status_code, Some(status.into()));
        }
        assert!(other.got().is_empty(), "{database:?}");
    }
}

#[tokio::test]
async fn a_receiver_that_hangs_costs_its_time_and_no_more() {
    for database in testing::databases().await {
        let (receiver, good) = (Receiver::start().await, Receiver::start().await);
        let room = Room::new(database.database()).await;
        let account = room.account().await;
        let hanging = room.webhook(&receiver.url()).await;
        let healthy = room.webhook(&good.url()).await;
        receiver.does(Does::Hang);
        for _ in 0..10 {
            room.happen(&account).await;
        }
        let began = std::time::Instant::now();
        tokio::join!(room.work(hanging.id), room.work(healthy.id));
        assert!(began.elapsed() < TIME_LIMIT * 3, "together, not one after the other");
        assert_eq!(good.got().len(), 8, "{database:?}: so many at once");
        let waiting: Vec<_> = room
            .deliveries()
            .await
            .into_iter()
            .filter(|row| row.channel_id == hanging.id && row.problem == Some(DeliveryProblem::Timeout))
            .collect();
        assert_eq!(waiting.len(), 8, "{database:?}");
    }
}

#[tokio::test]
async fn an_answer_is_read_and_kept_in_part_only() {
    for database in testing::databases().await {
        let receiver = Receiver::start().await;
        let room = Room::new(database.database()).await;
        let channel = room.webhook(&receiver.url()).await;
        receiver.does(Does::Endless);
        room.test(channel.id).await;
        let began = std::time::Instant::now();
        assert_eq!(room.work(channel.id).await, None);
        assert!(began.elapsed() < TIME_LIMIT, "it is not read to its end");
        let row = room.only().await;
        assert_eq!((row.state, row.status_code), (DeliveryState::Delivered, Some(200)), "{database:?}");
        assert_eq!(row.answer.unwrap(), "x".repeat(500));

        let text = "<script>alert(1)</script>\r\n/hooks/secret-path?key=secret-key";
        receiver.does(Does::Answer(400, Vec::new(), text.to_owned()));
        room.test(channel.id).await;
        room.work(channel.id).await;
        let row = room.deliveries().await.pop().unwrap();
        assert_eq!(row.answer.as_deref(), Some("<script>alert(1)</script>  /hooks/•••?key=•••"));
    }
}

#[tokio::test]
async fn nobody_listens() {
    let receiver = Receiver::start().await;
    let database = testing::sqlite().await;
    let room = Room::new(database.database()).await;
    receiver.does(answer(200));
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let channel = room.webhook(&format!("http://{free}/")).await;
    room.test(channel.id).await;
    assert!(room.work(channel.id).await.is_some());
    let row = room.only().await;
    assert_eq!((row.problem, row.status_code), (Some(DeliveryProblem::NoConnection), None));
}
