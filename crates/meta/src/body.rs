//! Reading JSON that is untrusted: every reader takes what it can use and calls the rest absent.

use chrono::{DateTime, Datelike, NaiveDateTime, TimeZone, Utc};
use serde_json::Value;
use url::Url;

/// The largest body that is read; the longest answers documented are a few dozen kilobytes.
pub(crate) const MAX_BODY_BYTES: usize = 2 * 1024 * 1024;

/// Parses a whole body. `serde_json` refuses nesting deeper than 128 levels by itself.
pub(crate) fn parse(bytes: &[u8]) -> Option<Value> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    serde_json::from_slice(bytes).ok()
}

/// An id or other short text: a string that is not empty, or an integer. Ids exceed 2^53 and some
/// answers give them as bare integers; a number that was written as a float is not exact and is
/// refused.
pub(crate) fn id(object: &Value, key: &str) -> Option<String> {
    match object.get(key)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) if number.is_u64() => Some(number.to_string()),
        _ => None,
    }
}

/// Text that is not empty, without control characters but line breaks: a database may refuse them,
/// and no screen shows them.
pub(crate) fn text(object: &Value, key: &str) -> Option<String> {
    let keeps = |character: &char| !character.is_control() || matches!(character, '\n' | '\t');
    let text: String = object.get(key)?.as_str()?.chars().filter(keeps).collect();
    Some(text).filter(|text| !text.is_empty())
}

/// The longest name that is kept, in characters; Instagram's have at most 64.
const LONGEST_NAME: usize = 200;

/// A name of a person, an account or a Page: one line, and nothing that turns the direction of the
/// text around it (Unicode's bidirectional formatting characters, UAX #9).
pub(crate) fn name(object: &Value, key: &str) -> Option<String> {
    let turns = |character: &char| matches!(character, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let text = text(object, key)?;
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let name: String = line.chars().filter(|character| !turns(character)).take(LONGEST_NAME).collect();
    Some(name).filter(|name| !name.is_empty())
}

/// An address of the web. It may end up in a link or a picture, where other schemes could do harm.
pub(crate) fn web_address(object: &Value, key: &str) -> Option<String> {
    let is_web = |text: &String| Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    text(object, key).filter(is_web)
}

/// An integer, also when written as text or as a float without fraction.
pub(crate) fn integer(object: &Value, key: &str) -> Option<i64> {
    as_integer(object.get(key)?)
}

/// See [`integer`].
pub(crate) fn as_integer(value: &Value) -> Option<i64> {
    // Beyond 2^53 a float no longer tells neighbouring integers apart.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match value {
        Value::Number(number) => number.as_i64().or_else(|| {
            let float = number.as_f64()?;
            #[expect(clippy::cast_possible_truncation, reason = "checked to be a small whole number")]
            (float.fract() == 0.0 && float.abs() < EXACT).then_some(float as i64)
        }),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// A truth value, also when written as text or number.
pub(crate) fn truth(object: &Value, key: &str) -> Option<bool> {
    match object.get(key)? {
        Value::Bool(truth) => Some(*truth),
        Value::String(text) if text == "true" || text == "1" => Some(true),
        Value::String(text) if text == "false" || text == "0" => Some(false),
        Value::Number(number) => number.as_i64().map(|number| number != 0),
        _ => None,
    }
}

/// The elements of an array; anything else has none.
pub(crate) fn elements<'a>(object: &'a Value, key: &str) -> &'a [Value] {
    object.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Texts of an array, ids given as integers included.
pub(crate) fn texts(object: &Value, key: &str) -> Option<Vec<String>> {
    let texts = object.get(key)?.as_array()?.iter().filter_map(|element| match element {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    });
    Some(texts.collect())
}

/// A list that comes as an array of texts or as one text with commas.
pub(crate) fn list(object: &Value, key: &str) -> Option<Vec<String>> {
    match object.get(key)? {
        Value::Array(_) => texts(object, key),
        Value::String(text) => {
            Some(text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect())
        }
        _ => None,
    }
}

/// A moment in Unix seconds, when it is after 1970.
pub(crate) fn unix_time(object: &Value, key: &str) -> Option<DateTime<Utc>> {
    let seconds = integer(object, key).filter(|seconds| *seconds > 0)?;
    Utc.timestamp_opt(seconds, 0).single().filter(is_sensible)
}

/// A moment as Meta writes it, `2026-11-18T08:00:00+0000`: without a colon in the offset, so not
/// RFC 3339, which is accepted as well.
pub(crate) fn time(object: &Value, key: &str) -> Option<DateTime<Utc>> {
    let text = object.get(key)?.as_str()?;
    DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z")
        .or_else(|_| DateTime::parse_from_rfc3339(text))
        .map(|time| time.to_utc())
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").map(|time| time.and_utc()))
        .ok()
        .filter(is_sensible)
}

/// Far-off years are damage, and some databases cannot store them.
fn is_sensible(time: &DateTime<Utc>) -> bool {
    (1970..2200).contains(&time.year())
}

/// The object itself, also when it is wrapped as `{"data":[{…}]}` or `{"data":{…}}`: for the
/// Instagram code exchange and `/me`, Meta documents the wrapper and its servers leave it out.
pub(crate) fn unwrapped(body: &Value) -> &Value {
    match body.get("data") {
        Some(Value::Array(items)) => items.first().filter(|item| item.is_object()).unwrap_or(body),
        Some(object @ Value::Object(_)) => object,
        _ => body,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ids_are_text_or_exact_integers() {
        let body = json!({"a": "17841400000000001", "b": 17_841_400_000_000_001_u64, "c": 1.784e16, "d": "", "e": null, "f": -1});
        assert_eq!(id(&body, "a"), id(&body, "b"));
        assert_eq!(id(&body, "b").as_deref(), Some("17841400000000001"));
        for absent in ["c", "d", "e", "f", "g"] {
            assert_eq!(id(&body, absent), None, "{absent}");
        }
    }

    #[test]
    fn integers_are_lenient_but_exact() {
        let body =
            json!({"a": 5, "b": "5", "c": 5.0, "d": 5.5, "e": 1e300, "f": [5], "g": u64::MAX, "h": true});
        for five in ["a", "b", "c"] {
            assert_eq!(integer(&body, five), Some(5), "{five}");
        }
        for absent in ["d", "e", "f", "g", "h", "i"] {
            assert_eq!(integer(&body, absent), None, "{absent}");
        }
    }

    #[test]
    fn times_with_and_without_a_colon() {
        let expected = "2026-11-18T08:00:00Z".parse().ok();
        for text in [
            "2026-11-18T08:00:00+0000",
            "2026-11-18T08:00:00+00:00",
            "2026-11-18T00:00:00-0800",
            "2026-11-18T08:00:00Z",
            "2026-11-18T08:00:00.000+0000",
            "2026-11-18T08:00:00",
        ] {
            assert_eq!(time(&json!({ "t": text }), "t"), expected, "{text}");
        }
        for text in [
            "",
            "yesterday",
            "2026-13-18T08:00:00+0000",
            "1764000000",
            "+262142-12-31T23:59:59+0000",
            "0001-01-01T00:00:00+0000",
        ] {
            assert_eq!(time(&json!({ "t": text }), "t"), None, "{text}");
        }
        assert_eq!(time(&json!({ "t": 1_764_000_000 }), "t"), None);
    }

    #[test]
    fn texts_and_names_hold_nothing_invisible() {
        let body = json!({"a": "Sour\u{0}dough\nat six\u{7}", "b": "\u{0}", "c": " Harbour \r\n\tBakery\u{202E}gnp ",
            "d": "\u{202E}", "e": "N".repeat(1_000), "f": "O\u{2019}Neill \u{1F600} \u{5D0}"});
        assert_eq!(text(&body, "a").as_deref(), Some("Sourdough\nat six"));
        assert_eq!((text(&body, "b"), name(&body, "b"), name(&body, "d")), (None, None, None));
        assert_eq!(name(&body, "c").as_deref(), Some("Harbour Bakerygnp"));
        assert_eq!(name(&body, "e").map(|name| name.len()), Some(200));
        assert_eq!(name(&body, "f").as_deref(), Some("O\u{2019}Neill \u{1F600} \u{5D0}"));
    }

    #[test]
    fn unix_times_are_positive() {
        let at = |value: Value| unix_time(&json!({ "t": value }), "t");
        assert_eq!(at(json!(1_764_000_000)).map(|time| time.timestamp()), Some(1_764_000_000));
        assert_eq!(at(json!(0)), None);
        assert_eq!(at(json!(-5)), None);
        assert_eq!(at(json!(i64::MAX)), None);
        assert_eq!(at(json!(1_764_000_000_000_i64)), None);
    }

    #[test]
    fn addresses_are_of_the_web() {
        let body = json!({"a": "https://cdn.example/p.jpg?x=1", "b": "http://harbour.example/",
            "c": "javascript:alert(1)", "d": "data:text/html,x", "e": "harbour.example", "f": ""});
        assert_eq!(web_address(&body, "a").as_deref(), Some("https://cdn.example/p.jpg?x=1"));
        assert!(web_address(&body, "b").is_some());
        for absent in ["c", "d", "e", "f"] {
            assert_eq!(web_address(&body, absent), None, "{absent}");
        }
    }

    #[test]
    fn wrapped_and_flat_objects_are_the_same() {
        let flat = json!({"user_id": 1});
        assert_eq!(unwrapped(&flat), &flat);
        assert_eq!(unwrapped(&json!({"data": [{"user_id": 1}]})), &flat);
        assert_eq!(unwrapped(&json!({"data": {"user_id": 1}})), &flat);
        assert_eq!(unwrapped(&json!({"data": []})), &json!({"data": []}));
    }

    #[test]
    fn damaged_bodies_do_not_parse() {
        assert!(parse(b"").is_none());
        assert!(parse(b"<html>").is_none());
        assert!(parse(b"{\"data\":[{\"id\":\"1").is_none());
        assert!(parse(&[b'['; 100_000]).is_none());
        assert!(parse(b"\xEF\xBB\xBF{}").is_some());
    }
}
