//! On every database there is: what is shared, what rests, and what a clock that is set does to it.

use super::*;

const SCOPE: &str = "renewals";

fn at(text: &str) -> DateTime<Utc> {
    format!("2026-11-20T10:{text}Z").parse().unwrap()
}

#[tokio::test]
async fn processes_share_what_may_begin_in_a_second() {
    for database in testing::databases().await {
        let ask = async |time, wanted| share(&**database, at(time), SCOPE, wanted, 5).await.unwrap();
        assert_eq!(ask("00:00", 3).await, 3);
        assert_eq!(ask("00:00.4", 3).await, 2);
        assert_eq!(ask("00:00.9", 4).await, 0);
        assert_eq!(ask("00:01", 9).await, 5, "the next second");
        assert_eq!(ask("00:00", 1).await, 0, "a clock that is a little behind counts in the same one");
        assert_eq!(ask("20:00", 5).await, 5, "a clock that runs ahead");
        assert_eq!(ask("00:02", 4).await, 4, "and that was set right");
    }
}

#[tokio::test]
async fn calls_of_many_scopes_are_counted_as_those_of_each() {
    for database in testing::databases().await {
        let db = &**database;
        let now = at("00:00");
        let scopes = ["b", "a", "c"].map(str::to_owned);
        assert_eq!(take(db, now, "a", 2).await.unwrap(), Permit::Granted);
        note(db, now, "c", 100, Some(at("30:00"))).await.unwrap();
        let next_hour = now + TimeDelta::hours(1);
        let permits = take_each(db, now, &scopes, 2).await.unwrap();
        let of = |permits: &HashMap<String, Permit>| scopes.clone().map(|scope| permits[&scope]);
        assert_eq!(of(&permits), [Permit::Granted, Permit::Granted, Permit::WaitUntil(at("30:00"))]);
        let permits = take_each(db, now, &scopes, 2).await.unwrap();
        assert_eq!(
            of(&permits),
            [Permit::Granted, Permit::WaitUntil(next_hour), Permit::WaitUntil(at("30:00"))],
            "{database:?}"
        );
        let permits = take_each(db, next_hour, &scopes, 2).await.unwrap();
        assert_eq!(of(&permits), [Permit::Granted; 3], "{database:?}");
        assert!(take_each(db, now, &[], 2).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn rests_are_counted_and_only_the_first_is_ended_by_a_proof() {
    for database in testing::databases().await {
        let db = &**database;
        let scopes = [SCOPE.to_owned()];
        let until = |time| async move { paused_until(db, at(time), &[SCOPE.to_owned()]).await.unwrap() };
        assert_eq!(refuse(db, at("00:00"), SCOPE).await.unwrap(), 1);
        assert_eq!(until("00:00").await, None, "one refusal is no rest");
        assert_eq!(refuse(db, at("00:01"), SCOPE).await.unwrap(), 2);
        rest(db, at("00:01"), SCOPE, at("30:00")).await.unwrap();
        // Others who were refused at the same time say it, too: it is one rest.
        rest(db, at("00:02"), SCOPE, at("30:01")).await.unwrap();
        assert_eq!(until("00:03").await, Some(at("30:01")));
        end_first_rest(db, &scopes).await.unwrap();
        assert_eq!(until("00:03").await, None);
        rest(db, at("00:04"), SCOPE, at("40:00")).await.unwrap();
        end_first_rest(db, &scopes).await.unwrap();
        assert_eq!(until("00:05").await, Some(at("40:00")), "the second one lasts");
        forget(db, SCOPE).await.unwrap();
        assert_eq!(refuse(db, at("00:06"), SCOPE).await.unwrap(), 1);
    }
}
