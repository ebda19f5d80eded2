//! A mail server that keeps everything and delivers nothing.

pub(crate) mod inbox;
mod message;
pub(crate) mod smtp;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::state::State;

/// A mail that was handed in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Mail {
    pub(crate) id: u64,
    pub(crate) received_at: DateTime<Utc>,
    /// The envelope's sender.
    pub(crate) from: String,
    /// The envelope's recipients.
    pub(crate) to: Vec<String>,
    /// The bytes as sent, each as the character of the same number, so that JSON can hold them.
    pub(crate) raw: String,
}

/// How the mail server behaves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SmtpMode {
    #[serde(default)]
    pub(crate) mode: Mode,
    /// Only for recipients that contain this; rejections only.
    #[serde(default)]
    pub(crate) to: Option<String>,
}

/// The ways of failing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mode {
    #[default]
    Ok,
    /// Closes every connection at once.
    Refuse,
    /// Answers recipients with 451.
    #[serde(rename = "reject_4xx")]
    Reject4xx,
    /// Answers recipients with 550.
    #[serde(rename = "reject_5xx")]
    Reject5xx,
    /// Accepts connections and never says a word.
    Hang,
}

/// How many mails are kept; the oldest go first.
const KEPT: usize = 5_000;

impl State {
    pub(crate) fn keep_mail(&mut self, from: String, to: Vec<String>, raw: &[u8]) -> u64 {
        let id = self.next();
        let received_at = self.clock.now();
        let raw = raw.iter().map(|byte| char::from(*byte)).collect();
        self.mails.push(Mail { id, received_at, from, to, raw });
        if self.mails.len() > KEPT {
            self.mails.remove(0);
        }
        id
    }
}

impl Mail {
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.raw.chars().map(|character| character as u8).collect()
    }
}
