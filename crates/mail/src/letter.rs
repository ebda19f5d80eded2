//! A mail as a list of blocks, written once and then shown as plain text and as HTML.

use chrono::{DateTime, Utc};
use platform::Secret;
use platform::user_text::{handle, name};

use crate::content::{Content, Ends, Stage, days_in_words};
use crate::{cause, operator};

/// One block of a mail.
pub(crate) enum Block {
    /// A paragraph.
    Text(String),
    /// Handles, one a line.
    Accounts(Vec<String>),
    /// A link to press.
    Link { label: String, url: Secret },
    /// A paragraph in small print.
    Small(String),
}

/// A link and when it stops working.
pub(crate) struct Link {
    pub(crate) url: Secret,
    pub(crate) expires_at: DateTime<Utc>,
}

/// The text of a mail about `content`, which carries `link`. `home` is the address of the product.
pub(crate) fn blocks(content: &Content, link: Option<&Link>, home: &str) -> Vec<Block> {
    match content {
        Content::ConfirmAddress { name } => confirm_address(name, link),
        Content::AddressInUse { name } => address_in_use(name, home),
        Content::NeedsReconnect { workspace_name, cause, accounts, stage } => {
            needs_reconnect(workspace_name, &cause::words(*cause), accounts, *stage, link)
        }
        Content::OwnerNeeded { .. } | Content::NoNumbers { .. } => team::blocks(&[content], home),
        Content::ExpiresSoon { workspace_name, accounts, days, ends } => {
            expires_soon(workspace_name, accounts, *days, *ends, link)
        }
        Content::ReconnectLink { workspace_name, username, others, sender_name } => {
            let accounts: Vec<_> = std::iter::once(username).chain(others).cloned().collect();
            reconnect_link(workspace_name, &accounts, sender_name, link)
        }
        Content::ConnectLink { workspace_name, client_name, sender_name } => {
            connect_link(workspace_name, client_name, sender_name, link)
        }
        Content::AnotherLink { workspace_name, accounts } => another_link(workspace_name, accounts, link),
        Content::Recovered { workspace_name, accounts } => recovered(workspace_name, accounts),
        Content::OperatorNotice { matter, about } => operator_notice(&matter.words(), about.as_deref(), home),
        Content::Test => test(),
        Content::ChannelDisabled { workspace_name, channel_name, gone } => {
            channel_disabled(workspace_name, channel_name, *gone, home)
        }
    }
}

fn confirm_address(person: &str, link: Option<&Link>) -> Vec<Block> {
    let mut blocks = vec![
        Block::Text(format!("Hello {},", name(person))),
        Block::Text("Please confirm that this is your address. Then you can sign in to Mooring.".to_owned()),
    ];
    if let Some(link) = link {
        blocks.push(Block::Link { label: "Confirm address".to_owned(), url: link.url.clone() });
        blocks.push(Block::Text(format!("The link works once, until {}.", moment(link.expires_at))));
    }
    blocks.push(Block::Small(
        "You did not sign up? Then somebody mistyped an address. Do nothing, and nothing happens.".to_owned(),
    ));
    blocks
}

fn address_in_use(person: &str, home: &str) -> Vec<Block> {
    vec![
        Block::Text(format!("Hello {},", name(person))),
        Block::Text(
            "Somebody, perhaps you, has just tried to sign up at Mooring with this address. You are \
             already signed up, so nothing was changed. Simply sign in:"
                .to_owned(),
        ),
        Block::Link { label: "Sign in".to_owned(), url: Secret::new(home) },
        Block::Small("It was not you? Then there is nothing to do.".to_owned()),
    ]
}

fn needs_reconnect(
    workspace: &str,
    words: &cause::Words,
    accounts: &[String],
    stage: Stage,
    link: Option<&Link>,
) -> Vec<Block> {
    let workspace = name(workspace);
    let several = accounts.len() != 1;
    let mut blocks = vec![Block::Text("Hello,".to_owned())];
    if let Some(before) = match stage {
        Stage::Opened => None,
        Stage::Reminder => Some("this is a reminder: we wrote about this three days ago."),
        Stage::LastReminder => {
            Some("this is the last reminder: we wrote about this a week ago, and will not again.")
        }
    } {
        blocks.push(Block::Text(before.to_owned()));
    }
    blocks.extend([
        Block::Text(format!(
            "{workspace} looks after {} with Mooring. The connection to {} has stopped working:",
            if several { "your Instagram accounts" } else { "your Instagram account" },
            if several { "these" } else { "it" },
        )),
        accounts_block(accounts),
        Block::Text(words.happened.to_owned()),
        Block::Text(
            "Until it is repaired, no new numbers arrive. What was collected before is kept.".to_owned(),
        ),
    ]);
    blocks.extend(repair(words.to_do, several, link));
    blocks.push(gave_this_address(&workspace));
    blocks
}

fn expires_soon(
    workspace: &str,
    accounts: &[String],
    days: i64,
    ends: Ends,
    link: Option<&Link>,
) -> Vec<Block> {
    let workspace = name(workspace);
    let several = accounts.len() != 1;
    let why = match ends {
        Ends::Token => {
            "Meta lets a permission live for 60 days, and this time it could not be renewed without you."
        }
        Ends::DataAccess => {
            "Every 90 days Meta wants to hear from you yourself that the numbers may still be read."
        }
    };
    let mut blocks = vec![
        Block::Text("Hello,".to_owned()),
        Block::Text(format!(
            "{workspace} looks after {} with Mooring. In {} the permission for {} ends:",
            if several { "your Instagram accounts" } else { "your Instagram account" },
            days_in_words(days),
            if several { "these" } else { "it" },
        )),
        accounts_block(accounts),
        Block::Text(format!("{why} Nothing is lost yet; after that day no new numbers arrive.")),
    ];
    blocks.extend(repair(
        "To let it go on, open the link below and agree once more in Meta's window.",
        several,
        link,
    ));
    blocks.push(gave_this_address(&workspace));
    blocks
}

fn gave_this_address(workspace: &str) -> Block {
    Block::Small(format!(
        "{workspace} gave this address as the one to write to when the connection stops. If you do not \
         know them, do nothing: without you, nothing happens."
    ))
}

fn reconnect_link(workspace: &str, accounts: &[String], sender: &str, link: Option<&Link>) -> Vec<Block> {
    let (workspace, sender) = (name(workspace), name(sender));
    let several = accounts.len() != 1;
    let mut blocks = vec![
        Block::Text("Hello,".to_owned()),
        Block::Text(format!(
            "{sender} of {workspace} asks you to reconnect your Instagram {}, so that {workspace} can go on \
             reading {} numbers with Mooring:",
            if several { "accounts" } else { "account" },
            if several { "their" } else { "its" },
        )),
        accounts_block(accounts),
    ];
    blocks.extend(repair("Open the link below and agree in Meta's window.", several, link));
    blocks.push(entered_this_address(&sender));
    blocks
}

fn connect_link(workspace: &str, client: &str, sender: &str, link: Option<&Link>) -> Vec<Block> {
    let (workspace, client, sender) = (name(workspace), name(client), name(sender));
    let mut blocks = vec![
        Block::Text("Hello,".to_owned()),
        Block::Text(format!(
            "{sender} of {workspace} asks you to connect the Instagram accounts of {client}, so that {workspace} \
             can read their numbers with Mooring. It can read only: it posts nothing, answers no message and \
             changes no setting."
        )),
    ];
    if let Some(link) = link {
        blocks.extend([
            Block::Text(
                "The link below says what Meta will ask you. You agree in Meta's own window, and choose \
                 afterwards which accounts are connected."
                    .to_owned(),
            ),
            Block::Link { label: "Connect accounts".to_owned(), url: link.url.clone() },
            Block::Text(format!(
                "It works until {}, also for several logins. You need no login with us. Never give your \
                 password to anybody but Meta. What you connect you can end at any time, in the settings of \
                 Facebook or Instagram.",
                moment(link.expires_at)
            )),
        ]);
    }
    blocks.push(entered_this_address(&sender));
    blocks
}

fn entered_this_address(sender: &str) -> Block {
    Block::Small(format!(
        "{sender} entered this address. If you do not know them, do nothing: without you, nothing happens."
    ))
}

fn another_link(workspace: &str, accounts: &[String], link: Option<&Link>) -> Vec<Block> {
    let workspace = name(workspace);
    let several = accounts.len() != 1;
    let mut blocks = vec![
        Block::Text("Hello,".to_owned()),
        Block::Text(format!(
            "the link from our last mail had ended, and a new one was asked for. With it, {workspace} can go on \
             reading the numbers of:"
        )),
        accounts_block(accounts),
    ];
    blocks.extend(repair("Open the link below and agree in Meta's window.", several, link));
    blocks.push(Block::Small(
        "It was not you who asked? Then do nothing: without you, nothing happens.".to_owned(),
    ));
    blocks
}

fn recovered(workspace: &str, accounts: &[String]) -> Vec<Block> {
    let several = accounts.len() != 1;
    vec![
        Block::Text("Hello,".to_owned()),
        Block::Text(format!(
            "{} again, and new numbers arrive. There is nothing left to do:",
            if several {
                "These Instagram accounts are connected"
            } else {
                "This Instagram account is connected"
            },
        )),
        accounts_block(accounts),
        Block::Small(format!("This is about the mail on behalf of {} before.", name(workspace))),
    ]
}

fn operator_notice(words: &operator::Words, about: Option<&str>, home: &str) -> Vec<Block> {
    let how_often = match about {
        None => "There is one mail a day about each matter while it lasts.",
        Some(_) => "There is one mail about each.",
    };
    let mut blocks = vec![Block::Text("Hello,".to_owned()), Block::Text(words.happened.to_owned())];
    blocks.extend(about.map(|about| Block::Text(format!("It is about: {about}"))));
    blocks.extend([
        Block::Text(words.to_do.to_owned()),
        Block::Link { label: "Operator page".to_owned(), url: Secret::new(format!("{home}operator")) },
        Block::Small(format!("This address is listed in OPERATOR_EMAILS of this installation. {how_often}")),
    ]);
    blocks
}

fn test() -> Vec<Block> {
    vec![
        Block::Text("Hello,".to_owned()),
        Block::Text("this is a test. That you read it means that mails of Mooring arrive here.".to_owned()),
        Block::Small(
            "Somebody who runs the installation has asked for it. There is nothing to do.".to_owned(),
        ),
    ]
}

fn channel_disabled(workspace: &str, channel: &str, gone: bool, home: &str) -> Vec<Block> {
    let why = if gone {
        "its receiver answered that it is gone for good (410)"
    } else {
        "for three days nothing reached its receiver"
    };
    vec![
        Block::Text("Hello,".to_owned()),
        Block::Text(format!(
            "Mooring has switched off the channel {} of {}: {why}. Nothing is sent to it until somebody of your \
             team switches it on again.",
            name(channel),
            name(workspace)
        )),
        Block::Text(
            "Under Channels you see what was not delivered and what the receiver answered. What was missed in the \
             last 30 days can be sent again from there."
                .to_owned(),
        ),
        Block::Link { label: "Open Mooring".to_owned(), url: Secret::new(home) },
    ]
}

/// What to do, the link, and what it does and does not ask for.
fn repair(to_do: &str, several: bool, link: Option<&Link>) -> Vec<Block> {
    let Some(link) = link else { return vec![Block::Text(to_do.to_owned())] };
    vec![
        Block::Text(to_do.to_owned()),
        Block::Link { label: "Reconnect".to_owned(), url: link.url.clone() },
        Block::Text(format!(
            "It works until {}. {NO_LOGIN}{}",
            moment(link.expires_at),
            if several { " What belongs to the same login comes back together." } else { "" },
        )),
    ]
}

const NO_LOGIN: &str = "You need no login with us: it leads to Meta's own window, and nothing else is \
                        asked of you. Never give your password to anybody but Meta.";

fn accounts_block(accounts: &[String]) -> Block {
    Block::Accounts(accounts.iter().map(|account| handle(account)).collect())
}

fn moment(time: DateTime<Utc>) -> String {
    time.format("%-d %B %Y, %H:%M UTC").to_string()
}

mod digest;
mod team;
pub(crate) use digest::{Part, together};

#[cfg(test)]
mod tests;
