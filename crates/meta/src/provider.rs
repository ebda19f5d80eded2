//! The two ways to an Instagram professional account.

use serde::{Deserialize, Serialize};

use crate::call::Host;

/// Through which login a token was granted. The two token families share nothing: a token of one
/// sent to the other's host is answered as unusable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// Facebook Login (for Business): the account is found behind a Page
    /// (`/docs/instagram-platform/instagram-api-with-facebook-login`).
    FacebookLogin,
    /// Instagram Login: no Page needed
    /// (`/docs/instagram-platform/instagram-api-with-instagram-login`).
    InstagramLogin,
}

impl Provider {
    /// The name used in logs and in serialised form.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::FacebookLogin => "facebook_login",
            Self::InstagramLogin => "instagram_login",
        }
    }

    /// The host that answers data calls with this login's tokens.
    pub(crate) fn data_host(self) -> Host {
        match self {
            Self::FacebookLogin => Host::FacebookGraph,
            Self::InstagramLogin => Host::InstagramGraph,
        }
    }
}
