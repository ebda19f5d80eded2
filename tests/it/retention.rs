//! How long a workspace has its numbers and logs kept.

use serde_json::json;

use crate::support::{Engine, Installation, on_each_database};

on_each_database![admins_decide_how_long_their_workspace_keeps_things];

const READ: &str = "retention { numbersDays provisionalDays logsDays }";

async fn admins_decide_how_long_their_workspace_keeps_things(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let agency = installation.agency("anna@northlight.example").await;
    let stranger = installation.agency("tom@harbour.example").await;
    let kept = async || {
        let document = format!("query ($id: ID!) {{ workspace(id: $id) {{ {READ} }} }}");
        let data = agency.client.query(&document, json!({ "id": agency.workspace })).await;
        data["workspace"]["retention"].clone()
    };
    let usual = json!({ "numbersDays": null, "provisionalDays": 30, "logsDays": 400 });
    assert_eq!(kept().await, usual);

    let wanted = json!({ "numbersDays": 730, "provisionalDays": 7, "logsDays": 90 });
    let input = |workspace: &str, wanted: &serde_json::Value| {
        let mut input = wanted.clone();
        input["workspaceId"] = json!(workspace);
        input
    };
    for (field, days) in [("numbersDays", 400), ("provisionalDays", 3), ("logsDays", 30), ("logsDays", -1)] {
        let mut wrong = input(&agency.workspace, &wanted);
        wrong[field] = json!(days);
        let (path, code) = agency.client.refusal("updateRetention", wrong).await;
        assert_eq!((path, code.as_str()), (format!("input.{field}"), "INVALID"), "{days}");
    }
    let own = input(&agency.workspace, &wanted);
    assert_eq!(stranger.client.refusal("updateRetention", own.clone()).await.1, "NOT_FOUND");
    assert_eq!(kept().await, usual);
    for _ in 0..2 {
        let payload = agency.client.mutate("updateRetention", own.clone(), READ).await;
        assert_eq!(payload["retention"], wanted);
    }
    assert_eq!(kept().await, wanted);
    installation.store.execute("UPDATE membership SET role = 'member'").await;
    assert_eq!(agency.client.refusal("updateRetention", own).await.1, "FORBIDDEN");
    let changes = "SELECT count(*) FROM audit_event WHERE action = 'retention.changed'";
    assert_eq!(installation.store.number(changes).await, 2);
}
