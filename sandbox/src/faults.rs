//! Things that go wrong on request.

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    call::{Answer, Call, Content, Host},
    error::GraphError,
    people::{World, account_of},
};

/// What Meta's hosts are asked with.
const METHODS: [&str; 4] = ["GET", "POST", "DELETE", "OPTIONS"];

/// What happens to a matching request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// An error envelope; the request has no effect.
    Error,
    /// A 503 with an HTML page, as a proxy in trouble answers; no effect.
    #[serde(rename = "html_503")]
    Html503,
    /// A 429 with `{}`; no effect.
    #[serde(rename = "empty_429")]
    Empty429,
    /// A 500 without any body; no effect.
    Empty,
    /// The request takes effect, then the answer breaks off in the middle.
    CutOff,
    /// The request waits `delay_ms` before it takes effect.
    Slow,
    /// The request has no effect and is never answered.
    Hang,
}

/// How an error is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Shape {
    /// `{"error": {…}}`, as the Graph hosts do.
    Envelope,
    /// `{"error_type", "code", "error_message"}`, as api.instagram.com does.
    Flat,
    /// `{"error_code", "error_description"}`, seen for a batch as a whole.
    Bare,
}

/// One planned fault.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    #[serde(default)]
    pub(crate) id: u64,
    #[serde(default)]
    pub(crate) host: Option<String>,
    #[serde(default)]
    pub(crate) method: Option<String>,
    /// A part of the path, or the name of an edge that `fields` expand.
    #[serde(default)]
    pub(crate) path_contains: Option<String>,
    /// Only calls whose token belongs to this person.
    #[serde(default, deserialize_with = "id_as_text")]
    pub(crate) person: Option<String>,
    /// Only calls whose token belongs to, or whose path names, this account.
    #[serde(default, deserialize_with = "id_as_text")]
    pub(crate) account: Option<String>,
    pub(crate) kind: Kind,
    #[serde(default)]
    pub(crate) http_status: Option<u16>,
    #[serde(default)]
    pub(crate) code: Option<i64>,
    #[serde(default)]
    pub(crate) subcode: Option<i64>,
    #[serde(default)]
    pub(crate) message: Option<String>,
    #[serde(default)]
    pub(crate) is_transient: Option<bool>,
    /// Without it, the shape that the host usually has.
    #[serde(default)]
    pub(crate) shape: Option<Shape>,
    #[serde(default)]
    pub(crate) delay_ms: Option<u64>,
    /// Waits after the request took effect and before the answer leaves.
    #[serde(default)]
    pub(crate) delay_answer_ms: Option<u64>,
    /// How many requests it hits; without it, all.
    #[serde(default)]
    pub(crate) times: Option<u32>,
    /// How many requests it lets pass before.
    #[serde(default)]
    pub(crate) skip: u32,
    #[serde(default)]
    pub(crate) hits: u32,
}

/// Ids may be sent as text or as numbers.
fn id_as_text<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Id {
        Number(u64),
        Text(String),
    }
    Ok(Option::<Id>::deserialize(value)?.map(|id| match id {
        Id::Number(number) => number.to_string(),
        Id::Text(text) => text,
    }))
}

/// Nobody waits longer for an answer.
const LONGEST_DELAY_MS: u64 = 600_000;

impl Fault {
    /// Refuses what would never do anything sensible.
    pub(crate) fn check(&self, world: &World) -> Result<(), String> {
        if self.id != 0 || self.hits != 0 {
            return Err("id and hits are the sandbox's own".into());
        }
        let number = |id: &String| id.parse::<u64>().ok();
        if let Some(id) = &self.person
            && number(id).and_then(|id| world.person(id)).is_none()
        {
            return Err(format!("there is no person {id}"));
        }
        if let Some(id) = &self.account
            && number(id).and_then(|id| world.account_by_any_id(id)).is_none()
        {
            return Err(format!("there is no account {id}"));
        }
        if let Some(method) = &self.method
            && !METHODS.iter().any(|known| known.eq_ignore_ascii_case(method))
        {
            return Err(format!("method {method} is none of {}", METHODS.join(", ")));
        }
        if [self.delay_ms, self.delay_answer_ms].into_iter().flatten().any(|delay| delay > LONGEST_DELAY_MS) {
            return Err(format!("a delay must be at most {LONGEST_DELAY_MS} milliseconds"));
        }
        if let Some(useless) = self.useless() {
            return Err(format!("{useless} means nothing to a fault of this kind"));
        }
        if let Some(host) = &self.host
            && Host::from_name(host).is_none()
        {
            return Err(format!("host {host} is none of {}", Host::ALL.map(Host::name).join(", ")));
        }
        if self.kind == Kind::Error && self.code.is_none() {
            return Err("an error fault needs a code".into());
        }
        if self.http_status.is_some_and(|status| !(200..=599).contains(&status)) {
            return Err("http_status must be between 200 and 599".into());
        }
        if self.kind == Kind::Slow && self.delay_ms.is_none() && self.delay_answer_ms.is_none() {
            return Err("a slow fault needs delay_ms or delay_answer_ms".into());
        }
        if self.times == Some(0) {
            return Err("times must be at least 1".into());
        }
        Ok(())
    }

    /// A field that this kind of fault does not use.
    fn useless(&self) -> Option<&'static str> {
        let answers = !matches!(self.kind, Kind::CutOff | Kind::Slow | Kind::Hang);
        let error = self.kind == Kind::Error;
        [
            ("code", self.code.is_some(), error),
            ("subcode", self.subcode.is_some(), error),
            ("message", self.message.is_some(), error),
            ("is_transient", self.is_transient.is_some(), error),
            ("shape", self.shape.is_some(), error),
            ("http_status", self.http_status.is_some(), answers),
            ("delay_answer_ms", self.delay_answer_ms.is_some(), self.kind != Kind::Hang),
        ]
        .into_iter()
        .find(|(_, given, used)| *given && !used)
        .map(|(name, ..)| name)
    }

    fn matches(&self, call: &Call, owner: &Owner) -> bool {
        let path = call.path.to_ascii_lowercase();
        self.host.as_deref().is_none_or(|host| host.eq_ignore_ascii_case(call.host.name()))
            && self.method.as_deref().is_none_or(|method| method.eq_ignore_ascii_case(&call.method))
            && self
                .path_contains
                .as_deref()
                .is_none_or(|part| path.contains(&part.to_ascii_lowercase()) || expands(call, part))
            && self
                .person
                .as_ref()
                .is_none_or(|person| owner.person.is_some_and(|id| person.parse() == Ok(id)))
            && self.account.as_ref().is_none_or(|account| {
                owner.account.is_some_and(|id| {
                    let named = account.parse().unwrap_or_default();
                    id == named || id == account_of(named)
                }) || path.contains(account.as_str())
            })
            && self.times.is_none_or(|times| self.hits < times)
    }

    /// The answer of a fault that answers without effect.
    pub(crate) fn answer(&self, host: Host) -> Option<Answer> {
        match self.kind {
            Kind::Error => {
                let code = self.code.unwrap_or(1);
                let mut error = GraphError::new(
                    self.http_status.unwrap_or_else(|| usual_status(code)),
                    code,
                    self.message.clone().unwrap_or_else(|| usual_message(code)),
                )
                .subcode(self.subcode);
                error.transient = self.is_transient.or_else(|| usually_transient(code));
                let usual =
                    if host == Host::InstagramApi { Shape::Flat } else { Shape::Envelope };
                Some(match self.shape.unwrap_or(usual) {
                    Shape::Envelope => error.answer(),
                    Shape::Flat => Answer::json(
                        error.http,
                        json!({"error_type": error.kind, "code": code, "error_message": error.message}),
                    ),
                    Shape::Bare => Answer::json(
                        error.http,
                        json!({"error_code": code, "error_description": error.message}),
                    ),
                })
            }
            Kind::Html503 => Some(Answer::html(
                self.http_status.unwrap_or(503),
                "<!DOCTYPE html><html><head><title>Error</title></head><body><h1>Sorry, something went wrong.</h1></body></html>".into(),
            )),
            Kind::Empty => Some(Answer {
                status: self.http_status.unwrap_or(500),
                headers: Vec::new(),
                body: Content::Empty,
            }),
            Kind::Empty429 => Some(Answer {
                status: self.http_status.unwrap_or(429),
                headers: Vec::new(),
                body: Content::Json(serde_json::json!({})),
            }),
            Kind::CutOff | Kind::Slow | Kind::Hang => None,
        }
    }
}

/// Whether `fields` of a call expand the edge that `part` of a path names: what is asked of
/// `/{id}?fields=insights.metric(…)` is asked of `/{id}/insights`.
fn expands(call: &Call, part: &str) -> bool {
    let edge = format!("{}.", part.trim_start_matches('/'));
    call.params.get("fields").is_some_and(|fields| fields.contains(&edge))
}

/// The HTTP status a code usually comes with (page "Handle errors", and what clients have seen).
fn usual_status(code: i64) -> u16 {
    match code {
        1 | 2 => 500,
        4 | 200..=299 => 403,
        _ => 400,
    }
}

fn usually_transient(code: i64) -> Option<bool> {
    matches!(code, 1 | 2 | 4 | 17 | 32 | 341 | 613 | 80001 | 80002 | 80006).then_some(true)
}

fn usual_message(code: i64) -> String {
    match code {
        1 => "An unknown error has occurred.".into(),
        2 => "Service temporarily unavailable".into(),
        4 => "(#4) Application request limit reached".into(),
        10 => "(#10) Application does not have permission for this action".into(),
        17 => "(#17) User request limit reached".into(),
        32 => "(#32) Page request limit reached".into(),
        100 => "(#100) Invalid parameter".into(),
        190 => "Error validating access token: The session is invalid.".into(),
        200 => "(#200) Permissions error".into(),
        341 => "(#341) Feed action request limit reached".into(),
        368 => "(#368) The action attempted has been deemed abusive or is otherwise disallowed".into(),
        613 => "(#613) Calls to this api have exceeded the rate limit.".into(),
        80002 => {
            "(#80002) There have been too many calls to this Instagram account. Wait a bit and try again."
                .into()
        }
        code => format!("(#{code}) Error"),
    }
}

/// Whose token a request carries.
#[derive(Debug, Default)]
pub(crate) struct Owner {
    pub(crate) person: Option<u64>,
    pub(crate) account: Option<u64>,
}

/// Takes the first fault that fits, counting the hit.
pub(crate) fn take(faults: &mut Vec<Fault>, call: &Call, owner: &Owner) -> Option<Fault> {
    let fault = faults.iter_mut().find(|fault| fault.matches(call, owner))?;
    if fault.skip > 0 {
        fault.skip -= 1;
        return None;
    }
    fault.hits += 1;
    let fault = fault.clone();
    faults.retain(|fault| fault.times.is_none_or(|times| fault.hits < times));
    Some(fault)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::Params;

    const WORLD: World = World { seed: 7, generated: 0 };

    fn call(path: &str) -> Call {
        Call {
            host: Host::FacebookGraph,
            method: "GET".into(),
            path: path.into(),
            own_path: path.into(),
            params: Params::default(),
            bearer: None,
            basic: None,
            if_none_match: None,
        }
    }

    #[test]
    fn a_fault_lets_pass_as_many_as_asked() {
        let fault = serde_json::from_value(json!({"kind": "html_503", "skip": 2, "times": 1})).unwrap();
        let mut faults = vec![fault];
        let hits: Vec<bool> =
            (0..4).map(|_| take(&mut faults, &call("/me"), &Owner::default()).is_some()).collect();
        assert_eq!(hits, [false, false, true, false]);
    }

    #[test]
    fn a_fault_hits_as_often_as_asked() {
        let fault: Fault =
            serde_json::from_value(json!({"kind": "html_503", "path_contains": "/insights", "times": 2}))
                .unwrap();
        fault.check(&WORLD).unwrap();
        let mut faults = vec![fault];
        let owner = Owner::default();
        assert!(take(&mut faults, &call("/v25.0/me"), &owner).is_none());
        assert!(take(&mut faults, &call("/v25.0/1/insights"), &owner).is_some());
        assert!(take(&mut faults, &call("/v25.0/1/insights"), &owner).is_some());
        assert!(take(&mut faults, &call("/v25.0/1/insights"), &owner).is_none());
        assert!(faults.is_empty());
    }

    #[test]
    fn an_edge_is_asked_by_its_path_or_among_fields() {
        let fault: Fault =
            serde_json::from_value(json!({"kind": "html_503", "path_contains": "/insights"})).unwrap();
        let mut asked = call("/v25.0/1");
        assert!(!fault.matches(&asked, &Owner::default()));
        asked.params.set("fields", "id,insights.metric(reach).as(a)");
        assert!(fault.matches(&asked, &Owner::default()));
    }

    #[test]
    fn an_error_states_what_was_asked() {
        let fault: Fault = serde_json::from_value(json!({"kind": "error", "code": 4})).unwrap();
        let answer = fault.answer(Host::FacebookGraph).unwrap();
        assert_eq!(answer.status, 403);
        assert_eq!(answer.error_codes(), (Some(4), None));
        assert!(serde_json::from_value::<Fault>(json!({"kind": "error", "colour": 4})).is_err());
        assert!(serde_json::from_value::<Fault>(json!({"kind": "error"})).unwrap().check(&WORLD).is_err());
    }

    #[test]
    fn what_would_do_nothing_is_refused() {
        for fault in [
            json!({"kind": "slow", "delay_ms": 1_000_000_000_000_000_u64}),
            json!({"kind": "slow", "delay_answer_ms": 600_001}),
            json!({"kind": "html_503", "method": "FOO"}),
            json!({"kind": "html_503", "person": "99"}),
            json!({"kind": "html_503", "account": 99}),
            json!({"kind": "html_503", "account": "bakery"}),
            json!({"kind": "html_503", "hits": 3}),
            json!({"kind": "hang", "code": 5}),
            json!({"kind": "hang", "delay_answer_ms": 5}),
            json!({"kind": "cut_off", "http_status": 500}),
            json!({"kind": "empty_429", "subcode": 5}),
        ] {
            let read: Fault = serde_json::from_value(fault.clone()).unwrap();
            assert!(read.check(&WORLD).is_err(), "{fault}");
        }
        for fault in [
            json!({"kind": "html_503", "http_status": 502, "method": "get", "delay_ms": 600_000}),
            json!({"kind": "hang", "person": 10_160_000_000_000_001_u64, "delay_ms": 5}),
            json!({"kind": "cut_off", "account": "28170000000000001", "delay_answer_ms": 5}),
        ] {
            let read: Fault = serde_json::from_value(fault.clone()).unwrap();
            assert_eq!(read.check(&WORLD), Ok(()), "{fault}");
        }
    }
}
