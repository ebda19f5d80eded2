//! The professional account as a node, and its edges (reference page "IG User").

use serde_json::{Map, Value, json};

use super::{Outcome, discovery, edge::Edge, known, media};
use crate::{
    error::GraphError,
    fields::{Field, plain},
    grants::Grant,
    insights, messages,
    people::Account,
    tokens::Subject,
    visit::{Visit, select},
};

/// With which right an account is read.
#[derive(Clone, Debug)]
pub(crate) enum Right {
    /// Through Facebook Login.
    Facebook {
        grant: Grant,
        /// Data access has lapsed and reads come back empty.
        lapsed: bool,
    },
    /// Through Instagram Login.
    Instagram,
}

impl Right {
    fn grant(&self, visit: &Visit<'_>, account: &Account) -> Grant {
        match self {
            Self::Facebook { grant, .. } => grant.clone(),
            Self::Instagram => visit.inner.state.grant(Subject::Account(account.id)),
        }
    }

    /// Insights need more than reading (page "Instagram user insights").
    pub(crate) fn may_read_insights(&self, visit: &Visit<'_>, account: &Account) -> Result<(), GraphError> {
        let grant = self.grant(visit, account);
        let needed: &[&str] = match self {
            Self::Instagram => &["instagram_business_basic", "instagram_business_manage_insights"],
            _ => &["instagram_basic", "instagram_manage_insights", "pages_read_engagement"],
        };
        needed.iter().try_for_each(|permission| visit.require(&grant, permission))
    }

    /// So do comments (reference page "IG Media Comments").
    pub(crate) fn may_read_comments(&self, visit: &Visit<'_>, account: &Account) -> Result<(), GraphError> {
        let grant = self.grant(visit, account);
        let needed: &[&str] = match self {
            Self::Instagram => &["instagram_business_basic", "instagram_business_manage_comments"],
            _ => &["instagram_basic", "instagram_manage_comments", "pages_read_engagement"],
        };
        needed.iter().try_for_each(|permission| visit.require(&grant, permission))
    }

    pub(crate) fn is_instagram(&self) -> bool {
        matches!(self, Self::Instagram)
    }

    /// Data access has lapsed and the sandbox was told to answer with nothing.
    pub(crate) fn is_empty(&self) -> bool {
        matches!(self, Self::Facebook { lapsed: true, .. })
    }
}

/// Reads the node or one of its edges.
pub(crate) fn read(visit: &mut Visit<'_>, right: &Right, account: &Account, tail: &[&str]) -> Outcome {
    match tail {
        [] => {
            let fields = visit.fields(&["id"])?;
            if right.is_empty() {
                return select(&[], account.id, |_| Ok(None));
            }
            object(visit, right, account, &fields)
        }
        [name] => {
            let edge = Edge::by_path(visit)?;
            self::edge(visit, right, account, name, &edge)
        }
        [.., last] => Err(GraphError::unknown_path(&format!("/{last}"))),
    }
}

/// Edges that exist and hold nothing here.
const EMPTY: &[&str] = &["tags", "live_media", "collaboration_invites", "upcoming_events"];
/// Edges of Facebook Login only; hashtags are not part of Instagram Login.
const EMPTY_WITH_FACEBOOK: &[&str] = &["recently_searched_hashtags", "mentions", "scheduled_media"];

fn is_edge(name: &str, right: &Right) -> bool {
    matches!(name, "insights" | "media" | "stories" | "content_publishing_limit")
        || EMPTY.contains(&name)
        || (!right.is_instagram() && EMPTY_WITH_FACEBOOK.contains(&name))
        || (right.is_instagram() && name == "conversations")
}

/// One edge, asked for by path or nested in `fields`.
fn edge(visit: &mut Visit<'_>, right: &Right, account: &Account, name: &str, edge: &Edge) -> Outcome {
    if !is_edge(name, right) {
        return Err(GraphError::unknown_field(name, "IGUser"));
    }
    if right.is_empty() {
        return Ok(json!({"data": []}));
    }
    match name {
        "insights" => {
            right.may_read_insights(visit, account)?;
            insights::read(visit, account, &edge.params)
        }
        "media" => media::list(visit, right, account, edge),
        "stories" => media::stories(visit, right, account, edge),
        "content_publishing_limit" => publishing_limit(edge),
        "conversations" => {
            visit.require(&right.grant(visit, account), "instagram_business_manage_messages")?;
            messages::list(visit, account, &visit.link("/me/conversations"), edge)
        }
        _ => Ok(json!({"data": []})),
    }
}

/// Nothing is published here, so nothing of the quota is used
/// (reference page "Content Publishing Limit").
fn publishing_limit(edge: &Edge) -> Outcome {
    let mut row = Map::new();
    for field in edge.fields_or(&["quota_usage"]) {
        let value = match field.name.as_str() {
            "quota_usage" => 0.into(),
            "config" => json!({"quota_total": 100, "quota_duration": 86_400}),
            other => return Err(GraphError::unknown_field(other, "ContentPublishingLimitResponse")),
        };
        row.insert(field.key().to_owned(), value);
    }
    Ok(json!({"data": [row]}))
}

/// The node with the requested fields.
pub(crate) fn object(visit: &mut Visit<'_>, right: &Right, account: &Account, fields: &[Field]) -> Outcome {
    let fields = if fields.is_empty() { plain(&["id"]) } else { fields.to_vec() };
    let instagram = right.is_instagram();
    let id = if instagram { account.app_scoped() } else { account.id };
    let now = visit.now;
    let seed = visit.world().seed;
    select(&fields, id, |field| {
        let value: Option<Value> = match (field.name.as_str(), instagram) {
            ("username", _) => Some(account.username.clone().into()),
            ("name", _) => Some(account.name.clone().into()),
            ("biography", _) => Some(account.biography.clone().into()),
            ("website", _) => account.website.clone().map(Value::from),
            ("profile_picture_url", _) => Some(
                // The address changes every week: a CDN link that must not be kept for good.
                format!(
                    "https://cdn.example/profiles/{}.jpg?stp={}",
                    account.username,
                    now.timestamp() / 604_800
                )
                .into(),
            ),
            ("followers_count", _) => Some(insights::truth::followers(seed, account, now).into()),
            ("follows_count", _) => Some(insights::truth::follows(seed, account, now).into()),
            ("media_count", _) => Some(media::shown_count(visit, account).into()),
            ("user_id", true) => Some(account.id.to_string().into()),
            ("account_type", true) => Some(account.kind.into()),
            ("ig_id", false) => Some(account.instagram_number().into()),
            ("legacy_instagram_user_id", false) => Some(account.instagram_number().to_string().into()),
            ("has_profile_pic", false) | ("is_published", false) => Some(true.into()),
            ("business_discovery", false) => {
                Some(discovery::read(visit, right, account, &Edge::nested(visit, field))?)
            }
            (name, _) if is_edge(name, right) => {
                Some(edge(visit, right, account, name, &Edge::nested(visit, field))?)
            }
            (other, false) => known::absent(other, "IGUser")?,
            (other, true) => return Err(GraphError::unknown_field(other, "IGUser")),
        };
        Ok(value)
    })
}
