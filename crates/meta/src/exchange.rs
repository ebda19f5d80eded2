//! Codes into tokens, tokens into longer-lived tokens. Neither login knows a refresh token: the
//! token itself is renewed, and only while it is still valid.

use chrono::{DateTime, TimeDelta, Utc};
use platform::Secret;
use serde_json::Value;

use crate::body;
use crate::call::{Call, Host, Purpose};
use crate::client::{Answer, Client};
use crate::error::Error;
use crate::provider::Provider;

/// No token lives longer: Meta's long-lived ones have 60 days
/// (`/docs/facebook-login/guides/access-tokens/get-long-lived`,
/// `/docs/instagram-platform/reference/access_token`).
const MAX_LIFETIME: TimeDelta = TimeDelta::days(90);

/// The longest token that is believed; real ones have a few hundred characters.
const MAX_TOKEN_BYTES: usize = 4096;

/// A token that Meta has just issued.
#[derive(Clone, Debug)]
pub struct IssuedToken {
    /// The token. A renewed one may be the same text as before.
    pub token: Secret,
    /// When it ends: our time before the request, plus the lifetime that Meta named. Facebook's
    /// exchange may leave the lifetime out; then [`Client::debug_token`] knows.
    pub expires_at: Option<DateTime<Utc>>,
    /// The granted permissions, where the answer lists them (Instagram only).
    pub scopes: Option<Vec<String>>,
}

/// What an answer has to say about the lifetime of its token.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lifetime {
    /// A believable one.
    Required,
    /// A believable one or none: the token itself can be asked.
    Optional,
    /// Nothing that matters: the token is exchanged at once, and there is no second try.
    Ignored,
}

impl Client {
    /// Turns the code that the dialog returned into a short-lived token (one or two hours). Codes
    /// work once.
    ///
    /// # Errors
    /// `CodeRefused` when only a new dialog helps; otherwise as classified.
    pub async fn exchange_code(
        &self,
        provider: Provider,
        code: &Secret,
        redirect_uri: &str,
    ) -> Result<IssuedToken, Error> {
        let app = self.app(provider)?;
        let call = match provider {
            // `/docs/facebook-login/guides/advanced/manual-flow`.
            Provider::FacebookLogin => {
                Call::post_form(Host::FacebookGraph, Purpose::CodeExchange, &["oauth", "access_token"])
            }
            // `/docs/instagram-platform/instagram-api-with-instagram-login/business-login`.
            Provider::InstagramLogin => {
                Call::post_form(Host::InstagramApi, Purpose::CodeExchange, &["oauth", "access_token"])
                    .unversioned()
                    .form("grant_type", "authorization_code")
            }
        };
        let call = call
            .form("client_id", app.id.as_str())
            .form("client_secret", app.secret.expose())
            .form("redirect_uri", redirect_uri)
            .form("code", without_fragment(code.expose()));
        let host = call.host;
        issued(host, &self.send(call).await?, Lifetime::Ignored)
    }

    /// Turns a short-lived token into one of about 60 days.
    ///
    /// # Errors
    /// As classified; an answer without a believable lifetime is `Transient`.
    pub async fn exchange_for_long_lived(
        &self,
        provider: Provider,
        token: &Secret,
    ) -> Result<IssuedToken, Error> {
        match provider {
            Provider::FacebookLogin => self.fb_exchange_token(token).await,
            Provider::InstagramLogin => {
                // `/docs/instagram-platform/reference/access_token`: query parameters only.
                let app = self.app(provider)?;
                let call = Call::get(Host::InstagramGraph, Purpose::SecretExchange, &["access_token"])
                    .unversioned()
                    .query("grant_type", "ig_exchange_token")
                    .query("client_secret", app.secret.expose())
                    .query("access_token", token.expose());
                issued(Host::InstagramGraph, &self.send(call).await?, Lifetime::Required)
            }
        }
    }

    /// Renews a long-lived token that has not expired. An Instagram token must be at least 24 hours
    /// old (`/docs/instagram-platform/reference/refresh_access_token`); Facebook documents no
    /// minimum, and does not promise that the end moves.
    ///
    /// # Errors
    /// As classified; an answer without a believable lifetime is `Transient`.
    pub async fn refresh(&self, provider: Provider, token: &Secret) -> Result<IssuedToken, Error> {
        match provider {
            Provider::FacebookLogin => self.fb_exchange_token(token).await,
            Provider::InstagramLogin => {
                self.app(provider)?;
                let call = Call::get(Host::InstagramGraph, Purpose::Refresh, &["refresh_access_token"])
                    .unversioned()
                    .query("grant_type", "ig_refresh_token")
                    .query("access_token", token.expose());
                issued(Host::InstagramGraph, &self.send(call).await?, Lifetime::Required)
            }
        }
    }

    /// `/docs/facebook-login/guides/access-tokens/get-long-lived`: query parameters only.
    async fn fb_exchange_token(&self, token: &Secret) -> Result<IssuedToken, Error> {
        let app = self.app(Provider::FacebookLogin)?;
        let call = Call::get(Host::FacebookGraph, Purpose::SecretExchange, &["oauth", "access_token"])
            .query("grant_type", "fb_exchange_token")
            .query("client_id", app.id.as_str())
            .query("client_secret", app.secret.expose())
            .query("fb_exchange_token", token.expose());
        issued(Host::FacebookGraph, &self.send(call).await?, Lifetime::Optional)
    }
}

/// The dialogs append `#_=_` or `#_` to the address they return to, and browsers pass it on when
/// the code is copied by a script.
fn without_fragment(code: &str) -> &str {
    code.split('#').next().unwrap_or(code)
}

fn issued(host: Host, answer: &Answer, lifetime: Lifetime) -> Result<IssuedToken, Error> {
    read_issued(host, &answer.body, answer.asked_at, lifetime)
}

pub(crate) fn read_issued(
    host: Host,
    body: &Value,
    asked_at: DateTime<Utc>,
    lifetime: Lifetime,
) -> Result<IssuedToken, Error> {
    let body = body::unwrapped(body, "access_token");
    let token =
        token(body, "access_token").ok_or_else(|| Error::malformed(host, "the answer holds no token"))?;
    Ok(IssuedToken {
        token,
        expires_at: expiry(host, body, asked_at, lifetime)?,
        // The documentation shows one text with commas, the servers send an array.
        scopes: body::list(body, "permissions"),
    })
}

fn expiry(
    host: Host,
    body: &Value,
    asked_at: DateTime<Utc>,
    lifetime: Lifetime,
) -> Result<Option<DateTime<Utc>>, Error> {
    let named = body.get("expires_in").filter(|named| !named.is_null());
    #[expect(clippy::cast_possible_truncation, reason = "the cast saturates")]
    let believed = named
        .and_then(body::number)
        .and_then(|seconds| TimeDelta::try_seconds(seconds as i64))
        .filter(|lifetime| *lifetime > TimeDelta::zero() && *lifetime <= MAX_LIFETIME)
        .map(|lifetime| asked_at + lifetime);
    match (believed, lifetime) {
        (Some(_), _) | (None, Lifetime::Ignored) => Ok(believed),
        (None, Lifetime::Optional) if named.is_none() => Ok(None),
        (None, _) if named.is_none() => Err(Error::malformed(host, "the answer names no lifetime")),
        (None, _) => Err(Error::malformed(host, "the answer names an impossible lifetime")),
    }
}

/// A token as an answer holds it, if it can be sent in a header again.
pub(crate) fn token(body: &Value, key: &str) -> Option<Secret> {
    let text = body.get(key)?.as_str()?;
    let usable =
        !text.is_empty() && text.len() <= MAX_TOKEN_BYTES && text.bytes().all(|byte| byte.is_ascii_graphic());
    usable.then(|| Secret::new(text))
}

#[cfg(test)]
mod tests;
