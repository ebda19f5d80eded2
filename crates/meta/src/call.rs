//! One request as a value. It holds secrets and therefore cannot be printed.

use std::borrow::Cow;

use platform::Secret;
use serde_json::Value;

use crate::error::Error;

/// Meta's hosts that we call ourselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    /// Everything of Facebook Login.
    FacebookGraph,
    /// The code exchange of Instagram Login.
    InstagramApi,
    /// Everything else of Instagram Login.
    InstagramGraph,
}

impl Host {
    /// Its public name, for logs.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::FacebookGraph => "graph.facebook.com",
            Self::InstagramApi => "api.instagram.com",
            Self::InstagramGraph => "graph.instagram.com",
        }
    }
}

/// What a call is for. The same code means different things at different places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A code into a token; carries the app secret, and no token.
    CodeExchange,
    /// A token into a longer-lived one; carries the app secret.
    SecretExchange,
    /// An Instagram token renewed; carries no secret.
    Refresh,
    /// Asking about a token; the calling token is our app's own.
    DebugToken,
    /// What Meta said about the token that was asked about.
    TokenState,
    /// Reading about the person whose token it is.
    User,
    /// Reading a Page, or the Pages of a business.
    Page,
    /// Reading an Instagram account.
    Account,
    /// Reading an Instagram account's insights.
    Insights,
    /// Reading media.
    Media,
    /// Reading the insights of one media.
    MediaInsights,
    /// Several calls in one; what holds for each of them is told by their own purpose.
    Batch,
    /// Reading conversations.
    Conversation,
    /// Sending a message. It must not happen twice.
    Send,
}

/// The HTTP method; only the forms that are needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Get,
    PostForm,
    PostJson,
    Delete,
}

/// Name and value of a query or form field.
pub(crate) type Field<'a> = (&'static str, Cow<'a, str>);

/// One request, before it is bound to an address.
pub(crate) struct Call<'a> {
    pub(crate) host: Host,
    pub(crate) purpose: Purpose,
    pub(crate) method: Method,
    /// Whether the version is put in front of the path. The token calls of graph.instagram.com and
    /// api.instagram.com are documented without one.
    pub(crate) versioned: bool,
    pub(crate) path: Vec<&'a str>,
    pub(crate) query: Vec<Field<'a>>,
    pub(crate) form: Vec<Field<'a>>,
    pub(crate) json: Value,
    pub(crate) bearer: Option<Cow<'a, str>>,
    /// The Instagram account the call is about, for the usage report.
    pub(crate) account: Option<&'a str>,
}

impl<'a> Call<'a> {
    fn new(method: Method, host: Host, purpose: Purpose, path: &[&'a str]) -> Self {
        Self {
            host,
            purpose,
            method,
            versioned: true,
            path: path.to_vec(),
            query: Vec::new(),
            form: Vec::new(),
            json: Value::Null,
            bearer: None,
            account: None,
        }
    }

    pub(crate) fn get(host: Host, purpose: Purpose, path: &[&'a str]) -> Self {
        Self::new(Method::Get, host, purpose, path)
    }

    pub(crate) fn post_form(host: Host, purpose: Purpose, path: &[&'a str]) -> Self {
        Self::new(Method::PostForm, host, purpose, path)
    }

    pub(crate) fn post_json(host: Host, purpose: Purpose, path: &[&'a str], json: Value) -> Self {
        Self { json, ..Self::new(Method::PostJson, host, purpose, path) }
    }

    pub(crate) fn delete(host: Host, purpose: Purpose, path: &[&'a str]) -> Self {
        Self::new(Method::Delete, host, purpose, path)
    }

    pub(crate) fn unversioned(self) -> Self {
        Self { versioned: false, ..self }
    }

    pub(crate) fn query(mut self, name: &'static str, value: impl Into<Cow<'a, str>>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    pub(crate) fn form(mut self, name: &'static str, value: impl Into<Cow<'a, str>>) -> Self {
        self.form.push((name, value.into()));
        self
    }

    pub(crate) fn bearer(self, token: &'a Secret) -> Self {
        Self { bearer: Some(Cow::Borrowed(token.expose())), ..self }
    }

    pub(crate) fn app_bearer(self, token: String) -> Self {
        Self { bearer: Some(Cow::Owned(token)), ..self }
    }

    pub(crate) fn about(self, account: &'a str) -> Self {
        Self { account: Some(account), ..self }
    }

    /// The path for logs; it holds ids, never a secret.
    pub(crate) fn path_for_logs(&self) -> String {
        self.path.join("/")
    }
}

/// `id`, if it can be one of Meta's.
///
/// # Errors
/// `BadRequest` where it cannot.
pub(crate) fn known_id(host: Host, id: &str) -> Result<&str, Error> {
    if is_id(id) { Ok(id) } else { Err(Error::not_an_id(host)) }
}

/// Whether `id` can be that of a conversation or a message: base64, in whichever of its alphabets.
/// As one segment of a path it is escaped, all but a segment of dots, which would lead elsewhere.
pub(crate) fn is_message_id(id: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"_-=:.+/$".contains(&byte);
    !matches!(id, "" | "." | "..") && id.len() <= 512 && id.bytes().all(is_part)
}

/// Whether `id` can be one of Meta's ids. Ids come from answers and from our database and end up in
/// a path, where a slash or a dot would lead elsewhere.
pub(crate) fn is_id(id: &str) -> bool {
    !id.is_empty() && id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
