//! The choice of accounts of a client who comes back from Meta with a connect link. It belongs to the
//! browser in which it began; nothing is connected before its form is sent.

use axum::extract::{Path, RawForm, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use connections::candidates::{Candidate, CandidateState};
use connections::clients::ClientChoice;
use connections::connect::ChooseError;
use incidents::link::Unusable;
use maud::{Markup, html};
use platform::Secret;
use subtle::ConstantTimeEq as _;

use super::connect_accounts::{button, ending, unusable};
use super::link::{host, permission, unknown};
use super::page;
use crate::cookies;
use crate::problem::Problem;
use crate::state::AppState;

/// What was sent with the form.
#[derive(Default)]
struct Sent {
    form_token: String,
    /// Meta's ids of the ticked accounts.
    ticked: Vec<String>,
    /// Whether the button for all accounts was pressed.
    all: bool,
    contact: String,
}

impl Sent {
    fn read(form: &[u8]) -> Self {
        let mut sent = Self::default();
        for (name, value) in url::form_urlencoded::parse(form) {
            match &*name {
                "form" => sent.form_token = value.into_owned(),
                "account" => sent.ticked.push(value.into_owned()),
                "contact" => sent.contact = value.into_owned(),
                "all" => sent.all = true,
                _ => {}
            }
        }
        sent
    }
}

/// Shows what can be chosen, or, once that is done, what was.
pub(crate) async fn show(
    State(state): State<AppState>,
    Path(token): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    Ok(match find(&state, &token, &headers).await? {
        Ok(client) if client.chosen.is_some() => done(&client, &token),
        Ok(client) => page(StatusCode::OK, TITLE, &chooser(&client, &token, &Sent::default(), None)),
        Err(refusal) => refusal,
    })
}

/// Connects what was chosen.
pub(crate) async fn choose(
    State(state): State<AppState>,
    Path(token): Path<String>,
    headers: HeaderMap,
    RawForm(form): RawForm,
) -> Result<Response, Problem> {
    let client = match find(&state, &token, &headers).await? {
        Ok(client) => client,
        Err(refusal) => return Ok(refusal),
    };
    let sent = Sent::read(&form);
    if !bool::from(sent.form_token.as_bytes().ct_eq(client.form_token.expose().as_bytes())) {
        let text = html! { p { "For your safety nothing was connected. Please go back and try again." } };
        return Ok(page(StatusCode::FORBIDDEN, "This form came from elsewhere", &text));
    }
    let chosen = if sent.all { selectable(&client).filter_map(id_of).collect() } else { sent.ticked.clone() };
    let result =
        state.services.connections.choose_as_client(client.clone(), &chosen, Some(&sent.contact)).await;
    let problem = match result {
        Ok(_) => return Ok(Redirect::to(&format!("/connect-accounts/{token}/choose")).into_response()),
        // Whoever presses twice, even at once, is told what the first time did.
        Err(ChooseError::Over | ChooseError::Forbidden) => {
            return Ok(match find(&state, &token, &headers).await? {
                Ok(client) if client.chosen.is_some() => done(&client, &token),
                _ => over(&token),
            });
        }
        Err(ChooseError::Database(error)) => return Err(error.into()),
        Err(ChooseError::Nothing) => "Please tick at least one account.".to_owned(),
        Err(ChooseError::BadContact) => "This is not an e-mail address that we can write to.".to_owned(),
        Err(ChooseError::NotOffered(ids)) => not_offered(&client, &ids),
        Err(ChooseError::Meta(error)) => {
            tracing::warn!(%error, "a client's accounts could not be added");
            "Meta did not answer as needed. Please try again in a few minutes.".to_owned()
        }
    };
    let content = chooser(&client, &token, &sent, Some(&problem));
    Ok(page(StatusCode::UNPROCESSABLE_ENTITY, TITLE, &content))
}

const TITLE: &str = "Choose what to connect";

/// The choice of this browser, or what to answer when there is none.
async fn find(
    state: &AppState,
    token: &str,
    headers: &HeaderMap,
) -> Result<Result<ClientChoice, Response>, Problem> {
    let connections = &state.services.connections;
    let secret = Secret::new(token);
    let Some(invitation) = connections.invitation(&secret).await? else { return Ok(Err(unknown())) };
    if invitation.usable == Err(Unusable::Revoked) {
        return Ok(Err(unusable(Unusable::Revoked, Some(&invitation))));
    }
    let cookie = cookies::choice(headers);
    let choice = connections.client_choice(&secret, cookie.as_ref()).await?;
    Ok(choice.ok_or_else(|| over(token)))
}

fn over(token: &str) -> Response {
    let text = html! {
        p { "It took too long, began in another browser, or another one began after it. "
            "Nothing was connected by it." }
        p { a href={ "/connect-accounts/" (token) } { "Begin again" } }
    };
    page(StatusCode::GONE, "This choice is over", &text)
}

fn chooser(client: &ClientChoice, token: &str, sent: &Sent, problem: Option<&str>) -> Markup {
    let count = selectable(client).count();
    let others: Vec<_> =
        client.choice.candidates.iter().filter(|one| one.state != CandidateState::Selectable).collect();
    let grant = &client.choice.grant;
    let agency = &client.invitation.workspace_name;
    html! {
        p { strong { (grant.meta_user_name) } " agreed at " (host(grant.provider)) ". Nothing is connected yet: "
            strong { (agency) } " gets the accounts that you choose here, and no others." }
        (missing(client, token))
        @if let Some(problem) = problem { p class="warning" role="alert" id="problem" { (problem) } }
        @if count == 0 {
            p { strong { "This login holds no account that can be connected." } }
            (button(token, grant.provider))
        } @else {
            form class="form" method="post" action={ "/connect-accounts/" (token) "/choose" } {
                input type="hidden" name="form" value=(client.form_token.expose());
                fieldset class="choices" aria-describedby=[problem.map(|_| "problem")] {
                    legend { "Accounts to choose from" }
                    @for candidate in selectable(client) {
                        @let id = candidate.instagram_id.as_deref().unwrap_or_default();
                        label class="choice" {
                            input type="checkbox" name="account" value=(id)
                                checked[sent.ticked.iter().any(|ticked| ticked == id)];
                            (name(candidate))
                        }
                    }
                }
                (contact(client, sent))
                button class="button" type="submit" { @if count == 1 { "Connect it" } @else { "Connect the ticked accounts" } }
                @if count > 1 {
                    button class="button button-plain" type="submit" name="all" value="yes" { "Connect all " (count) " accounts" }
                }
            }
        }
        @if !others.is_empty() {
            section {
                h2 { "Cannot be connected" }
                ul class="choices" {
                    @for candidate in others { li class="choice choice-off" { (name(candidate)) (reason(candidate, agency)) } }
                }
            }
        }
        p { a href={ "/connect-accounts/" (token) } { "Connect nothing and go back" } }
    }
}

/// What was asked for, is not strictly needed, and was not granted.
fn missing(client: &ClientChoice, token: &str) -> Markup {
    let scopes: Vec<String> =
        serde_json::from_value(client.choice.session.missing_scopes.clone()).unwrap_or_default();
    html! {
        @if !scopes.is_empty() {
            div class="warning" {
                p { "Not everything was allowed, so some accounts may not be found:" }
                ul { @for (words, why) in scopes.iter().filter_map(|scope| permission(scope)) { li { (words) ", " (why) } } }
                p { a href={ "/connect-accounts/" (token) } { "Begin again and leave all boxes ticked" } }
            }
        }
    }
}

fn contact(client: &ClientChoice, sent: &Sent) -> Markup {
    html! {
        @match client.invitation.contact() {
            Some(address) => p class="muted" {
                "If a connection ever breaks, a mail with a link to repair it goes to " (address) "."
            },
            None => div class="field" {
                label for="contact" { "Your e-mail address (optional)" }
                input class="input" id="contact" name="contact" type="email" autocomplete="email"
                    aria-describedby="contact-hint" value=(sent.contact);
                p class="muted" id="contact-hint" {
                    "If a connection ever breaks, a mail with a link to repair it goes here, and nothing else."
                }
            },
        }
    }
}

fn name(candidate: &Candidate) -> Markup {
    let title = match (&candidate.username, &candidate.page_name) {
        (Some(username), _) => format!("@{username}"),
        (None, Some(page)) => page.clone(),
        (None, None) => "A Page without a name".to_owned(),
    };
    let page = candidate.page_name.as_ref().filter(|_| candidate.username.is_some());
    // Most Pages are called as their accounts are.
    let own = candidate.name.clone().filter(|name| Some(name) != page);
    let details = own.into_iter().chain(page.map(|page| format!("Page {page}")));
    let details = details.collect::<Vec<_>>().join(" · ");
    html! {
        span class="choice-name" {
            strong class="handle" { (title) }
            @if !details.is_empty() { span class="muted" { (details) } }
        }
    }
}

/// Why something cannot be chosen, and what helps.
fn reason(candidate: &Candidate, agency: &str) -> Markup {
    html! {
        span {
            @match candidate.state {
                CandidateState::Selectable => {}
                CandidateState::AlreadyConnected => { "Is connected with " (agency) " already." }
                CandidateState::NoProfessionalAccount => {
                    "This Page has no professional Instagram account. Link one to it, or switch yours to a "
                    "business or creator account in the Instagram app, and begin again."
                }
                CandidateState::RoleMissing => {
                    "Your role on its Page is not enough. Ask somebody with full control of the Page for "
                    "access that includes insights, and begin again."
                }
            }
        }
    }
}

fn not_offered(client: &ClientChoice, ids: &[String]) -> String {
    let handles: Vec<_> = client
        .choice
        .candidates
        .iter()
        .filter(|one| one.instagram_id.as_ref().is_some_and(|id| ids.contains(id)))
        .filter_map(|one| one.username.as_ref().map(|username| format!("@{username}")))
        .collect();
    let which = if handles.is_empty() { "One of these".to_owned() } else { handles.join(", ") };
    format!(
        "{which} cannot be connected with this login any more. Nothing was connected; please choose without."
    )
}

fn done(client: &ClientChoice, token: &str) -> Response {
    let chosen = client.chosen.as_deref().unwrap_or_default();
    let is_chosen = |one: &&Candidate| one.instagram_id.as_ref().is_some_and(|id| chosen.contains(id));
    let accounts: Vec<_> = client.choice.candidates.iter().filter(is_chosen).collect();
    let agency = &client.invitation.workspace_name;
    let text = html! {
        p { @if accounts.len() == 1 { "This account is " } @else { "These " (accounts.len()) " accounts are " }
            "connected with " strong { (agency) } " now. Their numbers are being collected from this moment on." }
        ul class="choices" { @for account in &accounts { li class="choice" { (name(account)) } } }
        p { "There is nothing left to do; you can close this page." }
        (ending(agency))
        @if client.invitation.usable.is_ok() {
            p { a href={ "/connect-accounts/" (token) } { "Connect accounts of another login" } }
        }
    };
    page(StatusCode::OK, "Thank you", &text)
}

fn selectable(client: &ClientChoice) -> impl Iterator<Item = &Candidate> {
    client.choice.candidates.iter().filter(|candidate| candidate.state == CandidateState::Selectable)
}

fn id_of(candidate: &Candidate) -> Option<String> {
    candidate.instagram_id.clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_can_tick_hundreds_of_accounts() {
        let ids: Vec<_> = (0..900).map(|n| format!("17841400000{n:06}")).collect();
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("form", "token").append_pair("contact", "a+b@client.example");
        form.extend_pairs(ids.iter().map(|id| ("account", id)));
        let form = form.finish();
        assert!(form.len() < crate::router::MAX_BODY / 4, "{} bytes", form.len());
        let sent = Sent::read(form.as_bytes());
        assert_eq!((sent.ticked, sent.all), (ids, false));
        assert_eq!((sent.form_token.as_str(), sent.contact.as_str()), ("token", "a+b@client.example"));
        assert!(Sent::read(b"all=yes&account=1&account=\xff%00&=&&").all);
    }
}
