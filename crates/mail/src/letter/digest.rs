//! Several mails to one recipient as one.

use platform::user_text::{handle, name};

use super::{Block, Link, NO_LOGIN, accounts_block, blocks, gave_this_address, moment, team};
use crate::cause;
use crate::content::{Content, Stage, days_in_words};

/// A mail of one outbox row: what it says, and its link.
pub(crate) type Part = (Content, Option<Link>);

/// Subject and text of one mail that says what `parts` say, which are of one kind and on behalf of one
/// workspace.
pub(crate) fn together(parts: &[Part], home: &str) -> (String, Vec<Block>) {
    let contents = || parts.iter().map(|(content, _)| content);
    let count: usize = contents().map(|content| content.accounts().len()).sum();
    match parts {
        [] => (String::new(), Vec::new()),
        [(content, link)] => (content.subject(), blocks(content, link.as_ref(), home)),
        [(Content::Recovered { workspace_name, .. }, _), ..] => {
            let accounts = contents().flat_map(Content::accounts).cloned().collect();
            let all = Content::Recovered { workspace_name: workspace_name.clone(), accounts };
            (all.subject(), blocks(&all, None, home))
        }
        [(Content::OwnerNeeded { .. } | Content::NoNumbers { .. }, _), ..] => {
            let all: Vec<_> = contents().collect();
            (format!("News about {count} Instagram accounts"), team::blocks(&all, home))
        }
        [(first, _), ..] => {
            let workspace = name(first.workspace_name());
            let mut blocks = vec![Block::Text("Hello,".to_owned())];
            if contents().all(
                |content| matches!(content, Content::NeedsReconnect { stage, .. } if *stage != Stage::Opened),
            ) {
                blocks.push(Block::Text("this is a reminder of what we wrote before.".to_owned()));
            }
            blocks.push(Block::Text(format!(
                "{workspace} looks after your Instagram accounts with Mooring. {count} of them need you. They \
                 belong to {} logins at Meta, so there is a link for each.",
                parts.len(),
            )));
            for part in parts {
                blocks.extend(section(part));
            }
            blocks.push(Block::Text(NO_LOGIN.replace("it leads", "each link leads")));
            blocks.push(gave_this_address(&workspace));
            (format!("{count} Instagram accounts need you"), blocks)
        }
    }
}

fn section((content, link): &Part) -> Vec<Block> {
    let (happened, to_do) = match content {
        Content::NeedsReconnect { cause, .. } => {
            let words = cause::words(*cause);
            (words.happened.to_owned(), words.to_do)
        }
        Content::ExpiresSoon { days, .. } => (
            format!("In {} the permission ends.", days_in_words(*days)),
            "To let it go on, open the link below and agree once more in Meta's window.",
        ),
        _ => return Vec::new(),
    };
    let accounts = content.accounts();
    let mut blocks = vec![accounts_block(accounts), Block::Text(format!("{happened} {to_do}"))];
    if let Some(link) = link {
        let label = match accounts {
            [only] => format!("Reconnect {}", handle(only)),
            all => format!("Reconnect these {}", all.len()),
        };
        blocks.push(Block::Link { label, url: link.url.clone() });
        blocks.push(Block::Small(format!("It works until {}.", moment(link.expires_at))));
    }
    blocks
}
