//! On every database there is: one mail per recipient, whatever breaks and recovers.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use entity::account::{Health, HealthReason};
use entity::connection::{self, Provider};
use entity::incident::End;
use entity::job::{self, JobKind};
use entity::outbox::{self, MailState};
use entity::reconnect_link::{self, LinkState};
use entity::{AccountId, ConnectionId, InWorkspace, WorkspaceId, account, incident, workspace};
use mail::content::Ends;
use mail::{Audience, Content};
use platform::{AuthSecret, Database, ManualClock, World};
use sea_orm::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, QueryOrder as _};

use crate::incident::Incidents;
use crate::link;

mod team;

struct Room {
    database: Database,
    world: World,
    clock: Arc<ManualClock>,
    incidents: Incidents,
    workspace: WorkspaceId,
}

impl Room {
    async fn new(database: Database) -> Self {
        let (world, clock) = World::for_tests("2026-11-20T10:00:00Z".parse().unwrap());
        let secret = Arc::new(AuthSecret::new(&[7; 32]));
        let incidents =
            Incidents::new(world.clone(), secret, Duration::from_secs(604_800), TimeDelta::zero());
        let workspace = WorkspaceId(world.new_id());
        let row = workspace::ActiveModel {
            workspace_id: Set(workspace),
            name: Set("Northlight".to_owned()),
            created_at: Set(world.now()),
        };
        row.insert(&*database).await.unwrap();
        Self { database, world, clock, incidents, workspace }
    }

    fn grant(&self) -> connection::Model {
        let now = self.world.now();
        connection::Model {
            id: ConnectionId(self.world.new_id()),
            workspace_id: self.workspace,
            provider: Provider::FacebookLogin,
            meta_user_id: "1".to_owned(),
            meta_user_name: "Kim".to_owned(),
            scopes: serde_json::json!([]),
            token_expires_at: None,
            token_never_expires: false,
            token_issued_at: now,
            data_access_expires_at: None,
            verified_at: None,
            refreshed_at: None,
            renew_sooner_seconds: 0,
            validation_cleared_at: None,
            hurried_at: None,
            pages_stale: false,
            suspected_at: None,
            token_version: 1,
            lease_owner: None,
            lease_until: None,
            lease_term: 0,
            created_at: now,
            updated_at: now,
        }
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
            held_reason: Set(None),
            insights_collected_at: Set(None),
            audience_collected_at: Set(None),
            media_collected_at: Set(None),
            posts_listed_at: Set(None),
            connected_at: Set(now),
            disconnected_at: Set(None),
            updated_at: Set(now),
        };
        row.insert(&*self.database).await.unwrap()
    }

    async fn open(&self, accounts: &[account::Model], managers: &[&str]) {
        self.open_for(accounts, &audience(managers, &[])).await;
    }

    async fn open_for(&self, accounts: &[account::Model], audience: &Audience) {
        let transaction = self.database.begin().await.unwrap();
        self.incidents
            .open(&*transaction, self.workspace, accounts, HealthReason::Expired, audience)
            .await
            .unwrap();
        transaction.commit().await.unwrap();
    }

    async fn close(&self, accounts: &[account::Model], end: End) {
        let transaction = self.database.begin().await.unwrap();
        self.incidents.close(&*transaction, self.workspace, accounts, end).await.unwrap();
        transaction.commit().await.unwrap();
    }

    async fn all_left(&self) {
        outbox::Entity::update_in_workspace(self.workspace)
            .col_expr(outbox::Column::State, Expr::value(MailState::Sent))
            .filter(outbox::Column::State.eq(MailState::Queued))
            .exec(&*self.database)
            .await
            .unwrap();
    }

    /// When each kind of work is due next.
    async fn due(&self, kind: JobKind) -> Vec<DateTime<Utc>> {
        let rows = job::Entity::in_workspace(self.workspace)
            .filter(job::Column::Kind.eq(kind))
            .filter(job::Column::DueAt.gt(self.world.now()))
            .order_by_asc(job::Column::DueAt)
            .all(&*self.database)
            .await
            .unwrap();
        rows.into_iter().filter_map(|row| row.due_at).collect()
    }

    /// Does what is due for the open incident of `account`.
    async fn follow_up(&self, account: &account::Model) {
        let open = incident::Entity::in_workspace(self.workspace)
            .filter(incident::Column::AccountId.eq(account.id))
            .one(&*self.database)
            .await
            .unwrap()
            .unwrap();
        // As a claim has it while the work is done.
        job::Entity::update_in_workspace(self.workspace)
            .col_expr(job::Column::DueAt, Expr::value(Option::<DateTime<Utc>>::None))
            .filter(job::Column::Kind.eq(JobKind::FollowUp))
            .exec(&*self.database)
            .await
            .unwrap();
        self.incidents
            .follow_up(&*self.database, self.workspace, open.id, &Audience::default())
            .await
            .unwrap();
    }

    /// The states of the links in the mails that are still to leave.
    async fn links_of_queued_mails(&self) -> Vec<LinkState> {
        let mails = outbox::Entity::in_workspace(self.workspace)
            .filter(outbox::Column::State.eq(MailState::Queued))
            .all(&*self.database)
            .await
            .unwrap();
        let mut states = Vec::new();
        for mail in mails {
            let link = reconnect_link::Entity::in_workspace(self.workspace)
                .filter(reconnect_link::Column::Id.eq(mail.link_id.unwrap()))
                .one(&*self.database)
                .await
                .unwrap();
            states.push(link.unwrap().state);
        }
        states
    }

    /// Subjects of all mails that were sent or will be, in their order.
    async fn subjects(&self) -> Vec<String> {
        let rows = outbox::Entity::in_workspace(self.workspace)
            .filter(outbox::Column::State.ne(MailState::Cancelled))
            .order_by_asc(outbox::Column::CreatedAt)
            .all(&*self.database)
            .await
            .unwrap();
        rows.into_iter().map(|mail| mail.subject).collect()
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
                Content::OwnerNeeded { accounts, .. } => (mail.recipient, "news".to_owned(), accounts),
                Content::NoNumbers { accounts, .. } => (mail.recipient, "silence".to_owned(), accounts),
                Content::Recovered { accounts, .. } => (mail.recipient, "recovery".to_owned(), accounts),
                other => panic!("{other:?}"),
            })
            .collect();
        mails.sort();
        mails
    }
}

fn audience(managers: &[&str], team: &[&str]) -> Audience {
    let owned = |addresses: &[&str]| addresses.iter().map(|address| (*address).to_owned()).collect();
    Audience { managers: owned(managers), team: owned(team) }
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
        room.close(&accounts[..1], End::Repaired).await;
        assert_eq!(
            room.mails(MailState::Queued).await,
            [mail("owner@x.example", "recovery", &["a"])],
            "{database:?}"
        );
        // Closing again changes nothing.
        room.close(&accounts[..1], End::Repaired).await;
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
        room.close(std::slice::from_ref(&account), End::Disconnected).await;
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
        room.close(&accounts[..1], End::Repaired).await;
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

#[tokio::test]
async fn an_account_that_comes_and_goes_is_one_mail_and_good_news_wait_for_a_quiet_day() {
    for database in testing::databases().await {
        let room = Room::new(database.database()).await;
        let account = [room.account("a", Some("owner@x.example")).await];
        room.open(&account, &[]).await;
        room.all_left().await;
        for _ in 0..100 {
            room.close(&account, End::ByItself).await;
            room.clock.advance(TimeDelta::seconds(18));
            room.open(&account, &[]).await;
            room.clock.advance(TimeDelta::seconds(18));
        }
        assert_eq!(room.subjects().await, ["Please reconnect @a"], "{database:?}");
        let all = incident::Entity::in_workspace(room.workspace).count(&*room.database).await.unwrap();
        assert_eq!(all, 1, "it is one incident");

        room.close(&account, End::ByItself).await;
        let told_at = room.world.now() + TimeDelta::hours(24);
        assert_eq!(room.mails(MailState::Queued).await, [mail("owner@x.example", "recovery", &["a"])]);
        assert!(room.due(JobKind::SendMail).await.contains(&told_at), "{database:?}");

        // After that day it is a new incident, with a mail of its own.
        room.clock.advance(TimeDelta::hours(25));
        room.all_left().await;
        room.open(&account, &[]).await;
        assert_eq!(room.mails(MailState::Queued).await, [mail("owner@x.example", "trouble", &["a"])]);
    }
}

#[tokio::test]
async fn what_breaks_after_a_repair_is_something_new() {
    for database in testing::databases().await {
        let room = Room::new(database.database()).await;
        let account = [room.account("a", Some("owner@x.example")).await];
        room.open(&account, &[]).await;
        room.all_left().await;
        room.close(&account, End::Repaired).await;
        room.clock.advance(TimeDelta::minutes(5));
        room.open(&account, &[]).await;
        let expected = ["Please reconnect @a", "@a is connected again", "Please reconnect @a"];
        assert_eq!(room.subjects().await, expected, "{database:?}");
    }
}

#[tokio::test]
async fn a_mail_that_never_left_is_made_up_for_when_the_trouble_returns() {
    for database in testing::databases().await {
        let room = Room::new(database.database()).await;
        let account = [room.account("a", Some("owner@x.example")).await];
        room.open(&account, &[]).await;
        room.close(&account, End::ByItself).await;
        assert!(room.mails(MailState::Queued).await.is_empty(), "nobody was told of either");
        room.clock.advance(TimeDelta::minutes(5));
        room.open(&account, &[]).await;
        let queued = room.mails(MailState::Queued).await;
        assert_eq!(queued, [mail("owner@x.example", "trouble", &["a"])], "{database:?}");
    }
}

#[tokio::test]
async fn owners_are_reminded_after_three_days_and_seven_and_then_no_more() {
    for database in testing::databases().await {
        let room = Room::new(database.database()).await;
        let accounts = [
            room.account("a", Some("owner@x.example")).await,
            room.account("b", Some("owner@x.example")).await,
        ];
        room.open(&accounts, &[]).await;
        room.all_left().await;
        let opened = room.world.now();
        assert_eq!(room.due(JobKind::FollowUp).await, [opened + TimeDelta::days(3)]);
        room.clock.advance(TimeDelta::days(3));
        room.follow_up(&accounts[0]).await;
        room.all_left().await;
        assert_eq!(room.due(JobKind::FollowUp).await, [opened + TimeDelta::days(7)]);
        // One of the two is well by then.
        room.close(&accounts[..1], End::Repaired).await;
        room.all_left().await;
        room.clock.advance(TimeDelta::days(4));
        room.follow_up(&accounts[0]).await;
        let expected = [
            "Please reconnect 2 Instagram accounts",
            "Reminder: Please reconnect 2 Instagram accounts",
            "@a is connected again",
            "Reminder: Please reconnect @b",
        ];
        assert_eq!(room.subjects().await, expected, "{database:?}");
        assert!(room.due(JobKind::FollowUp).await.is_empty(), "{database:?}");

        // The reminder of the third day had the link of the first mail; that of the seventh a new one.
        let links = link::of_account(&*room.database, room.workspace, accounts[0].id).await.unwrap();
        assert_eq!(links.len(), 1);
        let links = link::of_account(&*room.database, room.workspace, accounts[1].id).await.unwrap();
        assert_eq!(links.len(), 1);
    }
}

#[tokio::test]
async fn nobody_is_reminded_of_what_is_over() {
    for database in testing::databases().await {
        let room = Room::new(database.database()).await;
        let account = room.account("a", Some("owner@x.example")).await;
        room.open(std::slice::from_ref(&account), &[]).await;
        room.all_left().await;
        room.close(std::slice::from_ref(&account), End::Disconnected).await;
        room.clock.advance(TimeDelta::days(3));
        room.follow_up(&account).await;
        assert_eq!(room.subjects().await.len(), 1, "{database:?}");
        assert!(room.due(JobKind::FollowUp).await.is_empty());
    }
}

#[tokio::test]
async fn owners_are_warned_a_week_three_days_and_a_day_before() {
    for database in testing::databases().await {
        let room = Room::new(database.database()).await;
        let accounts = [
            room.account("a", Some("owner@x.example")).await,
            room.account("b", Some("owner@x.example")).await,
        ];
        let grant = room.grant();
        let ends = room.world.now() + TimeDelta::days(8);
        for _ in 0..9 * 24 {
            for clock in [Ends::Token, Ends::DataAccess] {
                let nobody = Audience::default();
                let warned = room.incidents.warn(&*room.database, &grant, &accounts, clock, ends, &nobody);
                warned.await.unwrap();
            }
            room.clock.advance(TimeDelta::hours(1));
        }
        let expected = ["7 days", "7 days", "3 days", "3 days", "a day", "a day"]
            .map(|left| format!("Please renew 2 Instagram accounts within {left}"));
        assert_eq!(room.subjects().await, expected, "{database:?}");

        // What has not left by the time there is a new token is not sent.
        let (db, workspace) = (&*room.database, room.workspace);
        let another = ConnectionId(Uuid::nil());
        room.incidents.no_warning(db, workspace, another, Ends::Token).await.unwrap();
        assert_eq!(room.subjects().await.len(), 6, "of another login");
        room.incidents.no_warning(db, workspace, grant.id, Ends::Token).await.unwrap();
        assert_eq!(room.subjects().await.len(), 3, "{database:?}: the other clock runs on");
    }
}

#[tokio::test]
async fn relapses_cause_no_further_reminders() {
    for database in testing::databases().await {
        let room = Room::new(database.database()).await;
        let account = [room.account("a", Some("owner@x.example")).await];
        room.open(&account, &[]).await;
        room.all_left().await;
        // Half of each day it is well, for ten days; whatever is due meanwhile is done.
        for _ in 0..20 {
            room.clock.advance(TimeDelta::hours(12));
            room.follow_up(&account[0]).await;
            room.all_left().await;
            room.close(&account, End::ByItself).await;
            room.open(&account, &[]).await;
        }
        let expected =
            ["Please reconnect @a", "Reminder: Please reconnect @a", "Reminder: Please reconnect @a"];
        assert_eq!(room.subjects().await, expected, "{database:?}");
    }
}

#[tokio::test]
async fn all_who_are_told_of_the_same_have_a_link_that_works() {
    for database in testing::databases().await {
        let room = Room::new(database.database()).await;
        let accounts = [room.account("a", None).await, room.account("b", None).await];
        let owners = ["one@x.example", "two@x.example"];
        let grant = room.grant();
        let ends = room.world.now() + TimeDelta::days(3);
        let audience = audience(&owners, &[]);
        room.incidents
            .warn(&*room.database, &grant, &accounts, Ends::DataAccess, ends, &audience)
            .await
            .unwrap();
        assert_eq!(room.links_of_queued_mails().await, [LinkState::Created; 2], "{database:?}");
        room.all_left().await;

        // One of the two is well again before its mail has left, and so is the other a moment later.
        room.open(&accounts, &owners).await;
        room.close(&accounts[..1], End::ByItself).await;
        assert_eq!(room.links_of_queued_mails().await, [LinkState::Created; 2], "{database:?}");
    }
}

#[tokio::test]
async fn mails_that_are_overtaken_twice_in_a_moment_are_made_up_for() {
    for database in testing::databases().await {
        let room = Room::new(database.database()).await;
        let accounts = [
            room.account("a", Some("owner@x.example")).await,
            room.account("b", Some("owner@x.example")).await,
            room.account("c", Some("owner@x.example")).await,
        ];
        room.open(&accounts, &[]).await;
        room.close(&accounts[2..], End::ByItself).await;
        room.close(&accounts[1..2], End::ByItself).await;
        let queued = room.mails(MailState::Queued).await;
        assert_eq!(queued, [mail("owner@x.example", "trouble", &["a"])], "{database:?}");
    }
}

#[tokio::test]
async fn good_news_are_not_told_of_what_was_disconnected_since() {
    for database in testing::databases().await {
        let room = Room::new(database.database()).await;
        let accounts = [
            room.account("a", Some("owner@x.example")).await,
            room.account("b", Some("owner@x.example")).await,
        ];
        room.open(&accounts, &[]).await;
        room.all_left().await;
        room.close(&accounts, End::ByItself).await;
        room.close(&accounts[..1], End::Disconnected).await;
        let queued = room.mails(MailState::Queued).await;
        assert_eq!(queued, [mail("owner@x.example", "recovery", &["b"])], "{database:?}");
    }
}

#[tokio::test]
async fn an_operators_matter_that_becomes_the_owners_is_told() {
    for database in testing::databases().await {
        let room = Room::new(database.database()).await;
        let account = [room.account("a", Some("owner@x.example")).await];
        let transaction = room.database.begin().await.unwrap();
        let unreadable = HealthReason::TokenUnreadable;
        let nobody = Audience::default();
        room.incidents.open(&*transaction, room.workspace, &account, unreadable, &nobody).await.unwrap();
        transaction.commit().await.unwrap();
        assert!(room.subjects().await.is_empty());
        room.open(&account, &[]).await;
        assert_eq!(room.subjects().await, ["Please reconnect @a"], "{database:?}");
    }
}
