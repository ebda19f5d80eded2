//! The professional account as a node, and its edges (reference page "IG User").

use serde_json::{Value, json};

use super::{Outcome, me, media};
use crate::{
    call::Params,
    error::GraphError,
    fields::{Field, plain},
    grants::Grant,
    insights,
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

    pub(crate) fn is_instagram(&self) -> bool {
        matches!(self, Self::Instagram)
    }

    /// Data access has lapsed and the sandbox was told to answer with nothing.
    pub(crate) fn is_empty(&self) -> bool {
        matches!(self, Self::Facebook { lapsed: true, .. })
    }
}

/// Reads the node or one of its edges.
pub(crate) fn read(
    visit: &mut Visit<'_>,
    right: &Right,
    account: &Account,
    tail: &[&str],
    selection: Option<&[Field]>,
) -> Outcome {
    match tail {
        [] => {
            let fields = match selection {
                Some(fields) => fields.to_vec(),
                None => visit.fields(&["id"])?,
            };
            if right.is_empty() {
                return select(&[], account.id, |_| Ok(None));
            }
            object(visit, right, account, &fields)
        }
        [edge] => {
            let mut params = me::with_token(visit);
            // An edge's own fields come as a parameter, like everything else about it.
            params.0.retain(|(name, _)| name != "method");
            let children = match visit.call.params.filled("fields") {
                Some(text) => crate::fields::parse(text)?,
                None => Vec::new(),
            };
            self::edge(visit, right, account, edge, &params, &children)
        }
        [.., last] => Err(GraphError::unknown_path(&format!("/{last}"))),
    }
}

/// One edge, asked for by path or nested in `fields`.
fn edge(
    visit: &mut Visit<'_>,
    right: &Right,
    account: &Account,
    name: &str,
    params: &Params,
    children: &[Field],
) -> Outcome {
    if right.is_empty() {
        return Ok(json!({"data": []}));
    }
    match name {
        "insights" => {
            right.may_read_insights(visit, account)?;
            insights::read(visit, account, params)
        }
        "media" => media::list(visit, right, account, params, children),
        "stories" => media::stories(visit, right, account, params, children),
        "tags" => Ok(json!({"data": []})),
        other => Err(GraphError::unknown_field(other, "IGUser")),
    }
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
            ("owner_business", false) | ("shopping_product_tag_eligibility", false) => None,
            ("media" | "stories" | "insights" | "tags", _) => {
                let mut params = field.params();
                if let Some(token) = visit.call.token() {
                    params.set("access_token", token);
                }
                Some(edge(visit, right, account, &field.name, &params, &field.children)?)
            }
            (other, _) => return Err(GraphError::unknown_field(other, "IGUser")),
        };
        Ok(value)
    })
}
