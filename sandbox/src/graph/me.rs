//! A person (reference page "User") and the Pages they run.

use serde_json::{Value, json};

use super::{Outcome, business, edge::Edge, known, page, permissions, picture};
use crate::{
    error::GraphError,
    paging,
    people::Person,
    visit::{Caller, Visit, select},
};

pub(super) fn person(visit: &mut Visit<'_>, caller: &Caller, person: &Person) -> Outcome {
    let fields = visit.fields(&["name", "id"])?;
    let mut names = person.name.split(' ');
    let (first, last) = (names.next().unwrap_or_default(), names.next_back().unwrap_or_default());
    select(&fields, person.id, |field| {
        Ok(match field.name.as_str() {
            "name" => Some(person.name.clone().into()),
            "first_name" | "short_name" => Some(first.into()),
            "last_name" => Some(last.into()),
            "email" if visit.grant(person).has("email") && !person.is_system_user() => {
                Some(format!("{first}.{last}@people.example").to_lowercase().into())
            }
            "picture" => Some(picture::of_person(person.id, &Edge::nested(visit, field))?),
            "permissions" => Some(permissions::edge(visit, person)),
            "accounts" => Some(accounts(visit, caller, person, &Edge::nested(visit, field))?),
            "businesses" => Some(business::list(visit, caller, person, &Edge::nested(visit, field))?),
            "client_business_id" if person.is_system_user() => {
                person.businesses.first().map(|business| business.id.to_string().into())
            }
            other => known::absent(other, "User")?,
        })
    })
}

/// `/me/accounts`: Pages held through a portfolio are left out without `business_management`.
pub(super) fn accounts(visit: &mut Visit<'_>, caller: &Caller, person: &Person, edge: &Edge) -> Outcome {
    let Caller::User(token, _) = caller else { return Err(GraphError::unknown_field("accounts", "Page")) };
    let grant = visit.grant(person);
    let link = visit.link(&format!("/{}/accounts", visit.rest.first().map_or("me", String::as_str)));
    let fields = edge.fields_or(&["access_token", "category", "category_list", "name", "id", "tasks"]);
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
    let slice = paging::slice(&ids, &edge.params, 25)?;
    let mut data: Vec<Value> = Vec::new();
    let hidden = visit.inner.state.settings.pages_empty_page && slice.is_inner();
    for page in listed[slice.range.clone()].iter().filter(|_| !hidden) {
        data.push(page::object(visit, caller, Some(token), person, page, &fields)?);
    }
    let mut answer = slice.edge(data, &link, &edge.params);
    if edge.params.filled("summary").is_some_and(|asked| matches!(asked, "true" | "1" | "total_count")) {
        answer["summary"] = json!({"total_count": ids.len()});
    }
    Ok(answer)
}
