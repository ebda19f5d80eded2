//! Mails to the team of a workspace.

use platform::Secret;
use platform::user_text::name;
use uuid::Uuid;

use super::{Block, accounts_block};
use crate::cause;
use crate::content::{Content, days_in_words};

/// The text of one mail that says what `contents` say, which are for the team of one workspace. `home`
/// is the address of the product.
pub(super) fn blocks(contents: &[&Content], home: &str) -> Vec<Block> {
    let Some(first) = contents.first() else { return Vec::new() };
    let workspace = name(first.workspace_name());
    let mut blocks = vec![Block::Text("Hello,".to_owned())];
    for content in contents {
        blocks.extend(news(content));
    }
    if let Some(id) = workspace_of(first) {
        let url = Secret::new(format!("{home}w/workspace:{id}/incidents"));
        blocks.push(Block::Link { label: "Open Mooring".to_owned(), url });
    }
    blocks.push(Block::Small(format!(
        "You get this because you want to hear of what happens in {workspace}. You can change that beside the \
         incidents."
    )));
    blocks
}

fn news(content: &Content) -> Vec<Block> {
    let accounts = content.accounts();
    let several = accounts.len() != 1;
    match content {
        Content::OwnerNeeded { cause, .. } => vec![
            Block::Text(format!(
                "{} has stopped working:",
                if several { "The connection to these Instagram accounts" } else { "The connection to this Instagram account" },
            )),
            accounts_block(accounts),
            Block::Text(format!(
                "{} Whoever is asked to repair it has been written to with a link. Mooring shows how far that \
                 is; there you can copy the link as well, or send it to somebody else.",
                cause::for_the_team(*cause),
            )),
        ],
        Content::NoNumbers { days, .. } => vec![
            Block::Text(format!(
                "For {} no new numbers have arrived for {}, although Meta says that the connection works:",
                days_in_words(*days),
                if several { "these Instagram accounts" } else { "this Instagram account" },
            )),
            accounts_block(accounts),
            Block::Text(
                "Mooring goes on asking, and fetches what is missing once Meta answers. The owner has nothing \
                 to do. The runs of the account show what Meta says."
                    .to_owned(),
            ),
        ],
        _ => Vec::new(),
    }
}

fn workspace_of(content: &Content) -> Option<Uuid> {
    match content {
        Content::OwnerNeeded { workspace_id, .. } | Content::NoNumbers { workspace_id, .. } => {
            Some(*workspace_id)
        }
        _ => None,
    }
}
