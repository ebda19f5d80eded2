//! People, ledger, expiry, and the pages for people.

use mooring_sandbox::Config;
use serde_json::json;

use crate::client::*;

#[tokio::test]
async fn people_show_grants_and_never_a_token() {
    let sandbox = TestBox::start().await;
    let token = sandbox.long_lived(NORA).await;
    let page = sandbox.page_token(&token, BAKERY_PAGE).await;
    let answer = sandbox.get("/_sandbox/people").await;
    let body = answer.json();
    let nora = &body["people"][0];
    assert_eq!(text(nora, "/name"), "Nora Lindqvist");
    assert_eq!(nora["pages"].as_array().unwrap().len(), 9);
    assert_eq!(nora["grant"]["permissions"]["instagram_basic"], "granted");
    assert_eq!(nora["tokens"].as_array().unwrap().len(), 3);
    let everything = answer.text
        + &sandbox.get("/").await.text
        + &sandbox.get("/_sandbox/ledger").await.text
        + &sandbox.get("/_sandbox/tokens").await.text;
    for secret in [&token, &page, SECRET] {
        assert!(!everything.contains(secret));
    }
}

#[tokio::test]
async fn the_ledger_says_who_called_what() {
    let sandbox = TestBox::start().await;
    let token = sandbox.long_lived(NORA).await;
    let last = sandbox.get("/_sandbox/ledger").await.json()["last_id"].as_u64().unwrap();
    sandbox.facebook(&format!("/{BAKERY}?fields=username"), &token).await;
    sandbox.facebook("/me?fields=nonsense", &token).await;
    let body = sandbox.get(&format!("/_sandbox/ledger?after={last}&host=graph.facebook.com")).await.json();
    let entries = body["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 2);
    assert_eq!((text(&entries[0], "/person"), text(&entries[0], "/account")), (NORA.into(), BAKERY.into()));
    assert_eq!(text(&entries[0], "/token").len(), 12);
    assert_eq!((entries[1]["status"].clone(), entries[1]["code"].clone()), (json!(400), json!(100)));
    let counts = sandbox.get(&format!("/_sandbox/ledger/counts?after={last}")).await.json();
    assert_eq!(counts["counts"][0]["kind"], "/{v}/me");
    assert_eq!(
        counts["counts"][1],
        json!({"host": "graph.facebook.com", "method": "GET", "kind": "/{v}/{id}", "count": 1, "errors": 0})
    );
    assert!(
        sandbox.get("/_sandbox/ledger?path_contains=dialog").await.json()["entries"]
            .as_array()
            .unwrap()
            .len()
            == 1
    );
}

#[tokio::test]
async fn expiry_by_hand_can_spare_the_page_tokens() {
    let sandbox = TestBox::start().await;
    let user = sandbox.long_lived(NORA).await;
    let page = sandbox.page_token(&user, BAKERY_PAGE).await;
    sandbox.control("expire", json!({"person": NORA, "page_tokens": false})).await;
    assert_eq!(sandbox.facebook("/me", &user).await.error(), (400, 190, Some(463)));
    assert_eq!(sandbox.facebook("/me", &page).await.status, 200);
    sandbox.control("expire", json!({"person": NORA})).await;
    assert_eq!(sandbox.facebook("/me", &page).await.error(), (400, 190, Some(463)));
    assert_eq!(sandbox.debug(&page).await["data"]["error"]["subcode"], 463);
    sandbox.control("restore", json!({"person": NORA})).await;
    assert_eq!(sandbox.facebook("/me", &page).await.status, 200);
    sandbox.control("revoke", json!({"page": BAKERY_PAGE, "subcode": 460})).await;
    assert_eq!(sandbox.facebook("/me", &page).await.error(), (400, 190, Some(460)));
    assert_eq!(sandbox.facebook("/me", &user).await.status, 200);
}

#[tokio::test]
async fn the_control_page_breaks_things_with_a_form() {
    let sandbox = TestBox::start().await;
    let token = sandbox.long_lived(TOMAS).await;
    let page = sandbox.get("/").await;
    assert!(page.text.contains("Tomas Beck") && page.text.contains("kiteandcurrent"));
    let back = sandbox.form("/_sandbox/ui/revoke", &[("person", TOMAS), ("subcode", "459")]).await;
    assert_eq!((back.status, back.header("location")), (303, "/#person-10160000000000002"));
    assert_eq!(sandbox.facebook("/me", &token).await.error(), (400, 190, Some(459)));
    sandbox.form("/_sandbox/ui/restore", &[("person", TOMAS)]).await;
    sandbox.form("/_sandbox/ui/fault", &[("fault", "{\"kind\":\"html_503\"}")]).await;
    assert_eq!(sandbox.facebook("/me", &token).await.status, 503);
    sandbox.form("/_sandbox/ui/mend", &[]).await;
    assert_eq!(sandbox.facebook("/me", &token).await.status, 200);
    sandbox.form("/_sandbox/ui/fault", &[("fault", "{\"kind\":\"hang\",\"times\":1}")]).await;
    let page = sandbox.get("/").await.text;
    assert!(page.contains("hang; hit 0 of 1"));
    let id = sandbox.get("/_sandbox/faults").await.json()["faults"][0]["id"].to_string();
    sandbox.form("/_sandbox/ui/mend-one", &[("id", &id)]).await;
    let permission = [("person", TOMAS), ("permission", "instagram_manage_insights"), ("granted", "0")];
    sandbox.form("/_sandbox/ui/permission", &permission).await;
    let declined = sandbox.facebook("/me/permissions?status=declined", &token).await.json();
    assert_eq!(text(&declined, "/data/0/permission"), "instagram_manage_insights");
    sandbox.form("/_sandbox/ui/throttle", &[("person", TOMAS)]).await;
    assert_eq!(sandbox.facebook("/me", &token).await.error(), (400, 17, None));
    assert!(sandbox.get("/").await.text.contains("Throttled: Tomas Beck, 15 min left"));
    sandbox.form("/_sandbox/ui/unthrottle", &[("key", &format!("person:{TOMAS}"))]).await;
    assert_eq!(sandbox.facebook("/me", &token).await.status, 200);
    sandbox.form("/_sandbox/ui/advance", &[("seconds", "5270400")]).await;
    assert_eq!(sandbox.facebook("/me", &token).await.error(), (400, 190, Some(463)));
    assert_eq!(sandbox.form("/_sandbox/ui/dance", &[]).await.status, 400);
}

#[tokio::test]
async fn the_traffic_page_shows_who_called_and_filters() {
    let sandbox = TestBox::start().await;
    let token = sandbox.long_lived(NORA).await;
    sandbox.facebook(&format!("/{BAKERY}?fields=username"), &token).await;
    sandbox.facebook("/me?fields=nonsense", &token).await;
    let all = sandbox.get("/traffic").await.text;
    assert!(all.contains("Nora Lindqvist") && all.contains("@harbour.bakery"));
    assert!(all.contains("fields=username") && !all.contains(&token));
    let errors = sandbox.get("/traffic?errors=1&host=graph.facebook.com&path=%2Fme").await.text;
    assert!(errors.contains("400 / 100") && !errors.contains("fields=username"));
    assert!(!sandbox.get("/traffic?host=graph.instagram.com").await.text.contains("Nora Lindqvist"));
}

#[tokio::test]
async fn generated_people_can_log_in() {
    let sandbox = TestBox::with(Config { people: 40_000, ..Config::default() }).await;
    let person = "10160100000039999";
    let token = sandbox.long_lived(person).await;
    let body = sandbox
        .facebook("/me/accounts?fields=id,instagram_business_account{id,username,followers_count}", &token)
        .await
        .json();
    let account = text(&body, "/data/0/instagram_business_account/id");
    assert!(account.starts_with("17841410"));
    let insights = sandbox.facebook(&format!("/{account}/insights?metric=reach&period=day"), &token).await;
    assert_eq!(insights.status, 200);
    let instagram = sandbox.instagram_long_lived(&account).await;
    assert_eq!(text(&sandbox.instagram("/me?fields=user_id", &instagram).await.json(), "/user_id"), account);
    assert!(sandbox.get("/").await.text.contains("The first 20 of 40000 generated people"));
    let people = sandbox.get("/_sandbox/people?offset=100&limit=2").await.json();
    assert_eq!(people["people"].as_array().unwrap().len(), 6);
}
