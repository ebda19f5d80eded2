//! A new key comes into use while everything runs, and the old one goes when nothing needs it any more.

use serde_json::{Value, json};

use crate::support::agency::{FACEBOOK, INSTAGRAM};
use crate::support::people::{MERIDIAN, NORA};
use crate::support::receiver::Receiver;
use crate::support::{Agency, Consent, Engine, Installation, on_each_database, random_key};

on_each_database![
    secrets_of_channels_alone_need_their_key,
    tokens_move_to_the_new_key_and_the_old_one_can_go,
    a_token_that_does_not_open_keeps_its_key_and_the_rest_moves,
    a_key_that_is_needed_cannot_be_taken_away,
];

const READ: &str = "run { status reason }";

async fn tokens_move_to_the_new_key_and_the_old_one_can_go(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let agency = connected(&installation).await;
    let tokens = count(&installation).await;
    let keys = Keys::new(&installation);

    let dry = report(&installation, &keys.both_new_active(), &["--dry-run"], 0).await;
    assert_eq!(dry["tokensByKey"], json!({ "k1": tokens }));
    assert_eq!((&dry["moved"], &dry["left"]), (&json!(0), &json!(tokens)));

    let versions = "SELECT CAST(sum(version) AS BIGINT) FROM sealed_token";
    let before = installation.store.number(versions).await;
    let done = report(&installation, &keys.both_new_active(), &[], 0).await;
    assert_eq!((&done["moved"], &done["left"], &done["unreadable"]), (&json!(tokens), &json!(0), &json!(0)));
    assert_eq!(done["tokensByKey"], json!({ "k2": tokens }));
    assert_eq!(installation.store.number(versions).await, before, "the tokens are the same ones");
    let again = report(&installation, &keys.both_new_active(), &[], 0).await;
    assert_eq!((&again["moved"], &again["left"]), (&json!(0), &json!(0)));

    // Without the old key everything is read, and written, as before.
    let collected = installation.command_with(&keys.only_new(), &["collect-insights"]).await;
    assert!(collected.status.success(), "{}", String::from_utf8_lossy(&collected.stderr));
    for account in agency.accounts().await {
        assert_eq!(account.state(), "HEALTHY", "{}", account.username());
    }
}

async fn a_token_that_does_not_open_keeps_its_key_and_the_rest_moves(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    connected(&installation).await;
    let tokens = count(&installation).await;
    // One character in the middle, which carries all of its bits.
    let damage = "UPDATE sealed_token SET ciphertext = substr(ciphertext, 1, length(ciphertext) - 9) \
         || CASE substr(ciphertext, length(ciphertext) - 8, 1) WHEN 'A' THEN 'B' ELSE 'A' END \
         || substr(ciphertext, length(ciphertext) - 7) \
         WHERE id = (SELECT id FROM sealed_token WHERE kind = 'page' ORDER BY id LIMIT 1)";
    assert_eq!(installation.store.execute(damage).await, 1);
    let length = "SELECT CAST(sum(length(ciphertext)) AS BIGINT) FROM sealed_token WHERE key_id = 'k1'";

    let done = report(&installation, &Keys::new(&installation).both_new_active(), &[], 1).await;
    assert_eq!(done["tokensByKey"], json!({ "k1": 1, "k2": tokens - 1 }));
    assert_eq!((&done["moved"], &done["unreadable"]), (&json!(tokens - 1), &json!(1)));
    assert!(installation.store.number(length).await > 100, "nothing is overwritten");
}

async fn a_key_that_is_needed_cannot_be_taken_away(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let agency = connected(&installation).await;
    let keys = Keys::new(&installation);
    let refused = installation.command_with(&keys.only_new(), &["rotate-keys"]).await;
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(2), "{said}");
    assert!(said.contains("k1"), "{said}");
    assert!(!said.contains(&keys.old) && !said.contains(&keys.new), "{said}");
    let account = agency.accounts().await.remove(0);
    let run = agency.client.mutate("collectInsights", json!({ "accountId": account.id() }), READ).await;
    assert_eq!(run["run"]["status"], "SUCCEEDED", "what runs goes on: {run}");
}

async fn secrets_of_channels_alone_need_their_key(engine: Engine) {
    let receiver = Receiver::start().await;
    let installation = crate::channels::open_to(engine, &receiver).without_worker().start().await;
    let agency = installation.agency("anna@northlight.example").await;
    let (channel, _) = agency.channel("WEBHOOK", &receiver.url("hook"), &["INCIDENT_OPENED"]).await;
    let keys = Keys::new(&installation);
    let refused = installation.command_with(&keys.only_new(), &["check"]).await;
    assert_eq!(refused.status.code(), Some(2), "{}", String::from_utf8_lossy(&refused.stderr));
    let done = report(&installation, &keys.both_new_active(), &[], 0).await;
    assert_eq!((&done["moved"], &done["left"]), (&json!(2), &json!(0)));

    agency.client.mutate("testChannel", json!({ "channelId": channel }), "").await;
    let mut launcher = installation.launcher.clone();
    launcher.variables.extend(keys.only_new().map(|(name, value)| (name.to_owned(), value.to_owned())));
    let _worker = launcher.start("worker-new-key", "mooring-worker", &["run"]);
    receiver.until("hook", 1).await;
}

/// The key of the installation and the one that follows it, each with its id.
struct Keys {
    old: String,
    new: String,
    both: String,
}

impl Keys {
    fn new(installation: &Installation) -> Self {
        let old = installation.setting("TOKEN_KEYS").to_owned();
        let new = format!("k2:{}", random_key());
        let both = format!("{old},{new}");
        Self { old, new, both }
    }

    fn both_new_active(&self) -> [(&str, &str); 2] {
        [("TOKEN_KEYS", &self.both), ("TOKEN_ACTIVE_KEY", "k2")]
    }

    fn only_new(&self) -> [(&str, &str); 2] {
        [("TOKEN_KEYS", &self.new), ("TOKEN_ACTIVE_KEY", "k2")]
    }
}

async fn connected(installation: &Installation) -> Agency<'_> {
    let agency = installation.agency("anna@northlight.example").await;
    agency.connect(FACEBOOK, &Consent::of(NORA), "nora@lindqvist.example").await;
    agency.connect(INSTAGRAM, &Consent::of(MERIDIAN), "studio@meridian.example").await;
    agency.channel("WEBHOOK", "https://hooks.example.com/a-secret-path", &["INCIDENT_OPENED"]).await;
    agency
}

/// Tokens, and the secrets of channels.
async fn count(installation: &Installation) -> i64 {
    let secrets = installation.store.number("SELECT count(*) FROM channel_secret").await;
    assert_eq!(secrets, 2, "an address and a signing secret");
    installation.store.number("SELECT count(*) FROM sealed_token").await + secrets
}

async fn report(installation: &Installation, keys: &[(&str, &str)], more: &[&str], exit_code: i32) -> Value {
    let output = installation.command_with(keys, &[&["rotate-keys", "--json"], more].concat()).await;
    assert_eq!(output.status.code(), Some(exit_code), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}
