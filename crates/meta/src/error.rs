//! Failures, by what the caller must do.

use std::fmt;

use chrono::{DateTime, Utc};

use crate::call::Host;

/// Why the person has to go through the dialog again
/// (`/docs/instagram-platform/reference/error-codes`, subcodes of code 190).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// The token has expired.
    Expired,
    /// The person removed the app, or took its permission back.
    AppRemoved,
    /// The person changed the password, which ends sessions.
    PasswordChanged,
    /// Meta wants the person to pass a security check on its own site; the token may heal by itself.
    Checkpoint,
    /// The person's account is not confirmed; the token may heal by itself.
    Unconfirmed,
    /// The person lost the role on the Page.
    PageRoleLost,
    /// The token is not usable, for a reason that Meta does not name.
    InvalidSession,
}

/// Whose calls have to pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ThrottleScope {
    /// Everything our app does.
    App,
    /// Calls with tokens of this person.
    User,
    /// Calls about this Page.
    Page,
    /// Calls about this Instagram account.
    Account,
    /// Messages of this account.
    Messaging,
}

/// What is wrong with our own set-up at Meta.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OperatorFault {
    /// The app secret is wrong.
    AppSecret,
    /// Meta does not know the app id.
    AppId,
    /// Meta refuses the app itself.
    AppDisabled,
    /// The proof that goes with a token was refused, so the secret does not belong to the app.
    Proof,
}

/// Why a message was not taken
/// (`/docs/messenger-platform/instagram/features/send-message`, error codes).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MessageFault {
    /// The person wrote too long ago: 24 hours, or seven days for an answer by a human agent.
    OutsideWindow,
    /// Nobody has this id for this account.
    NoRecipient,
    /// The person cannot be written to now.
    RecipientUnavailable,
    /// The account does not let apps write in its name.
    AppsNotAllowed,
}

/// What the caller must do about a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The token is refused: after confirmation, ask the person to connect again.
    Reauthorise(Cause),
    /// Pause the scope until the given time, or for a while when Meta named none.
    Throttled {
        /// Whose calls have to pause.
        scope: ThrottleScope,
        /// When calls are allowed again, if Meta said so.
        until: Option<DateTime<Utc>>,
    },
    /// Try again later; nothing was learned about token or account.
    Transient,
    /// A permission or a role is missing; asking again without it will not help.
    Permission,
    /// An insights query was refused as it stands: one of its metrics, a combination of them, or
    /// the span. Meta says which only in prose, so ask for the metrics one by one.
    UnsupportedMetric,
    /// The request was refused as it stands; do not repeat it unchanged.
    BadRequest,
    /// Meta does not give the figures of this media: too few people have seen it (five, for a
    /// story), or a permission is missing. One code stands for both, so it says nothing about the
    /// account.
    NotEnoughViewers,
    /// The media dates from before the account became professional: it has no figures, and never will.
    WithoutInsights,
    /// The media is not on Facebook, so that Meta has no figures of it there.
    NotOnFacebook,
    /// The object does not exist or may not be seen.
    Gone,
    /// The message was not sent and will not be.
    MessageRefused(MessageFault),
    /// It may have been done. Meta knows no idempotency key, so look before doing it again.
    Unclear,
    /// Meta has blocked the action for policy reasons: stop it for this account and tell the operator.
    Blocked,
    /// Our own set-up is at fault: stop, tell the operator, change nobody's state.
    Operator(OperatorFault),
    /// This installation has no app for that login.
    NotConfigured,
    /// The authorization code was refused: start the dialog again.
    CodeRefused,
}

impl ErrorKind {
    /// A short stable name, for log rows and metrics.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Reauthorise(Cause::Expired) => "expired",
            Self::Reauthorise(Cause::AppRemoved) => "app_removed",
            Self::Reauthorise(Cause::PasswordChanged) => "password_changed",
            Self::Reauthorise(Cause::Checkpoint) => "checkpoint",
            Self::Reauthorise(Cause::Unconfirmed) => "unconfirmed",
            Self::Reauthorise(Cause::PageRoleLost) => "page_role_lost",
            Self::Reauthorise(Cause::InvalidSession) => "invalid_session",
            Self::Throttled { .. } => "throttled",
            Self::Transient => "transient",
            Self::Permission => "permission",
            Self::UnsupportedMetric => "unsupported_metric",
            Self::BadRequest => "bad_request",
            Self::NotEnoughViewers => "not_enough_viewers",
            Self::WithoutInsights => "without_insights",
            Self::NotOnFacebook => "not_on_facebook",
            Self::Gone => "gone",
            Self::MessageRefused(MessageFault::OutsideWindow) => "message_outside_window",
            Self::MessageRefused(MessageFault::NoRecipient) => "message_no_recipient",
            Self::MessageRefused(MessageFault::RecipientUnavailable) => "message_recipient_unavailable",
            Self::MessageRefused(MessageFault::AppsNotAllowed) => "message_apps_not_allowed",
            Self::Unclear => "unclear",
            Self::Blocked => "blocked",
            Self::Operator(OperatorFault::AppSecret) => "operator_app_secret",
            Self::Operator(OperatorFault::AppId) => "operator_app_id",
            Self::Operator(OperatorFault::AppDisabled) => "operator_app_disabled",
            Self::Operator(OperatorFault::Proof) => "operator_proof",
            Self::NotConfigured => "not_configured",
            Self::CodeRefused => "code_refused",
        }
    }
}

/// What is said of an answer that is longer than we read.
pub(crate) const TOO_LONG: &str = "the answer is too long";

/// A failed call. It holds codes only: never a text of Meta's, an address or a token, so that it can
/// be logged, stored and shown without a second look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    /// What happened, in our words.
    what: &'static str,
    code: Option<i64>,
    subcode: Option<i64>,
    http_status: Option<u16>,
    trace_id: Option<String>,
    host: Option<Host>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, what: &'static str) -> Self {
        Self { kind, what, code: None, subcode: None, http_status: None, trace_id: None, host: None }
    }

    /// An answer that is not what Meta documents: worth another try, and never acted upon.
    pub(crate) fn malformed(host: Host, what: &'static str) -> Self {
        Self::new(ErrorKind::Transient, what).at(host)
    }

    /// Refused before Meta was asked.
    pub(crate) fn not_an_id(host: Host) -> Self {
        Self::new(ErrorKind::BadRequest, "not an id").at(host)
    }

    pub(crate) fn not_configured() -> Self {
        Self::new(ErrorKind::NotConfigured, "no app is configured for this login")
    }

    pub(crate) fn at(self, host: Host) -> Self {
        Self { host: Some(host), ..self }
    }

    pub(crate) fn with_status(self, status: u16) -> Self {
        Self { http_status: Some(status), ..self }
    }

    pub(crate) fn with_codes(
        self,
        code: Option<i64>,
        subcode: Option<i64>,
        trace_id: Option<String>,
    ) -> Self {
        Self { code, subcode, trace_id, ..self }
    }

    pub(crate) fn because(self, what: &'static str) -> Self {
        Self { what, ..self }
    }

    /// Whether a smaller question may be answered where this one was not: the answer was longer than
    /// we read, or Meta said code 1, which also stands for "reduce the amount of data"
    /// (`/docs/graph-api/guides/error-handling`).
    pub(crate) fn is_too_much(&self) -> bool {
        self.what == TOO_LONG || (self.code == Some(1) && self.kind == ErrorKind::Transient)
    }

    /// Says when a throttled scope may go on, where `regain` knows it.
    pub(crate) fn until(self, regain: impl FnOnce(ThrottleScope) -> Option<DateTime<Utc>>) -> Self {
        match self.kind {
            ErrorKind::Throttled { scope, .. } => {
                Self { kind: ErrorKind::Throttled { scope, until: regain(scope) }, ..self }
            }
            _ => self,
        }
    }

    /// What the caller must do.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Meta's error code.
    #[must_use]
    pub fn code(&self) -> Option<i64> {
        self.code
    }

    /// Meta's error subcode.
    #[must_use]
    pub fn subcode(&self) -> Option<i64> {
        self.subcode
    }

    /// The HTTP status, when an answer came at all.
    #[must_use]
    pub fn http_status(&self) -> Option<u16> {
        self.http_status
    }

    /// Meta's id of the failed call (`fbtrace_id`), which its support asks for.
    #[must_use]
    pub fn trace_id(&self) -> Option<&str> {
        self.trace_id.as_deref()
    }

    /// The public name of the host that was asked, also when an emulator stood in for it.
    #[must_use]
    pub fn host(&self) -> Option<&'static str> {
        self.host.map(Host::name)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.name(), self.what)?;
        let mut separator = " (";
        let mut part = |f: &mut fmt::Formatter<'_>, name: &str, value: &dyn fmt::Display| {
            let result = write!(f, "{separator}{name} {value}");
            separator = ", ";
            result
        };
        if let Some(host) = self.host {
            part(f, "host", &host.name())?;
        }
        if let Some(status) = self.http_status {
            part(f, "status", &status)?;
        }
        if let Some(code) = self.code {
            part(f, "code", &code)?;
        }
        if let Some(subcode) = self.subcode {
            part(f, "subcode", &subcode)?;
        }
        if separator == ", " { f.write_str(")") } else { Ok(()) }
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_is_one_line_of_codes() {
        let error = Error::new(ErrorKind::Reauthorise(Cause::Expired), "refused")
            .at(Host::FacebookGraph)
            .with_status(400)
            .with_codes(Some(190), Some(463), Some("AbC".to_owned()));
        assert_eq!(
            error.to_string(),
            "expired: refused (host graph.facebook.com, status 400, code 190, subcode 463)"
        );
        assert_eq!(
            Error::not_configured().to_string(),
            "not_configured: no app is configured for this login"
        );
        assert_eq!(error.trace_id(), Some("AbC"));
        assert_eq!(error.host(), Some("graph.facebook.com"));
    }
}
