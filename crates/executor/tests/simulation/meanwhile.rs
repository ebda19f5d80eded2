//! What happens while Meta is asked to renew a token: logins are ended and replaced, keys change, whoever
//! asked goes away.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use connections::check::Checked;
use connections::refresh::Refreshed;
use entity::account::Health;
use entity::connection::{self, Provider};
use entity::job::JobKind;
use entity::membership::{self, Role};
use entity::refresh_attempt::{self, RefreshOutcome, Trigger};
use entity::sealed_token::{self, TokenKind};
use entity::{InWorkspace, SessionId, UserId, account, incident, job, outbox, user};
use identity::{Actor, Member};
use sea_orm::ActiveValue::Set;
use sea_orm::prelude::*;
use serde_json::json;
use tokio::task::JoinHandle;

use crate::support::Installation;

/// For so long Meta keeps what it is asked: longer than what is done meanwhile takes.
const SLOW: u64 = 2_000;
/// Runs eight Pages with an account.
const NORA: &str = "10160000000000001";
/// Two keys, of which a process seals with one.
const KEYS: &str =
    "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8,k2:BBECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

const BOTH: [Provider; 2] = [Provider::FacebookLogin, Provider::InstagramLogin];

async fn start(url: &str, processes: usize, own: &[(&str, &str)]) -> Installation {
    let usual = [("REFRESHES_PER_SECOND", "1000")];
    Installation::start(url, 8, processes, &[&usual, own].concat()).await
}

/// Connects the generated person with this number.
async fn connect(installation: &Installation, provider: Provider, number: u64) {
    let person = installation.person(number).await;
    let whose = match provider {
        Provider::FacebookLogin => &person["id"],
        Provider::InstagramLogin => &person["pages"][0]["account"]["id"],
    };
    installation.import(installation.workspace, provider, whose).await;
    installation.forget_collecting().await;
}

/// Somebody who may end connections.
async fn admin(installation: &Installation) -> Member {
    let (database, now) = (&*installation.services().database, installation.now());
    let id = UserId(installation.services().world.new_id());
    let email = format!("{id}@northlight.example");
    let row = user::ActiveModel {
        id: Set(id),
        email: Set(email.clone()),
        name: Set("Anna Quist".to_owned()),
        password_hash: Set(String::new()),
        confirmed_at: Set(Some(now)),
        failed_sign_ins: Set(0),
        sign_in_after: Set(None),
        created_at: Set(now),
    };
    row.insert(database).await.unwrap();
    let row = membership::ActiveModel {
        workspace_id: Set(installation.workspace),
        user_id: Set(id),
        role: Set(Role::Admin),
        wants_alerts: Set(true),
        created_at: Set(now),
    };
    row.insert(database).await.unwrap();
    let actor =
        Actor { user_id: id, session_id: SessionId(Uuid::nil()), name: "Anna Quist".to_owned(), email };
    installation.services().identity.member(&actor, installation.workspace).await.unwrap().unwrap()
}

async fn accounts(installation: &Installation, grant: &connection::Model) -> Vec<account::Model> {
    account::Entity::in_workspace(grant.workspace_id)
        .filter(account::Column::ConnectionId.eq(grant.id))
        .all(&*installation.services().database)
        .await
        .unwrap()
}

/// How the attempts to renew so far stand, each way once.
async fn outcomes(installation: &Installation) -> BTreeSet<String> {
    let attempts =
        refresh_attempt::Entity::across_workspaces().all(&*installation.services().database).await.unwrap();
    attempts.iter().map(|attempt| attempt.outcome.to_value()).collect()
}

/// Begins to renew a token in the first process.
fn renew(installation: &Installation, grant: &connection::Model) -> JoinHandle<Refreshed> {
    let connections = installation.services().connections.clone();
    let (workspace, id) = (grant.workspace_id, grant.id);
    tokio::spawn(async move { connections.refresh(workspace, id, Trigger::Scheduled, true).await.unwrap() })
}

#[track_caller]
fn assert_ended(refreshed: &Refreshed, outcome: RefreshOutcome) {
    assert!(
        matches!(refreshed, Refreshed::Attempted(attempt) if attempt.outcome == outcome),
        "{refreshed:?} is not {outcome:?}"
    );
}

/// Disconnected with all its numbers, or deleted at Meta's request, in another process than the one that
/// renews; and Meta gives a token all the same, or refuses what was revoked by then.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_login_that_is_deleted_while_it_is_renewed_nothing_is_left() {
    for database in testing::databases().await {
        let installation = start(&database.url(), 2, &[]).await;
        let admin = admin(&installation).await;
        for (first, delay, expected) in [
            (0, "delay_answer_ms", &["interrupted"][..]),
            // The last account of a person is disconnected at Meta, too, which then refuses.
            (4, "delay_ms", &["failed", "interrupted"]),
        ] {
            for (number, provider) in (first..).zip([BOTH, BOTH].concat()) {
                connect(&installation, provider, number).await;
            }
            installation.move_to(installation.now() + TimeDelta::days(50)).await;
            let claims = installation.services().executor.claim(&[JobKind::RefreshToken], 16).await.unwrap();
            assert_eq!(claims.len(), 4, "{database:?}");
            installation.slow_down(delay, SLOW).await;
            let renewals: Vec<_> = claims
                .into_iter()
                .map(|claim| {
                    let executor = installation.services().executor.clone();
                    tokio::spawn(async move { executor.run(claim).await })
                })
                .collect();
            installation.until_asked(4).await;

            let grants = installation.grants().await;
            let elsewhere = &installation.processes[1].connections;
            for grant in &grants[..2] {
                for account in accounts(&installation, grant).await {
                    elsewhere.disconnect(&admin, account.id, true).await.unwrap();
                }
            }
            for grant in &grants[2..] {
                let now = installation.now();
                elsewhere.delete_person(grant.provider, &grant.meta_user_id, now).await.unwrap();
            }
            assert!(renewals.iter().all(|renewal| !renewal.is_finished()), "{database:?}: too late to tell");
            for renewal in renewals {
                let ended = renewal.await.unwrap();
                assert_eq!(ended.unwrap(), None, "{database:?}: no record of work on what is gone");
            }
            let database_of = &*installation.services().database;
            assert_eq!(sealed_token::Entity::across_workspaces().count(database_of).await.unwrap(), 0);
            assert_eq!(connection::Entity::across_workspaces().count(database_of).await.unwrap(), 0);
            assert_eq!(job::Entity::across_workspaces().count(database_of).await.unwrap(), 0, "{database:?}");
            assert_eq!(incident::Entity::across_workspaces().count(database_of).await.unwrap(), 0);
            assert_eq!(outbox::Entity::across_workspaces().count(database_of).await.unwrap(), 0);
            let outcomes = outcomes(&installation).await;
            assert!(outcomes.iter().all(|outcome| expected.contains(&outcome.as_str())), "{outcomes:?}");
            installation.order("DELETE", "faults", &json!({})).await;
        }
    }
}

/// Meta has ended the old token and is about to give the new one, or has and it cannot be stored yet: that the
/// old one is refused says nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_during_a_renewal_declares_nobody_dead() {
    for database in testing::databases().await {
        let installation = start(&database.url(), 2, &[]).await;
        installation.import(installation.workspace, Provider::FacebookLogin, &json!(NORA)).await;
        let grant = installation.grants().await.remove(0);
        installation.order("POST", "settings", &json!({ "fb_exchange_mode": "old_token_dies" })).await;
        installation.slow_down("delay_answer_ms", SLOW).await;
        let renewal = renew(&installation, &grant);
        installation.until_asked(1).await;
        let elsewhere = &installation.processes[1].connections;
        let check = async || elsewhere.check(grant.workspace_id, grant.id, true).await.unwrap();
        // The request takes effect before its answer leaves, but not before it is counted.
        let mut checked = check().await;
        for _ in 0..100 {
            if checked == Checked::Unsure {
                break;
            }
            checked = check().await;
        }
        assert_eq!(checked, Checked::Unsure, "{database:?}");
        assert!(!renewal.is_finished(), "{database:?}: too late to tell");
        let (process, grant_of_person) = (elsewhere.clone(), grant.clone());
        let person = tokio::spawn(async move {
            process.check_for_person(grant_of_person.workspace_id, grant_of_person.id, true).await.unwrap()
        });
        let healthy = async || {
            let accounts = accounts(&installation, &grant).await;
            accounts.iter().all(|account| account.health == Health::Healthy)
        };
        assert!(healthy().await, "{database:?}");
        assert_ended(&renewal.await.unwrap(), RefreshOutcome::Succeeded);
        let told = person.await.unwrap();
        assert!(told.is_valid(), "{database:?}: whoever waits gets an answer: {told:?}");
        assert!(healthy().await, "{database:?}");
        let incidents = incident::Entity::across_workspaces().count(&*installation.services().database);
        assert_eq!(incidents.await.unwrap(), 0, "{database:?}");
        // Once nothing is under way any more, a refusal counts.
        installation.move_to(installation.now() + TimeDelta::minutes(13)).await;
        installation.order("POST", "revoke", &json!({ "person": NORA })).await;
        assert_eq!(check().await, Checked::Dead, "{database:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_that_is_disconnected_while_page_tokens_are_asked_for_gets_none() {
    for database in testing::databases().await {
        let installation = start(&database.url(), 2, &[]).await;
        let admin = admin(&installation).await;
        installation.import(installation.workspace, Provider::FacebookLogin, &json!(NORA)).await;
        let grant = installation.grants().await.remove(0);
        let connected = accounts(&installation, &grant).await;
        let slow = json!({ "kind": "slow", "path_contains": "/accounts", "delay_answer_ms": SLOW });
        installation.order("POST", "faults", &slow).await;
        let renewal = renew(&installation, &grant);
        installation.until_asked(1).await;
        let gone = &connected[0];
        installation.processes[1].connections.disconnect(&admin, gone.id, true).await.unwrap();
        assert!(!renewal.is_finished(), "{database:?}: too late to tell");
        assert_ended(&renewal.await.unwrap(), RefreshOutcome::Succeeded);

        let tokens =
            sealed_token::Entity::across_workspaces().all(&*installation.services().database).await.unwrap();
        assert!(tokens.iter().all(|token| token.subject_id != gone.id.0), "{database:?}");
        let renewed = tokens.iter().filter(|token| token.kind == TokenKind::Page && token.version == 2);
        assert_eq!(renewed.count(), connected.len() - 1, "{database:?}: the others have new ones");
        let left = accounts(&installation, &grant).await;
        assert_eq!(left.len(), connected.len() - 1);
    }
}

/// The person removes our app, and Meta says so, while it has just given a new token; then the person
/// connects again, while the next one is on its way.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_was_overtaken_is_discarded_and_holds_up_nobody() {
    for database in testing::databases().await {
        let installation = start(&database.url(), 2, &[]).await;
        let person = installation.person(0).await["pages"][0]["account"]["id"].clone();
        installation.import(installation.workspace, Provider::InstagramLogin, &person).await;
        let grant = installation.grants().await.remove(0);
        let elsewhere = installation.processes[1].connections.clone();
        for reconnects in [false, true] {
            installation.move_to(installation.now() + TimeDelta::hours(30)).await;
            let slow =
                json!({ "kind": "slow", "path_contains": "refresh_access_token", "delay_answer_ms": SLOW });
            installation.order("POST", "faults", &slow).await;
            let renewal = renew(&installation, &grant);
            installation.until_asked(1).await;
            if reconnects {
                installation.import(installation.workspace, Provider::InstagramLogin, &person).await;
            } else {
                let now = installation.now();
                elsewhere.deauthorised(grant.provider, &grant.meta_user_id, now).await.unwrap();
            }
            let token = tokens(&installation).await;
            assert_eq!(token.len(), usize::from(reconnects), "{database:?}");
            assert!(!renewal.is_finished(), "{database:?}: too late to tell");
            assert_ended(&renewal.await.unwrap(), RefreshOutcome::Interrupted);
            assert_eq!(tokens(&installation).await, token, "{database:?}: what was decided stands");
            let now = installation.grants().await.remove(0);
            assert_eq!((now.lease_owner, now.lease_until), (None, None), "{database:?}");
            installation.order("DELETE", "faults", &json!({})).await;
            if !reconnects {
                installation.import(installation.workspace, Provider::InstagramLogin, &person).await;
            }
        }
        let checked = elsewhere.check(grant.workspace_id, grant.id, true).await.unwrap();
        assert_eq!(checked, Checked::Valid, "{database:?}");
    }
}

async fn tokens(installation: &Installation) -> Vec<sealed_token::Model> {
    sealed_token::Entity::across_workspaces().all(&*installation.services().database).await.unwrap()
}

/// One process still seals with the old key when another moves everything to the new one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_that_change_during_a_renewal_cost_no_token() {
    for database in testing::databases().await {
        let old = [("TOKEN_KEYS", KEYS), ("TOKEN_ACTIVE_KEY", "k1")];
        let installation = start(&database.url(), 1, &old).await;
        let rotating = installation.another(&[("TOKEN_KEYS", KEYS), ("TOKEN_ACTIVE_KEY", "k2")]).await;
        // Only the newest token works: what is lost shows.
        let strict = json!({ "fb_exchange_mode": "old_token_dies", "ig_refresh_mode": "old_token_dies" });
        installation.order("POST", "settings", &strict).await;
        for (number, provider) in (0..).zip(BOTH) {
            connect(&installation, provider, number).await;
        }
        installation.move_to(installation.now() + TimeDelta::days(50)).await;
        installation.slow_down("delay_answer_ms", SLOW).await;
        let grants = installation.grants().await;
        let renewals: Vec<_> = grants.iter().map(|grant| renew(&installation, grant)).collect();
        installation.until_asked(2).await;
        let count = tokens(&installation).await.len() as u64;
        let moved = rotating.connections.rotate_keys(|_| {}).await.unwrap();
        assert_eq!((moved.moved, moved.left("k2")), (count, 0), "{database:?}");
        assert!(renewals.iter().all(|renewal| !renewal.is_finished()), "{database:?}: too late to tell");
        for renewal in renewals {
            assert_ended(&renewal.await.unwrap(), RefreshOutcome::Succeeded);
        }

        // What was renewed has the key of the process that renewed it: the next pass moves that.
        let by_key = rotating.connections.tokens_by_key().await.unwrap();
        assert!(by_key["k1"] >= 2, "{database:?}: {by_key:?}");
        let moved = rotating.connections.rotate_keys(|_| {}).await.unwrap();
        assert_eq!((moved.moved, moved.left("k2"), moved.unreadable), (by_key["k1"], 0, 0), "{database:?}");
        for grant in &grants {
            let checked = rotating.connections.check(grant.workspace_id, grant.id, true).await.unwrap();
            assert_eq!(checked, Checked::Valid, "{database:?}: {:?}", grant.provider);
        }
    }
}

/// Whoever asked has gone away, and the process is told to stop, before Meta has answered.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_stops_keeps_what_meta_is_about_to_give() {
    for database in testing::databases().await {
        let installation = start(&database.url(), 1, &[]).await;
        for (number, provider) in (0..).zip(BOTH) {
            connect(&installation, provider, number).await;
        }
        installation.move_to(installation.now() + TimeDelta::days(50)).await;
        installation.slow_down("delay_answer_ms", SLOW).await;
        let grants = installation.grants().await;
        let renewals: Vec<_> = grants.iter().map(|grant| renew(&installation, grant)).collect();
        installation.until_asked(2).await;
        for renewal in renewals {
            renewal.abort();
        }
        assert_eq!(outcomes(&installation).await, ["started".to_owned()].into(), "{database:?}");
        installation.services().connections.finish_attempts().await;
        assert_eq!(outcomes(&installation).await, ["succeeded".to_owned()].into(), "{database:?}");
        for (before, now) in grants.iter().zip(installation.grants().await) {
            assert_eq!(now.token_version, before.token_version + 1, "{database:?}");
            assert_eq!(now.lease_until, None, "{database:?}");
        }
    }
}

/// A grant that no account is read through goes after a day, and the others stay.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_grant_that_was_never_used_is_removed_and_no_other() {
    for database in testing::databases().await {
        let installation = start(&database.url(), 1, &[]).await;
        for number in 0..3 {
            connect(&installation, Provider::FacebookLogin, number).await;
        }
        let grants = installation.grants().await;
        let services = installation.services();
        account::Entity::delete_across_workspaces()
            .filter(account::Column::ConnectionId.eq(grants[1].id))
            .exec(&*services.database)
            .await
            .unwrap();
        services.connections.remove_leftovers().await.unwrap();
        assert_eq!(installation.grants().await.len(), 3, "{database:?}: it is young");
        installation.move_to(installation.now() + TimeDelta::hours(25)).await;
        services.connections.remove_leftovers().await.unwrap();
        let left: Vec<_> = installation.grants().await.iter().map(|grant| grant.id).collect();
        assert_eq!(left, [grants[0].id, grants[2].id], "{database:?}");
    }
}
