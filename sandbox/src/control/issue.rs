//! Tokens without a dialog, as Meta's own tools hand them out: the Graph API Explorer (short-lived), the
//! App Dashboard (long-lived) and the settings of a business portfolio (system users).

use std::sync::Arc;

use axum::{Json, body::Bytes, extract::State as Shared};
use serde::Deserialize;
use serde_json::json;

use super::{Refusal, Reply, actions::Id, read};
use crate::{
    state::Sandbox,
    tokens::{Bearer, Subject},
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    person: Option<Id>,
    account: Option<Id>,
    kind: Kind,
    /// Granted with it; absent: what a product like ours needs.
    scopes: Option<Vec<String>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    ShortLived,
    LongLived,
    SystemUser,
    #[serde(rename = "system_user_60_days")]
    SystemUser60Days,
}

const INSTAGRAM: [&str; 2] = ["instagram_business_basic", "instagram_business_manage_insights"];

pub(super) async fn token(Shared(sandbox): Shared<Arc<Sandbox>>, body: Bytes) -> Reply {
    let order: Order = read(&body)?;
    let system = matches!(order.kind, Kind::SystemUser | Kind::SystemUser60Days);
    let bearer = match (&order.person, &order.account) {
        (Some(person), None) => {
            let id = person.number()?;
            let person = sandbox.world.person(id).filter(|person| !person.is_system_user());
            let person = person.ok_or_else(|| Refusal::bad(format!("there is no person {id}")))?;
            Bearer::Person(if system { person.system_user() } else { person.id })
        }
        (None, Some(_)) if system => {
            return Err(Refusal::bad("system users come with Facebook Login: name a person"));
        }
        (None, Some(account)) => {
            let id = account.number()?;
            let account = sandbox.world.account_by_any_id(id);
            Bearer::Account(account.ok_or_else(|| Refusal::bad(format!("there is no account {id}")))?.id)
        }
        _ => return Err(Refusal::bad("name exactly one of person, account")),
    };
    let mut inner = sandbox.inner();
    let now = inner.state.clock.now();
    let settings = &inner.state.settings;
    let (short, long, usual) = match bearer.subject() {
        Subject::Person(_) => {
            (settings.short_token_seconds, settings.long_token_seconds, settings.config_permissions.clone())
        }
        Subject::Account(_) => (
            settings.ig_short_token_seconds,
            settings.ig_long_token_seconds,
            INSTAGRAM.map(str::to_owned).to_vec(),
        ),
    };
    let scopes = order.scopes.unwrap_or(usual);
    if let Some(unknown) = scopes.iter().find(|name| !crate::dialog::knows(name)) {
        return Err(Refusal::bad(format!("there is no permission {unknown}")));
    }
    let lifetime = match order.kind {
        Kind::ShortLived => Some(short),
        Kind::LongLived | Kind::SystemUser60Days => Some(long),
        Kind::SystemUser => None,
    };
    inner.state.consent(bearer.subject(), &scopes, &scopes, None, now.timestamp());
    let token = inner.state.issue(bearer, now, lifetime, order.kind != Kind::ShortLived);
    sandbox.touch();
    Ok(Json(json!({"access_token": token.text, "expires_in": lifetime})))
}
