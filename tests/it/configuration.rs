//! A process with a wrong configuration does not start, and says everything that is wrong at once,
//! without showing a secret.

use std::process::Output;

use serde_json::json;

use crate::support::agency::{FACEBOOK, INSTAGRAM};
use crate::support::installation::random_key;
use crate::support::people::{MERIDIAN, NORA};
use crate::support::{Consent, Engine, Installation, on_each_database};

on_each_database![
    everything_that_is_wrong_is_said_at_once,
    a_login_without_its_secret_is_left_out_and_the_other_works,
    a_key_that_rows_need_must_be_listed,
    a_port_in_use_is_named_with_what_to_change,
    without_the_development_flag_nothing_is_open,
    our_own_network_is_opened_to_webhooks_in_development_only_and_said_so,
];

async fn everything_that_is_wrong_is_said_at_once(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let needed = ["PUBLIC_URL", "AUTH_SECRET", "TOKEN_KEYS", "TOKEN_ACTIVE_KEY", "SMTP_URL", "MAIL_FROM"];
    let bad = [
        ("LEASE_SECONDS", "soon"),
        ("REFRESH_WINDOW_DAYS", "900"),
        ("CRON_CHECK_TOKENS", "now and then"),
        ("CRON_SECRET", "tiny-secret"),
        ("FACEBOOK_APP_ID", "my app"),
        ("FACEBOOK_GRAPH_URL", "graph.facebook.com"),
        ("LOG_FORMAT", "xml"),
        ("API_LISTEN", "here"),
    ];
    for (program, arguments) in [("mooring-api", ["check"]), ("mooring-worker", ["run"])] {
        let mut command = installation.launcher.command(program, &arguments);
        for name in needed.iter().filter(|name| **name != "PUBLIC_URL") {
            command.env_remove(name);
        }
        command.envs(bad).env("PUBLIC_URL", "ftp://mooring.example");
        let said = refused(command.output().unwrap());
        for name in needed.iter().copied().chain(bad.map(|(name, _)| name)) {
            assert!(said.contains(name), "{program} does not name {name}:\n{said}");
        }
        assert!(!said.contains("tiny-secret"), "a secret is printed:\n{said}");

        let mut command = installation.launcher.command(program, &arguments);
        let short = ["AUTH_SECRET", "TOKEN_KEYS"];
        command.env("AUTH_SECRET", "c2hvcnQtYXV0aA").env("TOKEN_KEYS", "k1:c2hvcnQta2V5");
        let said = refused(command.output().unwrap());
        assert!(short.iter().all(|name| said.contains(name)), "{said}");
        assert!(!said.contains("c2hvcnQ"), "a key is printed:\n{said}");
    }

    let mut command = installation.launcher.command("mooring-worker", &["check"]);
    command.env("TOKEN_ACTIVE_KEY", "k9");
    assert!(refused(command.output().unwrap()).contains("k9"));
    let fine = installation.command(&["check"]).await;
    assert_eq!(fine.status.code(), Some(0), "{fine:?}");
}

async fn a_login_without_its_secret_is_left_out_and_the_other_works(engine: Engine) {
    let installation =
        Installation::with(engine).without_worker().set("INSTAGRAM_APP_SECRET", "").start().await;
    for (program, arguments) in [("mooring-api", ["check"]), ("mooring-worker", ["check"])] {
        let output = installation.launcher.command(program, &arguments).output().unwrap();
        let said =
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(0), "{program}: {said}");
        assert!(said.contains("INSTAGRAM_APP_SECRET"), "{program} does not name the variable: {said}");
    }
    let agency = installation.agency("anna@northlight.example").await;
    let start = json!({ "workspaceId": agency.workspace, "provider": INSTAGRAM });
    let (_, code) = agency.client.refusal("startConnect", start).await;
    assert_eq!(code, "NOT_CONFIGURED");
    assert!(!agency.connect(FACEBOOK, &Consent::of(NORA), "nora@lindqvist.example").await.is_empty());
}

async fn a_key_that_rows_need_must_be_listed(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let agency = installation.agency("anna@northlight.example").await;
    agency.connect(INSTAGRAM, &Consent::of(MERIDIAN), "studio@meridian.example").await;
    let (old, new) = (installation.setting("TOKEN_KEYS").to_owned(), format!("k2:{}", random_key()));
    for (program, argument) in [("mooring-api", "serve"), ("mooring-worker", "run")] {
        let mut command = installation.launcher.command(program, &[argument]);
        command.env("TOKEN_KEYS", &new).env("TOKEN_ACTIVE_KEY", "k2").env("API_LISTEN", "127.0.0.1:0");
        let said = refused(command.output().unwrap());
        assert!(said.contains("k1") && said.contains("TOKEN_KEYS"), "{said}");
        assert!(!said.contains(&new[3..]) && !said.contains(&old[3..]), "a key is printed:\n{said}");
    }
    let mut command = installation.launcher.command("mooring-worker", &["check"]);
    command.env("TOKEN_KEYS", format!("{old},{new}")).env("TOKEN_ACTIVE_KEY", "k2");
    let both = command.output().unwrap();
    assert_eq!(both.status.code(), Some(0), "with both keys it starts: {both:?}");
}

async fn a_port_in_use_is_named_with_what_to_change(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let output = installation.launcher.command("mooring-api", &["serve"]).output().unwrap();
    let said = refused(output);
    assert!(said.contains(installation.setting("API_LISTEN")) && said.contains("API_LISTEN"), "{said}");
}

async fn without_the_development_flag_nothing_is_open(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let mut command = installation.launcher.command("mooring-api", &["check"]);
    command.env("MOORING_DEVELOPMENT", "false");
    let said = refused(command.output().unwrap());
    for name in ["PUBLIC_URL", "FACEBOOK_GRAPH_URL", "INSTAGRAM_API_URL", "CLOCK_OFFSET_FILE"] {
        assert!(said.contains(name), "{name} is accepted: {said}");
    }

    let closed = installation.production().await;
    let client = installation.stranger().at(&closed.1);
    assert!(!client.browser.get("/graphiql").await.text.contains("GraphiQL"));
    for document in ["{ __schema { types { name } } }", "{ __type(name: \"Query\") { name } }"] {
        let answer = client.send(document, serde_json::json!({})).await;
        assert!(!answer.text.contains("Workspace") && !answer.text.contains("\"Query\""), "{}", answer.text);
    }
    let typo = client.send("{ provider }", serde_json::json!({})).await;
    assert!(!typo.text.contains("providers"), "it suggests names: {}", typo.text);
}

async fn our_own_network_is_opened_to_webhooks_in_development_only_and_said_so(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    for (program, arguments) in [("mooring-api", ["check"]), ("mooring-worker", ["check"])] {
        let mut command = installation.launcher.command(program, &arguments);
        command.env("WEBHOOKS_ALLOW_PRIVATE", "true").env("SLACK_WEBHOOK_URL", "http://127.0.0.1:1");
        let said = String::from_utf8_lossy(&command.output().unwrap().stderr).into_owned();
        assert!(said.contains("WEBHOOKS_ALLOW_PRIVATE is on"), "{program}: {said}");
        command.env("MOORING_DEVELOPMENT", "false");
        let said = refused(command.output().unwrap());
        assert!(said.contains("WEBHOOKS_ALLOW_PRIVATE") && said.contains("SLACK_WEBHOOK_URL"), "{said}");
    }
}

/// What a process says that does not start.
fn refused(output: Output) -> String {
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(2), "{said}");
    said
}
