//! A Page and what hangs on it.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Outcome, account, edge::Edge, known, picture};
use crate::{
    error::GraphError,
    fields::Field,
    people::{Account, Page, Person},
    tokens::Token,
    visit::{Caller, Visit, select},
};

/// Who may see this Page through this token.
pub(super) fn visible(visit: &Visit<'_>, caller: &Caller, page: &Page) -> Result<Person, GraphError> {
    match caller {
        Caller::Page(_, person, own) if own.id == page.id => Ok(person.clone()),
        Caller::User(_, person) if visit.sees(person, &visit.grant(person), page.id) => Ok(person.clone()),
        _ => Err(visit.missing(page.id)),
    }
}

/// The account whose messages a Page token may handle.
pub(super) fn inbox(visit: &Visit<'_>, caller: &Caller) -> Result<Account, GraphError> {
    let Caller::Page(_, person, page) = caller else {
        return Err(GraphError::new(400, 190, "This method must be called with a Page Access Token")
            .subcode(2_069_032));
    };
    visit.require(&visit.grant(person), "instagram_manage_messages")?;
    visit
        .inner
        .state
        .linked_account(page)
        .and_then(|id| visit.world().account(id))
        .ok_or_else(|| visit.missing(page.id))
}

pub(super) fn read(visit: &mut Visit<'_>, caller: &Caller, page: &Page) -> Outcome {
    let person = visible(visit, caller, page)?;
    let fields = visit.fields(&["name", "id"])?;
    let token = match caller {
        Caller::User(token, _) | Caller::Page(token, ..) => Some(token.clone()),
        Caller::App => None,
    };
    object(visit, caller, token.as_ref(), &person, page, &fields)
}

/// One of its edges that are read, asked for by path or nested in `fields`.
pub(super) fn edge(visit: &mut Visit<'_>, caller: &Caller, page: &Page, name: &str, edge: &Edge) -> Outcome {
    let person = visible(visit, caller, page)?;
    match name {
        "conversations" => {
            let account = inbox(visit, caller)?;
            visit.spend_messaging(&account)?;
            crate::messages::list(visit, &account, &visit.link(&format!("/{}/conversations", page.id)), edge)
        }
        "picture" => picture::of_page(page.id, edge),
        "instagram_accounts" | "page_backed_instagram_accounts" => {
            let own = name == "instagram_accounts";
            let linked = if own { linked(visit, &person, page, &edge.fields_or(&["id"]))? } else { None };
            Ok(json!({"data": linked.into_iter().collect::<Vec<Value>>()}))
        }
        other => Err(GraphError::unknown_path(&format!("/{other}"))),
    }
}

/// A Page as an object with the requested fields.
pub(super) fn object(
    visit: &mut Visit<'_>,
    caller: &Caller,
    token: Option<&Token>,
    person: &Person,
    page: &Page,
    fields: &[Field],
) -> Outcome {
    let grant = visit.grant(person);
    let site = page.id;
    select(fields, page.id, |field| {
        Ok(match field.name.as_str() {
            "name" => Some(page.name.clone().into()),
            "access_token" if grant.has("pages_show_list") || grant.has("pages_read_engagement") => {
                token.map(|token| Value::from(&*page_token(visit, token, page.id)))
            }
            "access_token" => None,
            "category" => Some(page.category.into()),
            "category_list" => {
                let id = 2_500 + crate::seed::tag(page.category) % 500;
                Some(json!([{"id": id.to_string(), "name": page.category}]))
            }
            "tasks" => Some(json!(visit.inner.state.tasks(visit.world(), person.id, page.id))),
            "link" => Some(format!("https://www.facebook.com/{site}").into()),
            "fan_count" | "followers_count" => {
                Some(crate::insights::truth::fans(visit.world(), page, visit.now).into())
            }
            "instagram_business_account" | "connected_instagram_account" => {
                let plain = [Field::plain("id")];
                let fields = if field.children.is_empty() { &plain[..] } else { &field.children };
                linked(visit, person, page, fields)?
            }
            "conversations" | "picture" | "instagram_accounts" | "page_backed_instagram_accounts" => {
                Some(edge(visit, caller, page, &field.name, &Edge::nested(visit, field))?)
            }
            other => known::absent(other, "Page")?,
        })
    })
}

fn page_token(visit: &mut Visit<'_>, token: &Token, page: u64) -> Arc<str> {
    if matches!(token.bearer, crate::tokens::Bearer::Page { .. }) {
        return token.text.clone();
    }
    let (now, world, app) = (visit.now, visit.sandbox.world, visit.sandbox.config.facebook_app_id.clone());
    visit.state().page_token(&world, token, page, now, &app)
}

/// The linked professional account; without one, or without the right to know, there is none.
pub(super) fn linked(
    visit: &mut Visit<'_>,
    person: &Person,
    page: &Page,
    fields: &[Field],
) -> Result<Option<Value>, GraphError> {
    let grant = visit.grant(person);
    let Some(id) = visit.inner.state.linked_account(page) else { return Ok(None) };
    if !grant.has("instagram_basic") || !visit.sees(person, &grant, page.id) {
        return Ok(None);
    }
    let Some(linked) = visit.world().account(id) else { return Ok(None) };
    let right = account::Right::Facebook { grant, lapsed: false };
    account::object(visit, &right, &linked, fields).map(Some)
}
