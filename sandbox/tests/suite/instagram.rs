//! Instagram Login from the consent window to refreshed tokens.

use serde_json::json;

use crate::client::*;

#[tokio::test]
async fn the_window_leads_back_and_cancels() {
    let sandbox = TestBox::start().await;
    let page = sandbox.get(&sandbox.consent_window()).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("studio.meridian") && page.text.contains("harbour.bakery"));
    let back = sandbox
        .form(&sandbox.consent_window(), &[("person", MERIDIAN), ("all", "1"), ("decision", "continue")])
        .await;
    assert!(back.header("location").ends_with("#_"));
    assert_eq!(back.returned("state").as_deref(), Some("st-2"));
    let denied = sandbox.form(&sandbox.consent_window(), &[("decision", "cancel")]).await;
    assert_eq!(denied.returned("error_reason").as_deref(), Some("user_denied"));
    let mixed = sandbox.consent_window().replace("instagram_business_manage_insights", "instagram_basic");
    assert_eq!(sandbox.get(&mixed).await.status, 400);
    assert_eq!(sandbox.get(&sandbox.consent_window().replace(INSTAGRAM_APP, "1")).await.status, 400);
}

#[tokio::test]
async fn a_permission_that_is_not_ticked_is_not_granted() {
    let sandbox = TestBox::start().await;
    let form = [("person", MERIDIAN), ("scope", "instagram_business_basic"), ("decision", "continue")];
    let code = sandbox.form(&sandbox.consent_window(), &form).await.returned("code").unwrap();
    let token = sandbox.exchange_instagram_code(&code).await.json();
    assert_eq!(token["permissions"], json!(["instagram_business_basic"]));
}

#[tokio::test]
async fn both_shapes_of_the_exchange_and_its_flat_errors() {
    let sandbox = TestBox::start().await;
    let code = sandbox.instagram_code(MERIDIAN).await;
    let flat = sandbox.exchange_instagram_code(&code).await;
    assert!(flat.text.contains("\"user_id\":17841400000000021"), "{}", flat.text);
    assert_eq!(
        flat.json()["permissions"],
        json!(["instagram_business_basic", "instagram_business_manage_insights"])
    );
    let again = sandbox.exchange_instagram_code(&code).await;
    assert_eq!(
        (again.status, again.json()["error_message"].clone()),
        (400, json!("Matching code was not found or was already used"))
    );
    assert_eq!(again.json()["error_type"], "OAuthException");

    sandbox.control("settings", json!({"ig_exchange_shape": "data"})).await;
    let code = sandbox.instagram_code(MERIDIAN).await;
    let wrapped = sandbox.exchange_instagram_code(&code).await.json();
    assert_eq!(text(&wrapped, "/data/0/user_id"), MERIDIAN);
    assert_eq!(text(&wrapped, "/data/0/permissions"), INSTAGRAM_SCOPES);

    sandbox.control("settings", json!({"ig_exchange_shape": "flat", "ig_user_id_type": "string", "ig_permissions_shape": "absent"})).await;
    let code = sandbox.instagram_code(MERIDIAN).await;
    let body = sandbox.exchange_instagram_code(&code).await.json();
    assert_eq!(text(&body, "/user_id"), MERIDIAN);
    assert!(body.get("permissions").is_none());
}

#[tokio::test]
async fn who_is_this() {
    let sandbox = TestBox::start().await;
    let token = sandbox.instagram_long_lived(BAKERY).await;
    let fields = "id,user_id,username,name,account_type,profile_picture_url,followers_count,follows_count,media_count,biography,website";
    let me = sandbox.instagram(&format!("/me?fields={fields}"), &token).await.json();
    assert_eq!((text(&me, "/user_id"), text(&me, "/username")), (BAKERY.into(), "harbour.bakery".into()));
    assert_eq!(text(&me, "/id"), "28170000000000001");
    assert!(matches!(text(&me, "/account_type").as_str(), "BUSINESS" | "MEDIA_CREATOR"));
    for id in [BAKERY, "28170000000000001"] {
        assert_eq!(sandbox.instagram(&format!("/{id}?fields=username"), &token).await.status, 200);
    }
    assert_eq!(
        sandbox.instagram(&format!("/{MERIDIAN}?fields=username"), &token).await.error(),
        (400, 100, Some(33))
    );
    sandbox.control("settings", json!({"me_shape": "data"})).await;
    let me = sandbox.instagram("/me?fields=user_id", &token).await.json();
    assert_eq!(text(&me, "/data/0/user_id"), BAKERY);
}

#[tokio::test]
async fn tokens_of_the_other_family_cannot_be_parsed() {
    let sandbox = TestBox::start().await;
    let (facebook, instagram) = (sandbox.long_lived(NORA).await, sandbox.instagram_long_lived(BAKERY).await);
    for answer in [sandbox.instagram("/me", &facebook).await, sandbox.facebook("/me", &instagram).await] {
        assert_eq!(answer.error(), (400, 190, None));
        assert!(answer.text.contains("annot parse access token"));
    }
    assert_eq!(sandbox.instagram_refresh(&facebook).await.error(), (400, 190, None));
    assert_eq!(sandbox.exchange_token(&instagram).await.error(), (400, 190, None));
}

#[tokio::test]
async fn refresh_needs_a_day_and_gives_sixty() {
    let sandbox = TestBox::start().await;
    let token = sandbox.instagram_long_lived(MERIDIAN).await;
    let young = sandbox.instagram_refresh(&token).await;
    assert_eq!(young.error(), (400, 100, None));
    assert_eq!(text(&young.json(), "/error/type"), "IGApiException");
    sandbox.control("settings", json!({"ig_refresh_too_young_body": {"status": 400, "body": {"error": {"code": 1, "message": "x", "type": "y"}}}})).await;
    assert_eq!(sandbox.instagram_refresh(&token).await.error(), (400, 1, None));

    sandbox.control("clock", json!({"advance_seconds": 86_401})).await;
    let new = sandbox.instagram_refresh(&token).await.json();
    assert_eq!(
        (new["expires_in"].clone(), text(&new, "/permissions")),
        (json!(5_184_000), INSTAGRAM_SCOPES.into())
    );
    assert_ne!(text(&new, "/access_token"), token);
    assert_eq!(sandbox.instagram("/me", &token).await.status, 200);

    sandbox.control("settings", json!({"ig_refresh_mode": "same_string"})).await;
    assert_eq!(text(&sandbox.instagram_refresh(&token).await.json(), "/access_token"), token);
    sandbox.control("clock", json!({"advance_seconds": 86_401})).await;
    sandbox.control("settings", json!({"ig_refresh_mode": "old_token_dies"})).await;
    let last = text(&sandbox.instagram_refresh(&token).await.json(), "/access_token");
    assert_eq!(sandbox.instagram("/me", &token).await.error(), (400, 190, None));

    sandbox.control("clock", json!({"advance_seconds": 61 * 86_400})).await;
    assert_eq!(sandbox.instagram_refresh(&last).await.error(), (400, 190, None));
}

#[tokio::test]
async fn exchange_wants_a_short_lived_token_and_the_secret() {
    let sandbox = TestBox::start().await;
    let short = sandbox.instagram_short(MERIDIAN).await;
    let query =
        encode(&[("grant_type", "ig_exchange_token"), ("client_secret", "no"), ("access_token", &short)]);
    assert_eq!(
        sandbox.get(&format!("/graph.instagram.com/access_token?{query}")).await.error(),
        (400, 1, None)
    );
    assert_eq!(sandbox.instagram_refresh(&short).await.error(), (400, 100, None));
    let long = text(&sandbox.instagram_exchange(&short).await.json(), "/access_token");
    assert_eq!(sandbox.instagram_exchange(&long).await.error(), (400, 452, None));
    sandbox.control("clock", json!({"advance_seconds": 3_601})).await;
    assert_eq!(sandbox.instagram_exchange(&short).await.error(), (400, 190, None));
    sandbox.control("settings", json!({"ig_subcodes": true})).await;
    assert_eq!(sandbox.instagram_exchange(&short).await.error(), (400, 190, Some(463)));
}

#[tokio::test]
async fn missing_scopes_are_10_and_200() {
    let sandbox = TestBox::start().await;
    let token = sandbox.instagram_long_lived(MERIDIAN).await;
    let insights = format!("/{MERIDIAN}/insights?metric=reach&period=day");
    assert_eq!(sandbox.instagram(&insights, &token).await.status, 200);
    sandbox.control("permission", json!({"account": MERIDIAN, "permission": "instagram_business_manage_insights", "status": "declined"})).await;
    assert_eq!(sandbox.instagram(&insights, &token).await.error(), (400, 10, None));
    sandbox
        .control(
            "permission",
            json!({"account": MERIDIAN, "permission": "instagram_business_basic", "status": "declined"}),
        )
        .await;
    assert_eq!(sandbox.instagram("/me", &token).await.error(), (403, 200, None));
}

#[tokio::test]
async fn a_revoked_account_has_the_subcode_that_was_asked_for() {
    let sandbox = TestBox::start().await;
    let token = sandbox.instagram_long_lived(MERIDIAN).await;
    sandbox.control("revoke", json!({"account": MERIDIAN})).await;
    assert_eq!(sandbox.instagram("/me", &token).await.error(), (400, 190, None));
    sandbox.control("revoke", json!({"account": MERIDIAN, "subcode": 460})).await;
    assert_eq!(sandbox.instagram("/me", &token).await.error(), (400, 190, Some(460)));
    sandbox.control("restore", json!({"account": MERIDIAN})).await;
    assert_eq!(sandbox.instagram("/me", &token).await.status, 200);
    sandbox.control("expire", json!({"account": MERIDIAN})).await;
    assert_eq!(sandbox.instagram("/me", &token).await.error(), (400, 190, None));
}
