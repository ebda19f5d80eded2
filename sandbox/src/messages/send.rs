//! Sending (page "Send API").

use serde_json::{Value, json};

use super::{Thread, attachment};
use crate::{error::GraphError, graph::Outcome, people::Account, visit::Visit};

const LONGEST_TEXT: usize = 1_000;
const DAY: i64 = 86_400;

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
    let attachments = attachment::of_message(&message)?;
    let text = match message.get("text").and_then(Value::as_str) {
        Some(text) if !text.is_empty() && text.len() <= LONGEST_TEXT => text.to_owned(),
        None if !attachments.is_empty() => String::new(),
        _ => {
            return Err(GraphError::parameter(
                "message needs an attachment, or a text that is a UTF-8 string of 1 to 1000 bytes",
            )
            .subcode(2_534_029));
        }
    };
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
    let sent = thread.add(visit, text, attachments);
    Ok(json!({"recipient_id": recipient.to_string(), "message_id": thread.message_id(sent.number)}))
}
