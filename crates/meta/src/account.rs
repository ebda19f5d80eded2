//! The Instagram account itself
//! (`/docs/instagram-platform/instagram-graph-api/reference/ig-user`).

use platform::Secret;
use serde_json::Value;

use crate::body;
use crate::call::{Call, Purpose, known_id};
use crate::client::Client;
use crate::error::Error;
use crate::provider::Provider;

/// Fields that both logins know.
pub(crate) const ACCOUNT_FIELDS: &str =
    "username,name,profile_picture_url,followers_count,follows_count,media_count,biography,website";

/// The profile of an account. Meta leaves out what has no value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountNode {
    /// The professional account's id.
    pub id: String,
    /// The handle, without an at sign.
    pub username: Option<String>,
    /// The displayed name.
    pub name: Option<String>,
    /// `BUSINESS` or `MEDIA_CREATOR`; Instagram Login only.
    pub account_type: Option<String>,
    /// The picture, at an address that expires.
    pub profile_picture_url: Option<String>,
    /// Followers now. The metric `follower_count` is something else: new followers per day.
    pub followers_count: Option<i64>,
    /// Accounts it follows.
    pub follows_count: Option<i64>,
    /// Posts.
    pub media_count: Option<i64>,
    /// The text about itself.
    pub biography: Option<String>,
    /// The linked website.
    pub website: Option<String>,
}

impl Client {
    /// The profile of the account, read with a token of `provider`.
    ///
    /// # Errors
    /// As classified.
    pub async fn account(
        &self,
        provider: Provider,
        token: &Secret,
        instagram_id: &str,
    ) -> Result<AccountNode, Error> {
        let host = provider.data_host();
        known_id(host, instagram_id)?;
        let fields = match provider {
            Provider::FacebookLogin => format!("id,{ACCOUNT_FIELDS}"),
            Provider::InstagramLogin => format!("id,user_id,account_type,{ACCOUNT_FIELDS}"),
        };
        let call =
            Call::get(host, Purpose::Account, &[instagram_id]).about(instagram_id).query("fields", fields);
        let answer = self.send(self.sign(call, token)?).await?;
        let body = body::unwrapped(&answer.body, "id");
        // On Instagram's host `id` is scoped to the app, and `user_id` is the account's.
        let own = match provider {
            Provider::FacebookLogin => "id",
            Provider::InstagramLogin => "user_id",
        };
        let asked_for = || body::id(body, "id").filter(|id| id == instagram_id);
        let id = body::id(body, own).or_else(asked_for);
        let id = id.ok_or_else(|| Error::malformed(host, "the answer has no id"))?;
        Ok(account_node(body, id))
    }
}

pub(crate) fn account_node(body: &Value, id: String) -> AccountNode {
    // Counts below zero are nonsense.
    let count = |key| body::integer(body, key).filter(|count| *count >= 0);
    AccountNode {
        id,
        username: body::name(body, "username"),
        name: body::name(body, "name"),
        account_type: body::text(body, "account_type"),
        profile_picture_url: body::web_address(body, "profile_picture_url"),
        followers_count: count("followers_count"),
        follows_count: count("follows_count"),
        media_count: count("media_count"),
        biography: body::text(body, "biography"),
        website: body::web_address(body, "website"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::error::ErrorKind;
    use crate::loopback::{ACCOUNT, Loopback, Reply, facebook_token, instagram_token};

    #[tokio::test]
    async fn the_profile_with_either_token() {
        let server = Loopback::start(|asked| {
            let id = if asked.path.contains("instagram.com") { "28170000000000001" } else { ACCOUNT };
            Reply::json(&json!({"id": id, "user_id": ACCOUNT, "username": "harbour.bakery",
                "profile_picture_url": "https://cdn.example/p.jpg", "followers_count": 5120, "follows_count": 0,
                "media_count": -1, "biography": "", "website": ["x"], "new_field": {"a": 1}}))
        })
        .await;
        let facebook =
            server.client.account(Provider::FacebookLogin, &facebook_token(), ACCOUNT).await.unwrap();
        let instagram =
            server.client.account(Provider::InstagramLogin, &instagram_token(), ACCOUNT).await.unwrap();
        let expected = AccountNode {
            id: ACCOUNT.to_owned(),
            username: Some("harbour.bakery".to_owned()),
            profile_picture_url: Some("https://cdn.example/p.jpg".to_owned()),
            followers_count: Some(5120),
            follows_count: Some(0),
            ..AccountNode::default()
        };
        assert_eq!((&facebook, &instagram), (&expected, &expected));
        let asked = server.asked();
        assert_eq!(asked[0].query["fields"], format!("id,{ACCOUNT_FIELDS}"));
        assert_eq!(asked[1].query["fields"], format!("id,user_id,account_type,{ACCOUNT_FIELDS}"));
    }

    #[tokio::test]
    async fn a_profile_without_an_id_is_transient() {
        let server = Loopback::start(|_| Reply::json(&json!({"username": "harbour.bakery"}))).await;
        let error =
            server.client.account(Provider::FacebookLogin, &facebook_token(), ACCOUNT).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transient);
    }
}
