//! graph.facebook.com: finds what a path means and asks the right module.

pub(crate) mod account;
mod app;
mod batch;
mod business;
pub(crate) mod comments;
mod debug_token;
mod discovery;
mod edge;
pub(crate) mod known;
mod me;
pub(crate) mod media;
pub(crate) mod media_insights;
mod multi;
mod oauth;
mod page;
mod permissions;
mod picture;
pub(crate) mod subscriptions;

pub(crate) use edge::Edge;

use serde_json::{Value, json};

use crate::{
    call::Answer,
    error::GraphError,
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
        Ok(body) if segments.len() == 2 && segments[1] == "picture" => picture::answer(visit, body),
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
    let several = method == "GET" && visit.call.params.filled("ids").is_some();
    match (method, segments) {
        ("GET" | "POST", ["oauth", "access_token"]) => oauth::access_token(visit),
        ("GET" | "POST", ["debug_token"]) => debug_token::debug_token(visit),
        ("GET", ["ig_hashtag_search"]) => hashtag_search(visit),
        ("GET", []) if several => multi::ids(visit, &[]),
        ("GET", [edge]) if several && edge.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') => {
            multi::ids(visit, segments)
        }
        (_, []) => Err(GraphError::new(400, 2500, "An unknown error occurred: no object was named")),
        (_, [first, tail @ ..]) => {
            let caller = visit.caller()?;
            node(visit, &caller, first, tail)
        }
    }
}

/// Hashtags are not played: none is ever found (page "Hashtag Search").
fn hashtag_search(visit: &mut Visit<'_>) -> Outcome {
    let caller = visit.caller()?;
    let needed = |name: &str| {
        visit
            .call
            .params
            .filled(name)
            .ok_or_else(|| GraphError::parameter(format!("The parameter {name} is required")))
    };
    needed("q")?;
    let id = needed("user_id")?.to_owned();
    let account =
        id.parse().ok().and_then(|id| visit.world().account(id)).ok_or_else(|| visit.missing(&id))?;
    facebook_right(visit, &caller, &account)?;
    Ok(json!({"data": []}))
}

/// What an id stands for.
enum Node {
    Person(Person),
    Page(Page),
    Business(Business),
    Account(Account),
    Media(media::Item),
    Comment(comments::Comment),
    App,
}

impl Node {
    /// The name of its type, as `metadata=1` tells it.
    fn kind(&self) -> &'static str {
        match self {
            Self::Person(_) => "user",
            Self::Page(_) => "page",
            Self::Business(_) => "business",
            Self::Account(_) => "iguser",
            Self::Media(_) => "igmedia",
            Self::Comment(_) => "igcomment",
            Self::App => "application",
        }
    }
}

fn resolve(visit: &Visit<'_>, caller: &Caller, name: &str) -> Result<Node, GraphError> {
    if name == "me" {
        return match caller {
            Caller::User(_, person) => Ok(Node::Person(person.clone())),
            Caller::Page(_, _, page) => Ok(Node::Page(page.clone())),
            Caller::App => Err(GraphError::nobody()),
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
    if let Some(comment) = comments::find(visit, id) {
        return Ok(Node::Comment(comment));
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

/// Reads a node or one of its edges.
pub(crate) fn node(visit: &mut Visit<'_>, caller: &Caller, name: &str, tail: &[&str]) -> Outcome {
    if crate::messages::is_ours(name) {
        if visit.call.method != "GET" {
            return Err(visit.missing(name));
        }
        let account = page::inbox(visit, caller)?;
        visit.spend_messaging(&account)?;
        return crate::messages::read(visit, &account, name, tail);
    }
    if matches!(caller, Caller::Page(..)) && crate::messages::is_customer(name) && tail.is_empty() {
        let account = page::inbox(visit, caller)?;
        visit.spend_messaging(&account)?;
        return crate::messages::profile(visit, &account, name);
    }
    let node = resolve(visit, caller, name)?;
    match (&node, caller, tail) {
        // Counted against the account, where it is known which one.
        (Node::Account(_) | Node::Media(_) | Node::Comment(_), ..)
        | (Node::Page(_), _, ["conversations" | "messages"]) => {}
        (Node::Page(page), Caller::Page(_, _, own), _) if own.id == page.id => visit.spend_page(page.id)?,
        _ => visit.spend_app()?,
    }
    let kind = node.kind();
    let mut answer = match visit.call.method.as_str() {
        "GET" => get(visit, caller, node, tail),
        _ => change(visit, caller, node, name, tail),
    }?;
    if tail.is_empty() && visit.call.method == "GET" && visit.call.params.flag("metadata") == Some(true) {
        answer["metadata"] = json!({"type": kind});
    }
    Ok(answer)
}

fn get(visit: &mut Visit<'_>, caller: &Caller, node: Node, tail: &[&str]) -> Outcome {
    match (node, tail) {
        (Node::Person(person), []) => me::person(visit, caller, &person),
        (Node::Person(person), ["accounts"]) => me::accounts(visit, caller, &person, &Edge::by_path(visit)?),
        (Node::Person(person), ["businesses"]) => {
            business::list(visit, caller, &person, &Edge::by_path(visit)?)
        }
        (Node::Person(person), ["permissions"]) => permissions::list(visit, &person),
        (Node::Person(person), ["picture"]) => picture::of_person(person.id, &Edge::by_path(visit)?),
        (Node::Business(business), tail) => business::read(visit, caller, &business, tail),
        (Node::Page(page), []) => page::read(visit, caller, &page),
        (Node::Page(page), ["subscribed_apps"]) => subscriptions::of_page(visit, caller, &page),
        (Node::Page(page), [edge]) => page::edge(visit, caller, &page, edge, &Edge::by_path(visit)?),
        (Node::Account(account), tail) => {
            let right = facebook_right(visit, caller, &account)?;
            account::read(visit, &right, &account, tail)
        }
        (Node::Media(item), tail) => {
            let right = facebook_right(visit, caller, &item.account)?;
            media::read(visit, &right, &item, tail)
        }
        (Node::Comment(comment), tail) => {
            let right = facebook_right(visit, caller, &comment.item.account)?;
            comments::read(visit, &right, &comment, tail)
        }
        (Node::App, ["subscriptions"]) => subscriptions::of_app(visit, caller),
        (Node::App, []) => app::read(visit),
        (_, tail) => Err(GraphError::unknown_path(&format!("/{}", tail.last().copied().unwrap_or_default()))),
    }
}

/// What is not a read. A method that does not fit is answered like an object that does not exist.
fn change(visit: &mut Visit<'_>, caller: &Caller, node: Node, name: &str, tail: &[&str]) -> Outcome {
    match (visit.call.method.as_str(), node, tail) {
        ("DELETE", Node::Person(person), ["permissions", name @ ..]) => {
            permissions::withdraw(visit, &person, name.first().copied())
        }
        ("POST" | "DELETE", Node::Page(page), ["subscribed_apps"]) => {
            subscriptions::of_page(visit, caller, &page)
        }
        ("POST", Node::Page(page), ["messages"]) => {
            page::visible(visit, caller, &page)?;
            let account = page::inbox(visit, caller)?;
            visit.spend_messaging(&account)?;
            crate::messages::send(visit, &account)
        }
        ("POST" | "DELETE", Node::App, ["subscriptions"]) => subscriptions::of_app(visit, caller),
        _ => Err(visit.missing(name)),
    }
}
