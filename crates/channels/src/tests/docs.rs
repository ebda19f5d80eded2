//! The examples in the documentation are what is sent.

use std::collections::BTreeMap;

use entity::incident::{self, End};
use entity::{IncidentId, WorkspaceId};
use serde_json::Value;

use super::*;

/// What a value looks like: its fields and words, but neither its ids nor its times and numbers.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), shape(value))).collect(),
        Value::Number(_) => "a number".into(),
        Value::String(text) => match text.split_once(':') {
            Some((word, id)) if Uuid::parse_str(id).is_ok() => format!("{word}:id").into(),
            _ if DateTime::parse_from_rfc3339(text).is_ok() => {
                assert!(text.ends_with('Z'), "{text}");
                "a time".into()
            }
            _ => value.clone(),
        },
        other => other.clone(),
    }
}

#[tokio::test]
async fn every_example_of_an_event_is_one_that_is_sent() {
    let database = testing::sqlite().await;
    let room = Room::new(database.database()).await;
    let account = room.account().await;
    let channel = room.webhook("https://crm.example/").await;
    let incident = incident::Model {
        id: IncidentId(room.world.new_id()),
        workspace_id: WorkspaceId(room.workspace.0),
        account_id: account.id,
        cause: HealthReason::Expired,
        opened_at: room.world.now(),
        closed_at: None,
        ended: None,
    };
    for event in [
        broke(),
        Event::IncidentOpened { incident: &incident, reopened: false },
        Event::IncidentClosed { incident: &incident, ended: End::Repaired },
        Event::InsightsCollected { values: 68 },
    ] {
        announce(&*room.database, &room.world, &account, event).await.unwrap();
    }
    room.test(channel.id).await;

    let sent: BTreeMap<String, Value> = room
        .deliveries()
        .await
        .iter()
        .map(|row| serde_json::from_str(&row.body).unwrap())
        .map(|body: Value| (body["type"].as_str().unwrap().to_owned(), shape(&body)))
        .collect();
    let documentation = include_str!("../../../../docs/webhooks.md");
    let documented: BTreeMap<String, Value> = documentation
        .split("```json\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .map(|example| serde_json::from_str(example).expect("JSON"))
        .map(|example: Value| (example["type"].as_str().unwrap().to_owned(), shape(&example)))
        .collect();
    assert_eq!(sent.len(), 5);
    assert_eq!(documented, sent);
    for name in sent.keys() {
        assert!(documentation.contains(&format!("`{name}`")), "{name} is explained");
    }
}
