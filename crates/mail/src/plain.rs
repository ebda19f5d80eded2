//! A mail as plain text: at most 76 columns, and the link on a line of its own.

use crate::letter::Block;

const COLUMNS: usize = 76;

pub(crate) fn text(blocks: &[Block]) -> String {
    let parts: Vec<String> = blocks.iter().map(block).collect();
    format!("{}\n\n-- \nMooring\n", parts.join("\n\n"))
}

fn block(block: &Block) -> String {
    match block {
        Block::Text(text) | Block::Small(text) => wrapped(text),
        Block::Accounts(handles) => {
            handles.iter().map(|handle| format!("  {handle}")).collect::<Vec<_>>().join("\n")
        }
        Block::Link { url, .. } => url.expose().to_owned(),
    }
}

fn wrapped(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    let mut columns = 0;
    for word in text.split_whitespace().flat_map(short_enough) {
        let length = word.chars().count();
        if columns > 0 && columns + 1 + length > COLUMNS {
            lines.push(std::mem::take(&mut line));
            columns = 0;
        }
        if columns > 0 {
            line.push(' ');
            columns += 1;
        }
        line.push_str(&word);
        columns += length;
    }
    lines.push(line);
    lines.join("\n")
}

/// The pieces of a word that is longer than a line.
fn short_enough(word: &str) -> Vec<String> {
    let characters: Vec<char> = word.chars().collect();
    characters.chunks(COLUMNS).map(|piece| piece.iter().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_at_most_76_columns() {
        let text = wrapped(&format!("{} {} end", "word ".repeat(40), "x".repeat(200)));
        assert!(text.lines().all(|line| (1..=76).contains(&line.chars().count())), "{text}");
        assert_eq!(text.split_whitespace().collect::<String>().len(), 160 + 200 + 3);
    }
}
