//! People, Pages, portfolios and accounts as nodes: nested edges, fields, pictures.

use serde_json::json;

use crate::client::*;

#[tokio::test]
async fn every_edge_is_a_field() {
    let sandbox = TestBox::start().await;
    let token = sandbox.long_lived(NORA).await;
    let fields = "id,name,permissions,accounts.limit(2){name,access_token,instagram_business_account{username}},\
        businesses{name,owned_pages{name},owned_instagram_accounts{username},client_pages}";
    let me = sandbox.facebook(&format!("/me?fields={fields}"), &token).await.json();
    assert_eq!(me["accounts"]["data"].as_array().unwrap().len(), 2);
    assert_eq!(text(&me, "/accounts/data/0/instagram_business_account/username"), "harbour.bakery");
    assert!(text(&me, "/accounts/data/1/access_token").starts_with("EAA"));
    assert!(!me["permissions"]["data"].as_array().unwrap().is_empty());
    assert_eq!(text(&me, "/businesses/data/0/owned_pages/data/0/name"), "Aurora Outfitters");
    assert_eq!(text(&me, "/businesses/data/0/owned_instagram_accounts/data/0/username"), "aurora.outfitters");
    assert_eq!(me["businesses"]["data"][0]["client_pages"], json!({"data": []}));
    let next = sandbox.get(&text(&me, "/accounts/paging/next")).await.json();
    assert_eq!(text(&next, "/data/0/instagram_business_account/username"), "copperkettle.coffee");

    let business = text(&me, "/businesses/data/0/id");
    let accounts = sandbox.facebook(&format!("/{business}/instagram_accounts"), &token).await.json();
    assert_eq!(accounts["data"], json!([{"id": "17841400000000008"}]));
    let linked =
        sandbox.facebook(&format!("/{BAKERY_PAGE}/instagram_accounts?fields=username"), &token).await.json();
    assert_eq!(text(&linked, "/data/0/username"), "harbour.bakery");
}

#[tokio::test]
async fn known_fields_without_a_value_are_left_out_and_unknown_ones_refused() {
    let sandbox = TestBox::start().await;
    let token = sandbox.long_lived(NORA).await;
    let me = sandbox.facebook("/me", &token).await.json();
    assert_eq!(me, json!({"id": NORA, "name": "Nora Lindqvist"}));
    let business = text(&sandbox.facebook("/me/businesses", &token).await.json(), "/data/0/id");
    let media =
        text(&sandbox.facebook(&format!("/{BAKERY}/media?limit=1"), &token).await.json(), "/data/0/id");
    let nodes = [
        ("me", "birthday,gender,hometown,locale,email,about", "name", "shoe_size"),
        (BAKERY_PAGE, "about,emails,phone,username,verification_status,website", "name", "shoe_size"),
        (&business, "verification_status,vertical,primary_page", "name", "shoe_size"),
        (APP, "namespace,category,company", "name", "shoe_size"),
        (BAKERY, "mentioned_media,mentioned_comment,owner_business", "username", "shoe_size"),
        (&media, "legacy_instagram_media_id,live_status,boost_eligibility_info", "permalink", "shoe_size"),
    ];
    for (id, absent, present, unknown) in nodes {
        let read = async |fields: &str| sandbox.facebook(&format!("/{id}?fields={fields}"), &token).await;
        let body = read(&format!("{absent},{present}")).await.json();
        assert_eq!(body.as_object().unwrap().keys().collect::<Vec<_>>(), ["id", present], "{id}");
        let refused = read(unknown).await;
        assert_eq!(refused.error(), (400, 100, None), "{id}");
        assert!(refused.text.contains("Tried accessing nonexisting field (shoe_size)"));
    }
    // Instagram Login knows far fewer.
    let instagram = sandbox.instagram_long_lived(BAKERY).await;
    assert_eq!(sandbox.instagram("/me?fields=mentioned_media", &instagram).await.error(), (400, 100, None));

    let grant = json!({"person": NORA, "permission": "email", "status": "granted"});
    sandbox.control("permission", grant).await;
    let me = sandbox.facebook("/me?fields=email", &token).await.json();
    assert_eq!(text(&me, "/email"), "nora.lindqvist@people.example");
}

#[tokio::test]
async fn pictures_are_described_or_led_to() {
    let sandbox = TestBox::start().await;
    let token = sandbox.long_lived(NORA).await;
    for node in ["me", NORA, BAKERY_PAGE] {
        let read = async |query: &str| sandbox.facebook(&format!("/{node}/picture?{query}"), &token).await;
        let picture = read("").await;
        assert_eq!((picture.status, picture.text.as_str()), (302, ""));
        assert!(picture.header("location").starts_with("https://cdn.example/"));
        let described = read("redirect=0&type=large").await.json();
        assert_eq!((&described["data"]["width"], &described["data"]["height"]), (&json!(200), &json!(200)));
        let described = read("redirect=False&width=320").await.json();
        assert_eq!((&described["data"]["width"], &described["data"]["height"]), (&json!(320), &json!(320)));
        assert_eq!(read("type=huge").await.error(), (400, 100, None));
        assert_eq!(read("width=-1").await.error(), (400, 100, None));
        let nested =
            sandbox.facebook(&format!("/{node}?fields=picture.type(large){{url,height}}"), &token).await;
        let nested = nested.json();
        assert_eq!(nested["picture"]["data"]["height"], 200);
        assert_eq!(nested["picture"]["data"].as_object().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn other_accounts_are_discovered_by_name() {
    let sandbox = TestBox::start().await;
    let token = sandbox.long_lived(NORA).await;
    let discover = async |fields: &str| {
        let path = format!("/{BAKERY}?fields=business_discovery.username(kiteandcurrent){{{fields}}}");
        sandbox.facebook(&path, &token).await
    };
    let body =
        discover("username,followers_count,media_count,media.limit(2){like_count,comments_count,permalink}")
            .await
            .json();
    let found = &body["business_discovery"];
    assert_eq!(
        (text(found, "/id"), text(found, "/username")),
        ("17841400000000014".into(), "kiteandcurrent".into())
    );
    assert!(found["followers_count"].as_u64().unwrap() > 100_000 && found["media_count"].is_u64());
    assert_eq!(found["media"]["data"].as_array().unwrap().len(), 2);
    assert!(found["media"]["data"].as_array().unwrap().iter().all(|media| media["comments_count"].is_u64()));
    // There is no edge of the other account to follow, only cursors.
    assert!(
        found.pointer("/media/paging/cursors/after").is_some()
            && found.pointer("/media/paging/next").is_none()
    );
    let after = text(found, "/media/paging/cursors/after");
    let more = discover(&format!("media.limit(2).after({after}){{id}}")).await.json();
    assert_ne!(more["business_discovery"]["media"]["data"][0]["id"], found["media"]["data"][0]["id"]);

    assert_eq!(discover("insights.metric(reach).period(day)").await.error(), (400, 100, None));
    assert_eq!(discover("media{insights.metric(reach)}").await.error(), (400, 100, None));
    let path = format!("/{BAKERY}?fields=business_discovery.username(nobody.at.all){{id}}");
    assert_eq!(sandbox.facebook(&path, &token).await.error(), (400, 110, Some(2_207_013)));
    assert_eq!(
        sandbox.facebook(&format!("/{BAKERY}?fields=business_discovery{{id}}"), &token).await.error(),
        (400, 100, None)
    );
    let instagram = sandbox.instagram_long_lived(BAKERY).await;
    let path = "/me?fields=business_discovery.username(kiteandcurrent){id}";
    assert_eq!(sandbox.instagram(path, &instagram).await.error(), (400, 100, None));
}

#[tokio::test]
async fn edges_that_hold_nothing_exist() {
    let sandbox = TestBox::start().await;
    let (facebook, instagram) = (sandbox.long_lived(NORA).await, sandbox.instagram_long_lived(BAKERY).await);
    let media =
        text(&sandbox.facebook(&format!("/{BAKERY}/media?limit=1"), &facebook).await.json(), "/data/0/id");
    for path in [
        format!("/{BAKERY}/live_media"),
        format!("/{BAKERY}/tags"),
        format!("/{BAKERY}/recently_searched_hashtags"),
        format!("/{media}/collaborators"),
        format!("/{media}/product_tags"),
        format!("/ig_hashtag_search?user_id={BAKERY}&q=bread"),
    ] {
        assert_eq!(sandbox.facebook(&path, &facebook).await.json(), json!({"data": []}), "{path}");
    }
    assert_eq!(sandbox.facebook("/ig_hashtag_search?q=bread", &facebook).await.error(), (400, 100, None));
    let strange = sandbox.facebook(&format!("/ig_hashtag_search?user_id={OPERA}&q=bread"), &facebook).await;
    assert_eq!(strange.error(), (400, 100, Some(33)));
    assert_eq!(
        sandbox.instagram("/me/recently_searched_hashtags", &instagram).await.error(),
        (400, 100, None)
    );

    let limit = sandbox.facebook(&format!("/{BAKERY}/content_publishing_limit"), &facebook).await.json();
    assert_eq!(limit, json!({"data": [{"quota_usage": 0}]}));
    let limit = sandbox.instagram("/me/content_publishing_limit?fields=config", &instagram).await.json();
    assert_eq!(limit["data"][0]["config"]["quota_duration"], 86_400);
}
