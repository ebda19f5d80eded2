//! Media and stories through the whole of it: collected by a worker, read through the API, and told by Meta
//! on its own.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::support::agency::{FACEBOOK, INSTAGRAM};
use crate::support::client::text;
use crate::support::people::{BAKERY, NORA};
use crate::support::until::until;
use crate::support::{Agency, Consent, Engine, Installation, on_each_database};

on_each_database![
    media_are_collected_and_read_in_every_order,
    the_last_figures_of_a_story_come_from_meta_itself,
    what_is_hidden_is_no_zero
];

const DOCUMENT: &str = "query ($id: ID!, $first: Int, $after: String, $kind: MediaKind, $sort: MediaMetric) { \
    account(id: $id) { mediaCollectedAt storyGaps { from to } \
      media(first: $first, after: $after, kind: $kind, sort: $sort) { totalCount \
        pageInfo { hasNextPage endCursor } \
        nodes { id instagramId kind permalink postedAt readAt storyState storyEndsAt \
          metrics { metric value state } } } } }";

/// One page of the media of an account.
async fn page(agency: &Agency<'_>, variables: Value) -> Value {
    agency.client.query(DOCUMENT, variables).await["account"].take()
}

fn nodes(page: &Value) -> Vec<Value> {
    page["media"]["nodes"].as_array().unwrap().clone()
}

fn value(media: &Value, metric: &str) -> Option<i64> {
    figure(media, metric)["value"].as_i64()
}

fn figure<'a>(media: &'a Value, metric: &str) -> &'a Value {
    let metrics = media["metrics"].as_array().unwrap();
    metrics.iter().find(|figure| figure["metric"] == metric).unwrap_or(&Value::Null)
}

/// An installation in which nothing happens on its own, with calls enough for all that there is to read.
async fn generous(engine: Engine) -> Installation {
    Installation::with(engine).without_worker().set("ACCOUNT_CALLS_PER_HOUR", "100000").start().await
}

/// The bakery, connected, with its media collected until nothing is left over.
async fn bakery(agency: &Agency<'_>, provider: &str) -> String {
    let consent = if provider == FACEBOOK { Consent::of(NORA) } else { Consent::of(BAKERY) };
    let accounts = agency.connect(provider, &consent, "nora@lindqvist.example").await;
    let id = accounts.iter().find(|account| account.instagram_id() == BAKERY).unwrap().id();
    let input = json!({ "accountId": id });
    // Of what is left over each execution takes a part.
    for _ in 0..20 {
        let done =
            agency.client.mutate("collectMedia", input.clone(), "run { status reason calls stored }").await;
        assert_eq!(done["run"]["status"], "SUCCEEDED", "{done}");
        let newest = nodes(&page(agency, json!({ "id": id, "first": 100 })).await);
        if newest.iter().all(|media| !media["readAt"].is_null()) {
            return id;
        }
    }
    panic!("the newest media are not read");
}

async fn media_are_collected_and_read_in_every_order(engine: Engine) {
    for provider in [FACEBOOK, INSTAGRAM] {
        let installation = generous(engine).await;
        let agency = installation.agency("anna@northlight.example").await;
        let id = bakery(&agency, provider).await;
        let mark = installation.sandbox.last_call().await;

        let first = page(&agency, json!({ "id": id, "first": 40 })).await;
        assert!(!first["mediaCollectedAt"].is_null() && first["storyGaps"] == json!([]));
        let kinds: BTreeSet<_> = nodes(&first).iter().map(|media| text(media, "/kind")).collect();
        assert_eq!(kinds.into_iter().collect::<Vec<_>>(), ["FEED", "REELS", "STORY"]);
        let reel = nodes(&first).into_iter().find(|media| media["kind"] == "REELS").unwrap();
        assert!(value(&reel, "VIEWS") >= value(&reel, "REACH"), "{reel}");
        assert!(value(&reel, "AVERAGE_WATCH_TIME").unwrap() > 1_000);
        assert_eq!(figure(&reel, "FOLLOWS"), &Value::Null, "that is none of a reel's");
        assert_eq!(figure(&reel, "REACH")["state"], "PROVISIONAL");
        assert_eq!(figure(&reel, "TOTAL_VIEWS").is_null(), provider == INSTAGRAM);
        let story = nodes(&first).into_iter().find(|media| media["kind"] == "STORY").unwrap();
        let ends: DateTime<Utc> = text(&story, "/storyEndsAt").parse().unwrap();
        assert_eq!(ends - text(&story, "/postedAt").parse::<DateTime<Utc>>().unwrap(), TimeDelta::hours(24));

        for sort in [Value::Null, json!("VIEWS"), json!("REPLIES")] {
            let (mut after, mut seen, mut ranks) = (Value::Null, BTreeSet::new(), Vec::new());
            let mut pages = 0;
            loop {
                let variables = json!({ "id": id, "first": 100, "after": after, "sort": sort });
                let found = page(&agency, variables).await;
                for media in nodes(&found) {
                    assert!(seen.insert(text(&media, "/id")), "{sort}: twice {media}");
                    ranks.push(match sort.as_str() {
                        None => text(&media, "/postedAt").parse::<DateTime<Utc>>().unwrap().timestamp(),
                        Some(metric) => value(&media, metric).unwrap_or(-1),
                    });
                }
                after = found["media"]["pageInfo"]["endCursor"].clone();
                pages += 1;
                if found["media"]["pageInfo"]["hasNextPage"] == false || pages > 50 {
                    assert_eq!(found["media"]["totalCount"], seen.len());
                    break;
                }
            }
            assert!(pages > 1 && ranks.is_sorted_by(|a, b| a >= b), "{sort}: {ranks:?}");
        }
        let reels = page(&agency, json!({ "id": id, "kind": "REELS" })).await;
        assert!(nodes(&reels).iter().all(|media| media["kind"] == "REELS"));
        let node = "query ($id: ID!) { node(id: $id) { id ... on Media { permalink account { username } \
                    metrics { metric value } growth(metric: VIEWS) { day value } } } }";
        let node = agency.client.query(node, json!({ "id": reel["id"] })).await["node"].take();
        assert_eq!(node["permalink"], reel["permalink"]);
        assert_eq!(value(&node, "VIEWS"), value(&reel, "VIEWS"));
        let growth = node["growth"].as_array().unwrap();
        assert_eq!(growth.last().unwrap()["value"].as_i64(), value(&reel, "VIEWS"));
        let grown = "query ($id: ID!, $metric: MediaMetric!) { account(id: $id) { media(first: 50, kind: REELS) \
                     { nodes { id growth(metric: $metric) { day value } reach: growth(metric: REACH) { value } \
                     metrics { metric value } } } } }";
        let grown = agency.client.query(grown, json!({ "id": id, "metric": "VIEWS" })).await;
        let grown = nodes(&grown["account"]);
        let same = grown.iter().find(|media| media["id"] == reel["id"]).unwrap();
        assert_eq!(&same["growth"], &node["growth"]);
        assert_eq!(same["reach"][0]["value"].as_i64(), value(&reel, "REACH"));
        let bad = json!({ "id": id, "after": "bm90aGluZw" });
        assert!(agency.client.send(DOCUMENT, bad).await.text.contains("not a cursor"));
        assert_eq!(installation.sandbox.last_call().await, mark, "reading asks nobody");

        let command = installation.command(&["collect-media", "--json"]).await;
        assert!(command.status.success(), "{}", String::from_utf8_lossy(&command.stderr));
        let catalogue = agency
            .client
            .query("{ mediaMetrics { metric label help unit additive kinds } }", json!({}))
            .await;
        assert_eq!(catalogue["mediaMetrics"][0]["additive"], false);
    }
}

async fn the_last_figures_of_a_story_come_from_meta_itself(engine: Engine) {
    let installation = generous(engine).await;
    let mut agency = installation.agency("anna@northlight.example").await;
    let mut other = installation.agency("ben@southquay.example").await;
    let id = bakery(&agency, FACEBOOK).await;
    let of = |kind: &str| json!({ "id": id, "kind": kind, "first": 100 });
    let live = nodes(&page(&agency, of("STORY")).await);
    let (story, before) = (live[0].clone(), live.len());
    let meta_id = text(&story, "/instagramId");
    let ends: DateTime<Utc> = text(&story, "/storyEndsAt").parse().unwrap();
    let url = installation.url.join("api/meta/webhook").unwrap();
    let send = async |media: &str, order: Value| -> Vec<u64> {
        let told = json!({ "media_id": media, "reach": 4321, "impressions": 5000, "replies": -1, "taps_back": 17,
            "exits": -1 });
        let mut whole = json!({ "url": url.as_str(), "payload": { "object": "instagram", "entry": [
            { "id": BAKERY, "time": ends.timestamp(),
              "changes": [{ "field": "story_insights", "value": told }] }] } });
        whole.as_object_mut().unwrap().extend(order.as_object().unwrap().clone());
        let answers = installation.sandbox.order("send/webhook", whole).await["answers"].take();
        answers.as_array().unwrap().iter().map(|answer| answer["status"].as_u64().unwrap()).collect()
    };
    let find =
        |all: &[Value], media: &str| all.iter().find(|one| one["instagramId"] == media).unwrap().clone();

    assert_eq!(send(&meta_id, json!({ "signature": "wrong" })).await, [400]);
    let unsigned = nodes(&page(&agency, of("STORY")).await);
    assert_eq!(find(&unsigned, &meta_id)["storyState"], "LIVE", "nobody signed it");

    installation.advance(ends - installation.now().await + TimeDelta::minutes(5)).await;
    agency.sign_in_again().await;
    other.sign_in_again().await;
    assert_eq!(send(&meta_id, json!({ "times": 3 })).await, [200, 200, 200]);
    let told = find(&nodes(&page(&agency, of("STORY")).await), &meta_id);
    assert_eq!(told["storyState"], "CAPTURED");
    assert_eq!((value(&told, "REACH"), value(&told, "TAPS_BACK")), (Some(4321), Some(17)));
    assert_eq!(figure(&told, "REACH")["state"], "FINAL");
    // -1 is "fewer than five", and no number; a value that is known is kept.
    for metric in ["REPLIES", "EXITS"] {
        let (now, earlier) = (figure(&told, metric), value(&story, metric));
        assert_eq!(now["value"].as_i64(), earlier);
        assert!(earlier.is_some() || now["state"] == "BELOW_THRESHOLD", "{now}");
    }
    // One that nobody has seen is told, too.
    let unseen = "17900000000999999";
    assert_eq!(send(unseen, json!({ "times": 2 })).await, [200, 200]);
    let all = nodes(&page(&agency, of("STORY")).await);
    let told = find(&all, unseen);
    assert_eq!((told["storyState"].as_str(), value(&told, "REACH")), (Some("CAPTURED"), Some(4321)));
    assert_eq!(figure(&told, "EXITS")["state"], "BELOW_THRESHOLD");
    assert_eq!(all.len(), before + 1, "each of them once");
    // A post has no last figures.
    let post = nodes(&page(&agency, of("FEED")).await).remove(0);
    assert_eq!(send(&text(&post, "/instagramId"), json!({})).await, [200]);
    let after = nodes(&page(&agency, of("FEED")).await).remove(0);
    assert_eq!(value(&after, "REACH"), value(&post, "REACH"));

    let capture = "query ($id: ID!) { workspace(id: $id) { storyCapture { captured missed rate } } }";
    let rate = async |agency: &Agency<'_>| {
        let mut found = agency.client.query(capture, json!({ "id": agency.workspace })).await;
        found["workspace"]["storyCapture"].take()
    };
    assert!(rate(&agency).await["captured"].as_i64().unwrap() >= 2);
    assert_eq!(rate(&other).await, json!({ "captured": 0, "missed": 0, "rate": null }));
}

async fn what_is_hidden_is_no_zero(engine: Engine) {
    let installation = Installation::with(engine).set("ACCOUNT_CALLS_PER_HOUR", "100000").start().await;
    installation.sandbox.order("settings", json!({ "media_hidden_likes": false })).await;
    let agency = installation.agency("anna@northlight.example").await;
    let accounts = agency.connect(FACEBOOK, &Consent::of(NORA), "nora@lindqvist.example").await;
    let id = accounts.iter().find(|account| account.instagram_id() == BAKERY).unwrap().id();
    // The worker does it by itself.
    let hidden = until("a media with hidden likes", async || {
        let mut found = Vec::new();
        for kind in ["FEED", "REELS"] {
            found.extend(nodes(&page(&agency, json!({ "id": id, "first": 100, "kind": kind })).await));
        }
        found
            .into_iter()
            .find(|media| figure(media, "LIKES")["state"] == "HIDDEN" && value(media, "REACH").is_some())
    })
    .await;
    assert_eq!(figure(&hidden, "LIKES")["value"], Value::Null);
    assert!(value(&hidden, "COMMENTS").is_some(), "{hidden}");
}
