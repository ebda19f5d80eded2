//! A client who comes with a connect link connects what they choose, in the browser in which it began,
//! and nothing else.

use chrono::TimeDelta;
use serde_json::json;

use crate::support::agency::FACEBOOK;
use crate::support::client_link::form_token;
use crate::support::people::{BAKERY, BAKERY_PAGE, MERIDIAN, NORA, PIXEL};
use crate::support::{Consent, Engine, Guest, Installation, on_each_database};

on_each_database![
    the_choice_belongs_to_the_browser_and_the_form,
    cancelling_and_missing_permissions_are_told_and_store_nothing,
    what_is_connected_already_is_not_taken_over,
];

const CLIENT: &str = "nora@lindqvist.example";

async fn the_choice_belongs_to_the_browser_and_the_form(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let agency = installation.agency("anna@northlight.example").await;
    let link = agency.connect_link(json!({})).await;
    let client = Guest::with(&installation, &link);
    let chooser = client.log_in("facebook", &Consent::of(NORA)).await;
    let token = form_token(&chooser);

    // Somebody else with the same link, and even with what stands in the form.
    let other = Guest::with(&installation, &link);
    let page = other.browser.get(&other.choice()).await;
    assert!(page.status == 410 && !page.text.contains("harbour"), "{}", page.text);
    let form = [("form", token.as_str()), ("account", BAKERY)];
    assert_eq!(other.browser.post(&other.choice(), &form).await.status, 410);
    // A browser that began a choice of its own has another form.
    let theirs = other.log_in("instagram", &Consent::of(PIXEL)).await;
    assert_ne!(form_token(&theirs), token);
    assert_eq!(other.browser.post(&other.choice(), &form).await.status, 403);
    // Another site can send the cookie at most.
    for form in
        [vec![("account", BAKERY)], vec![("form", "guessed"), ("account", BAKERY)], vec![("all", "yes")]]
    {
        let answer = client.browser.post(&client.choice(), &form).await;
        assert!(answer.status == 403 && answer.text.contains("came from elsewhere"), "{}", answer.text);
    }
    // The cookie of the dialog is none of a choice, and a choice of one link is none of another.
    let second = Guest::with(&installation, &agency.connect_link(json!({})).await);
    second.browser.set_cookies(client.browser.cookies());
    assert_eq!(second.browser.get(&second.choice()).await.status, 410);
    assert!(agency.accounts().await.is_empty());

    let late = client.choose(&chooser, &[("all", "yes"), ("contact", "no address")]).await;
    assert!(late.status == 422 && late.text.contains("not an e-mail address"), "{}", late.text);
    let ticked = client.choose(&chooser, &[("account", BAKERY), ("contact", "no address")]).await;
    assert!(ticked.text.contains(" checked") && ticked.text.contains("no address"), "{}", ticked.text);
    assert_eq!(client.choose(&chooser, &[("all", "yes"), ("contact", CLIENT)]).await.status, 303);
    assert_eq!(agency.accounts().await.len(), 8, "all that was offered, in one go");
    let one = &agency.accounts().await[0];
    assert_eq!(agency.contact_of(&one.id()).await, CLIENT, "what the client entered");
    // Once more is no second choice.
    let again = client.choose(&chooser, &[("account", BAKERY)]).await;
    assert!(again.status == 200 && again.text.contains("Thank you"), "{}", again.text);
    assert_eq!(installation.link_trail("chosen").await, 1);

    let third = Guest::with(&installation, &link);
    let chooser = third.log_in("instagram", &Consent::of(MERIDIAN)).await;
    installation.advance(TimeDelta::minutes(31)).await;
    let late = third.choose(&chooser, &[("account", MERIDIAN)]).await;
    assert!(late.status == 410 && late.text.contains("Begin again"), "{}", late.text);
}

async fn cancelling_and_missing_permissions_are_told_and_store_nothing(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let agency = installation.agency("anna@northlight.example").await;
    let client = Guest::with(&installation, &agency.connect_link(json!({})).await);
    let cancelled = client.log_in("facebook", &Consent::cancelled(NORA)).await;
    assert!(cancelled.text.contains("nothing was changed"), "{}", cancelled.text);
    assert_eq!(agency.connect_link_state().await, "DENIED");
    assert_eq!(installation.link_trail("denied").await, 1);
    let refused = client.log_in("facebook", &Consent::of(NORA).without("instagram_manage_insights")).await;
    assert!(refused.text.contains("See the insights of the Instagram account"), "{}", refused.text);
    assert_eq!(installation.store.number("SELECT count(*) FROM connection").await, 0);
    assert_eq!(installation.store.number("SELECT count(*) FROM connect_session").await, 0);

    // What is not strictly needed is named, and it goes on.
    let chooser = client.log_in("facebook", &Consent::of(NORA).without("business_management")).await;
    assert!(chooser.text.contains("See the Pages of your business portfolio"), "{}", chooser.text);
    // A login that reaches nothing is told so, and leads on.
    let nothing = client.log_in("facebook", &Consent::of("10160000000000004")).await;
    assert!(nothing.text.contains("no account that can be connected"), "{}", nothing.text);
    assert!(nothing.text.contains("Continue to Facebook"), "{}", nothing.text);
}

async fn what_is_connected_already_is_not_taken_over(engine: Engine) {
    let installation = Installation::with(engine).without_worker().start().await;
    let agency = installation.agency("anna@northlight.example").await;
    let link = agency.connect_link(json!({})).await;
    // The client's choice is open when a member connects the same account through another login.
    let early = Guest::with(&installation, &link);
    let offered = early.log_in("instagram", &Consent::of(BAKERY)).await;
    assert!(offered.text.contains("@harbour.bakery"), "{}", offered.text);
    let consent = Consent::of(NORA).only_pages(&[BAKERY_PAGE]);
    let bakery = agency.connect(FACEBOOK, &consent, "team@northlight.example").await.remove(0);
    let grant = "SELECT count(*) FROM account a JOIN connection c ON c.id = a.connection_id \
                 WHERE c.provider = 'facebook_login' AND a.provider = 'facebook_login'";
    let refused =
        early.choose(&offered, &[("account", BAKERY), ("contact", "thief@elsewhere.example")]).await;
    assert!(refused.status == 422 && refused.text.contains("@harbour.bakery cannot"), "{}", refused.text);

    let late = Guest::with(&installation, &link);
    let shown = late.log_in("instagram", &Consent::of(BAKERY)).await;
    assert!(shown.text.contains("Is connected with Northlight already"), "{}", shown.text);
    assert!(!shown.text.contains("name=\"account\""), "{}", shown.text);
    assert_eq!(installation.store.number(grant).await, 1, "it is read through the login it had");
    assert_eq!(agency.contact_of(&bakery.id()).await, "team@northlight.example");
    assert_eq!(agency.connect_links().await[0]["accountCount"], 0);
}
