use serde_json::json;

use super::*;
use crate::debug_token::{Expiry, GranularScope, TokenKind};
use crate::loopback::{FACEBOOK_PROOF, FACEBOOK_TOKEN, Loopback, Reply, facebook_token};

fn with_account(id: &str, account: &str) -> Value {
    json!({"id": id, "name": "Harbour Bakery", "access_token": format!("EAATESTPAGE{id}"),
        "instagram_business_account": {"id": account, "username": "harbour.bakery"}})
}

/// What Meta says about a token with these permissions and targets.
fn debug(scopes: &[&str], granular: &[(&str, &[&str])]) -> TokenDebug {
    TokenDebug {
        is_valid: true,
        app_id: None,
        kind: TokenKind::User,
        user_id: None,
        profile_id: None,
        expires_at: Expiry::Unknown,
        data_access_expires_at: None,
        issued_at: None,
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        granular_scopes: granular
            .iter()
            .map(|(scope, ids)| GranularScope {
                scope: (*scope).to_owned(),
                target_ids: Some(ids.iter().map(|id| (*id).to_owned()).collect()),
            })
            .collect(),
        error: None,
    }
}

fn ids(pages: &[Page]) -> Vec<&str> {
    pages.iter().map(|page| page.id.as_str()).collect()
}

fn paths(server: &Loopback) -> Vec<String> {
    let paths = server.asked().into_iter().map(|asked| asked.path.replace("/graph.facebook.com/v25.0", ""));
    paths.collect()
}

#[tokio::test]
async fn a_list_of_one_step() {
    let server = Loopback::start(|_| {
        Reply::json(&json!({"data": [
            {"id": "104400000000001", "name": "Harbour Bakery", "access_token": "EAATESTPAGE1",
             "category_list": [{"id": "2500"}], "tasks": ["ANALYZE", "MANAGE"],
             "instagram_business_account": {"id": 17_841_400_000_000_001_u64, "username": "harbour.bakery",
                "profile_picture_url": "https://cdn.example/p.jpg", "followers_count": 5120}},
            {"id": "104400000000002", "name": "No Instagram Here", "access_token": "EAATESTPAGE2"},
            {"name": "no id"}, null]}))
    })
    .await;
    let pages = server.client.pages(&facebook_token(), None).await.unwrap();
    assert_eq!(ids(&pages), ["104400000000001", "104400000000002"]);
    assert_eq!(pages[0].access_token.as_ref().unwrap().expose(), "EAATESTPAGE1");
    assert_eq!(pages[0].tasks, ["ANALYZE", "MANAGE"]);
    let account = pages[0].instagram.as_ref().unwrap();
    assert_eq!((account.id.as_str(), account.followers_count), ("17841400000000001", Some(5120)));
    assert!(pages[1].instagram.is_none());
    assert!(!format!("{pages:?}").contains("EAATESTPAGE"));

    let asked = server.only();
    assert_eq!(
        (asked.method.as_str(), asked.path.as_str()),
        ("GET", "/graph.facebook.com/v25.0/me/accounts")
    );
    assert_eq!(asked.authorization.as_deref(), Some("Bearer EAATEST0001"));
    assert_eq!(asked.query["limit"], "100");
    assert_eq!(asked.query["appsecret_proof"], FACEBOOK_PROOF);
    let fields = &asked.query["fields"];
    assert!(fields.contains("access_token") && fields.contains("tasks"), "{fields}");
    assert!(
        fields.contains("instagram_business_account{id,username,name,profile_picture_url,followers_count}")
    );
    assert!(!asked.raw_query.contains(FACEBOOK_TOKEN));
}

#[tokio::test]
async fn steps_are_followed_by_cursor_through_an_empty_one() {
    let server = Loopback::start(|asked| {
        // Wherever `next` points to, only its cursor is taken.
        let next = "http://127.0.0.1:1/elsewhere?access_token=EAATEST0001&after=C3";
        Reply::json(&match asked.query.get("after").map(String::as_str) {
            None => json!({"data": [with_account("1", "11")],
                "paging": {"cursors": {"before": "B", "after": "C1"}, "next": next}}),
            Some("C1") => json!({"data": [], "paging": {"cursors": {"after": "C2"}, "next": next}}),
            Some("C2") => json!({"data": [with_account("2", "22"), with_account("1", "11")],
                "paging": {"next": next}}),
            Some("C3") => json!({"data": [with_account("3", "33")], "paging": {"cursors": {"after": "C4"}}}),
            other => panic!("{other:?}"),
        })
    })
    .await;
    let pages = server.client.pages(&facebook_token(), None).await.unwrap();
    assert_eq!(ids(&pages), ["1", "2", "3"]);
    assert_eq!(paths(&server), ["/me/accounts"; 4]);
    assert!(server.asked().iter().all(|asked| !asked.raw_query.contains(FACEBOOK_TOKEN)));
}

#[tokio::test]
async fn circles_and_endless_lists_end() {
    let server = Loopback::start(|_| {
        Reply::json(&json!({"data": [with_account("1", "11")],
            "paging": {"cursors": {"after": "SAME"}, "next": "https://graph.facebook.com/x"}}))
    })
    .await;
    assert_eq!(ids(&server.client.pages(&facebook_token(), None).await.unwrap()), ["1"]);
    assert_eq!(server.asked().len(), 2);

    let server = Loopback::start(|asked| {
        let step: u32 = asked.query.get("after").map_or(0, |after| after.parse().unwrap());
        Reply::json(&json!({"data": [with_account("1", "11")],
            "paging": {"cursors": {"after": (step + 1).to_string()}, "next": "https://graph.facebook.com/x"}}))
    })
    .await;
    assert_eq!(ids(&server.client.pages(&facebook_token(), None).await.unwrap()), ["1"]);
    assert_eq!(server.asked().len(), LISTED.steps);
}

#[tokio::test]
async fn what_is_kept_of_endless_lists_is_bounded() {
    let server = Loopback::start(|asked| {
        let step: u64 = asked.query.get("after").map_or(0, |after| after.parse().unwrap());
        let data: Vec<_> = (0..4_000).map(|entry| json!({"id": (step * 4_000 + entry).to_string()})).collect();
        Reply::json(&json!({"data": data,
            "paging": {"cursors": {"after": (step + 1).to_string()}, "next": "https://graph.facebook.com/x"}}))
    })
    .await;
    let pages = server.client.pages(&facebook_token(), None).await.unwrap();
    assert_eq!(pages.len(), LISTED.entries);
    assert!(server.asked().len() < 200, "{}", server.asked().len());

    let server = Loopback::start(|asked| {
        let step: u64 = asked.query.get("after").map_or(0, |after| after.parse().unwrap());
        Reply::json(&json!({"data": [{"id": step.to_string(), "name": "x".repeat(1_900_000)}],
            "paging": {"cursors": {"after": (step + 1).to_string()}, "next": "https://graph.facebook.com/x"}}))
    })
    .await;
    let debug = debug(&[], &[]);
    let pages = server.client.pages(&facebook_token(), Some(&debug)).await.unwrap();
    assert_eq!(pages.len(), 18, "32 MiB are enough");
}

#[tokio::test]
async fn a_failed_step_fails_the_list() {
    for (reply, kind) in [(500, ErrorKind::Transient), (200, ErrorKind::Transient)] {
        let server = Loopback::start(move |asked| {
            if asked.query.contains_key("after") {
                Reply::new(reply, "{\"data\":7}")
            } else {
                Reply::json(&json!({"data": [with_account("1", "11")],
                    "paging": {"cursors": {"after": "C1"}, "next": "https://graph.facebook.com/x"}}))
            }
        })
        .await;
        assert_eq!(server.client.pages(&facebook_token(), None).await.unwrap_err().kind(), kind);
    }
}

#[tokio::test]
async fn pages_left_out_are_found_by_granted_id() {
    let server = Loopback::start(|asked| match asked.path.rsplit('/').next() {
        Some("accounts") => Reply::json(&json!({"data": [with_account("1", "11")]})),
        Some("2") => Reply::json(&with_account("2", "22")),
        Some("4") => Reply::new(400, json!({"error": {"code": 100, "error_subcode": 33}}).to_string()),
        Some("5") => Reply::json(&with_account("5", "55")),
        other => panic!("{other:?}"),
    })
    .await;
    let debug = debug(
        &["pages_show_list", "instagram_basic"],
        &[
            ("pages_show_list", &["1", "2", "4"]),
            ("pages_read_engagement", &["2", "5", "../me"]),
            ("instagram_basic", &["11", "22", "55", "66"]),
            ("business_management", &["9"]),
        ],
    );
    let pages = server.client.pages(&facebook_token(), Some(&debug)).await.unwrap();
    assert_eq!(ids(&pages), ["1", "2", "5"]);
    // One call for each id that is missing, none for the business that was not granted.
    assert_eq!(paths(&server), ["/me/accounts", "/2", "/4", "/5"]);
}

#[tokio::test]
async fn pages_left_out_are_found_in_businesses() {
    let answer =
        |asked: &crate::loopback::Asked| match asked.path.replace("/graph.facebook.com/v25.0", "").as_str() {
            "/me/accounts" => Reply::json(&json!({"data": []})),
            "/me/businesses" => Reply::json(&json!({"data": [{"id": "901"}, {"id": "902"}, {"id": "../x"}]})),
            "/901/owned_pages" => Reply::error(403, 200),
            "/901/client_pages" => Reply::json(&json!({"data": [with_account("1", "11")]})),
            "/902/owned_pages" => Reply::json(&json!({"data": [with_account("1", "11"), {"id": "2"}]})),
            "/902/client_pages" => Reply::new(500, "<html>"),
            other => panic!("{other}"),
        };
    let server = Loopback::start(answer).await;
    let granted = debug(&["business_management"], &[]);
    for debug in [None, Some(&granted)] {
        let pages = server.client.pages(&facebook_token(), debug).await.unwrap();
        assert_eq!(ids(&pages), ["1", "2"]);
        assert!(pages[1].access_token.is_none());
    }
    assert_eq!(server.asked().len(), 12);
}

#[tokio::test]
async fn a_page_that_is_gone_does_not_end_the_search() {
    let server = Loopback::start(|asked| match asked.path.rsplit('/').next() {
        Some("accounts") => Reply::json(&json!({"data": []})),
        // As recorded of an older version: without the subcode.
        Some("2") => Reply::new(
            400,
            json!({"error": {"type": "GraphMethodException", "code": 100, "fbtrace_id": "A"}}).to_string(),
        ),
        Some(_) => Reply::json(&with_account("3", "33")),
        None => unreachable!(),
    })
    .await;
    let debug = debug(&["pages_show_list"], &[("pages_show_list", &["2", "3"])]);
    assert_eq!(ids(&server.client.pages(&facebook_token(), Some(&debug)).await.unwrap()), ["3"]);
}

#[tokio::test]
async fn pages_are_looked_for_where_a_person_has_no_list() {
    let server = Loopback::start(|asked| match asked.path.rsplit('/').next() {
        Some("accounts") => Reply::error(403, 200),
        Some("businesses") => Reply::json(&json!({"data": [{"id": "901"}]})),
        Some("owned_pages") => Reply::json(&json!({"data": [with_account("1", "11")]})),
        Some("client_pages") => Reply::json(&json!({"data": []})),
        other => panic!("{other:?}"),
    })
    .await;
    assert_eq!(ids(&server.client.pages(&facebook_token(), None).await.unwrap()), ["1"]);

    let server = Loopback::start(|_| Reply::error(403, 200)).await;
    let error = server.client.pages(&facebook_token(), None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Permission, "nothing was found, and that is why");
}

#[tokio::test]
async fn businesses_are_asked_only_when_something_is_missing() {
    let server = Loopback::start(|asked| match asked.path.rsplit('/').next() {
        Some("accounts") => Reply::json(&json!({"data": [with_account("1", "11")]})),
        Some("businesses") => Reply::json(&json!({"data": []})),
        other => panic!("{other:?}"),
    })
    .await;
    let scopes = ["business_management"];
    let everything = debug(&scopes, &[("instagram_basic", &["11"])]);
    let missing = debug(&scopes, &[("instagram_basic", &["11", "22"])]);
    let mut all = debug(&scopes, &[("instagram_basic", &[])]);
    all.granular_scopes[0].target_ids = None;
    for (debug, calls) in [(None, 1), (Some(&everything), 2), (Some(&missing), 4), (Some(&all), 6)] {
        server.client.pages(&facebook_token(), debug).await.unwrap();
        assert_eq!(server.asked().len(), calls);
    }
}

#[tokio::test]
async fn failing_detours_do_not_fail_the_list() {
    for code in [4, 190, 368, 101] {
        let server = Loopback::start(move |asked| {
            if asked.path.ends_with("accounts") {
                Reply::json(&json!({"data": [{"id": "1"}]}))
            } else {
                Reply::error(400, code)
            }
        })
        .await;
        let debug = debug(&["business_management"], &[("pages_show_list", &["2", "3"])]);
        let pages = server.client.pages(&facebook_token(), Some(&debug)).await.unwrap();
        assert_eq!(ids(&pages), ["1"]);
        // Where every call would fail alike, one is enough.
        assert_eq!(paths(&server), ["/me/accounts", "/2"], "{code}");
    }
}

#[tokio::test]
async fn one_page_with_its_token() {
    let server = Loopback::start(|_| Reply::json(&with_account("104400000000001", "11"))).await;
    let page = server.client.page(&facebook_token(), "104400000000001").await.unwrap();
    assert_eq!(page.access_token.unwrap().expose(), "EAATESTPAGE104400000000001");
    let asked = server.only();
    assert_eq!(asked.path, "/graph.facebook.com/v25.0/104400000000001");
    assert_eq!(asked.query["fields"], PAGE_FIELDS);
}
