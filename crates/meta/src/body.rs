//! Reading JSON that is untrusted: every reader takes what it can use and calls the rest absent.

use chrono::{DateTime, Datelike, NaiveDateTime, TimeZone, Utc};
use serde_json::Value;
use url::Url;

use crate::call::{is_id, is_message_id};

/// The largest body that is read; the longest answers documented are a few dozen kilobytes.
pub(crate) const MAX_BODY_BYTES: usize = 2 * 1024 * 1024;

/// Parses a whole body. `serde_json` refuses nesting deeper than 128 levels by itself.
pub(crate) fn parse(bytes: &[u8]) -> Option<Value> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    serde_json::from_slice(bytes).ok().or_else(|| serde_json::from_str(&mended(bytes)).ok())
}

/// JSON with its texts put in order: a caption that was cut within a character (half of a surrogate
/// pair, half of a UTF-8 sequence) or holds raw control characters must not cost the whole answer.
fn mended(bytes: &[u8]) -> String {
    const REPLACEMENT: &str = "\\uFFFD";
    let text = String::from_utf8_lossy(bytes);
    let mut mended = String::with_capacity(text.len());
    let mut rest = text.as_ref();
    let mut in_text = false;
    while let Some(character) = rest.chars().next() {
        let (piece, tail) = match (in_text, character) {
            (true, '\\') => match surrogate(rest) {
                // A pair stays as it is; a half that stands alone is replaced.
                Some(0xD800..=0xDBFF) if matches!(surrogate(&rest[6..]), Some(0xDC00..=0xDFFF)) => {
                    rest.split_at(12)
                }
                Some(_) => (REPLACEMENT, &rest[6..]),
                None => rest.split_at(rest.char_indices().nth(2).map_or(rest.len(), |(at, _)| at)),
            },
            (true, '\0'..='\u{1F}') => (" ", &rest[1..]),
            _ => rest.split_at(character.len_utf8()),
        };
        if character == '"' {
            in_text = !in_text;
        }
        mended.push_str(piece);
        rest = tail;
    }
    mended
}

/// The surrogate that `text` begins with, written as an escape.
fn surrogate(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok().filter(|unit| (0xD800..=0xDFFF).contains(unit))
}

/// An id: a word, or an integer. Ids exceed 2^53 and some answers give them as bare integers; a
/// number that was written as a float is not exact and is refused.
pub(crate) fn id(object: &Value, key: &str) -> Option<String> {
    as_id(object.get(key)?, is_id)
}

/// An id of a conversation or a message, which are not words.
pub(crate) fn message_id(object: &Value, key: &str) -> Option<String> {
    as_id(object.get(key)?, is_message_id)
}

/// The ids of an array.
pub(crate) fn ids(object: &Value, key: &str) -> Option<Vec<String>> {
    Some(object.get(key)?.as_array()?.iter().filter_map(|id| as_id(id, is_id)).collect())
}

fn as_id(value: &Value, is_id: fn(&str) -> bool) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim()).filter(|id| is_id(id)).map(str::to_owned),
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

/// A name of a person, an account or a Page: one line, and nothing invisible that could make two
/// names look alike or turn the direction of the text around it (UAX #9). Joiners stay where they
/// join something: emoji and several scripts need them.
pub(crate) fn name(object: &Value, key: &str) -> Option<String> {
    let hides = |character: &char| {
        matches!(character, '\u{AD}' | '\u{61C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{FEFF}'
            | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}')
    };
    let joins = |character: char| matches!(character, '\u{200C}' | '\u{200D}');
    let text = text(object, key)?;
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let name: String = line.chars().filter(|character| !hides(character)).take(LONGEST_NAME).collect();
    Some(name.trim_matches(|end: char| joins(end) || end == ' ').to_owned()).filter(|name| !name.is_empty())
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
        Value::String(text) => {
            let text = text.trim();
            text.strip_suffix(".0").unwrap_or(text).parse().ok()
        }
        _ => None,
    }
}

/// A number, also when written as text. It is finite.
pub(crate) fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.filter(|number| number.is_finite())
}

/// A truth value, also when written as text or number.
pub(crate) fn truth(object: &Value, key: &str) -> Option<bool> {
    as_truth(object.get(key)?)
}

/// See [`truth`].
pub(crate) fn as_truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        Value::String(text) if text.eq_ignore_ascii_case("true") || text == "1" => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") || text == "0" => Some(false),
        Value::Number(_) => number(value).map(|number| number != 0.0),
        _ => None,
    }
}

/// The elements of an array; anything else has none.
pub(crate) fn elements<'a>(object: &'a Value, key: &str) -> &'a [Value] {
    object.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Texts of an array. What is no text keeps its place as an empty one, since places have a meaning;
/// a single text stands for an array of one.
pub(crate) fn texts(object: &Value, key: &str) -> Option<Vec<String>> {
    match object.get(key)? {
        Value::Array(elements) => Some(elements.iter().map(as_text).collect()),
        Value::String(text) => Some(vec![text.clone()]),
        _ => None,
    }
}

fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

/// The words of a list that comes as an array or as one text, separated by commas or blanks. A list
/// without any says nothing.
pub(crate) fn list(object: &Value, key: &str) -> Option<Vec<String>> {
    let separates = |character: char| character == ',' || character.is_whitespace();
    let words: Vec<String> = texts(object, key)?
        .iter()
        .flat_map(|text| text.split(separates))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    Some(words).filter(|words| !words.is_empty())
}

/// A moment after 1970 in Unix seconds, or in milliseconds where seconds would lie far ahead.
pub(crate) fn unix_time(object: &Value, key: &str) -> Option<DateTime<Utc>> {
    as_unix_time(object.get(key)?)
}

fn as_unix_time(value: &Value) -> Option<DateTime<Utc>> {
    let number = as_integer(value).filter(|number| *number > 0)?;
    let in_seconds = Utc.timestamp_opt(number, 0).single().filter(is_sensible);
    in_seconds.or_else(|| Utc.timestamp_millis_opt(number).single().filter(is_sensible))
}

/// A moment as Meta writes it, `2026-11-18T08:00:00+0000`: without a colon in the offset, so not
/// RFC 3339, which is accepted as well, and so are Unix times.
pub(crate) fn time(object: &Value, key: &str) -> Option<DateTime<Utc>> {
    const WITH_OFFSET: [&str; 2] = ["%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%dT%H:%M%#z"];
    let value = object.get(key)?;
    let Some(text) = value.as_str() else { return as_unix_time(value) };
    let text = text.trim().replacen(' ', "T", 1);
    WITH_OFFSET
        .into_iter()
        .find_map(|format| DateTime::parse_from_str(&text, format).ok())
        .or_else(|| DateTime::parse_from_rfc3339(&text).ok())
        .map(|time| time.to_utc())
        .or_else(|| {
            let local = NaiveDateTime::parse_from_str(&text, "%Y-%m-%dT%H:%M:%S%.f").ok()?;
            Some(local.and_utc())
        })
        .filter(is_sensible)
        .or_else(|| as_unix_time(value))
}

/// Far-off years are damage, and some databases cannot store them.
fn is_sensible(time: &DateTime<Utc>) -> bool {
    (1970..2200).contains(&time.year())
}

/// The object that holds `key`, also when it is wrapped as `{"data":[{…}]}` or `{"data":{…}}`: for the
/// Instagram code exchange and `/me`, Meta documents the wrapper and its servers leave it out.
pub(crate) fn unwrapped<'a>(body: &'a Value, key: &str) -> &'a Value {
    if body.get(key).is_some() {
        return body;
    }
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
        let body = json!({"a": "17841400000000001", "b": 17_841_400_000_000_001_u64, "c": 1.784e16, "d": "", "e": null, "f": -1,
            "g": "../../x y", "h": " 17841400000000001 "});
        assert_eq!(id(&body, "a"), id(&body, "b"));
        assert_eq!(id(&body, "b").as_deref(), Some("17841400000000001"));
        assert_eq!(id(&body, "b"), id(&body, "h"));
        assert_eq!(ids(&json!({"x": ["1", 2, null, 1e30]}), "x").unwrap(), ["1", "2"]);
        for absent in ["c", "d", "e", "f", "g", "z"] {
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
            " 2026-11-18T08:00:00+0000 ",
            "2026-11-18 08:00:00+0000",
            "2026-11-18T08:00:00+00",
            "2026-11-18T08:00+0000",
            "1794988800",
        ] {
            assert_eq!(time(&json!({ "t": text }), "t"), expected, "{text}");
        }
        for text in [
            "",
            "yesterday",
            "2026-13-18T08:00:00+0000",
            "+262142-12-31T23:59:59+0000",
            "0001-01-01T00:00:00+0000",
        ] {
            assert_eq!(time(&json!({ "t": text }), "t"), None, "{text}");
        }
        assert_eq!(time(&json!({ "t": 1_764_000_000 }), "t"), "2025-11-24T16:00:00Z".parse().ok());
        assert_eq!(time(&json!({ "t": 0 }), "t"), None);
    }

    #[test]
    fn a_damaged_text_costs_that_text_only() {
        let list = |bytes: &[u8]| {
            let body = parse(bytes).unwrap_or_default();
            elements(&body, "data").iter().filter_map(|entry| id(entry, "id")).collect::<Vec<_>>()
        };
        for damaged in [
            &br#"{"data":[{"id":"1"},{"id":"2","caption":"cut \ud83d"}]}"#[..],
            br#"{"data":[{"id":"1","caption":"\uDE00 \ud83d\uDE00"},{"id":"2"}]}"#,
            br#"{"data":[{"id":"1","caption":"\\\ud83dx\""},{"id":"2"}]}"#,
            b"{\"data\":[{\"id\":\"1\",\"caption\":\"cut \xF0\x9F\"},{\"id\":\"2\"}]}",
            b"{\"data\":[{\"id\":\"1\",\"caption\":\"two\nlines\x07\"},{\"id\":\"2\"}]}",
        ] {
            assert_eq!(list(damaged), ["1", "2"], "{}", String::from_utf8_lossy(damaged));
        }
        let pair = parse(br#"{"a":"\ud83d\uDE00 \ud83d"}"#).unwrap();
        assert_eq!(text(&pair, "a").as_deref(), Some("\u{1F600} \u{FFFD}"));
    }

    #[test]
    fn lists_come_in_several_shapes() {
        let body = json!({"a": ["x", "y"], "b": "x, y", "c": "x y", "d": ["x,y"], "e": "", "f": [], "g": 5});
        for list_of_two in ["a", "b", "c", "d"] {
            assert_eq!(list(&body, list_of_two).unwrap(), ["x", "y"], "{list_of_two}");
        }
        for nothing in ["e", "f", "g", "h"] {
            assert_eq!(list(&body, nothing), None, "{nothing}");
        }
        assert_eq!(texts(&json!({"a": [null, "x", 5]}), "a").unwrap(), ["", "x", "5"]);
    }

    #[test]
    fn texts_and_names_hold_nothing_invisible() {
        let body = json!({"a": "Sour\u{0}dough\nat six\u{7}", "b": "\u{0}", "c": " Harbour \r\n\tBakery\u{202E}gnp ",
            "d": "\u{202E}", "e": "N".repeat(1_000), "f": "O\u{2019}Neill \u{1F600} \u{5D0}",
            "g": "\u{200B}\u{200D}", "h": "har\u{200B}bour", "i": "\u{1F468}\u{200D}\u{1F469}"});
        assert_eq!(text(&body, "a").as_deref(), Some("Sourdough\nat six"));
        assert_eq!((text(&body, "b"), name(&body, "b"), name(&body, "d")), (None, None, None));
        assert_eq!(name(&body, "c").as_deref(), Some("Harbour Bakerygnp"));
        assert_eq!(name(&body, "e").map(|name| name.len()), Some(200));
        assert_eq!(name(&body, "g"), None);
        assert_eq!(name(&body, "h").as_deref(), Some("harbour"));
        assert_eq!(name(&body, "i").as_deref(), Some("\u{1F468}\u{200D}\u{1F469}"));
        assert_eq!(name(&body, "f").as_deref(), Some("O\u{2019}Neill \u{1F600} \u{5D0}"));
    }

    #[test]
    fn unix_times_are_positive() {
        let at = |value: Value| unix_time(&json!({ "t": value }), "t");
        assert_eq!(at(json!(1_764_000_000)).map(|time| time.timestamp()), Some(1_764_000_000));
        assert_eq!(at(json!(0)), None);
        assert_eq!(at(json!(-5)), None);
        assert_eq!(at(json!(i64::MAX)), None);
        assert_eq!(at(json!(1_764_000_000_000_i64)), at(json!(1_764_000_000)));
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
        assert_eq!(unwrapped(&flat, "user_id"), &flat);
        assert_eq!(unwrapped(&json!({"data": [{"user_id": 1}]}), "user_id"), &flat);
        assert_eq!(unwrapped(&json!({"data": {"user_id": 1}}), "user_id"), &flat);
        assert_eq!(unwrapped(&json!({"data": []}), "user_id"), &json!({"data": []}));
        let both = json!({"user_id": 1, "data": {"user_id": 2}});
        assert_eq!(unwrapped(&both, "user_id"), &both);
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
