//! Comments on media (reference pages "IG Media Comments" and "IG Comment").
//!
//! There are always as many as `comments_count` says: each appears at the moment at which that count
//! reaches it. All of them are answers to the media, none to another comment.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use super::{
    Outcome,
    account::Right,
    edge::Edge,
    known,
    media::{self, Item, Product},
    media_insights,
};
use crate::{
    clock::meta_time,
    error::GraphError,
    fields::Field,
    messages::NAMES,
    paging,
    seed::{mix, pick, tag},
    visit::{Visit, select},
};

/// Far from all other ids; a comment's id holds its media's.
const ID_BASE: u64 = 30_000_000_000_000_000;
/// More comments than this are not kept for one media.
const MOST: u64 = 10_000;
/// By then a media has all the comments it will ever have.
const SETTLED: i64 = 400 * 86_400;
const DEFAULTS: &[&str] = &["timestamp", "text", "id"];

const TEXTS: &[&str] = &[
    "Love this!",
    "So beautiful 😍",
    "Where can I get one?",
    "See you on Saturday.",
    "This made my day",
    "Is it available in green?",
    "👏👏",
    "My favourite place.",
];

/// One comment.
#[derive(Debug)]
pub(crate) struct Comment {
    pub(crate) item: Item,
    number: u64,
}

/// The media that a comment's id belongs to.
pub(super) fn media_of(id: u64) -> Option<u64> {
    Some(media::ID_BASE + id.checked_sub(ID_BASE)? / MOST)
}

/// Finds a comment by id, if it has been written by now.
pub(crate) fn find(visit: &Visit<'_>, id: u64) -> Option<Comment> {
    let item = media::find(visit, media_of(id)?)?;
    let number = (id - ID_BASE) % MOST;
    (number < count(visit.world().seed, &item, visit.now)).then_some(Comment { item, number })
}

fn count(seed: u64, item: &Item, now: DateTime<Utc>) -> u64 {
    match item.product {
        Product::Story | Product::Child => 0,
        _ => media_insights::value(seed, item, "comments", now).min(MOST),
    }
}

impl Comment {
    fn id(&self) -> u64 {
        ID_BASE + (self.item.id - media::ID_BASE) * MOST + self.number
    }

    /// When the media's count reached this comment.
    fn at(&self, seed: u64) -> DateTime<Utc> {
        let (mut before, mut after) = (0, SETTLED);
        while before < after {
            let middle = (before + after) / 2;
            if count(seed, &self.item, self.item.at + TimeDelta::seconds(middle)) > self.number {
                after = middle;
            } else {
                before = middle + 1;
            }
        }
        self.item.at + TimeDelta::seconds(after)
    }
}

/// `/{media-id}/comments`, newest first.
pub(super) fn list(visit: &Visit<'_>, right: &Right, item: &Item, edge: &Edge) -> Outcome {
    right.may_read_comments(visit, &item.account)?;
    let comment = |number: u64| Comment { item: item.clone(), number };
    let first = comment(0).id();
    let ids: Vec<u64> =
        (0..count(visit.world().seed, item, visit.now)).rev().map(|number| first + number).collect();
    let slice = paging::slice(&ids, &edge.params, 25)?;
    let fields = edge.fields_or(DEFAULTS);
    let mut data = Vec::new();
    for id in &ids[slice.range.clone()] {
        data.push(object(visit, &comment(id - first), &fields)?);
    }
    Ok(slice.edge(data, &visit.link(&format!("/{}/comments", item.id)), &edge.params))
}

/// A comment by itself, or its replies.
pub(crate) fn read(visit: &Visit<'_>, right: &Right, comment: &Comment, tail: &[&str]) -> Outcome {
    right.may_read_comments(visit, &comment.item.account)?;
    match tail {
        [] => object(visit, comment, &visit.fields(DEFAULTS)?),
        ["replies"] => Ok(json!({"data": []})),
        [.., last] => Err(GraphError::unknown_path(&format!("/{last}"))),
    }
}

fn object(visit: &Visit<'_>, comment: &Comment, fields: &[Field]) -> Outcome {
    let (seed, id) = (visit.world().seed, comment.id());
    let username = *pick(NAMES, &[seed, id, tag("author")]);
    select(fields, id, |field| {
        Ok(match field.name.as_str() {
            "text" => Some((*pick(TEXTS, &[seed, id, tag("text")])).into()),
            "timestamp" => Some(meta_time(comment.at(seed)).into()),
            "username" => Some(username.into()),
            "from" => {
                let author = 900_000_000_000_000 + mix(&[seed, id, tag("scoped")]) % 1_000_000_000;
                Some(json!({"id": author.to_string(), "username": username}))
            }
            "like_count" => Some((mix(&[seed, id, tag("likes")]) % 6).into()),
            "hidden" => Some(false.into()),
            "media" => Some(json!({
                "id": comment.item.id.to_string(),
                "media_product_type": comment.item.product_type(),
            })),
            "replies" => Some(json!({"data": []})),
            other => known::absent(other, "IGComment")?,
        })
    })
}
