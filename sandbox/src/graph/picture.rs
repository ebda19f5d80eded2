//! Profile pictures of people and Pages (reference pages "User Picture" and "Page Picture").

use serde_json::{Map, Value, json};

use super::{Outcome, edge::Edge};
use crate::{call::Answer, error::GraphError, visit::Visit};

pub(super) fn of_person(id: u64, edge: &Edge) -> Outcome {
    source(&format!("https://cdn.example/people/{id}.jpg"), edge)
}

pub(super) fn of_page(id: u64, edge: &Edge) -> Outcome {
    source(&format!("https://cdn.example/pages/{id}.jpg"), edge)
}

/// `{"data":{…}}` with the size that `type`, `width` and `height` ask for.
fn source(address: &str, edge: &Edge) -> Outcome {
    let side = match edge.params.filled("type") {
        None | Some("small" | "square" | "album") => 50,
        Some("normal") => 100,
        Some("large") => 200,
        Some(_) => {
            return Err(GraphError::parameter(
                "type must be one of the following values: small, normal, album, large, square",
            ));
        }
    };
    let length = |name: &str| {
        edge.params
            .filled(name)
            .map(|text| {
                let wrong = || GraphError::parameter(format!("{name} must be a positive integer"));
                text.parse::<u32>().ok().filter(|length| *length > 0).ok_or_else(wrong)
            })
            .transpose()
    };
    let (width, height) = (length("width")?, length("height")?);
    // One length alone makes a square.
    let (width, height) = (width.or(height).unwrap_or(side), height.or(width).unwrap_or(side));
    let all = json!({
        "height": height,
        "is_silhouette": false,
        "url": format!("{address}?width={width}&height={height}"),
        "width": width,
    });
    let mut data = Map::new();
    for field in edge.fields_or(&["height", "is_silhouette", "url", "width"]) {
        match (field.name.as_str(), all.get(&field.name)) {
            (_, Some(value)) => {
                data.insert(field.key().to_owned(), value.clone());
            }
            ("cache_key" | "left" | "right" | "top" | "bottom", None) => {}
            (other, None) => return Err(GraphError::unknown_field(other, "ProfilePictureSource")),
        }
    }
    Ok(json!({ "data": Value::Object(data) }))
}

/// By path the picture itself is the answer, unless `redirect=0` asks for its description.
pub(super) fn answer(visit: &Visit<'_>, body: Value) -> Answer {
    let described = visit.call.params.flag("redirect") == Some(false);
    match body.pointer("/data/url").and_then(Value::as_str) {
        Some(url) if !described => Answer::redirect(url.to_owned()),
        _ => Answer::json(200, body),
    }
}
