//! Where to send a person who connects an account.

use platform::Secret;
use url::Url;

use crate::client::{Client, join};
use crate::error::Error;
use crate::provider::Provider;

/// Reading profile and insights through a Page; `business_management` because Pages that are held
/// through a business portfolio are otherwise left out of the list
/// (`/docs/instagram-platform/instagram-api-with-facebook-login/get-started`).
const FACEBOOK_SCOPES: &[&str] = &[
    "instagram_basic",
    "instagram_manage_insights",
    "pages_show_list",
    "pages_read_engagement",
    "business_management",
];

/// Reading profile and insights
/// (`/docs/instagram-platform/instagram-api-with-instagram-login/business-login`).
const INSTAGRAM_SCOPES: &[&str] = &["instagram_business_basic", "instagram_business_manage_insights"];

/// Why the person is sent to the dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prompt {
    /// To connect for the first time.
    First,
    /// To be asked again for a permission that was declined.
    Rerequest,
    /// To confirm the connection anew, because the token has ended or because Facebook's 90 days of
    /// data access are about to (`/docs/facebook-login/auth-vs-data`).
    Reauthorise,
}

/// The permissions that the product asks for.
#[must_use]
pub fn scopes(provider: Provider) -> &'static [&'static str] {
    match provider {
        Provider::FacebookLogin => FACEBOOK_SCOPES,
        Provider::InstagramLogin => INSTAGRAM_SCOPES,
    }
}

impl Client {
    /// The address of the dialog. It comes back to `redirect_uri`, which must be registered with the
    /// app letter for letter, with `state` and either `code` or `error`.
    ///
    /// # Errors
    /// `NotConfigured` when there is no app for `provider`.
    pub fn authorization_url(
        &self,
        provider: Provider,
        redirect_uri: &str,
        state: &Secret,
        prompt: Prompt,
    ) -> Result<Url, Error> {
        let app = self.app(provider)?;
        let config = self.config();
        let mut url = match provider {
            Provider::FacebookLogin => {
                join(&config.facebook_dialog_url, [config.graph_version.as_str(), "dialog", "oauth"])
            }
            Provider::InstagramLogin => join(&config.instagram_dialog_url, ["oauth", "authorize"]),
        };
        let mut query = url.query_pairs_mut();
        query
            .append_pair("client_id", &app.id)
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("response_type", "code")
            .append_pair("state", state.expose());
        match (provider, &config.facebook_config_id) {
            // A Login for Business configuration holds the permissions and excludes `scope`
            // (`/documentation/facebook-login/facebook-login-for-business`).
            (Provider::FacebookLogin, Some(id)) => query.append_pair("config_id", id),
            _ => query.append_pair("scope", &scopes(provider).join(",")),
        };
        match (provider, prompt) {
            (_, Prompt::First) => {}
            (Provider::FacebookLogin, Prompt::Rerequest) => {
                query.append_pair("auth_type", "rerequest");
            }
            (Provider::FacebookLogin, Prompt::Reauthorise) => {
                query.append_pair("auth_type", "reauthorize");
            }
            // Without it the browser's Instagram session is taken, which may be another account.
            (Provider::InstagramLogin, Prompt::Rerequest | Prompt::Reauthorise) => {
                query.append_pair("force_reauth", "true");
            }
        }
        drop(query);
        Ok(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use crate::loopback::{Loopback, pairs};

    const BACK: &str = "https://app.example/connect/callback?x=1";

    async fn server() -> Loopback {
        Loopback::closed().await
    }

    #[tokio::test]
    async fn facebook_dialog() {
        let server = server().await;
        let state = Secret::new("s&1");
        let ask =
            |prompt| server.client.authorization_url(Provider::FacebookLogin, BACK, &state, prompt).unwrap();
        let url = ask(Prompt::First);
        assert_eq!(url.path(), "/www.facebook.com/v25.0/dialog/oauth");
        let query = pairs(url.query().unwrap());
        assert_eq!(query["client_id"], "1029384756");
        assert_eq!(query["redirect_uri"], BACK);
        assert_eq!(query["response_type"], "code");
        assert_eq!(query["state"], "s&1");
        assert_eq!(
            query["scope"],
            "instagram_basic,instagram_manage_insights,pages_show_list,pages_read_engagement,business_management"
        );
        assert!(!query.contains_key("auth_type") && !query.contains_key("config_id"));
        assert_eq!(pairs(ask(Prompt::Rerequest).query().unwrap())["auth_type"], "rerequest");
        assert_eq!(pairs(ask(Prompt::Reauthorise).query().unwrap())["auth_type"], "reauthorize");
    }

    #[tokio::test]
    async fn a_configuration_replaces_the_scopes() {
        let client = server().await.client_with(|config| config.facebook_config_id = Some("777".to_owned()));
        let state = Secret::new("s");
        let url = client.authorization_url(Provider::FacebookLogin, BACK, &state, Prompt::First).unwrap();
        let query = pairs(url.query().unwrap());
        assert_eq!(query["config_id"], "777");
        assert!(!query.contains_key("scope"));
        let url = client.authorization_url(Provider::InstagramLogin, BACK, &state, Prompt::First).unwrap();
        assert!(pairs(url.query().unwrap()).contains_key("scope"));
    }

    #[tokio::test]
    async fn instagram_dialog() {
        let server = server().await;
        let state = Secret::new("s");
        let ask =
            |prompt| server.client.authorization_url(Provider::InstagramLogin, BACK, &state, prompt).unwrap();
        let url = ask(Prompt::First);
        assert_eq!(url.path(), "/www.instagram.com/oauth/authorize");
        let query = pairs(url.query().unwrap());
        assert_eq!(query["client_id"], "5647382910");
        assert_eq!(query["scope"], "instagram_business_basic,instagram_business_manage_insights");
        assert!(!query.contains_key("force_reauth"));
        assert_eq!(pairs(ask(Prompt::Reauthorise).query().unwrap())["force_reauth"], "true");
    }

    #[tokio::test]
    async fn no_dialog_without_an_app() {
        let client = server().await.client_with(|config| config.facebook_app = None);
        let url = client.authorization_url(Provider::FacebookLogin, BACK, &Secret::new("s"), Prompt::First);
        assert_eq!(url.unwrap_err().kind(), ErrorKind::NotConfigured);
    }
}
