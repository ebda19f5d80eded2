//! What each of Meta's codes means for the caller: one table, read from the top, first match wins.
//!
//! Sources: `/docs/graph-api/guides/error-handling`,
//! `/docs/instagram-platform/reference/error-codes` (subcodes of 190) and
//! `/docs/graph-api/overview/rate-limiting`. Texts of messages are never looked at: Meta words them
//! anew from version to version and translates them.
//!
//! Whatever is not in the table is worth another try and changes nobody's state.

use std::ops::RangeInclusive;

use crate::call::{Host, Purpose};
use crate::error::{Cause, ErrorKind, MessageFault, OperatorFault, ThrottleScope};

/// How the body of an answer looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `{"error":{"code":…}}`.
    Envelope,
    /// `{"error_type":…,"code":…}`.
    Flat,
    /// JSON without an error that we know.
    Unknown,
    /// HTML, nothing, or cut off.
    Unreadable,
}

/// Everything that the meaning of a failure depends on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signal {
    pub(crate) host: Host,
    pub(crate) purpose: Purpose,
    pub(crate) status: u16,
    pub(crate) shape: Shape,
    pub(crate) code: Option<i64>,
    pub(crate) subcode: Option<i64>,
    pub(crate) is_transient: bool,
    /// Whether the error's type is `GraphMethodException`.
    pub(crate) is_graph_method: bool,
}

/// Which answers a row is about. The more a row narrows, the higher it stands.
struct Row {
    codes: RangeInclusive<i64>,
    subcodes: Subcodes,
    /// Empty: whatever the call was for.
    purposes: &'static [Purpose],
    narrow: Narrow,
    kind: ErrorKind,
}

enum Subcodes {
    Any,
    Absent,
    OneOf(&'static [i64]),
}

enum Narrow {
    No,
    Status(u16),
    /// Type `GraphMethodException` on the Facebook host.
    FacebookGraphMethod,
}

use Subcodes::{Absent, Any, OneOf};

/// A row that holds wherever the call went.
const fn row(code: i64, subcodes: Subcodes, kind: ErrorKind) -> Row {
    range(code, code, subcodes, kind)
}

const fn range(from: i64, to: i64, subcodes: Subcodes, kind: ErrorKind) -> Row {
    Row { codes: from..=to, subcodes, purposes: &[], narrow: Narrow::No, kind }
}

/// A row for some purposes only.
const fn row_at(
    code: i64,
    subcodes: Subcodes,
    purposes: &'static [Purpose],
    narrow: Narrow,
    kind: ErrorKind,
) -> Row {
    Row { codes: code..=code, subcodes, purposes, narrow, kind }
}

const fn refused(fault: MessageFault) -> ErrorKind {
    ErrorKind::MessageRefused(fault)
}

const fn throttled(scope: ThrottleScope) -> ErrorKind {
    ErrorKind::Throttled { scope, until: None }
}

const CODE_EXCHANGE: &[Purpose] = &[Purpose::CodeExchange];
const WITH_SECRET: &[Purpose] = &[Purpose::CodeExchange, Purpose::SecretExchange, Purpose::DebugToken];
/// Calls whose path names no object, so that none can be missing.
const WITHOUT_OBJECT: &[Purpose] = &[Purpose::User, Purpose::Batch];
const OF_OBJECTS: &[Purpose] = &[
    Purpose::Page,
    Purpose::Account,
    Purpose::Insights,
    Purpose::Media,
    Purpose::MediaInsights,
    Purpose::Conversation,
    Purpose::Send,
];
const ACCOUNT_CALLS: &[Purpose] =
    &[Purpose::Account, Purpose::Insights, Purpose::Media, Purpose::MediaInsights, Purpose::Batch];
const INSIGHTS: &[Purpose] = &[Purpose::Insights, Purpose::MediaInsights];
const MEDIA_INSIGHTS: &[Purpose] = &[Purpose::MediaInsights];
const MESSAGING: &[Purpose] = &[Purpose::Conversation, Purpose::Send];
const SEND: &[Purpose] = &[Purpose::Send];
const DEBUG_TOKEN: &[Purpose] = &[Purpose::DebugToken];

/// Limits and blocks. They hold even where Meta calls the error transient, which it does for its
/// call limits: going on at once lengthens the pause.
static PAUSES: &[Row] = &[
    // The app's own limit; /2207051 suspects spam.
    row(4, Any, throttled(ThrottleScope::App)),
    row(341, Any, throttled(ThrottleScope::App)),
    row(17, Any, throttled(ThrottleScope::User)),
    row(32, Any, throttled(ThrottleScope::Page)),
    // Custom limits; /2534040 is the speed of messages.
    row(613, OneOf(&[2_534_040]), throttled(ThrottleScope::Messaging)),
    row_at(613, Any, MESSAGING, Narrow::No, throttled(ThrottleScope::Messaging)),
    row_at(613, Any, ACCOUNT_CALLS, Narrow::No, throttled(ThrottleScope::Account)),
    row(613, Any, throttled(ThrottleScope::User)),
    // Business-use-case limits, one code per kind of object.
    row(80_001, Any, throttled(ThrottleScope::Page)),
    row(80_002, Any, throttled(ThrottleScope::Account)),
    row(80_006, Any, throttled(ThrottleScope::Messaging)),
    range(80_000, 80_014, Any, throttled(ThrottleScope::Account)),
    row(368, Any, ErrorKind::Blocked),
];

/// Everything else, once it is known to be neither a pause nor called transient.
static REFUSALS: &[Row] = &[
    // Messages: `/docs/messenger-platform/error-codes`.
    row_at(10, OneOf(&[2_534_022]), SEND, Narrow::No, refused(MessageFault::OutsideWindow)),
    row_at(10, OneOf(&[1_893_063]), SEND, Narrow::No, refused(MessageFault::RecipientUnavailable)),
    row_at(100, OneOf(&[2_534_014]), SEND, Narrow::No, refused(MessageFault::NoRecipient)),
    row_at(200, OneOf(&[2_534_041]), SEND, Narrow::No, refused(MessageFault::AppsNotAllowed)),
    row_at(551, Any, SEND, Narrow::No, refused(MessageFault::RecipientUnavailable)),
    // A wrong app secret is a bare code 1, otherwise "unknown error", which comes with a 5xx.
    row_at(1, Absent, WITH_SECRET, Narrow::Status(400), ErrorKind::Operator(OperatorFault::AppSecret)),
    range(1, 2, Any, ErrorKind::Transient),
    row(101, Any, ErrorKind::Operator(OperatorFault::AppId)),
    // No token was sent with the code, so without a subcode it is the app that is refused.
    row_at(190, Absent, CODE_EXCHANGE, Narrow::No, ErrorKind::Operator(OperatorFault::AppDisabled)),
    // The calling token of `debug_token` is made of our app id and secret.
    row_at(190, Any, DEBUG_TOKEN, Narrow::No, ErrorKind::Operator(OperatorFault::AppSecret)),
    row_at(102, Any, DEBUG_TOKEN, Narrow::No, ErrorKind::Operator(OperatorFault::AppSecret)),
    // Tokens: `/docs/instagram-platform/reference/error-codes`. 102 is the older code.
    row(190, OneOf(&[463]), ErrorKind::Reauthorise(Cause::Expired)),
    row(190, OneOf(&[458, 461, 466]), ErrorKind::Reauthorise(Cause::AppRemoved)),
    row(190, OneOf(&[460]), ErrorKind::Reauthorise(Cause::PasswordChanged)),
    row(190, OneOf(&[459]), ErrorKind::Reauthorise(Cause::Checkpoint)),
    row(190, OneOf(&[464]), ErrorKind::Reauthorise(Cause::Unconfirmed)),
    row(190, OneOf(&[492]), ErrorKind::Reauthorise(Cause::PageRoleLost)),
    row(190, Any, ErrorKind::Reauthorise(Cause::InvalidSession)),
    row(102, OneOf(&[463]), ErrorKind::Reauthorise(Cause::Expired)),
    row(102, OneOf(&[458, 461, 466]), ErrorKind::Reauthorise(Cause::AppRemoved)),
    row(102, OneOf(&[460]), ErrorKind::Reauthorise(Cause::PasswordChanged)),
    row(102, OneOf(&[459]), ErrorKind::Reauthorise(Cause::Checkpoint)),
    row(102, OneOf(&[464]), ErrorKind::Reauthorise(Cause::Unconfirmed)),
    row(102, OneOf(&[492]), ErrorKind::Reauthorise(Cause::PageRoleLost)),
    row(102, Any, ErrorKind::Reauthorise(Cause::InvalidSession)),
    // Media: older than the professional account (2108006), not posted on Facebook as well (2207086).
    row_at(100, OneOf(&[2_108_006]), MEDIA_INSIGHTS, Narrow::No, ErrorKind::WithoutInsights),
    row_at(100, OneOf(&[2_207_086]), MEDIA_INSIGHTS, Narrow::No, ErrorKind::NotOnFacebook),
    // Objects: missing or hidden (33), older than the professional account (2108006), unknown
    // Instagram user (110), unknown alias (803).
    row(100, OneOf(&[33, 2_108_006]), ErrorKind::Gone),
    row(110, Any, ErrorKind::Gone),
    row(803, Any, ErrorKind::Gone),
    // A wrong or missing proof: `/docs/graph-api/guides/secure-requests`. It has no subcode; nor has a
    // missing object in some answers, so that only a call without an object tells them apart.
    row_at(
        100,
        Absent,
        WITHOUT_OBJECT,
        Narrow::FacebookGraphMethod,
        ErrorKind::Operator(OperatorFault::Proof),
    ),
    row_at(100, Absent, OF_OBJECTS, Narrow::FacebookGraphMethod, ErrorKind::Gone),
    // Insights: unknown metric, missing `metric_type`, span too long, wrong product all look alike.
    row_at(100, Any, INSIGHTS, Narrow::No, ErrorKind::UnsupportedMetric),
    row(100, Any, ErrorKind::BadRequest),
    // A story with fewer than five viewers.
    row_at(10, Any, MEDIA_INSIGHTS, Narrow::No, ErrorKind::NotEnoughViewers),
    // App capability, permission, permission or role.
    row(3, Any, ErrorKind::Permission),
    row(10, Any, ErrorKind::Permission),
    range(200, 299, Any, ErrorKind::Permission),
    // Missing signature, malformed query, retired version.
    row(104, Any, ErrorKind::BadRequest),
    row(2_500, Any, ErrorKind::BadRequest),
    row(2_635, Any, ErrorKind::BadRequest),
];

/// What the caller must do about `signal`.
pub(crate) fn classify(signal: &Signal) -> ErrorKind {
    if let Some(kind) = look_up(PAUSES, signal) {
        return kind;
    }
    if signal.status == 429 || (signal.shape == Shape::Flat && signal.code == Some(429)) {
        return throttled(if ACCOUNT_CALLS.contains(&signal.purpose) {
            ThrottleScope::Account
        } else if MESSAGING.contains(&signal.purpose) {
            ThrottleScope::Messaging
        } else {
            ThrottleScope::User
        });
    }
    // A server in trouble says all sorts of things; it never ends a connection.
    let kind = if signal.is_transient || signal.status >= 500 {
        ErrorKind::Transient
    } else {
        look_up(REFUSALS, signal).unwrap_or(ErrorKind::Transient)
    };
    if signal.purpose == Purpose::CodeExchange {
        return of_code_exchange(signal, kind);
    }
    undecided(signal.purpose, kind)
}

/// A code works once, so that whatever its refusal says (used is 36009, expired 36007, another
/// redirect address 36008; the Instagram hosts answer in the flat shape with code 400) only a new
/// one helps, unless it was our own set-up that was refused or a server in trouble that answered.
fn of_code_exchange(signal: &Signal, kind: ErrorKind) -> ErrorKind {
    let refused = signal.status < 500 && !signal.is_transient;
    let unknown =
        kind == ErrorKind::Transient && signal.shape == Shape::Flat && !matches!(signal.code, Some(1 | 2));
    match kind {
        ErrorKind::Operator(_) | ErrorKind::Throttled { .. } | ErrorKind::Blocked => kind,
        ErrorKind::Transient if !(refused && unknown) => kind,
        _ => ErrorKind::CodeRefused,
    }
}

/// What is worth another try for a question is not for an act that may have happened
/// (1/1357046 says as much, and so does no answer at all).
pub(crate) fn undecided(purpose: Purpose, kind: ErrorKind) -> ErrorKind {
    if purpose == Purpose::Send && kind == ErrorKind::Transient { ErrorKind::Unclear } else { kind }
}

fn look_up(table: &[Row], signal: &Signal) -> Option<ErrorKind> {
    let code = signal.code?;
    table
        .iter()
        .find(|row| {
            row.codes.contains(&code)
                && (row.purposes.is_empty() || row.purposes.contains(&signal.purpose))
                && match row.subcodes {
                    Any => true,
                    Absent => signal.subcode.is_none(),
                    OneOf(subcodes) => signal.subcode.is_some_and(|subcode| subcodes.contains(&subcode)),
                }
                && match row.narrow {
                    Narrow::No => true,
                    Narrow::Status(status) => signal.status == status,
                    Narrow::FacebookGraphMethod => {
                        signal.is_graph_method && signal.host == Host::FacebookGraph
                    }
                }
        })
        .map(|row| row.kind)
}

#[cfg(test)]
mod tests;
