//! The fixed cast. All brands are invented.

use std::sync::LazyLock;

use super::{Account, Business, FULL, Page, Person, Role, World, build_account};

/// The account that exists both behind one of Nora's Pages and as an Instagram Login of its own.
pub(crate) const HARBOUR_BAKERY: u64 = 17_841_400_000_000_001;

/// Accounts offered by the Instagram Login window.
pub(super) const INSTAGRAM_LOGIN: &[u64] =
    &[17_841_400_000_000_021, HARBOUR_BAKERY, 17_841_400_000_000_022, 17_841_400_000_000_023];

const LINDQVIST_STUDIO: u64 = 204_400_000_000_001;
const RAMAN_PARTNERS: u64 = 204_400_000_000_002;

/// (last digits of the account id, username, name, followers)
const ACCOUNTS: &[(u64, &str, &str, u64)] = &[
    (1, "harbour.bakery", "Harbour Bakery", 5_120),
    (2, "fjordandfern", "Fjord & Fern", 18_400),
    (3, "copperkettle.coffee", "Copper Kettle Coffee", 42_100),
    (4, "velonorte.cycling", "Velo Norte", 96_500),
    (5, "littlelantern.books", "Little Lantern Books", 2_310),
    (6, "saltwick.ceramics", "Saltwick Ceramics", 7_840),
    (7, "northlight.yoga", "Northlight Yoga", 12_750),
    (8, "aurora.outfitters", "Aurora Outfitters", 248_000),
    (11, "becktimber.works", "Beck Timber Works", 640),
    (12, "alpenglow.hostel", "Alpenglow Hostel", 31_200),
    (13, "pocket.opera", "Pocket Opera", 64),
    (14, "kiteandcurrent", "Kite & Current", 154_000),
    (15, "tidepool.kitchen", "Tidepool Kitchen", 8_900),
    (21, "studio.meridian", "Studio Meridian", 23_900),
    (22, "pixelandpine", "Pixel and Pine", 870),
    (23, "lowtide.records", "Low Tide Records", 61_400),
];

const ACCOUNT_BASE: u64 = 17_841_400_000_000_000;

pub(super) fn accounts(world: &World) -> Vec<Account> {
    ACCOUNTS.iter().filter_map(|(digits, ..)| account_by_digits(world, *digits)).collect()
}

/// An account by its last digits, which also are its index.
pub(super) fn account_by_digits(world: &World, digits: u64) -> Option<Account> {
    let (_, username, name, followers) = ACCOUNTS.iter().find(|(own, ..)| *own == digits)?;
    Some(build_account(world, ACCOUNT_BASE + digits, digits, username, name, *followers))
}

pub(super) fn account(world: &World, id: u64) -> Option<Account> {
    account_by_digits(world, id.checked_sub(ACCOUNT_BASE)?)
}

fn page(
    digits: u64,
    name: &str,
    category: &'static str,
    account: Option<u64>,
    portfolio: Option<u64>,
) -> Page {
    Page {
        id: 104_400_000_000_000 + digits,
        name: name.to_owned(),
        category,
        account: account.map(|digits| 17_841_400_000_000_000 + digits),
        portfolio,
    }
}

fn role(page: Page) -> Role {
    Role { page, tasks: FULL }
}

/// The people, made once: no seed changes them, and every request looks for somebody.
pub(super) fn people() -> &'static [Person] {
    static PEOPLE: LazyLock<Vec<Person>> = LazyLock::new(build_people);
    &PEOPLE
}

fn build_people() -> Vec<Person> {
    let fjord = || page(2, "Fjord & Fern", "Florist", Some(2), None);
    vec![
        Person {
            id: 10_160_000_000_000_001,
            name: "Nora Lindqvist".into(),
            roles: vec![
                role(page(1, "Harbour Bakery", "Bakery", Some(1), None)),
                role(fjord()),
                role(page(3, "Copper Kettle Coffee", "Coffee shop", Some(3), None)),
                role(page(4, "Velo Norte", "Bicycle shop", Some(4), None)),
                role(page(5, "Little Lantern Books", "Bookstore", Some(5), None)),
                role(page(6, "Saltwick Ceramics", "Arts & crafts store", Some(6), None)),
                role(page(7, "Northlight Yoga", "Yoga studio", Some(7), None)),
                role(page(8, "Lindqvist Allotment Club", "Community", None, None)),
                role(page(
                    9,
                    "Aurora Outfitters",
                    "Outdoor equipment store",
                    Some(8),
                    Some(LINDQVIST_STUDIO),
                )),
            ],
            businesses: vec![Business {
                id: LINDQVIST_STUDIO,
                name: "Lindqvist Studio".into(),
                owned: vec![104_400_000_000_009],
                clients: vec![],
            }],
        },
        Person {
            id: 10_160_000_000_000_002,
            name: "Tomas Beck".into(),
            roles: vec![
                role(page(11, "Beck Timber Works", "Carpenter", Some(11), None)),
                role(page(12, "Alpenglow Hostel", "Hostel", Some(12), None)),
                role(page(13, "Pocket Opera", "Performing arts", Some(13), None)),
                role(page(14, "Kite & Current", "Sports club", Some(14), None)),
            ],
            businesses: vec![],
        },
        Person {
            id: 10_160_000_000_000_003,
            name: "Priya Raman".into(),
            roles: vec![
                // The same Page that Nora runs, seen by somebody who may only read it.
                Role { page: fjord(), tasks: &["ANALYZE"] },
                role(page(15, "Tidepool Kitchen", "Restaurant", Some(15), Some(RAMAN_PARTNERS))),
            ],
            businesses: vec![Business {
                id: RAMAN_PARTNERS,
                name: "Raman & Partners".into(),
                owned: vec![],
                clients: vec![104_400_000_000_015],
            }],
        },
        Person { id: 10_160_000_000_000_004, name: "Ida Falk".into(), roles: vec![], businesses: vec![] },
    ]
}
