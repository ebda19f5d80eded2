//! Posts, reels, albums and stories (reference pages "IG Media" and "IG User Media").
//!
//! Every account posts at its own pace since 2021; which posts exist follows from the time,
//! so moving the clock makes new ones appear and stories vanish.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{Outcome, account::Right, media_insights};
use crate::{
    call::Params,
    clock::meta_time,
    error::GraphError,
    fields::{Field, plain},
    insights::Day,
    paging,
    people::Account,
    seed::{mix, tag, unit},
    state::Sandbox,
    visit::{Visit, select},
};

const ID_BASE: u64 = 17_900_000_000_000_000;
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

/// The account behind a media id.
pub(crate) fn account_of(sandbox: &Sandbox, id: u64) -> Option<u64> {
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

fn moment_parameter(params: &Params, name: &str) -> Result<Option<i64>, GraphError> {
    params
        .filled(name)
        .map(|text| {
            text.parse().map_err(|_| GraphError::parameter(format!("{name} must be a UNIX timestamp")))
        })
        .transpose()
}

/// `/{ig-id}/media`, newest first.
pub(crate) fn list(
    visit: &mut Visit<'_>,
    right: &Right,
    account: &Account,
    params: &Params,
    fields: &[Field],
) -> Outcome {
    let seed = visit.world().seed;
    let (since, until) = (moment_parameter(params, "since")?, moment_parameter(params, "until")?);
    let total = count(seed, account, "post", account.post_every_hours, visit.now.timestamp());
    let at = |number: u64| moment(seed, account, "post", number, account.post_every_hours);
    let base = ID_BASE + account.index * BLOCK;
    let ids: Vec<u64> = (0..total)
        .rev()
        .take(MOST as usize)
        .filter(|number| since.is_none_or(|since| at(*number) >= since))
        .filter(|number| until.is_none_or(|until| at(*number) <= until))
        .map(|number| base + number)
        .collect();
    let slice = paging::slice(&ids, params, 25)?;
    let link = visit.link(&format!("/{}/media", account.id));
    let mut data = Vec::new();
    let hidden = visit.inner.state.settings.media_empty_page && slice.is_inner();
    for id in &ids[slice.range.clone()] {
        if hidden {
            break;
        }
        if let Some(item) = post(seed, account, id - base) {
            data.push(object(visit, right, &item, fields)?);
        }
    }
    Ok(slice.edge(data, &link, params))
}

/// `/{ig-id}/stories`: the living ones only.
pub(crate) fn stories(
    visit: &mut Visit<'_>,
    right: &Right,
    account: &Account,
    params: &Params,
    fields: &[Field],
) -> Outcome {
    let (seed, now) = (visit.world().seed, visit.now.timestamp());
    let total = count(seed, account, "story", account.story_every_hours, now);
    let items: Vec<Item> = (0..total)
        .rev()
        .filter_map(|number| story(seed, account, number))
        .take_while(|item| item.at.timestamp() > now - STORY_LIFE)
        .collect();
    let ids: Vec<u64> = items.iter().map(|item| item.id).collect();
    let slice = paging::slice(&ids, params, 25)?;
    let link = visit.link(&format!("/{}/stories", account.id));
    let mut data = Vec::new();
    for item in &items[slice.range.clone()] {
        data.push(object(visit, right, item, fields)?);
    }
    Ok(slice.edge(data, &link, params))
}

/// A media by itself, or one of its edges.
pub(crate) fn read(
    visit: &mut Visit<'_>,
    right: &Right,
    item: &Item,
    tail: &[&str],
    selection: Option<&[Field]>,
) -> Outcome {
    if right.is_empty() {
        return Ok(json!({"data": []}));
    }
    match tail {
        [] => {
            let fields = match selection {
                Some(fields) => fields.to_vec(),
                None => visit.fields(&["id"])?,
            };
            object(visit, right, item, &fields)
        }
        ["insights"] => {
            right.may_read_insights(visit, &item.account)?;
            media_insights::read(visit, right, item, &visit.call.params.clone())
        }
        ["children"] => {
            let fields = visit.fields(&["id"])?;
            children(visit, right, item, &fields)
        }
        ["comments"] => Ok(json!({"data": []})),
        [.., last] => Err(GraphError::unknown_path(&format!("/{last}"))),
    }
}

fn children(visit: &mut Visit<'_>, right: &Right, item: &Item, fields: &[Field]) -> Outcome {
    let mut data = Vec::new();
    for number in 0..children_of(visit.world().seed, item) {
        if let Some(child) = child(item, number) {
            data.push(object(visit, right, &child, fields)?);
        }
    }
    Ok(json!({ "data": data }))
}

fn object(visit: &mut Visit<'_>, right: &Right, item: &Item, fields: &[Field]) -> Outcome {
    let fields = if fields.is_empty() { plain(&["id"]) } else { fields.to_vec() };
    let (seed, now) = (visit.world().seed, visit.now);
    let draw = |salt: &str| unit(&[seed, item.id, tag(salt)]);
    let number = |metric: &str| Some(Value::from(media_insights::value(seed, item, metric, now)));
    let path = if item.product == Product::Reel { "reel" } else { "p" };
    let video = item.media_type(seed) == "VIDEO";
    let post = !matches!(item.product, Product::Story | Product::Child);
    let facebook = !right.is_instagram();
    select(&fields, item.id, |field| {
        Ok(match field.name.as_str() {
            "media_type" => Some(item.media_type(seed).into()),
            "media_product_type" => Some(item.product_type().into()),
            // Some posts have no caption, and stories never do.
            "caption" => (post && draw("caption") > 0.06).then(|| caption(seed, item).into()),
            "permalink" => Some(
                match item.product {
                    Product::Story => {
                        format!("https://www.instagram.com/stories/{}/{}", item.account.username, item.id)
                    }
                    _ => format!("https://www.instagram.com/{path}/{}/", item.shortcode()),
                }
                .into(),
            ),
            "shortcode" => Some(item.shortcode().into()),
            "timestamp" => Some(meta_time(item.at).into()),
            "username" => Some(item.account.username.clone().into()),
            "owner" => {
                let id = if facebook { item.account.id } else { item.account.app_scoped() };
                Some(json!({"id": id.to_string()}))
            }
            // Hidden likes leave the key out.
            "like_count" if draw("hidden likes") < 0.05 => None,
            "like_count" if item.product == Product::Child => None,
            "like_count" => number("likes"),
            "comments_count" if item.product == Product::Child => None,
            "comments_count" => number("comments"),
            "is_comment_enabled" => post.then_some(true.into()),
            "is_shared_to_feed" => (item.product == Product::Reel).then_some(true.into()),
            // Flagged for copyright: no address.
            "media_url" if draw("copyright") < 0.03 => None,
            "media_url" => {
                let ending = if video { "mp4" } else { "jpg" };
                Some(format!("https://cdn.example/media/{}.{ending}", item.id).into())
            }
            "thumbnail_url" => video.then(|| format!("https://cdn.example/media/{}.t.jpg", item.id).into()),
            "alt_text" => (draw("alt") < 0.3).then(|| "A picture of the day".into()),
            // Instagram's own numbers for media have nineteen digits.
            "ig_id" if facebook => Some((3_000_000_000_000_000_000 + item.id).to_string().into()),
            "view_count" => video.then(|| media_insights::value(seed, item, "views", now).into()),
            "reposts_count" if facebook && post => number("reposts"),
            "saved_count" if facebook && post => number("saved"),
            "shares_count" if facebook && post => number("shares"),
            "total_like_count" if facebook && post => number("likes"),
            "total_comments_count" if facebook && post => number("comments"),
            "total_views_count" if facebook && post => number("views"),
            "reposts_count"
            | "saved_count"
            | "shares_count"
            | "total_like_count"
            | "total_comments_count"
            | "total_views_count"
            | "media_audio_type"
            | "is_ai_generated"
            | "boost_eligibility_info"
            | "copyright_check_information"
                if facebook =>
            {
                None
            }
            "children" if item.product == Product::Album => {
                Some(children(visit, right, item, &field.children)?)
            }
            "children" => None,
            "insights" => {
                right.may_read_insights(visit, &item.account)?;
                Some(media_insights::read(visit, right, item, &field.params())?)
            }
            "comments" => Some(json!({"data": []})),
            other => return Err(GraphError::unknown_field(other, "IGMedia")),
        })
    })
}

fn caption(seed: u64, item: &Item) -> String {
    const STARTS: &[&str] = &[
        "Early light on the harbour.",
        "New this week!",
        "How it is made, in twenty seconds.",
        "Thank you for a full house.",
        "Back on Monday.",
        "A small thing we are proud of.",
        "Rain outside, warm inside ☔",
        "Question of the day: sweet or salty?",
    ];
    let start = crate::seed::pick(STARTS, &[seed, item.id, tag("start")]);
    format!("{start} #{}", item.account.username.replace('.', ""))
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
