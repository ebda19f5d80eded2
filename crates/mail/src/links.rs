//! Tokens and addresses of the links that mails carry. The database holds only hashes; a token is
//! made again from the id of its link whenever it is needed.

use entity::{ConnectLinkId, LinkId};
use platform::config::Http;
use platform::secret::token_hash;
use platform::{AuthSecret, Secret};
use uuid::Uuid;

/// Purpose from which reconnect tokens are derived.
const RECONNECT: &str = "reconnect link";
/// Purpose from which connect tokens are derived.
const CONNECT: &str = "connect link";
/// Purpose from which confirmation tokens are derived.
const EMAIL: &str = "email link";

/// The token of the reconnect link `id`.
#[must_use]
pub fn reconnect_token(secret: &AuthSecret, id: LinkId) -> Secret {
    Secret::new(secret.token(RECONNECT, id.0.as_bytes()))
}

/// What the database holds in place of that token.
#[must_use]
pub fn reconnect_hash(secret: &AuthSecret, id: LinkId) -> String {
    token_hash(reconnect_token(secret, id).expose())
}

/// The address of the page where the owner of an account repairs it.
#[must_use]
pub fn reconnect_url(http: &Http, secret: &AuthSecret, id: LinkId) -> Secret {
    Secret::new(http.link(&format!("reconnect/{}", reconnect_token(secret, id).expose())))
}

/// The token of the connect link `id`.
#[must_use]
pub fn connect_token(secret: &AuthSecret, id: ConnectLinkId) -> Secret {
    Secret::new(secret.token(CONNECT, id.0.as_bytes()))
}

/// What the database holds in place of that token.
#[must_use]
pub fn connect_hash(secret: &AuthSecret, id: ConnectLinkId) -> String {
    token_hash(connect_token(secret, id).expose())
}

/// The address of the page where a client connects accounts.
#[must_use]
pub fn connect_url(http: &Http, secret: &AuthSecret, id: ConnectLinkId) -> Secret {
    Secret::new(http.link(&format!("connect-accounts/{}", connect_token(secret, id).expose())))
}

/// The token of the link `id` that confirms an address.
#[must_use]
pub fn confirm_token(secret: &AuthSecret, id: Uuid) -> Secret {
    Secret::new(secret.token(EMAIL, id.as_bytes()))
}

/// What the database holds in place of that token.
#[must_use]
pub fn confirm_hash(secret: &AuthSecret, id: Uuid) -> String {
    token_hash(confirm_token(secret, id).expose())
}

/// The address of the page that confirms an address. The token stands in the fragment, which
/// browsers send to no server, so it is in no access log.
#[must_use]
pub fn confirm_url(http: &Http, secret: &AuthSecret, id: Uuid) -> Secret {
    Secret::new(http.link(&format!("confirm#token={}", confirm_token(secret, id).expose())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_start_with_the_public_url_and_differ_by_purpose() {
        let http = Http {
            public_url: "https://mooring.example/".parse().unwrap(),
            api_listen: "127.0.0.1:1".parse().unwrap(),
            cron_secret: None,
        };
        let secret = AuthSecret::new(&[7; 32]);
        let id = Uuid::from_u128(1);
        let reconnect = reconnect_url(&http, &secret, LinkId(id));
        let token = reconnect.expose().strip_prefix("https://mooring.example/reconnect/").unwrap();
        assert_eq!(token, secret.token("reconnect link", id.as_bytes()));
        assert_eq!(token_hash(token), reconnect_hash(&secret, LinkId(id)));
        let connect = connect_url(&http, &secret, ConnectLinkId(id));
        let token = connect.expose().strip_prefix("https://mooring.example/connect-accounts/").unwrap();
        assert_eq!(token, secret.token("connect link", id.as_bytes()));
        assert_eq!(token_hash(token), connect_hash(&secret, ConnectLinkId(id)));
        let confirm = confirm_url(&http, &secret, id);
        let token = confirm.expose().strip_prefix("https://mooring.example/confirm#token=").unwrap();
        assert_eq!(token, secret.token("email link", id.as_bytes()));
        assert_eq!(token_hash(token), confirm_hash(&secret, id));
        assert_ne!(confirm_hash(&secret, id), reconnect_hash(&secret, LinkId(id)));
        assert_ne!(connect_hash(&secret, ConnectLinkId(id)), reconnect_hash(&secret, LinkId(id)));
        assert_eq!(format!("{reconnect} {connect} {confirm:?}"), "[redacted] [redacted] [redacted]");
    }
}
