//! On every database there is: one mail per recipient, whatever breaks and recovers.

use std::sync::Arc;
use std::time::Duration;

use entity::account::{Health, HealthReason};
use entity::connection::Provider;
use entity::outbox::{self, MailState};
use entity::reconnect_link::LinkState;
use entity::{AccountId, InWorkspace, WorkspaceId, account, incident, workspace};
use mail::Content;
use platform::{AuthSecret, Database, World};
use sea_orm::ActiveValue::Set;
use sea_orm::prelude::*;
use sea_orm::sea_query::Expr;

use crate::incident::Incidents;
use crate::link;

struct Room {
    database: Database,
    world: World,
    incidents: Incidents,
    workspace: WorkspaceId,
}

impl Room {
    async fn new(database: Database) -> Self {
        let (world, _clock) = World::for_tests("2026-11-20T10:00:00Z".parse().unwrap());
        let secret = Arc::new(AuthSecret::new(&[7; 32]));
        let incidents = Incidents::new(world.clone(), secret, Duration::from_secs(604_800));
        let workspace = WorkspaceId(world.new_id());
        let row = workspace::ActiveModel {
            workspace_id: Set(workspace),
            name: Set("Northlight".to_owned()),
            created_at: Set(world.now()),
        };
        row.insert(&*database).await.unwrap();
        Self { database, world, incidents, workspace }
    }

    async fn account(&self, username: &str, contact: Option<&str>) -> account::Model {
        let now = self.world.now();
        let row = account::ActiveModel {
            id: Set(AccountId(self.world.new_id())),
            workspace_id: Set(self.workspace),
            connection_id: Set(None),
            provider: Set(Provider::FacebookLogin),
            instagram_id: Set(username.to_owned()),
            username: Set(username.to_owned()),
            name: Set(None),
            followers_count: Set(None),
            page_id: Set(None),
            page_name: Set(None),
            contact_email: Set(contact.map(str::to_owned)),
            health: Set(Health::NeedsReconnect),
            health_reason: Set(Some(HealthReason::Expired)),
            health_since: Set(now),
            verified_at: Set(None),
            suspected_at: Set(None),
            gone_since: Set(None),
            refused_at: Set(None),
            held_since: Set(None),
            insights_collected_at: Set(None),
            audience_collected_at: Set(None),
            connected_at: Set(now),
            disconnected_at: Set(None),
            updated_at: Set(now),
        };
        row.insert(&*self.database).await.unwrap()
    }

    async fn open(&self, accounts: &[account::Model], fallback: &[&str]) {
        let fallback: Vec<_> = fallback.iter().map(|address| (*address).to_owned()).collect();
        let transaction = self.database.begin().await.unwrap();
        self.incidents
            .open(&*transaction, self.workspace, accounts, HealthReason::Expired, &fallback)
            .await
            .unwrap();
        transaction.commit().await.unwrap();
    }

    async fn close(&self, accounts: &[account::Model], recovered: bool) {
        let transaction = self.database.begin().await.unwrap();
        self.incidents.close(&*transaction, self.workspace, accounts, recovered).await.unwrap();
        transaction.commit().await.unwrap();
    }

    async fn all_left(&self) {
        outbox::Entity::update_in_workspace(self.workspace)
            .col_expr(outbox::Column::State, Expr::value(MailState::Sent))
            .exec(&*self.database)
            .await
            .unwrap();
    }

    /// Recipient and handles of the mails in a state, in the order of their recipients.
    async fn mails(&self, state: MailState) -> Vec<(String, String, Vec<String>)> {
        let mut mails: Vec<_> = outbox::Entity::in_workspace(self.workspace)
            .filter(outbox::Column::State.eq(state))
            .all(&*self.database)
            .await
            .unwrap()
            .into_iter()
            .map(|mail| match serde_json::from_value(mail.content).unwrap() {
                Content::NeedsReconnect { accounts, .. } => (mail.recipient, "trouble".to_owned(), accounts),
                Content::Recovered { accounts, .. } => (mail.recipient, "recovery".to_owned(), accounts),
                other => panic!("{other:?}"),
            })
            .collect();
        mails.sort();
        mails
    }
}

fn mail(recipient: &str, what: &str, handles: &[&str]) -> (String, String, Vec<String>) {
    (recipient.to_owned(), what.to_owned(), handles.iter().map(|handle| (*handle).to_owned()).collect())
}

#[tokio::test]
async fn accounts_that_break_together_are_one_mail_and_breaking_again_is_none() {
    for database in testing::databases().await {
        let room = Room::new(database.database()).await;
        let accounts = [
            room.account("a", Some("owner@x.example")).await,
            room.account("b", Some("owner@x.example")).await,
        ];
        for _ in 0..100 {
            room.open(&accounts, &["team@x.example"]).await;
        }
        assert_eq!(room.mails(MailState::Queued).await, [mail("owner@x.example", "trouble", &["a", "b"])]);
        let open = incident::Entity::in_workspace(room.workspace).count(&*room.database).await.unwrap();
        assert_eq!(open, 2, "{database:?}");
    }
}

#[tokio::test]
async fn without_a_contact_all_owners_are_told_with_one_link_that_works() {
    for database in testing::databases().await {
        let room = Room::new(database.database()).await;
        let account = room.account("a", None).await;
        room.open(std::slice::from_ref(&account), &["one@x.example", "two@x.example"]).await;
        assert_eq!(
            room.mails(MailState::Queued).await,
            [mail("one@x.example", "trouble", &["a"]), mail("two@x.example", "trouble", &["a"])]
        );
        let links = link::of_account(&*room.database, room.workspace, account.id).await.unwrap();
        assert_eq!(
            links.iter().map(|link| link.state).collect::<Vec<_>>(),
            [LinkState::Created],
            "{database:?}"
        );
    }
}

#[tokio::test]
async fn who_was_told_of_the_trouble_is_told_of_the_recovery_of_what_recovered() {
    for database in testing::databases().await {
        let room = Room::new(database.database()).await;
        let accounts = [
            room.account("a", Some("owner@x.example")).await,
            room.account("b", Some("owner@x.example")).await,
        ];
        room.open(&accounts, &[]).await;
        room.all_left().await;
        room.close(&accounts[..1], true).await;
        assert_eq!(
            room.mails(MailState::Queued).await,
            [mail("owner@x.example", "recovery", &["a"])],
            "{database:?}"
        );
        // Closing again changes nothing.
        room.close(&accounts[..1], true).await;
        assert_eq!(room.mails(MailState::Queued).await.len(), 1);
    }
}

#[tokio::test]
async fn a_disconnect_is_no_recovery() {
    for database in testing::databases().await {
        let room = Room::new(database.database()).await;
        let account = room.account("a", Some("owner@x.example")).await;
        room.open(std::slice::from_ref(&account), &[]).await;
        room.all_left().await;
        room.close(std::slice::from_ref(&account), false).await;
        assert!(room.mails(MailState::Queued).await.is_empty(), "{database:?}");
    }
}

#[tokio::test]
async fn a_mail_that_is_overtaken_is_cancelled_and_the_rest_is_told_all_the_same() {
    for database in testing::databases().await {
        let room = Room::new(database.database()).await;
        let accounts = [
            room.account("a", Some("owner@x.example")).await,
            room.account("b", Some("owner@x.example")).await,
        ];
        room.open(&accounts, &[]).await;
        room.close(&accounts[..1], true).await;
        assert_eq!(room.mails(MailState::Cancelled).await, [mail("owner@x.example", "trouble", &["a", "b"])]);
        assert_eq!(
            room.mails(MailState::Queued).await,
            [mail("owner@x.example", "trouble", &["b"])],
            "{database:?}"
        );
    }
}

#[tokio::test]
async fn a_link_is_started_at_most_ten_times() {
    for database in testing::databases().await {
        let room = Room::new(database.database()).await;
        let account = room.account("a", Some("owner@x.example")).await;
        room.open(std::slice::from_ref(&account), &[]).await;
        let links = link::of_account(&*room.database, room.workspace, account.id).await.unwrap();
        for start in 1..=12 {
            let counted = link::count_start(&*room.database, &links[0]).await.unwrap();
            assert_eq!(counted, start <= link::MAX_STARTS, "{database:?}: start {start}");
        }
        link::note(&*room.database, &room.world, room.workspace, links[0].id, LinkState::Done).await.unwrap();
        link::note(&*room.database, &room.world, room.workspace, links[0].id, LinkState::Opened)
            .await
            .unwrap();
        let links = link::of_account(&*room.database, room.workspace, account.id).await.unwrap();
        assert_eq!(link::usable(&links[0], room.world.now()), Err(link::Unusable::Done));
    }
}
