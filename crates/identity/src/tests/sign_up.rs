use entity::WorkspaceId;
use entity::outbox::MailKind;

use super::*;
use crate::{Fault, Field, FieldError, LinkError, SignUpError};

#[tokio::test]
async fn a_person_signs_up_confirms_and_signs_in() {
    for scene in scenes().await {
        scene.sign_up("Anna@Example.com").await;
        let mails = scene.mails().await;
        assert_eq!(mails.len(), 1);
        assert_eq!((mails[0].kind, mails[0].recipient.as_str()), (MailKind::ConfirmAddress, EMAIL));
        assert_eq!(mails[0].workspace_id, WorkspaceId(Uuid::nil()));
        assert!(matches!(scene.sign_in(EMAIL, PASSWORD).await, Err(SignInError::WrongCredentials)));
        scene
            .identity
            .confirm_email(&scene.newest_link().await, &password(), ClientInfo::default())
            .await
            .unwrap();
        let signed_in = scene.sign_in(" ANNA@example.com ", PASSWORD).await.unwrap();
        assert_eq!((signed_in.actor.email.as_str(), signed_in.actor.name.as_str()), (EMAIL, "Anna"));
        assert_eq!(scene.audit("user.address_confirmed").await.len(), 1);
    }
}

#[tokio::test]
async fn every_field_that_is_wrong_is_named_at_once() {
    for scene in scenes().await {
        let wrong = SignUp { email: "anna".to_owned(), password: Secret::new("short"), name: " ".to_owned() };
        let Err(SignUpError::Fields(errors)) = scene.identity.sign_up(wrong).await else { panic!() };
        assert_eq!(
            errors,
            [
                FieldError { field: Field::Email, fault: Fault::NotAnAddress },
                FieldError { field: Field::Password, fault: Fault::TooShort { least: 12 } },
                FieldError { field: Field::Name, fault: Fault::Empty },
            ]
        );
        assert!(scene.mails().await.is_empty());
    }
}

#[tokio::test]
async fn a_known_address_looks_the_same_and_its_owner_is_told_once_an_hour() {
    for scene in scenes().await {
        scene.person(EMAIL).await;
        let before = scene.user(EMAIL).await;
        let stolen = SignUp {
            password: Secret::new("another-good-one-77"),
            name: "Mallory".to_owned(),
            ..sign_up(EMAIL)
        };
        for _ in 0..3 {
            scene.identity.sign_up(stolen.clone()).await.unwrap();
        }
        assert_eq!(scene.user(EMAIL).await, before);
        let mails = scene.mails().await;
        assert_eq!(mails.len(), 2, "the confirmation and one hint");
        assert_eq!((mails[1].kind, mails[1].recipient.as_str()), (MailKind::AddressInUse, EMAIL));
        assert!(!mails[1].content.to_string().contains("Mallory"));
        scene.advance(TimeDelta::hours(1));
        scene.identity.sign_up(stolen).await.unwrap();
        assert_eq!(scene.mails().await.len(), 3);
    }
}

#[tokio::test]
async fn nobody_has_somebody_else_confirm_their_sign_up() {
    for scene in scenes().await {
        let squatters = Secret::new("squatters-password-9");
        let squatter = SignUp { password: squatters.clone(), name: "Mallory".to_owned(), ..sign_up(EMAIL) };
        scene.identity.sign_up(squatter.clone()).await.unwrap();
        scene.advance(TimeDelta::seconds(1));
        scene.sign_up(EMAIL).await;
        let own = scene.newest_link().await;
        scene.advance(TimeDelta::seconds(1));
        scene.identity.sign_up(squatter).await.unwrap();
        let newest = scene.newest_link().await;
        assert_eq!(scene.mails().await.len(), 3);
        // The owner opens the newest mail, and then their own.
        let opened = scene.identity.confirm_email(&newest, &password(), ClientInfo::default()).await;
        assert!(matches!(opened, Err(LinkError::WrongPassword)), "{opened:?}");
        scene.identity.confirm_email(&own, &password(), ClientInfo::default()).await.unwrap();
        assert!(matches!(
            scene.identity.confirm_email(&newest, &squatters, ClientInfo::default()).await,
            Err(LinkError::Used)
        ));
        assert!(scene.sign_in(EMAIL, squatters.expose()).await.is_err());
        let signed_in = scene.sign_in(EMAIL, PASSWORD).await.unwrap();
        assert_eq!(signed_in.actor.name, "Anna");
    }
}

#[tokio::test]
async fn one_address_gets_at_most_five_confirmations_a_day() {
    for scene in scenes().await {
        for _ in 0..7 {
            scene.sign_up(EMAIL).await;
            scene.advance(TimeDelta::seconds(1));
        }
        assert_eq!(scene.mails().await.len(), 5);
        scene
            .identity
            .confirm_email(&scene.newest_link().await, &password(), ClientInfo::default())
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn two_sign_ups_at_once_make_one_person() {
    for scene in scenes().await {
        let (a, b) =
            tokio::join!(scene.identity.sign_up(sign_up(EMAIL)), scene.identity.sign_up(sign_up(EMAIL)));
        a.unwrap();
        b.unwrap();
        assert_eq!(user::Entity::rows().count(&**scene.db).await.unwrap(), 1);
    }
}

#[tokio::test]
async fn a_link_works_once_also_under_parallel_use() {
    for scene in scenes().await {
        scene.sign_up(EMAIL).await;
        let token = scene.newest_link().await;
        let password = password();
        let confirm = || scene.identity.confirm_email(&token, &password, ClientInfo::default());
        let (a, b, c, d) = tokio::join!(confirm(), confirm(), confirm(), confirm());
        let results = [a, b, c, d];
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
        assert!(matches!(
            scene.identity.confirm_email(&token, &password, ClientInfo::default()).await,
            Err(LinkError::Used)
        ));
    }
}

#[tokio::test]
async fn a_link_lives_a_day_and_only_its_own_token_opens_it() {
    for scene in scenes().await {
        scene.sign_up(EMAIL).await;
        let token = scene.newest_link().await;
        let other = Secret::new(scene.world.random_token());
        assert!(matches!(
            scene.identity.confirm_email(&other, &password(), ClientInfo::default()).await,
            Err(LinkError::Unknown)
        ));
        scene.advance(TimeDelta::hours(24));
        assert!(matches!(
            scene.identity.confirm_email(&token, &password(), ClientInfo::default()).await,
            Err(LinkError::Expired)
        ));
        assert!(scene.user(EMAIL).await.confirmed_at.is_none());
    }
}

#[tokio::test]
async fn neither_password_nor_token_is_stored() {
    for scene in scenes().await {
        scene.sign_up(EMAIL).await;
        let token = scene.newest_link().await;
        let links = email_link::Entity::rows().all(&**scene.db).await.unwrap();
        let everything = format!("{links:?} {:?} {:?}", scene.mails().await, scene.user(EMAIL).await);
        assert!(!everything.contains(token.expose()) && !everything.contains(PASSWORD));
        assert!(scene.user(EMAIL).await.password_hash.starts_with("$argon2id$"));
    }
}
