//! The Instagram account itself
//! (`/docs/instagram-platform/instagram-graph-api/reference/ig-user`).

use platform::Secret;
use serde_json::Value;

use crate::body;
use crate::call::{Call, Purpose, known_id};
use crate::client::Client;
use crate::error::Error;
use crate::insights::{InsightsQuery, MetricAnswer, metric_answers};
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
    /// Followers now. The metric with nearly the same name is something else: new followers per day.
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
        let call = Call::get(host, Purpose::Account, &[instagram_id])
            .about(instagram_id)
            .query("fields", profile_fields(provider));
        let answer = self.send(self.sign(call, token)?).await?;
        own_node(provider, instagram_id, body::unwrapped(&answer.body, "id"))
    }

    /// The profile of the account together with several questions about its metrics, as one call: Meta
    /// calls it field expansion (`/docs/graph-api/guides/field-expansion`). What it answered to each
    /// stands in the order of `queries`; none where the answer leaves a question out, as it does with
    /// what is empty.
    ///
    /// # Errors
    /// As [`Client::insights`]: what is wrong with one question is wrong with the whole call.
    pub async fn account_with_insights(
        &self,
        provider: Provider,
        token: &Secret,
        instagram_id: &str,
        queries: &[InsightsQuery],
    ) -> Result<(AccountNode, Vec<Option<Vec<MetricAnswer>>>), Error> {
        let host = provider.data_host();
        known_id(host, instagram_id)?;
        let expanded = queries.iter().enumerate().map(|(at, query)| query.expanded(&alias(at)));
        let fields: Vec<_> = std::iter::once(profile_fields(provider)).chain(expanded).collect();
        let call = Call::get(host, Purpose::Insights, &[instagram_id])
            .about(instagram_id)
            .query("fields", fields.join(","));
        let answer = self.send(self.sign(call, token)?).await?;
        let body = body::unwrapped(&answer.body, "id");
        let node = own_node(provider, instagram_id, body)?;
        let answers = (0..queries.len())
            .map(|at| body.get(alias(at)).map(|edge| metric_answers(host, edge)).transpose())
            .collect::<Result<_, _>>()?;
        Ok((node, answers))
    }
}

/// Under which name the answer holds the question at a place.
fn alias(at: usize) -> String {
    format!("q{at}")
}

fn profile_fields(provider: Provider) -> String {
    match provider {
        Provider::FacebookLogin => format!("id,{ACCOUNT_FIELDS}"),
        Provider::InstagramLogin => format!("id,user_id,account_type,{ACCOUNT_FIELDS}"),
    }
}

/// The node that was asked for by `instagram_id`.
fn own_node(provider: Provider, instagram_id: &str, body: &Value) -> Result<AccountNode, Error> {
    // On Instagram's host `id` is scoped to the app, and `user_id` is the account's.
    let own = match provider {
        Provider::FacebookLogin => "id",
        Provider::InstagramLogin => "user_id",
    };
    let asked_for = || body::id(body, "id").filter(|id| id == instagram_id);
    let id = body::id(body, own).or_else(asked_for);
    let id = id.ok_or_else(|| Error::malformed(provider.data_host(), "the answer has no id"))?;
    Ok(account_node(body, id))
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
    async fn questions_go_along_with_the_profile() {
        use crate::insights::{MetricType, Period};

        let server = Loopback::start(|_| {
            let edge = |value: u64| json!({"data": [{"name": "views", "total_value": {"value": value}}]});
            Reply::json(&json!({"id": ACCOUNT, "username": "harbour.bakery", "q0": edge(3), "q2": edge(5)}))
        })
        .await;
        let mut query = InsightsQuery::new(["views", "likes"], Period::Day);
        query.metric_type = Some(MetricType::TotalValue);
        query.since = chrono::DateTime::from_timestamp(1_794_902_400, 0);
        let plain = InsightsQuery::new(["reach"], Period::Day);
        let queries = [query, plain.clone(), plain];
        let (node, answers) = server
            .client
            .account_with_insights(Provider::FacebookLogin, &facebook_token(), ACCOUNT, &queries)
            .await
            .unwrap();
        assert_eq!(node.username.as_deref(), Some("harbour.bakery"));
        let totals: Vec<_> = answers.iter().map(|edge| edge.as_ref().map(|edge| edge[0].total)).collect();
        assert_eq!(totals, [Some(Some(3)), None, Some(Some(5))]);
        assert_eq!(
            server.asked()[0].query["fields"],
            format!(
                "id,{ACCOUNT_FIELDS},insights.metric(views,likes).period(day).metric_type(total_value)\
                 .since(1794902400).as(q0),insights.metric(reach).period(day).as(q1),\
                 insights.metric(reach).period(day).as(q2)"
            )
        );
    }

    #[tokio::test]
    async fn a_profile_without_an_id_is_transient() {
        let server = Loopback::start(|_| Reply::json(&json!({"username": "harbour.bakery"}))).await;
        let error =
            server.client.account(Provider::FacebookLogin, &facebook_token(), ACCOUNT).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transient);
    }
}
