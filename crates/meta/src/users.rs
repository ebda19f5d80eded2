//! Who a token belongs to, what was granted, and taking it back.

use platform::Secret;
use serde_json::Value;

use crate::account::{ACCOUNT_FIELDS, AccountNode, account_node};
use crate::body;
use crate::call::{Call, Host, Purpose, known_id};
use crate::client::Client;
use crate::error::Error;
use crate::lists::Limit;

/// Far beyond the permissions that Meta knows.
const PERMISSIONS: Limit = Limit { entries: 1_000, steps: 10 };

/// A Facebook user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FacebookUser {
    /// The id, scoped to our app.
    pub id: String,
    /// The person's name.
    pub name: Option<String>,
}

/// An Instagram professional account, as its own token sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstagramUser {
    /// The id that is scoped to our app, which callbacks name; the other one where Meta names none.
    pub id: String,
    /// The professional account's id (`17841…`): the one that Facebook Login and webhooks use too.
    pub user_id: String,
    /// Its profile.
    pub profile: AccountNode,
}

/// What became of a permission that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PermissionStatus {
    /// Given.
    Granted,
    /// Refused by the person.
    Declined,
    /// Taken back by Meta after 90 days without use.
    Expired,
    /// Something that is not documented.
    Other,
}

/// A permission and its status (`/docs/graph-api/reference/user/permissions`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permission {
    /// The permission's name.
    pub name: String,
    /// What became of it.
    pub status: PermissionStatus,
}

impl Client {
    /// The person behind a Facebook user token.
    ///
    /// # Errors
    /// As classified.
    pub async fn facebook_user(&self, token: &Secret) -> Result<FacebookUser, Error> {
        let host = Host::FacebookGraph;
        let call = Call::get(host, Purpose::User, &["me"]).query("fields", "id,name");
        let answer = self.send(self.sign(call, token)?).await?;
        let body = body::unwrapped(&answer.body, "id");
        let id = body::id(body, "id").ok_or_else(|| Error::malformed(host, "the answer has no id"))?;
        Ok(FacebookUser { id, name: body::name(body, "name") })
    }

    /// The account behind an Instagram token. This is the id to rely on, not the one that the code
    /// exchange names (`/docs/instagram-platform/instagram-api-with-instagram-login/get-started`).
    ///
    /// # Errors
    /// As classified.
    pub async fn instagram_user(&self, token: &Secret) -> Result<InstagramUser, Error> {
        let host = Host::InstagramGraph;
        let fields = format!("id,user_id,account_type,{ACCOUNT_FIELDS}");
        let call = Call::get(host, Purpose::User, &["me"]).query("fields", fields);
        let answer = self.send(self.sign(call, token)?).await?;
        let body = body::unwrapped(&answer.body, "user_id");
        let user_id =
            body::id(body, "user_id").ok_or_else(|| Error::malformed(host, "the answer lacks an id"))?;
        let id = body::id(body, "id").unwrap_or_else(|| user_id.clone());
        let profile = account_node(body, user_id.clone());
        Ok(InstagramUser { id, user_id, profile })
    }

    /// What the person granted. With classic Facebook Login single permissions can be declined.
    ///
    /// # Errors
    /// As classified.
    pub async fn permissions(&self, token: &Secret) -> Result<Vec<Permission>, Error> {
        let call = || Call::get(Host::FacebookGraph, Purpose::User, &["me", "permissions"]);
        self.walk(token, PERMISSIONS, call, permission).await
    }

    /// Takes one permission back from a Facebook user.
    ///
    /// # Errors
    /// As classified.
    pub async fn revoke_permission(
        &self,
        token: &Secret,
        facebook_user_id: &str,
        permission: &str,
    ) -> Result<(), Error> {
        self.delete_permissions(token, &[facebook_user_id, "permissions", permission]).await
    }

    /// Removes our app from a Facebook user, which ends **every** token this person ever granted to
    /// it, also those in use elsewhere. Instagram Login has no such call.
    ///
    /// # Errors
    /// As classified.
    pub async fn revoke(&self, token: &Secret, facebook_user_id: &str) -> Result<(), Error> {
        self.delete_permissions(token, &[facebook_user_id, "permissions"]).await
    }

    async fn delete_permissions(&self, token: &Secret, path: &[&str]) -> Result<(), Error> {
        let host = Host::FacebookGraph;
        for segment in path {
            known_id(host, segment)?;
        }
        let answer = self.send(self.sign(Call::delete(host, Purpose::User, path), token)?).await?;
        // Documented as a bare `true`, answered as `{"success":true}`.
        let answer = body::unwrapped(&answer.body, "success");
        if answer.get("success").or(Some(answer)).and_then(body::as_truth) == Some(true) {
            Ok(())
        } else {
            Err(Error::malformed(host, "the answer does not confirm"))
        }
    }
}

pub(crate) fn permission(entry: &Value) -> Option<Permission> {
    let status = match entry.get("status").and_then(Value::as_str) {
        Some("granted") => PermissionStatus::Granted,
        Some("declined") => PermissionStatus::Declined,
        Some("expired") => PermissionStatus::Expired,
        _ => PermissionStatus::Other,
    };
    Some(Permission { name: body::text(entry, "permission")?, status })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::error::ErrorKind;
    use crate::loopback::{ACCOUNT, FACEBOOK_PROOF, Loopback, Reply, facebook_token, instagram_token};

    #[tokio::test]
    async fn the_person_behind_a_facebook_token() {
        let server =
            Loopback::start(|_| Reply::json(&json!({"id": "10160000000000001", "name": "Kim"}))).await;
        let user = server.client.facebook_user(&facebook_token()).await.unwrap();
        assert_eq!((user.id.as_str(), user.name.as_deref()), ("10160000000000001", Some("Kim")));
        let asked = server.only();
        assert_eq!(asked.path, "/graph.facebook.com/v25.0/me");
        assert_eq!(asked.query["fields"], "id,name");
    }

    #[tokio::test]
    async fn the_account_behind_an_instagram_token_in_both_shapes() {
        let flat = json!({"id": "28170000000000001", "user_id": 17_841_400_000_000_001_u64,
            "username": "harbour.bakery", "name": "Harbour Bakery", "account_type": "BUSINESS",
            "followers_count": 5120, "follows_count": 240, "media_count": 229});
        for body in [flat.clone(), json!({ "data": [flat] })] {
            let server = Loopback::start(move |_| Reply::json(&body)).await;
            let user = server.client.instagram_user(&instagram_token()).await.unwrap();
            assert_eq!((user.id.as_str(), user.user_id.as_str()), ("28170000000000001", ACCOUNT));
            assert_eq!(user.profile.id, ACCOUNT);
            assert_eq!(user.profile.username.as_deref(), Some("harbour.bakery"));
            assert_eq!(user.profile.account_type.as_deref(), Some("BUSINESS"));
            assert_eq!(user.profile.followers_count, Some(5120));
            assert_eq!(user.profile.biography, None);
            let asked = server.only();
            assert_eq!(asked.path, "/graph.instagram.com/v24.0/me");
            assert!(asked.query["fields"].starts_with("id,user_id,"));
        }
    }

    #[tokio::test]
    async fn an_account_without_ids_is_transient() {
        for body in
            [json!({}), json!({"id": "1"}), json!({"user_id": ""}), json!({"id": "1", "user_id": 1.5e17})]
        {
            let server = Loopback::start(move |_| Reply::json(&body)).await;
            let error = server.client.instagram_user(&instagram_token()).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Transient);
        }
    }

    #[tokio::test]
    async fn permissions_and_their_status() {
        let server = Loopback::start(|_| {
            Reply::json(&json!({"data": [{"permission": "instagram_basic", "status": "granted"},
                {"permission": "pages_show_list", "status": "declined"},
                {"permission": "business_management", "status": "expired"},
                {"permission": "other", "status": "new"}, {"status": "granted"}, 7]}))
        })
        .await;
        let permissions = server.client.permissions(&facebook_token()).await.unwrap();
        let seen: Vec<_> = permissions.iter().map(|p| (p.name.as_str(), p.status)).collect();
        assert_eq!(
            seen,
            [
                ("instagram_basic", PermissionStatus::Granted),
                ("pages_show_list", PermissionStatus::Declined),
                ("business_management", PermissionStatus::Expired),
                ("other", PermissionStatus::Other),
            ]
        );
        assert_eq!(server.only().path, "/graph.facebook.com/v25.0/me/permissions");
    }

    #[tokio::test]
    async fn revoking_accepts_both_confirmations() {
        for (body, confirmed) in [
            ("{\"success\":true}", true),
            ("true", true),
            ("{\"success\":false}", false),
            ("false", false),
            ("{}", false),
        ] {
            let server = Loopback::start(move |_| Reply::new(200, body)).await;
            let result = server.client.revoke(&facebook_token(), "10160000000000001").await;
            assert_eq!(result.is_ok(), confirmed, "{body}");
            let asked = server.only();
            assert_eq!(asked.method, "DELETE");
            assert_eq!(asked.path, "/graph.facebook.com/v25.0/10160000000000001/permissions");
            assert_eq!(asked.authorization.as_deref(), Some("Bearer EAATEST0001"));
            assert_eq!(asked.query["appsecret_proof"], FACEBOOK_PROOF);
        }
    }

    #[tokio::test]
    async fn one_permission_is_taken_back_by_its_name() {
        let server = Loopback::start(|_| Reply::new(200, "{\"success\":true}")).await;
        let revoke =
            async |name| server.client.revoke_permission(&facebook_token(), "10160000000000001", name).await;
        revoke("instagram_basic").await.unwrap();
        assert_eq!(
            server.only().path,
            "/graph.facebook.com/v25.0/10160000000000001/permissions/instagram_basic"
        );
        for name in ["", "../x", "a b"] {
            assert_eq!(revoke(name).await.unwrap_err().kind(), ErrorKind::BadRequest, "{name}");
        }
        assert_eq!(server.asked().len(), 1);
    }
}
