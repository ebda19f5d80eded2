//! What Meta says about a token (`/docs/graph-api/reference/debug_token`). Facebook Login only;
//! Instagram Login has no counterpart.

use chrono::{DateTime, Utc};
use platform::Secret;
use serde_json::Value;

use crate::body;
use crate::call::{Call, Host, Purpose};
use crate::client::Client;
use crate::error::Error;
use crate::error_body::Fault;
use crate::proof::appsecret_proof;
use crate::provider::Provider;

/// When a token ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// It has no end of its own, as Page tokens of long-lived user tokens.
    Never,
    /// It ends then.
    At(DateTime<Utc>),
    /// Meta did not say.
    Unknown,
}

/// Whose token it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A person's.
    User,
    /// A Page's.
    Page,
    /// Our app's own.
    App,
    /// A system user's of a business portfolio.
    SystemUser,
    /// Something else, or unsaid.
    Other,
}

/// A permission, and what it was granted for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GranularScope {
    /// The permission.
    pub scope: String,
    /// Pages, businesses or Instagram accounts; absent means all.
    pub target_ids: Option<Vec<String>>,
}

/// What Meta says about a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenDebug {
    /// Whether the token can be used now.
    pub is_valid: bool,
    /// The app it was issued to.
    pub app_id: Option<String>,
    /// Whose token it is.
    pub kind: TokenKind,
    /// The person, by the id that is scoped to our app.
    pub user_id: Option<String>,
    /// The Page, for Page tokens.
    pub profile_id: Option<String>,
    /// When it ends.
    pub expires_at: Expiry,
    /// When the app may no longer read the person's data although the token is valid: 90 days after
    /// the person last used the app (`/docs/facebook-login/auth-vs-data`).
    pub data_access_expires_at: Option<DateTime<Utc>>,
    /// When it was issued; said of long-lived tokens only.
    pub issued_at: Option<DateTime<Utc>>,
    /// The granted permissions.
    pub scopes: Vec<String>,
    /// The permissions with what they were granted for; empty when Meta does not say.
    pub granular_scopes: Vec<GranularScope>,
    /// Why the token cannot be used, by what must be done.
    pub error: Option<Error>,
}

impl Client {
    /// Asks about a Facebook token, in the name of our app. That a token is dead is an answer, not an
    /// error.
    ///
    /// # Errors
    /// When the question itself failed.
    pub async fn debug_token(&self, token: &Secret) -> Result<TokenDebug, Error> {
        let app = self.app(Provider::FacebookLogin)?;
        let own = Secret::new(format!("{}|{}", app.id, app.secret.expose()));
        let call = Call::get(Host::FacebookGraph, Purpose::DebugToken, &["debug_token"])
            .query("input_token", token.expose())
            .query("appsecret_proof", appsecret_proof(&app.secret, &own))
            .app_bearer(own.expose().to_owned());
        let answer = self.send(call).await?;
        token_debug(&answer.body)
    }
}

pub(crate) fn token_debug(body: &Value) -> Result<TokenDebug, Error> {
    let malformed = |what| Error::malformed(Host::FacebookGraph, what);
    let data = body
        .get("data")
        .filter(|data| data.is_object())
        .ok_or_else(|| malformed("the answer has no data"))?;
    // Without it there is no verdict, and a wrong guess would end a connection.
    let is_valid = body::truth(data, "is_valid").ok_or_else(|| malformed("the answer has no verdict"))?;
    Ok(TokenDebug {
        is_valid,
        app_id: body::id(data, "app_id"),
        kind: match data.get("type").and_then(Value::as_str) {
            Some("USER") => TokenKind::User,
            Some("PAGE") => TokenKind::Page,
            Some("APP") => TokenKind::App,
            Some("SYSTEM_USER") => TokenKind::SystemUser,
            _ => TokenKind::Other,
        },
        user_id: body::id(data, "user_id"),
        profile_id: body::id(data, "profile_id"),
        expires_at: match body::integer(data, "expires_at") {
            Some(0) => Expiry::Never,
            _ => body::unix_time(data, "expires_at").map_or(Expiry::Unknown, Expiry::At),
        },
        data_access_expires_at: body::unix_time(data, "data_access_expires_at"),
        issued_at: body::unix_time(data, "issued_at"),
        scopes: body::list(data, "scopes").unwrap_or_default(),
        granular_scopes: body::elements(data, "granular_scopes").iter().filter_map(granular_scope).collect(),
        error: data
            .get("error")
            .filter(|error| error.is_object())
            .map(|error| Fault::of_envelope(error).into_error(Host::FacebookGraph, Purpose::TokenState, 200)),
    })
}

fn granular_scope(entry: &Value) -> Option<GranularScope> {
    Some(GranularScope { scope: body::text(entry, "scope")?, target_ids: body::ids(entry, "target_ids") })
}

#[cfg(test)]
mod tests {
    use chrono::{TimeZone, Utc};
    use serde_json::json;

    use super::*;
    use crate::error::{Cause, ErrorKind, OperatorFault};
    use crate::loopback::{FACEBOOK_TOKEN, Loopback, Reply, facebook_token};

    fn at(seconds: i64) -> DateTime<Utc> {
        Utc.timestamp_opt(seconds, 0).unwrap()
    }

    #[tokio::test]
    async fn a_page_token() {
        let server = Loopback::start(|_| {
            Reply::json(&json!({"data": {"app_id": 1_029_384_756, "type": "PAGE", "application": "Example",
                "data_access_expires_at": 1_771_776_000, "expires_at": 0, "is_valid": true,
                "issued_at": 1_764_000_000, "profile_id": "104400000000001",
                "user_id": 10_160_000_000_000_001_u64, "metadata": {"sso": "web"},
                "scopes": ["instagram_basic", "public_profile"],
                "granular_scopes": [{"scope": "pages_show_list", "target_ids": ["104400000000001"]},
                    {"scope": "instagram_basic", "target_ids": [17_841_400_000_000_001_u64]},
                    {"scope": "business_management"}, {"target_ids": []}, 5]}}))
        })
        .await;
        let debug = server.client.debug_token(&facebook_token()).await.unwrap();
        let scope = |scope: &str, id: Option<&str>| GranularScope {
            scope: scope.to_owned(),
            target_ids: id.map(|id| vec![id.to_owned()]),
        };
        assert_eq!(
            debug,
            TokenDebug {
                is_valid: true,
                app_id: Some("1029384756".to_owned()),
                kind: TokenKind::Page,
                user_id: Some("10160000000000001".to_owned()),
                profile_id: Some("104400000000001".to_owned()),
                expires_at: Expiry::Never,
                data_access_expires_at: Some(at(1_771_776_000)),
                issued_at: Some(at(1_764_000_000)),
                scopes: vec!["instagram_basic".to_owned(), "public_profile".to_owned()],
                granular_scopes: vec![
                    scope("pages_show_list", Some("104400000000001")),
                    scope("instagram_basic", Some("17841400000000001")),
                    scope("business_management", None),
                ],
                error: None,
            }
        );
        let asked = server.only();
        assert_eq!(
            (asked.method.as_str(), asked.path.as_str()),
            ("GET", "/graph.facebook.com/v25.0/debug_token")
        );
        assert_eq!(asked.query.len(), 2);
        assert_eq!(asked.query["input_token"], FACEBOOK_TOKEN);
        let caller = Secret::new("1029384756|test_app_secret_0001");
        assert_eq!(
            asked.query["appsecret_proof"],
            appsecret_proof(&Secret::new("test_app_secret_0001"), &caller),
            "the proof is that of the token that calls"
        );
        assert_eq!(asked.authorization.as_deref(), Some("Bearer 1029384756|test_app_secret_0001"));
    }

    #[test]
    fn a_dead_token_is_an_answer() {
        let debug = token_debug(&json!({"data": {"app_id": "1029384756", "type": "USER",
            "expires_at": 1_763_900_000, "is_valid": false, "scopes": [], "user_id": "10160000000000001",
            "error": {"code": 190, "message": "The session has been invalidated.", "subcode": 460}}}))
        .unwrap();
        assert!(!debug.is_valid);
        assert_eq!(debug.expires_at, Expiry::At(at(1_763_900_000)));
        let error = debug.error.unwrap();
        assert_eq!(error.kind(), ErrorKind::Reauthorise(Cause::PasswordChanged));
        assert_eq!((error.code(), error.subcode()), (Some(190), Some(460)));
    }

    #[test]
    fn a_token_that_cannot_be_parsed_loses_most_fields() {
        let debug =
            token_debug(&json!({"data": {"error": {"code": 190, "message": "Invalid OAuth access token."},
            "is_valid": false, "scopes": []}}))
            .unwrap();
        assert_eq!((debug.kind, debug.expires_at), (TokenKind::Other, Expiry::Unknown));
        assert_eq!((debug.app_id, debug.user_id, debug.data_access_expires_at), (None, None, None));
        assert_eq!(debug.error.unwrap().kind(), ErrorKind::Reauthorise(Cause::InvalidSession));
    }

    #[test]
    fn no_verdict_is_no_answer() {
        for body in [
            json!({}),
            json!({"data": []}),
            json!({"data": {}}),
            json!({"data": {"is_valid": null}}),
            json!({"data": {"is_valid": "maybe"}}),
        ] {
            assert_eq!(token_debug(&body).unwrap_err().kind(), ErrorKind::Transient, "{body}");
        }
    }

    #[test]
    fn zero_data_access_is_no_date() {
        let debug =
            token_debug(&json!({"data": {"is_valid": true, "data_access_expires_at": 0, "expires_at": "x"}}));
        let debug = debug.unwrap();
        assert_eq!((debug.data_access_expires_at, debug.expires_at), (None, Expiry::Unknown));
    }

    #[tokio::test]
    async fn a_refused_calling_token_is_our_own_fault() {
        let server = Loopback::start(|_| Reply::error(400, 190)).await;
        let error = server.client.debug_token(&facebook_token()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Operator(OperatorFault::AppSecret));
        let printed = format!("{error} {error:?}");
        assert!(!printed.contains(FACEBOOK_TOKEN) && !printed.contains("test_app_secret"));
    }
}
