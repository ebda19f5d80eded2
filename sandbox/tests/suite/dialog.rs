//! What a dialog is asked besides scopes, and what it gives back.

use serde_json::json;

use crate::client::*;

const YES: [(&str, &str); 3] = [("person", NORA), ("decision", "continue"), ("all", "1")];

#[tokio::test]
async fn without_a_state_none_comes_back() {
    let sandbox = TestBox::start().await;
    for (target, state) in
        [(sandbox.dialog(SCOPES), "&state=st-1"), (sandbox.consent_window(), "&state=st-2")]
    {
        let target = target.replace(state, "");
        assert!(!sandbox.get(&target).await.text.contains("name=\"state\""));
        let form = [("person", BAKERY), ("decision", "continue"), ("all", "1")];
        let form = if state == "&state=st-1" { YES } else { form };
        let back = sandbox.form(&target, &form).await;
        assert!(back.returned("code").is_some() && back.returned("state").is_none());
        let denied = sandbox.form(&target, &[("decision", "cancel")]).await;
        assert!(denied.returned("error").is_some() && denied.returned("state").is_none());
    }
}

#[tokio::test]
async fn granted_scopes_come_back_where_asked_for() {
    let sandbox = TestBox::start().await;
    let plain = sandbox.form(&sandbox.dialog(SCOPES), &YES).await;
    assert!(plain.returned("granted_scopes").is_none());
    for target in [
        sandbox.dialog(SCOPES).replace("response_type=code", "response_type=code%2Cgranted_scopes"),
        format!("{}&return_scopes=true", sandbox.dialog(SCOPES)),
    ] {
        assert!(sandbox.get(&target).await.text.contains("name=\"return_scopes\""));
        let form = [("person", NORA), ("decision", "continue"), ("scope", "instagram_basic"), ("all", "1")];
        let back = sandbox.form(&target, &form).await;
        assert_eq!(back.returned("granted_scopes").unwrap(), "instagram_basic,public_profile");
        assert!(back.returned("denied_scopes").unwrap().contains("instagram_manage_insights"));
    }
    let token = sandbox.dialog(SCOPES).replace("response_type=code", "response_type=token");
    assert_eq!(sandbox.get(&token).await.status, 400);
}

#[tokio::test]
async fn a_code_challenge_has_to_be_answered() {
    let sandbox = TestBox::start().await;
    // The example of RFC 7636.
    let challenge = "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";
    let target = format!("{}&{challenge}", sandbox.dialog(SCOPES));
    assert!(sandbox.get(&target).await.text.contains("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"));
    let code = sandbox.form(&target, &YES).await.returned("code").unwrap();
    assert_eq!(sandbox.exchange_code(&code).await.error(), (400, 100, None));
    let exchange = async |verifier: &str| {
        let pairs = [
            ("client_id", APP),
            ("client_secret", SECRET),
            ("redirect_uri", CALLBACK),
            ("code", &code),
            ("code_verifier", verifier),
        ];
        sandbox.get(&format!("/graph.facebook.com/v25.0/oauth/access_token?{}", encode(&pairs))).await
    };
    assert_eq!(exchange("wrong").await.error(), (400, 100, None));
    assert_eq!(exchange("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").await.status, 200);
    let odd = format!("{}&code_challenge=x&code_challenge_method=MD5", sandbox.dialog(SCOPES));
    assert_eq!(sandbox.get(&odd).await.status, 400);
}

#[tokio::test]
async fn the_end_of_instagrams_address_is_no_part_of_the_code() {
    let sandbox = TestBox::start().await;
    let code = sandbox.instagram_code(MERIDIAN).await;
    let refused = sandbox.exchange_instagram_code(&format!("{code}#_")).await;
    assert_eq!((refused.status, refused.json()["error_type"].clone()), (400, json!("OAuthException")));
    assert_eq!(sandbox.exchange_instagram_code(&code).await.status, 200);
}

#[tokio::test]
async fn http_basic_is_read_at_facebook_only() {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let sandbox = TestBox::start().await;
    let exchange = async |host: &str, id: &str, secret: &str, code: &str| {
        let basic = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
        let headers =
            [("authorization", basic.as_str()), ("content-type", "application/x-www-form-urlencoded")];
        let form = [("grant_type", "authorization_code"), ("redirect_uri", CALLBACK), ("code", code)];
        sandbox.send("POST", &format!("/{host}/oauth/access_token"), &headers, &encode(&form)).await.unwrap()
    };
    let code = sandbox.code(NORA, &[]).await;
    assert_eq!(exchange("graph.facebook.com/v25.0", APP, "wrong", &code).await.error(), (400, 1, None));
    assert_eq!(exchange("graph.facebook.com/v25.0", APP, SECRET, &code).await.status, 200);
    let code = sandbox.instagram_code(BAKERY).await;
    assert_eq!(exchange("api.instagram.com", INSTAGRAM_APP, INSTAGRAM_SECRET, &code).await.status, 400);
}
