//! The promise as a whole: connect, collect, lose, be told, repair, catch up.

use chrono::{Days, TimeDelta};
use serde_json::{Value, json};

use crate::support::agency::{FACEBOOK, INSTAGRAM};
use crate::support::people::{BAKERY, MERIDIAN, NORA};
use crate::support::{Account, Agency, Consent, Installation, on_each_database, until};

on_each_database![accounts_are_connected_lost_repaired_from_the_mail_and_caught_up];

const OWNER: &str = "nora@lindqvist.example";
/// Metrics by their name in the API and at Meta.
const METRICS: [(&str, &str); 6] = [
    ("REACH", "reach"),
    ("VIEWS", "views"),
    ("LIKES", "likes"),
    ("TOTAL_INTERACTIONS", "total_interactions"),
    ("PROFILE_VIEWS", "profile_views"),
    ("WEBSITE_CLICKS", "website_clicks"),
];

async fn accounts_are_connected_lost_repaired_from_the_mail_and_caught_up(engine: crate::support::Engine) {
    let installation = Installation::with(engine).set("BACKFILL_DAYS", "6").start().await;
    let mut agency = installation.agency("anna@northlight.example").await;

    let nora = connect_nora(&agency).await;
    let meridian = agency.connect(INSTAGRAM, &Consent::of(MERIDIAN), "studio@meridian.example").await;
    assert_eq!(meridian.len(), 1);
    agency.until_collected().await;
    let bakery = nora.iter().find(|account| account.instagram_id() == BAKERY).unwrap().clone();
    for account in [&bakery, &meridian[0]] {
        values_are_those_of_meta(&agency, account, 4..=6).await;
        audience_is_there(&agency, account).await;
    }

    // The owner changes the password; an hour later collecting notices.
    installation.sandbox.revoke(NORA, 460).await;
    installation.advance(TimeDelta::minutes(58)).await;
    agency.sign_in_again().await;
    let broken = agency.until_state(&bakery.id(), "NEEDS_RECONNECT").await;
    assert_eq!(broken.health().1.as_deref(), Some("PASSWORD_CHANGED"));
    assert_eq!(broken.0["tokenHealth"]["nextStep"], "RECONNECT");
    for account in &nora {
        let now = agency.until_state(&account.id(), "NEEDS_RECONNECT").await;
        assert_eq!(now.health().1.as_deref(), Some("PASSWORD_CHANGED"));
        assert_eq!(open_incidents(&agency, account).await, 1);
    }
    assert_eq!(agency.account(&meridian[0].id()).await.state(), "HEALTHY");
    let link = installation.sandbox.mailed_link(OWNER, "/reconnect/").await;
    let mails = installation.sandbox.mails(OWNER).await;
    assert_eq!(mails.len(), 1, "one mail for all accounts: {mails:?}");
    assert!(mails[0].plain().contains(&link), "no link in the plain text:\n{}", mails[0].plain());

    // Nobody reacts for three days; then the owner is reminded, with the link that is still good.
    installation.advance(TimeDelta::days(3)).await;
    agency.sign_in_again().await;
    let reminder = until("the reminder", async || {
        let mails = installation.sandbox.mails(OWNER).await;
        mails.into_iter().find(|mail| mail.subject().starts_with("Reminder: "))
    })
    .await;
    assert_eq!(reminder.link("/reconnect/").as_ref(), Some(&link));
    scanners_use_nothing_up(&installation, &link).await;
    let repaired_at = installation.now().await;
    repair_from(&installation, &link).await;

    for account in &nora {
        let now = agency.until_state(&account.id(), "HEALTHY").await;
        assert_eq!(now.instagram_id(), account.instagram_id());
        assert_eq!(open_incidents(&agency, account).await, 0);
    }
    assert_eq!(agency.accounts().await.len(), nora.len() + 1, "repaired in place");
    let states: Vec<Value> = agency
        .links(&mailed_account(&agency, &nora).await)
        .await
        .iter()
        .map(|link| link["state"].clone())
        .collect();
    assert_eq!(states, ["DONE"]);
    link_is_spent(&installation, &link).await;

    until("the gap is filled", async || {
        let filled = is_filled(&agency, &bakery, 4).await;
        filled.then_some(())
    })
    .await;
    until("insights after the repair", async || {
        let account = agency.account(&bakery.id()).await;
        let collected =
            account.0["insightsCollectedAt"].as_str()?.parse::<chrono::DateTime<chrono::Utc>>().ok()?;
        (collected >= repaired_at).then_some(())
    })
    .await;
    values_are_those_of_meta(&agency, &bakery, 4..=5).await;

    let subjects: Vec<String> =
        installation.sandbox.mails(OWNER).await.iter().map(|mail| mail.subject().to_owned()).collect();
    let asking = subjects.iter().filter(|subject| subject.contains("reconnect")).count();
    assert_eq!(asking, 2, "one mail that asks, and one that reminds: {subjects:?}");
}

/// Connects all that Nora runs, and looks at what is offered before.
async fn connect_nora(agency: &Agency<'_>) -> Vec<Account> {
    let choice = agency.log_in(FACEBOOK, &Consent::of(NORA)).await;
    let candidates = agency.candidates(&choice).await;
    assert_eq!(candidates.len(), 9, "every Page, also the one in a portfolio: {candidates:?}");
    let (with, without): (Vec<_>, Vec<_>) =
        candidates.iter().partition(|candidate| candidate["state"] == "SELECTABLE");
    assert_eq!(with.len(), 8);
    assert_eq!(without[0]["state"], "NO_PROFESSIONAL_ACCOUNT");
    assert!(without[0]["remedy"].as_str().is_some_and(|remedy| remedy.len() > 20), "{}", without[0]);
    let ids: Vec<String> =
        with.iter().map(|candidate| candidate["instagramId"].as_str().unwrap().to_owned()).collect();
    let accounts = agency.choose(&choice, &ids, OWNER).await;
    assert_eq!(accounts.len(), 8);
    assert!(accounts.iter().all(|account| account.state() == "HEALTHY"));
    accounts
}

/// Compares what is stored with what Meta knows, for days so many days ago: those are final.
async fn values_are_those_of_meta(
    agency: &Agency<'_>,
    account: &Account,
    days_ago: std::ops::RangeInclusive<u64>,
) {
    let today = agency.installation.pacific_day().await;
    let day = |ago: u64| today.checked_sub_days(Days::new(ago)).unwrap().to_string();
    let (from, to) = (day(*days_ago.end()), day(*days_ago.start()));
    let names = METRICS.map(|(name, _)| name);
    until(&format!("values of {}", account.username()), async || {
        let series = agency.series(&account.id(), &names, &from, &to).await;
        let known = series
            .iter()
            .flat_map(|one| one["points"].as_array().unwrap())
            .all(|point| !point["value"].is_null() && point["state"] == "FINAL");
        known.then_some(())
    })
    .await;
    let series = agency.series(&account.id(), &names, &from, &to).await;
    for (one, (name, at_meta)) in series.iter().zip(METRICS) {
        for point in one["points"].as_array().unwrap() {
            let day = point["day"].as_str().unwrap();
            let truth = agency.installation.sandbox.truth(&account.instagram_id(), at_meta, day).await;
            assert_eq!(point["value"], truth["value"], "{name} of {} on {day}: {point}", account.username());
        }
    }
}

async fn audience_is_there(agency: &Agency<'_>, account: &Account) {
    let document = "query ($id: ID!) { account(id: $id) { audience(kind: FOLLOWERS) \
         { state day countries { key share } ages { key value } ageGender { value } } } }";
    let audience = until("an audience", async || {
        let data = agency.client.query(document, json!({ "id": account.id() })).await;
        let audience = data["account"]["audience"].clone();
        (!audience.is_null()).then_some(audience)
    })
    .await;
    assert_eq!(audience["state"], "AVAILABLE", "{audience}");
    assert!(!audience["countries"].as_array().unwrap().is_empty());
    let sum = |part: &str| -> i64 {
        audience[part].as_array().unwrap().iter().map(|segment| segment["value"].as_i64().unwrap()).sum()
    };
    assert_eq!(sum("ages"), sum("ageGender"));
}

async fn open_incidents(agency: &Agency<'_>, account: &Account) -> usize {
    let incidents = agency.incidents(&account.id()).await;
    incidents.iter().filter(|incident| incident["closedAt"].is_null()).count()
}

/// The account that the link in the mail is for: the only one that has a link.
async fn mailed_account(agency: &Agency<'_>, accounts: &[Account]) -> String {
    for account in accounts {
        if !agency.links(&account.id()).await.is_empty() {
            return account.id();
        }
    }
    panic!("no account has a link");
}

/// Mail scanners open every link, some with HEAD.
async fn scanners_use_nothing_up(installation: &Installation, link: &str) {
    let scanner = installation.browser();
    for method in [reqwest::Method::GET, reqwest::Method::HEAD, reqwest::Method::GET] {
        let answer = scanner.send(scanner.request(method, link)).await;
        assert_eq!(answer.status, 200);
        assert!(answer.header("cache-control").contains("no-store"));
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert!(answer.set_cookies().is_empty(), "looking begins nothing");
    }
}

/// What the owner does: opens the page, presses the button, agrees at Meta.
async fn repair_from(installation: &Installation, link: &str) {
    let owner = installation.browser();
    let page = owner.get(link).await;
    assert!(page.text.contains("Northlight") && page.text.contains("<form"), "{}", page.text);
    let started = owner.post(link, &[]).await;
    assert_eq!(started.status, 303, "{}", started.text);
    let callback = Consent::of(NORA).at(&installation.http, started.location().as_str()).await;
    let done = owner.land(&callback).await;
    assert!(done.text.contains("works again"), "{}", done.text);
}

async fn link_is_spent(installation: &Installation, link: &str) {
    let owner = installation.browser();
    let mark = installation.sandbox.last_call().await;
    for answer in [owner.get(link).await, owner.post(link, &[]).await] {
        assert!(
            answer.text.contains("nothing left to do") && !answer.text.contains("<form"),
            "{}",
            answer.text
        );
        assert_eq!(answer.header("location"), "");
        assert!(answer.set_cookies().is_empty());
    }
    assert!(installation.sandbox.calls("dialog/oauth", mark).await.is_empty());
}

/// Whether every day of the last `days` before today has a value of every metric.
async fn is_filled(agency: &Agency<'_>, account: &Account, days: u64) -> bool {
    let today = agency.installation.pacific_day().await;
    let day = |ago: u64| today.checked_sub_days(Days::new(ago)).unwrap().to_string();
    let series = agency.series(&account.id(), &METRICS.map(|(name, _)| name), &day(days), &day(1)).await;
    series.iter().flat_map(|one| one["points"].as_array().unwrap()).all(|point| !point["value"].is_null())
}
