//! Checking and reading the webhooks that Meta delivers (`/docs/graph-api/webhooks/getting-started`,
//! `/docs/instagram-platform/webhooks`).
//!
//! One delivery holds up to 1000 updates. Deliveries repeat and come in any order, so that a reader
//! must not mind seeing an update twice.

use chrono::{DateTime, TimeDelta, Utc};
use hmac::Mac;
use platform::Secret;
use serde_json::Value;

use crate::call::is_id;
use crate::{body, proof};

/// The header with the signature of the body.
pub const SIGNATURE_HEADER: &str = "x-hub-signature-256";

/// The longest delivery that is read; 1000 updates of a story's last figures have about 300 KiB.
pub const MAX_BYTES: usize = 1024 * 1024;

/// What an update of messaging is about, by the member that carries it.
const MESSAGING_FIELDS: [(&str, &str); 8] = [
    ("message", "messages"),
    ("message_edit", "message_edit"),
    ("reaction", "message_reactions"),
    ("postback", "messaging_postbacks"),
    ("referral", "messaging_referral"),
    ("read", "messaging_seen"),
    ("optin", "messaging_optins"),
    ("pass_thread_control", "messaging_handover"),
];

/// One update.
#[derive(Clone, Debug, PartialEq)]
pub struct Update {
    /// The professional account it is about, by the id that both logins share.
    pub instagram_id: String,
    /// The webhook field, such as `comments` or `story_insights`; `unknown` when Meta's shape is new.
    pub field: String,
    /// When it happened, as Meta tells it.
    pub at: Option<DateTime<Utc>>,
    /// What happened, as Meta wrote it.
    pub value: Value,
}

/// The webhook field that tells the last figures of a story (Facebook Login only).
const STORY_INSIGHTS: &str = "story_insights";

/// The last figures of a story, told when it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoryFigures {
    /// The story.
    pub media_id: String,
    /// The figures by their names in the webhook. None where Meta says -1, which stands for fewer than
    /// five.
    pub figures: Vec<(String, Option<i64>)>,
}

/// The figures of a story, if `update` tells any.
#[must_use]
pub fn story_figures(update: &Update) -> Option<StoryFigures> {
    if update.field != STORY_INSIGHTS {
        return None;
    }
    let media_id = body::id(&update.value, "media_id").filter(|id| is_id(id))?;
    let figures = update
        .value
        .as_object()?
        .iter()
        .filter(|(name, _)| *name != "media_id")
        .filter_map(|(name, value)| match body::as_integer(value)? {
            -1 => Some((name.clone(), None)),
            figure => Some((name.clone(), Some(figure))),
        })
        .collect();
    Some(StoryFigures { media_id, figures })
}

/// Whether the app's `secret` made `signature` (the header's value) for exactly these bytes. Meta
/// signs the text with its own escapes, so a body that was parsed and written again never passes.
#[must_use]
pub fn is_signed(secret: &Secret, signature: &[u8], body: &[u8]) -> bool {
    let Some(Ok(signature)) = signature.strip_prefix(b"sha256=").map(hex::decode) else {
        return false;
    };
    let mut mac = proof::keyed(secret);
    mac.update(body);
    mac.verify_slice(&signature).is_ok()
}

/// Whether Meta's verification request carries the token that its dashboard was given.
#[must_use]
pub fn is_verify_token(expected: &Secret, sent: &str) -> bool {
    // Comparing digests in place of the texts takes the same time whatever was sent.
    let digest = |text: &str| proof::keyed(expected).chain_update(text).finalize().into_bytes();
    proof::keyed(expected).chain_update(sent).verify_slice(&digest(expected.expose())).is_ok()
}

/// The updates of a delivery about Instagram accounts; those about anything else are left out.
/// `None` when this is no delivery at all.
#[must_use]
pub fn updates(delivery: &[u8]) -> Option<Vec<Update>> {
    let delivery = body::parse(delivery)?;
    let object = delivery.get("object")?.as_str()?;
    let entries = delivery.get("entry")?.as_array()?;
    if object != "instagram" {
        return Some(Vec::new());
    }
    Some(entries.iter().flat_map(of_entry).collect())
}

/// The three shapes of an entry: changes, messaging, and one change without a list around it.
fn of_entry(entry: &Value) -> Vec<Update> {
    let Some(instagram_id) = body::id(entry, "id") else { return Vec::new() };
    let update = |field: Option<String>, at: Option<DateTime<Utc>>, value: &Value| Update {
        instagram_id: instagram_id.clone(),
        field: field.unwrap_or_else(|| "unknown".to_owned()),
        at,
        value: value.clone(),
    };
    let at = moment(entry, "time");
    let mut found: Vec<Update> = Vec::new();
    for change in body::elements(entry, "changes") {
        found.push(update(body::text(change, "field"), at, change.get("value").unwrap_or(&Value::Null)));
    }
    for list in ["messaging", "standby"] {
        for item in body::elements(entry, list) {
            found.push(update(messaging_field(item), moment(item, "timestamp").or(at), item));
        }
    }
    if let Some(field) = body::text(entry, "field") {
        found.push(update(Some(field), at, entry.get("value").unwrap_or(&Value::Null)));
    }
    found
}

fn messaging_field(item: &Value) -> Option<String> {
    if item.get("message").and_then(|message| body::truth(message, "is_echo")) == Some(true) {
        return Some("message_echoes".to_owned());
    }
    let (_, field) = MESSAGING_FIELDS.iter().find(|(member, _)| item.get(member).is_some())?;
    Some((*field).to_owned())
}

/// Changes tell seconds, messaging tells milliseconds, in members of the same name.
fn moment(object: &Value, key: &str) -> Option<DateTime<Utc>> {
    body::unix_time(object, key).or_else(|| {
        let milliseconds = body::integer(object, key)?;
        let seconds = body::unix_time(&serde_json::json!({ "at": milliseconds / 1000 }), "at")?;
        Some(seconds + TimeDelta::milliseconds(milliseconds % 1000))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const BODY: &[u8] = br#"{"object":"instagram","entry":[]}"#;
    const SIGNATURE: &str = "sha256=a9c88a38f1509939ba164a8622ac07901a76b7c468bf6351fdbda313485750ac";

    fn secret() -> Secret {
        Secret::new("test_app_secret_0001")
    }

    #[test]
    fn a_known_signature_passes() {
        assert!(is_signed(&secret(), SIGNATURE.as_bytes(), BODY));
        assert!(!is_signed(&Secret::new("another"), SIGNATURE.as_bytes(), BODY));
    }

    #[test]
    fn signatures_of_other_shapes_do_not_pass() {
        let hexadecimal = SIGNATURE.strip_prefix("sha256=").unwrap();
        for signature in [
            "",
            "sha256=",
            hexadecimal,
            &format!("sha1={hexadecimal}"),
            &SIGNATURE[..SIGNATURE.len() - 2],
            &format!("{SIGNATURE}00"),
            "sha256=ü",
        ] {
            assert!(!is_signed(&secret(), signature.as_bytes(), BODY), "{signature}");
        }
    }

    #[test]
    fn the_verify_token_is_compared_whole() {
        let expected = Secret::new("harbour-7");
        assert!(is_verify_token(&expected, "harbour-7"));
        for sent in ["", "harbour", "harbour-77", "HARBOUR-7"] {
            assert!(!is_verify_token(&expected, sent), "{sent}");
        }
    }

    #[test]
    fn the_three_shapes_of_an_entry_are_read() {
        let delivery = json!({"object": "instagram", "entry": [
            {"id": "17841400000000001", "time": 1_764_000_000, "changes": [
                {"field": "story_insights", "value": {"media_id": "1", "reach": 7}},
                {"value": {"id": "2"}}]},
            {"id": 17_841_400_000_000_002_u64, "time": 1_764_000_000_123_i64, "messaging": [
                {"timestamp": 1_764_000_000_100_i64, "message": {"mid": "m", "text": "Are you open?"}},
                {"message": {"mid": "n", "is_echo": true}},
                {"something": {}}]},
            {"id": "17841400000000001", "time": 1_764_000_000, "field": "mentions", "value": {"media_id": "3"}},
            {"time": 1_764_000_000, "field": "mentions", "value": {}},
            "noise",
        ]});
        let found = updates(delivery.to_string().as_bytes()).unwrap();
        let told: Vec<_> = found
            .iter()
            .map(|update| {
                let at = update.at.map(|at| at.timestamp_millis());
                (&update.instagram_id[14..], update.field.as_str(), at)
            })
            .collect();
        assert_eq!(
            told,
            [
                ("001", "story_insights", Some(1_764_000_000_000)),
                ("001", "unknown", Some(1_764_000_000_000)),
                ("002", "messages", Some(1_764_000_000_100)),
                ("002", "message_echoes", Some(1_764_000_000_123)),
                ("002", "unknown", Some(1_764_000_000_123)),
                ("001", "mentions", Some(1_764_000_000_000)),
            ]
        );
        assert_eq!(found[0].value, json!({"media_id": "1", "reach": 7}));
        assert_eq!(found[2].value["message"]["text"], "Are you open?");
    }

    #[test]
    fn fewer_than_five_is_no_number() {
        let update = |field: &str, value: Value| Update {
            instagram_id: "17841400000000001".to_owned(),
            field: field.to_owned(),
            at: None,
            value,
        };
        let value = json!({"media_id": "17", "reach": 131, "exits": -1, "replies": 0, "odd": "x"});
        let told = story_figures(&update("story_insights", value.clone())).unwrap();
        assert_eq!(told.media_id, "17");
        let figure = |name: &str| told.figures.iter().find(|(own, _)| own == name).map(|(_, figure)| *figure);
        assert_eq!(figure("reach"), Some(Some(131)));
        assert_eq!(figure("exits"), Some(None));
        assert_eq!(figure("replies"), Some(Some(0)));
        assert_eq!((figure("odd"), figure("media_id")), (None, None));
        assert_eq!(story_figures(&update("comments", value)), None);
        for media_id in [json!("../me"), json!(""), json!(null), json!([1])] {
            let value = json!({"media_id": media_id, "reach": 1});
            assert_eq!(story_figures(&update("story_insights", value)), None);
        }
    }

    #[test]
    fn other_objects_have_no_updates_and_other_bodies_are_no_delivery() {
        let page = br#"{"object":"page","entry":[{"id":"1","changes":[{"field":"feed"}]}]}"#;
        assert_eq!(updates(page), Some(Vec::new()));
        assert_eq!(updates(BODY), Some(Vec::new()));
        for body in
            ["", "[]", "{}", "null", r#"{"object":"instagram"}"#, r#"{"object":1,"entry":[]}"#, "{\"obj"]
        {
            assert_eq!(updates(body.as_bytes()), None, "{body}");
        }
    }

    proptest! {
        #[test]
        fn noise_is_never_signed_nor_fatal(signature in any::<Vec<u8>>(), body in any::<Vec<u8>>()) {
            prop_assert!(!is_signed(&secret(), &signature, &body));
            let _ = updates(&body);
        }

        #[test]
        fn a_changed_body_is_not_signed(position in 0..BODY.len(), byte in any::<u8>()) {
            let mut body = BODY.to_vec();
            prop_assume!(body[position] != byte);
            body[position] = byte;
            prop_assert!(!is_signed(&secret(), SIGNATURE.as_bytes(), &body));
        }
    }
}
