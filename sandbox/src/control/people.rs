//! Who exists, what they granted, and which tokens there are. Token strings are never shown.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Json,
    extract::{Query, State as Shared},
};
use serde_json::{Value, json};

use super::{Refusal, Reply};
use crate::{
    people::{Account, AccountCard, Person},
    proof::fingerprint,
    state::{Inner, Sandbox},
    tokens::{Bearer, Subject, Token},
};

/// Facebook people, Instagram Login accounts, and how many more are generated.
pub(super) async fn people(
    Shared(sandbox): Shared<Arc<Sandbox>>,
    Query(query): Query<HashMap<String, String>>,
) -> Reply {
    let number = |name: &str, default: u64| match query.get(name) {
        None => Ok(default),
        Some(text) => text.parse().map_err(|_| Refusal::bad(format!("{name} must be a number"))),
    };
    let (offset, limit) = (number("offset", 0)?, number("limit", 20)?.min(1_000));
    let inner = sandbox.inner();
    let world = sandbox.world;
    let mut people = world.fixed_people();
    people.extend(world.generated_people(offset, limit));
    let people = inner.state.with_system_users(&world, people);
    let people: Vec<Value> = people.iter().map(|person| describe(&sandbox, &inner, person)).collect();
    let accounts: Vec<Value> =
        world.fixed_accounts().iter().map(|account| describe_account(&sandbox, &inner, account)).collect();
    Ok(Json(json!({"people": people, "accounts": accounts, "generated_people": world.generated})))
}

fn describe(sandbox: &Sandbox, inner: &Inner, person: &Person) -> Value {
    let state = &inner.state;
    let pages: Vec<Value> = person
        .roles
        .iter()
        .map(|role| {
            let linked = state.linked_account(&role.page).and_then(|id| sandbox.world.account(id));
            json!({
                "id": role.page.id.to_string(),
                "name": role.page.name,
                "tasks": state.tasks(&sandbox.world, person.id, role.page.id),
                "portfolio": role.page.portfolio.map(|id| id.to_string()),
                "account": linked.as_ref().map(AccountCard::from),
            })
        })
        .collect();
    json!({
        "id": person.id.to_string(),
        "name": person.name,
        "pages": pages,
        "businesses": person.businesses.iter().map(|business| json!({
            "id": business.id.to_string(), "name": business.name,
        })).collect::<Vec<_>>(),
        "grant": grant(inner, Subject::Person(person.id)),
        "revoked": state.revocations.get(&Subject::Person(person.id).key()).map(|revocation| revocation.subcode),
        "tokens": tokens_of(sandbox, inner, Subject::Person(person.id)),
    })
}

fn describe_account(sandbox: &Sandbox, inner: &Inner, account: &Account) -> Value {
    let subject = Subject::Account(account.id);
    let now = inner.state.clock.now();
    let mut card = json!(AccountCard::from(account));
    card["followers_count"] = crate::insights::truth::followers(sandbox.world.seed, account, now).into();
    card["grant"] = grant(inner, subject);
    card["tokens"] = tokens_of(sandbox, inner, subject).into();
    card["throttled_minutes"] = json!(crate::limits::throttled(&inner.state, &subject.key(), now));
    card
}

fn grant(inner: &Inner, subject: Subject) -> Value {
    match inner.state.grants.get(&subject.key()) {
        None => Value::Null,
        Some(grant) => json!({
            "permissions": grant.permissions,
            "pages": grant.pages.as_ref().map(|pages| pages.iter().map(u64::to_string).collect::<Vec<_>>()),
            "data_access_expires_at": inner.state.data_access_ends(subject),
        }),
    }
}

fn tokens_of(sandbox: &Sandbox, inner: &Inner, subject: Subject) -> Vec<Value> {
    let mut tokens: Vec<&Token> =
        inner.state.tokens.values().filter(|token| token.bearer.subject() == subject).collect();
    tokens.sort_by_key(|token| token.sequence);
    tokens.into_iter().map(|token| card(sandbox, inner, token)).collect()
}

/// A token without its text.
pub(super) fn card(sandbox: &Sandbox, inner: &Inner, token: &Token) -> Value {
    let (kind, app) = match token.bearer {
        Bearer::Person(_) if token.bearer.is_system_user() => {
            ("system_user", &sandbox.config.facebook_app_id)
        }
        Bearer::Person(_) => ("user", &sandbox.config.facebook_app_id),
        Bearer::Page { .. } => ("page", &sandbox.config.facebook_app_id),
        Bearer::Account(_) => ("instagram", &sandbox.config.instagram_app_id),
    };
    let death = inner.state.death(&sandbox.world, token, inner.state.clock.now(), app);
    let mut card = json!({
        "fingerprint": fingerprint(&token.text),
        "begins": format!("{}…", &token.text[..8]),
        "kind": kind,
        "long_lived": token.long_lived,
        "issued_at": token.issued_at,
        "expires_at": token.expires_at,
        "valid": death.is_none(),
        "subcode": death.and_then(|death| death.subcode),
    });
    if let Bearer::Page { page, .. } = token.bearer {
        card["page"] = page.to_string().into();
    }
    card
}

/// All tokens, oldest first; `?fingerprint=` finds one.
pub(super) async fn tokens(
    Shared(sandbox): Shared<Arc<Sandbox>>,
    Query(query): Query<HashMap<String, String>>,
) -> Json<Value> {
    let inner = sandbox.inner();
    let mut tokens: Vec<&Token> = inner.state.tokens.values().collect();
    tokens.sort_by_key(|token| token.sequence);
    let cards: Vec<Value> = tokens
        .into_iter()
        .map(|token| {
            let mut card = card(&sandbox, &inner, token);
            card["subject"] = token.bearer.subject().key().into();
            card
        })
        .filter(|card| query.get("fingerprint").is_none_or(|wanted| card["fingerprint"] == wanted.as_str()))
        .collect();
    Json(json!({ "tokens": cards }))
}
