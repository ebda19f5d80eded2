//! What a copy holds, and whether this installation could live with it.

use std::collections::BTreeMap;
use std::path::Path;

use platform::config::TokenKeys;
use serde_json::{Value, json};

/// The tables of which people want to know how much is in a copy.
pub(super) const TABLES: [&str; 8] =
    ["user", "workspace", "connection", "account", "sealed_token", "insight", "audience_snapshot", "media"];

/// What was found in a copy.
#[derive(Debug, Default)]
pub(super) struct Contents {
    /// `sqlite` or `postgres`.
    pub(super) kind: &'static str,
    /// It can be read from beginning to end, and nothing in it contradicts itself.
    pub(super) is_whole: bool,
    /// The changes of the schema that it has seen.
    pub(super) schema: Vec<String>,
    /// How much is in each of [`TABLES`].
    pub(super) rows: BTreeMap<String, u64>,
    /// How many sealed tokens need which key.
    pub(super) keys: BTreeMap<String, u64>,
}

/// What a copy holds, next to what this installation knows.
pub(super) struct Report {
    contents: Contents,
    /// Changes that a start would make.
    to_come: Vec<String>,
    /// Changes by a newer version than this one, which refuses to start with it.
    unknown: Vec<String>,
    /// Keys that are needed and not listed.
    missing_keys: Vec<String>,
}

impl Report {
    pub(super) fn new(contents: Contents, keys: &TokenKeys) -> Self {
        let known = migration::names();
        let missing = |wanted: &[String], among: &[String]| -> Vec<String> {
            wanted.iter().filter(|name| !among.contains(name)).cloned().collect()
        };
        let listed = |id: &String| keys.keys.iter().any(|key| key.id == *id);
        Self {
            to_come: missing(&known, &contents.schema),
            unknown: missing(&contents.schema, &known),
            missing_keys: contents.keys.keys().filter(|id| !listed(id)).cloned().collect(),
            contents,
        }
    }

    /// Whether this installation could start with the copy and open every token in it.
    pub(super) fn is_good(&self) -> bool {
        self.contents.is_whole
            && !self.contents.schema.is_empty()
            && self.unknown.is_empty()
            && self.missing_keys.is_empty()
    }

    pub(super) fn in_json(&self, path: &Path) -> Value {
        let Contents { kind, is_whole, schema, rows, keys } = &self.contents;
        json!({
            "file": path, "kind": kind, "good": self.is_good(), "whole": is_whole,
            "schema": {
                "newest": schema.last(), "toCome": self.to_come, "unknown": self.unknown,
            },
            "rows": rows, "tokensByKey": keys, "missingKeys": self.missing_keys,
        })
    }

    pub(super) fn in_words(&self, path: &Path) -> Vec<String> {
        let contents = &self.contents;
        let mut lines = vec![format!(
            "{}: a copy of {}, {}",
            path.display(),
            contents.kind,
            if contents.is_whole { "whole" } else { "NOT whole" }
        )];
        lines.push(match (contents.schema.last(), self.unknown.is_empty()) {
            (None, _) => "It holds no schema of Mooring.".to_owned(),
            (_, false) => format!("Its schema is NEWER than this program: {}", self.unknown.join(", ")),
            (Some(newest), true) if self.to_come.is_empty() => format!("Its schema is the newest: {newest}"),
            (Some(newest), true) => {
                format!("Its schema is {newest}; a start makes {} more changes", self.to_come.len())
            }
        });
        lines.extend(contents.rows.iter().map(|(table, count)| format!("{count:>9} {table}")));
        lines.extend(contents.keys.iter().map(|(id, count)| {
            let note = if self.missing_keys.contains(id) { ", which TOKEN_KEYS does NOT list" } else { "" };
            format!("{count:>9} tokens need the key {id}{note}")
        }));
        lines.push(if self.is_good() {
            "This installation could start with it.".to_owned()
        } else {
            "This installation could NOT start with it.".to_owned()
        });
        lines
    }
}

#[cfg(test)]
mod tests {
    use platform::Secret;
    use platform::config::TokenKey;

    use super::*;

    fn contents() -> Contents {
        Contents {
            kind: "sqlite",
            is_whole: true,
            schema: migration::names(),
            rows: BTreeMap::from([("account".to_owned(), 3)]),
            keys: BTreeMap::from([("k1".to_owned(), 2)]),
        }
    }

    fn report(contents: Contents) -> Report {
        let keys = vec![TokenKey { id: "k1".to_owned(), key: Secret::new("x") }];
        Report::new(contents, &TokenKeys { keys, active: "k1".to_owned() })
    }

    #[test]
    fn a_copy_is_good_when_this_installation_could_start_with_it() {
        let good = report(contents());
        assert!(good.is_good() && good.in_words(Path::new("x")).concat().contains("could start with it"));
        let mut older = contents();
        older.schema.pop();
        let older = report(older);
        assert!(older.is_good() && older.to_come.len() == 1, "a start brings it up to date");
        let broken = report(Contents { is_whole: false, ..contents() });
        let empty = report(Contents { schema: Vec::new(), ..contents() });
        let mut newer = contents();
        newer.schema.push("m29990101_000001_later".to_owned());
        let mut other_key = contents();
        other_key.keys.insert("k0".to_owned(), 1);
        for (bad, word) in [
            (broken, "NOT whole"),
            (empty, "no schema"),
            (report(newer), "m29990101_000001_later"),
            (report(other_key), "key k0, which TOKEN_KEYS does NOT list"),
        ] {
            let said = bad.in_words(Path::new("x")).join("\n");
            assert!(!bad.is_good() && said.contains(word) && said.contains("could NOT start"), "{said}");
            assert_eq!(bad.in_json(Path::new("x"))["good"], false);
        }
    }
}
