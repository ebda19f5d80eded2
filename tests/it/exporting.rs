//! Numbers as files: CSV and JSON Lines, with every gap in them, for members only.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::agency::{FACEBOOK, INSTAGRAM};
use crate::support::people::{MERIDIAN, NORA};
use crate::support::{Agency, Answer, Client, Consent, Engine, Installation, on_each_database};

on_each_database![
    a_file_holds_what_the_api_says_and_every_gap,
    a_workspace_is_one_file_and_media_are_in_it,
    files_are_for_members_only_and_bad_wishes_are_explained,
];

async fn download(client: &Client, file: &str, query: &str) -> Answer {
    let mut request = client.browser.request(Method::GET, &format!("/api/export/{file}?{query}"));
    if let Some(token) = client.access_token() {
        request = request.bearer_auth(token);
    }
    client.browser.send(request).await
}

/// The rows of a CSV file, each by the names of its columns.
fn rows(file: &Answer) -> Vec<BTreeMap<String, String>> {
    assert_eq!(file.status, 200, "{}", file.text);
    let mut reader = csv::Reader::from_reader(file.text.as_bytes());
    reader.deserialize().map(|row| row.expect("a row")).collect()
}

fn lines(file: &Answer) -> Vec<Value> {
    assert_eq!(file.status, 200, "{}", file.text);
    file.text.lines().map(|line| serde_json::from_str(line).expect("an object")).collect()
}

async fn collected(agency: &Agency<'_>, account: &str) {
    let input = json!({ "accountId": account });
    for work in ["collectInsights", "collectAudience", "collectMedia"] {
        agency.client.mutate(work, input.clone(), "run { status }").await;
    }
}

async fn a_file_holds_what_the_api_says_and_every_gap(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let agency = installation.agency("anna@northlight.example").await;
    let account =
        agency.connect(INSTAGRAM, &Consent::of(MERIDIAN), "studio@meridian.example").await.remove(0).id();
    collected(&agency, &account).await;
    let to = installation.pacific_day().await;
    // Longer than what is read at once, and longer than what was collected.
    let from = to - chrono::Days::new(70);
    let query = format!("account={account}&from={from}&to={to}");

    let file = download(&agency.client, "insights.csv", &query).await;
    assert!(file.header("content-type").starts_with("text/csv"), "{}", file.header("content-type"));
    assert_eq!(
        file.header("content-disposition"),
        format!("attachment; filename=\"mooring-insights-{from}-{to}.csv\"")
    );
    let written = rows(&file);
    let series = agency.series(&account, &["REACH", "VIEWS"], &from.to_string(), &to.to_string()).await;
    for one in &series {
        let name = one["metric"].as_str().expect("a name").to_lowercase();
        let own: Vec<_> =
            written.iter().filter(|row| row["metric"] == name && row["breakdown"].is_empty()).collect();
        let points = one["points"].as_array().expect("points");
        assert_eq!((own.len(), points.len()), (71, 71), "{name}: a row a day, and no day twice");
        for point in points {
            let row = own.iter().find(|row| point["day"] == row["day"].as_str()).expect("a row of that day");
            let value = point["value"].as_i64().map(|value| value.to_string()).unwrap_or_default();
            assert_eq!(
                (&row["value"], row["state"].to_uppercase()),
                (&value, point["state"].as_str().expect("a state").to_owned())
            );
            assert_eq!(row["time_zone"], "America/Los_Angeles");
        }
        assert!(
            own.iter().any(|row| row["state"] == "gap" && row["value"].is_empty()),
            "{name}: gaps are said"
        );
        assert!(own.iter().any(|row| !row["value"].is_empty()), "{name}: there are values");
    }
    assert!(written.iter().any(|row| row["breakdown"] == "media_product_type=REEL"), "parts as well");

    let same = lines(&download(&agency.client, "insights.jsonl", &query).await);
    assert_eq!(same.len(), written.len());
    for (line, row) in same.iter().zip(&written) {
        for (column, cell) in row {
            let text = match &line[column] {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                number => number.to_string(),
            };
            assert_eq!(text, *cell, "{column} of {line}");
        }
    }

    let audience = rows(&download(&agency.client, "audience.csv", &query).await);
    let of_today: Vec<_> = audience.iter().filter(|row| row["day"] == to.to_string()).collect();
    assert!(
        of_today.iter().any(|row| row["breakdown"] == "country" && !row["value"].is_empty()),
        "{of_today:?}"
    );
    let gaps = audience.iter().filter(|row| row["state"] == "gap").count();
    assert_eq!(gaps, 2 * 70, "both audiences of each day without a snapshot");
}

async fn a_workspace_is_one_file_and_media_are_in_it(engine: Engine) {
    let installation =
        Installation::with(engine).without_worker().set("ACCOUNT_CALLS_PER_HOUR", "100000").start().await;
    let agency = installation.agency("anna@northlight.example").await;
    let accounts = agency.connect(FACEBOOK, &Consent::of(NORA), "nora@lindqvist.example").await;
    collected(&agency, &accounts[0].id()).await;
    let to = installation.pacific_day().await;
    let query = format!("workspace={}&from={}&to={to}", agency.workspace, to - chrono::Days::new(40));

    let file = download(&agency.client, "media.csv", &query).await;
    assert_eq!(file.text.lines().filter(|line| line.starts_with("account_id,")).count(), 1, "one header");
    let media = rows(&file);
    assert!(media.iter().all(|row| row["account_id"] == accounts[0].id()), "only its media were collected");
    for kind in ["feed", "reels"] {
        let read = |row: &&BTreeMap<String, String>| row["kind"] == kind && row["metric"] == "reach";
        assert!(media.iter().filter(read).any(|row| !row["value"].is_empty()), "{kind}: {}", media.len());
    }
    let insights = rows(&download(&agency.client, "insights.csv", &query).await);
    for account in &accounts {
        let days = insights.iter().filter(|row| {
            row["account_id"] == account.id() && row["metric"] == "reach" && row["breakdown"].is_empty()
        });
        assert_eq!(days.count(), 41, "{}", account.username());
    }
    let trail = "SELECT count(*) FROM audit_event WHERE action = 'insights.exported' AND user_id IS NOT NULL";
    assert_eq!(installation.store.number(trail).await, 2, "who took numbers out is on record");
}

async fn files_are_for_members_only_and_bad_wishes_are_explained(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let agency = installation.agency("anna@northlight.example").await;
    let account =
        agency.connect(INSTAGRAM, &Consent::of(MERIDIAN), "studio@meridian.example").await.remove(0).id();
    let other = installation.agency("ben@southlight.example").await;
    let span = "from=2026-11-01&to=2026-11-20";
    let own = format!("account={account}&{span}");
    assert_eq!(download(&agency.client, "insights.csv", &own).await.status, 200);
    assert_eq!(download(&installation.stranger(), "insights.csv", &own).await.status, 401);
    for query in [own.clone(), format!("workspace={}&{span}", agency.workspace)] {
        let answer = download(&other.client, "insights.csv", &query).await;
        assert_eq!(answer.status, 404, "{query}");
        assert!(answer.header("content-type").starts_with("application/problem+json"));
    }
    let nobody = format!("account=account:01990000-0000-7000-8000-000000000001&{span}");
    assert_eq!(download(&agency.client, "insights.csv", &nobody).await.status, 404);
    for file in ["insights.xlsx", "passwords.csv", "insights", ".csv"] {
        assert_eq!(download(&agency.client, file, &own).await.status, 404, "{file}");
    }
    for query in [
        span.to_owned(),
        format!("{own}&workspace={}", agency.workspace),
        format!("account={}&{span}", agency.workspace),
        format!("account={account}"),
        format!("account={account}&from=2026-11-20&to=2026-11-01"),
        format!("account={account}&from=1990-01-01&to=2026-11-01"),
        format!("account={account}&from=yesterday&to=today"),
    ] {
        let answer = download(&agency.client, "insights.csv", &query).await;
        assert_eq!(answer.status, 400, "{query}");
        assert!(!answer.json()["title"].as_str().expect("a reason").is_empty());
    }
}
