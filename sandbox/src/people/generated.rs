//! People made from the seed on demand. An id carries the index of its person, so nothing is stored.

use super::{Account, FULL, Page, Person, Role, World, build_account};
use crate::seed::{mix, pick, tag, unit};

/// Accounts below this index belong to the fixed cast.
pub(super) const FIRST_INDEX: u64 = 64;
/// Pages per person are numbered in blocks of this size.
const BLOCK: u64 = 16;
const PERSON_BASE: u64 = 10_160_100_000_000_000;
const PAGE_BASE: u64 = 104_410_000_000_000;
const ACCOUNT_BASE: u64 = 17_841_410_000_000_000;

const GIVEN: &[&str] = &[
    "Ada", "Bruno", "Celia", "Dario", "Elin", "Farid", "Greta", "Hugo", "Inès", "Jonas", "Kaja", "Luis",
    "Mira", "Nils", "Olga", "Paolo", "Ronja", "Sami", "Tove", "Yara",
];
const FAMILY: &[&str] = &[
    "Adler",
    "Bergström",
    "Castro",
    "Dahl",
    "Egede",
    "Fontana",
    "Grove",
    "Holm",
    "Ivarsen",
    "Jansen",
    "Kowal",
    "Lund",
    "Moreau",
    "Novák",
    "Okafor",
    "Petit",
    "Quist",
    "Rossi",
    "Sandberg",
    "Varga",
];
const FIRST: &[&str] = &[
    "amber", "birch", "cobalt", "dune", "ember", "fable", "glade", "hazel", "indigo", "juniper", "karst",
    "lark", "maple", "nova", "onyx", "pebble", "quill", "river", "sable", "thistle", "umber", "vesper",
    "willow", "zephyr",
];
const SECOND: &[&str] = &[
    "atelier", "bikes", "cafe", "ceramics", "climbing", "dance", "eyewear", "farm", "florist", "gallery",
    "hotel", "kitchen", "leather", "market", "music", "press", "roasters", "studio", "surf", "toys",
    "travel", "vinyl", "wine", "yoga",
];

pub(super) fn person_index(world: &World, id: u64) -> Option<u64> {
    let index = id.checked_sub(PERSON_BASE)?;
    (index < world.generated).then_some(index)
}

/// How many Pages a person runs: mostly a handful, sometimes a dozen.
fn pages_of(world: &World, index: u64) -> u64 {
    let draw = unit(&[world.seed, index, tag("pages")]);
    1 + (draw * draw * 12.0) as u64
}

pub(super) fn person(world: &World, index: u64) -> Option<Person> {
    if index >= world.generated {
        return None;
    }
    let name = format!(
        "{} {}",
        pick(GIVEN, &[world.seed, index, tag("given")]),
        pick(FAMILY, &[world.seed, index, tag("family")])
    );
    let roles = (0..pages_of(world, index))
        .map(|number| Role { page: build_page(world, index * BLOCK + number), tasks: FULL })
        .collect();
    Some(Person { id: PERSON_BASE + index, name, roles, businesses: vec![] })
}

/// The slot (person block and number in it) if it is in use.
fn slot(world: &World, slot: u64) -> Option<u64> {
    let (person, number) = (slot / BLOCK, slot % BLOCK);
    (person < world.generated && number < pages_of(world, person)).then_some(slot)
}

fn names(world: &World, slot: u64) -> (String, String) {
    let first = *pick(FIRST, &[world.seed, slot, tag("first")]);
    let second = *pick(SECOND, &[world.seed, slot, tag("second")]);
    let title = |word: &str| word[..1].to_uppercase() + &word[1..];
    (format!("{first}.{second}.{slot}"), format!("{} {}", title(first), title(second)))
}

fn build_page(world: &World, slot: u64) -> Page {
    Page {
        id: PAGE_BASE + slot,
        name: names(world, slot).1,
        category: "Local business",
        account: Some(ACCOUNT_BASE + slot),
        portfolio: None,
    }
}

pub(super) fn page(world: &World, id: u64) -> Option<Page> {
    Some(build_page(world, slot(world, id.checked_sub(PAGE_BASE)?)?))
}

pub(super) fn page_of(world: &World, account: u64) -> Option<Page> {
    Some(build_page(world, slot(world, account.checked_sub(ACCOUNT_BASE)?)?))
}

pub(super) fn account_id(index: u64) -> u64 {
    ACCOUNT_BASE + index.saturating_sub(FIRST_INDEX)
}

pub(super) fn account(world: &World, id: u64) -> Option<Account> {
    let slot = slot(world, id.checked_sub(ACCOUNT_BASE)?)?;
    let (username, name) = names(world, slot);
    // Log-uniform: most accounts are small, few are large.
    let draw = (mix(&[world.seed, slot, tag("followers")]) >> 11) as f64 / (1_u64 << 53) as f64;
    let followers = (60.0 * (250_000.0_f64 / 60.0).powf(draw)) as u64;
    Some(build_account(world, id, FIRST_INDEX + slot, &username, &name, followers))
}
