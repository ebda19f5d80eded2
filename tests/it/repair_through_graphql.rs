//! The same repair for whoever builds a page of their own: the link's token through GraphQL alone.

use serde_json::json;

use crate::support::agency::FACEBOOK;
use crate::support::people::{BAKERY, NORA};
use crate::support::{Consent, Engine, Installation, on_each_database};

on_each_database![a_link_repairs_through_graphql_alone];

const PREVIEW: &str = "query ($token: String!) { reconnectLink(token: $token) \
     { state workspaceName usernames provider usable expiresAt } }";

async fn a_link_repairs_through_graphql_alone(engine: Engine) {
    let installation = Installation::start(engine).await;
    let mut agency = installation.agency("anna@northlight.example").await;
    let accounts = agency.connect(FACEBOOK, &Consent::of(NORA), "nora@lindqvist.example").await;
    let bakery = accounts.iter().find(|account| account.instagram_id() == BAKERY).unwrap();
    agency.until_collected().await;
    installation.sandbox.revoke(NORA, 458).await;
    agency
        .client
        .attempt("checkToken", json!({ "accountId": bakery.id(), "force": true }), "account { id }")
        .await;
    assert_eq!(
        agency.until_state(&bakery.id(), "NEEDS_RECONNECT").await.health().1.as_deref(),
        Some("APP_REMOVED")
    );

    // The team copies a link; whoever has it needs no session.
    let input = json!({ "accountId": bakery.id() });
    let made = agency.client.mutate("createReconnectLink", input, "link { state url sentTo }").await;
    assert_eq!((&made["link"]["state"], &made["link"]["sentTo"]), (&json!("CREATED"), &json!(null)));
    let token = made["link"]["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let owner = installation.stranger();
    let preview = owner.query(PREVIEW, json!({ "token": token })).await;
    assert_eq!(preview["reconnectLink"]["workspaceName"], "Northlight");
    assert_eq!(preview["reconnectLink"]["usernames"], json!([bakery.username()]));
    assert_eq!(preview["reconnectLink"]["usable"], true);
    assert_eq!(owner.query(PREVIEW, json!({ "token": "no-such-token" })).await["reconnectLink"], json!(null));

    let started = owner.mutate("startLinkReconnect", json!({ "token": token }), "authorizationUrl").await;
    let dialog = started["authorizationUrl"].as_str().unwrap();
    let callback = Consent::of(NORA).at(&installation.http, dialog).await;
    let done = owner.browser.land(&callback).await;
    assert!(done.text.contains("works again"), "{}", done.text);
    assert!(owner.access_token().is_none(), "a link gives no session");

    agency.sign_in_again().await;
    for account in &accounts {
        assert_eq!(agency.account(&account.id()).await.state(), "HEALTHY");
    }
    let preview = owner.query(PREVIEW, json!({ "token": token })).await;
    assert_eq!(
        (&preview["reconnectLink"]["state"], &preview["reconnectLink"]["usable"]),
        (&json!("DONE"), &json!(false))
    );
    let (path, code) = owner.refusal("startLinkReconnect", json!({ "token": token })).await;
    assert_eq!((path.as_str(), code.as_str()), ("input.token", "ALREADY_DONE"));
}
