//! graph.instagram.com: long-lived tokens, refresh, and data of one professional account
//! (pages "Business Login for Instagram" and "Instagram API with Instagram Login").

pub(crate) mod code;
mod exchange;
mod refresh;

use serde_json::{Value, json};

use crate::{
    call::{Answer, Content},
    error::GraphError,
    graph::{self, account::Right, comments, media, subscriptions},
    messages,
    settings::MeShape,
    tokens::Subject,
    visit::Visit,
};

/// Answers a call to graph.instagram.com.
pub(crate) fn answer(visit: &mut Visit<'_>) -> Answer {
    if let Err(error) = graph::open(visit) {
        return error.answer();
    }
    let rest = visit.rest.clone();
    let segments: Vec<&str> = rest.iter().map(String::as_str).collect();
    let outcome = match (visit.call.method.as_str(), segments.as_slice()) {
        ("GET", ["access_token"]) => exchange::long_lived(visit),
        ("GET", ["refresh_access_token"]) => match refresh::refresh(visit) {
            Ok(body) => Ok(body),
            Err(refresh::Refused::Canned(canned)) => {
                return Answer {
                    status: canned.status,
                    headers: Vec::new(),
                    body: Content::Json(canned.body),
                };
            }
            Err(refresh::Refused::Error(error)) => Err(error),
        },
        // The token calls exist for GET only; this is the live host's strange wording.
        (_, ["access_token" | "refresh_access_token"]) => Err(unsupported(&visit.call.method)),
        (_, []) => Err(GraphError::new(400, 2500, "An unknown error occurred: no object was named")),
        (_, [name, tail @ ..]) => data(visit, name, tail),
    };
    match outcome {
        Ok(body) => Answer::json(200, body),
        Err(error) => error.answer(),
    }
}

pub(super) fn unsupported(method: &str) -> GraphError {
    GraphError::new(400, 100, format!("Unsupported request - method type: {}", method.to_lowercase()))
        .kind("IGApiException")
}

fn data(visit: &mut Visit<'_>, name: &str, tail: &[&str]) -> Result<Value, GraphError> {
    let (_, account) = visit.instagram_caller()?;
    let customer = messages::is_customer(name) && tail.is_empty();
    if customer || messages::is_ours(name) || matches!(tail, ["conversations" | "messages"]) {
        visit.spend_messaging(&account)?;
    } else {
        visit.spend_account(&account)?;
    }
    let grant = visit.inner.state.grant(Subject::Account(account.id));
    if !grant.has("instagram_business_basic") {
        return Err(GraphError::new(
            403,
            200,
            "(#200) Requires instagram_business_basic permission to access this account",
        ));
    }
    let id = name.parse::<u64>().ok();
    let own = name == "me" || id == Some(account.id) || id == Some(account.app_scoped());
    if own {
        if tail == ["subscribed_apps"] {
            return subscriptions::of_account(visit, &account);
        }
        if visit.call.method == "POST" && tail == ["messages"] {
            visit.require(&grant, "instagram_business_manage_messages")?;
            return messages::send(visit, &account);
        }
        if visit.call.method != "GET" {
            return Err(visit.missing(name));
        }
        let body = graph::account::read(visit, &Right::Instagram, &account, tail)?;
        let wrapped = name == "me" && tail.is_empty() && visit.inner.state.settings.me_shape == MeShape::Data;
        return Ok(if wrapped { json!({"data": [body]}) } else { body });
    }
    if customer {
        visit.require(&grant, "instagram_business_manage_messages")?;
        return messages::profile(visit, &account, name);
    }
    if visit.call.method == "GET" && messages::is_ours(name) {
        visit.require(&grant, "instagram_business_manage_messages")?;
        return messages::read(visit, &account, name, tail);
    }
    if visit.call.method == "GET"
        && let Some(comment) = id.and_then(|id| comments::find(visit, id))
        && comment.item.account.id == account.id
    {
        return comments::read(visit, &Right::Instagram, &comment, tail);
    }
    if visit.call.method == "GET"
        && let Some(item) = id.and_then(|id| media::find(visit, id))
        && item.account.id == account.id
    {
        return media::read(visit, &Right::Instagram, &item, tail);
    }
    Err(visit.missing(name))
}
