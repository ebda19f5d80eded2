use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::path::Path;

use super::*;

fn specs(wanted: impl Fn(&Spec) -> bool) -> Vec<&'static str> {
    Metric::ALL.iter().map(|metric| metric.spec()).filter(|spec| wanted(spec)).map(|spec| spec.name).collect()
}

#[test]
fn every_metric_stands_in_the_catalogue_once_and_is_described() {
    let mut seen = HashSet::new();
    for spec in all() {
        assert!(seen.insert((spec.name, spec.breakdown())), "{}", spec.name);
        assert!(spec.help.ends_with('.') && !spec.label.is_empty(), "{}", spec.name);
        assert!(
            !spec.periods.is_empty() && !spec.kinds.is_empty() && !spec.logins.is_empty(),
            "{}",
            spec.name
        );
    }
}

#[test]
fn what_meta_breaks_down_is_broken_down() {
    // `/docs/instagram-platform/api-reference/instagram-user/insights`, column "Breakdown".
    let by = |dimension| specs(|spec| spec.dimensions.contains(&dimension));
    assert_eq!(by(Dimension::FollowType), ["reach", "views"]);
    assert_eq!(
        by(Dimension::MediaProductType),
        ["reach", "views", "total_interactions", "likes", "comments", "shares", "saves"]
    );
}

#[test]
fn only_what_happened_is_added_up() {
    assert_eq!(specs(|spec| !spec.is_additive()), ["reach", "accounts_engaged", "followers_count"]);
    // Whatever counts people says so in its help, or it is a number of the account itself.
    assert!(all().all(|spec| spec.is_additive() == (spec.counts == Counts::Events)));
}

#[test]
fn what_ended_is_given_nowhere_and_names_what_took_its_place() {
    let old = Metric::Impressions.spec();
    let login = Provider::FacebookLogin;
    assert!(old.is_given(login, 21, date(2025, 4, 20)));
    assert!(!old.is_given(login, 22, date(2025, 4, 20)), "new versions refuse it first");
    assert!(!old.is_given(login, 21, date(2025, 4, 21)), "then all of them do");
    for spec in all().filter(|spec| spec.end.is_some()) {
        assert!(
            spec.successor.and_then(named).is_some_and(|successor| successor.end.is_none()),
            "{}",
            spec.name
        );
    }
}

#[test]
fn what_is_young_is_not_given_before_its_first_day() {
    let reposts = Metric::Reposts.spec();
    assert!(!reposts.is_given(Provider::InstagramLogin, 25, date(2025, 12, 2)));
    assert!(reposts.is_given(Provider::InstagramLogin, 25, date(2025, 12, 3)));
}

#[test]
fn too_small_is_what_is_known_to_be() {
    let follows = Metric::Follows.spec();
    assert_eq!(
        [Some(99), Some(100), None].map(|followers| follows.is_too_small(followers)),
        [true, false, false]
    );
    assert!(!Metric::Reach.spec().is_too_small(Some(0)));
}

/// Files of the product in which a metric could be named: not the sandbox, not tests, not what is generated.
fn product_files(folder: &Path, files: &mut Vec<std::path::PathBuf>) {
    const LEFT_OUT: [&str; 9] =
        ["target", "node_modules", "tests", "benches", "sandbox", "catalogue", "gql", "dist", "fuzz"];
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() && !LEFT_OUT.contains(&name) && !name.starts_with('.') {
            product_files(&path, files);
        } else if path.is_file() && !name.contains("test") {
            let kind = path.extension().and_then(|kind| kind.to_str()).unwrap_or_default();
            if ["rs", "ts", "tsx", "mjs", "sh", "py"].contains(&kind) {
                files.push(path);
            }
        }
    }
}

#[test]
fn no_metric_is_named_anywhere_else() {
    // A field of the account's profile is a column of ours as well.
    let names: BTreeSet<_> = all().filter(|spec| spec.form != Form::Field).map(|spec| spec.name).collect();
    let mut files = Vec::new();
    product_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."), &mut files);
    assert!(files.len() > 200, "the product is found: {}", files.len());
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        // Tests beside the code may name them, and so may comments.
        let code = text.split("#[cfg(test)]").next().unwrap();
        for (number, line) in
            code.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"))
        {
            for name in &names {
                for written in [(*name).to_owned(), name.to_uppercase()] {
                    let quoted = ['"', '\'', '`']
                        .iter()
                        .any(|quote| line.contains(&format!("{quote}{written}{quote}")));
                    assert!(!quoted, "{}:{}: {written}", file.display(), number + 1);
                }
            }
        }
    }
}
