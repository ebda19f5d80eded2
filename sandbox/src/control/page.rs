//! The control page: who exists, what is connected, what goes on, and buttons that break things.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{Path, State as Shared},
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};
use maud::{Markup, html};

use super::{
    Refusal,
    actions::{ClockOrder, expire_key, move_clock, revoke_key, set_role, throttle_key},
};
use crate::{
    call::Params,
    proof::fingerprint,
    state::{Inner, Sandbox},
    style,
    tokens::{SUBCODES, Subject},
};

pub(super) async fn show(Shared(sandbox): Shared<Arc<Sandbox>>) -> Html<String> {
    let inner = sandbox.inner();
    let state = &inner.state;
    let people = sandbox.world.fixed_people();
    let body = html! {
        (style::navigation())
        h1 { "Mooring sandbox" }
        p.soft { "Plays Meta on this machine, at " code { (sandbox.public_url) "/graph.facebook.com" } " and its siblings. Seed " (sandbox.world.seed) "." }

        div.card {
            h3 { "Clock" }
            p { (state.clock.now().format("%A, %Y-%m-%d %H:%M:%S UTC")) @if state.clock.offset_seconds != 0 { span.soft { " (moved by " (state.clock.offset_seconds) " s)" } } }
            @for (label, seconds) in [("+1 hour", 3_600), ("+1 day", 86_400), ("+10 days", 864_000), ("+30 days", 2_592_000), ("+61 days", 5_270_400)] {
                form.inline method="post" action="/_sandbox/ui/advance" {
                    input type="hidden" name="seconds" value=(seconds);
                    button { (label) }
                }
            }
            form.inline method="post" action="/_sandbox/ui/now" { button { "Back to now" } }
        }

        h2 { "Faults" }
        div.card {
            @if state.faults.is_empty() { p.soft { "Everything works." } }
            @for fault in &state.faults {
                p { code { (serde_json::to_string(fault).unwrap_or_default()) } }
            }
            @for (label, fault) in [
                ("Outage (503)", r#"{"kind":"html_503"}"#),
                ("App limit (4)", r#"{"kind":"error","code":4}"#),
                ("Code 2, three times", r#"{"kind":"error","code":2,"times":3}"#),
                ("Insights fail", r#"{"kind":"error","code":1,"path_contains":"/insights"}"#),
                ("Slow (3 s)", r#"{"kind":"slow","delay_ms":3000}"#),
                ("Next answer cut off", r#"{"kind":"cut_off","times":1}"#),
            ] {
                form.inline method="post" action="/_sandbox/ui/fault" {
                    input type="hidden" name="fault" value=(fault);
                    button { (label) }
                }
            }
            form.inline method="post" action="/_sandbox/ui/mend" { button.main { "Mend everything" } }
        }

        h2 { "People (Facebook Login)" }
        @for person in &people {
            div.card {
                h3 { (person.name) " " span.soft { code { (person.id) } } }
                (standing(&sandbox, &inner, Subject::Person(person.id)))
                (breakers("person", person.id))
                div.scroll { table {
                    thead { tr { th { "Page" } th { "Account" } th { "Role" } } }
                    tbody { @for role in &person.roles {
                        @let tasks = state.tasks(&sandbox.world, person.id, role.page.id);
                        @let account = state.linked_account(&role.page).and_then(|id| sandbox.world.account(id));
                        tr {
                            td { (role.page.name) " " code.soft { (role.page.id) } @if role.page.portfolio.is_some() { " " span.soft { "portfolio" } } }
                            td {
                                @match &account {
                                    Some(account) => { "@" (account.username) " " (button("unlink", "page", role.page.id, "Unlink")) }
                                    None => { span.soft { "none" } @if role.page.account.is_some() { " " (button("link", "page", role.page.id, "Link")) } }
                                }
                            }
                            td {
                                @if tasks.is_empty() { span.bad { "lost" } } @else { (tasks.len()) " tasks" }
                                " "
                                form.inline method="post" action="/_sandbox/ui/role" {
                                    input type="hidden" name="person" value=(person.id);
                                    input type="hidden" name="page" value=(role.page.id);
                                    input type="hidden" name="lost" value=(if tasks.is_empty() { "0" } else { "1" });
                                    button { @if tasks.is_empty() { "Give back" } @else { "Take away" } }
                                }
                            }
                        }
                    } }
                } }
            }
        }

        h2 { "Accounts" }
        div.scroll { table {
            thead { tr { th { "Account" } th { "Followers" } th { "Instagram Login" } th { "Break" } } }
            tbody { @for account in sandbox.world.fixed_accounts() {
                tr {
                    td { "@" (account.username) br; code.soft { (account.id) } }
                    td { (crate::insights::truth::followers(sandbox.world.seed, &account, state.clock.now())) }
                    td { (standing(&sandbox, &inner, Subject::Account(account.id))) }
                    td {
                        (breakers("account", account.id))
                        (button("throttle", "account", account.id, "Throttle 15 min"))
                    }
                }
            } }
        } }

        h2 { "Latest traffic" }
        div.scroll { table {
            thead { tr { th { "Time" } th { "Request" } th { "Token" } th { "Answer" } } }
            tbody { @for entry in inner.ledger.newest(40) {
                tr {
                    td { (entry.at.format("%H:%M:%S")) }
                    td { (entry.method) " " code { (entry.host) (entry.path) } }
                    td { code { (entry.token.as_deref().unwrap_or("")) } }
                    td class=(if (200..400).contains(&entry.status) { "good" } else { "bad" }) {
                        (entry.status)
                        @if let Some(code) = entry.code { " / " (code) }
                        @if let Some(subcode) = entry.subcode { " / " (subcode) }
                    }
                }
            } }
        } }
    };
    Html(style::page("Mooring sandbox", "", &body).into_string())
}

/// What a subject granted and which of its tokens live.
fn standing(sandbox: &Sandbox, inner: &Inner, subject: Subject) -> Markup {
    let state = &inner.state;
    let app = match subject {
        Subject::Person(_) => &sandbox.config.facebook_app_id,
        Subject::Account(_) => &sandbox.config.instagram_app_id,
    };
    let mut tokens: Vec<_> =
        state.tokens.values().filter(|token| token.bearer.subject() == subject).collect();
    tokens.sort_by_key(|token| std::cmp::Reverse(token.sequence));
    html! {
        @if !state.grants.contains_key(&subject.key()) { p.soft { "not connected" } }
        @for token in tokens.iter().take(6) {
            @let death = state.death(&sandbox.world, token, state.clock.now(), app);
            div {
                code { (fingerprint(&token.text)) } " "
                @match &death {
                    None => span.good {
                        "valid"
                        @match token.expires_at {
                            Some(at) => { ", " (days(at - state.clock.now().timestamp())) }
                            None => ", no end"
                        }
                    },
                    Some(death) => span.bad {
                        "dead"
                        @if let Some(subcode) = death.subcode { " (" (subcode) ")" }
                    },
                }
            }
        }
        @if tokens.len() > 6 { p.soft { "and " (tokens.len() - 6) " older ones" } }
    }
}

fn days(seconds: i64) -> String {
    if seconds >= 172_800 {
        format!("{} days left", seconds / 86_400)
    } else {
        format!("{} hours left", seconds / 3_600)
    }
}

fn breakers(field: &str, id: u64) -> Markup {
    html! {
        form.inline method="post" action="/_sandbox/ui/revoke" {
            input type="hidden" name=(field) value=(id);
            select name="subcode" aria-label="subcode" {
                @for subcode in SUBCODES { option value=(subcode) { (subcode) " " (in_words(*subcode)) } }
                option value="" { "no subcode" }
            }
            button { "Revoke" }
        }
        (button("expire", field, id, "Expire"))
        (button("restore", field, id, "Restore"))
    }
}

/// A subcode of code 190 in a few words.
fn in_words(subcode: i64) -> &'static str {
    match subcode {
        458 => "app removed",
        459 => "checkpoint",
        460 => "password changed",
        463 => "expired",
        464 => "unconfirmed person",
        467 => "logged out",
        492 => "role lost",
        _ => "",
    }
}

fn button(action: &str, field: &str, id: u64, label: &str) -> Markup {
    html! {
        form.inline method="post" action={ "/_sandbox/ui/" (action) } {
            input type="hidden" name=(field) value=(id);
            button { (label) }
        }
    }
}

pub(super) async fn act(
    Shared(sandbox): Shared<Arc<Sandbox>>,
    Path(action): Path<String>,
    body: Bytes,
) -> Response {
    match apply(&sandbox, &action, &Params::parse(&body)) {
        Ok(()) => Redirect::to("/").into_response(),
        Err(refusal) => (StatusCode::BAD_REQUEST, format!("{}\n", refusal.text())).into_response(),
    }
}

fn apply(sandbox: &Sandbox, action: &str, form: &Params) -> Result<(), Refusal> {
    let id = |name: &str| -> Result<u64, Refusal> {
        form.get(name)
            .and_then(|id| id.parse().ok())
            .ok_or_else(|| Refusal::bad(format!("{name} is missing")))
    };
    let key = || -> Result<String, Refusal> {
        match (id("person"), id("account"), id("page")) {
            (Ok(id), ..) => Ok(format!("person:{id}")),
            (_, Ok(id), _) => Ok(format!("account:{id}")),
            (.., Ok(id)) => Ok(format!("page:{id}")),
            _ => Err(Refusal::bad("name a person, an account or a Page")),
        }
    };
    match action {
        "advance" => {
            let seconds = form.get("seconds").and_then(|text| text.parse().ok());
            move_clock(sandbox, &ClockOrder { advance_seconds: seconds, ..ClockOrder::default() })?;
        }
        "now" => move_clock(
            sandbox,
            &ClockOrder { offset_seconds: Some(0), frozen: Some(false), ..ClockOrder::default() },
        )?,
        "fault" => {
            let mut fault: crate::faults::Fault = serde_json::from_str(form.get("fault").unwrap_or_default())
                .map_err(|error| Refusal::bad(error.to_string()))?;
            fault.check().map_err(Refusal::bad)?;
            let mut inner = sandbox.inner();
            fault.id = inner.state.next();
            inner.state.faults.push(fault);
        }
        "mend" => {
            let mut inner = sandbox.inner();
            inner.state.faults.clear();
            inner.state.throttles.clear();
        }
        "revoke" => revoke_key(sandbox, &key()?, form.filled("subcode").and_then(|text| text.parse().ok()))?,
        "expire" => {
            expire_key(sandbox, &key()?, true);
        }
        "restore" => sandbox.inner().state.restore(&key()?),
        "throttle" => {
            let _ = throttle_key(sandbox, &key()?, 15)?;
        }
        "unlink" => {
            sandbox.inner().state.links.insert(id("page")?, None);
        }
        "link" => {
            sandbox.inner().state.links.remove(&id("page")?);
        }
        "role" => {
            let lost = form.get("lost") == Some("1");
            set_role(sandbox, id("person")?, id("page")?, lost.then(Vec::new))?;
        }
        other => return Err(Refusal::bad(format!("there is no action {other}"))),
    }
    sandbox.touch();
    Ok(())
}
