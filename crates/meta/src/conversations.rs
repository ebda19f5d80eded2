//! Messages between an account and the people who write to it
//! (`/docs/messenger-platform/instagram/features/conversation`,
//! `/docs/instagram-platform/instagram-api-with-instagram-login/conversations-api`).
//!
//! The two logins reach them through different objects: with Facebook Login the Page and its token,
//! with Instagram Login the account and its own. That object is called the owner here.

use chrono::{DateTime, Utc};
use platform::Secret;
use serde_json::{Value, json};

use crate::body;
use crate::call::{Call, Purpose, is_message_id, known_id};
use crate::client::Client;
use crate::error::{Error, ErrorKind};
use crate::lists::Limit;
use crate::provider::Provider;

/// A list of conversations.
const LIST: Limit = Limit { entries: 10_000, steps: 200 };
/// The longest text of a message, in bytes of UTF-8.
pub const MAX_TEXT_BYTES: usize = 1000;

/// Fields of a message.
const MESSAGE_FIELDS: &str = "id,created_time,from,to,message,attachments,is_unsupported";

/// A conversation in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConversationEntry {
    /// Its id.
    pub id: String,
    /// When something was last said.
    pub updated_time: Option<DateTime<Utc>>,
}

/// Somebody in a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Participant {
    /// The id, scoped to the account (IGSID).
    pub id: String,
    /// The handle.
    pub username: Option<String>,
}

/// One conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversation {
    /// Its id.
    pub id: String,
    /// Who takes part, the account included.
    pub participants: Vec<Participant>,
    /// Ids of its messages, newest first. Only the 20 newest can be read.
    pub message_ids: Vec<String>,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its id.
    pub id: String,
    /// When it was sent.
    pub created_time: Option<DateTime<Utc>>,
    /// Who sent it.
    pub from: Option<Participant>,
    /// Who got it.
    pub to: Vec<Participant>,
    /// What it says.
    pub text: Option<String>,
    /// How many things are attached to it.
    pub attachments: usize,
    /// Whether Meta's API cannot show it.
    pub is_unsupported: bool,
}

/// What to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outgoing {
    /// Text of at most [`MAX_TEXT_BYTES`].
    Text(String),
    /// A picture at a public address.
    Image(url::Url),
}

/// Under which rule a message is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// An answer within 24 hours of the person's last message.
    Standard,
    /// An answer written by a human agent within seven days; the app needs Meta's approval for it.
    HumanAgent,
}

/// A message that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Who gets it.
    pub recipient_id: String,
    /// Its id.
    pub message_id: String,
}

impl Client {
    /// Conversations of the owner, latest first; with `person` only those with that one.
    ///
    /// # Errors
    /// As classified.
    pub async fn conversations(
        &self,
        provider: Provider,
        token: &Secret,
        owner_id: &str,
        person: Option<&str>,
    ) -> Result<Vec<ConversationEntry>, Error> {
        let path = [known_id(provider.data_host(), owner_id)?, "conversations"];
        let person = person.map(|person| known_id(provider.data_host(), person)).transpose()?;
        let call = || {
            let call = Call::get(provider.data_host(), Purpose::Conversation, &path)
                .query("platform", "instagram")
                .query("fields", "id,updated_time");
            person.into_iter().fold(call, |call, person| call.query("user_id", person))
        };
        let read = |entry: &Value| {
            Some(ConversationEntry {
                id: body::message_id(entry, "id")?,
                updated_time: body::time(entry, "updated_time"),
            })
        };
        self.walk(token, LIST, call, read).await
    }

    /// One conversation, with the ids of its messages.
    ///
    /// # Errors
    /// As classified.
    pub async fn conversation(
        &self,
        provider: Provider,
        token: &Secret,
        conversation_id: &str,
    ) -> Result<Conversation, Error> {
        let host = provider.data_host();
        let call = Call::get(host, Purpose::Conversation, &[known_message_id(provider, conversation_id)?])
            .query("fields", "participants,messages");
        let answer = self.send(self.sign(call, token)?).await?;
        let inner = |key| answer.body.get(key).unwrap_or(&Value::Null);
        let messages = body::elements(inner("messages"), "data");
        Ok(Conversation {
            id: body::message_id(&answer.body, "id").unwrap_or_else(|| conversation_id.to_owned()),
            participants: participants(inner("participants")),
            message_ids: messages.iter().filter_map(|message| body::message_id(message, "id")).collect(),
        })
    }

    /// One message.
    ///
    /// # Errors
    /// `Gone` when it was deleted, or is not among the 20 newest of its conversation; otherwise as
    /// classified.
    pub async fn message(
        &self,
        provider: Provider,
        token: &Secret,
        message_id: &str,
    ) -> Result<Message, Error> {
        let host = provider.data_host();
        let call = Call::get(host, Purpose::Conversation, &[known_message_id(provider, message_id)?])
            .query("fields", MESSAGE_FIELDS);
        let answer = self.send(self.sign(call, token)?).await?;
        message(&answer.body).ok_or_else(|| Error::malformed(host, "the answer has no id"))
    }

    /// Sends a message to a person who wrote before. Meta offers no way to repeat this safely.
    ///
    /// # Errors
    /// `MessageRefused` when it will not be sent, `Unclear` when it may have been: read the
    /// conversation before sending again; otherwise as classified.
    pub async fn send_message(
        &self,
        provider: Provider,
        token: &Secret,
        owner_id: &str,
        recipient_id: &str,
        message: &Outgoing,
        window: Window,
    ) -> Result<Sent, Error> {
        let host = provider.data_host();
        let path = [known_id(provider.data_host(), owner_id)?, "messages"];
        let recipient_id = known_id(provider.data_host(), recipient_id)?;
        let message = match message {
            Outgoing::Text(text) if text.is_empty() || text.len() > MAX_TEXT_BYTES => {
                return Err(Error::new(ErrorKind::BadRequest, "the text is empty or too long").at(host));
            }
            Outgoing::Text(text) => json!({ "text": text }),
            Outgoing::Image(url) => {
                json!({ "attachment": { "type": "image", "payload": { "url": url.as_str() } } })
            }
        };
        let mut order = json!({ "recipient": { "id": recipient_id }, "message": message });
        if window == Window::HumanAgent {
            order["messaging_type"] = json!("MESSAGE_TAG");
            order["tag"] = json!("HUMAN_AGENT");
        }
        let call = Call::post_json(host, Purpose::Send, &path, order);
        let answer = self.send(self.sign(call, token)?).await?;
        let message_id = body::message_id(&answer.body, "message_id")
            .ok_or_else(|| Error::new(ErrorKind::Unclear, "the answer names no message").at(host))?;
        let recipient_id = body::id(&answer.body, "recipient_id").unwrap_or_else(|| recipient_id.to_owned());
        Ok(Sent { recipient_id, message_id })
    }
}

fn known_message_id(provider: Provider, id: &str) -> Result<&str, Error> {
    if is_message_id(id) { Ok(id) } else { Err(Error::not_an_id(provider.data_host())) }
}

fn participants(list: &Value) -> Vec<Participant> {
    body::elements(list, "data").iter().filter_map(participant).collect()
}

fn participant(entry: &Value) -> Option<Participant> {
    Some(Participant { id: body::id(entry, "id")?, username: body::name(entry, "username") })
}

pub(crate) fn message(entry: &Value) -> Option<Message> {
    let inner = |key| entry.get(key).unwrap_or(&Value::Null);
    Some(Message {
        id: body::message_id(entry, "id")?,
        created_time: body::time(entry, "created_time"),
        from: participant(inner("from")),
        to: participants(inner("to")),
        text: body::text(entry, "message"),
        attachments: body::elements(inner("attachments"), "data").len(),
        is_unsupported: body::truth(entry, "is_unsupported").unwrap_or(false),
    })
}

#[cfg(test)]
mod tests;
