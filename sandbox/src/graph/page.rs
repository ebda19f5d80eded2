//! A Page and what hangs on it.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Outcome, account};
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

pub(super) fn read(
    visit: &mut Visit<'_>,
    caller: &Caller,
    page: &Page,
    selection: Option<&[Field]>,
) -> Outcome {
    let person = visible(visit, caller, page)?;
    let fields = match selection {
        Some(fields) => fields.to_vec(),
        None => visit.fields(&["name", "id"])?,
    };
    let token = match caller {
        Caller::User(token, _) | Caller::Page(token, ..) => Some(token.clone()),
        Caller::App => None,
    };
    object(visit, token.as_ref(), &person, page, &fields)
}

/// A Page as an object with the requested fields.
pub(super) fn object(
    visit: &mut Visit<'_>,
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
            "username" => None,
            "picture" => Some(json!({"data": {"url": format!("https://cdn.example/pages/{site}.jpg")}})),
            "instagram_business_account" | "connected_instagram_account" => {
                linked(visit, person, page, field, &grant)?
            }
            other => return Err(GraphError::unknown_field(other, "Page")),
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

/// The linked professional account; without one, or without the right to know, the key is absent.
fn linked(
    visit: &mut Visit<'_>,
    person: &Person,
    page: &Page,
    field: &Field,
    grant: &crate::grants::Grant,
) -> Result<Option<Value>, GraphError> {
    let Some(id) = visit.inner.state.linked_account(page) else { return Ok(None) };
    if !grant.has("instagram_basic") || !visit.sees(person, grant, page.id) {
        return Ok(None);
    }
    let Some(linked) = visit.world().account(id) else { return Ok(None) };
    let fields =
        if field.children.is_empty() { crate::fields::plain(&["id"]) } else { field.children.clone() };
    account::object(
        visit,
        &account::Right::Facebook { grant: grant.clone(), lapsed: false },
        &linked,
        &fields,
    )
    .map(Some)
}
