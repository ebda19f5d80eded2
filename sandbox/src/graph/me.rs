//! A person, their Pages and business portfolios.

use serde_json::{Value, json};

use super::{Outcome, page};
use crate::{
    error::GraphError,
    fields::Field,
    paging,
    people::{Business, Person},
    visit::{Caller, Visit, select},
};

pub(super) fn person(visit: &Visit<'_>, person: &Person, selection: Option<&[Field]>) -> Outcome {
    let fields = match selection {
        Some(fields) => fields.to_vec(),
        None => visit.fields(&["name", "id"])?,
    };
    let mut names = person.name.split(' ');
    let (first, last) = (names.next().unwrap_or_default(), names.next_back().unwrap_or_default());
    select(&fields, person.id, |field| {
        Ok(match field.name.as_str() {
            "name" => Some(person.name.clone().into()),
            "first_name" => Some(first.into()),
            "last_name" => Some(last.into()),
            "short_name" => Some(first.into()),
            "picture" => Some(json!({"data": {"height": 50, "width": 50, "is_silhouette": true,
                "url": "https://cdn.example/silhouette.png"}})),
            // Needs a permission that this app does not ask for: silently absent.
            "email" => None,
            "permissions" => Some(super::permissions::edge(visit, person)),
            "client_business_id" if person.is_system_user() => {
                person.businesses.first().map(|business| business.id.to_string().into())
            }
            other => return Err(GraphError::unknown_field(other, "User")),
        })
    })
}

/// `/me/accounts`: Pages held through a portfolio are left out without `business_management`.
pub(super) fn accounts(visit: &mut Visit<'_>, caller: &Caller, person: &Person) -> Outcome {
    let Caller::User(token, _) = caller else {
        return Err(GraphError::new(
            400,
            100,
            "(#100) Tried accessing nonexisting field (accounts) on node type (Page)",
        ));
    };
    let grant = visit.grant(person);
    let link = visit.link(&format!("/{}/accounts", visit.rest.first().map_or("me", String::as_str)));
    let fields = visit.fields(&["access_token", "category", "category_list", "name", "id", "tasks"])?;
    let listed: Vec<_> = person
        .roles
        .iter()
        .map(|role| &role.page)
        .filter(|_| grant.has("pages_show_list"))
        .filter(|page| page.portfolio.is_none() || grant.has("business_management"))
        .filter(|page| visit.sees(person, &grant, page.id))
        .cloned()
        .collect();
    let ids: Vec<u64> = listed.iter().map(|page| page.id).collect();
    let slice = paging::slice(&ids, &visit.call.params, 25)?;
    let mut data = Vec::new();
    let hidden = visit.inner.state.settings.pages_empty_page && slice.is_inner();
    for page in listed[slice.range.clone()].iter().filter(|_| !hidden) {
        data.push(page::object(visit, Some(token), person, page, &fields)?);
    }
    let mut edge = slice.edge(data, &link, &with_token(visit));
    if visit.call.params.filled("summary").is_some_and(|asked| matches!(asked, "true" | "1" | "total_count"))
    {
        edge["summary"] = json!({"total_count": ids.len()});
    }
    Ok(edge)
}

pub(super) fn businesses(visit: &mut Visit<'_>, caller: &Caller, person: &Person) -> Outcome {
    if !matches!(caller, Caller::User(..)) {
        return Err(visit.missing(person.id));
    }
    visit.require(&visit.grant(person), "business_management")?;
    let ids: Vec<u64> = person.businesses.iter().map(|business| business.id).collect();
    let slice = paging::slice(&ids, &visit.call.params, 25)?;
    let data = person.businesses[slice.range.clone()]
        .iter()
        .map(|business| json!({"id": business.id.to_string(), "name": business.name}))
        .collect();
    Ok(slice.edge(data, &visit.link("/me/businesses"), &with_token(visit)))
}

fn in_business(visit: &Visit<'_>, caller: &Caller, business: &Business) -> Result<Person, GraphError> {
    let Caller::User(_, person) = caller else { return Err(visit.missing(business.id)) };
    if !person.businesses.iter().any(|own| own.id == business.id) {
        return Err(visit.missing(business.id));
    }
    visit.require(&visit.grant(person), "business_management")?;
    Ok(person.clone())
}

pub(super) fn business(visit: &Visit<'_>, caller: &Caller, business: &Business) -> Outcome {
    in_business(visit, caller, business)?;
    Ok(json!({"id": business.id.to_string(), "name": business.name}))
}

/// `owned_pages` and `client_pages` of a portfolio.
pub(super) fn business_pages(
    visit: &mut Visit<'_>,
    caller: &Caller,
    business: &Business,
    pages: &[u64],
    edge: &str,
) -> Outcome {
    let person = in_business(visit, caller, business)?;
    let Caller::User(token, _) = caller else { return Err(visit.missing(business.id)) };
    let grant = visit.grant(&person);
    let fields = visit.fields(&["name", "id"])?;
    let ids: Vec<u64> = pages.iter().copied().filter(|page| visit.sees(&person, &grant, *page)).collect();
    let slice = paging::slice(&ids, &visit.call.params, 25)?;
    let mut data: Vec<Value> = Vec::new();
    for id in &ids[slice.range.clone()] {
        if let Some(page) = visit.world().page(*id) {
            data.push(page::object(visit, Some(token), &person, &page, &fields)?);
        }
    }
    let link = visit.link(&format!("/{}/{edge}", business.id));
    Ok(slice.edge(data, &link, &with_token(visit)))
}

/// Parameters of a `next` link: those sent, with the token, as Meta's links have it.
pub(crate) fn with_token(visit: &Visit<'_>) -> crate::call::Params {
    let mut params = visit.call.params.clone();
    params.0.retain(|(name, _)| name != "appsecret_proof" && name != "appsecret_time");
    if let Some(token) = visit.call.token() {
        params.set("access_token", token);
    }
    params
}
