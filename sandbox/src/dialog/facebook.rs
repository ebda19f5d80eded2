//! `www.facebook.com/{version}/dialog/oauth` (page "Manually build a login flow").
//!
//! Classic login lets a person untick permissions. With a `config_id` (Facebook Login for Business)
//! everything is granted or nothing.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::{back, in_words, names, refused, ticked};
use crate::{
    call::{Answer, Params},
    grants::{Challenge, CodeSubject, Standing},
    people::Person,
    settings::ConfigToken,
    style,
    tokens::Subject,
    visit::Visit,
};

/// Permissions a dialog knows of.
pub(super) const KNOWN: &[&str] = &[
    "public_profile",
    "email",
    "instagram_basic",
    "instagram_manage_insights",
    "instagram_manage_comments",
    "instagram_content_publish",
    "instagram_manage_messages",
    "instagram_manage_contents",
    "instagram_manage_engagement",
    "instagram_manage_events",
    "instagram_manage_upcoming_events",
    "pages_show_list",
    "pages_read_engagement",
    "pages_read_user_content",
    "pages_manage_metadata",
    "pages_manage_posts",
    "pages_messaging",
    "business_management",
    "ads_read",
    "ads_management",
    "read_insights",
];

struct Asked {
    redirect_uri: String,
    state: Option<String>,
    /// With `granted_scopes`, or with `return_scopes=true`, the return names what was granted.
    response_type: String,
    returns_scopes: bool,
    challenge: Option<Challenge>,
    permissions: Vec<String>,
    /// Set for Login for Business.
    config_id: Option<String>,
    /// Why the app sends the person here once more.
    auth_type: String,
}

/// Answers the dialog and its form.
pub(crate) fn answer(visit: &mut Visit<'_>) -> Answer {
    let segments = visit.call.segments();
    let path: Vec<&str> = match segments.as_slice() {
        [first, rest @ ..] if crate::versions::looks_like_version(first) => rest.to_vec(),
        all => all.to_vec(),
    };
    if path != ["dialog", "oauth"] {
        let mut answer = refused("This page isn't available", "The link you followed may be broken.");
        answer.status = 404;
        return answer;
    }
    let asked = match asked(visit) {
        Ok(asked) => asked,
        Err(answer) => return answer,
    };
    if visit.call.method == "POST" { decide(visit, &asked) } else { show(visit, &asked) }
}

fn asked(visit: &Visit<'_>) -> Result<Asked, Answer> {
    let params = &visit.call.params;
    if params.get("client_id") != Some(visit.app_id()) {
        return Err(refused(
            "Error",
            "Invalid App ID: The provided app ID does not look like a valid app ID.",
        ));
    }
    let redirect_uri = params.filled("redirect_uri").unwrap_or_default();
    if !visit.sandbox.config.redirect_allowed(redirect_uri) {
        return Err(refused(
            "URL blocked",
            "This redirect failed because the redirect URI is not white-listed in the app's client OAuth settings. Make sure that the client and web OAuth logins are on and add all your app domains as valid OAuth redirect URIs.",
        ));
    }
    let response_type = params.filled("response_type").unwrap_or("code").to_owned();
    let kinds = names(&response_type);
    if !kinds.iter().any(|kind| kind == "code")
        || kinds.iter().any(|kind| !matches!(kind.as_str(), "code" | "granted_scopes"))
    {
        return Err(refused("Error", "Invalid response_type: this app uses the code flow."));
    }
    let challenge = params.filled("code_challenge").map(|text| Challenge {
        text: text.to_owned(),
        method: params.filled("code_challenge_method").unwrap_or("plain").to_owned(),
    });
    if challenge.as_ref().is_some_and(|challenge| !matches!(challenge.method.as_str(), "S256" | "plain")) {
        return Err(refused("Error", "Invalid code_challenge_method: it must be S256 or plain."));
    }
    let config_id = params.filled("config_id").map(str::to_owned);
    let permissions = match (&config_id, params.filled("scope_asked").or_else(|| params.filled("scope"))) {
        (Some(_), _) => visit.inner.state.settings.config_permissions.clone(),
        (None, text) => names(text.unwrap_or_default()),
    };
    let unknown: Vec<&str> =
        permissions.iter().map(String::as_str).filter(|name| !KNOWN.contains(name)).collect();
    if !unknown.is_empty() {
        return Err(refused(
            "Invalid Scopes",
            &format!("Invalid Scopes: {}. This message is only shown to developers.", unknown.join(", ")),
        ));
    }
    Ok(Asked {
        redirect_uri: redirect_uri.to_owned(),
        state: params.get("state").map(str::to_owned),
        returns_scopes: kinds.len() > 1 || params.flag("return_scopes") == Some(true),
        response_type,
        challenge,
        permissions: permissions.into_iter().filter(|name| name != "public_profile").collect(),
        config_id,
        auth_type: params.get("auth_type").unwrap_or_default().to_owned(),
    })
}

fn show(visit: &Visit<'_>, asked: &Asked) -> Answer {
    let app = &visit.inner.state.settings.app_name;
    let world = visit.world();
    let mut people = world.fixed_people();
    people.extend(world.generated_people(0, 20));
    let body = html! {
        p.brand { "Sandbox of Facebook Login" }
        div.card {
            h1 { (app) " would like to connect your accounts" }
            form method="post" action=(visit.call.own_path) {
                input type="hidden" name="client_id" value=(visit.app_id());
                input type="hidden" name="redirect_uri" value=(asked.redirect_uri);
                @if let Some(state) = &asked.state {
                    input type="hidden" name="state" value=(state);
                }
                input type="hidden" name="response_type" value=(asked.response_type);
                @if asked.returns_scopes {
                    input type="hidden" name="return_scopes" value="true";
                }
                @if let Some(challenge) = &asked.challenge {
                    input type="hidden" name="code_challenge" value=(challenge.text);
                    input type="hidden" name="code_challenge_method" value=(challenge.method);
                }
                input type="hidden" name="scope_asked" value=(asked.permissions.join(","));
                input type="hidden" name="auth_type" value=(asked.auth_type);
                @if let Some(config) = &asked.config_id {
                    input type="hidden" name="config_id" value=(config);
                }
                fieldset {
                    legend { "Log in as" }
                    @for (index, person) in people.iter().enumerate() {
                        (choice(visit, person, index == 0))
                    }
                }
                fieldset {
                    legend { (app) " asks to" }
                    @for permission in &asked.permissions {
                        label.choice {
                            @if asked.config_id.is_some() {
                                input type="checkbox" checked disabled;
                                input type="hidden" name="scope" value=(permission);
                            } @else {
                                input type="checkbox" name="scope" value=(permission) checked;
                            }
                            (in_words(permission)) " " span.soft { "(" (permission) ")" }
                        }
                    }
                    @if asked.permissions.is_empty() { p.soft { "see your name and profile picture" } }
                }
                div.actions {
                    button.main type="submit" name="decision" value="continue" { "Continue" }
                    button type="submit" name="decision" value="cancel" { "Cancel" }
                }
            }
        }
        p.soft { "Nobody real is behind these names, and nothing leaves this machine." }
    };
    Answer::html(200, style::page("Log in with Facebook (sandbox)", "dialog", &body).into_string())
}

fn choice(visit: &Visit<'_>, person: &Person, first: bool) -> Markup {
    let state = &visit.inner.state;
    html! {
        div.person {
            label.choice {
                input type="radio" name="person" value=(person.id) checked[first];
                (person.name)
            }
            div.assets {
                // Boxes of people who are not chosen are hidden, and sent all the same.
                input type="hidden" name="pages_of" value=(person.id);
                @for role in &person.roles {
                    @if !state.tasks(visit.world(), person.id, role.page.id).is_empty() {
                        label.choice {
                            input type="checkbox" name="page" value=(role.page.id) checked;
                            (role.page.name)
                            @match state.linked_account(&role.page).and_then(|id| visit.world().account(id)) {
                                Some(account) => { " " span.soft { "@" (account.username) } }
                                None => { " " span.soft { "no Instagram account" } }
                            }
                        }
                    }
                }
                @if person.roles.is_empty() { p.soft { "runs no Page" } }
            }
        }
    }
}

/// The Pages ticked for this person. A browser sends the boxes of everybody, each group after the
/// name of its person; a program that names nobody means the one who logs in.
fn ticked_pages(params: &Params, person: u64) -> BTreeSet<u64> {
    let mut theirs = true;
    let mut pages = BTreeSet::new();
    for (name, value) in &params.0 {
        match name.as_str() {
            "pages_of" => theirs = value.parse() == Ok(person),
            "page" if theirs => pages.extend(value.parse::<u64>()),
            _ => {}
        }
    }
    pages
}

fn decide(visit: &mut Visit<'_>, asked: &Asked) -> Answer {
    let params = visit.call.params.clone();
    if params.get("decision") != Some("continue") {
        return back(
            &asked.redirect_uri,
            &[
                ("error", "access_denied"),
                ("error_code", "200"),
                ("error_description", "Permissions error"),
                ("error_reason", "user_denied"),
            ],
            asked.state.as_deref(),
            "#_=_",
        );
    }
    let person =
        params.filled("person").and_then(|id| id.parse().ok()).and_then(|id| visit.world().person(id));
    let Some(person) = person else {
        return refused("Error", "Choose who is logging in: the field person is missing or names nobody.");
    };
    let all = params.get("all") == Some("1");
    let usable: BTreeSet<u64> = person
        .roles
        .iter()
        .map(|role| role.page.id)
        .filter(|page| !visit.inner.state.tasks(visit.world(), person.id, *page).is_empty())
        .collect();
    let chosen = &ticked_pages(&params, person.id) & &usable;
    // Everything chosen means "all current and future Pages": no target ids are recorded.
    let pages = if (all && chosen.is_empty()) || chosen == usable { None } else { Some(chosen) };
    let scopes = if asked.config_id.is_some() { None } else { ticked(&params) };
    let unapproved = visit.inner.state.settings.unapproved_permissions.clone();
    // With that token type it is not the person who is connected, but a user made in their portfolio.
    let user_token = visit.inner.state.settings.config_token == ConfigToken::User;
    let holder = if asked.config_id.is_none() || user_token { person.id } else { person.system_user() };
    let before = visit.inner.state.grant(Subject::Person(holder));
    // What was declined is left out of a dialog that does not say that it asks again.
    let asks_again = asked.auth_type == "rerequest" || !visit.inner.state.settings.declined_needs_rerequest;
    let granted: Vec<String> = asked
        .permissions
        .iter()
        .filter(|name| scopes.as_ref().is_none_or(|ticked| ticked.contains(name)))
        .filter(|name| asks_again || before.permissions.get(*name) != Some(&Standing::Declined))
        .filter(|name| !unapproved.contains(name))
        .cloned()
        .collect();
    // What has no App Review is neither granted nor declined: it is silently missing.
    let recorded: Vec<String> =
        asked.permissions.iter().filter(|name| !unapproved.contains(name)).cloned().collect();
    let now = visit.now.timestamp();
    let state = visit.state();
    state.consent(Subject::Person(holder), &recorded, &granted, pages, now);
    let code =
        state.issue_code(CodeSubject::Person(holder), &asked.redirect_uri, asked.challenge.clone(), now);
    let mut pairs = vec![("code", code)];
    if asked.returns_scopes {
        let denied: Vec<String> = recorded.into_iter().filter(|name| !granted.contains(name)).collect();
        let granted: Vec<String> = granted.into_iter().chain(["public_profile".into()]).collect();
        pairs.extend([("granted_scopes", granted.join(",")), ("denied_scopes", denied.join(","))]);
    }
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
    back(&asked.redirect_uri, &pairs, asked.state.as_deref(), "#_=_")
}
