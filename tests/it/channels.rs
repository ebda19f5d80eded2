//! What happens reaches Slack and webhooks of the team's own: signed, retried, and never through us
//! into our network.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::agency::{FACEBOOK, INSTAGRAM};
use crate::support::client::text;
use crate::support::installation::Builder;
use crate::support::people::{BAKERY, NORA, PIXEL};
use crate::support::receiver::{Arrived, Receiver};
use crate::support::{Agency, Consent, Engine, Installation, on_each_database, until};

on_each_database![
    what_happens_is_told_once_to_every_channel,
    a_receiver_verifies_signatures_as_the_documentation_says,
    a_worker_killed_in_the_middle_sends_the_same_again,
    a_receiver_that_hangs_holds_up_nobody_else,
    what_failed_is_seen_and_sent_again,
    channels_are_for_admins,
    addresses_of_our_own_network_are_refused,
];

const OWNER: &str = "nora@lindqvist.example";
const ALL: [&str; 4] = ["ACCOUNT_HEALTH_CHANGED", "INCIDENT_OPENED", "INCIDENT_CLOSED", "INSIGHTS_COLLECTED"];
const LOG: &str = "id eventId event state attempts statusCode problem answer body channel { id }";

/// An installation whose channels may lead to `receiver`.
pub(crate) fn open_to(engine: Engine, receiver: &Receiver) -> Builder {
    Installation::with(engine)
        .set("WEBHOOKS_ALLOW_PRIVATE", "true")
        .set("SLACK_WEBHOOK_URL", &receiver.url("slack"))
}

impl Agency<'_> {
    /// Makes a channel; gives its id and its signing secret.
    pub(crate) async fn channel(
        &self,
        kind: &str,
        address: &str,
        events: &[&str],
    ) -> (String, Option<String>) {
        let input = json!({ "workspaceId": self.workspace, "kind": kind, "name": "Our CRM",
            "address": address, "events": events });
        let made = self.client.mutate("createChannel", input, "channel { id address } signingSecret").await;
        (text(&made, "/channel/id"), made["signingSecret"].as_str().map(str::to_owned))
    }

    /// The log of a channel, the newest first.
    pub(crate) async fn deliveries(&self, channel: &str) -> Vec<Value> {
        let document = format!(
            "query ($id: ID!) {{ channel(id: $id) {{ deliveries(first: 50) {{ nodes {{ {LOG} }} }} }} }}"
        );
        let data = self.client.query(&document, json!({ "id": channel })).await;
        data["channel"]["deliveries"]["nodes"].as_array().expect("deliveries").clone()
    }

    async fn test_channel(&self, channel: &str) -> Value {
        let payload =
            self.client.mutate("testChannel", json!({ "channelId": channel }), "delivery { id eventId }");
        payload.await["delivery"].clone()
    }

    async fn until_delivery(&self, channel: &str, what: &str, is: impl Fn(&Value) -> bool) -> Value {
        until(what, async || self.deliveries(channel).await.into_iter().find(&is)).await
    }
}

async fn what_happens_is_told_once_to_every_channel(engine: Engine) {
    let receiver = Receiver::start().await;
    let installation = open_to(engine, &receiver).recorded().start().await;
    let agency = installation.agency("anna@northlight.example").await;
    let choice = agency.log_in(FACEBOOK, &Consent::of(NORA)).await;
    let account = agency.choose(&choice, &[BAKERY.to_owned()], OWNER).await.remove(0);
    agency.until_collected().await;
    agency.channel("WEBHOOK", &receiver.url("one"), &ALL).await;
    agency.channel("WEBHOOK", &receiver.url("two"), &["INCIDENT_OPENED"]).await;
    agency.channel("SLACK", &receiver.url("slack/services/T0/B0/x"), &ALL).await;

    let of = |kind: &str| -> Vec<Arrived> {
        receiver.arrived("one").into_iter().filter(|arrived| arrived.event() == kind).collect()
    };
    let input = json!({ "accountId": account.id() });
    // The worker may be at it.
    let run = until("the numbers are collected", async || {
        let answer = agency.client.attempt("collectInsights", input.clone(), "run { stored }").await;
        answer["run"].is_object().then_some(answer)
    })
    .await;
    let collected = receiver.until("one", 1).await.remove(0).json();
    assert_eq!(collected["type"], "insights.collected");
    assert_eq!(collected["data"]["values"], run["run"]["stored"]);

    installation.sandbox.revoke(NORA, 460).await;
    agency.client.attempt("checkToken", json!({ "accountId": account.id(), "force": true }), "").await;
    agency.until_state(&account.id(), "NEEDS_RECONNECT").await;
    let opened = receiver.until("two", 1).await.remove(0).json();
    receiver.until("one", 3).await;
    let incident = agency.incidents(&account.id()).await.remove(0);
    assert_eq!(opened["data"]["incident"]["id"], incident["id"]);
    assert_eq!(opened["data"]["incident"]["cause"], incident["cause"]);
    assert_eq!(opened["data"]["account"]["id"], account.id());
    assert_eq!(opened["workspace"], json!({ "id": agency.workspace, "name": "Northlight" }));
    assert_eq!(of("incident.opened")[0].json(), opened, "the same event, the same id");
    let changed = of("account.health_changed").remove(0).json();
    let (state, reason) = agency.account(&account.id()).await.health();
    assert_eq!(changed["data"]["from"], json!({ "state": "HEALTHY", "reason": null }));
    assert_eq!(changed["data"]["to"], json!({ "state": state, "reason": reason }));
    let texts = receiver.until("slack/services/T0/B0/x", 3).await;
    assert!(texts.iter().any(|arrived| arrived.json()["text"].as_str().unwrap().contains("needs somebody")));

    let link = installation.sandbox.mailed_link(OWNER, "/reconnect/").await;
    let owner = installation.browser();
    let dialog = owner.post(&link, &[]).await.location();
    owner.land(&Consent::of(NORA).at(&installation.http, dialog.as_str()).await).await;
    agency.until_state(&account.id(), "HEALTHY").await;
    until("the incident is told to be closed", async || of("incident.closed").pop()).await;
    let closed = of("incident.closed").remove(0).json();
    assert_eq!(closed["data"]["incident"]["id"], incident["id"]);
    assert_eq!(closed["data"]["incident"]["ended"], "REPAIRED");
    until("everything has arrived", async || {
        let waiting = "SELECT count(*) FROM delivery WHERE state <> 'delivered'";
        (installation.store.number(waiting).await == 0).then_some(())
    })
    .await;
    assert_eq!((of("incident.opened").len(), of("incident.closed").len()), (1, 1));
    assert_eq!(of("account.health_changed").len(), 2, "there and back, and nothing that did not change");
    let mut ids: Vec<_> =
        receiver.arrived("one").iter().map(|arrived| arrived.header("mooring-event-id")).collect();
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), all, "each event arrived once");

    let everything: String = ["one", "two", "slack/services/T0/B0/x"]
        .iter()
        .flat_map(|path| receiver.arrived(path))
        .map(|a| a.body)
        .collect();
    for secret in installation.recorder.secrets() {
        assert!(!everything.contains(&secret), "{secret}");
    }
    assert!(!everything.contains(OWNER), "no mail address");
}

async fn a_receiver_verifies_signatures_as_the_documentation_says(engine: Engine) {
    let receiver = Receiver::start().await;
    let installation = open_to(engine, &receiver).start().await;
    let agency = installation.agency("anna@northlight.example").await;
    let (channel, secret) = agency.channel("WEBHOOK", &receiver.url("hook"), &ALL).await;
    let secret = secret.expect("a secret");
    let test = agency.test_channel(&channel).await;
    let arrived = receiver.until("hook", 1).await.remove(0);
    assert_eq!(arrived.header("mooring-event-id"), test["eventId"].as_str().unwrap());
    assert_eq!(arrived.json()["id"], test["eventId"]);
    let now: i64 = arrived.header("mooring-timestamp").parse().unwrap();
    for (language, program) in [("js", "node"), ("python", "python3")] {
        let verdict =
            |secret: &str, body: &str, at: i64| verify(language, program, secret, &arrived, body, at);
        assert!(verdict(&secret, &arrived.body, now), "{language}");
        assert!(verdict(&secret, &arrived.body, now + 300), "{language}");
        assert!(!verdict(&secret, &arrived.body, now + 301), "{language}: too old");
        assert!(!verdict(&secret, &arrived.body, now - 301), "{language}: from the future");
        assert!(!verdict(&secret, &format!("{} ", arrived.body), now), "{language}: another body");
        assert!(!verdict("whsec_other", &arrived.body, now), "{language}: another secret");
    }
    let input = json!({ "channelId": channel });
    let rotated = agency.client.mutate("rotateChannelSecret", input, "signingSecret").await;
    agency.test_channel(&channel).await;
    let arrived = receiver.until("hook", 2).await.remove(1);
    let now = arrived.header("mooring-timestamp").parse().unwrap();
    for secret in [secret.as_str(), rotated["signingSecret"].as_str().unwrap()] {
        assert!(verify("js", "node", secret, &arrived, &arrived.body, now), "both for a day");
        assert!(verify("python", "python3", secret, &arrived, &arrived.body, now), "both for a day");
    }
}

async fn a_worker_killed_in_the_middle_sends_the_same_again(engine: Engine) {
    let receiver = Receiver::start().await;
    let installation = open_to(engine, &receiver).without_worker().start().await;
    let agency = installation.agency("anna@northlight.example").await;
    let (channel, _) = agency.channel("WEBHOOK", &receiver.url("hook"), &ALL).await;
    receiver.hangs();
    let test = agency.test_channel(&channel).await;
    let mut worker = installation.another_worker("worker");
    receiver.until("hook", 1).await;
    worker.kill();
    receiver.answers(200);
    // What the dead worker had claimed is free again.
    installation.advance(TimeDelta::seconds(10)).await;
    let mut worker = installation.another_worker("worker-2");
    agency.until_delivery(&channel, "it is delivered", |row| row["state"] == "DELIVERED").await;
    worker.terminate(Duration::from_secs(10)).await;
    let arrived = receiver.arrived("hook");
    assert_eq!(arrived.len(), 2, "once more and no oftener");
    for one in &arrived {
        assert_eq!(one.header("mooring-event-id"), test["eventId"].as_str().unwrap());
        assert_eq!(one.body, arrived[0].body);
    }
}

async fn a_receiver_that_hangs_holds_up_nobody_else(engine: Engine) {
    let (hanging, good) = (Receiver::start().await, Receiver::start().await);
    let installation = open_to(engine, &hanging).set("WORKER_CONCURRENCY", "2").start().await;
    let theirs = installation.agency("ben@southquay.example").await;
    let ours = installation.agency("anna@northlight.example").await;
    let (channel, _) = ours.channel("WEBHOOK", &good.url("hook"), &ALL).await;
    hanging.hangs();
    for number in 0..6 {
        let (channel, _) = theirs.channel("WEBHOOK", &hanging.url(&format!("hook-{number}")), &ALL).await;
        theirs.test_channel(&channel).await;
    }
    let taken = || (0..6).map(|number| hanging.arrived(&format!("hook-{number}")).len()).sum::<usize>();
    until("as many hang as one workspace may have", async || (taken() == 4).then_some(())).await;

    // All of this while they hang: another workspace's channel, mail, and collecting.
    ours.test_channel(&channel).await;
    good.until("hook", 1).await;
    let account = ours.connect(INSTAGRAM, &Consent::of(PIXEL), "pixel@accounts.example").await.remove(0);
    until("it is collected", async || {
        (!ours.account(&account.id()).await.0["insightsCollectedAt"].is_null()).then_some(())
    })
    .await;
    good.until("hook", 2).await;
    assert_eq!(taken(), 4, "they still hang");
}

async fn what_failed_is_seen_and_sent_again(engine: Engine) {
    let receiver = Receiver::start().await;
    let installation = open_to(engine, &receiver).start().await;
    let mut agency = installation.agency("anna@northlight.example").await;
    let (channel, _) = agency.channel("WEBHOOK", &receiver.url("hook"), &ALL).await;
    let since = installation.now().await;
    receiver.answers(503);
    agency.test_channel(&channel).await;
    let tried = agency.until_delivery(&channel, "it was tried", |row| row["attempts"] == 1).await;
    assert_eq!((&tried["state"], &tried["statusCode"]), (&json!("WAITING"), &json!(503)));
    assert_eq!((&tried["problem"], &tried["answer"]), (&json!("REFUSED"), &json!("noted")));
    let figures = async || {
        let request = installation.http.get(installation.url.join("metrics").unwrap());
        let request = request.bearer_auth(crate::support::installation::CRON_SECRET);
        request.send().await.unwrap().text().await.unwrap()
    };
    assert!(figures().await.contains("channel_deliveries{state=\"waiting\"} 1"), "{}", figures().await);

    installation.advance(TimeDelta::hours(25)).await;
    agency.sign_in_again().await;
    agency.until_delivery(&channel, "it is given up", |row| row["state"] == "GIVEN_UP").await;
    receiver.answers(200);
    let input = json!({ "channelId": channel, "since": since.to_rfc3339() });
    let replayed = agency.client.mutate("replayFailedDeliveries", input, "count").await;
    assert_eq!(replayed["count"], 1);
    let done = agency.until_delivery(&channel, "it arrives", |row| row["state"] == "DELIVERED").await;
    agency.client.mutate("replayDelivery", json!({ "deliveryId": done["id"] }), "delivery { state }").await;
    let arrived = receiver.until("hook", 4).await;
    assert!(arrived.iter().all(|one| one.header("mooring-event-id") == tried["eventId"].as_str().unwrap()));
    until("the figure", async || {
        figures().await.contains("channel_deliveries{state=\"delivered\"} 1").then_some(())
    })
    .await;

    // Gone is gone: the channel is switched off, and its owners are told.
    receiver.answers(410);
    agency.test_channel(&channel).await;
    agency.until_delivery(&channel, "it is gone", |row| row["problem"] == "GONE").await;
    let document = "query ($id: ID!) { channel(id: $id) { disabledReason } }";
    let data = agency.client.query(document, json!({ "id": channel })).await;
    assert_eq!(data["channel"]["disabledReason"], "GONE");
    until("a mail about it", async || {
        let mails = installation.sandbox.mails("anna@northlight.example").await;
        mails.iter().any(|mail| mail.0.to_string().contains("was switched off")).then_some(())
    })
    .await;
    let (path, code) = agency.client.refusal("testChannel", json!({ "channelId": channel })).await;
    assert_eq!((path.as_str(), code.as_str()), ("input.channelId", "INVALID"));
}

async fn channels_are_for_admins(engine: Engine) {
    let receiver = Receiver::start().await;
    let installation = open_to(engine, &receiver).without_worker().start().await;
    let agency = installation.agency("anna@northlight.example").await;
    let (channel, _) = agency.channel("WEBHOOK", &receiver.url("a-secret-path"), &ALL).await;
    let delivery = agency.test_channel(&channel).await;
    let document = "query ($id: ID!) { workspace(id: $id) { channels { id address } } }";
    let seen = async || agency.client.query(document, json!({ "id": agency.workspace })).await;
    let address = text(&seen().await, "/workspace/channels/0/address");
    assert_eq!(address, format!("{}•••", receiver.url("")));

    for role in ["member", "viewer"] {
        installation.store.execute(&format!("UPDATE membership SET role = '{role}'")).await;
        assert_eq!(seen().await["workspace"]["channels"], Value::Null, "{role}");
        for id in [&channel, delivery["id"].as_str().unwrap()] {
            let node =
                agency.client.query("query ($id: ID!) { node(id: $id) { id } }", json!({ "id": id })).await;
            assert_eq!(node["node"], Value::Null, "{role}");
        }
        let create = json!({ "workspaceId": agency.workspace, "kind": "WEBHOOK", "name": "x",
            "address": receiver.url("x"), "events": ALL });
        let (_, code) = agency.client.refusal("createChannel", create).await;
        assert_eq!(code, "FORBIDDEN", "{role}");
        for name in [
            "updateChannel",
            "enableChannel",
            "disableChannel",
            "rotateChannelSecret",
            "testChannel",
            "deleteChannel",
        ] {
            let (_, code) = agency.client.refusal(name, json!({ "channelId": channel })).await;
            assert_eq!(code, "FORBIDDEN", "{role} {name}");
        }
        let since = json!({ "channelId": channel, "since": "2026-01-01T00:00:00Z" });
        assert_eq!(agency.client.refusal("replayFailedDeliveries", since).await.1, "FORBIDDEN");
        let replay = json!({ "deliveryId": delivery["id"] });
        assert_eq!(agency.client.refusal("replayDelivery", replay).await.1, "FORBIDDEN");
    }
}

async fn addresses_of_our_own_network_are_refused(engine: Engine) {
    // In development, but without the setting that opens our own network.
    let installation = Installation::with(engine).without_worker().start().await;
    let agency = installation.agency("anna@northlight.example").await;
    let input = |kind: &str, address: &str| json!({ "workspaceId": agency.workspace, "kind": kind, "name": "x", "address": address, "events": ALL });
    for address in [
        "http://hooks.example.com/",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://[::1]/",
        "https://[::ffff:169.254.169.254]/",
        "https://localhost/",
        "https://user:password@hooks.example.com/",
        "https://hooks.example.com:8080/",
        "https://metadata.google.internal/",
    ] {
        let refusal = agency.client.refusal("createChannel", input("WEBHOOK", address)).await;
        assert_eq!(refusal, ("input.address".to_owned(), "INVALID".to_owned()), "{address}");
    }
    let elsewhere = input("SLACK", "https://hooks.slack.com.evil.example/services/T0/B0/x");
    assert_eq!(agency.client.refusal("createChannel", elsewhere).await.0, "input.address");
    assert_eq!(installation.store.number("SELECT count(*) FROM channel").await, 0);
    for (field, value) in [("name", json!("")), ("events", json!([]))] {
        let mut wrong = input("SLACK", "https://hooks.slack.com/services/T0/B0/x");
        wrong[field] = value;
        let refusal = agency.client.refusal("createChannel", wrong).await;
        assert_eq!(refusal, (format!("input.{field}"), "INVALID".to_owned()));
    }
}

/// Lets the example of `docs/webhooks.md` in one language judge a request.
fn verify(language: &str, program: &str, secret: &str, arrived: &Arrived, body: &str, now: i64) -> bool {
    let documentation = include_str!("../../docs/webhooks.md");
    let start = format!("```{language}\n");
    let example = documentation.split(&start).nth(1).and_then(|rest| rest.split("```").next());
    let (timestamp, signature) = (arrived.header("mooring-timestamp"), arrived.header("mooring-signature"));
    let call = json!([secret, timestamp, signature, body, now]).to_string();
    let run = match language {
        "js" => format!("process.exit(isFromMooring(...{call}) ? 0 : 1);"),
        _ => format!("import json, sys\nsys.exit(0 if is_from_mooring(*json.loads({})) else 1)", json!(call)),
    };
    let mut command = Command::new(program);
    if language == "js" {
        command.args(["--input-type=module", "-"]);
    }
    let mut child = command.stdin(Stdio::piped()).spawn().expect("a program");
    let script = format!("{}\n{run}\n", example.expect("an example"));
    child.stdin.take().unwrap().write_all(script.as_bytes()).expect("a script");
    match child.wait().expect("an end").code() {
        Some(0) => true,
        Some(1) => false,
        other => panic!("{program} ended with {other:?}"),
    }
}
