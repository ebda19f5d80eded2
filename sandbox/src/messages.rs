//! Conversations (pages "Conversations API" and "Send API" of the Instagram platform).

use serde::{Deserialize, Serialize};

/// What was added to a conversation that the seed did not put there.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Conversation {
    pub(crate) messages: Vec<Message>,
}

/// One message.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Message {
    pub(crate) id: String,
    pub(crate) at: i64,
    /// Sent by the account, not by the customer.
    pub(crate) ours: bool,
    pub(crate) text: String,
}
