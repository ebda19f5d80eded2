//! Reading conversations and messages (page "Conversations API").

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::DateTime;
use serde_json::{Value, json};

use super::{CUSTOMERS, Message, Thread};
use crate::{
    clock::meta_time,
    error::GraphError,
    fields::Field,
    graph::{Edge, Outcome, known},
    paging,
    people::Account,
    seed::{mix, tag},
    visit::{Visit, select},
};

/// Details exist for this many newest messages of a conversation.
const DETAILED: usize = 20;

fn time(at: i64) -> String {
    meta_time(DateTime::from_timestamp(at, 0).unwrap_or_default())
}

/// `/{page-id}/conversations` and `/me/conversations`.
pub(crate) fn list(visit: &Visit<'_>, account: &Account, link: &str, edge: &Edge) -> Outcome {
    if edge.params.filled("platform") != Some("instagram") {
        return Err(GraphError::parameter("The parameter platform must be instagram"));
    }
    let wanted = edge
        .params
        .filled("user_id")
        .map(|id| {
            id.parse::<u64>().map_err(|_| GraphError::parameter("user_id must be an Instagram-scoped ID"))
        })
        .transpose()?;
    let mut threads: Vec<(i64, Thread)> = (0..CUSTOMERS)
        .map(|customer| Thread::new(account, customer))
        .filter(|thread| wanted.is_none_or(|id| thread.scoped_id() == id))
        .filter_map(|thread| Some((thread.messages(visit).last()?.at, thread)))
        .collect();
    threads.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let ids: Vec<u64> = threads.iter().map(|(_, thread)| thread.scoped_id()).collect();
    let slice = paging::slice(&ids, &edge.params, 25)?;
    let fields = edge.fields_or(&["id", "updated_time"]);
    let mut data = Vec::new();
    for (_, thread) in &threads[slice.range.clone()] {
        data.push(conversation(visit, thread, &fields)?);
    }
    Ok(slice.edge(data, link, &edge.params))
}

/// Reads a conversation or a message by its id, or one of their edges.
pub(crate) fn read(visit: &Visit<'_>, account: &Account, id: &str, tail: &[&str]) -> Outcome {
    let missing = || visit.missing(id);
    let bytes = URL_SAFE_NO_PAD.decode(id.trim_start_matches("aWdf")).map_err(|_| missing())?;
    let text = String::from_utf8(bytes).map_err(|_| missing())?;
    let parts: Vec<&str> = text.get(1..).unwrap_or_default().split('/').collect();
    let number = |index: usize| parts.get(index).and_then(|part| part.parse::<u64>().ok());
    if number(0) != Some(account.id) {
        return Err(missing());
    }
    let customer = number(1).filter(|customer| *customer < CUSTOMERS).ok_or_else(missing)?;
    let thread = Thread::new(account, customer);
    match (text.starts_with('t'), number(2), tail) {
        (true, None, []) => conversation(visit, &thread, &visit.fields(&["id", "updated_time"])?),
        (true, None, ["messages"]) => messages(visit, &thread, &Edge::by_path(visit)?),
        (false, Some(number), []) => message(visit, &thread, number, &visit.fields(&["id", "created_time"])?),
        (false, Some(number), ["attachments"]) => {
            let answer = message(visit, &thread, number, &[Field::plain("attachments")])?;
            Ok(answer.get("attachments").cloned().unwrap_or_else(|| json!({"data": []})))
        }
        (_, _, [.., last]) => Err(GraphError::unknown_path(&format!("/{last}"))),
        _ => Err(missing()),
    }
}

fn conversation(visit: &Visit<'_>, thread: &Thread, fields: &[Field]) -> Outcome {
    let all = thread.messages(visit);
    let (account, customer) = thread.participants(visit.world().seed);
    select(fields, thread.id(), |field| {
        Ok(match field.name.as_str() {
            "updated_time" => all.last().map(|message| time(message.at).into()),
            "participants" => Some(json!({"data": [account.clone(), customer.clone()]})),
            "messages" => Some(messages(visit, thread, &Edge::nested(visit, field))?),
            "message_count" => Some(all.len().into()),
            // What came since the account last wrote.
            "unread_count" => Some(all.iter().rev().take_while(|message| !message.ours).count().into()),
            "link" => Some(format!("https://www.instagram.com/direct/t/{}/", thread.scoped_id()).into()),
            // A conversation of two has no name of its own.
            other => known::absent(other, "UnifiedThread")?,
        })
    })
}

/// The messages of a conversation, newest first.
fn messages(visit: &Visit<'_>, thread: &Thread, edge: &Edge) -> Outcome {
    let mut all = thread.messages(visit);
    all.reverse();
    let ids: Vec<u64> = all.iter().map(|message| message.number).collect();
    let slice = paging::slice(&ids, &edge.params, 25)?;
    let fields = edge.fields_or(&["id", "created_time"]);
    // Of older messages only that they exist is told.
    let bare: Vec<Field> =
        fields.iter().filter(|field| matches!(field.name.as_str(), "id" | "created_time")).cloned().collect();
    let mut data = Vec::new();
    for index in slice.range.clone() {
        let fields = if index < DETAILED { &fields } else { &bare };
        data.push(object(visit, thread, &all[index], fields)?);
    }
    Ok(slice.edge(data, &visit.link(&format!("/{}/messages", thread.id())), &edge.params))
}

fn message(visit: &Visit<'_>, thread: &Thread, number: u64, fields: &[Field]) -> Outcome {
    let all = thread.messages(visit);
    // Older messages are listed, but asking for one fails as if it had been deleted.
    let found = all.iter().rev().take(DETAILED).find(|message| message.number == number);
    let message = found.ok_or_else(|| visit.missing(thread.message_id(number)))?;
    object(visit, thread, message, fields)
}

fn object(visit: &Visit<'_>, thread: &Thread, message: &Message, fields: &[Field]) -> Outcome {
    let (account, customer) = thread.participants(visit.world().seed);
    let (from, to) = if message.ours { (account, customer) } else { (customer, account) };
    let id = thread.message_id(message.number);
    select(fields, &id, |field| {
        Ok(match field.name.as_str() {
            "created_time" => Some(time(message.at).into()),
            "from" => Some(from.clone()),
            "to" => Some(json!({"data": [to.clone()]})),
            "message" => Some(message.text.clone().into()),
            "tags" => {
                let direction = if message.ours { "sent" } else { "read" };
                Some(json!({"data": [{"name": "inbox"}, {"name": direction}]}))
            }
            "attachments" if !message.attachments.is_empty() => {
                let data: Vec<Value> =
                    message.attachments.iter().map(|attachment| attachment.told(&id)).collect();
                Some(json!({ "data": data }))
            }
            other => known::absent(other, "Message")?,
        })
    })
}

/// A customer's profile, for the account that they wrote to and nobody else.
pub(crate) fn profile(visit: &Visit<'_>, account: &Account, id: &str) -> Outcome {
    let thread = id
        .parse()
        .ok()
        .and_then(|id| Thread::of_scoped_id(account, id))
        .filter(|thread| thread.messages(visit).iter().any(|message| !message.ours))
        .ok_or_else(|| visit.missing(id))?;
    let seed = visit.world().seed;
    let draw = |salt: &str| mix(&[seed, account.id, thread.customer, tag(salt)]);
    let username = thread.username(seed);
    select(&visit.fields(&["name"])?, id, |field| {
        Ok(match field.name.as_str() {
            "name" => Some(username.split(['.', '_']).next().unwrap_or(username).into()),
            "username" => Some(username.into()),
            "profile_pic" => Some(format!("https://cdn.example/profiles/{username}.jpg").into()),
            "follower_count" => Some((draw("followers") % 3_000).into()),
            "is_user_follow_business" => Some((draw("follows us") % 3 > 0).into()),
            "is_business_follow_user" => Some((draw("we follow") % 5 == 0).into()),
            "is_verified_user" => Some(false.into()),
            other => return Err(GraphError::unknown_field(other, "IGUser")),
        })
    })
}
