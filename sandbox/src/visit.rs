//! What a handler of a Meta host works with: the request, the world, the state, and who is calling.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use crate::{
    call::Call,
    error::GraphError,
    fields::{self, Field},
    grants::Grant,
    limits,
    people::{Account, Page, Person, World},
    proof,
    settings::DataAccessLapsed,
    state::{Inner, Sandbox, State},
    tokens::{Bearer, Subject, Token},
    versions::Version,
};

/// One request being answered.
#[derive(Debug)]
pub(crate) struct Visit<'a> {
    pub(crate) sandbox: &'a Sandbox,
    pub(crate) inner: &'a mut Inner,
    pub(crate) call: &'a Call,
    pub(crate) now: DateTime<Utc>,
    pub(crate) version: Version,
    /// Path without the version.
    pub(crate) rest: Vec<String>,
    /// Usage headers gathered on the way.
    pub(crate) headers: Vec<(String, String)>,
}

/// Who is calling graph.facebook.com.
#[derive(Clone, Debug)]
pub(crate) enum Caller {
    App,
    User(Token, Person),
    Page(Token, Person, Page),
}

impl Visit<'_> {
    pub(crate) fn world(&self) -> &World {
        &self.sandbox.world
    }

    pub(crate) fn state(&mut self) -> &mut State {
        &mut self.inner.state
    }

    pub(crate) fn app_id(&self) -> &str {
        &self.sandbox.config.facebook_app_id
    }

    /// Base of links to this host with the version asked for.
    pub(crate) fn link(&self, path: &str) -> String {
        format!("{}/{}/{}{path}", self.sandbox.public_url, self.call.host.name(), self.version)
    }

    /// The `fields` parameter, or the node's default ones.
    pub(crate) fn fields(&self, defaults: &[&str]) -> Result<Vec<Field>, GraphError> {
        match self.call.params.filled("fields") {
            Some(text) => fields::parse(text),
            None => Ok(fields::plain(defaults)),
        }
    }

    pub(crate) fn missing(&self, id: impl ToString) -> GraphError {
        GraphError::missing(&id.to_string(), &self.call.method)
    }

    /// Checks the token of a call to graph.facebook.com and counts the call.
    pub(crate) fn caller(&mut self) -> Result<Caller, GraphError> {
        let nobody = || {
            if self.rest.first().is_some_and(|first| first == "me") {
                GraphError::nobody()
            } else {
                GraphError::no_token()
            }
        };
        let text = self.call.token().ok_or_else(nobody)?.to_owned();
        if text.contains('|') {
            self.check_app_token(&text)?;
            self.check_proof(&text, &self.sandbox.config.facebook_app_secret, false)?;
            return Ok(Caller::App);
        }
        let token =
            self.inner.state.tokens.get(text.as_str()).cloned().ok_or_else(GraphError::unparsable_token)?;
        let (Bearer::Person(person) | Bearer::Page { person, .. }) = token.bearer else {
            return Err(GraphError::unparsable_token());
        };
        self.check_proof(
            &text,
            &self.sandbox.config.facebook_app_secret,
            self.inner.state.settings.require_appsecret_proof,
        )?;
        if let Some(death) = self.inner.state.death(self.world(), &token, self.now, self.app_id()) {
            return Err(death.error());
        }
        let person = self.world().person(person).ok_or_else(GraphError::unparsable_token)?;
        if limits::throttled(&self.inner.state, &format!("person:{}", person.id), self.now).is_some() {
            // Counts, and tells the usage, like any other call.
            self.spend_app()?;
            return Err(GraphError::new(400, 17, "(#17) User request limit reached").transient());
        }
        match token.bearer {
            Bearer::Page { page, .. } => {
                if limits::throttled(&self.inner.state, &format!("page:{page}"), self.now).is_some() {
                    self.spend_page(page)?;
                    return Err(GraphError::new(400, 32, "(#32) Page request limit reached").transient());
                }
                let page = self.world().page(page).ok_or_else(GraphError::unparsable_token)?;
                Ok(Caller::Page(token, person, page))
            }
            _ => Ok(Caller::User(token, person)),
        }
    }

    /// Checks the token of a call to graph.instagram.com.
    pub(crate) fn instagram_caller(&mut self) -> Result<(Token, Account), GraphError> {
        let text = self.call.token().ok_or_else(GraphError::no_token)?.to_owned();
        let token =
            self.inner.state.tokens.get(text.as_str()).cloned().ok_or_else(GraphError::unparsable_token)?;
        let Bearer::Account(account) = token.bearer else { return Err(GraphError::unparsable_token()) };
        self.check_proof(&text, &self.sandbox.config.instagram_app_secret, false)?;
        self.instagram_alive(&token)?;
        let account = self.world().account(account).ok_or_else(GraphError::unparsable_token)?;
        Ok((token, account))
    }

    /// graph.instagram.com usually states no subcode beside code 190.
    pub(crate) fn instagram_alive(&self, token: &Token) -> Result<(), GraphError> {
        let app = &self.sandbox.config.instagram_app_id;
        match self.inner.state.death(self.world(), token, self.now, app) {
            None => Ok(()),
            Some(death) if death.by_hand || self.inner.state.settings.ig_subcodes => Err(death.error()),
            Some(death) => Err(death.error().subcode(None)),
        }
    }

    /// An app token is the id and the secret, or what `client_credentials` gave.
    pub(crate) fn check_app_token(&self, text: &str) -> Result<(), GraphError> {
        let config = &self.sandbox.config;
        let (id, rest) = text.split_once('|').unwrap_or((text, ""));
        if id != config.facebook_app_id {
            return Err(GraphError::new(400, 190, "Invalid OAuth access token - Cannot parse access token")
                .with_challenge());
        }
        if rest == config.facebook_app_secret || rest == app_token_tail(&config.facebook_app_secret) {
            return Ok(());
        }
        Err(GraphError::new(400, 190, "Invalid OAuth access token signature.").with_challenge())
    }

    /// `appsecret_proof` is checked when sent, and missed when required (page "Secure Graph API calls").
    fn check_proof(&self, token: &str, secret: &str, required: bool) -> Result<(), GraphError> {
        let wrong = |message: &str| GraphError::new(400, 100, message).kind("GraphMethodException");
        let Some(sent) = self.call.params.get("appsecret_proof") else {
            return if required {
                Err(wrong("API calls from the server require an appsecret_proof argument"))
            } else {
                Ok(())
            };
        };
        let right = match self.call.params.get("appsecret_time") {
            None => proof::appsecret_proof(secret, token),
            Some(time) => {
                let time: i64 =
                    time.parse().map_err(|_| wrong("Invalid appsecret_time provided in the API argument"))?;
                if (self.now.timestamp() - time).abs() > 300 {
                    return Err(wrong(
                        "Invalid appsecret_proof provided in the API argument: appsecret_time is too old",
                    ));
                }
                proof::timed_appsecret_proof(secret, token, time)
            }
        };
        if sent == right {
            Ok(())
        } else {
            Err(wrong("Invalid appsecret_proof provided in the API argument"))
        }
    }

    /// Counts a call against the app's platform limit.
    pub(crate) fn spend_app(&mut self) -> Result<(), GraphError> {
        let spent = self.inner.usage.spend_app(&mut self.inner.state, self.now);
        self.spent(spent)
    }

    /// Counts a call against an Instagram account's limit.
    pub(crate) fn spend_account(&mut self, account: &Account) -> Result<(), GraphError> {
        let views = crate::insights::truth::views_of_last_day(self.world().seed, account, self.now);
        let spent = self.inner.usage.spend_account(&mut self.inner.state, account.id, views, self.now);
        self.spent(spent)
    }

    /// Counts a call about a Page with that Page's token.
    pub(crate) fn spend_page(&mut self, page: u64) -> Result<(), GraphError> {
        let spent = self.inner.usage.spend_page(&mut self.inner.state, page, self.now);
        self.spent(spent)
    }

    /// Counts a call about the messages of an account.
    pub(crate) fn spend_messaging(&mut self, account: &Account) -> Result<(), GraphError> {
        let sending = self.call.method == "POST";
        let spent = self.inner.usage.spend_messaging(&mut self.inner.state, account.id, sending, self.now);
        self.spent(spent)
    }

    fn spent(&mut self, spent: limits::Spent) -> Result<(), GraphError> {
        for header in spent.headers {
            self.headers.retain(|(name, _)| *name != header.0);
            self.headers.push(header);
        }
        spent.refusal.map_or(Ok(()), Err)
    }

    pub(crate) fn grant(&self, person: &Person) -> Grant {
        self.inner.state.grant(Subject::Person(person.id))
    }

    /// Whether a person may see a Page through our app at all.
    pub(crate) fn sees(&self, person: &Person, grant: &Grant, page: u64) -> bool {
        grant.covers(page) && !self.inner.state.tasks(self.world(), person.id, page).is_empty()
    }

    /// The grant under which this token may read the account, or 100/33.
    pub(crate) fn readable_account(&self, caller: &Caller, account: &Account) -> Result<Grant, GraphError> {
        let (person, pages): (&Person, Vec<&Page>) = match caller {
            Caller::App => return Err(self.missing(account.id)),
            Caller::User(_, person) => (person, person.roles.iter().map(|role| &role.page).collect()),
            Caller::Page(_, person, page) => (person, vec![page]),
        };
        let grant = self.grant(person);
        let reachable = pages.iter().any(|page| {
            self.inner.state.linked_account(page) == Some(account.id) && self.sees(person, &grant, page.id)
        });
        if !reachable {
            return Err(self.missing(account.id));
        }
        self.require(&grant, "instagram_basic")?;
        Ok(grant)
    }

    /// A permission that the person must have granted.
    pub(crate) fn require(&self, grant: &Grant, permission: &str) -> Result<(), GraphError> {
        if grant.has(permission) { Ok(()) } else { Err(GraphError::permission(permission)) }
    }

    /// Whether the person's data access has lapsed, and what then (page "Auth vs. data access").
    /// `Ok(true)` means that reads come back empty.
    pub(crate) fn lapsed(&self, caller: &Caller) -> Result<bool, GraphError> {
        let (Caller::User(token, _) | Caller::Page(token, ..)) = caller else { return Ok(false) };
        let ends = self.inner.state.data_access_ends(token.bearer.subject());
        if ends.is_none_or(|ends| ends > self.now.timestamp()) {
            return Ok(false);
        }
        match self.inner.state.settings.data_access_lapsed {
            DataAccessLapsed::Ignore => Ok(false),
            DataAccessLapsed::Empty => Ok(true),
            DataAccessLapsed::Error10 => Err(GraphError::new(
                400,
                10,
                "(#10) Application does not have permission for this action: the user's data access has expired",
            )),
            DataAccessLapsed::Error200 => Err(GraphError::new(
                403,
                200,
                "(#200) The user has not granted the application access to this data, or data access has expired",
            )),
        }
    }
}

/// What stands after the bar in an app token from `client_credentials`.
pub(crate) fn app_token_tail(secret: &str) -> String {
    proof::appsecret_proof(secret, "client_credentials")[..27].to_owned()
}

/// Fills an object with the requested fields; a field without value is left out, the id is always there.
pub(crate) fn select(
    fields: &[Field],
    id: impl ToString,
    mut value: impl FnMut(&Field) -> Result<Option<Value>, GraphError>,
) -> Result<Value, GraphError> {
    let mut object = Map::new();
    for field in fields {
        let value = if field.name == "id" { Some(Value::String(id.to_string())) } else { value(field)? };
        if let Some(value) = value {
            object.insert(field.key().to_owned(), value);
        }
    }
    object.insert("id".into(), Value::String(id.to_string()));
    Ok(Value::Object(object))
}
