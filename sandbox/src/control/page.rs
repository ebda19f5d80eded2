//! The control page: who exists, what is connected, what goes on, and buttons that break things.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{Path, Query, State as Shared},
    http::StatusCode,
    response::{Html, IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Refusal,
    actions::{ClockOrder, expire_key, link, move_clock, revoke_key, set_permission, set_role, throttle_key},
    callbacks,
};
use crate::{
    call::{Host, Params},
    faults::Fault,
    grants::Standing,
    ledger::Entry,
    people::Person,
    proof::fingerprint,
    settings::Settings,
    state::{Inner, Sandbox},
    style,
    tokens::{Bearer, SUBCODES, Subject},
};

pub(super) async fn show(Shared(sandbox): Shared<Arc<Sandbox>>) -> Html<String> {
    let inner = sandbox.inner();
    let state = &inner.state;
    let generated = sandbox.world.generated_people(0, 20);
    let body = html! {
        (style::navigation())
        h1 { "Mooring sandbox" }
        p.soft { "Plays Meta on this machine, at " code { (sandbox.public_url) "/graph.facebook.com" } " and its siblings. Seed " (sandbox.world.seed) ". "
            (state.tokens.len()) " tokens, " (state.grants.len()) " connections, " (inner.ledger.last()) " requests so far." }

        div.card {
            h3 { "Clock" }
            p { (state.clock.now().format("%A, %Y-%m-%d %H:%M:%S UTC"))
                @if state.clock.frozen_at.is_some() { span.bad { " (standing still)" } }
                @if state.clock.offset_seconds != 0 { span.soft { " (moved by " (state.clock.offset_seconds) " s)" } } }
            @for (label, seconds) in [("+1 hour", 3_600), ("+1 day", 86_400), ("+10 days", 864_000), ("+30 days", 2_592_000), ("+61 days", 5_270_400)] {
                form.inline method="post" action="/_sandbox/ui/advance" {
                    input type="hidden" name="seconds" value=(seconds);
                    button { (label) }
                }
            }
            form.inline method="post" action="/_sandbox/ui/now" { button { "Back to now" } }
        }

        h2 id="faults" { "Faults" }
        div.card { (faults(&sandbox, &inner)) }

        h2 id="settings" { "Settings" }
        div.card { (settings(&state.settings)) }

        h2 id="people" { "People (Facebook Login)" }
        @for person in &state.with_system_users(&sandbox.world, sandbox.world.fixed_people()) { (person_card(&sandbox, &inner, person)) }
        @if !generated.is_empty() {
            details {
                summary { "The first " (generated.len()) " of " (sandbox.world.generated) " generated people" }
                @for person in &generated { (person_card(&sandbox, &inner, person)) }
            }
        }

        h2 id="accounts" { "Accounts" }
        div.scroll { table {
            thead { tr { th { "Account" } th { "Followers" } th { "Instagram Login" } th { "Break" } } }
            tbody { @for account in sandbox.world.fixed_accounts() {
                tr id={ "account-" (account.id) } {
                    td { "@" (account.username) br; code.soft { (account.id) } }
                    td { (crate::insights::truth::followers(sandbox.world.seed, &account, state.clock.now())) }
                    td { (standing(&sandbox, &inner, Subject::Account(account.id))) }
                    td {
                        (breakers("account", account.id))
                        (button("throttle", "account", account.id, "Throttle 15 min"))
                        (caller("account", account.id))
                    }
                }
            } }
        } }

        h2 { "Latest traffic" }
        (traffic_table(&sandbox, inner.ledger.newest(12)))
        p { a href="/traffic" { "All traffic" } }
    };
    Html(style::page("Mooring sandbox", "", &body).into_string())
}

/// What is broken on purpose, each with its way back, and buttons for more.
fn faults(sandbox: &Sandbox, inner: &Inner) -> Markup {
    let state = &inner.state;
    let now = state.clock.now();
    let throttles: Vec<(&String, i64)> = state
        .throttles
        .keys()
        .filter_map(|key| Some((key, crate::limits::throttled(state, key, now)?)))
        .collect();
    html! {
        @if state.faults.is_empty() && throttles.is_empty() { p.soft { "Everything works." } }
        @for fault in &state.faults {
            div.bad {
                (in_short(fault)) " "
                form.inline method="post" action="/_sandbox/ui/mend-one" {
                    input type="hidden" name="id" value=(fault.id);
                    button { "Mend" }
                }
            }
        }
        @for (key, minutes) in &throttles {
            div.bad {
                "Throttled: " (name_of(sandbox, key)) ", " (minutes) " min left "
                form.inline method="post" action="/_sandbox/ui/unthrottle" {
                    input type="hidden" name="key" value=(key);
                    button { "Mend" }
                }
            }
        }
        @for (label, fault) in [
            ("Outage (503)", r#"{"kind":"html_503"}"#),
            ("App limit (4)", r#"{"kind":"error","code":4}"#),
            ("Code 2, three times", r#"{"kind":"error","code":2,"times":3}"#),
            ("Insights fail", r#"{"kind":"error","code":1,"path_contains":"/insights"}"#),
            ("Instagram down", r#"{"kind":"html_503","host":"graph.instagram.com"}"#),
            ("Slow (3 s)", r#"{"kind":"slow","delay_ms":3000}"#),
            ("Next answer cut off", r#"{"kind":"cut_off","times":1}"#),
            ("Next request hangs", r#"{"kind":"hang","times":1}"#),
        ] {
            form.inline method="post" action="/_sandbox/ui/fault" {
                input type="hidden" name="fault" value=(fault);
                button { (label) }
            }
        }
        form.inline method="post" action="/_sandbox/ui/mend" { button.main { "Mend everything" } }
    }
}

/// What is not as by default, and a form for the settings that are one of a few words.
fn settings(settings: &Settings) -> Markup {
    let changed = settings.changed();
    html! {
        @if changed.is_empty() { p.soft { "Everything is as by default." } }
        @else {
            p { @for (name, value) in &changed { span.chip { code { (name) " = " (value) } } } }
            form.inline method="post" action="/_sandbox/ui/default-settings" { button { "All as by default" } }
        }
        form method="post" action="/_sandbox/ui/settings" {
            div.settings { @for (name, now, values) in settings.choices() {
                label {
                    span class=[changed.iter().any(|(other, _)| other == name).then_some("bad")] { (name) }
                    select name=(name) { @for value in &values { option selected[*value == now] { (value) } } }
                }
            } }
            button.main { "Change" }
        }
        p.soft { "Budgets, lifetimes and lists are set through " code { "POST /_sandbox/settings" } "." }
    }
}

/// A fault in a line: what, where, how often.
fn in_short(fault: &Fault) -> String {
    let kind = serde_json::to_value(fault.kind).ok().and_then(|kind| kind.as_str().map(str::to_owned));
    let mut text = kind.unwrap_or_default();
    for (name, value) in [
        ("code", fault.code.map(|code| code.to_string())),
        ("subcode", fault.subcode.map(|code| code.to_string())),
        ("after ms", fault.delay_ms.map(|delay| delay.to_string())),
        ("on", fault.host.clone()),
        ("path with", fault.path_contains.clone()),
        ("person", fault.person.clone()),
        ("account", fault.account.clone()),
    ] {
        if let Some(value) = value {
            text.push_str(&format!(", {name} {value}"));
        }
    }
    text.push_str(&format!("; hit {}", fault.hits));
    if let Some(times) = fault.times {
        text.push_str(&format!(" of {times}"));
    }
    text
}

/// The name behind `person:…`, `account:…` or `page:…`.
fn name_of(sandbox: &Sandbox, key: &str) -> String {
    let (kind, id) = key.split_once(':').unwrap_or((key, ""));
    let id: u64 = id.parse().unwrap_or_default();
    let world = &sandbox.world;
    let name = match kind {
        "person" => world.person(id).map(|person| person.name),
        "account" | "messenger" => world.account(id).map(|account| format!("@{}", account.username)),
        "page" | "pages" => world.page(id).map(|page| page.name),
        _ => Some("the whole app".into()),
    };
    name.unwrap_or_else(|| key.to_owned())
}

fn person_card(sandbox: &Sandbox, inner: &Inner, person: &Person) -> Markup {
    let state = &inner.state;
    html! {
        div.card {
            h3 id={ "person-" (person.id) } { (person.name) " " span.soft { code { (person.id) } } }
            (standing(sandbox, inner, Subject::Person(person.id)))
            (breakers("person", person.id))
            (button("throttle", "person", person.id, "Throttle 15 min"))
            (caller("person", person.id))
            @if !person.roles.is_empty() { div.scroll { table {
                thead { tr { th { "Page" } th { "Account" } th { "Role" } } }
                tbody { @for role in &person.roles {
                    @let tasks = state.tasks(&sandbox.world, person.id, role.page.id);
                    @let account = state.linked_account(&role.page).and_then(|id| sandbox.world.account(id));
                    tr {
                        td { (role.page.name) " " code.soft { (role.page.id) } @if role.page.portfolio.is_some() { " " span.soft { "portfolio" } } }
                        td {
                            @match &account {
                                Some(account) => { a href={ "#account-" (account.id) } { "@" (account.username) } " " (page_button("unlink", person.id, role.page.id, "Unlink")) }
                                None => { span.soft { "none" } @if role.page.account.is_some() { " " (page_button("link", person.id, role.page.id, "Link")) } }
                            }
                        }
                        td {
                            @if tasks.is_empty() { span.bad { "lost" } }
                            @else if tasks.len() == crate::people::FULL.len() { "everything" }
                            @else { (tasks.join(", ").to_lowercase()) }
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
            } } }
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct TrafficFilter {
    host: String,
    path: String,
    errors: String,
}

/// The newest requests, those that fit a filter.
pub(super) async fn traffic(
    Shared(sandbox): Shared<Arc<Sandbox>>,
    Query(filter): Query<TrafficFilter>,
) -> Html<String> {
    const SHOWN: usize = 200;
    let inner = sandbox.inner();
    let only_errors = !filter.errors.is_empty();
    let entries = inner
        .ledger
        .newest(usize::MAX)
        .filter(|entry| filter.host.is_empty() || entry.host == filter.host)
        .filter(|entry| filter.path.is_empty() || entry.path.contains(&filter.path))
        .filter(|entry| !only_errors || !(200..400).contains(&entry.status))
        .take(SHOWN);
    let body = html! {
        (style::navigation())
        h1 { "Traffic" }
        form.inline method="get" action="/traffic" {
            select name="host" aria-label="host" {
                option value="" { "all hosts" }
                @for host in Host::ALL.map(Host::name) { option selected[filter.host == host] { (host) } }
            }
            input type="text" name="path" value=(filter.path) placeholder="path contains" aria-label="path contains";
            label { input type="checkbox" name="errors" value="1" checked[only_errors]; " only errors" }
            button { "Show" }
        }
        p.soft { "The newest " (SHOWN) " at most, newest first. Tokens are shown as fingerprints." }
        (traffic_table(&sandbox, entries))
    };
    Html(style::page("Traffic of the sandbox", "", &body).into_string())
}

fn traffic_table<'a>(sandbox: &Sandbox, entries: impl Iterator<Item = &'a Entry>) -> Markup {
    let who = |kind: &str, id: Option<u64>| {
        id.map(|id| name_of(sandbox, &format!("{kind}:{id}"))).unwrap_or_default()
    };
    html! {
        div.scroll { table {
            thead { tr { th { "Time" } th { "Request" } th { "Whose" } th { "Token" } th { "Answer" } } }
            tbody { @for entry in entries {
                tr {
                    td.whole { (entry.at.format("%H:%M:%S")) }
                    td.long {
                        (entry.method) " " code { (entry.host) (entry.path) }
                        @if !entry.query.is_empty() { br; code.soft { (entry.query) } }
                        @if entry.batched { " " span.soft { "in a batch" } }
                    }
                    td { (who("person", entry.person)) " " (who("account", entry.account)) }
                    td.whole { code { (entry.token.as_deref().unwrap_or("")) } }
                    td class=(if (200..400).contains(&entry.status) { "good" } else { "bad" }) {
                        @if entry.status == 0 { "no answer" } @else { (entry.status) }
                        @if let Some(code) = entry.code { " / " (code) }
                        @if let Some(subcode) = entry.subcode { " / " (subcode) }
                        @if entry.fault.is_some() { br; span.soft { "on purpose" } }
                    }
                }
            } }
        } }
    }
}

/// What a subject granted and which of its tokens live.
fn standing(sandbox: &Sandbox, inner: &Inner, subject: Subject) -> Markup {
    let state = &inner.state;
    let app = match subject {
        Subject::Person(_) => &sandbox.config.facebook_app_id,
        Subject::Account(_) => &sandbox.config.instagram_app_id,
    };
    let (field, id) = match subject {
        Subject::Person(id) => ("person", id),
        Subject::Account(id) => ("account", id),
    };
    let mut tokens: Vec<_> =
        state.tokens.values().filter(|token| token.bearer.subject() == subject).collect();
    tokens.sort_by_key(|token| std::cmp::Reverse(token.sequence));
    html! {
        @match state.grants.get(&subject.key()) {
            None => p.soft { "not connected" },
            Some(grant) => div {
                @for (permission, standing) in &grant.permissions {
                    @let granted = *standing == Standing::Granted;
                    form.chip method="post" action="/_sandbox/ui/permission" {
                        input type="hidden" name=(field) value=(id);
                        input type="hidden" name="permission" value=(permission);
                        input type="hidden" name="granted" value=(if granted { "0" } else { "1" });
                        span class=(if granted { "good" } else { "bad" }) { (permission) }
                        button { @if granted { "decline" } @else { "grant" } }
                    }
                }
                @if let (Subject::Person(_), Some(ends)) = (subject, state.data_access_ends(subject)) {
                    @let left = ends - state.clock.now().timestamp();
                    div.soft { "data access: " @if left > 0 { (days(left)) } @else { span.bad { "lapsed" } } }
                }
            },
        }
        @for token in tokens.iter().take(6) {
            @let death = state.death(&sandbox.world, token, state.clock.now(), app);
            div {
                code { (fingerprint(&token.text)) } " "
                span.soft { @match token.bearer {
                    Bearer::Page { page, .. } => { "Page " (name_of(sandbox, &format!("page:{page}"))) ", " }
                    Bearer::Person(_) | Bearer::Account(_) => { @if token.long_lived { "long-lived, " } @else { "short-lived, " } }
                } }
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
                        @if let Some(subcode) = death.subcode { " (" (subcode) " " (in_words(subcode)) ")" }
                    },
                }
            }
        }
        @if tokens.len() > 6 { p.soft { "and " (tokens.len() - 6) " older ones" } }
    }
}

fn days(seconds: i64) -> String {
    match seconds {
        172_800.. => format!("{} days left", seconds / 86_400),
        7_200.. => format!("{} hours left", seconds / 3_600),
        _ => format!("{} minutes left", seconds / 60),
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

fn page_button(action: &str, person: u64, page: u64, label: &str) -> Markup {
    html! {
        form.inline method="post" action={ "/_sandbox/ui/" (action) } {
            input type="hidden" name="page" value=(page);
            input type="hidden" name="at" value={ "person-" (person) };
            button { (label) }
        }
    }
}

/// Calls the app back, as Meta does when somebody removes it or wants their data deleted.
fn caller(field: &str, id: u64) -> Markup {
    html! {
        details {
            summary { "Tell the app" }
            form.inline method="post" action="/_sandbox/ui/call-back" {
                input type="hidden" name=(field) value=(id);
                input type="text" name="url" size="44" aria-label="address of the callback"
                    placeholder="http://127.0.0.1:8080/api/meta/deauthorize" required;
                button name="what" value="deauthorize" { "Removed the app" }
                button name="what" value="data-deletion" { "Wants data deleted" }
            }
        }
    }
}

pub(super) async fn act(
    Shared(sandbox): Shared<Arc<Sandbox>>,
    Path(action): Path<String>,
    body: Bytes,
) -> Response {
    let form = Params::parse(&body);
    if action == "call-back" {
        return call_back(sandbox, &form).await;
    }
    match apply(&sandbox, &action, &form) {
        Ok(()) => Redirect::to(&place(&action, &form)).into_response(),
        Err(refusal) => (StatusCode::BAD_REQUEST, format!("{}\n", refusal.text())).into_response(),
    }
}

/// Where on the page the pressed button stands.
fn place(action: &str, form: &Params) -> String {
    let named = |name: &str| {
        form.filled(name).filter(|text| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'))
    };
    if let Some(at) = named("at") {
        return format!("/#{at}");
    }
    for field in ["person", "account"] {
        if let Some(id) = named(field) {
            return format!("/#{field}-{id}");
        }
    }
    if matches!(action, "fault" | "mend" | "mend-one" | "unthrottle") {
        "/#faults".into()
    } else if matches!(action, "settings" | "default-settings") {
        "/#settings".into()
    } else {
        "/".into()
    }
}

async fn call_back(sandbox: Arc<Sandbox>, form: &Params) -> Response {
    let order =
        json!({"url": form.get("url"), "person": form.filled("person"), "account": form.filled("account")});
    let body = Bytes::from(order.to_string());
    let reply = match form.get("what") {
        Some("data-deletion") => callbacks::data_deletion(Shared(sandbox), body).await,
        _ => callbacks::deauthorize(Shared(sandbox), body).await,
    };
    let (heading, text) = match &reply {
        Ok(answer) => ("The app answered", answer.0.to_string()),
        Err(refusal) => ("Not delivered", refusal.text().to_owned()),
    };
    let page = html! {
        (style::navigation())
        h1 { (heading) }
        pre { (text) }
        p { a href=(place("", form)) { "Back" } }
    };
    let status = if reply.is_ok() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    (status, Html(style::page(heading, "", &page).into_string())).into_response()
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
            let mut fault: Fault = serde_json::from_str(form.get("fault").unwrap_or_default())
                .map_err(|error| Refusal::bad(error.to_string()))?;
            fault.check(&sandbox.world).map_err(Refusal::bad)?;
            let mut inner = sandbox.inner();
            fault.id = inner.state.next();
            inner.state.faults.push(fault);
        }
        "mend" => {
            let mut inner = sandbox.inner();
            inner.state.faults.clear();
            inner.state.throttles.clear();
        }
        "mend-one" => {
            let id = id("id")?;
            sandbox.inner().state.faults.retain(|fault| fault.id != id);
        }
        "unthrottle" => {
            sandbox.inner().state.throttles.remove(form.get("key").unwrap_or_default());
        }
        "permission" => {
            let standing =
                if form.get("granted") == Some("1") { Standing::Granted } else { Standing::Declined };
            let permission =
                form.filled("permission").ok_or_else(|| Refusal::bad("permission is missing"))?;
            set_permission(sandbox, &key()?, permission, standing)?;
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
        "link" => link(sandbox, id("page")?, None)?,
        "settings" => {
            let patch = form.0.iter().map(|(name, value)| {
                // A switch is a truth value, everything else a word.
                (name.clone(), serde_json::from_str(value).unwrap_or_else(|_| json!(value)))
            });
            let mut inner = sandbox.inner();
            inner.state.settings =
                inner.state.settings.patched(&Value::Object(patch.collect())).map_err(Refusal::bad)?;
        }
        "default-settings" => sandbox.inner().state.settings = Settings::default(),
        "role" => {
            let lost = form.get("lost") == Some("1");
            set_role(sandbox, id("person")?, id("page")?, lost.then(Vec::new))?;
        }
        other => return Err(Refusal::bad(format!("there is no action {other}"))),
    }
    sandbox.touch();
    Ok(())
}
