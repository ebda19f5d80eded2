use serde_json::json;

use super::*;
use crate::error::ErrorKind;
use crate::loopback::{ACCOUNT, Loopback, Reply, facebook_token, instagram_token};
use crate::provider::Provider::{FacebookLogin, InstagramLogin};

const MEDIA: &str = "17990000000000001";

fn everything(most: usize) -> MediaQuery {
    MediaQuery { since: None, until: None, most }
}

#[tokio::test]
async fn a_reel_an_album_and_what_is_not_known_yet() {
    let server = Loopback::start(|_| {
        Reply::json(&json!({"data": [
            {"id": MEDIA, "caption": "Sourdough at six", "media_type": "VIDEO", "media_product_type": "REELS",
             "permalink": "https://www.instagram.com/reel/AbC123/", "shortcode": "AbC123",
             "timestamp": "2026-11-18T09:15:00+0000", "username": "harbour.bakery", "owner": {"id": ACCOUNT},
             "like_count": 40, "comments_count": 3, "thumbnail_url": "https://cdn.example/t.jpg",
             "media_url": "https://cdn.example/v.mp4", "is_shared_to_feed": true},
            {"id": 17_990_000_000_000_002_u64, "media_type": "CAROUSEL_ALBUM", "media_product_type": "FEED",
             "children": {"data": [{"id": "1", "media_type": "IMAGE", "media_url": "javascript:x"}, {"x": 1}]}},
            {"id": "3", "media_type": "HOLOGRAM", "media_product_type": 7, "like_count": -1, "caption": null},
            {"caption": "without an id"}]}))
    })
    .await;
    let media = server.client.media(FacebookLogin, &facebook_token(), ACCOUNT, everything(50)).await.unwrap();
    assert_eq!(media.len(), 3);
    let reel = &media[0];
    assert_eq!(reel.id, MEDIA);
    assert_eq!(
        (&reel.media_type, &reel.product_type),
        (&Some(MediaType::Video), &Some(MediaProductType::Reels))
    );
    assert_eq!(reel.timestamp, Some("2026-11-18T09:15:00Z".parse().unwrap()));
    assert_eq!(
        (reel.like_count, reel.comments_count, reel.is_shared_to_feed),
        (Some(40), Some(3), Some(true))
    );
    let album = &media[1];
    assert_eq!(album.id, "17990000000000002");
    assert_eq!((album.like_count, album.thumbnail_url.as_ref()), (None, None));
    let part = MediaChild { id: "1".to_owned(), media_type: Some(MediaType::Image), media_url: None };
    assert_eq!(album.children, [part]);
    let odd = &media[2];
    assert_eq!(odd.media_type, Some(MediaType::Other("HOLOGRAM".to_owned())));
    assert_eq!((&odd.product_type, odd.like_count, odd.caption.as_ref()), (&None, None, None));
    let asked = server.only();
    assert_eq!(asked.path, format!("/graph.facebook.com/v25.0/{ACCOUNT}/media"));
    assert_eq!((asked.query["fields"].as_str(), asked.query["limit"].as_str()), (MEDIA_FIELDS, "100"));
}

#[tokio::test]
async fn the_list_is_followed_over_empty_steps_as_far_as_asked() {
    let server = Loopback::start(|asked| {
        let step: u64 = asked.query.get("after").map_or(0, |after| after.parse().unwrap());
        let entries = if step == 1 { 0 } else { 3 };
        let data: Vec<_> = (0..entries).map(|number| json!({"id": format!("{step}{number}")})).collect();
        Reply::json(&json!({"data": data, "paging": {"cursors": {"after": (step + 1).to_string()},
            "next": "https://elsewhere.example/steal?access_token=x"}}))
    })
    .await;
    let query = MediaQuery {
        since: Some("2026-11-01T00:00:00Z".parse().unwrap()),
        until: Some("2026-11-20T00:00:00Z".parse().unwrap()),
        most: 7,
    };
    let media = server.client.media(InstagramLogin, &instagram_token(), ACCOUNT, query).await.unwrap();
    let ids: Vec<_> = media.iter().map(|media| media.id.as_str()).collect();
    assert_eq!(ids, ["00", "01", "02", "20", "21", "22", "30"]);
    let asked = server.asked();
    assert_eq!(asked.len(), 4);
    for asked in asked {
        assert_eq!(asked.path, format!("/graph.instagram.com/v24.0/{ACCOUNT}/media"));
        assert_eq!(
            (asked.query["since"].as_str(), asked.query["until"].as_str()),
            ("1793491200", "1795132800")
        );
    }
}

#[tokio::test]
async fn stories_and_single_media() {
    let server = Loopback::start(|asked| {
        let story = json!({"id": MEDIA, "media_type": "IMAGE", "media_product_type": "STORY"});
        Reply::json(&if asked.path.ends_with("/stories") { json!({ "data": [story] }) } else { story })
    })
    .await;
    let stories = server.client.stories(InstagramLogin, &instagram_token(), ACCOUNT).await.unwrap();
    let one = server.client.media_item(InstagramLogin, &instagram_token(), ACCOUNT, MEDIA).await.unwrap();
    assert_eq!(stories, [one]);
    assert_eq!(stories[0].product_type, Some(MediaProductType::Story));
    assert_eq!(server.asked()[1].path, format!("/graph.instagram.com/v24.0/{MEDIA}"));
}

#[tokio::test]
async fn numbers_of_a_media_and_of_a_story_with_its_breakdown() {
    let server = Loopback::start(|_| {
        Reply::json(&json!({"data": [
            {"name": "reach", "period": "lifetime", "values": [{"value": 131}]},
            {"name": "navigation", "period": "lifetime",
             "total_value": {"value": 31, "breakdowns": [{"dimension_keys": ["story_navigation_action_type"],
               "results": [{"dimension_values": ["tap_forward"], "value": 19}]}]}}]}))
    })
    .await;
    let query = MediaInsightsQuery {
        media_id: MEDIA.to_owned(),
        metrics: vec!["reach", "navigation"],
        breakdown: Some("story_navigation_action_type"),
    };
    let token = facebook_token();
    let metrics = server.client.media_insights(FacebookLogin, &token, ACCOUNT, &query).await.unwrap();
    assert_eq!(metrics[0].values[0].value, crate::insights::MetricValue::Number(131));
    assert_eq!((metrics[1].total, metrics[1].breakdowns[0].results[0].value), (Some(31), 19));
    let asked = server.only();
    assert_eq!(asked.path, format!("/graph.facebook.com/v25.0/{MEDIA}/insights"));
    assert_eq!(asked.query["metric"], "reach,navigation");
    assert_eq!(asked.query["breakdown"], "story_navigation_action_type");
    assert_eq!(asked.query.len(), 3, "no period is sent, and the rest is the proof");
    assert_eq!(server.reports()[0].account.as_deref(), Some(ACCOUNT));
}

#[tokio::test]
async fn a_hardly_seen_story_says_nothing_about_the_account() {
    let server = Loopback::start(|_| Reply::error(400, 10)).await;
    let query = query("reach");
    let error =
        server.client.media_insights(FacebookLogin, &facebook_token(), ACCOUNT, &query).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotEnoughViewers);
}

#[tokio::test]
async fn what_one_media_is_refused_does_not_concern_the_others_of_a_batch() {
    let server = Loopback::start(|_| {
        let reach = json!({"data": [{"name": "reach", "period": "lifetime", "values": [{"value": 131}]}]});
        let refused = json!({"error": {"code": 100, "type": "OAuthException"}});
        let too_few = json!({"error": {"code": 10, "type": "OAuthException"}});
        Reply::json(&json!([
            {"code": 200, "body": reach.to_string()},
            {"code": 400, "body": refused.to_string()},
            {"code": 400, "body": too_few.to_string()},
            null,
        ]))
    })
    .await;
    let queries = [query("reach"), query("follows"), query("reach"), query("reach")];
    let answers = server.client.media_insights_batch(&facebook_token(), ACCOUNT, &queries).await.unwrap();
    assert_eq!(answers[0].as_ref().unwrap()[0].name, "reach");
    let kinds: Vec<_> = answers[1..].iter().map(|answer| answer.as_ref().unwrap_err().kind()).collect();
    assert_eq!(kinds, [ErrorKind::UnsupportedMetric, ErrorKind::NotEnoughViewers, ErrorKind::Transient]);
    let batch = &server.only().form["batch"];
    assert!(batch.contains(&format!("{MEDIA}/insights?metric=follows")), "{batch}");
}

fn query(metric: &'static str) -> MediaInsightsQuery {
    MediaInsightsQuery { media_id: MEDIA.to_owned(), metrics: vec![metric], breakdown: None }
}

#[tokio::test]
async fn strange_ids_are_not_asked_for() {
    let server = Loopback::start(|_| Reply::json(&json!({"data": []}))).await;
    for id in ["", "../me", "1?x=1", "1/insights"] {
        let error =
            server.client.media_item(FacebookLogin, &facebook_token(), ACCOUNT, id).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BadRequest, "{id}");
        assert!(server.client.stories(FacebookLogin, &facebook_token(), id).await.is_err(), "{id}");
    }
    assert!(server.asked().is_empty());
}
