//! What belongs to another workspace does not exist: every field that takes an id answers as it does
//! for an id that nobody has. The fields are read from the schema, so that none can be forgotten.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::support::agency::FACEBOOK;
use crate::support::people::{NORA, TOMAS};
use crate::support::receiver::Receiver;
use crate::support::{Agency, Client, Consent, Engine, Installation, on_each_database};

on_each_database![foreign_ids_answer_like_unknown_ones, one_account_in_two_workspaces_is_two_accounts];

const SCHEMA: &str = include_str!("../../schema.graphql");

/// One way to ask for something by its id.
struct Question {
    /// The field, for messages.
    name: String,
    document: String,
    /// The variables; the id to ask for is put in place of [`ID`].
    variables: Value,
    /// The kinds of ids it takes, as the word that they begin with.
    kinds: &'static [&'static str],
}

const ID: &str = "THE-ID";
/// Stands for the workspace of who asks, where one asks for something else inside it.
const OWN_WORKSPACE: &str = "THE-OWN-WORKSPACE";

async fn foreign_ids_answer_like_unknown_ones(engine: Engine) {
    let receiver = Receiver::start().await;
    let installation = crate::channels::open_to(engine, &receiver).without_worker().start().await;
    let theirs = installation.agency("anna@northlight.example").await;
    let ids = everything_with_an_id(&theirs, &receiver).await;
    let ours = installation.agency("ben@southquay.example").await;
    let before = seen(&theirs).await;
    let mark = installation.sandbox.last_call().await;

    let mut questions = questions();
    assert!(questions.len() >= 30, "the schema is read");
    for question in &mut questions {
        let own = question.variables.to_string().replace(OWN_WORKSPACE, &ours.workspace);
        question.variables = serde_json::from_str(&own).unwrap();
    }
    for question in &questions {
        for kind in question.kinds {
            let foreign = ids[*kind].as_str().unwrap_or_else(|| panic!("no id of a {kind}"));
            let unknown = format!("{kind}:{}", Uuid::new_v4());
            let answers = [
                ask(&ours.client, question, foreign).await,
                ask(&ours.client, question, &unknown).await,
                ask(&installation.stranger(), question, foreign).await,
                ask(&installation.stranger(), question, &unknown).await,
            ];
            assert_eq!(answers[0], answers[1], "{} tells a foreign {kind} from none", question.name);
            assert_eq!(answers[2], answers[3], "{} tells it to nobody", question.name);
            assert!(answers[2].1.contains("UNAUTHENTICATED"), "{}: {}", question.name, answers[2].1);
        }
    }
    let cursor = theirs_cursor(&theirs).await;
    let document = "query ($id: ID!, $after: String) { workspace(id: $id) { accounts(first: 5, after: $after) { totalCount nodes { id } } } }";
    let page = ours.client.send(document, json!({ "id": ours.workspace, "after": cursor })).await.json();
    assert!(!page.to_string().contains("account:"), "{page}");
    let own = ask(&ours.client, &questions[0], &ours.workspace).await;
    assert!(own.1.contains(ID), "one's own is found: {}", own.1);

    assert_eq!(seen(&theirs).await, before, "nothing of theirs has changed");
    assert_eq!(installation.sandbox.last_call().await, mark, "and nobody was asked about it");
}

async fn one_account_in_two_workspaces_is_two_accounts(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let first = installation.agency("anna@northlight.example").await;
    let second = installation.agency("ben@southquay.example").await;
    let here = first.connect(FACEBOOK, &Consent::of(NORA), "nora@lindqvist.example").await;
    let there = second.connect(FACEBOOK, &Consent::of(NORA), "nora@lindqvist.example").await;
    assert_eq!(here.len(), there.len());
    assert!(here.iter().all(|account| there.iter().all(|other| other.id() != account.id())));

    for account in &here {
        let input = json!({ "accountId": account.id(), "deleteHistory": true });
        first.client.mutate("disconnectAccount", input, "account { id }").await;
    }
    for account in second.accounts().await {
        assert_eq!(account.state(), "HEALTHY");
    }
    let input = json!({ "accountId": there[0].id() });
    let collected = second.client.mutate("collectInsights", input, "run { status }").await;
    assert_eq!(collected["run"]["status"], "SUCCEEDED", "their tokens still work");
}

/// One of everything that has an id, by the word that its ids begin with.
async fn everything_with_an_id(agency: &Agency<'_>, receiver: &Receiver) -> Value {
    let account = agency.connect(FACEBOOK, &Consent::of(NORA), "nora@lindqvist.example").await.remove(0).id();
    let choice = agency.log_in(FACEBOOK, &Consent::of(TOMAS)).await;
    let input = json!({ "accountId": account });
    agency.client.mutate("collectInsights", input.clone(), "run { id }").await;
    agency.client.mutate("collectMedia", input.clone(), "run { id }").await;
    let media = "query ($id: ID!) { account(id: $id) { media(first: 1) { nodes { id } } } }";
    let media = agency.client.query(media, json!({ "id": account })).await;
    agency.client.mutate("refreshToken", input.clone(), "attempt { id }").await;
    agency.installation.sandbox.revoke(NORA, 460).await;
    agency.client.mutate("checkToken", json!({ "accountId": account, "force": true }), "").await;
    agency.client.mutate("createReconnectLink", input, "link { id }").await;
    agency.connect_link(json!({})).await;
    let viewer = agency.client.query("{ viewer { id } }", json!({})).await;
    let work = agency.installation.command(&["jobs", "--limit", "1", "--json"]).await;
    let work: Value = serde_json::from_slice(&work.stdout).unwrap();
    let (channel, _) = agency.channel("WEBHOOK", &receiver.url("hook"), &["INCIDENT_OPENED"]).await;
    let input = json!({ "channelId": channel });
    let tested = agency.client.mutate("testChannel", input, "delivery { id }").await;
    json!({
        "channel": channel,
        "delivery": tested["delivery"]["id"],
        "workspace": agency.workspace,
        "account": account,
        "connect": choice,
        "run": agency.runs(&account).await[0]["id"],
        "refresh": agency.refresh_log(&account).await[0]["id"],
        "incident": agency.incidents(&account).await[0]["id"],
        "media": media["account"]["media"]["nodes"][0]["id"],
        "link": agency.links(&account).await[0]["id"],
        "connect-link": agency.connect_links().await[0]["id"],
        "user": viewer["viewer"]["id"],
        "job": format!("job:{}", work["id"].as_str().unwrap()),
    })
}

/// What the other workspace sees of itself.
async fn seen(agency: &Agency<'_>) -> Value {
    let mut seen = Vec::new();
    for account in agency.accounts().await {
        let id = account.id();
        seen.push(json!([
            account.0,
            agency.incidents(&id).await,
            agency.runs(&id).await,
            agency.refresh_log(&id).await,
            agency.links(&id).await
        ]));
    }
    let document =
        "query ($id: ID!) { workspace(id: $id) { channels { id name address events disabledAt } } }";
    let channels = agency.client.query(document, json!({ "id": agency.workspace })).await;
    for channel in channels["workspace"]["channels"].as_array().into_iter().flatten() {
        seen.push(json!([channel, agency.deliveries(channel["id"].as_str().unwrap()).await]));
    }
    json!([seen, agency.connect_links().await])
}

async fn theirs_cursor(agency: &Agency<'_>) -> String {
    let document =
        "query ($id: ID!) { workspace(id: $id) { accounts(first: 1) { pageInfo { endCursor } } } }";
    let data = agency.client.query(document, json!({ "id": agency.workspace })).await;
    data["workspace"]["accounts"]["pageInfo"]["endCursor"].as_str().unwrap().to_owned()
}

/// Status and body, without what differs between any two requests.
async fn ask(client: &Client, question: &Question, id: &str) -> (u16, String) {
    let variables = question.variables.to_string().replace(ID, id);
    let answer = client.send(&question.document, serde_json::from_str(&variables).unwrap()).await;
    let mut body = answer.json();
    for error in body["errors"].as_array_mut().into_iter().flatten() {
        error["extensions"]["requestId"].take();
    }
    (answer.status, body.to_string().replace(id, ID))
}

/// Every field of the schema that takes an id, the workspace's own first.
fn questions() -> Vec<Question> {
    let mut questions: Vec<Question> =
        fields("Query").into_iter().filter_map(|field| query(&field)).collect();
    questions.sort_by_key(|question| question.name != "workspace");
    questions.extend(fields("Mutation").into_iter().flat_map(|field| mutation(&field)));
    questions
}

fn query(field: &str) -> Option<Question> {
    let (name, arguments) = field.split_once('(')?;
    if !arguments.contains(": ID") {
        return None;
    }
    let kinds: &[&str] = match name {
        "workspace" => &["workspace"],
        "account" => &["account"],
        "channel" => &["channel"],
        "connectSession" => &["connect"],
        "node" => &[
            "workspace",
            "account",
            "connect",
            "connect-link",
            "run",
            "refresh",
            "incident",
            "media",
            "link",
            "user",
            "job",
            "channel",
            "delivery",
        ],
        _ => panic!("Query.{name} takes an id: say here which"),
    };
    Some(Question {
        name: name.to_owned(),
        document: format!(
            "query ($id: ID!) {{ {name}(id: $id) {{ __typename {} }} }}",
            if name == "connectSession" { "expiresAt" } else { "id" }
        ),
        variables: json!({ "id": ID }),
        kinds,
    })
}

/// One question for each input field that is an id: the others are then one's own.
fn mutation(field: &str) -> Vec<Question> {
    let Some((name, arguments)) = field.split_once("(input: ") else { return Vec::new() };
    let input = arguments.split('!').next().expect("the type of an input");
    let mut values = Map::new();
    let mut ids: Vec<(String, &'static [&'static str], Value)> = Vec::new();
    for line in fields_of("input", input) {
        let (key, kind) = line.split_once(": ").expect("a field of an input");
        let value = match (key, kind) {
            (_, "ID!" | "[ID!]!") => {
                let found: &'static [&'static str] = match key {
                    "accountId" | "accountIds" => &["account"],
                    "workspaceId" => &["workspace"],
                    "connectSessionId" => &["connect"],
                    "connectLinkId" => &["connect-link"],
                    "linkId" => &["link"],
                    "jobId" => &["job"],
                    "channelId" => &["channel"],
                    "deliveryId" => &["delivery"],
                    _ => panic!("{input}.{key} is an id: say here of what"),
                };
                let (asked, own) = match (kind, key) {
                    ("ID!", "workspaceId") => (json!(ID), json!(OWN_WORKSPACE)),
                    ("ID!", _) => (json!(ID), json!(ID)),
                    _ => (json!([ID]), json!(["account:nobody's"])),
                };
                ids.push((key.to_owned(), found, asked));
                own
            }
            (_, optional) if !optional.ends_with('!') => continue,
            (_, "Provider!") => json!(FACEBOOK),
            (_, "Boolean!") => json!(true),
            (_, "Int!") => json!(100),
            (_, "ChannelKind!") => json!("WEBHOOK"),
            (_, "[ChannelEvent!]!") => json!(["INCIDENT_OPENED"]),
            (_, "DateTime!") => json!("2026-01-01T00:00:00Z"),
            ("address", _) => json!("https://hooks.example.com/"),
            ("instagramIds", _) => json!(["17841400000000001"]),
            _ => json!("something"),
        };
        values.insert(key.to_owned(), value);
    }
    let fields = if name == "sendReconnectLinks" {
        "results { accountId link { id url } error { path code message } }"
    } else {
        "__typename"
    };
    let ask_for = |(key, kinds, asked): (String, &'static [&'static str], Value)| {
        let mut values = values.clone();
        values.insert(key.clone(), asked);
        Question {
            name: format!("{name}.{key}"),
            document: crate::support::client::mutation(name, fields),
            variables: json!({ "input": values }),
            kinds,
        }
    };
    ids.into_iter().map(ask_for).collect()
}

fn fields(type_name: &str) -> Vec<String> {
    fields_of("type", type_name)
}

/// The lines of one type of the schema, without descriptions.
fn fields_of(keyword: &str, name: &str) -> Vec<String> {
    let start = format!("\n{keyword} {name} {{\n");
    let body = SCHEMA.split(&start).nth(1).and_then(|rest| rest.split("\n}").next());
    let mut described = false;
    let mut lines = Vec::new();
    for line in body.unwrap_or_else(|| panic!("{keyword} {name} is not in the schema")).lines().map(str::trim)
    {
        if line == "\"\"\"" {
            described = !described;
        } else if !described && !line.is_empty() {
            lines.push(line.to_owned());
        }
    }
    lines
}
