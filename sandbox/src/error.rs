//! Meta's error envelope (Graph API guide "Handle errors").

use rand::Rng;
use serde_json::{Value, json};

use crate::call::Answer;

/// An error as the Graph hosts state it.
#[derive(Clone, Debug)]
pub(crate) struct GraphError {
    pub(crate) http: u16,
    pub(crate) message: String,
    pub(crate) kind: &'static str,
    pub(crate) code: i64,
    pub(crate) subcode: Option<i64>,
    pub(crate) transient: Option<bool>,
    /// OAuth failures carry `WWW-Authenticate`.
    pub(crate) challenge: bool,
}

impl GraphError {
    pub(crate) fn new(http: u16, code: i64, message: impl Into<String>) -> Self {
        Self {
            http,
            message: message.into(),
            kind: "OAuthException",
            code,
            subcode: None,
            transient: None,
            challenge: false,
        }
    }

    /// Code 100: a parameter Meta does not accept. Insights messages carry the number in front.
    pub(crate) fn parameter(message: impl AsRef<str>) -> Self {
        Self::new(400, 100, format!("(#100) {}", message.as_ref()))
    }

    /// 100/33: the object does not exist, or may not be seen.
    pub(crate) fn missing(id: &str, method: &str) -> Self {
        Self {
            kind: "GraphMethodException",
            subcode: Some(33),
            ..Self::new(
                400,
                100,
                format!(
                    "Unsupported {} request. Object with ID '{id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation. Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api",
                    method.to_lowercase()
                ),
            )
        }
    }

    /// A field nobody knows.
    pub(crate) fn unknown_field(field: &str, node: &str) -> Self {
        Self::parameter(format!("Tried accessing nonexisting field ({field}) on node type ({node})"))
    }

    pub(crate) fn unknown_path(path: &str) -> Self {
        Self::new(400, 2500, format!("Unknown path components: {path}"))
    }

    /// Token text that no host recognises; also the answer to a token of the other family.
    pub(crate) fn unparsable_token() -> Self {
        Self::new(400, 190, "Invalid OAuth access token - Cannot parse access token").with_challenge()
    }

    pub(crate) fn no_token() -> Self {
        Self::new(400, 104, "An access token is required to request this resource.").with_challenge()
    }

    /// `me` without a person behind the token.
    pub(crate) fn nobody() -> Self {
        Self::new(
            400,
            2500,
            "An active access token must be used to query information about the current user.",
        )
    }

    pub(crate) fn permission(permission: &str) -> Self {
        Self::new(
            400,
            10,
            format!(
                "(#10) Application does not have permission for this action (missing {permission}). If you believe you have the permission, check the access token in the debugger."
            ),
        )
    }

    pub(crate) fn subcode(mut self, subcode: impl Into<Option<i64>>) -> Self {
        self.subcode = subcode.into();
        self
    }

    pub(crate) fn kind(mut self, kind: &'static str) -> Self {
        self.kind = kind;
        self
    }

    pub(crate) fn transient(mut self) -> Self {
        self.transient = Some(true);
        self
    }

    /// OAuth failures carry `WWW-Authenticate`.
    pub(crate) fn with_challenge(mut self) -> Self {
        self.challenge = true;
        self
    }

    pub(crate) fn body(&self) -> Value {
        let mut error = json!({
            "message": self.message,
            "type": self.kind,
            "code": self.code,
            "fbtrace_id": trace_id(),
        });
        if let Some(subcode) = self.subcode {
            error["error_subcode"] = subcode.into();
        }
        if let Some(transient) = self.transient {
            error["is_transient"] = transient.into();
        }
        if self.subcode == Some(459) {
            // A checkpoint is something that the person has to be told in Facebook's words.
            error["error_user_title"] = "Please log in".into();
            error["error_user_msg"] = "Log in to www.facebook.com and follow the instructions given.".into();
        }
        json!({ "error": error })
    }

    pub(crate) fn answer(&self) -> Answer {
        let answer = Answer::json(self.http, self.body());
        if !self.challenge {
            return answer;
        }
        let name = if self.code == 100 { "invalid_code" } else { "invalid_token" };
        let text = self.message.replace('"', "'");
        answer.with("www-authenticate", format!("OAuth \"Facebook Platform\" \"{name}\" \"{text}\""))
    }
}

/// Something like `AbCdEfGh1234`.
pub(crate) fn trace_id() -> String {
    let mut id = String::from("A");
    id.push_str(&random_text(22));
    id
}

/// Letters and digits from the machine's randomness.
pub(crate) fn random_text(length: usize) -> String {
    rand::rng().sample_iter(rand::distr::Alphanumeric).take(length).map(char::from).collect()
}
