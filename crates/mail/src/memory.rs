//! A transport that keeps what it gets, for tests.

use std::sync::Mutex;

use async_trait::async_trait;
use lettre::Message;

use crate::transport::{Transport, TransportError};

/// Keeps every message; can be told to fail.
#[derive(Debug, Default)]
pub struct MemoryTransport {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    sent: Vec<Message>,
    failure: Option<TransportError>,
}

impl MemoryTransport {
    /// An empty one that takes everything.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Every message taken so far, oldest first.
    #[must_use]
    pub fn sent(&self) -> Vec<Message> {
        self.lock().sent.clone()
    }

    /// The messages taken so far as they would cross the wire: headers and encoded bodies.
    #[must_use]
    pub fn sent_texts(&self) -> Vec<String> {
        self.lock()
            .sent
            .iter()
            .map(|message| String::from_utf8_lossy(&message.formatted()).into_owned())
            .collect()
    }

    /// Fails every message with `failure` from now on; `None` makes it take them again.
    pub fn fail_with(&self, failure: Option<TransportError>) {
        self.lock().failure = failure;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[async_trait]
impl Transport for MemoryTransport {
    async fn send(&self, message: Message) -> Result<(), TransportError> {
        let mut state = self.lock();
        match &state.failure {
            Some(failure) => Err(failure.clone()),
            None => {
                state.sent.push(message);
                Ok(())
            }
        }
    }
}
