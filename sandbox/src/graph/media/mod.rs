//! Posts, reels, albums and stories (reference pages "IG Media" and "IG User Media").
//!
//! Every account posts at its own pace since 2021; which posts exist follows from the time,
//! so moving the clock makes new ones appear and stories vanish.

mod lists;
mod node;

use chrono::{DateTime, Utc};

use crate::{
    insights::Day,
    people::Account,
    seed::{mix, tag, unit},
    state::Sandbox,
    visit::Visit,
};

pub(crate) use lists::{list, stories};
pub(crate) use node::read;

pub(super) const ID_BASE: u64 = 17_900_000_000_000_000;
/// Ids of one account lie in a block of this size: posts, then stories, then album children.
const BLOCK: u64 = 1_000_000;
const STORIES: u64 = 20_000;
const CHILDREN: u64 = 100_000;
/// 2021-01-03T06:00:00Z: older than any day whose numbers can be asked for with a version played here.
const FIRST_POST: i64 = 1_609_653_600;
/// Shares of reels and albums among posts.
const REELS: f64 = 0.35;
const ALBUMS: f64 = 0.25;
const STORY_LIFE: i64 = 86_400;
/// Nobody walks further back than this.
const MOST: u64 = 10_000;

/// What kind of thing a media is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Product {
    Image,
    Album,
    Reel,
    Story,
    /// A picture inside an album.
    Child,
}

/// One media.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) id: u64,
    pub(crate) account: Account,
    pub(crate) product: Product,
    pub(crate) at: DateTime<Utc>,
    number: u64,
}

impl Item {
    /// The product type as `media_product_type` writes it.
    pub(crate) fn product_type(&self) -> &'static str {
        match self.product {
            Product::Reel => "REELS",
            Product::Story => "STORY",
            Product::Image | Product::Album | Product::Child => "FEED",
        }
    }

    fn media_type(&self, seed: u64) -> &'static str {
        match self.product {
            Product::Reel => "VIDEO",
            Product::Album => "CAROUSEL_ALBUM",
            Product::Story if unit(&[seed, self.id, tag("video")]) < 0.5 => "VIDEO",
            Product::Image | Product::Story | Product::Child => "IMAGE",
        }
    }

    /// The oldest post of every third account was made before the account became professional.
    pub(crate) fn before_professional(&self) -> bool {
        self.product != Product::Story && self.number == 0 && self.account.index.is_multiple_of(3)
    }

    /// How many posts, or stories, the account makes on the Pacific day of this one.
    pub(crate) fn made_that_day(&self, seed: u64, day: Day) -> u64 {
        let (salt, hours) = match self.product {
            Product::Story => ("story", self.account.story_every_hours),
            _ => ("post", self.account.post_every_hours),
        };
        let before = |at: DateTime<Utc>| count(seed, &self.account, salt, hours, at.timestamp() - 1);
        (before(day.end()) - before(day.start())).max(1)
    }

    /// Days between two of its kind, on average.
    pub(crate) fn days_between(&self) -> f64 {
        let (hours, share) = match self.product {
            Product::Story => (self.account.story_every_hours, 1.0),
            Product::Reel => (self.account.post_every_hours, REELS),
            Product::Album | Product::Child => (self.account.post_every_hours, ALBUMS),
            Product::Image => (self.account.post_every_hours, 1.0 - REELS - ALBUMS),
        };
        hours as f64 / 24.0 / share
    }

    fn shortcode(&self) -> String {
        const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let mut rest = mix(&[self.id]);
        (0..11)
            .map(|_| {
                let letter = LETTERS[(rest % 64) as usize] as char;
                rest /= 64;
                letter
            })
            .collect()
    }
}

fn moment(seed: u64, account: &Account, salt: &str, number: u64, hours: u64) -> i64 {
    let jitter = mix(&[seed, account.id, number, tag(salt)]) % (hours * 1_800);
    FIRST_POST + (number * hours * 3_600 + jitter) as i64
}

/// How many posts or stories began up to now.
fn count(seed: u64, account: &Account, salt: &str, hours: u64, now: i64) -> u64 {
    if now < FIRST_POST {
        return 0;
    }
    let about = ((now - FIRST_POST) as u64) / (hours * 3_600);
    // The jitter stays within half an interval, so only the last one can still lie ahead.
    if moment(seed, account, salt, about, hours) <= now { about + 1 } else { about }
}

fn post(seed: u64, account: &Account, number: u64) -> Option<Item> {
    let draw = unit(&[seed, account.id, number, tag("product")]);
    let product = if draw < REELS {
        Product::Reel
    } else if draw < REELS + ALBUMS {
        Product::Album
    } else {
        Product::Image
    };
    build(
        account,
        ID_BASE + account.index * BLOCK + number,
        product,
        number,
        moment(seed, account, "post", number, account.post_every_hours),
    )
}

fn story(seed: u64, account: &Account, number: u64) -> Option<Item> {
    let at = moment(seed, account, "story", number, account.story_every_hours);
    build(account, ID_BASE + account.index * BLOCK + STORIES + number, Product::Story, number, at)
}

fn build(account: &Account, id: u64, product: Product, number: u64, at: i64) -> Option<Item> {
    Some(Item { id, account: account.clone(), product, number, at: DateTime::from_timestamp(at, 0)? })
}

fn children_of(seed: u64, item: &Item) -> u64 {
    if item.product == Product::Album { 2 + mix(&[seed, item.id, tag("children")]) % 4 } else { 0 }
}

fn child(item: &Item, number: u64) -> Option<Item> {
    let base = ID_BASE + item.account.index * BLOCK;
    build(
        &item.account,
        base + CHILDREN + item.number * 8 + number,
        Product::Child,
        item.number,
        item.at.timestamp(),
    )
}

/// The account behind the id of a media or of a comment.
pub(crate) fn account_of(sandbox: &Sandbox, id: u64) -> Option<u64> {
    let id = super::comments::media_of(id).unwrap_or(id);
    let index = id.checked_sub(ID_BASE)? / BLOCK;
    sandbox.world.account_by_index(index).map(|account| account.id)
}

/// Finds a media by id, if it exists by now.
pub(crate) fn find(visit: &Visit<'_>, id: u64) -> Option<Item> {
    let offset = id.checked_sub(ID_BASE)?;
    let account = visit.world().account_by_index(offset / BLOCK)?;
    let (seed, slot) = (visit.world().seed, offset % BLOCK);
    let item = if slot < STORIES {
        post(seed, &account, slot)?
    } else if slot < CHILDREN {
        story(seed, &account, slot - STORIES)?
    } else {
        let parent = post(seed, &account, (slot - CHILDREN) / 8)?;
        let number = (slot - CHILDREN) % 8;
        if number >= children_of(seed, &parent) {
            return None;
        }
        child(&parent, number)?
    };
    (item.at <= visit.now).then_some(item)
}

/// `media_count` of the node; it may disagree with a walk by a few.
pub(crate) fn shown_count(visit: &Visit<'_>, account: &Account) -> u64 {
    let seed = visit.world().seed;
    let exact = count(seed, account, "post", account.post_every_hours, visit.now.timestamp());
    exact.saturating_sub(mix(&[seed, account.id, tag("hidden")]) % 4)
}

/// Posts and stories made in a span of time.
#[cfg(test)]
pub(super) fn made_between(
    seed: u64,
    account: &Account,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Vec<Item> {
    let (from, to) = (from.timestamp() - 1, to.timestamp() - 1);
    let numbers = |salt: &str, hours: u64| {
        count(seed, account, salt, hours, from)..count(seed, account, salt, hours, to)
    };
    let posts = numbers("post", account.post_every_hours).filter_map(|number| post(seed, account, number));
    let stories =
        numbers("story", account.story_every_hours).filter_map(|number| story(seed, account, number));
    posts.chain(stories).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::{HARBOUR_BAKERY, World};

    #[test]
    fn posts_appear_as_time_goes_on_and_never_out_of_order() {
        let world = World { seed: 7, generated: 0 };
        let account = world.account(HARBOUR_BAKERY).unwrap();
        let now = 1_795_000_000;
        let total = count(7, &account, "post", account.post_every_hours, now);
        assert!(total > 200, "{total}");
        let times: Vec<i64> = (0..total)
            .filter_map(|number| post(7, &account, number))
            .map(|item| item.at.timestamp())
            .collect();
        assert!(times.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(times.last().is_some_and(|last| *last <= now));
        assert!(count(7, &account, "post", account.post_every_hours, now + 30 * 86_400) > total);
        assert_eq!(count(7, &account, "post", account.post_every_hours, 0), 0);
    }
}
