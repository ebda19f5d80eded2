//! Behaviour of [`Identity`] on every database.

mod operators;
mod sessions;
mod sign_in;
mod sign_up;
mod workspaces;

use std::sync::Arc;

use chrono::TimeDelta;
use entity::{Global as _, InWorkspace as _, audit_event, email_link, outbox, user};
use platform::config::Auth;
use platform::{AuthSecret, Database, ManualClock, Secret, World};
use sea_orm::prelude::*;
use sea_orm::{QueryOrder as _, QuerySelect as _};
use testing::TestDatabase;

use crate::{ClientInfo, Identity, SignInError, SignUp, SignedIn};

const EMAIL: &str = "anna@example.com";
const PASSWORD: &str = "harbour-lights-42";

struct Scene {
    identity: Identity,
    world: World,
    clock: Arc<ManualClock>,
    secret: Arc<AuthSecret>,
    db: TestDatabase,
}

async fn scenes() -> Vec<Scene> {
    let mut scenes = Vec::new();
    for db in testing::databases().await {
        let (world, clock) = World::for_tests("2026-11-20T10:00:00Z".parse().unwrap());
        let secret = Arc::new(AuthSecret::new(&[7; 32]));
        let identity = another(&db.database(), &world, &secret, 19_456);
        scenes.push(Scene { identity, world, clock, secret, db });
    }
    scenes
}

/// An [`Identity`] of another process on the same database.
fn another(db: &Database, world: &World, secret: &Arc<AuthSecret>, argon2_memory_kib: u32) -> Identity {
    let operator_emails = ["olga@mooring.example".to_owned()].into();
    let auth = Auth { secret: secret.clone(), argon2_memory_kib, operator_emails };
    Identity::new(db.clone(), world.clone(), auth, "https://mooring.example/".parse().unwrap())
}

fn password() -> Secret {
    Secret::new(PASSWORD)
}

fn sign_up(email: &str) -> SignUp {
    SignUp { email: email.to_owned(), password: Secret::new(PASSWORD), name: "Anna".to_owned() }
}

impl Scene {
    async fn sign_up(&self, email: &str) {
        self.identity.sign_up(sign_up(email)).await.unwrap();
    }

    /// Signs up and confirms.
    async fn person(&self, email: &str) {
        self.sign_up(email).await;
        self.identity
            .confirm_email(&self.newest_link().await, &password(), ClientInfo::default())
            .await
            .unwrap();
    }

    async fn sign_in(&self, email: &str, password: &str) -> Result<SignedIn, SignInError> {
        self.identity.sign_in(email, &Secret::new(password), ClientInfo::default()).await
    }

    /// A person who is signed in.
    async fn signed_in(&self, email: &str) -> SignedIn {
        self.person(email).await;
        self.sign_in(email, PASSWORD).await.unwrap()
    }

    async fn newest_link(&self) -> Secret {
        let link = email_link::Entity::rows()
            .order_by_desc(email_link::Column::Id)
            .limit(1)
            .one(&**self.db)
            .await
            .unwrap()
            .unwrap();
        mail::links::confirm_token(&self.secret, link.id)
    }

    async fn mails(&self) -> Vec<outbox::Model> {
        outbox::Entity::across_workspaces().order_by_asc(outbox::Column::Id).all(&**self.db).await.unwrap()
    }

    async fn user(&self, email: &str) -> user::Model {
        user::Entity::rows().filter(user::Column::Email.eq(email)).one(&**self.db).await.unwrap().unwrap()
    }

    async fn audit(&self, action: &str) -> Vec<audit_event::Model> {
        audit_event::Entity::across_workspaces()
            .filter(audit_event::Column::Action.eq(action))
            .all(&**self.db)
            .await
            .unwrap()
    }

    fn advance(&self, by: TimeDelta) {
        self.clock.advance(by);
    }
}
