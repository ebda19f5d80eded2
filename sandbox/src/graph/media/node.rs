//! One media as a node, and its edges.

use serde_json::{Value, json};

use super::{Item, Product, child, children_of};
use crate::{
    clock::meta_time,
    error::GraphError,
    fields::{Field, plain},
    graph::{Outcome, account::Right, comments, edge::Edge, known, media_insights},
    seed::{tag, unit},
    visit::{Visit, select},
};

/// A media by itself, or one of its edges.
pub(crate) fn read(visit: &mut Visit<'_>, right: &Right, item: &Item, tail: &[&str]) -> Outcome {
    if right.is_empty() {
        return Ok(json!({"data": []}));
    }
    match tail {
        [] => {
            let fields = visit.fields(&["id"])?;
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
        ["comments"] => {
            let edge = Edge::by_path(visit)?;
            comments::list(visit, right, item, &edge)
        }
        ["collaborators" | "product_tags"] => Ok(json!({"data": []})),
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

pub(super) fn object(visit: &mut Visit<'_>, right: &Right, item: &Item, fields: &[Field]) -> Outcome {
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
            "like_count" if media_insights::hides_likes(seed, item) => None,
            "like_count" if item.product == Product::Child => None,
            "like_count" => number("likes"),
            "comments_count" if item.product == Product::Child => None,
            // A story is answered in messages.
            "comments_count" if item.product == Product::Story => Some(0.into()),
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
            "children" if item.product == Product::Album => {
                Some(children(visit, right, item, &field.children)?)
            }
            "children" => None,
            "insights" => {
                right.may_read_insights(visit, &item.account)?;
                Some(media_insights::read(visit, right, item, &field.params())?)
            }
            "comments" => Some(comments::list(visit, right, item, &Edge::nested(visit, field))?),
            "collaborators" | "product_tags" => Some(json!({"data": []})),
            other if facebook => known::absent(other, "IGMedia")?,
            "current_live_viewer_count" | "is_ai_generated" => None,
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
