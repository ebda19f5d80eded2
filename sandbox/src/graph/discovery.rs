//! `business_discovery.username(…){…}`: what everybody may know of another professional account
//! (page "Business Discovery").

use super::{
    Outcome,
    account::{self, Right},
    edge::Edge,
};
use crate::{error::GraphError, fields::Field, people::Account, visit::Visit};

const PROFILE: &[&str] = &[
    "biography",
    "followers_count",
    "follows_count",
    "id",
    "ig_id",
    "media",
    "media_count",
    "name",
    "profile_picture_url",
    "username",
    "website",
];
const MEDIA: &[&str] = &[
    "caption",
    "children",
    "comments_count",
    "id",
    "like_count",
    "media_product_type",
    "media_type",
    "media_url",
    "owner",
    "permalink",
    "thumbnail_url",
    "timestamp",
    "username",
    "view_count",
];

pub(super) fn read(visit: &mut Visit<'_>, right: &Right, asking: &Account, edge: &Edge) -> Outcome {
    right.may_read_insights(visit, asking)?;
    let username = edge
        .params
        .filled("username")
        .ok_or_else(|| GraphError::parameter("The parameter username is required"))?;
    let found = visit
        .world()
        .account_by_username(username)
        .ok_or_else(|| GraphError::new(400, 110, "Invalid user id").subcode(2_207_013))?;
    only(&edge.fields, PROFILE, "IGUser")?;
    for media in edge.fields.iter().filter(|field| field.name == "media") {
        only(&media.children, MEDIA, "IGMedia")?;
    }
    let mut body = account::object(visit, right, &found, &edge.fields)?;
    // Only the cursors lead on: the other account has no edge of its own for this token.
    for media in edge.fields.iter().filter(|field| field.name == "media") {
        if let Some(paging) = body.pointer_mut(&format!("/{}/paging", media.key()))
            && let Some(paging) = paging.as_object_mut()
        {
            paging.retain(|name, _| name == "cursors");
        }
    }
    Ok(body)
}

/// What is not public does not exist for others.
fn only(fields: &[Field], public: &[&str], node: &str) -> Result<(), GraphError> {
    match fields.iter().find(|field| !public.contains(&field.name.as_str())) {
        Some(private) => Err(GraphError::unknown_field(&private.name, node)),
        None => Ok(()),
    }
}
