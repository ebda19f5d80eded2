//! What the team of a workspace hears.

use super::*;

const TEAM: &str = "team@x.example";

#[tokio::test]
async fn the_team_hears_of_it_once_beside_the_owner_and_of_the_recovery() {
    for database in testing::databases().await {
        let room = Room::new(database.database()).await;
        let accounts = [
            room.account("a", Some("owner@x.example")).await,
            room.account("b", Some("owner@x.example")).await,
        ];
        room.open_for(&accounts, &audience(&["boss@x.example"], &[TEAM])).await;
        let told = [mail("owner@x.example", "trouble", &["a", "b"]), mail(TEAM, "news", &["a", "b"])];
        assert_eq!(room.mails(MailState::Queued).await, told, "{database:?}");
        room.all_left().await;

        // It comes and goes; nobody hears of it again.
        for _ in 0..3 {
            room.close(&accounts, End::ByItself).await;
            room.clock.advance(TimeDelta::hours(1));
            room.open_for(&accounts, &audience(&["boss@x.example"], &[TEAM])).await;
        }
        assert!(room.mails(MailState::Queued).await.is_empty(), "{database:?}");

        room.close(&accounts, End::Repaired).await;
        let told = [mail("owner@x.example", "recovery", &["a", "b"]), mail(TEAM, "recovery", &["a", "b"])];
        assert_eq!(room.mails(MailState::Queued).await, told, "{database:?}");
    }
}

#[tokio::test]
async fn who_is_asked_to_repair_it_needs_no_news_of_it() {
    for database in testing::databases().await {
        let room = Room::new(database.database()).await;
        let accounts = [room.account("a", None).await, room.account("b", Some(TEAM)).await];
        room.open_for(&accounts, &audience(&["boss@x.example"], &["boss@x.example", TEAM])).await;
        let told = [
            mail("boss@x.example", "news", &["b"]),
            mail("boss@x.example", "trouble", &["a"]),
            mail(TEAM, "news", &["a"]),
            mail(TEAM, "trouble", &["b"]),
        ];
        assert_eq!(room.mails(MailState::Queued).await, told, "{database:?}");
    }
}

#[tokio::test]
async fn news_that_one_recovery_made_untrue_is_told_of_the_rest() {
    for database in testing::databases().await {
        let room = Room::new(database.database()).await;
        let accounts = [
            room.account("a", Some("owner@x.example")).await,
            room.account("b", Some("owner@x.example")).await,
        ];
        room.open_for(&accounts, &audience(&[], &[TEAM])).await;
        room.close(&accounts[..1], End::ByItself).await;
        let told = [mail("owner@x.example", "trouble", &["b"]), mail(TEAM, "news", &["b"])];
        assert_eq!(room.mails(MailState::Queued).await, told, "{database:?}");
        room.close(&accounts[1..], End::ByItself).await;
        assert!(room.mails(MailState::Queued).await.is_empty(), "{database:?}");
    }
}

#[tokio::test]
async fn silence_is_told_once() {
    for database in testing::databases().await {
        let room = Room::new(database.database()).await;
        let account = [room.account("a", Some("owner@x.example")).await];
        let since = room.world.now() - TimeDelta::days(2);
        let told = audience(&[], &[TEAM]);
        for _ in 0..3 {
            let tell =
                room.incidents.tell_no_numbers(&*room.database, room.workspace, &account, since, &told);
            tell.await.unwrap();
            room.clock.advance(TimeDelta::minutes(30));
        }
        assert_eq!(room.mails(MailState::Queued).await, [mail(TEAM, "silence", &["a"])], "{database:?}");
        let later = room.world.now();
        let tell = room.incidents.tell_no_numbers(&*room.database, room.workspace, &account, later, &told);
        tell.await.unwrap();
        assert_eq!(room.mails(MailState::Queued).await.len(), 2, "{database:?}: it had come back in between");
    }
}
