//! Text that people chose themselves, made harmless for mails and messages: no line breaks, no
//! invisible characters, nothing that a program turns into a link.

/// Longer text than this is cut; names have at most 100 characters.
const LONGEST: usize = 100;
/// Shown in place of an address that somebody put into a name.
const LINK_REMOVED: &str = "(link removed)";
/// Invisible and without width: keeps mail programs from reading `a.b` as a host.
const JOINER: char = '\u{2060}';

/// A name of a person, a workspace or a channel.
#[must_use]
pub fn name(text: &str) -> String {
    let words: Vec<String> = one_line(text).split(' ').map(unlinked).collect();
    words.join(" ")
}

/// An Instagram handle with its @. What is not a handle is treated like a name.
#[must_use]
pub fn handle(text: &str) -> String {
    let text = text.trim_start_matches('@');
    let is_handle = (1..=30).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'_');
    if is_handle { format!("@{text}") } else { format!("@{}", name(text)) }
}

/// One line of visible characters, single spaces between words, at most 100 of them.
#[must_use]
pub fn one_line(text: &str) -> String {
    let visible: String = text
        .chars()
        .map(|character| if character.is_control() || character.is_whitespace() { ' ' } else { character })
        .filter(|character| !is_invisible(*character))
        .collect();
    let line = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(LONGEST).collect()
}

fn unlinked(word: &str) -> String {
    let lower = word.to_lowercase();
    if lower.contains("://") || lower.contains("www.") || lower.contains("mailto:") {
        return LINK_REMOVED.to_owned();
    }
    let mut text = String::with_capacity(word.len());
    let mut characters = word.chars().peekable();
    while let Some(character) = characters.next() {
        text.push(character);
        // The other three are dots to resolvers of international host names.
        if matches!(character, '.' | '\u{3002}' | '\u{ff0e}' | '\u{ff61}') && characters.peek().is_some() {
            text.push(JOINER);
        }
    }
    text
}

/// Characters that nobody sees but that change what a line seems to say.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_names_stay_as_they_are() {
        for text in ["Studio Nord", "Dr. Müller & Söhne", "日本のカフェ", "O'Neill", "Café 🌞"] {
            assert_eq!(name(text), text);
        }
    }

    #[test]
    fn names_cannot_break_lines_or_hide_characters() {
        assert_eq!(name("Nord\r\nBcc: x"), "Nord Bcc: x");
        assert_eq!(name("  a\u{202e}b\u{200b}\tc\u{2028}d "), "ab c d");
        assert_eq!(name(&"x".repeat(500)).chars().count(), 100);
    }

    #[test]
    fn names_cannot_carry_links() {
        assert_eq!(name("Win at https://evil.example/x now"), "Win at (link removed) now");
        assert_eq!(name("WWW.evil.example"), "(link removed)");
        assert_eq!(name("Later.com"), "Later.\u{2060}com");
        assert_eq!(name("bob@evil.example"), "bob@evil.\u{2060}example");
        assert!(!name("ht\u{200b}tp://evil.example").contains("evil"));
    }

    #[test]
    fn handles_keep_their_dots() {
        assert_eq!(handle("studio.nord_1"), "@studio.nord_1");
        assert_eq!(handle("@studio"), "@studio");
        assert_eq!(handle("x\r\ny"), "@x y");
        assert_eq!(handle("https://evil.example"), "@(link removed)");
    }
}
