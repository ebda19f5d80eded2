//! One mail of every kind, for people who want to see what owners and teams get.

use chrono::{DateTime, Utc};
use entity::account::HealthReason;
use platform::Secret;
use sea_orm::{ActiveEnum as _, Iterable as _};
use uuid::Uuid;

use crate::content::{Content, Ends, Stage};
use crate::letter::{Link, Part, together};
use crate::operator::Matter;
use crate::{html, plain};

/// A mail as its recipient gets it.
#[derive(Clone, Debug)]
pub struct Sample {
    /// What it is a sample of, such as `needs_reconnect_expired`.
    pub name: String,
    /// The subject line.
    pub subject: String,
    /// The HTML part, a whole document.
    pub html: String,
    /// The plain-text part.
    pub plain: String,
}

/// Samples of all mails; their links lead to `home` and end at `until`.
#[must_use]
pub fn samples(home: &str, until: DateTime<Utc>) -> Vec<Sample> {
    let link = || Link { url: Secret::new(format!("{home}reconnect/{}", "x".repeat(43))), expires_at: until };
    let render = |name: String, contents: Vec<Content>| {
        let parts: Vec<Part> = contents.into_iter().map(|content| (content, Some(link()))).collect();
        let (subject, blocks) = together(&parts, home);
        Sample { name, html: html::text(&subject, &blocks), plain: plain::text(&blocks), subject }
    };
    let mut samples: Vec<_> =
        contents().into_iter().map(|(name, content)| render(name, vec![content])).collect();
    let broken = |cause, accounts: &[&str]| needs_reconnect(cause, accounts, Stage::Opened);
    samples.push(render(
        "digest".to_owned(),
        vec![
            broken(HealthReason::PasswordChanged, &["studio.nord", "studio.south"]),
            broken(HealthReason::PageRoleLost, &["harbour_bakery"]),
            broken(HealthReason::Expired, &["pixel.and.pine"]),
        ],
    ));
    samples
}

/// One of every kind and cause, with a name for it.
pub(crate) fn contents() -> Vec<(String, Content)> {
    let workspace_name = || "Acme Social".to_owned();
    let accounts = || vec!["studio.nord".to_owned()];
    let mut contents = vec![
        ("confirm_address".to_owned(), Content::ConfirmAddress { name: "Kim".to_owned() }),
        ("address_in_use".to_owned(), Content::AddressInUse { name: "Kim".to_owned() }),
        (
            "reconnect_link".to_owned(),
            Content::ReconnectLink {
                workspace_name: workspace_name(),
                username: "studio.nord".to_owned(),
                others: vec!["cafe_sued".to_owned()],
                sender_name: "Kim".to_owned(),
            },
        ),
        (
            "connect_link".to_owned(),
            Content::ConnectLink {
                workspace_name: workspace_name(),
                client_name: "Hafen GmbH".to_owned(),
                sender_name: "Kim".to_owned(),
            },
        ),
        (
            "another_link".to_owned(),
            Content::AnotherLink { workspace_name: workspace_name(), accounts: accounts() },
        ),
        (
            "recovered".to_owned(),
            Content::Recovered { workspace_name: workspace_name(), accounts: accounts() },
        ),
        (
            "no_numbers".to_owned(),
            Content::NoNumbers {
                workspace_name: workspace_name(),
                workspace_id: Uuid::nil(),
                accounts: accounts(),
                days: 2,
            },
        ),
    ];
    for (name, matter) in [
        ("work_set_aside", Matter::WorkSetAside),
        ("brake_holds", Matter::BrakeHolds),
        ("app_refused", Matter::AppRefused),
        ("blocked", Matter::Blocked),
        ("token_unreadable", Matter::TokenUnreadable),
        ("clock_is_off", Matter::ClockIsOff),
    ] {
        contents.push((name.to_owned(), Content::OperatorNotice { matter, about: None }));
    }
    let about = Some("profile_taps".to_owned());
    let refused = Content::OperatorNotice { matter: Matter::MetricRefused, about };
    contents.push(("metric_refused".to_owned(), refused));
    contents.push(("test".to_owned(), Content::Test));
    for (name, gone) in [("channel_gone", true), ("channel_failing", false)] {
        let content = Content::ChannelDisabled {
            workspace_name: workspace_name(),
            channel_name: "Our CRM".to_owned(),
            gone,
        };
        contents.push((name.to_owned(), content));
    }
    for cause in HealthReason::iter() {
        let word = cause.to_value();
        contents.push((
            format!("needs_reconnect_{word}"),
            needs_reconnect(cause, &["studio.nord"], Stage::Opened),
        ));
        contents.push((
            format!("owner_needed_{word}"),
            Content::OwnerNeeded {
                workspace_name: workspace_name(),
                workspace_id: Uuid::nil(),
                cause,
                accounts: accounts(),
            },
        ));
    }
    for (name, stage) in [("reminder", Stage::Reminder), ("last_reminder", Stage::LastReminder)] {
        let content = needs_reconnect(HealthReason::Expired, &["studio.nord", "studio.south"], stage);
        contents.push((name.to_owned(), content));
    }
    for (name, ends, days) in [("token_ends", Ends::Token, 3), ("data_access_ends", Ends::DataAccess, 7)] {
        let content =
            Content::ExpiresSoon { workspace_name: workspace_name(), accounts: accounts(), days, ends };
        contents.push((name.to_owned(), content));
    }
    contents
}

fn needs_reconnect(cause: HealthReason, accounts: &[&str], stage: Stage) -> Content {
    let accounts = accounts.iter().map(|text| (*text).to_owned()).collect();
    Content::NeedsReconnect { workspace_name: "Acme Social".to_owned(), cause, accounts, stage }
}
