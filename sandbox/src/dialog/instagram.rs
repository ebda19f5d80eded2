//! `www.instagram.com/oauth/authorize` (page "Business Login for Instagram").

use maud::html;

use super::{back, in_words, names, refused, ticked};
use crate::{call::Answer, grants::CodeSubject, style, tokens::Subject, visit::Visit};

pub(super) const KNOWN: &[&str] = &[
    "instagram_business_basic",
    "instagram_business_manage_insights",
    "instagram_business_manage_messages",
    "instagram_business_manage_comments",
    "instagram_business_content_publish",
];

struct Asked {
    redirect_uri: String,
    state: Option<String>,
    permissions: Vec<String>,
}

/// Answers the consent window and its form.
pub(crate) fn answer(visit: &mut Visit<'_>) -> Answer {
    if visit.call.segments() != ["oauth", "authorize"] {
        let mut answer = refused("Sorry, this page isn't available.", "The link you followed may be broken.");
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
    if params.get("client_id") != Some(&visit.sandbox.config.instagram_app_id) {
        return Err(refused(
            "Invalid Request",
            "Invalid platform app: the client_id is not that of an Instagram app.",
        ));
    }
    let redirect_uri = params.filled("redirect_uri").unwrap_or_default();
    if !visit.sandbox.config.redirect_allowed(redirect_uri) {
        return Err(refused("Invalid Request", "Invalid redirect_uri: it is not registered for this app."));
    }
    if params.filled("response_type") != Some("code") {
        return Err(refused("Invalid Request", "Invalid response_type: must be code."));
    }
    let asked = params.filled("scope_asked").or_else(|| params.filled("scope")).unwrap_or_default();
    let permissions = names(asked);
    let unknown: Vec<&str> =
        permissions.iter().map(String::as_str).filter(|name| !KNOWN.contains(name)).collect();
    if !unknown.is_empty() || !permissions.iter().any(|name| name == "instagram_business_basic") {
        return Err(refused(
            "Invalid Request",
            &format!(
                "Invalid scope: {}. instagram_business_basic is always needed.",
                if unknown.is_empty() { asked.to_owned() } else { unknown.join(", ") }
            ),
        ));
    }
    Ok(Asked {
        redirect_uri: redirect_uri.to_owned(),
        state: params.get("state").map(str::to_owned),
        permissions,
    })
}

fn show(visit: &Visit<'_>, asked: &Asked) -> Answer {
    let app = &visit.inner.state.settings.app_name;
    let accounts = visit.world().instagram_login_accounts();
    let body = html! {
        p.brand { "Sandbox of Instagram Login" }
        div.card {
            h1 { "Allow " (app) " to access your professional account?" }
            form method="post" action=(visit.call.own_path) {
                input type="hidden" name="client_id" value=(visit.sandbox.config.instagram_app_id);
                input type="hidden" name="redirect_uri" value=(asked.redirect_uri);
                @if let Some(state) = &asked.state {
                    input type="hidden" name="state" value=(state);
                }
                input type="hidden" name="response_type" value="code";
                input type="hidden" name="scope_asked" value=(asked.permissions.join(","));
                fieldset {
                    legend { "Log in as" }
                    @for (index, account) in accounts.iter().enumerate() {
                        label.choice {
                            input type="radio" name="person" value=(account.id) checked[index == 0];
                            (account.name) " " span.soft { "@" (account.username) }
                        }
                    }
                }
                fieldset {
                    legend { (app) " asks to" }
                    @for permission in &asked.permissions {
                        label.choice {
                            @if permission == "instagram_business_basic" {
                                input type="checkbox" checked disabled;
                                input type="hidden" name="scope" value=(permission);
                            } @else {
                                input type="checkbox" name="scope" value=(permission) checked;
                            }
                            (in_words(permission)) " " span.soft { "(" (permission) ")" }
                        }
                    }
                }
                div.actions {
                    button.main type="submit" name="decision" value="continue" { "Allow" }
                    button type="submit" name="decision" value="cancel" { "Cancel" }
                }
            }
        }
        p.soft { "Nobody real is behind these names, and nothing leaves this machine." }
    };
    Answer::html(200, style::page("Log in with Instagram (sandbox)", "dialog", &body).into_string())
}

fn decide(visit: &mut Visit<'_>, asked: &Asked) -> Answer {
    let params = visit.call.params.clone();
    if params.get("decision") != Some("continue") {
        return back(
            &asked.redirect_uri,
            &[
                ("error", "access_denied"),
                ("error_reason", "user_denied"),
                ("error_description", "The user denied your request."),
            ],
            asked.state.as_deref(),
            "#_",
        );
    }
    let account = params
        .filled("person")
        .or_else(|| params.filled("account"))
        .and_then(|id| id.parse().ok())
        .and_then(|id| visit.world().account_by_any_id(id));
    let Some(account) = account else {
        return refused("Invalid Request", "Choose an account: the field person is missing or names none.");
    };
    let scopes = ticked(&params);
    let unapproved = visit.inner.state.settings.unapproved_permissions.clone();
    let granted: Vec<String> = asked
        .permissions
        .iter()
        .filter(|name| {
            *name == "instagram_business_basic" || scopes.as_ref().is_none_or(|ticked| ticked.contains(name))
        })
        .filter(|name| !unapproved.contains(name))
        .cloned()
        .collect();
    let now = visit.now.timestamp();
    let state = visit.state();
    state.consent(Subject::Account(account.id), &asked.permissions, &granted, None, now);
    let code = state.issue_code(CodeSubject::Account(account.id), &asked.redirect_uri, None, now);
    back(&asked.redirect_uri, &[("code", &code)], asked.state.as_deref(), "#_")
}
