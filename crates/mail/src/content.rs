//! Which mails there are, and what each needs to know. No secret is in here: it is stored as it is.

use entity::account::HealthReason;
use entity::outbox::MailKind;
use platform::user_text::{handle, name};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::cause;
use crate::operator::Matter;

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
        /// Which of the mails about it this is.
        #[serde(default)]
        stage: Stage,
    },
    /// Tells the team that accounts need their owners, who have been written to.
    OwnerNeeded {
        /// Who looks after the accounts.
        workspace_name: String,
        /// The workspace, for the link to it.
        workspace_id: Uuid,
        /// Why a person is needed.
        #[serde(with = "reason")]
        cause: HealthReason,
        /// The handles.
        accounts: Vec<String>,
    },
    /// Tells the team that no new numbers arrive although the connection works.
    NoNumbers {
        /// Who looks after the accounts.
        workspace_name: String,
        /// The workspace, for the link to it.
        workspace_id: Uuid,
        /// The handles.
        accounts: Vec<String>,
        /// Since when, in whole days.
        days: i64,
    },
    /// Tells an owner that a permission ends soon and that only they can make it last.
    ExpiresSoon {
        /// Who looks after the accounts.
        workspace_name: String,
        /// The handles.
        accounts: Vec<String>,
        /// Whole days that are left.
        days: i64,
        /// What ends.
        ends: Ends,
    },
    /// A reconnect link that a member sends.
    ReconnectLink {
        /// Who looks after the account.
        workspace_name: String,
        /// The handle.
        username: String,
        /// Further handles under the same login.
        #[serde(default)]
        others: Vec<String>,
        /// The member who sends it.
        sender_name: String,
    },
    /// A connect link that a member sends to a client.
    ConnectLink {
        /// Who wants to look after the accounts.
        workspace_name: String,
        /// For whom it is, as the team calls them.
        client_name: String,
        /// The member who sends it.
        sender_name: String,
    },
    /// A reconnect link that the owner asks for because the one before has ended.
    AnotherLink {
        /// Who looks after the accounts.
        workspace_name: String,
        /// The handles.
        accounts: Vec<String>,
    },
    /// Tells that accounts work again.
    Recovered {
        /// Who looks after the accounts.
        workspace_name: String,
        /// The handles.
        accounts: Vec<String>,
    },
    /// Tells whoever runs the installation that something needs them.
    OperatorNotice {
        /// What.
        matter: Matter,
        /// Which of several, where there can be.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        about: Option<String>,
    },
    /// Shows that mails arrive.
    Test,
    /// Tells the team that nothing is sent to one of its channels any more.
    ChannelDisabled {
        /// The workspace.
        workspace_name: String,
        /// What people call the channel.
        channel_name: String,
        /// Whether the receiver said that it is gone for good; otherwise nothing reached it for days.
        gone: bool,
    },
}

/// How often an owner has been written to about the same trouble.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The first mail.
    #[default]
    Opened,
    /// The second, three days later.
    Reminder,
    /// The last, seven days after the first.
    LastReminder,
}

/// Which of Meta's two clocks runs out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ends {
    /// The token's, of 60 days, which renewing did not move.
    Token,
    /// That of data access, of 90 days, which only the person can move.
    DataAccess,
}

impl Content {
    /// Whether it counts against what one recipient gets in a day: what nobody asked for.
    #[must_use]
    pub fn is_alert(kind: MailKind) -> bool {
        matches!(kind, MailKind::NeedsReconnect | MailKind::ExpiresSoon | MailKind::TeamAlert)
    }

    /// Whether several to one recipient are sent as one.
    #[must_use]
    pub fn is_gathered(kind: MailKind) -> bool {
        Self::is_alert(kind) || kind == MailKind::Recovered
    }

    /// The handles of the accounts it is about.
    #[must_use]
    pub fn accounts(&self) -> &[String] {
        match self {
            Self::NeedsReconnect { accounts, .. }
            | Self::OwnerNeeded { accounts, .. }
            | Self::NoNumbers { accounts, .. }
            | Self::ExpiresSoon { accounts, .. }
            | Self::AnotherLink { accounts, .. }
            | Self::Recovered { accounts, .. } => accounts,
            Self::ReconnectLink { username, .. } => std::slice::from_ref(username),
            Self::ConfirmAddress { .. }
            | Self::AddressInUse { .. }
            | Self::ConnectLink { .. }
            | Self::OperatorNotice { .. }
            | Self::ChannelDisabled { .. }
            | Self::Test => &[],
        }
    }

    /// On whose behalf it is written; nobody's, where it is the product's own.
    pub(crate) fn workspace_name(&self) -> &str {
        match self {
            Self::NeedsReconnect { workspace_name, .. }
            | Self::OwnerNeeded { workspace_name, .. }
            | Self::NoNumbers { workspace_name, .. }
            | Self::ExpiresSoon { workspace_name, .. }
            | Self::ReconnectLink { workspace_name, .. }
            | Self::ConnectLink { workspace_name, .. }
            | Self::ChannelDisabled { workspace_name, .. }
            | Self::AnotherLink { workspace_name, .. }
            | Self::Recovered { workspace_name, .. } => workspace_name,
            Self::ConfirmAddress { .. }
            | Self::AddressInUse { .. }
            | Self::OperatorNotice { .. }
            | Self::Test => "",
        }
    }

    /// The kind of mail.
    #[must_use]
    pub fn kind(&self) -> MailKind {
        match self {
            Self::ConfirmAddress { .. } => MailKind::ConfirmAddress,
            Self::AddressInUse { .. } => MailKind::AddressInUse,
            Self::NeedsReconnect { .. } => MailKind::NeedsReconnect,
            Self::OwnerNeeded { .. } | Self::NoNumbers { .. } => MailKind::TeamAlert,
            Self::ExpiresSoon { .. } => MailKind::ExpiresSoon,
            Self::ReconnectLink { .. } | Self::AnotherLink { .. } => MailKind::ReconnectLink,
            Self::ConnectLink { .. } => MailKind::ConnectLink,
            Self::Recovered { .. } => MailKind::Recovered,
            Self::OperatorNotice { .. } => MailKind::OperatorNotice,
            Self::Test => MailKind::Test,
            Self::ChannelDisabled { .. } => MailKind::ChannelDisabled,
        }
    }

    /// The subject line: one line, whatever the names in it hold.
    #[must_use]
    pub fn subject(&self) -> String {
        match self {
            Self::ConfirmAddress { .. } => "Confirm your address for Mooring".to_owned(),
            Self::AddressInUse { .. } => "You already have a Mooring account".to_owned(),
            Self::NeedsReconnect { cause, accounts, stage, .. } => {
                let subject = cause::words(*cause).subject.replace("{accounts}", &listed(accounts));
                if *stage == Stage::Opened { subject } else { format!("Reminder: {subject}") }
            }
            Self::OwnerNeeded { accounts, .. } => match accounts.as_slice() {
                [_] => format!("{} needs its owner", listed(accounts)),
                _ => format!("{} need their owners", listed(accounts)),
            },
            Self::NoNumbers { accounts, .. } => format!("No new numbers for {}", listed(accounts)),
            Self::ExpiresSoon { accounts, days, .. } => {
                format!("Please renew {} within {}", listed(accounts), days_in_words(*days))
            }
            Self::ReconnectLink { workspace_name, username, others, .. } => {
                let accounts: Vec<_> = std::iter::once(username).chain(others).cloned().collect();
                format!("{} asks you to reconnect {}", name(workspace_name), listed(&accounts))
            }
            Self::ConnectLink { workspace_name, .. } => {
                format!("{} asks you to connect Instagram accounts", name(workspace_name))
            }
            Self::AnotherLink { accounts, .. } => format!("Your new link to reconnect {}", listed(accounts)),
            Self::Recovered { accounts, .. } => match accounts.as_slice() {
                [_] => format!("{} is connected again", listed(accounts)),
                _ => format!("{} are connected again", listed(accounts)),
            },
            Self::OperatorNotice { matter, .. } => format!("Mooring needs you: {}", matter.words().subject),
            Self::Test => "A test mail of Mooring".to_owned(),
            Self::ChannelDisabled { channel_name, .. } => {
                format!("The channel {} was switched off", name(channel_name))
            }
        }
    }
}

/// Days as a mail counts them; the last one is a day, too.
pub(crate) fn days_in_words(days: i64) -> String {
    if days <= 1 { "a day".to_owned() } else { format!("{days} days") }
}

/// One handle, or how many accounts there are.
pub(crate) fn listed(accounts: &[String]) -> String {
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
        Content::NeedsReconnect {
            workspace_name: "Acme Social".to_owned(),
            cause,
            accounts,
            stage: Stage::Opened,
        }
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
        assert_eq!(
            serde_json::from_value::<Content>(json).unwrap(),
            content,
            "from before there were stages"
        );
        let json = serde_json::json!({
            "kind": "reconnect_link", "workspace_name": "Acme Social", "username": "a", "sender_name": "Bob",
        });
        let before = serde_json::from_value::<Content>(json).unwrap();
        assert_eq!(
            before.subject(),
            "Acme Social asks you to reconnect @a",
            "from before it could be several"
        );
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
    fn later_mails_say_so() {
        let mut content = needs_reconnect(HealthReason::Expired, &["a"]);
        if let Content::NeedsReconnect { stage, .. } = &mut content {
            *stage = Stage::LastReminder;
        }
        assert_eq!(content.subject(), "Reminder: Please reconnect @a");
        let soon = |days| Content::ExpiresSoon {
            workspace_name: "Acme Social".to_owned(),
            accounts: vec!["a".to_owned()],
            days,
            ends: Ends::DataAccess,
        };
        assert_eq!(soon(7).subject(), "Please renew @a within 7 days");
        assert_eq!(soon(1).subject(), "Please renew @a within a day");
    }

    #[test]
    fn subjects_are_one_line_without_links() {
        let content = Content::ReconnectLink {
            workspace_name: "Acme\r\nBcc: victim@example.com https://evil.example/".to_owned(),
            username: "nord\nSubject: x".to_owned(),
            others: Vec::new(),
            sender_name: "Bob".to_owned(),
        };
        let subject = content.subject();
        assert!(!subject.chars().any(char::is_control), "{subject:?}");
        assert!(!subject.contains("evil.example") && !subject.contains("example.com"), "{subject}");
    }
}
