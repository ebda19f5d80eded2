//! The short-lived token that a request carries: a JWT of one pinned kind (RFC 9068, RFC 8725).

use chrono::{DateTime, TimeDelta, Utc};
use entity::{SessionId, UserId};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use platform::{AuthSecret, Secret, World};
use serde::{Deserialize, Serialize};
use url::Url;
use uuid::Uuid;

use crate::error::Internal;

/// How long a token lives.
pub(crate) const LIFETIME: TimeDelta = TimeDelta::minutes(10);
/// How far the clocks of two of our processes may be apart, in seconds.
const LEEWAY: i64 = 5;
/// No token of ours comes near this.
const LONGEST: usize = 4_096;
/// The type that keeps other JWTs from being taken for access tokens.
const TYPE: &str = "at+jwt";

pub(crate) struct AccessTokens {
    encoding: EncodingKey,
    decoding: DecodingKey,
    issuer: String,
}

/// All are required, whichever they are.
#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    sid: Uuid,
    exp: i64,
    iat: i64,
    jti: Uuid,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nbf: Option<i64>,
}

/// Who a token speaks for, if the session is still alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bearer {
    pub(crate) user_id: UserId,
    pub(crate) session_id: SessionId,
}

impl AccessTokens {
    pub(crate) fn new(secret: &AuthSecret, public_url: &Url) -> Self {
        let key = secret.derive("access token");
        Self {
            encoding: EncodingKey::from_secret(&key),
            decoding: DecodingKey::from_secret(&key),
            issuer: public_url.to_string(),
        }
    }

    /// A new token and when it expires.
    pub(crate) fn issue(&self, world: &World, bearer: Bearer) -> Result<(Secret, DateTime<Utc>), Internal> {
        let now = world.now();
        let expires_at = now + LIFETIME;
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.issuer.clone(),
            sub: bearer.user_id.0,
            sid: bearer.session_id.0,
            exp: expires_at.timestamp(),
            iat: now.timestamp(),
            jti: world.new_id(),
            nbf: None,
        };
        let token = encode(&header(), &claims, &self.encoding).map_err(|_| Internal::Token)?;
        Ok((Secret::new(token), expires_at))
    }

    /// Who `token` speaks for at `now`.
    pub(crate) fn verify(&self, token: &str, now: DateTime<Utc>) -> Option<Bearer> {
        if token.len() > LONGEST {
            return None;
        }
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[&self.issuer]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // The crate asks the machine for the time, we ask our clock.
        validation.validate_exp = false;
        let token = decode::<Claims>(token, &self.decoding, &validation).ok()?;
        // Exactly our own header: no other type, and no `kid`, `jku`, `jwk`, `crit` to be led by.
        if token.header != header() {
            return None;
        }
        let (claims, now) = (token.claims, now.timestamp());
        let in_time = now <= claims.exp.saturating_add(LEEWAY)
            && claims.iat <= now.saturating_add(LEEWAY)
            && claims.nbf.is_none_or(|nbf| nbf <= now.saturating_add(LEEWAY));
        in_time.then_some(Bearer { user_id: UserId(claims.sub), session_id: SessionId(claims.sid) })
    }
}

fn header() -> Header {
    Header { typ: Some(TYPE.to_owned()), ..Header::new(Algorithm::HS256) }
}

#[cfg(test)]
mod tests;
