//! Clock, settings, and everything that breaks or mends a connection.

use std::sync::Arc;

use axum::{Json, body::Bytes, extract::State as Shared};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Nothing, Refusal, Reply, about, read, read_about};
use crate::{
    grants::Standing,
    settings::Settings,
    state::{Sandbox, State},
    tokens::{Bearer, SUBCODES},
};

type SharedSandbox = Shared<Arc<Sandbox>>;

fn clock_reply(state: &State) -> Json<Value> {
    Json(json!({
        "now": state.clock.now(),
        "offset_seconds": state.clock.offset_seconds,
        "frozen": state.clock.frozen_at.is_some(),
    }))
}

pub(super) async fn clock(Shared(sandbox): SharedSandbox) -> Json<Value> {
    clock_reply(&sandbox.inner().state)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ClockOrder {
    pub(crate) advance_seconds: Option<i64>,
    pub(crate) offset_seconds: Option<i64>,
    pub(crate) now: Option<DateTime<Utc>>,
    pub(crate) frozen: Option<bool>,
}

pub(super) async fn set_clock(Shared(sandbox): SharedSandbox, body: Bytes) -> Reply {
    move_clock(&sandbox, &read(&body)?)?;
    Ok(clock_reply(&sandbox.inner().state))
}

pub(crate) fn move_clock(sandbox: &Sandbox, order: &ClockOrder) -> Result<(), Refusal> {
    let given = [order.advance_seconds.is_some(), order.offset_seconds.is_some(), order.now.is_some()];
    let count = given.iter().filter(|given| **given).count();
    if count > 1 || (count == 0 && order.frozen.is_none()) {
        return Err(Refusal::bad(
            "send one of advance_seconds, offset_seconds, now (and frozen, if you like)",
        ));
    }
    let mut inner = sandbox.inner();
    let clock = &mut inner.state.clock;
    let mut moved = *clock;
    // First, so that a moment named together with `frozen` is kept to the last digit.
    if let Some(frozen) = order.frozen {
        moved.freeze(frozen);
    }
    if let Some(seconds) = order.advance_seconds {
        let offset = moved.offset_seconds.checked_add(seconds);
        moved
            .set_offset(offset.ok_or_else(|| Refusal::bad("advance_seconds is too large"))?)
            .map_err(Refusal::bad)?;
    }
    if let Some(seconds) = order.offset_seconds {
        if seconds == i64::MIN {
            return Err(Refusal::bad("offset_seconds is too large"));
        }
        moved.set_offset(seconds).map_err(Refusal::bad)?;
    }
    if let Some(now) = order.now {
        moved.set_now(now).map_err(Refusal::bad)?;
    }
    *clock = moved;
    sandbox.touch();
    Ok(())
}

pub(super) async fn settings(Shared(sandbox): SharedSandbox) -> Json<Value> {
    Json(json!(sandbox.inner().state.settings))
}

pub(super) async fn set_settings(Shared(sandbox): SharedSandbox, body: Bytes) -> Reply {
    let patch: Value = read(&body)?;
    let mut inner = sandbox.inner();
    inner.state.settings = inner.state.settings.patched(&patch).map_err(Refusal::bad)?;
    sandbox.touch();
    Ok(Json(json!(inner.state.settings)))
}

pub(super) async fn reset_settings(Shared(sandbox): SharedSandbox) -> Json<Value> {
    let mut inner = sandbox.inner();
    inner.state.settings = Settings::default();
    sandbox.touch();
    Json(json!(inner.state.settings))
}

/// Back to the first moment: no tokens, no grants, no faults, no mails, the real time.
pub(super) async fn reset(Shared(sandbox): SharedSandbox, body: Bytes) -> Reply {
    let Nothing {} = read(&body)?;
    let mut inner = sandbox.inner();
    *inner = crate::state::Inner::default();
    sandbox.touch();
    Ok(Json(json!({"ok": true})))
}

/// Whom an order is about.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Target {
    pub(crate) person: Option<Id>,
    pub(crate) account: Option<Id>,
    pub(crate) page: Option<Id>,
}

/// Ids may be sent as text or as numbers.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Id {
    Number(u64),
    Text(String),
}

impl Id {
    pub(crate) fn number(&self) -> Result<u64, Refusal> {
        match self {
            Self::Number(number) => Ok(*number),
            Self::Text(text) => text.parse().map_err(|_| Refusal::bad(format!("{text} is not an id"))),
        }
    }
}

impl Target {
    /// The key of exactly one existing person, account or Page.
    pub(crate) fn key(&self, sandbox: &Sandbox) -> Result<String, Refusal> {
        match (&self.person, &self.account, &self.page) {
            (Some(id), None, None) => {
                let id = id.number()?;
                sandbox.world.person(id).ok_or_else(|| Refusal::bad(format!("there is no person {id}")))?;
                Ok(format!("person:{id}"))
            }
            (None, Some(id), None) => {
                let id = id.number()?;
                let account = sandbox
                    .world
                    .account_by_any_id(id)
                    .ok_or_else(|| Refusal::bad(format!("there is no account {id}")))?;
                Ok(format!("account:{}", account.id))
            }
            (None, None, Some(id)) => {
                let id = id.number()?;
                sandbox.world.page(id).ok_or_else(|| Refusal::bad(format!("there is no Page {id}")))?;
                Ok(format!("page:{id}"))
            }
            _ => Err(Refusal::bad("name exactly one of person, account, page")),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Revoke {
    /// Absent is 458 for a person and none for an account; `null` is none.
    #[serde(default, deserialize_with = "present")]
    subcode: Option<Option<i64>>,
}

fn present<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Option<Option<i64>>, D::Error> {
    Option::<i64>::deserialize(value).map(Some)
}

pub(super) async fn revoke(Shared(sandbox): SharedSandbox, body: Bytes) -> Reply {
    let (target, order) = read_about::<Revoke>(&body)?;
    let key = target.key(&sandbox)?;
    let subcode = order.subcode.unwrap_or_else(|| key.starts_with("person:").then_some(458));
    revoke_key(&sandbox, &key, subcode)?;
    Ok(Json(json!({"ok": true, "target": key, "subcode": subcode})))
}

pub(crate) fn revoke_key(sandbox: &Sandbox, key: &str, subcode: Option<i64>) -> Result<(), Refusal> {
    if subcode.is_some_and(|subcode| !SUBCODES.contains(&subcode)) {
        return Err(Refusal::bad(format!("subcode must be one of {SUBCODES:?} or null")));
    }
    sandbox.inner().state.revoke(key, subcode);
    sandbox.touch();
    Ok(())
}

pub(super) async fn restore(Shared(sandbox): SharedSandbox, body: Bytes) -> Reply {
    let (target, Nothing {}) = read_about(&body)?;
    let key = target.key(&sandbox)?;
    sandbox.inner().state.restore(&key);
    sandbox.touch();
    Ok(Json(json!({"ok": true, "target": key})))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expire {
    /// Whether the person's Page tokens end too; real ones from long-lived tokens never expire.
    #[serde(default = "yes")]
    page_tokens: bool,
}

fn yes() -> bool {
    true
}

pub(super) async fn expire(Shared(sandbox): SharedSandbox, body: Bytes) -> Reply {
    let (target, order) = read_about::<Expire>(&body)?;
    let key = target.key(&sandbox)?;
    let count = expire_key(&sandbox, &key, order.page_tokens);
    Ok(Json(json!({"ok": true, "target": key, "tokens": count})))
}

pub(crate) fn expire_key(sandbox: &Sandbox, key: &str, page_tokens: bool) -> usize {
    let mut inner = sandbox.inner();
    let now = inner.state.clock.now().timestamp();
    let mut count = 0;
    for token in inner.state.tokens.values_mut() {
        let hit = match token.bearer {
            Bearer::Page { page, .. } => {
                key == format!("page:{page}") || (page_tokens && token.bearer.subject().key() == key)
            }
            _ => token.bearer.subject().key() == key,
        };
        if hit && token.expired_by_hand.is_none() {
            token.expired_by_hand = Some(now);
            count += 1;
        }
    }
    sandbox.touch();
    count
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Permission {
    permission: String,
    status: Standing,
}

/// Grants, declines or lets lapse one permission, as a person can on Facebook's own pages.
pub(super) async fn permission(Shared(sandbox): SharedSandbox, body: Bytes) -> Reply {
    let (target, order) = read_about::<Permission>(&body)?;
    let key = target.key(&sandbox)?;
    set_permission(&sandbox, &key, &order.permission, order.status)?;
    Ok(Json(json!({"ok": true, "target": key})))
}

pub(crate) fn set_permission(
    sandbox: &Sandbox,
    key: &str,
    permission: &str,
    standing: Standing,
) -> Result<(), Refusal> {
    let mut inner = sandbox.inner();
    let Some(grant) = inner.state.grants.get_mut(key) else {
        return Err(Refusal::bad(format!("{key} has granted nothing yet")));
    };
    if !crate::dialog::knows(permission) && !grant.permissions.contains_key(permission) {
        return Err(Refusal::bad(format!("there is no permission {permission}")));
    }
    grant.permissions.insert(permission.to_owned(), standing);
    sandbox.touch();
    Ok(())
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Unlink {
    page: Id,
}

pub(super) async fn unlink_page(Shared(sandbox): SharedSandbox, body: Bytes) -> Reply {
    let order: Unlink = read(&body)?;
    let page = existing_page(&sandbox, &order.page)?;
    sandbox.inner().state.links.insert(page, None);
    sandbox.touch();
    Ok(Json(json!({"ok": true, "page": page.to_string()})))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Link {
    page: Id,
    /// Another account to link; without it, the seed's own.
    #[serde(default)]
    account: Option<Id>,
}

pub(super) async fn link_page(Shared(sandbox): SharedSandbox, body: Bytes) -> Reply {
    let order: Link = read(&body)?;
    let page = existing_page(&sandbox, &order.page)?;
    let account = order.account.as_ref().map(Id::number).transpose()?;
    link(&sandbox, page, account)?;
    Ok(Json(json!({"ok": true, "page": page.to_string()})))
}

/// Links an account to a Page, or the one that the seed links to it. An account has one Page at most.
pub(crate) fn link(sandbox: &Sandbox, page: u64, account: Option<u64>) -> Result<(), Refusal> {
    let world = &sandbox.world;
    let linked = match account {
        Some(id) => Some(
            world.account_by_any_id(id).ok_or_else(|| Refusal::bad(format!("there is no account {id}")))?.id,
        ),
        None => world.page(page).and_then(|page| page.account),
    };
    let mut inner = sandbox.inner();
    if let Some(holder) = linked.and_then(|account| inner.state.page_with(world, account))
        && holder.id != page
    {
        return Err(Refusal::bad(format!(
            "the account is still linked to the Page {} ({}); unlink that one first",
            holder.name, holder.id
        )));
    }
    match account {
        Some(_) => inner.state.links.insert(page, linked),
        None => inner.state.links.remove(&page),
    };
    sandbox.touch();
    Ok(())
}

fn existing_page(sandbox: &Sandbox, id: &Id) -> Result<u64, Refusal> {
    let id = id.number()?;
    sandbox.world.page(id).map(|page| page.id).ok_or_else(|| Refusal::bad(format!("there is no Page {id}")))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RoleOrder {
    person: Id,
    page: Id,
    /// Empty: the role is lost. `null` or absent: what the seed says.
    #[serde(default)]
    tasks: Option<Vec<String>>,
}

pub(super) async fn role(Shared(sandbox): SharedSandbox, body: Bytes) -> Reply {
    let order: RoleOrder = read(&body)?;
    let person = order.person.number()?;
    sandbox.world.person(person).ok_or_else(|| Refusal::bad(format!("there is no person {person}")))?;
    let page = existing_page(&sandbox, &order.page)?;
    set_role(&sandbox, person, page, order.tasks)?;
    let tasks = sandbox.inner().state.tasks(&sandbox.world, person, page);
    Ok(Json(json!({"ok": true, "tasks": tasks})))
}

pub(crate) fn set_role(
    sandbox: &Sandbox,
    person: u64,
    page: u64,
    tasks: Option<Vec<String>>,
) -> Result<(), Refusal> {
    let known = crate::people::FULL;
    if let Some(unknown) = tasks.iter().flatten().find(|task| !known.contains(&task.as_str())) {
        return Err(Refusal::bad(format!("{unknown} is not a task; there are {}", known.join(", "))));
    }
    let key = format!("{person}/{page}");
    let mut inner = sandbox.inner();
    match tasks {
        Some(tasks) => inner.state.roles.insert(key, tasks),
        None => inner.state.roles.remove(&key),
    };
    sandbox.touch();
    Ok(())
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Throttle {
    /// The whole app: code 4.
    #[serde(default)]
    app: bool,
    minutes: i64,
}

/// `account` answers 80002, `person` 17, `page` 32, `app` 4.
pub(super) async fn throttle(Shared(sandbox): SharedSandbox, body: Bytes) -> Reply {
    throttle_by(&sandbox, read(&body)?)
}

pub(crate) fn throttle_by(sandbox: &Sandbox, order: Value) -> Reply {
    let (target, order) = about::<Throttle>(order)?;
    let key = match (order.app, &target) {
        (true, Target { person: None, account: None, page: None }) => "app".to_owned(),
        (true, _) => return Err(Refusal::bad("name the app or one of person, account, page")),
        (false, target) => target.key(sandbox)?,
    };
    throttle_key(sandbox, &key, order.minutes)
}

pub(crate) fn throttle_key(sandbox: &Sandbox, key: &str, minutes: i64) -> Reply {
    if !(1..=100_000).contains(&minutes) {
        return Err(Refusal::bad("minutes must be between 1 and 100000"));
    }
    let mut inner = sandbox.inner();
    let until = inner.state.clock.now().timestamp() + minutes * 60;
    inner.state.throttles.insert(key.to_owned(), until);
    sandbox.touch();
    Ok(Json(json!({"ok": true, "target": key, "until": until})))
}

pub(super) async fn unthrottle(Shared(sandbox): SharedSandbox) -> Json<Value> {
    sandbox.inner().state.throttles.clear();
    sandbox.touch();
    Json(json!({"ok": true}))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Incoming {
    account: Id,
    /// Which of the account's customers, from 0.
    #[serde(default)]
    customer: u64,
    text: String,
}

/// A customer writes to an account.
pub(super) async fn message(Shared(sandbox): SharedSandbox, body: Bytes) -> Reply {
    let order: Incoming = read(&body)?;
    let id = order.account.number()?;
    let account = sandbox
        .world
        .account_by_any_id(id)
        .ok_or_else(|| Refusal::bad(format!("there is no account {id}")))?;
    if order.text.trim().is_empty() {
        return Err(Refusal::bad("text must not be empty"));
    }
    let mut inner = sandbox.inner();
    let received = crate::messages::receive(&mut inner.state, &account, order.customer, &order.text);
    let (customer, message) = received.ok_or_else(|| Refusal::bad("customer must be 0 to 3"))?;
    sandbox.touch();
    Ok(Json(json!({"customer_id": customer, "message_id": message})))
}
