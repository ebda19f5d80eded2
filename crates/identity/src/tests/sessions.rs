use entity::session;

use super::*;
use crate::SessionError;

impl Scene {
    async fn is_signed_in(&self, signed_in: &SignedIn) -> bool {
        self.identity.authenticate(signed_in.access_token.expose()).await.unwrap().is_some()
    }

    async fn refresh(&self, signed_in: &SignedIn) -> Result<SignedIn, SessionError> {
        self.identity.refresh(&signed_in.refresh_token).await
    }
}

#[tokio::test]
async fn an_access_token_names_the_person_for_ten_minutes() {
    for scene in scenes().await {
        let signed_in = scene.signed_in(EMAIL).await;
        let actor = scene.identity.authenticate(signed_in.access_token.expose()).await.unwrap().unwrap();
        assert_eq!(actor, signed_in.actor);
        assert_eq!(signed_in.access_expires_at, scene.world.now() + TimeDelta::minutes(10));
        scene.advance(TimeDelta::minutes(11));
        assert!(!scene.is_signed_in(&signed_in).await);
        let renewed = scene.refresh(&signed_in).await.unwrap();
        assert_eq!(renewed.actor, signed_in.actor);
        assert!(scene.is_signed_in(&renewed).await);
    }
}

#[tokio::test]
async fn other_tokens_in_place_of_an_access_token_are_refused() {
    for scene in scenes().await {
        let signed_in = scene.signed_in(EMAIL).await;
        let link = scene.newest_link().await;
        for token in [signed_in.refresh_token.expose(), link.expose(), ""] {
            assert!(scene.identity.authenticate(token).await.unwrap().is_none());
        }
        let error = scene.identity.refresh(&signed_in.access_token).await.unwrap_err();
        assert!(matches!(error, SessionError::Over));
    }
}

#[tokio::test]
async fn each_refresh_replaces_the_token_and_only_hashes_are_stored() {
    for scene in scenes().await {
        let mut newest = scene.signed_in(EMAIL).await;
        for _ in 0..3 {
            scene.advance(TimeDelta::minutes(10));
            let next = scene.refresh(&newest).await.unwrap();
            assert_ne!(next.refresh_token.expose(), newest.refresh_token.expose());
            newest = next;
            let rows = session::Entity::rows().all(&**scene.db).await.unwrap();
            assert!(!format!("{rows:?}").contains(newest.refresh_token.expose()));
        }
    }
}

#[tokio::test]
async fn within_the_grace_the_same_successor_comes_back() {
    for scene in scenes().await {
        let first = scene.signed_in(EMAIL).await;
        let second = scene.refresh(&first).await.unwrap();
        scene.advance(TimeDelta::seconds(10));
        let again = scene.refresh(&first).await.unwrap();
        assert_eq!(again.refresh_token.expose(), second.refresh_token.expose());
        assert!(scene.is_signed_in(&again).await);
        assert!(scene.refresh(&second).await.is_ok());
    }
}

#[tokio::test]
async fn tabs_that_refresh_together_stay_signed_in() {
    for scene in scenes().await {
        let first = scene.signed_in(EMAIL).await;
        let tabs: Vec<_> = (0..8)
            .map(|_| {
                let (identity, token) = (scene.identity.clone(), first.refresh_token.clone());
                tokio::spawn(async move { identity.refresh(&token).await.unwrap() })
            })
            .collect();
        let mut successors = std::collections::HashSet::new();
        for tab in tabs {
            successors.insert(tab.await.unwrap().refresh_token.expose().to_owned());
        }
        assert_eq!(successors.len(), 1, "{:?}", scene.db);
    }
}

#[tokio::test]
async fn a_token_used_again_after_the_grace_ends_the_session() {
    for scene in scenes().await {
        let first = scene.signed_in(EMAIL).await;
        let other_browser = scene.sign_in(EMAIL, PASSWORD).await.unwrap();
        let second = scene.refresh(&first).await.unwrap();
        scene.advance(TimeDelta::seconds(11));
        assert!(matches!(scene.refresh(&first).await, Err(SessionError::Reused)));
        assert!(matches!(scene.refresh(&second).await, Err(SessionError::Over)));
        assert!(!scene.is_signed_in(&second).await);
        assert!(!scene.identity.session_is_live(second.actor.session_id).await.unwrap());
        assert_eq!(scene.audit("session.token_reused").await.len(), 1);
        assert!(scene.is_signed_in(&other_browser).await, "other sessions go on");
    }
}

#[tokio::test]
async fn a_token_replaced_long_ago_ends_the_session_as_well() {
    for scene in scenes().await {
        let first = scene.signed_in(EMAIL).await;
        let second = scene.refresh(&first).await.unwrap();
        let third = scene.refresh(&second).await.unwrap();
        assert!(matches!(scene.refresh(&first).await, Err(SessionError::Reused)));
        assert!(matches!(scene.refresh(&third).await, Err(SessionError::Over)));
    }
}

#[tokio::test]
async fn a_session_ends_when_idle_for_a_week_or_after_thirty_days() {
    for scene in scenes().await {
        let idle = scene.signed_in(EMAIL).await;
        let mut used = scene.sign_in(EMAIL, PASSWORD).await.unwrap();
        assert_eq!(used.refresh_expires_at, scene.world.now() + TimeDelta::days(7));
        scene.advance(TimeDelta::days(6));
        used = scene.refresh(&used).await.unwrap();
        scene.advance(TimeDelta::days(1));
        assert!(matches!(scene.refresh(&idle).await, Err(SessionError::Over)));
        for days in [5, 6, 6] {
            scene.advance(TimeDelta::days(days));
            used = scene.refresh(&used).await.unwrap();
        }
        assert_eq!(used.refresh_expires_at, scene.world.now() + TimeDelta::days(6));
        scene.advance(TimeDelta::days(6));
        assert!(matches!(scene.refresh(&used).await, Err(SessionError::Over)));
        assert!(!scene.identity.session_is_live(used.actor.session_id).await.unwrap());
    }
}

#[tokio::test]
async fn signing_out_takes_effect_at_once_in_every_process() {
    for scene in scenes().await {
        let other = another(&scene.db.database(), &scene.world, &scene.secret, 19_456);
        let by_actor = scene.signed_in(EMAIL).await;
        let by_token = scene.sign_in(EMAIL, PASSWORD).await.unwrap();
        let untouched = scene.sign_in(EMAIL, PASSWORD).await.unwrap();
        scene.identity.sign_out(None, Some(&by_actor.actor)).await.unwrap();
        scene.identity.sign_out(Some(&by_token.refresh_token), None).await.unwrap();
        scene.identity.sign_out(None, None).await.unwrap();
        scene.identity.sign_out(Some(&Secret::new("nonsense")), None).await.unwrap();
        for gone in [&by_actor, &by_token] {
            assert!(other.authenticate(gone.access_token.expose()).await.unwrap().is_none());
            assert!(matches!(other.refresh(&gone.refresh_token).await, Err(SessionError::Over)));
        }
        assert!(other.authenticate(untouched.access_token.expose()).await.unwrap().is_some());
        scene.identity.sign_out(None, Some(&by_actor.actor)).await.unwrap();
        assert_eq!(scene.audit("session.signed_out").await.len(), 2, "ending twice is written once");
    }
}

#[tokio::test]
async fn the_session_of_another_person_does_not_fit_the_token() {
    for scene in scenes().await {
        let anna = scene.signed_in(EMAIL).await;
        scene.advance(TimeDelta::seconds(1));
        let bob = scene.signed_in("bob@example.com").await;
        session::Entity::update_rows()
            .col_expr(session::Column::UserId, Expr::value(bob.actor.user_id.0))
            .filter(session::Column::Id.eq(anna.actor.session_id))
            .exec(&**scene.db)
            .await
            .unwrap();
        assert!(!scene.is_signed_in(&anna).await);
    }
}
