//! graph.facebook.com: finds what a path means and asks the right module.

pub(crate) mod account;
mod batch;
mod debug_token;
mod me;
pub(crate) mod media;
pub(crate) mod media_insights;
mod multi;
mod oauth;
mod page;
mod permissions;
pub(crate) mod subscriptions;

pub(crate) use me::with_token;

use serde_json::Value;

use crate::{
    call::Answer,
    error::GraphError,
    fields::Field,
    people::{Account, Business, Page, Person},
    versions,
    visit::{Caller, Visit},
};

/// What handlers give back: a body, or one of Meta's errors.
pub(crate) type Outcome = Result<Value, GraphError>;

/// Answers a call to graph.facebook.com.
pub(crate) fn answer(visit: &mut Visit<'_>) -> Answer {
    if let Err(error) = open(visit) {
        return error.answer();
    }
    let rest = visit.rest.clone();
    let segments: Vec<&str> = rest.iter().map(String::as_str).collect();
    if segments.is_empty() && visit.call.method == "POST" {
        return batch::answer(visit);
    }
    match route(visit, &segments) {
        Ok(body) => Answer::json(200, body),
        Err(error) => error.answer(),
    }
}

/// Takes the version off the path and decides which one serves.
pub(crate) fn open(visit: &mut Visit<'_>) -> Result<(), GraphError> {
    let mut rest: Vec<String> = visit.call.segments().into_iter().map(str::to_owned).collect();
    if rest.first().is_some_and(|first| versions::looks_like_version(first)) {
        visit.version = versions::serve(&rest.remove(0), visit.now)?;
    }
    visit.rest = rest;
    Ok(())
}

fn route(visit: &mut Visit<'_>, segments: &[&str]) -> Outcome {
    let method = visit.call.method.as_str();
    match (method, segments) {
        ("GET" | "POST", ["oauth", "access_token"]) => oauth::access_token(visit),
        ("GET", ["debug_token"]) => debug_token::debug_token(visit),
        ("GET", []) if visit.call.params.filled("ids").is_some() => multi::ids(visit),
        (_, []) => Err(GraphError::new(400, 2500, "An unknown error occurred: no object was named")),
        (_, [first, tail @ ..]) => {
            let caller = visit.caller()?;
            node(visit, &caller, first, tail, None)
        }
    }
}

/// What an id stands for.
enum Node {
    Person(Person),
    Page(Page),
    Business(Business),
    Account(Account),
    Media(media::Item),
    App,
}

fn resolve(visit: &Visit<'_>, caller: &Caller, name: &str) -> Result<Node, GraphError> {
    if name == "me" {
        return match caller {
            Caller::User(_, person) => Ok(Node::Person(person.clone())),
            Caller::Page(_, _, page) => Ok(Node::Page(page.clone())),
            Caller::App => Err(GraphError::new(
                400,
                2500,
                "An active access token must be used to query information about the current user.",
            )),
        };
    }
    if name == visit.app_id() {
        return Ok(Node::App);
    }
    let Ok(id) = name.parse::<u64>() else {
        return Err(
            if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-') {
                GraphError::new(
                    404,
                    803,
                    format!("(#803) Some of the aliases you requested do not exist: {name}"),
                )
            } else {
                GraphError::unknown_path(&format!("/{name}"))
            },
        );
    };
    let world = visit.world();
    if let Some(account) = world.account(id) {
        return Ok(Node::Account(account));
    }
    if let Some(item) = media::find(visit, id) {
        return Ok(Node::Media(item));
    }
    if let Some(page) = world.page(id) {
        return Ok(Node::Page(page));
    }
    if let Some(business) = world.business(id) {
        return Ok(Node::Business(business));
    }
    match (caller, world.person(id)) {
        // A person is visible to themselves only.
        (Caller::User(_, own), Some(person)) if own.id == person.id => Ok(Node::Person(person)),
        (Caller::App, Some(person)) => Ok(Node::Person(person)),
        _ => Err(visit.missing(id)),
    }
}

/// Counts a read of an account and says with which right it happens.
fn facebook_right(
    visit: &mut Visit<'_>,
    caller: &Caller,
    account: &Account,
) -> Result<account::Right, GraphError> {
    visit.spend_account(account)?;
    let grant = visit.readable_account(caller, account)?;
    let lapsed = visit.lapsed(caller)?;
    Ok(account::Right::Facebook { grant, lapsed })
}

/// Reads a node or one of its edges. `selection` overrides the `fields` parameter (multi-id reads).
pub(crate) fn node(
    visit: &mut Visit<'_>,
    caller: &Caller,
    name: &str,
    tail: &[&str],
    selection: Option<&[Field]>,
) -> Outcome {
    if crate::messages::is_ours(name) && tail.is_empty() {
        let account = page::inbox(visit, caller)?;
        visit.spend_messaging(&account)?;
        return crate::messages::read(visit, &account, name);
    }
    if matches!(caller, Caller::Page(..)) && crate::messages::is_customer(name) && tail.is_empty() {
        let account = page::inbox(visit, caller)?;
        visit.spend_messaging(&account)?;
        return crate::messages::profile(visit, &account, name);
    }
    let node = resolve(visit, caller, name)?;
    match (&node, caller, tail) {
        // Counted against the account, where it is known which one.
        (Node::Account(_) | Node::Media(_), ..) | (Node::Page(_), _, ["conversations" | "messages"]) => {}
        (Node::Page(page), Caller::Page(_, _, own), _) if own.id == page.id => visit.spend_page(page.id)?,
        _ => visit.spend_app()?,
    }
    let method = visit.call.method.clone();
    let id = name;
    match (method.as_str(), node, tail) {
        ("GET", Node::Person(person), []) => me::person(visit, &person, selection),
        ("GET", Node::Person(person), ["accounts"]) => me::accounts(visit, caller, &person),
        ("GET", Node::Person(person), ["permissions"]) => permissions::list(visit, &person),
        ("DELETE", Node::Person(person), ["permissions", name @ ..]) => {
            permissions::withdraw(visit, &person, name.first().copied())
        }
        ("GET", Node::Person(person), ["businesses"]) => me::businesses(visit, caller, &person),
        ("GET", Node::Business(business), []) => me::business(visit, caller, &business),
        ("GET", Node::Business(business), ["owned_pages"]) => {
            me::business_pages(visit, caller, &business, &business.owned, "owned_pages")
        }
        ("GET", Node::Business(business), ["client_pages"]) => {
            me::business_pages(visit, caller, &business, &business.clients, "client_pages")
        }
        ("GET", Node::Page(page), []) => page::read(visit, caller, &page, selection),
        (_, Node::Page(page), ["subscribed_apps"]) => {
            page::visible(visit, caller, &page)?;
            subscriptions::subscribed_apps(visit, page.id)
        }
        ("GET", Node::Page(page), ["conversations"]) => {
            page::visible(visit, caller, &page)?;
            let account = page::inbox(visit, caller)?;
            visit.spend_messaging(&account)?;
            let link = visit.link(&format!("/{}/conversations", page.id));
            crate::messages::list(visit, &account, &link)
        }
        ("POST", Node::Page(page), ["messages"]) => {
            page::visible(visit, caller, &page)?;
            let account = page::inbox(visit, caller)?;
            visit.spend_messaging(&account)?;
            crate::messages::send(visit, &account)
        }
        ("GET", Node::Account(account), tail) => {
            let right = facebook_right(visit, caller, &account)?;
            account::read(visit, &right, &account, tail, selection)
        }
        ("GET", Node::Media(item), tail) => {
            let right = facebook_right(visit, caller, &item.account)?;
            media::read(visit, &right, &item, tail, selection)
        }
        ("GET" | "POST" | "DELETE", Node::App, ["subscriptions"]) => subscriptions::app(visit, caller),
        ("GET", Node::App, []) => {
            Ok(serde_json::json!({"id": visit.app_id(), "name": visit.inner.state.settings.app_name}))
        }
        (_, _, []) => Err(visit.missing(id)),
        (_, _, [edge, ..]) => Err(GraphError::new(400, 2500, format!("Unknown path components: /{edge}"))),
    }
}
