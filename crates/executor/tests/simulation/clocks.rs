//! A clock that runs ahead for days and is set right: what was put off meanwhile is not put off for days.

use chrono::{DateTime, TimeDelta, Utc};
use connections::refresh::{Refreshed, Skip};
use entity::account::HealthReason;
use entity::connection::Provider;
use entity::job::JobKind;
use entity::outbox::{self, MailState};
use entity::refresh_attempt::{RefreshOutcome, Trigger};
use entity::{Global, InWorkspace, job, rate_scope};
use mail::Content;
use mail::content::Stage;
use mail::outbox::{NewMail, queue_for};
use sea_orm::QueryOrder as _;
use sea_orm::prelude::*;
use serde_json::json;

use crate::support::Installation;

const AHEAD: TimeDelta = TimeDelta::days(5);
const OWNER: &str = "owner@accounts.example";

/// As a worker does when it looks for work, without taking any.
async fn look(installation: &Installation) {
    installation.services().executor.claim(&[], 0).await.unwrap();
}

#[tokio::test]
async fn a_pause_that_a_clock_has_put_days_ahead_is_forgotten_and_a_true_one_is_not() {
    for database in testing::databases().await {
        let installation = Installation::start(&database.url(), 1, 1, &[]).await;
        let whose = installation.person(0).await["pages"][0]["account"]["id"].clone();
        installation.import(installation.workspace, Provider::InstagramLogin, &whose).await;
        let grant = installation.grants().await.remove(0);
        installation.move_to(installation.now() + TimeDelta::hours(30)).await;
        look(&installation).await;
        let connections = &installation.services().connections;
        let refresh = async || {
            connections.refresh(grant.workspace_id, grant.id, Trigger::Scheduled, true).await.unwrap()
        };
        let limit = json!({ "kind": "error", "code": 4 });

        installation.clock.jump(AHEAD);
        look(&installation).await;
        installation.order("POST", "faults", &limit).await;
        refresh().await;
        assert!(longest_pause(&installation).await > Some(installation.now()), "{database:?}");
        installation.order("DELETE", "faults", &json!({})).await;
        installation.clock.jump(-AHEAD);
        look(&installation).await;
        assert_eq!(longest_pause(&installation).await, None, "{database:?}");
        // As long as Meta's patience: this one is about now.
        installation.order("POST", "faults", &limit).await;
        refresh().await;
        installation.order("DELETE", "faults", &json!({})).await;
        installation.clock.jump(-TimeDelta::hours(1));
        look(&installation).await;
        let paused = refresh().await;
        assert!(matches!(paused, Refreshed::Skipped(Skip::Paused(_))), "{database:?}: {paused:?}");
        installation.move_to(installation.now() + TimeDelta::hours(2)).await;
        let renewed = refresh().await;
        assert!(
            matches!(&renewed, Refreshed::Attempted(attempt) if attempt.outcome == RefreshOutcome::Succeeded),
            "{database:?}: {renewed:?}"
        );
    }
}

async fn longest_pause(installation: &Installation) -> Option<DateTime<Utc>> {
    let rows = rate_scope::Entity::rows().all(&*installation.services().database).await.unwrap();
    rows.into_iter().filter_map(|row| row.paused_until).max()
}

/// Only Meta's date tells a clock that ran ahead and was set right from one that is behind.
#[tokio::test]
async fn a_clock_that_is_behind_mends_nothing() {
    for database in testing::databases().await {
        let installation = Installation::start(&database.url(), 1, 1, &[]).await;
        let whose = installation.person(0).await["pages"][0]["account"]["id"].clone();
        installation.import(installation.workspace, Provider::InstagramLogin, &whose).await;
        queue_alert(&installation, TimeDelta::zero()).await;
        look(&installation).await;
        let (grants, mails) = (installation.grants().await, waiting(&installation).await);
        assert!(grants[0].token_expires_at.is_some());
        for _ in 0..2 {
            installation.clock.jump(-TimeDelta::days(40));
            look(&installation).await;
            assert_eq!(installation.grants().await, grants, "{database:?}");
            assert_eq!(waiting(&installation).await, mails, "{database:?}");
            installation.clock.jump(TimeDelta::days(40));
            look(&installation).await;
        }
        assert_eq!(installation.grants().await, grants, "{database:?}");
    }
}

/// Three mails have left while the clock was ahead, as many as one gets in a day; another was queued, and
/// one the mail server did not take.
#[tokio::test]
async fn no_mail_waits_until_a_clock_has_caught_up_with_what_it_showed() {
    for database in testing::databases().await {
        let installation = Installation::start(&database.url(), 0, 1, &[]).await;
        look(&installation).await;
        installation.clock.jump(AHEAD);
        look(&installation).await;
        for _ in 0..3 {
            queue_alert(&installation, TimeDelta::zero()).await;
            send_due(&installation).await;
            installation.clock.advance(TimeDelta::hours(1));
        }
        assert_eq!(sent(&installation).await, 3, "{database:?}");
        // Told apart from those that left: the fourth has to wait for a day.
        queue_alert(&installation, TimeDelta::zero()).await;
        send_due(&installation).await;
        queue_alert(&installation, TimeDelta::hours(2)).await;
        assert_eq!(sent(&installation).await, 3, "{database:?}");

        installation.clock.jump(-AHEAD);
        // Meta's clock shows the same.
        installation.move_to(installation.now()).await;
        look(&installation).await;
        let (waiting, now) = (waiting(&installation).await, installation.now());
        assert_eq!(waiting.len(), 2, "{database:?}");
        // A mail that nobody takes is given up three days after it was written.
        assert!(waiting.iter().all(|mail| mail.created_at <= now), "{database:?}: {waiting:?}");
        let due = due(&installation).await;
        assert!(due.iter().all(|at| *at <= now + TimeDelta::minutes(10)), "{database:?}: {due:?} at {now}");
        installation.clock.advance(TimeDelta::minutes(10));
        send_due(&installation).await;
        assert_eq!(sent(&installation).await, 4, "{database:?}: both as one");
    }
}

async fn queue_alert(installation: &Installation, after: TimeDelta) {
    let services = installation.services();
    let mail = NewMail {
        workspace_id: installation.workspace,
        dedupe_key: services.world.random_token(),
        recipient: OWNER.to_owned(),
        content: Content::NeedsReconnect {
            workspace_name: "Northlight".to_owned(),
            cause: HealthReason::Expired,
            accounts: vec!["studio.nord".to_owned()],
            stage: Stage::Opened,
        },
        incidents: Vec::new(),
        link_id: None,
    };
    let due_at = services.world.now() + after;
    queue_for(&*services.database, &services.world, mail, due_at).await.unwrap().unwrap();
}

/// Does what is due until nothing is.
async fn send_due(installation: &Installation) {
    let executor = &installation.services().executor;
    for _ in 0..20 {
        let claims = executor.claim(&[JobKind::SendMail], 8).await.unwrap();
        if claims.is_empty() {
            return;
        }
        futures::future::join_all(claims.into_iter().map(|claim| executor.run(claim))).await;
        // Those that an older one takes along have stood back for a moment.
    }
    panic!("mails are due again and again");
}

async fn sent(installation: &Installation) -> usize {
    let mails = installation.order("GET", &format!("mails?to={OWNER}"), &json!({})).await;
    mails["mails"].as_array().unwrap().len()
}

async fn waiting(installation: &Installation) -> Vec<outbox::Model> {
    outbox::Entity::across_workspaces()
        .filter(outbox::Column::State.eq(MailState::Queued))
        .all(&*installation.services().database)
        .await
        .unwrap()
}

async fn due(installation: &Installation) -> Vec<DateTime<Utc>> {
    let rows = job::Entity::across_workspaces()
        .filter(job::Column::Kind.eq(JobKind::SendMail))
        .order_by_asc(job::Column::DueAt)
        .all(&*installation.services().database)
        .await
        .unwrap();
    rows.into_iter().filter_map(|row| row.due_at).collect()
}
