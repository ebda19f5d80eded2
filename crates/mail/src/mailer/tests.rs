use chrono::TimeDelta;
use entity::account::{Health, HealthReason, Provider};
use entity::{AccountId, IncidentId, UserId, WorkspaceId, account, workspace};
use mail_parser::MessageParser;
use platform::ManualClock;
use sea_orm::Set;
use testing::TestDatabase;
use uuid::Uuid;

use super::*;
use crate::MemoryTransport;
use crate::outbox::{NewMail, cancel_about, queue};

struct Scene {
    db: TestDatabase,
    world: World,
    clock: Arc<ManualClock>,
    transport: Arc<MemoryTransport>,
    mailer: Mailer,
    secret: Arc<AuthSecret>,
    workspace: WorkspaceId,
    account: AccountId,
}

fn http() -> Http {
    Http {
        public_url: "https://mooring.example/".parse().unwrap(),
        api_listen: "127.0.0.1:1".parse().unwrap(),
        cron_secret: None,
    }
}

async fn scenes() -> Vec<Scene> {
    let mut scenes = Vec::new();
    for db in testing::databases().await {
        let (world, clock) = World::for_tests("2026-11-20T10:00:00Z".parse().unwrap());
        let transport = Arc::new(MemoryTransport::new());
        let secret = Arc::new(AuthSecret::new(&[7; 32]));
        let from = "Mooring <no-reply@mooring.example>";
        let mailer =
            Mailer::new(db.database(), world.clone(), transport.clone(), from, secret.clone(), http())
                .unwrap();
        let workspace = WorkspaceId(world.new_id());
        let account = AccountId(world.new_id());
        let scene = Scene { db, world, clock, transport, mailer, secret, workspace, account };
        scene.add_account().await;
        scenes.push(scene);
    }
    scenes
}

impl Scene {
    async fn add_account(&self) {
        let now = self.world.now();
        let row = workspace::ActiveModel {
            workspace_id: Set(self.workspace),
            name: Set("Acme Social".to_owned()),
            created_at: Set(now),
        };
        workspace::Entity::insert(row).exec_without_returning(&**self.db).await.unwrap();
        let row = account::ActiveModel {
            id: Set(self.account),
            workspace_id: Set(self.workspace),
            connection_id: Set(None),
            provider: Set(Provider::FacebookLogin),
            instagram_id: Set("17841400000000001".to_owned()),
            username: Set("studio.nord".to_owned()),
            name: Set(None),
            followers_count: Set(None),
            page_id: Set(None),
            page_name: Set(None),
            contact_email: Set(None),
            health: Set(Health::NeedsReconnect),
            health_reason: Set(None),
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
        account::Entity::insert(row).exec_without_returning(&**self.db).await.unwrap();
    }

    async fn add_link(&self) -> LinkId {
        let id = LinkId(self.world.new_id());
        let row = reconnect_link::ActiveModel {
            id: Set(id),
            workspace_id: Set(self.workspace),
            account_id: Set(self.account),
            incident_id: Set(None),
            token_hash: Set(links::reconnect_hash(&self.secret, id)),
            created_by: Set(None),
            state: Set(LinkState::Created),
            sent_to: Set(None),
            starts: Set(0),
            expires_at: Set(self.world.now() + TimeDelta::days(7)),
            last_event_at: Set(None),
            created_at: Set(self.world.now()),
        };
        reconnect_link::Entity::insert(row).exec_without_returning(&**self.db).await.unwrap();
        id
    }

    async fn add_connect_link(&self, state: ConnectLinkState) -> ConnectLinkId {
        let id = ConnectLinkId(self.world.new_id());
        let row = connect_link::ActiveModel {
            id: Set(id),
            workspace_id: Set(self.workspace),
            client_name: Set("Hafen GmbH".to_owned()),
            provider: Set(None),
            token_hash: Set(links::connect_hash(&self.secret, id)),
            created_by: Set(UserId(self.world.new_id())),
            state: Set(state),
            sent_to: Set(Some("client@example.com".to_owned())),
            contact_email: Set(None),
            starts: Set(0),
            expires_at: Set(self.world.now() + TimeDelta::days(7)),
            last_event_at: Set(None),
            created_at: Set(self.world.now()),
        };
        connect_link::Entity::insert(row).exec_without_returning(&**self.db).await.unwrap();
        id
    }

    async fn queue(&self, link: Option<LinkId>, incident: Option<IncidentId>) -> OutboxId {
        self.queue_mail(trouble("studio.nord"), link, incident).await
    }

    async fn queue_mail(
        &self,
        content: Content,
        link: Option<LinkId>,
        incident: Option<IncidentId>,
    ) -> OutboxId {
        let mail = NewMail {
            workspace_id: self.workspace,
            dedupe_key: self.world.random_token(),
            recipient: "anna@example.com".to_owned(),
            content,
            incidents: incident.into_iter().collect(),
            link_id: link.map(|link| link.0),
        };
        queue(&**self.db, &self.world, mail).await.unwrap().unwrap()
    }

    async fn row(&self, id: OutboxId) -> Model {
        Entity::across_workspaces().filter(Column::Id.eq(id)).one(&**self.db).await.unwrap().unwrap()
    }

    fn later(&self) -> Option<TransportError> {
        Some(TransportError::TryLater { problem: "smtp_451".to_owned() })
    }
}

/// Somebody is asked to repair an account.
fn trouble(handle: &str) -> Content {
    Content::NeedsReconnect {
        workspace_name: "Acme Söcial".to_owned(),
        cause: HealthReason::Expired,
        accounts: vec![handle.to_owned()],
        stage: crate::content::Stage::Opened,
    }
}

/// The team hears that somebody was asked.
fn news(handle: &str) -> Content {
    Content::OwnerNeeded {
        workspace_name: "Acme Söcial".to_owned(),
        workspace_id: Uuid::nil(),
        cause: HealthReason::Expired,
        accounts: vec![handle.to_owned()],
    }
}

#[tokio::test]
async fn a_mail_is_sent_once_with_its_link_and_a_recognisable_id() {
    for scene in scenes().await {
        let link = scene.add_link().await;
        let id = scene.queue(Some(link), None).await;
        assert_eq!(scene.mailer.deliver(&[id]).await.unwrap(), Delivery::Sent);
        let row = scene.row(id).await;
        assert_eq!((row.state, row.sent_at), (MailState::Sent, Some(scene.world.now())));
        assert_eq!(scene.mailer.deliver(&[id]).await.unwrap(), Delivery::NothingToDo);
        let sent = scene.transport.sent_texts();
        assert_eq!(sent.len(), 1);
        let mail = MessageParser::default().parse(&sent[0]).unwrap();
        assert_eq!(mail.message_id(), Some(format!("{id}@mooring.example").as_str()));
        assert_eq!(mail.subject(), Some("Please reconnect @studio.nord"));
        assert_eq!(mail.date().unwrap().to_rfc3339(), "2026-11-20T10:00:00Z");
        assert!(sent[0].contains("Auto-Submitted: auto-generated\r\n"), "{}", sent[0]);
        let url = links::reconnect_url(&http(), &scene.secret, link);
        let text = mail.body_text(0).unwrap();
        assert!(text.lines().any(|line| line == url.expose()), "{text}");
        assert!(text.contains("Acme Söcial looks after") && text.contains("27 November 2026, 10:00 UTC"));
        assert!(mail.body_html(0).unwrap().contains(url.expose()));
    }
}

#[tokio::test]
async fn the_outbox_holds_no_token() {
    for scene in scenes().await {
        let link = scene.add_link().await;
        let id = scene.queue(Some(link), None).await;
        let token = links::reconnect_token(&scene.secret, link);
        assert!(!format!("{:?}", scene.row(id).await).contains(token.expose()));
    }
}

#[tokio::test]
async fn a_mail_waits_while_the_server_is_away() {
    for scene in scenes().await {
        let id = scene.queue(None, None).await;
        scene.transport.fail_with(scene.later());
        for _ in 0..3 {
            let error = scene.mailer.deliver(&[id]).await.unwrap_err();
            assert!(matches!(error, MailError::TryLater { problem } if problem == "smtp_451"));
            scene.clock.advance(TimeDelta::hours(8));
        }
        let row = scene.row(id).await;
        assert_eq!((row.state, row.problem.as_deref()), (MailState::Queued, Some("smtp_451")));
        scene.transport.fail_with(None);
        assert_eq!(scene.mailer.deliver(&[id]).await.unwrap(), Delivery::Sent);
        let row = scene.row(id).await;
        assert_eq!((row.state, row.problem), (MailState::Sent, None));
    }
}

#[tokio::test]
async fn a_mail_is_given_up_after_three_days() {
    for scene in scenes().await {
        let id = scene.queue(None, None).await;
        scene.transport.fail_with(scene.later());
        scene.clock.advance(TimeDelta::hours(72));
        assert_eq!(scene.mailer.deliver(&[id]).await.unwrap(), Delivery::GivenUp);
        let row = scene.row(id).await;
        assert_eq!((row.state, row.problem.as_deref()), (MailState::Failed, Some("smtp_451")));
    }
}

#[tokio::test]
async fn a_refused_mail_is_shown_and_not_tried_again() {
    for scene in scenes().await {
        let id = scene.queue(None, None).await;
        scene.transport.fail_with(Some(TransportError::Refused { problem: "smtp_550".to_owned() }));
        assert_eq!(scene.mailer.deliver(&[id]).await.unwrap(), Delivery::Refused);
        scene.transport.fail_with(None);
        assert_eq!(scene.mailer.deliver(&[id]).await.unwrap(), Delivery::NothingToDo);
        let row = scene.row(id).await;
        assert_eq!((row.state, row.problem.as_deref()), (MailState::Failed, Some("smtp_550")));
    }
}

#[tokio::test]
async fn a_cancelled_mail_is_not_sent() {
    for scene in scenes().await {
        let incident = IncidentId(scene.world.new_id());
        let id = scene.queue(None, Some(incident)).await;
        cancel_about(&**scene.db, scene.workspace, &[incident]).await.unwrap();
        assert_eq!(scene.mailer.deliver(&[id]).await.unwrap(), Delivery::NothingToDo);
        assert_eq!(scene.mailer.deliver(&[OutboxId(Uuid::nil())]).await.unwrap(), Delivery::NothingToDo);
        assert!(scene.transport.sent().is_empty());
    }
}

#[tokio::test]
async fn a_mail_whose_link_is_gone_is_cancelled() {
    for scene in scenes().await {
        let (done, expiring) = (scene.add_link().await, scene.add_link().await);
        reconnect_link::Entity::update_in_workspace(scene.workspace)
            .col_expr(reconnect_link::Column::State, Expr::value(LinkState::Done.to_value()))
            .filter(reconnect_link::Column::Id.eq(done))
            .exec(&**scene.db)
            .await
            .unwrap();
        let mut ids = vec![scene.queue(Some(done), None).await];
        ids.push(scene.queue(Some(LinkId(Uuid::nil())), None).await);
        scene.clock.advance(TimeDelta::days(7));
        ids.push(scene.queue(Some(expiring), None).await);
        for id in ids {
            assert_eq!(scene.mailer.deliver(&[id]).await.unwrap(), Delivery::NothingToDo);
            assert_eq!(scene.row(id).await.state, MailState::Cancelled);
        }
        assert!(scene.transport.sent().is_empty());
    }
}

#[tokio::test]
async fn an_address_that_is_none_is_refused() {
    for scene in scenes().await {
        let id = scene.queue(None, None).await;
        Entity::update_in_workspace(scene.workspace)
            .col_expr(Column::Recipient, Expr::value("a@b.example\r\nBcc: c@d.example"))
            .filter(Column::Id.eq(id))
            .exec(&**scene.db)
            .await
            .unwrap();
        assert_eq!(scene.mailer.deliver(&[id]).await.unwrap(), Delivery::Refused);
        assert_eq!(scene.row(id).await.problem.as_deref(), Some("bad_address"));
        assert!(scene.transport.sent().is_empty());
    }
}

#[tokio::test]
async fn a_sender_must_be_one() {
    let db = testing::sqlite().await;
    let (world, _) = World::for_tests("2026-11-20T10:00:00Z".parse().unwrap());
    let transport = Arc::new(MemoryTransport::new());
    let secret = Arc::new(AuthSecret::new(&[7; 32]));
    let made = Mailer::new(db.database(), world, transport, "Mooring", secret, http());
    assert_eq!(made.unwrap_err(), BadSender);
}

#[tokio::test]
async fn one_recipient_gets_three_alerts_a_day() {
    for scene in scenes().await {
        for _ in 0..3 {
            let id = scene.queue(None, None).await;
            assert_eq!(scene.mailer.deliver(&[id]).await.unwrap(), Delivery::Sent);
            scene.clock.advance(TimeDelta::hours(2));
        }
        let fourth = scene.queue(None, None).await;
        let first_of_them = scene.world.now() - TimeDelta::hours(6);
        let error = scene.mailer.deliver(&[fourth]).await.unwrap_err();
        let at = first_of_them + TimeDelta::hours(24);
        assert!(matches!(error, MailError::NotBefore(told) if told == at), "{error}");
        assert_eq!(scene.row(fourth).await.state, MailState::Queued);

        // What somebody asked for is no alert.
        let asked_for = NewMail {
            workspace_id: scene.workspace,
            dedupe_key: "asked".to_owned(),
            recipient: "anna@example.com".to_owned(),
            content: Content::AddressInUse { name: "Anna".to_owned() },
            incidents: Vec::new(),
            link_id: None,
        };
        let asked_for = queue(&**scene.db, &scene.world, asked_for).await.unwrap().unwrap();
        assert_eq!(scene.mailer.deliver(&[asked_for]).await.unwrap(), Delivery::Sent);

        scene.clock.advance(at - scene.world.now());
        assert_eq!(scene.mailer.deliver(&[fourth]).await.unwrap(), Delivery::Sent);
    }
}

/// Somebody who looks after a workspace may own one of its accounts.
#[tokio::test]
async fn what_one_hears_as_a_member_takes_nothing_from_what_one_is_asked_as_an_owner() {
    for (first, second) in [(news as fn(&str) -> Content, trouble as fn(&str) -> Content), (trouble, news)] {
        for scene in scenes().await {
            for _ in 0..3 {
                let id = scene.queue_mail(first("a"), None, None).await;
                assert_eq!(scene.mailer.deliver(&[id]).await.unwrap(), Delivery::Sent);
                scene.clock.advance(TimeDelta::hours(1));
            }
            let fourth = scene.queue_mail(first("a"), None, None).await;
            let error = scene.mailer.deliver(&[fourth]).await.unwrap_err();
            assert!(matches!(error, MailError::NotBefore(_)), "{error}");

            for _ in 0..3 {
                let id = scene.queue_mail(second("a"), None, None).await;
                assert_eq!(scene.mailer.deliver(&[id]).await.unwrap(), Delivery::Sent);
                scene.clock.advance(TimeDelta::hours(1));
            }
            let fourth = scene.queue_mail(second("a"), None, None).await;
            let error = scene.mailer.deliver(&[fourth]).await.unwrap_err();
            assert!(matches!(error, MailError::NotBefore(_)), "{error}");
            assert_eq!(scene.transport.sent().len(), 6);
        }
    }
}

#[tokio::test]
async fn what_is_well_before_a_digest_leaves_is_not_in_it_and_the_rest_is() {
    for content in [trouble, news] {
        for scene in scenes().await {
            let handles = ["recovered", "first", "second"];
            let mut ids = Vec::new();
            for handle in handles {
                let incident = IncidentId(scene.world.new_id());
                ids.push((scene.queue_mail(content(handle), None, Some(incident)).await, incident));
            }
            let [(recovered, incident), (first, _), (second, _)] = ids[..] else { panic!("three") };
            let mut together = scene.mailer.companions(recovered).await.unwrap();
            together.push(recovered);
            assert_eq!(together.len(), 3);
            // They were gathered; and only then one of them, which leads the others, is well again.
            cancel_about(&**scene.db, scene.workspace, &[incident]).await.unwrap();
            assert_eq!(scene.mailer.deliver(&together).await.unwrap(), Delivery::Sent);

            let sent = scene.transport.sent_texts();
            assert_eq!(sent.len(), 1);
            let mail = MessageParser::default().parse(&sent[0]).unwrap();
            for said in
                [mail.body_text(0).unwrap(), mail.body_html(0).unwrap(), mail.subject().unwrap().into()]
            {
                assert!(!said.contains("recovered") && !said.contains("3 Instagram"), "{said}");
            }
            let text = mail.body_text(0).unwrap();
            assert!(text.contains("@first") && text.contains("@second"), "{text}");
            let states = [recovered, first, second];
            let mut found = Vec::new();
            for id in states {
                found.push(scene.row(id).await.state);
            }
            assert_eq!(found, [MailState::Cancelled, MailState::Sent, MailState::Sent]);
            assert_eq!(scene.mailer.deliver(&together).await.unwrap(), Delivery::NothingToDo);
        }
    }
}

#[tokio::test]
async fn what_waits_for_one_recipient_is_sent_as_one_with_a_link_for_each() {
    for scene in scenes().await {
        let links = [scene.add_link().await, scene.add_link().await, scene.add_link().await];
        let mut ids = Vec::new();
        for link in links {
            ids.push(scene.queue(Some(link), None).await);
        }
        let mut companions = scene.mailer.companions(ids[1]).await.unwrap();
        assert_eq!(companions, [ids[0], ids[2]]);
        companions.push(ids[1]);
        assert_eq!(scene.mailer.deliver(&companions).await.unwrap(), Delivery::Sent);
        let sent = scene.transport.sent_texts();
        assert_eq!(sent.len(), 1);
        let mail = MessageParser::default().parse(&sent[0]).unwrap();
        assert_eq!(mail.subject(), Some("3 Instagram accounts need you"));
        assert_eq!(mail.message_id(), Some(format!("{}.{}@mooring.example", ids[0], ids.len()).as_str()));
        for link in links {
            let url = links::reconnect_url(&http(), &scene.secret, link);
            assert!(mail.body_text(0).unwrap().lines().any(|line| line == url.expose()));
            assert!(mail.body_html(0).unwrap().contains(url.expose()));
        }
        for id in ids {
            assert_eq!(scene.row(id).await.state, MailState::Sent);
            assert_eq!(scene.mailer.deliver(&[id]).await.unwrap(), Delivery::NothingToDo);
        }
        assert!(scene.mailer.companions(companions[0]).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn what_breaks_soon_after_a_mail_is_gathered_for_ten_minutes() {
    for scene in scenes().await {
        let first = scene.queue(None, None).await;
        assert_eq!(scene.mailer.deliver(&[first]).await.unwrap(), Delivery::Sent);
        let at = scene.world.now() + TimeDelta::minutes(10);
        scene.clock.advance(TimeDelta::minutes(3));
        let second = scene.queue(None, None).await;
        let error = scene.mailer.deliver(&[second]).await.unwrap_err();
        assert!(matches!(error, MailError::NotBefore(told) if told == at), "{error}");
        let third = scene.queue(None, None).await;
        scene.clock.advance(TimeDelta::minutes(7));
        assert_eq!(scene.mailer.deliver(&[second, third]).await.unwrap(), Delivery::Sent);
        assert_eq!(scene.transport.sent().len(), 2);
    }
}

#[tokio::test]
async fn a_mail_that_could_not_be_noted_is_not_sent_twice() {
    for scene in scenes().await {
        let id = scene.queue(None, None).await;
        scene.mailer.unnoted().insert(id);
        assert_eq!(scene.mailer.deliver(&[id]).await.unwrap(), Delivery::Sent);
        assert!(scene.transport.sent().is_empty());
        assert_eq!(scene.row(id).await.state, MailState::Sent);
        assert!(scene.mailer.unnoted().is_empty());
    }
}

#[tokio::test]
async fn a_connect_link_goes_out_with_its_own_address_unless_it_was_withdrawn() {
    for scene in scenes().await {
        for (state, expected, after) in [
            (ConnectLinkState::Created, Delivery::Sent, ConnectLinkState::Sent),
            (ConnectLinkState::Revoked, Delivery::NothingToDo, ConnectLinkState::Revoked),
        ] {
            let link = scene.add_connect_link(state).await;
            let mail = NewMail {
                workspace_id: scene.workspace,
                dedupe_key: scene.world.random_token(),
                recipient: "client@example.com".to_owned(),
                content: Content::ConnectLink {
                    workspace_name: "Acme Social".to_owned(),
                    client_name: "Hafen GmbH".to_owned(),
                    sender_name: "Anna".to_owned(),
                },
                incidents: Vec::new(),
                link_id: Some(link.0),
            };
            let id = queue(&**scene.db, &scene.world, mail).await.unwrap().unwrap();
            assert_eq!(scene.mailer.deliver(&[id]).await.unwrap(), expected);
            let row = connect_link::Entity::across_workspaces().filter(connect_link::Column::Id.eq(link));
            assert_eq!(row.one(&**scene.db).await.unwrap().unwrap().state, after);
        }
        let sent = scene.transport.sent_texts();
        assert_eq!(sent.len(), 1);
        let mail = MessageParser::default().parse(&sent[0]).unwrap();
        assert!(mail.body_text(0).unwrap().contains("https://mooring.example/connect-accounts/"));
    }
}
