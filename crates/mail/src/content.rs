//! Which mails there are, and what each needs to know. No secret is in here: it is stored as it is.

use entity::account::HealthReason;
use entity::outbox::MailKind;
use serde::{Deserialize, Serialize};

use crate::cause;
use crate::user_text::{handle, name};

/// What a mail says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Content {
    /// Asks to confirm an address.
    ConfirmAddress {
        /// Who signed up.
        name: String,
    },
    /// Tells the owner of an address that somebody tried to sign up with it.
    AddressInUse {
        /// Whose address it is.
        name: String,
    },
    /// Tells an owner that accounts need them; all of them have the same cause.
    NeedsReconnect {
        /// Who looks after the accounts.
        workspace_name: String,
        /// Why a person is needed.
        #[serde(with = "reason")]
        cause: HealthReason,
        /// The handles.
        accounts: Vec<String>,
    },
    /// A reconnect link that a member sends.
    ReconnectLink {
        /// Who looks after the account.
        workspace_name: String,
        /// The handle.
        username: String,
        /// The member who sends it.
        sender_name: String,
    },
    /// Tells that accounts work again.
    Recovered {
        /// Who looks after the accounts.
        workspace_name: String,
        /// The handles.
        accounts: Vec<String>,
    },
}

impl Content {
    /// The kind of mail.
    #[must_use]
    pub fn kind(&self) -> MailKind {
        match self {
            Self::ConfirmAddress { .. } => MailKind::ConfirmAddress,
            Self::AddressInUse { .. } => MailKind::AddressInUse,
            Self::NeedsReconnect { .. } => MailKind::NeedsReconnect,
            Self::ReconnectLink { .. } => MailKind::ReconnectLink,
            Self::Recovered { .. } => MailKind::Recovered,
        }
    }

    /// The subject line: one line, whatever the names in it hold.
    #[must_use]
    pub fn subject(&self) -> String {
        match self {
            Self::ConfirmAddress { .. } => "Confirm your address for Mooring".to_owned(),
            Self::AddressInUse { .. } => "You already have a Mooring account".to_owned(),
            Self::NeedsReconnect { cause, accounts, .. } => {
                cause::words(*cause).subject.replace("{accounts}", &listed(accounts))
            }
            Self::ReconnectLink { workspace_name, username, .. } => {
                format!("{} asks you to reconnect {}", name(workspace_name), handle(username))
            }
            Self::Recovered { accounts, .. } => match accounts.as_slice() {
                [_] => format!("{} is connected again", listed(accounts)),
                _ => format!("{} are connected again", listed(accounts)),
            },
        }
    }
}

/// One handle, or how many accounts there are.
fn listed(accounts: &[String]) -> String {
    match accounts {
        [only] => handle(only),
        _ => format!("{} Instagram accounts", accounts.len()),
    }
}

/// A cause as the word that the database holds for it.
mod reason {
    use entity::account::HealthReason;
    use sea_orm::ActiveEnum as _;
    use serde::{Deserialize as _, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(reason: &HealthReason, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&reason.to_value())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<HealthReason, D::Error> {
        let word = String::deserialize(from)?;
        HealthReason::try_from_value(&word).map_err(|_| de::Error::custom("no such cause"))
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::Iterable as _;

    use super::*;

    fn needs_reconnect(cause: HealthReason, accounts: &[&str]) -> Content {
        let accounts = accounts.iter().map(|text| (*text).to_owned()).collect();
        Content::NeedsReconnect { workspace_name: "Acme Social".to_owned(), cause, accounts }
    }

    #[test]
    fn content_survives_being_stored() {
        for cause in HealthReason::iter() {
            let content = needs_reconnect(cause, &["a", "b"]);
            let json = serde_json::to_value(&content).unwrap();
            assert_eq!(serde_json::from_value::<Content>(json).unwrap(), content);
        }
        let json = serde_json::json!({
            "kind": "needs_reconnect", "workspace_name": "Acme Social", "cause": "expired", "accounts": ["a"],
        });
        let content = needs_reconnect(HealthReason::Expired, &["a"]);
        assert_eq!(serde_json::to_value(content).unwrap(), json);
    }

    #[test]
    fn subjects_name_the_account_or_their_number() {
        assert_eq!(
            needs_reconnect(HealthReason::Expired, &["studio.nord"]).subject(),
            "Please reconnect @studio.nord"
        );
        assert_eq!(
            needs_reconnect(HealthReason::Checkpoint, &["a", "b", "c"]).subject(),
            "Meta wants a confirmation for 3 Instagram accounts"
        );
    }

    #[test]
    fn subjects_are_one_line_without_links() {
        let content = Content::ReconnectLink {
            workspace_name: "Acme\r\nBcc: victim@example.com https://evil.example/".to_owned(),
            username: "nord\nSubject: x".to_owned(),
            sender_name: "Bob".to_owned(),
        };
        let subject = content.subject();
        assert!(!subject.chars().any(char::is_control), "{subject:?}");
        assert!(!subject.contains("evil.example") && !subject.contains("example.com"), "{subject}");
    }
}
