use std::time::Instant;

use super::*;

const WRONG: &str = "not-the-password-1";

#[tokio::test]
async fn unknown_wrong_and_unconfirmed_look_the_same() {
    for scene in scenes().await {
        scene.person(EMAIL).await;
        scene.sign_up("unconfirmed@example.com").await;
        for (email, password) in [
            ("nobody@example.com", PASSWORD),
            (EMAIL, WRONG),
            ("unconfirmed@example.com", PASSWORD),
            ("unconfirmed@example.com", WRONG),
            ("not an address", PASSWORD),
            ("", ""),
        ] {
            let error = scene.sign_in(email, password).await.unwrap_err();
            assert!(matches!(error, SignInError::WrongCredentials), "{email}");
        }
        assert_eq!(scene.audit("session.sign_in_failed").await.len(), 6);
    }
}

#[tokio::test]
async fn an_unknown_address_takes_as_long_as_a_wrong_password() {
    let scene = scenes().await.swap_remove(0);
    scene.person(EMAIL).await;
    let mut known = Vec::new();
    let mut unknown = Vec::new();
    for round in 0..9 {
        let started = Instant::now();
        scene.sign_in(EMAIL, WRONG).await.unwrap_err();
        known.push(started.elapsed());
        let started = Instant::now();
        scene.sign_in(&format!("nobody{round}@example.com"), WRONG).await.unwrap_err();
        unknown.push(started.elapsed());
        scene.advance(TimeDelta::minutes(15));
    }
    known.sort();
    unknown.sort();
    let ratio = known[4].as_secs_f64() / unknown[4].as_secs_f64();
    // Without the hash one would be some fifty times quicker; the machine's other work is no matter.
    assert!((0.1..10.0).contains(&ratio), "known {known:?}, unknown {unknown:?}");
}

#[tokio::test]
async fn five_wrong_passwords_are_free_then_the_wait_doubles() {
    for scene in scenes().await {
        scene.person(EMAIL).await;
        // Whether an address is known must not show in how long it waits.
        for email in [EMAIL, "nobody@example.com"] {
            for _ in 0..5 {
                let error = scene.sign_in(email, WRONG).await.unwrap_err();
                assert!(matches!(error, SignInError::WrongCredentials));
            }
            for wait in [1, 2, 4, 8] {
                let Err(SignInError::TryLater { until }) = scene.sign_in(email, PASSWORD).await else {
                    panic!("{email} did not have to wait {wait} s");
                };
                assert_eq!((until - scene.world.now()).num_seconds(), wait, "{email}");
                scene.advance(TimeDelta::seconds(wait));
                let error = scene.sign_in(email, WRONG).await.unwrap_err();
                assert!(matches!(error, SignInError::WrongCredentials));
            }
        }
    }
}

#[tokio::test]
async fn the_wait_survives_a_restart_and_ends_with_the_right_password() {
    for scene in scenes().await {
        scene.person(EMAIL).await;
        for _ in 0..5 {
            scene.sign_in(EMAIL, WRONG).await.unwrap_err();
        }
        let other = another(&scene.db.database(), &scene.world, &scene.secret, 19_456);
        let attempt = || async { other.sign_in(EMAIL, &Secret::new(PASSWORD), ClientInfo::default()).await };
        assert!(matches!(attempt().await, Err(SignInError::TryLater { .. })));
        scene.advance(TimeDelta::seconds(1));
        assert!(attempt().await.is_ok());
        let user = scene.user(EMAIL).await;
        assert_eq!((user.failed_sign_ins, user.sign_in_after), (0, None));
    }
}

#[tokio::test]
async fn attempts_at_the_same_moment_are_each_counted() {
    for scene in scenes().await {
        scene.person(EMAIL).await;
        let attempts = (0..12).map(|_| {
            let identity = scene.identity.clone();
            tokio::spawn(async move {
                identity.sign_in(EMAIL, &Secret::new(WRONG), ClientInfo::default()).await.unwrap_err()
            })
        });
        let mut looked_at = 0;
        for attempt in attempts.collect::<Vec<_>>() {
            looked_at += i32::from(matches!(attempt.await.unwrap(), SignInError::WrongCredentials));
        }
        let turns = i32::try_from(std::thread::available_parallelism().unwrap().get()).unwrap();
        assert_eq!(scene.user(EMAIL).await.failed_sign_ins, looked_at);
        assert!((5..5 + turns).contains(&looked_at), "{looked_at} were looked at");
    }
}

#[tokio::test]
async fn fifty_sign_ins_at_once_leave_others_served() {
    let scene = scenes().await.swap_remove(0);
    let signed_in = scene.signed_in(EMAIL).await;
    let sign_ins: Vec<_> = (0..50)
        .map(|_| {
            let identity = scene.identity.clone();
            tokio::spawn(async move {
                identity.sign_in(EMAIL, &Secret::new(PASSWORD), ClientInfo::default()).await
            })
        })
        .collect();
    scene.identity.authenticate(signed_in.access_token.expose()).await.unwrap().unwrap();
    assert!(sign_ins.iter().any(|sign_in| !sign_in.is_finished()), "others waited for all of them");
    for sign_in in sign_ins {
        sign_in.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_weaker_hash_is_made_anew_on_sign_in() {
    for scene in scenes().await {
        scene.person(EMAIL).await;
        let old = scene.user(EMAIL).await.password_hash;
        scene.sign_in(EMAIL, PASSWORD).await.unwrap();
        assert_eq!(scene.user(EMAIL).await.password_hash, old);
        let stronger = another(&scene.db.database(), &scene.world, &scene.secret, 65_536);
        stronger.sign_in(EMAIL, &Secret::new(PASSWORD), ClientInfo::default()).await.unwrap();
        let new = scene.user(EMAIL).await.password_hash;
        assert!(new.starts_with("$argon2id$v=19$m=65536,t=3,p=4$"), "{new}");
        assert!(scene.sign_in(EMAIL, PASSWORD).await.is_ok());
    }
}
