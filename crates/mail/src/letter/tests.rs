use entity::account::HealthReason;

use super::*;
use crate::operator::Matter;
use crate::{html, plain};

const URL: &str = "https://mooring.example/reconnect/2RZ0V7YtUsq4oLq2n5iZ2rjXo6o3nUuXyqfW0d3kQmA";

fn link() -> Link {
    Link { url: Secret::new(URL), expires_at: "2026-11-27T10:00:00Z".parse().unwrap() }
}

fn plain_of(content: &Content) -> String {
    plain::text(&blocks(content, Some(&link()), "https://mooring.example/"))
}

fn html_of(content: &Content) -> String {
    html::text(&content.subject(), &blocks(content, Some(&link()), "https://mooring.example/"))
}

fn needs_reconnect(cause: HealthReason, accounts: &[&str]) -> Content {
    Content::NeedsReconnect {
        workspace_name: "Acme Social".to_owned(),
        cause,
        accounts: accounts.iter().map(|text| (*text).to_owned()).collect(),
        stage: Stage::Opened,
    }
}

fn expires_soon(days: i64, ends: Ends) -> Content {
    let accounts = vec!["studio.nord".to_owned()];
    Content::ExpiresSoon { workspace_name: "Acme Social".to_owned(), accounts, days, ends }
}

fn channel_disabled(name: &str, gone: bool) -> Content {
    let workspace_name = "Acme Social".to_owned();
    Content::ChannelDisabled { workspace_name, channel_name: name.to_owned(), gone }
}

fn every_content() -> Vec<Content> {
    crate::samples::contents().into_iter().map(|(_, content)| content).collect()
}

#[test]
fn a_channel_that_was_switched_off_says_why_and_names_no_address() {
    let one_line = |content: &Content| plain_of(content).replace('\n', " ");
    let gone = one_line(&channel_disabled("Our CRM", true));
    assert!(gone.contains("switched off the channel Our CRM of Acme Social: its receiver"), "{gone}");
    let failing = one_line(&channel_disabled("https://evil.example/x", false));
    assert!(failing.contains("for three days nothing reached its receiver"), "{failing}");
    assert!(failing.contains("https://mooring.example/") && !failing.contains("evil"), "{failing}");
    let subject = channel_disabled("Our\r\nCRM", true).subject();
    assert_eq!(subject, "The channel Our CRM was switched off");
}

#[test]
fn confirm_address() {
    let content = Content::ConfirmAddress { name: "Anna Lindqvist".to_owned() };
    assert_eq!(content.subject(), "Confirm your address for Mooring");
    assert_eq!(
        plain_of(&content),
        format!(
            "Hello Anna Lindqvist,

Please confirm that this is your address. Then you can sign in to Mooring.

{URL}

The link works once, until 27 November 2026, 10:00 UTC.

You did not sign up? Then somebody mistyped an address. Do nothing, and
nothing happens.

-- 
Mooring
"
        )
    );
}

#[test]
fn address_in_use() {
    let content = Content::AddressInUse { name: "Anna Lindqvist".to_owned() };
    assert_eq!(content.subject(), "You already have a Mooring account");
    assert_eq!(
        plain_of(&content),
        "Hello Anna Lindqvist,

Somebody, perhaps you, has just tried to sign up at Mooring with this
address. You are already signed up, so nothing was changed. Simply sign in:

https://mooring.example/

It was not you? Then there is nothing to do.

-- 
Mooring
"
    );
}

#[test]
fn needs_reconnect_one_account() {
    let content = needs_reconnect(HealthReason::Expired, &["studio.nord"]);
    assert_eq!(content.subject(), "Please reconnect @studio.nord");
    assert_eq!(
        plain_of(&content),
        format!(
            "Hello,

Acme Social looks after your Instagram account with Mooring. The connection
to it has stopped working:

  @studio.nord

The permission that you gave has run out. Meta lets it live for 60 days and
did not renew it.

Until it is repaired, no new numbers arrive. What was collected before is
kept.

To repair it, open the link below and agree once more in Meta's window.

{URL}

It works until 27 November 2026, 10:00 UTC. You need no login with us: it
leads to Meta's own window, and nothing else is asked of you. Never give
your password to anybody but Meta.

Acme Social gave this address as the one to write to when the connection
stops. If you do not know them, do nothing: without you, nothing happens.

-- 
Mooring
"
        )
    );
}

#[test]
fn needs_reconnect_several_accounts() {
    let content = needs_reconnect(HealthReason::PasswordChanged, &["studio.nord", "cafe_sued", "hafen"]);
    assert_eq!(content.subject(), "Please reconnect 3 Instagram accounts");
    let text = plain_of(&content);
    assert!(text.contains("your Instagram accounts with Mooring. The connection\nto these has stopped"));
    assert!(text.contains("\n  @studio.nord\n  @cafe_sued\n  @hafen\n"), "{text}");
    assert!(text.contains("What belongs to the same login comes back\ntogether."), "{text}");
}

#[test]
fn reconnect_link_from_a_member() {
    let content = Content::ReconnectLink {
        workspace_name: "Acme Social".to_owned(),
        username: "studio.nord".to_owned(),
        others: Vec::new(),
        sender_name: "Anna Lindqvist".to_owned(),
    };
    assert_eq!(content.subject(), "Acme Social asks you to reconnect @studio.nord");
    assert_eq!(
        plain_of(&content),
        format!(
            "Hello,

Anna Lindqvist of Acme Social asks you to reconnect your Instagram account,
so that Acme Social can go on reading its numbers with Mooring:

  @studio.nord

Open the link below and agree in Meta's window.

{URL}

It works until 27 November 2026, 10:00 UTC. You need no login with us: it
leads to Meta's own window, and nothing else is asked of you. Never give
your password to anybody but Meta.

Anna Lindqvist entered this address. If you do not know them, do nothing:
without you, nothing happens.

-- 
Mooring
"
        )
    );
}

#[test]
fn reconnect_link_for_several_accounts() {
    let content = Content::ReconnectLink {
        workspace_name: "Acme Social".to_owned(),
        username: "studio.nord".to_owned(),
        others: vec!["cafe_sued".to_owned()],
        sender_name: "Anna Lindqvist".to_owned(),
    };
    assert_eq!(content.subject(), "Acme Social asks you to reconnect 2 Instagram accounts");
    let text = plain_of(&content);
    assert!(text.contains("\n  @studio.nord\n  @cafe_sued\n"), "{text}");
    let text = text.replace('\n', " ");
    assert!(
        text.contains("reconnect your Instagram accounts") && text.contains("comes back together"),
        "{text}"
    );
}

#[test]
fn connect_link_from_a_member() {
    let content = Content::ConnectLink {
        workspace_name: "Acme Social".to_owned(),
        client_name: "Hafen GmbH".to_owned(),
        sender_name: "Anna Lindqvist".to_owned(),
    };
    assert_eq!(content.subject(), "Acme Social asks you to connect Instagram accounts");
    assert_eq!(
        plain_of(&content),
        format!(
            "Hello,

Anna Lindqvist of Acme Social asks you to connect the Instagram accounts of
Hafen GmbH, so that Acme Social can read their numbers with Mooring. It can
read only: it posts nothing, answers no message and changes no setting.

The link below says what Meta will ask you. You agree in Meta's own window,
and choose afterwards which accounts are connected.

{URL}

It works until 27 November 2026, 10:00 UTC, also for several logins. You
need no login with us. Never give your password to anybody but Meta. What
you connect you can end at any time, in the settings of Facebook or
Instagram.

Anna Lindqvist entered this address. If you do not know them, do nothing:
without you, nothing happens.

-- 
Mooring
"
        )
    );
}

#[test]
fn recovered() {
    let content = Content::Recovered {
        workspace_name: "Acme Social".to_owned(),
        accounts: vec!["studio.nord".to_owned()],
    };
    assert_eq!(content.subject(), "@studio.nord is connected again");
    assert_eq!(
        plain_of(&content),
        "Hello,

This Instagram account is connected again, and new numbers arrive. There is
nothing left to do:

  @studio.nord

This is about the mail on behalf of Acme Social before.

-- 
Mooring
"
    );
}

#[test]
fn each_cause_says_what_happened_and_what_to_do() {
    for (cause, happened, to_do) in [
        (HealthReason::Expired, "has run out", "agree once more"),
        (HealthReason::PasswordChanged, "password at Facebook or Instagram was changed", "agree once more"),
        (HealthReason::AppRemoved, "was removed in the settings", "If that was meant to be"),
        (HealthReason::Checkpoint, "until you confirm something", "answer what it asks"),
        (HealthReason::Unconfirmed, "is not confirmed yet", "confirm your e-mail address or phone number"),
        (HealthReason::PermissionMissing, "was not given or was taken back", "leave every switch there on"),
        (HealthReason::PageRoleLost, "you no longer have a role there", "full control of the Page"),
        (
            HealthReason::AccountGone,
            "no longer shows this as a professional account",
            "switch to a professional",
        ),
        (HealthReason::SessionInvalid, "ended the connection", "agree once more"),
    ] {
        let text = plain_of(&needs_reconnect(cause, &["studio.nord"])).replace('\n', " ");
        assert!(text.contains(happened) && text.contains(to_do), "{cause:?}: {text}");
        assert!(text.contains("no new numbers arrive") && text.contains("Acme Social"), "{cause:?}");
    }
}

#[test]
fn plain_texts_are_ascii_of_76_columns_with_the_link_on_its_own_line() {
    for content in every_content() {
        let text = plain_of(&content);
        assert!(text.is_ascii(), "{text}");
        // An address cannot be broken; it stands alone.
        for line in text.lines().filter(|line| !line.starts_with("https://")) {
            assert!(line.chars().count() <= 76, "{line}");
            assert!(!line.contains("https://"), "{line}");
        }
    }
}

#[test]
fn html_loads_nothing_and_has_one_link() {
    for content in every_content() {
        let text = html_of(&content);
        for word in ["<img", "<script", "<link", "src=", "url(", "@import", "<form"] {
            assert!(!text.contains(word), "{word} in {text}");
        }
        assert!(text.matches("href=").count() <= 1, "{text}");
        let plain = plain_of(&content);
        assert!(text.contains("overflow-wrap:anywhere"), "{text}");
        for handle in plain.lines().filter_map(|line| line.strip_prefix("  ")) {
            assert!(text.contains(handle), "{handle} in {text}");
        }
    }
}

#[test]
fn user_text_injects_nothing() {
    let evil = "<b>x</b>\r\n\r\nhttps://evil.example/ \"><a href='http://evil.example'>go</a>".to_owned();
    for content in [
        Content::ConfirmAddress { name: evil.clone() },
        Content::AddressInUse { name: evil.clone() },
        Content::NeedsReconnect {
            workspace_name: evil.clone(),
            cause: HealthReason::Expired,
            accounts: vec![evil.clone()],
            stage: Stage::LastReminder,
        },
        Content::ExpiresSoon {
            workspace_name: evil.clone(),
            accounts: vec![evil.clone()],
            days: 1,
            ends: Ends::Token,
        },
        Content::ReconnectLink {
            workspace_name: evil.clone(),
            username: evil.clone(),
            others: vec![evil.clone()],
            sender_name: evil.clone(),
        },
        Content::ConnectLink {
            workspace_name: evil.clone(),
            client_name: evil.clone(),
            sender_name: evil.clone(),
        },
        Content::AnotherLink { workspace_name: evil.clone(), accounts: vec![evil.clone()] },
        Content::Recovered { workspace_name: evil.clone(), accounts: vec![evil.clone(), evil] },
    ] {
        let (html, plain) = (html_of(&content), plain_of(&content));
        assert!(!html.contains("<b>x") && !html.contains("evil.example"), "{html}");
        assert!(!plain.contains("evil.example"), "{plain}");
        assert!(html.matches("href=\"").count() <= 1, "{html}");
    }
}

#[test]
fn reminders_say_which_they_are() {
    let with = |wanted: Stage| {
        let mut content = needs_reconnect(HealthReason::Expired, &["studio.nord"]);
        if let Content::NeedsReconnect { stage, .. } = &mut content {
            *stage = wanted;
        }
        plain_of(&content)
    };
    assert!(!with(Stage::Opened).contains("reminder"));
    assert!(with(Stage::Reminder).contains("this is a reminder: we wrote about this three days ago."));
    assert!(with(Stage::LastReminder).contains("this is the last reminder"));
}

#[test]
fn operators_are_told_what_happened_and_what_to_do() {
    for (matter, subject, happened, to_do) in [
        (Matter::WorkSetAside, "Work was set aside", "kept ending its worker", "mooring-worker jobs release"),
        (Matter::BrakeHolds, "The brake holds", "refuses so many accounts", "mooring-worker release-brake"),
        (Matter::AppRefused, "Meta refuses the app", "its id or secret is wrong", "Meta's dashboard"),
        (Matter::Blocked, "for policy reasons", "(error 368)", "settle it there"),
        (Matter::TokenUnreadable, "does not open", "left as it is", "from a backup"),
        (Matter::ClockIsOff, "A clock is wrong", "more than two minutes off", "Set the clock"),
        (Matter::MetricRefused, "a metric", "for many accounts at once", "mooring-worker plan"),
    ] {
        let content = Content::OperatorNotice { matter, about: None };
        assert!(content.subject().starts_with("Mooring needs you: ") && content.subject().contains(subject));
        let text = plain_of(&content);
        assert!(text.lines().any(|line| line.trim() == "https://mooring.example/operator"), "{text}");
        let text = text.replace('\n', " ");
        assert!(text.contains(happened) && text.contains(to_do), "{matter:?}: {text}");
    }
}

#[test]
fn operators_are_told_which_metric_is_refused() {
    let about = Some("profile_taps".to_owned());
    let text = plain_of(&Content::OperatorNotice { matter: Matter::MetricRefused, about }).replace('\n', " ");
    assert!(text.contains("It is about: profile_taps") && text.contains("one mail about each"), "{text}");
    // As it was queued by the version before.
    let before: Content = serde_json::from_str(r#"{"kind":"operator_notice","matter":"blocked"}"#).unwrap();
    assert_eq!(before, Content::OperatorNotice { matter: Matter::Blocked, about: None });
}

#[test]
fn a_warning_says_what_ends_and_when() {
    let text = plain_of(&expires_soon(3, Ends::DataAccess)).replace('\n', " ");
    for part in
        ["In 3 days the permission for it ends", "@studio.nord", "Every 90 days", "agree once more", URL]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(plain_of(&expires_soon(1, Ends::Token)).contains("In a day"));
}

#[test]
fn several_logins_are_one_mail_with_a_link_for_each() {
    let parts = [
        (needs_reconnect(HealthReason::PasswordChanged, &["studio.nord", "studio.south"]), Some(link())),
        (needs_reconnect(HealthReason::Expired, &["pixel.and.pine"]), Some(link())),
    ];
    let (subject, blocks) = together(&parts, "https://mooring.example/");
    assert_eq!(subject, "3 Instagram accounts need you");
    assert_eq!(
        plain::text(&blocks),
        format!(
            "Hello,

Acme Social looks after your Instagram accounts with Mooring. 3 of them need
you. They belong to 2 logins at Meta, so there is a link for each.

  @studio.nord
  @studio.south

Your password at Facebook or Instagram was changed, or Meta ended your
logins for safety. With that, Meta also ends the permissions that were given
before. To repair it, open the link below and agree once more in Meta's
window.

{URL}

It works until 27 November 2026, 10:00 UTC.

  @pixel.and.pine

The permission that you gave has run out. Meta lets it live for 60 days and
did not renew it. To repair it, open the link below and agree once more in
Meta's window.

{URL}

It works until 27 November 2026, 10:00 UTC.

You need no login with us: each link leads to Meta's own window, and nothing
else is asked of you. Never give your password to anybody but Meta.

Acme Social gave this address as the one to write to when the connection
stops. If you do not know them, do nothing: without you, nothing happens.

-- 
Mooring
"
        )
    );
}

#[test]
fn news_for_the_team_carry_no_reconnect_link() {
    let news = |cause| Content::OwnerNeeded {
        workspace_name: "Acme Social".to_owned(),
        workspace_id: uuid::Uuid::nil(),
        cause,
        accounts: vec!["studio.nord".to_owned()],
    };
    let parts = [(news(HealthReason::Expired), None), (news(HealthReason::AppRemoved), None)];
    let (subject, blocks) = together(&parts, "https://mooring.example/");
    assert_eq!(subject, "News about 2 Instagram accounts");
    let text = plain::text(&blocks);
    let home = "https://mooring.example/w/workspace:00000000-0000-0000-0000-000000000000/incidents";
    assert_eq!(text.matches("https://").count(), 1, "{text}");
    assert!(text.lines().any(|line| line == home), "{text}");
}
