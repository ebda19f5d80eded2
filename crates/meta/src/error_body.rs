//! Finding the error in a body. Four shapes are known; texts for people are not even read.

use serde_json::Value;

use crate::body;
use crate::call::{Host, Purpose};
use crate::error::Error;
use crate::error_table::{self, Shape, Signal};

/// The JSON of a successful answer, or the error that the answer is: an answer with status 200 may
/// hold one, and one with another status may hold nothing that can be read.
pub(crate) fn outcome(host: Host, purpose: Purpose, status: u16, bytes: &[u8]) -> Result<Value, Error> {
    let fault = match body::parse(bytes) {
        None => Fault::none(Shape::Unreadable),
        Some(body) => match Fault::find(&body) {
            Some(fault) => fault,
            None if (200..300).contains(&status) => return Ok(body),
            None => Fault::of_refusal(&body),
        },
    };
    Err(fault.into_error(host, purpose, status))
}

/// What a body says about a failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) shape: Shape,
    pub(crate) code: Option<i64>,
    pub(crate) subcode: Option<i64>,
    pub(crate) is_transient: bool,
    pub(crate) is_graph_method: bool,
    pub(crate) trace_id: Option<String>,
}

impl Fault {
    /// A body in which no error was found.
    pub(crate) fn none(shape: Shape) -> Self {
        Self { shape, code: None, subcode: None, is_transient: false, is_graph_method: false, trace_id: None }
    }

    /// The error in `body`, if it holds one, whatever the HTTP status was.
    pub(crate) fn find(body: &Value) -> Option<Self> {
        match body.get("error").filter(|error| says_something(error)) {
            // `/docs/graph-api/guides/error-handling`.
            Some(error @ Value::Object(_)) => Some(Self::of_envelope(error)),
            None => Self::flat(body),
            Some(_) => Some(Self::none(Shape::Unknown)),
        }
    }

    /// The error in the body of an answer that is a refusal by its status, where shapes count that
    /// would mean something else in a success.
    fn of_refusal(body: &Value) -> Self {
        match body.get("data").and_then(|data| data.get("error")).filter(|error| error.is_object()) {
            Some(error) => Self::of_envelope(error),
            None if body.get("code").is_some() => Self { shape: Shape::Flat, ..Self::of_envelope(body) },
            None => Self::none(Shape::Unknown),
        }
    }

    /// The inside of an `error` key; inside `debug_token` the subcode is called `subcode`.
    pub(crate) fn of_envelope(error: &Value) -> Self {
        Self {
            shape: Shape::Envelope,
            code: body::integer(error, "code"),
            subcode: body::integer(error, "error_subcode")
                .or_else(|| body::integer(error, "subcode"))
                // Zero stands for "none".
                .filter(|subcode| *subcode != 0),
            is_transient: body::truth(error, "is_transient").unwrap_or(false),
            is_graph_method: error.get("type").and_then(Value::as_str) == Some("GraphMethodException"),
            trace_id: body::text(error, "fbtrace_id").filter(|id| is_trace_id(id)),
        }
    }

    /// The flat shape of the Instagram hosts, `{"error_type":…,"code":…,"error_message":…}`, and that
    /// of a refused batch, `{"error_code":…,"error_description":…}`.
    fn flat(body: &Value) -> Option<Self> {
        let marks = ["error_type", "error_message", "error_code"];
        let marked = marks.iter().filter_map(|key| body.get(key)).any(says_something);
        (marked && body.get("access_token").is_none()).then(|| Self {
            // Where both are there, `code` repeats the HTTP status.
            code: body::integer(body, "error_code").or_else(|| body::integer(body, "code")),
            shape: Shape::Flat,
            ..Self::of_envelope(body)
        })
    }

    /// The error that a caller gets.
    pub(crate) fn into_error(self, host: Host, purpose: Purpose, status: u16) -> Error {
        let kind = error_table::classify(&Signal {
            host,
            purpose,
            status,
            shape: self.shape,
            code: self.code,
            subcode: self.subcode,
            is_transient: self.is_transient,
            is_graph_method: self.is_graph_method,
        });
        let what = match self.shape {
            Shape::Envelope | Shape::Flat => "Meta refused the call",
            Shape::Unknown => "the answer is not what Meta documents",
            Shape::Unreadable => "the answer is not JSON",
        };
        Error::new(kind, what).at(host).with_status(status).with_codes(self.code, self.subcode, self.trace_id)
    }
}

/// Whether a member that stands for an error is more than a place kept free.
fn says_something(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(elements) => !elements.is_empty(),
        Value::Object(members) => !members.is_empty(),
        Value::Number(_) | Value::Bool(true) => true,
    }
}

/// A trace id is a short word; anything else does not get into an error.
fn is_trace_id(text: &str) -> bool {
    text.len() <= 32
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+' | b'/'))
}
