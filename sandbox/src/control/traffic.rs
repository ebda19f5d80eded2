//! Faults, the ledger, and the truth behind the numbers.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Json,
    body::Bytes,
    extract::{Path, Query, State as Shared},
};
use serde_json::{Value, json};

use super::{Refusal, Reply, actions::throttle_by, read};
use crate::{
    call::Host,
    faults::Fault,
    insights::{
        Day, catalogue,
        truth::{self, View},
    },
    state::Sandbox,
};

type SharedSandbox = Shared<Arc<Sandbox>>;
type Params = Query<HashMap<String, String>>;

pub(super) async fn faults(Shared(sandbox): SharedSandbox) -> Json<Value> {
    Json(json!({"faults": sandbox.inner().state.faults}))
}

pub(super) async fn add_fault(Shared(sandbox): SharedSandbox, body: Bytes) -> Reply {
    let mut value: Value = read(&body)?;
    // Throttling has its own state, because it must lengthen and show in headers.
    if value.get("kind").and_then(Value::as_str) == Some("throttle") {
        if let Some(order) = value.as_object_mut() {
            order.remove("kind");
        }
        return throttle_by(&sandbox, value);
    }
    let mut fault: Fault =
        serde_json::from_value(value).map_err(|error| Refusal::bad(format!("not a fault: {error}")))?;
    fault.check(&sandbox.world).map_err(Refusal::bad)?;
    let mut inner = sandbox.inner();
    fault.id = inner.state.next();
    inner.state.faults.push(fault.clone());
    sandbox.touch();
    Ok(Json(json!(fault)))
}

pub(super) async fn clear_faults(Shared(sandbox): SharedSandbox) -> Json<Value> {
    sandbox.inner().state.faults.clear();
    sandbox.touch();
    Json(json!({"faults": []}))
}

pub(super) async fn remove_fault(Shared(sandbox): SharedSandbox, Path(id): Path<String>) -> Reply {
    let id = super::number(&id)?;
    let mut inner = sandbox.inner();
    let before = inner.state.faults.len();
    inner.state.faults.retain(|fault| fault.id != id);
    if inner.state.faults.len() == before {
        return Err(Refusal::missing(format!("there is no fault {id}")));
    }
    sandbox.touch();
    Ok(Json(json!({"faults": inner.state.faults})))
}

fn number(query: &HashMap<String, String>, name: &str, default: u64) -> Result<u64, Refusal> {
    match query.get(name) {
        None => Ok(default),
        Some(text) => text.parse().map_err(|_| Refusal::bad(format!("{name} must be a number"))),
    }
}

pub(super) async fn ledger(Shared(sandbox): SharedSandbox, Query(query): Params) -> Reply {
    let host = query.get("host").map(String::as_str).filter(|host| !host.is_empty());
    if let Some(name) = host
        && Host::from_name(name).is_none()
    {
        return Err(Refusal::bad(format!("{name} is not a host of this sandbox")));
    }
    let path = query.get("path_contains").map(String::as_str).filter(|part| !part.is_empty());
    let (after, limit) = (number(&query, "after", 0)?, number(&query, "limit", 1_000)?.min(10_000));
    let inner = sandbox.inner();
    let entries: Vec<Value> =
        inner.ledger.find(host, path, after, limit as usize).map(|entry| json!(entry)).collect();
    Ok(Json(json!({"entries": entries, "last_id": inner.ledger.last()})))
}

pub(super) async fn counts(Shared(sandbox): SharedSandbox, Query(query): Params) -> Reply {
    let after = number(&query, "after", 0)?;
    let inner = sandbox.inner();
    Ok(Json(json!({"counts": inner.ledger.counts(after), "last_id": inner.ledger.last()})))
}

pub(super) async fn clear_ledger(Shared(sandbox): SharedSandbox) -> Json<Value> {
    sandbox.inner().ledger.clear();
    Json(json!({"ok": true}))
}

/// The final value of a metric on a day, or of one part of it.
pub(super) async fn truth(Shared(sandbox): SharedSandbox, Query(query): Params) -> Reply {
    let text = |name: &str| {
        query
            .get(name)
            .map(String::as_str)
            .ok_or_else(|| Refusal::bad(format!("the parameter {name} is missing")))
    };
    let id: u64 = text("account")?.parse().map_err(|_| Refusal::bad("account must be an id"))?;
    let account = sandbox
        .world
        .account_by_any_id(id)
        .ok_or_else(|| Refusal::bad(format!("there is no account {id}")))?;
    let metric = text("metric")?;
    let date = text("day")?.parse().map_err(|_| Refusal::bad("day must be YYYY-MM-DD"))?;
    let (seed, day) = (sandbox.world.seed, Day(date));
    if metric == "followers_count" {
        let value = truth::followers(seed, &account, day.end());
        return Ok(Json(
            json!({"account": account.id.to_string(), "metric": metric, "day": date, "value": value}),
        ));
    }
    if !truth::METRICS.contains(&metric) {
        return Err(Refusal::bad(format!(
            "{metric} has no value per day; there are followers_count, {}",
            truth::METRICS.join(", ")
        )));
    }
    let value = truth::value(seed, &account, metric, day);
    let mut body = json!({
        "account": account.id.to_string(),
        "metric": metric,
        "day": date,
        "value": value,
        "start": day.start(),
        "end_time": crate::clock::meta_time(day.end()),
    });
    if metric == "follows_and_unfollows" {
        let (gained, lost) = truth::gained_and_lost(seed, &account, day);
        body["gained"] = gained.into();
        body["lost"] = lost.into();
    }
    if let Some(dimension) = query.get("breakdown") {
        let entry = catalogue::find(metric);
        let known = entry.map_or(&[][..], |entry| entry.breakdowns);
        if !known.contains(&dimension.as_str()) {
            return Err(Refusal::bad(format!("{metric} has these breakdowns: [{}]", known.join(", "))));
        }
        if metric != "follows_and_unfollows" {
            let unique = entry.is_some_and(|entry| entry.unique);
            let parts = View::settled(seed).parts(&account, metric, unique, dimension, &[day]);
            body["parts"] =
                parts.into_iter().map(|(key, part)| (key.to_owned(), Value::from(part))).collect();
        }
    }
    Ok(Json(body))
}
