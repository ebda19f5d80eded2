//! Limits on the shape of a document, before it is checked any further. What an operation may weigh
//! is limited by the schema; but a mutation weighs little and does much, and aliases repeat it.
//!
//! The parser and the rules that check a document call themselves for every level of nesting and for
//! every fragment of a chain, and compare fragments with each other. A thread has little stack and a
//! panic can be caught, but the end of the stack ends the process: nothing that is nested or chained
//! may reach them. What looks here goes from item to item and never calls itself.

use std::collections::HashSet;

use async_graphql::parser::types::{ExecutableDocument, Selection};

use super::fault::Fault;

/// The most fields with an alias.
const MAX_ALIASES: usize = 30;
/// The most fields at the root of an operation.
const MAX_ROOT_FIELDS: usize = 30;
/// The most selections altogether. Fragments that spread each other multiply, or never end.
const MAX_SELECTIONS: usize = 2_000;
/// The most words and signs, about five for a selection.
const MAX_WORDS: usize = 10_000;
/// The most brackets within each other, and the most selection sets, those of fragments included. An
/// operation has at most ten fields within each other, each of which may stand in a fragment.
const MAX_NESTING: usize = 30;
/// The most fragments. The dashboard's largest document has fewer than ten.
const MAX_FRAGMENTS: usize = 50;
/// The most operations, of which one is carried out.
const MAX_OPERATIONS: usize = 10;
/// The most values in a list that is given as an argument; no type has as many to choose from.
const MAX_LIST: usize = 100;

/// Whether the text of a document keeps the limits of what may be parsed.
///
/// # Errors
/// A sentence for who wrote the document.
pub(crate) fn check_text(text: &str) -> Result<(), &'static str> {
    let mut rest = text.as_bytes();
    let (mut words, mut nesting) = (0_usize, 0_usize);
    while let [first, after @ ..] = rest {
        rest = match first {
            b' ' | b'\t' | b'\r' | b'\n' | b',' => {
                rest = after;
                continue;
            }
            b'#' => {
                rest = skip_while(after, |byte| byte != b'\n' && byte != b'\r');
                continue;
            }
            b'"' => after_string(rest).ok_or("A string in the document does not end.")?,
            b'{' | b'[' | b'(' => {
                nesting += 1;
                after
            }
            b'}' | b']' | b')' => {
                nesting = nesting.saturating_sub(1);
                after
            }
            _ if is_of_a_word(*first) => skip_while(after, is_of_a_word),
            _ => after,
        };
        words += 1;
        if nesting > MAX_NESTING {
            return Err("A document has at most 30 brackets within each other.");
        }
        if words > MAX_WORDS {
            return Err("A document has at most 10000 words and signs.");
        }
    }
    Ok(())
}

fn is_of_a_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn skip_while(text: &[u8], skipped: impl Fn(u8) -> bool) -> &[u8] {
    let end = text.iter().position(|byte| !skipped(*byte)).unwrap_or(text.len());
    text.get(end..).unwrap_or_default()
}

/// What follows the string that `text` begins with. The parser reads three quotes that never end as
/// an empty string and the beginning of another; both are refused, so that nothing hides in them.
fn after_string(text: &[u8]) -> Option<&[u8]> {
    let (mut rest, quotes) = match text {
        [b'"', b'"', b'"', rest @ ..] => (rest, b"\"\"\"".as_slice()),
        [_, rest @ ..] => (rest, b"\"".as_slice()),
        [] => return None,
    };
    let is_block = quotes.len() > 1;
    loop {
        if let Some(after) = rest.strip_prefix(quotes) {
            return Some(after);
        }
        rest = match rest {
            // In a block only the three quotes can be escaped.
            [b'\\', b'"', b'"', b'"', after @ ..] if is_block => after,
            [b'\\', _, after @ ..] if !is_block => after,
            [b'\n' | b'\r', ..] if !is_block => return None,
            [_, after @ ..] => after,
            [] => return None,
        };
    }
}

/// Whether a document keeps the limits. A fragment counts wherever it is spread, because each of its
/// fields is carried out each time.
///
/// # Errors
/// A sentence for who wrote the document.
pub(crate) fn check(document: &ExecutableDocument) -> Result<(), &'static str> {
    if document.fragments.len() > MAX_FRAGMENTS {
        return Err("A document has at most 50 fragments.");
    }
    if document.operations.iter().count() > MAX_OPERATIONS {
        return Err("A document has at most 10 operations.");
    }
    let (mut aliases, mut selections) = (0, 0);
    let mut used = HashSet::new();
    for (_, operation) in document.operations.iter() {
        let mut root_fields = 0;
        let mut sets = vec![(&operation.node.selection_set.node, true, 1)];
        while let Some((set, at_root, nesting)) = sets.pop() {
            selections += set.items.len();
            for selection in &set.items {
                match &selection.node {
                    Selection::Field(field) => {
                        root_fields += usize::from(at_root);
                        aliases += usize::from(field.node.alias.is_some());
                        sets.push((&field.node.selection_set.node, false, nesting + 1));
                    }
                    Selection::InlineFragment(fragment) => {
                        sets.push((&fragment.node.selection_set.node, at_root, nesting + 1));
                    }
                    Selection::FragmentSpread(spread) => {
                        let name = &spread.node.fragment_name.node;
                        // The rules say more about fragments that do not exist.
                        if let Some(fragment) = document.fragments.get(name) {
                            used.insert(name);
                            sets.push((&fragment.node.selection_set.node, at_root, nesting + 1));
                        }
                    }
                }
            }
            if aliases > MAX_ALIASES {
                return Err("A document has at most 30 aliases.");
            }
            if root_fields > MAX_ROOT_FIELDS {
                return Err("An operation has at most 30 fields at its root.");
            }
            if selections > MAX_SELECTIONS {
                return Err("A document has at most 2000 selections, those of fragments counted each time.");
            }
            // A field without fields has an empty set, which is none.
            if nesting > MAX_NESTING && !set.items.is_empty() {
                return Err("A document has at most 30 selection sets within each other.");
            }
        }
    }
    // Nothing has counted what is in them.
    if used.len() < document.fragments.len() {
        return Err("Every fragment of a document has to be used.");
    }
    Ok(())
}

/// The values of a list, each once.
///
/// # Errors
/// When it is too long for a list of things to choose from.
pub(crate) fn distinct<T: PartialEq>(list: Vec<T>) -> Result<Vec<T>, Fault> {
    if list.len() > MAX_LIST {
        return Err(Fault::BadInput("A list has at most 100 values."));
    }
    let mut distinct = Vec::with_capacity(list.len());
    for value in list {
        if !distinct.contains(&value) {
            distinct.push(value);
        }
    }
    Ok(distinct)
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::{check_text, distinct};

    fn check(document: &str) -> Result<(), &'static str> {
        check_text(document)?;
        super::check(&parse_query(document).unwrap())
    }

    fn is_refused(document: &str, because: &str) {
        let refusal = check(document).expect_err("refused");
        assert!(refusal.contains(because), "{refusal}");
    }

    /// Fragments that spread one the next.
    fn chain(length: usize) -> String {
        let name = |n: usize| {
            let letter = |place: u32| {
                let digit = n / 26_usize.pow(place) % 26;
                char::from(b'a' + u8::try_from(digit).unwrap())
            };
            format!("f{}{}{}", letter(2), letter(1), letter(0))
        };
        (0..length).map(|n| format!("fragment {} on Query{{...{}}}", name(n), name(n + 1))).collect()
    }

    #[test]
    fn thirty_aliases_are_enough() {
        let aliases = |count: usize| (0..count).map(|n| format!("a{n}: name ")).collect::<String>();
        assert_eq!(check(&format!("{{ viewer {{ {} }} }}", aliases(30))), Ok(()));
        assert!(check(&format!("{{ viewer {{ {} }} }}", aliases(31))).is_err());
        let spread_twice = format!(
            "{{ viewer {{ ...N memberships {{ workspace {{ ...N }} }} }} }} fragment N on X {{ {} }}",
            aliases(16)
        );
        assert!(check(&spread_twice).is_err());
    }

    #[test]
    fn thirty_fields_at_the_root_are_enough() {
        let sign_outs = |count: usize| "signOut { userErrors { code } } ".repeat(count);
        assert_eq!(check(&format!("mutation {{ {} }}", sign_outs(30))), Ok(()));
        assert!(check(&format!("mutation {{ {} }}", sign_outs(31))).is_err());
        assert!(check(&format!("mutation {{ ... {{ {} }} }}", sign_outs(31))).is_err());
        let spread = |times: usize| {
            let spreads = "...Out ".repeat(times);
            format!("mutation {{ {spreads} }} fragment Out on Mutation {{ {} }}", sign_outs(10))
        };
        assert_eq!(check(&spread(3)), Ok(()));
        assert!(check(&spread(4)).is_err());
    }

    #[test]
    fn fragments_that_multiply_are_refused() {
        let mut document = "{ viewer { ...F0 } } fragment F30 on X { id }".to_owned();
        for n in 0..30 {
            document += &format!(" fragment F{n} on X {{ ...F{next} ...F{next} }}", next = n + 1);
        }
        assert!(check(&document).is_err());
        assert!(check("{ ...F } fragment F on Query { ...F }").is_err());
    }

    #[test]
    fn chains_of_fragments_are_refused() {
        for length in [100, 1_000, 7_500, 10_000] {
            assert!(check(&format!("{{viewer{{id}}}}{}", chain(length))).is_err());
        }
        is_refused(&format!("{{viewer{{id}}}}{}", chain(51)), "50 fragments");
        is_refused(&format!("{{viewer{{id}}}}{}", chain(5)), "has to be used");
        is_refused("{ a } fragment A on Query { ...B } fragment B on Query { ...A }", "has to be used");
        is_refused("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }", "30 selection sets");
        let used = |length: usize| {
            let last = chain(length + 1).rsplit("...").next().unwrap().trim_end_matches('}').to_owned();
            format!("{{...faaa}}{}fragment {last} on Query{{viewer{{id}}}}", chain(length + 1))
        };
        assert_eq!(check(&used(26)), Ok(()));
        is_refused(&used(27), "30 selection sets");
    }

    #[test]
    fn ten_operations_are_enough() {
        let operations = |count: usize| {
            (0..count).map(|n| format!("query Q{n} {{ viewer {{ id }} }} ")).collect::<String>()
        };
        assert_eq!(check(&operations(10)), Ok(()));
        assert!(check(&operations(11)).is_err());
    }

    #[test]
    fn nesting_ends_before_the_parser() {
        let deep = |open: &str, inner: &str, close: &str, times: usize| {
            format!("{}{inner}{}", open.repeat(times), close.repeat(times))
        };
        for times in [31, 1_000, 60_000] {
            for document in [
                deep("{a", "", "}", times),
                format!("{{{}}}", deep("...{", "a", "}", times)),
                format!("{{node(id:{}){{id}}}}", deep("[", "1", "]", times)),
                format!("{{node(id:{}){{id}}}}", deep("{a:", "1", "}", times)),
                format!("query($a:{}){{viewer{{id}}}}", deep("[", "Int", "]", times)),
                format!("query($a:Int={}){{viewer{{id}}}}", deep("[{a:", "1", "}]", times)),
                format!("{{node(id:{}", "[".repeat(times)),
                // What only looks as if it were a string or a comment.
                format!("{{a(b:\"\"\"\\\"\"\"\"\"\",c:\"\\\"\",d:\"#\",e:{}", "[".repeat(times)),
                format!("{{a#\"\r(b:{}", "[".repeat(times)),
            ] {
                assert!(check_text(&document).is_err(), "{} {times}", &document[..20]);
            }
        }
        assert_eq!(check(&deep("{a", "", "}", 30)), Ok(()));
        assert_eq!(check(&format!("{{a(b:\"{0}\",c:\"\"\"{0}\"\"\"),d}}#{0}", "[".repeat(99))), Ok(()));
    }

    #[test]
    fn strings_that_do_not_end_are_refused() {
        // The parser takes the first for an empty string, another one, and an open list.
        for document in
            ["{a(b:\"\"\" \" \"[[)}", "{a(b:\"\"\"\\\"\"\")}", "{a(b:\"\\\")}", "{a(b:\"x\n\")}", "{a(b:\""]
        {
            is_refused(document, "does not end");
        }
    }

    #[test]
    fn long_documents_are_refused() {
        is_refused(&format!("{{ viewer {{ {} }} }}", "id ".repeat(2_000)), "2000 selections");
        is_refused(&format!("{{ viewer {{ {} }} }}", "id ".repeat(10_000)), "10000 words");
        is_refused(&format!("{{ viewer {} {{ id }} }}", "@a".repeat(10_000)), "10000 words");
    }

    #[test]
    fn a_value_counts_once_in_a_list() {
        assert_eq!(distinct(vec![3, 1, 3, 2, 1]).unwrap(), [3, 1, 2]);
        assert_eq!(distinct(vec![7; 100]).unwrap(), [7]);
        assert!(distinct(vec![7; 101]).is_err());
    }

    #[test]
    fn documents_of_any_bytes_come_to_an_end() {
        for document in ["", "ä", "\"", "\\", "\"\\", "\"\"\"\\\"", "}}}]])", "\u{feff}#", "🦀\"🦀"] {
            let _ = check_text(document);
        }
    }
}
