//! Conversations (pages "Conversations API" and "Send API" of the Instagram platform).
//!
//! Every account has a few customers who write now and then and are answered; what is said follows
//! from the seed and the time. Messages sent through the API, and customers' messages made through
//! the control API, are kept.

mod attachment;
mod read;
mod send;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    people::Account,
    seed::{mix, pick, tag},
    visit::Visit,
};

use attachment::Attachment;
pub(crate) use read::{list, profile, read};
pub(crate) use send::send;

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
    #[serde(default)]
    attachments: Vec<Attachment>,
}

const ADDED: u64 = 1_000_000;
/// 2026-01-05T09:00:00Z, when the first customers began to write.
const BEGINNING: i64 = 1_767_603_600;
const CUSTOMER_BASE: u64 = 900_000_000_000_000;
const CUSTOMERS: u64 = 4;

/// Who writes.
pub(crate) const NAMES: &[&str] =
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
                Message { number, at, ours, text: text.to_owned(), attachments: Vec::new() }
            })
            .take_while(|message| message.at <= now)
            .collect();
        if let Some(added) = visit.inner.state.conversations.get(&self.key()) {
            list.extend(added.messages.iter().filter(|message| message.at <= now).cloned());
        }
        list.sort_by_key(|message| (message.at, message.number));
        list
    }

    /// Adds a message of the account.
    fn add(&self, visit: &mut Visit<'_>, text: String, attachments: Vec<Attachment>) -> Message {
        let (at, key) = (visit.now.timestamp(), self.key());
        let number = ADDED + visit.state().next();
        let message = Message { number, at, ours: true, text, attachments };
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

/// Whether an id could be a customer's.
pub(crate) fn is_customer(id: &str) -> bool {
    id.parse::<u64>().is_ok_and(|id| (CUSTOMER_BASE..CUSTOMER_BASE + 100_000_000_000_000).contains(&id))
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
    let message = Message { number, at, ours: false, text: text.to_owned(), attachments: Vec::new() };
    state.conversations.entry(thread.key()).or_default().messages.push(message);
    Some((thread.scoped_id().to_string(), thread.message_id(number)))
}
