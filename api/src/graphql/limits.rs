//! Limits on the shape of a document, before it is checked any further. What an operation may weigh
//! is limited by the schema; but a mutation weighs little and does much, and aliases repeat it.

use async_graphql::parser::types::{ExecutableDocument, Selection};

/// The most fields with an alias.
const MAX_ALIASES: usize = 30;
/// The most fields at the root of an operation.
const MAX_ROOT_FIELDS: usize = 30;
/// The most selections altogether. Fragments that spread each other multiply, or never end.
const MAX_SELECTIONS: usize = 2_000;

/// Whether a document keeps the limits. A fragment counts wherever it is spread, because each of its
/// fields is carried out each time.
///
/// # Errors
/// A sentence for who wrote the document.
pub(crate) fn check(document: &ExecutableDocument) -> Result<(), &'static str> {
    let (mut aliases, mut selections) = (0, 0);
    for (_, operation) in document.operations.iter() {
        let mut root_fields = 0;
        let mut sets = vec![(&operation.node.selection_set.node, true)];
        while let Some((set, at_root)) = sets.pop() {
            selections += set.items.len();
            for selection in &set.items {
                match &selection.node {
                    Selection::Field(field) => {
                        root_fields += usize::from(at_root);
                        aliases += usize::from(field.node.alias.is_some());
                        sets.push((&field.node.selection_set.node, false));
                    }
                    Selection::InlineFragment(fragment) => {
                        sets.push((&fragment.node.selection_set.node, at_root));
                    }
                    Selection::FragmentSpread(spread) => {
                        let fragment = document.fragments.get(&spread.node.fragment_name.node);
                        sets.extend(fragment.map(|fragment| (&fragment.node.selection_set.node, at_root)));
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
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    fn check(document: &str) -> Result<(), &'static str> {
        super::check(&parse_query(document).unwrap())
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
}
