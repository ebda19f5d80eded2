//! Business portfolios (reference page "Business").

use serde_json::Value;

use super::{Outcome, edge::Edge, known, page};
use crate::{
    error::GraphError,
    fields::Field,
    paging,
    people::{Business, Page, Person},
    visit::{Caller, Visit, select},
};

/// `/me/businesses`.
pub(super) fn list(visit: &mut Visit<'_>, caller: &Caller, person: &Person, edge: &Edge) -> Outcome {
    if !matches!(caller, Caller::User(..)) {
        return Err(visit.missing(person.id));
    }
    visit.require(&visit.grant(person), "business_management")?;
    let ids: Vec<u64> = person.businesses.iter().map(|business| business.id).collect();
    let slice = paging::slice(&ids, &edge.params, 25)?;
    let fields = edge.fields_or(&["name", "id"]);
    let mut data = Vec::new();
    for business in &person.businesses[slice.range.clone()] {
        data.push(object(visit, caller, person, business, &fields)?);
    }
    Ok(slice.edge(data, &visit.link("/me/businesses"), &edge.params))
}

/// The portfolio as a node, or one of its edges.
pub(super) fn read(visit: &mut Visit<'_>, caller: &Caller, business: &Business, tail: &[&str]) -> Outcome {
    let Caller::User(_, person) = caller else { return Err(visit.missing(business.id)) };
    if !person.businesses.iter().any(|own| own.id == business.id) {
        return Err(visit.missing(business.id));
    }
    visit.require(&visit.grant(person), "business_management")?;
    match tail {
        [] => {
            let fields = visit.fields(&["name", "id"])?;
            object(visit, caller, person, business, &fields)
        }
        [name] if EDGES.contains(name) => {
            let edge = Edge::by_path(visit)?;
            self::edge(visit, caller, person, business, name, &edge)
        }
        [.., last] => Err(GraphError::unknown_path(&format!("/{last}"))),
    }
}

fn object(
    visit: &mut Visit<'_>,
    caller: &Caller,
    person: &Person,
    business: &Business,
    fields: &[Field],
) -> Outcome {
    select(fields, business.id, |field| {
        Ok(match field.name.as_str() {
            "name" => Some(business.name.clone().into()),
            name if EDGES.contains(&name) => {
                Some(edge(visit, caller, person, business, name, &Edge::nested(visit, field))?)
            }
            other => known::absent(other, "Business")?,
        })
    })
}

const EDGES: &[&str] = &[
    "owned_pages",
    "client_pages",
    "owned_instagram_accounts",
    "client_instagram_accounts",
    "instagram_accounts",
];

/// Pages of a portfolio, or the professional accounts behind them.
fn edge(
    visit: &mut Visit<'_>,
    caller: &Caller,
    person: &Person,
    business: &Business,
    name: &str,
    edge: &Edge,
) -> Outcome {
    let Caller::User(token, _) = caller else { return Err(visit.missing(business.id)) };
    let grant = visit.grant(person);
    let held = if name.starts_with("client_") { &business.clients } else { &business.owned };
    let pages: Vec<Page> = held
        .iter()
        .filter(|page| visit.sees(person, &grant, **page))
        .filter_map(|page| visit.world().page(*page))
        .filter(|page| name.ends_with("pages") || visit.inner.state.linked_account(page).is_some())
        .collect();
    let ids: Vec<u64> = pages.iter().map(|page| page.id).collect();
    let slice = paging::slice(&ids, &edge.params, 25)?;
    let mut data: Vec<Value> = Vec::new();
    for page in &pages[slice.range.clone()] {
        if name.ends_with("pages") {
            let fields = edge.fields_or(&["name", "id"]);
            data.push(page::object(visit, caller, Some(token), person, page, &fields)?);
        } else {
            data.extend(page::linked(visit, person, page, &edge.fields_or(&["id"]))?);
        }
    }
    let link = visit.link(&format!("/{}/{name}", business.id));
    Ok(slice.edge(data, &link, &edge.params))
}
