use entity::job;
use sea_orm::ConnectionTrait as _;

use super::*;

fn world() -> World {
    World::for_tests("2026-11-20T10:00:00Z".parse().unwrap()).0
}

fn new_mail(world: &World, key: &str, incident: Option<IncidentId>) -> NewMail {
    NewMail {
        workspace_id: WorkspaceId(world.new_id()),
        dedupe_key: key.to_owned(),
        recipient: "anna@example.com".to_owned(),
        content: Content::AddressInUse { name: "Anna".to_owned() },
        incidents: incident.into_iter().collect(),
        link_id: None,
    }
}

#[tokio::test]
async fn a_mail_and_its_work_are_queued_once() {
    for db in testing::databases().await {
        let world = world();
        let transaction = db.begin().await.unwrap();
        let first = queue(&*transaction, &world, new_mail(&world, "a", None)).await.unwrap();
        let again = queue(&*transaction, &world, new_mail(&world, "a", None)).await.unwrap();
        let other = queue(&*transaction, &world, new_mail(&world, "b", None)).await.unwrap();
        transaction.commit().await.unwrap();
        assert!(first.is_some() && other.is_some(), "{db:?}");
        assert_eq!(again, None, "{db:?}");
        let row = Entity::across_workspaces().filter(Column::DedupeKey.eq("a")).one(&**db).await.unwrap();
        let row = row.unwrap();
        assert_eq!((Some(row.id), row.state, row.created_at), (first, MailState::Queued, world.now()));
        assert_eq!(row.subject, "You already have a Mooring account");
        let jobs = job::Entity::across_workspaces().all(&**db).await.unwrap();
        let mut subjects: Vec<_> = jobs.iter().map(|job| OutboxId(job.subject_id)).collect();
        subjects.sort();
        assert_eq!(subjects, [first.unwrap(), other.unwrap()], "{db:?}");
        assert!(jobs.iter().all(|job| job.kind == JobKind::SendMail && job.due_at == Some(world.now())));
    }
}

#[tokio::test]
async fn a_mail_goes_with_the_transaction_of_its_cause() {
    for db in testing::databases().await {
        let world = world();
        let transaction = db.begin().await.unwrap();
        queue(&*transaction, &world, new_mail(&world, "a", None)).await.unwrap();
        drop(transaction);
        assert_eq!(Entity::across_workspaces().count(&**db).await.unwrap(), 0, "{db:?}");
        assert_eq!(job::Entity::across_workspaces().count(&**db).await.unwrap(), 0, "{db:?}");
    }
}

#[tokio::test]
async fn two_at_once_queue_one() {
    for db in testing::databases().await {
        let world = world();
        let queue_one = || async {
            let transaction = db.begin().await.unwrap();
            let id = queue(&*transaction, &world, new_mail(&world, "a", None)).await.unwrap();
            transaction.commit().await.unwrap();
            id
        };
        let (a, b, c) = tokio::join!(queue_one(), queue_one(), queue_one());
        assert_eq!([a, b, c].iter().flatten().count(), 1, "{db:?}");
    }
}

#[tokio::test]
async fn only_waiting_mails_about_the_incident_in_the_workspace_are_cancelled() {
    for db in testing::databases().await {
        let world = world();
        let incident = IncidentId(world.new_id());
        let waiting = new_mail(&world, "waiting", Some(incident));
        let workspace = waiting.workspace_id;
        let sent = NewMail { workspace_id: workspace, ..new_mail(&world, "sent", Some(incident)) };
        let other = NewMail {
            workspace_id: workspace,
            ..new_mail(&world, "other incident", Some(IncidentId(world.new_id())))
        };
        let foreign = new_mail(&world, "foreign", Some(incident));
        for mail in [waiting, sent, other, foreign] {
            queue(&**db, &world, mail).await.unwrap();
        }
        db.execute_unprepared("UPDATE outbox SET state = 'sent' WHERE dedupe_key = 'sent'").await.unwrap();
        cancel_about(&**db, workspace, &[incident]).await.unwrap();
        let rows = Entity::across_workspaces().all(&**db).await.unwrap();
        let state = |key: &str| rows.iter().find(|row| row.dedupe_key == key).unwrap().state;
        assert_eq!(state("waiting"), MailState::Cancelled, "{db:?}");
        assert_eq!(state("sent"), MailState::Sent);
        assert_eq!(state("other incident"), MailState::Queued);
        assert_eq!(state("foreign"), MailState::Queued);
    }
}
