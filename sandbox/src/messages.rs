//! Conversations (pages "Conversations API" and "Send API" of the Instagram platform).
//!
//! Every account has a few customers who write now and then and are answered; what is said follows
//! from the seed and the time. Messages sent through the API, and customers' messages made through
//! the control API, are kept.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::DateTime;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    clock::meta_time,
    error::GraphError,
    graph::Outcome,
    paging,
    people::Account,
    seed::{mix, pick, tag},
    visit::Visit,
};

/// What was added to a conversation that the seed did not put there.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Conversation {
    pub(crate) messages: Vec<Message>,
}

/// One message.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Message {
    /// Number within the conversation; added ones begin at [`ADDED`].
    pub(crate) number: u64,
    pub(crate) at: i64,
    /// Sent by the account, not by the customer.
    pub(crate) ours: bool,
    pub(crate) text: String,
}

const ADDED: u64 = 1_000_000;
/// 2026-01-05T09:00:00Z, when the first customers began to write.
const BEGINNING: i64 = 1_767_603_600;
const CUSTOMER_BASE: u64 = 900_000_000_000_000;
const CUSTOMERS: u64 = 4;
/// Details exist for this many newest messages of a conversation.
const DETAILED: usize = 20;
const LONGEST_TEXT: usize = 1_000;
const DAY: i64 = 86_400;

const NAMES: &[&str] =
    &["kim", "robin.b", "sasha_v", "alex.makes", "noor", "jo.walks", "mika", "luca.and.co"];
const QUESTIONS: &[&str] = &[
    "Are you open today?",
    "Do you ship abroad?",
    "Is the blue one still available?",
    "Loved my last visit!",
    "What time do you close?",
    "Can I book for four?",
];
const ANSWERS: &[&str] =
    &["Until 17:00", "Yes, we do.", "Thank you!", "Let me check and come back to you.", "Of course."];

/// A customer as one account knows them.
#[derive(Clone, Debug)]
struct Thread {
    account: Account,
    customer: u64,
}

impl Thread {
    fn new(account: &Account, customer: u64) -> Self {
        Self { account: account.clone(), customer }
    }

    /// The Instagram-scoped id of the customer.
    fn scoped_id(&self) -> u64 {
        CUSTOMER_BASE + self.account.index * 10 + self.customer
    }

    fn of_scoped_id(account: &Account, id: u64) -> Option<Self> {
        let customer = id.checked_sub(CUSTOMER_BASE + account.index * 10)?;
        (customer < CUSTOMERS).then(|| Self::new(account, customer))
    }

    fn username(&self, seed: u64) -> &'static str {
        pick::<&'static str>(NAMES, &[seed, self.account.id, self.customer, tag("customer")])
    }

    fn key(&self) -> String {
        format!("{}/{}", self.account.id, self.customer)
    }

    fn id(&self) -> String {
        format!("aWdf{}", URL_SAFE_NO_PAD.encode(format!("t{}", self.key())))
    }

    fn message_id(&self, number: u64) -> String {
        format!("aWdf{}", URL_SAFE_NO_PAD.encode(format!("m{}/{number}", self.key())))
    }

    /// All messages up to now, oldest first.
    fn messages(&self, visit: &Visit<'_>) -> Vec<Message> {
        let seed = visit.world().seed;
        let words = |salt: &str| [seed, self.account.id, self.customer, tag(salt)];
        let every = (30 + mix(&words("every")) % 90) as i64 * 3_600;
        let now = visit.now.timestamp();
        let begun = BEGINNING + (mix(&words("begun")) % 2_000_000) as i64;
        let mut list: Vec<Message> = (0..)
            .map(|number: u64| {
                let ours = number % 2 == 1;
                let texts = if ours { ANSWERS } else { QUESTIONS };
                // An answer follows its question after an hour and a half.
                let at = begun + (number / 2) as i64 * every + if ours { 5_400 } else { 0 };
                let text = *pick(texts, &[seed, self.account.id, self.customer, number]);
                Message { number, at, ours, text: text.to_owned() }
            })
            .take_while(|message| message.at <= now)
            .collect();
        if let Some(added) = visit.inner.state.conversations.get(&self.key()) {
            list.extend(added.messages.iter().filter(|message| message.at <= now).cloned());
        }
        list.sort_by_key(|message| (message.at, message.number));
        list
    }

    fn add(&self, visit: &mut Visit<'_>, ours: bool, text: &str) -> Message {
        let (at, key) = (visit.now.timestamp(), self.key());
        let number = ADDED + visit.state().next();
        let message = Message { number, at, ours, text: text.to_owned() };
        visit.state().conversations.entry(key).or_default().messages.push(message.clone());
        message
    }

    fn participants(&self, seed: u64) -> (Value, Value) {
        (
            json!({"username": self.account.username, "id": self.account.id.to_string()}),
            json!({"username": self.username(seed), "id": self.scoped_id().to_string()}),
        )
    }
}

/// Whether an id is one of a conversation or a message.
pub(crate) fn is_ours(id: &str) -> bool {
    id.starts_with("aWdf")
}

fn time(at: i64) -> String {
    meta_time(DateTime::from_timestamp(at, 0).unwrap_or_default())
}

/// `/{page-id}/conversations` and `/me/conversations`.
pub(crate) fn list(visit: &Visit<'_>, account: &Account, link: &str) -> Outcome {
    if visit.call.params.filled("platform") != Some("instagram") {
        return Err(GraphError::parameter("The parameter platform must be instagram"));
    }
    let wanted = visit.call.params.filled("user_id").and_then(|id| id.parse::<u64>().ok());
    let mut threads: Vec<(i64, Thread)> = (0..CUSTOMERS)
        .map(|customer| Thread::new(account, customer))
        .filter(|thread| wanted.is_none_or(|id| thread.scoped_id() == id))
        .filter_map(|thread| Some((thread.messages(visit).last()?.at, thread)))
        .collect();
    threads.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let ids: Vec<u64> = threads.iter().map(|(_, thread)| thread.scoped_id()).collect();
    let slice = paging::slice(&ids, &visit.call.params, 25)?;
    let data = threads[slice.range.clone()]
        .iter()
        .map(|(at, thread)| json!({"id": thread.id(), "updated_time": time(*at)}))
        .collect();
    Ok(slice.edge(data, link, &crate::graph::with_token(visit)))
}

/// Reads a conversation or a message by its id.
pub(crate) fn read(visit: &Visit<'_>, account: &Account, id: &str) -> Outcome {
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
    match (text.starts_with('t'), number(2)) {
        (true, None) => conversation(visit, &thread),
        (false, Some(number)) => message(visit, &thread, number),
        _ => Err(missing()),
    }
}

fn conversation(visit: &Visit<'_>, thread: &Thread) -> Outcome {
    let messages = thread.messages(visit);
    let (account, customer) = thread.participants(visit.world().seed);
    crate::visit::select(&visit.fields(&["id", "updated_time"])?, thread.id(), |field| {
        Ok(match field.name.as_str() {
            "updated_time" => messages.last().map(|message| time(message.at).into()),
            "participants" => Some(json!({"data": [account.clone(), customer.clone()]})),
            "messages" => {
                let data: Vec<Value> = messages
                    .iter()
                    .rev()
                    .take(50)
                    .map(|message| {
                        json!({"id": thread.message_id(message.number), "created_time": time(message.at)})
                    })
                    .collect();
                Some(json!({ "data": data }))
            }
            other => return Err(GraphError::unknown_field(other, "Conversation")),
        })
    })
}

fn message(visit: &Visit<'_>, thread: &Thread, number: u64) -> Outcome {
    let messages = thread.messages(visit);
    let id = thread.message_id(number);
    // Older messages are listed, but asking for one fails as if it had been deleted.
    let found = messages.iter().rev().take(DETAILED).find(|message| message.number == number);
    let message = found.ok_or_else(|| visit.missing(&id))?;
    let (account, customer) = thread.participants(visit.world().seed);
    let (from, to) = if message.ours { (account, customer) } else { (customer, account) };
    crate::visit::select(&visit.fields(&["id", "created_time"])?, &id, |field| {
        Ok(match field.name.as_str() {
            "created_time" => Some(time(message.at).into()),
            "from" => Some(from.clone()),
            "to" => Some(json!({"data": [to.clone()]})),
            "message" => Some(message.text.clone().into()),
            "attachments" | "reactions" | "shares" | "story" => None,
            "is_unsupported" => None,
            other => return Err(GraphError::unknown_field(other, "Message")),
        })
    })
}

/// `POST …/messages`: free text within a day of the customer's last message, a human's answer
/// within seven.
pub(crate) fn send(visit: &mut Visit<'_>, account: &Account) -> Outcome {
    let object = |name: &str| -> Option<Value> { serde_json::from_str(visit.call.params.filled(name)?).ok() };
    let recipient = object("recipient")
        .as_ref()
        .and_then(|recipient| recipient.get("id"))
        .and_then(|id| id.as_str().and_then(|id| id.parse().ok()).or_else(|| id.as_u64()))
        .ok_or_else(|| GraphError::parameter("The parameter recipient is required"))?;
    let thread = Thread::of_scoped_id(account, recipient)
        .ok_or_else(|| GraphError::new(400, 100, "(#100) No matching user found").subcode(2_534_014))?;
    if let Some(action) = visit.call.params.filled("sender_action") {
        const ACTIONS: [&str; 5] = ["typing_on", "typing_off", "mark_seen", "react", "unreact"];
        if !ACTIONS.contains(&action) {
            return Err(GraphError::parameter(format!(
                "sender_action must be one of {}",
                ACTIONS.join(", ")
            )));
        }
        return Ok(json!({"recipient_id": recipient.to_string()}));
    }
    let message =
        object("message").ok_or_else(|| GraphError::parameter("The parameter message is required"))?;
    let text = message.get("text").and_then(Value::as_str);
    if text.is_none() && message.get("attachment").is_none() {
        return Err(GraphError::parameter("message needs a text or an attachment").subcode(2_534_029));
    }
    let text = text.unwrap_or("(attachment)").to_owned();
    if text.is_empty() || text.len() > LONGEST_TEXT {
        return Err(GraphError::parameter("message[text] must be a UTF-8 string of 1 to 1000 bytes")
            .subcode(2_534_029));
    }
    let window = match visit.call.params.filled("tag") {
        None => DAY,
        Some("HUMAN_AGENT") => 7 * DAY,
        Some(other) => {
            return Err(GraphError::parameter(format!("The message tag {other} is no longer supported")));
        }
    };
    let last = thread.messages(visit).iter().rev().find(|message| !message.ours).map(|message| message.at);
    if last.is_none_or(|at| visit.now.timestamp() - at > window) {
        return Err(GraphError::new(
            400,
            10,
            "(#10) This message is sent outside of allowed window. Learn more about the new policy here: https://developers.facebook.com/docs/messenger-platform/policy-overview",
        )
        .subcode(2_534_022));
    }
    let sent = thread.add(visit, true, &text);
    Ok(json!({"recipient_id": recipient.to_string(), "message_id": thread.message_id(sent.number)}))
}

/// Whether an id could be a customer's.
pub(crate) fn is_customer(id: &str) -> bool {
    id.parse::<u64>().is_ok_and(|id| (CUSTOMER_BASE..CUSTOMER_BASE + 100_000_000_000_000).contains(&id))
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
    crate::visit::select(&visit.fields(&["name"])?, id, |field| {
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

/// Lets a customer write, for the control API; gives the customer's id and the message's.
pub(crate) fn receive(
    state: &mut crate::state::State,
    account: &Account,
    customer: u64,
    text: &str,
) -> Option<(String, String)> {
    if customer >= CUSTOMERS {
        return None;
    }
    let thread = Thread::new(account, customer);
    let at = state.clock.now().timestamp();
    let number = ADDED + state.next();
    let message = Message { number, at, ours: false, text: text.to_owned() };
    state.conversations.entry(thread.key()).or_default().messages.push(message);
    Some((thread.scoped_id().to_string(), thread.message_id(number)))
}
