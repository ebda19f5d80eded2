//! Renewals that meet trouble at every point: processes that are killed or stopped, disks that are
//! full, answers that never arrive, clocks that are set.

use std::process::Output;

use chrono::TimeDelta;
use serde_json::json;

use crate::support::agency::{FACEBOOK, INSTAGRAM};
use crate::support::people::{MERIDIAN, TOMAS};
use crate::support::{Agency, Consent, Engine, Installation, environment, on_each_database, strace, until};

on_each_database![
    killed_at_every_write_a_renewal_leaves_whole_tokens,
    a_full_disk_costs_no_token_even_if_meta_ends_the_old_one,
    a_worker_that_was_stopped_changes_nothing_when_it_wakes,
    setting_the_clock_during_a_renewal_makes_no_second_call,
    what_a_clock_that_ran_ahead_has_renewed_is_renewed_in_time,
    an_api_without_a_worker_frees_what_a_dead_process_held,
];

const OWNER: &str = "owner@accounts.example";
/// So many points are far more than a renewal has.
const ENDLESS: usize = 400;

async fn killed_at_every_write_a_renewal_leaves_whole_tokens(engine: Engine) {
    if !strace::works() {
        return;
    }
    let installation = Installation::with(engine).without_worker().start().await;
    let _agency = connected(&installation).await;
    // What makes things durable, and what leaves the process; there are many of the smaller steps.
    let few = environment::step_between_kills();
    let calls: &[(&str, usize)] = match engine {
        Engine::Sqlite => &[("fdatasync", 1), ("pwrite64", few), ("writev", 1)],
        Engine::Postgres => &[("sendto", few), ("writev", 1)],
    };
    let mut kills = Vec::new();
    for (call, step) in calls {
        for point in (1..ENDLESS).step_by(*step) {
            installation.advance(TimeDelta::days(48)).await;
            let trouble = format!("{call}:signal=KILL:when={point}");
            let ended = installation.troubled_command(&trouble, &["refresh-tokens"]).await;
            forget_leases(&installation).await;
            assert_succeeds(&installation.command(&["refresh-tokens"]).await, &trouble);
            assert_succeeds(&installation.command(&["check-tokens"]).await, &trouble);
            if ended.status.success() {
                kills.push((call, point / step));
                break;
            }
        }
    }
    println!("killed: {kills:?}");
    assert!(kills.len() == calls.len() && kills.iter().all(|(_, kills)| *kills > 0), "{kills:?}");
    nobody_was_told(&installation).await;
    let rows = "SELECT count(*) FROM refresh_attempt WHERE outcome = 'interrupted'";
    assert!(installation.store.number(rows).await > 0, "no renewal was cut off");
}

/// Meta has given a new token and ended the old one, and then nothing can be written for a while.
async fn a_full_disk_costs_no_token_even_if_meta_ends_the_old_one(engine: Engine) {
    if !strace::works() || engine == Engine::Postgres {
        return;
    }
    // Long enough for nobody else to take over while the disk is full.
    let installation = Installation::with(engine).without_worker().set("LEASE_SECONDS", "60").start().await;
    let _agency = connected(&installation).await;
    let strict = json!({ "fb_exchange_mode": "old_token_dies", "ig_refresh_mode": "old_token_dies" });
    installation.sandbox.order("settings", strict).await;
    let mut full = 0;
    for from in (1..ENDLESS).step_by(environment::step_between_kills()) {
        installation.advance(TimeDelta::days(48)).await;
        let trouble = format!("pwrite64:error=ENOSPC:when={from}..{}", from + 12);
        let ended = installation.troubled_command(&trouble, &["refresh-tokens"]).await;
        let said =
            String::from_utf8_lossy(&ended.stdout).into_owned() + &String::from_utf8_lossy(&ended.stderr);
        forget_leases(&installation).await;
        assert_succeeds(&installation.command(&["refresh-tokens"]).await, &trouble);
        assert_succeeds(&installation.command(&["check-tokens"]).await, &trouble);
        if !said.contains("full") {
            break;
        }
        full += 1;
    }
    assert!(full > 3, "the disk was full {full} times");
    nobody_was_told(&installation).await;
}

async fn a_worker_that_was_stopped_changes_nothing_when_it_wakes(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let mut agency = connected(&installation).await;
    installation.advance(TimeDelta::days(48)).await;
    slow(&installation, 20_000).await;
    let mark = installation.sandbox.last_call().await;
    let mut stopped = installation.another_worker("stopped");
    until("both renewals begin", async || {
        (installation.sandbox.refresh_calls(mark).await.len() == 2).then_some(())
    })
    .await;
    until("it is stopped while it holds no lock of SQLite's", async || {
        stopped.signal("STOP");
        if installation.store.can_be_written().await {
            return Some(());
        }
        stopped.signal("CONT");
        None
    })
    .await;
    installation.sandbox.no_faults().await;
    let _other = installation.another_worker("other");
    agency.sign_in_again().await;
    renewed(&agency).await;
    stopped.signal("CONT");
    let sql = "SELECT count(*) FROM refresh_attempt WHERE outcome = 'interrupted'";
    assert_eq!(installation.store.number(sql).await, 2);
    until("the one that was stopped works again", async || {
        let said = installation.log("stopped");
        (said.contains("came too late") || said.contains("was lost")).then_some(())
    })
    .await;
    assert!(stopped.runs());
    assert_succeeds(&installation.command(&["check-tokens"]).await, "after the other woke");
    assert_eq!(installation.sandbox.refresh_calls(mark).await.len(), 4, "each of them asked once");
    let sql = "SELECT count(*) FROM refresh_attempt WHERE outcome = 'succeeded'";
    assert_eq!(installation.store.number(sql).await, 2);
    nobody_was_told(&installation).await;
}

async fn setting_the_clock_during_a_renewal_makes_no_second_call(engine: Engine) {
    let installation = Installation::with(engine).set("LEASE_SECONDS", "10").start().await;
    let _second = installation.another_worker("worker-2");
    let mut agency = connected(&installation).await;
    for off in [TimeDelta::days(2), TimeDelta::days(-2)] {
        slow(&installation, 4_000).await;
        let mark = installation.sandbox.last_call().await;
        installation.advance(TimeDelta::days(48)).await;
        until("both renewals begin", async || {
            (installation.sandbox.refresh_calls(mark).await.len() == 2).then_some(())
        })
        .await;
        installation.set_clock_off(off);
        until("both renewals end", async || {
            let open = "SELECT count(*) FROM refresh_attempt WHERE outcome = 'started'";
            (installation.store.number(open).await == 0).then_some(())
        })
        .await;
        installation.set_clock_off(TimeDelta::zero());
        installation.sandbox.no_faults().await;
        agency.sign_in_again().await;
        renewed(&agency).await;
        let calls = installation.sandbox.refresh_calls(mark).await;
        assert_eq!(calls.len(), 2, "{off}: one call for each login: {calls:?}");
    }
    nobody_was_told(&installation).await;
}

/// For fifty days the clock said that the tokens were about to end; then somebody set it right.
async fn what_a_clock_that_ran_ahead_has_renewed_is_renewed_in_time(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let mut agency = connected(&installation).await;
    installation.advance(TimeDelta::days(2)).await;
    let mark = installation.sandbox.last_call().await;
    installation.set_clock_off(TimeDelta::days(48));
    let mut worker = installation.another_worker("ahead");
    until("both are renewed", async || {
        let sql = "SELECT count(*) FROM refresh_attempt WHERE outcome = 'succeeded'";
        (installation.store.number(sql).await == 2).then_some(())
    })
    .await;
    installation.set_clock_off(TimeDelta::zero());
    until("what was put too far ahead is mended", async || {
        installation.log("ahead").contains("the clock was set back").then_some(())
    })
    .await;
    assert!(worker.terminate(std::time::Duration::from_secs(20)).await.success());
    // In truth the new tokens end on the sixty-second day.
    let _worker = installation.another_worker("worker");
    for _ in 0..12 {
        installation.advance(TimeDelta::days(5)).await;
        agency.sign_in_again().await;
        until("the work of that day", async || {
            let late =
                "SELECT count(*) FROM job WHERE kind IN ('refresh_token', 'check_token') AND due_at <= ";
            let now = installation.now().await.format("'%FT%T%.6f+00:00'");
            (installation.store.number(&format!("{late}{now}")).await == 0).then_some(())
        })
        .await;
    }
    assert!(installation.sandbox.refresh_calls(mark).await.len() >= 4);
    assert_succeeds(&installation.command(&["check-tokens"]).await, "two months later");
    assert!(agency.accounts().await.iter().all(|account| account.state() == "HEALTHY"));
    nobody_was_told(&installation).await;
}

/// Nobody asks the api for anything: it looks after leases by itself.
async fn an_api_without_a_worker_frees_what_a_dead_process_held(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let _agency = connected(&installation).await;
    let held = "lease_owner = 'dead', lease_term = lease_term + 1, lease_until = updated_at";
    let grants = installation.store.execute(&format!("UPDATE connection SET {held}")).await;
    let jobs =
        installation.store.execute(&format!("UPDATE job SET {held} WHERE kind = 'refresh_token'")).await;
    assert_eq!((grants, jobs), (2, 2));
    // What it was doing may be half done: it is due at once, and not in the seventh week.
    until("what the dead process held is free, and due", async || {
        let leases = "SELECT (SELECT count(*) FROM connection WHERE lease_until IS NOT NULL) \
             + (SELECT count(*) FROM job WHERE lease_until IS NOT NULL)";
        let soon = (installation.now().await + TimeDelta::minutes(1)).format("'%FT%T%.6f+00:00'");
        let due = format!("SELECT count(*) FROM job WHERE kind = 'refresh_token' AND due_at <= {soon}");
        let (leases, due) = (installation.store.number(leases).await, installation.store.number(&due).await);
        (leases == 0 && due == 2).then_some(())
    })
    .await;
}

async fn slow(installation: &Installation, milliseconds: u64) {
    for path in ["oauth/access_token", "refresh_access_token"] {
        let fault = json!({ "kind": "slow", "path_contains": path, "delay_answer_ms": milliseconds });
        installation.sandbox.fault(fault).await;
    }
}

async fn renewed(agency: &Agency<'_>) {
    until("every token is renewed", async || {
        let accounts = agency.accounts().await;
        accounts.iter().all(|account| account.days_left() > 14 && account.state() == "HEALTHY").then_some(())
    })
    .await;
}

/// An agency with a login of each kind, and owners whose consent outlives the test.
async fn connected(installation: &Installation) -> Agency<'_> {
    let agency = installation.agency("anna@northlight.example").await;
    installation.sandbox.order("settings", json!({ "data_access_days": 100_000 })).await;
    agency.connect(FACEBOOK, &Consent::of(TOMAS), OWNER).await;
    agency.connect(INSTAGRAM, &Consent::of(MERIDIAN), OWNER).await;
    agency
}

/// As after a minute: what a dead process held is free, as other tests show.
async fn forget_leases(installation: &Installation) {
    for table in ["job", "connection"] {
        let sql = format!("UPDATE {table} SET lease_owner = NULL, lease_until = NULL");
        installation.store.execute(&sql).await;
    }
}

fn assert_succeeds(output: &Output, trouble: &str) {
    assert!(output.status.success(), "{trouble}: {}", String::from_utf8_lossy(&output.stdout));
}

async fn nobody_was_told(installation: &Installation) {
    assert!(installation.sandbox.mails(OWNER).await.is_empty());
    assert_eq!(installation.store.number("SELECT count(*) FROM incident").await, 0);
}
